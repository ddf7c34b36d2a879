"""
Pages of tickets, found and sorted by the database.

`itsmkit.plugin.paging` says what the order is, and how the end of a page is written down. A page begins
behind that end by a comparison with its keys, which an index can serve: nothing is counted off.

What a query sorts by first may be missing, and comes last then. Where an index can serve the order, the
tickets that have it are one statement, and those that lack it another, which is run if there is room.

A column holds only the beginning of a long text. If such a text comes up, and is sorted by, the page is read
anew in the order of whole texts.
"""

from collections.abc import Iterable, Iterator, Sequence
from typing import Any, TypeAlias

from attrs import evolve, frozen
from sqlalchemy import (
    ColumnElement,
    Connection,
    Row,
    Select,
    Text,
    UnaryExpression,
    and_,
    func,
    literal,
    literal_column,
    or_,
    select,
    tuple_,
)

from itsmkit.conditions import (
    NEVER,
    AllOf,
    Comparison,
    Condition,
    Membership,
    Not,
    Operator,
    fields_of,
    simplified,
)
from itsmkit.errors import DefinitionError
from itsmkit.plugin import Order, TicketPage, TicketQuery
from itsmkit.plugin.paging import Kind, PageEnd, SortKey, end_before, end_of, token_of
from itsmkit.tickets import DONE_CATEGORIES
from itsmkit_sql._conditions import Translation, Unkept, instant_of
from itsmkit_sql._facts import COLUMNS, LONGEST, NO_KIND, UNCUT, fact_text
from itsmkit_sql._schema import tickets
from itsmkit_sql._tenants import Tenancy, of_tenant
from itsmkit_sql._tickets import TicketRows

__all__ = ["count", "find"]

_Page: TypeAlias = "Sequence[Row[Any]]"
"""The rows of the tickets on a page, and that of the next one if there is any: id, place and document."""

_Truth = ColumnElement[bool]

_MOST_KEPT = 500
"""The size of the largest condition whose SQL is kept for the next time."""


def find(tenancy: Tenancy, ticket_rows: TicketRows, query: TicketQuery) -> TicketPage:
    """See `Store.find`."""
    end = end_before(query)
    database = tenancy.database
    # A page by more than the places may take several statements, which have to see one state.
    with database.snapshot() if query.order_by else database.reading() as connection:
        page = _page(tenancy, connection, query, end)
    found = ticket_rows.of_rows(page[: query.limit])
    if len(page) <= query.limit:
        return TicketPage(found, None)
    return TicketPage(found, token_of(query, end_of(query, found[-1].ticket, page[query.limit - 1].place)))


def count(tenancy: Tenancy, where: Condition) -> int:
    """See `Store.count`."""
    asked = select(func.count()).select_from(tickets).where(_where(tenancy, where))
    with tenancy.database.reading() as connection:
        found: int = connection.execute(asked, tenancy.given()).scalar_one()
    return found


def _page(tenancy: Tenancy, connection: Connection, query: TicketQuery, end: PageEnd | None) -> _Page:
    where = _where(tenancy, query.where)
    sorting = _Sorting(_translation(tenancy), query.order_by, whole=False)
    if end is not None and not sorting.fits(end):
        sorting = sorting.of_whole_texts()
    page = _read(tenancy, connection, query, sorting.statements(where, end))
    if sorting.is_cut(page):
        page = _read(tenancy, connection, query, sorting.of_whole_texts().statements(where, end))
    return page


def _read(
    tenancy: Tenancy, connection: Connection, query: TicketQuery, statements: Iterable[Select[Any]]
) -> _Page:
    """Return the rows that statements find one after the other, as many as there may be."""
    page: list[Row[Any]] = []
    for statement in statements:
        # The number stands there as it is: the best plan for any number may be that for a great one.
        limited = statement.limit(literal_column(str(query.limit + 1 - len(page))))
        page += connection.execute(limited, tenancy.given())
        if len(page) > query.limit:
            break
    return page


def _where(tenancy: Tenancy, condition: Condition) -> _Truth:
    """Return what is true for the tickets of the tenant that a condition holds for."""
    hint: list[_Truth] = []
    if _is_for_open_only(condition):
        # The indexes of open tickets serve whoever says so in these words. Said twice, it would seem to
        # PostgreSQL to leave a twentieth of a twentieth of the tickets.
        hint.append(tickets.c.is_open == literal_column("1"))
        parts = condition.conditions if isinstance(condition, AllOf) else (condition,)
        condition = AllOf(part for part in parts if not _holds_for_all_open(part))
    truth = _translation(tenancy).of(condition)
    return and_(of_tenant(tickets), *hint, truth if condition.size <= _MOST_KEPT else Unkept(truth))


def _translation(tenancy: Tenancy) -> Translation:
    return Translation(tenancy.database.address.is_sqlite)


