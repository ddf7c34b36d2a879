"""Business hours in real time: what is open when, and how much of it passes."""

from collections.abc import Iterator
from datetime import datetime, timedelta, tzinfo
from functools import partial
from typing import TYPE_CHECKING, Self

from attrs import field, frozen
from attrs.validators import optional

from itsmkit._checks import named
from itsmkit.calendars._instants import DAY, EPOCH, EPOCH_DATE, HORIZON, day_number, since_epoch
from itsmkit.calendars._timeline import Timeline
from itsmkit.calendars._wall_clock import Span, real_spans
from itsmkit.calendars._zones import zone
from itsmkit.calendars.holiday_calendar import HolidayCalendar
from itsmkit.calendars.landing import Landing
from itsmkit.calendars.time_span import TimeSpan
from itsmkit.calendars.weekly_hours import WeeklyHours
from itsmkit.errors import DefinitionError

if TYPE_CHECKING:
    from zoneinfo import ZoneInfo

__all__ = ["BusinessCalendar"]

_ZERO = timedelta(0)


def _hours(hours: WeeklyHours | str) -> WeeklyHours:
    return WeeklyHours.parse(hours) if isinstance(hours, str) else hours


@frozen
class BusinessCalendar:
    """
    The real time during which a place is open: its weekly hours, in its zone, without its holidays.

    It is the set of those instants at which the clocks of *tz* show a time inside the hours. A
    repeated hour therefore counts twice and a missing one never; 24 hours of opening last 23 or 25
    when the clocks change. A holiday drops the spans that open on its local date; the tail of an
    overnight span that opened the day before stays. All arithmetic is exact to the microsecond.

    It answers for the years 1970 to 2200 (in UTC), or as far as the holidays of its region are known.
    The tables behind an answer are made on first use, about a year at a time (up to a millisecond
    per year, and the holidays); an answer from them is a look-up that does not depend on the span.
    Threads may share a calendar.

    Args:
        hours: The weekly hours, or their text: see `WeeklyHours.parse`.
        tz: A `ZoneInfo`, or the name of one in the IANA database.
        holidays: The dates on which nothing opens.
        name: What to call the calendar.

    Raises:
        DefinitionError: If the hours or the zone cannot be read, or nothing is ever open.

    >>> from datetime import datetime, timedelta
    >>> office = BusinessCalendar("Mon-Fri 08:00-17:00", "Europe/Berlin")
    >>> friday = datetime(2026, 10, 23, 16, tzinfo=office.tz)
    >>> print(office.advance(friday, timedelta(hours=2)))
    2026-10-26 09:00:00+01:00
    >>> print(office.elapsed(friday, datetime(2026, 10, 26, 12, tzinfo=office.tz)))
    5:00:00
    """

    hours: WeeklyHours = field(converter=_hours)
    # Two ZoneInfo objects of one name are the same zone, but not equal.
    tz: "ZoneInfo" = field(converter=zone, eq=str)
    holidays: HolidayCalendar | None = field(default=None, kw_only=True)
    name: str | None = field(default=None, kw_only=True, validator=optional(named))
    _timeline: Timeline = field(init=False, eq=False, repr=False)
    _epoch: datetime = field(init=False, eq=False, repr=False)

    def __attrs_post_init__(self) -> None:
        if not _ever_opens(self.hours, self.holidays, self._timeline.days):
            problem = (
                f"calendar {self.name or str(self.hours)!r} is never open; give it "
                "hours on a day that is no holiday, as in 'Mon-Fri 08:00-17:00'"
            )
            raise DefinitionError(problem)

    @_timeline.default
    def _new_timeline(self) -> Timeline:
        days, because = _known_days(self.hours, self.tz, self.holidays)
        return Timeline(partial(_openings, self.hours, self.tz, self.holidays), days, because)

    @_epoch.default
    def _epoch_in_zone(self) -> datetime:
        return datetime(1970, 1, 1, tzinfo=self.tz)

    @classmethod
    def always(cls, tz: "ZoneInfo | str" = "UTC", *, name: str | None = None) -> Self:
        """Return the calendar that never closes, 24×7; its results come in *tz*."""
        return cls(WeeklyHours.always(), tz, name=name)

    def is_open(self, at: datetime) -> bool:
        """
        Tell whether the calendar is open at *at*; at an opening it is, at a closing no longer.

        Args:
            at: Timezone-aware, in any zone.

        Raises:
            DefinitionError: If *at* is naive.
            OutOfRangeError: If *at* lies outside the years that the calendar knows.
        """
        return self._timeline.is_open(since_epoch(at, "at"))

    def elapsed(self, start: datetime, end: datetime) -> timedelta:
        """
        Return the open time from *start* up to, not including, *end*; negative if *end* comes first.

        Args:
            start: Timezone-aware, in any zone.
            end: Timezone-aware, in any zone.

        Raises:
            DefinitionError: If an end is naive.
            OutOfRangeError: If an end lies outside the years that the calendar knows.

        >>> from datetime import UTC, datetime
        >>> round_the_clock = BusinessCalendar.always("Europe/Berlin")
        >>> day = (
        ...     datetime(2026, 3, 29, tzinfo=round_the_clock.tz),
        ...     datetime(2026, 3, 30, tzinfo=round_the_clock.tz),
        ... )
        >>> print(round_the_clock.elapsed(*day))
        23:00:00
        """
        return self._timeline.elapsed(since_epoch(start, "start"), since_epoch(end, "end"))

    def advance(
        self,
        start: datetime,
        amount: timedelta,
        *,
        landing: Landing = Landing.EARLIEST,
        in_zone: tzinfo | None = None,
    ) -> datetime:
        """
        Return the earliest instant, not before *start*, up to which *amount* of open time passes.

        What is used up exactly at a closing is reached at that closing; with `Landing.OPEN`, at the
        next opening. So no time is no move, but with `Landing.OPEN` one to the next open instant.

        Args:
            start: Timezone-aware, in any zone.
            amount: Open time. Negative goes back, as `retreat` does.
            landing: Whether the result may be a closing, or has to be open.
            in_zone: The zone of the result; that of the calendar unless given.

        Raises:
            DefinitionError: If *start* is naive.
            NeverOpenError: If there is not so much open time, or no opening to land on.
            OutOfRangeError: If *start* lies outside the years that the calendar knows.

        >>> from datetime import datetime, timedelta
        >>> office = BusinessCalendar("Mon-Fri 08:00-17:00", "Europe/Berlin")
        >>> friday = datetime(2026, 10, 23, 16, tzinfo=office.tz)
        >>> print(office.advance(friday, timedelta(hours=1)))
        2026-10-23 17:00:00+02:00
        >>> print(office.advance(friday, timedelta(hours=1), landing=Landing.OPEN))
        2026-10-26 08:00:00+01:00
        """
        since = since_epoch(start, "start")
        return self._shown(self._timeline.move(since, amount, landing, back=False), in_zone)

    def retreat(
        self,
        end: datetime,
        amount: timedelta,
        *,
        landing: Landing = Landing.EARLIEST,
        in_zone: tzinfo | None = None,
    ) -> datetime:
        """
        Return the latest instant, not after *end*, from which *amount* of open time passes.

        What is used up exactly at an opening is reached at that opening; with `Landing.OPEN`, at
        the closing before, so that the calendar is open just before the result.

        Args:
            end: Timezone-aware, in any zone.
            amount: Open time. Negative goes forward, as `advance` does.
            landing: Whether the result may be an opening, or has to be open just before.
            in_zone: The zone of the result; that of the calendar unless given.

        Raises:
            DefinitionError: If *end* is naive.
            NeverOpenError: If there is not so much open time, or no opening to land on.
            OutOfRangeError: If *end* lies outside the years that the calendar knows.
        """
        since = since_epoch(end, "end")
        return self._shown(self._timeline.move(since, amount, landing, back=True), in_zone)

    def next_open(self, at: datetime, *, in_zone: tzinfo | None = None) -> datetime:
        """
        Return the earliest open instant, not before *at*: *at* itself if the calendar is open.

        Args:
            at: Timezone-aware, in any zone.
            in_zone: The zone of the result; that of the calendar unless given.

        Raises:
            DefinitionError: If *at* is naive.
            NeverOpenError: If no opening follows.
            OutOfRangeError: If *at* lies outside the years that the calendar knows.
        """
        return self.advance(at, _ZERO, landing=Landing.OPEN, in_zone=in_zone)

    def next_close(self, at: datetime, *, in_zone: tzinfo | None = None) -> datetime:
        """
        Return the closing that follows *at*: the end of the current opening, or of the next one.

        Args:
            at: Timezone-aware, in any zone.
            in_zone: The zone of the result; that of the calendar unless given.

        Raises:
            DefinitionError: If *at* is naive.
            NeverClosesError: If the calendar stays open; round the clock, midnight is no closing.
            NeverOpenError: If no opening follows.
            OutOfRangeError: If *at* lies outside the years that the calendar knows.
        """
        return self._shown(self._timeline.next_close(since_epoch(at, "at")), in_zone)

    def open_spans(self, start: datetime, end: datetime) -> tuple[TimeSpan, ...]:
        """
        Return the openings from *start* up to *end*, clipped to them, in order and in UTC.

        Args:
            start: Timezone-aware, in any zone.
            end: Timezone-aware, not before *start*.

        Returns:
            Spans with a gap between neighbours; their durations add up to `elapsed`.

        Raises:
            DefinitionError: If an end is naive, or *end* precedes *start*.
            OutOfRangeError: If an end lies outside the years that the calendar knows.
        """
        asked = TimeSpan(start, end)
        spans = self._timeline.spans(asked.start - EPOCH, asked.end - EPOCH)
        return tuple(TimeSpan(EPOCH + opening, EPOCH + closing) for opening, closing in spans)

    def _shown(self, since: timedelta, in_zone: tzinfo | None) -> datetime:
        if in_zone is None:
            # `fromutc` reads a clock face of the zone as UTC; `astimezone` takes four times as long.
            return self.tz.fromutc(self._epoch + since)
        return (EPOCH + since).astimezone(in_zone)

    def __reduce__(self) -> "tuple[partial[Self], tuple[WeeklyHours, ZoneInfo]]":
        # The tables stay behind: they are made anew where they are needed.
        again = partial(type(self), holidays=self.holidays, name=self.name)
        return again, (self.hours, self.tz)


