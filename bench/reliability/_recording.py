"""
The statements that a piece of work sends to a database, to be sent again without the work around them.

They are recorded twice: as SQLAlchemy Core has them, and as the driver gets them. So a command of a desk can
be set beside the same statements in the same transactions, written down by hand.
"""

import sqlite3
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import psycopg
from attrs import define, field
from sqlalchemy import Connection, Engine, create_engine, event, make_url

__all__ = ["Group", "by_core", "by_driver", "engine_for", "recorded"]

_PRAGMAS = ("foreign_keys = ON", "synchronous = full", "journal_mode = WAL")


@define
class Group:
    """
    The statements of one transaction.

    Args:
        core: The statements with their parameters, as Core has them.
        driver: The same, as the driver gets them, and whether many rows of parameters came at once.
        is_saved: Whether the transaction was committed; one that was not has only read.
    """

    core: list[tuple[Any, Any]] = field(factory=list)
    driver: list[tuple[str, Any, bool]] = field(factory=list)
    is_saved: bool = False


class _Recorder:
    """What listens to an engine; each method is called as the event that it hears."""

    def __init__(self) -> None:
        self.groups: list[Group] = []
        self._open: dict[int, Group] = {}

    def _of(self, connection: Connection) -> Group:
        """Return the group that a connection is in; a transaction begins with its first statement."""
        group = self._open.get(id(connection))
        if group is None:
            self._open[id(connection)] = group = Group()
            self.groups.append(group)
        return group

    def before_execute(
        self, connection: Connection, clause: object, many: Any, one: Any, _options: object
    ) -> None:
        self._of(connection).core.append((clause, many or one or None))

    def before_cursor_execute(
        self,
        connection: Connection,
        _cursor: object,
        statement: str,
        parameters: Any,
        _context: object,
        many: bool,  # as the event has it
    ) -> None:
        if not statement.startswith("BEGIN"):
            self._of(connection).driver.append((statement, parameters, many))

    def commit(self, connection: Connection) -> None:
        self._of(connection).is_saved = True
        del self._open[id(connection)]

    def rollback(self, connection: Connection) -> None:
        self._open.pop(id(connection), None)


@contextmanager
def recorded(engine: Engine) -> Iterator[list[Group]]:
    """
    Record what an engine sends, in the order in which transactions begin.

    An engine that was ever listened to is slower from then on. So it is to be none of those that are timed.
    """
    recorder = _Recorder()
    names = ("before_execute", "before_cursor_execute", "commit", "rollback")
    listeners = [(name, getattr(recorder, name)) for name in names]
    for name, listener in listeners:
        event.listen(engine, name, listener)
    try:
        yield recorder.groups
    finally:
        for name, listener in listeners:
            event.remove(engine, name, listener)
        recorder.groups[:] = [group for group in recorder.groups if group.driver]


@contextmanager
def engine_for(url: str) -> Iterator[Engine]:
    """Lend an engine that is set up as a store sets up its own."""
    engine = create_engine(url)
    if url.startswith("sqlite"):

        def connect(connection: sqlite3.Connection, _record: object) -> None:
            connection.isolation_level = None
            for pragma in _PRAGMAS:
                connection.execute(f"PRAGMA {pragma}")

        event.listen(engine, "connect", connect)
    yield engine
    engine.dispose()


@contextmanager
def by_core(url: str) -> Iterator[Callable[[Sequence[Group]], None]]:
    """Lend what sends groups by SQLAlchemy Core, as one would write it by hand."""
    is_sqlite = url.startswith("sqlite")
    with engine_for(url) as engine:
        reading = engine if is_sqlite else engine.execution_options(isolation_level="AUTOCOMMIT")

        def send(groups: Sequence[Group]) -> None:
            for group in groups:
                if group.is_saved:
                    with engine.begin() as connection:
                        if is_sqlite:
                            connection.exec_driver_sql("BEGIN IMMEDIATE")
                        for statement, parameters in group.core:
                            _read(connection.execute(statement, parameters))
                else:
                    with reading.connect() as connection:
                        for statement, parameters in group.core:
                            _read(connection.execute(statement, parameters))

        yield send


def _read(result: Any) -> None:
    if result.returns_rows:
        result.fetchall()


@contextmanager
def by_driver(url: str) -> Iterator[Callable[[Sequence[Group]], None]]:
    """Lend what sends groups by the bare driver."""
    if url.startswith("sqlite"):
        connection: Any = sqlite3.connect(url.removeprefix("sqlite:///"), isolation_level=None)
        for pragma in _PRAGMAS:
            connection.execute(f"PRAGMA {pragma}")
        begin, end = "BEGIN IMMEDIATE", "COMMIT"
    else:
        plain = make_url(url).set(drivername="postgresql").render_as_string(hide_password=False)
        connection = psycopg.connect(plain, autocommit=True)
        begin, end = "BEGIN", "COMMIT"
    cursor = connection.cursor()

    def send(groups: Sequence[Group]) -> None:
        for group in groups:
            if group.is_saved:
                cursor.execute(begin)
            for statement, parameters, many in group.driver:
                (cursor.executemany if many else cursor.execute)(statement, parameters)
                if cursor.description is not None and not many:
                    cursor.fetchall()
            if group.is_saved:
                cursor.execute(end)

    yield send
    connection.close()
