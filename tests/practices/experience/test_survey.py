"""Surveys: who is asked, and that a token answers once."""

from datetime import timedelta
from itertools import pairwise

import pytest
from attrs import evolve
from hypothesis import given
from hypothesis import strategies as st

from itsmkit.conditions import equals
from itsmkit.errors import DefinitionError, RefusedError
from itsmkit.practices.experience import (
    Measure,
    Respondent,
    Round,
    Survey,
    SurveyPolicy,
    SurveyWords,
    answer,
    asked,
    invite,
    reason_not_to_ask,
    token_of,
    token_parts,
)
from itsmkit.testing import A_MONDAY, an_incident_logged
from itsmkit.tickets import Ticket, TicketId

DAY = timedelta(days=1)
SECRET = "0123456789abcdef" * 2
POLICY = SurveyPolicy(name="all", low=2, cooldown=30 * DAY)


def a_resolved_ticket(**changes: object) -> Ticket:
    logged = an_incident_logged().ticket
    return evolve(logged, state="Resolved", state_category="resolved", requester="bob", **changes)


def a_survey(policy: SurveyPolicy = POLICY) -> Survey:
    return invite(policy, a_resolved_ticket(), survey_id="s1", secret=SECRET, now=A_MONDAY).value


def answered(survey: Survey, score: int = 5, **given_: object) -> Survey:
    asked_for = {"secret": SECRET, "comment": None, "now": A_MONDAY + DAY, "follow_up": None, **given_}
    secret, comment, now = (asked_for.pop(each) for each in ("secret", "comment", "now"))
    return answer(survey, secret, score, comment, now, **asked_for).value  # type: ignore[arg-type]


def test_a_token_is_known_by_its_digest_alone() -> None:
    survey = a_survey()
    assert SECRET not in repr(survey)
    assert token_parts(token_of(survey.id, SECRET)) == (survey.id, SECRET)


@pytest.mark.parametrize("token", ["", ".", "a.", ".b", "no point"])
def test_what_cannot_be_a_token_is_refused(token: str) -> None:
    with pytest.raises(RefusedError, match="there is no survey for this token"):
        token_parts(token)


@given(st.integers(0, 31), st.sampled_from("0123456789abcdefg "))
def test_an_altered_token_answers_nothing(place: int, letter: str) -> None:
    altered = SECRET[:place] + letter + SECRET[place + 1 :]
    if altered == SECRET:
        assert answered(a_survey(), secret=altered).score == 5
        return
    with pytest.raises(RefusedError, match="there is no survey for this token"):
        answered(a_survey(), secret=altered)


def test_a_survey_is_answered_once() -> None:
    first = answered(a_survey(), 4, comment="Thank you")
    assert (first.score, first.comment, first.answered_at) == (4, "Thank you", A_MONDAY + DAY)
    with pytest.raises(RefusedError, match="was answered at"):
        answered(first, 1)


def test_a_survey_is_over_at_its_end() -> None:
    survey = a_survey()
    end = survey.expires_at
    assert answered(survey, now=end - timedelta(microseconds=1)).score == 5
    with pytest.raises(RefusedError, match="it is over"):
        answered(survey, now=end)


def test_an_altered_token_is_not_told_that_the_survey_is_over() -> None:
    survey = a_survey()
    with pytest.raises(RefusedError, match="there is no survey for this token"):
        answered(survey, secret="x", now=survey.expires_at)


@pytest.mark.parametrize(("score", "is_low"), [(1, True), (2, True), (3, False)])
def test_a_low_score_is_followed_up(score: int, is_low: bool) -> None:
    survey = answered(a_survey(), score, follow_up=TicketId("t9"))
    assert survey.is_low is is_low
    assert survey.follow_up == ("t9" if is_low else None)


def test_a_score_is_on_the_scale_of_its_measure() -> None:
    with pytest.raises(DefinitionError, match="from 0 to 10, not int 11"):
        answered(a_survey(SurveyPolicy(name="nps", measure="nps")), 11)


@pytest.mark.parametrize(
    ("changes", "policy", "reason"),
    [
        ({"state_category": "active"}, POLICY, "it is active, and not resolved"),
        ({"requester": None}, POLICY, "it is of nobody who could be asked"),
        ({"merged_into": TicketId("t2")}, POLICY, "it goes on in another ticket"),
        ({}, evolve(POLICY, when=equals("service", "mail")), "the survey 'all' is not about it"),
    ],
)
def test_not_everybody_is_asked(changes: dict[str, object], policy: SurveyPolicy, reason: str) -> None:
    ticket = evolve(a_resolved_ticket(), **changes)
    assert reason_not_to_ask(policy, ticket, None, A_MONDAY) == reason
    assert reason_not_to_ask(POLICY, a_resolved_ticket(), None, A_MONDAY) is None


def test_who_has_the_need_may_be_asked_instead() -> None:
    ticket = a_resolved_ticket(affected_person="eve")
    assert Respondent.REQUESTER.of(ticket) == "bob"
    assert Respondent.AFFECTED_PERSON.of(ticket) == "eve"
    assert Respondent.AFFECTED_PERSON.of(a_resolved_ticket()) == "bob"


@given(st.lists(st.integers(0, 100), max_size=30))
def test_nobody_is_asked_twice_within_the_cooldown(days: list[int]) -> None:
    last: Round | None = None
    asked_on: list[int] = []
    for day in sorted(days):
        now = A_MONDAY + day * DAY
        if reason_not_to_ask(POLICY, a_resolved_ticket(), last, now) is None:
            last = asked(POLICY, "bob", last, now).value
            asked_on.append(day)
    assert all(later - earlier >= 30 for earlier, later in pairwise(asked_on))
    # And nobody is spared who could be asked.
    for day in days:
        assert any(each <= day < each + 30 for each in asked_on)


def test_a_policy_is_refused_with_all_that_is_wrong() -> None:
    with pytest.raises(DefinitionError) as refused:
        SurveyPolicy(name="x", low=9, cooldown=-DAY, valid_for=timedelta(0), group=" ", when="always")  # type: ignore[arg-type]
    assert len(refused.value.problems) == 5
    with pytest.raises(DefinitionError, match="a measure"):
        SurveyPolicy(name="x", measure="stars")


@pytest.mark.parametrize(
    ("words", "problem"),
    [
        ({"body": "no way to answer"}, "without which nobody can answer"),
        ({"subject": "{who}"}, "nothing is known to put in place of {who}; known: {number}"),
        ({"subject": "{"}, "write {{ and }} for braces"),
    ],
)
def test_words_have_places_that_can_be_filled_in(words: dict[str, str], problem: str) -> None:
    with pytest.raises(DefinitionError, match=problem.replace("{", r"\{")):
        SurveyWords(**words)


def test_the_measure_of_a_policy_is_that_of_its_surveys() -> None:
    assert a_survey(SurveyPolicy(name="x", measure="ces")).measure is Measure.CES
