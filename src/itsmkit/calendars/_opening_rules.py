"""What a calendar declares, made into openings: weekly hours, dated hours, holidays and breaks."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime, timedelta
from functools import cached_property
from itertools import chain
from typing import TYPE_CHECKING

from attrs import frozen

from itsmkit.calendars._dated_hours import DatedHours, ends_overnight, wall_times
from itsmkit.calendars._instants import DAY, EPOCH, EPOCH_DATE, HORIZON, day_number
from itsmkit.calendars._span_sets import difference, union
from itsmkit.calendars._wall_clock import Span, edge_spans, real_spans
from itsmkit.calendars.breaks import Breaks
from itsmkit.calendars.holiday_calendar import HolidayCalendar
from itsmkit.calendars.weekly_hours import WeeklyHours

if TYPE_CHECKING:
    from zoneinfo import ZoneInfo

__all__ = ["OpeningRules"]

_WallTimes = list[tuple[timedelta, timedelta]]

_AROUND = 2
"""How many UTC days before a local date its hours may begin, in any zone; after it, twice as many."""

_LOOK = 8
"""The first days that are searched for an opening: a week, and the date line."""

_LONGEST_LOOK = 366
"""The most days that are searched at once, so that no more holidays are asked for than need be."""


@frozen(eq=False)
class OpeningRules:
    """
    What decides when a calendar is open. See `BusinessCalendar` for the arguments.

    It stands apart from the calendar so that a table of openings need not hold the calendar that holds it.
    """

    hours: WeeklyHours
    tz: "ZoneInfo"
    holidays: HolidayCalendar | None
    special_hours: DatedHours
    breaks: Breaks | None
    dst: str
    holiday_beats_special: bool

    def known_days(self) -> tuple[range, str]:
        """Return the UTC days for which all is known, and the reason why not for more."""
        if self.holidays is None or self.holidays.region is None:
            return HORIZON, "calendars answer for the years 1970 to 2200"
        years = self.holidays.years
        begins = datetime(years.start, 1, 1, tzinfo=self.tz, fold=1) - EPOCH
        ends = datetime(years.stop, 1, 1, tzinfo=self.tz) - EPOCH
        # A night shift could have begun on the last day that is not known.
        overnight = any(map(ends_overnight, chain(self.hours.days, self.special_hours.values())))
        start = max(-(-begins // DAY) + overnight, HORIZON.start)
        stop = min(ends // DAY, HORIZON.stop)
        because = f"holidays of {self.holidays.region} are known for the years {years[0]} to {years[-1]}"
        return range(start, stop), because

    def openings(self, days: range) -> Iterator[Span]:
        """Return the openings in the UTC days *days*, clipped to them and sorted by start."""
        if self.dst == "edges":
            spans = edge_spans(self._wall_spans, self.tz, days)
            return difference(spans, edge_spans(self._wall_breaks, self.tz, days)) if self.breaks else spans
        # The clock shows a break or it does not, so that what it shows can be settled before real time is.
        return real_spans(self._wall_openings if self.breaks else self._wall_spans, self.tz, days)

    def open_at_times(self, days: range) -> bool:
        """
        Tell whether there is any opening in the UTC days *days*.

        Cost: a look at a week, for a calendar that is open in its first one. All the days are only searched
        where nothing is found, or next to nothing.
        """
        return any(next(self.openings(block), None) is not None for block in self._blocks(days))

    def declared_hours(self, day: int) -> list[Span]:
        """
        Return the real time of the hours that begin on the local date *day*, breaks included.

        Args:
            day: Days since 1970.
        """
        midnight = day * DAY
        times = self.wall_hours(day)
        spans = [(midnight + opens, midnight + ends) for opens, ends in times]
        days = range(day - _AROUND, day + 2 * _AROUND)
        in_real_time = edge_spans if self.dst == "edges" else real_spans
        return list(union(in_real_time(lambda _start, _end: spans, self.tz, days))) if spans else []

    def hours_of(self, day: int) -> Sequence[Span]:
        """
        Return the openings that begin on the local date *day*, without breaks.

        They are kept: who counts working days asks for the same dates again and again.

        Args:
            day: Days since 1970.
        """
        hours = self._known_hours.get(day)
        if hours is None:
            hours = self._known_hours[day] = tuple(self._hours_of(day))
        return hours

    def _hours_of(self, day: int) -> Iterable[Span]:
        declared = self.declared_hours(day)
        if not declared or not self.breaks:
            return declared
        days = range(day - _AROUND, day + 2 * _AROUND)
        in_real_time = edge_spans if self.dst == "edges" else real_spans
        return difference(declared, in_real_time(self._wall_breaks, self.tz, days))

    def wall_hours(self, day: int) -> _WallTimes:
        """Return the hours that begin on the local date *day*, from its midnight on the wall clock."""
        return self._dated(range(day, day + 1)).get(day, self._week[_weekday(day)])

    def _blocks(self, days: range) -> Iterator[range]:
        """Yield ranges that hold all openings of *days*, those first in which one is likely."""
        weekly = any(self.hours.days)
        if weekly:
            yield days[:_LOOK]
        for day in (day_number(date) for date, spans in self.special_hours.items() if spans):
            # The UTC days in which the hours of a date may lie, in any zone and overnight.
            yield range(max(day - 2, days.start), min(day + 4, days.stop))
        length = _LOOK
        first = days.start + _LOOK
        while weekly and first < days.stop:
            yield range(first, min(first + length, days.stop))
            first += length
            length = min(2 * length, _LONGEST_LOOK)

    def _wall_spans(self, start: timedelta, end: timedelta) -> Iterator[Span]:
        """Yield the spans that open on the dates from *start* to *end*, or on the day before."""
        week = self._week
        dates = range(start.days - 1, end.days + 1)
        dated = self._dated(dates)
        for date in dates:
            midnight = date * DAY
            for opens, ends in dated.get(date, week[_weekday(date)]):
                yield midnight + opens, midnight + ends

    def _wall_openings(self, start: timedelta, end: timedelta) -> Iterator[Span]:
        """Yield `_wall_spans` without `_wall_breaks`."""
        return difference(self._wall_spans(start, end), self._wall_breaks(start, end))

    def _wall_breaks(self, start: timedelta, end: timedelta) -> Iterator[Span]:
        """Yield the breaks that begin on the dates from *start* to *end*, or on the day before."""
        week, dated = self._break_times
        for date in range(start.days - 1, end.days + 1):
            midnight = date * DAY
            times = week[_weekday(date)]
            for opens, ends in sorted(times + dated[date]) if date in dated else times:
                yield midnight + opens, midnight + ends

    @cached_property
    def _known_hours(self) -> dict[int, tuple[Span, ...]]:
        return {}

    @cached_property
    def _week(self) -> list[_WallTimes]:
        return [wall_times(spans) for spans in self.hours.days]

    @cached_property
    def _special(self) -> dict[int, _WallTimes]:
        return _by_day_number(self.special_hours)

    @cached_property
    def _break_times(self) -> tuple[list[_WallTimes], dict[int, _WallTimes]]:
        breaks = self.breaks or Breaks()
        return [wall_times(spans) for spans in breaks.weekly.days], _by_day_number(breaks.dated)

    def _dated(self, dates: range) -> dict[int, _WallTimes]:
        """Return the hours of those of *dates* that have other hours than their weekday."""
        closed: dict[int, _WallTimes] = {date: [] for date in self._holidays(dates)}
        if self.holiday_beats_special:
            return self._special | closed
        return closed | self._special

    def _holidays(self, dates: range) -> Iterable[int]:
        """Return the holidays of the years in which *dates* lie, as far as they are known."""
        if self.holidays is None:
            return ()
        first, last = (EPOCH_DATE + timedelta(days=date) for date in (dates[0], dates[-1]))
        return [
            day_number(day)
            for year in range(first.year, last.year + 1)
            if year in self.holidays.years
            for day in self.holidays.in_year(year)
        ]


def _weekday(day: int) -> int:
    """Return the weekday of a day since 1970, Monday being 0; that of day 0 was a Thursday."""
    return (day + 3) % 7


def _by_day_number(dated: DatedHours) -> dict[int, _WallTimes]:
    return {day_number(day): wall_times(spans) for day, spans in dated.items()}
