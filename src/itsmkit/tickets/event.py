"""The envelope of a fact: to which ticket it happened, when, and by whom."""

import re
from datetime import datetime
from typing import TYPE_CHECKING, Self

from attrs import field, frozen

from itsmkit._checks import aware_instant, in_utc
from itsmkit._problems import shown
from itsmkit.errors import DefinitionError
from itsmkit.tickets.facts import Fact
from itsmkit.tickets.people import Actor
from itsmkit.tickets.ticket_id import TicketId

if TYPE_CHECKING:
    from attrs import Attribute

__all__ = ["TicketEvent", "TicketId"]

_SALT = re.compile("[0-9a-f]{32}")


def _salt(_event: object, _attribute: "Attribute[str] | None", value: str) -> None:
    if value != "" and not (isinstance(value, str) and _SALT.fullmatch(value)):
        problem = f"TicketEvent.salt must be 32 hexadecimal digits, or empty, not {shown(value)}"
        raise DefinitionError(problem)


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
    salt: str = field(default="", repr=False, validator=_salt)

    def salted(self, salt: str) -> Self:
        """Return the event with a salt; see the class."""
        _salt(self, None, salt)
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
