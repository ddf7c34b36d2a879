"""Half-open spans of real time."""

from bisect import bisect_right
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from itertools import islice
from typing import Self

from attrs import field, frozen

from itsmkit._checks import aware
from itsmkit.errors import DefinitionError

__all__ = ["TimeSpan", "intersect_spans", "merge_spans", "subtract_spans"]


def _start(value: datetime) -> datetime:
    return _utc(value, "TimeSpan.start")


def _end(value: datetime) -> datetime:
    return _utc(value, "TimeSpan.end")


def _utc(value: datetime, what: str) -> datetime:
    try:
        return aware(value, what).astimezone(UTC)
    except OverflowError as error:
        problem = f"{what} lies outside the years 1 to 9999 in UTC: {value}"
        raise DefinitionError(problem) from error


@frozen
class TimeSpan:
    """
    The instants from *start* up to, but not including, *end*.

    A span may be empty (*start* is *end*), so that what began and ended at the same instant, such as
    a pause, needs no special case. It holds no instant and shares nothing with any span, itself
    included.

    Args:
        start: Timezone-aware, in any zone; kept in UTC.
        end: Timezone-aware, not before *start*; kept in UTC.

    Raises:
        DefinitionError: If an end is naive, or *end* precedes *start*.

    >>> from datetime import datetime
    >>> from zoneinfo import ZoneInfo
    >>> berlin = ZoneInfo("Europe/Berlin")
    >>> night = TimeSpan(datetime(2026, 3, 28, 22, tzinfo=berlin), datetime(2026, 3, 29, 6, tzinfo=berlin))
    >>> str(night.duration)  # an hour is missing from that night
    '7:00:00'
    >>> datetime(2026, 3, 29, 6, tzinfo=berlin) in night
    False
    """

    start: datetime = field(converter=_start)
    end: datetime = field(converter=_end)

    def __attrs_post_init__(self) -> None:
        if self.end < self.start:
            problem = f"TimeSpan.end {self.end} precedes its start {self.start}; a span runs forward"
            raise DefinitionError(problem)

    @property
    def duration(self) -> timedelta:
        """Return the real time that passes in the span; never negative."""
        return self.end - self.start

    def __contains__(self, instant: datetime) -> bool:
        return self.start <= aware(instant, "instant") < self.end

    def __and__(self, other: Self) -> Self | None:
        """Return the part shared with *other*, or ``None``; touching ends share nothing."""
        if not isinstance(other, TimeSpan):
            return NotImplemented
        start, end = max(self.start, other.start), min(self.end, other.end)
        return type(self)(start, end) if start < end else None


def merge_spans(spans: Iterable[TimeSpan]) -> tuple[TimeSpan, ...]:
    """
    Return the union of *spans*: sorted, with a gap between neighbours, none of them empty.

    Cost: that of sorting.

    >>> from datetime import UTC, datetime
    >>> noon, one, two = (datetime(2026, 5, 4, hour, tzinfo=UTC) for hour in (12, 13, 14))
    >>> merge_spans([TimeSpan(one, two), TimeSpan(noon, one)]) == (TimeSpan(noon, two),)
    True
    """
    merged: list[TimeSpan] = []
    for span in sorted(spans, key=lambda span: span.start):
        if span.start == span.end:
            continue
        if merged and span.start <= merged[-1].end:
            merged[-1] = TimeSpan(merged[-1].start, max(merged[-1].end, span.end))
        else:
            merged.append(span)
    return tuple(merged)


def intersect_spans(spans: Iterable[TimeSpan], others: Iterable[TimeSpan]) -> tuple[TimeSpan, ...]:
    """
    Return what is in one of *spans* and in one of *others*: sorted, with a gap between neighbours.

    Cost: that of sorting both.

    >>> from datetime import UTC, datetime
    >>> noon, one, two = (datetime(2026, 5, 4, hour, tzinfo=UTC) for hour in (12, 13, 14))
    >>> intersect_spans([TimeSpan(noon, two)], [TimeSpan(one, two)]) == (TimeSpan(one, two),)
    True
    """
    ours, theirs = merge_spans(spans), merge_spans(others)
    shared: list[TimeSpan] = []
    place = 0
    for span in ours:
        while place < len(theirs) and theirs[place].end <= span.start:
            place += 1
        for other in islice(theirs, place, None):
            if other.start >= span.end:
                break
            shared.append(TimeSpan(max(span.start, other.start), min(span.end, other.end)))
    return tuple(shared)


def subtract_spans(spans: Iterable[TimeSpan], cuts: Iterable[TimeSpan]) -> tuple[TimeSpan, ...]:
    """
    Return what is in *spans* and in none of *cuts*: span by span, and none of it empty.

    Cost: that of sorting the cuts, and a search in them for each span.

    >>> from datetime import UTC, datetime
    >>> noon, one, two = (datetime(2026, 5, 4, hour, tzinfo=UTC) for hour in (12, 13, 14))
    >>> subtract_spans([TimeSpan(noon, two)], [TimeSpan(one, two)]) == (TimeSpan(noon, one),)
    True
    """
    apart = merge_spans(cuts)
    ends = [cut.end for cut in apart]
    left: list[TimeSpan] = []
    for span in spans:
        start = span.start
        for place in range(bisect_right(ends, start), len(apart)):
            cut = apart[place]
            if cut.start >= span.end:
                break
            if start < cut.start:
                left.append(TimeSpan(start, cut.start))
            start = cut.end
        if start < span.end:
            left.append(span if start == span.start else TimeSpan(start, span.end))
    return tuple(left)
