"""
The positions of events, in one order of both streams.

In SQLite, where writers are alone, a unit of work counts them as it writes. In PostgreSQL, that would make
all writers wait for each other, each until the commit of the one before is on the disk. There events are
written without positions, and who reads gives them: to all that are committed, in the order of their arrival,
in a short transaction that is alone in doing so. An event that is committed later gets a greater position, so
that no reader passes by it. Of two units of work one of which had ended when the other began to write, the
events of the earlier come first; when both wrote at the same time, those of either may.

A unit that records what is said of the configuration gives positions itself, so that the version of the
configuration, which is the position of its newest event, is known when it is left.
"""

from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from hashlib import sha256

from sqlalchemy import (
    Connection,
    Select,
    Table,
    Update,
    bindparam,
    func,
    literal,
    select,
    text,
    union_all,
    update,
)
from sqlalchemy.dialects.postgresql import insert

from itsmkit_sql._marks import count_on
from itsmkit_sql._schema import POSITION, configuration_events, marks, ticket_events
from itsmkit_sql._tenants import OF_TENANT, Tenancy, of_tenant

__all__ = ["arranged", "positioning", "snapshot"]

_AT_ONCE = 10_000
"""How many events get their positions in one statement."""

_STREAMS = (ticket_events, configuration_events)
_WAITING = union_all(
    *(select(each.c.arrival).where(of_tenant(each), each.c.position.is_(None)) for each in _STREAMS)
).subquery()
_ANY_WAITS = select(_WAITING.c.arrival).limit(1)
_ALL_WAITING = select(_WAITING.c.arrival).order_by(_WAITING.c.arrival)
_LOCK = text("SELECT pg_advisory_xact_lock(:key)")


@contextmanager
def positioning(connection: Connection, tenancy: Tenancy) -> Iterator[None]:
    """
    Give positions to what is written within, as part of the transaction.

    Others that do so wait until it has ended.
    """
    if tenancy.database.address.is_sqlite:
        yield
        return
    _lock(connection, tenancy)
    yield
    while connection.execute(_GIVE, tenancy.given()).scalar_one() == _AT_ONCE:
        pass


def arranged(tenancy: Tenancy) -> None:
    """See to it that all events that are committed by now have positions."""
    if tenancy.database.address.is_sqlite:
        return
    while _any_waits(tenancy):
        with tenancy.database.writing() as connection:
            _lock(connection, tenancy)
            connection.execute(_GIVE, tenancy.given())


@contextmanager
def snapshot(tenancy: Tenancy) -> Iterator[tuple[Connection, Mapping[int, int]]]:
    """
    Lend a connection on which all is as of one moment, and all events have positions.

    Yields:
        The connection, and the positions of events that it sees without one, by their arrival.
    """
    arranged(tenancy)
    with ExitStack() as stack:
        if tenancy.database.address.is_sqlite:
            yield stack.enter_context(tenancy.database.snapshot()), {}
            return
        with tenancy.database.writing() as connection:
            _lock(connection, tenancy)
            # What it sees is of the moment of its first statement. Nobody gives positions since.
            reading = stack.enter_context(tenancy.database.snapshot())
            waiting = reading.execute(_ALL_WAITING, tenancy.given()).scalars().all()
            positions: dict[int, int] = {}
            if waiting:
                last = count_on(connection, tenancy, POSITION, len(waiting))
                positions = dict(zip(waiting, range(last - len(waiting) + 1, last + 1), strict=True))
                rows = [tenancy.given(of=arrival, at=at) for arrival, at in positions.items()]
                for each in _STREAMS:
                    connection.execute(_GIVE_ONE[each], rows)
        yield reading, positions


def _lock(connection: Connection, tenancy: Tenancy) -> None:
    """Be the only one that gives positions of the tenant, until the transaction ends."""
    name = f"itsmkit positions {tenancy.name}".encode(errors="backslashreplace")
    connection.execute(_LOCK, {"key": int.from_bytes(sha256(name).digest()[:8], signed=True)})


def _any_waits(tenancy: Tenancy) -> bool:
    with tenancy.database.reading() as connection:
        return connection.execute(_ANY_WAITS, tenancy.given()).first() is not None


def _give() -> Select[int]:
    """Return the statement that gives positions to as many events as it may, and tells how many."""
    first = _ALL_WAITING.limit(_AT_ONCE).subquery()
    newest = func.coalesce(
        select(marks.c.value).where(of_tenant(marks), marks.c.name == POSITION).scalar_subquery(), 0
    )
    place = func.row_number().over(order_by=first.c.arrival)
    given = select(first.c.arrival, (newest + place).label("position")).cte("given")
    placed = [
        update(each)
        .values(position=given.c.position)
        .where(of_tenant(each), each.c.arrival == given.c.arrival, each.c.position.is_(None))
        .cte(f"of_{each.name}")
        for each in _STREAMS
    ]
    last = func.max(given.c.position)
    new = insert(marks)
    counted = (
        new.from_select(
            ["tenant", "name", "value"],
            select(OF_TENANT, literal(POSITION), last).select_from(given).having(last.is_not(None)),
        )
        .on_conflict_do_update(
            index_elements=[marks.c.tenant, marks.c.name], set_={"value": new.excluded.value}
        )
        .cte("counted")
    )
    return select(func.count()).select_from(given).add_cte(*placed, counted)


def _give_one(stream: Table) -> Update:
    this = stream.c.arrival == bindparam("of"), stream.c.position.is_(None)
    return update(stream).values(position=bindparam("at")).where(of_tenant(stream), *this)


_GIVE = _give()
_GIVE_ONE = {each: _give_one(each) for each in _STREAMS}
