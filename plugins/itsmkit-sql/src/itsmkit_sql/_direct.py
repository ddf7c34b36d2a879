"""
The few statements that every command executes, and how a database executes them.

SQLAlchemy works out anew how each is written and what comes back, which takes longer than SQLite needs to
execute it, and is most of what a command on a file waits for. So these are worked out once there, and handed
to the driver as they are; but not where somebody listens to what is executed, who is to be told of each.
"""

import sqlite3
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager, suppress
from functools import lru_cache
from typing import Any, Protocol
from weakref import WeakKeyDictionary

from attrs import field, frozen
from sqlalchemy import Connection, Delete, Dialect, Insert, Select, Update
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.types import TypeEngine

from itsmkit_sql._faults import told_by_driver
from itsmkit_sql._schema import HeldAsText
from itsmkit_sql._url import Address

__all__ = [
    "Answer",
    "DirectStatements",
    "Given",
    "Statement",
    "Statements",
    "Transaction",
    "UsualStatements",
]

Statement = Select[Any] | Insert | Update | Delete
Given = dict[str, object] | Sequence[dict[str, object]]
"""What a statement is given: its values by name, or several such, all of the same names."""

Transaction = Callable[[Connection], AbstractContextManager[object]]
"""Begins a transaction on a connection, and ends it."""

_Conversion = Callable[[Any], Any]


class Answer(Protocol):
    """What a statement has come to."""

    @property
    def rowcount(self) -> int:
        """How many rows were changed; of a statement that returns rows, nothing is told."""

    def all(self) -> Sequence[Any]:
        """Return the rows, each with its values in the order of the columns."""


class Statements(Protocol):
    """How a database executes the statements of every command."""

    def execute(self, connection: Connection, statement: Statement, given: Given) -> Answer:
        """Execute a statement on a connection that the database has lent. *given* is not empty."""

    def begin(self, connection: Connection, text: str) -> None:
        """Execute what begins a transaction of SQLite."""

    def writing(self, connection: Connection, usual: Transaction) -> AbstractContextManager[object]:
        """Return a transaction that writes: *usual*, which SQLAlchemy begins and ends, or one like it."""


class UsualStatements:
    """Statements as SQLAlchemy executes them, on any database."""

    def execute(self, connection: Connection, statement: Statement, given: Given) -> Answer:
        """See `Statements.execute`."""
        return connection.execute(statement, given)

    def begin(self, connection: Connection, text: str) -> None:
        """See `Statements.begin`."""
        connection.exec_driver_sql(text)

    def writing(self, connection: Connection, usual: Transaction) -> AbstractContextManager[object]:
        """See `Statements.writing`."""
        return usual(connection)


@frozen
class DirectStatements:
    """
    Statements as the driver of SQLite executes them by itself, or SQLAlchemy where somebody listens.

    Whether somebody does is asked once for each connection that is lent, at its first statement.

    Args:
        address: Where the database is.
    """

    address: Address
    _lent: WeakKeyDictionary[Connection, sqlite3.Cursor | None] = field(
        factory=WeakKeyDictionary, init=False, repr=False
    )
    _usual = UsualStatements()

    def execute(self, connection: Connection, statement: Statement, given: Given) -> Answer:
        """See `Statements.execute`."""
        cursor = self._cursor(connection)
        if cursor is None:
            return self._usual.execute(connection, statement, given)
        rows = (given,) if isinstance(given, dict) else given
        ready = _ready(statement, connection.dialect, tuple(rows[0]))
        try:
            return ready.executed(cursor, rows)
        except sqlite3.Error as error:
            raise told_by_driver(self.address, error) from error

    def begin(self, connection: Connection, text: str) -> None:
        """See `Statements.begin`."""
        cursor = self._cursor(connection)
        if cursor is None:
            self._usual.begin(connection, text)
            return
        _begin(self.address, cursor, text)

    def writing(self, connection: Connection, usual: Transaction) -> AbstractContextManager[object]:
        """See `Statements.writing`."""
        cursor = self._cursor(connection)
        return usual(connection) if cursor is None else _Written(self.address, cursor)

    def _cursor(self, connection: Connection) -> sqlite3.Cursor | None:
        """Return what executes the statements on a connection; ``None`` if somebody listens to them."""
        try:
            return self._lent[connection]
        except KeyError:
            driver: Any = connection.connection.driver_connection
            found = self._lent[connection] = None if _is_listened_to(connection) else driver.cursor()
            return found


