"""Measures of people: held to their mix of work, and shown so that nobody is bared."""

from collections import defaultdict
from datetime import timedelta
from math import exp, factorial

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from itsmkit.errors import DefinitionError
from itsmkit.practices.measuring import MeasuresPolicy
from itsmkit.reporting.agent_measures import (
    HandledTicket,
    OwnView,
    TeamFigures,
    _strata,
    agent_measures,
    handled_tickets,
    own_view,
)
from itsmkit.testing import an_incident

HOUR = timedelta(hours=1)
POLICY = MeasuresPolicy(more_people_than=2)


def a_ticket(agent: str, stratum: str = "P3", team: str = "desk", **more: object) -> HandledTicket:
    return HandledTicket(agent=agent, team=team, stratum=stratum.split("/"), **more)  # type: ignore[arg-type]


tickets = st.lists(
    st.builds(
        HandledTicket,
        agent=st.sampled_from("abcdefg"),
        team=st.sampled_from(["desk", "net", "apps", "field"]),
        stratum=st.tuples(st.sampled_from(["P1", "P3"]), st.sampled_from(["x", "y", "z"])),
        is_late=st.booleans(),
        is_reopened=st.booleans(),
        work=st.integers(0, 8).map(lambda hours: hours * HOUR),
    ),
    max_size=60,
)
policies = st.builds(
    MeasuresPolicy, more_people_than=st.integers(2, 4), most_of_one=st.sampled_from([0.4, 0.6, 1.0])
)


# -- held to the mix of work -------------------------------------------------------------------------------


def test_who_is_given_the_hard_tickets_is_not_worse_for_it() -> None:
    hard = [a_ticket(agent, "P1", is_late=place < 5) for agent in "abc" for place in range(10)]
    easy = [a_ticket(agent, "P5", is_late=place < 1) for agent in "abd" for place in range(10)]
    found = {each.agent: each for each in agent_measures([*hard, *easy], POLICY)}
    # By itself, c is late five times as often as d; of such tickets, both are as everybody.
    assert (found["c"].late.observed, found["d"].late.observed) == (5, 1)
    assert found["c"].late.ratio == pytest.approx(1)
    assert found["d"].late.ratio == pytest.approx(1)
    assert not found["c"].late.is_telling


@given(tickets, policies)
def test_what_is_expected_is_what_is_observed_in_all(
    handled: list[HandledTicket], policy: MeasuresPolicy
) -> None:
    found = agent_measures(handled, policy)
    assert [each.agent for each in found] == sorted({each.agent for each in handled})
    for name in ("late", "reopened", "work"):
        measures = [getattr(each, name) for each in found]
        assert sum(each.observed for each in measures) == pytest.approx(
            sum(each.expected for each in measures)
        )
        for each in measures:
            if each.ratio is not None:
                assert each.low <= each.ratio + 1e-9
                assert each.high >= each.ratio - 1e-9
    assert sum(each.tickets for each in found) == len(handled)


@given(tickets, st.integers(2, 4))
def test_strata_are_of_enough_people_and_part_the_tickets(handled: list[HandledTicket], least: int) -> None:
    strata = [*_strata(handled, least)]
    assert all(len({each.agent for each in stratum}) > least for stratum in strata)
    placed = [id(each) for stratum in strata for each in stratum]
    assert len(placed) == len(set(placed))
    people: defaultdict[tuple[str, ...], set[str]] = defaultdict(set)
    for each in handled:
        people[each.stratum].add(each.agent)
    for stratum in strata:
        kinds = {each.stratum for each in stratum}
        # What has enough people by itself is pooled with nothing.
        assert len(kinds) == 1 or all(len(people[kind]) <= least for kind in kinds)


@pytest.mark.parametrize("observed", [0, 1, 3, 10, 50, 120])
def test_the_interval_of_counts_is_the_exact_one_of_poisson(observed: int) -> None:
    others = [a_ticket(agent, is_late=True) for agent in "bcd" for _ in range(200)]
    own = [a_ticket("a", is_late=place < observed) for place in range(200)]
    measure = agent_measures([*own, *others], POLICY)[0].late

    def at_most(number: int, mean: float) -> float:
        return sum(exp(-mean) * mean**each / factorial(each) for each in range(number + 1))

    assert measure.low is not None
    assert measure.high is not None
    assert at_most(observed, measure.high * measure.expected) == pytest.approx(0.025, abs=2e-4)
    if observed:
        assert 1 - at_most(observed - 1, measure.low * measure.expected) == pytest.approx(0.025, abs=2e-4)
    assert measure.is_telling


