"""How long to wait before something is tried again."""

from datetime import timedelta
from random import Random

__all__ = ["pause_after"]

_FIRST = timedelta(milliseconds=5)


def pause_after(conflicts: int, random: Random) -> timedelta:
    """
    Return how long a command waits that others came before: any time up to a bound that grows.

    Those that have met would meet again if all of them waited for the same time.

    Args:
        conflicts: How many conflicts it has met, 1 or more. The bound is 5 ms after the first, and twice as
            long after each further one.
        random: Where the time is drawn from.
    """
    return _FIRST * (1 << conflicts - 1) * random.random()
