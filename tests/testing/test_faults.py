"""Failures on demand: which call fails, when, and what is left of it."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from attrs import evolve

from itsmkit.desk import Desk, InMemoryStore, ManualClock
from itsmkit.errors import ConflictError, PluginError
from itsmkit.plugin import OutboxEntry, Plugins, StoredTicket, Timer
from itsmkit.testing import A_MONDAY, AN_AGENT, a_notification, an_incident_logged
from itsmkit.testing.contracts import deleted, kept, rewritten
from itsmkit.testing.faults import EveryHook, Faults, InjectedError, Moment, failing_clock, failing_store
from itsmkit.testing.use_cases import RECORD
from itsmkit.tickets import TicketId

TIMER = Timer(TicketId("ticket-INC-1"), "resolve", A_MONDAY)


def test_calls_are_counted_by_their_names() -> None:
    faults = Faults()
    store = failing_store(InMemoryStore(), faults)
    with store.begin() as unit:
        unit.set_timer(TIMER)
        unit.next_number("incident")
    store.of_tenant("acme").next_due()
    assert faults.calls == [
        *("store.begin", "unit.set_timer", "unit.next_number", "unit.commit"),
        *("store.of_tenant", "store.next_due"),
    ]
    assert (faults.is_over, faults.raised) == (False, None)


def test_what_is_no_call_is_handed_on() -> None:
    store = failing_store(InMemoryStore().of_tenant("acme"), Faults(at=1))
    assert (store.tenant, store.is_joined) == ("acme", False)


@pytest.mark.parametrize("at", [1, 2, 3], ids=["begin", "set_timer", "commit"])
def test_a_unit_that_fails_before_its_end_has_done_nothing(at: int) -> None:
    store = InMemoryStore()
    with (
        pytest.raises(InjectedError, match=f"call {at} failed before it happened"),
        failing_store(store, Faults(at)).begin() as unit,
    ):
        unit.set_timer(TIMER)
    assert store.next_due() is None


@pytest.mark.parametrize(
    ("at", "due"),
    [
        pytest.param(2, None, id="a call within it"),
        pytest.param(3, A_MONDAY, id="its end: the connection is lost after the commit"),
    ],
)
def test_a_call_may_fail_after_it_has_happened(at: int, due: object) -> None:
    store = InMemoryStore()
    with (
        pytest.raises(InjectedError, match="after it happened"),
        failing_store(store, Faults(at, Moment.AFTER)).begin() as unit,
    ):
        unit.set_timer(TIMER)
    assert store.next_due() == due


def test_one_call_fails_and_those_after_it_do_not() -> None:
    faults = Faults(1)
    store = failing_store(InMemoryStore(), faults)
    with pytest.raises(InjectedError):
        store.next_due()
    assert store.next_due() is None
    assert faults.is_over


def test_a_call_that_fails_by_itself_is_left_to_that() -> None:
    faults = Faults(2, Moment.AFTER)
    decision = an_incident_logged()
    store = failing_store(InMemoryStore(), faults)
    with pytest.raises(ConflictError), store.begin() as unit:
        unit.save(StoredTicket(decision.ticket), decision.events, expected=7)
    assert (faults.is_over, faults.raised) == (True, None)


def test_an_exception_of_the_caller_undoes_a_unit_and_is_not_counted() -> None:
    faults, store = Faults(), InMemoryStore()
    with pytest.raises(LookupError), failing_store(store, faults).begin() as unit:  # noqa: PT012
        unit.set_timer(TIMER)
        raise LookupError
    assert faults.calls == ["store.begin", "unit.set_timer"]
    assert store.next_due() is None


def test_the_error_is_of_the_kind_that_is_asked_for() -> None:
    with pytest.raises(KeyboardInterrupt, match="clock"):
        failing_clock(ManualClock(A_MONDAY), Faults(1, error=KeyboardInterrupt))()


def test_a_clock_that_does_not_fail_shows_its_time() -> None:
    assert failing_clock(ManualClock(A_MONDAY), Faults(2))() == A_MONDAY


def test_what_was_caused_is_known_by_its_causes() -> None:
    faults = Faults(1)
    with pytest.raises(PluginError) as raised:
        Plugins([EveryHook(faults)]).deliver(a_notification())
    assert faults.has_caused(raised.value)
    assert not faults.has_caused(PluginError("EveryHook", "deliver", "another"))
    assert not faults.has_caused(None)


def test_calls_of_several_threads_are_counted_and_one_fails() -> None:
    faults = Faults(300)
    store = failing_store(InMemoryStore(), faults)

    def read(_turn: int) -> bool:
        try:
            store.next_due()
        except InjectedError:
            return True
        return False

    with ThreadPoolExecutor(4) as pool:
        assert sum(pool.map(read, range(1000))) == 1
    assert len(faults.calls) == 1000


def test_a_plugin_of_every_hook_takes_part_in_all_that_a_desk_does() -> None:
    faults, clock, store = Faults(), ManualClock(A_MONDAY), InMemoryStore()
    plugin = EveryHook(faults, [RECORD])
    desk = Desk(store=store, plugins=[plugin], clock=clock).acting_as(AN_AGENT)
    incident = desk.incidents.log("No network")
    desk.incidents.transition(incident.id, "cancel", cancellation_reason="it was the plug")
    with store.begin() as unit:
        unit.enqueue(OutboxEntry(a_notification(), 0, A_MONDAY))
    desk.deliver()
    desk.discovery.run()
    [item] = desk.cmdb.graph().items
    context = desk.cmdb.context(item.id)
    assert not context.failures
    assert {name.removeprefix("plugin.") for name in faults.calls} == {
        *("before_transition", "deliver", "on_event", "discover", "ci_facets")
    }
    assert [each.key for each in plugin.delivered] == ["key-1"]
    assert [each.ticket_id for each in plugin.heard] == [incident.id] * len(plugin.heard)
    assert len(plugin.heard) == desk.tickets.get(incident.id).version


def test_a_plugin_that_was_given_no_records_discovers_nothing() -> None:
    desk = Desk(plugins=[EveryHook(Faults())], clock=ManualClock(A_MONDAY)).acting_as(AN_AGENT)
    found, _ = desk.discovery.run()
    assert (found.discoveries, found.failures) == ((), ())


def test_watching_tells_of_every_call_that_has_ended() -> None:
    ended: list[str] = []
    store = failing_store(InMemoryStore(), Faults(3, watch=ended.append))
    with pytest.raises(InjectedError), store.begin() as unit:  # noqa: PT012
        unit.set_timer(evolve(TIMER, due=A_MONDAY + timedelta(hours=1)))
        unit.next_number("incident")
    assert ended == ["store.begin", "unit.set_timer"]


@pytest.mark.parametrize("moment", Moment)
@pytest.mark.parametrize("at", range(1, 8))
def test_whatever_call_fails_a_record_is_saved_with_all_else_or_not_at_all(at: int, moment: Moment) -> None:
    store = InMemoryStore()
    faults = Faults(at, moment)
    ann = kept(store, "ann", site="north")
    decision = an_incident_logged()
    with pytest.raises(InjectedError), failing_store(store, faults).begin() as unit:  # noqa: PT012
        found = unit.record_of("person", "ann")
        unit.record_history("person", "ann")
        rewritten(unit, found, site="south")
        unit.save(StoredTicket(decision.ticket), decision.events, expected=0)
        deleted(unit, unit.record_of("person", "ann"))
    names = [each.event.name for each in store.record_events(after=0, limit=9)]
    is_saved = faults.calls[-1] == "unit.commit" and moment is Moment.AFTER
    assert names[1:] == (["PersonChanged", "Deleted"] if is_saved else [])
    assert len(store.tickets()) == is_saved
    assert list(store.records("person", limit=9)) == ([] if is_saved else [ann])
