"""The three streams of events, each of which links the chain of its record."""

from collections.abc import Iterable, Mapping, MutableMapping, Sequence
from typing import Any, Generic, NamedTuple, TypeVar, cast

from sqlalchemy import Connection, Insert, Row, Select, Table, bindparam, func, select, tuple_, update

from itsmkit.cmdb.history import ConfigurationEvent, RecordKey
from itsmkit.plugin import PositionedEvent, RecordEvent
from itsmkit.plugin.documents.personal import in_the_clear
from itsmkit.tickets import TicketEvent, TicketId
from itsmkit_sql import _positions
from itsmkit_sql._marks import count_on
from itsmkit_sql._rows import key_text
from itsmkit_sql._schema import (
    LARGEST,
    POSITION,
    arrivals,
    configuration_events,
    record_events,
    ticket_events,
)
from itsmkit_sql._tenants import Tenancy, of_tenant

__all__ = [
    "End",
    "LinkedEvent",
    "NOTHING",
    "STREAMS",
    "add_configuration_events",
    "add_record_events",
    "add_ticket_events",
    "configuration_history",
    "ends",
    "erase",
    "erase_records",
    "kept_in_the_clear",
    "kept_in_the_clear_of_record",
    "newest_configuration",
    "newest_of_all",
    "read_configuration_events",
    "read_record_events",
    "read_ticket_events",
    "record_history",
    "ticket_history",
]

Event = TypeVar("Event", TicketEvent, RecordEvent)
KindAndId = tuple[str, str]

_AT_ONCE = 500
"""How many keys one statement asks for."""


class End(NamedTuple):
    """
    The newest event of a record.

    Args:
        sequence: Its sequence; 0 if there is none.
        digest: The digest of the chain up to it, or ``None``.
    """

    sequence: int
    digest: str | None


class LinkedEvent(NamedTuple, Generic[Event]):
    """
    An event of a ticket or a record as it is to be kept.

    Args:
        event: The event.
        document: Its sealed document.
        personal: What is personal in it, or ``None``.
        digest: The digest of the chain up to it.
    """

    event: Event
    document: str
    personal: str | None
    digest: str


STREAMS = ticket_events, configuration_events, record_events
"""The tables of events, the positions of which are of one count."""

NOTHING = End(0, None)
"""The end of a record of which nothing is recorded."""


def _page(stream: Table) -> Select[Any]:
    return (
        select(stream.c.position, stream.c.document)
        .where(of_tenant(stream), stream.c.position > bindparam("after"))
        .order_by(stream.c.position)
        .limit(bindparam("most"))
    )


_PARTED = ticket_events, record_events
"""The streams whose events have apart what is personal in them."""

_PAGES = {each: _page(each) for each in STREAMS} | {
    each: _page(each).add_columns(each.c.personal) for each in _PARTED
}
_TICKET_HISTORY = (
    select(ticket_events.c.sequence, ticket_events.c.document, ticket_events.c.personal)
    .where(of_tenant(ticket_events), ticket_events.c.ticket_id == bindparam("of"))
    .order_by(ticket_events.c.sequence)
)
_CONFIGURATION_HISTORY = (
    select(configuration_events.c.sequence, configuration_events.c.document)
    .where(of_tenant(configuration_events), configuration_events.c.key == bindparam("of"))
    .order_by(configuration_events.c.sequence)
)
_RECORD_HISTORY = (
    select(record_events.c.sequence, record_events.c.document, record_events.c.personal)
    .where(of_tenant(record_events))
    .where(record_events.c.kind == bindparam("of_kind"), record_events.c.id == bindparam("of"))
    .order_by(record_events.c.sequence)
)
_ERASE = (
    update(ticket_events)
    .where(of_tenant(ticket_events), ticket_events.c.ticket_id == bindparam("of"))
    .where(ticket_events.c.sequence <= bindparam("end"), ticket_events.c.personal.is_not(None))
    .values(personal=None)
)
_ERASE_RECORD = (
    update(record_events)
    .where(of_tenant(record_events))
    .where(record_events.c.kind == bindparam("of_kind"), record_events.c.id == bindparam("of"))
    .where(record_events.c.sequence <= bindparam("end"), record_events.c.personal.is_not(None))
    .values(personal=None)
)
_NEWEST = select(func.max(configuration_events.c.position)).where(of_tenant(configuration_events))
_LENGTHS = (
    select(configuration_events.c.key, func.max(configuration_events.c.sequence))
    .where(of_tenant(configuration_events))
    .group_by(configuration_events.c.key)
)


def _ends_of(lengths: Select[Any]) -> Select[Any]:
    columns = configuration_events.c
    newest = tuple_(columns.key, columns.sequence).in_(lengths)
    return select(columns.key, columns.sequence, columns.digest).where(
        of_tenant(configuration_events), newest
    )


