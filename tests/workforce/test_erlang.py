"""The formulas of queues: textbook values, and direct sums of exact fractions beside them."""

from datetime import timedelta
from decimal import Decimal, localcontext
from fractions import Fraction
from math import exp, factorial, isclose

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from itsmkit.errors import DefinitionError
from itsmkit.workforce import (
    Demand,
    QueueFigures,
    ServiceGoal,
    agents_needed,
    erlang_b,
    erlang_c,
    queue_figures,
)

MINUTE = timedelta(minutes=1)
SECOND = timedelta(seconds=1)

loads = st.fractions(Fraction(1, 20), 40, max_denominator=20)


# -- textbook values ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("agents", "load", "blocked"),
    [
        # ITU-T Recommendation E.520 / the classical tables: what may be offered at a given loss.
        pytest.param(1, 0.0101, 0.01, id="1 trunk at 1 %"),
        pytest.param(2, 0.153, 0.01, id="2 trunks at 1 %"),
        pytest.param(5, 1.36, 0.01, id="5 trunks at 1 %"),
        pytest.param(10, 4.46, 0.01, id="10 trunks at 1 %"),
        pytest.param(20, 12.0, 0.01, id="20 trunks at 1 %"),
        pytest.param(50, 37.9, 0.01, id="50 trunks at 1 %"),
        pytest.param(100, 84.1, 0.01, id="100 trunks at 1 %"),
        pytest.param(10, 5.08, 0.02, id="10 trunks at 2 %"),
    ],
)
def test_tables_of_erlang_b_are_met(agents: int, load: float, blocked: float) -> None:
    # The tables give the load to three digits, and the loss changes some ten times as fast.
    assert erlang_b(agents, load) == pytest.approx(blocked, rel=0.04)


def test_the_worked_example_of_a_call_centre_comes_out() -> None:
    # 200 calls an hour of 3 minutes, 80 % within 20 s: the example by which Erlang C is commonly taught; its
    # published answers are 14 agents, 88.8 %, 7.8 s and 71.4 %.
    needed = agents_needed(Demand(200, 3 * MINUTE), ServiceGoal(0.8, 20 * SECOND))
    assert needed.agents == 14
    figures = needed.figures
    assert figures.in_time == pytest.approx(0.888, abs=5e-4)
    assert figures.waits == pytest.approx(0.174, abs=5e-4)
    assert figures.average_wait is not None
    assert figures.average_wait.total_seconds() == pytest.approx(7.8, abs=0.05)
    assert figures.occupancy == pytest.approx(0.714, abs=5e-4)
    assert needed.with_one_fewer is not None
    assert needed.with_one_fewer.in_time < 0.8


def test_two_agents_of_a_textbook_queue() -> None:
    # M/M/2 with a load of 1: the waiting probability is 1/3, the mean wait a third of a service.
    assert erlang_c(2, 1.0) == pytest.approx(1 / 3)
    figures = queue_figures(Demand(60, MINUTE), 2, timedelta(0))
    assert figures.average_wait == 20 * SECOND
    assert figures.in_time == pytest.approx(2 / 3)


# -- exact sums --------------------------------------------------------------------------------------------


def exact_b(agents: int, load: Fraction) -> Fraction:
    terms = [load**number / factorial(number) for number in range(agents + 1)]
    return terms[-1] / sum(terms)


def exact_c(agents: int, load: Fraction) -> Fraction:
    if load >= agents:
        return Fraction(1)
    last = load**agents / factorial(agents) * Fraction(agents) / (agents - load)
    return last / (sum(load**number / factorial(number) for number in range(agents)) + last)


@given(st.integers(0, 60), loads)
def test_erlang_b_is_the_sum_with_factorials(agents: int, load: Fraction) -> None:
    assert isclose(erlang_b(agents, float(load)), exact_b(agents, load), rel_tol=1e-12)


@given(st.integers(0, 60), loads)
def test_erlang_c_is_the_sum_with_factorials(agents: int, load: Fraction) -> None:
    assert isclose(erlang_c(agents, float(load)), exact_c(agents, load), rel_tol=1e-11)


def direct_a(agents: int, load: float, patience: float) -> tuple[Decimal, ...]:
    """Sum up the stationary process with 60 digits; take waits by a fine quadrature of their density."""
    with localcontext() as context:
        context.prec = 60
        a, theta = Decimal(load), 1 / Decimal(patience)
        weights = [Decimal(1)]
        while len(weights) < agents + 2 or weights[-1] > sum(weights) * Decimal("1e-30"):
            number = len(weights)
            rate = min(number, agents) + max(0, number - agents) * theta
            weights.append(weights[-1] * a / rate)
        total = sum(weights)
        waits = sum(weights[agents:]) / total
        queue = sum(Decimal(place) * each for place, each in enumerate(weights[agents:])) / total
        return waits, queue * theta / a, queue / a, weights[agents - 1] / total


