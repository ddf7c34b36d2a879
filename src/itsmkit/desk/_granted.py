"""The roles that are granted on a desk now: kept in memory, and read again where the feed tells of news."""

from collections import defaultdict
from collections.abc import Iterable, Sequence

from attrs import define, field

from itsmkit.conditions import equals
from itsmkit.desk._configuration import NewLock
from itsmkit.desk._followed_feed import FollowedFeed
from itsmkit.desk._pages import every_page
from itsmkit.desk.clock import Clock
from itsmkit.plugin import Store, TicketQuery
from itsmkit.plugin.queries import MAX_PAGE
from itsmkit.practices.access import ACCESS_GRANT, Grant, HeldRole, grant_of, roles_at
from itsmkit.tickets import Ticket, TicketEvent, TicketId, TicketLogged

__all__ = ["GrantBook"]

_OF_GRANTS = equals("kind", ACCESS_GRANT)


@define(eq=False)
class GrantBook:
    """
    Tells who holds which roles by grants.

    To ask costs one look into the feed. A grant that ends by its time needs nobody to tell of it. Since it
    reads the feed anyway, it also takes note of the roles that hosts hand over with those who act.

    Args:
        store: Where the grants are, and the feed.
        clock: The desk's clock.
        new_lock: Makes the lock under which the store is asked.
    """

    _store: Store
    _clock: Clock
    _new_lock: NewLock
    _feed: FollowedFeed[TicketEvent] = field(init=False)
    _grants: dict[TicketId, Grant | None] = field(factory=dict, init=False)
    _by_person: dict[str, list[Grant]] = field(factory=dict, init=False)
    _brought: dict[str, tuple[str, ...]] = field(factory=dict, init=False)

    @_feed.default
    def _of_tickets(self) -> FollowedFeed[TicketEvent]:
        return FollowedFeed(self._store.events, self._new_lock)

    def held_by(self, person: str) -> tuple[HeldRole, ...]:
        """Return the roles that are granted to *person* now."""
        with self._feed.lock:
            self._feed.follow(self._read_all, self._take_news)
            grants = self._by_person.get(person, ())
        return roles_at(grants, person, self._clock()) if grants else ()

    def brought_by(self, person: str) -> tuple[str, ...]:
        """Return the roles with which *person* acted last, as far as that was since the book was opened."""
        with self._feed.lock:
            self._feed.follow(self._read_all, self._take_news)
            return self._brought.get(person, ())

    def brought_by_everybody(self) -> dict[str, tuple[str, ...]]:
        """Return the roles with which each person has acted last. It goes through the whole feed."""
        brought: dict[str, tuple[str, ...]] = {}
        position = 0
        while page := self._store.events(after=position, limit=MAX_PAGE):
            position = page[-1].position
            brought.update((event.actor.id, event.actor.roles) for _, event in page)
        return brought

    def grants(self) -> tuple[Grant, ...]:
        """Return all that is granted, whether it has begun or ended by its time or not."""
        with self._feed.lock:
            self._feed.follow(self._read_all, self._take_news)
            return tuple(each for each in self._grants.values() if each is not None)

    def _read_all(self) -> None:
        found = every_page(self._store.find, TicketQuery(_OF_GRANTS, limit=MAX_PAGE))
        self._take(stored.ticket for stored in found)

    def _take_news(self, news: Sequence[TicketEvent]) -> None:
        self._brought.update((event.actor.id, event.actor.roles) for event in news)
        changed = dict.fromkeys(
            event.ticket_id
            for event in news
            if event.ticket_id in self._grants
            or (isinstance(event.fact, TicketLogged) and event.fact.kind == ACCESS_GRANT)
        )
        if changed:
            with self._store.begin() as unit:
                self._take([unit.ticket(ticket_id).ticket for ticket_id in changed])

    def _take(self, tickets: Iterable[Ticket]) -> None:
        self._grants.update((ticket.id, grant_of(ticket)) for ticket in tickets)
        by_person = defaultdict(list)
        for grant in self._grants.values():
            if grant is not None:
                by_person[grant.person].append(grant)
        self._by_person = dict(by_person)
