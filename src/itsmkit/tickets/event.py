"""The envelope of a fact: to which ticket it happened, when, and by whom."""

from datetime import datetime

from attrs import field, frozen

from itsmkit._checks import aware_instant, in_utc
from itsmkit.tickets.facts import Fact
from itsmkit.tickets.people import Actor
from itsmkit.tickets.ticket_id import TicketId

__all__ = ["TicketEvent", "TicketId"]


@frozen
class TicketEvent:
    """
    One thing that happened to a ticket: the unit of its history. Its instants are kept in UTC.

    Args:
        ticket_id: The ticket.
        sequence: Its place in the ticket's history: 1, 2, 3 … without a gap.
        at: When it happened. Foreign histories may disagree with their own order here.
        effective_at: The later of *at* and the effective instant of the event before; never falls.
            Clocks and figures go by it.
        recorded_at: When the desk came to know of it.
        actor: Who did it.
        fact: What happened.
    """

    ticket_id: TicketId
    sequence: int
    at: datetime = field(converter=in_utc, validator=aware_instant)
    effective_at: datetime = field(converter=in_utc, validator=aware_instant)
    recorded_at: datetime = field(converter=in_utc, validator=aware_instant)
    actor: Actor
    fact: Fact

    @property
    def name(self) -> str:
        """Return the name of the fact, such as ``"StateChanged"``."""
        return type(self.fact).__name__
