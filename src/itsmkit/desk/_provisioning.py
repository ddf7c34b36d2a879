"""What an event of the feed means to those who create and remove accounts elsewhere."""

from typing import NamedTuple

from itsmkit.plugin import Store
from itsmkit.practices.access import ACCESS_GRANT, HELD_STATES, Grant, grant_of
from itsmkit.tickets import StateChanged, Ticket, TicketEvent, replay

__all__ = ["ChangeOfAccess", "change_of_access"]


class ChangeOfAccess(NamedTuple):
    """
    That a role is held from an event on, or no more.

    Args:
        grant: Who holds what, as it was given.
        is_given: Whether it is held now.
        key: The same each time that it is told.
    """

    grant: Grant
    is_given: bool
    key: str


def change_of_access(store: Store, event: TicketEvent) -> ChangeOfAccess | None:
    """
    Return what *event* changes in what is granted; ``None`` if it changes nothing.

    The cost is that of looking at the event, and of the ticket's history for the few that move a ticket into
    a state in which a role is held, or out of it.
    """
    fact = event.fact
    if not isinstance(fact, StateChanged):
        return None
    is_given = fact.target in HELD_STATES
    if is_given is (fact.source in HELD_STATES):
        return None
    with store.begin() as unit:
        if unit.ticket(event.ticket_id).ticket.kind != ACCESS_GRANT:
            return None
        history = unit.history(event.ticket_id)
    held = replay(history[: event.sequence if is_given else event.sequence - 1], Ticket)
    grant = grant_of(held)
    assert grant is not None  # noqa: S101  # its state says so
    return ChangeOfAccess(grant, is_given, f"{event.ticket_id}/{event.sequence}")
