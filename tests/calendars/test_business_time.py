"""What answers are made of: an index at hand, the zone of the result, and errors that name the argument."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from itsmkit.calendars import BusinessCalendar, BusinessDays, Landing, OutOfRangeError
from itsmkit.errors import DefinitionError

BERLIN, TOKYO = ZoneInfo("Europe/Berlin"), ZoneInfo("Asia/Tokyo")
HOUR, ZERO = timedelta(hours=1), timedelta(0)
NAIVE = datetime(2026, 10, 23, 16)  # noqa: DTZ001  that is the point


def office() -> BusinessCalendar:
    return BusinessCalendar("Mon-Fri 08:00-12:00,13:00-17:00", BERLIN)


def without_tables(calendar: BusinessCalendar) -> BusinessCalendar:
    """Take away what a calendar searches when it has no index at hand, so that only the index can answer."""
    object.__setattr__(calendar, "_timeline", None)
    return calendar


def at(day: int, hour: int, minute: int = 0) -> datetime:
    """Return a moment of October 2026 in Berlin; in the night of the 25th its clocks were set back."""
    return datetime(2026, 10, day, hour, minute, tzinfo=BERLIN)


MOMENTS = {
    "before opening": (at(23, 7), 16 * HOUR, False),
    "at opening": (at(23, 8), 16 * HOUR, True),
    "in the morning": (at(23, 11), 13 * HOUR, True),
    "at a break": (at(23, 12), 12 * HOUR, False),
    "in the afternoon": (at(23, 14, 30), 10.5 * HOUR, True),
    "at closing": (at(23, 17), 8 * HOUR, False),
    "in the evening": (at(23, 20), 8 * HOUR, False),
    "at the weekend": (at(25, 1), 8 * HOUR, False),
}  # fmt: skip
END = at(27, 7)
moments = pytest.mark.parametrize(("start", "left", "is_open"), MOMENTS.values(), ids=MOMENTS)


@moments
@pytest.mark.parametrize("zone", [BERLIN, UTC, TOKYO], ids=str)
def test_what_is_at_hand_is_answered_by_an_index(
    start: datetime, left: timedelta, is_open: bool, zone: ZoneInfo
) -> None:
    calendar = office()
    start, end = start.astimezone(zone), END.astimezone(zone)
    calendar.elapsed(start, end)
    without_tables(calendar)
    assert calendar.elapsed(start, end) == left
    assert calendar.elapsed(end, start) == -left
    assert calendar.is_open(start) is is_open
    assert not calendar.is_open(end)


@pytest.mark.parametrize("zone", [BERLIN, UTC, TOKYO], ids=str)
def test_one_end_in_another_zone_asks_the_index_in_utc(zone: ZoneInfo) -> None:
    calendar = office()
    start = datetime(2026, 10, 23, 11, tzinfo=BERLIN)
    calendar.elapsed(start, END)
    calendar.elapsed(start, END.astimezone(TOKYO))
    without_tables(calendar)
    assert calendar.elapsed(start, END.astimezone(zone)) == 13 * HOUR
    assert calendar.elapsed(start.astimezone(zone), END) == 13 * HOUR


@moments
@pytest.mark.parametrize("zone", [BERLIN, UTC], ids=str)
@pytest.mark.parametrize("in_zone", [None, UTC, TOKYO], ids=str)
def test_ways_at_hand_are_gone_by_an_index(
    start: datetime, left: timedelta, is_open: bool, zone: ZoneInfo, in_zone: ZoneInfo | None
) -> None:
    calendar = office()
    start = start.astimezone(zone)
    calendar.advance(start, HOUR, in_zone=in_zone)
    without_tables(calendar)
    for amount, landed in (
        (left, datetime(2026, 10, 26, 17, tzinfo=BERLIN)),
        (left - 5 * HOUR, datetime(2026, 10, 26, 11, tzinfo=BERLIN)),
        (left + HOUR, datetime(2026, 10, 27, 9, tzinfo=BERLIN)),
        (left + 40 * HOUR, datetime(2026, 11, 2, 17, tzinfo=BERLIN)),
    ):
        found = calendar.advance(start, amount, in_zone=in_zone)
        assert found.tzinfo is (in_zone or BERLIN)
        assert found.astimezone(UTC) == landed.astimezone(UTC)


def test_no_time_is_no_move_the_second_time_either() -> None:
    calendar = office()
    evening = datetime(2026, 10, 23, 20, tzinfo=BERLIN)
    for _ in range(3):
        assert calendar.advance(evening, ZERO) == evening
        assert calendar.advance(evening, -HOUR).hour == 16
        assert calendar.advance(evening, HOUR, landing=Landing.OPEN).day == 26


@pytest.mark.parametrize("zone", [BERLIN, UTC], ids=str)
def test_each_kind_of_question_has_its_index_at_hand_the_next_time(zone: ZoneInfo) -> None:
    start, end = (datetime(2026, 10, day, 10, tzinfo=BERLIN).astimezone(zone) for day in (22, 23))
    asked = {
        "is_open": lambda calendar: calendar.is_open(start),
        "elapsed": lambda calendar: calendar.elapsed(start, end),
        "advance": lambda calendar: calendar.advance(start, HOUR, in_zone=None if zone is BERLIN else UTC),
    }
    for question in asked.values():
        calendar = office()
        answer = question(calendar)
        assert question(without_tables(calendar)) == answer


NAMED = {
    "is_open": ("at", lambda calendar: calendar.is_open(NAIVE)),
    "elapsed from": ("start", lambda calendar: calendar.elapsed(NAIVE, END)),
    "elapsed to": ("end", lambda calendar: calendar.elapsed(END, NAIVE)),
    "advance": ("start", lambda calendar: calendar.advance(NAIVE, HOUR)),
    "retreat": ("end", lambda calendar: calendar.retreat(NAIVE, HOUR)),
    "next_open": ("start", lambda calendar: calendar.next_open(NAIVE)),
    "next_close": ("at", lambda calendar: calendar.next_close(NAIVE)),
    "version_at": ("instant", lambda calendar: calendar.version_at(NAIVE)),
}


@pytest.mark.parametrize(("name", "ask"), NAMED.values(), ids=NAMED)
def test_an_error_names_the_argument(name, ask) -> None:
    for calendar in (office(), BusinessCalendar.always()):
        with pytest.raises(DefinitionError, match=f"^{name} has no time zone: 2026-10-23 16:00:00"):
            ask(calendar)


@pytest.mark.parametrize("amount", [3, 3.5, float("nan"), None, "8h"], ids=str)
def test_an_amount_is_a_duration_or_days(amount: object) -> None:
    calendar = office()
    for _ in range(2):
        for move in (calendar.advance, calendar.retreat):
            with pytest.raises(DefinitionError, match=r"^an amount of open time is a timedelta or Bus"):
                move(END, amount)


def test_days_land_where_they_say_themselves() -> None:
    with pytest.raises(DefinitionError, match=r"end as their time_of_day says; leave out the landing OPEN$"):
        office().advance(END, BusinessDays(1), landing=Landing.OPEN)


@pytest.mark.parametrize("day", [datetime(2026, 10, 23, tzinfo=UTC), "2026-10-23"], ids=str)
def test_a_working_date_is_a_date(day: object) -> None:
    with pytest.raises(DefinitionError, match=r"^a working date is a date without a time, not .*local\.date"):
        office().is_working_date(day)


@pytest.mark.parametrize("in_zone", [UTC, TOKYO], ids=str)
def test_results_come_in_the_zone_that_is_asked_for(in_zone: ZoneInfo) -> None:
    calendar, at = office(), datetime(2026, 10, 23, 18, tzinfo=BERLIN)
    for found, expected in (
        (calendar.next_open(at, in_zone=in_zone), datetime(2026, 10, 26, 7, tzinfo=UTC)),
        (calendar.next_close(at, in_zone=in_zone), datetime(2026, 10, 26, 11, tzinfo=UTC)),
        (calendar.retreat(at, HOUR, in_zone=in_zone), datetime(2026, 10, 23, 14, tzinfo=UTC)),
    ):
        assert found == expected
        assert found.tzinfo is in_zone


def test_the_digest_of_what_is_past_stays_as_it_is() -> None:
    calendar = BusinessCalendar("Mon-Fri 08:00-17:00", "Europe/Berlin")
    digest = "b916da8d48d98aefc6b5f5930396852874d7356ee2ce126f5fb399c4b2d32ff6"
    assert calendar.expanded_digest(2019, 2020) == digest


@pytest.mark.parametrize("years", [(1, 1), (1, 2020), (9999, 9999)], ids=str)
def test_years_that_are_not_known_are_told_from_such_as_run_backward(years: tuple[int, int]) -> None:
    with pytest.raises(OutOfRangeError):
        office().expansion(*years)
    with pytest.raises(DefinitionError, match="years run forward"):
        office().expansion(years[1], years[0] - 1)


def test_hours_of_the_last_date_that_is_known_end_where_knowledge_does() -> None:
    always = BusinessCalendar.always() & BusinessCalendar.always()
    (span,) = always.hours_of(date(2200, 12, 31))
    assert (span.start.hour, span.end) == (0, datetime(2200, 12, 31, 23, 59, 59, 999999, tzinfo=UTC))
