"""The store: SQLite or PostgreSQL, by one code base."""

from collections.abc import Iterable, Sequence
from contextlib import AbstractContextManager
from datetime import datetime, timedelta
from typing import Self

from itsmkit.cmdb.history import ConfigurationEvent
from itsmkit.errors import DefinitionError
from itsmkit.plugin import (
    DEFAULT_TENANT,
    ClaimedTimer,
    OutboxEntry,
    PositionedEvent,
    StoredStaging,
    StoredTicket,
    UnitOfWork,
)
from itsmkit.plugin.documents import DOCUMENTS, Documents
from itsmkit.tickets import TicketEvent
from itsmkit_sql import _counters, _outbox, _streams, _timers
from itsmkit_sql._database import Database
from itsmkit_sql._opening import prepare
from itsmkit_sql._staging import StagingRows
from itsmkit_sql._tickets import TicketRows
from itsmkit_sql._unit import SQLUnit
from itsmkit_sql._url import Address, address_of
from itsmkit_sql.companions import Companion

__all__ = ["SQLStore"]


class SQLStore:
    """
    A store in a database. Keeps the contract of `itsmkit.plugin.Store`; made by `SQLStore.open`.

    Fit for use by several threads, several processes, and after a fork. A unit of work is one transaction,
    and is on the disk when it is left.

    Args:
        address: Where it is, as `address_of` reads it.
        documents: The types of documents in it.
        companions: Who writes in the same transaction as each unit of work that sets timers or fills the
            outbox.
    """

    tenant: str = DEFAULT_TENANT

    def __init__(
        self, address: Address, documents: Documents = DOCUMENTS, companions: Iterable[Companion] = ()
    ) -> None:
        self.companions: Sequence[Companion] = tuple(companions)
        self._database = Database(address, documents)
        self._tickets = TicketRows(self._database)
        self._staging = StagingRows(self._database)
        try:
            prepare(self._database)
        except BaseException:
            self.close()
            raise

    @classmethod
    def open(
        cls, url: str, *, documents: Documents = DOCUMENTS, companions: Iterable[Companion] = ()
    ) -> Self:
        """
        Open the store that *url* names; an empty database, or a file that is not there, becomes a new store.

        Args:
            url: ``sqlite:///desk.db`` (a relative path; an absolute one has four slashes), or
                ``postgresql+psycopg://user:password@host:5432/database``. SQLite takes the options
                ``?timeout=30``, the seconds to wait for other writers, and ``?synchronous=full``, or
                ``extra`` or ``normal``: with the last, a machine that loses power may lose the newest
                commits. PostgreSQL takes the options of libpq.
            documents: The types of all that it keeps; for kinds of tickets of your own, those of itsmkit
                extended by them.
            companions: Who writes in the same transaction as each unit of work that sets timers or fills
                the outbox: see `Companion`.

        Raises:
            DefinitionError: If the URL cannot be right, or the driver is missing.
            DatabaseError: If the database cannot be reached, read or written.
            SchemaError: If its tables are none that this version can work on.
        """
        address = address_of(url)
        if address is None:
            problem = "the URL of an SQL store begins with sqlite:/// or with postgresql+psycopg://"
            raise DefinitionError(problem)
        return cls(address, documents, companions)

    # -- reading ---------------------------------------------------------------------------------

    def events(self, *, after: int, limit: int) -> Sequence[PositionedEvent[TicketEvent]]:
        """See `Store.events`."""
        return _streams.read_ticket_events(self._database, after, limit)

    def configuration_events(
        self, *, after: int, limit: int
    ) -> Sequence[PositionedEvent[ConfigurationEvent]]:
        """See `Store.configuration_events`."""
        return _streams.read_configuration_events(self._database, after, limit)

    def staging(self) -> StoredStaging:
        """See `Store.staging`."""
        return self._staging.read()

    def cursor(self, reader: str) -> int:
        """See `Store.cursor`."""
        return _counters.cursor(self._database, reader)

    def find_ticket(self, number: str) -> StoredTicket:
        """See `Store.find_ticket`."""
        with self._database.reading() as connection:
            return self._tickets.by_number(connection, number)

    def tickets(self) -> Sequence[StoredTicket]:
        """See `Store.tickets`."""
        with self._database.reading() as connection:
            return self._tickets.all(connection)

    def close(self) -> None:
        """See `Store.close`."""
        self._database.close()

    # -- writing ---------------------------------------------------------------------------------

    def begin(self) -> AbstractContextManager[UnitOfWork]:
        """See `Store.begin`."""
        return SQLUnit(self)

    # -- timers and outbox -----------------------------------------------------------------------

    def next_due(self) -> datetime | None:
        """See `Store.next_due`."""
        return _timers.next_due(self._database)

    def claim_due(self, now: datetime, *, lease: timedelta, limit: int) -> Sequence[ClaimedTimer]:
        """See `Store.claim_due`."""
        return _timers.claim_due(self._database, now, lease, limit)

    def claim_outbox(self, now: datetime, *, lease: timedelta, limit: int) -> Sequence[OutboxEntry]:
        """See `Store.claim_outbox`."""
        return _outbox.claim_outbox(self._database, now, lease, limit)

    def settle(self, key: str, outcome: OutboxEntry | None) -> None:
        """See `Store.settle`."""
        _outbox.settle(self._database, key, outcome)

    def parked(self) -> Sequence[OutboxEntry]:
        """See `Store.parked`."""
        return _outbox.parked(self._database)
