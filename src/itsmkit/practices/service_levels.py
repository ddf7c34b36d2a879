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

from attrs import field, frozen

from itsmkit._frozen import frozen_dict
from itsmkit.practices.decision import Decision
from itsmkit.practices.links.families import standing
from itsmkit.sla import (
    REINSTATED,
    Agreements,
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
    as_agreements,
)
from itsmkit.tickets import (
    ApprovalDecided,
    ApprovalOpened,
    ApproversAsked,
    Assigned,
    Attached,
    BallotCast,
    Cascaded,
    CheckpointPassed,
    Commented,
    Detached,
    DetailsChanged,
    Escalated,
    EscalationAcknowledged,
    EscalationStepTaken,
    Fact,
    FulfilmentBegun,
    FulfilmentEnded,
    ImpactDerived,
    InternalNote,
    ItemOrdered,
    Linked,
    MergedFrom,
    MergedInto,
    MergeUndone,
    NeedMet,
    OwnershipTransferred,
    ParticipantAdded,
    ParticipantRemoved,
    PersonalDataErased,
    Prioritised,
    PromiseMoved,
    PublicMessage,
    Restricted,
    RobotReported,
    RoutingRecorded,
    RuleFired,
    RuleRefused,
    SplitFrom,
    StateChanged,
    StateCorrected,
    Tagged,
    TaskAdvanced,
    TaskGiven,
    Ticket,
    TicketEvent,
    TicketLogged,
    TimerRefused,
    Unlinked,
    Unmerged,
    Untagged,
    WorkCorrected,
    WorkLogged,
)

__all__ = [
    "FollowedClock",
    "ServiceLevelDifference",
    "clock_events",
    "follow",
    "follow_history",
    "read_clocks",
    "what_if",
]

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
    agreements = as_agreements(agreements)
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
    agreements = as_agreements(agreements)
    clocks: Clocks = {}
    past: list[Step] = []
    for event, ticket in _steps(history):
        before = past[-1][1] if past else None
        past.append((event, ticket))
        clocks = _after(agreements, clocks, before, past[-1], past.copy)
    return clocks


@frozen
class ServiceLevelDifference:
    """
    What would become of the clocks of a ticket under other agreements.

    Args:
        ticket: The ticket.
        before: What its clocks show, by name.
        after: What they would show.
    """

    ticket: Ticket
    before: Mapping[str, ClockReading] = field(converter=frozen_dict)
    after: Mapping[str, ClockReading] = field(converter=frozen_dict)

    @property
    def clocks(self) -> tuple[str, ...]:
        """The names of the clocks that would differ, in order."""
        names = sorted(self.before.keys() | self.after.keys())
        return tuple(name for name in names if self.before.get(name) != self.after.get(name))


def what_if(
    ticket: Ticket,
    clocks: Clocks,
    history: Sequence[TicketEvent],
    agreements: Sequence[ServiceLevelAgreement],
    at: datetime,
) -> ServiceLevelDifference | None:
    """
    Return what would become of the clocks of *ticket* under other agreements; ``None`` if they show the same.

    Args:
        ticket: The ticket.
        clocks: Its clocks as they are.
        history: All that happened to it.
        agreements: The others.
        at: Now; aware.
    """
    before, after = read_clocks(clocks, at), read_clocks(follow_history(agreements, history), at)
    return None if before == after else ServiceLevelDifference(ticket, before, after)


def read_clocks(clocks: Clocks, at: datetime) -> dict[str, ClockReading]:
    """Return what each clock shows at the instant *at*, by name."""
    return {name: clock.reading(at) for name, clock in clocks.items()}


