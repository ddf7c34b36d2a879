"""
What a roster will achieve: the desk is played through, event by event, again and again by chance.

Who becomes free takes up, of what they are able to do, the lowest priority first, and of that what has waited
longest. What arrives goes to whoever is free and can do the least besides, so that who can do more is kept
free for it; of these, to who has been idle longest.

Chance is seeded by the run and the name of the stream, and is drawn before anybody works: so two rosters that
are compared are given the same work (common random numbers), and their difference is told more sharply than
either by itself.

Source:
    A. M. Law, "Simulation Modeling and Analysis", 5th edition (2015): independent replications, section 9.4;
    common random numbers, section 11.2.
"""

from bisect import bisect_right
from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime, timedelta
from heapq import heapify, heappop, heappush
from math import inf, sqrt
from random import Random
from statistics import fmean, stdev
from typing import NamedTuple

from attrs import define, field, frozen

from itsmkit._checks import is_a
from itsmkit._figures import percent
from itsmkit._frozen import as_tuple
from itsmkit._problems import distinct_problems, instance_problems, items_problems, shown
from itsmkit.errors import DefinitionError
from itsmkit.workforce._numbers import as_float, is_number
from itsmkit.workforce._student import student_quantile
from itsmkit.workforce.roster import Roster, WorkStream

__all__ = [
    "Estimate",
    "RosterComparison",
    "RosterOutcome",
    "StreamDifference",
    "StreamOutcome",
    "compare_rosters",
    "simulate_roster",
]

_MOST_REPLICATIONS = 10_000


# -- what is answered --------------------------------------------------------------------------------------


@frozen
class Estimate:
    """
    A mean, and the interval in which the true one is likely to lie.

    Args:
        mean: The mean of all replications in which there was something to tell.
        low: The lower bound of the interval.
        high: The upper bound.
    """

    mean: float = field(converter=as_float)
    low: float = field(converter=as_float)
    high: float = field(converter=as_float)

    @property
    def half_width(self) -> float:
        """How far the bounds are from the mean."""
        return (self.high - self.low) / 2


@frozen(kw_only=True)
class StreamOutcome:
    """
    How a stream of work fares.

    Args:
        stream: The name of the stream.
        arrived: How much arrives.
        given_up: The share of it that is given up.
        left: The share of it that nobody has taken up when the last shift has ended.
        average_wait: How long what is taken up has waited, in seconds; ``None`` if nothing ever is.
        responded: The share of it that is taken up in time; ``None`` if nothing is agreed.
        resolved: The share of it that is done in time; ``None`` if nothing is agreed.
    """

    stream: str
    arrived: Estimate
    given_up: Estimate | None
    left: Estimate | None
    average_wait: Estimate | None
    responded: Estimate | None
    resolved: Estimate | None


@frozen(kw_only=True)
class RosterOutcome:
    """
    What a roster achieves.

    Args:
        seed: What chance was seeded by.
        replications: How often the desk was played through.
        confidence: How likely the true means lie within their intervals.
        streams: How each stream of work fares, in the order in which they were given.
        occupancy: The time for which agents work, as a share of their shifts; above 1 if they stay longer.
            ``None`` if there are no shifts.
    """

    seed: int
    replications: int
    confidence: float = field(converter=as_float)
    streams: tuple[StreamOutcome, ...] = field(converter=as_tuple)
    occupancy: Estimate | None

    def explain(self) -> str:
        """Return the outcome, a line for each stream."""
        return "\n".join(map(_in_words, self.streams))


def _in_words(outcome: StreamOutcome) -> str:
    parts = [
        f"{percent(each.mean)} {what} (± {100 * each.half_width:.1f})"
        for each, what in (
            (outcome.responded, "taken up in time"),
            (outcome.resolved, "done in time"),
            (outcome.given_up, "given up"),
            (outcome.left, "left"),
        )
        if each is not None and (each.mean or "in time" in what)
    ]
    if outcome.average_wait is not None:
        parts.append(f"waits {outcome.average_wait.mean:,.0f} s on average")
    return f"{outcome.stream}: {outcome.arrived.mean:.1f} arrive; {', '.join(parts) or 'nothing is done'}"


@frozen(kw_only=True)
class StreamDifference:
    """
    By how much a stream of work fares otherwise with the other of two rosters: the other less the one.

    Args:
        stream: The name of the stream.
        average_wait: By how many seconds longer it waits; ``None`` if there is nothing to compare.
        given_up: Which larger share of it is given up; ``None`` as above.
        responded: Which larger share of it is taken up in time; ``None`` as above.
        resolved: Which larger share of it is done in time; ``None`` as above.
    """

    stream: str
    average_wait: Estimate | None
    given_up: Estimate | None
    responded: Estimate | None
    resolved: Estimate | None


