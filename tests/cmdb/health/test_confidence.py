from datetime import timedelta
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from itsmkit.cmdb.health import SourceConfidence
from itsmkit.errors import DefinitionError

MICROSECOND = timedelta(microseconds=1)
shares = st.fractions(Fraction(1, 1_000), 1).filter(bool)
sources = st.builds(
    SourceConfidence, st.just("scan"), shares, st.timedeltas(MICROSECOND, timedelta(days=500))
)


@given(sources, shares)
def test_a_source_is_believed_enough_for_exactly_as_long_as_it_lasts(source, least):
    lasts = source.lasts(least)
    if lasts < timedelta():
        assert source.after(timedelta()) < least
    else:
        assert source.after(lasts) >= least > source.after(lasts + MICROSECOND)


@given(sources, st.integers(0, 2_000))
def test_it_halves_with_each_half_life_until_nothing_is_left(source, number):
    try:
        age = source.half_life * number
    except OverflowError:
        return
    left = source.initial / Fraction(2**number)
    assert source.after(age) == (left if number < 1_000 else 0)


@given(
    sources, st.timedeltas(timedelta(), timedelta(days=900)), st.timedeltas(timedelta(), timedelta(days=9))
)
def test_it_never_rises(source, age, more):
    assert source.after(age + more) <= source.after(age) <= source.after(-age) == source.initial


def test_a_share_of_next_to_nothing_lasts_a_thousand_halvings():
    source = SourceConfidence("scan", 1, MICROSECOND)
    lasts = source.lasts(Fraction(1, 2**5_000))
    assert source.after(lasts) > 0 == source.after(lasts + MICROSECOND)


def test_what_lasts_longer_than_time_lasts_as_long_as_there_is():
    source = SourceConfidence("scan", 1, timedelta(days=900_000_000))
    assert source.lasts(Fraction(1, 100)) == timedelta.max


@pytest.mark.parametrize("initial", [0, 2, Fraction(3, 2), -1, 0.5, True, "1"])
def test_what_is_no_share_is_refused(initial):
    with pytest.raises(DefinitionError, match="source 'scan': initial: must be a whole number or a Fraction"):
        SourceConfidence("scan", initial, timedelta(days=1))


def test_everything_wrong_is_told_at_once():
    with pytest.raises(DefinitionError) as refused:
        SourceConfidence("scan", 0, timedelta())
    assert len(refused.value.problems) == 2
    with pytest.raises(
        DefinitionError, match="half_life: must be a timedelta of more than no time, not int 3"
    ):
        SourceConfidence("scan", 1, 3)
