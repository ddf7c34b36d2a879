"""Business hours in real time: what is open when, and how much of it passes."""

from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from functools import partial
from typing import TYPE_CHECKING, Self

from attrs import field, frozen
from attrs.validators import optional

from itsmkit._checks import named
from itsmkit._frozen import frozen_dict
from itsmkit.calendars._instants import DAY, EPOCH, EPOCH_DATE, HORIZON, day_number
from itsmkit.calendars._timeline import Timeline
from itsmkit.calendars._wall_clock import Span, real_spans
from itsmkit.calendars._zones import zone
from itsmkit.calendars.business_time import BusinessTime
from itsmkit.calendars.holiday_calendar import HolidayCalendar
from itsmkit.calendars.weekly_hours import WeeklyHours
from itsmkit.errors import DefinitionError

if TYPE_CHECKING:
    from zoneinfo import ZoneInfo

__all__ = ["BusinessCalendar"]


def _hours(hours: WeeklyHours | str) -> WeeklyHours:
    return WeeklyHours.parse(hours) if isinstance(hours, str) else hours


@frozen
class BusinessCalendar(BusinessTime):
    """
    The real time during which a place is open: its weekly hours, in its zone, without its holidays.

    It is the set of those instants at which the clocks of *tz* show a time inside the hours. A
    repeated hour therefore counts twice and a missing one never; 24 hours of opening last 23 or 25
    when the clocks change. A holiday drops the spans that open on its local date; the tail of an
    overnight span that opened the day before stays.

    It answers as far as the holidays of its region are known.

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

    def __attrs_post_init__(self) -> None:
        days, because = _known_days(self.hours, self.tz, self.holidays)
        if not _ever_opens(self.hours, self.holidays, days):
            problem = (
                f"calendar {self.name or str(self.hours)!r} is never open; give it "
                "hours on a day that is no holiday, as in 'Mon-Fri 08:00-17:00'"
            )
            raise DefinitionError(problem)
        self._answering(Timeline(partial(_openings, self.hours, self.tz, self.holidays), days, because))

    @classmethod
    def always(cls, tz: "ZoneInfo | str" = "UTC", *, name: str | None = None) -> Self:
        """Return the calendar that never closes, 24×7; its results come in *tz*."""
        return cls(WeeklyHours.always(), tz, name=name)

    def content(self) -> Mapping[str, object]:
        """Return what decides about the open time, as plain values."""
        holidays = self.holidays
        return frozen_dict(
            {
                "hours": str(self.hours),
                "time_zone": self.tz.key,
                "region": None if holidays is None else holidays.region,
                "dates": [] if holidays is None else [day.isoformat() for day, _ in holidays.dates],
                "removed": [] if holidays is None else sorted(day.isoformat() for day in holidays.removed),
            }
        )

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
