"""What a rule decides: the events that happen, and the ticket after each."""

from datetime import datetime
from typing import Generic, TypeVar

from attrs import field, frozen

from itsmkit._checks import aware_instant, in_utc
from itsmkit.errors import RefusedError
from itsmkit.languages import Sayable, as_said
from itsmkit.tickets import (
    Actor,
    CascadeAdvanced,
    Fact,
    PersonalDataErased,
    Ticket,
    TicketEvent,
    TicketId,
    Unmerged,
)

__all__ = ["Decision", "Notice", "Occasion", "happen", "refuse_merged", "unchanged"]

AnyTicket = TypeVar("AnyTicket", bound=Ticket)


@frozen
class Occasion:
    """
    When something happens on the desk, and by whom. Its instants are kept in UTC.

    Args:
        actor: Who does it.
        recorded_at: The desk's clock.
        at: When it happened: the desk's clock too, unless somebody tells of it later.
    """

    actor: Actor
    recorded_at: datetime = field(converter=in_utc, validator=aware_instant)
    at: datetime = field(converter=in_utc, validator=aware_instant)

    @at.default
    def _now(self) -> datetime:
        return self.recorded_at

    def event(
        self, ticket_id: TicketId, sequence: int, fact: Fact, *, not_before: datetime | None = None
    ) -> TicketEvent:
        """
        Return *fact* as the event *sequence* of a ticket.

        Args:
            ticket_id: The ticket.
            sequence: The place in its history.
            fact: What happened.
            not_before: The effective instant of the event before, if there is one.
        """
        effective = self.at if not_before is None or self.at > not_before else not_before
        return TicketEvent(ticket_id, sequence, self.at, effective, self.recorded_at, self.actor, fact)


@frozen
class Notice:
    """
    What somebody is to be told of a decision, once it is saved.

    Args:
        recipient: Who.
        subject: One line, to be said in the recipient's language; text is told as it is.
        body: The message itself, likewise.
        what_for: What it is about, such as ``"effect/hand back"``; with the recipient, unique in its
            decision.
        taking_part_as: As what the recipient takes part in the ticket for as long as it is about them, who
            is none of its participants; it decides whether they may be told of it.
    """

    recipient: str
    subject: Sayable = field(converter=as_said)
    body: Sayable = field(converter=as_said)
    what_for: str
    taking_part_as: str | None = None


@frozen
class Decision(Generic[AnyTicket]):
    """
    The outcome of a rule.

    Args:
        before: The ticket before, or ``None`` for a new one.
        steps: Each event with the ticket after it, in order; empty if nothing happened.
        notices: What people are told of it.
    """

    before: AnyTicket | None
    steps: tuple[tuple[TicketEvent, AnyTicket], ...]
    notices: tuple[Notice, ...] = ()

    @property
    def ticket(self) -> AnyTicket:
        """Return the ticket after all of it."""
        if self.steps:
            return self.steps[-1][1]
        assert self.before is not None  # noqa: S101  # a decision without steps leaves a ticket as it was
        return self.before

    @property
    def events(self) -> tuple[TicketEvent, ...]:
        """Return the events alone."""
        return tuple([event for event, _ in self.steps])  # a list is made in half the time of a generator

    def then(self, following: "Decision[AnyTicket]") -> "Decision[AnyTicket]":
        """Return this decision and *following*, which was decided on the ticket after it, as one."""
        return Decision(self.before, self.steps + following.steps, self.notices + following.notices)


def unchanged(ticket: AnyTicket) -> Decision[AnyTicket]:
    """Return the decision that leaves *ticket* as it is."""
    return Decision(ticket, ())


_EVEN_IF_MERGED = (Unmerged, CascadeAdvanced, PersonalDataErased)
"""What happens even to a ticket that was merged: that it is no more, and what it had begun before."""


def refuse_merged(ticket: Ticket) -> None:
    """
    Let *ticket* pass unless it was merged.

    Raises:
        RefusedError: If it was, with the way out. It does not name the other ticket, which who asks may not
            be able to see.
    """
    if ticket.merged_into is not None:
        refusal = (
            f"cannot change {ticket.number}: it was merged, and goes on in another ticket, which "
            "`desk.links.goes_on_in` gives; do it there, or undo the merger first by `desk.links.unmerge`"
        )
        raise RefusedError(refusal)


def happen(ticket: AnyTicket, occasion: Occasion, *facts: Fact) -> Decision[AnyTicket]:
    """
    Return the decision that *facts* happen to *ticket*, in this order.

    Raises:
        RefusedError: If it was merged into another, so that nothing happens to it any more; but that the
            merger is undone.
    """
    if ticket.merged_into is not None and not all(isinstance(fact, _EVEN_IF_MERGED) for fact in facts):
        refuse_merged(ticket)
    steps = []
    after = ticket
    for fact in facts:
        event = occasion.event(after.id, after.version + 1, fact, not_before=after.updated_at)
        after = after.after(event)
        steps.append((event, after))
    return Decision(ticket, tuple(steps))
