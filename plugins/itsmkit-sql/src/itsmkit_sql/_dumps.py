"""Dumps of a tenant: read row by row on one state of the database, and loaded in one transaction."""

import base64
import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import closing
from datetime import UTC, datetime
from itertools import groupby, islice
from typing import Any

from attrs import frozen
from sqlalchemy import Connection, CursorResult, Row, Select, Table, select, update

from itsmkit.plugin import RowKind, StoreNotEmptyError, StoreRow
from itsmkit.plugin.documents import Cursor, Document, canonical_bytes
from itsmkit.plugin.dump_reading import ReadRow, read_dump
from itsmkit_sql._marks import count_on, drawn, mark
from itsmkit_sql._outbox import line_of, state_of
from itsmkit_sql._positions import alone, snapshot
from itsmkit_sql._records import columns_of as columns_of_record
from itsmkit_sql._rows import key_text
from itsmkit_sql._schema import (
    DELIVERED,
    POSITION,
    STAGING,
    attachments,
    checkpoints,
    configuration_events,
    cursors,
    ledger,
    number_series,
    outbox,
    record_events,
    records,
    staging,
    ticket_events,
    tickets,
    timers,
)
from itsmkit_sql._streams import STREAMS
from itsmkit_sql._tenants import Tenancy, is_empty, of_tenant
from itsmkit_sql._tickets import columns_of
from itsmkit_sql._timers import TIMER_COLUMNS, row_of, timer_of
from itsmkit_sql.errors import DamagedRowError, DatabaseError

__all__ = ["dump", "load"]

_AT_ONCE = 1000
"""How many rows are read, or written, together."""

_LONG_AGO = datetime.min.replace(tzinfo=UTC)


# -- dumping ---------------------------------------------------------------------------------------


def dump(tenancy: Tenancy) -> Iterator[StoreRow]:
    """See `Store.dump`. Nothing of what was read is held, except the staging area."""
    with (
        snapshot(tenancy) as (connection, waiting),
        closing(_Dump(connection, tenancy, waiting)) as reading,
    ):
        _check_file(connection, tenancy)
        yield from reading.rows()


def _check_file(connection: Connection, tenancy: Tenancy) -> None:
    """Raise a `DatabaseError` if pages of a file are damaged: what they hold may not be found then."""
    database = tenancy.database
    if database.address.is_sqlite:
        found = connection.exec_driver_sql("PRAGMA integrity_check(1)").scalar_one()
        if found != "ok":
            problem = f"the file is damaged: {' '.join(found.split())}"
            raise DatabaseError(database.address.name, problem, "restore it from a backup")


