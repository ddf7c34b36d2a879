"""A database as the store uses it: how it is read, and how a transaction that writes begins and ends."""

import os
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from functools import partial
from typing import Protocol

from sqlalchemy import Connection, Pool, Table, event, text
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.exc import DBAPIError
from sqlalchemy.pool import ConnectionPoolEntry

from itsmkit.plugin.documents import Documents
from itsmkit_sql._direct import DirectStatements, Statements, UsualStatements
from itsmkit_sql._engines import Engines, begin_reading, begin_writing, connected, own_engines
from itsmkit_sql._faults import lost_at_commit, no_connection_came_back, others_go_on_writing, translated
from itsmkit_sql._rows import Texts
from itsmkit_sql._turns import TaskTurn, ThreadTurn, Turn
from itsmkit_sql._url import Address

__all__ = ["Database", "Insert", "InsertMaker", "PooledDatabase", "insert_maker"]

Insert = postgresql.Insert | sqlite.Insert
InsertMaker = Callable[[Table], Insert]
"""Makes an INSERT that can say what happens on a conflict. Statements are made once for each, and kept."""

_NOT_DURABLE = text("SET LOCAL synchronous_commit = off")

_left_to_parents: list[Pool] = []
"""Connections that a forked process has inherited. They are its parent's: not even to be closed here."""


class Database(Protocol):
    """
    A database, and how it is read and written.

    Attributes:
        address: Where it is.
        texts: What turns values into documents and back.
        insert: Makes statements that insert.
        statements: How the statements of every command are executed.
        is_joined: Whether all happens in a transaction of the host's. Then nothing is kept in the process:
            the host may still take back what was read or written.
    """

    address: Address
    texts: Texts
    insert: InsertMaker
    statements: Statements
    is_joined: bool

    def reading(self) -> AbstractContextManager[Connection]:
        """Lend a connection for one statement that reads."""

    def snapshot(self) -> AbstractContextManager[Connection]:
        """Lend a connection on which several statements read one state."""

    def writing(self, *, durable: bool = True) -> AbstractContextManager[Connection]:
        """
        Lend a connection in a transaction, which is committed in the end, or undone by an exception.

        Args:
            durable: Whether it is on the disk when it is committed. If not, it is together with the next that
                is: a machine that loses power before loses it.
        """

    def taking_two(self) -> AbstractContextManager[None]:
        """Be the only one of this process that takes two connections at once."""

    def close(self) -> None:
        """Close the connections that nobody uses; those in use are closed when they are given back."""


class PooledDatabase:
    """
    A database and the pool of its connections. Fit for use by several threads, and after a fork.

    Single statements that read run by themselves. What reads by several statements sees one state. What
    writes is alone among the writers of an SQLite file from its beginning on; in PostgreSQL, rows are locked
    as they are written.

    Args:
        address: Where it is.
        documents: The types of documents in it.
        engines: The engines that a host lends; by default, new ones of its own.

    Raises:
        DefinitionError: If its driver is missing or too old.
    """

    is_joined = False

    def __init__(self, address: Address, documents: Documents, engines: Engines | None = None) -> None:
        self.address = address
        self.texts = Texts(documents, address.name)
        self.insert = insert_maker(address)
        is_ours = engines is None and address.is_sqlite and not address.is_async
        self.statements: Statements = DirectStatements(address) if is_ours else UsualStatements()
        self._process = os.getpid()
        self._begin_turns()
        ways = own_engines(address) if engines is None else engines
        self._engines = ways.owned
        self._reading, self._snapshot = ways.reading, ways.snapshot
        self._writing, self._passing = ways.writing, ways.passing

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """See `Database.reading`."""
        self._leave_to_parent()
        with translated(self.address), connected(self._reading) as connection:
            yield connection

    @contextmanager
    def snapshot(self) -> Iterator[Connection]:
        """See `Database.snapshot`."""
        self._leave_to_parent()
        with translated(self.address), connected(self._snapshot) as connection:
            if self.address.is_sqlite:
                begin_reading(connection, self.statements)
            yield connection

    @contextmanager
    def writing(self, *, durable: bool = True) -> Iterator[Connection]:
        """See `Database.writing`."""
        self._leave_to_parent()
        engine = self._writing if durable else self._passing
        usual = partial(self._transaction, durable=durable)
        with (
            self._writing_alone(),
            translated(self.address),
            connected(engine) as connection,
            self.statements.writing(connection, usual),
        ):
            yield connection

    @contextmanager
    def _transaction(self, connection: Connection, *, durable: bool) -> Iterator[None]:
        is_written = False
        try:
            with connection.begin():
                if self.address.is_sqlite:
                    begin_writing(connection, self.statements)
                elif not durable:
                    connection.execute(_NOT_DURABLE)
                yield
                is_written = True
        except DBAPIError as error:
            if is_written and error.connection_invalidated:
                raise lost_at_commit(self.address, error) from error
            raise

    def taking_two(self) -> AbstractContextManager[None]:
        """See `Database.taking_two`."""
        return self._second.had(self.address.busy_seconds, partial(no_connection_came_back, self.address))

    def close(self) -> None:
        """See `Database.close`. The engines of a host are left to it."""
        self._leave_to_parent()
        for engine in self._engines:
            event.listen(engine.pool, "checkin", _closed_instead)
            engine.dispose()

    def _begin_turns(self) -> None:
        new = TaskTurn if self.address.is_async else ThreadTurn
        # The writers of one process queue here, rather than by asking SQLite again and again.
        self._turn: Turn | None = new() if self.address.is_sqlite else None
        self._second: Turn = new()

    def _writing_alone(self) -> AbstractContextManager[None]:
        """Return what waits until no other thread, or task, of this process writes the file."""
        if self._turn is None:
            return nullcontext()
        return self._turn.had(self.address.busy_seconds, partial(others_go_on_writing, self.address))

    def _leave_to_parent(self) -> None:
        """Begin with connections of one's own if this process was forked since."""
        if self._process != os.getpid():
            self._begin_turns()
            for engine in self._engines:
                _left_to_parents.append(engine.pool)
                engine.dispose(close=False)
            self._process = os.getpid()  # last: until then, other threads do so themselves


def _closed_instead(_connection: object, record: ConnectionPoolEntry) -> None:
    """Close a connection that is given back after its store was closed."""
    record.close()


def insert_maker(address: Address) -> InsertMaker:
    """Return what makes statements that insert for a database."""
    return sqlite.insert if address.is_sqlite else postgresql.insert
