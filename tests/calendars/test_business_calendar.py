import copy
import pickle
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime, timedelta, timezone
from zoneinfo import ZoneInfo

import attrs
import pytest

from itsmkit.calendars import (
    Breaks,
    BusinessCalendar,
    HolidayCalendar,
    HoursSpan,
    Landing,
    NeverClosesError,
    NeverOpenError,
    OutOfRangeError,
    TimeSpan,
    WeeklyHours,
)
from itsmkit.errors import DefinitionError

OFFICE = "Mon-Fri 08:00-17:00"
NIGHTS = "Mon-Sun 22:00-06:00"
CHRISTMAS = HolidayCalendar({date(2026, 12, 25): "Christmas Day", date(2027, 1, 1): "New Year"})


def hours(number: float) -> timedelta:
    return timedelta(hours=number)


def local(text: str, key: str, fold: int = 0) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(key), fold=fold)


@pytest.mark.parametrize("key", ["Europe/Berlin", "America/New_York", "Asia/Tokyo"])
@pytest.mark.parametrize(
    ("weekly", "start", "end", "expected"),
    [
        pytest.param(OFFICE, "2026-12-24 12:00", "2026-12-28 09:00", 6, id="a holiday"),
        pytest.param(OFFICE, "2026-12-31 16:00", "2027-01-04 09:00", 2, id="the year's end"),
        pytest.param("24x7", "2026-12-24 00:00", "2026-12-26 00:00", 24, id="a holiday, 24x7"),
        pytest.param("24x7", "2026-11-10 23:00", "2026-11-11 01:00", 2, id="midnight, 24x7"),
        pytest.param(NIGHTS, "2026-11-10 20:00", "2026-11-11 08:00", 8, id="a night"),
        pytest.param(NIGHTS, "2026-12-24 20:00", "2026-12-25 08:00", 8, id="into a holiday"),
        pytest.param(NIGHTS, "2026-12-25 08:00", "2026-12-26 08:00", 0, id="a holiday's night"),
        pytest.param(NIGHTS, "2026-12-31 20:00", "2027-01-01 08:00", 8, id="into the new year"),
        pytest.param(OFFICE, "2026-11-07 00:00", "2026-11-09 00:00", 0, id="a weekend"),
        pytest.param(OFFICE, "2026-11-09 08:00", "2026-11-09 17:00", 9, id="a day from edge to edge"),
    ],
)
def test_holidays_midnight_and_the_years_end_are_local(key, weekly, start, end, expected):
    calendar = BusinessCalendar(weekly, key, holidays=CHRISTMAS)
    assert calendar.elapsed(local(start, key), local(end, key)) == hours(expected)


@pytest.mark.parametrize(
    ("key", "weekly", "day", "expected"),
    [
        pytest.param("Europe/Berlin", "24x7", "2026-03-29", 23, id="Berlin loses an hour"),
        pytest.param("Europe/Berlin", "24x7", "2026-10-25", 25, id="Berlin gains an hour"),
        pytest.param("Europe/Berlin", "Sun 02:00-03:00", "2026-03-29", 0, id="a missing hour"),
        pytest.param("Europe/Berlin", "Sun 02:00-03:00", "2026-10-25", 2, id="a repeated hour"),
        pytest.param("Europe/Berlin", "Sun 01:30-02:30", "2026-03-29", 0.5, id="closes in the gap"),
        pytest.param("Europe/Berlin", "Sun 02:30-03:30", "2026-03-29", 0.5, id="opens in the gap"),
        pytest.param("Europe/Berlin", "Sun 01:30-02:30", "2026-10-25", 1.5, id="closes in the fold"),
        pytest.param("Europe/Berlin", "Sun 02:30-03:30", "2026-10-25", 1.5, id="opens in the fold"),
        pytest.param("America/New_York", "24x7", "2026-03-08", 23, id="New York loses an hour"),
        pytest.param("America/New_York", "24x7", "2026-11-01", 25, id="New York gains an hour"),
        pytest.param("Asia/Tokyo", "24x7", "2026-03-29", 24, id="Tokyo keeps its time"),
        pytest.param("Australia/Lord_Howe", "24x7", "2026-04-05", 24.5, id="half an hour back"),
        pytest.param("Australia/Lord_Howe", "24x7", "2026-10-04", 23.5, id="half an hour ahead"),
        pytest.param("Antarctica/Troll", "24x7", "2026-03-29", 22, id="two hours ahead"),
        pytest.param("Pacific/Apia", "Fri 00:00-24:00", "2011-12-30", 0, id="a lost day"),
        pytest.param("America/Sao_Paulo", "Sun 00:00-01:00", "2018-11-04", 0, id="no midnight"),
    ],
)
def test_only_hours_that_the_clock_shows_count_and_each_time(key, weekly, day, expected):
    calendar = BusinessCalendar(weekly, key)
    midnight = local(day, key)
    assert calendar.elapsed(midnight, midnight + timedelta(days=1)) == hours(expected)


