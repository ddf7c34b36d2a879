"""Which class the tickets of which kind have."""

from collections.abc import Mapping
from types import MappingProxyType

from itsmkit.practices.incident import INCIDENT, Incident
from itsmkit.tickets import Ticket

__all__ = ["TICKET_CLASSES", "ticket_class_of"]

TICKET_CLASSES: Mapping[str, type[Ticket]] = MappingProxyType({INCIDENT: Incident})
"""The classes of the kinds that itsmkit brings, by their names."""


def ticket_class_of(kind: str) -> type[Ticket]:
    """Return the class of the tickets of *kind*: that of a kind which itsmkit brings, or `Ticket` itself."""
    return TICKET_CLASSES.get(kind, Ticket)
