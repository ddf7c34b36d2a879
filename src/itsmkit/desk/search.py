"""What can be found of tickets by words: those that somebody looks for, and those that are like one."""

from collections.abc import Callable, Iterator, Mapping
from typing import TypeVar

from attrs import frozen

from itsmkit.conditions import ALWAYS
from itsmkit.desk._arguments import looking_at_arguments
from itsmkit.desk._commands import Runner
from itsmkit.desk._feeding import ticket_document
from itsmkit.desk._reading import Reader
from itsmkit.desk._searching import TICKETS, Searching
from itsmkit.errors import NotFoundError
from itsmkit.plugin import TicketQuery, UnitOfWork
from itsmkit.plugin.queries import MAX_PAGE
from itsmkit.search import MAX_HITS, MAX_TEXT, Hit, SearchQuery, Snippet, counted, snippet_of
from itsmkit.tickets import Actor, Ticket, TicketId

__all__ = ["ALIKE", "FoundTicket", "LIKELY", "SearchCommands", "first_shown"]

Found = TypeVar("Found")

_SPARE = 5
"""How many hits more than are to be shown are asked for at first."""

ALIKE = 0.1
"""What share of the words that tell most of a ticket something has to have to be like it."""

LIKELY = 0.25
"""What share of the words that somebody writes something has to have to be likely to help."""

_FEW = 1_000
"""Of how many tickets that may be seen, a search is kept to these; of more, the best are looked through."""


@frozen
class FoundTicket:
    """
    A ticket that was found.

    Args:
        ticket: The ticket, as far as it may be read.
        snippet: What of it was found.
        words: The words that were asked for and found, those that tell most first.
    """

    ticket: Ticket
    snippet: Snippet
    words: tuple[str, ...]


@looking_at_arguments()
@frozen
class SearchCommands:
    """
    What can be found of tickets by words; reached as ``desk.search``.

    Whoever looks finds those tickets that they may see, by what they may read of them. The best of all
    tickets is looked for first, and those that are not there for somebody never fill the place of one that
    is.
    """

    _runner: Runner
    _actor: Actor | None
    _searching: Searching

    def tickets(self, text: str, *, limit: int = 10, is_being_typed: bool = False) -> tuple[FoundTicket, ...]:
        """
        Return the tickets that answer *text* best: by title, description, and what requesters may read.

        Args:
            text: What is looked for, as it was typed: nothing in it has a meaning of its own. Without a word
                in it, nothing is found.
            limit: How many, at most.
            is_being_typed: Whether the last word may be unfinished.

        Raises:
            DefinitionError: If the text has more than `itsmkit.search.MAX_TEXT` characters, or *limit* is
                none.
        """
        query = SearchQuery(text, limit=limit, is_being_typed=is_being_typed)
        reader = self._runner.reader("search.tickets", self._actor)
        return self._found(reader, query, without=None)

    def similar_tickets(self, ticket_id: TicketId, *, limit: int = 5) -> tuple[FoundTicket, ...]:
        """
        Return the tickets that are most like another, open or done: what has helped there may help here.

        Args:
            ticket_id: The ticket, which is not among them.
            limit: How many, at most.

        Raises:
            NotFoundError: If there is no such ticket for who asks.
            DefinitionError: If *limit* is none.
        """
        reader = self._runner.reader("search.similar_tickets", self._actor)
        with self._runner.store.begin() as unit:
            ticket = reader.ticket(unit, ticket_id).ticket
            texts = ticket_document(ticket, ()).texts
        query = SearchQuery("\n".join(texts.values())[:MAX_TEXT], limit=limit, at_least=ALIKE)
        return self._found(reader, query, without=ticket.id)

    def refresh(self) -> None:
        """
        Put into the index what was committed since somebody searched last, so that the next need not.

        A worker calls it. What was erased from tickets is gone from the index afterwards, too.
        """
        self._runner.admit("search.refresh", self._actor)
        self._searching.refresh()

    def rebuild(self) -> None:
        """
        Drop the index and make it anew from the records, which costs what all of them cost.

        Raises:
            RefusedError: In a transaction of the host, or in a batch.
        """
        self._runner.admit("search.rebuild", self._actor)
        self._searching.rebuild()

    # -- the parts -------------------------------------------------------------------------------

    def _found(
        self, reader: Reader, query: SearchQuery, *, without: TicketId | None
    ) -> tuple[FoundTicket, ...]:
        """Return what *reader* may see of what answers *query*."""
        among = _among(reader)
        index = self._searching.index(TICKETS)
        with self._runner.store.begin() as unit:

            def shown(hit: Hit) -> FoundTicket | None:
                return None if hit.id == without else _shown(reader, unit, hit)

            def ask(limit: int) -> tuple[Hit, ...]:
                asked = SearchQuery(
                    query.text,
                    limit=limit,
                    among=among,
                    is_being_typed=query.is_being_typed,
                    at_least=query.at_least,
                )
                return tuple(index.search(TICKETS, asked))

            return tuple(first_shown(ask, shown, query.limit))


def first_shown(
    ask: Callable[[int], tuple[Hit, ...]], shown: Callable[[Hit], Found | None], limit: int
) -> Iterator[Found]:
    """
    Yield the first *limit* of the hits that may be shown, asking for more until there are as many.

    Args:
        ask: Returns the best hits, at most as many as it is told.
        shown: Makes of a hit what is shown of it; ``None`` if that is nothing.
        limit: How many.
    """
    looked_at = told = 0
    asked = min(limit + _SPARE, MAX_HITS)
    while True:
        hits = ask(asked)
        for hit in hits[looked_at:]:
            found = shown(hit)
            if found is not None:
                yield found
                told += 1
                if told == limit:
                    return
        if len(hits) < asked or asked == MAX_HITS:
            return
        looked_at, asked = len(hits), min(4 * asked, MAX_HITS)


def _among(reader: Reader) -> frozenset[str] | None:
    """Return the keys of the tickets that may be seen, if they are few; ``None`` for many, or all."""
    if reader.guard() is None or reader.count(ALWAYS) > _FEW:
        return None
    return frozenset(stored.ticket.id for stored in reader.pages(TicketQuery(ALWAYS, (), MAX_PAGE)))


def _shown(reader: Reader, unit: UnitOfWork, hit: Hit) -> FoundTicket | None:
    """Return what may be read of a ticket that was found; ``None`` if that has none of the words."""
    ticket_id = TicketId(hit.id)
    try:
        ticket = reader.ticket(unit, ticket_id).ticket
    except NotFoundError:
        return None
    document = ticket_document(ticket, reader.history(unit, ticket_id))
    words = counted(document).counts
    because = [each for each in hit.because if each.found in words]
    if not because:
        return None
    text = _best_text(document.texts, hit)
    return FoundTicket(ticket, text, tuple(dict.fromkeys(each.asked for each in because)))


def _best_text(texts: Mapping[str, str], hit: Hit) -> Snippet:
    """Return that part of one of several texts that shows most of what was found."""
    snippets = [snippet_of(text, hit) for text in texts.values()]
    return max(snippets, key=lambda each: len(each.marks))
