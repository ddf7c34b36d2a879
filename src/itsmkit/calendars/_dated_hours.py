"""Hours of single dates: what special hours and breaks are given as, checked and put in order."""

from collections.abc import Iterable, Mapping
from datetime import date, datetime, timedelta
from itertools import pairwise

from itsmkit._checks import is_a
from itsmkit._frozen import FrozenDict
from itsmkit.calendars._instants import DAY
from itsmkit.calendars.hours_span import HoursSpan
from itsmkit.errors import DefinitionError

__all__ = [
    "CLOSED_TEXT",
    "DatedHours",
    "DayHours",
    "dated_hours",
    "day_hours",
    "day_text",
    "ends_overnight",
    "joined_spans",
    "wall_times",
]

DayHours = HoursSpan | str | Iterable[HoursSpan | str]
"""The hours of one day: spans, or their text, ``"09:00-12:00,13:00-17:00"`` or ``"closed"``."""

DatedHours = Mapping[date, tuple[HoursSpan, ...]]
"""The hours of some dates: in order, those that touch made into one."""

CLOSED_TEXT = "closed"
"""How hours that are none are written."""


def joined_spans(spans: Iterable[HoursSpan]) -> tuple[HoursSpan, ...]:
    """Return *spans* in order, those that touch made into one where a `HoursSpan` can hold it."""
    joined: list[HoursSpan] = []
    for span in sorted(spans, key=lambda span: span.opens):
        if joined and joined[-1].ends == span.opens:
            opens = joined[-1].opens
            length = span.ends - opens
            if length < DAY or (length == DAY and span.closes == DAY):
                joined[-1] = HoursSpan(opens, span.closes)
                continue
        joined.append(span)
    return tuple(joined)


def day_hours(hours: DayHours) -> tuple[HoursSpan, ...]:
    """
    Return the spans of one day.

    Args:
        hours: A span, a text, or several of either. No span at all, ``"closed"`` or an empty text is a day
            without hours.

    Raises:
        DefinitionError: With every text that cannot be read and every two spans that overlap.
    """
    spans: list[HoursSpan] = []
    problems: list[str] = []
    for part in _parts(hours):
        try:
            spans.append(part if isinstance(part, HoursSpan) else HoursSpan.parse(part))
        except DefinitionError as error:
            problems.extend(error.problems)
    joined = joined_spans(spans)
    problems.extend(
        f"{one} overlaps {other}; hours of a day may only touch"
        for one, other in pairwise(joined)
        if other.opens < one.ends
    )
    if problems:
        raise DefinitionError(*problems)
    return joined


def _parts(hours: object) -> "Iterable[HoursSpan | str]":
    if isinstance(hours, HoursSpan):
        return (hours,)
    if isinstance(hours, str):
        return () if hours.strip().lower() in {"", CLOSED_TEXT} else hours.split(",")
    parts = tuple(hours) if isinstance(hours, Iterable) else (hours,)
    for part in parts:
        if not isinstance(part, HoursSpan | str):
            problem = (
                f"{part!r} are no hours of a day; write them as in '09:00-12:00,13:00-17:00', or 'closed'"
            )
            raise DefinitionError(problem)
    return parts


def day_text(spans: Iterable[HoursSpan]) -> str:
    """Return the text that `day_hours` reads as *spans*."""
    return ",".join(map(str, spans)) or CLOSED_TEXT


def dated_hours(entries: Mapping[date, DayHours], what: str) -> DatedHours:
    """
    Return the hours of each date, read-only and in order of the dates.

    Args:
        entries: The hours by date.
        what: The name of an entry for the error's sentences, such as ``"special hours"``.

    Raises:
        DefinitionError: With everything that is no date and all hours that cannot be.
    """
    if not is_a(entries, Mapping):
        problem = f"{what} are given by date, as in {{date(2026, 12, 24): '09:00-12:00'}}, not as {entries!r}"
        raise DefinitionError(problem)
    found: dict[date, tuple[HoursSpan, ...]] = {}
    problems: list[str] = []
    for day, hours in entries.items():
        if not is_a(day, date) or is_a(day, datetime):
            problems.append(f"{what} need a date without a time, not {day!r}")
            continue
        try:
            found[day] = day_hours(hours)
        except DefinitionError as error:
            problems.extend(f"{what} on {day}: {problem}" for problem in error.problems)
    if problems:
        raise DefinitionError(*problems)
    return FrozenDict(sorted(found.items()))


def ends_overnight(spans: Iterable[HoursSpan]) -> bool:
    """Tell whether one of *spans* reaches into the day after."""
    return any(span.ends > DAY for span in spans)


def wall_times(spans: Iterable[HoursSpan]) -> list[tuple[timedelta, timedelta]]:
    """Return when each of *spans* opens and ends, counted from the midnight before."""
    return [(span.opens, span.ends) for span in spans]