class _Dump:
    """
    What is read of a tenant.

    Args:
        connection: Shows one state.
        tenancy: Whose it is.
        waiting: The positions of events that have none there, by arrival.
    """

    def __init__(self, connection: Connection, tenancy: Tenancy, waiting: Mapping[int, int]) -> None:
        self._connection = connection
        self._tenancy = tenancy
        self._waiting = waiting
        self._result: CursorResult[Any] | None = None

    def close(self) -> None:
        """Close what is read at the moment, if it is not read to its end."""
        if self._result is not None:
            self._result.close()

    def rows(self) -> Iterator[StoreRow]:
        """Go through all rows."""
        for row in self._read(_TICKETS):
            yield self._row(RowKind.TICKET, "ticket", row.document, f"ticket {row.id}")
        yield from self._events(RowKind.EVENT, ticket_events)
        yield from self._events(RowKind.CONFIGURATION, configuration_events)
        for row in self._read(_RECORDS):
            yield self._row(RowKind.RECORD, "record", row.document, f"record {row.kind}/{row.id}")
        yield from self._events(RowKind.RECORD_EVENT, record_events)
        yield from self._staging()
        for row in self._read(_SERIES):
            yield StoreRow(RowKind.SERIES, {"series": row.series, "last": row.last})
        documents = self._tenancy.database.texts.documents
        for row in self._read(_TIMERS):
            timer = timer_of(row)
            yield StoreRow(RowKind.TIMER, {"timer": documents.to_document(timer)})
        for row in self._read(_OUTBOX):
            entry = row.document and self._document(row.document, f"notification {row.key}")
            yield StoreRow(RowKind.OUTBOX, {"key": row.key, "state": row.state, "entry": entry})
        for row in self._read(_CURSORS):
            cursor = documents.to_document(Cursor(row.reader, row.position))
            yield StoreRow(RowKind.CURSOR, {"cursor": cursor})
        for row in self._read(_LEDGER):
            yield self._row(RowKind.REMEMBERED, "entry", row.document, f"the ledger entry {row.key}")
        for row in self._read(_ATTACHMENTS, at_once=1):
            content = base64.b64encode(row.content).decode()
            yield StoreRow(RowKind.ATTACHMENT, {"digest": row.digest, "content": content})
        for row in self._read(_CHECKPOINTS):
            yield self._row(RowKind.CHECKPOINT, "checkpoint", row.document, "a checkpoint")

    def _events(self, kind: RowKind, stream: Table) -> Iterator[StoreRow]:
        for row in self._read(_POSITIONED[stream]):
            yield self._event(kind, row, row.position)
        if self._waiting:
            for row in self._read(_WITHOUT_POSITION[stream]):
                yield self._event(kind, row, self._waiting[row.arrival])

    def _event(self, kind: RowKind, row: Row[Any], position: int) -> StoreRow:
        what = f"the event at position {position}"
        data = {"position": position, "digest": row.digest, "event": self._document(row.document, what)}
        if kind is not RowKind.CONFIGURATION:
            data["personal"] = row.personal and self._document(row.personal, f"what is personal in {what}")
        return StoreRow(kind, data)

    def _staging(self) -> Iterator[StoreRow]:
        version = mark(self._connection, self._tenancy, STAGING)
        if version:
            yield StoreRow(RowKind.STAGING_VERSION, {"version": version})
        # The order of the parts of a key is not that of the text that they make together.
        for row in sorted(self._read(_STAGING), key=self._parts):
            yield self._row(RowKind.STAGED, "row", row.document, f"the staging row {row.key}")

    def _parts(self, row: Row[Any]) -> list[str]:
        parts: Any = self._document(row.key, f"the key of the staging row {row.key}")
        if not (isinstance(parts, list) and all(isinstance(each, str) for each in parts)):
            raise self._damaged(f"the key {row.key} of a staging row is no list of texts")
        return parts

    def _read(self, statement: Select[Any], *, at_once: int = _AT_ONCE) -> Iterator[Row[Any]]:
        options = {"yield_per": at_once}
        self._result = self._connection.execute(statement, self._tenancy.given(), execution_options=options)
        return iter(self._result)

    def _row(self, kind: RowKind, name: str, document: str, what: str) -> StoreRow:
        return StoreRow(kind, {name: self._document(document, what)})

    def _document(self, text: str, what: str) -> Document:
        try:
            document: Document = json.loads(text)
        except (RecursionError, ValueError) as error:
            raise self._damaged(f"the document of {what} is no JSON: {error}") from error
        return document

    def _damaged(self, problem: str) -> DamagedRowError:
        return DamagedRowError(self._tenancy.database.address.name, problem, "restore it from a backup")


def _of(table: Table, *names: str, by: Sequence[str]) -> Select[Any]:
    columns = [table.c[name] for name in names]
    return select(*columns).where(of_tenant(table)).order_by(*(table.c[name] for name in by))


_TICKETS = _of(tickets, "id", "document", by=["place"])
_RECORDS = _of(records, "kind", "id", "document", by=["kind", "id"])
_PERSONAL = {ticket_events: ["personal"], record_events: ["personal"]}
_POSITIONED = {
    each: _of(each, "position", "digest", "document", *_PERSONAL.get(each, ()), by=["position"]).where(
        each.c.position.is_not(None)
    )
    for each in STREAMS
}
_WITHOUT_POSITION = {
    each: _of(each, "arrival", "digest", "document", *_PERSONAL.get(each, ()), by=["arrival"]).where(
        each.c.position.is_(None)
    )
    for each in STREAMS
}
_STAGING = _of(staging, "key", "document", by=["key"])
_SERIES = _of(number_series, "series", "last", by=["series"])
_TIMERS = _of(timers, *TIMER_COLUMNS, by=["ticket_id", "name"])
_OUTBOX = _of(outbox, "key", "state", "document", by=["place"])
_CURSORS = _of(cursors, "reader", "position", by=["reader"])
_LEDGER = _of(ledger, "key", "document", by=["key"])
_ATTACHMENTS = _of(attachments, "digest", "content", by=["digest"])
_CHECKPOINTS = _of(checkpoints, "document", by=["place"])


# -- loading ---------------------------------------------------------------------------------------


def load(tenancy: Tenancy, rows: Iterable[StoreRow]) -> None:
    """See `Store.load`."""
    with tenancy.database.writing() as connection:
        alone(connection, tenancy)
        if not is_empty(connection, tenancy):
            raise StoreNotEmptyError(tenancy.name)
        read = read_dump(rows, tenancy.database.texts.documents)
        for kind, found in groupby(read, lambda row: row.kind):
            at_once = 1 if kind is RowKind.ATTACHMENT else _AT_ONCE
            while several := [*islice(found, at_once)]:
                _KEEP[kind](connection, tenancy, several)
        for heads in _HEADS:
            connection.execute(heads, tenancy.given())


