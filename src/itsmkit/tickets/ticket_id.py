"""The key of a ticket."""

from typing import NewType

__all__ = ["TicketId"]

TicketId = NewType("TicketId", str)
