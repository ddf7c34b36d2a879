"""A database as the store uses it: how it is read, and how a transaction that writes begins and ends."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from threading import Lock

from sqlalchemy import Connection, Engine, Pool, RootTransaction, Table, create_engine, event
from sqlalchemy.dialects import postgresql, sqlite

from itsmkit.errors import DefinitionError
from itsmkit_sql._faults import translated
from itsmkit_sql._url import Address
from itsmkit_sql.errors import DatabaseError

__all__ = ["Database", "Insert", "Writing"]

Insert = postgresql.Insert | sqlite.Insert

_BEGIN = "itsmkit_begin"
_OLDEST_SQLITE = (3, 37, 0)  # the first with STRICT tables

_left_to_parents: list[Pool] = []
"""Connections that a forked process has inherited. They are its parent's: not even to be closed here."""


class Database:
    """
    A database and the pool of its connections. Fit for use by several threads, and after a fork.

    Single statements that read run by themselves. What reads by several statements sees one state. What
    writes is alone among the writers of an SQLite file from its beginning on; in PostgreSQL, rows are locked
    as they are written.

    Args:
        address: Where it is.

    Raises:
        DefinitionError: If its driver is missing or too old.
    """

    def __init__(self, address: Address) -> None:
        self.address = address
        self._process = os.getpid()
        # Writers of one process queue here, rather than by asking SQLite again and again.
        self._turn = Lock() if address.is_sqlite else None
        self._engine = _sqlite(address) if address.is_sqlite else _postgresql(address)
        if address.is_sqlite:
            self._reading = self._engine
            self._snapshot = self._engine.execution_options(**{_BEGIN: "BEGIN"})
            self._writing = self._engine.execution_options(**{_BEGIN: "BEGIN IMMEDIATE"})
        else:
            self._reading = self._engine.execution_options(isolation_level="AUTOCOMMIT")
            self._snapshot = self._engine.execution_options(isolation_level="REPEATABLE READ")
            # Each statement sees what is committed: after waiting for a lock, the newest version of the row.
            self._writing = self._engine.execution_options(isolation_level="READ COMMITTED")

    def insert(self, table: Table) -> Insert:
        """Return an INSERT that can say what happens on a conflict."""
        return sqlite.insert(table) if self.address.is_sqlite else postgresql.insert(table)

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """Lend a connection for one statement that reads."""
        self._leave_to_parent()
        with translated(self.address), self._reading.connect() as connection:
            yield connection

    @contextmanager
    def snapshot(self) -> Iterator[Connection]:
        """Lend a connection on which several statements read one state."""
        self._leave_to_parent()
        with translated(self.address), self._snapshot.connect() as connection:
            yield connection

    @contextmanager
    def writing(self) -> Iterator[Connection]:
        """Lend a connection in a transaction, which is committed in the end, or undone by an exception."""
        transaction = self.begin()
        try:
            with translated(self.address):
                yield transaction.connection
        except BaseException:
            transaction.undo()
            raise
        transaction.commit()

    def begin(self) -> "Writing":
        """Begin a transaction that writes."""
        self._leave_to_parent()
        turn = self._turn
        if turn is not None and not turn.acquire(timeout=self.address.busy_seconds):
            raise DatabaseError(
                self.address.name,
                f"another thread has been writing for more than {self.address.busy_seconds:g} s",
                "end its unit of work first, or give it time with ?timeout=SECONDS in the URL",
            )
        try:
            with translated(self.address):
                connection = self._writing.connect()
                try:
                    return Writing(self, connection, connection.begin())
                except BaseException:
                    connection.close()
                    raise
        except BaseException:
            self.release()
            raise

    def release(self) -> None:
        """Let the next writer of this process have its turn."""
        if self._turn is not None:
            self._turn.release()

    def close(self) -> None:
        """Close the connections that nobody uses; those in use are closed when they are given back."""
        self._engine.dispose()

    def _leave_to_parent(self) -> None:
        """Begin with connections of one's own if this process was forked since."""
        if self._process != os.getpid():
            self._process = os.getpid()
            self._turn = None if self._turn is None else Lock()
            _left_to_parents.append(self._engine.pool)
            self._engine.dispose(close=False)


class Writing:
    """
    A transaction that writes. It ends once, by `commit` or by `undo`.

    Args:
        database: Where it takes place.
        connection: What its statements run on.
        transaction: What SQLAlchemy knows of it.
    """

    def __init__(self, database: Database, connection: Connection, transaction: RootTransaction) -> None:
        self._database = database
        self._transaction = transaction
        self.connection = connection

    def commit(self) -> None:
        """
        Save everything that was written.

        Raises:
            ConflictError: If the database has undone it in favour of another.
            DatabaseError: If it cannot be saved.
        """
        try:
            with translated(self._database.address), self.connection:
                self._transaction.commit()
        finally:
            self._database.release()

    def undo(self) -> None:
        """Undo everything that was written. A connection that is lost has done so already."""
        try:
            with translated(self._database.address), self.connection:
                self._transaction.rollback()
        finally:
            self._database.release()


def _sqlite(address: Address) -> Engine:
    import sqlite3  # noqa: PLC0415  # some Pythons are built without

    if sqlite3.sqlite_version_info < _OLDEST_SQLITE:
        oldest = ".".join(map(str, _OLDEST_SQLITE))
        problem = (
            f"{address.name}: this Python has SQLite {sqlite3.sqlite_version}, and {oldest} or newer is "
            "needed; use a newer Python"
        )
        raise DefinitionError(problem)
    engine = create_engine(address.url, connect_args={"timeout": address.busy_seconds}, hide_parameters=True)

    def prepare(connection: sqlite3.Connection, _record: object) -> None:
        connection.isolation_level = None  # the driver begins no transaction: `begin` does
        for pragma in ("foreign_keys = ON", f"synchronous = {address.synchronous}", "journal_mode = WAL"):
            connection.execute(f"PRAGMA {pragma}")

    def begin(connection: Connection) -> None:
        statement = connection.get_execution_options().get(_BEGIN)
        if statement is not None:
            connection.exec_driver_sql(statement)

    event.listen(engine, "connect", prepare)
    event.listen(engine, "begin", begin)
    return engine


def _postgresql(address: Address) -> Engine:
    try:
        return create_engine(address.url, pool_pre_ping=True, hide_parameters=True)
    except ModuleNotFoundError as error:
        problem = f"{address.name}: its driver is missing; pip install 'itsmkit-sql[postgresql]'"
        raise DefinitionError(problem) from error
