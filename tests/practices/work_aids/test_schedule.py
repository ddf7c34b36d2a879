"""When schedules come, against an oracle that goes minute by minute; and what is due of them."""

from datetime import UTC, datetime, time, timedelta
from uuid import UUID

import pytest
from attrs import evolve
from hypothesis import given, settings
from hypothesis import strategies as st

from itsmkit.calendars import BusinessCalendar, HolidayCalendar
from itsmkit.errors import DefinitionError
from itsmkit.practices.work_aids import (
    CatchUp,
    Occurrence,
    Schedule,
    ShiftRule,
    due_occurrence,
    keep_schedule,
    next_occurrence,
    note_problem,
    occurrence_id,
    settle,
)
from itsmkit.tickets import TicketId

MINUTE = timedelta(minutes=1)
HOUR = timedelta(hours=1)
DAY = timedelta(days=1)
OFFICE = BusinessCalendar(
    "Mon-Fri 08:00-12:00,13:00-17:00", "Europe/Berlin", holidays=HolidayCalendar.of("DE-NW", language="en_US")
)
NIGHTS = BusinessCalendar("Fri-Sat 22:00-06:00; Mon 09:00-10:00", "Europe/Berlin")
WEEKDAYS = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")


def schedule(**changes: object) -> Schedule:
    usual = {
        "id": "tapes",
        "name": "Change the tapes",
        "template": "tapes",
        "rule": "FREQ=DAILY",
        "first": "2026-01-01T09:00",
        "tz": "Europe/Berlin",
    }
    return Schedule(**{**usual, **changes})  # type: ignore[arg-type]


def utc(*when: int) -> datetime:
    return datetime(*when, tzinfo=UTC)  # type: ignore[arg-type,misc]


def shifted(nominal: datetime, shift: ShiftRule, calendar: BusinessCalendar) -> datetime | None:
    """Say when an occurrence comes, by going on or back minute by minute."""
    if shift is ShiftRule.KEEP or calendar.is_open(nominal):
        return nominal
    if shift is ShiftRule.SKIP:
        return None
    at = nominal
    if shift is ShiftRule.NEXT_OPEN:
        while not calendar.is_open(at):
            at += MINUTE
        return at
    while not calendar.is_open(at - MINUTE):
        at -= MINUTE
    while calendar.is_open(at - MINUTE):
        at -= MINUTE
    return at


def first_shown(wall: datetime, tz: object) -> datetime:
    """Look for the first instant at which the clocks show a time; after a gap, as if there were none."""
    around = wall.replace(tzinfo=UTC) - 3 * HOUR
    shown: dict[datetime, datetime] = {}
    for each in range(5 * 60):
        at = around + each * MINUTE
        shown.setdefault(at.astimezone(tz).replace(tzinfo=None), at)  # type: ignore[arg-type]
    if wall in shown:
        return shown[wall]
    before = max(each for each in shown if each < wall)
    return shown[before] + (wall - before)


@st.composite
def spans_of_time(draw: st.DrawFn) -> tuple[datetime, datetime, datetime]:
    """Draw the ends of a span around a change of the clocks or holidays, and where to cut it."""
    around = draw(st.sampled_from([utc(2026, 3, 25), utc(2026, 4, 1), utc(2026, 10, 20), utc(2026, 12, 22)]))
    since = around + draw(st.integers(0, 3 * 1440)) * MINUTE
    length, cut = draw(st.tuples(st.integers(0, 12 * 1440), st.integers(0, 12 * 1440)))
    return since, since + min(length, cut) * MINUTE, since + length * MINUTE


@st.composite
def schedules(draw: st.DrawFn) -> tuple[Schedule, set[int], time]:
    """Draw a schedule with the weekdays and the time of day at which it comes."""
    weekdays = draw(st.sets(st.sampled_from(range(7)), min_size=1))
    clock = draw(st.times().map(lambda each: each.replace(second=0, microsecond=0)))
    it = schedule(
        rule=f"FREQ=WEEKLY;BYDAY={','.join(WEEKDAYS[each] for each in sorted(weekdays))}",
        first=datetime.combine(datetime(2026, 1, 1), clock),  # noqa: DTZ001  what the clocks show
        shift=draw(st.sampled_from(ShiftRule)),
    )
    return it, weekdays, clock


