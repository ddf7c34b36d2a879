"""Checkpoints: in order, exactly once, whoever asks and however late."""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from attrs import evolve

from itsmkit.calendars import BusinessCalendar
from itsmkit.desk import Desk, DeskConfig, DueReport, InMemoryNotifier, InMemoryStore, ManualClock
from itsmkit.plugin import Timer, UnitOfWork
from itsmkit.practices import Incident
from itsmkit.sla import Checkpoint, Promise, ServiceLevelAgreement, Target
from itsmkit.testing import A_MONDAY, AN_AGENT, office_hours
from itsmkit.tickets import SYSTEM, CheckpointPassed, TicketEvent, TicketId

HOUR = timedelta(hours=1)
MICROSECOND = timedelta(microseconds=1)
LEASE = timedelta(minutes=1)


def urgent(desk: Desk) -> Incident:
    """Log an incident that is to be resolved in four office hours."""
    return desk.incidents.log("No network", impact="high", urgency="high", support_group="Network")


def passings(desk: Desk, ticket_id: TicketId | None = None) -> list[TicketEvent]:
    return [
        event
        for event in desk.feed()
        if isinstance(event.fact, CheckpointPassed) and ticket_id in (None, event.ticket_id)
    ]


def passed(desk: Desk, ticket_id: TicketId | None = None) -> list[tuple[str, timedelta]]:
    """Return the checkpoints passed, each with how long after Monday nine o'clock."""
    return [(e.fact.checkpoint, e.effective_at - A_MONDAY) for e in passings(desk, ticket_id)]


def timers(desk: Desk, ticket_id: TicketId) -> list[Timer]:
    with desk.store.begin() as unit:
        return list(unit.timers(ticket_id))


ALL = [("50%", 2 * HOUR), ("75%", 3 * HOUR), ("breach", 4 * HOUR + MICROSECOND)]


def test_each_checkpoint_passes_at_its_instant(desk: Desk, clock: ManualClock) -> None:
    incident = urgent(desk)
    while (due := desk.next_due()) is not None:
        assert desk.run_due().passed == 0
        clock.set(due)
        assert desk.run_due().passed == 1
    assert passed(desk) == ALL
    last = desk.tickets.history(incident.id)[-1]
    assert (last.actor, last.at, last.recorded_at) == (SYSTEM, clock(), clock())


def test_a_late_run_catches_up_in_order(desk: Desk, clock: ManualClock) -> None:
    urgent(desk)
    clock.advance(10 * HOUR)
    assert desk.run_due().passed == 3
    assert passed(desk) == ALL
    assert {event.recorded_at for event in passings(desk)} == {clock()}
    assert (desk.run_due().passed, desk.next_due()) == (0, None)


def test_people_are_told_once_each(desk: Desk, clock: ManualClock, notifier: InMemoryNotifier) -> None:
    incident = urgent(desk)
    desk.tickets.assign(incident.id, support_group="Network", assignee="bob")
    clock.advance(10 * HOUR)
    desk.run_due()
    assert desk.deliver().delivered == 3
    told = [(sent.recipient, sent.subject) for sent in notifier.delivered]
    assert told == [
        ("Network", "INC-1: resolve clock at 75%"),
        ("bob", "INC-1: resolve clock at 75%"),
        ("service desk manager", "INC-1: resolve clock at breach"),
    ]
    first, _, last = notifier.delivered
    assert first.body.startswith("resolve: running, open; 3:00:00 of 4:00:00 used")
    assert last.key == "/".join([incident.id, *map(str, passings(desk)[-1].fact.key), last.recipient])
    assert [event.fact.notified for event in passings(desk)] == [
        (),
        ("Network", "bob"),
        ("service desk manager",),
    ]
    assert len({sent.key for sent in notifier.delivered}) == 3


@pytest.mark.usefixtures("busy_threads")
def test_eight_workers_at_once_pass_each_checkpoint_once(
    make_desk: Callable[..., Desk], clock: ManualClock
) -> None:
    notifier = InMemoryNotifier()
    desks = [make_desk(notifier) for _ in range(4)]
    incidents = [urgent(desks[0]) for _ in range(30)]
    clock.advance(10 * HOUR)
    with ThreadPoolExecutor(8) as pool:
        reports = list(pool.map(Desk.run_due, desks * 2))
    assert sum(report.passed for report in reports) == 90
    assert [failure for report in reports for failure in report.failures] == []
    for incident in incidents:
        assert passed(desks[0], incident.id) == ALL
        assert [event.sequence for event in desks[0].tickets.history(incident.id)] == [1, 2, 3, 4]
    with ThreadPoolExecutor(8) as pool:
        delivered = list(pool.map(lambda desk: desk.deliver().delivered, desks * 2))
    assert sum(delivered) == len(notifier.delivered) == 60


