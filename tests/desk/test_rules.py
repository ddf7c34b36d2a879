"""The rules of a desk are changed while it runs: kept, versioned, tried before it is done."""

from collections.abc import Mapping
from copy import deepcopy
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from random import Random
from typing import Any

import pytest
from attrs import evolve
from hypothesis import given
from hypothesis import strategies as st

from itsmkit.cmdb import CIId, ConfigurationItem
from itsmkit.desk import Desk, DeskConfig, InMemoryStore, ManualClock, Worker
from itsmkit.desk._plain_rules import differences, from_json, plain_of, text_of, to_json
from itsmkit.errors import DefinitionError, NotFoundError, RefusedError
from itsmkit.practices import KindOfWork
from itsmkit.tickets import Actor, StateCorrected, Ticket

MONDAY = datetime(2026, 3, 2, 8, tzinfo=UTC)
HOUR = timedelta(hours=1)
MOMENT = timedelta(microseconds=1)
ANN = Actor("ann")


def rules(**changes: Any) -> dict[str, Any]:
    """Return the tables of a small desk."""
    plain: dict[str, Any] = {
        "desk": {"name": "Small", "number_prefix": "INC-"},
        "calendars": {"always": {"hours": "24x7", "time_zone": "UTC"}},
        "agreements": [
            {"name": "Usual", "calendar": "always", "targets": [{"clock": "resolve", "within": "8h"}]}
        ],
        "workflow": {
            "name": "small",
            "version": "1",
            "initial": "New",
            "states": {"New": "new", "Doing": "active", "Waiting": "pending", "Done": "closed"},
            "transitions": [
                {"trigger": "start", "from": ["New", "Waiting"], "to": "Doing"},
                {"trigger": "wait", "from": "Doing", "to": "Waiting"},
                {"trigger": "finish", "from": "Doing", "to": "Done"},
            ],
        },
    }
    return {**deepcopy(plain), **changes}


def without_waiting() -> dict[str, Any]:
    """Return the same tables with a workflow in which nothing waits, and one state has another meaning."""
    plain = rules()
    plain["workflow"] = {
        "name": "small",
        "version": "2",
        "initial": "New",
        "states": {"New": "new", "Doing": "active", "Done": "resolved"},
        "transitions": [
            {"trigger": "start", "from": "New", "to": "Doing"},
            {"trigger": "finish", "from": "Doing", "to": "Done"},
        ],
    }
    return plain


def a_desk(store: InMemoryStore | None = None, **options: Any) -> Desk:
    clock = options.pop("clock", None) or ManualClock(MONDAY)
    options.setdefault("config", DeskConfig.load(rules()))
    return Desk(store=store or InMemoryStore(), clock=clock, random=Random(1), **options).acting_as(ANN)


def no_way(state: str) -> str:
    return (
        f"the state {state!r} of 'incident' vanishes or means something else, and 1 ticket is in it; "
        f"say where they go: moves={{'incident': {{{state!r}: ...}}}}"
    )


def test_a_desk_begins_with_what_it_was_given() -> None:
    desk = a_desk()
    assert desk.configuration.current() is None
    assert desk.configuration.history() == ()
    assert desk.configuration.as_of(MONDAY) is None
    assert not desk.configuration.refresh()


def test_a_change_is_kept_with_who_when_and_why() -> None:
    clock = ManualClock(MONDAY)
    desk = a_desk(clock=clock)
    first = desk.configuration.change(rules(), reason="as it was")
    clock.advance(HOUR)
    second = desk.configuration.change(
        rules(desk={"name": "Larger"}), reason="we have grown", by=Actor("bob")
    )
    assert (first.version, second.version) == (1, 2)
    assert [each.explain() for each in second.differences] == [
        "desk.name: 'Small' -> 'Larger'",
        "desk.number_prefix: gone, it was 'INC-'",
    ]
    one, two = desk.configuration.history()
    assert desk.configuration.current() == two
    assert (two.version, two.changed_at, two.changed_by, two.reason) == (
        2,
        MONDAY + HOUR,
        Actor("bob"),
        "we have grown",
    )
    instants = [MONDAY - HOUR, MONDAY, MONDAY + HOUR / 2, MONDAY + HOUR]
    assert [desk.configuration.as_of(each) for each in instants] == [None, one, one, two]
    assert (one.load().name, two.load().name) == ("Small", "Larger")
    with pytest.raises(DefinitionError, match="no time zone"):
        desk.configuration.as_of(MONDAY.replace(tzinfo=None))


