"""A transaction that a host has begun, as the database of a store that takes part in it."""

from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from typing import Any

from sqlalchemy import Connection
from sqlalchemy.orm import Session, scoped_session

from itsmkit.errors import DefinitionError
from itsmkit.plugin.documents import Documents
from itsmkit_sql._database import insert_maker
from itsmkit_sql._direct import Statements, UsualStatements
from itsmkit_sql._engines import begin_reading, begin_writing
from itsmkit_sql._faults import translated
from itsmkit_sql._rows import Texts
from itsmkit_sql._url import Address

__all__ = ["Host", "JoinedDatabase"]

Host = Connection | Session | scoped_session[Any]
"""What a host does its own work with."""


class JoinedDatabase:
    """
    The transaction of a host. Fit for use by whom the connection or session is fit for.

    Nothing here commits, rolls back what the host has begun, or closes. What writes stands in a savepoint, so
    that it undoes itself alone when it fails; so does what reads in PostgreSQL, where one statement that
    fails would spoil the transaction.

    Args:
        address: Where it is.
        documents: The types of documents in it.
        host: The connection or session.
    """

    is_joined = True

    def __init__(self, address: Address, documents: Documents, host: Host) -> None:
        self.address = address
        self.texts = Texts(documents, address.name)
        self.insert = insert_maker(address)
        self.statements: Statements = UsualStatements()
        self._host = host

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """See `Database.reading`. What the host has not committed yet is seen, too."""
        with translated(self.address, is_joined=True):
            connection = self._connection()
            if self.address.is_sqlite:
                yield connection
            else:
                with connection.begin_nested():
                    yield connection

    @contextmanager
    def snapshot(self) -> Iterator[Connection]:
        """See `Database.snapshot`. It is of one state if the host's transaction reads one."""
        with translated(self.address, is_joined=True):
            connection = self._connection()
            if self.address.is_sqlite:
                begin_reading(connection, self.statements)
            yield connection

    @contextmanager
    def writing(self, *, durable: bool = True) -> Iterator[Connection]:  # noqa: ARG002  # the host commits
        """See `Database.writing`. It is committed when the host commits."""
        with translated(self.address, is_joined=True):
            connection = self._connection()
            if self.address.is_sqlite:
                # Otherwise the savepoint would be all that its driver has begun, and its end a commit.
                begin_writing(connection, self.statements)
            with connection.begin_nested():
                yield connection

    def taking_two(self) -> AbstractContextManager[None]:
        """See `Database.taking_two`. There is but one."""
        return nullcontext()

    def close(self) -> None:
        """See `Database.close`: what is the host's is left to it."""

    def _connection(self) -> Connection:
        """Return the host's connection. As ever, it begins a transaction if there is none yet."""
        host = self._host
        connection = host if isinstance(host, Connection) else host.connection()
        if _commits_by_itself(connection):
            problem = (
                f"{self.address.name}: the connection is in AUTOCOMMIT, and has no transaction to take part "
                "in; give one with another isolation level, or the engine"
            )
            raise DefinitionError(problem)
        return connection


def _commits_by_itself(connection: Connection) -> bool:
    if connection.dialect.name == "sqlite":
        return connection.get_execution_options().get("isolation_level") == "AUTOCOMMIT"
    driver = connection.connection.driver_connection
    return driver is not None and bool(driver.autocommit)
