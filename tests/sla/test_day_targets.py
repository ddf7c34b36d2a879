"""Targets in business days: open time from the start of a cycle, and due where the days end."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from itsmkit.calendars import BusinessDays, CalendarVersions, CountFrom, TimeOfDay
from itsmkit.conditions import equals
from itsmkit.sla import (
    BREACH,
    BusinessCalendar,
    Checkpoint,
    ClockEvent,
    FindingKind,
    Promise,
    Reopening,
    ServiceLevelAgreement,
    Target,
    TimeSpan,
    Verdict,
    advance_clock,
    check_agreements,
    next_checkpoint,
    read_clock,
    read_followed,
    read_state,
)
from itsmkit.testing.strategies import business_calendars, clock_histories, waits

HOUR = timedelta(hours=1)
MICROSECOND = timedelta(microseconds=1)
OFFICE = BusinessCalendar("Mon-Fri 09:00-17:00", "UTC")
MONDAY = datetime(2026, 3, 2, tzinfo=UTC)
ONE = BusinessDays(1)
END = BusinessDays(1, time_of_day=TimeOfDay.END_OF_WORKING_DAY)


def told(*lines: str) -> list[ClockEvent]:
    """Return events such as ``26 pending``: hours after Monday's midnight, and a category or the opening."""
    events = []
    for line in lines:
        hours, what = line.split()
        name = what if what in {"opened", "reopened"} else "state_changed"
        category = {"opened": "new", "reopened": "active"}.get(what, what)
        events.append(ClockEvent(MONDAY + float(hours) * HOUR, name, category))
    return events


def hours_of(instant: datetime | None) -> float | None:
    return instant and (instant - MONDAY) / HOUR


@pytest.mark.parametrize(
    ("within", "history", "hours", "due"),
    [
        pytest.param(ONE, ("10 opened",), 8, 34, id="by day, the same time on the next"),
        pytest.param(ONE, ("20 opened",), 8, 44, id="by night, the same time of the next night"),
        pytest.param(END, ("10 opened",), 15, 41, id="the end of the next working day"),
        pytest.param(ONE, ("130 opened",), 1, 178, id="on Saturday, the same time on Monday"),
        pytest.param(ONE, ("123 opened",), 0, 171, id="on Saturday morning, on Monday before opening"),
        pytest.param(ONE, ("10 opened", "18 pending", "30 active"), 8, 34, id="paused outside hours"),
        pytest.param(
            ONE, ("20 opened", "21 pending", "22 active"), 8, 44, id="paused at night, due at night"
        ),
        pytest.param(ONE, ("10 opened", "12 pending", "14 active"), 8, 36, id="paused for two hours"),
        pytest.param(ONE, ("20 opened", "34 pending", "35 active"), 8, 58, id="paused, it is due in hours"),
    ],
)
def test_days_become_open_time_when_the_cycle_begins(
    within: BusinessDays, history: tuple[str, ...], hours: float, due: float
) -> None:
    events = told(*history)
    reading = read_clock(Target("deliver", within), OFFICE, events, events[-1].at)
    assert (reading.within, hours_of(reading.due)) == (hours * HOUR, due)


def test_paused_stopped_and_fresh_clocks_name_the_day_too() -> None:
    target = Target("deliver", ONE)
    events = told("20 opened", "21 pending", "22 resolved")
    paused, stopped = (read_clock(target, OFFICE, events[:n], MONDAY + 30 * HOUR) for n in (2, 3))
    assert (hours_of(paused.due_if_resumed_now), paused.due) == (44, None)
    assert (hours_of(stopped.was_due), stopped.verdict) == (44, Verdict.MET)
    fresh = read_clock(target, OFFICE, [], MONDAY + 130 * HOUR)
    assert (fresh.within, fresh.due) == (HOUR, None)


def test_it_is_breached_when_open_time_is_exceeded_and_not_when_the_day_ends() -> None:
    target = Target("deliver", ONE, checkpoints=(Checkpoint.at_share(50), BREACH))
    state = advance_clock(target, OFFICE, told("20 opened"))
    assert hours_of(next_checkpoint(target, OFFICE, state, ()).at) == 37
    opening = MONDAY + 57 * HOUR
    assert next_checkpoint(target, OFFICE, state, {"50%"}).at == opening + MICROSECOND
    verdicts = [read_state(target, OFFICE, state, opening + i * MICROSECOND).verdict for i in (0, 1)]
    assert verdicts == [Verdict.OPEN, Verdict.BREACHED]


def test_a_day_without_open_time_is_breached_by_the_first_microsecond_of_it() -> None:
    target = Target("deliver", ONE, checkpoints=(Checkpoint.before_target(HOUR, name="soon"), BREACH))
    state = advance_clock(target, OFFICE, told("123 opened"))
    soon = next_checkpoint(target, OFFICE, state, ())
    assert (soon.checkpoint.name, hours_of(soon.at)) == ("soon", 123)
    assert next_checkpoint(target, OFFICE, state, {"soon"}).at == MONDAY + 177 * HOUR + MICROSECOND


