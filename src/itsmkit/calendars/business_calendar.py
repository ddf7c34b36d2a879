"""Business hours in real time: what is open when, and how much of it passes."""

from collections.abc import Iterator, Mapping
from datetime import date, timedelta
from functools import partial
from typing import TYPE_CHECKING, Any, Literal, Self

from attrs import field, frozen
from attrs.validators import optional

from itsmkit._checks import is_a, named
from itsmkit._frozen import EMPTY, FrozenDict, frozen_dict
from itsmkit.calendars._dated_hours import DatedHours, DayHours, dated_hours, day_text
from itsmkit.calendars._instants import DAY, EPOCH
from itsmkit.calendars._opening_rules import OpeningRules
from itsmkit.calendars._span_sets import clipped
from itsmkit.calendars._timeline import Timeline
from itsmkit.calendars._wall_clock import Span, offset_changes
from itsmkit.calendars._zones import zone
from itsmkit.calendars.breaks import Breaks
from itsmkit.calendars.business_time import BusinessTime
from itsmkit.calendars.holiday_calendar import DEFAULT_LANGUAGE, HolidayCalendar
from itsmkit.calendars.time_span import TimeSpan
from itsmkit.calendars.weekly_hours import WeeklyHours
from itsmkit.errors import DefinitionError

if TYPE_CHECKING:
    from zoneinfo import ZoneInfo

    from itsmkit.calendars.explanation import Reason

__all__ = ["BusinessCalendar"]

DstReading = Literal["elapsed", "edges"]

_DST_READINGS = ("elapsed", "edges")
_NO_HOURS: FrozenDict[date, DayHours] = FrozenDict()


def _hours(hours: WeeklyHours | str) -> WeeklyHours:
    if not is_a(hours, WeeklyHours, str):
        problem = f"hours are WeeklyHours or their text, as in 'Mon-Fri 08:00-17:00', not {hours!r}"
        raise DefinitionError(problem)
    return WeeklyHours.parse(hours) if isinstance(hours, str) else hours


def _holidays(holidays: HolidayCalendar | None) -> HolidayCalendar | None:
    # One that knows no holiday decides as much as none, and is the same value.
    return None if holidays == HolidayCalendar() else holidays


def _special_hours(entries: Mapping[date, DayHours]) -> DatedHours:
    return dated_hours(entries, "special hours")


def _breaks(breaks: Breaks | WeeklyHours | Mapping[date, DayHours] | str | None) -> Breaks | None:
    if breaks is None or isinstance(breaks, Breaks):
        return breaks or None
    return (Breaks(dated=breaks) if isinstance(breaks, Mapping) else Breaks(breaks)) or None