@pytest.mark.usefixtures("busy_threads")
def test_workers_and_commands_at_once_lose_nothing(desk: Desk, clock: ManualClock) -> None:
    incidents = [urgent(desk) for _ in range(10)]
    clock.advance(10 * HOUR)

    def comment(incident: Incident) -> None:
        desk.tickets.comment(incident.id, "looked at it")

    with ThreadPoolExecutor(4) as pool:
        running = [pool.submit(desk.run_due) for _ in range(2)]
        commands = [pool.submit(comment, incident) for incident in incidents]
        for each in (*running, *commands):
            each.result()
    clock.advance(LEASE)
    desk.run_due()
    for incident in incidents:
        # Where the comment came first, a checkpoint takes effect after it, and still says when it was due.
        found = [(event.fact.checkpoint, event.at - A_MONDAY) for event in passings(desk, incident.id)]
        assert found == ALL
        assert desk.tickets.get(incident.id).version == 5


def test_a_pause_that_is_saved_first_wins(desk: Desk, clock: ManualClock, store: Any) -> None:
    incident = urgent(desk)
    desk.incidents.transition(incident.id, "assign")
    clock.advance(2 * HOUR)
    store.meanwhile = [
        lambda: desk.incidents.transition(incident.id, "wait", pending_reason="a part is missing")
    ]
    assert desk.run_due().passed == 0
    assert (passed(desk), desk.next_due()) == ([], None)
    clock.advance(HOUR)
    desk.incidents.transition(incident.id, "resume")
    assert desk.run_due().passed == 1
    assert passed(desk) == [("50%", 3 * HOUR)]


def test_what_is_saved_first_and_does_not_matter_delays_nothing(
    desk: Desk, clock: ManualClock, store: Any
) -> None:
    incident = urgent(desk)
    clock.advance(2 * HOUR)
    store.meanwhile = [lambda: desk.tickets.comment(incident.id, "first")]
    assert desk.run_due().passed == 1
    assert passed(desk) == ALL[:1]
    assert [event.name for event in desk.feed()] == ["TicketLogged", "Commented", "CheckpointPassed"]


def test_a_checkpoint_that_always_meets_others_comes_back_when_the_lease_ends(
    desk: Desk, clock: ManualClock, store: Any
) -> None:
    incident = urgent(desk)
    clock.advance(2 * HOUR)
    store.always(lambda: desk.tickets.comment(incident.id, "me first"))
    assert desk.run_due(lease=LEASE).passed == 0
    store.meanwhile = []
    assert desk.next_due() == clock() + LEASE
    clock.advance(LEASE)
    assert desk.run_due().passed == 1
    assert passed(desk) == ALL[:1]


def test_a_worker_that_is_overtaken_does_nothing(desk: Desk, clock: ManualClock, store: Any) -> None:
    urgent(desk)
    clock.advance(2 * HOUR)

    def overtake() -> None:
        clock.advance(LEASE)
        assert desk.run_due(lease=LEASE).passed == 1

    store.meanwhile = [overtake]
    assert desk.run_due(lease=LEASE) == DueReport()
    assert passed(desk) == ALL[:1]


def test_a_stop_leaves_no_timer(desk: Desk, clock: ManualClock) -> None:
    incident = urgent(desk)
    desk.incidents.transition(incident.id, "assign")
    clock.advance(HOUR)
    desk.incidents.transition(incident.id, "resolve", resolution="plugged it in")
    assert [timer.name for timer in timers(desk, incident.id)] == ["state:Resolved"]
    clock.advance(10 * HOUR)
    assert desk.run_due().passed == 0


def test_other_terms_move_the_timer(desk: Desk, clock: ManualClock) -> None:
    incident = urgent(desk)
    clock.advance(2 * HOUR)
    desk.run_due()
    desk.incidents.prioritise(incident.id, impact="low", urgency="low")
    assert desk.next_due() == A_MONDAY + 6 * HOUR
    clock.advance(4 * HOUR)
    desk.run_due()
    desk.incidents.prioritise(incident.id, impact="high", urgency="high")
    desk.run_due()
    # Back under the first terms: 50 % was told before, 75 % is behind the breach.
    assert [name for name, _ in passed(desk)] == ["50%", "75%", "breach"]


