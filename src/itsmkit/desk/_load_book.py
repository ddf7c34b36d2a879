"""How much work people have: kept in memory, and read again where the feed tells of news."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING

from attrs import define, field

from itsmkit.conditions import all_of, one_of
from itsmkit.desk._configuration import NewLock
from itsmkit.desk._followed_feed import FollowedFeed
from itsmkit.desk._pages import every_page
from itsmkit.plugin import Store, TicketQuery
from itsmkit.plugin.queries import MAX_PAGE
from itsmkit.tickets import Ticket, TicketEvent, TicketId

if TYPE_CHECKING:
    from itsmkit.practices.routing import LoadWeights

__all__ = ["LoadBook"]

_AT_ONCE = 200
"""How many people are named in one query: few enough for a store to keep what it makes of it."""

_MOST_READ = 500
"""How many tickets are read one by one; where more have changed, a query for all is quicker."""

_OPEN = ("new", "active", "pending")


@define(eq=False)
class LoadBook:
    """
    Tells how much work people have: that of their open tickets.

    To ask costs one look into the feed, and a read of each ticket that has changed since; for whom nobody has
    asked yet, a query. In a transaction of the host, which may take everything back, all is queried anew.
    Memory grows with the open tickets of those for whom somebody has asked.

    Args:
        store: Where the tickets are, and the feed.
        new_lock: Makes the lock under which the store is asked.
    """

    _store: Store
    _new_lock: NewLock
    _feed: FollowedFeed[TicketEvent] = field(init=False)
    _weights: "LoadWeights | None" = field(default=None, init=False)
    _loads: dict[str, int] = field(factory=dict, init=False)
    _shares: dict[TicketId, tuple[str, int]] = field(factory=dict, init=False)

    @_feed.default
    def _of_tickets(self) -> FollowedFeed[TicketEvent]:
        return FollowedFeed(self._store.events, self._new_lock)

    def loads(self, people: Iterable[str], weights: "LoadWeights") -> Mapping[str, int]:
        """
        Return how much work each of some people has now.

        Args:
            people: Their ids.
            weights: What each of their tickets counts.
        """
        with self._feed.lock:
            if self._store.is_joined or weights != self._weights:
                self._weights = weights
                self._forget()
            if not self._store.is_joined:
                self._feed.follow(self._forget, self._take)
            wanted = dict.fromkeys(people)
            self._look_for([each for each in wanted if each not in self._loads])
            return {each: self._loads[each] for each in wanted}

    def _forget(self) -> None:
        self._loads, self._shares = {}, {}

    def _look_for(self, people: Sequence[str]) -> None:
        """Note how much people have for whom nobody has asked. What happens meanwhile, the feed tells of."""
        found = [*self._tickets_of(people)]
        self._loads |= dict.fromkeys(people, 0)
        for each in found:
            self._note(each)

    def _tickets_of(self, people: Sequence[str]) -> Iterator[Ticket]:
        for place in range(0, len(people), _AT_ONCE):
            some = people[place : place + _AT_ONCE]
            where = all_of(one_of("state_category", *_OPEN), one_of("assignee", *some))
            found = every_page(self._store.find, TicketQuery(where, limit=MAX_PAGE))
            yield from (stored.ticket for stored in found)

    def _take(self, news: Sequence[TicketEvent]) -> None:
        changed = dict.fromkeys(event.ticket_id for event in news)
        if len(changed) > _MOST_READ:
            self._forget()
        elif self._loads:
            with self._store.begin() as unit:
                tickets = [unit.ticket(each).ticket for each in changed]
            for ticket in tickets:
                self._note(ticket)

    def _note(self, ticket: Ticket) -> None:
        """Count a ticket as it is now, in place of what it counted before."""
        if ticket.id in self._shares:
            person, points = self._shares.pop(ticket.id)
            self._loads[person] -= points
        if ticket.assignee in self._loads and self._weights is not None:
            points = self._weights.points_now(ticket)
            self._shares[ticket.id] = ticket.assignee, points
            self._loads[ticket.assignee] += points
