"""How long to wait before something is tried again."""

from datetime import timedelta
from random import Random

__all__ = ["growing_pause", "pause_after"]

_FIRST = timedelta(milliseconds=5)

_JITTER = 0.25
"""By which part a growing pause may be shorter, so that what failed together does not come back together."""

_MOST_DOUBLED = 30
"""Further on, a pause has reached any bound there is."""


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


def growing_pause(tries: int, first: timedelta, longest: timedelta, random: Random) -> timedelta:
    """
    Return how long to wait before what has failed is tried again.

    Args:
        tries: How often it was tried, 1 or more.
        first: The pause after the first try; after each one more it is twice as long, but for the part by
            which it is shorter at random.
        longest: Where it grows no more.
        random: Where that part is drawn from.
    """
    grown = min(longest, first * (1 << min(tries - 1, _MOST_DOUBLED)))
    return grown * (1 - _JITTER * random.random())
