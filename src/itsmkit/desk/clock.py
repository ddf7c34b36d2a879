"""Where a desk gets its time from, and how it lets some pass."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from time import sleep
from typing import TYPE_CHECKING

from attrs import frozen

from itsmkit._checks import utc
from itsmkit.errors import DefinitionError

if TYPE_CHECKING:
    from itsmkit.plugin import Store

__all__ = [
    "Clock",
    "ManualClock",
    "Pause",
    "SystemClock",
    "due_clock",
    "system_clock",
    "system_pause",
    "utc_clock",
]

Clock = Callable[[], datetime]
"""Returns the present instant, aware; never earlier than the one before."""

Pause = Callable[[timedelta], object]
"""Returns when a time has passed."""


def _machine_now() -> datetime:
    return datetime.now(UTC)


@frozen
class SystemClock:
    """
    The clock of a machine, which may differ from those of others that work on the same store.

    So a desk on it does what is due by the clock that they share, if the store has one: see `due_clock`.

    Args:
        source: What the machine takes for the present instant; aware. By default, the operating system.
    """

    source: Clock = _machine_now

    def __call__(self) -> datetime:
        """Return the present instant, in UTC."""
        instant = self.source()
        return instant if instant.tzinfo is UTC else utc(instant, "the time of the machine's clock")


system_clock = SystemClock()
"""Returns the present instant by the machine's clock, in UTC."""


def system_pause(span: timedelta) -> None:
    """Let the thread sleep for *span*."""
    sleep(span.total_seconds())


def utc_clock(clock: Clock) -> Clock:
    """
    Return *clock* showing UTC, whatever zone it shows by itself.

    Two instants of another zone would be compared by its wall clocks, which show one hour twice when they
    are set back. A naive instant raises `DefinitionError`.
    """
    if isinstance(clock, SystemClock):
        return clock

    def now() -> datetime:
        instant = clock()
        return instant if instant.tzinfo is UTC else utc(instant, "the time of the desk's clock")

    return now


def due_clock(clock: Clock, store: "Store") -> Clock:
    """
    Return the clock that says what is due on a desk: whose turn it is, and whose lease has ended.

    Machines that share the work of one store have clocks of their own. If one of them ran ahead, it would do
    what is not due yet, and take from the others what they still hold. So a desk on system time asks the
    clock that all of them share, if the store has one. What it records is told by its own clock all the same.

    Args:
        clock: The desk's. Any but a `SystemClock` was given to it on purpose, and is the only one it uses.
        store: Where the desk keeps its records.
    """
    if not isinstance(clock, SystemClock):
        return clock

    def now() -> datetime:
        shared = store.now()
        return clock() if shared is None else shared

    return now


class ManualClock:
    """
    A clock that stands still until it is moved: for tests, simulations and replays.

    Args:
        now: The instant that it shows first; aware.

    >>> clock = ManualClock(datetime(2026, 3, 2, 9, tzinfo=UTC))
    >>> clock.advance(timedelta(hours=2))
    >>> clock().isoformat()
    '2026-03-02T11:00:00+00:00'
    """

    def __init__(self, now: datetime) -> None:
        self._now = utc(now, "ManualClock.now")

    def __call__(self) -> datetime:
        """Return the instant that it shows, in UTC."""
        return self._now

    def set(self, now: datetime) -> None:
        """
        Move the clock to *now*.

        Raises:
            DefinitionError: If that is earlier than what it shows: desks rely on time not running back.
        """
        then = utc(now, "now")
        if then < self._now:
            problem = f"the clock shows {self._now}; it cannot be set back to {now}"
            raise DefinitionError(problem)
        self._now = then

    def advance(self, by: timedelta) -> None:
        """Move the clock on. Raises `DefinitionError` if *by* is negative."""
        self.set(self._now + by)