def test_the_desk_and_all_that_are_bound_to_it_work_by_the_new_rules() -> None:
    desk = a_desk()
    bound, commands = desk.acting_as(Actor("bob")), desk.incidents
    desk.configuration.change(
        rules(
            desk={"number_prefix": "IM"},
            people=[{"id": "ann", "organisation": "bau"}],
            organisations=[{"id": "bau"}],
        ),
        reason="a new year",
    )
    assert commands.log("x").number == "IM1"
    assert bound.incidents.log("y").number == "IM2"
    assert bound.config.prefixes == {"incident": "IM"}
    assert desk.incidents.log("z").organisation == "bau"


def test_what_is_wrong_is_refused_as_in_a_file(tmp_path: Path) -> None:
    desk = a_desk()
    with pytest.raises(DefinitionError, match=r"the configuration: desk\.nam: is not known here"):
        desk.configuration.change({"desk": {"nam": "x"}}, reason="a slip")
    file = tmp_path / "new.toml"
    file.write_text("[desk]\nnam = 'x'\n")
    with pytest.raises(DefinitionError, match=r"new\.toml: desk\.nam: is not known here"):
        desk.configuration.change(file, reason="a slip")
    with pytest.raises(DefinitionError, match=r"the configuration\.desk\.name: .*is kept.* not set"):
        desk.configuration.change({"desk": {"name": {1}}}, reason="a slip")
    with pytest.raises(DefinitionError, match=r"the configuration\.desk: keys are text, not int 1"):
        desk.configuration.change({"desk": {1: "x"}}, reason="a slip")
    assert desk.configuration.history() == ()


@pytest.mark.parametrize("reason", ["", "  ", None])
def test_a_change_has_a_reason(reason: Any) -> None:
    desk = a_desk()
    with pytest.raises(RefusedError, match="without a reason"):
        desk.configuration.change(rules(), reason=reason)


def nested(levels: int) -> object:
    return {"x": nested(levels - 1)} if levels else 1


@pytest.mark.parametrize(
    ("source", "moves", "problem"),
    [
        (7, {}, "a configuration is the path of a TOML file, or a mapping of its tables, not int 7"),
        (None, {}, "a configuration is the path"),
        (b"desk.toml", {}, "a configuration is the path"),
        ("gone.toml", {}, "there is no such file"),
        ({"desk": nested(99)}, {}, "nests deeper than 50 levels"),
        (rules(), {"incident": 7}, "moves: must be a mapping from kinds of work to mappings"),
        (rules(), "incident", "moves: must be a mapping"),
        (rules(), {"incident": {"New": 7}}, "moves: must be a mapping"),
    ],
)
def test_what_is_no_change_is_refused(source: Any, moves: Any, problem: str) -> None:
    desk = a_desk()
    with pytest.raises(DefinitionError, match=problem):
        desk.configuration.change(source, reason="a slip", moves=moves)
    assert desk.configuration.history() == ()


def test_to_change_nothing_makes_no_version() -> None:
    desk = a_desk()
    desk.configuration.change(rules(), reason="as it was")
    again = desk.configuration.change(rules(), reason="as it was")
    assert (again.version, again.differences, again.consequences) == (1, (), ())
    assert len(desk.configuration.history()) == 1


def test_no_ticket_is_left_in_a_state_that_vanishes() -> None:
    desk = a_desk()
    incident = desk.incidents.log("No network")
    desk.incidents.transition(incident.id, "start")
    desk.incidents.transition(incident.id, "wait")
    done = desk.incidents.log("No power")
    desk.incidents.transition(done.id, "start")
    desk.incidents.transition(done.id, "finish")
    before = desk.tickets.get(incident.id)
    with pytest.raises(RefusedError) as raised:
        desk.configuration.change(without_waiting(), reason="nothing waits")
    assert raised.value.reasons == (
        no_way("Waiting"),
        no_way("Done"),
    )
    assert desk.configuration.history() == ()
    assert desk.tickets.get(incident.id) == before
    moves = {"incident": {"Waiting": "Doing", "Done": "Done"}}
    tried = desk.configuration.change(without_waiting(), reason="nothing waits", moves=moves, dry_run=True)
    assert tried.is_possible
    assert tried.consequences == (
        "1 ticket is of 'incident' in 'Waiting', and will be in 'Doing'",
        "1 ticket is of 'incident' in 'Done', and will be in 'Done'",
    )
    assert desk.configuration.history() == ()
    assert desk.configuration.change(without_waiting(), reason="nothing waits", moves=moves) == tried
    after = desk.tickets.get(incident.id)
    assert (after.state, after.state_category) == ("Doing", "active")
    event = desk.tickets.history(incident.id)[-1]
    assert event.fact == StateCorrected(
        "Waiting", "Doing", "active", ("version 1 of the configuration: nothing waits",)
    )
    assert desk.tickets.get(done.id).state_category == "resolved"
    assert desk.incidents.transition(incident.id, "finish").state == "Done"


