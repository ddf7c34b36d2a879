"""What is due next on a desk."""

from datetime import datetime
from typing import NamedTuple

from itsmkit.tickets import Ticket

__all__ = ["NextDeadline"]


class NextDeadline(NamedTuple):
    """
    A deadline of a ticket.

    Args:
        at: When it is reached; in UTC.
        what: Whose it is: the name of a clock, or ``state:`` and the name of a state that ends by itself.
        ticket: The ticket.
    """

    at: datetime
    what: str
    ticket: Ticket
