"""Open time made of other open time: what two sets share, what either has, what one has without the other."""

from collections.abc import Iterable, Iterator, Mapping
from datetime import date, timedelta
from enum import Enum
from functools import partial
from heapq import merge
from typing import TYPE_CHECKING

from attrs import field, frozen
from attrs.validators import optional

from itsmkit._checks import is_a, named
from itsmkit._frozen import frozen_dict
from itsmkit.calendars._instants import DAY, EPOCH, HORIZON
from itsmkit.calendars._local_dates import hours_of_date
from itsmkit.calendars._span_sets import clipped, difference, ever_opens, intersection, union
from itsmkit.calendars._timeline import Timeline
from itsmkit.calendars._wall_clock import Span, real_spans
from itsmkit.calendars.business_time import BusinessTime
from itsmkit.calendars.explanation import Cause, CauseKind, Reason, open_and_closed
from itsmkit.calendars.recurrence import Recurrence
from itsmkit.calendars.time_span import TimeSpan, merge_spans
from itsmkit.errors import DefinitionError

if TYPE_CHECKING:
    from zoneinfo import ZoneInfo

__all__ = ["CombinedTime", "SetOperation", "Windows"]

Windows = tuple[TimeSpan, ...] | Recurrence
"""Open time that is no calendar: spans that were listed, or windows that come again."""


class SetOperation(Enum):
    """How two sets of instants make one."""

    INTERSECTION = "&"
    """Open when both are."""

    UNION = "|"
    """Open when at least one is."""

    DIFFERENCE = "-"
    """Open when the left one is and the right one is not."""


_WAYS_OUT = {
    SetOperation.INTERSECTION: "its sides share no time; did one of them mean '|'?",
    SetOperation.UNION: "neither of its sides opens in the years that both know",
    SetOperation.DIFFERENCE: "nothing is left of its left side; take away less",
}


def _right(right: BusinessTime | Recurrence | TimeSpan | Iterable[TimeSpan]) -> BusinessTime | Windows:
    if isinstance(right, BusinessTime | Recurrence):
        return right
    spans = (right,) if isinstance(right, TimeSpan) else tuple(right)
    for span in spans:
        if not is_a(span, TimeSpan):
            problem = (
                "a calendar is combined with a calendar, a TimeSpan, several of them or a Recurrence, "
                f"not with {span!r}"
            )
            raise DefinitionError(problem)
    return merge_spans(spans)


@frozen
class CombinedTime(BusinessTime):
    """
    The open time of two sets: what `a & b`, `a | b` and `a - b` return.

    The sides may have different zones; results come in that of the left side. It answers for the years
    that both sides know. Two of them are equal if they were made alike; others may be open alike.

    Cost: an answer is a look-up, as with every calendar. That it opens at all is found out when it is
    built: from a year of both sides, as a rule, and from all years at worst.

    Args:
        left: The one whose zone and dates count.
        operation: How the sides make one set.
        right: A calendar, a `TimeSpan` or several (freeze windows, outages, leave; kept merged), or a
            `Recurrence`.
        name: What to call the result.

    Raises:
        DefinitionError: If *right* is something else, nothing is ever open in the years 1970 to 2200, or
            the sides know no years in common.

    >>> from datetime import UTC, datetime, timedelta
    >>> from itsmkit.calendars import BusinessCalendar, TimeSpan
    >>> office = BusinessCalendar("Mon-Fri 08:00-17:00", "Europe/Berlin")
    >>> supplier = BusinessCalendar("Mon-Fri 09:00-18:00", "Europe/London")
    >>> monday = datetime(2026, 10, 26, tzinfo=office.tz)
    >>> print((office & supplier).next_open(monday))
    2026-10-26 10:00:00+01:00
    >>> freeze = TimeSpan(datetime(2026, 10, 26, 8, tzinfo=UTC), datetime(2026, 10, 26, 15, tzinfo=UTC))
    >>> print((office - freeze).elapsed(monday, monday + timedelta(days=1)))
    2:00:00
    """

    left: BusinessTime
    operation: SetOperation
    right: BusinessTime | Windows = field(converter=_right)
    name: str | None = field(default=None, kw_only=True, validator=optional(named))
    tz: "ZoneInfo" = field(init=False, eq=False, repr=False)

    def __attrs_post_init__(self) -> None:
        object.__setattr__(self, "tz", self.left.tz)
        days, because = _known_days(self.left, self.right)
        if not days:
            problem = f"{self} can never answer, for its sides know no year in common: {because}"
            raise DefinitionError(problem)
        openings = partial(_openings, self.left, self.operation, self.right)
        if not ever_opens(openings, days):
            problem = f"{self} is never open in the years 1970 to 2200: {_WAYS_OUT[self.operation]}"
            raise DefinitionError(problem)
        self._answering(Timeline(openings, days, because))

    def content(self) -> Mapping[str, object]:
        """Return what decides about the open time: the operation, and the content of both sides."""
        return frozen_dict(
            {
                "left": self.left.content(),
                "operation": self.operation.value,
                "right": _content(self.right),
            }
        )

    def hours_of(self, day: date) -> tuple[TimeSpan, ...]:
        """
        Return the openings that belong to the local date *day*, in the zone of the left side.

        What is shared or left over belongs to the dates of the left side. A union has the hours of both
        sides: those of the right one by its own dates if it is a calendar of the same zone, and otherwise
        by when it opens on the left one's clocks.

        Args:
            day: A local date.

        Raises:
            DefinitionError: If *day* is no date.
            OutOfRangeError: If *day* is not among the days that are known.
        """
        number = self._known_day(day)
        ours = self.left.hours_of(day)
        if self.operation is not SetOperation.UNION:
            return merge_spans(part for hours in ours for part in self._open_within(hours))
        if isinstance(self.right, BusinessTime) and self.right.tz.key == self.tz.key:
            return merge_spans((*ours, *self.right.hours_of(day)))
        theirs = hours_of_date(partial(_openings_in, self.right), self._timeline.days, number, self.tz)
        return merge_spans((*ours, *(TimeSpan(EPOCH + opens, EPOCH + closes) for opens, closes in theirs)))

    def _reasons(self, start: timedelta, end: timedelta) -> Iterator[Reason]:
        ours = self.left._reasons(start, end)
        theirs = (
            self.right._reasons(start, end)
            if isinstance(self.right, BusinessTime)
            else _reasons_of_windows(self.right, start, end)
        )
        for left, right in _side_by_side(ours, theirs):
            since, until = max(left.start, right.start), min(left.end, right.end)
            yield Reason(since, until, *self._verdict(left, right))

    def _verdict(self, left: Reason, right: Reason) -> tuple[bool, tuple[Cause, ...]]:
        """Return whether a stretch counts that each side sees in one way, and why."""
        told_by_left = tuple(cause.said_by(_label(self.left)) for cause in left.causes)
        told_by_right = tuple(cause.said_by(_label(self.right)) for cause in right.causes)
        match self.operation:
            case SetOperation.UNION if left.counted is right.counted:
                return left.counted, told_by_left + told_by_right
            case SetOperation.UNION:
                return True, told_by_left if left.counted else told_by_right
            case SetOperation.DIFFERENCE if left.counted and right.counted:
                return False, (Cause(CauseKind.EXCLUDED, _label(self.right)),)
            case SetOperation.INTERSECTION if left.counted is right.counted:
                return left.counted, left.causes if left.counted else told_by_left + told_by_right
            case SetOperation.INTERSECTION:
                return False, told_by_right if left.counted else told_by_left
            case _:
                return left.counted, left.causes if left.counted else told_by_left

    @property
    def label(self) -> str:
        """Return what to call it in a sentence: its name, or else that of its sides."""
        return str(self)

    def __str__(self) -> str:
        return self.name or f"({_label(self.left)} {self.operation.value} {_label(self.right)})"

    def __reduce__(self) -> "tuple[partial[CombinedTime], tuple[object, ...]]":
        # The tables stay behind: they are made anew where they are needed.
        return partial(type(self), name=self.name), (self.left, self.operation, self.right)


