"""Local dates on the real time line: when a date begins and ends, and which part of an opening is its own."""

from collections.abc import Iterator
from datetime import date, timedelta
from typing import TYPE_CHECKING, NamedTuple

from itsmkit.calendars._instants import DAY, EPOCH_DATE
from itsmkit.calendars._span_sets import Openings, union
from itsmkit.calendars._wall_clock import Span, _stretches

if TYPE_CHECKING:
    from zoneinfo import ZoneInfo

__all__ = ["LocalDate", "date_of", "hours_of_date", "local_dates", "pieces_of"]

_AROUND = 2
"""No clock is a whole day away from UTC, even where it was moved across the date line."""


class LocalDate(NamedTuple):
    """A stretch of real time, since 1970, throughout which the clocks of a zone show one date."""

    start: timedelta
    end: timedelta
    day: int


def date_of(day: int) -> date:
    """Return the date that lies *day* days after 1970-01-01."""
    return EPOCH_DATE + timedelta(days=day)


def local_dates(tz: "ZoneInfo", start: timedelta, end: timedelta) -> Iterator[LocalDate]:
    """
    Yield the dates from *start* to *end*, clipped to them, in real order and without a gap.

    A date comes twice where the clocks went back across midnight, and not at all where they skipped it.
    """
    held: LocalDate | None = None
    for since, until, offset in _stretches(tz, range(start.days, -(-end // DAY))):
        at, until = max(since, start), min(until, end)  # noqa: PLW2901  clipped
        while at < until:
            day = (at + offset).days
            midnight = (day + 1) * DAY - offset
            if held is not None and held.day == day:  # the clocks changed within the date
                held = held._replace(end=min(midnight, until))
            else:
                if held is not None:
                    yield held
                held = LocalDate(at, min(midnight, until), day)
            at = midnight
    if held is not None:
        yield held


def pieces_of(day: int, tz: "ZoneInfo") -> list[Span]:
    """Return the stretches of real time at which the clocks of *tz* show *day*: mostly one."""
    around = local_dates(tz, (day - _AROUND) * DAY, (day + _AROUND) * DAY)
    return [(start, end) for start, end, shown in around if shown == day]


def hours_of_date(openings: Openings, known: range, day: int, tz: "ZoneInfo") -> Iterator[Span]:
    """
    Yield the parts of the openings that belong to the local date *day*.

    An opening is cut at each local midnight, and each part belongs to its date; but what is left of it on
    its last date belongs to the date before, as the tail of a night shift does. So a tail belongs to the
    date on which the shift began, and an opening without an end to every date. A date that the clocks show
    in two pieces reaches from the first to the last.

    Args:
        openings: Those of some UTC days.
        known: The UTC days for which there are any.
        day: Days since 1970.
        tz: Whose dates.
    """
    today = pieces_of(day, tz)
    around = range(max(day - _AROUND, known.start), min(day + 2 * _AROUND, known.stop))
    if not today or not around:
        return
    begins, ends = today[0][0], today[-1][1]
    # A zone that crossed the date line left out a date, but never two.
    tomorrow_ends = (pieces_of(day + 1, tz) or pieces_of(day + 2, tz))[-1][1]
    for opening, closing in union(openings(around)):
        is_tail = opening < begins and closing < ends
        if begins < closing and opening < ends and not is_tail:
            yield max(opening, begins), closing if closing < tomorrow_ends else ends
