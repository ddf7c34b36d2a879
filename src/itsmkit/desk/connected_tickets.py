"""Which tickets touch a configuration item: those that name it, and those that name what it depends on."""

from collections import deque
from collections.abc import Collection, Iterable, Iterator
from typing import Literal

from attrs import frozen

from itsmkit.cmdb import CIId, ConfigurationGraph
from itsmkit.conditions import ALWAYS, Condition, any_of, one_of
from itsmkit.tickets import DONE_CATEGORIES, Ticket

__all__ = ["ConnectedTicket", "STILL_OPEN", "connected_tickets", "names_one_of"]

Field = Literal["configuration_item", "service"]
_FIELDS: tuple[Field, ...] = ("configuration_item", "service")

STILL_OPEN = ~one_of("state_category", *sorted(DONE_CATEGORIES))
"""Holds for the tickets that are open."""

_MOST_ASKED_FOR = 500
"""How many items a condition names at most: beyond, it costs more than it spares."""


@frozen
class ConnectedTicket:
    """
    A ticket, and the way from what it names to the configuration item that was asked about.

    Args:
        ticket: The ticket.
        field: Which of its fields names a configuration item: the nearer one, ``"configuration_item"`` if
            both are equally near.
        path: From the item that it names to the one that was asked about, each a direct provider of the
            next; one of the shortest ways. Only the item itself, if that is what the ticket names.
    """

    ticket: Ticket
    field: Field
    path: tuple[CIId, ...]

    @property
    def is_direct(self) -> bool:
        """Whether the ticket names the very item that was asked about."""
        return len(self.path) == 1

    def __str__(self) -> str:
        return f"{self.ticket.number}: {' → '.join(self.path)}"


def connected_tickets(
    graph: ConfigurationGraph, ci: CIId, tickets: Iterable[Ticket]
) -> tuple[ConnectedTicket, ...]:
    """
    Return those of *tickets* that name *ci*, or something that it depends on.

    The cost is that of the relations that lead to *ci*, and of *tickets*.

    Returns:
        Nearest first, then in the order of *tickets*.

    Raises:
        UnknownItemError: If *ci* is not in the graph.
    """
    following, distance = _ways_to(graph, ci)
    found: list[tuple[int, ConnectedTicket]] = []
    for ticket in tickets:
        named = [(distance[name], field, name) for field, name in _named(ticket) if name in distance]
        if named:
            # Of equally near ones the first: the tuple of fields has the order of preference.
            steps, field, name = min(named, key=lambda each: each[0])
            found.append((steps, ConnectedTicket(ticket, field, _path(name, following))))
    found.sort(key=lambda each: each[0])
    return tuple(each for _, each in found)


def _ways_to(graph: ConfigurationGraph, ci: CIId) -> tuple[dict[CIId, CIId], dict[CIId, int]]:
    """Return for all that *ci* depends on the next step towards it, and the number of steps."""
    following: dict[CIId, CIId] = {}
    distance = {ci: 0}
    waiting = deque([ci])
    while waiting:
        dependent = waiting.popleft()
        for provider in graph.predecessors(dependent):
            if provider not in distance:
                distance[provider] = distance[dependent] + 1
                following[provider] = dependent
                waiting.append(provider)
    return following, distance


def _path(start: CIId, following: dict[CIId, CIId]) -> tuple[CIId, ...]:
    path = [start]
    while path[-1] in following:
        path.append(following[path[-1]])
    return tuple(path)


def _named(ticket: Ticket) -> Iterator[tuple[Field, CIId]]:
    for field in _FIELDS:
        name = getattr(ticket, field)
        if name is not None:
            yield field, CIId(name)


def names_one_of(cis: Collection[CIId]) -> Condition:
    """
    Return a condition that holds for all tickets that name one of *cis*.

    If these are very many, it holds for others, too.
    """
    if len(cis) > _MOST_ASKED_FOR:
        return ALWAYS
    return any_of(*(one_of(field, *cis) for field in _FIELDS))
