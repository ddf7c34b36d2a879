"""Which articles help with a ticket: a detail of it, so that how it was solved can name them, too."""

from typing import TypeVar

from itsmkit.practices.decision import Decision, Occasion, happen, unchanged
from itsmkit.practices.resolution import RESOLUTION_DETAILS
from itsmkit.tickets import DetailsChanged, Ticket

__all__ = ["KNOWLEDGE", "articles_of", "link_article"]

KNOWLEDGE = RESOLUTION_DETAILS["knowledge"]
"""The detail of a ticket that names the articles that have helped."""

AnyTicket = TypeVar("AnyTicket", bound=Ticket)


def articles_of(value: object) -> tuple[str, ...]:
    """Return the keys of articles that such a detail holds; whatever else it may hold, are none."""
    if not isinstance(value, tuple | list):
        return ()
    return tuple(dict.fromkeys(each for each in value if isinstance(each, str)))


def link_article(ticket: AnyTicket, occasion: Occasion, article: str) -> Decision[AnyTicket]:
    """
    Note that an article helps with a ticket; again, it changes nothing.

    Raises:
        RefusedError: If the ticket was merged into another.
    """
    linked = articles_of(ticket.details.get(KNOWLEDGE))
    if article in linked:
        return unchanged(ticket)
    return happen(ticket, occasion, DetailsChanged({KNOWLEDGE: (*linked, article)}))
