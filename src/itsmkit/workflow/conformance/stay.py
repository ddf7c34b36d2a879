"""How long tickets stayed in each state."""

from collections.abc import Iterable, Sequence
from datetime import timedelta
from itertools import pairwise

from attrs import frozen

from itsmkit._checks import utc
from itsmkit._percentiles import percentile
from itsmkit.calendars import BusinessTime
from itsmkit.workflow.conformance.history import HistoryEntry

__all__ = ["Stay", "stays_of"]


@frozen
class Stay:
    """
    How long tickets stayed in a state, until they left it.

    Args:
        visits: How many stays came to an end; the last state of a ticket is not counted.
        median: Half of them were no longer.
        p90: Nine of ten were no longer. Both lie between neighbours by linear interpolation.

    Source:
        Definition 7 of Hyndman and Fan, "Sample Quantiles in Statistical Packages" (1996).
    """

    visits: int
    median: timedelta
    p90: timedelta


def stays_of(
    histories: Iterable[Sequence[HistoryEntry]], calendar: BusinessTime | None = None
) -> dict[str, Stay]:
    """
    Return how long tickets stayed in each state that one of them left, in the order first left.

    Args:
        histories: For each ticket, the entries by which it got into a state, in order.
        calendar: Whose open time is counted; without one, time is what passes on a clock.

    Raises:
        OutOfRangeError: If an instant lies outside the years that the calendar knows.
    """
    durations: dict[str, list[timedelta]] = {}
    for visits in histories:
        for entered, left in pairwise(visits):
            # In UTC, where subtracting means real time.
            start, end = utc(entered.effective_at, "effective_at"), utc(left.effective_at, "effective_at")
            stay = end - start if calendar is None else calendar.elapsed(start, end)
            durations.setdefault(entered.state, []).append(stay)
    return {state: _stay(sorted(each)) for state, each in durations.items()}


def _stay(ordered: Sequence[timedelta]) -> Stay:
    return Stay(len(ordered), percentile(ordered, 50), percentile(ordered, 90))
