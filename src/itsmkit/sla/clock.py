"""
Service-level clocks, read from history.

A clock has no running total that could be forgotten or doubled: `read_clock` is a function of what
happened. Its fold, `ClockState`, may be kept and carried on with `advance_clock`; the result equals a fresh
reading, always.
"""

from collections.abc import Container, Iterable
from datetime import UTC, datetime, timedelta
from enum import StrEnum

from attrs import frozen

from itsmkit._checks import utc
from itsmkit.calendars import BusinessTime
from itsmkit.sla._digests import calendar_digest, terms_digest
from itsmkit.sla.checkpoint import Checkpoint
from itsmkit.sla.clock_event import REINSTATED, ClockEvent
from itsmkit.sla.target import CANCEL, PAUSE, REOPEN, RESET, RESUME, START, STOP, Reopening, Target

__all__ = [
    "ClockCycle",
    "ClockPhase",
    "ClockReading",
    "ClockState",
    "DueCheckpoint",
    "Verdict",
    "advance_clock",
    "deadline_of",
    "measured",
    "next_checkpoint",
    "read_clock",
    "read_state",
]

_ZERO = timedelta(0)


class ClockPhase(StrEnum):
    """Where a clock is in its life; apart from it, a clock has a `Verdict`."""

    NOT_STARTED = "not_started"
    RUNNING = "running"
    PAUSED = "paused"
    STOPPED = "stopped"
    CANCELLED = "cancelled"


class Verdict(StrEnum):
    """What can be said of a promise: a clock may be paused *and* breached."""

    OPEN = "open"
    MET = "met"
    BREACHED = "breached"


@frozen
class ClockCycle:
    """
    A finished run of a clock, from its start to its stop. Its instants are in UTC.

    Args:
        number: 1 for the first.
        started_at: When it began.
        stopped_at: When it ended.
        elapsed: The open time counted, what it continued from included.
        verdict: ``met`` or ``breached``.
        was_due: The instant that the promise had named when the cycle ended.
        terms: The digest of the terms that it was judged by.
        calendar: The digest of the calendar, expanded for the years of the cycle, that it was judged by.
    """

    number: int
    started_at: datetime
    stopped_at: datetime
    elapsed: timedelta
    verdict: Verdict
    was_due: datetime
    terms: str
    calendar: str


@frozen
class ClockState:
    """
    The fold of a history: all that a clock needs to know of the past. Its instants are in UTC.

    Args:
        phase: Where the clock is.
        cycle: The number of the present cycle; 0 before the first.
        started_at: When the present cycle began.
        counted: The open time counted up to *running_since*, or up to now if the clock does not run.
        running_since: Since when it has been running, if it is.
        used_up_at: When the target had been used up, if that was before the present run.
        heard_at: The effective instant of the last event.
        cycles: The finished cycles, in order.
        within: The target of the present cycle as open time; nothing before the first cycle.
        named_due: For a target in business days: the earliest instant at which the cycle is used up if it is
            never paused, and the one that the days name, which may lie behind it, outside hours.
        counted_from: The number of the cycle that *counted* begins with: an earlier one, if the present cycle
            continues it.
    """

    phase: ClockPhase = ClockPhase.NOT_STARTED
    cycle: int = 0
    started_at: datetime | None = None
    counted: timedelta = _ZERO
    running_since: datetime | None = None
    used_up_at: datetime | None = None
    heard_at: datetime | None = None
    cycles: tuple[ClockCycle, ...] = ()
    within: timedelta = _ZERO
    named_due: tuple[datetime, datetime] | None = None
    counted_from: int = 0


