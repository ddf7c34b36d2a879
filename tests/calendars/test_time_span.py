import pickle
from datetime import UTC, datetime, timedelta, timezone
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from itsmkit.calendars import TimeSpan, intersect_spans, merge_spans, subtract_spans
from itsmkit.errors import DefinitionError

ORIGIN = datetime(2026, 3, 29, tzinfo=UTC)
NAIVE = datetime.fromisoformat("2026-01-01")
BERLIN = ZoneInfo("Europe/Berlin")


def at(hour: float) -> datetime:
    return ORIGIN + timedelta(hours=hour)


def span(start: float, end: float) -> TimeSpan:
    return TimeSpan(at(start), at(end))


spans = st.tuples(st.integers(0, 24), st.integers(0, 24)).map(lambda ends: span(*sorted(ends)))


def points(found: TimeSpan | None) -> set[int]:
    return set() if found is None else {hour for hour in range(25) if at(hour) in found}


@pytest.mark.parametrize(
    ("one", "other", "shared"),
    [
        pytest.param((9, 12), (11, 15), (11, 12), id="an overlap is shared"),
        pytest.param((9, 15), (11, 12), (11, 12), id="what lies inside is shared"),
        pytest.param((9, 12), (12, 15), None, id="touching ends share nothing"),
        pytest.param((9, 10), (12, 15), None, id="a gap shares nothing"),
        pytest.param((9, 12), (10, 10), None, id="an empty span shares nothing"),
        pytest.param((9, 9), (9, 9), None, id="an empty span shares nothing with itself"),
    ],
)
def test_spans_share_what_lies_in_both(one, other, shared):
    expected = None if shared is None else span(*shared)
    assert span(*one) & span(*other) == expected
    assert span(*other) & span(*one) == expected


@given(spans, spans)
def test_sharing_is_the_intersection_of_the_instants(one, other):
    assert points(one & other) == points(one) & points(other)


@given(st.lists(spans))
def test_merging_is_the_union_with_gaps_between(some):
    merged = merge_spans(some)
    assert set().union(*map(points, merged)) == set().union(*map(points, some))
    assert all(one.start < one.end for one in merged)
    assert all(one.end < other.start for one, other in pairwise(merged))


@given(st.lists(spans), st.lists(spans))
def test_subtracting_leaves_of_each_span_the_instants_that_are_cut_by_none(some, cuts):
    cut = set().union(*map(points, cuts))
    left = subtract_spans(some, cuts)
    assert all(part.start < part.end for part in left)
    assert [point for part in left for point in sorted(points(part))] == [
        point for one in some for point in sorted(points(one) - cut)
    ]
    # What is left of one span has a gap wherever something was cut out of it.
    for one in some:
        parts = subtract_spans([one], cuts)
        assert all(before.end < after.start for before, after in pairwise(parts))


@given(st.lists(spans), st.lists(spans))
def test_an_intersection_holds_the_instants_that_are_in_both(some, others):
    shared = intersect_spans(some, others)
    assert set().union(*map(points, shared)) == set().union(*map(points, some)) & set().union(
        *map(points, others)
    )
    assert all(part.start < part.end for part in shared)
    assert all(before.end < after.start for before, after in pairwise(shared))


@given(spans, st.integers(0, 24).map(at))
def test_a_span_holds_its_start_and_not_its_end(some, instant):
    assert (instant in some) == (some.start <= instant < some.end)


def test_both_passes_of_a_repeated_hour_are_told_apart():
    first = datetime(2026, 10, 25, 2, 30, tzinfo=BERLIN, fold=0)
    second = first.replace(fold=1)
    repeated = TimeSpan(first, second)
    assert repeated.duration == timedelta(hours=1)
    assert first in repeated
    assert second not in repeated


def test_a_span_is_kept_in_utc():
    berlin = TimeSpan(datetime(2026, 1, 1, 1, tzinfo=BERLIN), datetime(2026, 1, 1, 2, tzinfo=BERLIN))
    utc = TimeSpan(datetime(2026, 1, 1, 0, tzinfo=UTC), datetime(2026, 1, 1, 1, tzinfo=UTC))
    assert berlin == utc
    assert hash(berlin) == hash(utc)
    assert berlin.start.tzinfo is UTC
    assert pickle.loads(pickle.dumps(berlin)) == utc


@pytest.mark.parametrize(
    ("start", "end", "message"),
    [
        pytest.param(NAIVE, at(0), "start has no time zone", id="naive start"),
        pytest.param(at(0), NAIVE, "end has no time zone", id="naive end"),
        pytest.param(at(1), at(0), "precedes its start", id="backward"),
        pytest.param("2026", at(0), "must be a datetime", id="no datetime"),
        pytest.param(
            datetime.min.replace(tzinfo=timezone(timedelta(hours=1))),
            at(0),
            "outside the years",
            id="before the first year",
        ),
    ],
)
def test_a_span_that_cannot_be_is_refused(start, end, message):
    with pytest.raises(DefinitionError, match=message):
        TimeSpan(start, end)


def test_a_naive_instant_is_refused_and_not_called_absent():
    with pytest.raises(DefinitionError, match="no time zone"):
        assert NAIVE in span(0, 1)


def test_a_span_shares_with_spans_alone():
    with pytest.raises(TypeError):
        span(0, 1) & 3
