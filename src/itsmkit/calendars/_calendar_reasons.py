"""Why a declared calendar is open or closed."""

from collections.abc import Iterable, Iterator
from datetime import timedelta
from itertools import pairwise

from itsmkit.calendars._local_dates import date_of, local_dates
from itsmkit.calendars._opening_rules import OpeningRules
from itsmkit.calendars._span_sets import clipped
from itsmkit.calendars._wall_clock import Span
from itsmkit.calendars.explanation import Cause, CauseKind, Reason

__all__ = ["reasons"]

_WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")


def reasons(
    rules: OpeningRules, openings: Iterable[Span], start: timedelta, end: timedelta
) -> Iterator[Reason]:
    """
    Yield the stretches from *start* to *end*, without a gap, each with what made it open or closed.

    Args:
        rules: What was declared.
        openings: All from *start* to *end*, clipped to them, in order and apart from each other.
        start: Since 1970.
        end: Not before *start*.
    """
    at = start
    for opening, closing in openings:
        yield from _closed(rules, at, opening)
        yield from _open(rules, opening, closing)
        at = closing
    yield from _closed(rules, at, end)


def _open(rules: OpeningRules, start: timedelta, end: timedelta) -> Iterator[Reason]:
    """Yield the parts of an opening: those of special hours, and the others."""
    special: list[Span] = []
    if rules.special_hours:
        for day in range(start.days - 3, end.days + 3):
            if _is_special(rules, day):
                special.extend(rules.declared_hours(day))
    for since, until in _cut(start, end, special):
        kind = CauseKind.SPECIAL_HOURS if _inside(since, special) else CauseKind.OPEN
        yield Reason(since, until, True, (Cause(kind),))


def _closed(rules: OpeningRules, start: timedelta, end: timedelta) -> Iterator[Reason]:
    """Yield the parts of a gap between two openings: each date on its own, with its cause."""
    for date_starts, date_ends, day in local_dates(rules.tz, start, end):
        hours = rules.declared_hours(day)
        declared = [*rules.declared_hours(day - 1), *hours]
        for since, until in _cut(date_starts, date_ends, declared):
            if _inside(since, declared):
                cause = Cause(CauseKind.BREAK)
            elif not hours:
                cause = _without_hours(rules, day)
            elif since < hours[0][0]:
                cause = Cause(CauseKind.BEFORE_OPENING)
            elif since >= hours[-1][1]:
                cause = Cause(CauseKind.AFTER_CLOSING)
            else:
                cause = Cause(CauseKind.BETWEEN_OPENINGS)
            yield Reason(since, until, False, (cause,))


def _without_hours(rules: OpeningRules, day: int) -> Cause:
    """Return why nothing opens on the local date *day*."""
    if rules.wall_hours(day):
        return Cause(CauseKind.CLOCK_CHANGE)
    if _is_special(rules, day):
        return Cause(CauseKind.SPECIAL_HOURS, "closed")
    holiday = _holiday(rules, day)
    if holiday is not None:
        return Cause(CauseKind.HOLIDAY, holiday)
    return Cause(CauseKind.CLOSED, _WEEKDAYS[date_of(day).weekday()])


def _is_special(rules: OpeningRules, day: int) -> bool:
    """Tell whether special hours decide about the local date *day*."""
    if date_of(day) not in rules.special_hours:
        return False
    return not (rules.holiday_beats_special and _holiday(rules, day) is not None)


def _holiday(rules: OpeningRules, day: int) -> str | None:
    date = date_of(day)
    holidays = rules.holidays
    return holidays.name_of(date) if holidays is not None and date.year in holidays.years else None


def _cut(start: timedelta, end: timedelta, spans: Iterable[Span]) -> Iterator[Span]:
    """Yield the parts of *start* to *end* between the edges of *spans*."""
    edges = {edge for span in clipped(spans, start, end) for edge in span}
    return pairwise(sorted({start, *edges, end}))


def _inside(instant: timedelta, spans: Iterable[Span]) -> bool:
    return any(opening <= instant < closing for opening, closing in spans)