def in_time_by_density(demand: tuple[int, float, float], within: float, waits: float, before: float) -> float:
    # Baccelli and Hebuterne (1981): the density of the wait of somebody with endless patience.
    agents, load, patience = demand

    def taken(at: float) -> float:
        given = load * patience * (1 - exp(-at / patience)) - agents * at - at / patience
        return load * before * exp(given)

    steps = 4000
    width = within / steps
    inner = sum((4 if place % 2 else 2) * taken(place * width) for place in range(1, steps))
    return 1 - waits + width / 3 * (taken(0) + inner + taken(within))


@settings(max_examples=40, deadline=None)
@given(
    st.integers(1, 30),
    st.floats(0.1, 45),
    st.floats(0, 3),
    st.floats(0.2, 20),
)
def test_erlang_a_is_the_stationary_process(agents: int, load: float, within: float, patience: float) -> None:
    handling = 10 * MINUTE
    demand = Demand(load * 6, handling, handling * patience)
    figures = queue_figures(demand, agents, handling * within)
    asked = handling * within / handling
    patient = handling * patience / handling
    waits, given_up, wait, before = map(float, direct_a(agents, demand.load, patient))
    assert figures.waits == pytest.approx(waits, rel=1e-9, abs=1e-12)
    assert figures.given_up == pytest.approx(given_up, rel=1e-9, abs=1e-12)
    assert figures.average_wait is not None
    assert figures.average_wait / handling == pytest.approx(wait, rel=1e-6, abs=1e-8)
    expected = in_time_by_density((agents, demand.load, patient), asked, waits, before)
    assert figures.in_time == pytest.approx(expected, abs=1e-6)


@given(st.integers(1, 40), loads, st.floats(0, 5))
def test_endless_patience_is_the_limit_of_long_patience(agents: int, load: Fraction, within: float) -> None:
    handling = 10 * MINUTE
    if load > agents * 0.9:
        return  # the longer a queue may get, the more its patience matters
    arrivals = float(load) * 6
    endless = queue_figures(Demand(arrivals, handling), agents, handling * within)
    patient = queue_figures(Demand(arrivals, handling, handling * 10**7), agents, handling * within)
    assert patient.in_time == pytest.approx(endless.in_time, abs=1e-4)
    assert patient.waits == pytest.approx(endless.waits, abs=1e-4)


# -- laws --------------------------------------------------------------------------------------------------

patiences = st.none() | st.integers(1, 600).map(lambda seconds: seconds * SECOND)
demands = st.builds(
    Demand, st.floats(0, 2000), st.integers(10, 1200).map(lambda seconds: seconds * SECOND), patiences
)
withins = st.integers(0, 600).map(lambda seconds: seconds * SECOND)


@given(demands, st.integers(0, 300), withins)
def test_shares_are_shares_and_one_agent_more_never_hurts(
    demand: Demand, agents: int, within: timedelta
) -> None:
    few, more = (queue_figures(demand, number, within) for number in (agents, agents + 1))
    for each in (few, more):
        for share in (each.waits, each.in_time, each.given_up, each.occupancy):
            assert -1e-9 <= share <= 1 + 1e-9
    assert more.in_time >= few.in_time - 1e-9
    assert more.waits <= few.waits + 1e-9
    assert more.given_up <= few.given_up + 1e-9
    if few.average_wait is not None:
        assert more.average_wait is not None
        assert more.average_wait <= few.average_wait + SECOND


@given(demands, st.floats(0.01, 0.999), withins, st.none() | st.floats(0.3, 1))
def test_one_fewer_than_needed_is_too_few(
    demand: Demand, share: float, within: timedelta, busy: float | None
) -> None:
    goal = ServiceGoal(share, within, busy)
    needed = agents_needed(demand, goal)
    assert goal.is_met_by(needed.figures)
    assert needed.figures == queue_figures(demand, needed.agents, within)
    if needed.agents:
        assert needed.with_one_fewer == queue_figures(demand, needed.agents - 1, within)
        assert not goal.is_met_by(needed.with_one_fewer)
    else:
        assert needed.with_one_fewer is None


@pytest.mark.parametrize("load", [0.1, 1, 10, 30])
@pytest.mark.parametrize("busy", [None, 0.3])
def test_the_fewest_of_all_that_meet_a_goal_are_found_where_some_give_up(
    load: float, busy: float | None
) -> None:
    demand, within = Demand(load * 20, 3 * MINUTE, MINUTE), 20 * SECOND
    figures = [queue_figures(demand, agents, within) for agents in range(120)]
    for percent in range(1, 100, 3):
        goal = ServiceGoal(percent / 100, within, busy)
        fewest = next(each.agents for each in figures if goal.is_met_by(each))
        assert agents_needed(demand, goal).agents == fewest