def _weekday(day: int) -> int:
    """Return the weekday of a day since 1970, Monday being 0; that of day 0 was a Thursday."""
    return (day + 3) % 7


def _ever_opens(hours: WeeklyHours, holidays: HolidayCalendar | None, days: range) -> bool:
    # The holidays of a region leave days to work on, so that they need no look here.
    listed = frozenset(day_number(day) for day, _ in holidays.dates) if holidays else frozenset()
    return any(hours.days[_weekday(day)] and day not in listed for day in days)


def _known_days(hours: WeeklyHours, tz: "ZoneInfo", holidays: HolidayCalendar | None) -> tuple[range, str]:
    """Return the UTC days for which all is known, and the reason why not for more."""
    if holidays is None or holidays.region is None:
        return HORIZON, "calendars answer for the years 1970 to 2200"
    years = holidays.years
    begins = datetime(years.start, 1, 1, tzinfo=tz, fold=1) - EPOCH
    ends = datetime(years.stop, 1, 1, tzinfo=tz) - EPOCH
    # A night shift could have begun on the last day that is not known.
    overnight = any(span.ends > DAY for spans in hours.days for span in spans)
    start = max(-(-begins // DAY) + overnight, HORIZON.start)
    stop = min(ends // DAY, HORIZON.stop)
    because = f"holidays of {holidays.region} are known for the years {years[0]} to {years[-1]}"
    return range(start, stop), because


def _openings(
    hours: WeeklyHours, tz: "ZoneInfo", holidays: HolidayCalendar | None, days: range
) -> Iterator[Span]:
    """Return the openings in the UTC days *days*, clipped to them and sorted by start."""
    return real_spans(partial(_wall_spans, hours, holidays), tz, days)


def _wall_spans(
    hours: WeeklyHours, holidays: HolidayCalendar | None, start: timedelta, end: timedelta
) -> Iterator[Span]:
    """Yield the spans that open on the dates from *start* to *end*, or on the day before."""
    week = [[(span.opens, span.ends) for span in spans] for spans in hours.days]
    dates = range(start.days - 1, end.days + 1)
    closed = _closed(holidays, dates)
    for date in dates:
        if date not in closed:
            midnight = date * DAY
            for opens, ends in week[_weekday(date)]:
                yield midnight + opens, midnight + ends


def _closed(holidays: HolidayCalendar | None, dates: range) -> frozenset[int]:
    """Return the holidays of the years in which *dates* lie."""
    if holidays is None:
        return frozenset()
    first, last = (EPOCH_DATE + timedelta(days=date) for date in (dates[0], dates[-1]))
    return frozenset(
        day_number(day)
        for year in range(first.year, last.year + 1)
        if year in holidays.years
        for day in holidays.in_year(year)
    )
