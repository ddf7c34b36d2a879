"""
What a page of tickets costs in a database of a million, beside the same SQL by hand through the driver.

One ticket in twenty is open; they are of 20 groups and of 2,000 requesters. Each measure is the whole of what
somebody waits for, so it is taken by the clock. What stands beside it fetches the documents, and reads none.

PostgreSQL is measured if ``ITSMKIT_TEST_POSTGRES`` is the URL of a server. A database is made there, and
dropped.
"""

import os
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from functools import partial
from tempfile import TemporaryDirectory
from time import perf_counter
from typing import Any, NamedTuple
from uuid import uuid4

import psycopg
from attrs import evolve
from sqlalchemy import insert, make_url, text

from benchmarks._measure import Row, interleaved, table
from itsmkit.conditions import parse_condition
from itsmkit.plugin import Order, StoredTicket, TicketQuery
from itsmkit.plugin.documents import canonical_bytes, to_document
from itsmkit.plugin.paging import end_of, token_of
from itsmkit.practices import Incident
from itsmkit.tickets import TicketId
from itsmkit_sql import SQLStore
from itsmkit_sql._facts import search_columns
from itsmkit_sql._schema import tickets

COUNT = int(os.environ.get("ITSMKIT_BENCHMARK_TICKETS", "1000000"))
AT_ONCE = 5_000
ROUNDS = 7
REPEATS = 10
BEGIN = datetime(2024, 1, 1, tzinfo=UTC)
OPEN = 'not state_category in ["resolved", "closed", "cancelled"]'
NEWEST = Order("updated_at", descending=True)


class Fields(NamedTuple):
    """The fields of a ticket that differ from one to the next: enough to tell what is to be found."""

    number: int
    is_open: bool
    group: str
    requester: str
    priority: str
    updated_at: datetime


class TicketList(NamedTuple):
    """
    A list that people look at, as a condition and an order, as Python, and as SQL.

    Args:
        name: What it is.
        where: Which tickets.
        order: What they are sorted by.
        holds: Whether one is among them.
        key: What they are sorted by.
        by_hand: What stands behind ``WHERE tenant = 'default' AND``.
    """

    name: str
    where: str
    order: Order
    holds: Callable[[Fields], bool]
    key: Callable[[Fields], Any]
    by_hand: str


def _newest(ticket: Fields) -> Any:
    return BEGIN - ticket.updated_at, ticket.number


LISTS = (
    TicketList(
        "open, newest change first",
        OPEN,
        NEWEST,
        lambda ticket: ticket.is_open,
        _newest,
        "is_open = 1 ORDER BY updated_at DESC, place",
    ),
    TicketList(
        "open of a group, by priority",
        f'{OPEN} and support_group = "group-7"',
        Order("priority"),
        lambda ticket: ticket.is_open and ticket.group == "group-7",
        lambda ticket: (ticket.priority, ticket.number),
        "is_open = 1 AND support_group = 'group-7' ORDER BY priority, place",
    ),
    TicketList(
        "open and visible: of three groups, or of a requester",
        f'{OPEN} and (support_group in ["group-1", "group-2", "group-3"] or requester = "person-5")',
        NEWEST,
        lambda ticket: (
            ticket.is_open
            and (ticket.group in {"group-1", "group-2", "group-3"} or ticket.requester == "person-5")
        ),
        _newest,
        "is_open = 1 AND (support_group IN ('group-1', 'group-2', 'group-3') OR requester = 'person-5') "
        "ORDER BY updated_at DESC, place",
    ),
    TicketList(
        "all of a requester, newest change first",
        'requester = "person-5"',
        NEWEST,
        lambda ticket: ticket.requester == "person-5",
        _newest,
        "requester = 'person-5' ORDER BY updated_at DESC, place",
    ),
    TicketList(
        "all, newest change first",
        "always",
        NEWEST,
        lambda _: True,
        _newest,
        "1 = 1 ORDER BY updated_at DESC, place",
    ),
)


def run() -> str:
    """Return the tables of this part."""
    parts = []
    with TemporaryDirectory() as folder:
        parts.append(_measured("SQLite", f"sqlite:///{folder}/desk.db"))
    if server := os.environ.get("ITSMKIT_TEST_POSTGRES"):
        with _database_on(server) as url:
            parts.append(_measured("PostgreSQL", url))
    return "\n".join(parts)


def _fields() -> Iterator[Fields]:
    for number in range(COUNT):
        mixed = number * 2_654_435_761 % 2**32  # without an order that an index could profit from
        yield Fields(
            number,
            mixed % 20 == 0,
            f"group-{mixed // 20 % 20}",
            f"person-{mixed // 400 % 2_000}",
            f"P{mixed // 7 % 4 + 1}",
            BEGIN + timedelta(seconds=mixed % 63_072_000),
        )


