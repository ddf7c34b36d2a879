"""
Clocks of many histories at once: the k-th event of all of them in one step.

A clock asks its calendar only how much was open before an instant. That is looked up for all events in one
go, and so the fold itself is sums and comparisons of integers; what it says about due instants is turned
back into instants in one go, too. Every reading equals that of `read_clock`; a property test holds them
together.
"""

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from typing import NamedTuple, TypeAlias

import numpy as np
from attrs import evolve
from numpy.typing import NDArray

from itsmkit.calendars import BusinessTime
from itsmkit.calendars._many import NAT, Instants
from itsmkit.errors import DefinitionError
from itsmkit.sla.agreement import Terms
from itsmkit.sla.clock import ClockPhase, Verdict, read_clock
from itsmkit.sla.clock_event import REINSTATED, ClockEvent
from itsmkit.sla.target import Reopening, Target

__all__ = ["Histories", "Judged", "PHASES", "Situations", "VERDICTS", "judged"]

Integers: TypeAlias = NDArray[np.int64]

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)
_BLOCK = 32_768
"""How many clocks are read side by side: so many that what they know stays in the cache."""

_NONE = -1

PHASES = tuple(ClockPhase)
"""The phases by their numbers."""

VERDICTS = tuple(Verdict)
"""The verdicts by their numbers."""

_NOT_STARTED, _RUNNING, _PAUSED, _STOPPED, _CANCELLED = range(5)
_OPEN, _MET, _BREACHED = range(3)

_BITS = {
    name: 1 << bit
    for bit, name in enumerate(("start", "stop", "pause", "resume", "reset", "cancel", "reopen", "reinstate"))
}
"""What an event may mean to a clock; several at once add up."""

_MEANINGS = 1 << len(_BITS)

_BEGIN, _CONTINUE, _HALT, _JUDGE, _AGAIN, _RUN = (1 << bit for bit in range(6))
"""What a clock does at an event, in this order."""


class Histories(NamedTuple):
    """
    Many histories, as far as they are read, one after the other.

    Args:
        first: For each history, its first event.
        length: How many events of it are read; at least one.
        instants: When each event happened.
        at: The instant of the reading, in the unit of *instants*.
    """

    first: Integers
    length: Integers
    instants: Instants
    at: int


class Situations(NamedTuple):
    """
    What conditions see of events.

    Args:
        numbers: For each event, which of *events* it is like.
        events: What there is to see, as events of no particular instant.
        terms: For each of *events* the terms of work whose last event it is, in their order.
    """

    numbers: Integers
    events: Sequence[ClockEvent]
    terms: Sequence[Sequence[Terms]]


class Judged(NamedTuple):
    """
    What clocks show: for each of them what `ClockReading` has, and its terms.

    Args:
        history: The number of the history.
        terms: The number of the terms.
        order: The place of the clock among those of its history.
        phase: The number of the `ClockPhase`.
        verdict: The number of the `Verdict`.
        cycle: The number of the present cycle.
        within: The target.
        elapsed: The open time counted in the present cycle.
        due: When the target of a running clock is used up, or `NAT`.
        due_if_resumed_now: The same of a paused one.
        was_due: The same of a stopped one.
        finished: How many cycles are finished.
        breached: How many of these were breached.
    """

    history: Integers
    terms: Integers
    order: Integers
    phase: Integers
    verdict: Integers
    cycle: Integers
    within: Integers
    elapsed: Integers
    due: Integers
    due_if_resumed_now: Integers
    was_due: Integers
    finished: Integers
    breached: Integers