@settings(deadline=None, max_examples=60)
@given(schedules(), st.sampled_from([OFFICE, NIGHTS]), spans_of_time())
def test_it_comes_when_an_oracle_says(
    drawn: tuple[Schedule, set[int], time],
    calendar: BusinessCalendar,
    span: tuple[datetime, datetime, datetime],
) -> None:
    it, weekdays, clock = drawn
    since, middle, until = span
    by_instant: dict[datetime, datetime] = {}
    for number in range(-12, 26):
        day = (since + number * DAY).date()
        if day.weekday() in weekdays:
            nominal = first_shown(datetime.combine(day, clock), calendar.tz)
            at = shifted(nominal, it.shift, calendar)
            if at is not None and since <= at < until:
                by_instant[at] = nominal
    found = it.occurrences(since, until, calendar)
    assert found == tuple(Occurrence(at, nominal) for at, nominal in sorted(by_instant.items()))
    # Wherever the span is cut, its parts are the whole.
    assert found == (*it.occurrences(since, middle, calendar), *it.occurrences(middle, until, calendar))
    assert it.shift is ShiftRule.KEEP or all(calendar.is_open(each.at) for each in found)
    first = next(it.coming(since - timedelta.resolution, calendar), None)
    assert not found or first == found[0]
    assert first is None or first.at >= since


@pytest.mark.parametrize(
    ("shift", "days"),
    [
        # Friday the 3rd is Good Friday and Monday the 6th is Easter Monday: four days are closed.
        ("keep", ["02 09:00", "03 09:00", "04 09:00", "05 09:00", "06 09:00", "07 09:00"]),
        ("next open", ["02 09:00", "07 08:00", "07 09:00"]),
        ("previous open", ["02 09:00", "02 13:00", "07 09:00"]),
        ("skip", ["02 09:00", "07 09:00"]),
    ],
)
def test_closed_days(shift: str, days: list[str]) -> None:
    found = schedule(shift=shift).occurrences(utc(2026, 4, 2), utc(2026, 4, 8), OFFICE)
    assert [f"{each.at.astimezone(OFFICE.tz):%d %H:%M}" for each in found] == days


def test_of_several_at_one_instant_the_last_stands_for_all() -> None:
    found = schedule(shift="next open").occurrences(utc(2026, 4, 3), utc(2026, 4, 7, 7), OFFICE)
    assert found == (Occurrence(utc(2026, 4, 7, 6), utc(2026, 4, 6, 7)),)


@pytest.mark.parametrize(
    ("shift", "months"),
    [
        ("next open", [(1, 1), (2, 2), (4, 5), (5, 5), (6, 6)]),
        ("previous open", [(1, 1), (2, 2), (3, 2), (5, 5), (6, 6)]),
    ],
)
def test_none_is_shifted_by_more_than_31_days(shift: str, months: list[tuple[int, int]]) -> None:
    # Closed from 20 February to 10 May.
    closed = {(datetime(2026, 2, 20, tzinfo=UTC) + day * DAY).date(): "closed" for day in range(80)}
    calendar = BusinessCalendar("Mon-Fri 08:00-17:00", "UTC", special_hours=closed)
    it = schedule(rule="FREQ=MONTHLY", first="2026-01-15T09:00", tz="UTC", shift=shift)
    found = it.occurrences(utc(2026, 1, 1), utc(2026, 7, 1), calendar)
    assert [(each.nominal.month, each.at.month) for each in found] == months


def test_a_calendar_that_opens_no_more() -> None:
    never = BusinessCalendar("Mon-Fri 08:00-17:00", "UTC")
    it = schedule(rule="FREQ=DAILY", first="2200-12-20T20:00", tz="UTC", shift="next open")
    found = [*it.coming(utc(2200, 12, 30), never)]
    assert [each.at for each in found] == [utc(2200, 12, 30, 8), utc(2200, 12, 31, 8)]


def test_a_schedule_ends_with_its_rule() -> None:
    thrice = schedule(rule="FREQ=DAILY;COUNT=3")
    assert len([*thrice.coming(utc(2020, 1, 1), OFFICE)]) == 3
    assert thrice.occurrences(utc(2026, 2, 1), utc(2026, 1, 1), OFFICE) == ()
    assert next_occurrence(evolve(thrice, done_until=utc(2026, 1, 3, 8)), OFFICE) is None


@pytest.mark.parametrize(
    ("changes", "problems"),
    [
        ({"name": " "}, ["name: must be a name"]),
        ({"template": "", "calendar": ""}, ["template: must", "calendar: must"]),
        ({"rule": "FREQ=HOURLY"}, ["the rule needs a frequency"]),
        ({"rule": 5, "tz": 5}, ["rule: must be a str", "tz: must be a str"]),
        ({"tz": "Mars/Olympus"}, ["unknown time zone 'Mars/Olympus'"]),
        ({"first": "soon"}, ["first: must be a time such as 2026-01-05T08:00"]),
        ({"first": 5}, ["first: must be a time such as"]),
        ({"first": "2026-01-05T08:00+01:00"}, ["first is what the clocks of Europe/Berlin show"]),
        ({"late_after": -HOUR}, ["late_after: must be a length of time"]),
        ({"late_after": 5}, ["late_after: must be a length of time"]),
    ],
)
def test_what_is_wrong_is_told_at_once(changes: dict[str, object], problems: list[str]) -> None:
    with pytest.raises(DefinitionError) as refused:
        schedule(**changes)
    assert len(refused.value.problems) == len(problems)
    for found, problem in zip(refused.value.problems, problems, strict=True):
        assert found.startswith("Schedule 'tapes': ")
        assert problem in found


