"""The rows of tickets: read as values, written under a version check."""

from collections.abc import Iterable, Mapping, Sequence
from functools import cache
from typing import Any, NamedTuple, cast

from sqlalchemy import Connection, Row, bindparam, select, update

from itsmkit.errors import ConflictError, NotFoundError
from itsmkit.plugin import StoredTicket
from itsmkit.tickets import Ticket, TicketId
from itsmkit_sql._database import Insert, InsertMaker
from itsmkit_sql._facts import changed_columns, search_columns
from itsmkit_sql._recent import Recent
from itsmkit_sql._schema import tickets
from itsmkit_sql._tenants import Tenancy, of_tenant

__all__ = ["Change", "SavedTicket", "TicketRows", "columns_of"]

_MOST_RECENT = 10_000
_AT_ONCE = 500
"""How many tickets one statement asks for."""

_TICKETS = select(tickets.c.id, tickets.c.document).where(of_tenant(tickets))
_BY_NUMBER = _TICKETS.where(tickets.c.number == bindparam("of"))
_BY_ID = select(tickets.c.id, tickets.c.document, tickets.c.head).where(
    of_tenant(tickets), tickets.c.id == bindparam("of")
)
_VERSION = select(tickets.c.version, tickets.c.head).where(
    of_tenant(tickets), tickets.c.id == bindparam("of")
)
# Locked in one order, so that no two units wait for each other.
_VERSIONS = (
    select(tickets.c.id, tickets.c.version)
    .where(of_tenant(tickets), tickets.c.id.in_(bindparam("asked", expanding=True)))
    .order_by(tickets.c.id)
    .with_for_update()
)
_PLACES = select(tickets.c.place).where(of_tenant(tickets), tickets.c.id == bindparam("of"))
_UPDATE = update(tickets).where(
    of_tenant(tickets), tickets.c.id == bindparam("of"), tickets.c.version == bindparam("expected")
)


class SavedTicket(NamedTuple):
    """
    A ticket as it was read.

    Args:
        stored: The ticket.
        head: The digest of its newest event, or ``None``.
    """

    stored: StoredTicket
    head: str | None


class Change(NamedTuple):
    """
    A ticket as it is to be saved.

    Args:
        stored: The ticket.
        expected: The version that is to be there; 0 for a new one.
        head: The digest of its newest event, or ``None``.
        document: Its document.
        columns: What is written of it: for one that is there, what of its columns may differ.
    """

    stored: StoredTicket
    expected: int
    head: str | None
    document: str
    columns: Mapping[str, object]