@frozen
class _Sorting:
    """
    What tickets are sorted by, in SQL.

    Args:
        translation: Where facts stand.
        orders: What a query sorts by.
        whole: Whether texts are sorted as a whole; if not, as they stand in their columns.
    """

    translation: Translation
    orders: tuple[Order, ...]
    whole: bool

    def of_whole_texts(self) -> "_Sorting":
        """Return the same in the order of whole texts."""
        return _Sorting(self.translation, self.orders, whole=True)

    def fits(self, end: PageEnd) -> bool:
        """Tell whether columns hold as much of the texts as can be compared with the keys of *end*."""
        keys = zip(self.orders, end.keys, strict=True)
        return not any(_may_be_cut(order.field) and _is_long(key) for order, key in keys)

    def is_cut(self, page: _Page) -> bool:
        """Tell whether a text that a page was sorted by may go on behind its column."""
        cut = [] if self.whole else [order.field for order in self.orders if _may_be_cut(order.field)]
        return any(len(getattr(row, field) or "") >= LONGEST for row in page for field in cut)

    def statements(self, where: _Truth, end: PageEnd | None) -> Iterator[Select[Any]]:
        """Yield the statements for the tickets behind *end* whose rows make the page, one after the other."""
        terms = [self._term(order) for order in self.orders]
        keys = None if end is None else [*map(self._value, self.orders, end.keys)]
        place = None if end is None else end.place
        if not (terms and terms[0].is_column and terms[0].is_optional):
            yield self._statement(where, terms, keys, place)
            return
        first, *others = terms
        has_none = first.expression.is_(None)
        if keys is not None and keys[0] is None:
            yield self._statement(and_(where, has_none), others, keys[1:], place)
            return
        there = [evolve(first, is_optional=False), *others]
        yield self._statement(and_(where, first.expression.is_not(None)), there, keys, place)
        yield self._statement(and_(where, has_none), others, None, None)

    def _statement(
        self, where: _Truth, terms: Sequence["_Term"], keys: Sequence[object] | None, place: int | None
    ) -> Select[Any]:
        behind = () if keys is None or place is None else (_behind(terms, keys, place),)
        cut = [tickets.c[order.field] for order in self.orders if _may_be_cut(order.field)]
        return (
            select(tickets.c.id, tickets.c.place, tickets.c.document, *cut)
            .where(where, *behind)
            .order_by(*(term.sorted for term in terms), tickets.c.place)
        )

    def _term(self, order: Order) -> "_Term":
        name, is_descending = order.field, order.descending
        if name not in COLUMNS:
            fact = func.nullif(self.translation.fact(name), literal(NO_KIND, Text()), type_=Text())
            return _Term(fact, is_descending, is_column=False, is_optional=True)
        column = tickets.c[name]
        if self.whole and _may_be_cut(name):
            return _Term(self.translation.whole_text(name), is_descending, False, bool(column.nullable))
        return _Term(column, is_descending, True, bool(column.nullable))

    def _value(self, order: Order, key: SortKey | None) -> object:
        """Return what a term compares with for *key*."""
        if key is None:
            return None
        kind, value = key
        if order.field not in COLUMNS:
            return fact_text(kind, value)
        if kind is not COLUMNS[order.field]:
            raise _no_end(f"{order.field} is never {kind.value}")
        if isinstance(value, str):
            return fact_text(kind, value) if self.whole and _may_be_cut(order.field) else value
        try:
            return instant_of(int(value))
        except OverflowError:
            raise _no_end(f"{order.field} is never outside the years 1 to 9999") from None


@frozen
class _Term:
    """
    What an order sorts by.

    Args:
        expression: What is sorted; NULL for a ticket that comes last.
        is_descending: Whether the greatest comes first.
        is_column: Whether it is a column, which an index may be of.
        is_optional: Whether it may be NULL.
    """

    expression: ColumnElement[Any]
    is_descending: bool
    is_column: bool
    is_optional: bool

    @property
    def sorted(self) -> UnaryExpression[Any]:
        """The term as ORDER BY takes it."""
        term = self.expression.desc() if self.is_descending else self.expression.asc()
        return term.nulls_last() if self.is_optional else term

    def beyond(self, value: object) -> _Truth:
        """Return what is true for what comes behind *value*; what is missing left aside."""
        return self.expression < value if self.is_descending else self.expression > value


def _behind(terms: Sequence[_Term], keys: Sequence[object], place: int) -> _Truth:
    """Return what is true for the tickets behind the end of a page."""
    if len(terms) == 1 and not (terms[0].is_descending or terms[0].is_optional):
        expression = terms[0].expression
        here = literal(keys[0], expression.type), literal(place, tickets.c.place.type)
        return tuple_(expression, tickets.c.place) > tuple_(*here)
    behind: _Truth = tickets.c.place > place
    for term, key in zip(reversed(terms), reversed(keys), strict=True):
        if key is None:
            behind = and_(term.expression.is_(None), behind)
            continue
        beyond = [term.beyond(key), *([term.expression.is_(None)] if term.is_optional else [])]
        behind = or_(*beyond, and_(term.expression == key, behind))
    if terms and not terms[0].is_optional and keys[0] is not None:
        # Said once more, in a way that an index can begin with.
        first = terms[0].expression
        behind = and_(first <= keys[0] if terms[0].is_descending else first >= keys[0], behind)
    return behind


def _no_end(reason: str) -> DefinitionError:
    problem = (
        f"after: is no place where a page has ended, since {reason}; give the `next` of the page before, "
        "with the same where and order_by"
    )
    return DefinitionError(problem)


def _may_be_cut(name: str) -> bool:
    return COLUMNS.get(name) is Kind.TEXT and name not in UNCUT


def _is_long(key: SortKey | None) -> bool:
    return key is not None and isinstance(key[1], str) and len(key[1]) >= LONGEST


def _is_for_open_only(condition: Condition) -> bool:
    """Tell whether *condition* holds for none of the tickets that are done."""
    if "state_category" not in fields_of(condition):
        return False
    return all(simplified(condition, {"state_category": done}) is NEVER for done in DONE_CATEGORIES)


def _holds_for_all_open(part: Condition) -> bool:
    """Tell whether *part* only says of a ticket that it is not done in one way, or in some."""
    match part:
        case Not(condition=Membership(field="state_category", values=values)):
            return DONE_CATEGORIES.issuperset(values)
        case (
            Not(condition=Comparison(field="state_category", operator=Operator.EQUALS, value=value))
            | Comparison(field="state_category", operator=Operator.NOT_EQUALS, value=value)
        ):
            return value in DONE_CATEGORIES
    return False
