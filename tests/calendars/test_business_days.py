"""Counting working dates: against a count on the fingers, and the answers that other systems give."""

import pickle
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from itsmkit.calendars import (
    BusinessCalendar,
    BusinessDays,
    CountFrom,
    HolidayCalendar,
    Landing,
    NeverOpenError,
    OutOfRangeError,
    TimeOfDay,
    TimeSpan,
)
from itsmkit.errors import DefinitionError
from itsmkit.testing.strategies import holiday_calendars, instants, weekly_hours, zones

DAY = timedelta(days=1)
BERLIN = ZoneInfo("Europe/Berlin")
LUNCH = BusinessCalendar("Mon-Fri 08:00-12:00,13:00-17:00", BERLIN)
NIGHTS = BusinessCalendar("Mon-Fri 22:00-06:00", BERLIN)
MONDAY_OFF = BusinessCalendar(
    "Mon-Fri 08:00-17:00", BERLIN, holidays=HolidayCalendar({date(2026, 11, 9): "Monday off"})
)


def local(text: str, tz: ZoneInfo = BERLIN) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=tz)


# In November 2026 the 7th is a Saturday, and the clocks stay as they are.
@pytest.mark.parametrize(
    ("start", "number", "count_from", "expected"),
    [
        pytest.param("2026-11-05 10:00", 1, "date_of_start", "2026-11-06 10:00", id="the next day"),
        pytest.param("2026-11-06 10:00", 1, "date_of_start", "2026-11-09 10:00", id="over a weekend"),
        pytest.param("2026-11-07 15:00", 1, "date_of_start", "2026-11-09 15:00", id="from a Saturday"),
        pytest.param("2026-11-07 15:00", 0, "date_of_start", "2026-11-07 15:00", id="none, on a Saturday"),
        pytest.param("2026-11-07 15:00", -1, "date_of_start", "2026-11-06 15:00", id="back from a Saturday"),
        pytest.param("2026-11-09 07:00", -1, "date_of_start", "2026-11-06 07:00", id="back over a weekend"),
        pytest.param("2026-11-07 15:00", 1, "working_date", "2026-11-10 15:00", id="from Monday, time kept"),
        pytest.param("2026-11-07 15:00", 0, "working_date", "2026-11-09 15:00", id="to Monday, time kept"),
        pytest.param("2026-11-07 15:00", -1, "working_date", "2026-11-05 15:00", id="back from Friday"),
        pytest.param("2026-11-06 20:00", 1, "working_date", "2026-11-09 20:00", id="an evening is kept"),
        pytest.param(
            "2026-11-07 15:00", 1, "opening_of_working_date", "2026-11-10 08:00", id="from Monday's opening"
        ),
        pytest.param(
            "2026-11-07 15:00", 0, "opening_of_working_date", "2026-11-09 08:00", id="to Monday's opening"
        ),
        pytest.param(
            "2026-11-07 15:00", -1, "opening_of_working_date", "2026-11-05 08:00", id="from Friday's opening"
        ),
        pytest.param(
            "2026-11-06 20:00", 1, "opening_of_working_date", "2026-11-09 20:00", id="an evening counts"
        ),
        pytest.param("2026-11-06 20:00", 1, "next_opening", "2026-11-10 08:00", id="an evening is tomorrow"),
        pytest.param("2026-11-06 12:30", 1, "next_opening", "2026-11-09 13:00", id="a break is over first"),
        pytest.param("2026-11-06 10:00", 1, "next_opening", "2026-11-09 10:00", id="open already"),
        pytest.param("2026-11-07 15:00", -1, "next_opening", "2026-11-05 17:00", id="from Friday's closing"),
        pytest.param("2026-11-06 07:00", -1, "next_opening", "2026-11-04 17:00", id="a morning is yesterday"),
    ],
)
def test_days_count_from_where_they_are_told_to(start, number, count_from, expected):
    days = BusinessDays(number, count_from=CountFrom(count_from))
    assert LUNCH.advance(local(start), days) == local(expected)


