"""Further details of tickets, read as what they should be."""

from datetime import datetime

from itsmkit.tickets import Ticket

__all__ = ["instant_of", "text_of"]


def text_of(ticket: Ticket, name: str) -> str | None:
    """Return a detail that is a text, or ``None``."""
    value = ticket.details.get(name)
    return value if isinstance(value, str) else None


def instant_of(ticket: Ticket, name: str) -> datetime | None:
    """Return a detail that is an instant, or ``None``."""
    value = ticket.details.get(name)
    return value if isinstance(value, datetime) else None
