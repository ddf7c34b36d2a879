"""Linking tickets, and taking links away: at both ends at once."""

from collections.abc import Iterator, Sequence

from itsmkit.errors import RefusedError
from itsmkit.practices.decision import Decision, Occasion, happen
from itsmkit.practices.links.families import TicketOf, leads_to
from itsmkit.practices.links.link_type import LinkEnd, LinkType, end_called
from itsmkit.tickets import Link, Linked, Ticket, Unlinked

__all__ = ["link", "unlink"]

Pair = tuple[Decision[Ticket], Decision[Ticket]]


def link(
    ticket: Ticket,
    name: str,
    other: Ticket,
    occasion: Occasion,
    *,
    link_types: Sequence[LinkType],
    ticket_of: TicketOf,
) -> Pair:
    """
    Link *ticket* to *other*.

    Args:
        ticket: The ticket that is called so by the link.
        name: How the link is read from it, such as ``"parent_of"`` or ``"child_of"``.
        other: The ticket at the other end.
        occasion: When, and by whom.
        link_types: The types that there are.
        ticket_of: Gives further tickets, to see where their links lead.

    Returns:
        The decision on *ticket*, and that on *other*.

    Raises:
        DefinitionError: If there is no link of this name.
        RefusedError: If they cannot be linked so, with every reason.
    """
    end = end_called(link_types, name)
    reasons = [*_objections(ticket, end, other, ticket_of)]
    if reasons:
        whole = f"cannot make {ticket.number} {name} {other.number}"
        raise RefusedError(*(f"{whole}: {reason}" for reason in reasons))
    linked = (Linked(end.link_type.name, at.is_source, to.id) for at, to in _both(end, ticket, other))
    here, there = linked
    return happen(ticket, occasion, here), happen(other, occasion, there)


def unlink(
    ticket: Ticket, name: str, other: Ticket, occasion: Occasion, *, link_types: Sequence[LinkType]
) -> Pair:
    """
    Take the link away by which *ticket* is called *name* of *other*: as `link`.

    Raises:
        DefinitionError: If there is no link of this name.
        RefusedError: If they are not linked so.
    """
    end = end_called(link_types, name)
    if Link(end.link_type.name, end.is_source, other.id) not in ticket.links:
        refusal = f"cannot unlink {ticket.number}: it is not {name} {other.number}"
        raise RefusedError(refusal)
    here, there = (Unlinked(end.link_type.name, at.is_source, to.id) for at, to in _both(end, ticket, other))
    return happen(ticket, occasion, here), happen(other, occasion, there)


def _both(end: LinkEnd, ticket: Ticket, other: Ticket) -> tuple[tuple[LinkEnd, Ticket], ...]:
    return (end, other), (end.opposite, ticket)


def _objections(ticket: Ticket, end: LinkEnd, other: Ticket, ticket_of: TicketOf) -> Iterator[str]:
    if ticket.id == other.id:
        yield "a ticket cannot be linked to itself"
        return
    link_type = end.link_type
    if Link(link_type.name, end.is_source, other.id) in ticket.links:
        yield "it is already"
        return
    source, target = (ticket, other) if end.is_source else (other, ticket)
    yield from _wrong_kind(source, link_type.name, link_type.source_kinds)
    yield from _wrong_kind(target, link_type.inverse, link_type.target_kinds)
    if link_type.has_one_source:
        yield from _taken(target, LinkEnd(link_type, is_source=False))
    if link_type.has_one_target:
        yield from _taken(source, LinkEnd(link_type, is_source=True))
    if link_type.is_acyclic and leads_to([source], LinkEnd(link_type, is_source=False), target, ticket_of):
        yield f"it would close a circle, as {target.number} leads to {source.number} by {link_type.name}"


def _wrong_kind(ticket: Ticket, name: str, kinds: tuple[str, ...]) -> Iterator[str]:
    if kinds and ticket.kind not in kinds:
        known = " or ".join(kinds)
        yield f"{ticket.number} is of kind {ticket.kind}; what is {name} something must be of kind {known}"


def _taken(ticket: Ticket, end: LinkEnd) -> Iterator[str]:
    if end.of(ticket):
        yield (
            f"{ticket.number} is {end.name} another ticket already, and can be that of one only; "
            "unlink it first"
        )
