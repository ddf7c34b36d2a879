from datetime import UTC, date, datetime, timedelta
from itertools import combinations
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from itsmkit.calendars import TimeSpan
from itsmkit.cli.plots._rows import Place, Row, rows_of

BERLIN = ZoneInfo("Europe/Berlin")
ZERO, HOUR, DAY = timedelta(0), timedelta(hours=1), timedelta(days=1)


def at(hour: float) -> timedelta:
    return hour * HOUR


def places(row: Row) -> list[Place]:
    """All places of a date."""
    return [place for span in row.spans for place in row.places(span)]


def height(place: Place) -> float:
    return place.bottom - place.top


@pytest.mark.parametrize(
    ("zone", "day", "lasting", "skipped", "twice"),
    [
        pytest.param("Europe/Berlin", date(2026, 7, 1), 24, [], [], id="any day"),
        pytest.param("Europe/Berlin", date(2026, 3, 29), 23, [(2, 3)], [], id="an hour is missing"),
        pytest.param("Europe/Berlin", date(2026, 10, 25), 25, [], [(2, 3)], id="an hour comes twice"),
        pytest.param("Australia/Lord_Howe", date(2026, 4, 5), 24.5, [], [(1.5, 2)], id="half an hour twice"),
        pytest.param("America/Sao_Paulo", date(2018, 11, 4), 23, [(0, 1)], [], id="midnight is missing"),
        pytest.param("America/Sao_Paulo", date(2018, 2, 17), 25, [], [(23, 24)], id="the last hour twice"),
        pytest.param("Pacific/Apia", date(2011, 12, 30), 0, [(0, 24)], [], id="the whole day is missing"),
        pytest.param(
            "America/St_Johns",
            date(2010, 11, 6),
            24 + 59 / 60,
            [],
            [(23 + 1 / 60, 24)],
            id="a date in two pieces",
        ),
    ],
)
def test_a_row_knows_what_the_clocks_did(
    zone: str, day: date, lasting: float, skipped: list[tuple[float, float]], twice: list[tuple[float, float]]
) -> None:
    [row] = rows_of(ZoneInfo(zone), day, day)
    assert sum((span.duration for span in row.spans), ZERO) == at(lasting)
    assert row.skipped == tuple((at(since), at(until)) for since, until in skipped)
    assert row.twice == tuple((at(since), at(until)) for since, until in twice)


def test_the_second_of_two_like_hours_lies_below_the_first() -> None:
    [row] = rows_of(BERLIN, date(2026, 10, 25), date(2026, 10, 25))
    assert places(row) == [
        Place(at(0), at(2)),
        Place(at(2), at(3), 0.0, 0.5),
        Place(at(2), at(3), 0.5, 1.0),
        Place(at(3), at(24)),
    ]


def test_an_instant_of_a_repeated_hour_lies_in_its_half() -> None:
    [row] = rows_of(BERLIN, date(2026, 10, 25), date(2026, 10, 25))
    first, second = (datetime(2026, 10, 25, hour, 30, tzinfo=UTC) for hour in (0, 1))
    assert row.place_of(first) == Place(at(2.5), at(2.5), 0.0, 0.5)
    assert row.place_of(second) == Place(at(2.5), at(2.5), 0.5, 1.0)


def test_midnight_begins_a_day_and_closes_the_one_before() -> None:
    tuesday, wednesday = rows_of(BERLIN, date(2026, 7, 7), date(2026, 7, 8))
    midnight = datetime(2026, 7, 8, tzinfo=BERLIN).astimezone(UTC)
    assert tuesday.place_of(midnight) is None
    assert wednesday.place_of(midnight) == Place(at(0), at(0))
    assert tuesday.place_of(midnight, closing=True) == Place(at(24), at(24))
    assert wednesday.place_of(midnight, closing=True) is None


ZONES = ["Europe/Berlin", "America/St_Johns", "Australia/Lord_Howe", "Africa/Casablanca", "Antarctica/Casey"]
DATES = st.one_of(
    st.dates(date(1971, 1, 1), date(2100, 12, 31)),
    st.sampled_from([date(2010, 11, 6), date(2010, 3, 5), date(2026, 3, 29), date(2026, 10, 25)]),
)


@settings(deadline=None, max_examples=60)
@given(zone=st.sampled_from(ZONES), first=DATES, minutes=st.lists(st.integers(0, 7 * 24 * 60), max_size=6))
def test_every_instant_lies_where_the_clocks_show_it(zone: str, first: date, minutes: list[int]) -> None:
    tz = ZoneInfo(zone)
    rows = rows_of(tz, first, first + 6 * DAY)
    begins = datetime(first.year, first.month, first.day, 12, tzinfo=tz).astimezone(UTC)
    for instant in (begins + timedelta(minutes=minute) for minute in minutes):
        shown = instant.astimezone(tz)
        found = [(row.day, place) for row in rows if (place := row.place_of(instant)) is not None]
        if shown.date() <= rows[-1].day:
            [(day, place)] = found
            assert (day, place.start) == (shown.date(), at(shown.hour) + timedelta(minutes=shown.minute))


@settings(deadline=None, max_examples=60)
@given(zone=st.sampled_from(ZONES), first=DATES, start=st.integers(0, 9000), lasting=st.integers(1, 9000))
def test_places_are_as_large_as_the_time_in_them_and_never_overlap(
    zone: str, first: date, start: int, lasting: int
) -> None:
    rows = rows_of(ZoneInfo(zone), first, first + 6 * DAY)
    begins = rows[0].spans[0].start + timedelta(minutes=start)
    span = TimeSpan(begins, begins + timedelta(minutes=lasting))
    for row in rows:
        found = list(row.places(span))
        inside = [part for each in row.spans if (part := each & span) is not None]
        assert sum((p.end - p.start for p in found), ZERO) == sum((part.duration for part in inside), ZERO)
        for one, other in combinations(found, 2):
            beside = one.end <= other.start or other.end <= one.start
            above = one.bottom <= other.top or other.bottom <= one.top
            assert beside or above
        assert all(
            place.start < place.end and place.end <= DAY and height(place) in {0.5, 1} for place in found
        )
