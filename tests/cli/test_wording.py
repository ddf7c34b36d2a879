from datetime import date

import attrs
import pytest
from hypothesis import given
from hypothesis import strategies as st

from itsmkit.cli._result import ReplayResult
from itsmkit.cli._wording import percent, period
from itsmkit.reporting import Day


@pytest.mark.parametrize(
    ("dates", "text"),
    [
        pytest.param([], "no incidents", id="none"),
        pytest.param([date(2026, 3, 2)], "2 March 2026", id="one"),
        pytest.param([date(2026, 3, 2), date(2026, 3, 3)], "2 March 2026 – 3 March 2026", id="two"),
    ],
)
def test_a_period_is_its_first_day_and_its_last(result: ReplayResult, dates: list[date], text: str) -> None:
    days = tuple(Day(each, 1, 0, 1) for each in dates)
    assert period(attrs.evolve(result.report, days=days)) == text


@given(st.integers(0, 10**6), st.integers(1, 10**6))
def test_only_all_is_100_percent_and_only_nothing_is_0(kept: int, missed: int) -> None:
    told = percent(kept / (kept + missed))
    assert told != "100%"
    assert told != "100.0%"
    assert (told == "0%") == (kept == 0)
    assert told != "0.0%"
