"""Why a stretch of time counts, or does not: every span of it with its cause."""

from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta
from enum import Enum
from typing import TYPE_CHECKING, NamedTuple

from attrs import evolve, field, frozen

from itsmkit._checks import utc
from itsmkit._frozen import as_tuple
from itsmkit.calendars._instants import EPOCH
from itsmkit.calendars._zones import zone
from itsmkit.calendars.time_span import TimeSpan
from itsmkit.errors import DefinitionError

if TYPE_CHECKING:
    from zoneinfo import ZoneInfo

    from itsmkit.calendars.business_time import BusinessTime

__all__ = ["Cause", "CauseKind", "ExplainedSpan", "Explanation", "Reason", "explained", "open_and_closed"]

_ZERO = timedelta(0)


class CauseKind(Enum):
    """The kinds of causes for which a span counts, or does not."""

    OPEN = "open"
    """Within the hours: counts."""

    SPECIAL_HOURS = "special hours"
    """Within the special hours of a date, or on a date that they close."""

    CLOSED = "closed"
    """On a weekday without hours, which is the detail; without one, for no reason that is known."""

    HOLIDAY = "holiday"
    """On a holiday, whose name is the detail."""

    BREAK = "break"
    """In a break."""

    BEFORE_OPENING = "before opening"
    """On a working date, before its first opening."""

    AFTER_CLOSING = "after closing"
    """On a working date, after its last closing."""

    BETWEEN_OPENINGS = "between openings"
    """On a working date, between two spans of its hours."""

    CLOCK_CHANGE = "clock change"
    """On a date all of whose hours the clocks skipped."""

    OUTSIDE_VERSION = "outside version"
    """Before the first version of a calendar."""

    OUTSIDE_WINDOWS = "outside the windows"
    """In none of the spans, or of the recurring windows, that a calendar was combined with."""

    EXCLUDED = "excluded"
    """Taken out by what was subtracted, which is the detail."""


@frozen
class Cause:
    """
    One cause for which a span counts, or does not.

    Args:
        kind: What it is.
        detail: A weekday, the name of a holiday, what was subtracted; ``None`` where the kind says all.
        calendar: Which of several combined calendars, or versions, says so; ``None`` where there is one.

    >>> print(Cause(CauseKind.HOLIDAY, "Christmas Day", calendar="supplier"))
    holiday: Christmas Day (supplier)
    """

    kind: CauseKind
    detail: str | None = None
    calendar: str | None = field(default=None, kw_only=True)

    def said_by(self, calendar: str) -> "Cause":
        """Return the cause as one that *calendar* tells, unless it says already who does, or what."""
        known = self.calendar is not None or self.kind is CauseKind.EXCLUDED
        return self if known else evolve(self, calendar=calendar)

    def __str__(self) -> str:
        text = self.kind.value if self.detail is None else f"{self.kind.value}: {self.detail}"
        return text if self.calendar is None else f"{text} ({self.calendar})"


class Reason(NamedTuple):
    """A stretch of real time since 1970, whether it counts, and why."""

    start: timedelta
    end: timedelta
    counted: bool
    causes: tuple[Cause, ...]


@frozen
class ExplainedSpan:
    """
    A span that counts as a whole or does not count at all, for the same causes throughout.

    Args:
        span: Not empty.
        counted: Whether it is open time.
        causes: At least one. Where several calendars are combined, each that had a say.
    """

    span: TimeSpan
    counted: bool
    causes: tuple[Cause, ...] = field(converter=as_tuple)

    @property
    def cause(self) -> str:
        """Return the causes as text."""
        return "; ".join(map(str, self.causes))


