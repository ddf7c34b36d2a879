"""
What the people whom a desk works for see of it: a projection in which nothing is internal.

A portal knows tickets by their numbers, states by a handful of public ones, and who works for the desk as the
desk. What it shows of a ticket is made of `PublicTicket` alone, so that no note can get into it.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from enum import StrEnum

from attrs import evolve, field, frozen

from itsmkit._frozen import as_tuple, frozen_dict
from itsmkit._problems import instance_problems, name_problems, names_problems
from itsmkit.conditions import NEVER, Condition, any_of, equals, present
from itsmkit.errors import DefinitionError
from itsmkit.money import Money
from itsmkit.practices.catalogue import DirectoryLine, RecurringPrice, SupportHours
from itsmkit.practices.correspondence import PublicFile, PublicLetter, public_view
from itsmkit.practices.experience import Measure
from itsmkit.practices.forms import Form
from itsmkit.practices.knowledge import Reading
from itsmkit.practices.promises import PromisePolicy
from itsmkit.tickets import Ticket, TicketEvent

__all__ = [
    "Outage",
    "PortalApproval",
    "PortalArticle",
    "PortalOffer",
    "PortalOrder",
    "PortalRating",
    "PortalRules",
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


_OUTAGE = equals("tag.outage", value=True)


@frozen(kw_only=True)
class PortalRules:
    """
    What a portal offers.

    Args:
        kinds: The kinds of work that can be submitted.
        outages: The tickets of which everybody is told by their titles, until they are done; none that is
            under a restriction is among them.
        sees_organisation: Whether people see the tickets of their colleagues, too.
        confirm: The move by which a requester confirms that it is solved.

    Raises:
        DefinitionError: With everything that is wrong.
    """

    kinds: tuple[str, ...] = field(
        default=("incident", "service_request", "question", "complaint"), converter=as_tuple
    )
    outages: Condition = _OUTAGE
    sees_organisation: bool = False
    confirm: str = "close"

    def __attrs_post_init__(self) -> None:
        problems = [
            *names_problems("kinds", self.kinds),
            *instance_problems("outages", self.outages, Condition),
            *instance_problems("sees_organisation", self.sees_organisation, bool),
            *name_problems("confirm", self.confirm, "the name of a move,"),
        ]
        if problems:
            raise DefinitionError(*problems)


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


@frozen
class PortalArticle:
    """
    An article as people outside see it.

    Args:
        key: By which it is asked for.
        title: What it is about.
        body: What it says.
        language: The language that it is in.
        is_fallback: Whether it is in another language than was asked for.
        published_at: When it was published, in UTC.
    """

    key: str
    title: str
    body: str
    language: str
    is_fallback: bool
    published_at: datetime

    @classmethod
    def of(cls, reading: Reading) -> "PortalArticle":
        """Return what people outside see of what a reader sees: not who has written it."""
        text, version = reading.version.text, reading.version
        return cls(reading.article, text.title, text.body, reading.language, reading.is_fallback, version.at)


@frozen
class PortalOffer:
    """
    An item of the service catalogue as people outside see it.

    Args:
        key: By which it is ordered.
        title: What it is called.
        description: What it is.
        service: The service that it belongs to.
        price: What it costs once, if anything.
        recurring: What it costs again and again, if anything.
        form: What is asked.
        is_supported: Whether there is support now; ``None`` if it has no hours.
        support: When there is support until this time in a week, in the zone that was asked for.
    """

    key: str
    title: str
    description: str
    service: str | None
    price: Money | None
    recurring: RecurringPrice | None
    form: Form
    is_supported: bool | None
    support: tuple[SupportHours, ...] = field(default=(), converter=as_tuple)

    @classmethod
    def of(cls, line: DirectoryLine) -> "PortalOffer":
        """Return what people outside see of an item: not who approves it, nor how it is fulfilled."""
        item = line.item
        return cls(
            item.key,
            item.title,
            item.description,
            item.service,
            item.price,
            item.recurring,
            item.form,
            line.is_supported,
            line.support,
        )


@frozen
class PortalOrder:
    """
    How far an order is, as people outside see it.

    Args:
        number: The display number.
        approval: ``"requested"``, ``"approved"`` or what else became of its approval; ``None`` if it needs
            none.
        done: How many of its tasks are done.
        tasks: How many there are.
    """

    number: str
    approval: str | None
    done: int
    tasks: int


@frozen
class PortalApproval:
    """
    An order that waits for somebody's approval.

    Args:
        number: The display number.
        title: What is ordered.
        requester: Who orders it.
        price: What it costs once, if anything.
        answers: What was answered to its form, by the names of fields.
        stage: The stage of the approval.
    """

    number: str
    title: str | None
    requester: str | None
    price: Money | None
    answers: Mapping[str, object] = field(converter=frozen_dict)
    stage: str


# -- whose is what -----------------------------------------------------------------------------------


_OPEN_TO_ALL = ~present("restricted_to")


def own(person: str) -> Condition:
    """Return the condition that a ticket is one of *person*: that they asked, are affected or take part."""
    theirs = any_of(
        equals("requester", person),
        equals("affected_person", person),
        equals(f"participant.{person}", value=True),
    )
    return theirs & _OPEN_TO_ALL


def of_organisation(organisation: str | None) -> Condition:
    """Return the condition that a ticket is one of an organisation; never, for that of nobody."""
    return NEVER if organisation is None else equals("organisation", organisation) & _OPEN_TO_ALL


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