def test_a_trial_tells_everything_and_changes_nothing() -> None:
    desk = a_desk()
    incident = desk.incidents.log("No network", impact="low")
    desk.incidents.transition(incident.id, "start")
    desk.incidents.transition(incident.id, "wait")
    plain = without_waiting()
    plain["desk"]["number_prefix"] = "IM"
    plain["priority"] = {"impacts": ["low"], "urgencies": ["low"], "priorities": ["P1"], "matrix": [["P1"]]}
    plain["agreements"] = []
    stored = list(desk.store.dump())
    tried = desk.configuration.change(plain, reason="smaller", dry_run=True)
    assert not tried.is_possible
    assert tried.explain().splitlines()[0] == "version 1"
    told = [line for line in tried.explain().splitlines() if line[0] in ">!"]
    assert told == [
        "> numbers of 'incident' begin with 'IM' from now on",
        "> 1 ticket is of 'incident', open, and of priority 'P5', which goes",
        "> agreements change: the clocks of what is open are read anew, 1 of them",
        f"! {no_way('Waiting')}",
    ]
    assert list(desk.store.dump()) == stored
    assert desk.config == DeskConfig.load(rules())


@pytest.mark.parametrize(
    ("moves", "problem"),
    [
        ({"incident": {"Wating": "Doing"}}, r"moves\.incident\.mapped\['Wating'\]: .*did you mean 'Waiting'"),
        ({"incident": {"Waiting": "Nowhere"}}, r"moves\.incident\.mapped\['Waiting'\]: .*no state 'Nowhere'"),
        ({"problem": {}}, r"moves\.problem: the desk has no such kind of work"),
    ],
)
def test_moves_lead_from_old_states_to_new_ones(moves: Mapping[str, Any], problem: str) -> None:
    with pytest.raises(DefinitionError, match=problem):
        a_desk().configuration.change(without_waiting(), reason="a slip", moves=moves)


def test_another_workflow_has_another_version() -> None:
    plain = without_waiting()
    plain["workflow"]["version"] = "1"
    with pytest.raises(DefinitionError, match=r"moves\.incident\.version: both definitions"):
        a_desk().configuration.change(plain, reason="in place")


def test_clocks_go_by_the_new_agreements_and_ring_in_time() -> None:
    clock = ManualClock(MONDAY)
    desk = a_desk(clock=clock)
    incident = desk.incidents.log("No network")
    assert desk.next_due() == MONDAY + 8 * HOUR + MOMENT
    shorter = rules()
    shorter["agreements"][0]["targets"][0]["within"] = "1h"
    told = desk.configuration.change(shorter, reason="a promise")
    assert told.consequences == ("agreements change: the clocks of what is open are read anew, 1 of them",)
    assert desk.tickets.clocks(incident.id)["resolve"].due == MONDAY + HOUR
    assert desk.next_due() == MONDAY + HOUR + MOMENT
    clock.advance(HOUR + MOMENT)
    assert desk.run_due().passed == 1
    assert desk.run_due().passed == 0


def test_a_key_makes_it_happen_once() -> None:
    desk = a_desk()
    first = desk.configuration.change(rules(), reason="as it was", idempotency_key="change 1")
    desk.configuration.change(rules(desk={"name": "Other"}), reason="on")
    assert desk.configuration.change(rules(), reason="as it was", idempotency_key="change 1") == first
    assert desk.config.name == "Other"
    assert [each.version for each in desk.configuration.history()] == [1, 2]


def test_another_desk_follows_when_it_looks() -> None:
    store = InMemoryStore()
    desk, other = a_desk(store, config=None), a_desk(store, config=None)
    given_its_own = a_desk(store)
    assert desk.config == DeskConfig.standard()
    desk.configuration.change(rules(), reason="smaller")
    assert other.config == DeskConfig.standard()
    assert other.configuration.refresh()
    assert not other.configuration.refresh()
    assert other.config == desk.config == DeskConfig.load(rules())
    assert not given_its_own.configuration.refresh()
    assert a_desk(store, config=None).config == desk.config
    assert Desk(store=store).config.name == "Small"


