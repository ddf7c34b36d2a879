"""The outbox: filled in a unit of work, handed out to who delivers."""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from functools import cache
from typing import cast

from sqlalchemy import Connection, bindparam, select, update

from itsmkit.plugin import OutboxEntry
from itsmkit_sql._database import Database, Insert, InsertMaker
from itsmkit_sql._schema import DELIVERED, PARKED, WAITING, outbox

__all__ = ["claim_outbox", "enqueue", "parked", "settle"]

_CLAIM = update(outbox).where(outbox.c.id == bindparam("taken")).values(free_at=bindparam("until"))
_SETTLE = update(outbox).where(outbox.c.key == bindparam("of"), outbox.c.state == WAITING)
_ENTRIES = select(outbox.c.id, outbox.c.key, outbox.c.document).order_by(outbox.c.id)


def claim_outbox(database: Database, now: datetime, lease: timedelta, limit: int) -> Sequence[OutboxEntry]:
    """See `Store.claim_outbox`."""
    waiting = (
        _ENTRIES.where(outbox.c.state == WAITING, outbox.c.free_at <= now)
        .limit(limit)
        .with_for_update(skip_locked=True)  # what another worker is about to take is left to it
    )
    with database.writing() as connection:
        rows = connection.execute(waiting).all()
        if rows:
            connection.execute(_CLAIM, [{"taken": row.id, "until": now + lease} for row in rows])
    return [_entry(database, row.key, row.document) for row in rows]


def settle(database: Database, key: str, outcome: OutboxEntry | None) -> None:
    """See `Store.settle`."""
    changes: dict[str, object] = {"state": DELIVERED, "document": None}
    if outcome is not None:
        state = WAITING if outcome.parked is None else PARKED
        changes = {"state": state, "document": database.texts.of(outcome), "free_at": outcome.not_before}
    with database.writing() as connection:
        # If it waits no more, another worker, to whom it went after the lease, was done with it first.
        connection.execute(_SETTLE.values(**changes), {"of": key})


def parked(database: Database) -> Sequence[OutboxEntry]:
    """See `Store.parked`."""
    with database.reading() as connection:
        rows = connection.execute(_ENTRIES.where(outbox.c.state == PARKED)).all()
    return [_entry(database, row.key, row.document) for row in rows]


def enqueue(database: Database, connection: Connection, entries: Iterable[OutboxEntry]) -> None:
    """Put entries into the outbox, except those whose key was ever in it."""
    rows = [
        {
            "key": entry.notification.key,
            "state": WAITING,
            "free_at": entry.not_before,
            "document": database.texts.of(entry),
        }
        for entry in entries
    ]
    if rows:
        connection.execute(_once(database.insert), rows)


@cache
def _once(insert: InsertMaker) -> Insert:
    return insert(outbox).on_conflict_do_nothing(index_elements=[outbox.c.key])


def _entry(database: Database, key: str, document: str) -> OutboxEntry:
    return cast("OutboxEntry", database.texts.value(document, f"notification {key}"))
