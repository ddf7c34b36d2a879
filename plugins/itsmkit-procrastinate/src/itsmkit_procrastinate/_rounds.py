"""The round of a job that runs what is due: one unit of work after the other, which leave few jobs."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

from attrs import define

__all__ = ["Round", "current_round", "round_of_job"]

_SECONDS_BETWEEN = 1.0
"""How long the units of a round leave it to one job to deliver for them."""


@define
class Round:
    """
    What the units of work of a round have left to jobs.

    Args:
        deferred_at: When a job to deliver was last deferred, by the clock of the process.
        is_owed: Whether one unit since then has not deferred another, so that one is due in the end.
    """

    deferred_at: float | None = None
    is_owed: bool = False

    def may_defer(self) -> bool:
        """Tell whether a unit is to defer a job that delivers. Otherwise the round does, in the end."""
        now = time.monotonic()
        if self.deferred_at is not None and now - self.deferred_at < _SECONDS_BETWEEN:
            self.is_owed = True
            return False
        self.deferred_at = now
        return True


_current: ContextVar[Round | None] = ContextVar("itsmkit_procrastinate_round", default=None)


def current_round() -> Round | None:
    """Return the round that this thread is in, if it is in one."""
    return _current.get()


@contextmanager
def round_of_job() -> Iterator[Round]:
    """Let what this thread does be a round."""
    token = _current.set(found := Round())
    try:
        yield found
    finally:
        _current.reset(token)
