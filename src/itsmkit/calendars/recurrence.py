"""Recurring windows by the rules of iCalendar: the door to `dateutil`, which loads on first use."""

import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from functools import cached_property
from heapq import heappop, heappush
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from attrs import field, frozen

from itsmkit._checks import utc
from itsmkit.calendars._instants import DAY, EPOCH, HORIZON
from itsmkit.calendars._wall_clock import Span, real_spans
from itsmkit.calendars._zones import zone
from itsmkit.calendars.errors import OutOfRangeError
from itsmkit.calendars.time_span import TimeSpan, merge_spans
from itsmkit.errors import DefinitionError

if TYPE_CHECKING:
    from dateutil.rrule import rrule, rruleset

__all__ = ["Recurrence"]

_FREQUENCIES = ("DAILY", "WEEKLY", "MONTHLY", "YEARLY")
_PARTS = (
    "FREQ",
    "INTERVAL",
    "COUNT",
    "UNTIL",
    "WKST",
    "BYMONTH",
    "BYWEEKNO",
    "BYYEARDAY",
    "BYMONTHDAY",
    "BYDAY",
    "BYHOUR",
    "BYMINUTE",
    "BYSECOND",
    "BYSETPOS",
)
_VALUE = r"[-+A-Z0-9]+(,[-+A-Z0-9]+)*"
_YEAR = timedelta(days=366)
_WALL_EPOCH = datetime(1970, 1, 1)  # noqa: DTZ001  the clock face of a zone, not an instant

_AGES = 19 * 146_097 * DAY
"""
How far ahead `dateutil` is made to work: 19 times the 400 years after which the calendar repeats.

It gives up on a rule that has no further occurrence only in the year 9999. Seen from 7,600 years
ahead that is the year 2399, so that a rule without an occurrence costs tenths of a second, not many
seconds; the pattern of dates and weekdays is the same.
"""

_LAST = datetime(2399, 1, 1)  # noqa: DTZ001  as above

_REACH = timedelta(days=2)
"""More than the clocks of any zone were ever put ahead at once: a whole day."""