@pytest.mark.parametrize(
    ("key", "weekly", "date_", "spans"),
    [
        pytest.param(
            "America/St_Johns",
            "Sat 23:00-24:00",
            "2006-10-28",
            [("2006-10-29 01:30", "2006-10-29 02:30"), ("2006-10-29 02:31", "2006-10-29 03:30")],
            id="St John's went back from 00:01 to 23:01",
        ),
        pytest.param(
            "Antarctica/Casey",
            "Fri 01:00-03:00",
            "2010-03-05",
            [("2010-03-04 14:00", "2010-03-04 15:00"), ("2010-03-04 17:00", "2010-03-04 19:00")],
            id="Casey went back from 02:00 to 23:00",
        ),
    ],
)
def test_a_local_date_need_not_be_one_stretch_of_time(key, weekly, date_, spans):
    calendar = BusinessCalendar(weekly, key)
    noon = local(f"{date_} 12:00", key)
    assert calendar.open_spans(noon - hours(36), noon + hours(36)) == tuple(
        TimeSpan(local(start, "UTC"), local(end, "UTC")) for start, end in spans
    )


OPEN = Landing.OPEN
EARLIEST = Landing.EARLIEST


@pytest.mark.parametrize(
    ("start", "amount", "landing", "expected"),
    [
        pytest.param("2026-11-06 16:00", 1, EARLIEST, "2026-11-06 17:00", id="due at closing"),
        pytest.param("2026-11-06 16:00", 1, OPEN, "2026-11-09 08:00", id="due at the opening"),
        pytest.param("2026-11-06 16:00", 2, EARLIEST, "2026-11-09 09:00", id="over a weekend"),
        pytest.param("2026-11-07 12:00", 0, EARLIEST, "2026-11-07 12:00", id="no time, no move"),
        pytest.param("2026-11-07 12:00", 0, OPEN, "2026-11-09 08:00", id="to the next opening"),
        pytest.param("2026-11-09 12:00", 0, OPEN, "2026-11-09 12:00", id="open already"),
        pytest.param("2026-11-09 17:00", 0, OPEN, "2026-11-10 08:00", id="at closing"),
        pytest.param("2026-11-09 09:00", -2, EARLIEST, "2026-11-06 16:00", id="back"),
        pytest.param("2026-11-09 09:00", -1, EARLIEST, "2026-11-09 08:00", id="back to opening"),
        pytest.param("2026-11-09 09:00", -1, OPEN, "2026-11-06 17:00", id="back to closing"),
    ],
)
def test_advancing_lands_at_the_edge_that_was_chosen(start, amount, landing, expected):
    calendar = BusinessCalendar(OFFICE, "Europe/Berlin")
    landed = calendar.advance(local(start, "Europe/Berlin"), hours(amount), landing=landing)
    assert landed == local(expected, "Europe/Berlin")


@pytest.mark.parametrize(
    ("end", "landing", "expected"),
    [
        pytest.param("2026-11-07 12:00", EARLIEST, "2026-11-07 12:00", id="no move"),
        pytest.param("2026-11-07 12:00", OPEN, "2026-11-06 17:00", id="to the closing before"),
        pytest.param("2026-11-09 08:00", OPEN, "2026-11-06 17:00", id="closed just before opening"),
        pytest.param("2026-11-09 12:00", OPEN, "2026-11-09 12:00", id="open just before"),
    ],
)
def test_retreating_by_nothing_lands_where_it_is_open_just_before(end, landing, expected):
    calendar = BusinessCalendar(OFFICE, "Europe/Berlin")
    landed = calendar.retreat(local(end, "Europe/Berlin"), timedelta(0), landing=landing)
    assert landed == local(expected, "Europe/Berlin")


@pytest.mark.parametrize(
    ("at", "opens", "closes"),
    [
        pytest.param("2026-11-06 07:59", "2026-11-06 08:00", "2026-11-06 12:00", id="before"),
        pytest.param("2026-11-06 08:00", "2026-11-06 08:00", "2026-11-06 12:00", id="at opening"),
        pytest.param("2026-11-06 12:00", "2026-11-06 13:00", "2026-11-06 17:00", id="at lunch"),
        pytest.param("2026-11-06 14:00", "2026-11-06 14:00", "2026-11-06 17:00", id="open"),
        pytest.param("2026-11-06 17:00", "2026-11-09 08:00", "2026-11-09 12:00", id="at closing"),
    ],
)
def test_the_next_opening_is_now_while_open_and_the_next_closing_ends_it(at, opens, closes):
    calendar = BusinessCalendar("Mon-Fri 08:00-12:00,13:00-17:00", "Europe/Berlin")
    instant = local(at, "Europe/Berlin")
    assert calendar.next_open(instant) == local(opens, "Europe/Berlin")
    assert calendar.next_close(instant) == local(closes, "Europe/Berlin")


def test_open_spans_are_clipped_and_in_utc():
    calendar = BusinessCalendar("Mon-Fri 08:00-12:00,13:00-17:00", "Europe/Berlin")
    found = calendar.open_spans(
        local("2026-11-06 11:00", "Europe/Berlin"), local("2026-11-09 09:00", "Europe/Berlin")
    )
    assert found == tuple(
        TimeSpan(local(start, "Europe/Berlin"), local(end, "Europe/Berlin"))
        for start, end in [
            ("2026-11-06 11:00", "2026-11-06 12:00"),
            ("2026-11-06 13:00", "2026-11-06 17:00"),
            ("2026-11-09 08:00", "2026-11-09 09:00"),
        ]
    )


