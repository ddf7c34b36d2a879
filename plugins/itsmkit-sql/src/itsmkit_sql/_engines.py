"""The engines of a database: of the store's own, or of a host that lends them."""

import selectors
from collections.abc import Iterator
from contextlib import contextmanager
from time import monotonic
from typing import Any, Protocol

from attrs import evolve, frozen
from sqlalchemy import Connection, Engine, StaticPool, create_engine, event, update
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.exc import InvalidatePoolError, OperationalError
from sqlalchemy.pool import ConnectionPoolEntry, SingletonThreadPool

from itsmkit.errors import DefinitionError
from itsmkit_sql._direct import Statements
from itsmkit_sql._pool import LivingPool
from itsmkit_sql._schema import schema_version
from itsmkit_sql._url import Address

__all__ = [
    "Engines",
    "begin_reading",
    "begin_writing",
    "connected",
    "is_in_transaction",
    "lent_engines",
    "own_engines",
]

_ISOLATION = "itsmkit_isolation"
_LENT = "itsmkit: lent"
_TRUSTED_SECONDS = 30
"""How long a silent connection is taken to live. What lies between may drop it later, and tell nobody."""

_PAGES_AHEAD = 4000
"""
How many pages the log of SQLite holds, 16 MB, before some command copies them into the file.

Most commands write the same pages anew, and each is copied once: the longer the log, the less is copied.
"""

_Selector = getattr(selectors, "PollSelector", selectors.DefaultSelector)  # the quickest for one connection
_OLDEST_SQLITE = (3, 37, 0)  # the first with STRICT tables
_TOUCH = update(schema_version).where(schema_version.c.id == 0).values(version=schema_version.c.version)


@frozen
class Engines:
    """
    The ways in which a database is worked on.

    Args:
        reading: For single statements that read.
        snapshot: For several statements that read one state.
        writing: For transactions that write.
        passing: For transactions that need not be on the disk at once.
        owned: Those that are closed with the store; none if a host has lent them.
    """

    reading: Engine
    snapshot: Engine
    writing: Engine
    passing: Engine
    owned: tuple[Engine, ...]


def own_engines(address: Address) -> Engines:
    """
    Return new engines for a database.

    Raises:
        DefinitionError: If its driver is missing or too old.
    """
    if address.is_sqlite:
        engine, passing = _sqlite(address, address.synchronous), _sqlite(address, "normal")
        # What writes can be listened to by itself.
        return Engines(engine, engine, engine.execution_options(), passing, (engine, passing))
    engine = _postgresql(address)
    return evolve(_with_isolation(engine), owned=(engine,))


def lent_engines(engine: Engine) -> Engines:
    """
    Return the engines for a database of which a host lends one. How it connects is left to the host.

    Raises:
        DefinitionError: If it does not keep what several connections write.
    """
    if engine.dialect.name != "sqlite":
        return _with_isolation(engine)
    if isinstance(engine.pool, StaticPool | SingletonThreadPool):
        problem = (
            "the engine has one connection for all, or for each thread, as SQLite has in memory, and a store "
            "needs several; name a file, or let it take part in the transaction of a connection"
        )
        raise DefinitionError(problem)
    return Engines(engine, engine, engine, engine, ())


def is_in_transaction(connection: Connection) -> bool:
    """Tell whether the driver of SQLite has begun a transaction, rather than SQLAlchemy alone."""
    driver = connection.connection.driver_connection
    return driver is not None and driver.in_transaction


def begin_reading(connection: Connection, statements: Statements) -> None:
    """Let all that is read on a connection to SQLite be of one state."""
    _begin(connection)
    if not is_in_transaction(connection):
        statements.begin(connection, "BEGIN")


def begin_writing(connection: Connection, statements: Statements) -> None:
    """
    Be alone among the writers of a file of SQLite until the transaction ends.

    Who reads first and writes later could find that another has written meanwhile.
    """
    _begin(connection)
    if not is_in_transaction(connection):
        statements.begin(connection, "BEGIN IMMEDIATE")
        return
    try:
        connection.execute(_TOUCH)  # of no row: the lock is all that it is for
    except OperationalError as error:
        if "no such table" not in str(error.orig):  # then the tables are about to be made
            raise


def _begin(connection: Connection) -> None:
    """Let SQLAlchemy begin first: a host may have told it to begin with the driver, too."""
    if not connection.in_transaction():
        connection.begin()


