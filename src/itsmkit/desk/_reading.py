"""How every read of tickets runs: by one door, so that what holds for one read holds for all."""

from collections.abc import Iterator, Sequence
from itertools import islice

from attrs import evolve, frozen

from itsmkit.conditions import ALWAYS, Condition
from itsmkit.plugin import Store, StoredTicket, TicketDeadline, TicketPage, TicketQuery, UnitOfWork
from itsmkit.plugin.queries import MAX_PAGE
from itsmkit.tickets import Actor, TicketEvent, TicketId

__all__ = ["Reader"]


@frozen
class Reader:
    """
    Reads tickets for somebody.

    Args:
        store: Where they are.
        operation: What is read, such as ``"tickets.find"``.
        actor: Who reads; ``None`` if the desk is bound to nobody.
    """

    store: Store
    operation: str
    actor: Actor | None

    def ticket(self, unit: UnitOfWork, ticket_id: TicketId) -> StoredTicket:
        """Return a ticket by its key. Raises `NotFoundError` if there is none."""
        return unit.ticket(ticket_id)

    def history(self, unit: UnitOfWork, ticket_id: TicketId) -> Sequence[TicketEvent]:
        """Return all events of a ticket, in order. Raises `NotFoundError` if there is none."""
        self.ticket(unit, ticket_id)
        return unit.history(ticket_id)

    def by_number(self, number: str) -> StoredTicket:
        """Return a ticket by its display number. Raises `NotFoundError` if there is none."""
        return self.store.find_ticket(number)

    def find(self, query: TicketQuery) -> TicketPage:
        """Return a page of the tickets that *query* finds."""
        return self.store.find(query)

    def count(self, where: Condition) -> int:
        """Return for how many tickets a condition holds."""
        return self.store.count(where)

    def deadlines(self, limit: int) -> Sequence[TicketDeadline]:
        """Return at most *limit* deadlines of all tickets, the earliest first."""
        return self.store.deadlines(limit)

    def pages(self, query: TicketQuery) -> Iterator[StoredTicket]:
        """Go through all that *query* finds."""
        page = self.find(query)
        yield from page.tickets
        while page.next is not None:
            page = self.find(evolve(query, after=page.next))
            yield from page.tickets

    def all(self) -> Iterator[StoredTicket]:
        """Go through the tickets that there are now: whoever logs one for each comes to an end."""
        # New ones come last, and none is ever gone.
        return islice(self.pages(TicketQuery(limit=MAX_PAGE)), self.count(ALWAYS))