@pytest.mark.parametrize(
    ("start", "number", "time_of_day", "expected"),
    [
        pytest.param("2026-11-05 20:00", 1, "kept", "2026-11-06 20:00", id="kept"),
        pytest.param("2026-11-05 20:00", 1, "in_hours", "2026-11-09 08:00", id="on to the next opening"),
        pytest.param("2026-11-05 12:30", 1, "in_hours", "2026-11-06 13:00", id="on to the end of a break"),
        pytest.param("2026-11-05 10:00", 1, "in_hours", "2026-11-06 10:00", id="open already"),
        pytest.param("2026-11-05 17:00", 1, "in_hours", "2026-11-06 17:00", id="a closing is in hours"),
        pytest.param("2026-11-06 20:00", -1, "in_hours", "2026-11-05 17:00", id="back to the closing before"),
        pytest.param("2026-11-06 07:00", -1, "in_hours", "2026-11-04 17:00", id="back before the opening"),
        pytest.param("2026-11-06 08:00", -1, "in_hours", "2026-11-05 08:00", id="back, at the opening"),
        pytest.param("2026-11-06 17:00", -1, "in_hours", "2026-11-05 17:00", id="back, at the closing"),
        pytest.param("2026-11-07 15:00", 0, "in_hours", "2026-11-09 08:00", id="none is the next opening"),
        pytest.param("2026-11-05 20:00", 1, "by_closing", "2026-11-06 17:00", id="by closing"),
        pytest.param("2026-11-05 07:00", 1, "by_closing", "2026-11-06 07:00", id="before opening is kept"),
        pytest.param("2026-11-07 20:00", 0, "by_closing", "2026-11-07 20:00", id="no closing on a Saturday"),
        pytest.param("2026-11-05 10:00", 1, "end_of_working_day", "2026-11-06 17:00", id="the end of a day"),
        pytest.param("2026-11-05 20:00", 0, "end_of_working_day", "2026-11-05 17:00", id="today's end"),
        pytest.param("2026-11-07 20:00", 0, "end_of_working_day", "2026-11-09 17:00", id="Monday's end"),
        pytest.param("2026-11-05 10:00", 1, "start_of_working_day", "2026-11-06 08:00", id="the start"),
        pytest.param("2026-11-07 10:00", 0, "start_of_working_day", "2026-11-09 08:00", id="Monday's start"),
    ],
)
def test_days_end_at_the_time_of_day_that_was_chosen(start, number, time_of_day, expected):
    days = BusinessDays(number, time_of_day=TimeOfDay(time_of_day))
    assert LUNCH.advance(local(start), days) == local(expected)


def test_going_back_without_a_day_looks_back():
    saturday = local("2026-11-07 15:00")
    assert LUNCH.retreat(saturday, BusinessDays(0)) == saturday
    for count_from, expected in (
        (CountFrom.WORKING_DATE, "2026-11-06 15:00"),
        (CountFrom.OPENING_OF_WORKING_DATE, "2026-11-06 08:00"),
        (CountFrom.NEXT_OPENING, "2026-11-06 17:00"),
    ):
        days = BusinessDays(0, count_from=count_from)
        assert LUNCH.retreat(saturday, days) == local(expected)
    in_hours = BusinessDays(0, time_of_day=TimeOfDay.IN_HOURS)
    assert LUNCH.retreat(saturday, in_hours) == local("2026-11-06 17:00")


def test_the_first_instant_that_is_known_is_no_closing():
    epoch = datetime(1970, 1, 1, tzinfo=UTC)
    office = BusinessCalendar("Mon-Fri 08:00-17:00", "UTC")
    in_hours = BusinessDays(0, time_of_day=TimeOfDay.IN_HOURS)
    assert office.advance(epoch, in_hours) == epoch + timedelta(hours=8)