def test_nothing_is_open_in_no_time():
    noon = local("2026-11-06 11:00", "Europe/Berlin")
    assert BusinessCalendar(OFFICE, "Europe/Berlin").open_spans(noon, noon) == ()


def test_results_come_in_the_zone_of_the_calendar_or_the_one_asked_for():
    calendar = BusinessCalendar(OFFICE, "Asia/Tokyo")
    start = datetime(2026, 11, 9, 0, tzinfo=UTC)
    for landed in (calendar.advance(start, hours(1)), calendar.retreat(start, hours(0.5))):
        assert landed.tzinfo is calendar.tz
    assert calendar.next_close(start).tzinfo is calendar.tz
    assert calendar.next_open(start, in_zone=UTC).tzinfo is UTC
    assert calendar.next_close(start, in_zone=UTC) == datetime(2026, 11, 9, 8, tzinfo=UTC)


def test_the_second_pass_of_a_repeated_hour_is_reached_as_such():
    calendar = BusinessCalendar("Sun 02:00-03:00", "Europe/Berlin")
    landed = calendar.advance(local("2026-10-25 00:00", "Europe/Berlin"), hours(1.5))
    assert landed.isoformat() == "2026-10-25T02:30:00+01:00"
    assert landed.fold == 1


@pytest.mark.parametrize(
    "call",
    [
        pytest.param(lambda calendar, at: calendar.is_open(at), id="is_open"),
        pytest.param(lambda calendar, at: calendar.elapsed(at, datetime.now(UTC)), id="start"),
        pytest.param(lambda calendar, at: calendar.elapsed(datetime.now(UTC), at), id="end"),
        pytest.param(lambda calendar, at: calendar.advance(at, hours(1)), id="advance"),
        pytest.param(lambda calendar, at: calendar.retreat(at, hours(1)), id="retreat"),
        pytest.param(lambda calendar, at: calendar.next_open(at), id="next_open"),
        pytest.param(lambda calendar, at: calendar.next_close(at), id="next_close"),
        pytest.param(lambda calendar, at: calendar.open_spans(at, at), id="open_spans"),
    ],
)
class TestEveryQuestion:
    def test_refuses_a_naive_datetime_and_says_how_to_attach_a_zone(self, call):
        with pytest.raises(DefinitionError, match=r"has no time zone.*\.replace\(tzinfo="):
            call(BusinessCalendar.always(), datetime.fromisoformat("2026-01-01"))

    @pytest.mark.parametrize(
        "at",
        [
            pytest.param(datetime(1969, 12, 31, 23, 59, tzinfo=UTC), id="before 1970"),
            pytest.param(datetime(2201, 1, 1, tzinfo=UTC), id="after 2200"),
        ],
    )
    def test_refuses_an_instant_outside_1970_to_2200(self, call, at):
        with pytest.raises(OutOfRangeError, match="the years 1970 to 2200") as refused:
            call(BusinessCalendar(OFFICE, "UTC"), at)
        assert refused.value.instant == at


@pytest.mark.parametrize(
    "at",
    [
        datetime.min.replace(tzinfo=timezone(hours(14))),
        datetime.max.replace(tzinfo=timezone(hours(-12))),
    ],
)
def test_an_instant_that_utc_cannot_express_is_out_of_range_too(at):
    with pytest.raises(OutOfRangeError):
        BusinessCalendar.always().is_open(at)


def test_a_date_is_no_instant():
    with pytest.raises(DefinitionError, match="must be a datetime, not date"):
        BusinessCalendar.always().is_open(date(2026, 1, 1))


def test_open_spans_run_forward():
    calendar = BusinessCalendar.always()
    with pytest.raises(DefinitionError, match="precedes its start"):
        calendar.open_spans(datetime(2026, 1, 2, tzinfo=UTC), datetime(2026, 1, 1, tzinfo=UTC))


def test_round_the_clock_counts_everything_and_never_closes():
    calendar = BusinessCalendar.always("Europe/Berlin", name="round the clock")
    start, end = datetime(1970, 1, 1, tzinfo=UTC), datetime(2200, 12, 31, tzinfo=UTC)
    assert calendar.elapsed(start, end) == end - start
    assert calendar.next_open(start) == start
    with pytest.raises(NeverClosesError, match="stays open"):
        calendar.next_close(start)


LAST_CLOSING = datetime(2200, 12, 31, 17, tzinfo=UTC)
FIRST_OPENING = datetime(1970, 1, 1, 8, tzinfo=UTC)


