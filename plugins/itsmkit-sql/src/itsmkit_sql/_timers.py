"""The timers: set and cleared in a unit of work, handed out to workers."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from functools import cache
from typing import Any

from sqlalchemy import Connection, DateTime, Row, bindparam, delete, func, select, update

from itsmkit.errors import ConflictError
from itsmkit.plugin import ClaimedTimer, TicketDeadline, Timer
from itsmkit.tickets import TicketId
from itsmkit_sql._database import Database, Insert, InsertMaker
from itsmkit_sql._marks import drawn
from itsmkit_sql._schema import tickets, timers
from itsmkit_sql._tenants import Tenancy, of_tenant
from itsmkit_sql._tickets import TicketRows

__all__ = [
    "TIMER_COLUMNS",
    "check_claim",
    "claim_due",
    "deadlines",
    "fail",
    "finish",
    "next_due",
    "now",
    "parked_timers",
    "release",
    "row_of",
    "set_and_clear",
    "timer_of",
    "timers_of",
]

TIMER_COLUMNS = ("ticket_id", "name", "due", "deadline", "failures", "parked")
"""The columns that a timer is read from: see `timer_of`."""

_GIVEN = (
    of_tenant(timers),
    timers.c.ticket_id == bindparam("of_ticket"),
    timers.c.name == bindparam("called"),
)
_HELD = (*_GIVEN, timers.c.fence == bindparam("held"))
_CLEAR = delete(timers).where(*_GIVEN)
_FINISH = delete(timers).where(*_HELD)
_CLAIM = update(timers).where(*_GIVEN).values(free_at=bindparam("until"), fence=bindparam("new"))
_RELEASE = update(timers).where(*_HELD).values(free_at=timers.c.due, fence=bindparam("new"))
_FENCE = select(timers.c.fence).where(*_GIVEN)
_NEXT = select(func.min(timers.c.free_at)).where(of_tenant(timers), timers.c.parked.is_(None))
_FAIL = update(timers).where(*_HELD).values(failures=timers.c.failures + 1, parked=bindparam("why"))
_PARKED = (
    select(*(timers.c[each] for each in TIMER_COLUMNS))
    .where(of_tenant(timers), timers.c.parked.is_not(None))
    .order_by(timers.c.ticket_id, timers.c.name)
)
_OF_TICKET = select(*(timers.c[each] for each in TIMER_COLUMNS)).where(
    of_tenant(timers), timers.c.ticket_id == bindparam("of_ticket")
)
_DEADLINES = (
    select(*(timers.c[each] for each in TIMER_COLUMNS), tickets.c.id, tickets.c.document)
    .join(tickets, (tickets.c.tenant == timers.c.tenant) & (tickets.c.id == timers.c.ticket_id))
    .where(of_tenant(timers), timers.c.deadline.is_not(None))
    .order_by(timers.c.deadline, timers.c.ticket_id, timers.c.name)
    .limit(bindparam("most"))
)
_DUE = (
    select(*(timers.c[each] for each in TIMER_COLUMNS))
    .where(of_tenant(timers), timers.c.free_at <= bindparam("now"), timers.c.parked.is_(None))
    .order_by(timers.c.free_at, timers.c.due, timers.c.fence)
    .limit(bindparam("most"))
    .with_for_update(skip_locked=True)  # what another worker is about to take is left to it
)
_NOW = select(func.clock_timestamp(type_=DateTime(timezone=True)))


def now(database: Database) -> datetime | None:
    """See `Store.now`. Who works on a file of SQLite does so on its machine."""
    if database.address.is_sqlite:
        return None
    with database.reading() as connection:
        instant: datetime = connection.execute(_NOW).scalar_one()
    return instant.astimezone(UTC)


def next_due(tenancy: Tenancy) -> datetime | None:
    """See `Store.next_due`."""
    with tenancy.database.reading() as connection:
        earliest: datetime | None = connection.execute(_NEXT, tenancy.given()).scalar()
        return earliest


def claim_due(tenancy: Tenancy, now: datetime, lease: timedelta, limit: int) -> Sequence[ClaimedTimer]:
    """See `Store.claim_due`."""
    # If the machine loses power, a claim may be lost, but with all that was done under it.
    with tenancy.database.writing(durable=False) as connection:
        rows = connection.execute(_DUE, tenancy.given(now=now, most=limit)).all()
        fences = drawn(connection, tenancy, len(rows))
        claims = [
            tenancy.given(of_ticket=row.ticket_id, called=row.name, until=now + lease, new=fence)
            for row, fence in zip(rows, fences, strict=True)
        ]
        if claims:
            connection.execute(_CLAIM, claims)
    return [ClaimedTimer(timer_of(row), fence) for row, fence in zip(rows, fences, strict=True)]


def release(tenancy: Tenancy, claimed: Sequence[ClaimedTimer]) -> None:
    """See `Store.release`."""
    if claimed:
        # In one order, so that no two units wait for each other.
        claimed = sorted(claimed, key=lambda each: (each.timer.ticket_id, each.timer.name))
        with tenancy.database.writing() as connection:
            # Whatever ends a claim moves the fence on.
            fences = drawn(connection, tenancy, len(claimed))
            given = [
                {**_held(tenancy, each), "new": fence} for each, fence in zip(claimed, fences, strict=True)
            ]
            connection.execute(_RELEASE, given)


def fail(tenancy: Tenancy, claimed: ClaimedTimer, parked: str | None) -> None:
    """See `Store.fail`."""
    with tenancy.database.writing() as connection:
        connection.execute(_FAIL, {**_held(tenancy, claimed), "why": parked})


def parked_timers(tenancy: Tenancy) -> Sequence[Timer]:
    """See `Store.parked_timers`."""
    with tenancy.database.reading() as connection:
        return [*map(timer_of, connection.execute(_PARKED, tenancy.given()))]


def timers_of(connection: Connection, tenancy: Tenancy, ticket_id: TicketId) -> Sequence[Timer]:
    """Return the timers of a ticket."""
    return [*map(timer_of, connection.execute(_OF_TICKET, tenancy.given(of_ticket=ticket_id)))]


def deadlines(tenancy: Tenancy, rows: TicketRows, limit: int) -> Sequence[TicketDeadline]:
    """See `Store.deadlines`."""
    with tenancy.database.reading() as connection:
        found: Sequence[Any] = connection.execute(_DEADLINES, tenancy.given(most=limit)).all()
        return [*map(TicketDeadline, map(timer_of, found), rows.of_rows(found))]


def timer_of(row: Row[Any]) -> Timer:
    """Return the timer of a row that has the `TIMER_COLUMNS`."""
    return Timer(TicketId(row.ticket_id), row.name, row.due, row.deadline, row.failures, row.parked)


def row_of(timer: Timer) -> dict[str, object]:
    """Return what the columns of a timer hold that anybody may claim when it is due."""
    return {**{name: getattr(timer, name) for name in TIMER_COLUMNS}, "free_at": timer.due}


def check_claim(connection: Connection, tenancy: Tenancy, claimed: ClaimedTimer) -> None:
    """Raise a `ConflictError` if the claim has ended."""
    found = _fence(connection, tenancy, claimed.timer)
    if found != claimed.fence:
        raise _ended(claimed, found)


def finish(connection: Connection, tenancy: Tenancy, claimed: ClaimedTimer) -> None:
    """Remove a claimed timer. Raises a `ConflictError` if the claim has ended."""
    if connection.execute(_FINISH, _held(tenancy, claimed)).rowcount == 0:
        raise _ended(claimed, _fence(connection, tenancy, claimed.timer))


def set_and_clear(
    connection: Connection,
    tenancy: Tenancy,
    changes: Mapping[tuple[TicketId, str], Timer | None],
    fences: Iterable[int],
) -> None:
    """
    Set timers, and clear those that are ``None``.

    Args:
        connection: In a transaction that writes.
        tenancy: Whose they are.
        changes: By ticket and name.
        fences: The fence of each that is set: numbers of arrival.
    """
    to_set = [timer for timer in changes.values() if timer is not None]
    if to_set:
        rows = [
            tenancy.row(**row_of(timer), fence=fence) for timer, fence in zip(to_set, fences, strict=True)
        ]
        rows.sort(key=lambda row: (str(row["ticket_id"]), str(row["name"])))  # as in `release`
        tenancy.database.statements.execute(connection, _set(tenancy.database.insert), rows)
    to_clear = [_key(tenancy, *key) for key in sorted(changes) if changes[key] is None]
    if to_clear:
        tenancy.database.statements.execute(connection, _CLEAR, to_clear)


@cache
def _set(insert: InsertMaker) -> Insert:
    new = insert(timers)
    return new.on_conflict_do_update(
        index_elements=[timers.c.tenant, timers.c.ticket_id, timers.c.name],
        set_={
            name: new.excluded[name] for name in ("due", "free_at", "fence", "deadline", "failures", "parked")
        },
    )


def _fence(connection: Connection, tenancy: Tenancy, timer: Timer) -> int | None:
    given = _key(tenancy, timer.ticket_id, timer.name)
    fence: int | None = connection.execute(_FENCE, given).scalar()
    return fence


def _ended(claimed: ClaimedTimer, found: int | None) -> ConflictError:
    timer = claimed.timer
    return ConflictError("timer", f"{timer.ticket_id}/{timer.name}", claimed.fence, found)


def _held(tenancy: Tenancy, claimed: ClaimedTimer) -> dict[str, object]:
    return {**_key(tenancy, claimed.timer.ticket_id, claimed.timer.name), "held": claimed.fence}


def _key(tenancy: Tenancy, ticket_id: str, name: str) -> dict[str, object]:
    return tenancy.given(of_ticket=ticket_id, called=name)