def test_who_cannot_be_compared_has_no_ratio() -> None:
    [a, b] = agent_measures([a_ticket("a", is_late=True), a_ticket("b")], POLICY)
    assert (a.tickets, a.compared, a.late.ratio, a.late.low, a.work.ratio) == (1, 0, None, None, None)
    assert not b.late.is_telling
    assert agent_measures([], POLICY) == ()


# -- what is measured --------------------------------------------------------------------------------------


def test_only_what_is_done_and_was_assigned_is_measured() -> None:
    open_one = an_incident()
    assert [*handled_tickets([(open_one, {})], POLICY)] == []


# -- what is shown -----------------------------------------------------------------------------------------


def team(name: str, people: str, number: int = 4) -> list[HandledTicket]:
    return [a_ticket(person, team=name, is_late=place == 0) for person in people for place in range(number)]


def test_a_team_is_shown_above_so_many_people_only() -> None:
    view = own_view([*team("desk", "abc"), *team("net", "xyz"), *team("field", "uv")], "a", POLICY)
    assert view.own is not None
    assert view.own.agent == "a"
    assert view.desk is not None
    assert view.desk.people == 8
    # Of field and one other, nobody can be told; without the other, field would be what is left of the desk.
    assert [each.team for each in view.teams] == ["net"]
    assert view.teams[0] == TeamFigures(team="net", people=3, tickets=12, late=0.25, reopened=0, work=0)
    assert {each.team: each.because for each in view.hidden} == {
        "desk": "the others that are hidden could be reckoned from it and the figures of all",
        "field": "figures are shown of more than 2 people only",
    }


def test_a_team_in_which_one_has_done_most_is_hidden() -> None:
    busy = [*team("net", "xyz"), *[a_ticket("x", team="net") for _ in range(20)]]
    view = own_view([*team("desk", "abcde"), *busy], "a", POLICY)
    assert [each.team for each in view.hidden] == ["desk", "net"]
    assert view.hidden[1].because == "one person has done most of it"


def test_who_had_no_tickets_sees_the_teams() -> None:
    view = own_view(team("desk", "abc"), "z", POLICY)
    assert view.own is None
    assert [each.team for each in view.teams] == ["desk"]
    assert own_view([], "z", POLICY) == OwnView(own=None, desk=None, teams=(), hidden=())


@settings(max_examples=200)
@given(tickets, policies, st.sampled_from("abcdefgh"))
def test_nothing_shown_tells_of_too_few_by_any_difference(
    handled: list[HandledTicket], policy: MeasuresPolicy, agent: str
) -> None:
    view = own_view(handled, agent, policy)
    by_team: defaultdict[str, list[HandledTicket]] = defaultdict(list)
    for each in handled:
        by_team[each.team].append(each)
    shown = {each.team for each in view.teams}
    assert shown | {each.team for each in view.hidden} == by_team.keys()
    assert shown.isdisjoint(each.team for each in view.hidden)
    published = [by_team[name] for name in shown]
    if view.desk is not None:
        published.append(handled)
        remainder = [each for name in by_team if name not in shown for each in by_team[name]]
        if remainder:
            published.append(remainder)
    else:
        assert len(shown) <= 1 or not shown or len({each.agent for each in handled}) > 2
    for group in published:
        people = [each.agent for each in group]
        assert len({*people}) > policy.more_people_than
        assert len({*people} - {agent}) >= policy.more_people_than  # whoever asks takes away their own
        assert max(map(people.count, people)) <= policy.most_of_one * len(people)
    # Who asks changes nothing but their own.
    other = own_view(handled, "z", policy)
    assert (other.desk, other.teams, other.hidden) == (view.desk, view.teams, view.hidden)


# -- the policy --------------------------------------------------------------------------------------------


def test_every_problem_of_a_policy_is_told() -> None:
    with pytest.raises(DefinitionError) as refused:
        MeasuresPolicy(more_people_than=1, most_of_one=0.0, adjust_for=["", "kind", "kind"], confidence=1.0)
    assert len(refused.value.problems) == 5
    with pytest.raises(DefinitionError, match="must be a MeasuresPolicy"):
        agent_measures([], None)  # type: ignore[arg-type]