@pytest.mark.parametrize(
    ("start", "amount", "landing", "nearest"),
    [
        pytest.param("2200-12-31 16:00", hours(2), EARLIEST, LAST_CLOSING, id="used up"),
        pytest.param("2200-12-31 16:00", hours(1), OPEN, LAST_CLOSING, id="no opening to land on"),
        pytest.param("2200-12-31 18:00", hours(0), OPEN, LAST_CLOSING, id="after the last"),
        pytest.param("2026-11-06 12:00", timedelta.max, EARLIEST, LAST_CLOSING, id="for ever"),
        pytest.param("1970-01-01 09:00", -hours(2), EARLIEST, FIRST_OPENING, id="used up, back"),
        pytest.param("1970-01-01 09:00", -hours(1), OPEN, FIRST_OPENING, id="no closing before"),
        pytest.param("2026-11-06 12:00", timedelta.min, EARLIEST, FIRST_OPENING, id="since ever"),
    ],
)
def test_where_open_time_ends_the_last_opening_is_named(start, amount, landing, nearest):
    calendar = BusinessCalendar("Mon-Sun 08:00-17:00", "UTC")
    instant = local(start, "UTC")
    with pytest.raises(NeverOpenError) as refused:
        calendar.advance(instant, amount, landing=landing)
    assert refused.value.sought_from == instant
    assert refused.value.nearest == nearest


def test_retreating_for_ever_ends_at_the_first_opening():
    calendar = BusinessCalendar("Mon-Sun 08:00-17:00", "UTC")
    with pytest.raises(NeverOpenError, match="the first opening began at 1970-01-01 08:00"):
        calendar.retreat(datetime(2026, 1, 1, tzinfo=UTC), timedelta.max)
    with pytest.raises(NeverOpenError, match="the last opening ended at 2200-12-31 17:00"):
        calendar.retreat(datetime(2026, 1, 1, tzinfo=UTC), timedelta.min)


def test_the_last_instant_that_is_known_is_never_a_landing():
    calendar = BusinessCalendar.always()
    start = datetime(2200, 12, 31, tzinfo=UTC)
    assert calendar.advance(start, hours(23.5)) == start + hours(23.5)
    with pytest.raises(NeverOpenError):
        calendar.advance(start, hours(24))


def test_what_has_closed_for_good_neither_opens_nor_closes_again():
    off = {date(2200, 1, 1) + timedelta(days=number): "closed for good" for number in range(365)}
    calendar = BusinessCalendar("Mon-Sun 08:00-17:00", "UTC", holidays=HolidayCalendar(off))
    late = datetime(2200, 12, 30, tzinfo=UTC)
    closed = datetime(2199, 12, 31, 17, tzinfo=UTC)
    for ask in (calendar.next_open, calendar.next_close):
        with pytest.raises(NeverOpenError) as refused:
            ask(late)
        assert refused.value.nearest == closed


@pytest.mark.parametrize(
    ("key", "weekly", "first", "last"),
    [
        pytest.param("Europe/Berlin", OFFICE, "1991-01-01", "2100-12-30", id="east"),
        pytest.param("America/New_York", OFFICE, "1991-01-02", "2100-12-31", id="west"),
        pytest.param("Europe/Berlin", NIGHTS, "1991-01-02", "2100-12-30", id="a night before"),
    ],
)
def test_a_region_bounds_what_is_known_by_its_data(key, weekly, first, last):
    calendar = BusinessCalendar(weekly, key, holidays=HolidayCalendar.of("DE", language="en_US"))
    start = datetime.fromisoformat(first).replace(tzinfo=UTC)
    end = datetime.fromisoformat(last).replace(tzinfo=UTC) + timedelta(days=1)
    calendar.elapsed(start, end - timedelta(microseconds=1))
    for at in (start - timedelta(microseconds=1), end):
        with pytest.raises(OutOfRangeError, match=r"holidays of DE are known for .* 1991 to 2100"):
            calendar.is_open(at)


def test_a_region_whose_data_reaches_further_back_bounds_only_the_end():
    holidays = HolidayCalendar.of("US", language="en_US")
    calendar = BusinessCalendar(OFFICE, "UTC", holidays=holidays)
    assert not calendar.is_open(datetime(1970, 1, 1, 12, tzinfo=UTC))


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        pytest.param(("closed", "UTC"), "calendar 'closed' is never open", id="no hours"),
        pytest.param(("Mon 25:00-26:00", "UTC"), "cannot open at 25:00", id="unreadable hours"),
        pytest.param((OFFICE, "Europe/Berln"), "unknown time zone 'Europe/Berln'", id="no zone"),
        pytest.param((OFFICE, "America"), "unknown time zone 'America'", id="a folder of zones"),
        pytest.param((OFFICE, "../etc"), "unknown time zone", id="a path"),
        pytest.param((OFFICE, UTC), "is no named time zone", id="a zone without a name"),
    ],
)
def test_a_calendar_that_cannot_be_is_refused(arguments, message):
    with pytest.raises(DefinitionError, match=message):
        BusinessCalendar(*arguments)


def test_a_calendar_whose_holidays_leave_no_day_is_refused():
    first = date(1970, 1, 1)
    mondays = (first + timedelta(days=number) for number in range(4, 85_000, 7))
    holidays = HolidayCalendar(dict.fromkeys(mondays, "no Monday"))
    with pytest.raises(DefinitionError, match="calendar 'Mondays' is never open"):
        BusinessCalendar("Mon 08:00-17:00", "UTC", holidays=holidays, name="Mondays")


