"""
Schema 2: a database of many tenants, with chained events, searched by any fact.

What was there becomes that of the tenant ``default``. Chains are computed over the documents as they stand,
in the order of each history. What tickets are searched by is made of their documents afterwards, by who knows
all kinds of tickets.
"""

import json
from collections.abc import Iterator

from alembic.operations import Operations
from sqlalchemy import Connection, func, select, union_all, update

from itsmkit.errors import DefinitionError
from itsmkit.plugin.integrity import link
from itsmkit_sql._migrations._moving import Move, Row
from itsmkit_sql._migrations._steps import Migration, Progress
from itsmkit_sql._migrations._tables_1 import TABLES_1
from itsmkit_sql._migrations._tables_2 import ARRIVALS, TABLES_2

__all__ = ["SCHEMA_2"]

_TENANT = "default"
_AS_THEY_ARE = ("itsmkit_staging", "itsmkit_number_series", "itsmkit_cursors")
_LONG_AGO = "0001-01-01T00:00:00.000000+00:00"
_RECORDS = {"itsmkit_ticket_events": "ticket_id", "itsmkit_configuration_events": "key"}
"""The tables of events, and the column that says what their records are."""

_NEW = {
    "itsmkit_ledger": "entries in the ingest ledger",
    "itsmkit_attachments": "attachments",
    "itsmkit_checkpoints": "checkpoints",
}


# -- forward -----------------------------------------------------------------------------------------


def _upgrade(operations: Operations, progress: Progress) -> None:
    with Move(operations, TABLES_1, TABLES_2, progress) as move:
        (marks,) = move.rows("itsmkit_marks")
        # Stands where nobody looks before it is made: that is what the 0 says in the row of the schema.
        not_made = {"is_open": 1, "opened_at": _LONG_AGO, "updated_at": _LONG_AGO, "facts": _no_facts(move)}
        move.fill("itsmkit_schema", ({**row, "facts": 0} for row in move.rows("itsmkit_schema")))
        move.fill("itsmkit_tickets", _owned({**row, **not_made} for row in move.rows("itsmkit_tickets")))
        for name in _AS_THEY_ARE:
            move.fill(name, _owned(move.rows(name)))
        for name, record in _RECORDS.items():
            move.fill(name, _owned(_chained(move.rows(name, record, "sequence"), record)))
        move.connection.execute(_HEADS)
        timers = (row for row in move.rows("itsmkit_timers") if row["free_at"] is not None)
        move.fill("itsmkit_timers", _owned({**row, "fence": row["place"]} for row in timers))
        move.fill("itsmkit_outbox", _owned(map(_in_line, move.rows("itsmkit_outbox"))))
        move.fill("itsmkit_marks", _owned(_marks(move.connection, marks)))


def _in_line(row: Row) -> Row:
    """Say of an entry of the outbox in which line it stands, as its document tells."""
    told = {} if row["document"] is None else json.loads(row["document"])["notification"]
    line = {"ticket_id": told.get("ticket_id"), "recipient": told.get("recipient")}
    return {**row, "place": row["id"], **line}


def _no_facts(move: Move) -> object:
    return "{}" if move.connection.dialect.name == "sqlite" else {}


def _owned(rows: Iterator[Row]) -> Iterator[Row]:
    return ({**row, "tenant": _TENANT} for row in rows)


def _chained(rows: Iterator[Row], record: str) -> Iterator[Row]:
    """Give each event the digest of the chain of its record up to it."""
    of, digest = None, None
    for row in rows:
        if row[record] != of:
            of, digest = row[record], None
        digest = link(digest, row["document"].encode())
        yield {**row, "digest": digest}


def _marks(connection: Connection, before: Row) -> Iterator[Row]:
    outbox = TABLES_2.tables["itsmkit_outbox"]
    entries: int = connection.execute(select(func.coalesce(func.max(outbox.c.place), 0))).scalar_one()
    arrived = max(before["place"], entries)
    yield {"name": "position", "value": before["position"]}
    yield {"name": "staging", "value": before["staging"]}
    if connection.dialect.name == "sqlite":
        yield {"name": "arrived", "value": arrived}
    else:
        connection.execute(select(func.setval(ARRIVALS.name, arrived + 1)))


_tickets, _events = TABLES_2.tables["itsmkit_tickets"], TABLES_2.tables["itsmkit_ticket_events"]
_HEADS = update(_tickets).values(
    head=select(_events.c.digest)
    .where(_events.c.tenant == _tickets.c.tenant, _events.c.ticket_id == _tickets.c.id)
    .where(_events.c.sequence == _tickets.c.version)
    .scalar_subquery()
)


# -- back --------------------------------------------------------------------------------------------


def _downgrade(operations: Operations, progress: Progress) -> None:
    connection: Connection = operations.get_bind()
    _refuse_what_is_new(connection)
    newest = _give_positions(connection)
    with Move(operations, TABLES_2, TABLES_1, progress) as move:
        marks = {row["name"]: row["value"] for row in move.rows("itsmkit_marks")}
        move.fill("itsmkit_schema", move.rows("itsmkit_schema"))
        for name in ("itsmkit_tickets", *_AS_THEY_ARE, *_RECORDS):
            move.fill(name, move.rows(name))
        timers = ({**row, "place": row["fence"]} for row in move.rows("itsmkit_timers"))
        move.fill("itsmkit_timers", timers)
        entries = move.greatest("itsmkit_outbox", "place")
        move.fill("itsmkit_outbox", ({**row, "id": row["place"]} for row in move.rows("itsmkit_outbox")))
        place = max(move.greatest("itsmkit_tickets", "place"), move.greatest("itsmkit_timers", "fence"))
        row = {"id": 1, "position": newest, "place": place, "staging": marks.get("staging", 0)}
        move.fill("itsmkit_marks", [row])
        if connection.dialect.name != "sqlite":
            ARRIVALS.drop(connection)
            connection.execute(select(func.setval("itsmkit_outbox_id_seq", entries + 1)))


def _refuse_what_is_new(connection: Connection) -> None:
    problems = []
    for table in TABLES_2.sorted_tables:
        if "tenant" in table.c:
            others = select(table.c.tenant).where(table.c.tenant != _TENANT).distinct().limit(3)
            problems += [f"tenant {name!r} has data" for name in connection.execute(others).scalars()]
    for name, what in _NEW.items():
        count: int = connection.execute(select(func.count()).select_from(TABLES_2.tables[name])).scalar_one()
        if count:
            problems.append(f"there are {count} {what}")
    if problems:
        way_out = "schema 1 cannot hold them: export what you need, remove it, and try again"
        raise DefinitionError(*(f"{problem}; {way_out}" for problem in dict.fromkeys(problems)))


def _give_positions(connection: Connection) -> int:
    """Give positions to the events without one, in the order of their arrival; return the newest position."""
    streams = [TABLES_2.tables[name] for name in _RECORDS]
    greatest = [select(func.coalesce(func.max(each.c.position), 0)) for each in streams]
    newest: int = max(connection.execute(each).scalar_one() for each in greatest)
    without = union_all(*(select(each.c.arrival).where(each.c.position.is_(None)) for each in streams))
    arrivals = sorted(connection.execute(without).scalars())
    for position, arrival in enumerate(arrivals, newest + 1):
        for each in streams:
            new = update(each).values(position=position)
            connection.execute(new.where(each.c.arrival == arrival, each.c.position.is_(None)))
    return newest + len(arrivals)


SCHEMA_2 = Migration(2, "give the data to many tenants, and chain the events", _upgrade, _downgrade, TABLES_2)
