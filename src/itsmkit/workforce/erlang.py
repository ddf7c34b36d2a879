"""
How many agents a stream of work needs, and how long it waits: the formulas of Erlang and Palm.

Work arrives at random at an even rate, takes a time that is exponentially distributed, and waits in the order
of arrival for the first agent that is free. What is reckoned holds for a desk that has been at work for long.

===========  ===========================================================================================
Formula      Who finds all agents busy
===========  ===========================================================================================
Erlang B     goes away
Erlang C     waits, for as long as it takes
Erlang A     waits until their patience, exponentially distributed too, is at an end
===========  ===========================================================================================

No factorial is taken, so that nothing overflows, and only positive numbers are added up.

Source:
    A. K. Erlang, "Solution of some problems in the theory of probabilities of significance in automatic
    telephone exchanges" (1917). N. Gans, G. Koole and A. Mandelbaum, "Telephone Call Centers: Tutorial,
    Review, and Research Prospects", Manufacturing & Service Operations Management 5 (2003).
    A. Mandelbaum and S. Zeltyn, "Service Engineering in Action: The Palm/Erlang-A Queue" (2007).
"""

from collections.abc import Callable, Iterator
from datetime import timedelta
from itertools import count
from math import ceil, exp, expm1, inf, isqrt, log
from typing import NamedTuple

from attrs import field, frozen

from itsmkit._checks import is_a
from itsmkit._documents import duration_text
from itsmkit._figures import percent, plural
from itsmkit._problems import instance_problems, shown
from itsmkit.errors import DefinitionError
from itsmkit.workforce._numbers import as_float, as_float_if_any, is_amount

__all__ = [
    "Demand",
    "QueueFigures",
    "Requirement",
    "ServiceGoal",
    "agents_needed",
    "erlang_b",
    "erlang_c",
    "queue_figures",
]

_HOUR = timedelta(hours=1)
_MOST_AGENTS = 100_000
_NEGLIGIBLE = log(1e-18)
"""The logarithm of a weight that, beside one of 1, changes no sum."""
_NEVER = 1e-280
"""A share that is none, to all the digits that there are; its inverse is still a number."""


def erlang_b(agents: int, load: float) -> float:
    """
    Return the share of arrivals that find all agents busy, where these go away.

    Cost: grows with *agents*.

    Args:
        agents: How many there are, up to 100,000.
        load: What is offered, in Erlangs: arrivals in the time that one of them takes.

    Raises:
        DefinitionError: If one of them is out of its range.

    >>> round(erlang_b(10, 5.0), 4)
    0.0184

    Source:
        The recurrence B(n) = a B(n-1) / (n + a B(n-1)) of the Erlang loss formula.
    """
    _check(agents, load)
    return _blocked(agents, load)


def erlang_c(agents: int, load: float) -> float:
    """
    Return the share of arrivals that have to wait, where all wait for as long as it takes.

    Cost: grows with *agents*.

    Args:
        agents: How many there are, up to 100,000.
        load: What is offered, in Erlangs. With no fewer Erlangs than agents, all wait in the end.

    Raises:
        DefinitionError: If one of them is out of its range.

    >>> round(erlang_c(11, 10.0), 4)
    0.6821

    Source:
        C = B / (1 - (a/n) (1 - B)), B being `erlang_b`; Gans, Koole and Mandelbaum (2003), section 4.
    """
    _check(agents, load)
    return _waiting(agents, load)


def _check(agents: object, load: float) -> None:
    problems = [*_agents_problems(agents), *_load_problems("load", load)]
    if problems:
        raise DefinitionError(*problems)


def _agents_problems(agents: object) -> Iterator[str]:
    if type(agents) is not int or not 0 <= agents <= _MOST_AGENTS:
        yield f"agents: must be a whole number from 0 to {_MOST_AGENTS:,}, not {shown(agents)}"


def _load_problems(path: str, value: float) -> Iterator[str]:
    if not is_amount(as_float(value)):
        yield f"{path}: must be a number of 0 or more, not {shown(value)}"


def _blocked(agents: int, load: float) -> float:
    share = 1.0
    for number in range(1, agents + 1):
        carried = load * share
        share = carried / (number + carried)
    return share


def _waiting(agents: int, load: float) -> float:
    if load >= agents:
        return 1.0 if load else 0.0
    blocked = _blocked(agents, load)
    return blocked / (1 - load / agents * (1 - blocked))


# -- what is asked -----------------------------------------------------------------------------------------