def test_calendars_of_the_same_definition_are_the_same_value():
    one = BusinessCalendar(OFFICE, "Europe/Berlin", holidays=CHRISTMAS, name="office")
    other = BusinessCalendar(
        WeeklyHours.parse(OFFICE), ZoneInfo.no_cache("Europe/Berlin"), holidays=CHRISTMAS, name="office"
    )
    one.is_open(datetime(2026, 1, 1, tzinfo=UTC))
    assert one == other
    assert hash(one) == hash(other)
    assert one != attrs.evolve(one, tz="Europe/Paris")
    with pytest.raises(attrs.exceptions.FrozenInstanceError):
        one.name = "another"


def test_a_copy_answers_alike_and_leaves_the_tables_behind():
    calendar = BusinessCalendar(OFFICE, "Europe/Berlin", holidays=CHRISTMAS, name="office")
    size = len(pickle.dumps(calendar))
    span = datetime(1970, 1, 1, tzinfo=UTC), datetime(2026, 11, 6, tzinfo=UTC)
    expected = calendar.elapsed(*span)
    assert len(pickle.dumps(calendar)) == size
    for again in (pickle.loads(pickle.dumps(calendar)), copy.copy(calendar), copy.deepcopy(calendar)):
        assert again == calendar
        assert again.elapsed(*span) == expected


def test_threads_may_share_a_calendar():
    calendar = BusinessCalendar(OFFICE, "Europe/Berlin")
    starts = [datetime(2000 + number * 37 % 40, 6, 1, tzinfo=UTC) for number in range(200)]

    def answer(start: datetime) -> tuple[datetime, timedelta]:
        end = calendar.advance(start, hours(100))
        return end, calendar.elapsed(start, end)

    with ThreadPoolExecutor(8) as pool:
        found = list(pool.map(answer, starts))
    fresh = BusinessCalendar(OFFICE, "Europe/Berlin")
    assert found == [(fresh.advance(start, hours(100)), hours(100)) for start in starts]


EVE, CHRISTMAS_DAY, BOXING_DAY = (date(2026, 12, number) for number in (24, 25, 26))


def open_on(calendar: BusinessCalendar, first: str, last: str) -> list[tuple[str, str]]:
    """Return the openings from *first* to *last*, both included, as the clocks show them."""
    start = local(first, calendar.tz.key)
    end = local(last, calendar.tz.key) + timedelta(days=1)
    return [
        tuple(f"{edge.astimezone(calendar.tz):%a %H:%M}" for edge in (span.start, span.end))
        for span in calendar.open_spans(start, end)
    ]


@pytest.mark.parametrize(
    ("options", "expected"),
    [
        pytest.param({}, [("Thu 08:00", "Thu 17:00")], id="as every week, but for the holiday"),
        pytest.param(
            {"special_hours": {EVE: "08:00-10:00, 11:00-12:00"}},
            [("Thu 08:00", "Thu 10:00"), ("Thu 11:00", "Thu 12:00")],
            id="they replace those of the weekday",
        ),
        pytest.param({"special_hours": {EVE: "closed"}}, [], id="closed"),
        pytest.param({"special_hours": {EVE: ""}}, [], id="nothing at all"),
        pytest.param({"special_hours": {EVE: ()}}, [], id="no span"),
        pytest.param(
            {"special_hours": {CHRISTMAS_DAY: HoursSpan.parse("09:00-12:00")}},
            [("Thu 08:00", "Thu 17:00"), ("Fri 09:00", "Fri 12:00")],
            id="they beat a holiday",
        ),
        pytest.param(
            {"special_hours": {CHRISTMAS_DAY: "09:00-12:00", EVE: "closed"}, "holiday_beats_special": True},
            [],
            id="unless a holiday beats them",
        ),
        pytest.param(
            {"special_hours": {BOXING_DAY: ["10:00-14:00", HoursSpan.parse("14:00-24:00")]}},
            [("Thu 08:00", "Thu 17:00"), ("Sat 10:00", "Sun 00:00")],
            id="they open a weekend",
        ),
        pytest.param(
            {"special_hours": {EVE: "22:00-09:00", CHRISTMAS_DAY: "08:00-10:00"}},
            [("Thu 22:00", "Fri 10:00")],
            id="the tail of a night unites with the next date",
        ),
        pytest.param(
            {"special_hours": {EVE: "22:00-06:00"}},
            [("Thu 22:00", "Fri 06:00")],
            id="the tail of a night stays open on a holiday",
        ),
        pytest.param(
            {"special_hours": {date(2026, 12, 23): "22:00-09:00"}},
            [("Thu 00:00", "Thu 17:00")],
            id="the tail of a night reaches into ordinary hours",
        ),
        pytest.param(
            {"breaks": "Mon-Fri 12:00-13:00"},
            [("Thu 08:00", "Thu 12:00"), ("Thu 13:00", "Thu 17:00")],
            id="a weekly break",
        ),
        pytest.param(
            {"breaks": "12:00-13:00; Thu 16:00-18:00"},
            [("Thu 08:00", "Thu 12:00"), ("Thu 13:00", "Thu 16:00")],
            id="a break on every day",
        ),
        pytest.param(
            {"breaks": {EVE: "07:00-09:00,12:00-13:00"}},
            [("Thu 09:00", "Thu 12:00"), ("Thu 13:00", "Thu 17:00")],
            id="breaks of one date",
        ),
        pytest.param(
            {"breaks": Breaks("Thu 12:00-13:00", dated={EVE: "12:30-14:00"})},
            [("Thu 08:00", "Thu 12:00"), ("Thu 14:00", "Thu 17:00")],
            id="breaks of a date are added to the weekly ones",
        ),
        pytest.param(
            {"breaks": {date(2026, 12, 23): "16:00-09:00"}},
            [("Thu 09:00", "Thu 17:00")],
            id="a break overnight",
        ),
        pytest.param(
            {"breaks": {CHRISTMAS_DAY: "10:00-11:00"}, "special_hours": {CHRISTMAS_DAY: "09:00-12:00"}},
            [("Thu 08:00", "Thu 17:00"), ("Fri 09:00", "Fri 10:00"), ("Fri 11:00", "Fri 12:00")],
            id="a break cuts special hours too",
        ),
        pytest.param({"breaks": {BOXING_DAY: "10:00-11:00"}}, [("Thu 08:00", "Thu 17:00")], id="no effect"),
        pytest.param({"breaks": "closed"}, [("Thu 08:00", "Thu 17:00")], id="no breaks"),
        pytest.param({"breaks": {EVE: "00:00-24:00"}}, [], id="a break of a whole day"),
    ],
)
def test_dates_have_hours_of_their_own_and_breaks_are_cut_out(options, expected):
    calendar = BusinessCalendar("Mon-Fri 08:00-17:00", "Europe/Berlin", holidays=CHRISTMAS, **options)
    assert open_on(calendar, "2026-12-24", "2026-12-27") == expected