@frozen
class RosterComparison:
    """
    What two rosters achieve with the same work.

    Args:
        one: What the one achieves.
        other: What the other achieves.
        differences: By how much each stream fares otherwise with the other.
    """

    one: RosterOutcome
    other: RosterOutcome
    differences: tuple[StreamDifference, ...] = field(converter=as_tuple)


# -- what is asked -----------------------------------------------------------------------------------------


def simulate_roster(
    streams: Iterable[WorkStream],
    roster: Roster,
    *,
    seed: int = 0,
    replications: int = 20,
    warm_up: timedelta = timedelta(0),
    confidence: float = 0.95,
) -> RosterOutcome:
    """
    Return what a roster achieves.

    What arrives goes on being worked on until the last shift has ended; what nobody has taken up by then was
    not taken up in time.

    Cost: some microseconds for each arrival; more where targets count by a calendar.

    Args:
        streams: The work, each stream of a name of its own.
        roster: Who is at work.
        seed: The same seed gives the same outcome.
        replications: How often the desk is played through, 2 to 10,000.
        warm_up: What arrives before the end of this time, from the first arrival possible on, is worked on,
            but does not count: for a desk that does not begin without a queue.
        confidence: How likely the true means are to lie within their intervals: above 0, below 1.

    Raises:
        DefinitionError: With everything that is wrong.
        OutOfRangeError: If a calendar does not know the time of something.
        NeverOpenError: If a calendar has not the time that something is due in.
    """
    desk = _desk(streams, seed, replications, warm_up, confidence)
    return _outcome(desk, [*_played(desk, _checked(roster, "roster"))])


def compare_rosters(
    streams: Iterable[WorkStream],
    one: Roster,
    other: Roster,
    *,
    seed: int = 0,
    replications: int = 20,
    warm_up: timedelta = timedelta(0),
    confidence: float = 0.95,
) -> RosterComparison:
    """
    Return what two rosters achieve with the same work.

    Args:
        streams: The work, each stream of a name of its own.
        one: Who is at work.
        other: Who else might be.
        seed: As with `simulate_roster`, as are all further arguments.
        replications: How often the desk is played through with each.
        warm_up: From when on arrivals count.
        confidence: How likely the true means, and differences, are to lie within their intervals.

    Raises:
        DefinitionError: With everything that is wrong.
        OutOfRangeError: If a calendar does not know the time of something.
        NeverOpenError: If a calendar has not the time that something is due in.
    """
    desk = _desk(streams, seed, replications, warm_up, confidence)
    runs = [*_played(desk, _checked(one, "one"))]
    others = [*_played(desk, _checked(other, "other"))]
    differences = []
    for place, stream in enumerate(desk.streams):
        pairs = [
            (first.tallies[place], second.tallies[place]) for first, second in zip(runs, others, strict=True)
        ]
        named = {
            name: _estimate(
                [_less(second.figure(name), first.figure(name)) for first, second in pairs], confidence
            )
            for name in ("average_wait", "given_up", "responded", "resolved")
        }
        differences.append(StreamDifference(stream=stream.name, **named))
    return RosterComparison(_outcome(desk, runs), _outcome(desk, others), differences)


def _less(value: float | None, other: float | None) -> float | None:
    return None if value is None or other is None else value - other


def _checked(roster: Roster, path: str) -> Roster:
    problems = [*instance_problems(path, roster, Roster)]
    if problems:
        raise DefinitionError(*problems)
    return roster


class _Desk(NamedTuple):
    """What is asked, looked at."""

    streams: tuple[WorkStream, ...]
    begin: datetime
    seed: int
    replications: int
    counts_from: float
    confidence: float


def _desk(
    streams: Iterable[WorkStream], seed: int, replications: int, warm_up: timedelta, confidence: float
) -> _Desk:
    streams = as_tuple(streams)
    problems = [*items_problems("streams", streams, WorkStream)]
    problems += distinct_problems("streams", (getattr(each, "name", None) for each in streams))
    if type(seed) is not int:
        problems.append(f"seed: must be a whole number, not {shown(seed)}")
    if type(replications) is not int or not 2 <= replications <= _MOST_REPLICATIONS:
        problems.append(
            f"replications: must be a whole number from 2 to {_MOST_REPLICATIONS:,}, "
            f"not {shown(replications)}"
        )
    if not is_a(warm_up, timedelta) or warm_up < timedelta(0):
        problems.append(f"warm_up: must be a length of time, not negative, not {shown(warm_up)}")
    if not is_number(confidence) or not 0 < confidence < 1:
        problems.append(f"confidence: must lie between 0 and 1, such as 0.95, not {shown(confidence)}")
    if not problems and not any(each.rates for each in streams):
        problems.append("streams: must hold one at least, with rates")
    if problems:
        raise DefinitionError(*problems)
    begin = min(rate.span.start for each in streams for rate in each.rates)
    return _Desk(streams, begin, seed, replications, warm_up.total_seconds(), confidence)


