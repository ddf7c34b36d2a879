"""
What can happen to a ticket: one class for each fact, named in the past tense.

A fact says *what* happened. The `~itsmkit.tickets.event.TicketEvent` around it says to which ticket, when
and by whom.
"""

from collections.abc import Mapping
from datetime import datetime

from attrs import field, frozen

from itsmkit._checks import aware_instant, in_utc, in_utc_if_any, named
from itsmkit._frozen import EMPTY, as_tuple, frozen_dict
from itsmkit.tickets.attachment import Attached, Detached
from itsmkit.tickets.automation import RobotReported, RuleFired, RuleRefused
from itsmkit.tickets.connections import (
    CascadeAdvanced,
    CascadeAnswered,
    Cascaded,
    Linked,
    MergedFrom,
    MergedInto,
    MergeUndone,
    SplitFrom,
    Unlinked,
    Unmerged,
)
from itsmkit.tickets.correspondence import InternalNote, PublicMessage
from itsmkit.tickets.erasure import PersonalDataErased
from itsmkit.tickets.escalation import Escalated, EscalationAcknowledged, EscalationStepTaken
from itsmkit.tickets.impact import ImpactDerived
from itsmkit.tickets.need import NeedMet
from itsmkit.tickets.ordering import (
    ApprovalDecided,
    ApprovalOpened,
    ApproversAsked,
    BallotCast,
    FulfilmentBegun,
    FulfilmentEnded,
    ItemOrdered,
    TaskAdvanced,
    TaskGiven,
)
from itsmkit.tickets.participation import OwnershipTransferred, ParticipantAdded, ParticipantRemoved
from itsmkit.tickets.routing import RoutingRecorded
from itsmkit.tickets.tagging import Tagged, Untagged
from itsmkit.tickets.work_log import WorkCorrected, WorkLogged

__all__ = [
    "Assigned",
    "CheckpointPassed",
    "Commented",
    "DetailsChanged",
    "Fact",
    "Prioritised",
    "PromiseMoved",
    "Restricted",
    "StateChanged",
    "StateCorrected",
    "TicketLogged",
    "TimerRefused",
]


@frozen
class TicketLogged:
    """
    A ticket came into being.

    Args:
        kind: The kind of work, such as ``"incident"``.
        number: The display number; unique for its kind, never a key.
        state: The state that the ticket starts in.
        category: The category of that state.
        opened_at: When the requester's need arose: the start of service-level clocks; kept in UTC. It may
            lie before the event itself, for a ticket that is typed in after the call.
        details: The further fields, by name; see `~itsmkit.tickets.ticket.Ticket`.
        irregular: Why the ticket starts elsewhere than its workflow says, or has details that its fields do
            not take; empty as a rule, filled when a history is taken over from another system.
    """

    kind: str = field(validator=named)
    number: str = field(validator=named)
    state: str = field(validator=named)
    category: str = field(validator=named)
    opened_at: datetime = field(converter=in_utc, validator=aware_instant)
    details: Mapping[str, object] = field(default=EMPTY, converter=frozen_dict)
    irregular: tuple[str, ...] = ()


@frozen
class StateChanged:
    """
    The workflow let the ticket move.

    Args:
        source: The state before.
        target: The state now.
        category: The category of the state now.
        trigger: What was asked for, such as ``"resolve"``.
        details: What was handed in with the move, such as the resolution; as in `DetailsChanged`.
    """

    source: str
    target: str
    category: str
    trigger: str
    details: Mapping[str, object] = field(default=EMPTY, converter=frozen_dict)


@frozen
class StateCorrected:
    """
    An administrator put the ticket into a state that its workflow did not allow.

    Args:
        source: The state before.
        target: The state now.
        category: The category of the state now.
        reasons: Every reason for which the workflow had refused the move.
    """

    source: str
    target: str
    category: str
    reasons: tuple[str, ...]


@frozen
class Assigned:
    """
    The work went to a support group, a person, or back to nobody.

    Args:
        support_group: The group that has the work now, or ``None``.
        assignee: The person in it, or ``None`` for the group's queue.
    """

    support_group: str | None
    assignee: str | None = None