@frozen
class Recurrence:
    """
    A window that comes again by a rule, such as the maintenance on the first Sunday of a month.

    It is read on the wall clock of *tz*, as calendars are: a window from 22:00 that lasts eight hours
    ends when the clocks show 06:00, and takes seven or nine hours when they change meanwhile. (The
    standard would have a duration in hours last exactly so long.)

    Args:
        rule: A recurrence rule: ``"FREQ=WEEKLY;BYDAY=SU"``. Its parts are those of the standard, with
            a frequency from ``DAILY`` to ``YEARLY``; ``UNTIL`` is a time in UTC (``…Z``) or local.
        first: When the first window opens, as the clocks of *tz* show it: without a zone, a whole
            second of the years 1970 to 2200. If the rule does not match it, the first match after it
            counts.
        tz: A `ZoneInfo`, or the name of one in the IANA database.
        lasting: From opening to closing on the wall clock; more than nothing, at most 366 days.

    Raises:
        DefinitionError: With all that is wrong with the rule or its arguments; also if the rule has
            no occurrence up to the year 2399.

    >>> from datetime import UTC, datetime, timedelta
    >>> patching = Recurrence(
    ...     "FREQ=MONTHLY;BYDAY=1SU",
    ...     datetime(2026, 1, 4, 2, 0),
    ...     "Europe/Berlin",
    ...     lasting=timedelta(hours=3),
    ... )
    >>> for span in patching.spans(datetime(2026, 3, 1, tzinfo=UTC), datetime(2026, 5, 1, tzinfo=UTC)):
    ...     print(span.start, span.end)
    2026-03-01 01:00:00+00:00 2026-03-01 04:00:00+00:00
    2026-04-05 00:00:00+00:00 2026-04-05 03:00:00+00:00

    Source:
        RFC 5545, section 3.3.10.
    """

    rule: str
    first: datetime
    tz: ZoneInfo = field(converter=zone, eq=str)
    lasting: timedelta = field(kw_only=True)

    def __attrs_post_init__(self) -> None:
        problems = []
        if not _is_local(self.first):
            problems.append(
                f"first is what the clocks of {self.tz} show, a datetime without a zone, not {self.first!r}"
            )
        elif not 1970 <= self.first.year <= 2200 or self.first.microsecond:
            problems.append(f"first must be a whole second of the years 1970 to 2200, not {self.first}")
        if not timedelta(0) < self.lasting <= _YEAR:
            problems.append(f"lasting must be more than nothing and at most 366 days, not {self.lasting}")
        problems.extend(_faults(_parts(self.rule)))
        if not problems:
            try:
                if next(iter(self._occurrences), None) is None:
                    problems.append(f"rule {self.rule!r} never occurs; look at its BY parts")
            except (OverflowError, TypeError, ValueError) as error:
                problems.append(f"rule {self.rule!r} cannot be read: {error}")
        if problems:
            raise DefinitionError(*problems)

    def spans(self, start: datetime, end: datetime) -> tuple[TimeSpan, ...]:
        """
        Return the windows from *start* up to *end*, clipped to them, in order and in UTC.

        Cost: grows with the occurrences from `first` to *end*, microseconds for each.

        Args:
            start: Timezone-aware, in any zone.
            end: Timezone-aware, not before *start*.

        Returns:
            Spans with a gap between neighbours: windows that touch or overlap come as one.

        Raises:
            DefinitionError: If an end is naive, or *end* precedes *start*.
            OutOfRangeError: If an end lies outside the years 1970 to 2200.
        """
        asked = TimeSpan(start, end)
        for instant in (asked.start, asked.end):
            if (instant - EPOCH).days not in HORIZON:
                because = "recurrences answer for the years 1970 to 2200"
                raise OutOfRangeError(instant, EPOCH, EPOCH + HORIZON.stop * DAY, because)
        days = range((asked.start - EPOCH).days, (asked.end - EPOCH).days + 1)
        windows = (
            asked & TimeSpan(EPOCH + opening, EPOCH + closing)
            for opening, closing in real_spans(self._wall_spans, self.tz, days)
        )
        return merge_spans(window for window in windows if window is not None)

    def openings(self, since: datetime) -> Iterator[datetime]:
        """
        Go through the instants at which windows open, from *since* on, in order, each once, in UTC.

        One that the clocks show twice stands for the first time. One that they never show comes later by as
        much as they were put ahead. (By section 3.3.10 of the standard it would not come at all. What happens
        once a month must not be left out for that, so that section 3.3.5 is followed.)

        Cost: grows with the occurrences from `first` to the one that was asked for, microseconds for each.

        Args:
            since: Timezone-aware, in any zone; an opening at this instant is the first.

        Raises:
            DefinitionError: If *since* is naive.

        >>> from datetime import UTC, datetime, timedelta
        >>> early = Recurrence(
        ...     "FREQ=DAILY", datetime(2026, 3, 28, 2, 30), "Europe/Berlin", lasting=timedelta(hours=1)
        ... )
        >>> openings = early.openings(datetime(2026, 3, 28, tzinfo=UTC))
        >>> for _ in range(3):
        ...     print(next(openings).astimezone(early.tz))
        2026-03-28 02:30:00+01:00
        2026-03-29 03:30:00+02:00
        2026-03-30 02:30:00+02:00

        Source:
            RFC 5545, sections 3.3.5 and 3.3.10.
        """
        start = max(utc(since, "since"), EPOCH)
        last = None
        for instant in _in_order(self._shown_from(start), self.tz):
            if instant >= start and instant != last:
                yield instant
            last = instant

    def _shown_from(self, start: datetime) -> Iterator[datetime]:
        """Yield what the clocks show at the openings from about *start* to the end of the year 2200."""
        wall = start.astimezone(self.tz).replace(tzinfo=None) - _REACH
        for occurrence in self._occurrences.xafter(wall + _AGES, inc=True):
            shown = occurrence - _AGES
            if shown.year > 2200:
                return
            yield shown

    def _wall_spans(self, start: timedelta, end: timedelta) -> Iterator[Span]:
        """Yield the windows that reach from *start* to *end*, on the wall clock since 1970."""
        since, until = (_WALL_EPOCH + time + _AGES for time in (start - self.lasting, end))
        for occurrence in self._occurrences.between(since, until, inc=True):
            opening = occurrence - _AGES - _WALL_EPOCH
            yield opening, opening + self.lasting

    @cached_property
    def _occurrences(self) -> "rrule | rruleset":
        """Return the rule as `dateutil` reads it, moved ahead by `_AGES`."""
        from dateutil.rrule import rrulestr  # noqa: PLC0415  loads on first use

        parts = _parts(self.rule)
        if "UNTIL" in parts:
            until = _read_until(parts["UNTIL"])
            until = min(until, _LAST.replace(tzinfo=until.tzinfo))
            if until.tzinfo is not None:
                until = until.astimezone(self.tz).replace(tzinfo=None)
            parts["UNTIL"] = f"{until + _AGES:%Y%m%dT%H%M%S}"
        text = ";".join(f"{name}={value}" for name, value in parts.items())
        return rrulestr(text, dtstart=self.first + _AGES)


