"""How every read of tickets runs: by one door, so that what holds for one read holds for all."""

from collections.abc import Iterator, Sequence
from datetime import datetime
from itertools import islice

from attrs import evolve, frozen

from itsmkit.conditions import ALWAYS, Condition, Predicate
from itsmkit.desk._access import Access, Guard, looking_in
from itsmkit.desk._gathered import gathers, step_to_tell
from itsmkit.desk._pages import every_page
from itsmkit.errors import NotFoundError
from itsmkit.plugin import (
    PositionedEvent,
    Store,
    StoredTicket,
    TicketDeadline,
    TicketPage,
    TicketQuery,
    Timer,
    UnitOfWork,
)
from itsmkit.plugin.queries import MAX_PAGE
from itsmkit.tickets import Actor, Ticket, TicketEvent, TicketId, replay

__all__ = ["Reader"]


@frozen
class Reader:
    """
    Reads tickets for somebody: those that they may see, and of these what they may read.

    Args:
        store: Where they are.
        operation: What is read, such as ``"tickets.find"``.
        actor: Who reads; ``None`` if the desk is bound to nobody.
        access: Who may see what; ``None`` if everybody may see everything.
    """

    store: Store
    operation: str
    actor: Actor | None
    access: Access | None

    def guard(self) -> Guard | None:
        """
        Return what stands in front of the read, or ``None`` if nothing does.

        Raises:
            AccessDeniedError: If it needs a permit that who reads has not got; or if nobody reads.
        """
        return None if self.access is None else self.access.guard(self.operation, self.actor)

    def ticket(self, unit: UnitOfWork, ticket_id: TicketId) -> StoredTicket:
        """Return a ticket by its key. Raises `NotFoundError` if there is none for who reads."""
        guard = self.guard()
        stored = unit.ticket(ticket_id)
        return stored if guard is None else guard.seen(stored, ticket_id, unit.ticket)

    def history(self, unit: UnitOfWork, ticket_id: TicketId) -> Sequence[TicketEvent]:
        """
        Return what may be read of the events of a ticket, in order.

        Raises:
            NotFoundError: If there is no such ticket for who reads.
        """
        guard = self.guard()
        stored = unit.ticket(ticket_id)
        if guard is None:
            return unit.history(ticket_id)
        guard.passed(stored, ticket_id)
        return guard.events(stored.ticket, unit.history(ticket_id), unit.ticket)

    def as_it_was(self, ticket_id: TicketId, known_at: datetime) -> Ticket | None:
        """
        Return what may be read of a ticket as the desk knew it at an instant; ``None`` if it did not.

        What may be read follows from the ticket as it is now.

        Raises:
            NotFoundError: If there is no such ticket for who reads.
        """
        guard = self.guard()
        with self.store.begin() as unit:
            now = unit.ticket(ticket_id)
            if guard is not None:
                guard.passed(now, ticket_id)
            past = [each for each in unit.history(ticket_id) if each.recorded_at <= known_at]
            if not past:
                return None
            ticket = replay(past, type(now.ticket))
            return ticket if guard is None else guard.shown(ticket, unit.ticket, now=now.ticket)

    def parked_timers(self) -> Sequence[Timer]:
        """
        Return the timers that are tried no more, of the tickets that who reads may see, and those of none.

        One of what somebody is to be told together is of the ticket that they are to be told of.
        """
        guard, timers = self.guard(), self.store.parked_timers()
        if guard is None or not timers:
            return timers
        with self.store.begin() as unit:
            return [each for each in timers if _is_seen(guard, unit, each)]

    def by_number(self, number: str) -> StoredTicket:
        """Return a ticket by its display number. Raises `NotFoundError` if there is none for who reads."""
        guard = self.guard()
        stored = self.store.find_ticket(number)
        return stored if guard is None else guard.seen(stored, number, looking_in(self.store))

    def find(self, query: TicketQuery) -> TicketPage:
        """
        Return a page of the tickets that *query* finds.

        Where it asks about other tickets, not all of which may be there for who reads, the cost is that of
        each ticket that fits otherwise.
        """
        guard = self.guard()
        if guard is None:
            return self.store.find(query)
        asked, left = guard.query(query), guard.left_to_ask(query.where)
        if left is not None:
            return self._sifted(guard, asked, left)
        page = self.store.find(asked)
        return TicketPage(self._as_seen(guard, page), page.next)

    def _as_seen(self, guard: Guard, page: TicketPage) -> list[StoredTicket]:
        look = looking_in(self.store)
        return [guard.seen(each, each.ticket.id, look) for each in page.tickets]

    def _sifted(self, guard: Guard, query: TicketQuery, holds: Predicate) -> TicketPage:
        """
        Return a page of those of the found tickets for which something *holds* as they are shown.

        There is a next page only if there is something on it: otherwise it would tell of what is not shown.
        """
        found: list[StoredTicket] = []
        place = query.after
        while True:
            missing = query.limit - len(found)
            page = self.store.find(evolve(query, limit=missing or 1, after=place))
            fitting = [each for each in self._as_seen(guard, page) if holds(each.ticket.facts())]
            if fitting and not missing:
                return TicketPage(found, place)
            found += fitting
            if page.next is None:
                return TicketPage(found, None)
            place = page.next

    def count(self, where: Condition) -> int:
        """Return for how many tickets a condition holds; the cost is that of `find`."""
        guard = self.guard()
        if guard is None:
            return self.store.count(where)
        if guard.left_to_ask(where) is not None:
            return sum(1 for _ in self.pages(TicketQuery(where, limit=MAX_PAGE)))
        return self.store.count(guard.where(where))

    def deadlines(self, limit: int) -> Sequence[TicketDeadline]:
        """Return at most *limit* deadlines of the tickets that who reads may see, the earliest first."""
        guard = self.guard()
        if guard is None:
            return self.store.deadlines(limit)
        look, asked = looking_in(self.store), limit
        while True:
            page = self.store.deadlines(asked)
            seen = [each for each in page if guard.policy.sees(each.stored.ticket)][:limit]
            if len(seen) == limit or len(page) < asked:
                return [
                    each._replace(stored=guard.seen(each.stored, each.stored.ticket.id, look))
                    for each in seen
                ]
            asked *= 4

    def pages(self, query: TicketQuery) -> Iterator[StoredTicket]:
        """Go through all that *query* finds."""
        return every_page(self.find, query)

    def all(self) -> Iterator[StoredTicket]:
        """Go through the tickets that there are now: whoever logs one for each comes to an end."""
        # New ones come last, and none is ever gone.
        return islice(self.pages(TicketQuery(limit=MAX_PAGE)), self.count(ALWAYS))

    def events(self, after: int, limit: int) -> Sequence[PositionedEvent[TicketEvent]]:
        """
        Return what may be read of the feed behind a position: none only if nothing more is there to be read.

        What may be read follows from the tickets as they are now, whatever they were at the time.
        """
        guard = self.guard()
        if guard is None:
            return self.store.events(after=after, limit=limit)
        found: list[PositionedEvent[TicketEvent]] = []
        while not found and (page := self.store.events(after=after, limit=limit)):
            after = page[-1].position
            found = self._readable(guard, page)
        return found

    def feed(self) -> Iterator[TicketEvent]:
        """Go through all that may be read of the feed, in the order of the commits."""
        position = 0
        while page := self.events(position, MAX_PAGE):
            position = page[-1].position
            yield from (positioned.event for positioned in page)

    def _readable(
        self, guard: Guard, page: Sequence[PositionedEvent[TicketEvent]]
    ) -> list[PositionedEvent[TicketEvent]]:
        with self.store.begin() as unit:
            tickets = {each.event.ticket_id: None for each in page}
            stored = {ticket_id: unit.ticket(ticket_id).ticket for ticket_id in tickets}
            return [
                PositionedEvent(each.position, event)
                for each in page
                if guard.policy.sees(ticket := stored[each.event.ticket_id])
                for event in guard.events(ticket, [each.event], unit.ticket)
            ]


def _is_seen(guard: Guard, unit: UnitOfWork, timer: Timer) -> bool:
    """Tell whether a timer is of no ticket that may not be seen."""
    ticket_id = step_to_tell(timer.name).ticket_id if gathers(timer) else timer.ticket_id
    try:
        return guard.policy.sees(unit.ticket(ticket_id).ticket)
    except NotFoundError:
        return True