@frozen
class Prioritised:
    """
    The ticket's impact, urgency and priority were judged.

    Args:
        impact: A level of the desk's matrix; ``None`` if another system judged and does not tell.
        urgency: As *impact*.
        priority: The priority now; ``None`` if it is judged no more.
        because: The cell that gave it, or the reason for which a person chose another.
    """

    impact: str | None
    urgency: str | None
    priority: str | None
    because: str


@frozen
class Commented:
    """
    Somebody wrote on the ticket.

    `PublicMessage` and `InternalNote` say the same by two classes; nothing that is shown to requesters takes
    this one as it is.

    Args:
        text: The words.
        public: Whether the requester may read them.
    """

    text: str
    public: bool


@frozen
class DetailsChanged:
    """
    Descriptive fields changed.

    Args:
        changes: The new value of each field and further detail that changed, by name; ``None`` empties it.
        irregular: Why they should not be taken, where they are as another system has them; empty as a rule.
    """

    changes: Mapping[str, object] = field(converter=frozen_dict)
    irregular: tuple[str, ...] = ()


@frozen
class CheckpointPassed:
    """
    A service-level clock reached a checkpoint; together the first four are its natural key.

    Args:
        clock: The name of the clock, such as ``"resolve"``.
        cycle: The cycle of the clock, from 1.
        terms: The digest of the terms that the clock was read by.
        checkpoint: The name of the checkpoint, such as ``"75%"`` or ``"breach"``.
        notified: The roles that the escalation policy told.
    """

    clock: str
    cycle: int
    terms: str
    checkpoint: str
    notified: tuple[str, ...] = ()

    @property
    def key(self) -> tuple[str, int, str, str]:
        """Return what makes this passing unique on its ticket."""
        return self.clock, self.cycle, self.terms, self.checkpoint


@frozen
class TimerRefused:
    """
    A timer of the ticket's state fired, and the move was refused; it is not tried again in this stay.

    Args:
        trigger: What was fired, such as ``"close"``.
        reasons: Every reason for which it was refused.
    """

    trigger: str = field(validator=named)
    reasons: tuple[str, ...] = field(converter=as_tuple)


@frozen
class PromiseMoved:
    """
    Another time is promised to the requester than they were told before.

    Args:
        clock: The clock that it is read from, such as ``"resolve"``.
        before: What was told before; ``None`` if no time was. Kept in UTC.
        after: What is promised now; ``None`` while no time is. Kept in UTC.
        because: Why, in words for the requester.
    """

    clock: str = field(validator=named)
    before: datetime | None = field(converter=in_utc_if_any)
    after: datetime | None = field(converter=in_utc_if_any)
    because: str


@frozen
class Restricted:
    """
    The ticket was put under a restriction, or taken out of one.

    Args:
        restricted_to: The name of the restriction that it is under now, or ``None``.
        because: Why.
    """

    restricted_to: str | None
    because: str


Fact = (
    TicketLogged
    | StateChanged
    | StateCorrected
    | Assigned
    | Prioritised
    | Commented
    | DetailsChanged
    | CheckpointPassed
    | Linked
    | Unlinked
    | Cascaded
    | CascadeAnswered
    | CascadeAdvanced
    | MergedInto
    | Unmerged
    | MergedFrom
    | MergeUndone
    | SplitFrom
    | OwnershipTransferred
    | ParticipantAdded
    | ParticipantRemoved
    | PublicMessage
    | InternalNote
    | Attached
    | Detached
    | WorkLogged
    | WorkCorrected
    | Tagged
    | Untagged
    | NeedMet
    | TimerRefused
    | PromiseMoved
    | Restricted
    | PersonalDataErased
    | ItemOrdered
    | TaskGiven
    | ApprovalOpened
    | ApproversAsked
    | BallotCast
    | ApprovalDecided
    | FulfilmentBegun
    | TaskAdvanced
    | FulfilmentEnded
    | ImpactDerived
    | RoutingRecorded
    | Escalated
    | EscalationStepTaken
    | EscalationAcknowledged
    | RuleFired
    | RuleRefused
    | RobotReported
)
"""Any of the facts above, and of those that stand in modules of their own."""
