from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from itsmkit.desk import (
    Desk,
    DeskConfig,
    InMemoryNotifier,
    InMemoryStore,
    ManualClock,
    SystemClock,
    Worker,
    system_clock,
)
from itsmkit.errors import DefinitionError
from itsmkit.plugin import ClaimedTimer, DeliveryReceipt, Notification, Timer, hookimpl
from itsmkit.testing import A_MONDAY, AN_AGENT, an_incident_logged
from itsmkit.testing.contracts import entry, save
from itsmkit.tickets import CheckpointPassed

BERLIN = ZoneInfo("Europe/Berlin")


def test_a_manual_clock_stands_still() -> None:
    clock = ManualClock(A_MONDAY)
    assert [clock(), clock()] == [A_MONDAY, A_MONDAY]


def test_a_manual_clock_is_moved_on_and_shows_utc() -> None:
    clock = ManualClock(datetime(2026, 3, 2, 10, tzinfo=BERLIN))
    clock.advance(timedelta(hours=1))
    assert clock() == datetime(2026, 3, 2, 10, tzinfo=UTC)
    clock.set(datetime(2026, 3, 2, 12, tzinfo=BERLIN))
    assert clock() == datetime(2026, 3, 2, 11, tzinfo=UTC)
    assert clock().tzinfo is UTC


def test_a_manual_clock_may_be_set_to_what_it_shows() -> None:
    clock = ManualClock(A_MONDAY)
    clock.set(A_MONDAY)
    assert clock() == A_MONDAY


def test_a_manual_clock_is_never_set_back() -> None:
    clock = ManualClock(A_MONDAY)
    with pytest.raises(DefinitionError, match="cannot be set back"):
        clock.set(A_MONDAY - timedelta(microseconds=1))
    with pytest.raises(DefinitionError, match="cannot be set back"):
        clock.advance(timedelta(microseconds=-1))
    assert clock() == A_MONDAY


def test_a_manual_clock_knows_the_two_hours_of_one_name() -> None:
    first = datetime(2026, 10, 25, 2, 30, tzinfo=BERLIN)
    second = first.replace(fold=1)
    clock = ManualClock(first)
    clock.set(second)
    assert clock() == datetime(2026, 10, 25, 1, 30, tzinfo=UTC)
    with pytest.raises(DefinitionError, match="cannot be set back"):
        clock.set(first)


def test_a_manual_clock_refuses_naive_instants() -> None:
    naive = A_MONDAY.replace(tzinfo=None)
    with pytest.raises(DefinitionError, match="has no time zone"):
        ManualClock(naive)
    with pytest.raises(DefinitionError, match="has no time zone"):
        ManualClock(A_MONDAY).set(naive)


def test_the_system_clock_shows_utc() -> None:
    assert system_clock().tzinfo is UTC


def test_a_desk_keeps_utc_whatever_its_clock_shows(config: DeskConfig) -> None:
    desk = Desk(config, clock=lambda: A_MONDAY.astimezone(BERLIN)).acting_as(AN_AGENT)
    began = datetime(2026, 3, 2, 9, 30, tzinfo=BERLIN)
    incident = desk.incidents.log("No network", opened_at=began)
    (event,) = desk.tickets.history(incident.id)
    instants = (event.at, event.effective_at, event.recorded_at, incident.opened_at, incident.updated_at)
    assert [instant.tzinfo for instant in instants] == [UTC] * 5
    assert (event.at, incident.opened_at) == (A_MONDAY, began)


def test_a_desk_refuses_a_naive_clock(config: DeskConfig) -> None:
    desk = Desk(config, clock=lambda: A_MONDAY.replace(tzinfo=None)).acting_as(AN_AGENT)
    with pytest.raises(DefinitionError, match="the time of the desk's clock has no time zone"):
        desk.incidents.log("No network")


def test_a_desk_refuses_a_naive_opening(desk: Desk) -> None:
    with pytest.raises(DefinitionError, match="opened_at has no time zone"):
        desk.incidents.log("No network", opened_at=A_MONDAY.replace(tzinfo=None))
    assert not desk.events()


class SharedStore(InMemoryStore):
    """A store with a clock of its own, as a database server has."""

    def __init__(self, clock: ManualClock) -> None:
        super().__init__()
        self.clock = clock

    def now(self) -> datetime:  # type: ignore[override]  # another one than usual
        return self.clock()


def machine(shared: ManualClock, ahead: timedelta) -> SystemClock:
    """Return the clock of a machine that is so far ahead."""
    return SystemClock(lambda: shared() + ahead)


SKEWS = [pytest.param(minutes, id=f"{minutes} min ahead") for minutes in (-300, -5, 0, 5, 300)]