def clock_events(before: Ticket | None, event: TicketEvent, ticket: Ticket) -> Sequence[ClockEvent]:
    """
    Tell clocks what *event* means to them.

    A ticket that is logged was opened first, perhaps earlier; a move out of resolved or closed is called
    ``reopened``, one out of cancelled ``reinstated``, and if the work goes on, ``reopened`` as well.
    Checkpoints mean nothing: a clock does not hear of itself.

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
    if isinstance(fact, Commented | PublicMessage | InternalNote):
        facts = {
            **facts,
            "public": fact.public if isinstance(fact, Commented) else isinstance(fact, PublicMessage),
            "by_requester": event.actor.id == ticket.requester,
            "automated": event.actor.automated,
        }
    elif before is not None and ticket.reopens > before.reopens:
        name = "reopened"
    elif before is not None and before.state_category == "cancelled" != ticket.state_category:
        back = (REINSTATED, "reopened") if ticket.is_open else (REINSTATED,)
        return [ClockEvent(event.effective_at, each, ticket.state_category, facts) for each in back]
    return (ClockEvent(event.effective_at, name, ticket.state_category, facts),)


_NAMES: Mapping[type, str] = {
    TicketLogged: "logged",
    StateChanged: "state_changed",
    StateCorrected: "state_changed",
    Assigned: "assigned",
    Prioritised: "prioritised",
    Commented: "commented",
    DetailsChanged: "details_changed",
    Linked: "linked",
    Unlinked: "unlinked",
    Cascaded: "cascaded",
    MergedInto: "merged",
    MergedFrom: "merged_from",
    MergeUndone: "merge_undone",
    SplitFrom: "split_from",
    OwnershipTransferred: "ownership_transferred",
    ParticipantAdded: "participant_added",
    ParticipantRemoved: "participant_removed",
    PublicMessage: "commented",
    InternalNote: "commented",
    Attached: "attached",
    Detached: "detached",
    WorkLogged: "work_logged",
    WorkCorrected: "work_corrected",
    Tagged: "tagged",
    Untagged: "untagged",
    NeedMet: "need_met",
    Restricted: "restricted",
    PersonalDataErased: "personal_data_erased",
    ItemOrdered: "item_ordered",
    TaskGiven: "task_given",
    ApprovalOpened: "approval_opened",
    ApproversAsked: "approvers_asked",
    BallotCast: "ballot_cast",
    ApprovalDecided: "approval_decided",
    FulfilmentBegun: "fulfilment_begun",
    TaskAdvanced: "task_advanced",
    FulfilmentEnded: "fulfilment_ended",
}


def _steps(history: Iterable[TicketEvent]) -> Iterator[Step]:
    ticket: Ticket | None = None
    for event in history:
        ticket = Ticket.logged(event) if ticket is None else ticket.after(event)
        yield event, ticket


def _after(
    agreements: Agreements,
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
    if isinstance(fact, Unmerged):
        # As if it had never been merged.
        return follow_history(agreements, standing([event for event, _ in so_far()]))
    if isinstance(fact, _OF_THE_DESK_ITSELF):
        return clocks
    if _is_indifferent(agreements, clocks, fact):
        return clocks
    facts = ticket.facts()
    offered = agreements.terms(facts)
    heard = _clock_events(before, event, ticket, facts)
    return after_events(
        clocks, heard, offered, lambda: _happenings(_standing(so_far())), is_first=before is None
    )


def _standing(steps: Sequence[Step]) -> Sequence[Step]:
    """Return *steps* without the mergers that were undone."""
    history = [event for event, _ in steps]
    left = standing(history)
    return steps if left is history else [*_steps(left)]


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


def _is_indifferent(agreements: Agreements, clocks: Clocks, fact: Fact) -> bool:
    """Tell whether nobody asks for what *fact* changes, so that every clock goes on as it was."""
    if isinstance(fact, DetailsChanged):
        news = _OF_THE_MOMENT.union(fact.changes)
    elif isinstance(fact, Assigned):
        news = _OF_AN_ASSIGNMENT
    else:
        return False
    if not agreements.asked.isdisjoint(news):
        return False
    for clock in clocks.values():  # noqa: SIM110  # for a clock or two, a generator costs more than the tests
        if not _asked(clock).isdisjoint(news):
            return False
    return True


_OF_THE_DESK_ITSELF = (
    ImpactDerived,
    PromiseMoved,
    RoutingRecorded,
    TimerRefused,
    Escalated,
    EscalationStepTaken,
    EscalationAcknowledged,
    RobotReported,
    RuleFired,
    RuleRefused,
)
"""What tells how the work was done and whom it was told; it changes nothing that is measured."""

_OF_THE_MOMENT = frozenset({"event", "updated_at", "public", "by_requester", "automated"})
"""What conditions see that changes with every event, or is there for a comment alone."""

_OF_AN_ASSIGNMENT = _OF_THE_MOMENT | {"support_group", "assignee", "reassignments"}


def _asked(clock: FollowedClock) -> frozenset[str]:
    target, phase = clock.terms.target, clock.state.phase
    if phase is ClockPhase.NOT_STARTED:
        return frozenset({"event"})
    return target.asked_when_stopped if phase is ClockPhase.STOPPED else target.asked_under_way
