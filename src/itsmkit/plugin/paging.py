"""
Pages of tickets: how they are sorted, and where a page ends.

This is the reference that every store is measured against. A store that sorts by other means keeps the same
order: a fact is sorted by its `SortKey`, and what a query leaves open by the place of the ticket.
"""

import json
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Callable, Iterable, Sequence
from functools import total_ordering
from hashlib import sha256
from heapq import nsmallest
from itertools import islice
from operator import itemgetter
from typing import TYPE_CHECKING, Any, NamedTuple, TypeAlias

from itsmkit._problems import shown
from itsmkit.conditions import compile_condition, to_mapping
from itsmkit.conditions._scalars import Comparable, Kind, classified, is_decimal
from itsmkit.errors import DefinitionError
from itsmkit.plugin.queries import TicketPage, TicketQuery

if TYPE_CHECKING:
    from itsmkit.plugin.storage import StoredTicket
    from itsmkit.tickets import Ticket

__all__ = [
    "Comparable",
    "Kind",
    "PageEnd",
    "SortKey",
    "end_before",
    "end_of",
    "page_of",
    "sort_key",
    "token_of",
]

SortKey: TypeAlias = tuple[Kind, Comparable]
"""
What a fact is sorted by: its kind, and what stands for it in comparisons of that kind.

Kinds are in the order of the members of `Kind`. Text is compared by code points; a number is an exact ``int``
or ``Decimal``, which may be infinite; instants and durations are whole microseconds.
"""

_RANKS = {kind: rank for rank, kind in enumerate(Kind)}
_LETTERS = {Kind.TEXT: "t", Kind.TRUTH: "b", Kind.NUMBER: "n", Kind.INSTANT: "i", Kind.DURATION: "d"}
_KINDS = {letter: kind for kind, letter in _LETTERS.items()}


class PageEnd(NamedTuple):
    """
    Where a page of tickets ends: behind its last ticket, as that was then.

    Args:
        keys: The sort key of each fact that the query sorts by; ``None`` for one that has none.
        place: The place of the ticket in the order of the first saves: whatever whole number the store counts
            by.
    """

    keys: tuple[SortKey | None, ...]
    place: int


def sort_key(fact: object) -> SortKey | None:
    """
    Return what a fact is sorted by, or ``None`` if it is missing or of no kind: it comes last.

    >>> sort_key("network"), sort_key(0.5), sort_key(None), sort_key(["a list"])
    ((<Kind.TEXT: 'text'>, 'network'), (<Kind.NUMBER: 'number'>, Decimal('0.5')), None, None)
    """
    return classified(fact)


def end_of(query: TicketQuery, ticket: "Ticket", place: int) -> PageEnd:
    """Return where a page of *query* ends whose last ticket is *ticket*, at its *place*."""
    return PageEnd(tuple(sort_key(ticket.fact(order.field)) for order in query.order_by), place)


def page_of(
    query: TicketQuery, tickets: "Sequence[StoredTicket]", places: Iterable[int] | None = None
) -> TicketPage:
    """
    Return the page that *query* asks for: the reference.

    Args:
        query: What is asked.
        tickets: All tickets in the order of their first saves; the place of each is its index.
        places: Where to look, in order, if it is known to hold nowhere else.

    Raises:
        DefinitionError: If its ``after`` is not that of a page of the same query.
    """
    end = end_before(query)
    holds = compile_condition(query.where)
    first = 0 if end is None or query.order_by else min(end.place + 1, len(tickets))
    placed = (
        enumerate(islice(tickets, first, None), first)
        if places is None
        else ((place, tickets[place]) for place in places if place >= first)
    )
    asked = ((place, stored) for place, stored in placed if holds(stored.ticket.facts()))
    found = [*islice(asked, query.limit + 1)] if not query.order_by else _least(query, asked, end)
    page = [stored for _, stored in found[: query.limit]]
    if len(found) <= query.limit:
        return TicketPage(page, None)
    place, last = found[query.limit - 1]
    return TicketPage(page, token_of(query, end_of(query, last.ticket, place)))


def _least(
    query: TicketQuery, asked: "Iterable[tuple[int, StoredTicket]]", end: PageEnd | None
) -> "list[tuple[int, StoredTicket]]":
    """Return those of *asked* that come next behind *end* as *query* sorts: one more than its limit."""
    position = _positions(query)
    behind = None if end is None else position(end)
    here = ((position(end_of(query, stored.ticket, place)), place, stored) for place, stored in asked)
    left = here if behind is None else (each for each in here if each[0] > behind)
    return [(place, stored) for _, place, stored in nsmallest(query.limit + 1, left, key=itemgetter(0))]