def quick(config: DeskConfig, hours: int) -> DeskConfig:
    target = Target("resolve", hours * HOUR, checkpoints=(Checkpoint.at_breach(),))
    return evolve(config, agreements=[ServiceLevelAgreement("support", office_hours(), [Promise(target)])])


def test_a_timer_of_agreements_that_have_changed_is_set_anew(
    make_desk: Callable[..., Desk], config: DeskConfig, clock: ManualClock
) -> None:
    incident = urgent(make_desk(rules=quick(config, 4)))
    desk = make_desk(rules=quick(config, 6))
    clock.set(A_MONDAY + 5 * HOUR)
    assert desk.run_due().passed == 0
    assert desk.next_due() == A_MONDAY + 6 * HOUR + MICROSECOND
    clock.advance(2 * HOUR)
    assert desk.run_due().passed == 1
    assert passed(desk, incident.id) == [("breach", 6 * HOUR + MICROSECOND)]
    assert desk.next_due() is None


def test_the_next_command_sets_all_timers_under_changed_agreements(
    make_desk: Callable[..., Desk], config: DeskConfig, clock: ManualClock
) -> None:
    incident = urgent(make_desk(rules=quick(config, 6)))
    desk = make_desk(rules=quick(config, 4))
    desk.tickets.comment(incident.id, "it promises more now")
    assert desk.next_due() == A_MONDAY + 4 * HOUR + MICROSECOND


def test_a_timer_of_a_clock_that_is_no_more_goes_away(
    make_desk: Callable[..., Desk], config: DeskConfig, clock: ManualClock
) -> None:
    urgent(make_desk())
    desk = make_desk(rules=evolve(config, agreements=[]))
    clock.advance(10 * HOUR)
    assert (desk.run_due().passed, desk.next_due(), passed(desk)) == (0, None, [])


def test_a_timer_of_no_ticket_goes_away(desk: Desk, clock: ManualClock) -> None:
    with desk.store.begin() as unit:
        unit.set_timer(Timer(TicketId("none"), "resolve", A_MONDAY))
    assert (desk.run_due().passed, desk.next_due()) == (0, None)


def test_more_timers_than_are_claimed_at_once_all_run(desk: Desk, clock: ManualClock) -> None:
    for _ in range(120):
        urgent(desk)
    clock.advance(2 * HOUR)
    assert desk.run_due().passed == 120


def test_timers_are_kept_in_utc_whatever_the_zone_of_the_calendar(
    make_desk: Callable[..., Desk], config: DeskConfig, clock: ManualClock
) -> None:
    # On this night, clocks in Berlin show the hour from two to three twice.
    berlin = ZoneInfo("Europe/Berlin")
    always = BusinessCalendar.always(berlin)
    target = Target("resolve", HOUR, checkpoints=(Checkpoint.at_breach(),))
    agreement = ServiceLevelAgreement("support", always, [Promise(target)])
    desk = make_desk(rules=evolve(config, agreements=[agreement]))
    clock.set(datetime(2026, 10, 25, 0, 30, tzinfo=UTC))
    later = desk.incidents.log("at half past two, for the second time due")
    earlier = desk.incidents.log(
        "a quarter to three, for the first time due",
        opened_at=datetime(2026, 10, 24, 23, 45, tzinfo=UTC),
    )
    assert desk.next_due() == datetime(2026, 10, 25, 0, 45, tzinfo=UTC) + MICROSECOND
    clock.set(datetime(2026, 10, 25, 3, tzinfo=UTC))
    assert desk.run_due().passed == 2
    assert [event.ticket_id for event in passings(desk)] == [earlier.id, later.id]
    assert {event.at.tzinfo for event in passings(desk)} == {UTC}


# -- what fails, and what is left --------------------------------------------------------------------------


class StoreWithFaults(InMemoryStore):
    """A store in which the commits of some tickets fail, and which may be gone as a whole."""

    def __init__(self) -> None:
        super().__init__()
        self.broken: set[TicketId] = set()
        self.is_gone = False
        self.on_breaking: Callable[[], object] = lambda: None

    @contextmanager
    def begin(self) -> Iterator[UnitOfWork]:
        with super().begin() as unit:
            yield unit
            if self.is_gone or self.broken.intersection(self.changed_in(unit)):
                self.on_breaking()
                raise OSError("the disk is full")

    def changed_in(self, unit: UnitOfWork) -> set[TicketId]:
        ids = {stored.ticket.id: stored for stored in self.tickets()}
        return {each for each, stored in ids.items() if unit.ticket(each) is not stored}

    def next_due(self) -> datetime | None:
        if self.is_gone:
            raise OSError("nobody answers")
        return super().next_due()