def _with_isolation(engine: Engine) -> Engines:
    # Each statement sees what is committed: after waiting for a lock, the newest version of the row.
    writing = engine.execution_options(**{_ISOLATION: "READ COMMITTED"})
    return Engines(
        engine.execution_options(**{_ISOLATION: "AUTOCOMMIT"}),
        engine.execution_options(**{_ISOLATION: "REPEATABLE READ"}),
        writing,
        writing,
        (),
    )


class _PragmaConnection(Protocol):
    """What is asked of a new connection to SQLite, be it asynchronous or not."""

    isolation_level: str | None

    def execute(self, statement: str, /) -> object: ...

    def close(self) -> object: ...


def _sqlite(address: Address, synchronous: str) -> Engine:
    import sqlite3  # noqa: PLC0415  # some Pythons are built without

    if sqlite3.sqlite_version_info < _OLDEST_SQLITE:
        oldest = ".".join(map(str, _OLDEST_SQLITE))
        problem = (
            f"{address.name}: this Python has SQLite {sqlite3.sqlite_version}, and {oldest} or newer is "
            "needed; use a newer Python"
        )
        raise DefinitionError(problem)
    engine = _made(address, connect_args={"timeout": address.busy_seconds})

    def prepare(connection: _PragmaConnection, _record: object) -> None:
        with _closed_if_interrupted(connection):
            connection.isolation_level = None  # the driver begins no transaction: the store does
            for pragma in (
                "foreign_keys = ON",
                f"synchronous = {synchronous}",
                "journal_mode = WAL",
                f"wal_autocheckpoint = {_PAGES_AHEAD}",
            ):
                connection.execute(f"PRAGMA {pragma}")

    event.listen(engine, "connect", prepare)
    return engine


@contextmanager
def connected(engine: Engine) -> Iterator[Connection]:
    """
    Lend a connection with the isolation of an engine of ours.

    It is isolated when it is lent already, not while it is: what an engine by itself would do before it gives
    a connection away may be interrupted, and then nobody gives it back.
    """
    with engine.connect() as connection:
        isolation = connection.get_execution_options().get(_ISOLATION)
        if isolation is not None:
            connection.execution_options(isolation_level=isolation)
        yield connection


@contextmanager
def _closed_if_interrupted(connection: DBAPIConnection | _PragmaConnection) -> Iterator[None]:
    """Close a new connection if it cannot be prepared: no pool knows it yet, and nobody else would."""
    try:
        yield
    except BaseException:
        connection.close()
        raise


def _postgresql(address: Address) -> Engine:
    engine = _made(address)

    def prepare(connection: DBAPIConnection, _record: object) -> None:
        with _closed_if_interrupted(connection):
            # In a zone east of it, the last instants are of a year that Python does not know.
            connection.cursor().execute("SET TIME ZONE 'UTC'")
            # It compiles a condition of thousands of parts for minutes, and cannot be stopped meanwhile.
            connection.cursor().execute("SET jit = off")
            connection.commit()

    def check(connection: DBAPIConnection, record: ConnectionPoolEntry, _fairy: object) -> None:
        # It is told when it is lent, not when it is given back: an interruption of who notes that would leave
        # a connection that is nobody's.
        now = monotonic()
        lent = record.info.get(_LENT)
        record.info[_LENT] = now
        if lent is None:  # it is new
            return
        if now - lent > _TRUSTED_SECONDS or _has_news(record.driver_connection):
            try:
                engine.dialect.do_ping(connection)
            except engine.dialect.loaded_dbapi.Error as error:
                raise InvalidatePoolError(error) from error  # the pool connects anew

    event.listen(engine, "connect", prepare)
    event.listen(engine, "checkout", check)
    return engine


def _has_news(connection: Any) -> bool:
    """
    Tell whether the server has said something while nothing was asked, such as that it ends the connection.

    So a connection that was closed is seen without a question to the server before each statement.
    """
    with _Selector() as selector:
        selector.register(connection.fileno(), selectors.EVENT_READ)
        return bool(selector.select(0))


def _made(address: Address, **options: object) -> Engine:
    try:
        if not address.is_async:
            return create_engine(address.url, hide_parameters=True, poolclass=LivingPool, **options)
        from sqlalchemy.ext.asyncio import create_async_engine  # noqa: PLC0415  # only who awaits needs it

        return create_async_engine(address.url, hide_parameters=True, **options).sync_engine
    except ModuleNotFoundError as error:
        extra = "async" if address.is_sqlite else "postgresql"
        problem = f"{address.name}: its driver is missing; pip install 'itsmkit-sql[{extra}]'"
        raise DefinitionError(problem) from error
