"""What plugins find out, and what becomes of those that fail while they look."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from itsmkit.cmdb import SourceRecord
from itsmkit.errors import DefinitionError, RefusedError
from itsmkit.plugin import Discovery, DiscoveryProblem, DiscoveryRun, PluginError, Plugins, hookimpl

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
UNREAD = DiscoveryProblem("serial number", "only root may read it")


def record(key: str = "web-1", source: str = "rack", at: datetime = NOON) -> SourceRecord:
    return SourceRecord(source, key, "host", key, seen_at=at)


def scout(name: str, behaviour: Callable[[datetime], object]) -> object:
    """Return a plugin called *name* that discovers by calling *behaviour*."""

    @hookimpl
    def itsmkit_discover(self: object, at: datetime) -> object:
        return behaviour(at)

    return type(name, (), {"itsmkit_discover": itsmkit_discover})()


def finds(source: str, *keys: str) -> Callable[[datetime], Discovery]:
    return lambda at: Discovery(source, (record(key, source, at) for key in keys))


def discover(*plugins: object) -> DiscoveryRun:
    return Plugins(plugins).discover(NOON)


# What a discovery is


def test_a_discovery_is_no_full_load_unless_it_says_so() -> None:
    assert not Discovery("rack", [record()]).is_full
    assert str(Discovery("rack", [record(), record("web-2")], is_full=True)) == "rack: 2 records, all"
    assert str(Discovery("rack", [])) == "rack: 0 records"


def test_a_discovery_keeps_what_it_was_made_of() -> None:
    records, problems = [record()], [UNREAD]
    found = Discovery("rack", records, problems=problems)
    records.append(record("web-2"))
    problems.clear()
    assert found.records == (record(),)
    assert found.problems == (UNREAD,)
    assert hash(found) == hash(Discovery("rack", [record()], problems=[UNREAD]))


def test_all_that_is_wrong_with_a_discovery_is_told_at_once() -> None:
    records = [record(), record("web-2", "other"), "web-3", record(), record("web-2")]
    with pytest.raises(DefinitionError) as raised:
        Discovery("rack", records, is_full=1, problems=["no"])  # type: ignore[arg-type, list-item]
    assert raised.value.problems == (
        "discovery of rack: records[1]: record 'web-2' of other is of another source; discover each apart",
        "discovery of rack: records[2]: must be a SourceRecord, not str 'web-3'",
        "discovery of rack: key 'web-1' is that of 2 records; a source knows an item by one key",
        "discovery of rack: key 'web-2' is that of 2 records; a source knows an item by one key",
        "discovery of rack: is_full: must be True or False, not int 1",
        "discovery of rack: problems[0]: must be a DiscoveryProblem, not str 'no'",
    )


@pytest.mark.parametrize("name", ["", " rack", None])
def test_a_source_has_a_name(name: str) -> None:
    with pytest.raises(DefinitionError, match=r"Discovery\.source must be a name"):
        Discovery(name, [])


@given(keys=st.lists(st.sampled_from("abc")), sources=st.lists(st.sampled_from(["rack", "other"])))
@settings(max_examples=50)
def test_a_discovery_is_made_if_and_only_if_its_keys_are_unique_and_its_source_is_one(
    keys: list[str], sources: list[str]
) -> None:
    records = [record(key, source) for key, source in zip(keys, sources, strict=False)]
    told = {each.key for each in records}
    if len(told) == len(records) and {each.source for each in records} <= {"rack"}:
        assert Discovery("rack", records).records == tuple(records)
    else:
        with pytest.raises(DefinitionError):
            Discovery("rack", records)


# Asking all plugins


def test_without_plugins_nothing_is_found() -> None:
    run = discover()
    assert run == DiscoveryRun(NOON)
    assert run.is_complete
    assert (run.records, run.explain()) == ((), "")


def test_what_all_plugins_find_stands_side_by_side() -> None:
    run = discover(
        scout("Rack", finds("rack", "web-1", "web-2")),
        scout("Silent", lambda _at: None),
        scout("Cloud", lambda at: Discovery("cloud", [record("i-7", "cloud", at)], problems=[UNREAD])),
    )
    assert [each.source for each in run.discoveries] == ["cloud", "rack"]
    assert [each.origin for each in run.records] == [("cloud", "i-7"), ("rack", "web-1"), ("rack", "web-2")]
    assert run.plugins == {"cloud": "Cloud", "rack": "Rack"}
    assert not run.is_complete
    assert run.explain().splitlines() == [
        "cloud: 1 record (Cloud)",
        "not read: cloud: serial number: only root may read it",
        "rack: 2 records (Rack)",
    ]


def test_a_run_that_was_put_together_by_hand_names_no_plugins() -> None:
    assert DiscoveryRun(NOON, [Discovery("rack", [])]).explain() == "rack: 0 records"


def test_the_instant_reaches_the_plugin_in_utc() -> None:
    asked: list[datetime] = []
    plugins = Plugins([scout("Rack", asked.append)])
    run = plugins.discover(NOON.astimezone(timezone(timedelta(hours=5))))
    assert (run.at, asked) == (NOON, [NOON])
    assert asked[0].tzinfo is UTC


def test_who_asks_at_no_instant_is_refused_and_nobody_is_asked() -> None:
    asked: list[datetime] = []
    with pytest.raises(DefinitionError, match="at has no time zone"):
        Plugins([scout("Rack", asked.append)]).discover(datetime(2026, 3, 2))  # noqa: DTZ001
    assert asked == []


# Those that fail


def breaks_midway(at: datetime) -> Discovery:
    def records() -> object:
        yield record(at=at)
        message = "the switch hung up"
        raise ConnectionError(message)

    return Discovery("rack", records())  # type: ignore[arg-type]


def fails(_at: datetime) -> object:
    message = "out of ink"
    raise OSError(message)


def refuses(_at: datetime) -> object:
    raise RefusedError("not today")


def fails_by_itself(_at: datetime) -> object:
    raise PluginError("Other", "itsmkit_deliver", "made up")


async def later(_at: datetime) -> object:
    """Return at some time."""


@pytest.mark.parametrize(
    ("behaviour", "problem"),
    [
        pytest.param(fails, "OSError: out of ink", id="raises"),
        pytest.param(refuses, "not today", id="refuses"),
        pytest.param(fails_by_itself, "made up", id="raises the error of another plugin"),
        pytest.param(breaks_midway, "ConnectionError: the switch hung up", id="breaks midway"),
        pytest.param(later, "it returned a coroutine", id="must be awaited"),
        pytest.param(lambda at: [record(at=at)], "it returned list in place of a Discovery", id="a list"),
        pytest.param(lambda at: record(at=at), "it returned SourceRecord in place", id="a record"),
        pytest.param(lambda at: (r for r in [record(at=at)]), "it returned generator", id="a generator"),
        pytest.param(lambda _: Discovery, "it returned type in place of", id="the class itself"),
        pytest.param(lambda _: 0, "it returned int in place of a Discovery or None", id="zero"),
        pytest.param(
            lambda at: Discovery("rack", [record(source="x", at=at)]), "another source", id="source"
        ),
        pytest.param(lambda at: Discovery("rack", [record(at=at)] * 2), "'web-1' is that of 2", id="keys"),
        pytest.param(lambda at: Discovery("rack", [record(at=at.replace(tzinfo=None))]), "naive", id="naive"),
        pytest.param(lambda _: Discovery("rack", "web"), "one text stands where several", id="a text"),
    ],
)
def test_a_plugin_that_fails_takes_nothing_from_the_others(
    behaviour: Callable[[datetime], object], problem: str
) -> None:
    run = discover(scout("One", finds("one", "a")), scout("Bad", behaviour), scout("Two", finds("two", "b")))
    assert [each.origin for each in run.records] == [("two", "b"), ("one", "a")]
    (failure,) = run.failures
    assert (failure.plugin, failure.hook) == ("Bad", "itsmkit_discover")
    assert problem.replace("naive", "has no time zone") in failure.problem
    assert not run.is_complete
    assert run.explain().splitlines()[-1].startswith("missing: plugin 'Bad' failed in itsmkit_discover: ")


@pytest.mark.parametrize("error", [KeyboardInterrupt, SystemExit, GeneratorExit])
def test_what_ends_the_program_passes_through(error: type[BaseException]) -> None:
    def end(_at: datetime) -> object:
        raise error

    with pytest.raises(error):
        discover(scout("Ending", end))


async def declared_async(_self: object, at: datetime) -> object:
    """Is never awaited."""


def yields(_self: object, at: datetime) -> object:
    yield record(at=at)


@pytest.mark.parametrize(
    ("function", "problem"),
    [(declared_async, "declared with async def"), (yields, "is a generator function")],
)
def test_what_could_never_answer_is_not_even_registered(function: object, problem: str) -> None:
    marked = hookimpl(specname="itsmkit_discover")(function)
    with pytest.raises(PluginError, match=problem):
        Plugins([type("Bad", (), {"look": marked})()])


def test_who_changes_its_list_afterwards_changes_nothing() -> None:
    records = []

    def behaviour(at: datetime) -> Discovery:
        records.append(record(at=at))
        return Discovery("rack", records)

    def spoil(_at: datetime) -> None:
        records.clear()

    assert discover(scout("Spoils", spoil), scout("Rack", behaviour)).records == (record(),)
    assert discover(scout("Rack", behaviour), scout("Spoils", spoil)).records == (record(),)


# Who speaks for a source


def test_of_two_plugins_that_speak_for_one_source_the_one_asked_first_is_heard() -> None:
    run = discover(scout("Old", finds("rack", "a")), scout("New", finds("rack", "b")))
    assert [each.key for each in run.records] == ["b"]
    (failure,) = run.failures
    assert str(failure) == (
        "plugin 'Old' failed in itsmkit_discover: DefinitionError: "
        "plugin 'New' has spoken for the source 'rack' already; give each source a name of its own"
    ).replace("DefinitionError", "itsmkit.errors.DefinitionError")


def test_one_plugin_may_speak_for_several_sources() -> None:
    class Two:
        @hookimpl(specname="itsmkit_discover")
        def first(self, at: datetime) -> Discovery:
            return finds("one", "a")(at)

        @hookimpl(specname="itsmkit_discover")
        def second(self, at: datetime) -> Discovery:
            return finds("two", "a")(at)

    run = discover(Two())
    assert run.plugins == {"one": "Two", "two": "Two"}
    assert not run.failures