@pytest.fixture
def faulty(config: DeskConfig, clock: ManualClock) -> tuple[Desk, StoreWithFaults]:
    store = StoreWithFaults()
    return Desk(config, store=store, clock=clock).acting_as(AN_AGENT), store


def test_a_timer_that_fails_keeps_nobody_waiting_and_comes_back(
    faulty: tuple[Desk, StoreWithFaults], clock: ManualClock
) -> None:
    desk, store = faulty
    incidents = [urgent(desk) for _ in range(3)]
    clock.advance(2 * HOUR)
    store.broken = {incidents[1].id}
    report = desk.run_due(lease=LEASE)
    assert report.passed == 2
    (failure,) = report.failures
    assert failure.timer == Timer(incidents[1].id, "resolve", clock(), A_MONDAY + 4 * HOUR)
    assert str(failure) == f"the timer 'resolve' of ticket {incidents[1].id}: OSError: the disk is full"
    assert [passed(desk, each.id) for each in incidents] == [ALL[:1], [], ALL[:1]]
    assert desk.run_due() == DueReport()
    store.broken = set()
    assert desk.next_due() == clock() + LEASE
    clock.advance(LEASE)
    assert desk.run_due() == DueReport(1)
    assert passed(desk, incidents[1].id) == ALL[:1]


def test_a_timer_that_fails_for_longer_than_its_lease_is_not_tried_again_in_the_same_round(
    faulty: tuple[Desk, StoreWithFaults], clock: ManualClock
) -> None:
    desk, store = faulty
    incidents = [urgent(desk) for _ in range(3)]
    clock.advance(2 * HOUR)
    store.broken = {incidents[1].id}
    store.on_breaking = lambda: clock.advance(2 * LEASE)
    report = desk.run_due(lease=LEASE)
    assert report.passed == 2
    assert [each.timer.ticket_id for each in report.failures] == [incidents[1].id]
    store.broken = set()
    clock.advance(LEASE)
    assert desk.run_due() == DueReport(1)


def test_a_turn_ends_and_the_rest_is_left_to_others(desk: Desk, clock: ManualClock) -> None:
    for _ in range(3):
        urgent(desk)
    clock.advance(2 * HOUR)
    shows = iter(range(100))
    desk = Desk(desk.config, store=desk.store, clock=lambda: clock() + next(shows) * LEASE / 100)
    report = desk.run_due(turn=MICROSECOND)
    assert (report.passed, report.is_cut_short) == (1, True)
    assert Desk(desk.config, store=desk.store, clock=clock).run_due() == DueReport(2)  # nothing is held


def test_a_store_that_is_gone_ends_the_round(
    faulty: tuple[Desk, StoreWithFaults], clock: ManualClock
) -> None:
    desk, store = faulty
    urgent(desk)
    clock.advance(2 * HOUR)
    store.is_gone = True
    with pytest.raises(OSError, match="nobody answers") as caught:
        desk.run_due(lease=LEASE)
    assert str(caught.value.__context__) == "the disk is full"
    store.is_gone = False
    clock.advance(LEASE)
    assert desk.run_due() == DueReport(1)


def test_who_is_told_to_stop_finishes_what_is_in_hand_and_leaves_the_rest_to_others(
    make_desk: Callable[..., Desk], clock: ManualClock
) -> None:
    desk, other = make_desk(), make_desk()
    incidents = [urgent(desk) for _ in range(5)]
    clock.advance(2 * HOUR)
    report = desk.run_due(lease=10 * HOUR, stop=lambda: len(passed(desk)) == 2)
    assert report == DueReport(2)
    assert other.next_due() == clock()  # not only when the lease of the first has ended
    assert other.run_due() == DueReport(3)
    assert [passed(desk, each.id) for each in incidents] == [ALL[:1]] * 5


def test_who_is_told_to_stop_before_takes_nothing(desk: Desk, clock: ManualClock) -> None:
    urgent(desk)
    clock.advance(2 * HOUR)
    assert desk.run_due(stop=lambda: True) == DueReport()
    assert desk.run_due() == DueReport(1)