@frozen
class ClockReading:
    """
    What a clock shows at an instant.

    When it is due is told in the zone of the calendar.

    Args:
        clock: The name of the clock.
        at: The instant, in UTC.
        phase: Where the clock is.
        verdict: ``breached`` if more than the target has elapsed, ``met`` if it stopped in time.
        cycle: The number of the present cycle; 0 before the first.
        within: The target of the present cycle as open time; before the first, as if it began now.
        elapsed: The open time counted in the present cycle.
        due: When the target is, or was, used up; ``None`` unless the clock runs. For a target in business
            days, the instant that they name, if no open time was paused.
        due_if_resumed_now: For a paused clock: *due*, if it ran on from *at*.
        was_due: For a stopped clock: *due* as it stood at the stop.
        cycles: The finished cycles, in order.
    """

    clock: str
    at: datetime
    phase: ClockPhase
    verdict: Verdict
    cycle: int
    within: timedelta
    elapsed: timedelta
    due: datetime | None
    due_if_resumed_now: datetime | None
    was_due: datetime | None
    cycles: tuple[ClockCycle, ...]

    @property
    def remaining(self) -> timedelta:
        """The open time left; negative by as much as the target is exceeded."""
        return self.within - self.elapsed

    def explain(self) -> str:
        """Return the reading as a sentence."""
        used = f"{self.elapsed} of {self.within} used"
        tail = {
            ClockPhase.RUNNING: f", due {self.due}",
            ClockPhase.PAUSED: f", due {self.due_if_resumed_now} if it ran on from now",
            ClockPhase.STOPPED: f", was due {self.was_due}",
        }.get(self.phase, "")
        again = f", cycle {self.cycle}" if self.cycle > 1 else ""
        return f"{self.clock}: {self.phase.replace('_', ' ')}, {self.verdict}; {used}{tail}{again}"


@frozen
class DueCheckpoint:
    """
    The next point of a running clock, and when it is reached.

    Args:
        checkpoint: The point.
        at: The instant, in UTC.
    """

    checkpoint: Checkpoint
    at: datetime


_FRESH = ClockState()

# A look-up on an Enum costs as much as a test.
_NOT_STARTED, _RUNNING, _PAUSED, _STOPPED, _CANCELLED = ClockPhase


def advance_clock(
    target: Target,
    calendar: BusinessTime,
    events: Iterable[ClockEvent],
    state: ClockState = _FRESH,
) -> ClockState:
    """
    Return the state of a clock after more of its history.

    Args:
        target: The terms; the same as those that *state* was made with.
        calendar: The open time that counts.
        events: What happened since, in order.
        state: What was known before; by default, nothing.
    """
    fold = _Fold(target, calendar, state)
    for event in events:
        fold.hear(event)
    return fold.state if fold.changed else state


