"""
Calendars as iCalendar writes them: the door to `icalendar` and `recurring_ical_events`.

Both load on first use, and come with the extra ``ical``: ``pip install 'itsmkit[ical]'``.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from datetime import date, datetime, timedelta, tzinfo
from pathlib import Path
from typing import Any, NamedTuple

from itsmkit.interchange.errors import CalendarFileError

__all__ = ["CalendarFile", "Event", "Occurrence", "calendar_text"]

_DAY = timedelta(days=1)
_FREQUENCIES = ("DAILY", "WEEKLY", "MONTHLY", "YEARLY")
_UNNAMED = "closed"


class Event(NamedTuple):
    """
    An event to be written.

    Args:
        uid: What it is called by programs.
        start: In UTC.
        end: In UTC.
        name: What people call it.
        description: What else there is to say.
        extra: Non-standard properties.
    """

    uid: str
    start: datetime
    end: datetime
    name: str
    description: str
    extra: Mapping[str, str]


def calendar_text(name: str, events: Iterable[Event], at: datetime) -> str:
    """
    Return a calendar of events as text.

    Args:
        name: What it is called.
        events: The events.
        at: When they were read, in UTC.

    Raises:
        ModuleNotFoundError: If the libraries are not installed.
    """
    try:
        from icalendar import Calendar  # noqa: PLC0415  as below
        from icalendar import Event as Written  # noqa: PLC0415  as below
    except ModuleNotFoundError as error:
        raise ModuleNotFoundError(_MISSING, name=error.name) from error
    calendar = Calendar()
    calendar.add("VERSION", "2.0")
    calendar.add("PRODID", "-//itsmkit//duties//EN")
    calendar.add("X-WR-CALNAME", name)
    for each in events:
        event = Written()
        for key, value in (
            ("UID", each.uid),
            ("DTSTAMP", at),
            ("DTSTART", each.start),
            ("DTEND", each.end),
            ("SUMMARY", each.name),
            ("DESCRIPTION", each.description),
            *each.extra.items(),
        ):
            event.add(key, value)
        calendar.add_component(event)
    return str(calendar.to_ical().decode("utf-8"))


_MISSING = "iCalendar files need more libraries: pip install 'itsmkit[ical]'"


class Occurrence(NamedTuple):
    """
    One time that an event comes.

    Args:
        begin: When it begins: a datetime with a zone, or a date if it takes whole days.
        end: When it ends, as *begin*.
        name: What the file calls it.
        uid: What it is called by programs, the same for all times that it comes; empty if nothing is said.
        recurs: Whether it comes again and again.
        extra: Its non-standard properties, by name in capitals.
    """

    begin: date
    end: date
    name: str
    uid: str
    recurs: bool
    extra: Mapping[str, str]


class CalendarFile:
    """
    An iCalendar file that was read and looked through.

    Args:
        name: Its path.
        tz: The zone of times that it gives without one.

    Raises:
        CalendarFileError: If it cannot be read, or something in it cannot be.
        ModuleNotFoundError: If the libraries are not installed.
    """

    def __init__(self, name: str, tz: tzinfo | None) -> None:
        try:
            from icalendar import Calendar  # noqa: PLC0415  slow to load, and comes with an extra
        except ModuleNotFoundError as error:
            raise ModuleNotFoundError(_MISSING, name=error.name) from error

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
        self._recurring = {
            str(event.get("UID") or "") for event in events if "RRULE" in event or "RDATE" in event
        }

    def occurrences(self, first: date, last: date) -> Iterator[Occurrence]:
        """Yield the times that events come, as far as they lie in the dates; none that is cancelled."""
        from recurring_ical_events import of  # noqa: PLC0415  as above

        for calendar in self._calendars:
            # A day more on each side, for the clocks of the file are not those of UTC.
            for event in of(calendar).between(first - _DAY, last + 2 * _DAY):
                begin, end = self._aware(event.start), self._aware(event.end)
                dates = [edge.date() if isinstance(edge, datetime) else edge for edge in (begin, end)]
                cancelled = event.get("STATUS") == "CANCELLED"
                if not cancelled and begin != end and dates[0] <= last and dates[1] >= first:
                    name = str(event.get("SUMMARY") or "").strip() or _UNNAMED
                    uid = str(event.get("UID") or "")
                    extra = {
                        str(key).upper(): str(event[key]) for key in event if str(key)[:2].upper() == "X-"
                    }
                    yield Occurrence(begin, end, name, uid, uid in self._recurring, extra)

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