def judged(
    histories: Histories, situations: Situations, *, at_once: bool = True
) -> tuple[Judged, list[Terms]]:
    """
    Return what the clocks of all *histories* show, and the terms by their numbers.

    Args:
        histories: When things happened.
        situations: What happened.
        at_once: Whether to read the clocks side by side; else one after the other.

    Returns:
        The clocks, history by history, and those of one history in the order of its terms.

    Raises:
        DefinitionError: If a calendar opens or closes between two instants of the unit.
        NeverOpenError: If a calendar has not enough open time left for a due instant.
        OutOfRangeError: If a calendar does not know the instant of an event.
    """
    last = situations.numbers[histories.first + histories.length - 1]
    found: list[Terms] = []
    order_of: list[Integers] = []
    numbers: dict[tuple[str, str, str], int] = {}
    for situation, terms in enumerate(situations.terms):
        for order, one in enumerate(terms):
            number = numbers.setdefault((one.agreement, one.target.clock, one.digest), len(found))
            if number == len(found):
                found.append(one)
                order_of.append(np.full(len(situations.terms), _NONE))
            order_of[number][situation] = order
    tables: dict[int, _Table] = {}
    parts = [_nothing()]
    for number, one in enumerate(found):
        order = order_of[number][last]
        chosen = np.flatnonzero(order != _NONE)
        if not len(chosen):
            continue
        within = one.target.within
        if at_once and isinstance(within, timedelta):
            table = tables.get(id(one.calendar))
            if table is None:
                wanted = [n for n, other in enumerate(found) if other.calendar is one.calendar]
                asked = np.logical_or.reduce([order_of[n][last] != _NONE for n in wanted])
                table = tables[id(one.calendar)] = _Table(histories, one.calendar, asked)
            clocks = _side_by_side(histories, situations, one, chosen, table, within=within)
        else:
            clocks = _one_by_one(histories, situations, one, chosen)
        parts.append(clocks._replace(terms=np.full(len(chosen), number), order=order[chosen]))
    whole = Judged(*map(np.concatenate, zip(*parts, strict=True)))
    places = np.lexsort((whole.order, whole.history))
    return Judged(*(column[places] for column in whole)), found


def _nothing() -> Judged:
    return Judged(*[np.empty(0, np.int64)] * len(Judged._fields))


class _Table:
    """
    How much of a calendar was open before each event, and back.

    Args:
        histories: The events.
        calendar: The open time that counts.
        asked: For each history, whether the calendar matters to it; it need not know the others' instants.
    """

    def __init__(self, histories: Histories, calendar: BusinessTime, asked: NDArray[np.bool_]) -> None:
        read = histories.instants
        count = np.where(asked, histories.length, 0)
        if int(count.sum()) < len(read.values):
            steps = np.zeros(len(read.values) + 1, np.int64)
            np.add.at(steps, histories.first, count > 0)
            np.add.at(steps, histories.first + count, -(count > 0).astype(np.int64))
            matters = np.cumsum(steps[:-1]) > 0
            read = read._replace(values=np.where(matters, read.values, NAT))
        # The reading itself is one instant more that the calendar has to know.
        read = read._replace(values=np.append(read.values, histories.at))
        self._many = calendar._at_once()
        self._unit = read.unit
        self._table, opened = self._many.opened(read)
        self.opened, self.at = opened[:-1], int(opened[-1])

    def instants(self, opened: Integers) -> Integers:
        """Return when *opened* was used up, `NAT` where there is none."""
        found = np.full(len(opened), NAT)
        some = opened != _NONE
        found[some] = self._many.reached(self._table, self._unit, opened[some], "the clocks")
        return found