@frozen
class Explanation:
    """
    What `elapsed` counted between two instants, and what it left out: what `explain` returns.

    As text it is a table in the zone of the calendar, with the open time as its last line.

    Args:
        start: The first instant that was asked about; kept in UTC.
        end: The second one. It may come first, as with `elapsed`.
        entries: From the earlier to the later of the two, in order and without a gap. Neighbours differ.
        tz: The zone in which the text shows the time.

    Raises:
        DefinitionError: If the entries do not make up the time between the two instants.
    """

    start: datetime
    end: datetime
    entries: tuple[ExplainedSpan, ...] = field(converter=as_tuple)
    tz: "ZoneInfo" = field(converter=zone, eq=str)

    def __attrs_post_init__(self) -> None:
        at, until = sorted((self.start, self.end))
        for entry in self.entries:
            if entry.span.start != at or entry.span.end <= at:
                break
            at = entry.span.end
        else:
            if at == until:
                return
        problem = f"the entries of an explanation must make up {self.start} to {self.end} without a gap"
        raise DefinitionError(problem)

    @property
    def elapsed(self) -> timedelta:
        """Return the open time from start to end: what is counted, negative if the end comes first."""
        counted = sum((entry.span.duration for entry in self.entries if entry.counted), _ZERO)
        return counted if self.start <= self.end else -counted

    def __str__(self) -> str:
        lengths = [_length(entry.span.duration) for entry in self.entries]
        width = max(map(len, lengths), default=0)
        lines = []
        for entry, length in zip(self.entries, lengths, strict=True):
            since, until = (at.astimezone(self.tz) for at in (entry.span.start, entry.span.end))
            mark = "+" if entry.counted else " "
            lines.append(f"{_clock(since)}  {_clock(until)}  {mark}{length:>{width}}  {entry.cause}")
        return "\n".join([*lines, f"open time: {_length(self.elapsed)}"])


def explained(time: "BusinessTime", start: datetime, end: datetime) -> Explanation:
    """
    Return why the time between two instants counts for *time*, or does not.

    Raises:
        DefinitionError: If an end is naive.
        OutOfRangeError: If an end lies outside the years that *time* knows.
    """
    start, end = utc(start, "start"), utc(end, "end")
    time.elapsed(start, end)  # refuses what lies outside the known years
    earlier, later = sorted((start, end))
    reasons = _joined(time._reasons(earlier - EPOCH, later - EPOCH))
    entries = (
        ExplainedSpan(TimeSpan(EPOCH + reason.start, EPOCH + reason.end), reason.counted, reason.causes)
        for reason in reasons
    )
    return Explanation(start, end, tuple(entries), time.tz)


def open_and_closed(
    openings: Iterable[tuple[timedelta, timedelta]], start: timedelta, end: timedelta, closed: Cause
) -> Iterator[Reason]:
    """
    Yield the stretches from *start* to *end*, without a gap: the openings, and what is between them.

    Args:
        openings: All from *start* to *end*, clipped to them, in order and apart from each other.
        start: Since 1970.
        end: Not before *start*.
        closed: Why the rest is closed.
    """
    at = start
    for opening, closing in openings:
        yield Reason(at, opening, False, (closed,))
        yield Reason(opening, closing, True, (Cause(CauseKind.OPEN),))
        at = closing
    yield Reason(at, end, False, (closed,))


def _joined(reasons: Iterable[Reason]) -> Iterator[Reason]:
    """Yield *reasons* without the empty ones, and neighbours that say the same as one."""
    held: Reason | None = None
    for reason in reasons:
        if reason.start == reason.end:
            continue
        if held is not None and (held.counted, held.causes) == (reason.counted, reason.causes):
            held = held._replace(end=reason.end)
        else:
            if held is not None:
                yield held
            held = reason
    if held is not None:
        yield held


def _clock(local: datetime) -> str:
    return f"{local:%a} {local.isoformat(sep=' ')}"


def _length(duration: timedelta) -> str:
    """Return a duration in hours, for a day on the clock may have 23 or 25 of them."""
    seconds, rest = divmod(abs(duration), timedelta(seconds=1))
    fraction = f".{rest.microseconds:06}" if rest else ""
    sign = "-" if duration < _ZERO else ""
    return f"{sign}{seconds // 3600}:{seconds // 60 % 60:02}:{seconds % 60:02}{fraction}"
