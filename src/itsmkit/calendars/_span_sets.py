"""Sets of spans on one line of time: what is in one and not in another."""

from collections.abc import Iterable, Iterator
from datetime import timedelta

from itsmkit.calendars._wall_clock import Span

__all__ = ["difference", "union"]


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