class _Clocks:
    """
    Some clocks while they hear of one event after the other: what `ClockState` holds, in arrays.

    Instants are told as the open time before them.

    Args:
        size: How many clocks.
        within: Their target.
        carries: Whether a new cycle continues the one before.
    """

    def __init__(self, size: int, within: int, *, carries: bool) -> None:
        self._within = within
        self._carries = carries
        self.phase = np.full(size, _NOT_STARTED, np.int64)
        self.cycle, self.counted, self.finished, self.breached = np.zeros((4, size), np.int64)
        self.since, self.used_up, self.was_due = np.full((3, size), _NONE)
        self.heard = np.zeros(size, np.int64)

    def hear(self, opened: Integers, meaning: Integers) -> None:
        """Take in the next event of the first clocks: how much was open before it, and what it means."""
        active = len(opened)
        now = np.maximum(self.heard[:active], opened, out=self.heard[:active])
        step = self.phase[:active] * _MEANINGS + meaning
        self.phase[:active] = _NEXT.take(step)
        deeds = _DEEDS.take(step)
        for deed, do in (
            (_BEGIN, self._begin),
            (_CONTINUE, self._continue),
            (_HALT, self._halt),
            (_JUDGE, self._judge),
            (_AGAIN, self._begin),
            (_RUN, self._run),
        ):
            those = np.flatnonzero(deeds & deed)
            if len(those):
                do(those, now[those])

    def _begin(self, those: Integers, _now: Integers) -> None:
        self.counted[those] = 0
        self.used_up[those] = _NONE
        self.cycle[those] += 1

    def _continue(self, those: Integers, now: Integers) -> None:
        if self._carries:
            self.cycle[those] += 1
        else:
            self._begin(those, now)

    def _halt(self, those: Integers, now: Integers) -> None:
        before, since, used_up = self.counted[those], self.since[those], self.used_up[those]
        counted = before + now - since
        passed = (used_up == _NONE) & (counted >= self._within)
        self.used_up[those] = np.where(passed, since + self._within - before, used_up)
        self.counted[those] = counted

    def _judge(self, those: Integers, now: Integers) -> None:
        counted, used_up = self.counted[those], self.used_up[those]
        self.finished[those] += 1
        self.breached[those] += counted > self._within
        self.was_due[those] = np.where(used_up == _NONE, now + self._within - counted, used_up)

    def _run(self, those: Integers, now: Integers) -> None:
        self.since[those] = now


def _next_step(phase: int, meaning: int) -> tuple[int, int]:
    """Return the phase after an event, and what the clock does at it; as `advance_clock` has it."""
    means = {name: bool(meaning & bit) for name, bit in _BITS.items()}
    deeds = 0
    if phase == _CANCELLED and (means["cancel"] or not means["reinstate"]):
        return phase, deeds
    if phase in {_NOT_STARTED, _STOPPED}:
        if not means["start" if phase == _NOT_STARTED else "reopen"]:
            return phase, deeds
        deeds |= _BEGIN if phase == _NOT_STARTED else _CONTINUE
    running = phase == _RUNNING
    if means["cancel"]:
        return _CANCELLED, deeds | (_HALT if running else 0)
    if means["stop"]:
        return _STOPPED, deeds | (_HALT if running else 0) | _JUDGE
    if means["reset"] and phase in {_RUNNING, _PAUSED}:
        deeds |= (_HALT if running else 0) | _JUDGE | _AGAIN
        running = False
    if means["pause"] or (phase == _PAUSED and not means["resume"]):
        return _PAUSED, deeds | (_HALT if running else 0)
    return _RUNNING, deeds | (0 if running else _RUN)


_STEPS = [_next_step(phase, meaning) for phase in range(5) for meaning in range(_MEANINGS)]
_NEXT, _DEEDS = (np.array(column, np.int64) for column in zip(*_STEPS, strict=True))


def _meanings(target: Target, situations: Sequence[ClockEvent]) -> Integers:
    """Return for each of *situations* what it means to a clock of *target*."""
    tests = target.tests._asdict()
    found = []
    for event in situations:
        view = event.view()
        meaning = 0 if "resume" in tests else _BITS["resume"]
        if event.name == REINSTATED:
            meaning |= _BITS["reinstate"]
        for name, test in tests.items():
            if test(view):
                meaning |= _BITS[name]
        found.append(meaning)
    return np.array(found, np.int64)


