"""The envelope of a fact: to which ticket it happened, when, and by whom."""

from datetime import datetime
from typing import Self

from attrs import field, frozen

from itsmkit._checks import aware_instant, in_utc
from itsmkit.tickets.facts import Fact
from itsmkit.tickets.people import Actor
from itsmkit.tickets.salt import salt_or_none
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
        salt: 32 hexadecimal digits that nobody can guess, of this event alone. Stores chain no personal text
            but its digest with the salt: so the text can be erased. Empty for an event that came without;
            and after it was erased.
    """

    ticket_id: TicketId
    sequence: int
    at: datetime = field(converter=in_utc, validator=aware_instant)
    effective_at: datetime = field(converter=in_utc, validator=aware_instant)
    recorded_at: datetime = field(converter=in_utc, validator=aware_instant)
    actor: Actor
    fact: Fact
    salt: str = field(default="", repr=False, validator=salt_or_none)

    def salted(self, salt: str) -> Self:
        """Return the event with a salt; see the class."""
        salt_or_none(self, None, salt)
        # In a fifth of the time that `evolve` takes; all else was checked when it was made.
        event, let = object.__new__(type(self)), object.__setattr__
        let(event, "ticket_id", self.ticket_id)
        let(event, "sequence", self.sequence)
        let(event, "at", self.at)
        let(event, "effective_at", self.effective_at)
        let(event, "recorded_at", self.recorded_at)
        let(event, "actor", self.actor)
        let(event, "fact", self.fact)
        let(event, "salt", salt)
        return event

    @property
    def name(self) -> str:
        """Return the name of the fact, such as ``"StateChanged"``."""
        return type(self.fact).__name__
