"""What is found of tickets and articles by their words, and how an index is told what of it has changed."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, NamedTuple

from itsmkit.desk._record_kind import RecordKind
from itsmkit.desk._searching import ARTICLES, TICKETS
from itsmkit.plugin import PositionedEvent, RecordEvent, SearchIndex, Store
from itsmkit.practices.knowledge import Article, indexed_id, searchable
from itsmkit.search import SearchDocument
from itsmkit.tickets import Commented, PublicMessage, Ticket, TicketEvent, TicketId

__all__ = ["ARTICLE", "feed", "ticket_document"]

ARTICLE = RecordKind("article", Article)

_AT_ONCE = 500
"""How many events are read at once."""


class _Changes(NamedTuple):
    """What an index is to be told."""

    put: Sequence[SearchDocument]
    remove: Sequence[str] = ()


def feed(index: SearchIndex, store: Store, collection: str) -> None:
    """
    Put into an index what has been committed to a store since the index was fed.

    Args:
        index: The index.
        store: The store; its feed is read on from where the index stands.
        collection: `TICKETS` or `ARTICLES`.
    """
    read, changes = _SOURCES[collection]
    while True:
        before = index.mark(collection)
        position = 0 if before is None else int(before.partition(" ")[0])
        page = read(store, max(0, position - 1), _AT_ONCE)
        if before is not None:
            if not page or _mark(page[0]) != before:
                index.clear(collection)  # it has read another history than that of this store
                continue
            page = page[1:]
        if not page:
            return
        put, remove = changes(store, [each.event for each in page])
        index.feed(collection, put=put, remove=remove, before=before, mark=_mark(page[-1]))


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
