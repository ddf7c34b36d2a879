"""Whose turn it is: the bound of fairness, over any order of arrivals, and whoever comes and goes."""

from collections import Counter
from datetime import UTC, datetime, timedelta
from itertools import combinations

from attrs import evolve
from hypothesis import given
from hypothesis import strategies as st

from itsmkit.calendars import TimeSpan
from itsmkit.practices.routing import (
    LoadWeights,
    Routed,
    RoutingPolicy,
    RoutingRule,
    RoutingState,
    Situation,
    Strategy,
    Team,
    Unassignable,
    route,
)
from itsmkit.testing import an_incident
from itsmkit.tickets.structure import Person

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
HOUR = TimeSpan(NOON, NOON + timedelta(hours=1))
NAMES = ("ann", "bob", "cas", "dee", "eve")
TEAM = Team("desk", [Person(name) for name in NAMES])
TICKET = an_incident()

rosters = st.lists(st.sets(st.sampled_from(NAMES)), max_size=60)
"""Who is there, for each ticket that arrives."""


def policy(strategy: Strategy = Strategy.ROUND_ROBIN, *, capacity: int | None = None) -> RoutingPolicy:
    return RoutingPolicy(
        rules=[RoutingRule(name="all", group="desk", strategy=strategy)],
        capacity=capacity,
        load=LoadWeights(priorities={"P1": 5, "P2": 3}),
    )


def given_to(
    arrivals: list[set[str]], rules: RoutingPolicy, *, adding: bool = False
) -> tuple[list[str | None], RoutingState, dict[str, int]]:
    """Return who is given each ticket that arrives, the state after it, and what everybody has."""
    state, loads = RoutingState("desk"), dict.fromkeys(NAMES, 0)
    found: list[str | None] = []
    for there in arrivals:
        situation = Situation(
            at=NOON, teams=[TEAM], shifts={name: [HOUR] for name in there}, states=[state], loads=loads
        )
        decision = route(rules, TICKET, situation)
        found.append(decision.assignee)
        if decision.assignee is not None:
            state = state.after(decision.assignee)
            loads[decision.assignee] += int(adding)
    return found, state, loads


@given(rosters)
def test_two_who_are_both_there_take_turns_whoever_else_comes_and_goes(arrivals: list[set[str]]) -> None:
    found, _, _ = given_to(arrivals, policy())
    for pair in map(set, combinations(NAMES, 2)):
        run: list[str] = []
        for there, person in zip(arrivals, found, strict=True):
            if not pair <= there:
                run = []
            elif person in pair:
                assert not run or run[-1] != person
                run.append(person)


@given(rosters)
def test_in_any_run_in_which_both_are_there_what_two_are_given_differs_by_at_most_one(
    arrivals: list[set[str]],
) -> None:
    found, _, _ = given_to(arrivals, policy())
    for one, other in combinations(NAMES, 2):
        for begin in range(len(arrivals)):
            counts: Counter[str | None] = Counter()
            for there, person in zip(arrivals[begin:], found[begin:], strict=True):
                if not {one, other} <= there:
                    break
                counts[person] += 1
                assert abs(counts[one] - counts[other]) <= 1


@given(rosters)
def test_somebody_is_given_each_ticket_for_which_anybody_is_there_and_nobody_who_is_away(
    arrivals: list[set[str]],
) -> None:
    found, _, _ = given_to(arrivals, policy())
    for there, person in zip(arrivals, found, strict=True):
        assert (person in there) if there else person is None


@given(st.sets(st.sampled_from(NAMES), min_size=2), st.integers(1, 50), st.integers(0, 50))
def test_who_comes_back_is_not_buried_under_what_was_missed(
    others: set[str], missed: int, after: int
) -> None:
    back = next(iter(sorted(others)))
    arrivals = [others - {back}] * missed + [others] * after
    found, _, _ = given_to(arrivals, policy())
    counts = Counter(found[missed:])
    assert counts[back] <= after // len(others) + 1


@given(rosters)
def test_by_load_and_with_equal_tickets_those_who_were_always_there_differ_by_at_most_one(
    arrivals: list[set[str]],
) -> None:
    always = {"ann", "bob"}
    _, _, loads = given_to([there | always for there in arrivals], policy(Strategy.LEAST_LOADED), adding=True)
    assert abs(loads["ann"] - loads["bob"]) <= 1


@given(st.dictionaries(st.sampled_from(NAMES), st.integers(0, 9)), st.sets(st.sampled_from(NAMES)))
def test_by_load_nobody_who_is_there_has_less_than_who_is_given_the_ticket(
    loads: dict[str, int], there: set[str]
) -> None:
    situation = Situation(at=NOON, teams=[TEAM], shifts={name: [HOUR] for name in there}, loads=loads)
    decision = route(policy(Strategy.LEAST_LOADED), TICKET, situation)
    if there:
        assert isinstance(decision, Routed)
        assert decision.assignee is not None
        assert loads.get(decision.assignee, 0) == min(loads.get(name, 0) for name in there)
    else:
        assert isinstance(decision, Unassignable)


@given(
    st.sampled_from(Strategy),
    st.dictionaries(st.sampled_from(NAMES), st.integers(0, 12)),
    st.sets(st.sampled_from(NAMES)),
    st.integers(0, 12),
    st.sampled_from([None, "P1", "P2", "P3"]),
)
def test_nobody_is_given_more_than_they_can_have(
    strategy: Strategy, loads: dict[str, int], there: set[str], capacity: int, priority: str | None
) -> None:
    rules = policy(strategy, capacity=capacity)
    ticket = evolve(TICKET, priority=priority)
    points = {"P1": 5, "P2": 3}.get(priority or "", 1)
    situation = Situation(at=NOON, teams=[TEAM], shifts={name: [HOUR] for name in there}, loads=loads)
    assignee = route(rules, ticket, situation).assignee
    fitting = {name for name in there if loads.get(name, 0) + points <= capacity}
    if strategy is Strategy.QUEUE or not fitting:
        assert assignee is None
    else:
        assert assignee in fitting