def _side_by_side(
    histories: Histories,
    situations: Situations,
    terms: Terms,
    chosen: Integers,
    table: _Table,
    *,
    within: timedelta,
) -> Judged:
    """Read the clocks of the histories *chosen*."""
    target = within // _MICROSECOND * (1000 if histories.instants.unit == "ns" else 1)
    carries = terms.target.on_reopen is Reopening.CONTINUE
    meanings = _meanings(terms.target, situations.events)
    # The longest first: so those that have an event left are always the first ones of a block.
    chosen = chosen[np.argsort(-histories.length[chosen], kind="stable")]
    parts = []
    for block in _blocks(len(chosen)):
        those = chosen[block]
        first, count = histories.first[those], histories.length[those]
        clocks = _Clocks(len(those), target, carries=carries)
        for number in range(int(count[0])):
            events = first[: int(np.searchsorted(-count, -number, side="left"))] + number
            clocks.hear(table.opened[events], meanings[situations.numbers[events]])
        parts.append(_shown(clocks, those, target, table))
    back = np.argsort(chosen)
    return Judged(*(np.concatenate(column)[back] for column in zip(*parts, strict=True)))


def _shown(clocks: _Clocks, those: Integers, within: int, table: _Table) -> Judged:
    """Return what *clocks* show at the instant of the reading: see `read_state`."""
    running, paused = clocks.phase == _RUNNING, clocks.phase == _PAUSED
    stopped = clocks.phase == _STOPPED
    elapsed = np.where(running, clocks.counted + table.at - clocks.since, clocks.counted)
    verdict = np.where(elapsed > within, _BREACHED, np.where(stopped, _MET, _OPEN))
    left = within - clocks.counted
    begun = np.where(running, clocks.since, table.at)
    due = np.where(clocks.used_up == _NONE, begun + left, clocks.used_up)
    return Judged(
        history=those,
        terms=those,
        order=those,
        phase=clocks.phase,
        verdict=verdict,
        cycle=clocks.cycle,
        within=np.full(len(those), within),
        elapsed=elapsed,
        due=table.instants(np.where(running, due, _NONE)),
        due_if_resumed_now=table.instants(np.where(paused, due, _NONE)),
        was_due=table.instants(np.where(stopped, clocks.was_due, _NONE)),
        finished=clocks.finished,
        breached=clocks.breached,
    )


def _one_by_one(histories: Histories, situations: Situations, terms: Terms, chosen: Integers) -> Judged:
    """Read the clocks of the histories *chosen* by `read_clock`, for targets that only it knows."""
    per_micro = 1000 if histories.instants.unit == "ns" else 1

    def units(found: datetime | None) -> int:
        return NAT if found is None else (found - _EPOCH) // _MICROSECOND * per_micro

    def instant(units: int) -> datetime:
        micros, over = divmod(units, per_micro)
        if over:
            problem = (
                f"clock {terms.target.clock!r} is read to the microsecond only; give instants in microseconds"
            )
            raise DefinitionError(problem)
        return _EPOCH + micros * _MICROSECOND

    rows = []
    for number in chosen.tolist():
        first = int(histories.first[number])
        events = slice(first, first + int(histories.length[number]))
        told = zip(
            histories.instants.values[events].tolist(), situations.numbers[events].tolist(), strict=True
        )
        history = [evolve(situations.events[situation], at=instant(at)) for at, situation in told]
        reading = read_clock(terms.target, terms.calendar, history, instant(histories.at))
        rows.append(
            (
                number,
                _NONE,
                _NONE,
                PHASES.index(reading.phase),
                VERDICTS.index(reading.verdict),
                reading.cycle,
                reading.within // _MICROSECOND * per_micro,
                reading.elapsed // _MICROSECOND * per_micro,
                units(reading.due),
                units(reading.due_if_resumed_now),
                units(reading.was_due),
                len(reading.cycles),
                sum(cycle.verdict is Verdict.BREACHED for cycle in reading.cycles),
            )
        )
    return Judged(*np.array(rows, np.int64).T)


def _blocks(length: int) -> Iterator[slice]:
    for start in range(0, length, _BLOCK):
        yield slice(start, min(start + _BLOCK, length))