def test_a_calendar_may_be_open_on_its_special_hours_only():
    fair = BusinessCalendar(
        "closed",
        "Asia/Tokyo",
        special_hours={date(2026, 11, 6): "10:00-18:00", date(2026, 11, 7): "22:00-02:00"},
    )
    start = local("2020-01-01", "Asia/Tokyo")
    assert fair.advance(start, hours(12)) == local("2026-11-08 02:00", "Asia/Tokyo")
    with pytest.raises(NeverOpenError, match="the last opening ended at 2026-11-07 17:00:00"):
        fair.advance(start, hours(13))


@pytest.mark.parametrize(
    ("key", "weekly", "day", "elapsed", "edges"),
    [
        pytest.param("Europe/Berlin", "Sun 00:00-24:00", "2026-03-29", 23, 23, id="a day that lacks an hour"),
        pytest.param("Europe/Berlin", "Sun 00:00-24:00", "2026-10-25", 25, 25, id="a day with an hour more"),
        pytest.param("Europe/Berlin", "Sun 02:00-03:00", "2026-03-29", 0, 0, id="a missing hour"),
        pytest.param("Europe/Berlin", "Sun 02:15-02:45", "2026-03-29", 0, 0.5, id="inside a missing hour"),
        pytest.param("Europe/Berlin", "Sun 01:30-02:30", "2026-03-29", 0.5, 1, id="closes in the gap"),
        pytest.param("Europe/Berlin", "Sun 02:30-04:00", "2026-03-29", 1, 0.5, id="opens in the gap"),
        pytest.param("Europe/Berlin", "Sun 02:45-03:15", "2026-03-29", 0.25, 0, id="would run in reverse"),
        pytest.param("Europe/Berlin", "Sun 02:00-03:00", "2026-10-25", 2, 2, id="a repeated hour"),
        pytest.param("Europe/Berlin", "Sun 01:30-02:30", "2026-10-25", 1.5, 1, id="closes in the fold"),
        pytest.param("Europe/Berlin", "Sun 02:15-02:45", "2026-10-25", 1, 0.5, id="inside the fold"),
        pytest.param("Europe/Berlin", "Sun 02:30-04:00", "2026-10-25", 2, 2.5, id="opens in the fold"),
        pytest.param(
            "America/St_Johns", "Sat 22:00-24:00", "2006-10-28", 3 - 1 / 60, 2, id="St John's, 00:01"
        ),
        pytest.param(
            "America/St_Johns", "Sun 00:00-01:00", "2006-10-29", 1 + 1 / 60, 2, id="from the first 00:00"
        ),
        pytest.param(
            "Antarctica/Casey", "Fri 01:00-03:00", "2010-03-05", 3, 5, id="Casey, back by three hours"
        ),
        pytest.param("Antarctica/Casey", "Thu 22:00-24:00", "2010-03-04", 3, 2, id="Casey, the date before"),
        pytest.param(
            "Pacific/Apia", "Fri 09:00-17:00", "2011-12-30", 0, 8, id="a lost day comes a day later"
        ),
        pytest.param("Pacific/Apia", "Fri 00:00-24:00", "2011-12-30", 0, 0, id="a lost day lasts no time"),
        pytest.param(
            "Australia/Lord_Howe", "Sun 02:15-03:00", "2026-10-04", 0.5, 0.25, id="half an hour ahead"
        ),
        pytest.param(
            "Australia/Lord_Howe", "Sun 01:45-03:00", "2026-04-05", 1.5, 1.75, id="half an hour back"
        ),
        pytest.param("Antarctica/Troll", "Sun 02:00-05:00", "2026-03-29", 2, 1, id="two hours ahead"),
        pytest.param("Africa/Casablanca", "Sun 02:30-04:00", "2026-03-22", 1, 0.5, id="the end of Ramadan"),
        pytest.param("America/Sao_Paulo", "Sun 00:00-02:00", "2018-11-04", 1, 1, id="no midnight"),
        pytest.param("America/Sao_Paulo", "Sat 22:00-24:00", "2018-02-17", 3, 3, id="a repeated last hour"),
        pytest.param("Asia/Tehran", "Tue 00:00-02:00", "2022-03-22", 1, 1, id="Tehran, from midnight"),
    ],
)
def test_a_change_of_the_clocks_is_read_by_the_clock_or_at_the_edges(key, weekly, day, elapsed, edges):
    noon = local(f"{day} 12:00", key, fold=1)
    span = noon - hours(36), noon + hours(36)
    # The weeks before and after have no part in it.
    for dst, expected in (("elapsed", elapsed), ("edges", edges)):
        calendar = BusinessCalendar(weekly, key, dst=dst)
        seconds = calendar.elapsed(*span) // timedelta(seconds=1)
        assert seconds == round(expected * 3600), dst


