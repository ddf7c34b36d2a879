"""Measures: against their definitions, counted one by one."""

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from itsmkit.errors import DefinitionError
from itsmkit.practices.experience import Measure


def scores(measure: Measure) -> st.SearchStrategy[list[int]]:
    return st.lists(st.integers(measure.lowest, measure.highest), min_size=1, max_size=30)


@given(scores(Measure.CSAT))
def test_satisfaction_is_the_share_of_the_two_best_answers(given_: list[int]) -> None:
    satisfied = [each for each in given_ if each in (4, 5)]
    assert Measure.CSAT.figure(given_) == Fraction(len(satisfied), len(given_))


@given(scores(Measure.NPS))
def test_the_promoter_score_is_promoters_less_detractors(given_: list[int]) -> None:
    groups = ["detractor"] * 7 + ["passive"] * 2 + ["promoter"] * 2
    named = [groups[each] for each in given_]
    expected = Fraction(named.count("promoter"), len(named)) - Fraction(named.count("detractor"), len(named))
    assert Measure.NPS.figure(given_) == expected


@given(scores(Measure.CES))
def test_effort_is_the_share_of_who_found_it_easy(given_: list[int]) -> None:
    assert Measure.CES.figure(given_) == Fraction(sum(each > 4 for each in given_), len(given_))


@pytest.mark.parametrize("measure", Measure)
def test_of_no_answers_there_is_no_figure(measure: Measure) -> None:
    assert measure.figure([]) is None


@pytest.mark.parametrize("measure", Measure)
def test_the_scale_goes_from_nothing_to_all(measure: Measure) -> None:
    assert (measure.share(measure.lowest), measure.share(measure.highest)) == (0, 1)


@pytest.mark.parametrize("measure", Measure)
@pytest.mark.parametrize("score", [-1, 11, 3.0, True, "3", None])
def test_what_is_not_on_the_scale_is_refused(measure: Measure, score: object) -> None:
    with pytest.raises(DefinitionError, match="score: must be a whole number from"):
        measure.check(score)
