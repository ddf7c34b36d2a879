"""Sets of spans on one line of time: what they share, what is in one and not in another."""

from collections.abc import Callable, Iterable, Iterator
from datetime import timedelta

from itsmkit.calendars._wall_clock import Span

__all__ = ["Openings", "clipped", "difference", "ever_opens", "intersection", "union"]

Openings = Callable[[range], Iterable[Span]]
"""Returns the openings in some UTC days, clipped to them and sorted by start; they may touch and overlap."""

_BLOCK = 366
_LARGEST_BLOCK = 3660


def union(spans: Iterable[Span]) -> Iterator[Span]:
    """Yield *spans*, sorted by start, as spans with a gap between neighbours."""
    merged: Span | None = None
    for span in spans:
        if merged is None:
            merged = span
        elif span[0] <= merged[1]:
            merged = merged[0], max(merged[1], span[1])
        else:
            yield merged
            merged = span
    if merged is not None:
        yield merged


def difference(spans: Iterable[Span], others: Iterable[Span]) -> Iterator[Span]:
    """
    Yield what is in *spans* and not in *others*, none empty, with a gap between neighbours.

    Args:
        spans: Sorted by start; they may touch and overlap.
        others: As *spans*.
    """
    never = (timedelta.max, timedelta.max)
    cuts = union(others)
    cut = next(cuts, never)
    for opening, closing in union(spans):
        start = opening
        while cut[0] < closing:
            if start < cut[0]:
                yield start, cut[0]
            start = max(start, cut[1])
            if cut[1] > closing:
                break
            cut = next(cuts, never)
        if start < closing:
            yield start, closing


def intersection(spans: Iterable[Span], others: Iterable[Span]) -> Iterator[Span]:
    """
    Yield what is in both, none empty, with a gap between neighbours.

    Args:
        spans: Sorted by start; they may touch and overlap.
        others: As *spans*.
    """
    ours, theirs = union(spans), union(others)
    one, other = next(ours, None), next(theirs, None)
    while one is not None and other is not None:
        opening, closing = max(one[0], other[0]), min(one[1], other[1])
        if opening < closing:
            yield opening, closing
        if one[1] == closing:
            one = next(ours, None)
        else:
            other = next(theirs, None)


def clipped(spans: Iterable[Span], start: timedelta, end: timedelta) -> Iterator[Span]:
    """Yield what of *spans* lies between *start* and *end*, none empty, in the same order."""
    for opening, closing in spans:
        begins, ends = max(opening, start), min(closing, end)
        if begins < ends:
            yield begins, ends


def ever_opens(openings: Openings, days: range) -> bool:
    """
    Tell whether anything opens in *days*.

    Cost: about a year is looked at, then more at a time, up to the first opening or the last of the days.
    """
    start, length = days.start, _BLOCK
    while start < days.stop:
        block = range(start, min(start + length, days.stop))
        if any(True for _ in openings(block)):
            return True
        start, length = block.stop, min(2 * length, _LARGEST_BLOCK)
    return False
