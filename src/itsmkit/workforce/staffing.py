"""From what is expected to who comes when: agents for each hour, shifts that cover them, people for these."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime, timedelta
from functools import cache
from heapq import heapify, heappop, heappush
from math import ceil

from attrs import field, frozen

from itsmkit._checks import aware_instant, in_utc, is_a, named
from itsmkit._figures import plural
from itsmkit._frozen import as_tuple
from itsmkit._problems import distinct_problems, instance_problems, items_problems, shown
from itsmkit.calendars import BusinessTime, TimeSpan, merge_spans
from itsmkit.errors import DefinitionError
from itsmkit.workforce._numbers import as_float, is_amount
from itsmkit.workforce.arrivals import ArrivalForecast
from itsmkit.workforce.erlang import Demand, Requirement, ServiceGoal, agents_needed
from itsmkit.workforce.roster import Agent, Roster, as_names

__all__ = [
    "HourlyNeed",
    "OpenShift",
    "PlannedShift",
    "ShiftPattern",
    "ShiftPlan",
    "StaffMember",
    "StaffedRoster",
    "fill_shifts",
    "plan_shifts",
    "staffing",
]

_HOUR = timedelta(hours=1)
_NONE = timedelta(0)
_TINY = 1e-9
_MOST_HEADS = 100_000


# -- how many ----------------------------------------------------------------------------------------------


@frozen
class HourlyNeed:
    """
    How many people are needed in an hour.

    Args:
        at: When the hour begins; in UTC.
        heads: How many people: 0 or more.
        requirement: Why so many agents; ``None`` if somebody just says so.

    Raises:
        DefinitionError: With everything that is wrong.
    """

    at: datetime = field(converter=in_utc, validator=aware_instant)
    heads: int
    requirement: Requirement | None = None

    def __attrs_post_init__(self) -> None:
        if type(self.heads) is not int or not 0 <= self.heads <= _MOST_HEADS:
            problem = (
                f"HourlyNeed.heads: must be a whole number from 0 to {_MOST_HEADS:,}, not {shown(self.heads)}"
            )
            raise DefinitionError(problem)


def staffing(
    forecast: ArrivalForecast,
    handling: timedelta,
    goal: ServiceGoal,
    *,
    patience: timedelta | None = None,
    shrinkage: float = 0.0,
    for_the_most: bool = False,
) -> tuple[HourlyNeed, ...]:
    """
    Return how many people are needed in each hour.

    Each hour is reckoned by itself, as if it had been so for long: the stationary independent period by
    period approximation, which is good where handling takes a small part of an hour.

    Args:
        forecast: What arrives.
        handling: How long one takes an agent, on average.
        goal: How soon one is to be taken up.
        patience: How long one waits on average before it is given up; ``None`` for as long as it takes.
        shrinkage: The share of their time for which people are there but at no work of this sort, such as
            for meetings: 0 to below 1.
        for_the_most: Whether to reckon with the most that is likely to arrive rather than the mean.

    Raises:
        DefinitionError: With everything that is wrong.

    Source:
        L. V. Green, P. J. Kolesar and W. Whitt, "Coping with time-varying demand when setting staffing
        requirements for a service system", Production and Operations Management 16 (2007).
    """
    problems = [*instance_problems("forecast", forecast, ArrivalForecast)]
    if not is_amount(as_float(shrinkage)) or shrinkage >= 1:
        problems.append(f"shrinkage: must be from 0 to below 1, such as 0.3, not {shown(shrinkage)}")
    if problems:
        raise DefinitionError(*problems)

    @cache
    def needed(per_hour: float) -> Requirement:
        return agents_needed(Demand(per_hour, handling, patience), goal)

    needs = []
    for each in forecast.hours:
        requirement = needed(float(each.high) if for_the_most else each.expected)
        needs.append(HourlyNeed(each.at, ceil(requirement.agents / (1 - shrinkage) - _TINY), requirement))
    return tuple(needs)


# -- which shifts ------------------------------------------------------------------------------------------


@frozen
class ShiftPattern:
    """
    A shift that people can be asked to work.

    Args:
        name: What it is called.
        hours: When it is worked, day by day; what is a break in it is not worked.

    Raises:
        DefinitionError: If the name is none, or *hours* no calendar.
    """

    name: str = field(validator=named)
    hours: BusinessTime

    def __attrs_post_init__(self) -> None:
        problems = [*instance_problems(f"ShiftPattern {self.name!r}: hours", self.hours, BusinessTime)]
        if problems:
            raise DefinitionError(*problems)


@frozen(kw_only=True)
class PlannedShift:
    """
    A shift of one person on a day.

    Args:
        pattern: The name of its pattern.
        day: The day on which it begins, in the zone of the pattern.
        spans: When it is worked.
        because: How many head-hours of it somebody was missing for when it was planned.

    Raises:
        DefinitionError: If the name is none.
    """

    pattern: str = field(validator=named)
    day: date
    spans: tuple[TimeSpan, ...] = field(converter=as_tuple)
    because: float = field(default=0.0, converter=as_float)

    @property
    def time(self) -> timedelta:
        """How long it is worked."""
        return sum((each.duration for each in self.spans), _NONE)

    def explain(self) -> str:
        """Return why it was planned, as a sentence."""
        return (
            f"{self.pattern} on {self.day}: somebody was missing for {self.because:.1f} of its "
            f"{self.time / _HOUR:.1f} hours"
        )


@frozen
class ShiftPlan:
    """
    Shifts, and how they cover what is needed.

    Args:
        needs: How many people are needed in each hour.
        shifts: The shifts, in the order in which they begin.
        covered: Of each hour, how many people are at work in it, parts of it being counted as parts.

    Raises:
        DefinitionError: If *covered* does not tell of each hour.
    """

    needs: tuple[HourlyNeed, ...] = field(converter=as_tuple)
    shifts: tuple[PlannedShift, ...] = field(converter=as_tuple)
    covered: tuple[float, ...] = field(converter=as_tuple)

    def __attrs_post_init__(self) -> None:
        if len(self.covered) != len(self.needs):
            problem = f"ShiftPlan.covered: must tell of {plural(len(self.needs), 'hour')}"
            raise DefinitionError(problem)

    @property
    def missing(self) -> float:
        """How many head-hours are needed that nobody covers."""
        pairs = zip(self.needs, self.covered, strict=True)
        return sum(max(0.0, need.heads - covered) for need, covered in pairs)

    @property
    def spare(self) -> float:
        """How many head-hours are worked that are not needed."""
        worked = sum((each.time for each in self.shifts), _NONE) / _HOUR
        return worked - sum(
            min(float(need.heads), covered) for need, covered in zip(self.needs, self.covered, strict=True)
        )


def plan_shifts(needs: Iterable[HourlyNeed], patterns: Iterable[ShiftPattern]) -> ShiftPlan:
    """
    Return shifts that cover what is needed as far as the patterns can.

    The shift of which the largest part is needed is planned first, and so on; then those are taken back that
    later ones made needless. No shift of the plan can be left out; that there are none cheaper is not proved.

    Cost: grows with the shifts that are planned, and the logarithm of those that might be.

    Args:
        needs: How many people are needed in each hour; each hour once.
        patterns: The shifts that people can be asked to work.

    Raises:
        DefinitionError: With everything that is wrong.
        OutOfRangeError: If the calendar of a pattern does not know these days.

    Source:
        G. Dobson, "Worst-case analysis of greedy heuristics for integer programming with nonnegative data",
        Mathematics of Operations Research 7 (1982): covering by the best ratio costs at most 1 + ln n times
        the least.
    """
    needs, patterns = as_tuple(needs), as_tuple(patterns)
    problems = [
        problem
        for path, given, kind in (("needs", needs, HourlyNeed), ("patterns", patterns, ShiftPattern))
        for problem in items_problems(path, given, kind)
    ]
    problems += distinct_problems("patterns", (getattr(each, "name", None) for each in patterns))
    if not problems:
        problems += distinct_problems("needs", (str(each.at) for each in needs))
    if problems:
        raise DefinitionError(*problems)
    options = [*_options(needs, patterns)]
    residual = [float(each.heads) for each in needs]
    planned = _planned(options, residual)
    _take_back(planned, residual)
    covered = [need.heads - left for need, left in zip(needs, residual, strict=True)]
    shifts = sorted((each.shift(gain) for each, gain in planned), key=lambda each: (each.day, each.pattern))
    shifts.sort(key=lambda each: each.spans[0].start)
    return ShiftPlan(needs, shifts, covered)


@frozen
class _Option:
    """A shift that might be planned, and which part of which hours it covers."""

    pattern: str
    day: date
    spans: tuple[TimeSpan, ...]
    parts: Mapping[int, float]
    length: float

    def gain(self, residual: Sequence[float]) -> float:
        """Return for how many hours of it somebody is missing."""
        return sum(min(part, max(0.0, residual[place])) for place, part in self.parts.items())

    def shift(self, gain: float) -> PlannedShift:
        """Return it as it is planned."""
        return PlannedShift(pattern=self.pattern, day=self.day, spans=self.spans, because=gain)


def _options(needs: Sequence[HourlyNeed], patterns: Sequence[ShiftPattern]) -> Iterator[_Option]:
    places = {each.at: place for place, each in enumerate(needs)}
    for pattern in patterns:
        local = {at.astimezone(pattern.hours.tz).date() for at in places}
        # Of a night shift that has begun before the first hour, nobody asks any more.
        for day in sorted(local):
            spans = pattern.hours.hours_of(day)
            parts: dict[int, float] = {}
            for at, place in places.items() if spans else ():
                part = sum(
                    (shared.duration for each in spans if (shared := each & TimeSpan(at, at + _HOUR))), _NONE
                )
                if part:
                    parts[place] = part / _HOUR
            if parts:
                yield _Option(
                    pattern.name, day, spans, parts, sum((each.duration for each in spans), _NONE) / _HOUR
                )


def _planned(options: Sequence[_Option], residual: list[float]) -> list[tuple[_Option, float]]:
    """Plan shifts until no further one would help; *residual* tells afterwards what is missing still."""
    # What a shift would help only ever becomes less, so that one that is still as good as it was when it was
    # last looked at is the best of all.
    heap = [(-each.gain(residual) / each.length, place) for place, each in enumerate(options)]
    heapify(heap)
    planned = []
    while heap and heap[0][0] < -_TINY:
        rank, place = heappop(heap)
        option = options[place]
        gain = option.gain(residual)
        if -gain / option.length > rank + _TINY:
            heappush(heap, (-gain / option.length, place))
            continue
        for hour, part in option.parts.items():
            residual[hour] -= part
        planned.append((option, gain))
        heappush(heap, (rank, place))
    return planned


def _take_back(planned: list[tuple[_Option, float]], residual: list[float]) -> None:
    """Take back what is not needed after all, the longest first."""
    for entry in sorted(planned, key=lambda each: -each[0].length):
        parts = entry[0].parts
        if all(residual[hour] + part <= _TINY or part <= _TINY for hour, part in parts.items()):
            planned.remove(entry)
            for hour, part in parts.items():
                residual[hour] += part


# -- who ---------------------------------------------------------------------------------------------------


def _names_if_any(given: Iterable[str] | None) -> frozenset[str] | None:
    return None if given is None else as_names(given)


@frozen(kw_only=True)
class StaffMember:
    """
    Somebody who can be asked to work shifts.

    Args:
        name: Who it is.
        patterns: The names of the patterns that they work; ``None`` for all.
        leave: When they are away: holidays, training, illness.
        most_in_a_week: How long they work in any 7 days at most; ``None`` if nothing is agreed.
        skills: What they can do besides what everybody can.

    Raises:
        DefinitionError: With everything that is wrong.
    """

    name: str = field(validator=named)
    patterns: frozenset[str] | None = field(default=None, converter=_names_if_any)
    leave: tuple[TimeSpan, ...] = field(default=(), converter=as_tuple)
    most_in_a_week: timedelta | None = None
    skills: frozenset[str] = field(default=frozenset(), converter=as_names)

    def __attrs_post_init__(self) -> None:
        problems = [*items_problems("leave", self.leave, TimeSpan)]
        most = self.most_in_a_week
        if most is not None and (not is_a(most, timedelta) or most <= _NONE):
            problems.append(f"most_in_a_week: must be a length of time above 0, not {shown(most)}")
        if problems:
            raise DefinitionError(*(f"StaffMember {self.name!r}: {each}" for each in problems))


@frozen
class OpenShift:
    """
    A shift that nobody can work.

    Args:
        shift: The shift.
        reasons: Of each member of the staff, why not, by name.
    """

    shift: PlannedShift
    reasons: tuple[tuple[str, str], ...] = field(converter=as_tuple)


@frozen
class StaffedRoster:
    """
    Who works when.

    Args:
        roster: The agents with their shifts, in the order in which the staff was given.
        open: The shifts that nobody can work, and why.
    """

    roster: Roster
    open: tuple[OpenShift, ...] = field(converter=as_tuple)


def fill_shifts(
    shifts: Iterable[PlannedShift], staff: Iterable[StaffMember], *, rest: timedelta = timedelta(hours=11)
) -> StaffedRoster:
    """
    Return who works which shift, the work being parted as evenly as can be.

    The shifts that fewest can work are filled first; each goes to who has the least work so far, of those who
    are not away, have rested, and have not worked as much as they may.

    Cost: grows with the shifts, the staff, and the shifts that each has.

    Args:
        shifts: The shifts.
        staff: Who can be asked, each by a name of their own.
        rest: How long nobody works between two shifts.

    Raises:
        DefinitionError: With everything that is wrong.

    Source:
        Directive 2003/88/EC on working time: eleven hours of rest, article 3; weeks of seven days, article 6.
    """
    shifts, staff = as_tuple(shifts), as_tuple(staff)
    problems = [
        problem
        for path, given, kind in (("shifts", shifts, PlannedShift), ("staff", staff, StaffMember))
        for problem in items_problems(path, given, kind)
    ]
    problems += distinct_problems("staff", (getattr(each, "name", None) for each in staff))
    if not is_a(rest, timedelta) or rest < _NONE:
        problems.append(f"rest: must be a length of time, not negative, not {shown(rest)}")
    problems += [
        f"shifts[{place}]: has no time in which it is worked"
        for place, each in enumerate(shifts)
        if is_a(each, PlannedShift) and not each.time
    ]
    if problems:
        raise DefinitionError(*problems)
    diaries = [_Diary(each) for each in staff]

    def able(shift: PlannedShift) -> int:
        return sum(each.refusal(shift, rest) is None for each in diaries)

    open_shifts = []
    for shift in sorted(shifts, key=lambda each: (able(each), each.spans[0].start, each.pattern)):
        fit = [each for each in diaries if each.refusal(shift, rest) is None]
        if fit:
            min(fit, key=lambda each: each.time).shifts.append(shift)
        else:
            reasons = ((each.member.name, each.refusal(shift, rest) or "") for each in diaries)
            open_shifts.append(OpenShift(shift, tuple(reasons)))
    open_shifts.sort(key=lambda each: each.shift.spans[0].start)
    return StaffedRoster(Roster(tuple(each.agent() for each in diaries)), open_shifts)


class _Diary:
    """What somebody has been asked to work so far."""

    def __init__(self, member: StaffMember) -> None:
        self.member = member
        self.shifts: list[PlannedShift] = []

    @property
    def time(self) -> timedelta:
        """How long they work so far."""
        return sum((each.time for each in self.shifts), _NONE)

    def agent(self) -> Agent:
        """Return the agent that they are, with what they are asked to work."""
        spans = [span for shift in self.shifts for span in shift.spans]
        return Agent(self.member.name, merge_spans(spans), self.member.skills)

    def refusal(self, shift: PlannedShift, rest: timedelta) -> str | None:
        """Return why they cannot work a shift; ``None`` if they can."""
        member = self.member
        if member.patterns is not None and shift.pattern not in member.patterns:
            return f"does not work {shift.pattern}"
        away = next((off for off in member.leave if any(off & each for each in shift.spans)), None)
        if away is not None:
            return f"is away from {away.start.isoformat()}"
        start, end = shift.spans[0].start, shift.spans[-1].end
        for each in self.shifts:
            if start < each.spans[-1].end + rest and each.spans[0].start < end + rest:
                return (
                    f"works {each.pattern} on {each.day}, and rests for {rest / _HOUR:g} h before and after"
                )
        most = member.most_in_a_week
        if most is not None and self._busiest_week_with(shift) > most:
            return f"would work more than {most / _HOUR:g} h in 7 days"
        return None

    def _busiest_week_with(self, shift: PlannedShift) -> timedelta:
        """Return how long they would work in the busiest 7 days that begin with one of their shifts."""
        all_shifts = [*self.shifts, shift]
        begins = [each.spans[0].start for each in all_shifts]
        week = 168 * _HOUR
        return max(
            sum((each.time for each in all_shifts if begin <= each.spans[0].start < begin + week), _NONE)
            for begin in begins
        )
