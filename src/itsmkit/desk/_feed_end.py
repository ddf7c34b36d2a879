"""Where a feed ends at present, for whoever reads on from there."""

from collections.abc import Callable, Sequence

__all__ = ["end_of"]


def end_of(read: Callable[..., Sequence[object]]) -> int:
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
