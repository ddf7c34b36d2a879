"""Links between tickets."""

from attrs import field, frozen

from itsmkit._checks import named
from itsmkit.tickets.ticket_id import TicketId

__all__ = ["Link"]


@frozen
class Link:
    """
    One end of a link, as the ticket at this end has it; the other ticket has the other end.

    Args:
        link_type: The name of its type, such as ``"parent_of"``.
        is_source: Whether this end is the one that the type speaks of: the parent, of ``"parent_of"``.
        other: The ticket at the other end.
    """

    link_type: str = field(validator=named)
    is_source: bool
    other: TicketId