@pytest.mark.parametrize("minutes", SKEWS)
def test_on_system_time_the_clock_that_all_share_says_what_is_due(config: DeskConfig, minutes: int) -> None:
    shared, ahead = ManualClock(A_MONDAY), timedelta(minutes=minutes)
    store, notifier = SharedStore(shared), InMemoryNotifier()
    Desk(config, store=store, clock=shared).incidents.log("No network", support_group="Network", by=AN_AGENT)
    desk = Desk(config, store=store, clock=machine(shared, ahead), plugins=[notifier])
    due = desk.next_due()
    assert due is not None
    shared.set(due - timedelta(microseconds=1))
    assert desk.run_due().passed == 0
    shared.set(due)
    assert desk.run_due().passed == 1
    (passing,) = (event for event in desk.feed() if isinstance(event.fact, CheckpointPassed))
    assert (passing.at, passing.recorded_at) == (due, due + ahead)  # recorded by its own clock
    while (due := desk.next_due()) is not None:
        shared.set(due)
        assert desk.run_due().passed == 1
        desk.deliver()
    assert notifier.delivered  # at once, whatever the clock of the machine shows


def test_a_machine_that_is_ahead_takes_nothing_that_others_still_hold(config: DeskConfig) -> None:
    shared, lease = ManualClock(A_MONDAY), timedelta(minutes=1)
    store = SharedStore(shared)
    Desk(config, store=store, clock=shared).incidents.log("No network", by=AN_AGENT)
    first, second = (
        Desk(config, store=store, clock=machine(shared, timedelta(hours=hours))) for hours in (0, 5)
    )
    due = first.next_due()
    assert due is not None
    shared.set(due)
    (claimed,) = store.claim_due(shared(), lease=lease, limit=1)
    assert second.run_due(lease=lease).passed == 0
    store.release([claimed])
    assert second.run_due(lease=lease).passed == 1


def test_what_failed_is_delivered_again_by_the_clock_that_all_share(config: DeskConfig) -> None:
    class Broken:
        @hookimpl
        def itsmkit_deliver(self, notification: Notification) -> DeliveryReceipt:
            raise OSError(notification.key)

    shared = ManualClock(A_MONDAY)
    store, notifier = SharedStore(shared), InMemoryNotifier()
    with store.begin() as unit:
        unit.enqueue(entry("key"))
    behind, ahead = timedelta(hours=-5), timedelta(hours=5)
    failed = Desk(config, store=store, clock=machine(shared, ahead), plugins=[Broken()]).deliver()
    assert failed.again_at is not None
    assert A_MONDAY < failed.again_at <= A_MONDAY + timedelta(minutes=1)
    desk = Desk(config, store=store, clock=machine(shared, behind), plugins=[notifier])
    assert desk.deliver().delivered == 0
    shared.set(failed.again_at)
    assert desk.deliver().delivered == 1


@pytest.mark.parametrize("minutes", SKEWS)
def test_a_worker_rests_until_the_clock_that_all_share_says_so(config: DeskConfig, minutes: int) -> None:
    shared = ManualClock(A_MONDAY)
    looked: list[timedelta] = []

    class Resting(SharedStore):
        def wait(self, timeout: timedelta) -> None:
            shared.advance(timeout)

        def claim_due(self, now: datetime, *, lease: timedelta, limit: int) -> Sequence[ClaimedTimer]:
            looked.append(now - A_MONDAY)
            return super().claim_due(now, lease=lease, limit=limit)

    desk = Desk(config, store=Resting(shared), clock=machine(shared, timedelta(minutes=minutes)))
    later = timedelta(seconds=2.5)
    desk.reread_agreements()  # there is nothing yet; a worker would set the timer anew
    with desk.store.begin() as unit:
        save(unit, an_incident_logged(), expected=0)
        unit.set_timer(Timer(an_incident_logged().ticket.id, "resolve", A_MONDAY + later))
    Worker(desk, stop=lambda: len(looked) > 1, longest_wait=timedelta(minutes=1)).run()
    assert looked == [timedelta(0), later]


def test_a_desk_that_was_given_a_clock_uses_only_that(config: DeskConfig, clock: ManualClock) -> None:
    store = SharedStore(ManualClock(A_MONDAY + timedelta(days=9)))
    desk = Desk(config, store=store, clock=clock).acting_as(AN_AGENT)
    desk.incidents.log("No network")
    assert desk.run_due().passed == 0
    due = desk.next_due()
    assert due is not None
    clock.set(due)
    assert desk.run_due().passed == 1


def test_a_store_without_a_clock_leaves_it_to_that_of_the_machine(config: DeskConfig) -> None:
    shared = ManualClock(A_MONDAY)
    desk = Desk(config, clock=machine(shared, timedelta(hours=1))).acting_as(AN_AGENT)
    desk.incidents.log("No network", opened_at=A_MONDAY)
    due = desk.next_due()
    assert due is not None
    shared.set(due - timedelta(hours=1))
    assert desk.run_due().passed == 1


def test_the_clock_of_a_machine_shows_utc() -> None:
    assert SystemClock(lambda: A_MONDAY.astimezone(BERLIN))().tzinfo is UTC
    with pytest.raises(DefinitionError, match="the time of the machine's clock has no time zone"):
        SystemClock(lambda: A_MONDAY.replace(tzinfo=None))()
