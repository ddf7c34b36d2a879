import attrs
import pytest
from hypothesis import given
from hypothesis import strategies as st

from itsmkit.cli._result import ReplayResult, combined, leading
from itsmkit.interchange import FindingKind
from itsmkit.reporting import Attainment


def test_an_unaccounted_row_is_a_defect(result: ReplayResult) -> None:
    with pytest.raises(RuntimeError, match="unaccounted for: 11 events read = 8 applied \\+ 2 dropped"):
        attrs.evolve(result, events_read=11)


def test_only_findings_that_drop_a_row_count_in_the_balance(result: ReplayResult) -> None:
    assert set(result.dropped) == {FindingKind.BAD_DATE, FindingKind.DUPLICATE_ROW}
    assert sum(result.findings.values()) == 5


def test_a_run_that_took_no_time_has_no_speed(result: ReplayResult) -> None:
    assert attrs.evolve(result, elapsed_seconds=0.0).events_per_second == 0
    assert attrs.evolve(result, elapsed_seconds=2.0).events_per_second == 4


@given(st.dictionaries(st.text(), st.integers(0, 100)), st.integers(1, 12))
def test_the_leading_and_the_rest_are_all(counts: dict[str, int], most: int) -> None:
    first, others = leading(counts, most=most)
    assert sorted([n for _, n in first] + others, reverse=True) == sorted(counts.values(), reverse=True)
    assert len(first) <= most + 1
    assert len(others) != 1
    assert all(n >= other for _, n in first for other in others)
    assert all(counts[name] == n for name, n in first)


@given(st.dictionaries(st.text(), st.builds(Attainment, *[st.integers(0, 9)] * 3)))
def test_priorities_are_combined_verdict_by_verdict(kept: dict[str, Attainment]) -> None:
    total = combined(kept)
    assert total.met == sum(each.met for each in kept.values())
    assert total.breached == sum(each.breached for each in kept.values())
    assert total.open == sum(each.open for each in kept.values())