@frozen
class Demand:
    """
    A stream of work, for as long as it is even.

    Args:
        per_hour: How much arrives in an hour, on average; 0 or more.
        handling: How long one takes an agent, on average, with all that follows it.
        patience: How long one waits before it is given up, on average; ``None`` if it waits for as long as
            it takes, as tickets do.

    Raises:
        DefinitionError: With everything that is wrong.

    >>> Demand(200, timedelta(minutes=3)).load
    10.0
    """

    per_hour: float = field(converter=as_float)
    handling: timedelta
    patience: timedelta | None = None

    def __attrs_post_init__(self) -> None:
        problems = [*_load_problems("per_hour", self.per_hour)]
        for path, given in (("handling", self.handling), ("patience", self.patience)):
            if path == "patience" and given is None:
                continue
            if not is_a(given, timedelta) or given <= timedelta(0):  # type: ignore[operator]
                problems.append(f"{path}: must be a length of time above 0, not {shown(given)}")
        if problems:
            raise DefinitionError(*(f"Demand: {each}" for each in problems))

    @property
    def load(self) -> float:
        """How many agents are busy on average if nobody gives up: what is offered, in Erlangs."""
        return self.per_hour * (self.handling / _HOUR)


@frozen
class ServiceGoal:
    """
    How soon work is to be taken up.

    Args:
        share: Of all that arrives, the share that is to be taken up in time: above 0, below 1.
        within: The time; not negative.
        most_occupied: The share of their time that agents are to be busy at most: above 0, to 1.

    Raises:
        DefinitionError: With everything that is wrong.
    """

    share: float = field(converter=as_float)
    within: timedelta
    most_occupied: float | None = field(default=None, converter=as_float_if_any)

    def __attrs_post_init__(self) -> None:
        problems = []
        if not is_a(self.share, float) or not 0 < self.share < 1:
            problems.append(f"share: must lie between 0 and 1, such as 0.8, not {shown(self.share)}")
        if not is_a(self.within, timedelta) or self.within < timedelta(0):
            problems.append(f"within: must be a length of time, not negative, not {shown(self.within)}")
        most = self.most_occupied
        if most is not None and (not is_a(most, float) or not 0 < most <= 1):
            problems.append(f"most_occupied: must be above 0, up to 1, such as 0.85, not {shown(most)}")
        if problems:
            raise DefinitionError(*(f"ServiceGoal: {each}" for each in problems))

    def is_met_by(self, figures: "QueueFigures") -> bool:
        """Tell whether *figures*, which must be about the same time, are as good as this asks for."""
        busy = self.most_occupied is None or figures.occupancy <= self.most_occupied
        return busy and figures.in_time >= self.share

    def __str__(self) -> str:
        busy = (
            "" if self.most_occupied is None else f", agents busy for {percent(self.most_occupied)} at most"
        )
        return f"{percent(self.share)} within {duration_text(self.within)}{busy}"


# -- what is answered --------------------------------------------------------------------------------------


@frozen(kw_only=True)
class QueueFigures:
    """
    How a stream of work fares with some agents.

    Args:
        agents: How many there are.
        load: What is offered, in Erlangs.
        within: The time that *in_time* is about.
        waits: The share of all arrivals that find no agent free.
        in_time: The share of all arrivals that an agent takes up within the time.
        given_up: The share of all arrivals that are given up before.
        average_wait: How long an arrival waits on average, for an agent or until it is given up; ``None`` if
            the queue grows without end.
        occupancy: The share of their time for which agents are busy.
    """

    agents: int
    load: float = field(converter=as_float)
    within: timedelta
    waits: float = field(converter=as_float)
    in_time: float = field(converter=as_float)
    given_up: float = field(converter=as_float)
    average_wait: timedelta | None
    occupancy: float = field(converter=as_float)

    @property
    def is_stable(self) -> bool:
        """Whether the queue does not grow without end."""
        return self.average_wait is not None

    def explain(self) -> str:
        """Return the figures as a sentence."""
        head = f"{plural(self.agents, 'agent')} at {self.load:.2f} Erlangs"
        if self.average_wait is None:
            return f"{head}: more arrives than they can do, the queue grows without end"
        given_up = f", {percent(self.given_up)} given up" if self.given_up else ""
        wait = duration_text(timedelta(seconds=round(self.average_wait.total_seconds())))
        return (
            f"{head}: {percent(self.in_time)} within {duration_text(self.within)}, {wait} on average, "
            f"busy for {percent(self.occupancy)}{given_up}"
        )