def test_a_break_at_the_edges_is_resolved_as_an_opening_is():
    calendar = BusinessCalendar(
        "Sun 00:00-06:00", "Europe/Berlin", breaks={date(2026, 3, 29): "02:15-02:45"}, dst="edges"
    )
    assert open_on(calendar, "2026-03-29", "2026-03-29") == [
        ("Sun 00:00", "Sun 03:15"),
        ("Sun 03:45", "Sun 06:00"),
    ]


@pytest.mark.parametrize(
    ("arguments", "options", "messages"),
    [
        pytest.param(
            ("Mon-Fri 09:00-12:00", "UTC"),
            {"breaks": "Mon-Sun 08:00-12:00"},
            ["is never open"],
            id="always a break",
        ),
        pytest.param(
            ("closed", "UTC"), {"special_hours": {EVE: "closed"}}, ["is never open"], id="closed on a date"
        ),
        pytest.param(
            ("closed", "UTC"),
            {"special_hours": {EVE: "09:00-12:00"}, "breaks": {EVE: "00:00-24:00"}},
            ["is never open"],
            id="a break on the only date",
        ),
        pytest.param(
            ("closed", "UTC"),
            {"special_hours": {date(1960, 1, 4): "09:00-12:00"}},
            ["is never open"],
            id="long ago",
        ),
        pytest.param(
            ("closed", "Pacific/Apia"),
            {"special_hours": {date(2011, 12, 30): "09:00-12:00"}},
            ["is never open"],
            id="on the lost day only",
        ),
        pytest.param(
            (OFFICE, "UTC"),
            {"special_hours": {EVE: "25:00-26:00", "2026-12-25": "09:00-12:00", BOXING_DAY: [9, 17]}},
            [
                "special hours on 2026-12-24: hours cannot open at 25:00",
                "special hours on 2026-12-24: hours cannot close at 26:00",
                "special hours need a date without a time, not '2026-12-25'",
                "special hours on 2026-12-26: 9 are no hours of a day",
            ],
            id="special hours",
        ),
        pytest.param(
            (OFFICE, "UTC"),
            {"special_hours": {EVE: "09:00-12:00,11:00-13:00"}},
            ["special hours on 2026-12-24: 09:00-12:00 overlaps 11:00-13:00"],
            id="overlapping special hours",
        ),
        pytest.param(
            (OFFICE, "UTC"),
            {"special_hours": {datetime(2026, 12, 24, tzinfo=UTC): "closed"}},
            ["need a date without a time"],
            id="an instant for a date",
        ),
        pytest.param((OFFICE, "UTC"), {"special_hours": "closed"}, ["given by date"], id="no mapping"),
        pytest.param(
            (OFFICE, "UTC"), {"special_hours": {EVE: 9}}, ["9 are no hours of a day"], id="a number"
        ),
        pytest.param(
            (OFFICE, "UTC"), {"breaks": {EVE: "closed"}}, ["breaks on 2026-12-24 have no hours"], id="void"
        ),
        pytest.param(
            (OFFICE, "UTC"), {"breaks": 12}, ["weekly breaks are WeeklyHours"], id="unreadable breaks"
        ),
        pytest.param(
            (OFFICE, "UTC"), {"breaks": "Mon 12:00-12:00"}, ["open and close at 12:00"], id="no break"
        ),
        pytest.param((9, "UTC"), {}, ["hours are WeeklyHours or their text"], id="unreadable hours"),
        pytest.param(
            (OFFICE, "UTC"),
            {"dst": "wall", "holiday_beats_special": "no", "holidays": "DE"},
            ["dst must be", "holiday_beats_special must be", "holidays are a HolidayCalendar, not 'DE'"],
            id="everything at once",
        ),
    ],
)
def test_what_cannot_be_declared_is_refused_with_every_problem(arguments, options, messages):
    with pytest.raises(DefinitionError) as refused:
        BusinessCalendar(*arguments, **options)
    assert len(refused.value.problems) == len(messages)
    for message, problem in zip(messages, refused.value.problems, strict=True):
        assert message in problem


