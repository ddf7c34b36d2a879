"""Pieces of time: against days that are looked at one by one."""

from datetime import timedelta
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from itsmkit.desk._segments import EVER, Segments, Span
from itsmkit.testing import A_MONDAY

DAY = timedelta(days=1)
DAYS = range(10)


@st.composite
def spans(draw: st.DrawFn) -> tuple[int, int]:
    start = draw(st.integers(0, 8))
    return start, draw(st.integers(start + 1, 9))


def in_time(span: tuple[int, int]) -> Span:
    return A_MONDAY + span[0] * DAY, A_MONDAY + span[1] * DAY


def by_day(segments: Segments[int]) -> dict[int, int]:
    found = segments.within(EVER)
    return {
        day: each.what for day in DAYS for each in found if each.start <= A_MONDAY + day * DAY < each.stop
    }


@given(st.lists(st.tuples(st.sampled_from(["lay", "cut", "relay"]), spans(), st.integers(0, 3)), max_size=12))
def test_what_holds_is_what_was_laid_last(steps: list[tuple[str, tuple[int, int], int]]) -> None:
    segments: Segments[int] = Segments()
    days: dict[int, int] = {}
    for how, span, what in steps:
        touched = [day for day in range(*span) if how == "lay" or day in days]
        if how == "lay":
            segments.lay(in_time(span), what)
        elif how == "relay":
            segments.relay(in_time(span), what)
        else:
            parts = segments.cut(in_time(span))
            assert sum(((each.stop - each.start) // DAY for each in parts), 0) == len(touched)
        for day in touched:
            days[day] = what
            if how == "cut":
                del days[day]
        assert by_day(segments) == days
        assert bool(segments) is bool(days)
        found = segments.within(EVER)
        assert found == sorted(found, key=lambda each: each.start)
        assert all(one.stop <= other.start for one, other in pairwise(found))
