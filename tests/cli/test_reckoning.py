from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from itsmkit.calendars import BusinessCalendar, BusinessDays, Landing, NeverOpenError, TimeOfDay, TimeSpan
from itsmkit.cli._reckoning import Reckoning, due_at
from itsmkit.errors import DefinitionError
from itsmkit.sla import ClockEvent, ClockPhase, Target, read_clock

OFFICE = BusinessCalendar.parse("Mon-Fri 09:00-17:00", tz="Europe/Berlin", holidays="DE-NW", name="office")
NIGHTS = BusinessCalendar("Mon-Fri 22:00-06:00; Sat 10:00-14:00", "Europe/Berlin", breaks="02:00-02:30")
ALWAYS = BusinessCalendar.always("Europe/Berlin")
BEGINS = datetime(2026, 3, 20, tzinfo=UTC)
MINUTE = timedelta(minutes=1)


def berlin(day: int, hour: int = 0, minute: int = 0, *, month: int = 4) -> datetime:
    return datetime(2026, month, day, hour, minute, tzinfo=OFFICE.tz)


def span(start: datetime, end: datetime) -> TimeSpan:
    return TimeSpan(start, end)


minutes = st.integers(0, 20 * 24 * 60)
pauses = st.lists(minutes, max_size=8).map(sorted)


