"""
Service-level management: which clocks a ticket has, and where they stand.

Here clocks are told of tickets; what becomes of them is decided in `itsmkit.sla.followed_clock`. What is
kept between two events, `FollowedClock`, is a cache: `follow` carries it on, `follow_history` makes it anew
from the ticket's history, and both give the same.

Source:
    ITIL 4, practice "Service level management".
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import TypeVar

from itsmkit.practices.decision import Decision
from itsmkit.sla import (
    CheckpointKey,
    ClockEvent,
    ClockPhase,
    ClockReading,
    Clocks,
    FollowedClock,
    Happening,
    ServiceLevelAgreement,
    after_checkpoint,
    after_events,
    terms_for,
)
from itsmkit.tickets import (
    Assigned,
    CheckpointPassed,
    Commented,
    DetailsChanged,
    Fact,
    PersonalDataErased,
    Prioritised,
    StateChanged,
    StateCorrected,
    Ticket,
    TicketEvent,
    TicketLogged,
)

__all__ = ["FollowedClock", "clock_events", "follow", "follow_history", "read_clocks"]

AnyTicket = TypeVar("AnyTicket", bound=Ticket)
Step = tuple[TicketEvent, Ticket]


def follow(
    agreements: Sequence[ServiceLevelAgreement],
    clocks: Clocks,
    decision: Decision[AnyTicket],
    history: Callable[[], Sequence[TicketEvent]],
) -> Clocks:
    """
    Return the clocks of a ticket after *decision*.

    Args:
        agreements: The agreements of the desk; see `terms_for` for which of them holds.
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
    PersonalDataErased: "personal_data_erased",
}


def _steps(history: Iterable[TicketEvent]) -> Iterator[Step]:
    ticket: Ticket | None = None
    for event in history:
        ticket = Ticket.logged(event) if ticket is None else ticket.after(event)
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
        return after_checkpoint(clocks, _key(event, fact))
    if _is_indifferent(agreements, clocks, fact):
        return clocks
    facts = ticket.facts()
    offered = terms_for(agreements, facts)
    heard = _clock_events(before, event, ticket, facts)
    return after_events(clocks, heard, offered, lambda: _happenings(so_far()), is_first=before is None)


def _happenings(steps: Iterable[Step]) -> Iterator[Happening]:
    """Tell clocks of all that happened in *steps*."""
    before: Ticket | None = None
    for event, ticket in steps:
        if isinstance(event.fact, CheckpointPassed):
            yield _key(event, event.fact)
        else:
            yield from clock_events(before, event, ticket)
        before = ticket


def _key(event: TicketEvent, fact: CheckpointPassed) -> CheckpointKey:
    return CheckpointKey(event.ticket_id, fact.clock, fact.cycle, fact.terms, fact.checkpoint)


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
