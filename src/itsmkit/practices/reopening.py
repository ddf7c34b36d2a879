"""
Taking up again what was done.

Within the window it is the same need: the same ticket goes on, with a new cycle of its clocks. What comes
later is as a rule another need, which would spoil the figures of the old one: it is a new ticket, which says
what it follows up.
"""

from collections.abc import Sequence
from typing import TypeVar

from itsmkit.errors import RefusedError
from itsmkit.practices._arguments import text
from itsmkit.practices.decision import Decision, Occasion, happen
from itsmkit.practices.handling import transition
from itsmkit.practices.kind_of_work import KindOfWork
from itsmkit.practices.reopen_policy import refuse_late
from itsmkit.practices.ticket_rules import TicketRules
from itsmkit.tickets import DetailsChanged, Ticket, TicketEvent, TicketId

__all__ = ["FOLLOWED_UP_BY", "FOLLOW_UP_OF", "follow_up", "reopen"]

AnyTicket = TypeVar("AnyTicket", bound=Ticket)

FOLLOW_UP_OF = "follow_up_of"
"""The detail of a new ticket with the number of the one that it follows up."""

FOLLOWED_UP_BY = "followed_up_by"
"""The detail of that one with the number of the new ticket."""

REASON = "reopen_reason"
"""The detail that says why."""

_OFFER = "ask for a new ticket that follows it up: `reopen(..., follow_up=True)`"


def reopen(
    kind: KindOfWork[AnyTicket],
    ticket: AnyTicket,
    occasion: Occasion,
    reason: str,
    *,
    history: Sequence[TicketEvent],
    rules: TicketRules,
) -> Decision[AnyTicket]:
    """
    Take *ticket* up again.

    Args:
        kind: Its kind of work.
        ticket: The ticket.
        occasion: When, and by whom.
        reason: Why.
        history: All of its events, in order.
        rules: What the desk asks of every ticket.

    Raises:
        RefusedError: If no reason is given, the ticket is not done, its window is past, or its workflow
            lets nobody take it up again. In the two latter cases a new ticket is offered.
    """
    refuse_pointless(ticket, reason)
    try:
        refuse_late(ticket, rules.reopening, history, occasion.at)
        return transition(
            ticket, kind.workflow_of(ticket), rules.reopening.trigger, occasion, {REASON: reason}, rules=rules
        )
    except RefusedError as refusal:
        reasons = str(refusal), _OFFER
    raise RefusedError(*reasons)


def refuse_pointless(ticket: Ticket, reason: str) -> None:
    """
    Let *ticket* be taken up again, or followed up, for a reason.

    Raises:
        RefusedError: If there is none, or the ticket is not done.
    """
    reasons = []
    if ticket.is_open:
        reasons.append(f"it is not done, but {ticket.state}")
    if not text("reason", reason).strip():
        reasons.append("say why in `reason`")
    if reasons:
        raise RefusedError(*(f"cannot reopen {ticket.number}: {each}" for each in reasons))


def follow_up(
    kind: KindOfWork[AnyTicket],
    ticket: AnyTicket,
    occasion: Occasion,
    reason: str,
    *,
    ticket_id: TicketId,
    number: str,
    rules: TicketRules,
) -> tuple[Decision[AnyTicket], Decision[AnyTicket]]:
    """
    Log a new ticket that follows up one that is done.

    Args:
        kind: The kind of work of both.
        ticket: The one that is done.
        occasion: When, and by whom.
        reason: Why.
        ticket_id: The key of the new one.
        number: Its display number.
        rules: What the desk asks of every ticket.

    Returns:
        The new ticket; and the old one, which says by what it is followed up.

    Raises:
        RefusedError: As `reopen`, if no reason is given or the ticket is not done.
    """
    refuse_pointless(ticket, reason)
    levels = kind.priorities
    new = kind.log(
        ticket_id,
        number,
        occasion,
        impact=ticket.impact if ticket.impact in levels.impacts else None,
        urgency=ticket.urgency if ticket.urgency in levels.urgencies else None,
        details={
            **{name: getattr(ticket, name) for name in _SAME},
            FOLLOW_UP_OF: ticket.number,
            REASON: reason,
        },
        # Who may not know of the one, may not know of the other.
        restricted_to=ticket.restricted_to,
        rules=rules,
    )
    return new, happen(ticket, occasion, DetailsChanged({FOLLOWED_UP_BY: number}))


_SAME = (
    "title",
    "requester",
    "affected_person",
    "organisation",
    "site",
    "service",
    "configuration_item",
    "category",
    "support_group",
    "owner",
)