@pytest.mark.no_cover  # it goes through a million steps that others have gone through
def test_nothing_overflows_with_many_agents() -> None:
    figures = queue_figures(Demand(1_000_000, 3 * MINUTE), 50_500, 20 * SECOND)
    assert 0 < figures.waits < 1
    assert figures.is_stable
    crowd = queue_figures(Demand(100_000, timedelta(hours=1), timedelta(days=2)), 500, timedelta(days=8))
    assert crowd.given_up == pytest.approx(0.995, abs=1e-6)
    assert crowd.waits == pytest.approx(1)


def test_where_nobody_waits_to_all_digits_all_are_in_time() -> None:
    figures = queue_figures(Demand(1, MINUTE, MINUTE), 400, timedelta(0))
    assert (figures.waits, figures.in_time, figures.given_up) == (0, 1, 0)


def test_no_agent_does_nothing() -> None:
    patient = queue_figures(Demand(10, MINUTE), 0, MINUTE)
    assert (patient.waits, patient.in_time, patient.average_wait, patient.occupancy) == (1, 0, None, 0)
    assert not patient.is_stable
    going = queue_figures(Demand(10, MINUTE, 5 * MINUTE), 0, MINUTE)
    assert going.given_up == pytest.approx(1)
    assert going.average_wait == pytest.approx(5 * MINUTE, abs=SECOND)
    idle = queue_figures(Demand(0, MINUTE), 0, MINUTE)
    assert (idle.waits, idle.in_time, idle.occupancy) == (0, 1, 0)


def test_a_wait_beyond_all_calendars_is_not_told() -> None:
    figures = queue_figures(Demand(1 - 1e-15, timedelta(hours=1)), 1, MINUTE)
    assert isinstance(figures, QueueFigures)


# -- in words ----------------------------------------------------------------------------------------------


def test_a_requirement_says_why_neither_more_nor_fewer() -> None:
    needed = agents_needed(Demand(200, 3 * MINUTE, 2 * MINUTE), ServiceGoal(0.8, 20 * SECOND, 0.85))
    assert needed.explain() == (
        "For 80.0% within 20s, agents busy for 85.0% at most: 12 agents at 10.00 Erlangs: 82.6% within 20s, "
        "7s on average, busy for 78.2%, 6.2% given up. Not enough: 11 agents at 10.00 Erlangs: 74.2% within "
        "20s, 11s on average, busy for 82.3%, 9.4% given up."
    )
    assert agents_needed(Demand(0, MINUTE), ServiceGoal(0.8, MINUTE)).explain() == (
        "No agent is needed for 80.0% within 1min."
    )
    assert "the queue grows without end" in queue_figures(Demand(200, 3 * MINUTE), 10, MINUTE).explain()


# -- what is refused ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("agents", [-1, 1.0, True, 100_001, None])
def test_what_is_no_number_of_agents_is_refused(agents: object) -> None:
    with pytest.raises(DefinitionError, match="agents: must be a whole number from 0 to 100,000"):
        erlang_b(agents, 1.0)  # type: ignore[arg-type]
    with pytest.raises(DefinitionError, match="agents"):
        queue_figures(Demand(1, MINUTE), agents, MINUTE)  # type: ignore[arg-type]


@pytest.mark.parametrize("load", [-0.1, float("nan"), float("inf"), "1", True])
def test_what_is_no_load_is_refused(load: object) -> None:
    with pytest.raises(DefinitionError, match="load: must be a number of 0 or more"):
        erlang_c(1, load)  # type: ignore[arg-type]


def test_every_problem_of_a_demand_is_told() -> None:
    with pytest.raises(DefinitionError) as refused:
        Demand(-1, timedelta(0), 5)  # type: ignore[arg-type]
    assert [each.split(":")[1].strip() for each in refused.value.problems] == [
        "per_hour",
        "handling",
        "patience",
    ]


def test_every_problem_of_a_goal_is_told() -> None:
    with pytest.raises(DefinitionError) as refused:
        ServiceGoal(1, -SECOND, 0)
    assert len(refused.value.problems) == 3


def test_what_is_asked_of_the_functions_is_looked_at() -> None:
    with pytest.raises(DefinitionError) as refused:
        queue_figures(None, -1, -SECOND)  # type: ignore[arg-type]
    assert len(refused.value.problems) == 3
    with pytest.raises(DefinitionError) as refused:
        agents_needed(None, None)  # type: ignore[arg-type]
    assert len(refused.value.problems) == 2
    with pytest.raises(DefinitionError, match="need more than 100,000 agents"):
        agents_needed(Demand(10_000_000, timedelta(hours=1)), ServiceGoal(0.8, MINUTE))
    with pytest.raises(DefinitionError, match="needs more than 100,000 agents"):
        agents_needed(Demand(99_990, timedelta(hours=1)), ServiceGoal(0.8, MINUTE, 0.9))
    with pytest.raises(DefinitionError, match="needs more than 100,000 agents"):
        agents_needed(Demand(20, timedelta(hours=1), timedelta(hours=1)), ServiceGoal(0.8, MINUTE, 1e-4))
