"""The landing that moves at the end of a day but not before a break."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from itsmkit.calendars import BusinessCalendar, Landing, NeverOpenError, TimeSpan
from itsmkit.testing.strategies import business_calendars, instants, waits

BERLIN = ZoneInfo("Europe/Berlin")
DAY = timedelta(days=1)
TICK = timedelta(microseconds=1)
ZERO = timedelta(0)
NEXT_DAY = Landing.NEXT_DAY
LUNCH = BusinessCalendar("Mon-Fri 08:00-12:00,13:00-17:00", BERLIN)
LATE = BusinessCalendar("Mon-Fri 08:00-12:00,20:00-24:00", BERLIN)
NIGHTS = BusinessCalendar("Mon-Fri 22:00-06:00", BERLIN)


def local(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=BERLIN)


@pytest.mark.parametrize(
    ("calendar", "start", "amount", "expected"),
    [
        pytest.param(LUNCH, "2026-11-05 11:00", 1, "2026-11-05 12:00", id="before a break"),
        pytest.param(LUNCH, "2026-11-05 16:00", 1, "2026-11-06 08:00", id="at the end of a day"),
        pytest.param(LUNCH, "2026-11-06 16:00", 1, "2026-11-09 08:00", id="at the end of a week"),
        pytest.param(LUNCH, "2026-11-05 10:00", 1, "2026-11-05 11:00", id="in the hours"),
        pytest.param(LUNCH, "2026-11-05 12:30", 0, "2026-11-05 13:00", id="no time, in a break"),
        pytest.param(LUNCH, "2026-11-05 12:00", 0, "2026-11-05 12:00", id="no time, at a break"),
        pytest.param(LUNCH, "2026-11-05 07:00", 0, "2026-11-05 08:00", id="no time, before opening"),
        pytest.param(LUNCH, "2026-11-05 18:00", 0, "2026-11-06 08:00", id="no time, after closing"),
        pytest.param(LUNCH, "2026-11-05 12:30", 4, "2026-11-06 08:00", id="from a break"),
        pytest.param(LATE, "2026-11-05 23:00", 1, "2026-11-06 08:00", id="24:00 belongs to the day it ends"),
        pytest.param(LATE, "2026-11-05 11:00", 1, "2026-11-05 12:00", id="a long break"),
        pytest.param(NIGHTS, "2026-11-05 23:00", 7, "2026-11-06 06:00", id="tonight it opens again"),
        pytest.param(NIGHTS, "2026-11-06 23:00", 7, "2026-11-09 22:00", id="tonight it does not"),
        pytest.param(LUNCH, "2026-11-06 09:00", -1, "2026-11-05 17:00", id="back to a day's opening"),
        pytest.param(LUNCH, "2026-11-05 14:00", -1, "2026-11-05 13:00", id="back to the end of a break"),
        pytest.param(LUNCH, "2026-11-05 11:00", -1, "2026-11-05 10:00", id="back in the hours"),
    ],
)
def test_a_due_time_moves_at_the_end_of_a_day_and_not_before_a_break(calendar, start, amount, expected):
    landed = calendar.advance(local(start), timedelta(hours=amount), landing=NEXT_DAY)
    assert landed == local(expected)


@pytest.mark.parametrize(
    ("end", "expected"),
    [
        pytest.param("2026-11-05 12:30", "2026-11-05 12:00", id="in a break"),
        pytest.param("2026-11-05 13:00", "2026-11-05 13:00", id="at the end of a break"),
        pytest.param("2026-11-05 08:00", "2026-11-04 17:00", id="at the opening of a day"),
        pytest.param("2026-11-05 07:00", "2026-11-04 17:00", id="before opening"),
        pytest.param("2026-11-05 10:00", "2026-11-05 10:00", id="in the hours"),
    ],
)
def test_going_back_it_is_the_same_the_other_way_round(end, expected):
    assert LUNCH.retreat(local(end), ZERO, landing=NEXT_DAY) == local(expected)
    assert LUNCH.retreat(local("2026-11-05 11:00"), -timedelta(hours=1), landing=NEXT_DAY) == local(
        "2026-11-05 12:00"
    )


def reads(landed: datetime, calendar: BusinessCalendar) -> date:
    return landed.astimezone(calendar.tz).date()


@settings(max_examples=200, deadline=None)
@given(
    business_calendars(),
    instants(datetime(2026, 2, 1, tzinfo=UTC), datetime(2026, 11, 1, tzinfo=UTC)),
    waits(4 * DAY),
    st.booleans(),
)
def test_it_is_the_closing_only_where_the_date_opens_again(calendar, start, wait, up_to_an_edge):
    amount = calendar.elapsed(start, start + wait) if up_to_an_edge else wait / 4
    landed = calendar.advance(start, amount, landing=NEXT_DAY, in_zone=UTC)
    assert calendar.elapsed(start, landed) == amount
    opening = calendar.next_open(landed, in_zone=UTC)
    if landed == opening:
        # It would have been met before, had that been a closing of this date.
        earliest = calendar.advance(start, amount, in_zone=UTC)
        is_closing = earliest != opening and calendar.is_open(earliest - TICK)
        assert not is_closing or reads(earliest - TICK, calendar) != reads(opening, calendar)
    else:
        assert calendar.is_open(landed - TICK)
        assert reads(landed - TICK, calendar) == reads(opening, calendar)
        assert landed == calendar.advance(start, amount, in_zone=UTC)


@settings(max_examples=200, deadline=None)
@given(
    business_calendars(),
    instants(datetime(2026, 2, 1, tzinfo=UTC), datetime(2026, 11, 1, tzinfo=UTC)),
    waits(4 * DAY),
    st.booleans(),
)
def test_going_back_it_is_the_opening_only_where_the_date_was_open_before(calendar, end, wait, up_to_an_edge):
    amount = calendar.elapsed(end - wait, end) if up_to_an_edge else wait / 4
    landed = calendar.retreat(end, amount, landing=NEXT_DAY, in_zone=UTC)
    assert calendar.elapsed(landed, end) == amount
    closing = calendar.retreat(landed, ZERO, landing=Landing.OPEN, in_zone=UTC)
    latest = calendar.retreat(end, amount, in_zone=UTC)
    if landed == closing:
        is_opening = latest != closing and calendar.is_open(latest)
        assert not is_opening or reads(closing - TICK, calendar) != reads(latest, calendar)
    else:
        assert calendar.is_open(landed)
        assert reads(closing - TICK, calendar) == reads(landed, calendar)
        assert landed == latest


def test_where_no_opening_follows_there_is_none_to_land_on():
    project = LUNCH & TimeSpan(local("2026-11-05 00:00"), local("2026-11-06 00:00"))
    assert project.advance(local("2026-11-05 08:00"), timedelta(hours=4), landing=NEXT_DAY) == local(
        "2026-11-05 12:00"
    )
    with pytest.raises(NeverOpenError):
        project.advance(local("2026-11-05 08:00"), timedelta(hours=8), landing=NEXT_DAY)


def test_the_first_instant_that_is_known_is_no_closing():
    epoch = datetime(1970, 1, 1, tzinfo=UTC)
    office = BusinessCalendar("Mon-Fri 08:00-17:00", "UTC")
    assert office.advance(epoch, ZERO, landing=NEXT_DAY) == epoch + timedelta(hours=8)
