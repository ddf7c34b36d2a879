"""
Clocks of one piece of work under terms that may change on the way.

Priority, agreement and calendar follow from facts of the work, so its history decides by which terms a
clock is read at any time. Under other terms the open cycle is read again from its own start, with all its
pauses; finished cycles keep their verdicts. `follow_clocks` reads a history, or carries on what was read of
it before; both give the same.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime, timedelta

from attrs import evolve, frozen

from itsmkit.sla.agreement import ServiceLevelAgreement, Terms, terms_for
from itsmkit.sla.clock import (
    ClockCycle,
    ClockPhase,
    ClockReading,
    ClockState,
    DueCheckpoint,
    advance_clock,
    deadline_of,
    measured,
    next_checkpoint,
    read_state,
)
from itsmkit.sla.clock_event import ClockEvent

__all__ = [
    "CheckpointKey",
    "Clocks",
    "FollowedClock",
    "Happening",
    "after_checkpoint",
    "after_events",
    "follow_clocks",
    "passed_under_other_terms",
    "read_followed",
]


@frozen
class CheckpointKey:
    """
    What makes the passing of a checkpoint unique: recorded under it, none is told twice.

    Args:
        ticket: The work that is measured.
        clock: The name of the clock.
        cycle: The cycle of the clock, from 1.
        terms: The digest of the terms that the clock was read by. It covers their content, so that terms
            which come back, as from P1 to P3 and to P1 again, have the key that they had before.
        checkpoint: The name of the checkpoint.
    """

    ticket: str
    clock: str
    cycle: int
    terms: str
    checkpoint: str


Happening = ClockEvent | CheckpointKey
"""An entry of a history: what happened to the work, or that a checkpoint was passed."""


@frozen
class FollowedClock:
    """
    A clock of some work, as far as its history is known.

    Args:
        terms: What it is measured by; once it is stopped or cancelled, those that it was judged by.
        state: Where it stands.
        passed: The checkpoints of this cycle and these terms that need no waking up for any more.
        due: The next one that does, if the clock runs.
        withdrawn: Whether the work is under way again, but nothing is promised for it any more: the clock
            shows its last verdict.
    """

    terms: Terms
    state: ClockState
    passed: frozenset[str]
    due: DueCheckpoint | None
    withdrawn: bool = False

    def reading(self, at: datetime) -> ClockReading:
        """Return what the clock shows at the instant *at*."""
        return read_state(self.terms.target, self.terms.calendar, self.state, at)

    def deadline(self) -> datetime | None:
        """Return when the target is, or was, used up, in UTC; ``None`` unless the clock runs."""
        return deadline_of(self.terms.calendar, self.state)

    def key(self, ticket: str) -> CheckpointKey | None:
        """Return the key under which the passing of what is *due* is recorded, if anything is."""
        if self.due is None:
            return None
        terms, checkpoint = self.terms, self.due.checkpoint
        return CheckpointKey(ticket, terms.target.clock, self.state.cycle, terms.digest, checkpoint.name)


Clocks = Mapping[str, FollowedClock]
"""The clocks of one piece of work, by name."""

_FINISHED = frozenset({ClockPhase.STOPPED, ClockPhase.CANCELLED})
_UNDER_WAY = frozenset({ClockPhase.RUNNING, ClockPhase.PAUSED})
_OPEN = _UNDER_WAY | {ClockPhase.CANCELLED}  # the present cycle is none of the finished ones: it may go on


def follow_clocks(
    agreements: Iterable[ServiceLevelAgreement],
    history: Iterable[Happening],
    clocks: Clocks | None = None,
    past: Callable[[], Iterable[Happening]] = tuple,
) -> dict[str, FollowedClock]:
    """
    Return the clocks of some work after *history*.

    The terms in force after an event are those of the agreement that applies to its view. They are read anew
    with each event, so that a change of priority, say, takes effect with the event that tells of it.

    Args:
        agreements: The agreements.
        history: What happened to one piece of work, in order, and which checkpoints were passed.
        clocks: What was known before; by default, nothing.
        past: Gives all of the history before, if *clocks* are given. Asked only if terms change.
    """
    agreements = tuple(agreements)
    followed: Clocks = {} if clocks is None else clocks
    is_first = clocks is None
    since: list[Happening] = []

    def so_far() -> Sequence[Happening]:
        return [*past(), *since]

    for happening in history:
        since.append(happening)
        if isinstance(happening, CheckpointKey):
            followed = after_checkpoint(followed, happening)
        else:
            terms = terms_for(agreements, happening.view())
            followed = after_events(followed, (happening,), terms, so_far, is_first=is_first)
            is_first = False
    return dict(followed)


def read_followed(
    agreements: Iterable[ServiceLevelAgreement], history: Iterable[Happening], at: datetime
) -> dict[str, ClockReading]:
    """
    Return what the clocks of some work show at the instant *at*, by name, from nothing but its history.

    Args:
        agreements: The agreements.
        history: As for `follow_clocks`. Events after *at* are not read.
        at: The instant; aware.
    """
    past: list[Happening] = []
    for happening in history:
        if isinstance(happening, ClockEvent) and happening.at > at:
            break
        past.append(happening)
    return {name: clock.reading(at) for name, clock in follow_clocks(agreements, past).items()}


def after_events(
    clocks: Clocks,
    heard: Sequence[ClockEvent],
    offered: Mapping[str, Terms],
    history: Callable[[], Iterable[Happening]],
    *,
    is_first: bool = False,
) -> Clocks:
    """
    Return *clocks* after some events of one moment: a step of `follow_clocks`.

    Args:
        clocks: The clocks before.
        heard: What happened.
        offered: The terms in force after it, by the name of the clock.
        history: Gives all of the history, this moment included. Asked only if terms change.
        is_first: Whether the history begins with this moment, so that it need not be asked for.
    """
    after: dict[str, FollowedClock] = {}
    for name, clock in clocks.items():
        carried = _carried(clock, offered.get(name), heard)
        if carried is not None:
            after[name] = carried
        elif name not in offered and clock.state.cycles:
            after[name] = _withdrawn(clock)
    new = [name for name in offered if name not in after]
    if new:
        happenings = heard if is_first else tuple(history())
        for name in new:
            after[name] = _reread(offered[name], clocks.get(name), happenings, attached_later=not is_first)
    return after


def after_checkpoint(clocks: Clocks, key: CheckpointKey) -> Clocks:
    """Return *clocks* after the checkpoint of *key* was passed; one of other terms changes nothing."""
    clock = clocks.get(key.clock)
    if clock is None or (clock.state.cycle, clock.terms.digest) != (key.cycle, key.terms):
        return clocks
    return {**clocks, key.clock: _waking(clock.terms, clock.state, clock.passed | {key.checkpoint})}


def passed_under_other_terms(clocks: Clocks, history: Iterable[Happening]) -> tuple[CheckpointKey, ...]:
    """
    Return the checkpoints that were passed under terms that hold no longer, in order.

    They stay in the history, though verdicts are given by the terms that hold at the end: a report lists them
    beside its figures.

    Args:
        clocks: The clocks as they are.
        history: All of the history.
    """
    found = []
    for happening in history:
        if isinstance(happening, CheckpointKey):
            clock = clocks.get(happening.clock)
            judged_by = {clock.terms.digest, *(cycle.terms for cycle in clock.state.cycles)} if clock else ()
            if happening.terms not in judged_by:
                found.append(happening)
    return tuple(found)


def _carried(clock: FollowedClock, terms: Terms | None, heard: Sequence[ClockEvent]) -> FollowedClock | None:
    """Return *clock* after what is *heard*, unless the *terms* that are offered now end it or renew it."""
    if clock.withdrawn:
        return clock if terms is None else None
    if terms is not None and terms.digest == clock.terms.digest:
        return _advanced(clock, terms, heard)
    if clock.state.phase in _FINISHED:
        # Its verdict was given by the terms of its day, which hold until the work comes back.
        finished = _advanced(clock, clock.terms, heard)
        if finished.state.phase in _FINISHED:
            return finished
    return None


def _withdrawn(clock: FollowedClock) -> FollowedClock:
    """Return *clock* as it stood when its last cycle ended: the present one is promised to nobody."""
    last = clock.state.cycles[-1]
    state = evolve(
        clock.state,
        phase=ClockPhase.STOPPED,
        cycle=last.number,
        started_at=last.started_at,
        counted=last.elapsed,
        running_since=None,
        used_up_at=None,
    )
    return FollowedClock(clock.terms, state, frozenset(), None, withdrawn=True)


def _advanced(clock: FollowedClock, terms: Terms, heard: Sequence[ClockEvent]) -> FollowedClock:
    """Return *clock* after what is *heard*; *terms* are its own, perhaps of an agreement of another name."""
    old = clock.state
    state = advance_clock(terms.target, terms.calendar, heard, old)
    passed = clock.passed
    if state.cycle != old.cycle:
        continues = state.counted_from <= old.cycle
        passed = _collapsed(terms, state, passed if continues else frozenset(), state.counted)
    elif state is old and terms is clock.terms:
        return clock
    elif state.running_since == old.running_since:
        return FollowedClock(terms, state, passed, clock.due)
    return _waking(terms, state, passed)


def _reread(
    terms: Terms, old: FollowedClock | None, history: Sequence[Happening], *, attached_later: bool
) -> FollowedClock:
    """
    Return a clock under new terms: all of the history read again, finished cycles left as they were.

    Args:
        terms: The terms.
        old: The clock under other terms, if there was one.
        history: All of it, up to the event that brought the terms.
        attached_later: Whether the terms came later than the work.
    """
    heard = [happening for happening in history if isinstance(happening, ClockEvent)]
    told = [
        happening
        for happening in history
        if isinstance(happening, CheckpointKey)
        and (happening.clock, happening.terms) == (terms.target.clock, terms.digest)
    ]
    state = advance_clock(terms.target, terms.calendar, heard)
    if old is not None and old.state.cycles:
        state = _keeping(state, old.state.cycles)
    if attached_later and terms.target.from_own_start and state.phase in _UNDER_WAY:
        before = max([0 if old is None else old.state.cycle, *(key.cycle for key in told)])
        state = _from_now(terms, state, max(state.cycle, before + 1))
    passed = (key.checkpoint for key in told if state.counted_from <= key.cycle <= state.cycle)
    return _waking(terms, state, _collapsed(terms, state, frozenset(passed), _elapsed(terms, state)))


def _from_now(terms: Terms, state: ClockState, cycle: int) -> ClockState:
    """Return a *state* that is under way as if it began with the last event, as the given *cycle*."""
    at = state.heard_at
    assert at is not None  # noqa: S101  # what is under way has heard of its start
    within, named_due = measured(terms.target, terms.calendar, at)
    return evolve(
        state,
        cycle=cycle,
        started_at=at,
        counted=timedelta(0),
        running_since=None if state.running_since is None else at,
        used_up_at=None,
        within=within,
        named_due=named_due,
        counted_from=cycle,
    )


def _elapsed(terms: Terms, state: ClockState) -> timedelta:
    """Return the open time that the present cycle has counted at the last event heard of."""
    if state.running_since is None or state.heard_at is None:
        return state.counted
    return state.counted + terms.calendar.elapsed(state.running_since, state.heard_at)


def _keeping(state: ClockState, finished: tuple[ClockCycle, ...]) -> ClockState:
    """Return *state* with the cycles that were *finished* under other terms, replacing its own till then."""
    last = finished[-1]
    until = last.stopped_at
    # Of those that ended at that very instant, as many are replaced as were finished at it.
    replaced = sum(cycle.stopped_at == until for cycle in finished)
    later = [cycle for cycle in state.cycles if cycle.stopped_at == until][replaced:]
    later += [cycle for cycle in state.cycles if cycle.started_at >= until and cycle.stopped_at > until]
    others = [evolve(cycle, number=last.number + i) for i, cycle in enumerate(later, start=1)]
    number = last.number + len(others) + (state.phase in _OPEN)
    return evolve(state, cycle=max(state.cycle, number), cycles=(*finished, *others))


def _collapsed(terms: Terms, state: ClockState, told: frozenset[str], elapsed: timedelta) -> frozenset[str]:
    """Return *told* and what lies behind, but for the latest: of those that were missed, one is enough."""
    behind = [
        checkpoint.name for point, checkpoint in terms.target.points_for(state.within) if point <= elapsed
    ]
    return told.union(behind[:-1])


def _waking(terms: Terms, state: ClockState, passed: frozenset[str]) -> FollowedClock:
    due = next_checkpoint(terms.target, terms.calendar, state, passed)
    return FollowedClock(terms, state, passed, due)