@frozen
class BusinessCalendar(BusinessTime):
    """
    The real time during which a place is open: its weekly hours, in its zone, without its holidays.

    It is the set of those instants at which the clocks of *tz* show a time inside the hours. A
    repeated hour therefore counts twice and a missing one never; 24 hours of opening last 23 or 25
    when the clocks change. With ``dst="edges"`` only when it opens and closes is looked up on the clock, and
    all real time between counts.

    A date may have hours of its own in place of those of its weekday, or be a holiday, on which nothing
    opens. All of an overnight span belongs to the date on which it opens, so that the tail of last night's
    stays open on a holiday morning. Spans of different dates are united where they overlap. Breaks are cut
    out of whatever is open.

    It answers as far as the holidays of its region are known.

    Args:
        hours: The weekly hours, or their text: see `WeeklyHours.parse`. ``"closed"`` for a calendar that is
            open on the dates of its special hours only.
        tz: A `ZoneInfo`, or the name of one in the IANA database.
        holidays: The dates on which nothing opens.
        special_hours: The hours of single local dates, which replace those of the weekday and beat a
            holiday: ``{date(2026, 12, 31): "09:00-13:00"}``. ``"closed"``, or no span, closes the date.
            Overnight hours belong to the date on which they open.
        breaks: What is cut out: `Breaks`, or its weekly part alone, or a mapping for its dated part alone.
        dst: How a change of the clocks inside the hours is read. ``"elapsed"``: by what the clock shows at
            each instant. ``"edges"``: only the edges are looked up; one that is shown twice is taken for the
            first time, one that is skipped for the time later by as much as the clocks are put ahead.
        holiday_beats_special: Whether a holiday closes a date in spite of special hours.
        name: What to call the calendar.

    Raises:
        DefinitionError: If the hours or the zone cannot be read, or nothing is ever open in the years that
            are known.

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
    holidays: HolidayCalendar | None = field(default=None, kw_only=True, converter=_holidays)
    special_hours: DatedHours = field(default=EMPTY, kw_only=True, converter=_special_hours)
    breaks: Breaks | None = field(default=None, kw_only=True, converter=_breaks)
    dst: DstReading = field(default="elapsed", kw_only=True)
    holiday_beats_special: bool = field(default=False, kw_only=True)
    name: str | None = field(default=None, kw_only=True, validator=optional(named))
    _rules: OpeningRules = field(init=False, eq=False, repr=False)

    def __attrs_post_init__(self) -> None:
        problems = []
        if self.dst not in _DST_READINGS:
            problems.append(f"dst must be 'elapsed' or 'edges', not {self.dst!r}")
        if not is_a(self.holiday_beats_special, bool):
            problems.append(
                f"holiday_beats_special must be True or False, not {self.holiday_beats_special!r}"
            )
        if not is_a(self.holidays, HolidayCalendar, type(None)):
            problems.append(f"holidays are a HolidayCalendar, not {self.holidays!r}")
        if problems:
            raise DefinitionError(*problems)
        rules = OpeningRules(
            self.hours,
            self.tz,
            self.holidays,
            self.special_hours,
            self.breaks,
            self.dst,
            self.holiday_beats_special,
        )
        object.__setattr__(self, "_rules", rules)
        days, because = rules.known_days()
        if not rules.open_at_times(days):
            problem = (
                f"calendar {self.name or str(self.hours)!r} is never open; give it hours on a day that is no "
                "holiday, as in 'Mon-Fri 08:00-17:00', and more of them than its breaks take away"
            )
            raise DefinitionError(problem)
        self._answering(Timeline(rules.openings, days, because))

    @classmethod
    def always(cls, tz: "ZoneInfo | str" = "UTC", *, name: str | None = None) -> Self:
        """Return the calendar that never closes, 24×7; its results come in *tz*."""
        return cls(WeeklyHours.always(), tz, name=name)

    @classmethod
    def parse(
        cls,
        text: str,
        *,
        tz: "ZoneInfo | str",
        holidays: "HolidayCalendar | Mapping[date, str] | str | None" = None,
        language: str | None = None,
        special_hours: Mapping[date, DayHours] = _NO_HOURS,
        breaks: Breaks | WeeklyHours | Mapping[date, DayHours] | str | None = None,
        dst: DstReading = "elapsed",
        holiday_beats_special: bool = False,
        name: str | None = None,
    ) -> Self:
        """
        Return the calendar whose weekly hours are written as *text*; `str` writes them so again.

        ``BusinessCalendar.parse(str(calendar), **calendar.options)`` is equal to *calendar*.

        Args:
            text: See `WeeklyHours.parse`.
            tz: As for the class.
            holidays: The region whose public holidays close it, such as ``"DE-NW"``; or dates with their
                names; or a `HolidayCalendar`.
            language: The language of a region's names. By default ``"en_US"``, which every region has,
                whatever the machine speaks; the calendar keeps it in its holidays.
            special_hours: As for the class, and so are the options below.
            breaks: What is cut out of the hours.
            dst: How a change of the clocks inside the hours is read.
            holiday_beats_special: Whether a holiday closes a date in spite of special hours.
            name: What to call the calendar.

        Raises:
            DefinitionError: If something cannot be read, nothing is ever open, or a language stands where
                there is no region to be named in it.

        >>> office = BusinessCalendar.parse(
        ...     "Mon-Fri 08:00-12:00,13:00-17:00; Sat 09:00-12:00", tz="Europe/Berlin", holidays="DE-NW"
        ... )
        >>> print(office)
        Mon-Fri 08:00-12:00,13:00-17:00; Sat 09:00-12:00
        >>> office.options
        {'tz': 'Europe/Berlin', 'holidays': 'DE-NW', 'language': 'en_US'}
        """
        return cls(
            text,
            tz,
            holidays=_read_holidays(holidays, language),
            special_hours=special_hours,
            breaks=breaks,
            dst=dst,
            holiday_beats_special=holiday_beats_special,
            name=name,
        )

    @property
    def options(self) -> dict[str, Any]:
        """Return what `parse` has to be told beside the text: the zone, and all that is not the default."""
        holidays = self.holidays
        options: dict[str, Any] = {"tz": self.tz.key, "holidays": holidays}
        if holidays is not None and holidays == HolidayCalendar(
            region=holidays.region, language=holidays.language
        ):
            options |= {"holidays": holidays.region, "language": holidays.language}
        options |= {
            "special_hours": dict(self.special_hours),
            "breaks": self.breaks,
            "dst": None if self.dst == "elapsed" else self.dst,
            "holiday_beats_special": self.holiday_beats_special,
            "name": self.name,
        }
        return {name: option for name, option in options.items() if option}

    def content(self) -> Mapping[str, object]:
        """
        Return what decides about the open time, as plain values that can be hashed.

        It is the declaration: what the holidays of a region and the offsets of a zone are, is left to those
        who publish them; `expansion` says what they were taken for.
        """
        holidays = self.holidays or HolidayCalendar()
        breaks = self.breaks or Breaks()
        return frozen_dict(
            {
                "hours": str(self.hours),
                "time_zone": self.tz.key,
                "region": holidays.region,
                "dates": tuple(day.isoformat() for day, _ in holidays.dates),
                "removed": tuple(sorted(day.isoformat() for day in holidays.removed)),
                "special_hours": _plain_hours(self.special_hours),
                "breaks": str(breaks.weekly),
                "dated_breaks": _plain_hours(breaks.dated),
                "dst": self.dst,
                "holiday_beats_special": self.holiday_beats_special,
            }
        )

    def expansion(self, first_year: int, last_year: int) -> Mapping[str, object]:
        """
        Return the holidays of some years and the offsets to UTC in them, as they are taken now.

        Cost: for each year, tenths of a millisecond when its holidays are first asked for.

        Args:
            first_year: The first of the years.
            last_year: The last of them.

        Returns:
            ``holidays``, the dates of the years, in order; ``offsets``, pairs of an instant in UTC and the
            offset from then on, in seconds, the first pair being the beginning of the years.

        Raises:
            DefinitionError: If *last_year* precedes *first_year*.
            OutOfRangeError: If the calendar does not know one of the years.

        >>> office = BusinessCalendar("Mon-Fri 08:00-17:00", "Europe/Berlin")
        >>> for instant, offset in office.expansion(2026, 2026)["offsets"]:
        ...     print(instant, offset)
        2026-01-01T00:00:00+00:00 3600
        2026-03-29T01:00:00+00:00 7200
        2026-10-25T01:00:00+00:00 3600
        """
        start, end = self._known_years(first_year, last_year)
        days = range((start - EPOCH) // DAY, -((EPOCH - end) // DAY))
        years = range(first_year, last_year + 1)
        holidays = () if self.holidays is None else map(self.holidays.in_year, years)
        return frozen_dict(
            {
                "holidays": tuple(day.isoformat() for year in holidays for day in year),
                "offsets": tuple(
                    ((EPOCH + since).isoformat(), offset // timedelta(seconds=1))
                    for since, offset in offset_changes(self.tz, days)
                ),
            }
        )

    def hours_of(self, day: date) -> tuple[TimeSpan, ...]:
        """
        Return the openings that belong to the local date *day*: its hours, overnight too, without breaks.

        Args:
            day: A local date.

        Raises:
            DefinitionError: If *day* is no date.
            OutOfRangeError: If *day* is not among the days that are known.
        """
        return tuple(TimeSpan(EPOCH + opening, EPOCH + closing) for opening, closing in self._spans_of(day))

    def is_working_date(self, day: date) -> bool:
        """See `BusinessTime.is_working_date`: the same, without making spans."""
        return next(self._spans_of(day), None) is not None

    def _spans_of(self, day: date) -> Iterator[Span]:
        known = self._timeline.days
        return clipped(self._rules.hours_of(self._known_day(day)), known.start * DAY, known.stop * DAY)

    def _reasons(self, start: timedelta, end: timedelta) -> "Iterator[Reason]":
        from itsmkit.calendars._calendar_reasons import reasons  # noqa: PLC0415  not needed to measure

        return reasons(self._rules, self._timeline.spans(start, end), start, end)

    def __str__(self) -> str:
        return str(self.hours)

    def __reduce__(self) -> "tuple[partial[Self], tuple[WeeklyHours, ZoneInfo]]":
        # The tables stay behind: they are made anew where they are needed.
        again = partial(
            type(self),
            holidays=self.holidays,
            special_hours=self.special_hours,
            breaks=self.breaks,
            dst=self.dst,
            holiday_beats_special=self.holiday_beats_special,
            name=self.name,
        )
        return again, (self.hours, self.tz)


def _plain_hours(dated: DatedHours) -> tuple[tuple[str, str], ...]:
    return tuple((day.isoformat(), day_text(spans)) for day, spans in dated.items())


def _read_holidays(
    holidays: HolidayCalendar | Mapping[date, str] | str | None, language: str | None
) -> HolidayCalendar | None:
    if isinstance(holidays, str):
        return HolidayCalendar.of(holidays, language=language or DEFAULT_LANGUAGE)
    if language is not None:
        problem = f"language {language!r} without a region; dates bring their own names"
        raise DefinitionError(problem)
    return HolidayCalendar(holidays) if isinstance(holidays, Mapping) else holidays
