"""The timers: set and cleared in a unit of work, handed out to workers."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from functools import cache

from sqlalchemy import Connection, bindparam, func, select, update

from itsmkit.errors import ConflictError
from itsmkit.plugin import ClaimedTimer, Timer
from itsmkit.tickets import TicketId
from itsmkit_sql._database import Database, Insert, InsertMaker
from itsmkit_sql._schema import timers

__all__ = ["check_claim", "claim_due", "finish", "next_due", "set_and_clear"]

_SET = timers.c.free_at.is_not(None)
_GIVEN = (timers.c.ticket_id == bindparam("of_ticket"), timers.c.name == bindparam("called"))
# Whatever ends a claim moves the fence on.
_CLEAR = update(timers).where(*_GIVEN, _SET).values(free_at=None, fence=timers.c.fence + 1)
_FINISH = _CLEAR.where(timers.c.fence == bindparam("held"))
_CLAIM = update(timers).where(*_GIVEN).values(free_at=bindparam("until"), fence=timers.c.fence + 1)
_FENCE = select(timers.c.fence).where(*_GIVEN, _SET)


def next_due(database: Database) -> datetime | None:
    """See `Store.next_due`."""
    with database.reading() as connection:
        earliest: datetime | None = connection.execute(
            select(func.min(timers.c.free_at)).where(_SET)
        ).scalar()
        return earliest


def claim_due(database: Database, now: datetime, lease: timedelta, limit: int) -> Sequence[ClaimedTimer]:
    """See `Store.claim_due`."""
    due = (
        select(timers.c.ticket_id, timers.c.name, timers.c.due, timers.c.fence)
        .where(_SET, timers.c.free_at <= now)
        .order_by(timers.c.free_at, timers.c.due, timers.c.place)
        .limit(limit)
        .with_for_update(skip_locked=True)  # what another worker is about to take is left to it
    )
    with database.writing() as connection:
        rows = connection.execute(due).all()
        if rows:
            claims = [{**_key(row.ticket_id, row.name), "until": now + lease} for row in rows]
            connection.execute(_CLAIM, claims)
    return [ClaimedTimer(Timer(TicketId(row.ticket_id), row.name, row.due), row.fence + 1) for row in rows]


def check_claim(connection: Connection, claimed: ClaimedTimer) -> None:
    """Raise a `ConflictError` if the claim has ended."""
    found = _fence(connection, claimed.timer)
    if found != claimed.fence:
        raise _ended(claimed, found)


def finish(connection: Connection, claimed: ClaimedTimer) -> None:
    """Remove a claimed timer. Raises a `ConflictError` if the claim has ended."""
    timer = claimed.timer
    held = {**_key(timer.ticket_id, timer.name), "held": claimed.fence}
    if connection.execute(_FINISH, held).rowcount == 0:
        raise _ended(claimed, _fence(connection, timer))


def set_and_clear(
    database: Database,
    connection: Connection,
    changes: Mapping[tuple[TicketId, str], Timer | None],
    places: Iterable[int],
) -> None:
    """
    Set timers, and clear those that are ``None``.

    Args:
        database: Where they are.
        connection: In a transaction that writes.
        changes: By ticket and name.
        places: The place of each that is set, in the order of all that ever were.
    """
    to_set = [timer for timer in changes.values() if timer is not None]
    if to_set:
        rows = [
            {
                "ticket_id": timer.ticket_id,
                "name": timer.name,
                "due": timer.due,
                "free_at": timer.due,
                "place": place,
                "fence": 1,
            }
            for timer, place in zip(to_set, places, strict=True)
        ]
        connection.execute(_set(database.insert), rows)
    to_clear = [_key(*key) for key, timer in changes.items() if timer is None]
    if to_clear:
        connection.execute(_CLEAR, to_clear)


@cache
def _set(insert: InsertMaker) -> Insert:
    new = insert(timers)
    values = {name: new.excluded[name] for name in ("due", "free_at", "place")}
    return new.on_conflict_do_update(
        index_elements=[timers.c.ticket_id, timers.c.name], set_={**values, "fence": timers.c.fence + 1}
    )


def _fence(connection: Connection, timer: Timer) -> int | None:
    fence: int | None = connection.execute(_FENCE, _key(timer.ticket_id, timer.name)).scalar()
    return fence


def _ended(claimed: ClaimedTimer, found: int | None) -> ConflictError:
    timer = claimed.timer
    return ConflictError("timer", f"{timer.ticket_id}/{timer.name}", claimed.fence, found)


def _key(ticket_id: str, name: str) -> dict[str, object]:
    return {"of_ticket": ticket_id, "called": name}
