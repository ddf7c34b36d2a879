"""Availability, beside an oracle that looks at every quarter of an hour."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from itsmkit.errors import DefinitionError
from itsmkit.sla import BusinessCalendar, TimeSpan, measure_availability
from itsmkit.testing.strategies import GRID, business_calendars, time_spans

OFFICE = BusinessCalendar("Mon-Fri 09:00-17:00", "UTC")
MONDAY = datetime(2026, 3, 2, tzinfo=UTC)
HOUR = timedelta(hours=1)
WEEK = TimeSpan(MONDAY, MONDAY + timedelta(days=7))


def span(begin: float, end: float) -> TimeSpan:
    """Return a span of hours since Monday's midnight."""
    return TimeSpan(MONDAY + begin * HOUR, MONDAY + end * HOUR)


@pytest.mark.parametrize(
    ("outages", "planned", "agreed", "down", "count"),
    [
        pytest.param([], [], 40, 0, 0, id="never down"),
        pytest.param([(9, 11)], [], 40, 2, 1, id="down for two hours"),
        pytest.param([(9, 11), (10, 12)], [], 40, 3, 1, id="overlaps count once"),
        pytest.param([(9, 10), (10, 11)], [], 40, 2, 1, id="what touches is one outage"),
        pytest.param([(9, 10), (11, 12)], [], 40, 2, 2, id="two outages"),
        pytest.param([(18, 30)], [], 40, 0, 0, id="by night nothing was agreed"),
        pytest.param([(16, 34)], [], 40, 2, 1, id="over night it is one outage"),
        pytest.param([(-48, 10)], [], 40, 1, 1, id="it began before"),
        pytest.param([(112, 400)], [], 40, 1, 1, id="it ended after"),
        pytest.param([], [(9, 17)], 32, 0, 0, id="planned work was not agreed"),
        pytest.param([], [(16, 34), (30, 35)], 37, 0, 0, id="planned over night, twice"),
        pytest.param([(9, 12)], [(10, 11)], 39, 2, 1, id="planned in an outage"),
        pytest.param([(10, 11)], [(9, 12)], 37, 0, 0, id="an outage in planned work is none"),
        pytest.param([(9, 11)], [(8, 10)], 39, 1, 1, id="it began while planned"),
        pytest.param([(9, 11)], [(10, 12)], 38, 1, 1, id="it ended while planned"),
        pytest.param([(-1, 200)], [], 40, 40, 1, id="down all week"),
    ],
)  # fmt: skip
def test_availability_counts_agreed_time(
    outages: list[tuple[float, float]],
    planned: list[tuple[float, float]],
    agreed: int,
    down: int,
    count: int,
) -> None:
    found = measure_availability(
        OFFICE, WEEK, [span(*each) for each in outages], planned=[span(*each) for each in planned]
    )
    assert (found.agreed, found.downtime, found.outages) == (agreed * HOUR, down * HOUR, count)
    assert found.planned == (40 - agreed) * HOUR
    assert found.uptime + found.downtime + found.planned == 40 * HOUR
    assert found.ratio == Fraction(agreed - down, agreed)
    assert found.mtbf == (found.uptime / count if count else None)
    assert found.mtrs == (found.downtime / count if count else None)


def test_a_percentage_is_rounded_down_so_that_nothing_looks_met_that_was_missed() -> None:
    almost = measure_availability(OFFICE, WEEK, [TimeSpan(WEEK.start + 9 * HOUR, WEEK.start + 9.001 * HOUR)])
    assert almost.percent() == Decimal("99.997")
    assert almost.percent(0) == 99
    assert almost.percent(6) == Decimal("99.997500")
    assert str(measure_availability(OFFICE, WEEK, []).percent(2)) == "100.00"


@pytest.mark.parametrize("digits", [-1, 21, 2.5, True])
def test_a_percentage_has_a_sensible_number_of_digits(digits: int) -> None:
    with pytest.raises(DefinitionError, match="digits must be a whole number from 0 to 20"):
        measure_availability(OFFICE, WEEK, []).percent(digits)


def test_where_nothing_was_agreed_nothing_is_said() -> None:
    sunday = TimeSpan(MONDAY + timedelta(days=6), MONDAY + timedelta(days=7))
    nothing = measure_availability(OFFICE, sunday, [sunday])
    assert (nothing.ratio, nothing.percent(), nothing.outages) == (None, None, 0)
    assert nothing.explain() == "nothing was agreed; planned work took 0:00:00"


def test_availability_explains_itself() -> None:
    one = measure_availability(OFFICE, WEEK, [span(9, 11)])
    assert one.explain() == "95.000 % of 1 day, 16:00:00 agreed; 1 outage, down 2:00:00, planned 0:00:00"
    assert "2 outages, down" in measure_availability(OFFICE, WEEK, [span(9, 10), span(11, 12)]).explain()


DAYS = TimeSpan(MONDAY, MONDAY + timedelta(days=9))
SPANS = st.lists(time_spans(MONDAY - timedelta(days=3), MONDAY + timedelta(days=10)), max_size=6)


@settings(deadline=None)
@given(business_calendars(), SPANS, SPANS)
def test_availability_equals_what_every_quarter_of_an_hour_shows(
    calendar: BusinessCalendar, outages: list[TimeSpan], planned: list[TimeSpan]
) -> None:
    """Oracle: go through the quarters, in each of which nothing changes."""
    agreed = taken = down = timedelta(0)
    count, counted, was_down = 0, False, False
    quarter = DAYS.start
    while quarter < DAYS.end:
        works = any(quarter in each for each in planned)
        broken = any(quarter in each for each in outages)
        counted = counted and was_down and broken
        if calendar.is_open(quarter):
            taken += GRID * works
            agreed += GRID * (not works)
            if broken and not works:
                down += GRID
                count += not counted
                counted = True
        was_down = broken
        quarter += GRID
    found = measure_availability(calendar, DAYS, outages, planned=planned)
    assert (found.agreed, found.planned, found.downtime) == (agreed, taken, down)
    assert found.outages == count