def test_a_region_that_leaves_only_holidays_is_found_out():
    first, last = date(1991, 1, 1), date(2100, 12, 31)
    days = (first + timedelta(days=number) for number in range((last - first).days + 1))
    christmas = {day: "another day" for day in days if (day.month, day.day) != (12, 25)}
    holidays = HolidayCalendar.of("DE", language="en_US", dates=christmas)
    with pytest.raises(DefinitionError, match="is never open"):
        BusinessCalendar(OFFICE, "Europe/Berlin", holidays=holidays)
    assert BusinessCalendar(
        "24x7", "Europe/Berlin", holidays=attrs.evolve(holidays, removed=[date(2051, 12, 25)])
    )


def test_a_year_of_holidays_is_all_that_is_asked_of_a_region_before_the_first_question(monkeypatch):
    asked = []
    in_year = HolidayCalendar.in_year
    monkeypatch.setattr(
        HolidayCalendar, "in_year", lambda self, year: asked.append(year) or in_year(self, year)
    )
    BusinessCalendar(OFFICE, "Europe/Berlin", holidays=HolidayCalendar.of("DE", language="en_US"))
    assert set(asked) == {1991}


def test_a_region_bounds_what_is_known_also_by_a_special_night():
    holidays = HolidayCalendar.of("DE", language="en_US")
    calendar = BusinessCalendar(
        OFFICE, "Europe/Berlin", holidays=holidays, special_hours={EVE: "22:00-06:00"}
    )
    with pytest.raises(OutOfRangeError):
        calendar.is_open(datetime(1991, 1, 1, 12, tzinfo=UTC))
    assert calendar.is_open(datetime(1991, 1, 2, 12, tzinfo=UTC))


WITH_ALL = BusinessCalendar(
    "Mon-Fri 08:00-17:00",
    "Europe/Berlin",
    holidays=HolidayCalendar.of(
        "DE-NW", language="de", dates={EVE: "Company day"}, removed=[date(2026, 6, 4), date(2026, 5, 1)]
    ),
    special_hours={date(2026, 12, 31): "09:00-13:00", date(2026, 12, 23): "closed"},
    breaks=Breaks("Mon-Fri 12:00-13:00", dated={date(2026, 12, 22): "10:00-11:00"}),
    dst="edges",
    holiday_beats_special=True,
    name="office",
)


@pytest.mark.parametrize(
    "calendar",
    [
        pytest.param(WITH_ALL, id="with everything"),
        pytest.param(BusinessCalendar.always("Asia/Tokyo"), id="always"),
        pytest.param(
            BusinessCalendar(OFFICE, "UTC", holidays=CHRISTMAS, name="office"), id="listed holidays"
        ),
        pytest.param(
            BusinessCalendar(OFFICE, "UTC", holidays=HolidayCalendar.of("DE-NW", language="de")),
            id="a region",
        ),
    ],
)
def test_text_and_options_make_an_equal_calendar(calendar):
    again = BusinessCalendar.parse(str(calendar), **calendar.options)
    assert again == calendar
    assert hash(again) == hash(calendar)
    assert again.content() == calendar.content()
    copied = pickle.loads(pickle.dumps(calendar))
    assert copied == calendar
    assert copied.content() == calendar.content()


def test_the_language_of_a_region_is_stated_whatever_the_machine_speaks(monkeypatch):
    monkeypatch.setenv("LANGUAGE", "de")
    monkeypatch.setenv("LANG", "de_DE.UTF-8")
    calendar = BusinessCalendar.parse(OFFICE, tz="Europe/Berlin", holidays="DE-NW")
    assert calendar.holidays.language == "en_US"
    assert calendar.holidays.name_of(CHRISTMAS_DAY) == "Christmas Day"
    german = BusinessCalendar.parse(OFFICE, tz="Europe/Berlin", holidays="DE-NW", language="de")
    assert german.holidays.name_of(CHRISTMAS_DAY) == "Erster Weihnachtstag"


def test_holidays_may_be_parsed_from_dates_with_their_names():
    calendar = BusinessCalendar.parse(OFFICE, tz="UTC", holidays={EVE: "Company day"})
    assert calendar.holidays == HolidayCalendar({EVE: "Company day"})
    with pytest.raises(DefinitionError, match="language 'de' without a region"):
        BusinessCalendar.parse(OFFICE, tz="UTC", holidays={EVE: "Company day"}, language="de")


def test_content_is_hashable_and_leaves_names_out():
    assert hash(WITH_ALL.content()) == hash(attrs.evolve(WITH_ALL, name="another").content())
    others = [
        attrs.evolve(WITH_ALL, **change)
        for change in (
            {"hours": "Mon-Fri 08:00-16:00"},
            {"tz": "Europe/Paris"},
            {"holidays": None},
            {"holidays": attrs.evolve(WITH_ALL.holidays, removed=())},
            {"holidays": attrs.evolve(WITH_ALL.holidays, dates=())},
            {"special_hours": {}},
            {"breaks": None},
            {"breaks": Breaks(WITH_ALL.breaks.weekly)},
            {"dst": "elapsed"},
            {"holiday_beats_special": False},
        )
    ]
    assert len({WITH_ALL.content(), *(other.content() for other in others)}) == len(others) + 1
