"""
The positions of events, in one order of all streams.

In SQLite, where writers are alone, a unit of work counts them as it writes. In PostgreSQL, that would make
all writers wait for each other, each until the commit of the one before is on the disk. There events are
written without positions, and who reads gives them: to all that are committed, in the order of their arrival,
in a short transaction that is alone in doing so. An event that is committed later gets a greater position, so
that no reader passes by it. Of two units of work one of which had ended when the other began to write, the
events of the earlier come first; when both wrote at the same time, those of either may.

A unit that records what is said of the configuration gives positions itself, so that the version of the
configuration, which is the position of its newest event, is known when it is left.
"""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from hashlib import sha256
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    Row,
    Table,
    bindparam,
    literal_column,
    select,
    text,
    union_all,
    update,
)

from itsmkit_sql._marks import count_on
from itsmkit_sql._schema import POSITION, Key, configuration_events, record_events, ticket_events
from itsmkit_sql._tenants import Tenancy, of_tenant
from itsmkit_sql.errors import DatabaseError

__all__ = ["alone", "arranged", "positioning", "snapshot"]

_AT_ONCE = 10_000
"""How many events get their positions in one transaction of a reader."""

_NO_KIND = literal_column("''", Key())
_RECORDS: Mapping[Table, tuple[ColumnElement[str], ColumnElement[str]]] = {
    ticket_events: (_NO_KIND, ticket_events.c.ticket_id),
    configuration_events: (_NO_KIND, configuration_events.c.key),
    record_events: (record_events.c.kind, record_events.c.id),
}
"""What the record of an event is known by."""

_WAITING = union_all(
    *(
        select(
            literal_column(f"'{stream.name}'").label("stream"),
            kind.label("kind"),
            record.label("record"),
            stream.c.sequence,
            stream.c.arrival,
        ).where(of_tenant(stream), stream.c.position.is_(None))
        for stream, (kind, record) in _RECORDS.items()
    )
).subquery()
_ANY_WAITS = select(_WAITING.c.arrival).limit(1)
_ALL_WAITING = select(_WAITING).order_by(_WAITING.c.arrival)
_SOME_WAITING = _ALL_WAITING.limit(_AT_ONCE)
# By the key, since a look for those without a position would come upon all that wait, each time.
_GIVE = {
    stream.name: update(stream)
    .values(position=bindparam("at"))
    .where(of_tenant(stream), stream.c.sequence == bindparam("nth"))
    .where(kind == bindparam("of_kind"), record == bindparam("of"))
    for stream, (kind, record) in _RECORDS.items()
}
_ISOLATION = text("SHOW transaction_isolation")
_LOCK = text("SELECT pg_advisory_xact_lock(:key)")


@contextmanager
def positioning(connection: Connection, tenancy: Tenancy) -> Iterator[None]:
    """
    Give positions to what is written within, and to what is committed by then, as part of the transaction.

    Others that do so wait until it has ended.
    """
    if tenancy.database.address.is_sqlite:
        yield
        return
    _lock(connection, tenancy)
    yield
    _give(connection, tenancy, connection.execute(_ALL_WAITING, tenancy.given()).all())


def arranged(tenancy: Tenancy) -> None:
    """See to it that all events that are committed by now have positions."""
    if tenancy.database.address.is_sqlite:
        return
    while _any_waits(tenancy):
        with tenancy.database.writing() as connection:
            _lock(connection, tenancy)
            _give(connection, tenancy, connection.execute(_SOME_WAITING, tenancy.given()).all())


@contextmanager
def snapshot(tenancy: Tenancy) -> Iterator[tuple[Connection, Mapping[int, int]]]:
    """
    Lend a connection on which all is as of one moment, and all events have positions.

    Yields:
        The connection, and the positions of events that it sees without one, by their arrival.

    Raises:
        DatabaseError: If the transaction is that of a host, and sees what is committed meanwhile.
    """
    _require_one_state(tenancy)
    arranged(tenancy)
    with ExitStack() as stack:
        if tenancy.database.address.is_sqlite:
            yield stack.enter_context(tenancy.database.snapshot()), {}
            return
        with ExitStack() as briefly:
            # If many had one connection each and waited for a second, all would wait for ever. And who has
            # the lock waits for no connection: others may have theirs while they wait for the lock.
            with tenancy.database.taking_two():
                reading = stack.enter_context(tenancy.database.snapshot())
                connection = briefly.enter_context(tenancy.database.writing())
            _lock(connection, tenancy)
            # What it sees is of the moment of its first statement. Nobody gives positions since.
            waiting = reading.execute(_ALL_WAITING, tenancy.given()).all()
            positions = _give(connection, tenancy, waiting)
        yield reading, positions


def _require_one_state(tenancy: Tenancy) -> None:
    """Refuse to read much as of one moment in a transaction that sees what is committed meanwhile."""
    database = tenancy.database
    if not database.is_joined or database.address.is_sqlite:
        return
    with database.reading() as connection:
        level = connection.execute(_ISOLATION).scalar_one()
    if level not in ("repeatable read", "serializable"):
        problem = f"nothing is read as of one moment in a transaction of the host that is {level}"
        way_out = "begin it as REPEATABLE READ, or read on a store with transactions of its own"
        raise DatabaseError(database.address.name, problem, way_out)


def alone(connection: Connection, tenancy: Tenancy) -> None:
    """Let nobody else give positions, or record, until the transaction ends."""
    if not tenancy.database.address.is_sqlite:
        _lock(connection, tenancy)


def _lock(connection: Connection, tenancy: Tenancy) -> None:
    """Be the only one that gives positions of the tenant, until the transaction ends."""
    name = f"itsmkit positions {tenancy.name}".encode(errors="backslashreplace")
    connection.execute(_LOCK, {"key": int.from_bytes(sha256(name).digest()[:8], signed=True)})


def _any_waits(tenancy: Tenancy) -> bool:
    with tenancy.database.reading() as connection:
        return connection.execute(_ANY_WAITS, tenancy.given()).first() is not None


def _give(connection: Connection, tenancy: Tenancy, waiting: Sequence[Row[Any]]) -> dict[int, int]:
    """Give positions to events, and return them by arrival. The lock is held."""
    if not waiting:
        return {}
    first = count_on(connection, tenancy, POSITION, len(waiting)) - len(waiting) + 1
    rows: dict[str, list[dict[str, object]]] = {}
    for position, event in enumerate(waiting, first):
        given = tenancy.given(of_kind=event.kind, of=event.record, nth=event.sequence, at=position)
        rows.setdefault(event.stream, []).append(given)
    for stream, of_stream in rows.items():
        connection.execute(_GIVE[stream], of_stream)
    return {event.arrival: position for position, event in enumerate(waiting, first)}
