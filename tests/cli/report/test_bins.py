from datetime import date, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from itsmkit.cli.report._bins import gathered
from itsmkit.reporting import Day


def history(first: date, length: int) -> tuple[Day, ...]:
    return tuple(Day(first + timedelta(n), opened=n % 7, resolved=n % 5, backlog=n) for n in range(length))


@settings(deadline=None, max_examples=50)
@given(st.dates(date(2000, 1, 1), date(2030, 1, 1)), st.integers(0, 1000))
def test_gathering_loses_no_incident(first: date, length: int) -> None:
    days = history(first, length)
    bins = gathered(days)
    assert sum(part.opened for part in bins.parts) == sum(day.opened for day in days)
    assert sum(part.resolved for part in bins.parts) == sum(day.resolved for day in days)
    assert len(bins.parts) <= 92 or bins.unit == "month"
    if days:
        assert bins.parts[-1].backlog == days[-1].backlog


@pytest.mark.parametrize(
    ("length", "unit", "parts"),
    [
        pytest.param(0, "day", 0, id="nothing"),
        pytest.param(92, "day", 92, id="a quarter"),
        pytest.param(93, "week", 14, id="a day more"),
        pytest.param(400, "week", 58, id="a year and a month"),
        pytest.param(92 * 7 + 1, "month", 22, id="more weeks than fit"),
        pytest.param(9000, "month", 296, id="longer than months fit"),
    ],
)
def test_the_smallest_unit_that_fits_is_taken(length: int, unit: str, parts: int) -> None:
    monday = date(2024, 1, 1)
    bins = gathered(history(monday, length))
    assert (bins.unit, len(bins.parts)) == (unit, parts)


def test_parts_are_called_by_their_first_day() -> None:
    wednesday = date(2026, 3, 4)
    assert gathered(history(wednesday, 1)).parts[0].label == "4 Mar"
    week = gathered(history(wednesday, 100)).parts[0]
    assert (week.label, week.name) == ("2 Mar", "week of 2 March 2026")
    month = gathered(history(wednesday, 1000)).parts[0]
    assert (month.label, month.name) == ("Mar 2026", "March 2026")
