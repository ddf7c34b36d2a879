"""The store: SQLite or PostgreSQL, by one code base."""

from collections.abc import Iterable, Iterator, Sequence
from contextlib import AbstractContextManager
from datetime import datetime, timedelta
from threading import Lock
from typing import Self
from weakref import WeakSet, WeakValueDictionary

from attrs import define, field
from sqlalchemy import Pool

from itsmkit._problems import name_problems
from itsmkit.cmdb.history import ConfigurationEvent
from itsmkit.conditions import ALWAYS, Condition
from itsmkit.errors import DefinitionError
from itsmkit.plugin import (
    DEFAULT_TENANT,
    ClaimedTimer,
    OutboxEntry,
    PositionedEvent,
    Record,
    RecordEvent,
    StoredStaging,
    StoredTicket,
    StoreRow,
    TicketDeadline,
    TicketPage,
    TicketQuery,
    Timer,
    UnitOfWork,
)
from itsmkit.plugin.documents import DOCUMENTS, Documents
from itsmkit.plugin.integrity import Checkpoint, Heads
from itsmkit.tickets import TicketEvent
from itsmkit_sql import (
    _attachments,
    _chains,
    _counters,
    _dumps,
    _ledger,
    _outbox,
    _queries,
    _records,
    _streams,
    _tenants,
    _timers,
)
from itsmkit_sql._binds import Bind, database_on, engine_of
from itsmkit_sql._database import Database, PooledDatabase
from itsmkit_sql._opening import prepare
from itsmkit_sql._staging import StagingRows
from itsmkit_sql._tenants import Tenancy
from itsmkit_sql._tickets import TicketRows
from itsmkit_sql._unit import SQLUnit
from itsmkit_sql._url import Address, address_of
from itsmkit_sql._waking import Waking
from itsmkit_sql.companions import Companion
from itsmkit_sql.search_index import SQLSearchIndex

__all__ = ["SQLStore"]

_found_ready: WeakSet[Pool] = WeakSet()
"""Of which hosts the tables were found in order, so that a store can be made for each of their requests."""


