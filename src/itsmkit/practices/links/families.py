"""What belongs together by merging: which ticket a merged one goes on in, and which go on in it."""

from collections.abc import Callable, Iterable, Iterator, Sequence

from attrs import evolve

from itsmkit.practices.links.link_type import LinkEnd
from itsmkit.tickets import MergedInto, Ticket, TicketEvent, TicketId, Unmerged

__all__ = ["TicketOf", "family_of", "goes_on_in", "leads_to", "linked_to", "standing", "without"]

TicketOf = Callable[[TicketId], Ticket]
"""Gives a ticket by its key."""


def goes_on_in(ticket: Ticket, ticket_of: TicketOf) -> Ticket:
    """Return the ticket in which *ticket* goes on: itself, unless it was merged."""
    while ticket.merged_into is not None:
        ticket = ticket_of(ticket.merged_into)
    return ticket


def family_of(ticket: Ticket, ticket_of: TicketOf) -> Iterator[Ticket]:
    """Go through *ticket* and all that go on in it, in the order in which they were merged."""
    yield ticket
    for source in ticket.merged_from:
        yield from family_of(ticket_of(source), ticket_of)


def linked_to(ticket: Ticket, end: LinkEnd, ticket_of: TicketOf) -> tuple[Ticket, ...]:
    """
    Return the tickets to which *ticket* is linked, being at *end* of the link; each once, in order.

    Links of merged tickets are those of the tickets in which they go on, at both ends.
    """
    found = {
        other.id: other
        for member in family_of(ticket, ticket_of)
        for link in end.of(member)
        for other in [goes_on_in(ticket_of(link.other), ticket_of)]
    }
    found.pop(ticket.id, None)
    return tuple(found.values())


def leads_to(begin: Iterable[Ticket], end: LinkEnd, goal: Ticket, ticket_of: TicketOf) -> bool:
    """Tell whether *goal* is among *begin*, or reached from them by links of which they are at *end*."""
    waiting = [*begin]
    seen: set[TicketId] = set()
    while waiting:
        ticket = waiting.pop()
        if ticket.id == goal.id:
            return True
        if ticket.id not in seen:
            seen.add(ticket.id)
            waiting += linked_to(ticket, end, ticket_of)
    return False


def without(history: Iterable[TicketEvent], sequences: Iterable[int]) -> tuple[TicketEvent, ...]:
    """Return a history as if some of its events had not happened."""
    gone = frozenset(sequences)
    left = (event for event in history if event.sequence not in gone)
    return tuple(evolve(event, sequence=sequence) for sequence, event in enumerate(left, 1))


def standing(history: Sequence[TicketEvent]) -> Sequence[TicketEvent]:
    """Return a history without the mergers that were undone: as if they had not happened."""
    gone: list[int] = []
    merged = 0
    for event in history:
        if isinstance(event.fact, MergedInto):
            merged = event.sequence
        elif isinstance(event.fact, Unmerged):
            gone += (merged, event.sequence)
    return without(history, gone) if gone else history