def test_a_holiday_is_no_working_date():
    assert MONDAY_OFF.advance(local("2026-11-06 10:00"), BusinessDays(1)) == local("2026-11-10 10:00")
    assert MONDAY_OFF.working_dates(date(2026, 11, 6), date(2026, 11, 11)) == (
        date(2026, 11, 6),
        date(2026, 11, 10),
    )
    assert MONDAY_OFF.working_dates(date(2026, 11, 11), date(2026, 11, 6)) == ()


def test_a_night_shift_belongs_to_the_date_on_which_it_begins():
    assert NIGHTS.is_working_date(date(2026, 11, 6))
    assert not NIGHTS.is_working_date(date(2026, 11, 7))
    assert NIGHTS.hours_of(date(2026, 11, 6)) == (
        TimeSpan(local("2026-11-06 22:00"), local("2026-11-07 06:00")),
    )
    end = BusinessDays(1, time_of_day=TimeOfDay.END_OF_WORKING_DAY)
    assert NIGHTS.advance(local("2026-11-05 12:00"), end) == local("2026-11-07 06:00")
    # In Saturday's part of the shift the local date is Saturday.
    assert NIGHTS.advance(local("2026-11-07 03:00"), BusinessDays(1)) == local("2026-11-09 03:00")


def test_breaks_and_special_hours_decide_about_the_hours_of_a_date():
    office = BusinessCalendar(
        "Mon-Fri 08:00-17:00",
        BERLIN,
        breaks="Mon-Fri 12:00-13:00; Wed 08:00-12:00,13:00-17:00",
        special_hours={date(2026, 11, 7): "09:00-10:00", date(2026, 11, 9): "closed"},
    )
    assert len(office.hours_of(date(2026, 11, 5))) == 2
    assert not office.is_working_date(date(2026, 11, 4))
    assert office.is_working_date(date(2026, 11, 7))
    assert not office.is_working_date(date(2026, 11, 9))
    assert BusinessCalendar("Mon-Fri 08:00-17:00", BERLIN, dst="edges").is_working_date(date(2026, 11, 5))
    edges = BusinessCalendar("Mon-Fri 08:00-17:00", BERLIN, dst="edges", breaks="12:00-13:00")
    assert len(edges.hours_of(date(2026, 11, 5))) == 2


@pytest.mark.parametrize(
    ("key", "start", "number", "expected"),
    [
        pytest.param(
            "Europe/Berlin", "2026-03-27 02:30", 2, "2026-03-29 03:30+02:00", id="a skipped time comes later"
        ),
        pytest.param(
            "Europe/Berlin",
            "2026-10-23 02:30",
            2,
            "2026-10-25 02:30+02:00",
            id="a repeated time is the first",
        ),
        pytest.param(
            "America/Sao_Paulo", "2018-11-03 00:30", 1, "2018-11-04 01:30-02:00", id="a skipped midnight"
        ),
        pytest.param(
            "Pacific/Apia", "2011-12-29 12:00", 1, "2011-12-31 12:00+14:00", id="a date that never was"
        ),
        pytest.param(
            "Australia/Lord_Howe", "2026-10-03 02:15", 1, "2026-10-04 02:45+11:00", id="half an hour later"
        ),
    ],
)
def test_wall_times_that_the_clocks_skip_or_repeat(key, start, number, expected):
    calendar = BusinessCalendar.always(key)
    reached = calendar.advance(local(start, calendar.tz), BusinessDays(number), in_zone=UTC)
    assert reached == datetime.fromisoformat(expected)


def test_without_a_day_the_second_of_two_equal_times_stays():
    calendar = BusinessCalendar.always("Europe/Berlin")
    second = datetime(2026, 10, 25, 2, 30, tzinfo=BERLIN, fold=1)
    for count_from in CountFrom:
        reached = calendar.advance(second, BusinessDays(0, count_from=count_from), in_zone=UTC)
        assert reached == second.astimezone(UTC)