# -- the work of a replication -----------------------------------------------------------------------------


class _Item(NamedTuple):
    """One piece of work. Instants are seconds from the beginning."""

    at: float
    stream: int
    handling: float
    gives_up_at: float
    respond_by: float
    resolve_by: float


def _work(desk: _Desk, replication: int) -> list[_Item]:
    """Return what arrives, in order: the same whoever is at work."""
    items: list[_Item] = []
    for place, stream in enumerate(desk.streams):
        random = Random(f"{desk.seed}/{replication}/{stream.name}")  # noqa: S311  # it plays, and keeps no secret
        items += _work_of(stream, place, desk.begin, random)
    items.sort()
    return items


def _work_of(stream: WorkStream, place: int, begin: datetime, random: Random) -> Iterator[_Item]:
    draw, patience, calendar = stream.handling.draw, stream.draw_patience, stream.calendar
    respond, resolve = _seconds(stream.respond_within), _seconds(stream.resolve_within)
    for rate in stream.rates:
        if not rate.per_hour:
            continue
        mean = 3600 / rate.per_hour
        end = (rate.span.end - begin).total_seconds()
        at = (rate.span.start - begin).total_seconds() + random.expovariate(1.0) * mean
        while at < end:
            handling, gives_up_at = draw(random), at + patience(random)
            if calendar is None:
                yield _Item(at, place, handling, gives_up_at, at + respond, at + resolve)
            else:
                instant = begin + timedelta(seconds=at)
                dues = (
                    inf if within is None else (calendar.advance(instant, within) - begin).total_seconds()
                    for within in (stream.respond_within, stream.resolve_within)
                )
                yield _Item(at, place, handling, gives_up_at, *dues)
            at += random.expovariate(1.0) * mean


def _seconds(within: timedelta | None) -> float:
    return inf if within is None else within.total_seconds()


# -- a replication -----------------------------------------------------------------------------------------


@define
class _Tally:
    """What has become of a stream so far."""

    stream: WorkStream
    arrived: int = 0
    taken: int = 0
    abandoned: int = 0
    waited: float = 0.0
    in_time: int = 0
    done_in_time: int = 0

    def figure(self, name: str) -> float | None:
        """Return a figure of the replication; ``None`` if there is nothing to tell."""
        if name == "arrived":
            return float(self.arrived)
        if name == "average_wait":
            return self.waited / self.taken if self.taken else None
        if name == "responded" and self.stream.respond_within is None:
            return None
        if name == "resolved" and self.stream.resolve_within is None:
            return None
        counted = {
            "given_up": self.abandoned,
            "left": self.arrived - self.taken - self.abandoned,
            "responded": self.in_time,
            "resolved": self.done_in_time,
        }[name]
        return counted / self.arrived if self.arrived else None


class _Run(NamedTuple):
    """What has come of a replication."""

    tallies: list[_Tally]
    occupancy: float | None


def _played(desk: _Desk, roster: Roster) -> Iterator[_Run]:
    for replication in range(desk.replications):
        yield _Play(desk, roster).run(_work(desk, replication))


_SHIFT, _FREE = 0, 1


