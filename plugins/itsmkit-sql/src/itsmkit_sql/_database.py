"""A database as the store uses it: how it is read, and how a transaction that writes begins and ends."""

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from threading import Lock

from sqlalchemy import Connection, Engine, Pool, Table, create_engine, event, text
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.engine.interfaces import DBAPIConnection

from itsmkit.errors import DefinitionError
from itsmkit.plugin.documents import Documents
from itsmkit_sql._faults import translated
from itsmkit_sql._rows import Texts
from itsmkit_sql._url import Address
from itsmkit_sql.errors import DatabaseError

__all__ = ["Database", "Insert", "InsertMaker"]

Insert = postgresql.Insert | sqlite.Insert
InsertMaker = Callable[[Table], Insert]
"""Makes an INSERT that can say what happens on a conflict. Statements are made once for each, and kept."""

_BEGIN = "itsmkit_begin"
_NOT_DURABLE = text("SET LOCAL synchronous_commit = off")
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
        documents: The types of documents in it.

    Raises:
        DefinitionError: If its driver is missing or too old.
    """

    is_joined = False

    def __init__(self, address: Address, documents: Documents) -> None:
        self.address = address
        self.texts = Texts(documents, address.name)
        self.insert: InsertMaker = sqlite.insert if address.is_sqlite else postgresql.insert
        self._process = os.getpid()
        # Writers of one process queue here, rather than by asking SQLite again and again.
        self._turn = Lock() if address.is_sqlite else None
        if address.is_sqlite:
            engine, passing = _sqlite(address, address.synchronous), _sqlite(address, "normal")
            self._engines: tuple[Engine, ...] = (engine, passing)
            self._reading = engine
            self._snapshot = engine.execution_options(**{_BEGIN: "BEGIN"})
            self._writing = engine.execution_options(**{_BEGIN: "BEGIN IMMEDIATE"})
            self._passing = passing.execution_options(**{_BEGIN: "BEGIN IMMEDIATE"})
        else:
            engine = _postgresql(address)
            self._engines = (engine,)
            self._reading = engine.execution_options(isolation_level="AUTOCOMMIT")
            self._snapshot = engine.execution_options(isolation_level="REPEATABLE READ")
            # Each statement sees what is committed: after waiting for a lock, the newest version of the row.
            self._writing = self._passing = engine.execution_options(isolation_level="READ COMMITTED")

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
    def writing(self, *, durable: bool = True) -> Iterator[Connection]:
        """
        Lend a connection in a transaction, which is committed in the end, or undone by an exception.

        Args:
            durable: Whether it is on the disk when it is committed. If not, it is together with the next that
                is: a machine that loses power before loses it.
        """
        self._leave_to_parent()
        engine = self._writing if durable else self._passing
        with self._turn_taken(), translated(self.address), engine.connect() as connection, connection.begin():
            if not (durable or self.address.is_sqlite):
                connection.execute(_NOT_DURABLE)
            yield connection

    def close(self) -> None:
        """Close the connections that nobody uses; those in use are closed when they are given back."""
        for engine in self._engines:
            engine.dispose()

    @contextmanager
    def _turn_taken(self) -> Iterator[None]:
        """Wait until no other thread of this process writes the file."""
        turn = self._turn
        if turn is None:
            yield
        elif turn.acquire(timeout=self.address.busy_seconds):
            try:
                yield
            finally:
                turn.release()
        else:
            raise DatabaseError(
                self.address.name,
                f"another thread has been writing for more than {self.address.busy_seconds:g} s",
                "end its unit of work first, or give it time with ?timeout=SECONDS in the URL",
            )

    def _leave_to_parent(self) -> None:
        """Begin with connections of one's own if this process was forked since."""
        if self._process != os.getpid():
            self._process = os.getpid()
            self._turn = None if self._turn is None else Lock()
            for engine in self._engines:
                _left_to_parents.append(engine.pool)
                engine.dispose(close=False)


def _sqlite(address: Address, synchronous: str) -> Engine:
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
        for pragma in ("foreign_keys = ON", f"synchronous = {synchronous}", "journal_mode = WAL"):
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
        engine = create_engine(address.url, pool_pre_ping=True, hide_parameters=True)
    except ModuleNotFoundError as error:
        problem = f"{address.name}: its driver is missing; pip install 'itsmkit-sql[postgresql]'"
        raise DefinitionError(problem) from error

    def prepare(connection: DBAPIConnection, _record: object) -> None:
        # In a zone east of it, the last instants are of a year that Python does not know.
        connection.cursor().execute("SET TIME ZONE 'UTC'")
        # It compiles a condition of thousands of parts for minutes, and cannot be stopped meanwhile.
        connection.cursor().execute("SET jit = off")
        connection.commit()

    event.listen(engine, "connect", prepare)
    return engine