class TicketRows:
    """
    The tickets of a tenant.

    What was read or saved last is kept in the process, unless a host could take it back.

    Args:
        tenancy: Whose they are.
    """

    def __init__(self, tenancy: Tenancy) -> None:
        self._tenancy = tenancy
        self._recent = Recent(0 if tenancy.database.is_joined else _MOST_RECENT)

    def by_id(self, connection: Connection, ticket_id: TicketId) -> SavedTicket:
        """Return a ticket. Raises `NotFoundError` if there is none of this id."""
        execute = self._tenancy.database.statements.execute
        for found, document, head in execute(connection, _BY_ID, self._tenancy.given(of=ticket_id)).all():
            return SavedTicket(self._value(found, document), head)
        raise NotFoundError("ticket", ticket_id)

    def by_number(self, connection: Connection, number: str) -> StoredTicket:
        """Return a ticket. Raises `NotFoundError` if there is none of this number."""
        row = connection.execute(_BY_NUMBER, self._tenancy.given(of=number)).one_or_none()
        if row is None:
            raise NotFoundError("ticket", number)
        return self._value(row.id, row.document)

    def all(self, connection: Connection) -> Sequence[StoredTicket]:
        """Return all tickets in the order in which they were first saved."""
        return self.of_rows(connection.execute(_TICKETS.order_by(tickets.c.place), self._tenancy.given()))

    def of_rows(self, rows: Iterable[Row[Any]]) -> Sequence[StoredTicket]:
        """Return the tickets of rows that have their ids and documents."""
        return [self._value(row.id, row.document) for row in rows]

    def check_version(self, connection: Connection, ticket_id: TicketId, expected: int) -> str | None:
        """
        Return the digest of the newest event of a ticket, or ``None``.

        Raises:
            ConflictError: If another version is saved than *expected*.
        """
        row = connection.execute(_VERSION, self._tenancy.given(of=ticket_id)).one_or_none()
        found = None if row is None else row.version
        if (found or 0) != expected:
            raise ConflictError("ticket", ticket_id, expected, found)
        return None if row is None else row.head

    def prepared(
        self, stored: StoredTicket, *, expected: int, head: str | None, before: Ticket | None = None
    ) -> Change:
        """
        Return a ticket as it is to be saved: what takes time is done before others have to wait.

        Args:
            stored: The ticket.
            expected: The version that is to be there; 0 for a new one.
            head: The digest of its newest event, or ``None``.
            before: The ticket that is there, if it was read.
        """
        # The cache is kept in the process alone.
        document = self._tenancy.database.texts.of(StoredTicket(stored.ticket))
        version = stored.ticket.version
        columns = {
            **changed_columns(before, stored.ticket),
            "version": version,
            "head": head,
            "document": document,
        }
        return Change(stored, expected, head, document, columns)

    def change(self, connection: Connection, changes: Mapping[TicketId, Change]) -> None:
        """
        Save tickets in place of those that are there.

        Args:
            connection: In a transaction that writes.
            changes: By id.

        Raises:
            ConflictError: If another version is there, or another ticket has the number of one.
        """
        ids = sorted(changes)
        if len(ids) > 1:
            # The statements that change many tell only how many they changed, and not which.
            for start in range(0, len(ids), _AT_ONCE):
                self._lock(connection, changes, ids[start : start + _AT_ONCE])
        given, execute = self._tenancy.given, self._tenancy.database.statements.execute
        alike: dict[frozenset[str], list[dict[str, object]]] = {}
        for each in ids:
            row = given(of=each, expected=changes[each].expected, **changes[each].columns)
            alike.setdefault(frozenset(row), []).append(row)
        for rows in alike.values():
            if execute(connection, _UPDATE, rows).rowcount < len(rows):
                self.check_version(connection, ids[0], changes[ids[0]].expected)

    def add(self, connection: Connection, new: Sequence[Change], places: Sequence[int]) -> None:
        """
        Save tickets that are new.

        Args:
            connection: In a transaction that writes.
            new: The tickets.
            places: Their places in the order in which tickets were first saved: numbers of arrival.

        Raises:
            ConflictError: If there is one of the id of one, or of its number.
        """
        row = self._tenancy.row
        rows = [
            row(id=each.stored.ticket.id, kind=each.stored.ticket.kind, place=place, **each.columns)
            for each, place in zip(new, places, strict=True)
        ]
        database = self._tenancy.database
        add = _add(database.insert)
        if rows and database.statements.execute(connection, add, rows).rowcount < len(rows):
            for each, place in zip(new, places, strict=True):
                self._check_added(connection, each.stored, place)

    def keep(self, saved: Iterable[Change]) -> None:
        """Keep in the process what is saved by now."""
        for each in saved:
            self._recent.keep(each.document, each.stored)

    def _lock(
        self, connection: Connection, changes: Mapping[TicketId, Change], ids: Sequence[TicketId]
    ) -> None:
        """Let nobody else change tickets. Raises a `ConflictError` if another version of one is saved."""
        rows = connection.execute(_VERSIONS, self._tenancy.given(asked=ids))
        found = {row.id: row.version for row in rows}
        for ticket_id in ids:
            if found.get(ticket_id) != changes[ticket_id].expected:
                raise ConflictError("ticket", ticket_id, changes[ticket_id].expected, found.get(ticket_id))

    def _check_added(self, connection: Connection, stored: StoredTicket, place: int) -> None:
        """Raise a `ConflictError` if a ticket was not added at its place."""
        ticket = stored.ticket
        if connection.execute(_PLACES, self._tenancy.given(of=ticket.id)).scalar() != place:
            self.check_version(connection, ticket.id, 0)
            holder = self.by_number(connection, ticket.number)
            raise ConflictError("ticket number", ticket.number, 0, holder.ticket.version)

    def _value(self, ticket_id: str, document: str) -> StoredTicket:
        stored = self._recent.of(TicketId(ticket_id), document)
        if stored is None:
            texts = self._tenancy.database.texts
            stored = cast("StoredTicket", texts.value(document, f"ticket {ticket_id}"))
            self._recent.keep(document, stored)
        return stored


@cache
def _add(insert: InsertMaker) -> Insert:
    return insert(tickets).on_conflict_do_nothing().execution_options(preserve_rowcount=True)


def columns_of(stored: StoredTicket) -> dict[str, object]:
    """Return what the columns beside the document hold, except those that never change."""
    return {**search_columns(stored.ticket), "version": stored.ticket.version}