class _Fold:
    """
    A clock while it hears of one event after the other; what it knows is that of `ClockState`.

    This runs for every event of every ticket: its fields change in place, and become a state at the end.
    """

    __slots__ = (
        "_calendar",
        "_counted",
        "_counted_from",
        "_cycle",
        "_cycles",
        "_heard_at",
        "_meaning",
        "_named_due",
        "_phase",
        "_since",
        "_started_at",
        "_target",
        "_used_up_at",
        "_within",
        "changed",
    )

    def __init__(self, target: Target, calendar: BusinessTime, state: ClockState) -> None:
        self._target = target
        self._calendar = calendar
        self._meaning = target.meaning
        self._phase = state.phase
        self._cycle = state.cycle
        self._started_at = state.started_at
        self._counted = state.counted
        self._since = state.running_since
        self._used_up_at = state.used_up_at
        self._heard_at = state.heard_at
        self._cycles = state.cycles
        self._within = state.within
        self._named_due = state.named_due
        self._counted_from = state.counted_from
        self.changed = False

    @property
    def state(self) -> ClockState:
        """The clock as far as it has heard."""
        return ClockState(
            self._phase,
            self._cycle,
            self._started_at,
            self._counted,
            self._since,
            self._used_up_at,
            self._heard_at,
            self._cycles,
            self._within,
            self._named_due,
            self._counted_from,
        )

    def hear(self, event: ClockEvent) -> None:
        at, heard_at = event.at, self._heard_at
        if heard_at is not None and at <= heard_at:
            at = heard_at
        else:
            self._heard_at = at
            self.changed = True
        meaning, phase = self._meaning(event), self._phase
        if phase is _NOT_STARTED:
            if not meaning & START:
                return
            self._begin(at)
        elif phase is _STOPPED:
            if not meaning & REOPEN:
                return
            if self._target.on_reopen is Reopening.CONTINUE:
                self._continue(at)
            else:
                self._begin(at)
        elif phase is _CANCELLED:
            if event.name != REINSTATED or meaning & CANCEL:
                return
        elif meaning & RESET and not meaning & (CANCEL | STOP):
            self._halt(at)
            self._judge(at)
            self._begin(at)
        self._settle(at, meaning, phase)

    def _settle(self, at: datetime, meaning: int, before: ClockPhase) -> None:
        """Let a cycle that is under way end, pause or run, as *meaning* has it."""
        if meaning & CANCEL:
            self._halt(at)
            self._enter(_CANCELLED)
        elif meaning & STOP:
            self._halt(at)
            self._judge(at)
            self._enter(_STOPPED)
        elif meaning & PAUSE or (before is _PAUSED and not meaning & RESUME):
            self._halt(at)
            self._enter(_PAUSED)
        elif self._since is None:
            self._since = at
            self._enter(_RUNNING)

    def _enter(self, phase: ClockPhase) -> None:
        self._phase = phase
        self.changed = True

    def _begin(self, at: datetime) -> None:
        """Begin the next cycle, which does not run yet, from nothing."""
        self._counted, self._used_up_at = _ZERO, None
        self._counted_from = self._cycle + 1
        self._within, self._named_due = measured(self._target, self._calendar, at)
        self._continue(at)

    def _continue(self, at: datetime) -> None:
        """Begin the next cycle, which does not run yet, with what the one before had counted."""
        self._cycle += 1
        self._started_at = at

    def _halt(self, at: datetime) -> None:
        """Count the present run, if there is one, up to *at*."""
        since, before = self._since, self._counted
        if since is None:
            return
        self._counted = before + self._calendar.elapsed(since, at)
        if self._used_up_at is None and self._counted >= self._within:
            self._used_up_at = self._calendar.advance(since, self._within - before, in_zone=UTC)
        self._since = None

    def _judge(self, at: datetime) -> None:
        """Give the verdict on a cycle that ends at *at*, where it was halted."""
        counted, within, started_at = self._counted, self._within, self._started_at
        assert started_at is not None  # noqa: S101  # a cycle that can end has begun
        was_due = self._used_up_at or self._calendar.advance(at, within - counted, in_zone=UTC)
        cycle = ClockCycle(
            self._cycle,
            started_at,
            at,
            counted,
            Verdict.BREACHED if counted > within else Verdict.MET,
            _as_named(was_due, self._named_due),
            terms_digest(self._target, self._calendar),
            calendar_digest(self._calendar, started_at, at),
        )
        self._cycles = (*self._cycles, cycle)


def measured(
    target: Target, calendar: BusinessTime, start: datetime
) -> tuple[timedelta, tuple[datetime, datetime] | None]:
    """
    Return what *target* promises to a cycle that begins at *start*: see `ClockState`.

    Args:
        target: The terms.
        calendar: The open time that counts.
        start: When the cycle begins; in UTC.

    Returns:
        The open time, and the due instants if the promise is in business days.
    """
    within = target.within
    if isinstance(within, timedelta):
        return within, None
    named = calendar.advance(start, within, in_zone=UTC)
    duration = calendar.elapsed(start, named)
    return duration, (calendar.advance(start, duration, in_zone=UTC), named)


def _as_named(due: datetime, named_due: tuple[datetime, datetime] | None) -> datetime:
    """Return *due* as the days of a target name it, if no open time was paused."""
    if named_due is None:
        return due
    earliest, named = named_due
    # Instants of two zones are never equal where one of them shows an hour twice, but for those in UTC.
    return named if due.astimezone(UTC) == earliest else due


