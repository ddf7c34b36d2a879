"""Local dates on the real time line, in zones with oddities, and the openings that belong to them."""

from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from itsmkit.calendars import BusinessTime, TimeSpan
from itsmkit.calendars._local_dates import date_of, hours_of_date, local_dates, pieces_of
from itsmkit.calendars._timeline import Timeline

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
DAY = timedelta(days=1)
HOUR = timedelta(hours=1)
ZONES = ("Antarctica/Casey", "America/St_Johns", "Pacific/Apia", "Europe/Berlin", "America/Sao_Paulo")


def number(day: str) -> int:
    return (date.fromisoformat(day) - date(1970, 1, 1)).days


@given(
    st.sampled_from(ZONES),
    st.sampled_from(("2006-10-29", "2010-03-05", "2011-12-30", "2018-11-04", "2026-03-29")),
    st.integers(-72, 72),
    st.integers(0, 120),
)
def test_each_hour_lies_in_the_piece_whose_date_the_clock_shows(key, near, shift, length):
    tz = ZoneInfo(key)
    start = number(near) * DAY + shift * HOUR
    pieces = list(local_dates(tz, start, start + length * HOUR))
    assert sum((piece.end - piece.start for piece in pieces), timedelta(0)) == length * HOUR
    assert all(one.end == other.start and one.day != other.day for one, other in pairwise(pieces))
    for piece in pieces:
        for at in (piece.start, (piece.start + piece.end) / 2, piece.end - timedelta(microseconds=1)):
            assert (EPOCH + at).astimezone(tz).date() == date_of(piece.day)


@pytest.mark.parametrize(
    ("key", "day", "pieces"),
    [
        pytest.param("Pacific/Apia", "2011-12-30", 0, id="Apia left out a date"),
        pytest.param("Antarctica/Casey", "2010-03-04", 2, id="Casey showed a date again"),
        pytest.param("America/St_Johns", "2006-10-28", 2, id="St John's went back across midnight"),
        pytest.param("Europe/Berlin", "2026-03-29", 1, id="Berlin lost an hour"),
    ],
)
def test_a_date_is_mostly_one_piece(key, day, pieces):
    assert len(pieces_of(number(day), ZoneInfo(key))) == pieces


UTC_ZONE = ZoneInfo("UTC")


@pytest.mark.parametrize(
    ("opening", "hours"),
    [
        pytest.param((9, 17), [(9, 17)], id="within the date"),
        pytest.param((22, 30), [(22, 30)], id="with the tail of a night"),
        pytest.param((-2, 6), [], id="not the tail of the night before"),
        pytest.param((-2, 24), [(0, 24)], id="a tail that fills the date"),
        pytest.param((-30, 60), [(0, 24)], id="round the clock"),
        pytest.param((10, 48), [(10, 24)], id="up to the end of the next date"),
        pytest.param((10, 60), [(10, 24)], id="beyond the next date"),
        pytest.param((-30, 30), [(0, 30)], id="the tail of a long opening"),
        pytest.param((24, 30), [], id="only the next date"),
        pytest.param((-30, 0), [], id="only the date before"),
    ],
)
def test_an_opening_is_cut_at_midnight_but_its_tail_stays(opening, hours):
    day = number("2026-11-05")
    begins, ends = (day * DAY + edge * HOUR for edge in opening)

    def openings(days: range) -> list[tuple[timedelta, timedelta]]:
        clipped = max(begins, days.start * DAY), min(ends, days.stop * DAY)
        return [clipped] if clipped[0] < clipped[1] else []

    found = list(hours_of_date(openings, range(30_000), day, UTC_ZONE))
    assert found == [tuple(day * DAY + edge * HOUR for edge in span) for span in hours]


def test_a_date_that_never_was_has_no_hours():
    apia = ZoneInfo("Pacific/Apia")
    assert not list(hours_of_date(lambda _: [], range(30_000), number("2011-12-30"), apia))


class Tides(BusinessTime):
    """A kind of open time of one's own, which knows nothing but its openings."""

    def __init__(self) -> None:
        self.tz = UTC_ZONE
        self.name = "tides"
        self._answering(Timeline(self.openings, range(30_000), "tides are known for some years"))

    @staticmethod
    def openings(days: range) -> list[tuple[timedelta, timedelta]]:
        return [(day * DAY + 10 * HOUR, day * DAY + 12 * HOUR) for day in days]


def test_a_kind_of_ones_own_need_only_know_its_openings():
    tides = Tides()
    start = datetime(2026, 11, 5, tzinfo=UTC)
    assert tides.hours_of(start.date()) == (TimeSpan(start + 10 * HOUR, start + 12 * HOUR),)
    assert [entry.cause for entry in tides.explain(start, start + DAY).entries] == [
        "closed",
        "open",
        "closed",
    ]
    assert (tides & TimeSpan(start, start + 11 * HOUR)).elapsed(start, start + DAY) == HOUR
    assert tides.label == "tides"
