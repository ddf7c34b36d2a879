from collections import Counter
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from itsmkit.simulate._dice import Dice

seeds = st.integers(0, 2**64)


def test_a_seed_gives_the_same_draws_under_every_version():
    dice = Dice(2026)
    assert [dice.below(1000) for _ in range(8)] == [119, 502, 511, 860, 102, 223, 601, 556]
    assert [str(dice.minutes(10, 600)) for _ in range(4)] == [
        "4:53:38",
        "1:46:59",
        "4:00:01",
        "4:37:22",
    ]


@given(seeds, st.integers(1, 10**6))
def test_a_draw_lies_below_its_end(seed, end):
    assert 0 <= Dice(seed).below(end) < end


@given(seeds)
def test_what_never_happens_never_does_and_what_always_happens_does(seed):
    dice = Dice(seed)
    assert not any(dice.chance(0) for _ in range(20))
    assert all(dice.chance(100) for _ in range(20))


@given(seeds, st.lists(st.integers(), min_size=1))
def test_a_pick_is_one_of_the_items(seed, items):
    assert Dice(seed).pick(items) in items


@given(seeds, st.dictionaries(st.text(), st.integers(0, 50), min_size=1))
def test_what_weighs_nothing_is_never_drawn(seed, weights):
    weights["something"] = 1
    drawn = Dice(seed).draws(weights, 20)
    assert len(drawn) == 20
    assert all(weights[item] > 0 for item in drawn)


@given(seeds, st.dictionaries(st.text(), st.integers(1, 50), min_size=1))
def test_many_draws_are_as_many_single_ones(seed, weights):
    one_by_one = Dice(seed)
    assert Dice(seed).draws(weights, 5) == [one_by_one.weighted(weights) for _ in range(5)]


def test_draws_are_as_frequent_as_they_weigh():
    counts = Counter(Dice(1).draws({"a": 1, "b": 3, "c": 6}, 10_000))
    assert [round(counts[name] / 1000) for name in "abc"] == [1, 3, 6]


@given(seeds, st.integers(0, 100), st.integers(0, 10_000))
def test_minutes_lie_between_their_bounds_in_whole_seconds(seed, low, more):
    drawn = Dice(seed).minutes(low, low + more)
    assert timedelta(minutes=low) <= drawn <= timedelta(minutes=low + more)
    assert drawn.microseconds == 0


def test_short_times_are_more_frequent_than_long_ones():
    dice = Dice(1)
    drawn = sorted(dice.minutes(0, 1000) for _ in range(1001))
    assert drawn[500] == pytest.approx(timedelta(minutes=125), abs=timedelta(minutes=25))