def queue_figures(demand: Demand, agents: int, within: timedelta) -> QueueFigures:
    """
    Return how a stream of work fares with some agents: by Erlang C, or Erlang A if it has patience.

    Cost: grows with *agents*; with patience, also with how much arrives within it.

    Args:
        demand: The stream.
        agents: How many agents there are, up to 100,000.
        within: The time in which an arrival is taken up in time; not negative.

    Raises:
        DefinitionError: With everything that is wrong.

    >>> print(queue_figures(Demand(200, timedelta(minutes=3)), 14, timedelta(seconds=20)).explain())
    14 agents at 10.00 Erlangs: 88.8% within 20s, 8s on average, busy for 71.4%

    Source:
        Erlang C: Gans, Koole and Mandelbaum (2003), section 4.1. Erlang A: Mandelbaum and Zeltyn (2007),
        sections 3 and 4.
    """
    problems = [*_agents_problems(agents), *instance_problems("demand", demand, Demand)]
    if not is_a(within, timedelta) or within < timedelta(0):
        problems.append(f"within: must be a length of time, not negative, not {shown(within)}")
    if problems:
        raise DefinitionError(*problems)
    return _figures(demand, agents, within)


def _figures(demand: Demand, agents: int, within: timedelta) -> QueueFigures:
    load = demand.load
    if not load:
        reckoned = _Reckoned(0.0, 1.0, 0.0, 0.0)
    elif demand.patience is None:
        reckoned = _with_endless_patience(agents, load, within / demand.handling)
    else:
        reckoned = _with_patience(agents, load, within / demand.handling, demand.patience / demand.handling)
    wait = reckoned.wait
    busy = min(1.0, load * (1 - reckoned.given_up) / agents) if agents else 0.0
    return QueueFigures(
        agents=agents,
        load=load,
        within=within,
        waits=reckoned.waits,
        in_time=reckoned.in_time,
        given_up=reckoned.given_up,
        average_wait=None if wait == inf else _length(wait, demand.handling),
        occupancy=busy,
    )


def _length(times: float, handling: timedelta) -> timedelta | None:
    """Return a multiple of the time that one takes; ``None`` if it is beyond all that can be told."""
    try:
        return times * handling
    except OverflowError:
        return None


class _Reckoned(NamedTuple):
    """Figures of a queue, times being told in times that one of its arrivals takes."""

    waits: float
    in_time: float
    given_up: float
    wait: float


def _with_endless_patience(agents: int, load: float, within: float) -> _Reckoned:
    waits = _waiting(agents, load)
    spare = agents - load
    if spare <= 0:
        return _Reckoned(waits, 0.0, 0.0, inf)
    return _Reckoned(waits, 1 - waits * exp(-spare * within), 0.0, waits / spare)


def _with_patience(agents: int, load: float, within: float, patience: float) -> _Reckoned:
    # How many are in the queue is a birth-death process: below, weights of 0, 1, 2 … of them, relative to the
    # heaviest. Those of states without a queue add up to 1/B - 1 times that of an empty queue.
    blocked = _blocked(agents, load)
    if blocked < _NEVER:
        return _Reckoned(0.0, 1.0, 0.0, 0.0)
    logarithms = [*_weights_of_queues(agents, load, patience)]
    heaviest = max(logarithms)
    weights = [exp(each - heaviest) for each in logarithms]
    free = exp(log(1 / blocked - 1) - heaviest) if blocked < 1 else 0.0
    busy = sum(weights)
    total = free + busy
    queue = sum(length * weight for length, weight in enumerate(weights)) / total
    # Who finds a queue of some length is taken up within a time if they stay for longer than it takes those
    # ahead to leave, one after the other, for an agent or because they give up.
    taken = sum(
        weight * agents / (agents + (length + 1) / patience) * share
        for length, (weight, share) in enumerate(
            zip(weights, _shares_in_time(agents * patience, within / patience), strict=False)
        )
    )
    return _Reckoned(busy / total, (free + taken) / total, queue / patience / load, queue / load)


def _weights_of_queues(agents: int, load: float, patience: float) -> Iterator[float]:
    """Yield the logarithms of the weights of a queue of 0, 1, 2 …, up to those that add nothing."""
    weight = heaviest = 0.0
    for length in count(1):
        yield weight
        weight += log(load / (agents + length / patience))
        heaviest = max(heaviest, weight)
        if weight < heaviest + _NEGLIGIBLE:
            return


