"""The outbox: filled in a unit of work, handed out to who delivers."""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from functools import cache
from typing import cast

from sqlalchemy import Connection, bindparam, func, select, text, update

from itsmkit.plugin import OutboxEntry
from itsmkit_sql._database import Insert, InsertMaker
from itsmkit_sql._schema import DELIVERED, PARKED, WAITING, outbox
from itsmkit_sql._tenants import Tenancy, of_tenant

__all__ = ["claim_outbox", "drop", "enqueue", "line_of", "parked", "settle", "silence", "state_of"]

_WAITS, _IS_PARKED = (
    text(f"{outbox.name}.state = '{state}'") for state in (WAITING, PARKED)
)  # as their indexes
_GIVEN = (of_tenant(outbox), outbox.c.key == bindparam("of"))
_CLAIM = update(outbox).where(*_GIVEN).values(free_at=bindparam("until"))
_DONE_WITH = (
    update(outbox)
    .where(of_tenant(outbox), outbox.c.state != DELIVERED)
    .values(state=DELIVERED, document=None, ticket_id=None, recipient=None)
)
_DROP = _DONE_WITH.where(outbox.c.ticket_id == bindparam("about"))
_SILENCE = _DONE_WITH.where(outbox.c.key == bindparam("of"))
_SETTLE = update(outbox).where(*_GIVEN, _WAITS)
_ENTRIES = select(outbox.c.key, outbox.c.document).where(of_tenant(outbox)).order_by(outbox.c.place)
_PARKED = _ENTRIES.where(_IS_PARKED)
_earlier = outbox.alias("earlier")
# The first of its line. Asked for each entry by itself: if they are joined, PostgreSQL goes through all
# entries for as long as it has no statistics of the table.
_FIRST = (
    select(func.min(_earlier.c.place))
    .where(
        _earlier.c.tenant == outbox.c.tenant,
        _earlier.c.ticket_id == outbox.c.ticket_id,
        _earlier.c.recipient == outbox.c.recipient,
        text(f"{_earlier.name}.state = '{WAITING}'"),
    )
    .scalar_subquery()
)
_WAITING = (
    _ENTRIES.where(_WAITS, outbox.c.free_at <= bindparam("now"), outbox.c.place == _FIRST)
    .limit(bindparam("most"))
    .with_for_update(skip_locked=True, of=outbox)  # what another worker is about to take is left to it
)


def claim_outbox(tenancy: Tenancy, now: datetime, lease: timedelta, limit: int) -> Sequence[OutboxEntry]:
    """See `Store.claim_outbox`."""
    with tenancy.database.writing() as connection:
        rows = connection.execute(_WAITING, tenancy.given(now=now, most=limit)).all()
        if rows:
            claims = [tenancy.given(of=row.key, until=now + lease) for row in rows]
            connection.execute(_CLAIM, claims)
    return [_entry(tenancy, row.key, row.document) for row in rows]


def settle(tenancy: Tenancy, key: str, outcome: OutboxEntry | None) -> None:
    """See `Store.settle`."""
    changes: dict[str, object] = {"state": DELIVERED, "document": None}
    if outcome is not None:
        document = tenancy.database.texts.of(outcome)
        changes = {"state": state_of(outcome), "document": document, "free_at": outcome.not_before}
    with tenancy.database.writing() as connection:
        # If it waits no more, another worker, to whom it went after the lease, was done with it first.
        connection.execute(_SETTLE.values(**changes), tenancy.given(of=key))


def parked(tenancy: Tenancy) -> Sequence[OutboxEntry]:
    """See `Store.parked`."""
    with tenancy.database.reading() as connection:
        rows = connection.execute(_PARKED, tenancy.given()).all()
    return [_entry(tenancy, row.key, row.document) for row in rows]


def enqueue(
    connection: Connection, tenancy: Tenancy, entries: Iterable[OutboxEntry], places: Iterable[int]
) -> None:
    """Put entries into the outbox, except those whose key was ever in it."""
    rows = [
        tenancy.row(
            key=entry.notification.key,
            place=place,
            state=state_of(entry),
            free_at=entry.not_before,
            **line_of(entry),
            document=tenancy.database.texts.of(entry),
        )
        for entry, place in zip(entries, places, strict=True)
    ]
    rows.sort(key=lambda row: str(row["key"]))  # so that no two units wait for each other
    if rows:
        connection.execute(_once(tenancy.database.insert), rows)


def drop(connection: Connection, tenancy: Tenancy, abouts: Iterable[str]) -> None:
    """Drop what is to be told about tickets and records: it is done with, as if it were delivered."""
    given = [tenancy.given(about=about) for about in sorted(abouts)]
    if given:
        connection.execute(_DROP, given)


def silence(connection: Connection, tenancy: Tenancy, keys: Iterable[str]) -> None:
    """Drop entries by their keys, as `drop` does."""
    given = [tenancy.given(of=key) for key in sorted(keys)]
    if given:
        connection.execute(_SILENCE, given)


def state_of(entry: OutboxEntry) -> str:
    """Return how an entry stands that is not delivered."""
    return WAITING if entry.parked is None else PARKED


def line_of(entry: OutboxEntry) -> dict[str, str]:
    """Return the columns that say whose line an entry stands in."""
    return dict(zip(("ticket_id", "recipient"), entry.notification.line, strict=True))


@cache
def _once(insert: InsertMaker) -> Insert:
    return insert(outbox).on_conflict_do_nothing(index_elements=[outbox.c.tenant, outbox.c.key])


def _entry(tenancy: Tenancy, key: str, document: str) -> OutboxEntry:
    return cast("OutboxEntry", tenancy.database.texts.value(document, f"notification {key}"))
