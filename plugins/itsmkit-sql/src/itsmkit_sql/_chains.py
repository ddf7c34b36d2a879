"""The heads of the chains of all records, and the checkpoints that seal them."""

import json
from collections.abc import Iterable, Iterator, Sequence
from typing import cast

from sqlalchemy import Connection, select

from itsmkit.cmdb.history import RecordKey
from itsmkit.plugin.integrity import (
    ChainHead,
    Checkpoint,
    Heads,
    configuration_record,
    record_name,
    ticket_record,
)
from itsmkit.tickets import TicketId
from itsmkit_sql._marks import mark
from itsmkit_sql._positions import snapshot
from itsmkit_sql._schema import POSITION, checkpoints, records, tickets
from itsmkit_sql._streams import newest_of_all
from itsmkit_sql._tenants import Tenancy, of_tenant

__all__ = ["heads", "read_checkpoints", "save_checkpoints"]

_TICKETS = select(tickets.c.id, tickets.c.version, tickets.c.head).where(
    of_tenant(tickets), tickets.c.head.is_not(None)
)
_RECORDS = select(records.c.kind, records.c.id, records.c.version, records.c.head).where(of_tenant(records))
_CHECKPOINTS = select(checkpoints.c.document).where(of_tenant(checkpoints)).order_by(checkpoints.c.place)


def heads(tenancy: Tenancy) -> Heads:
    """See `Store.heads`."""
    with snapshot(tenancy) as (connection, waiting):
        position = max(waiting.values(), default=mark(connection, tenancy, POSITION))
        return Heads(position, tuple(sorted(_heads(connection, tenancy))))


def read_checkpoints(tenancy: Tenancy) -> Sequence[Checkpoint]:
    """See `Store.checkpoints`."""
    texts = tenancy.database.texts
    with tenancy.database.reading() as connection:
        documents = connection.execute(_CHECKPOINTS, tenancy.given()).scalars().all()
    return [
        cast("Checkpoint", texts.value(document, f"checkpoint {number}"))
        for number, document in enumerate(documents, 1)
    ]


def save_checkpoints(
    connection: Connection, tenancy: Tenancy, made: Iterable[Checkpoint], places: Iterable[int]
) -> None:
    """Keep checkpoints, at their places in the order in which they were made."""
    rows = [
        tenancy.row(place=place, document=tenancy.database.texts.of(checkpoint))
        for checkpoint, place in zip(made, places, strict=True)
    ]
    if rows:
        connection.execute(checkpoints.insert(), rows)


def _heads(connection: Connection, tenancy: Tenancy) -> Iterator[ChainHead]:
    for ticket in connection.execute(_TICKETS, tenancy.given()):
        yield ChainHead(ticket_record(TicketId(ticket.id)), ticket.version, ticket.head)
    for record in connection.execute(_RECORDS, tenancy.given()):
        yield ChainHead(record_name(record.kind, record.id), record.version, record.head)
    for newest in newest_of_all(connection, tenancy):
        kind, parts = json.loads(newest.key)
        yield ChainHead(configuration_record(RecordKey(kind, parts)), newest.sequence, newest.digest)
