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
from itsmkit.sla.checkpoint import Checkpoint
from itsmkit.sla.clock_event import ClockEvent
from itsmkit.sla.target import Reopening, Target

__all__ = [
    "ClockCycle",
    "ClockPhase",
    "ClockReading",
    "ClockState",
    "DueCheckpoint",
    "Verdict",
    "advance_clock",
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
    """

    number: int
    started_at: datetime
    stopped_at: datetime
    elapsed: timedelta
    verdict: Verdict
    was_due: datetime


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
    """

    phase: ClockPhase = ClockPhase.NOT_STARTED
    cycle: int = 0
    started_at: datetime | None = None
    counted: timedelta = _ZERO
    running_since: datetime | None = None
    used_up_at: datetime | None = None
    heard_at: datetime | None = None
    cycles: tuple[ClockCycle, ...] = ()


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
        within: The target.
        elapsed: The open time counted in the present cycle.
        due: When the target is, or was, used up; ``None`` unless the clock runs.
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
    for event in events:
        state = _heard(target, calendar, state, event)
    return state


def _heard(target: Target, calendar: BusinessTime, state: ClockState, event: ClockEvent) -> ClockState:
    heard = state.heard_at
    at = event.at if heard is None or event.at > heard else heard
    phase, view, tests = state.phase, event.view(), target.tests
    if phase is ClockPhase.NOT_STARTED:
        if not tests.start(view):
            return _still(state, at)
        state = ClockState(ClockPhase.PAUSED, 1, at)
    elif phase is ClockPhase.STOPPED:
        if not tests.reopen(view):
            return _still(state, at)
        state = _reopened(target, state, at)
    elif phase is ClockPhase.CANCELLED:
        return _still(state, at)
    if tests.cancel(view):
        return _halted(target, calendar, state, at, ClockPhase.CANCELLED)
    if tests.stop(view):
        return _stopped(target, calendar, state, at)
    if tests.pause(view):
        return _halted(target, calendar, state, at, ClockPhase.PAUSED)
    return _still(state, at) if state.phase is ClockPhase.RUNNING else _running(state, at)


# This runs for every event of every ticket: a state is written out field by field, in a quarter of the time
# that `evolve` takes.


def _still(state: ClockState, at: datetime) -> ClockState:
    """Return *state* after an event that does not concern the clock."""
    if at == state.heard_at:
        return state
    return ClockState(
        state.phase,
        state.cycle,
        state.started_at,
        state.counted,
        state.running_since,
        state.used_up_at,
        at,
        state.cycles,
    )


def _running(state: ClockState, at: datetime) -> ClockState:
    """Return *state*, running from *at*."""
    return ClockState(
        ClockPhase.RUNNING,
        state.cycle,
        state.started_at,
        state.counted,
        at,
        state.used_up_at,
        at,
        state.cycles,
    )


def _halted(
    target: Target, calendar: BusinessTime, state: ClockState, at: datetime, phase: ClockPhase
) -> ClockState:
    """Return *state* with the present run, if there is one, counted up to *at*."""
    since, counted, used_up = state.running_since, state.counted, state.used_up_at
    if since is not None:
        counted += calendar.elapsed(since, at)
        if used_up is None and counted >= target.within:
            used_up = calendar.advance(since, target.within - state.counted, in_zone=UTC)
    return ClockState(phase, state.cycle, state.started_at, counted, None, used_up, at, state.cycles)


def _stopped(target: Target, calendar: BusinessTime, state: ClockState, at: datetime) -> ClockState:
    halted = _halted(target, calendar, state, at, ClockPhase.STOPPED)
    since = state.running_since or at
    was_due = halted.used_up_at or calendar.advance(since, target.within - state.counted, in_zone=UTC)
    assert state.started_at is not None  # noqa: S101  # a cycle that can stop has begun
    verdict = Verdict.BREACHED if halted.counted > target.within else Verdict.MET
    cycle = ClockCycle(state.cycle, state.started_at, at, halted.counted, verdict, was_due)
    return ClockState(
        ClockPhase.STOPPED,
        state.cycle,
        state.started_at,
        halted.counted,
        None,
        halted.used_up_at,
        at,
        (*state.cycles, cycle),
    )


def _reopened(target: Target, state: ClockState, at: datetime) -> ClockState:
    """Return a stopped *state* with its next cycle, which does not run yet."""
    carried = target.on_reopen is Reopening.CONTINUE
    return ClockState(
        ClockPhase.PAUSED,
        state.cycle + 1,
        at,
        state.counted if carried else _ZERO,
        None,
        state.used_up_at if carried else None,
        at,
        state.cycles,
    )


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
    elapsed, left = state.counted, target.within - state.counted
    due = resumed = was_due = None
    verdict = Verdict.OPEN
    if state.running_since is not None:
        elapsed += calendar.elapsed(state.running_since, at)
        due = state.used_up_at or calendar.advance(state.running_since, left)
    elif state.phase is ClockPhase.PAUSED:
        resumed = state.used_up_at or calendar.advance(at, left)
    elif state.phase is ClockPhase.STOPPED:
        last = state.cycles[-1]
        elapsed, verdict, was_due = last.elapsed, last.verdict, last.was_due
    if verdict is Verdict.OPEN and elapsed > target.within:
        verdict = Verdict.BREACHED
    return ClockReading(
        clock=target.clock,
        at=at,
        phase=state.phase,
        verdict=verdict,
        cycle=state.cycle,
        within=target.within,
        elapsed=elapsed,
        due=due and due.astimezone(calendar.tz),
        due_if_resumed_now=resumed and resumed.astimezone(calendar.tz),
        was_due=was_due and was_due.astimezone(calendar.tz),
        cycles=state.cycles,
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
    for point, checkpoint in target.points:
        if checkpoint.name not in passed:
            missing = point - state.counted
            at = calendar.advance(since, missing, in_zone=UTC) if missing > _ZERO else since
            return DueCheckpoint(checkpoint, at)
    return None
