"""From the wall clock of a zone to real time, by the zone's own changes of offset."""

from bisect import bisect_left
from collections.abc import Callable, Iterable, Iterator
from datetime import datetime, timedelta
from functools import lru_cache
from itertools import chain, groupby, pairwise
from operator import attrgetter
from typing import TYPE_CHECKING, NamedTuple

from itsmkit.calendars._instants import DAY

if TYPE_CHECKING:
    from zoneinfo import ZoneInfo

__all__ = ["Span", "WallSpans", "edge_spans", "offset_changes", "real_spans"]

Span = tuple[timedelta, timedelta]
"""Half-open: from the first up to, but not including, the second; both since 1970-01-01 00:00."""

WallSpans = Callable[[timedelta, timedelta], Iterable[Span]]
"""Given two times on the wall clock, returns at least the spans that lie between them or reach in."""

_DAY_SECONDS = 86_400

_REACH = timedelta(days=2)
"""More than the clocks of any zone are away from UTC, and were ever put ahead, together: 15 and 24 hours."""

_STEP = 3 * _DAY_SECONDS
"""
How far apart a zone is asked for its offset; an offset that differs is then traced to the second.

Since 1970 no zone changed its offset and changed again within six days (the shortest: just under
seven, in the north of Brazil in 2000 and in Gaza's announced rules), so no change goes unseen.
"""


_BLOCK = 366
"""For so many days together the offsets of a zone are kept: every calendar of the zone asks for the same."""


class _Stretch(NamedTuple):
    """A stretch of real time, since 1970, throughout which a zone keeps one offset to UTC."""

    start: timedelta
    end: timedelta
    offset: timedelta


_offset_of = attrgetter("offset")


def _stretches(tz: "ZoneInfo", days: range) -> Iterator[_Stretch]:
    """Yield the stretches that make up the UTC days *days*, in order and without a gap."""
    start, stop = days.start * DAY, days.stop * DAY
    blocks = range(days.start // _BLOCK, -(-days.stop // _BLOCK))
    for offset, alike in groupby(chain.from_iterable(_block(tz, block) for block in blocks), _offset_of):
        first, *others = alike
        end = min((others or [first])[-1].end, stop)
        since = max(first.start, start)
        if since < end:
            yield _Stretch(since, end, offset)


@lru_cache(maxsize=1024)
def _block(tz: "ZoneInfo", number: int) -> tuple[_Stretch, ...]:
    """Return the stretches of one of the blocks that time is cut into; those of neighbours may be alike."""
    epoch = datetime(1970, 1, 1, tzinfo=tz)

    def offset_at(second: int) -> timedelta:
        # `fromutc` reads the clock face of its argument as UTC.
        return tz.fromutc(epoch + timedelta(seconds=second)).utcoffset() or timedelta(0)

    start, stop = (edge * _BLOCK * _DAY_SECONDS for edge in (number, number + 1))
    probes = [*range(start, stop, _STEP), stop]
    offsets = [offset_at(probe) for probe in probes]
    changes = [
        _change(offset_at, range(*probed))
        for probed, (before, after) in zip(pairwise(probes), pairwise(offsets), strict=True)
        if before != after
    ]
    return tuple(
        _Stretch(timedelta(seconds=since), timedelta(seconds=until), offset_at(since))
        for since, until in pairwise((start, *changes, stop))
        if since < until
    )


def _change(offset_at: Callable[[int], timedelta], seconds: range) -> int:
    """Return the first of *seconds*, or the one after them, whose offset is not that of the first."""
    offset = offset_at(seconds.start)
    return seconds.start + bisect_left(seconds, True, key=lambda at: offset_at(at) != offset)


def offset_changes(tz: "ZoneInfo", days: range) -> Iterator[tuple[timedelta, timedelta]]:
    """
    Yield when the offset of *tz* to UTC changes within the UTC days *days*, and to which.

    The first pair is the beginning of *days* with the offset that holds there.
    """
    for stretch in _stretches(tz, days):
        yield stretch.start, stretch.offset


def real_spans(wall_spans: WallSpans, tz: "ZoneInfo", days: range) -> Iterator[Span]:
    """
    Yield the real instants at which the clocks of *tz* show a time inside the wall spans.

    A repeated hour comes twice, a missing one never: what passes between two changes of the offset
    is a stretch of the wall clock of its own, and the spans are cut out of each stretch by itself.

    Args:
        wall_spans: The spans on the wall clock, sorted by start.
        tz: Whose wall clock.
        days: The UTC days to which the result is confined.

    Yields:
        Spans of real time, none empty, sorted by start. Neighbours may touch or overlap.
    """
    for start, end, offset in _stretches(tz, days):
        for wall_opening, wall_closing in wall_spans(start + offset, end + offset):
            opening = max(wall_opening - offset, start)
            closing = min(wall_closing - offset, end)
            if opening < closing:
                yield opening, closing


def edge_spans(wall_spans: WallSpans, tz: "ZoneInfo", days: range) -> Iterator[Span]:
    """
    Yield the real time between the instants at which the wall spans begin and end.

    Only the two edges are looked up on the wall clock: one that is shown twice stands for the first time,
    one that is never shown for the time later by as much as the clocks were put ahead. A span of which
    both edges fall on one instant, or come out in reverse, is left out.

    Args:
        wall_spans: The spans on the wall clock.
        tz: Whose wall clock.
        days: The UTC days to which the result is confined.

    Yields:
        Spans of real time, none empty, sorted by start. Neighbours may touch or overlap.
    """
    epoch = datetime(1970, 1, 1, tzinfo=tz)

    def instant(wall: timedelta) -> timedelta:
        # With fold=0 the offset is the first one of a repeated time, and the one before the gap in a gap.
        return wall - ((epoch + wall).utcoffset() or timedelta(0))

    start, end = days.start * DAY, days.stop * DAY
    spans = [
        (max(instant(opening), start), min(instant(closing), end))
        for opening, closing in wall_spans(start - _REACH, end + _REACH)
    ]
    yield from sorted(span for span in spans if span[0] < span[1])