@pytest.mark.parametrize(
    ("reopening", "within", "due"),
    [(Reopening.CONTINUE, 8, 60), (Reopening.RESTART, 8, 82)],
)
def test_a_cycle_that_continues_keeps_its_time_and_one_that_restarts_gets_its_own(
    reopening: Reopening, within: float, due: float
) -> None:
    target = Target("deliver", ONE, on_reopen=reopening)
    reading = read_clock(target, OFFICE, told("10 opened", "34 resolved", "58 reopened"), MONDAY + 58 * HOUR)
    if reopening is Reopening.CONTINUE:
        assert (reading.within, hours_of(reading.due)) == (within * HOUR, 34)
    else:
        assert (reading.within, hours_of(reading.due)) == (within * HOUR, due)


def test_a_night_in_which_the_clocks_change_is_named_right() -> None:
    berlin = ZoneInfo("Europe/Berlin")
    office = BusinessCalendar("Mon-Fri 09:00-17:00", berlin)
    opened = ClockEvent(datetime(2026, 10, 23, 2, 30, tzinfo=berlin), "opened", "new")
    always = BusinessCalendar.always(berlin)
    for calendar, days in ((office, 1), (always, 2)):
        target = Target("deliver", BusinessDays(days))
        reading = read_clock(target, calendar, [opened], opened.at)
        assert reading.due.astimezone(UTC) == calendar.advance(opened.at, BusinessDays(days)).astimezone(UTC)


def test_an_own_start_counts_its_days_from_there() -> None:
    own = Promise(Target("deliver", ONE, from_own_start=True), equals("priority", "P3"))
    agreement = ServiceLevelAgreement("any", OFFICE, [own, Promise(Target("deliver", 40 * HOUR))])
    history = [
        ClockEvent(MONDAY + 10 * HOUR, "opened", "new", {"priority": "P1"}),
        ClockEvent(MONDAY + 44 * HOUR, "prioritised", "new", {"priority": "P3"}),
    ]
    reading = read_followed([agreement], history, MONDAY + 44 * HOUR)["deliver"]
    assert (reading.within, hours_of(reading.due)) == (8 * HOUR, 68)


DAYS = st.builds(
    BusinessDays,
    st.integers(1, 4),
    count_from=st.sampled_from(CountFrom),
    time_of_day=st.sampled_from(TimeOfDay),
)


@given(business_calendars(), clock_histories(), DAYS, waits())
def test_in_its_first_cycle_it_is_a_target_of_the_open_time_up_to_the_day(
    calendar: BusinessCalendar, history: tuple[ClockEvent, ...], days: BusinessDays, wait: timedelta
) -> None:
    start, at = history[0].at, history[-1].at + wait
    due = calendar.advance(start, days, in_zone=UTC)
    within = calendar.elapsed(start, due)
    reading = read_clock(Target("resolve", days, reopen=None), calendar, history, at)
    assert reading.within == within
    if within:
        plain = read_clock(Target("resolve", within, reopen=None), calendar, history, at)
        for name in ("phase", "verdict", "elapsed"):
            assert getattr(reading, name) == getattr(plain, name)
    if all(event.category in {"new", "active"} for event in history):
        assert reading.due.astimezone(UTC) == due


# -- what days meet ----------------------------------------------------------------------------------


def test_days_and_hours_are_compared_on_every_opening() -> None:
    fortnight = TimeSpan(MONDAY, MONDAY + timedelta(days=14))

    def found(respond: object, resolve: object) -> list[FindingKind]:
        targets = [Target("respond", respond, checkpoints=()), Target("resolve", resolve, checkpoints=())]
        agreement = ServiceLevelAgreement("any", OFFICE, [Promise(each) for each in targets])
        return [each.kind for each in check_agreements([agreement], over=fortnight)]

    assert found(BusinessDays(1), BusinessDays(2)) == []
    assert found(BusinessDays(2), BusinessDays(1)) == [FindingKind.OUT_OF_ORDER]
    assert found(8 * HOUR, ONE) == []
    assert found(9 * HOUR, ONE) == [FindingKind.OUT_OF_ORDER]
    assert found(ONE, 16 * HOUR) == []


def test_an_agreement_says_which_version_of_a_calendar_counts() -> None:
    later = BusinessCalendar("Mon-Fri 09:00-13:00", "UTC")
    versions = CalendarVersions([(None, OFFICE), (date(2026, 3, 3), later)])
    promise = Promise(Target("resolve", 8 * HOUR))
    each, newest = (
        ServiceLevelAgreement("any", versions, [promise], newest_calendar=choice) for choice in (False, True)
    )
    history, at = told("9 opened"), MONDAY + 60 * HOUR
    assert read_followed([each], history, at)["resolve"].elapsed == 15 * HOUR
    assert read_followed([newest], history, at)["resolve"].elapsed == 11 * HOUR
    digests = {agreement.terms({})["resolve"].digest for agreement in (each, newest)}
    assert len(digests) == 2