class _Play:
    """The desk at work."""

    def __init__(self, desk: _Desk, roster: Roster) -> None:
        self._counts_from = desk.counts_from
        self._tallies = [_Tally(each) for each in desk.streams]
        self._queues: list[deque[_Item]] = [deque() for _ in desk.streams]
        begin = desk.begin
        self._starts = [
            [(span.start - begin).total_seconds() for span in agent.shifts] for agent in roster.agents
        ]
        self._ends = [
            [(span.end - begin).total_seconds() for span in agent.shifts] for agent in roster.agents
        ]
        skills = sorted({agent.skills for agent in roster.agents}, key=lambda each: (len(each), sorted(each)))
        self._idle: list[dict[int, None]] = [{} for _ in skills]
        group_of = {each: place for place, each in enumerate(skills)}
        self._group = [group_of[agent.skills] for agent in roster.agents]
        # Of each stream, who can do it, those who can do the least besides first; of each group, the streams.
        self._able = [
            [place for place, each in enumerate(skills) if stream.skill is None or stream.skill in each]
            for stream in desk.streams
        ]
        by_priority = sorted(range(len(desk.streams)), key=lambda place: desk.streams[place].priority)
        self._does = [
            [(desk.streams[place].priority, place) for place in by_priority if group in self._able[place]]
            for group in range(len(skills))
        ]
        self._laid_down = [each.is_laid_down for each in desk.streams]
        self._is_busy = [False] * len(roster.agents)
        self._worked = 0.0
        self._events: list[tuple[float, int, int]] = []

    def run(self, items: Sequence[_Item]) -> _Run:
        """Let the work arrive, and agents come and go, until the last shift has ended."""
        events = self._events
        for agent, (starts, ends) in enumerate(zip(self._starts, self._ends, strict=True)):
            events += [(each, _SHIFT, agent) for each in (*starts, *ends)]
        heapify(events)
        last = max((ends[-1] for ends in self._ends if ends), default=-inf)
        for item in items:
            while events and events[0][0] <= item.at:
                self._pass(*heappop(events))
            self._arrive(item)
        while events:
            self._pass(*heappop(events))
        for queue in self._queues:
            for item in queue:
                if item.gives_up_at <= last and item.at >= self._counts_from:
                    self._tallies[item.stream].abandoned += 1
        paid = sum(sum(ends) - sum(starts) for starts, ends in zip(self._starts, self._ends, strict=True))
        return _Run(self._tallies, self._worked / paid if paid else None)

    def _pass(self, now: float, kind: int, agent: int) -> None:
        if kind == _FREE:
            self._is_busy[agent] = False
        elif self._is_busy[agent]:
            return
        else:
            self._idle[self._group[agent]].pop(agent, None)
        place = bisect_right(self._starts[agent], now) - 1
        if place < 0 or now >= self._ends[agent][place]:
            return  # their shift is over
        item = self._next(self._group[agent], now)
        if item is None:
            self._idle[self._group[agent]][agent] = None
        else:
            self._take(agent, item, now)

    def _arrive(self, item: _Item) -> None:
        if item.at >= self._counts_from:
            self._tallies[item.stream].arrived += 1
        for group in self._able[item.stream]:
            idle = self._idle[group]
            if idle:
                agent = next(iter(idle))
                del idle[agent]
                self._take(agent, item, item.at)
                return
        self._queues[item.stream].append(item)

    def _next(self, group: int, now: float) -> _Item | None:
        """Return what is taken up next by somebody who is free, out of its queue."""
        best: int | None = None
        rank = inf
        since = inf
        for priority, place in self._does[group]:
            if priority > rank:
                break
            queue = self._queues[place]
            while queue and queue[0].gives_up_at <= now:
                item = queue.popleft()
                if item.at >= self._counts_from:
                    self._tallies[place].abandoned += 1
            if queue and queue[0].at < since:
                best, rank, since = place, priority, queue[0].at
        return None if best is None else self._queues[best].popleft()

    def _take(self, agent: int, item: _Item, now: float) -> None:
        self._is_busy[agent] = True
        self._worked += item.handling
        done = self._done(agent, now, item.handling) if self._laid_down[item.stream] else now + item.handling
        heappush(self._events, (done, _FREE, agent))
        if item.at >= self._counts_from:
            tally = self._tallies[item.stream]
            tally.taken += 1
            tally.waited += now - item.at
            tally.in_time += now <= item.respond_by
            tally.done_in_time += done <= item.resolve_by

    def _done(self, agent: int, now: float, handling: float) -> float:
        """Return when somebody is done who goes on in their next shift; never, if there is none."""
        starts, ends = self._starts[agent], self._ends[agent]
        place = bisect_right(starts, now) - 1
        while True:
            left = ends[place] - now
            if handling <= left:
                return now + handling
            handling -= left
            place += 1
            if place == len(starts):
                self._worked -= handling
                return inf
            now = starts[place]


# -- what comes of many ------------------------------------------------------------------------------------


def _outcome(desk: _Desk, runs: Sequence[_Run]) -> RosterOutcome:
    def told(place: int, name: str) -> Estimate | None:
        return _estimate([run.tallies[place].figure(name) for run in runs], desk.confidence)

    outcomes = []
    for place, stream in enumerate(desk.streams):
        arrived = told(place, "arrived")
        assert arrived is not None  # noqa: S101  # a count is always told
        named = {
            name: told(place, name) for name in ("given_up", "left", "average_wait", "responded", "resolved")
        }
        outcomes.append(StreamOutcome(stream=stream.name, arrived=arrived, **named))
    return RosterOutcome(
        seed=desk.seed,
        replications=desk.replications,
        confidence=desk.confidence,
        streams=outcomes,
        occupancy=_estimate([run.occupancy for run in runs], desk.confidence),
    )


def _estimate(figures: Iterable[float | None], confidence: float) -> Estimate | None:
    """Return the mean of what there is to tell, with its interval; of one figure, it has no width."""
    told = [each for each in figures if each is not None]
    if not told:
        return None
    mean = fmean(told)
    if len(told) == 1:
        return Estimate(mean, mean, mean)
    reach = student_quantile(confidence, len(told) - 1) * stdev(told) / sqrt(len(told))
    return Estimate(mean, mean - reach, mean + reach)
