import pickle
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from random import Random

import pytest

import itsmkit
from itsmkit.desk import Desk, DeskConfig, InMemoryStore, ManualClock
from itsmkit.errors import DefinitionError, RefusedError
from itsmkit.plugin import IncompleteStoreError, Plugins, PluginState, Store, hookimpl
from itsmkit.testing import A_MONDAY, AN_AGENT
from itsmkit.tickets import Actor

HOUR = timedelta(hours=1)


class RememberingStore(InMemoryStore):
    closed = False

    def close(self) -> None:
        self.closed = True


class Stores:
    """A plugin that makes stores."""

    def __init__(self) -> None:
        self.made = RememberingStore()

    @hookimpl
    def itsmkit_make_store(self, url: str) -> Store | None:
        return self.made if url == "remembering://" else None


def test_a_desk_needs_nothing_to_start() -> None:
    desk = itsmkit.Desk()
    assert isinstance(desk.store, InMemoryStore)
    built_in = ["plugin 'configuration' is loaded", "plugin 'script' is loaded"]
    assert sorted(map(str, desk.plugins.status())) == built_in
    assert desk.config == DeskConfig.standard()


def test_a_desk_is_made_as_a_mapping_describes_it(clock: ManualClock) -> None:
    desk = Desk.from_config({"desk": {"number_prefix": "CASE-"}}, clock=clock, random=Random(3))
    assert desk.acting_as(AN_AGENT).incidents.log("No network").number == "CASE-1"
    with pytest.raises(DefinitionError, match="agreements"):
        Desk.from_config({"agreements": [{"name": "gold"}]})


def test_a_store_is_made_of_its_url(config: DeskConfig) -> None:
    stores = Stores()
    with Desk(config, store="remembering://", plugins=[stores]) as desk:
        assert desk.store is stores.made
        assert not stores.made.closed
    assert stores.made.closed


def test_a_desk_is_opened_by_its_url(config: DeskConfig, clock: ManualClock, tmp_path: Path) -> None:
    stores = Stores()
    with Desk.open("remembering://", config=config, tenant="acme", plugins=[stores], clock=clock) as desk:
        assert (desk.store.tenant, desk.config) == ("acme", config)
    described = {"desk": {"number_prefix": "CASE-"}}
    file = tmp_path / "desk.toml"
    file.write_text('[desk]\nnumber_prefix = "CASE-"\n', "utf-8")
    for given in (described, file, str(file)):
        opened = Desk.open("remembering://", config=given, plugins=[stores], random=Random(1))
        assert opened.config.kinds["incident"].prefix == "CASE-"
    assert Desk.open("remembering://", plugins=[stores]).config == DeskConfig.standard()


@pytest.mark.parametrize(
    ("url", "package"),
    [("sqlite:///a.db", "itsmkit-sql"), ("postgresql+psycopg://h/d", r"itsmkit-sql\[postgresql\]")],
)
def test_what_no_plugin_serves_is_told_with_the_plugin_to_install(url: str, package: str) -> None:
    with pytest.raises(DefinitionError, match=f"no plugin makes.*install it: pip install '{package}'"):
        Desk.open(url)


def test_plugins_may_be_made_before(config: DeskConfig) -> None:
    plugins = Plugins([Stores()])
    assert Desk(config, plugins=plugins).plugins is plugins


