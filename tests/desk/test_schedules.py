"""Schedules on a desk: each occurrence logs one ticket, whoever calls, however late."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from random import Random
from threading import Barrier

import pytest
from attrs import evolve
from hypothesis import given, settings
from hypothesis import strategies as st

from itsmkit.calendars import BusinessCalendar, HolidayCalendar
from itsmkit.desk import Desk, DeskConfig, InMemoryStore, ManualClock, Worker
from itsmkit.desk.schedules import SchedulesReport
from itsmkit.errors import DefinitionError, NotFoundError, RefusedError
from itsmkit.plugin import Store
from itsmkit.practices.access import AccessRules, Restriction, Role, Scope
from itsmkit.practices.work_aids import Schedule, TicketTemplate, occurrence_id
from itsmkit.testing import A_MONDAY
from itsmkit.tickets import Actor

HOUR = timedelta(hours=1)
DAY = timedelta(days=1)
OFFICE = BusinessCalendar("Mon-Fri 08:00-17:00", "Europe/Berlin", name="office")
CONFIG = evolve(DeskConfig.standard(), reporting_hours=OFFICE, calendars={"office": OFFICE})
TAPES = Schedule(
    id="tapes",
    name="Change the tapes",
    template="tapes",
    rule="FREQ=DAILY",
    first="2026-03-01T09:30",
    tz="Europe/Berlin",
    shift="skip",
)
TEMPLATE = TicketTemplate(
    id="tapes",
    name="Tapes",
    kind="incident",
    title="Change the tapes",
    impact="low",
    details={"requester": "bob", "support_group": "backup", "rack": "7"},
)


@pytest.fixture
def clock() -> ManualClock:
    return ManualClock(A_MONDAY)


def a_desk(clock: Callable[[], datetime], store: Store | None = None, config: DeskConfig = CONFIG) -> Desk:
    desk = Desk(config, store=store or InMemoryStore(), clock=clock, random=Random(1), pause=bool)
    return desk.acting_as(Actor("ann"))


@pytest.fixture
def desk(clock: ManualClock) -> Desk:
    desk = a_desk(clock)
    desk.aids.keep(TEMPLATE)
    return desk


def test_a_ticket_is_logged_when_it_comes(desk: Desk, clock: ManualClock) -> None:
    assert datetime(2026, 3, 2, 9, tzinfo=UTC) == A_MONDAY
    kept = desk.schedules.keep(TAPES)
    assert (kept.version, kept.done_until) == (1, A_MONDAY)
    assert desk.schedules.run() == SchedulesReport(next_at=datetime(2026, 3, 3, 8, 30, tzinfo=UTC))
    clock.set(datetime(2026, 3, 3, 8, 45, tzinfo=UTC))
    assert desk.schedules.run() == SchedulesReport(1, next_at=datetime(2026, 3, 4, 8, 30, tzinfo=UTC))
    assert desk.schedules.run().logged == 0
    [ticket] = desk.tickets
    assert (ticket.title, ticket.impact, ticket.requester, ticket.support_group) == (
        "Change the tapes",
        "low",
        "bob",
        "backup",
    )
    nominal = datetime(2026, 3, 3, 8, 30, tzinfo=UTC)
    assert ticket.id == occurrence_id("tapes", nominal)
    assert ticket.opened_at == nominal
    assert dict(ticket.details) == {"rack": "7", "schedule": "tapes", "scheduled_for": nominal}
    [event] = desk.tickets.history(ticket.id)
    assert event.actor == Actor("ann")
    kept_step, logged_step = desk.schedules.history("tapes")
    assert (kept_step.event, logged_step.event) == ("ScheduleKept", "OccurrenceLogged")
    assert logged_step.said["ticket"] == ticket.id
    assert desk.audit.verify().is_intact


def test_a_schedule_is_kept_in_versions(desk: Desk, clock: ManualClock) -> None:
    first = desk.schedules.keep(TAPES, idempotency_key="k")
    assert desk.schedules.keep(TAPES, idempotency_key="k") == first
    assert desk.schedules.keep(TAPES) == first
    clock.advance(DAY)
    other = desk.schedules.keep(evolve(TAPES, name="Tapes"))
    assert (other.version, other.done_until) == (2, A_MONDAY)
    assert desk.schedules.retire("tapes").version == 3
    assert desk.schedules.retire("tapes").version == 3
    assert desk.schedules.run().logged == 0
    assert [each.is_retired for each in desk.schedules.all()] == [True]
    assert desk.schedules.upcoming() == ()
    clock.advance(DAY)
    # What came while it was retired is not caught up on.
    assert desk.schedules.keep(TAPES).done_until == clock()
    assert desk.schedules.run().logged == 0
    with pytest.raises(NotFoundError):
        desk.schedules.retire("no such")


def test_what_a_schedule_names_must_be_there(desk: Desk) -> None:
    with pytest.raises(DefinitionError) as refused:
        desk.schedules.keep(evolve(TAPES, template="tape", calendar="ofice"))
    assert refused.value.problems == (
        "schedule 'tapes': template: there is no ticket template 'tape'; keep one by `desk.aids.keep`",
        "schedule 'tapes': calendar: there is no calendar 'ofice'; did you mean 'office'?",
    )
    with pytest.raises(DefinitionError, match="schedule: must be a Schedule, not str"):
        desk.schedules.keep("tapes")  # type: ignore[arg-type]


def test_what_comes_next_of_all_schedules(desk: Desk) -> None:
    desk.schedules.keep(TAPES)
    desk.schedules.keep(evolve(TAPES, id="a-week", rule="FREQ=WEEKLY;BYDAY=WE", calendar="office"))
    found = [(f"{each.at:%a %d %H:%M}", each.schedule.id) for each in desk.schedules.upcoming(4)]
    assert found == [
        ("Tue 03 08:30", "tapes"),
        ("Wed 04 08:30", "a-week"),
        ("Wed 04 08:30", "tapes"),
        ("Thu 05 08:30", "tapes"),
    ]
    for limit in (0, 10_000):
        with pytest.raises(DefinitionError, match="limit must be a whole number from 1"):
            desk.schedules.upcoming(limit)


@pytest.mark.parametrize(
    ("catch_up", "days", "passed_over"),
    [("all", [3, 4, 5, 6, 9], 0), ("latest", [9], 4), ("none", [9], 4)],
)
def test_after_a_week_of_standstill(
    desk: Desk, clock: ManualClock, catch_up: str, days: list[int], passed_over: int
) -> None:
    desk.schedules.keep(evolve(TAPES, catch_up=catch_up))
    clock.set(datetime(2026, 3, 9, 9, tzinfo=UTC))
    report = desk.schedules.run()
    assert (report.logged, report.passed_over) == (len(days), passed_over)
    assert sorted(ticket.opened_at.day for ticket in desk.tickets) == days
    clock.advance(DAY / 2)
    assert desk.schedules.run().logged == 0


def test_what_is_late_is_passed_over(desk: Desk, clock: ManualClock) -> None:
    desk.schedules.keep(evolve(TAPES, catch_up="none"))
    clock.set(datetime(2026, 3, 9, 12, tzinfo=UTC))
    assert desk.schedules.run().passed_over == 5
    assert [*desk.tickets] == []
    assert desk.schedules.history("tapes")[-1].said["passed_over"] == "5 occurrences"


def test_what_cannot_be_logged_holds_up_nothing_else(desk: Desk, clock: ManualClock) -> None:
    desk.aids.keep(evolve(TEMPLATE, id="gone"))
    desk.schedules.keep(evolve(TAPES, id="broken", template="gone"))
    desk.schedules.keep(TAPES)
    desk.aids.retire("ticket template", "gone")
    clock.advance(2 * DAY)
    report = desk.schedules.run()
    assert report.logged == 2
    assert report.refused == {"broken": "cannot log from the template 'Tapes': it is retired"}
    broken, _ = desk.schedules.all()
    assert broken.problem == report.refused["broken"]
    assert desk.schedules.run().refused == {}
    desk.aids.keep(evolve(TEMPLATE, id="gone"))
    assert desk.schedules.run().logged == 2
    assert [each.problem for each in desk.schedules.all()] == [None, None]


def test_an_occurrence_is_logged_once_though_the_calendar_changes(clock: ManualClock) -> None:
    store = InMemoryStore()
    desk = a_desk(clock, store)
    desk.aids.keep(TEMPLATE)
    desk.schedules.keep(evolve(TAPES, rule="FREQ=WEEKLY;BYDAY=SA", shift="previous open"))
    clock.set(datetime(2026, 3, 6, 12, tzinfo=UTC))
    assert desk.schedules.run().logged == 1
    # From now on Saturday is open, so that the occurrence would not be shifted.
    every_day = BusinessCalendar("Mon-Sun 08:00-17:00", "Europe/Berlin", name="office")
    desk = a_desk(clock, store, evolve(CONFIG, reporting_hours=every_day))
    clock.set(datetime(2026, 3, 7, 12, tzinfo=UTC))
    report = desk.schedules.run()
    assert (report.logged, len([*desk.tickets])) == (0, 1)
    assert desk.schedules.history("tapes")[-1].event == "OccurrencePassedOver"


def test_holidays_are_those_of_the_calendar(clock: ManualClock) -> None:
    rhine = BusinessCalendar(
        "Mon-Fri 08:00-17:00", "Europe/Berlin", holidays=HolidayCalendar.of("DE-NW", language="en_US")
    )
    desk = a_desk(clock, config=evolve(CONFIG, calendars={"office": OFFICE, "rhine": rhine}))
    desk.aids.keep(TEMPLATE)
    desk.schedules.keep(
        evolve(TAPES, shift="next open", calendar="rhine", rule="FREQ=YEARLY", first="2026-05-01T09:00")
    )
    [upcoming] = desk.schedules.upcoming(1)
    assert upcoming.at == datetime(2026, 5, 4, 6, tzinfo=UTC)


def test_a_calendar_that_is_gone_gives_way_to_that_of_reports(desk: Desk, clock: ManualClock) -> None:
    nights = BusinessCalendar("Mon-Sun 22:00-06:00", "Europe/Berlin")
    store = InMemoryStore()
    both = a_desk(clock, store, evolve(CONFIG, calendars={"nights": nights}))
    both.aids.keep(TEMPLATE)
    both.schedules.keep(evolve(TAPES, calendar="nights"))
    assert both.schedules.upcoming(1) == ()
    assert len(a_desk(clock, store).schedules.upcoming(1)) == 1


def test_a_template_may_say_what_a_ticket_is_logged_with(clock: ManualClock) -> None:
    rules = AccessRules(
        [Role("agent", sees=[Scope()], permits=["*"])],
        restrictions=[Restriction("security", roles=["agent"])],
    )
    desk = a_desk(clock, config=evolve(CONFIG, access=rules)).acting_as(Actor("ann", roles=["agent"]))
    secret = {"restricted_to": "security", "impact": "high", "owner": "kim", "requester": "bob"}
    desk.aids.keep(evolve(TEMPLATE, impact=None, details=secret))
    desk.schedules.keep(TAPES)
    clock.advance(DAY)
    assert desk.schedules.run().logged == 1
    [ticket] = desk.tickets
    assert (ticket.restricted_to, ticket.impact, ticket.owner) == ("security", "high", "kim")


def test_a_worker_logs_them(desk: Desk, clock: ManualClock, caplog: pytest.LogCaptureFixture) -> None:
    desk.aids.keep(evolve(TEMPLATE, id="gone"))
    desk.schedules.keep(TAPES)
    desk.schedules.keep(evolve(TAPES, id="broken", template="gone"))
    desk.aids.retire("ticket template", "gone")
    clock.advance(2 * DAY)
    report = Worker(desk).round()
    assert (report.logged, report.problems) == (2, 1)
    assert "2 tickets logged" in str(report)
    assert "schedule broken: cannot log from the template" in caplog.text
    clock.advance(DAY)
    assert Worker(desk).round().problems == 0


def test_a_call_goes_as_far_as_it_may(desk: Desk, clock: ManualClock) -> None:
    desk.schedules.keep(TAPES)
    clock.set(datetime(2026, 3, 9, 9, tzinfo=UTC))
    assert desk.schedules.run(limit=2) == SchedulesReport(2, is_done=False)
    assert desk.schedules.run(stop=lambda: True) == SchedulesReport(is_done=False)
    assert desk.schedules.run().logged == 3


def test_in_a_transaction_of_the_host_it_is_refused(clock: ManualClock) -> None:
    class Joined(InMemoryStore):
        is_joined = True

    with pytest.raises(RefusedError, match=r"schedules\.run makes transactions of its own"):
        a_desk(clock, Joined()).schedules.run()


@pytest.mark.usefixtures("busy_threads")
def test_workers_that_come_at_once_log_each_occurrence_once() -> None:
    clock, store = ManualClock(A_MONDAY), InMemoryStore()
    setup = a_desk(clock, store)
    setup.aids.keep(TEMPLATE)
    for number in range(3):
        setup.schedules.keep(evolve(TAPES, id=f"tapes-{number}", shift="keep"))
    clock.advance(10 * DAY)
    together = Barrier(4)

    def work(number: int) -> int:
        desk = Desk(CONFIG, store=store, clock=clock, random=Random(number)).acting_as(Actor("worker"))
        together.wait()
        logged = 0
        while not (report := desk.schedules.run()).is_done:
            logged += report.logged
        return logged + report.logged

    with ThreadPoolExecutor(4) as pool:
        logged = sum(pool.map(work, range(4)))
    tickets = [*setup.tickets]
    assert logged == len(tickets) == 30
    assert len({(each.details["schedule"], each.details["scheduled_for"]) for each in tickets}) == 30
    assert setup.audit.verify().is_intact


@settings(deadline=None, max_examples=25)
@given(st.lists(st.tuples(st.integers(0, 1), st.integers(1, 4000)), min_size=1, max_size=8))
def test_however_late_and_by_whom_each_occurrence_is_logged_once(calls: list[tuple[int, int]]) -> None:
    clock, store = ManualClock(A_MONDAY), InMemoryStore()
    desks = [a_desk(clock, store), a_desk(clock, store)]
    desks[0].aids.keep(TEMPLATE)
    kept = desks[0].schedules.keep(evolve(TAPES, shift="next open"))
    for which, minutes in calls:
        clock.advance(timedelta(minutes=minutes))
        desks[which].schedules.run()
    expected = [each.at for each in kept.occurrences(A_MONDAY, clock() + timedelta.resolution, OFFICE)]
    assert sorted(ticket.opened_at for ticket in desks[0].tickets) == expected