def read_state(target: Target, calendar: BusinessTime, state: ClockState, at: datetime) -> ClockReading:
    """
    Return what a clock in *state* shows at the instant *at*.

    An instant before the last event that the state knows is read as that event's.

    Args:
        target: The terms; those that *state* was made with.
        calendar: The open time that counts.
        state: Where the clock is.
        at: The instant; aware.

    Raises:
        DefinitionError: If *at* has no time zone.
        NeverOpenError: If the calendar has not enough open time left for a due instant.
    """
    at = utc(at, "at")
    if state.heard_at is not None and at < state.heard_at:
        at = state.heard_at
    phase = state.phase
    within, named_due = state.within, state.named_due
    if phase is _NOT_STARTED:
        within, named_due = measured(target, calendar, at)
    elapsed, left = state.counted, within - state.counted
    due = resumed = was_due = None
    verdict = Verdict.OPEN
    if state.running_since is not None:
        elapsed += calendar.elapsed(state.running_since, at)
        due = state.used_up_at or calendar.advance(state.running_since, left)
    elif phase is _PAUSED:
        resumed = state.used_up_at or calendar.advance(at, left)
    elif phase is _STOPPED:
        last = state.cycles[-1]
        elapsed, verdict, was_due = last.elapsed, last.verdict, last.was_due
    if verdict is Verdict.OPEN and elapsed > within:
        verdict = Verdict.BREACHED
    return ClockReading(
        target.clock,
        at,
        phase,
        verdict,
        state.cycle,
        within,
        elapsed,
        due and _as_named(due, named_due).astimezone(calendar.tz),
        resumed and _as_named(resumed, named_due).astimezone(calendar.tz),
        was_due and was_due.astimezone(calendar.tz),
        state.cycles,
    )


def read_clock(
    target: Target, calendar: BusinessTime, history: Iterable[ClockEvent], at: datetime
) -> ClockReading:
    """
    Return what a clock shows at the instant *at*, from nothing but its history.

    Args:
        target: What was promised.
        calendar: The open time that counts.
        history: What happened, in order. Events after *at* are not read.
        at: The instant; aware.

    Raises:
        DefinitionError: If *at* has no time zone.
        NeverOpenError: If the calendar has not enough open time left for a due instant.
    """
    at = utc(at, "at")
    past = advance_clock(target, calendar, _until(history, at))
    return read_state(target, calendar, past, at)


def _until(history: Iterable[ClockEvent], at: datetime) -> Iterable[ClockEvent]:
    for event in history:
        if event.at > at:
            return
        yield event


def deadline_of(calendar: BusinessTime, state: ClockState) -> datetime | None:
    """
    Return when the target of a running clock is, or was, used up; ``None`` if it does not run. In UTC.

    Args:
        calendar: The open time that counts.
        state: Where the clock is.

    Raises:
        NeverOpenError: If the calendar has not enough open time left for it.
    """
    since = state.running_since
    if since is None:
        return None
    due = state.used_up_at or calendar.advance(since, state.within - state.counted, in_zone=UTC)
    return _as_named(due, state.named_due)


def next_checkpoint(
    target: Target, calendar: BusinessTime, state: ClockState, passed: Container[str]
) -> DueCheckpoint | None:
    """
    Return the next checkpoint that is worth waking up for.

    Args:
        target: The terms.
        calendar: The open time that counts.
        state: Where the clock is.
        passed: The names of the checkpoints that were passed in this cycle under these terms.

    Returns:
        The earliest checkpoint that is not *passed*, with the instant at which the clock reaches it (the
        beginning of the present run, if it had been reached before); ``None`` if the clock does not run or
        every checkpoint is passed. The instant is in UTC.

    Raises:
        NeverOpenError: If the calendar has not enough open time left for it.
    """
    since = state.running_since
    if since is None:
        return None
    for point, checkpoint in target.points_for(state.within):
        if checkpoint.name not in passed:
            missing = point - state.counted
            at = calendar.advance(since, missing, in_zone=UTC) if missing > _ZERO else since
            return DueCheckpoint(checkpoint, at)
    return None
