"""Days as rows: where on the wall clock of a zone a stretch of real time comes to lie."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from typing import TYPE_CHECKING

from attrs import frozen

from itsmkit.calendars import TimeSpan
from itsmkit.calendars._wall_clock import offset_changes

if TYPE_CHECKING:
    from zoneinfo import ZoneInfo

__all__ = ["Place", "Row", "rows_of"]

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_EPOCH_DATE = _EPOCH.date()
_DAY = timedelta(days=1)
_AROUND = 2  # no clock is two whole days away from UTC

Wall = tuple[timedelta, timedelta]


@frozen
class Place:
    """
    Where a stretch lies in its row.

    Args:
        start: The time of day at which it begins.
        end: That at which it ends; 24 hours at the end of the day.
        top: How far down in the row it begins: 0, or 0.5 for what the clocks show for the second time.
        bottom: How far down it ends: 1, or 0.5 for what the clocks will show a second time.
    """

    start: timedelta
    end: timedelta
    top: float = 0.0
    bottom: float = 1.0


@frozen
class _Piece:
    """A stretch of a date throughout which the clocks run evenly: all of it, as a rule."""

    span: TimeSpan
    starts_at: timedelta

    @property
    def ends_at(self) -> timedelta:
        return self.starts_at + self.span.duration


@frozen
class Row:
    """
    A local date.

    Args:
        day: The date.
        pieces: Its real time, in order: none on a date that the clocks skipped, several where they changed.
    """

    day: date
    pieces: tuple[_Piece, ...]

    @property
    def spans(self) -> tuple[TimeSpan, ...]:
        """The real time of the date."""
        return tuple(piece.span for piece in self.pieces)

    @property
    def skipped(self) -> tuple[Wall, ...]:
        """What of the day the clocks do not show."""
        shown = [(timedelta(0), timedelta(0)), *((p.starts_at, p.ends_at) for p in self.pieces), (_DAY, _DAY)]
        return tuple((before[1], after[0]) for before, after in pairwise(shown) if before[1] < after[0])

    @property
    def twice(self) -> tuple[Wall, ...]:
        """What of the day the clocks show twice."""
        return tuple((since, until) for _, since, until in self._repeats())

    def places(self, span: TimeSpan) -> Iterator[Place]:
        """Yield where the parts of *span* lie that belong to this date, in their real order."""
        edges = [edge for wall in self.twice for edge in wall]
        for number, piece in enumerate(self.pieces):
            part = piece.span & span
            if part is not None:
                start = piece.starts_at + (part.start - piece.span.start)
                end = start + part.duration
                cuts = sorted({start, end, *(edge for edge in edges if start < edge < end)})
                for since, until in pairwise(cuts):
                    yield Place(since, until, *self._half(number, since))

    def place_of(self, instant: datetime, *, closing: bool = False) -> Place | None:
        """
        Return where *instant* lies, as a place without width, or ``None`` if it is not of this date.

        Args:
            instant: In UTC.
            closing: Whether it belongs to the time before it, so that midnight is 24:00 of the day that ends.
        """
        tick = timedelta.resolution if closing else timedelta(0)
        for number, piece in enumerate(self.pieces):
            if instant - tick in piece.span:
                at = piece.starts_at + (instant - piece.span.start)
                return Place(at, at, *self._half(number, at - tick))
        return None

    def _half(self, number: int, at: timedelta) -> tuple[float, float]:
        """Return from where to where in the height of the row a time of day of a piece lies."""
        for first, since, until in self._repeats():
            if since <= at < until and number in {first, first + 1}:
                return (0.0, 0.5) if number == first else (0.5, 1.0)
        return 0.0, 1.0

    def _repeats(self) -> Iterator[tuple[int, timedelta, timedelta]]:
        """Yield what a piece and the next one both show: the number of the first of them, and the times."""
        for number, (before, after) in enumerate(pairwise(self.pieces)):
            since, until = max(before.starts_at, after.starts_at), min(before.ends_at, after.ends_at)
            if since < until:
                yield number, since, until


def rows_of(tz: "ZoneInfo", first: date, last: date) -> tuple[Row, ...]:
    """Return the dates from *first* to *last*, both included, as the clocks of *tz* show them."""
    start, end = ((day - _EPOCH_DATE).days for day in (first, last))
    found: dict[int, list[_Piece]] = {day: [] for day in range(start, end + 1)}
    for day, piece in _pieces(tz, range(start - _AROUND, end + 1 + _AROUND)):
        if day in found:
            found[day].append(piece)
    return tuple(Row(_EPOCH_DATE + day * _DAY, tuple(pieces)) for day, pieces in found.items())


def _pieces(tz: "ZoneInfo", days: range) -> Iterator[tuple[int, _Piece]]:
    """Yield the pieces of some UTC days, in real order, each with its local date in days since 1970."""
    changes = [*offset_changes(tz, days), (days.stop * _DAY, timedelta(0))]
    for (since, offset), (until, _) in pairwise(changes):
        at = since
        while at < until:
            shown = at + offset
            midnight = (shown.days + 1) * _DAY - offset
            span = TimeSpan(_EPOCH + at, _EPOCH + min(midnight, until))
            yield shown.days, _Piece(span, shown - shown.days * _DAY)
            at = midnight
