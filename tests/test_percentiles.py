from datetime import timedelta
from fractions import Fraction
from statistics import median, quantiles

import pytest
from hypothesis import given
from hypothesis import strategies as st

from itsmkit.errors import DefinitionError
from itsmkit.reporting import percentile

MICROSECOND = timedelta(microseconds=1)
DURATIONS = st.lists(st.timedeltas(timedelta(0), timedelta(days=4000)), min_size=1, max_size=30).map(sorted)


@given(DURATIONS.filter(lambda values: len(values) > 1), st.integers(1, 99))
def test_it_is_the_inclusive_quantile_to_half_a_microsecond(values: list[timedelta], percent: int) -> None:
    exact = quantiles([Fraction(value // MICROSECOND) for value in values], n=100, method="inclusive")
    found = Fraction(percentile(values, percent) // MICROSECOND)
    assert abs(found - exact[percent - 1]) <= Fraction(1, 2)


@given(DURATIONS)
def test_fifty_is_the_median_and_the_ends_are_the_ends(values: list[timedelta]) -> None:
    exact = median([Fraction(value // MICROSECOND) for value in values])
    assert abs(Fraction(percentile(values, 50) // MICROSECOND) - exact) <= Fraction(1, 2)
    assert (percentile(values, 0), percentile(values, 100)) == (values[0], values[-1])


@given(DURATIONS, st.integers(0, 99))
def test_more_percent_is_never_less(values: list[timedelta], percent: int) -> None:
    assert percentile(values, percent) <= percentile(values, percent + 1)


@pytest.mark.parametrize(
    ("hours", "percent", "expected"),
    [
        pytest.param([7], 90, 7, id="one value is every percentile"),
        pytest.param([1, 2, 3], 50, 2, id="the middle one"),
        pytest.param([1, 2], 25, 1.25, id="a quarter of the way"),
        pytest.param([1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11], 90, 10, id="a place of its own"),
        pytest.param([0, 0, 10], 75, 5, id="between unequal neighbours"),
    ],
)
def test_it_lies_between_its_neighbours(hours: list[int], percent: int, expected: float) -> None:
    values = [timedelta(hours=n) for n in hours]
    assert percentile(values, percent) == timedelta(hours=expected)


@pytest.mark.parametrize(("values", "percent"), [([], 50), ([MICROSECOND], -1), ([MICROSECOND], 101)])
def test_what_cannot_be_is_refused(values: list[timedelta], percent: int) -> None:
    with pytest.raises(
        DefinitionError, match=f"cannot take the percentile {percent} of {len(values)} values"
    ):
        percentile(values, percent)