# -- positions in an order -----------------------------------------------------------------------------


_Position: TypeAlias = tuple[Any, ...]


@total_ordering
class _Descending:
    """A key that is the less, the greater what it stands for is."""

    __slots__ = ("key",)

    def __init__(self, key: Any) -> None:
        self.key = key

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Descending) and bool(self.key == other.key)

    def __lt__(self, other: "_Descending") -> bool:
        return bool(other.key < self.key)

    __hash__ = None  # type: ignore[assignment]  # it is compared, and nothing else


def _positions(query: TicketQuery) -> Callable[[PageEnd], _Position]:
    """Return what gives the ends of pages positions that compare as *query* sorts."""
    descending = [order.descending for order in query.order_by]

    def position(end: PageEnd) -> _Position:
        return (*map(_ranked, end.keys, descending), end.place)

    return position


def _ranked(key: SortKey | None, descending: bool) -> tuple[Any, ...]:
    if key is None:
        return (1,)
    ranked = _RANKS[key[0]], key[1]
    return (0, _Descending(ranked)) if descending else (0, ranked)


# -- tokens --------------------------------------------------------------------------------------------


def token_of(query: TicketQuery, end: PageEnd) -> str:
    """Return `TicketPage.next` for a page of *query* that ends at *end*, and is not the last one."""
    keys = [None if key is None else [_LETTERS[key[0]], _written(key[1])] for key in end.keys]
    text = json.dumps([_digest(query), keys, end.place], separators=(",", ":"))
    return urlsafe_b64encode(text.encode()).decode().rstrip("=")


def end_before(query: TicketQuery) -> PageEnd | None:
    """
    Return where the page before the one that *query* asks for has ended; ``None`` if it asks for the first.

    Raises:
        DefinitionError: If its ``after`` is no `token_of` a page of the same query.
    """
    token = query.after
    if token is None:
        return None
    way_out = "give the `next` of the page before, with the same where and order_by"
    try:
        asked, keys, place = json.loads(urlsafe_b64decode(token.encode() + b"=" * (-len(token) % 4)))
        end = PageEnd(tuple(map(_read, keys)), _place(place))
    except (ArithmeticError, AttributeError, LookupError, RecursionError, TypeError, ValueError):
        problem = f"after: {shown(token)} is no place where a page has ended; {way_out}"
        raise DefinitionError(problem) from None
    if asked != _digest(query) or len(end.keys) != len(query.order_by):
        problem = f"after: {shown(token)} is the end of a page of another query; {way_out}"
        raise DefinitionError(problem)
    return end


def _digest(query: TicketQuery) -> str:
    """Return what tells a query from others: the same for the same condition and order."""
    order = [[each.field, each.descending] for each in query.order_by]
    text = json.dumps([_spelled(to_mapping(query.where)), order], separators=(",", ":"))
    return sha256(text.encode()).hexdigest()[:32]


def _spelled(plain: Any) -> Any:
    """Return *plain* with whole numbers as text, which Python's limit of their digits does not concern."""
    if isinstance(plain, dict):
        return {name: _spelled(value) for name, value in plain.items()}
    if isinstance(plain, list):
        return [*map(_spelled, plain)]
    return ["whole", format(plain, "x")] if type(plain) is int else plain


def _written(value: Comparable) -> "str | bool":
    if isinstance(value, bool | str):
        return value
    return f"x{value:x}" if isinstance(value, int) else str(value)


def _read(key: Sequence[Any] | None) -> SortKey | None:
    if key is None:
        return None
    letter, written = key
    kind = _KINDS[letter]
    if kind is Kind.TRUTH or kind is Kind.TEXT:
        found: Comparable = written
    elif written.startswith("x"):
        found = int(written[1:], 16)
    else:
        from decimal import Decimal  # noqa: PLC0415  # a slow import that few orders need

        found = Decimal(written)
    # What was read is what would have been written: so there is one text for one key, and nothing but keys.
    if type(found) is not _TYPES.get(kind, type(found)) or _written(found) != written:
        raise ValueError(written)
    if kind is Kind.NUMBER and is_decimal(found) and found.is_nan():
        raise ValueError(written)
    return kind, found


def _place(value: Any) -> int:
    if type(value) is not int or not 0 <= value <= _LAST:
        raise TypeError(value)
    return value


_LAST = 2**63 - 1  # so large are the whole numbers of databases
_TYPES: dict[Kind, type] = {Kind.TEXT: str, Kind.TRUTH: bool, Kind.INSTANT: int, Kind.DURATION: int}
