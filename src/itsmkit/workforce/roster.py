"""Who is at work when, and what they can do; and the work that they are there for."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from math import exp, inf, log, sqrt
from random import Random

from attrs import evolve, field, frozen

from itsmkit._checks import is_a, named
from itsmkit._frozen import as_tuple
from itsmkit._problems import distinct_problems, instance_problems, items_problems, names, shown
from itsmkit.calendars import BusinessTime, TimeSpan, merge_spans, subtract_spans
from itsmkit.errors import DefinitionError
from itsmkit.workforce._numbers import as_float, is_amount
from itsmkit.workforce.arrivals import ArrivalForecast

__all__ = [
    "Agent",
    "ExponentialTimes",
    "LognormalTimes",
    "ObservedTimes",
    "Rate",
    "Roster",
    "WorkStream",
    "as_names",
    "rates_of",
]

_NONE = timedelta(0)


def as_names(given: Iterable[str]) -> frozenset[str]:
    """Return several names as a set; a single one may stand alone."""
    return frozenset(names(given))


# -- people ------------------------------------------------------------------------------------------------


def _spans(given: Iterable[TimeSpan]) -> tuple[TimeSpan, ...]:
    spans = as_tuple(given)
    return merge_spans(spans) if all(is_a(each, TimeSpan) for each in spans) else spans


@frozen
class Agent:
    """
    Somebody who works, and when.

    Args:
        name: Who it is.
        shifts: When they are at work; spans that touch are made one.
        skills: What they can do besides what everybody can.

    Raises:
        DefinitionError: With everything that is wrong.
    """

    name: str = field(validator=named)
    shifts: tuple[TimeSpan, ...] = field(converter=_spans)
    skills: frozenset[str] = field(default=frozenset(), converter=as_names)

    def __attrs_post_init__(self) -> None:
        problems = [*items_problems("shifts", self.shifts, TimeSpan)]
        if problems:
            raise DefinitionError(*(f"Agent {self.name!r}: {each}" for each in problems))

    @property
    def time(self) -> timedelta:
        """How long they are at work in all."""
        return sum((each.duration for each in self.shifts), _NONE)

    def without(self, leave: Iterable[TimeSpan]) -> "Agent":
        """Return the same agent with time taken off, such as holidays, training and illness."""
        return evolve(self, shifts=subtract_spans(self.shifts, leave))


@frozen
class Roster:
    """
    The agents of a desk.

    Args:
        agents: The agents, each of a name of their own.

    Raises:
        DefinitionError: If a name stands twice, or something is no agent.
    """

    agents: tuple[Agent, ...] = field(converter=as_tuple)

    def __attrs_post_init__(self) -> None:
        problems = [*items_problems("agents", self.agents, Agent)]
        problems += distinct_problems("agents", (getattr(each, "name", None) for each in self.agents))
        if problems:
            raise DefinitionError(*(f"Roster: {each}" for each in problems))

    def at_work(self, instant: datetime) -> tuple[Agent, ...]:
        """
        Return who is at work at an instant.

        Raises:
            DefinitionError: If *instant* is naive.
        """
        return tuple(agent for agent in self.agents if any(instant in span for span in agent.shifts))


# -- how long it takes -------------------------------------------------------------------------------------


def _length_problems(path: str, value: object) -> Iterable[str]:
    if not is_a(value, timedelta) or value <= _NONE:  # type: ignore[operator]
        yield f"{path}: must be a length of time above 0, not {shown(value)}"


@frozen
class ExponentialTimes:
    """
    Times of which most are short and some are long: those of the formulas of Erlang.

    Args:
        mean: How long they are on average; above 0.

    Raises:
        DefinitionError: If it is not.
    """

    mean: timedelta

    def __attrs_post_init__(self) -> None:
        problems = [*_length_problems("ExponentialTimes.mean", self.mean)]
        if problems:
            raise DefinitionError(*problems)

    def draw(self, random: Random) -> float:
        """Return one by chance, in seconds."""
        return random.expovariate(1.0) * self.mean.total_seconds()


@frozen
class LognormalTimes:
    """
    Times the logarithms of which are normally distributed, as those of calls and of repairs mostly are.

    Args:
        mean: How long they are on average; above 0.
        spread: Their standard deviation, as a share of the mean; 0 if all are alike.

    Raises:
        DefinitionError: With everything that is wrong.

    Source:
        L. Brown and others, "Statistical Analysis of a Telephone Call Center: A Queueing-Science
        Perspective", Journal of the American Statistical Association 100 (2005), section 5.
    """

    mean: timedelta
    spread: float = field(default=1.0, converter=as_float)

    def __attrs_post_init__(self) -> None:
        problems = [*_length_problems("LognormalTimes.mean", self.mean)]
        if not is_amount(self.spread):
            problems.append(f"LognormalTimes.spread: must be a number of 0 or more, not {shown(self.spread)}")
        if problems:
            raise DefinitionError(*problems)

    def draw(self, random: Random) -> float:
        """Return one by chance, in seconds."""
        variance = log(1 + self.spread * self.spread)
        return self.mean.total_seconds() * exp(random.gauss(0.0, 1.0) * sqrt(variance) - variance / 2)


@frozen
class ObservedTimes:
    """
    Times that were measured, each of which is as likely again.

    Args:
        times: The times, at least one; not negative, and not all 0.

    Raises:
        DefinitionError: With everything that is wrong.
    """

    times: tuple[timedelta, ...] = field(converter=as_tuple)

    def __attrs_post_init__(self) -> None:
        problems = [
            f"ObservedTimes.times[{place}]: must be a length of time, not negative, not {shown(each)}"
            for place, each in enumerate(self.times)
            if not is_a(each, timedelta) or each < _NONE
        ]
        if not problems and not any(self.times):
            problems.append("ObservedTimes.times: must hold one at least that is above 0")
        if problems:
            raise DefinitionError(*problems)

    @property
    def mean(self) -> timedelta:
        """How long they are on average."""
        return sum(self.times, _NONE) / len(self.times)

    def draw(self, random: Random) -> float:
        """Return one by chance, in seconds."""
        return self.times[int(random.random() * len(self.times))].total_seconds()


# -- the work ----------------------------------------------------------------------------------------------


@frozen
class Rate:
    """
    How much arrives in a span of time.

    Args:
        span: The span.
        per_hour: How much arrives in an hour of it on average; 0 or more.

    Raises:
        DefinitionError: With everything that is wrong.
    """

    span: TimeSpan
    per_hour: float = field(converter=as_float)

    def __attrs_post_init__(self) -> None:
        problems = [*instance_problems("Rate.span", self.span, TimeSpan)]
        if not is_amount(self.per_hour):
            problems.append(f"Rate.per_hour: must be a number of 0 or more, not {shown(self.per_hour)}")
        if problems:
            raise DefinitionError(*problems)


def rates_of(forecast: ArrivalForecast, share: float = 1.0) -> tuple[Rate, ...]:
    """
    Return the rates at which something arrives that is a share of what was forecast.

    Args:
        forecast: The forecast.
        share: The share: 0 or more.

    Raises:
        DefinitionError: If the share is negative.
    """
    return tuple(Rate(each.span, each.expected * share) for each in forecast.hours)


@frozen(kw_only=True)
class WorkStream:
    """
    Work of one sort.

    Args:
        name: What it is called.
        rates: How much arrives when.
        handling: How long one takes an agent.
        skill: What it takes to do it; ``None`` if everybody can.
        priority: Who is free takes up the lowest first; of equal ones, what arrived first.
        patience: How long one waits before it is given up, on average; ``None`` for as long as it takes.
        is_laid_down: Whether an agent whose shift ends goes on in their next one, as with tickets; a call is
            brought to its end.
        respond_within: How soon one is to be taken up; ``None`` if nothing is agreed.
        resolve_within: How soon one is to be done; ``None`` if nothing is agreed.
        calendar: The hours by which these two count; ``None`` for real time.

    Raises:
        DefinitionError: With everything that is wrong.
    """

    name: str = field(validator=named)
    rates: tuple[Rate, ...] = field(converter=as_tuple, repr=False)
    handling: ExponentialTimes | LognormalTimes | ObservedTimes
    skill: str | None = None
    priority: int = 3
    patience: timedelta | None = None
    is_laid_down: bool = False
    respond_within: timedelta | None = None
    resolve_within: timedelta | None = None
    calendar: BusinessTime | None = None

    def __attrs_post_init__(self) -> None:
        problems = [*items_problems("rates", self.rates, Rate)]
        if not is_a(self.handling, ExponentialTimes, LognormalTimes, ObservedTimes):
            problems.append(f"handling: must be such as ExponentialTimes, not {shown(self.handling)}")
        if type(self.priority) is not int:
            problems.append(f"priority: must be a whole number, not {shown(self.priority)}")
        for path in ("patience", "respond_within", "resolve_within"):
            if getattr(self, path) is not None:
                problems += _length_problems(path, getattr(self, path))
        if problems:
            raise DefinitionError(*(f"WorkStream {self.name!r}: {each}" for each in problems))

    def draw_patience(self, random: Random) -> float:
        """Return by chance how long one waits, in seconds."""
        return inf if self.patience is None else random.expovariate(1.0) * self.patience.total_seconds()