def _in_order(shown: Iterator[datetime], tz: ZoneInfo) -> Iterator[datetime]:
    """Yield the instants at which clocks show times: what is never shown comes after what follows it."""
    waiting: list[datetime] = []
    for wall in shown:
        nothing_before = wall.replace(tzinfo=UTC) - _REACH
        while waiting and waiting[0] < nothing_before:
            yield heappop(waiting)
        heappush(waiting, wall.replace(tzinfo=tz).astimezone(UTC))
    while waiting:
        yield heappop(waiting)


def _is_local(value: object) -> bool:
    return isinstance(value, datetime) and value.tzinfo is None


def _parts(rule: str) -> dict[str, str]:
    """Return the values of *rule* by the names of its parts; what has no value gets an empty one."""
    parts = {}
    for part in rule.strip().upper().removeprefix("RRULE:").split(";"):
        name, _, value = part.partition("=")
        parts[name.strip()] = value.strip()
    return parts


def _faults(parts: dict[str, str]) -> list[str]:
    """Return what is wrong with the parts of a rule, as far as `dateutil` would let it pass."""
    faults = [
        f"unknown part {name!r} in the rule; known: {', '.join(_PARTS)}"
        for name in parts
        if name not in _PARTS
    ]
    faults.extend(
        f"part {name} of the rule has no readable value: {value!r}"
        for name, value in parts.items()
        if not re.fullmatch(_VALUE, value)
    )
    if parts.get("FREQ") not in _FREQUENCIES:
        faults.append(f"the rule needs a frequency: FREQ={', FREQ='.join(_FREQUENCIES)}")
    faults.extend(
        f"{name} counts from 1, not {parts[name]!r}"
        for name in ("INTERVAL", "COUNT")
        if name in parts and not (parts[name].isdecimal() and int(parts[name]) > 0)
    )
    if "UNTIL" in parts:
        if "COUNT" in parts:
            faults.append("COUNT and UNTIL exclude each other; keep one of the two")
        try:
            _read_until(parts["UNTIL"])
        except ValueError:
            faults.append(
                f"UNTIL={parts['UNTIL']} is no time; write it as 20261231T230000Z, or without Z "
                "for the wall clock"
            )
    return faults


def _read_until(text: str) -> datetime:
    """Return the time written as *text*; aware if it is one in UTC."""
    local = datetime.strptime(text.removesuffix("Z"), "%Y%m%dT%H%M%S")  # noqa: DTZ007  wall clock
    return local.replace(tzinfo=UTC) if text.endswith("Z") else local
