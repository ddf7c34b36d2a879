"""`itsmkit.calendars._wall_clock` against zones asked one instant at a time."""

from datetime import UTC, datetime, timedelta
from functools import lru_cache
from itertools import pairwise
from zoneinfo import ZoneInfo, available_timezones

import pytest
from hypothesis import given
from hypothesis import strategies as st

from itsmkit.calendars._wall_clock import _stretches

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
YEARS = range(1970, 2201)


@lru_cache(maxsize=512)
def stretches_of(key: str, year: int):
    first = (datetime(year, 1, 1, tzinfo=UTC) - EPOCH).days
    return tuple(_stretches(ZoneInfo(key), range(first, first + 366)))


@given(
    st.sampled_from(sorted(available_timezones())),
    st.sampled_from(YEARS),
    st.lists(st.integers(0, 366 * 86_400 - 1), min_size=1, max_size=50),
)
def test_every_instant_has_the_offset_of_its_stretch(key, year, seconds):
    stretches = stretches_of(key, year)
    for second in seconds:
        instant = stretches[0].start + timedelta(seconds=second)
        (stretch,) = (one for one in stretches if one.start <= instant < one.end)
        assert stretch.offset == (EPOCH + instant).astimezone(ZoneInfo(key)).utcoffset()


@pytest.mark.parametrize(
    ("key", "year", "changes"),
    [
        pytest.param("UTC", 2026, [], id="none"),
        pytest.param("Europe/Berlin", 2026, ["2026-03-29 01:00:00", "2026-10-25 01:00:00"], id="summer time"),
        pytest.param("Pacific/Apia", 2011, None, id="a lost day"),
        pytest.param("Africa/Monrovia", 1972, ["1972-01-07 00:44:30"], id="half a minute"),
        pytest.param(
            "America/Recife",
            2000,
            ["2000-02-27 02:00:00", "2000-10-08 03:00:00", "2000-10-15 02:00:00"],
            id="a week of summer",
        ),
        pytest.param("Africa/Casablanca", 2026, None, id="a month without summer time"),
    ],
)
def test_stretches_follow_each_other_and_change_the_offset(key, year, changes):
    stretches = stretches_of(key, year)
    for one, other in pairwise(stretches):
        assert one.end == other.start
        assert one.offset != other.offset
    if changes is not None:
        assert [str((EPOCH + one.end).replace(tzinfo=None)) for one in stretches[:-1]] == changes


def test_no_days_have_no_stretch():
    assert list(_stretches(ZoneInfo("UTC"), range(5, 5))) == []


def test_a_change_at_the_end_of_the_days_belongs_to_the_day_after():
    change = datetime(2040, 10, 20, tzinfo=UTC)  # as announced for Gaza: at 00:00 UTC
    day = (change - EPOCH).days
    (stretch,) = _stretches(ZoneInfo("Asia/Gaza"), range(day - 1, day))
    assert EPOCH + stretch.end == change
    (after,) = _stretches(ZoneInfo("Asia/Gaza"), range(day, day + 1))
    assert after.offset != stretch.offset