def test_who_is_behind_changes_what_is_kept_and_not_what_it_knew() -> None:
    store = InMemoryStore()
    desk, other = a_desk(store, config=None), a_desk(store, config=None)
    desk.configuration.change(rules(), reason="smaller")
    told = other.configuration.change(without_waiting(), reason="smaller still")
    assert told.version == 2
    assert not any("agreements change" in each for each in told.consequences)
    assert {each.path.split(".")[0] for each in told.differences} == {"workflow"}
    assert other.config == DeskConfig.load(without_waiting())


def test_a_worker_follows() -> None:
    store = InMemoryStore()
    clock = ManualClock(MONDAY)
    desk, working = a_desk(store, config=None, clock=clock), a_desk(store, config=None, clock=clock)
    worker = Worker(working)
    desk.configuration.change(rules(), reason="smaller")
    desk.incidents.log("No network")
    worker.round()
    assert working.config == desk.config


def test_who_lived_through_a_change_and_who_came_later_agree_on_what_was_read() -> None:
    store = InMemoryStore()
    clock = ManualClock(MONDAY)
    desk = a_desk(store, clock=clock)
    desk.incidents.log("No network")
    assert desk.reread_agreements().reread == 1
    shorter = rules()
    shorter["agreements"][0]["targets"][0]["within"] = "1h"
    desk.configuration.change(shorter, reason="a promise")
    later = a_desk(store, config=None, clock=clock)
    assert [each.reread_agreements().reread for each in (desk, later, desk, later)] == [1, 0, 0, 0]


def test_each_tenant_has_rules_of_its_own() -> None:
    store = InMemoryStore()
    desk = a_desk(store, config=None)
    acme, other = desk.of_tenant("acme"), desk.of_tenant("other")
    acme.configuration.change(rules(desk={"name": "Acme"}), reason="theirs")
    assert (acme.config.name, other.config.name, desk.config.name) == (
        "Acme",
        *[DeskConfig.standard().name] * 2,
    )
    again = desk.of_tenant("acme")
    assert again.configuration.refresh()
    assert again.config.name == "Acme"
    with pytest.raises(NotFoundError):
        acme.directory.person("ann")


def test_a_batch_keeps_a_change_that_the_desk_follows_afterwards() -> None:
    desk = a_desk(config=None)
    with desk.batch() as batch:
        batch.configuration.change(rules(), reason="with the import")
        assert desk.config == DeskConfig.standard()
    assert desk.configuration.refresh()
    assert desk.config.name == "Small"


def _two(desk: Desk) -> None:
    desk.configuration.change(rules(), reason="with the import")
    desk.configuration.change(rules(), reason="")


def test_a_change_that_is_undone_changes_nothing() -> None:
    desk = a_desk(config=None)
    with pytest.raises(RefusedError, match="without a reason"), desk.batch() as batch:
        _two(batch)
    assert not desk.configuration.refresh()
    assert desk.config == DeskConfig.standard()


def test_what_files_say_is_kept_with_it(tmp_path: Path) -> None:
    (tmp_path / "model.toml").write_text('[[classes]]\nname = "machine"\n')
    file = tmp_path / "desk.toml"
    file.write_text('[cmdb]\nmodel = "model.toml"\n')
    desk = a_desk(config=None)
    desk.configuration.change(file, reason="a model")
    (tmp_path / "model.toml").unlink()
    current = desk.configuration.current()
    assert current is not None
    assert [each.name for each in current.load().cmdb.model.classes] == ["machine"]
    file.write_text('[cmdb]\nmodel = "gone.toml"\n')
    with pytest.raises(DefinitionError, match=r"gone\.toml: there is no such file"):
        desk.configuration.change(file, reason="a model")


def test_the_configuration_goes_by_the_new_model() -> None:
    desk = a_desk(config=None)
    desk.cmdb.put(ConfigurationItem(CIId("web"), "physical host", "web"))
    desk.configuration.change({"cmdb": {"model": {"classes": [{"name": "machine"}]}}}, reason="ours")
    desk.cmdb.put(ConfigurationItem(CIId("m1"), "machine", "m1"))
    # What is of no class that the model knows is left out of the graph, and stays in the history.
    assert {item.id for item in desk.cmdb.graph().items} == {"m1"}
    assert len(desk.cmdb.history(CIId("web"))) == 1