def test_the_environment_may_keep_a_plugin_out(config: DeskConfig, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ITSMKIT_PLUGINS_DISABLE", "Stores")
    [status] = (each for each in Desk(config, plugins=[Stores()]).plugins.status() if each.name == "Stores")
    assert (status.name, status.state) == ("Stores", PluginState.BLOCKED)


def test_acting_as_binds_a_desk_and_leaves_the_other_free(config: DeskConfig, clock: ManualClock) -> None:
    free = Desk(config, clock=clock)
    ann, bob = free.acting_as(Actor("ann")), free.acting_as(Actor("bob"))
    incident = ann.incidents.log("No network")
    bob.tickets.comment(incident.id, "same here")
    ann.tickets.comment(incident.id, "thanks", by=Actor("carol"))
    assert [event.actor.id for event in free.feed()] == ["ann", "bob", "carol"]
    assert ann.store is bob.store is free.store
    with pytest.raises(RefusedError, match="nobody acts"):
        free.tickets.comment(incident.id, "and I?")


def test_acting_as_keeps_the_class_of_the_desk(config: DeskConfig) -> None:
    class Portal(Desk):
        """A host's own desk."""

    assert type(Portal(config).acting_as(AN_AGENT)) is Portal


@pytest.mark.parametrize("limit", [1, 2, 100])
def test_the_feed_is_the_same_in_pages_of_any_size(desk: Desk, limit: int) -> None:
    incident = desk.incidents.log("No network")
    for text in ("one", "two", "three"):
        desk.tickets.comment(incident.id, text)
    position, paged = 0, []
    while page := desk.events(after=position, limit=limit):
        assert len(page) <= limit
        paged += [positioned.event for positioned in page]
        position = page[-1].position
    assert paged == list(desk.feed()) == list(desk.tickets.history(incident.id))


def test_the_feed_goes_on_beyond_a_page(desk: Desk) -> None:
    incident = desk.incidents.log("No network")
    for n in range(1000):
        desk.tickets.comment(incident.id, f"comment {n}")
    assert len(list(desk.feed())) == 1001


def test_the_report_is_that_of_now(desk: Desk, clock: ManualClock) -> None:
    incident = desk.incidents.log("No network", impact="high", urgency="high", support_group="Network")
    desk.incidents.transition(incident.id, "assign")
    clock.advance(HOUR)
    desk.incidents.transition(incident.id, "resolve", resolution="plugged it in")
    desk.incidents.log("It is slow")
    report = desk.report()
    assert (report.incidents, report.events, report.first_at) == (2, 4, A_MONDAY)
    assert report.final_states == {"New": 1, "Resolved": 1}
    assert report.resolved.calendar_median == HOUR
    assert report.attainment["resolve"]["P1"].met == 1
    assert report.attainment["resolve"]["P5"].open == 1


@pytest.mark.parametrize("call", [Desk.run_due, Desk.deliver], ids=["run_due", "deliver"])
@pytest.mark.parametrize("lease", [timedelta(0), -HOUR], ids=["nothing", "less than nothing"])
def test_a_lease_is_more_than_nothing(desk: Desk, call: Callable[..., object], lease: timedelta) -> None:
    with pytest.raises(DefinitionError, match="a lease must be more than zero"):
        call(desk, lease=lease)


def test_the_same_day_happens_twice_alike(config: DeskConfig) -> None:
    def day() -> list[object]:
        clock = ManualClock(A_MONDAY)
        desk = Desk(config, clock=clock, random=Random(5)).acting_as(AN_AGENT)
        incident = desk.incidents.log("No network", impact="high", urgency="high")
        clock.advance(9 * HOUR)
        desk.run_due()
        desk.tickets.comment(incident.id, "done")
        return list(desk.feed())

    assert day() == day()


# -- whose data ----------------------------------------------------------------------------------------


def test_a_desk_works_on_the_data_of_its_tenant_alone(config: DeskConfig, clock: ManualClock) -> None:
    store = InMemoryStore()
    ours = Desk(config, store=store, clock=clock).acting_as(AN_AGENT)
    theirs = Desk.from_config({}, store=store, tenant="acme", clock=clock).acting_as(AN_AGENT)
    assert (ours.tenant, theirs.tenant) == ("default", "acme")
    assert ours.incidents.log("No network").number == theirs.incidents.log("No mail").number
    assert [event.fact.details["title"] for event in theirs.feed()] == ["No mail"]  # type: ignore[union-attr]
    assert store.tenants() == ["acme", "default"]


def test_the_tenant_of_a_store_at_hand_is_kept(config: DeskConfig) -> None:
    assert Desk(config, store=InMemoryStore().of_tenant("acme")).tenant == "acme"


def test_a_tenant_must_be_named_before_a_store_is_opened(config: DeskConfig) -> None:
    class Opened(Stores):
        @hookimpl
        def itsmkit_make_store(self, url: str) -> Store | None:
            message = f"{url} was opened"
            raise AssertionError(message)

    for tenant in ("", " acme"):
        with pytest.raises(DefinitionError, match="tenant: must be a name without surrounding spaces"):
            Desk(config, store="remembering://", tenant=tenant, plugins=[Opened()])


def test_a_store_that_lacks_something_is_refused_with_all_that_it_lacks(config: DeskConfig) -> None:
    class Older(InMemoryStore):
        find = None  # type: ignore[assignment]

        def __init__(self) -> None:
            super().__init__()
            del self.tenant

    with pytest.raises(
        IncompleteStoreError, match=r"the store Older: it lacks tenant, find; use one for.*3\.1"
    ) as raised:
        Desk(config, store=Older())
    assert (raised.value.store, raised.value.lacking) == ("Older", ("tenant", "find"))
    assert str(pickle.loads(pickle.dumps(raised.value))) == str(raised.value)