@settings(deadline=None)
@given(
    st.sampled_from([OFFICE, NIGHTS, ALWAYS]),
    minutes,
    st.integers(1, 60 * 60),
    pauses,
)
def test_a_due_instant_is_what_a_clock_shows_with_the_same_pauses(
    calendar: BusinessCalendar, start: int, within: int, edges: list[int]
) -> None:
    opened = BEGINS + start * MINUTE
    marks = [opened + edge * MINUTE for edge in edges[: len(edges) // 2 * 2]]
    spans = [span(*pair) for pair in zip(marks[::2], marks[1::2], strict=True)]
    history = [ClockEvent(opened, "opened", "active")]
    for each in spans:
        history.append(ClockEvent(each.start, "state_changed", "pending"))
        history.append(ClockEvent(each.end, "state_changed", "active"))
    reading = read_clock(Target("resolve", within * MINUTE), calendar, history, history[-1].at)
    assert reading.phase is ClockPhase.RUNNING
    assert due_at(calendar, opened, within * MINUTE, pauses=spans) == reading.due


@settings(deadline=None, max_examples=50)
@given(st.sampled_from([OFFICE, NIGHTS, ALWAYS]), minutes, minutes, pauses)
def test_the_parts_make_up_what_elapsed(
    calendar: BusinessCalendar, start: int, end: int, edges: list[int]
) -> None:
    marks = [BEGINS + edge * MINUTE for edge in edges[: len(edges) // 2 * 2]]
    reckoning = Reckoning(
        calendar=calendar,
        start=BEGINS + start * MINUTE,
        end=BEGINS + end * MINUTE,
        pauses=[span(*pair) for pair in zip(marks[::2], marks[1::2], strict=True)],
    )
    counted = sum((e.span.duration for e in reckoning.entries if e.counted), timedelta(0))
    assert counted == abs(reckoning.elapsed)
    assert (reckoning.elapsed < timedelta(0)) == (end < start and counted > timedelta(0))
    pieces = sum((entry.span.duration for entry in reckoning.entries), timedelta(0))
    assert pieces == abs(end - start) * MINUTE


@pytest.mark.parametrize(
    ("days", "paused", "due"),
    [
        pytest.param(BusinessDays(1), [], berlin(2, 20), id="the days' own result, after hours"),
        pytest.param(
            BusinessDays(1),
            [span(berlin(1, 22), berlin(2, 8))],
            berlin(2, 20),
            id="a pause at night moves nothing",
        ),
        pytest.param(
            BusinessDays(1), [span(berlin(2, 9), berlin(2, 10))], berlin(7, 10), id="an hour is made up for"
        ),
        pytest.param(
            BusinessDays(0, time_of_day=TimeOfDay.END_OF_WORKING_DAY),
            [span(berlin(1, 9), berlin(1, 10))],
            berlin(1, 17),
            id="the end of the day that is over",
        ),
    ],
)
def test_business_days_become_open_time_once(
    days: BusinessDays, paused: list[TimeSpan], due: datetime
) -> None:
    assert due_at(OFFICE, berlin(1, 20), days, pauses=paused) == due


@pytest.mark.parametrize(
    ("landing", "due"),
    [
        pytest.param(Landing.EARLIEST, berlin(1, 17), id="earliest"),
        pytest.param(Landing.OPEN, berlin(2, 10), id="open: after the pause"),
        pytest.param(Landing.NEXT_DAY, berlin(2, 10), id="next day"),
    ],
)
def test_a_landing_heeds_the_pauses(landing: Landing, due: datetime) -> None:
    paused = [span(berlin(2, 8), berlin(2, 10))]
    assert due_at(OFFICE, berlin(1, 16), timedelta(hours=1), pauses=paused, landing=landing) == due


def test_days_and_a_landing_are_refused() -> None:
    with pytest.raises(DefinitionError, match="leave out the landing"):
        due_at(OFFICE, berlin(1, 16), BusinessDays(1), landing=Landing.OPEN)


def test_what_is_never_reached_is_told() -> None:
    with pytest.raises(NeverOpenError):
        due_at(ALWAYS, berlin(1), timedelta(days=300 * 366))


def test_holidays_are_told_by_date_and_once() -> None:
    reckoning = Reckoning(calendar=OFFICE, start=berlin(1, 12), end=berlin(8, 12))
    assert reckoning.holidays == {date(2026, 4, 3): "Good Friday", date(2026, 4, 6): "Easter Monday"}


def test_holidays_that_follow_each_other_under_one_name_are_all_told() -> None:
    closure = {date(2026, 4, day): "Closure" for day in (7, 8, 9)}
    calendar = BusinessCalendar.parse("Mon-Fri 09:00-17:00", tz="Europe/Berlin", holidays=closure)
    assert Reckoning(calendar=calendar, start=berlin(6), end=berlin(9, 12)).holidays == closure


def test_overlapping_pauses_count_once_and_say_that_they_are_pauses() -> None:
    both = [span(berlin(1, 10), berlin(1, 12)), span(berlin(1, 11), berlin(1, 13))]
    reckoning = Reckoning(calendar=OFFICE, start=berlin(1, 9), end=berlin(1, 17), pauses=both)
    assert reckoning.elapsed == timedelta(hours=5)
    assert [entry.cause for entry in reckoning.entries] == ["open", "excluded: pause", "open"]


def test_as_plain_data_it_is_exact_and_in_the_zone_of_the_calendar() -> None:
    reckoning = Reckoning(
        calendar=OFFICE,
        start=berlin(2, 16, month=4),
        end=berlin(7, 10).astimezone(UTC),
        pauses=[span(berlin(2, 16), berlin(2, 16, 30))],
    )
    assert reckoning.to_plain() == {
        "calendar": {
            "hours": "Mon-Fri 09:00-17:00",
            "time_zone": "Europe/Berlin",
            "name": "office",
            "holidays": "DE-NW",
            "language": "en_US",
        },
        "start": "2026-04-02T16:00:00+02:00",
        "end": "2026-04-07T10:00:00+02:00",
        "pauses": [{"start": "2026-04-02T16:00:00+02:00", "end": "2026-04-02T16:30:00+02:00"}],
        "elapsed": "1h30min",
        "elapsed_microseconds": 5_400_000_000,
        "holidays": {"2026-04-03": "Good Friday", "2026-04-06": "Easter Monday"},
    }
    assert reckoning.plain_entries()[0] == {
        "start": "2026-04-02T16:00:00+02:00",
        "end": "2026-04-02T16:30:00+02:00",
        "lasting": "30min",
        "lasting_microseconds": 1_800_000_000,
        "counted": False,
        "causes": [{"kind": "excluded", "detail": "pause"}],
    }
