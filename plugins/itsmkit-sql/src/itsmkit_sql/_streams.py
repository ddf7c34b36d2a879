"""The two streams of events, and the marks that they and all arrivals are counted by."""

from collections.abc import Iterable, Sequence
from typing import NamedTuple, cast

from sqlalchemy import Connection, Table, bindparam, func, select, update

from itsmkit.cmdb.history import ConfigurationEvent, RecordKey
from itsmkit.plugin import PositionedEvent
from itsmkit.tickets import TicketEvent, TicketId
from itsmkit_sql._database import Database
from itsmkit_sql._rows import key_text
from itsmkit_sql._schema import configuration_events, marks, ticket_events

__all__ = [
    "Marks",
    "add_configuration_events",
    "add_ticket_events",
    "advance",
    "configuration_history",
    "newest_configuration",
    "newest_sequences",
    "read_configuration_events",
    "read_ticket_events",
    "ticket_history",
]

_AT_ONCE = 500
"""How many keys one statement asks for."""

_ADVANCE = (
    update(marks)
    .values(
        position=marks.c.position + bindparam("events"),
        place=marks.c.place + bindparam("arrivals"),
        staging=marks.c.staging + bindparam("stagings"),
    )
    .returning(marks.c.position, marks.c.place, marks.c.staging)
)

_TICKET_HISTORY = (
    select(ticket_events.c.sequence, ticket_events.c.document)
    .where(ticket_events.c.ticket_id == bindparam("of"))
    .order_by(ticket_events.c.sequence)
)
_CONFIGURATION_HISTORY = (
    select(configuration_events.c.sequence, configuration_events.c.document)
    .where(configuration_events.c.key == bindparam("of"))
    .order_by(configuration_events.c.sequence)
)
_NEWEST = select(func.max(configuration_events.c.position))


class Marks(NamedTuple):
    """
    How far everything is counted.

    Args:
        position: Of the newest event.
        place: Of the newest arrival: a ticket, or a timer that was set.
        staging: The version of the staging area.
    """

    position: int
    place: int
    staging: int


def advance(connection: Connection, *, events: int, arrivals: int, stagings: int) -> Marks:
    """
    Count on, and return the marks from before.

    Others who count wait until the transaction has ended: so positions are in the order of the commits, and a
    reader of a stream never passes by an event that is committed later. In PostgreSQL 15, this row is a
    little faster than an advisory lock and the greatest position. A sequence, with which readers would pass
    by events, lets four writers commit one and a half to three times as often, the more the slower the disk.
    """
    given = {"events": events, "arrivals": arrivals, "stagings": stagings}
    row = connection.execute(_ADVANCE, given).one()
    return Marks(row.position - events, row.place - arrivals, row.staging - stagings)


# -- tickets ---------------------------------------------------------------------------------------


def read_ticket_events(database: Database, after: int, limit: int) -> list[PositionedEvent[TicketEvent]]:
    """See `Store.events`."""
    return [
        PositionedEvent(position, cast("TicketEvent", event))
        for position, event in _page(database, ticket_events, after, limit)
    ]


def ticket_history(database: Database, connection: Connection, ticket_id: TicketId) -> list[TicketEvent]:
    """Return the saved events of a ticket in order."""
    rows = connection.execute(_TICKET_HISTORY, {"of": ticket_id})
    return [
        cast("TicketEvent", database.texts.value(row.document, f"event {row.sequence} of ticket {ticket_id}"))
        for row in rows
    ]


def add_ticket_events(
    database: Database, connection: Connection, events: Iterable[TicketEvent], after: int
) -> None:
    """Add events at the positions that follow *after*."""
    rows = [
        {
            "position": position,
            "ticket_id": event.ticket_id,
            "sequence": event.sequence,
            "document": database.texts.of(event),
        }
        for position, event in enumerate(events, after + 1)
    ]
    if rows:
        connection.execute(ticket_events.insert(), rows)


# -- the configuration -----------------------------------------------------------------------------


def read_configuration_events(
    database: Database, after: int, limit: int
) -> list[PositionedEvent[ConfigurationEvent]]:
    """See `Store.configuration_events`."""
    return [
        PositionedEvent(position, cast("ConfigurationEvent", event))
        for position, event in _page(database, configuration_events, after, limit)
    ]


def configuration_history(
    database: Database, connection: Connection, key: RecordKey
) -> list[ConfigurationEvent]:
    """Return the recorded events of one record in order."""
    rows = connection.execute(_CONFIGURATION_HISTORY, {"of": key_text(*key)})
    return [
        cast("ConfigurationEvent", database.texts.value(row.document, f"event {row.sequence} of {key}"))
        for row in rows
    ]


def newest_configuration(connection: Connection) -> int:
    """Return the position of the newest event of the configuration; 0 if there is none."""
    newest: int | None = connection.execute(_NEWEST).scalar()
    return newest or 0


def newest_sequences(connection: Connection, keys: Sequence[RecordKey]) -> dict[RecordKey, int]:
    """Return the sequence of the newest event of each of *keys*; 0 if there is none."""
    found: dict[str, int] = {}
    texts = {key: key_text(*key) for key in keys}
    asked = list(texts.values())
    for start in range(0, len(asked), _AT_ONCE):
        rows = connection.execute(
            select(configuration_events.c.key, func.max(configuration_events.c.sequence))
            .where(configuration_events.c.key.in_(asked[start : start + _AT_ONCE]))
            .group_by(configuration_events.c.key)
        )
        found.update((key, newest) for key, newest in rows)
    return {key: found.get(text, 0) for key, text in texts.items()}


def add_configuration_events(
    database: Database, connection: Connection, events: Iterable[ConfigurationEvent], after: int
) -> None:
    """Add events at the positions that follow *after*."""
    rows = [
        {
            "position": position,
            "key": key_text(*event.record.key),
            "sequence": event.sequence,
            "document": database.texts.of(event),
        }
        for position, event in enumerate(events, after + 1)
    ]
    if rows:
        connection.execute(configuration_events.insert(), rows)


def _page(database: Database, stream: Table, after: int, limit: int) -> list[tuple[int, object]]:
    page = (
        select(stream.c.position, stream.c.document)
        .where(stream.c.position > after)
        .order_by(stream.c.position)
        .limit(limit)
    )
    with database.reading() as connection:
        rows = connection.execute(page).all()
    return [
        (row.position, database.texts.value(row.document, f"the event at position {row.position}"))
        for row in rows
    ]
