"""Percentiles of durations, exactly, in the definition that spreadsheets and numpy use."""

from collections.abc import Sequence
from datetime import timedelta

from itsmkit.errors import DefinitionError

__all__ = ["percentile"]


def percentile(ordered: Sequence[timedelta], percent: int) -> timedelta:
    """
    Return the duration below which *percent* of the values lie, between neighbours by linear interpolation.

    Args:
        ordered: The values, sorted, at least one.
        percent: 0 to 100; 50 is the median.

    Raises:
        DefinitionError: If there are no values, or *percent* is not between 0 and 100.

    Source:
        Definition 7 of Hyndman and Fan, "Sample Quantiles in Statistical Packages" (1996).

    >>> percentile([timedelta(hours=1), timedelta(hours=2)], 50)
    datetime.timedelta(seconds=5400)
    """
    if not ordered or not 0 <= percent <= 100:
        problem = f"cannot take the percentile {percent} of {len(ordered)} values; 0 to 100 of at least one"
        raise DefinitionError(problem)
    place, part = divmod((len(ordered) - 1) * percent, 100)
    low = ordered[place]
    high = ordered[min(place + 1, len(ordered) - 1)]
    return low + (high - low) * part / 100
