"""
Closures from an iCalendar file.

What reads it loads on first use, and comes with the extra ``ical``: ``pip install 'itsmkit[ical]'``.
"""

from collections.abc import Mapping
from datetime import date, datetime, timedelta, tzinfo
from os import PathLike, fspath
from typing import cast

from attrs import field, frozen

from itsmkit._frozen import EMPTY, FrozenDict, as_tuple
from itsmkit.calendars import TimeSpan, merge_spans
from itsmkit.errors import DefinitionError
from itsmkit.interchange._ical import CalendarFile

__all__ = ["Closure", "Closures", "read_closures"]

_FIRST, _LAST = date(1970, 1, 1), date(2200, 12, 31)
_DAY = timedelta(days=1)


@frozen
class Closure:
    """
    A time at which it is closed, and why.

    Args:
        span: In real time.
        name: What the file calls it.
    """

    span: TimeSpan
    name: str


def _read_only(days: Mapping[date, str]) -> FrozenDict[date, str]:
    return FrozenDict(days)


@frozen
class Closures:
    """
    What an iCalendar file says is closed.

    Args:
        days: Whole local dates with their names, in order: fit for `HolidayCalendar`, which takes them as its
            dates.
        times: Closures that begin and end at a time of day, by their start.
    """

    days: Mapping[date, str] = field(default=EMPTY, converter=_read_only)
    times: tuple[Closure, ...] = field(default=(), converter=as_tuple)

    @property
    def spans(self) -> tuple[TimeSpan, ...]:
        """Return the real time of `times`, to be taken from a calendar: in order, with gaps between."""
        return merge_spans(closure.span for closure in self.times)


def read_closures(
    path: str | PathLike[str], *, first: date, last: date, tz: tzinfo | None = None
) -> Closures:
    """
    Return what the events of an iCalendar file close.

    An event of whole days closes each of its dates, one with times the real time between them. Recurring
    events come as often as they occur; events that are cancelled, and such as take no time, do not count.
    Whether an event shows as busy makes no difference: files of public holidays seldom say so.

    Args:
        path: A file in UTF-8.
        first: The first date to ask for, of the years 1970 to 2200.
        last: The last date to ask for. A closure with times counts if any of its dates, on its own clock,
            lies in these.
        tz: The zone of times that the file gives without one.

    Raises:
        CalendarFileError: If the file cannot be read, is no iCalendar file, was cut off, or says something
            that cannot be: with the line where that is known.
        DefinitionError: If the dates are not in order.
        ModuleNotFoundError: If the libraries are not installed.

    Source:
        RFC 5545, section 3.6.1.
    """
    if not _FIRST <= first <= last <= _LAST:
        problem = f"ask for dates in order, of the years 1970 to 2200, not from {first} to {last}"
        raise DefinitionError(problem)
    file = CalendarFile(fspath(path), tz)
    days: dict[date, list[str]] = {}
    times = []
    for begin, end, name, *_ in file.occurrences(first, last):
        if isinstance(begin, datetime):
            times.append(Closure(TimeSpan(begin, cast("datetime", end)), name))
            continue
        day = max(begin, first)
        while day < end and day <= last:
            days.setdefault(day, []).append(name)
            day += _DAY
    return Closures(
        {day: ", ".join(dict.fromkeys(names)) for day, names in sorted(days.items())},
        sorted(times, key=lambda closure: (closure.span.start, closure.span.end, closure.name)),
    )
