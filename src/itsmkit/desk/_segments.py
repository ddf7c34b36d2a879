"""What holds along a line of time, piece by piece."""

from bisect import bisect_right
from datetime import UTC, datetime
from typing import Generic, NamedTuple, TypeVar

from itsmkit.cmdb.history import ConfigurationRecord

__all__ = ["EVER", "Segment", "Segments", "Span", "span_of"]

T = TypeVar("T")
Span = tuple[datetime, datetime]

EVER: Span = (datetime.min.replace(tzinfo=UTC), datetime.max.replace(tzinfo=UTC))


def span_of(record: ConfigurationRecord) -> Span:
    """Return the time for which *record* speaks."""
    return record.since or EVER[0], record.until or EVER[1]


class Segment(NamedTuple, Generic[T]):
    """
    A piece of time, and what holds for all of it.

    Args:
        start: From when on.
        stop: Up to when, not included.
        what: What holds.
    """

    start: datetime
    stop: datetime
    what: T


class Segments(Generic[T]):
    """
    Pieces of time that do not overlap, in order.

    To cut or lay a span costs the logarithm of their number, and what of them the span touches: neither
    grows with the number of spans that were laid before, where these have become one piece.
    """

    __slots__ = ("_segments",)

    def __init__(self) -> None:
        self._segments: list[Segment[T]] = []

    def __bool__(self) -> bool:
        return bool(self._segments)

    def within(self, span: Span) -> list[Segment[T]]:
        """Return the parts of the pieces that lie within *span*."""
        first, last = self._touched(span)
        begin, end = span
        return [
            Segment(max(start, begin), min(stop, end), what)
            for start, stop, what in self._segments[first:last]
        ]

    def cut(self, span: Span) -> list[Segment[T]]:
        """Take out what lies within *span*, and return it."""
        found = self.within(span)
        self._replace(span, [])
        return found

    def lay(self, span: Span, what: T) -> None:
        """Let *what* hold for *span*, whatever held there before."""
        self._replace(span, [Segment(*span, what)])

    def relay(self, span: Span, what: T) -> None:
        """Let *what* hold for those parts of *span* for which something holds."""
        parts: list[Segment[T]] = []
        for start, stop, _ in self.within(span):
            if parts and parts[-1].stop == start:
                parts[-1] = Segment(parts[-1].start, stop, what)
            else:
                parts.append(Segment(start, stop, what))
        self._replace(span, parts)

    def _touched(self, span: Span) -> tuple[int, int]:
        """Return from which place on, and up to which, the pieces overlap *span*."""
        begin, end = span
        first = bisect_right(self._segments, begin, key=lambda each: each.stop)
        last = first
        while last < len(self._segments) and self._segments[last].start < end:
            last += 1
        return first, last

    def _replace(self, span: Span, parts: list[Segment[T]]) -> None:
        first, last = self._touched(span)
        begin, end = span
        for start, stop, what in self._segments[first:last]:
            if start < begin:
                parts = [Segment(start, begin, what), *parts]
            if end < stop:
                parts = [*parts, Segment(end, stop, what)]
        self._segments[first:last] = parts
