"""
Service-level management: which clocks a ticket has, and where they stand.

Clocks are read from the ticket's history. What is kept between two events, `FollowedClock`, is a cache of
that reading: `follow` carries it on, `follow_history` makes it anew, and both give the same.

Source:
    ITIL 4, practice "Service level management".
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import datetime, timedelta

from attrs import evolve, frozen

from itsmkit.practices.decision import Decision
from itsmkit.practices.incident import Incident
from itsmkit.sla import (
    ClockCycle,
    ClockEvent,
    ClockPhase,
    ClockReading,
    ClockState,
    DueCheckpoint,
    Reopening,
    ServiceLevelAgreement,
    Terms,
    advance_clock,
    next_checkpoint,
    read_state,
    terms_for,
)
from itsmkit.tickets import (
    Assigned,
    CheckpointPassed,
    Commented,
    DetailsChanged,
    Fact,
    Prioritised,
    StateChanged,
    StateCorrected,
    Ticket,
    TicketEvent,
    TicketLogged,
)

__all__ = ["FollowedClock", "clock_events", "follow", "follow_history", "read_clocks"]

Step = tuple[TicketEvent, Ticket]


@frozen
class FollowedClock:
    """
    A clock of a ticket, as far as its history is known.

    Args:
        terms: What it is measured by; once it is stopped or cancelled, those that it was judged by.
        state: Where it stands.
        passed: The checkpoints of this cycle and these terms that need no waking up for any more.
        due: The next one that does, if the clock runs.
    """

    terms: Terms
    state: ClockState
    passed: frozenset[str]
    due: DueCheckpoint | None

    def reading(self, at: datetime) -> ClockReading:
        """Return what the clock shows at the instant *at*."""
        return read_state(self.terms.target, self.terms.calendar, self.state, at)


Clocks = Mapping[str, FollowedClock]


def follow(
    agreements: Sequence[ServiceLevelAgreement],
    clocks: Clocks,
    decision: Decision[Incident],
    history: Callable[[], Sequence[TicketEvent]],
) -> Clocks:
    """
    Return the clocks of a ticket after *decision*.

    Args:
        agreements: The agreements of the desk; the first that applies holds.
        clocks: The clocks before, by name.
        decision: What happens.
        history: Gives all events before it. Asked only if a clock begins later than its ticket, or its terms
            change.
    """
    before: Ticket | None = decision.before
    now: list[Step] = []

    def so_far() -> Sequence[Step]:
        return [*_steps(history()), *now]

    for step in decision.steps:
        now.append(step)
        clocks = _after(agreements, clocks, before, step, so_far)
        before = step[1]
    return clocks


def follow_history(agreements: Sequence[ServiceLevelAgreement], history: Sequence[TicketEvent]) -> Clocks:
    """Return the clocks of a ticket, read from nothing but its history."""
    clocks: Clocks = {}
    past: list[Step] = []
    for event, ticket in _steps(history):
        before = past[-1][1] if past else None
        past.append((event, ticket))
        clocks = _after(agreements, clocks, before, past[-1], past.copy)
    return clocks


def read_clocks(clocks: Clocks, at: datetime) -> dict[str, ClockReading]:
    """Return what each clock shows at the instant *at*, by name."""
    return {name: clock.reading(at) for name, clock in clocks.items()}


def clock_events(before: Ticket | None, event: TicketEvent, ticket: Ticket) -> Sequence[ClockEvent]:
    """
    Tell clocks what *event* means to them.

    A ticket that is logged was opened first, perhaps earlier; a move out of resolved or closed is called
    ``reopened``. Checkpoints mean nothing: a clock does not hear of itself.

    Args:
        before: The ticket before, or ``None`` for the first event.
        event: What happened.
        ticket: The ticket after it.
    """
    return _clock_events(before, event, ticket, ticket.facts())


def _clock_events(
    before: Ticket | None, event: TicketEvent, ticket: Ticket, facts: dict[str, object]
) -> Sequence[ClockEvent]:
    fact = event.fact
    name = _NAMES.get(type(fact))
    if name is None:
        return ()
    if isinstance(fact, TicketLogged):
        unknown_yet = facts.copy()
        del unknown_yet["state"]
        return (
            ClockEvent(fact.opened_at, "opened", "new", unknown_yet),
            ClockEvent(event.effective_at, name, ticket.state_category, facts),
        )
    if isinstance(fact, Commented):
        facts = {
            **facts,
            "public": fact.public,
            "by_requester": event.actor.id == ticket.requester,
            "automated": event.actor.automated,
        }
    elif before is not None and ticket.reopens > before.reopens:
        name = "reopened"
    return (ClockEvent(event.effective_at, name, ticket.state_category, facts),)


_NAMES: Mapping[type, str] = {
    TicketLogged: "logged",
    StateChanged: "state_changed",
    StateCorrected: "state_changed",
    Assigned: "assigned",
    Prioritised: "prioritised",
    Commented: "commented",
    DetailsChanged: "details_changed",
}


def _steps(history: Iterable[TicketEvent]) -> Iterator[Step]:
    ticket: Incident | None = None
    for event in history:
        ticket = Incident.logged(event) if ticket is None else ticket.after(event)
        yield event, ticket


def _after(
    agreements: Sequence[ServiceLevelAgreement],
    clocks: Clocks,
    before: Ticket | None,
    step: Step,
    so_far: Callable[[], Sequence[Step]],
) -> Clocks:
    """Return *clocks* after *step*; *so_far* gives all of the history, this step included."""
    event, ticket = step
    fact = event.fact
    if isinstance(fact, CheckpointPassed):
        return _passed(clocks, fact)
    if _is_indifferent(agreements, clocks, fact):
        return clocks
    facts = ticket.facts()
    offered = terms_for(agreements, facts)
    heard = _clock_events(before, event, ticket, facts)
    after: dict[str, FollowedClock] = {}
    for name, clock in clocks.items():
        carried = _carried(clock, offered.get(name), heard)
        if carried is not None:
            after[name] = carried
    new = [name for name in offered if name not in after]
    if before is None:
        after.update((name, _begun(offered[name], heard, event)) for name in new)
    elif new:
        steps = so_far()
        after.update((name, _reread(offered[name], clocks.get(name), steps)) for name in new)
    return after


def _carried(clock: FollowedClock, terms: Terms | None, heard: Sequence[ClockEvent]) -> FollowedClock | None:
    """Return *clock* after what is *heard*, unless the *terms* that are offered now end it or renew it."""
    if terms is not None and terms.digest == clock.terms.digest:
        return _advanced(clock, terms, heard)
    if clock.state.phase in _FINISHED:
        # Its verdict was given by the terms of its day, which hold until the work comes back.
        finished = _advanced(clock, clock.terms, heard)
        if finished.state.phase in _FINISHED:
            return finished
    return None


def _is_indifferent(agreements: Sequence[ServiceLevelAgreement], clocks: Clocks, fact: Fact) -> bool:
    """Tell whether nobody asks for what *fact* changes, so that every clock goes on as it was."""
    if isinstance(fact, DetailsChanged):
        news = _OF_THE_MOMENT.union(fact.changes)
    elif isinstance(fact, Assigned):
        news = _OF_AN_ASSIGNMENT
    else:
        return False
    for agreement in agreements:
        if not agreement.asked.isdisjoint(news):
            return False
    for clock in clocks.values():  # noqa: SIM110  # for a clock or two, a generator costs more than the tests
        if not _asked(clock).isdisjoint(news):
            return False
    return True


_OF_THE_MOMENT = frozenset({"event", "updated_at", "public", "by_requester", "automated"})
"""What conditions see that changes with every event, or is there for a comment alone."""

_OF_AN_ASSIGNMENT = _OF_THE_MOMENT | {"support_group", "assignee", "reassignments"}


def _asked(clock: FollowedClock) -> frozenset[str]:
    target, phase = clock.terms.target, clock.state.phase
    if phase is ClockPhase.NOT_STARTED:
        return frozenset({"event"})
    return target.asked_when_stopped if phase is ClockPhase.STOPPED else target.asked_under_way


_FINISHED = frozenset({ClockPhase.STOPPED, ClockPhase.CANCELLED})


def _passed(clocks: Clocks, fact: CheckpointPassed) -> Clocks:
    clock = clocks.get(fact.clock)
    if clock is None or (clock.state.cycle, clock.terms.digest) != (fact.cycle, fact.terms):
        return clocks
    return {**clocks, fact.clock: _waking(clock.terms, clock.state, clock.passed | {fact.checkpoint})}


def _advanced(clock: FollowedClock, terms: Terms, heard: Sequence[ClockEvent]) -> FollowedClock:
    """Return *clock* after what is *heard*; *terms* are its own, perhaps of an agreement of another name."""
    old = clock.state
    state = advance_clock(terms.target, terms.calendar, heard, old)
    passed = clock.passed
    if state.cycle != old.cycle:
        told = passed if terms.target.on_reopen is Reopening.CONTINUE else frozenset[str]()
        passed = _collapsed(terms, told, state.counted)
    elif state is old and terms is clock.terms:
        return clock
    elif state.running_since == old.running_since:
        return FollowedClock(terms, state, passed, clock.due)
    return _waking(terms, state, passed)


def _begun(terms: Terms, heard: Sequence[ClockEvent], event: TicketEvent) -> FollowedClock:
    """Return the clock of a ticket whose history begins with *event*."""
    state = advance_clock(terms.target, terms.calendar, heard)
    return _waking(terms, state, _collapsed(terms, frozenset(), _elapsed(terms, state, event)))


def _reread(terms: Terms, old: FollowedClock | None, steps: Sequence[Step]) -> FollowedClock:
    """Return a clock under new terms: all of the history read again, finished cycles left as they were."""
    heard: list[ClockEvent] = []
    before: Ticket | None = None
    for event, ticket in steps:
        heard.extend(clock_events(before, event, ticket))
        before = ticket
    state = advance_clock(terms.target, terms.calendar, heard)
    if old is not None and old.state.cycles:
        state = _keeping(state, old.state.cycles)
    elapsed = _elapsed(terms, state, steps[-1][0])
    return _waking(terms, state, _collapsed(terms, _told(terms, state.cycle, steps), elapsed))


def _elapsed(terms: Terms, state: ClockState, event: TicketEvent) -> timedelta:
    """Return the open time that the present cycle has counted at *event*, the last one heard of."""
    if state.running_since is None:
        return state.counted
    return state.counted + terms.calendar.elapsed(state.running_since, event.effective_at)


def _keeping(state: ClockState, finished: tuple[ClockCycle, ...]) -> ClockState:
    """Return *state* with the cycles that were *finished* under other terms, which may have seen fewer."""
    cycles = (*finished, *state.cycles[len(finished) :])
    under_way = state.phase not in _FINISHED
    return evolve(state, cycle=max(state.cycle, len(cycles) + under_way), cycles=cycles)


def _told(terms: Terms, cycle: int, steps: Sequence[Step]) -> frozenset[str]:
    """Return the checkpoints told of under *terms*, of this *cycle* or one that it continues."""
    continues = terms.target.on_reopen is Reopening.CONTINUE
    facts = (event.fact for event, _ in steps if isinstance(event.fact, CheckpointPassed))
    return frozenset(
        fact.checkpoint
        for fact in facts
        if (fact.clock, fact.terms) == (terms.target.clock, terms.digest)
        and (fact.cycle == cycle or (continues and fact.cycle < cycle))
    )


def _collapsed(terms: Terms, told: frozenset[str], elapsed: timedelta) -> frozenset[str]:
    """Return *told* and what lies behind, but for the latest: of those that were missed, one is enough."""
    behind = [checkpoint.name for point, checkpoint in terms.target.points if point <= elapsed]
    return told.union(behind[:-1])


def _waking(terms: Terms, state: ClockState, passed: frozenset[str]) -> FollowedClock:
    due = next_checkpoint(terms.target, terms.calendar, state, passed)
    return FollowedClock(terms, state, passed, due)
