"""Pages of tickets from a database are those of the reference, and the usual lists are read from indexes."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from attrs import evolve
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import Connection, delete, event

from itsmkit.conditions import ALWAYS, AllOf, Comparison, Not, compile_condition, parse_condition
from itsmkit.errors import DefinitionError
from itsmkit.plugin import Order, StoredTicket, TicketPage, TicketQuery
from itsmkit.plugin.paging import Kind, PageEnd, page_of, token_of
from itsmkit.practices import Incident
from itsmkit.tickets import TicketId
from itsmkit_sql import SQLStore
from itsmkit_sql._facts import LONGEST
from itsmkit_sql._schema import ticket_events, tickets

BEGIN = datetime(2026, 3, 29, tzinfo=UTC)
LONG = "x" * (LONGEST - 1)


@pytest.fixture(scope="module")
def store(module_url: str) -> Iterator[SQLStore]:
    """Return a store in a database of each kind; the tests of this module share it."""
    store = SQLStore.open(module_url)
    yield store
    store.close()


def an_incident(number: int, **fields: Any) -> Incident:
    given: dict[str, Any] = {
        "id": TicketId(f"t{number}"),
        "kind": "incident",
        "number": f"INC-{number}",
        "version": 1,
        "state": "New",
        "state_category": "new",
        "opened_at": BEGIN,
        "updated_at": BEGIN,
    }
    return Incident(**{**given, **fields})


def fill(store: SQLStore, incidents: list[Incident]) -> list[StoredTicket]:
    """Keep these tickets of the tenant and no others; return them as the reference takes them."""
    with store._database.writing() as connection:
        for table in (ticket_events, tickets):
            connection.execute(delete(table).where(table.c.tenant == store.tenant))
    stored = [StoredTicket(each) for each in incidents]
    with store.begin() as unit:
        for each in stored:
            unit.save(each, (), expected=0)
    return stored


@contextmanager
def traced(store: SQLStore, plans: list[str]) -> Iterator[None]:
    """Note how SQLite would run each statement that reads tickets."""

    def explain(
        connection: Connection, cursor: Any, statement: str, parameters: Any, _context: object, _many: bool
    ) -> None:
        if statement.startswith("SELECT itsmkit_tickets.id"):
            rows = cursor.connection.execute(f"EXPLAIN QUERY PLAN {statement}", parameters)
            plans.append("\n".join(row[3] for row in rows))

    engine = store._database._reading
    event.listen(engine, "before_cursor_execute", explain)
    yield
    event.remove(engine, "before_cursor_execute", explain)


def pages(store: SQLStore, query: TicketQuery) -> Iterator[TicketPage]:
    page = store.find(query)
    yield page
    while page.next is not None:
        page = store.find(evolve(query, after=page.next))
        yield page


TEXTS = st.sampled_from(
    [None, "", "P1", "P2", "\0", "𝄞", LONG, LONG + "a", LONG + "ab", LONG + "b", LONG + "a\0"]
)
INSTANTS = st.integers(0, 2).map(lambda hours: BEGIN + timedelta(hours=hours))
ANYTHING = st.one_of(
    TEXTS,
    st.booleans(),
    st.integers(-2, 2),
    st.sampled_from([0.5, Decimal("1.0"), Decimal("Infinity"), float("nan"), 10**30, -(10**30)]),
    INSTANTS,
    st.sampled_from([timedelta(0), timedelta(hours=-1), timedelta(days=2)]),
    st.sampled_from([(), (1,)]),
)
FIELDS = ["priority", "support_group", "opened_at", "updated_at", "number", "state", "cost", "reopens"]
CONDITIONS = [
    "always",
    "priority is missing",
    'priority >= "P1"',
    'state_category != "closed" and not cost = 1',
    'not state_category in ["resolved", "closed", "cancelled"]',
    'state_category != "closed" and state_category != "resolved" and not state_category = "cancelled"',
    'state_category in ["new", "odd"] and not cost = 1',
    'not state_category in ["resolved", "closed", "cancelled", "active"] and priority is present',
    "cost < 1 or cost is missing",
]


@st.composite
def some_incidents(draw: st.DrawFn) -> list[Incident]:
    fields = st.fixed_dictionaries(
        {
            "priority": TEXTS,
            "support_group": TEXTS,
            "opened_at": INSTANTS,
            "updated_at": INSTANTS,
            "state_category": st.sampled_from(["new", "active", "odd", "closed", "resolved"]),
            "reopens": st.integers(0, 1),
            "details": st.fixed_dictionaries({}, optional={"cost": ANYTHING}),
        }
    )
    return [an_incident(number, **given) for number, given in enumerate(draw(st.lists(fields, max_size=9)))]


ORDERS = st.lists(
    st.builds(Order, st.sampled_from(FIELDS), st.booleans()), max_size=3, unique_by=lambda order: order.field
)


@settings(max_examples=60, deadline=None)
@given(
    incidents=some_incidents(),
    asked=st.lists(
        st.builds(TicketQuery, st.sampled_from(CONDITIONS).map(parse_condition), ORDERS, st.integers(1, 4)),
        min_size=3,
        max_size=3,
    ),
)
def test_pages_are_those_of_the_reference(
    store: SQLStore, incidents: list[Incident], asked: list[TicketQuery]
) -> None:
    stored = fill(store, incidents)
    for query in asked:
        whole = page_of(evolve(query, limit=1000), stored).tickets
        found = [*pages(store, query)]
        assert [each for page in found for each in page.tickets] == whole
        assert all(len(page.tickets) == query.limit for page in found[:-1])
        holds = compile_condition(query.where)
        assert store.count(query.where) == sum(holds(each.ticket.facts()) for each in stored)


@pytest.mark.parametrize("order_by", [(), "priority", Order("updated_at", descending=True), "cost"], ids=str)
def test_a_page_begins_where_the_last_one_has_ended_whatever_has_changed(
    store: SQLStore, order_by: Any
) -> None:
    given = [
        an_incident(n, priority=f"P{n}", updated_at=BEGIN - n * timedelta(hours=1), details={"cost": n})
        for n in range(6)
    ]
    fill(store, given)
    query = TicketQuery(order_by=order_by, limit=2)
    first = store.find(query)
    last = first.tickets[-1].ticket
    moved = evolve(last, version=2, priority="P9", updated_at=BEGIN - timedelta(days=9), details={"cost": 99})
    with store.begin() as unit:
        unit.save(StoredTicket(moved), (), expected=1)
    second = store.find(evolve(query, after=first.next))
    assert [each.ticket.id for each in second.tickets] == ["t2", "t3"]


@pytest.mark.parametrize("descending", [False, True])
def test_what_lacks_the_fact_comes_last_over_several_pages(store: SQLStore, descending: bool) -> None:
    fill(store, [an_incident(n, priority="P1" if n == 4 else None) for n in range(6)])
    query = TicketQuery(order_by=Order("priority", descending), limit=2)
    found = [[each.ticket.id for each in page.tickets] for page in pages(store, query)]
    assert found == [["t4", "t0"], ["t1", "t2"], ["t3", "t5"]]


def test_tenants_find_their_own(store: SQLStore) -> None:
    other = store.of_tenant("other")
    fill(store, [an_incident(1), an_incident(2)])
    fill(other, [an_incident(1, priority="P1")])
    assert other.count(ALWAYS) == 1
    assert [each.ticket.priority for each in other.find(TicketQuery()).tickets] == ["P1"]
    assert store.count(ALWAYS) == 2


def test_an_end_of_another_kind_is_refused(store: SQLStore) -> None:
    query = TicketQuery(order_by="priority")
    end = token_of(query, PageEnd(((Kind.NUMBER, 1),), 1))
    with pytest.raises(DefinitionError, match=r"after: .* since priority is never number; give the `next`"):
        store.find(evolve(query, after=end))


def test_an_end_outside_of_the_years_is_refused(store: SQLStore) -> None:
    query = TicketQuery(order_by="opened_at")
    end = token_of(query, PageEnd(((Kind.INSTANT, 10**20),), 1))
    with pytest.raises(DefinitionError, match="opened_at is never outside the years 1 to 9999"):
        store.find(evolve(query, after=end))


def test_an_end_without_what_every_ticket_has_is_behind_all(store: SQLStore) -> None:
    fill(store, [an_incident(1)])
    query = TicketQuery(order_by="opened_at")
    assert store.find(evolve(query, after=token_of(query, PageEnd((None,), 0)))).tickets == []


# -- indexes -----------------------------------------------------------------------------------------

OPEN = 'not state_category in ["resolved", "closed", "cancelled"]'
OF_GROUP, OF_ASSIGNEE = f'{OPEN} and support_group = "network"', f'{OPEN} and assignee = "ann"'
LISTS = [
    (where, Order(by, descending), f"itsmkit_tickets_open_by_{prefix}{by}")
    for where, prefix in ((OPEN, ""), (OF_GROUP, "support_group_"), (OF_ASSIGNEE, "assignee_"))
    for by in ("updated_at", "opened_at", "priority")
    for descending in (False, True)
] + [
    (where, Order("updated_at", descending), f"itsmkit_tickets_by_{prefix}updated_at")
    for where, prefix in (
        ("always", ""),
        ('requester = "bob"', "requester_"),
        ('service = "mail"', "service_"),
        ('configuration_item = "router-1"', "configuration_item_"),
        ('requester = "bob" and category = "hardware" and cost > 3', "requester_"),
    )
    for descending in (False, True)
]


@pytest.mark.parametrize(("where", "order", "index"), LISTS)
@pytest.mark.parametrize("is_first", [True, False], ids=["first page", "next page"])
def test_the_usual_lists_are_read_from_an_index_in_its_order(
    sqlite_url: str, where: str, order: Order, index: str, is_first: bool
) -> None:
    store = SQLStore.open(sqlite_url)
    plans: list[str] = []
    query = TicketQuery(parse_condition(where), order)
    if not is_first:
        key = (Kind.TEXT, "P2") if order.field == "priority" else (Kind.INSTANT, 10**15)
        query = evolve(query, after=token_of(query, PageEnd((key,), 7)))
    with traced(store, plans):
        assert store.find(query) == TicketPage([], None)
    assert plans
    for plan in plans:
        assert f"SEARCH itsmkit_tickets USING INDEX {index} (tenant=?" in plan
        assert "SCAN itsmkit" not in plan
        assert "USE TEMP B-TREE FOR ORDER BY" not in plan
    store.close()


def test_that_a_ticket_is_open_is_asked_in_the_words_of_the_index_only(sqlite_url: str) -> None:
    store = SQLStore.open(sqlite_url)
    said: list[str] = []

    def note(_connection: Connection, _cursor: Any, statement: str, *_rest: Any) -> None:
        said.append(statement)

    event.listen(store._database._reading, "before_cursor_execute", note)
    for where in (OPEN, 'state_category in ["new", "active"]'):
        store.count(parse_condition(where))
    assert all("itsmkit_tickets.is_open = 1" in statement for statement in said)
    assert ["state_category" in statement for statement in said] == [False, True]
    store.close()


def test_what_is_asked_by_place_is_read_by_place(sqlite_url: str) -> None:
    store = SQLStore.open(sqlite_url)
    for where, index in (("always", "itsmkit_tickets_by_place"), (OPEN, "itsmkit_tickets_open_by_place")):
        plans: list[str] = []
        with traced(store, plans):
            store.find(TicketQuery(parse_condition(where)))
        (plan,) = plans
        assert plan.startswith(f"SEARCH itsmkit_tickets USING INDEX {index} (tenant=?")
        assert "USE TEMP B-TREE" not in plan
    store.close()


@pytest.mark.parametrize("size", [500, 501, 3000])
def test_conditions_of_any_size_are_answered_and_the_sql_of_large_ones_is_not_kept(
    store: SQLStore, size: int
) -> None:
    stored = fill(store, [an_incident(n, priority=f"P{n}", details={"cost": n}) for n in range(9)])
    parts = [Comparison("cost", "less", n + 6) for n in range(size - 3)]
    where = AllOf([*parts, Not(Comparison("priority", "equals", "P2"))])
    assert where.size == size
    query = TicketQuery(where, order_by=(Order("number"),), limit=9)
    kept = store._database._reading._compiled_cache
    assert kept is not None
    kept.clear()
    assert store.count(where) == 5
    assert bool(kept) is (size <= 500)
    assert store.find(query) == page_of(query, stored)
