"""A pool of connections in which none is lost."""

from collections.abc import Callable
from typing import Any
from weakref import WeakSet

from sqlalchemy import QueuePool
from sqlalchemy.exc import TimeoutError as PoolTimeoutError
from sqlalchemy.pool import ConnectionPoolEntry
from sqlalchemy.pool.base import _ConnectionRecord
from sqlalchemy.util.queue import Empty, Full

__all__ = ["LivingPool"]


class LivingPool(QueuePool):
    """
    A pool that counts the connections that there are, rather than how many were lent and given back.

    An interruption may come between any two steps of who lends a connection or gives it back, and leave one
    that is nobody's. It is closed when it is collected, as all that nobody holds; and since it is no more, it
    takes no place here.

    Args:
        creator: Makes a connection.
        options: As for `QueuePool`.
    """

    _sqla_logger_namespace = "sqlalchemy.pool.LivingPool"  # where those are who listen to pools

    def __init__(self, creator: Callable[..., Any], **options: Any) -> None:
        self._living: WeakSet[ConnectionPoolEntry] = WeakSet()
        super().__init__(creator, **options)

    def checkedout(self) -> int:
        """Return how many are lent."""
        return len(self._living) - self.checkedin()

    def overflow(self) -> int:
        """Return how many more there are than stay."""
        return len(self._living) - self.size()

    def _do_get(self) -> ConnectionPoolEntry:
        """Return one that is here, or else a new one, or else the next that is given back."""
        for is_waiting in (False, True):
            try:
                return self._pool.get(is_waiting, self._timeout)
            except Empty:
                entry = self._another()
            if entry is not None:
                return entry
        problem = f"none of {len(self._living)} connections came back within {self._timeout:g} s"
        raise PoolTimeoutError(problem)

    def _another(self) -> ConnectionPoolEntry | None:
        """Return a place of a new connection, which is made when it is lent; ``None`` if there is no room."""
        with self._overflow_lock:
            if len(self._living) >= self.size() + self._max_overflow:
                return None
            entry = _ConnectionRecord(self, connect=False)
            self._living.add(entry)
            return entry

    def _do_return_conn(self, record: ConnectionPoolEntry) -> None:
        try:
            self._pool.put(record, False)
        except Full:
            record.close()
            self._living.discard(record)
