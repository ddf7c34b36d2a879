"""
Closures from an iCalendar file: the door to `icalendar` and `recurring_ical_events`.

Both load on first use, and come with the extra ``ical``: ``pip install 'itsmkit[ical]'``.
"""

import re
from collections.abc import Iterator, Mapping
from datetime import date, datetime, timedelta, tzinfo
from os import PathLike, fspath
from pathlib import Path
from typing import Any, cast

from attrs import field, frozen

from itsmkit._frozen import EMPTY, FrozenDict, as_tuple
from itsmkit.calendars import TimeSpan, merge_spans
from itsmkit.errors import DefinitionError
from itsmkit.interchange.errors import CalendarFileError

__all__ = ["Closure", "Closures", "read_closures"]

_FIRST, _LAST = date(1970, 1, 1), date(2200, 12, 31)
_DAY = timedelta(days=1)
_FREQUENCIES = ("DAILY", "WEEKLY", "MONTHLY", "YEARLY")
_UNNAMED = "closed"


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
    file = _File(fspath(path), tz)
    days: dict[date, list[str]] = {}
    times = []
    for begin, end, name in file.occurrences(first, last):
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


class _File:
    """An iCalendar file that was read and looked through."""

    def __init__(self, name: str, tz: tzinfo | None) -> None:
        try:
            from icalendar import Calendar  # noqa: PLC0415  slow to load, and comes with an extra
        except ModuleNotFoundError as error:
            message = "reading iCalendar files needs more libraries: pip install 'itsmkit[ical]'"
            raise ModuleNotFoundError(message, name=error.name) from error

        self._name = name
        self._tz = tz
        self._lines: list[str] = []
        self._lines = self._read().splitlines()
        begun, ended = (sum(line.startswith(mark) for line in self._lines) for mark in ("BEGIN:", "END:"))
        if begun != ended:
            raise self._fault(f"was cut off: {begun} parts begin and {ended} end; fetch it again")
        try:
            self._calendars = Calendar.from_ical("\r\n".join(self._lines), multiple=True)
        except ValueError as error:
            raise self._fault(f"cannot be read: {error}", *_quoted(str(error))) from error
        events = [event for calendar in self._calendars for event in calendar.walk("VEVENT")]
        if not any(calendar.name == "VCALENDAR" for calendar in self._calendars):
            raise self._fault("holds no calendar; it should begin with BEGIN:VCALENDAR")
        for event in events:
            self._check(event)

    def occurrences(self, first: date, last: date) -> Iterator[tuple[date, date, str]]:
        """Yield when each event begins and ends, and its name, as far as it lies in the dates."""
        from recurring_ical_events import of  # noqa: PLC0415  as above

        for calendar in self._calendars:
            # A day more on each side, for the clocks of the file are not those of UTC.
            for event in of(calendar).between(first - _DAY, last + 2 * _DAY):
                begin, end = self._aware(event.start), self._aware(event.end)
                dates = [edge.date() if isinstance(edge, datetime) else edge for edge in (begin, end)]
                cancelled = event.get("STATUS") == "CANCELLED"
                if not cancelled and begin != end and dates[0] <= last and dates[1] >= first:
                    yield begin, end, str(event.get("SUMMARY") or "").strip() or _UNNAMED

    def _read(self) -> str:
        try:
            return Path(self._name).read_bytes().decode("utf-8-sig")
        except OSError as error:
            raise self._fault(f"cannot be read: {error.strerror}") from error
        except UnicodeDecodeError as error:
            line = error.object.count(b"\n", 0, error.start) + 1
            raise CalendarFileError(
                self._name, line, "is not UTF-8; save the file in that encoding"
            ) from error

    def _check(self, event: Any) -> None:
        """Raise what is wrong with an event."""
        about = f"the event {str(event.get('SUMMARY') or _UNNAMED)!r}"
        for key, message in event.errors:
            fragments = [key, message.split()[-1]] if key else _quoted(message)
            raise self._fault(f"{about}: {key or 'a line'} cannot be read: {message}", *fragments)
        try:
            begin, end = event.start, event.end
        except ValueError as error:
            raise self._fault(f"{about}: {error}") from error
        for key, edge in (("DTSTART", begin), ("DTEND", end)):
            written = event.get(key)
            if written is None or not isinstance(edge, datetime) or edge.tzinfo is not None:
                continue
            place = key, written.to_ical().decode()
            if zone := written.params.get("TZID"):
                raise self._fault(
                    f"{about}: the file uses the time zone {zone!r} and does not say what it is", *place
                )
            if self._tz is None:
                raise self._fault(
                    f"{about}: {key} has no time zone; name the one that is meant with tz=", *place
                )
        if self._aware(end) < self._aware(begin):
            problem = f"{about} ends at {end}, before it begins at {begin}"
            raise self._fault(problem, "DTSTART", event["DTSTART"].to_ical().decode())
        rules = event.get("RRULE", [])
        for rule in rules if isinstance(rules, list) else [rules]:
            self._check_rule(about, rule)

    def _check_rule(self, about: str, rule: Mapping[str, Any]) -> None:
        """Raise what would make a rule recur without end or measure."""
        frequencies = rule.get("FREQ", [])
        if not frequencies or not set(frequencies) <= set(_FREQUENCIES):
            rate = ", ".join(frequencies) or "at no rate"
            problem = f"{about} recurs {rate}; a closure may recur {', '.join(_FREQUENCIES)}"
            raise self._fault(problem, "RRULE", *frequencies)
        for part in ("INTERVAL", "COUNT"):
            if any(number < 1 for number in rule.get(part, [])):
                # Who asks for occurrences would look for the next one for ever.
                raise self._fault(f"{about}: {part} of its rule counts from 1", "RRULE", part)

    def _aware(self, edge: date) -> date:
        """Return *edge*, with the zone that was asked for if it is a time without one."""
        if isinstance(edge, datetime) and edge.tzinfo is None:
            return edge.replace(tzinfo=self._tz)
        return edge

    def _fault(self, problem: str, *fragments: str) -> CalendarFileError:
        """Return the error, with the first line that holds all *fragments*, if there are any."""
        lines = (
            number for number, line in enumerate(self._lines, 1) if all(part in line for part in fragments)
        )
        return CalendarFileError(self._name, next(lines, None) if fragments else None, problem)


def _quoted(message: str) -> list[str]:
    return re.findall(r"'([^']+)'", message)[:1]
