"""Tickets as people outside see them: whose they are, and what is shown of them."""

from collections.abc import Sequence
from datetime import datetime
from enum import StrEnum

from attrs import evolve, field, frozen

from itsmkit._frozen import as_tuple
from itsmkit.conditions import NEVER, Condition, any_of, equals, present
from itsmkit.practices.correspondence import PublicFile, PublicLetter, public_view
from itsmkit.practices.experience import Measure
from itsmkit.practices.promises import PromisePolicy
from itsmkit.tickets import Ticket, TicketEvent

__all__ = [
    "Outage",
    "PortalRating",
    "PortalTicket",
    "PublicStatus",
    "is_own",
    "of_organisation",
    "outage_of",
    "own",
    "portal_ticket",
    "public_status",
]


class PublicStatus(StrEnum):
    """Where a ticket stands, as people outside see it."""

    RECEIVED = "received"
    IN_PROGRESS = "in progress"
    WAITING_FOR_YOU = "waiting for you"
    WAITING = "waiting for others"
    SOLVED = "solved"
    """It is solved, and may be confirmed or taken up again."""
    CLOSED = "closed"
    CANCELLED = "cancelled"


_STATUS = {
    "new": PublicStatus.RECEIVED,
    "active": PublicStatus.IN_PROGRESS,
    "pending": PublicStatus.WAITING,
    "resolved": PublicStatus.SOLVED,
    "closed": PublicStatus.CLOSED,
    "cancelled": PublicStatus.CANCELLED,
}


def public_status(ticket: Ticket, promises: PromisePolicy) -> PublicStatus:
    """
    Return where *ticket* stands, as people outside see it.

    Args:
        ticket: The ticket.
        promises: Says which of the tickets that wait, wait for their requester.
    """
    status = _STATUS[ticket.state_category]
    if status is PublicStatus.WAITING and promises.is_requesters_turn(ticket):
        return PublicStatus.WAITING_FOR_YOU
    return status


@frozen(kw_only=True)
class PortalTicket:
    """
    A ticket as people outside see it.

    Args:
        number: The display number.
        kind: The kind of work.
        title: What it is about.
        status: Where it stands.
        requester: Who asked for it.
        opened_at: When the need arose, in UTC.
        written_at: When something was written last, in UTC; otherwise *opened_at*.
        needed_by: When it is needed, in UTC.
        promised_by: When it is promised to be done, in UTC; ``None`` if nothing is promised now.
        resolution: How it was solved, in words that are meant for them.
        letters: What was written, in order. Who works for the desk is called by the name of the desk.
        files: The files.
        may_confirm: Whether it can be confirmed now.
        may_reopen: Whether it can be taken up again now, as far as its state says.
    """

    number: str
    kind: str
    title: str | None
    status: PublicStatus
    requester: str | None
    opened_at: datetime
    written_at: datetime
    needed_by: datetime | None
    promised_by: datetime | None
    resolution: str | None
    letters: tuple[PublicLetter, ...] = field(converter=as_tuple)
    files: tuple[PublicFile, ...] = field(converter=as_tuple)
    may_confirm: bool
    may_reopen: bool


@frozen
class Outage:
    """
    Something that is known to be out of order, of which everybody is told.

    Args:
        title: What.
        status: How far it is.
        service: The service that it concerns.
        since: Since when, in UTC.
    """

    title: str | None
    status: PublicStatus
    service: str | None
    since: datetime


@frozen
class PortalRating:
    """
    How somebody found what was done.

    Args:
        number: The ticket.
        measure: What was asked for.
        score: What was answered.
        comment: What was said besides.
    """

    number: str
    measure: Measure
    score: int
    comment: str | None = None


# -- whose is what -----------------------------------------------------------------------------------


_OUTSIDE = ~present("restricted_to") & ~present("order_task")
"""What is neither secret nor a task by which an order is fulfilled: that is how the desk does it."""


def own(person: str) -> Condition:
    """Return the condition that a ticket is one of *person*: that they asked, are affected or take part."""
    theirs = any_of(
        equals("requester", person),
        equals("affected_person", person),
        equals(f"participant.{person}", value=True),
    )
    return theirs & _OUTSIDE


def of_organisation(organisation: str | None) -> Condition:
    """Return the condition that a ticket is one of an organisation; never, for that of nobody."""
    return NEVER if organisation is None else equals("organisation", organisation) & _OUTSIDE


def is_own(ticket: Ticket, person: str) -> bool:
    """Tell whether *person* may act on a ticket, and not only see it: their colleagues may not."""
    takes_part = any(each.person == person for each in ticket.participants)
    return person in (ticket.requester, ticket.affected_person) or takes_part


# -- what is shown -----------------------------------------------------------------------------------


def portal_ticket(
    ticket: Ticket, history: Sequence[TicketEvent], *, person: str, desk: str, promises: PromisePolicy
) -> PortalTicket:
    """
    Return what *person* sees of a ticket.

    Args:
        ticket: The ticket.
        history: All of its events, in order.
        person: Who looks.
        desk: What the desk is called.
        promises: What requesters are promised.
    """
    seen, status = public_view(ticket, history), public_status(ticket, promises)
    known = {person, ticket.requester, ticket.affected_person}
    is_theirs = is_own(ticket, person)
    return PortalTicket(
        number=seen.number,
        kind=ticket.kind,
        title=seen.title,
        status=status,
        requester=seen.requester,
        opened_at=seen.opened_at,
        written_at=seen.written_at,
        needed_by=seen.needed_by,
        promised_by=ticket.promised_by if ticket.is_open else None,
        resolution=seen.resolution,
        letters=[each if each.author in known else evolve(each, author=desk) for each in seen.letters],
        files=seen.files,
        may_confirm=is_theirs and status is PublicStatus.SOLVED,
        may_reopen=is_theirs and status in (PublicStatus.SOLVED, PublicStatus.CLOSED),
    )


def outage_of(ticket: Ticket, promises: PromisePolicy) -> Outage:
    """Return what everybody is told of an outage."""
    status = public_status(ticket, promises)
    # What it waits for is nobody else's business.
    shown = PublicStatus.IN_PROGRESS if status is PublicStatus.WAITING_FOR_YOU else status
    return Outage(ticket.title, shown, ticket.service, ticket.opened_at)