_ENDS = _ends_of(_LENGTHS.where(configuration_events.c.key.in_(bindparam("asked", expanding=True))))
_ALL_ENDS = _ends_of(_LENGTHS)


# -- tickets ---------------------------------------------------------------------------------------


def read_ticket_events(tenancy: Tenancy, after: int, limit: int) -> list[PositionedEvent[TicketEvent]]:
    """See `Store.events`."""
    return [
        PositionedEvent(position, cast("TicketEvent", event))
        for position, event in _read_parted(tenancy, ticket_events, after, limit)
    ]


def ticket_history(connection: Connection, tenancy: Tenancy, ticket_id: TicketId) -> list[TicketEvent]:
    """Return the saved events of a ticket in order."""
    texts = tenancy.database.texts
    return [
        cast("TicketEvent", texts.event(row.document, row.personal, _event_of(ticket_id, row.sequence)))
        for row in connection.execute(_TICKET_HISTORY, tenancy.given(of=ticket_id))
    ]


def kept_in_the_clear(
    connection: Connection, tenancy: Tenancy, ticket_id: TicketId
) -> dict[int, tuple[str, ...]]:
    """Return where the saved events of a ticket have personal values in their documents, by sequence."""
    texts = tenancy.database.texts
    rows = connection.execute(_TICKET_HISTORY, tenancy.given(of=ticket_id))
    return {
        row.sequence: in_the_clear(texts.document(row.document, _event_of(ticket_id, row.sequence)))
        for row in rows
    }


def add_ticket_events(
    connection: Connection,
    tenancy: Tenancy,
    events: Iterable[LinkedEvent[TicketEvent]],
    positions: Sequence[int] | None,
) -> None:
    """Add events, each with what is kept of it, at their positions; with ``None``, readers give these."""
    rows = [tenancy.row(ticket_id=each.event.ticket_id, **_kept(each)) for each in events]
    if rows:
        _insert(connection, tenancy, ticket_events, rows, positions)


def erase(connection: Connection, tenancy: Tenancy, up_to: Mapping[TicketId, int]) -> None:
    """Drop what is personal in events of tickets, up to the sequence of one each."""
    given = [tenancy.given(of=ticket_id, end=up_to[ticket_id]) for ticket_id in sorted(up_to)]
    if given:
        connection.execute(_ERASE, given)


def _event_of(ticket_id: TicketId, sequence: int) -> str:
    return f"event {sequence} of ticket {ticket_id}"


# -- the configuration -----------------------------------------------------------------------------


def read_configuration_events(
    tenancy: Tenancy, after: int, limit: int
) -> list[PositionedEvent[ConfigurationEvent]]:
    """See `Store.configuration_events`."""
    return [
        PositionedEvent(position, cast("ConfigurationEvent", event))
        for position, event in _read(tenancy, configuration_events, after, limit)
    ]


def configuration_history(
    connection: Connection, tenancy: Tenancy, key: RecordKey
) -> list[ConfigurationEvent]:
    """Return the recorded events of one record in order."""
    texts = tenancy.database.texts
    rows = connection.execute(_CONFIGURATION_HISTORY, tenancy.given(of=key_text(*key)))
    return [
        cast("ConfigurationEvent", texts.value(row.document, f"event {row.sequence} of {key}"))
        for row in rows
    ]


def newest_configuration(connection: Connection, tenancy: Tenancy) -> int:
    """Return the position of the newest event of the configuration; 0 if there is none."""
    newest: int | None = connection.execute(_NEWEST, tenancy.given()).scalar()
    return newest or 0


def ends(connection: Connection, tenancy: Tenancy, keys: Sequence[RecordKey]) -> dict[RecordKey, End]:
    """Return the newest event of each of *keys*."""
    found: dict[str, End] = {}
    texts = {key: key_text(*key) for key in keys}
    asked = list(texts.values())
    for start in range(0, len(asked), _AT_ONCE):
        given = tenancy.given(asked=asked[start : start + _AT_ONCE])
        rows = connection.execute(_ENDS, given)
        found.update((row.key, End(row.sequence, row.digest)) for row in rows)
    return {key: found.get(text, NOTHING) for key, text in texts.items()}


def newest_of_all(connection: Connection, tenancy: Tenancy) -> Iterable[Row[Any]]:
    """Return key, sequence and digest of the newest event of each record."""
    return connection.execute(_ALL_ENDS, tenancy.given())


def add_configuration_events(
    connection: Connection,
    tenancy: Tenancy,
    events: Iterable[ConfigurationEvent],
    digests: MutableMapping[RecordKey, str | None],
) -> None:
    """
    Add events.

    Args:
        connection: In a transaction that writes.
        tenancy: Whose they are.
        events: The events, in order.
        digests: The newest digest of each of their records, which are moved on.
    """
    rows = []
    for event in events:
        key = event.record.key
        document, digests[key] = tenancy.database.texts.linked(digests[key], event)
        row = tenancy.row(key=key_text(*key), sequence=event.sequence)
        rows.append({**row, "document": document, "digest": digests[key]})
    _add(connection, tenancy, configuration_events, rows)