def _is_listened_to(connection: Connection) -> bool:
    engine = connection.engine
    heard, driven = engine.dispatch, engine.dialect.dispatch
    return bool(
        heard.before_cursor_execute
        or heard.after_cursor_execute
        or heard.before_execute
        or heard.after_execute
        or driven.do_execute
        or driven.do_executemany
        or heard.begin
        or heard.commit
        or heard.rollback
        or engine.echo
    )


def _begin(address: Address, cursor: sqlite3.Cursor, text: str) -> None:
    try:
        cursor.execute(text)
    except sqlite3.Error as error:
        raise told_by_driver(address, error) from error


@frozen
class _Written:
    """
    A transaction that writes, begun and ended by the driver.

    Args:
        address: Where the database is.
        cursor: Of the connection.
    """

    address: Address
    cursor: sqlite3.Cursor

    def __enter__(self) -> None:
        _begin(self.address, self.cursor, "BEGIN IMMEDIATE")

    def __exit__(self, raised: type[BaseException] | None, *_details: object) -> None:
        driver = self.cursor.connection
        if raised is not None:
            with suppress(sqlite3.ProgrammingError):  # it was closed by what was raised, and so it is undone
                driver.rollback()
            return
        try:
            driver.commit()
        except BaseException as error:
            driver.rollback()
            if isinstance(error, sqlite3.Error):
                raise told_by_driver(self.address, error) from error
            raise


@frozen
class _Executed:
    """An `Answer` that is there."""

    rowcount: int
    _rows: Sequence[Any]

    def all(self) -> Sequence[Any]:
        return self._rows


@frozen
class _Ready:
    """
    A statement as the driver takes it.

    Args:
        text: What it says.
        wanted: For each value in its order: its name, and how it is converted; without a name, itself.
        returned: How the values of a row that comes back are converted; empty if none does.
    """

    text: str
    wanted: Sequence[tuple[str | None, _Conversion | None, object]]
    returned: Sequence[_Conversion | None]

    def executed(self, cursor: sqlite3.Cursor, rows: Sequence[dict[str, object]]) -> _Executed:
        """Return what it comes to with each of some rows of values."""
        values = [
            [
                fixed
                if name is None
                else row[name]
                if convert is None or row[name] is None
                else convert(row[name])
                for name, convert, fixed in self.wanted
            ]
            for row in rows
        ]
        if len(values) == 1:
            cursor.execute(self.text, values[0])
        else:
            cursor.executemany(self.text, values)
        return _Executed(cursor.rowcount, self._converted(cursor.fetchall()) if self.returned else ())

    def _converted(self, rows: Sequence[Sequence[Any]]) -> Sequence[Any]:
        return [
            tuple(
                value if convert is None or value is None else convert(value)
                for value, convert in zip(row, self.returned, strict=True)
            )
            for row in rows
        ]


@lru_cache(maxsize=512)
def _ready(statement: Statement, dialect: Dialect, names: tuple[str, ...]) -> _Ready:
    """Return a statement as it is with values of some names, which to INSERT and UPDATE are columns."""
    compiled = statement.compile(dialect=dialect, column_keys=sorted(names))
    assert isinstance(compiled, SQLCompiler)  # noqa: S101  # it compiles what can be executed
    wanted = [_wanted(compiled, name, given=name in names) for name in compiled.positiontup or ()]
    return _Ready(
        compiled.string, wanted, [_way_out(each.type, dialect) for each in statement.exported_columns]
    )


def _wanted(
    compiled: SQLCompiler, name: str, *, given: bool
) -> tuple[str | None, _Conversion | None, object]:
    bind = compiled.binds[name]
    convert = _way_in(bind.type, compiled.dialect)
    if given:
        return name, convert, None
    value = bind.effective_value
    return None, None, value if convert is None or value is None else convert(value)


def _way_in(of: TypeEngine[Any], dialect: Dialect) -> _Conversion | None:
    """Return what turns a value of a type, but not ``None``, into what the driver takes."""
    return of.in_sqlite if isinstance(of, HeldAsText) else of.dialect_impl(dialect).bind_processor(dialect)


def _way_out(of: TypeEngine[Any], dialect: Dialect) -> _Conversion | None:
    """Return what turns what the driver gives into a value of a type."""
    if isinstance(of, HeldAsText):
        return of.from_sqlite
    return of.dialect_impl(dialect).result_processor(dialect, None)