def test_order_counts_and_is_kept() -> None:
    desk = a_desk(config=None)
    plain = rules()
    plain["calendars"] = {"z": {"hours": "Mon-Fri 09:00-17:00", "time_zone": "UTC"}, **plain["calendars"]}
    desk.configuration.change(plain, reason="another first calendar")
    assert desk.config.reporting_hours.name == "z"
    again = InMemoryStore()
    again.load(desk.store.dump())
    assert a_desk(again, config=None).config == desk.config
    assert a_desk(again, config=None).config.reporting_hours.name == "z"


def test_what_cannot_be_read_any_more_says_so() -> None:
    desk = a_desk(config=None)
    desk.configuration.change(rules(), reason="smaller")
    kept = desk.configuration.current()
    assert kept is not None
    odd = evolve(kept, plain={"desk": {"nam": "x"}})
    with pytest.raises(
        DefinitionError, match=r"version 1 of the kept configuration: desk\.nam: is not known"
    ):
        odd.load()


def test_a_kind_with_tickets_does_not_vanish() -> None:
    config = DeskConfig.load(rules())
    incidents = config.kind("incident")
    complaints = KindOfWork("complaint", incidents.workflow, Ticket, prefix="COM-")
    desk = a_desk(config=evolve(config, kinds=[incidents, complaints]))
    assert desk.configuration.change(rules(), reason="fewer", dry_run=True).is_possible
    desk.work("complaint").log("Too slow")
    with pytest.raises(RefusedError, match="'complaint' vanishes, and 1 ticket is of it"):
        desk.configuration.change(rules(), reason="fewer")


# TOML has no second reading of a repeated hour.
TIMES = (st.times() | st.datetimes() | st.datetimes(timezones=st.just(UTC))).map(
    lambda at: at.replace(fold=0)
)
DATES = st.dates() | TIMES
SCALARS = st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=3) | DATES
KEYS = st.text(max_size=3) | st.sampled_from(
    ["$date", "$time", "$datetime", "$float", "$integer", "$table", "id", "name"]
)
PLAIN = st.recursive(
    SCALARS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(KEYS, inner, max_size=3),
    max_leaves=8,
)
TABLES = st.dictionaries(KEYS, PLAIN, max_size=4)


def typed(value: object) -> object:
    """Return *value* so that what differs in type is not equal."""
    if isinstance(value, dict):
        return {key: typed(each) for key, each in value.items()}
    if isinstance(value, list):
        return [typed(each) for each in value]
    return type(value), value


@given(PLAIN)
def test_everything_of_toml_passes_through_json(plain: Any) -> None:
    assert typed(from_json(to_json(plain))) == typed(plain)
    written = to_json(plain)
    assert not any(isinstance(each, date | time) for each in leaves(written))


@given(TABLES)
def test_a_text_keeps_everything_and_its_order(plain: dict[str, Any]) -> None:
    found = plain_of(text_of(plain, "x"))
    assert typed(found) == typed(plain)
    assert repr(found) == repr(plain)


def leaves(value: Any) -> list[object]:
    if isinstance(value, dict):
        return [leaf for each in value.values() for leaf in leaves(each)]
    if isinstance(value, list):
        return [leaf for each in value for leaf in leaves(each)]
    return [value]


@given(TABLES, TABLES)
def test_only_what_differs_is_told(before: dict[str, Any], after: dict[str, Any]) -> None:
    told = [*differences(before, after)]
    assert [*differences(before, before)] == []

    def bare(table: dict[str, Any]) -> object:
        # A key with nothing under it is no other thing than no key: TOML has no null.
        return typed({key: value for key, value in table.items() if value is not None})

    tops = {key for key in before.keys() | after.keys() if typed(before.get(key)) != typed(after.get(key))}
    if bare(before) == bare(after):
        assert told == []
    for key in tops:
        deep = [*differences({key: before.get(key)}, {key: after.get(key)})]
        assert {each.path for each in deep} <= {each.path for each in told}
    assert all(each.before != each.after or type(each.before) is not type(each.after) for each in told)


def test_lists_of_what_has_a_name_are_told_by_name() -> None:
    before = {"people": [{"id": "ann", "site": "x"}, {"id": "bob"}], "notify": ["a"]}
    after = {"people": [{"id": "bob"}, {"id": "ann", "site": "y"}], "notify": ["a", "b"]}
    assert [each.explain() for each in differences(before, after)] == [
        "people, their order: ('ann', 'bob') -> ('bob', 'ann')",
        "people['ann'].site: 'x' -> 'y'",
        "notify: ('a',) -> ('a', 'b')",
    ]
    long = [*differences({"x": "a"}, {"x": "b" * 200})]
    assert len(long[0].explain()) < 140