def test_the_closing_at_midnight_belongs_to_the_day_it_ends():
    late = BusinessCalendar("Mon-Fri 16:00-24:00", BERLIN)
    back = BusinessDays(-1, count_from=CountFrom.NEXT_OPENING)
    assert late.advance(local("2026-11-07 12:00"), back) == local("2026-11-06 00:00")
    end = BusinessDays(1, time_of_day=TimeOfDay.END_OF_WORKING_DAY)
    assert late.advance(local("2026-11-05 12:00"), end) == local("2026-11-07 00:00")


count_froms = st.sampled_from(CountFrom)
times_of_day = st.sampled_from((TimeOfDay.KEPT, TimeOfDay.IN_HOURS, TimeOfDay.END_OF_WORKING_DAY))


@settings(max_examples=200, deadline=None)
@given(
    weekly_hours(),
    zones(),
    holiday_calendars(),
    instants(datetime(2026, 2, 1, tzinfo=UTC), datetime(2026, 11, 1, tzinfo=UTC)),
    st.integers(-12, 12),
)
def test_the_nth_working_date_is_found_by_counting_dates(hours, key, holidays, start, number):
    calendar = BusinessCalendar(hours, key, holidays=holidays)
    shown = start.astimezone(calendar.tz)

    def exists(day: date, opens: timedelta) -> bool:
        wall = datetime.combine(day, time()) + opens
        there = wall.replace(tzinfo=calendar.tz).astimezone(UTC).astimezone(calendar.tz)
        return there.replace(tzinfo=None) == wall

    def works(day: date) -> bool:
        quarters = (
            one.opens + step * timedelta(minutes=15)
            for one in hours.days[day.weekday()]
            for step in range(one.length // timedelta(minutes=15))
        )
        return day not in holidays and any(exists(day, opens) for opens in quarters)

    day, left = shown.date(), abs(number)
    while left:
        day += DAY if number > 0 else -DAY
        left -= works(day)
    reached = calendar.advance(start, BusinessDays(number))
    if number == 0:
        assert reached == start
        return
    wall = datetime.combine(day, shown.time())
    candidates = sorted(wall.replace(tzinfo=calendar.tz, fold=fold).astimezone(UTC) for fold in (0, 1))
    showing = [at for at in candidates if at.astimezone(calendar.tz).replace(tzinfo=None) == wall]
    assert reached.astimezone(UTC) == (showing[0] if showing else candidates[1])
    for near in range(-3, 4):
        assert calendar.is_working_date(day + near * DAY) == works(day + near * DAY)


@settings(max_examples=100, deadline=None)
@given(
    st.builds(BusinessCalendar, weekly_hours(), zones(), holidays=holiday_calendars()),
    instants(datetime(2026, 2, 1, tzinfo=UTC), datetime(2026, 11, 1, tzinfo=UTC)),
    st.integers(-12, 12),
    st.tuples(count_froms, st.sampled_from(TimeOfDay)),
)
def test_backwards_is_retreat_and_more_days_never_come_earlier(calendar, start, number, options):
    count_from, time_of_day = options
    days = BusinessDays(number, count_from=count_from, time_of_day=time_of_day)
    reached = calendar.advance(start, days, in_zone=UTC)
    if number:
        assert calendar.retreat(start, -days, in_zone=UTC) == reached
        further = BusinessDays(
            number + (1 if number > 0 else -1), count_from=count_from, time_of_day=time_of_day
        )
        beyond = calendar.advance(start, further, in_zone=UTC)
        assert beyond >= reached if number > 0 else beyond <= reached
    if time_of_day is TimeOfDay.END_OF_WORKING_DAY:
        assert calendar.is_open(reached - timedelta(microseconds=1))
    if time_of_day is TimeOfDay.START_OF_WORKING_DAY:
        assert calendar.is_open(reached)


def test_results_come_in_the_zone_that_was_asked_for():
    reached = LUNCH.advance(local("2026-11-05 10:00"), BusinessDays(1), in_zone=UTC)
    assert (reached.tzinfo, reached.hour) == (UTC, 9)
    assert LUNCH.advance(datetime(2026, 11, 5, 9, tzinfo=UTC), BusinessDays(1)).tzinfo == BERLIN


def test_the_end_of_what_is_known_is_named():
    with pytest.raises(NeverOpenError) as raised:
        LUNCH.advance(local("2200-12-29 10:00"), BusinessDays(10))
    assert raised.value.limit == datetime(2201, 1, 1, tzinfo=UTC)
    assert raised.value.nearest == local("2200-12-31 17:00")
    with pytest.raises(NeverOpenError) as raised:
        LUNCH.retreat(local("1970-01-05 10:00"), BusinessDays(10))
    assert raised.value.limit == datetime(1970, 1, 1, tzinfo=UTC)
    with pytest.raises(NeverOpenError):
        LUNCH.advance(local("2200-12-30 10:00"), BusinessDays(10**6))
    always = BusinessCalendar.always("America/New_York")
    with pytest.raises(NeverOpenError):
        always.advance(datetime(2200, 12, 30, 22, tzinfo=always.tz), BusinessDays(1))
    with pytest.raises(OutOfRangeError):
        LUNCH.advance(local("2201-06-01 10:00"), BusinessDays(1))


@pytest.mark.parametrize(
    "ask",
    [
        pytest.param(lambda: BusinessDays(1.5), id="half a day"),
        pytest.param(lambda: BusinessDays(True), id="a truth"),
        pytest.param(lambda: BusinessDays("3"), id="a text"),
        pytest.param(lambda: BusinessDays.parse("3 days"), id="days that may be calendar days"),
        pytest.param(lambda: LUNCH.advance(local("2026-11-05 10:00"), 3), id="a bare number"),
        pytest.param(
            lambda: LUNCH.advance(local("2026-11-05 10:00"), BusinessDays(1), landing=Landing.OPEN),
            id="with a landing",
        ),
        pytest.param(lambda: LUNCH.advance(datetime(2026, 11, 5), BusinessDays(1)), id="a naive start"),  # noqa: DTZ001
        pytest.param(lambda: LUNCH.is_working_date(local("2026-11-05 10:00")), id="an instant for a date"),
        pytest.param(lambda: LUNCH.hours_of("2026-11-05"), id="a text for a date"),
    ],
)
def test_what_cannot_be_counted_is_refused(ask):
    with pytest.raises(DefinitionError):
        ask()


@pytest.mark.parametrize("option", ["count_from", "time_of_day"])
def test_an_option_is_one_of_its_names(option):
    with pytest.raises(TypeError):
        BusinessDays(1, **{option: "kept"})


def test_a_date_that_is_not_known_has_no_hours():
    with pytest.raises(OutOfRangeError, match="1970 to 2200"):
        LUNCH.hours_of(date(2201, 1, 1))


@pytest.mark.parametrize(
    ("text", "number"),
    [("3 business days", 3), ("1 business day", 1), ("3bd", 3), ("-2 BD", -2), (" +1bd ", 1)],
)
def test_days_are_read_from_text(text, number):
    assert BusinessDays.parse(text) == BusinessDays(number)


def test_days_are_values():
    days = BusinessDays(2, time_of_day=TimeOfDay.IN_HOURS)
    assert pickle.loads(pickle.dumps(days)) == days
    opposite = -days
    assert (-opposite, opposite.time_of_day) == (days, TimeOfDay.IN_HOURS)
    assert len({days, BusinessDays(2), BusinessDays(2)}) == 2
    assert [str(BusinessDays(number)) for number in (-1, 0, 1, 2)] == [
        "-1 business day",
        "0 business days",
        "1 business day",
        "2 business days",
    ]
    parsed = BusinessDays.parse("2bd", count_from=CountFrom.NEXT_OPENING, time_of_day=TimeOfDay.IN_HOURS)
    assert parsed == BusinessDays(2, count_from=CountFrom.NEXT_OPENING, time_of_day=TimeOfDay.IN_HOURS)
