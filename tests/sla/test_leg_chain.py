"""What legs can take of a promise in the worst case, beside an oracle that tries every minute."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from itsmkit.errors import DefinitionError
from itsmkit.sla import (
    BusinessCalendar,
    LegChain,
    NeverOpenError,
    OperationalLevelAgreement,
    TimeSpan,
    UnderpinningContract,
    worst_case,
)

HOUR = timedelta(hours=1)
MICROSECOND = timedelta(microseconds=1)
OFFICE = BusinessCalendar("Mon-Fri 09:00-17:00", "UTC")
ALL_DAY = BusinessCalendar.always("UTC")
MONDAY = datetime(2026, 3, 2, tzinfo=UTC)
WEEK = TimeSpan(MONDAY, MONDAY + timedelta(days=7))


def ola(hours: float, calendar: BusinessCalendar = OFFICE) -> OperationalLevelAgreement:
    return OperationalLevelAgreement("team", calendar, hours * HOUR)


def contract(hours: float, calendar: BusinessCalendar = ALL_DAY, **options: bool) -> UnderpinningContract:
    return UnderpinningContract("supplier", calendar, hours * HOUR, **options)


@pytest.mark.parametrize(
    ("calendar", "legs", "hours"),
    [
        pytest.param(OFFICE, [ola(2), ola(4)], 6, id="in the same hours they add up"),
        pytest.param(ALL_DAY, [ola(2)], 66, id="an hour before the weekend, and one after it"),
        pytest.param(ALL_DAY, [ola(2), contract(4)], 70, id="then a supplier that never sleeps"),
        pytest.param(ALL_DAY, [contract(4), ola(2)], 70, id="or before"),
        pytest.param(OFFICE, [contract(4)], 4, id="a supplier by day"),
        pytest.param(OFFICE, [contract(16)], 8, id="a supplier over night takes no more than the day"),
        pytest.param(OFFICE, [contract(24), ola(1)], 9, id="and a team"),
        pytest.param(
            OFFICE, [ola(3), contract(30, pauses_ours=True)], 3, id="what pauses ours takes nothing"
        ),
    ],
)
def test_the_worst_case_is_no_bare_sum(
    calendar: BusinessCalendar, legs: list[OperationalLevelAgreement], hours: float
) -> None:
    worst = worst_case(calendar, legs, WEEK)
    assert worst.takes - hours * HOUR <= 2 * MICROSECOND
    assert worst.takes >= hours * HOUR
    assert worst.starts_at in WEEK


def test_the_worst_case_tells_when_it_begins_and_ends() -> None:
    worst = worst_case(ALL_DAY, [ola(8)], WEEK)
    friday, monday = MONDAY + timedelta(days=4, hours=9), MONDAY + timedelta(days=7, hours=9)
    assert friday < worst.starts_at <= friday + 8 * HOUR
    assert worst.ends_at - worst.starts_at == worst.takes
    assert monday < worst.ends_at
    assert worst.takes == timedelta(days=3)


def test_a_chain_has_a_leg() -> None:
    with pytest.raises(DefinitionError, match="the chain of legs for 'resolve' is empty"):
        LegChain("resolve", ())


def test_legs_beyond_the_end_of_a_calendar_have_no_worst_case() -> None:
    with pytest.raises(NeverOpenError):
        worst_case(OFFICE, [ola(3_000_000)], WEEK)


def test_at_the_beginning_of_what_is_known_nothing_lies_before() -> None:
    first = datetime(1970, 1, 1, tzinfo=UTC)
    worst = worst_case(OFFICE, [ola(2), ola(4)], TimeSpan(first, first + timedelta(days=7)))
    assert worst.takes == 6 * HOUR


@st.composite
def small_calendars(draw: st.DrawFn) -> BusinessCalendar:
    """Return calendars whose openings lie on full hours of some days a week."""
    first, last = sorted(draw(st.sets(st.integers(0, 24), min_size=2, max_size=2)))
    days = draw(st.sampled_from(["Mon-Fri", "Mon-Sun", "Tue,Thu", "Wed"]))
    return BusinessCalendar(f"{days} {first:02}:00-{last:02}:00", "UTC")


@st.composite
def small_legs(draw: st.DrawFn) -> UnderpinningContract:
    hours = draw(st.integers(1, 12))
    return contract(hours, draw(small_calendars()), pauses_ours=draw(st.booleans()))


def by_walking(calendar: BusinessCalendar, legs: list[UnderpinningContract], start: datetime) -> timedelta:
    """Return what legs take from *start* on, by going from leg to leg."""
    at, taken = start, timedelta(0)
    for leg in legs:
        end = leg.calendar.advance(at, leg.within)
        if not leg.pauses_ours:
            taken += calendar.elapsed(at, end)
        at = end
    return taken


@settings(max_examples=30, deadline=None)
@given(small_calendars(), st.lists(small_legs(), min_size=1, max_size=3))
def test_no_beginning_is_worse_than_the_worst_case(
    calendar: BusinessCalendar, legs: list[UnderpinningContract]
) -> None:
    """Oracle: edges and legs lie on full hours, so that every hour, and just beside it, is every case."""
    worst = worst_case(calendar, legs, WEEK)
    hours = [MONDAY + hour * HOUR for hour in range(7 * 24 + 1)]
    tried = {
        at + step * MICROSECOND
        for at in hours
        for step in (-1, 0, 1)
        if WEEK.start <= at + step * MICROSECOND <= WEEK.end
    }
    assert worst.takes == max(by_walking(calendar, legs, at) for at in tried)
    assert by_walking(calendar, legs, worst.starts_at) == worst.takes


@settings(max_examples=50, deadline=None)
@given(
    small_calendars(),
    st.lists(small_legs(), min_size=1, max_size=3),
    st.integers(0, 7 * 24 * 3600 * 10**6),
)
def test_no_odd_beginning_is_worse_either(
    calendar: BusinessCalendar, legs: list[UnderpinningContract], microseconds: int
) -> None:
    start = MONDAY + microseconds * MICROSECOND
    assert by_walking(calendar, legs, start) <= worst_case(calendar, legs, WEEK).takes