def _known_days(left: BusinessTime, right: BusinessTime | Windows) -> tuple[range, str]:
    """Return the UTC days that both sides know, and what bounds them."""
    ours = left._timeline
    if not isinstance(right, BusinessTime):
        return ours.days, ours.because
    theirs = right._timeline
    days = range(max(ours.days.start, theirs.days.start), min(ours.days.stop, theirs.days.stop))
    bounds = [side.because for side in (ours, theirs) if side.days != HORIZON]
    return days, "; ".join(dict.fromkeys(bounds)) or ours.because


def _openings(
    left: BusinessTime, operation: SetOperation, right: BusinessTime | Windows, days: range
) -> Iterable[Span]:
    """Return the openings of the combination in some UTC days, clipped to them and sorted by start."""
    if operation is SetOperation.UNION:
        return merge(_openings_in(left, days), _openings_in(right, days))
    if operation is SetOperation.DIFFERENCE:
        return difference(_openings_in(left, days), _openings_in(right, days))
    theirs = list(_openings_in(right, days))
    # Windows are rare, so that most years of the left side need no look.
    return intersection(_openings_in(left, days), theirs) if theirs else ()


def _openings_in(side: BusinessTime | Windows, days: range) -> Iterable[Span]:
    if isinstance(side, BusinessTime):
        return side._timeline.openings_in(days)
    if isinstance(side, Recurrence):
        return real_spans(side._wall_spans, side.tz, days)
    spans = ((span.start - EPOCH, span.end - EPOCH) for span in side)
    return clipped(spans, days.start * DAY, days.stop * DAY)


def _content(side: BusinessTime | Windows) -> object:
    if isinstance(side, BusinessTime):
        return side.content()
    if isinstance(side, Recurrence):
        return frozen_dict(
            {
                "rule": side.rule,
                "first": side.first.isoformat(),
                "time_zone": side.tz.key,
                "lasting": str(side.lasting),
            }
        )
    return tuple(f"{span.start.isoformat()}/{span.end.isoformat()}" for span in side)


def _label(side: BusinessTime | Windows) -> str:
    """Return what to call a side in a sentence."""
    if isinstance(side, BusinessTime):
        return side.label
    if isinstance(side, Recurrence):
        return side.rule
    return f"{side[0].start} to {side[0].end}" if len(side) == 1 else f"{len(side)} listed spans"


def _reasons_of_windows(windows: Windows, start: timedelta, end: timedelta) -> Iterator[Reason]:
    """Return from *start* to *end* what lies in the windows and what does not."""
    days = range(start.days, min(end.days + 1, HORIZON.stop))
    openings = clipped(union(_openings_in(windows, days)), start, end)
    return open_and_closed(openings, start, end, Cause(CauseKind.OUTSIDE_WINDOWS))


def _side_by_side(ours: Iterator[Reason], theirs: Iterator[Reason]) -> Iterator[tuple[Reason, Reason]]:
    """Yield each two reasons of both sides that hold at the same time; both make up the same stretch."""
    left, right = next(ours, None), next(theirs, None)
    while left is not None and right is not None:
        yield left, right
        ends = min(left.end, right.end)
        if left.end == ends:
            left = next(ours, None)
        if right.end == ends:
            right = next(theirs, None)