def _ticket(fields: Fields) -> Incident:
    return Incident(
        id=TicketId(f"ticket-{fields.number}"),
        kind="incident",
        number=f"INC-{fields.number}",
        version=1,
        state="Active" if fields.is_open else "Closed",
        state_category="active" if fields.is_open else "closed",
        opened_at=BEGIN,
        updated_at=fields.updated_at,
        title="No network on the floor",
        requester=fields.requester,
        priority=fields.priority,
        support_group=fields.group,
        details={"cost": fields.number % 1_000, "room": "3.14"},
    )


def _measured(name: str, url: str) -> str:
    store = SQLStore.open(url)
    every = [*_fields()]
    _fill(store, every)
    rows: list[Row] = []
    for each in LISTS:
        query = TicketQuery(parse_condition(each.where), each.order)
        expected = sorted(filter(each.holds, every), key=each.key)
        middle = expected[len(expected) // 2]
        later = evolve(query, after=token_of(query, end_of(query, _ticket(middle), middle.number)))
        rest = expected[len(expected) // 2 + 1 :]
        rows.append(_row(store, each.name, query, expected, f"{each.by_hand} LIMIT 51"))
        rows.append(_row(store, f"{each.name}: a page in the middle", later, rest, None))
    store.close()
    return table(f"A page of 50 out of {COUNT:,} tickets in {name}", rows)


def _row(
    store: SQLStore, name: str, query: TicketQuery, expected: Sequence[Fields], by_hand: str | None
) -> Row:
    found = [each.ticket.number for each in store.find(query).tickets]
    assert found == [f"INC-{each.number}" for each in expected[:50]], name
    measures: dict[str, Callable[[], float]] = {"page": partial(_clocked, partial(_fresh_page, store, query))}
    if by_hand is not None:
        statement = f"SELECT id, place, document FROM itsmkit_tickets WHERE tenant = 'default' AND {by_hand}"
        with store._database.reading() as connection:
            driver = connection.connection.cursor()
            rows = driver.execute(statement).fetchall()
            assert [row[0] for row in rows[:50]] == [f"ticket-{each.number}" for each in expected[:50]], name
            measures["by hand"] = partial(_clocked, lambda: driver.execute(statement).fetchall())
            taken = interleaved(measures, rounds=ROUNDS)
        ratio, beside = f"{taken['page'] / taken['by hand']:.1f} ×", f"{taken['by hand'] * 1e3:.2f} ms"
    else:
        taken = interleaved(measures, rounds=ROUNDS)
        ratio, beside = "", ""
    return name, f"{taken['page'] * 1e3:.2f} ms", beside, ratio


def _fresh_page(store: SQLStore, query: TicketQuery) -> None:
    store._tickets._recent._known.clear()  # as a process does that has read none of them before
    store.find(query)


def _clocked(work: Callable[[], object]) -> float:
    began = perf_counter()
    for _ in range(REPEATS):
        work()
    return (perf_counter() - began) / REPEATS


def _fill(store: SQLStore, every: Sequence[Fields]) -> None:
    indexes = [each for each in tickets.indexes if not each.unique]
    with store._database.writing() as connection:
        for index in indexes:
            index.drop(connection)
        for start in range(0, len(every), AT_ONCE):
            connection.execute(insert(tickets), [*map(_as_row, every[start : start + AT_ONCE])])
        for index in indexes:
            index.create(connection)
    if not store._database.address.is_sqlite:
        with store._database.reading() as connection:
            connection.execute(text("VACUUM ANALYZE itsmkit_tickets"))


def _as_row(fields: Fields) -> dict[str, Any]:
    ticket = _ticket(fields)
    return {
        "tenant": "default",
        "id": ticket.id,
        "place": fields.number,
        "kind": ticket.kind,
        "version": 1,
        "document": canonical_bytes(to_document(StoredTicket(ticket))).decode(),
        **search_columns(ticket),
    }


@contextmanager
def _database_on(server: str) -> Iterator[str]:
    name = f"itsmkit_benchmark_{uuid4().hex}"
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name} ENCODING 'UTF8' TEMPLATE template0")
        try:
            url = make_url(server).set(drivername="postgresql+psycopg", database=name)
            yield url.render_as_string(hide_password=False)
        finally:
            connection.execute(f"DROP DATABASE {name} WITH (FORCE)")


if __name__ == "__main__":
    print(run())