class SQLStore:
    """
    A store in a database. Keeps the contract of `itsmkit.plugin.Store`.

    It is made by `SQLStore.open`, or by `SQLStore.on` for what an application owns.

    Fit for use by several threads, several processes, and after a fork. A unit of work is one transaction,
    and is on the disk when it is left.

    Args:
        database: Where it is.
        companions: Who writes in the same transaction as each unit of work that sets timers or fills the
            outbox.
    """

    def __init__(self, database: Database, companions: Iterable[Companion] = ()) -> None:
        self._begin_as(DEFAULT_TENANT, _Shared(database, Waking(database), tuple(companions)))

    def _begin_as(self, tenant: str, shared: "_Shared") -> None:
        self.tenant = tenant
        self.companions: Sequence[Companion] = shared.companions
        self._shared = shared
        self._waking = shared.waking
        self._database = shared.database
        self.is_joined = shared.database.is_joined
        self._tenancy = Tenancy(shared.database, tenant)
        self._tickets = TicketRows(self._tenancy)
        self._staging = StagingRows(self._tenancy)
        shared.stores[tenant] = self

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
        address = _address_of(url)
        if address.is_async:
            problem = f"{address.url.drivername}:// is for an AsyncDesk; a Desk takes sqlite:///"
            raise DefinitionError(problem)
        return cls._opened(PooledDatabase(address, documents), companions)

    @classmethod
    def _opened_for_tasks(cls, url: str, documents: Documents, companions: Iterable[Companion]) -> Self:
        """Open a store as `open` does, for tasks of an event loop."""
        return cls._opened(PooledDatabase(_address_of(url).awaited(), documents), companions)

    @classmethod
    def on(
        cls,
        bind: Bind,
        *,
        documents: Documents = DOCUMENTS,
        companions: Iterable[Companion] = (),
        create: bool = False,
    ) -> Self:
        """
        Return a store that works on what the application owns, which is never closed by it.

        On an engine, it has transactions of its own, on connections that it borrows. How they are set up is
        left to the application: of SQLite, WAL, foreign keys, and the seconds to wait for other writers.

        On a connection or a session, it takes part in the transaction that the application has begun:
        `is_joined` is true. Each unit of work is written within a savepoint, so that one that fails undoes
        itself alone. It lands or vanishes with the rest, and nothing is committed or rolled back but by the
        application. If no transaction has begun yet, the connection begins one, as it does for any statement.
        Such a store is fit for use by whom the connection is, and for as long; to make one costs little.

        Args:
            bind: The engine, connection or session; a ``scoped_session`` will do.
            documents: The types of all that it keeps.
            companions: Who writes in the same transaction as each unit of work that sets timers or fills
                the outbox.
            create: Whether tables that are not there are made. On a connection or session, that is done in
                the transaction of the application.

        Raises:
            DefinitionError: If it is of another database or driver, or in AUTOCOMMIT.
            DatabaseError: If the database cannot be reached or read.
            SchemaError: If its tables are not there, or none that this version can work on.
        """
        store = cls(database_on(bind, documents), companions)
        pool = engine_of(bind).pool
        if pool not in _found_ready:
            prepare(store._database, create=create)
            if not create:
                _found_ready.add(pool)
        return store

    @classmethod
    def _opened(cls, database: PooledDatabase, companions: Iterable[Companion]) -> Self:
        try:
            prepare(database)
        except BaseException:
            database.close()
            raise
        return cls(database, companions)

    def of_tenant(self, tenant: str) -> Self:
        """See `Store.of_tenant`."""
        problems = [*name_problems("tenant", tenant)]
        if problems:
            raise DefinitionError(*problems)
        with self._shared.lock:
            found = self._shared.stores.get(tenant)
            if found is None:
                found = type(self).__new__(type(self))
                found._begin_as(tenant, self._shared)
            return found  # type: ignore[return-value]  # all that share are of one class

    def tenants(self) -> Sequence[str]:
        """See `Store.tenants`."""
        return _tenants.tenants(self._database)

    # -- reading ---------------------------------------------------------------------------------

    def events(self, *, after: int, limit: int) -> Sequence[PositionedEvent[TicketEvent]]:
        """See `Store.events`."""
        return _streams.read_ticket_events(self._tenancy, after, limit)

    def configuration_events(
        self, *, after: int, limit: int
    ) -> Sequence[PositionedEvent[ConfigurationEvent]]:
        """See `Store.configuration_events`."""
        return _streams.read_configuration_events(self._tenancy, after, limit)

    def record_events(self, *, after: int, limit: int) -> Sequence[PositionedEvent[RecordEvent]]:
        """See `Store.record_events`."""
        return _streams.read_record_events(self._tenancy, after, limit)

    def records(
        self, kind: str, *, where: Condition = ALWAYS, after: str = "", limit: int
    ) -> Sequence[Record]:
        """See `Store.records`. With a condition, it looks at one record after the other."""
        return _records.read(self._tenancy, kind, where, after, limit)

    def staging(self) -> StoredStaging:
        """See `Store.staging`."""
        return self._staging.read()

    def cursor(self, reader: str) -> int:
        """See `Store.cursor`."""
        return _counters.cursor(self._tenancy, reader)

    def find_ticket(self, number: str) -> StoredTicket:
        """See `Store.find_ticket`."""
        with self._database.reading() as connection:
            return self._tickets.by_number(connection, number)

    def tickets(self) -> Sequence[StoredTicket]:
        """See `Store.tickets`."""
        with self._database.reading() as connection:
            return self._tickets.all(connection)

    def find(self, query: TicketQuery) -> TicketPage:
        """See `Store.find`."""
        return _queries.find(self._tenancy, self._tickets, query)

    def count(self, where: Condition) -> int:
        """See `Store.count`."""
        return _queries.count(self._tenancy, where)

    def attachment(self, digest: str) -> bytes:
        """
        See `Store.attachment`.

        Raises:
            DatabaseError: If the content is damaged.
        """
        return _attachments.attachment(self._tenancy, digest)

    def search_index(self) -> SQLSearchIndex:
        """
        Return the search index beside the records of the tenant. Its tables are made when it is first used.

        It is a cache: feeding it is not waited for until it is on the disk, and no backup needs it.
        """
        return SQLSearchIndex(self._database, self.tenant)

    def close(self) -> None:
        """See `Store.close`."""
        self._waking.close()
        self._database.close()

    # -- writing ---------------------------------------------------------------------------------

    def begin(self) -> AbstractContextManager[UnitOfWork]:
        """See `Store.begin`."""
        return SQLUnit(self)

    # -- timers and outbox -----------------------------------------------------------------------

    def now(self) -> datetime | None:
        """See `Store.now`: the clock of the server of PostgreSQL."""
        return _timers.now(self._database)

    def next_due(self) -> datetime | None:
        """See `Store.next_due`."""
        return _timers.next_due(self._tenancy)

    def claim_due(self, now: datetime, *, lease: timedelta, limit: int) -> Sequence[ClaimedTimer]:
        """See `Store.claim_due`."""
        return _timers.claim_due(self._tenancy, now, lease, limit)

    def release(self, claimed: Sequence[ClaimedTimer]) -> None:
        """See `Store.release`."""
        _timers.release(self._tenancy, claimed)

    def fail(self, claimed: ClaimedTimer, parked: str | None) -> None:
        """See `Store.fail`."""
        _timers.fail(self._tenancy, claimed, parked)

    def parked_timers(self) -> Sequence[Timer]:
        """See `Store.parked_timers`."""
        return _timers.parked_timers(self._tenancy)

    def deadlines(self, limit: int) -> Sequence[TicketDeadline]:
        """See `Store.deadlines`."""
        return _timers.deadlines(self._tenancy, self._tickets, limit)

    def claim_outbox(self, now: datetime, *, lease: timedelta, limit: int) -> Sequence[OutboxEntry]:
        """See `Store.claim_outbox`."""
        return _outbox.claim_outbox(self._tenancy, now, lease, limit)

    def settle(self, key: str, outcome: OutboxEntry | None) -> None:
        """See `Store.settle`."""
        _outbox.settle(self._tenancy, key, outcome)

    def parked(self) -> Sequence[OutboxEntry]:
        """See `Store.parked`."""
        return _outbox.parked(self._tenancy)

    def wait(self, timeout: timedelta) -> None:
        """See `Store.wait`."""
        self._waking.wait(self._tenancy, timeout)

    # -- upkeep ----------------------------------------------------------------------------------

    def forget(self, before: datetime) -> int:
        """See `Store.forget`."""
        return _ledger.forget(self._tenancy, before)

    def heads(self) -> Heads:
        """See `Store.heads`."""
        return _chains.heads(self._tenancy)

    def checkpoints(self) -> Sequence[Checkpoint]:
        """See `Store.checkpoints`."""
        return _chains.read_checkpoints(self._tenancy)

    def dump(self) -> Iterator[StoreRow]:
        """
        See `Store.dump`.

        The moment is that of the first row. A connection is in use until the last one is taken.
        """
        return _dumps.dump(self._tenancy)

    def load(self, rows: Iterable[StoreRow]) -> None:
        """See `Store.load`."""
        _dumps.load(self._tenancy, rows)


@define
class _Shared:
    """
    What the stores of all tenants of a database have in common.

    Args:
        database: Where they are.
        waking: Wakes those who wait.
        companions: Who is told of each unit of work.
        stores: Those that are in use, by tenant: each keeps in the process what it has read.
    """

    database: Database
    waking: Waking
    companions: Sequence[Companion]
    stores: "WeakValueDictionary[str, SQLStore]" = field(factory=WeakValueDictionary)
    lock: Lock = field(factory=Lock)


def _address_of(url: str) -> Address:
    address = address_of(url)
    if address is None:
        problem = "the URL of an SQL store begins with sqlite:/// or with postgresql+psycopg://"
        raise DefinitionError(problem)
    return address
