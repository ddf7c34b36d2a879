"""A feed, of which somebody has read everything, and reads on from there."""

from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from typing import Any, Generic, TypeVar

from attrs import define, field

from itsmkit.desk._configuration import NewLock
from itsmkit.plugin import PositionedEvent, RecordEvent
from itsmkit.plugin.queries import MAX_PAGE
from itsmkit.tickets import TicketEvent

__all__ = ["FollowedFeed", "end_of"]

E = TypeVar("E", TicketEvent, RecordEvent)


@define(eq=False)
class FollowedFeed(Generic[E]):
    """
    Where somebody stands in a feed who keeps in memory what follows from all of it.

    Args:
        read: Reads the feed, such as `Store.events`.
        new_lock: Makes the lock under which what is kept is read and brought up to date: see *lock*.
    """

    _read: Callable[..., Sequence[PositionedEvent[E]]]
    _new_lock: NewLock
    lock: AbstractContextManager[object] = field(init=False)
    _position: int | None = field(default=None, init=False)

    @lock.default
    def _own_lock(self) -> AbstractContextManager[object]:
        return self._new_lock()

    def follow(self, begin: Callable[[], object], take: Callable[[Sequence[E]], object]) -> None:
        """
        Bring up to date what is kept, under the lock. If nothing is new, it costs one look into the feed.

        If either raises, it is asked again the next time, for the same and what has come since.

        Args:
            begin: Reads all that there is: asked first. What happens meanwhile is news by then.
            take: Takes what is new, in its order, if anything is.
        """
        if self._position is None:
            end = end_of(self._read)
            begin()
            self._position = end
        position, news = self._position, list[E]()
        while page := self._read(after=position, limit=MAX_PAGE):
            position = page[-1].position
            news += (each.event for each in page)
        if news:
            take(news)
        self._position = position


def end_of(read: Callable[..., Sequence[Any]]) -> int:
    """
    Return a position behind which a feed has nothing yet, found by halving; 0 if it is empty.

    Args:
        read: Reads the feed, such as `Store.record_events`.
    """
    if not read(after=0, limit=1):
        return 0
    beyond = 1
    while read(after=beyond, limit=1):
        beyond *= 2
    within = beyond // 2
    while beyond - within > 1:
        middle = (within + beyond) // 2
        if read(after=middle, limit=1):
            within = middle
        else:
            beyond = middle
    return beyond
