"""The rows of tickets: read as values, written under a version check."""

from collections.abc import Iterable, Mapping, Sequence
from functools import cache
from typing import Any, cast

from sqlalchemy import Connection, Executable, bindparam, select, update
from sqlalchemy.sql.dml import ReturningInsert

from itsmkit.errors import ConflictError, NotFoundError
from itsmkit.plugin import StoredTicket
from itsmkit.tickets import TicketId
from itsmkit_sql._database import Database, InsertMaker
from itsmkit_sql._recent import Recent
from itsmkit_sql._schema import tickets

__all__ = ["TicketRows"]

_TICKETS = select(tickets.c.id, tickets.c.document)
_BY_ID = _TICKETS.where(tickets.c.id == bindparam("of"))
_BY_NUMBER = _TICKETS.where(tickets.c.number == bindparam("of"))
_VERSION = select(tickets.c.version).where(tickets.c.id == bindparam("of"))
_UPDATE = update(tickets).where(tickets.c.id == bindparam("of"), tickets.c.version == bindparam("expected"))
_MOST_RECENT = 10_000


class TicketRows:
    """
    The tickets of a database. What was read or saved last is kept in the process.

    Args:
        database: Where they are.
    """

    def __init__(self, database: Database) -> None:
        self._database = database
        self._recent = Recent(_MOST_RECENT)

    def by_id(self, connection: Connection, ticket_id: TicketId) -> StoredTicket:
        """Return a ticket. Raises `NotFoundError` if there is none of this id."""
        return self._one(connection, _BY_ID, ticket_id)

    def by_number(self, connection: Connection, number: str) -> StoredTicket:
        """Return a ticket. Raises `NotFoundError` if there is none of this number."""
        return self._one(connection, _BY_NUMBER, number)

    def all(self, connection: Connection) -> Sequence[StoredTicket]:
        """Return all tickets in the order in which they were first saved."""
        rows = connection.execute(_TICKETS.order_by(tickets.c.place))
        return [self._value(row.id, row.document) for row in rows]

    def check_version(self, connection: Connection, ticket_id: TicketId, expected: int) -> None:
        """Raise a `ConflictError` if another version of a ticket is saved."""
        found: int | None = connection.execute(_VERSION, {"of": ticket_id}).scalar()
        if (found or 0) != expected:
            raise ConflictError("ticket", ticket_id, expected, found)

    def change(
        self, connection: Connection, changes: Mapping[TicketId, tuple[StoredTicket, int]]
    ) -> list[tuple[str, StoredTicket]]:
        """
        Save tickets in place of those that are there; return them with their documents.

        Args:
            connection: In a transaction that writes.
            changes: By id, each with the version that is to be there.

        Raises:
            ConflictError: If another version is there, or another ticket has the number of one.
        """
        saved = []
        for ticket_id in sorted(changes):  # in one order, so that no two units wait for each other
            stored, expected = changes[ticket_id]
            document = self._document(stored)
            given = {"of": ticket_id, "expected": expected, **_columns(stored), "document": document}
            if connection.execute(_UPDATE, given).rowcount == 0:
                found: int | None = connection.execute(_VERSION, {"of": ticket_id}).scalar()
                raise ConflictError("ticket", ticket_id, expected, found)
            saved.append((document, stored))
        return saved

    def add(self, connection: Connection, stored: StoredTicket, place: int) -> tuple[str, StoredTicket]:
        """
        Save a new ticket; return it with its document.

        Raises:
            ConflictError: If there is one of its id, or of its number.
        """
        ticket, document = stored.ticket, self._document(stored)
        key = {"id": ticket.id, "kind": ticket.kind, "place": place}
        given = {**key, **_columns(stored), "document": document}
        if connection.execute(_add(self._database.insert), given).first() is None:
            self.check_version(connection, ticket.id, 0)
            holder = self.by_number(connection, ticket.number)
            raise ConflictError("ticket number", ticket.number, 0, holder.ticket.version)
        return document, stored

    def keep(self, saved: Iterable[tuple[str, StoredTicket]]) -> None:
        """Keep in the process what is saved by now: documents and tickets."""
        for document, stored in saved:
            self._recent.keep(document, stored)

    def _document(self, stored: StoredTicket) -> str:
        return self._database.texts.of(StoredTicket(stored.ticket))  # the cache is kept in the process alone

    def _one(self, connection: Connection, statement: Executable, key: str) -> StoredTicket:
        row = connection.execute(statement, {"of": key}).one_or_none()
        if row is None:
            raise NotFoundError("ticket", key)
        return self._value(row.id, row.document)

    def _value(self, ticket_id: str, document: str) -> StoredTicket:
        stored = self._recent.of(TicketId(ticket_id), document)
        if stored is None:
            stored = cast("StoredTicket", self._database.texts.value(document, f"ticket {ticket_id}"))
            self._recent.keep(document, stored)
        return stored


@cache
def _add(insert: InsertMaker) -> ReturningInsert[Any]:
    return insert(tickets).on_conflict_do_nothing().returning(tickets.c.id)


def _columns(stored: StoredTicket) -> dict[str, object]:
    ticket = stored.ticket
    return {
        "number": ticket.number,
        "version": ticket.version,
        "state": ticket.state,
        "state_category": ticket.state_category,
    }
