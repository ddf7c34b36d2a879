"""
What keeps a search index up to what is committed: it reads on in the feed, and puts in what has changed.

So a command costs what it costs without an index, one that fails blocks nothing, and what was committed
before a search is found by it, by whatever process it was. An index is a cache: one that has read another
history, such as after a restore, is dropped and fed anew.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from threading import Lock
from typing import Any, NamedTuple

from attrs import define, field

from itsmkit.desk._record_kind import RecordKind
from itsmkit.desk.batch import BatchStore
from itsmkit.desk.memory import InMemorySearchIndex
from itsmkit.errors import RefusedError
from itsmkit.plugin import IndexedStore, PositionedEvent, RecordEvent, SearchIndex, Store
from itsmkit.practices.knowledge import Article, indexed_id, searchable
from itsmkit.search import SearchDocument
from itsmkit.tickets import Commented, PublicMessage, Ticket, TicketEvent, TicketId

__all__ = ["ARTICLE", "ARTICLES", "Searching", "TICKETS", "ticket_document"]

ARTICLE = RecordKind("article", Article)

TICKETS, ARTICLES = "tickets", "articles"
"""The collections of the index."""

_AT_ONCE = 500
"""How many events are read at once."""


class _Changes(NamedTuple):
    """What an index is to be told."""

    put: Sequence[SearchDocument]
    remove: Sequence[str] = ()


@define
class Searching:
    """
    The search index of a desk.

    Args:
        store: Where the records are.
        make: Makes the index of a store, unless the store brings one.
    """

    store: Store
    make: Callable[[], SearchIndex] | None = None
    _index: SearchIndex | None = field(default=None, init=False)
    _lock: Lock = field(factory=Lock, init=False)

    def on(self, store: Store) -> "Searching":
        """Return the same for the records of another store of the same place."""
        found = Searching(store, self.make)
        if self.make is not None and not _is_in_transaction(store):
            found._index = self.kept().of_tenant(store.tenant)
        return found

    def kept(self) -> SearchIndex:
        """Return the index that outlives a search, as far as it was fed."""
        with self._lock:
            if self._index is None:
                self._index = self._made()
            return self._index

    def _made(self) -> SearchIndex:
        if self.make is not None:
            return self.make().of_tenant(self.store.tenant)
        if isinstance(self.store, IndexedStore):
            return self.store.search_index()
        return InMemorySearchIndex().of_tenant(self.store.tenant)

    def close(self) -> None:
        """Close an index that is no part of the store."""
        if self.make is not None and self._index is not None:
            self._index.close()

    def index(self, collection: str) -> SearchIndex:
        """
        Return an index in which all is found of a collection that is committed by now.

        Within a transaction that is not committed yet, it is one for this search alone: it costs what all
        documents cost.
        """
        if _is_in_transaction(self.store):
            index: SearchIndex = InMemorySearchIndex()
        else:
            index = self.kept()
        self._feed(index, collection)
        return index

    def refresh(self) -> None:
        """Feed what was fed before: what has been erased since is gone from it then."""
        if _is_in_transaction(self.store):
            return
        for collection in (TICKETS, ARTICLES):
            if self.kept().mark(collection) is not None:
                self._feed(self.kept(), collection)

    def rebuild(self) -> None:
        """
        Drop the index and feed it anew.

        Raises:
            RefusedError: In a transaction of the host, or in a batch.
        """
        if _is_in_transaction(self.store):
            refusal = (
                "cannot rebuild the search index within a transaction that is not committed yet; do it "
                "afterwards, on the desk itself"
            )
            raise RefusedError(refusal)
        for collection in (TICKETS, ARTICLES):
            self.kept().clear(collection)
            self._feed(self.kept(), collection)

    def _feed(self, index: SearchIndex, collection: str) -> None:
        read, changes = _SOURCES[collection]
        while True:
            before = index.mark(collection)
            position = 0 if before is None else int(before.partition(" ")[0])
            page = read(self.store, max(0, position - 1), _AT_ONCE)
            if before is not None:
                if not page or _mark(page[0]) != before:
                    index.clear(collection)  # it has read another history than that of this store
                    continue
                page = page[1:]
            if not page:
                return
            put, remove = changes(self.store, [each.event for each in page])
            index.feed(collection, put=put, remove=remove, before=before, mark=_mark(page[-1]))


def _is_in_transaction(store: Store) -> bool:
    return store.is_joined or isinstance(store, BatchStore)


def _mark(positioned: PositionedEvent[TicketEvent] | PositionedEvent[RecordEvent]) -> str:
    """Return up to which event an index was fed: its position, and what tells it from others."""
    position, event = positioned
    of = event.ticket_id if isinstance(event, TicketEvent) else f"{event.kind} {event.id}"
    return f"{position} {event.sequence} {event.recorded_at.isoformat()} {of}"


# -- tickets -----------------------------------------------------------------------------------------


def ticket_document(ticket: Ticket, history: Iterable[TicketEvent]) -> SearchDocument:
    """Return what is found of a ticket: its title and description, and what the requester may read."""
    facts = (event.fact for event in history)
    said = [
        fact.text
        for fact in facts
        if isinstance(fact, PublicMessage) or (isinstance(fact, Commented) and fact.public)
    ]
    texts = {"title": ticket.title, "description": ticket.details.get("description"), "said": "\n".join(said)}
    return SearchDocument(ticket.id, {name: text for name, text in texts.items() if isinstance(text, str)})


def _ticket_events(store: Store, after: int, limit: int) -> Sequence[PositionedEvent[TicketEvent]]:
    return store.events(after=after, limit=limit)


def _changed_tickets(store: Store, events: Iterable[TicketEvent]) -> _Changes:
    put: list[SearchDocument] = []
    with store.begin() as unit:
        for ticket_id in dict.fromkeys(event.ticket_id for event in events):
            stored = unit.ticket(TicketId(ticket_id))
            put.append(ticket_document(stored.ticket, unit.history(ticket_id)))
    return _Changes(put)


# -- articles ----------------------------------------------------------------------------------------


def _record_events(store: Store, after: int, limit: int) -> Sequence[PositionedEvent[RecordEvent]]:
    return store.record_events(after=after, limit=limit)


def _changed_articles(store: Store, events: Iterable[RecordEvent]) -> _Changes:
    put: list[SearchDocument] = []
    remove: list[str] = []
    ids = dict.fromkeys(event.id for event in events if event.kind == ARTICLE.name)
    with store.begin() as unit:
        for article_id in ids:
            article = ARTICLE.of(unit.record_of(ARTICLE.name, article_id))
            documents = searchable(article)
            shown = {each.id for each in documents}
            put += documents
            remove += {indexed_id(article_id, each) for each in article.languages} - shown
    return _Changes(put, remove)


_SOURCES: Mapping[str, tuple[Callable[..., Any], Callable[..., _Changes]]] = {
    TICKETS: (_ticket_events, _changed_tickets),
    ARTICLES: (_record_events, _changed_articles),
}
"""Of each collection, how its events are read, and what follows from them."""