@frozen
class _Into:
    """
    Where rows of a kind are kept.

    Args:
        table: The table.
        values: What the columns hold for a row.
        place: The column that is given numbers of arrival, or ``None``.
    """

    table: Table
    values: Callable[[ReadRow], dict[str, object]]
    place: str | None = None

    def __call__(self, connection: Connection, tenancy: Tenancy, rows: Sequence[ReadRow]) -> None:
        """Keep rows."""
        given = [tenancy.row(**self.values(row)) for row in rows]
        if self.place is not None:
            for values, number in zip(given, drawn(connection, tenancy, len(given)), strict=True):
                values[self.place] = number
        connection.execute(self.table.insert(), given)


def _ticket(row: ReadRow) -> dict[str, object]:
    ticket = row.value.ticket
    return {"id": ticket.id, "kind": ticket.kind, **columns_of(row.value), "head": None, "document": row.text}


def _event(row: ReadRow) -> dict[str, object]:
    event = row.value
    return {"ticket_id": event.ticket_id, "sequence": event.sequence, **_link(row), **_personal(row)}


def _configuration(row: ReadRow) -> dict[str, object]:
    event = row.value
    return {"key": key_text(*event.record.key), "sequence": event.sequence, **_link(row)}


def _record(row: ReadRow) -> dict[str, object]:
    record = row.value
    named = {"kind": record.kind, "id": record.id}
    return {**named, **columns_of_record(record), "head": None, "document": row.text}


def _record_event(row: ReadRow) -> dict[str, object]:
    event = row.value
    return {"kind": event.kind, "id": event.id, "sequence": event.sequence, **_link(row), **_personal(row)}


def _link(row: ReadRow) -> dict[str, object]:
    return {"position": row.data["position"], "digest": row.data["digest"], "document": row.text}


def _personal(row: ReadRow) -> dict[str, object]:
    personal = row.data.get("personal")
    return {"personal": None if personal is None else canonical_bytes(personal).decode()}


def _keep_events(into: _Into) -> "_Keep":
    def keep(connection: Connection, tenancy: Tenancy, rows: Sequence[ReadRow]) -> None:
        into(connection, tenancy, rows)
        further = rows[-1].data["position"] - mark(connection, tenancy, POSITION)
        if further > 0:
            count_on(connection, tenancy, POSITION, further)

    return keep


def _keep_version(connection: Connection, tenancy: Tenancy, rows: Sequence[ReadRow]) -> None:
    for row in rows:
        count_on(connection, tenancy, STAGING, row.data["version"])


def _timer(row: ReadRow) -> dict[str, object]:
    return row_of(row.value)


def _notification(row: ReadRow) -> dict[str, object]:
    entry = row.value
    if entry is None:
        nowhere = {"ticket_id": None, "recipient": None, "document": None}
        return {"key": row.data["key"], "state": DELIVERED, "free_at": _LONG_AGO, **nowhere}
    return {
        "key": row.data["key"],
        "state": state_of(entry),
        "free_at": entry.not_before,
        **line_of(entry),
        "document": row.text,
    }


_Keep = Callable[[Connection, Tenancy, Sequence[ReadRow]], None]
_KEEP: Mapping[RowKind, _Keep] = {
    RowKind.TICKET: _Into(tickets, _ticket, "place"),
    RowKind.EVENT: _keep_events(_Into(ticket_events, _event)),
    RowKind.CONFIGURATION: _keep_events(_Into(configuration_events, _configuration)),
    RowKind.RECORD: _Into(records, _record),
    RowKind.RECORD_EVENT: _keep_events(_Into(record_events, _record_event)),
    RowKind.STAGING_VERSION: _keep_version,
    RowKind.STAGED: _Into(staging, lambda row: {"key": key_text(*row.value.key), "document": row.text}),
    RowKind.SERIES: _Into(number_series, lambda row: dict(row.data)),
    RowKind.TIMER: _Into(timers, _timer, "fence"),
    RowKind.OUTBOX: _Into(outbox, _notification, "place"),
    RowKind.CURSOR: _Into(cursors, lambda row: {"reader": row.value.reader, "position": row.value.position}),
    RowKind.REMEMBERED: _Into(
        ledger, lambda row: {"key": row.value.key, "at": row.value.at, "document": row.text}
    ),
    RowKind.ATTACHMENT: _Into(attachments, lambda row: {"digest": row.data["digest"], "content": row.value}),
    RowKind.CHECKPOINT: _Into(checkpoints, lambda row: {"document": row.text}, "place"),
}

_NEWEST_OF_TICKET = select(ticket_events.c.digest).where(
    ticket_events.c.tenant == tickets.c.tenant,
    ticket_events.c.ticket_id == tickets.c.id,
    ticket_events.c.sequence == tickets.c.version,
)
_NEWEST_OF_RECORD = select(record_events.c.digest).where(
    record_events.c.tenant == records.c.tenant,
    record_events.c.kind == records.c.kind,
    record_events.c.id == records.c.id,
    record_events.c.sequence == records.c.version,
)
_HEADS = [
    update(table).where(of_tenant(table)).values(head=newest.scalar_subquery())
    for table, newest in ((tickets, _NEWEST_OF_TICKET), (records, _NEWEST_OF_RECORD))
]