def _shares_in_time(agents: float, within: float) -> Iterator[float]:
    """
    Yield the share of those behind a queue of 0, 1, 2 … for whom its end comes in time, given that they stay.

    Args:
        agents: How many times agents finish something within the patience of one.
        within: The time, in patiences.

    Source:
        The sum of exponential times of rates c + 1, c + 2 … c + j + 1 lies within *t* with the probability
        I(1 - exp(-t); j + 1, c + 1), a regularised incomplete beta function: for it is an order statistic.
        The complement is summed up as a negative binomial distribution, all the terms of which are positive.
    """
    logarithm = -within * (agents + 1)
    late = exp(logarithm)
    progress = log(-expm1(-within)) if within else -inf
    for length in count(1):
        yield max(0.0, 1 - late)
        logarithm += progress + log((length + agents) / length)
        late += exp(logarithm)


@frozen
class Requirement:
    """
    How many agents are needed, and why neither more nor fewer.

    Args:
        goal: What they are needed for.
        figures: How the work fares with them.
        with_one_fewer: How it would with one fewer; ``None`` if none is needed.
    """

    goal: ServiceGoal
    figures: QueueFigures
    with_one_fewer: QueueFigures | None

    @property
    def agents(self) -> int:
        """How many agents are needed."""
        return self.figures.agents

    def explain(self) -> str:
        """Return why, in sentences."""
        if self.with_one_fewer is None:
            return f"No agent is needed for {self.goal}."
        return f"For {self.goal}: {self.figures.explain()}. Not enough: {self.with_one_fewer.explain()}."


def agents_needed(demand: Demand, goal: ServiceGoal) -> Requirement:
    """
    Return the fewest agents that meet a goal.

    Cost: that of some three `queue_figures`; with patience, of some ten.

    Args:
        demand: The stream of work.
        goal: How soon it is to be taken up.

    Raises:
        DefinitionError: If one of them is none, or more than 100,000 agents are needed.

    >>> needed = agents_needed(Demand(200, timedelta(minutes=3)), ServiceGoal(0.8, timedelta(seconds=20)))
    >>> needed.agents
    14
    """
    problems = [
        *instance_problems("demand", demand, Demand),
        *instance_problems("goal", goal, ServiceGoal),
    ]
    if not problems and demand.load > _MOST_AGENTS:
        problems.append(f"demand: {demand.load:,.0f} Erlangs need more than {_MOST_AGENTS:,} agents")
    if problems:
        raise DefinitionError(*problems)

    def with_agents(number: int) -> QueueFigures:
        return _figures(demand, number, goal.within)

    if demand.patience is None:
        agents = _fewest_for_all(demand, goal)
    else:
        agents = _fewest(lambda number: goal.is_met_by(with_agents(number)), demand.load)
    if agents > _MOST_AGENTS:
        problem = f"{goal} needs more than {_MOST_AGENTS:,} agents at {demand.load:,.0f} Erlangs"
        raise DefinitionError(problem)
    return Requirement(goal, with_agents(agents), with_agents(agents - 1) if agents else None)


def _fewest_for_all(demand: Demand, goal: ServiceGoal) -> int:
    """Return the fewest agents that suffice where nobody gives up: in one pass, as Erlang B is found."""
    load, within = demand.load, goal.within / demand.handling
    most = 1.0 if goal.most_occupied is None else goal.most_occupied
    if not load:
        return 0
    share = 1.0
    for number in range(1, _MOST_AGENTS + 1):
        carried = load * share
        share = carried / (number + carried)
        if number > load and load / number <= most:
            waits = share / (1 - load / number * (1 - share))
            if 1 - waits * exp((load - number) * within) >= goal.share:
                return number
    return _MOST_AGENTS + 1


def _fewest(suffices: Callable[[int], bool], load: float) -> int:
    """Return the fewest agents that suffice; more suffice, too. Begins beside what is offered."""
    step = isqrt(ceil(load)) // 2 + 1
    here = ceil(load)
    if suffices(here):
        high, low = here, here - step
        while low >= 0 and suffices(low):
            high, low, step = low, low - 2 * step, 2 * step
        low = max(low, -1)
    else:
        low, high = here, here + step
        while high <= _MOST_AGENTS and not suffices(high):
            low, high, step = high, high + 2 * step, 2 * step
        if high > _MOST_AGENTS and not suffices(high):
            return high
    while high - low > 1:
        middle = (low + high) // 2
        if suffices(middle):
            high = middle
        else:
            low = middle
    return high
