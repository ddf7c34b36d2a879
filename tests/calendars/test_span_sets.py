"""`itsmkit.calendars._span_sets` against sets of whole minutes."""

from datetime import timedelta
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from itsmkit.calendars._span_sets import difference, union

MINUTE = timedelta(minutes=1)


def minutes(spans):
    return {minute for start, end in spans for minute in range(start // MINUTE, end // MINUTE)}


@st.composite
def sorted_spans(draw):
    drawn = draw(st.lists(st.tuples(st.integers(0, 40), st.integers(1, 12)), max_size=8))
    return sorted((start * MINUTE, (start + length) * MINUTE) for start, length in drawn)


def test_no_spans_have_no_union():
    assert list(union([])) == []


@given(sorted_spans())
def test_a_union_holds_the_same_and_leaves_gaps(spans):
    united = list(union(spans))
    assert minutes(united) == minutes(spans)
    assert all(one[1] < other[0] for one, other in pairwise(united))


@given(sorted_spans(), sorted_spans())
def test_a_difference_holds_what_only_the_first_holds(spans, others):
    left = list(difference(spans, others))
    assert minutes(left) == minutes(spans) - minutes(others)
    assert all(start < end for start, end in left)
    assert all(one[1] < other[0] for one, other in pairwise(left))
