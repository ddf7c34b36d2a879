"""
How a worker that waits learns that there is work.

PostgreSQL tells it: who set a timer or filled the outbox sends a notice when that is committed. A notice
within the transaction would let all commits wait for each other. One that gets lost, because its sender died
just before, costs the worker no more than the time it was willing to wait.

SQLite tells nobody. But it says whether any connection, of any process, has committed something, and a worker
asks now and then.
"""

import logging
import os
from collections import defaultdict
from collections.abc import AsyncIterable
from contextlib import ExitStack
from datetime import timedelta
from threading import Lock
from time import monotonic
from typing import Any, Protocol

from sqlalchemy import Connection, bindparam, func, select, text
from sqlalchemy.util import await_only

from itsmkit_sql._database import Database
from itsmkit_sql._tenants import Tenancy
from itsmkit_sql._turns import pause
from itsmkit_sql.errors import ConcurrentUnitError, DatabaseError

__all__ = ["CHANNEL", "Waking"]

CHANNEL = "itsmkit"
"""Where PostgreSQL tells of work; the payload is the tenant, or empty if its name does not fit."""

_TOO_LONG = 8000  # bytes
_LOOK_EVERY = 0.1  # seconds
# Nobody waits for the disk for the sake of a notice.
_NOTIFY = select(
    func.set_config("synchronous_commit", "off", True),  # only for this statement
    func.pg_notify(CHANNEL, bindparam("payload")),
)
_LOG = logging.getLogger("itsmkit.sql")

_left_to_parents: list[object] = []
"""Connections that a forked process has inherited; see `itsmkit_sql._database`."""


class Waking:
    """
    Wakes those who wait for work in a database. Fit for use by several threads, and after a fork.

    What comes while nobody waits is kept: whoever waits next returns at once.

    Args:
        database: Where the work comes in.
    """

    def __init__(self, database: Database) -> None:
        self._database = database
        self._process = os.getpid()
        self._lock = Lock()
        self._is_closed = False
        self._idle: defaultdict[str, list[_Ear]] = defaultdict(list)

    def notify(self, tenancy: Tenancy) -> None:
        """Tell those who wait that there may be work, which is committed, unless that is left to a host."""
        if self._database.address.is_sqlite or self._database.is_joined:
            return
        try:
            with self._database.reading() as connection:
                connection.execute(_NOTIFY, {"payload": _payload(tenancy)})
        except (ConcurrentUnitError, DatabaseError) as error:
            # What was asked for is done, and is not to be done again. Who waits finds it in time.
            _LOG.warning("those who wait for work were not told that there is some: %s", error)

    def wait(self, tenancy: Tenancy, timeout: timedelta) -> None:
        """See `Store.wait`. On the connection of a host nothing is heard, and the time just passes."""
        if self._database.is_joined:
            pause(max(timeout.total_seconds(), 0), is_async=self._database.address.is_async)
            return
        ear = self._taken(tenancy)
        if ear is None:
            ear = self._opened(tenancy)  # it may have come before this one listens
        else:
            try:
                ear.hear(max(timeout.total_seconds(), 0))
            except BaseException:
                ear.close()
                raise
        with self._lock:
            if not self._is_closed:
                self._idle[tenancy.name].append(ear)
                return
        ear.close()

    def close(self) -> None:
        """Close the connections of those who do not wait now; those who do close theirs when they end."""
        with self._lock:
            self._leave_to_parent()
            self._is_closed = True
            idle, self._idle = self._idle, defaultdict(list)
        for ears in idle.values():
            for ear in ears:
                ear.close()

    def _taken(self, tenancy: Tenancy) -> "_Ear | None":
        with self._lock:
            self._leave_to_parent()
            idle = self._idle[tenancy.name]
            return idle.pop() if idle else None

    def _leave_to_parent(self) -> None:
        if self._process != os.getpid():
            self._process = os.getpid()
            _left_to_parents.append(self._idle)
            self._idle = defaultdict(list)

    def _opened(self, tenancy: Tenancy) -> "_Ear":
        return _FileEar(self._database) if self._database.address.is_sqlite else _ServerEar(tenancy)


class _Ear(Protocol):
    """A connection that hears of work."""

    def hear(self, seconds: float) -> None:
        """Return when there may be work, or after some seconds."""

    def close(self) -> None:
        """Close the connection."""


def _own(stack: ExitStack, database: Database) -> tuple[Connection, Any]:
    """Lend a connection that is none of those which others wait for, with that of the driver."""
    connection = stack.enter_context(database.reading())
    driver = connection.connection.driver_connection
    connection.detach()
    return connection, driver


class _ServerEar:
    """Hears the notices of PostgreSQL for a tenant."""

    def __init__(self, tenancy: Tenancy) -> None:
        self._address = tenancy.database.address
        self._payloads = ("", _payload(tenancy))
        with ExitStack() as stack:
            self._connection, self._driver = _own(stack, tenancy.database)
            self._connection.execute(text(f"LISTEN {CHANNEL}"))
            self._stack = stack.pop_all()

    def hear(self, seconds: float) -> None:
        """See `_Ear.hear`."""
        end = monotonic() + seconds
        while (left := end - monotonic()) >= 0:
            try:
                notices = self._notices(left)
            except self._connection.dialect.loaded_dbapi.Error as error:
                problem = str(error).splitlines()[0].rstrip(". ;")
                way_out = "see whether the server runs, and wait again"
                self._connection.invalidate(error)  # it cannot be rolled back any more
                raise DatabaseError(self._address.name, problem, way_out) from error
            if any(notice.payload in self._payloads for notice in notices):
                return

    def _notices(self, seconds: float) -> list[Any]:
        """Return the first notices that come within some seconds."""
        notices = self._driver.notifies(timeout=seconds, stop_after=1)
        return await_only(_gathered(notices)) if self._address.is_async else [*notices]

    def close(self) -> None:
        """See `_Ear.close`."""
        self._stack.close()
        closing = self._driver.close()  # SQLAlchemy may let go of it, and leave it open
        if self._address.is_async:
            await_only(closing)


class _FileEar:
    """Sees whether anything was committed to a file."""

    def __init__(self, database: Database) -> None:
        with ExitStack() as stack:
            self._is_async = database.address.is_async
            self._connection, _ = _own(stack, database)
            self._seen = self._version()
            self._stack = stack.pop_all()

    def hear(self, seconds: float) -> None:
        """See `_Ear.hear`."""
        end = monotonic() + seconds
        while (version := self._version()) == self._seen and (left := end - monotonic()) > 0:
            pause(min(left, _LOOK_EVERY), is_async=self._is_async)
        self._seen = version

    def close(self) -> None:
        """See `_Ear.close`."""
        self._stack.close()

    def _version(self) -> int:
        version: int = self._connection.exec_driver_sql("PRAGMA data_version").scalar_one()
        return version


def _payload(tenancy: Tenancy) -> str:
    name = tenancy.name
    return "" if len(name.encode()) >= _TOO_LONG or "\0" in name else name


async def _gathered(notices: AsyncIterable[Any]) -> list[Any]:
    return [notice async for notice in notices]