# -- records ---------------------------------------------------------------------------------------


def read_record_events(tenancy: Tenancy, after: int, limit: int) -> list[PositionedEvent[RecordEvent]]:
    """See `Store.record_events`."""
    return [
        PositionedEvent(position, cast("RecordEvent", event))
        for position, event in _read_parted(tenancy, record_events, after, limit)
    ]


def record_history(connection: Connection, tenancy: Tenancy, key: KindAndId) -> list[RecordEvent]:
    """Return the saved events of a record in order."""
    texts = tenancy.database.texts
    return [
        cast("RecordEvent", texts.event(row.document, row.personal, _event_of_record(key, row.sequence)))
        for row in _rows_of_record(connection, tenancy, key)
    ]


def kept_in_the_clear_of_record(
    connection: Connection, tenancy: Tenancy, key: KindAndId
) -> dict[int, tuple[str, ...]]:
    """Return of the saved events of a record what `kept_in_the_clear` does."""
    texts = tenancy.database.texts
    return {
        row.sequence: in_the_clear(texts.document(row.document, _event_of_record(key, row.sequence)))
        for row in _rows_of_record(connection, tenancy, key)
    }


def add_record_events(
    connection: Connection, tenancy: Tenancy, events: Iterable[LinkedEvent[RecordEvent]]
) -> None:
    """Add events, each with what is kept of it."""
    rows = [tenancy.row(kind=each.event.kind, id=each.event.id, **_kept(each)) for each in events]
    _add(connection, tenancy, record_events, rows)


def erase_records(connection: Connection, tenancy: Tenancy, up_to: Mapping[KindAndId, int]) -> None:
    """Drop what is personal in events of records: as `erase`."""
    given = [tenancy.given(of_kind=key[0], of=key[1], end=up_to[key]) for key in sorted(up_to)]
    if given:
        connection.execute(_ERASE_RECORD, given)


def _rows_of_record(connection: Connection, tenancy: Tenancy, key: KindAndId) -> Iterable[Row[Any]]:
    return connection.execute(_RECORD_HISTORY, tenancy.given(of_kind=key[0], of=key[1]))


def _event_of_record(key: KindAndId, sequence: int) -> str:
    return f"event {sequence} of {key[0]} {key[1]}"


# -- all of them -----------------------------------------------------------------------------------


def _read(tenancy: Tenancy, stream: Table, after: int, limit: int) -> list[tuple[int, object]]:
    texts = tenancy.database.texts
    rows = _rows(tenancy, _PAGES[stream], after, limit)
    return [(row.position, texts.value(row.document, _at(row))) for row in rows]


def _read_parted(tenancy: Tenancy, stream: Table, after: int, limit: int) -> list[tuple[int, object]]:
    texts = tenancy.database.texts
    rows = _rows(tenancy, _PAGES[stream], after, limit)
    return [(row.position, texts.event(row.document, row.personal, _at(row))) for row in rows]


def _kept(linked: LinkedEvent[Any]) -> dict[str, object]:
    """Return what is kept of an event beside the key of its record."""
    return {
        "sequence": linked.event.sequence,
        "document": linked.document,
        "personal": linked.personal,
        "digest": linked.digest,
    }


def _rows(tenancy: Tenancy, page: Select[Any], after: int, limit: int) -> Sequence[Row[Any]]:
    _positions.arranged(tenancy)
    given = tenancy.given(after=min(after, LARGEST), most=min(limit, LARGEST))
    with tenancy.database.reading() as connection:
        return connection.execute(page, given).all()


def _at(row: Row[Any]) -> str:
    return f"the event at position {row.position}"


def _add(connection: Connection, tenancy: Tenancy, stream: Table, rows: list[dict[str, object]]) -> None:
    if not rows:
        return
    positions = None
    if tenancy.database.address.is_sqlite:
        last = count_on(connection, tenancy, POSITION, len(rows))
        positions = range(last - len(rows) + 1, last + 1)
    _insert(connection, tenancy, stream, rows, positions)


def _insert(
    connection: Connection,
    tenancy: Tenancy,
    stream: Table,
    rows: list[dict[str, object]],
    positions: Sequence[int] | None,
) -> None:
    if positions is None:
        connection.execute(_WRITTEN[stream], rows)
        return
    for row, position in zip(rows, positions, strict=True):
        row["position"] = position
    tenancy.database.statements.execute(connection, _POSITIONED[stream], rows)


_POSITIONED: Mapping[Table, Insert] = {each: each.insert() for each in STREAMS}
_WRITTEN: Mapping[Table, Insert] = {
    each: each.insert().values(arrival=arrivals.next_value()) for each in STREAMS
}