def test_words_for_rules_are_known() -> None:
    with pytest.raises(DefinitionError, match=r"Schedule\.shift must be one of keep, next open"):
        schedule(shift="sometime")
    with pytest.raises(DefinitionError, match=r"Schedule\.catch_up must be one of all, latest, none"):
        schedule(catch_up="some")


# -- what is due --------------------------------------------------------------------------------------


def kept(**changes: object) -> Schedule:
    outcome = keep_schedule(schedule(**changes), None, utc(2026, 1, 5, 7, 30))
    assert outcome is not None
    return outcome.value


def test_what_came_before_it_was_kept_is_not_due() -> None:
    assert due_occurrence(kept(), OFFICE, utc(2026, 1, 5, 7, 59)) is None
    assert due_occurrence(schedule(), OFFICE, utc(2026, 1, 5, 9)) is None
    due = due_occurrence(kept(), OFFICE, utc(2026, 1, 5, 8))
    assert due is not None
    assert due.occurrence == Occurrence(utc(2026, 1, 5, 8), utc(2026, 1, 5, 8))


@settings(deadline=None)
@given(
    st.sampled_from(CatchUp),
    st.lists(st.integers(1, 5 * 1440), min_size=1, max_size=8),
    st.integers(0, 1440),
)
def test_what_is_seen_to_is_seen_to_once(catch_up: CatchUp, calls: list[int], late: int) -> None:
    it = kept(catch_up=catch_up, late_after=late * MINUTE, rule="FREQ=DAILY;BYHOUR=9,14")
    now, start = utc(2026, 1, 5, 7, 30), utc(2026, 1, 5, 7, 30)
    logged: list[datetime] = []
    passed = 0
    for minutes in calls:
        now += minutes * MINUTE
        missed = it.occurrences(it.done_until or start, now + MINUTE / 60, OFFICE)
        waiting = [each.at for each in missed if it.done_until is None or each.at > it.done_until]
        found: list[datetime] = []
        while (due := due_occurrence(it, OFFICE, now)) is not None:
            if due.occurrence is not None:
                found.append(due.occurrence.at)
            passed += due.passed_over
            it = settle(it, due, None).value
        if catch_up is CatchUp.ALL:
            assert found == waiting
        elif catch_up is CatchUp.LATEST:
            assert found == waiting[-1:]
        else:
            assert found == [each for each in waiting if now - each <= late * MINUTE]
        logged += found
    assert len(set(logged)) == len(logged)
    # All that was to come by now has been logged, or was passed over.
    assert len(logged) + passed == len(it.occurrences(start, now + MINUTE / 60, OFFICE))


def test_what_happens_to_a_schedule() -> None:
    it = kept(catch_up="latest")
    assert keep_schedule(it, it, utc(2026, 2, 1)) is None
    other = keep_schedule(schedule(name="Tapes", catch_up="latest"), it, utc(2026, 2, 1))
    assert other is not None
    assert (other.event, other.value.done_until) == ("ScheduleChanged", it.done_until)
    retired = keep_schedule(evolve(it, is_retired=True), it, utc(2026, 2, 1))
    assert retired is not None
    assert retired.event == "ScheduleRetired"
    assert next_occurrence(retired.value, OFFICE) is None
    again = keep_schedule(it, retired.value, utc(2026, 3, 1))
    assert again is not None
    assert (again.event, again.value.done_until) == ("ScheduleChanged", utc(2026, 3, 1))
    due = due_occurrence(it, OFFICE, utc(2026, 1, 7, 9))
    assert due is not None
    outcome = settle(it, due, TicketId("t1"))
    assert outcome.event == "OccurrenceLogged"
    assert dict(outcome.said) == {
        "ticket": "t1",
        "nominal": "2026-01-07T08:00:00+00:00",
        "passed_over": "2 occurrences",
    }
    noted = note_problem(it, "no such template")
    assert noted is not None
    assert (noted.event, noted.value.problem) == ("OccurrenceRefused", "no such template")
    assert note_problem(noted.value, "no such template") is None


@given(st.text(min_size=1, max_size=5), st.datetimes(timezones=st.just(UTC)))
def test_a_ticket_is_known_by_its_occurrence(name: str, nominal: datetime) -> None:
    key = occurrence_id(name, nominal)
    assert (UUID(key).version, UUID(key).variant) == (8, "specified in RFC 4122")
    assert key == occurrence_id(name, nominal.astimezone(OFFICE.tz)) if nominal.year > 1 else True
    assert key != occurrence_id(f"{name}x", nominal)
