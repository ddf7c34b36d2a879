"""
What can happen between tickets: links, what moves along them, merging and splitting.

What happens between two tickets is told in the history of each, in the words of its end.
"""

from collections.abc import Mapping

from attrs import field, frozen

from itsmkit._checks import named
from itsmkit._frozen import EMPTY, as_tuple, frozen_dict
from itsmkit.tickets.attachment import Attachment
from itsmkit.tickets.participant import Participant
from itsmkit.tickets.ticket_id import TicketId

__all__ = [
    "CascadeAdvanced",
    "CascadeAnswered",
    "CascadeRefusal",
    "Cascaded",
    "Linked",
    "MergeUndone",
    "MergedFrom",
    "MergedInto",
    "SplitFrom",
    "Unlinked",
    "Unmerged",
]


@frozen
class Linked:
    """
    The ticket was linked to another.

    Args:
        link_type: The name of the type, such as ``"parent_of"``.
        is_source: Whether this end is the one that the type speaks of.
        other: The ticket at the other end.
    """

    link_type: str = field(validator=named)
    is_source: bool
    other: TicketId


@frozen
class Unlinked:
    """
    A link was taken away.

    Args:
        link_type: As of `Linked`.
        is_source: As of `Linked`.
        other: As of `Linked`.
    """

    link_type: str = field(validator=named)
    is_source: bool
    other: TicketId


@frozen
class Cascaded:
    """
    Something moved along a link and reached the ticket; the first four are its natural key.

    Args:
        link_type: The type of the link.
        cascade: The name of the cascade among those of the type.
        origin: The ticket from which it came.
        sequence: The event there that began it.
        text: What was said with it, if anything.
        asks: What is to be confirmed: the trigger that is fired if somebody does; ``None`` if nothing is
            asked.
        details: What the origin hands on with the move, such as its resolution.
        chain: The rules of automation that have led to it, the first of them first; empty if none did.
    """

    link_type: str = field(validator=named)
    cascade: str = field(validator=named)
    origin: TicketId
    sequence: int
    text: str | None = None
    asks: str | None = None
    details: Mapping[str, object] = field(default=EMPTY, converter=frozen_dict)
    chain: tuple[str, ...] = field(default=(), converter=as_tuple)

    @property
    def key(self) -> tuple[str, str, TicketId, int]:
        """Return what makes it unique on the ticket that it reached."""
        return self.link_type, self.cascade, self.origin, self.sequence


@frozen
class CascadeAnswered:
    """
    Somebody answered what a cascade had asked.

    Args:
        sequence: The event of this ticket by which it was asked.
        accepted: Whether it was confirmed.
        reason: Why, if it was said.
    """

    sequence: int
    accepted: bool
    reason: str | None = None


@frozen
class CascadeRefusal:
    """
    That a ticket did not go along.

    Args:
        ticket: The ticket.
        number: Its display number.
        reasons: Why.
    """

    ticket: TicketId
    number: str
    reasons: tuple[str, ...] = field(converter=as_tuple)


@frozen
class CascadeAdvanced:
    """
    What began at the ticket has reached some of the tickets at the other ends of its links.

    Args:
        link_type: The type of the links.
        cascade: The name of the cascade among those of the type.
        sequence: The event of this ticket that began it.
        reached: How many tickets it has changed, asked or told since it advanced before.
        refused: Those that did not go along, and why.
        is_done: Whether no more are left.
    """

    link_type: str = field(validator=named)
    cascade: str = field(validator=named)
    sequence: int
    reached: int
    refused: tuple[CascadeRefusal, ...] = field(default=(), converter=as_tuple)
    is_done: bool = True


@frozen
class MergedInto:
    """
    The ticket goes on in another. Nothing is to be done on it any more: it counts as cancelled.

    Args:
        target: The other.
    """

    target: TicketId


@frozen
class Unmerged:
    """
    The ticket goes on by itself again, as if it had never been merged.

    Args:
        target: In which it had gone on.
        category: The category of its state, which has not changed.
    """

    target: TicketId
    category: str = field(validator=named)


@frozen
class MergedFrom:
    """
    Another ticket goes on in this one.

    Args:
        source: The other.
        participants: Who takes part by that, and did not before; the requester of the other among them.
        tags: Its tags that this one had not got.
        attachments: Its files that this one had not got.
    """

    source: TicketId
    participants: tuple[Participant, ...] = field(default=(), converter=as_tuple)
    tags: tuple[str, ...] = field(default=(), converter=as_tuple)
    attachments: tuple[Attachment, ...] = field(default=(), converter=as_tuple)


@frozen
class MergeUndone:
    """
    A ticket that went on in this one goes on by itself again.

    Args:
        source: That ticket.
        participants: Who took part by the merge alone, and does no more.
        tags: The tags that were there by the merge alone.
        attachments: The files that were there by the merge alone.
    """

    source: TicketId
    participants: tuple[Participant, ...] = field(default=(), converter=as_tuple)
    tags: tuple[str, ...] = field(default=(), converter=as_tuple)
    attachments: tuple[Attachment, ...] = field(default=(), converter=as_tuple)


@frozen
class SplitFrom:
    """
    The ticket was made from a part of another.

    Args:
        source: The other.
        messages: The events of the other that were said of this one; they follow as events of its own.
        attachments: The files that come with it.
    """

    source: TicketId
    messages: tuple[int, ...] = field(default=(), converter=as_tuple)
    attachments: tuple[Attachment, ...] = field(default=(), converter=as_tuple)
