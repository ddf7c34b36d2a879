"""A number of business days: another type than a duration, for days are counted and not measured."""

import re
from datetime import date, datetime, timedelta
from enum import Enum
from typing import TYPE_CHECKING, Self

from attrs import evolve, field, frozen
from attrs.validators import instance_of

from itsmkit.calendars._instants import DAY, EPOCH, EPOCH_DATE
from itsmkit.calendars.errors import NeverOpenError
from itsmkit.calendars.landing import Landing
from itsmkit.calendars.time_span import TimeSpan
from itsmkit.errors import DefinitionError

if TYPE_CHECKING:
    from zoneinfo import ZoneInfo

    from itsmkit.calendars._timeline import Timeline
    from itsmkit.calendars.business_time import BusinessTime

__all__ = ["BusinessDays", "CountFrom", "TimeOfDay", "reached"]

_WALL_EPOCH = datetime(1970, 1, 1)  # noqa: DTZ001  the clock face of a zone, not an instant
_TICK = timedelta(microseconds=1)
_ZERO = timedelta(0)
_TEXT = re.compile(r"([+-]?[0-9]{1,6})\s*(?:bd|business\s+days?)")


class CountFrom(Enum):
    """
    From which date and time of day `BusinessDays` count.

    The way is that of the count: going back, "next" is the one before.
    """

    DATE_OF_START = "date_of_start"
    """The local date of the start and its time of day, whether anybody works then or not."""

    WORKING_DATE = "working_date"
    """The date of the start if it is a working date, otherwise the next one; its time of day is kept."""

    OPENING_OF_WORKING_DATE = "opening_of_working_date"
    """
    The start if it lies on a working date, open or not; otherwise the first opening of the next one.
    """

    NEXT_OPENING = "next_opening"
    """The start if it is open, otherwise the next opening; going back, the closing before."""


class TimeOfDay(Enum):
    """
    At which time of the last day `BusinessDays` end.

    A wall time that the clocks skip on that date comes later, by as much as they were put forward; one
    that they show twice is the first.
    """

    KEPT = "kept"
    """The time of day from which was counted, open or not."""

    IN_HOURS = "in_hours"
    """
    The same if it is open or a closing, otherwise the next opening; going back, the closing before.
    """

    BY_CLOSING = "by_closing"
    """The same, but not after the last closing of that date; a time before its opening stays."""

    END_OF_WORKING_DAY = "end_of_working_day"
    """The last closing of that date; if nobody works on it, of the next working date."""

    START_OF_WORKING_DAY = "start_of_working_day"
    """The first opening of that date; if nobody works on it, of the next working date."""


@frozen
class BusinessDays:
    """
    A number of working dates, which `BusinessTime.advance` and `BusinessTime.retreat` take for an amount.

    A working date is a local date to which hours belong: see `BusinessTime.hours_of`. From the date at
    which the count begins, it goes to the *number*-th working date after it; if negative, before it; with 0
    it stays. The result may be a time at which nothing is open, and with 0 even lie before the start:
    "the end of today" does, in the evening.

    Unlike durations, days do not add up: two steps of one day may end elsewhere than one of two.

    Args:
        number: How many; negative goes back.
        count_from: The date and the time of day at which the count begins.
        time_of_day: At which time of the last day it ends.

    Raises:
        DefinitionError: If *number* is no whole number.

    >>> from datetime import datetime
    >>> from itsmkit.calendars import BusinessCalendar
    >>> office = BusinessCalendar("Mon-Fri 08:00-17:00", "Europe/Berlin")
    >>> saturday = datetime(2026, 10, 24, 15, tzinfo=office.tz)
    >>> print(office.advance(saturday, BusinessDays(1)))
    2026-10-26 15:00:00+01:00
    >>> print(office.advance(saturday, BusinessDays(1, count_from=CountFrom.OPENING_OF_WORKING_DATE)))
    2026-10-27 08:00:00+01:00
    >>> print(office.advance(saturday, BusinessDays(1, time_of_day=TimeOfDay.END_OF_WORKING_DAY)))
    2026-10-26 17:00:00+01:00
    """

    number: int
    count_from: CountFrom = field(
        default=CountFrom.DATE_OF_START, kw_only=True, validator=instance_of(CountFrom)
    )
    time_of_day: TimeOfDay = field(default=TimeOfDay.KEPT, kw_only=True, validator=instance_of(TimeOfDay))

    def __attrs_post_init__(self) -> None:
        if type(self.number) is not int:
            problem = f"a number of business days is whole, not {self.number!r}; hours are a timedelta"
            raise DefinitionError(problem)

    @classmethod
    def parse(
        cls,
        text: str,
        *,
        count_from: CountFrom = CountFrom.DATE_OF_START,
        time_of_day: TimeOfDay = TimeOfDay.KEPT,
    ) -> Self:
        """
        Return the days written as *text*.

        Args:
            text: ``"3 business days"`` or ``"3bd"``; a sign may stand before.
            count_from: As for the class.
            time_of_day: As for the class.

        Raises:
            DefinitionError: If it is written otherwise.
        """
        found = _TEXT.fullmatch(text.strip().lower())
        if found is None:
            problem = f"{text!r} are no business days; write '3 business days' or '3bd'"
            raise DefinitionError(problem)
        return cls(int(found[1]), count_from=count_from, time_of_day=time_of_day)

    def __neg__(self) -> Self:
        return evolve(self, number=-self.number)

    def __str__(self) -> str:
        return f"{self.number} business {'day' if abs(self.number) == 1 else 'days'}"


def reached(time: "BusinessTime", start: timedelta, days: BusinessDays, *, back: bool) -> timedelta:
    """
    Return the instant that *days* lead to.

    Cost: grows with the dates on the way, tens of microseconds for each.

    Args:
        time: Whose working dates.
        start: Since 1970.
        days: How many, and how.
        back: Whether a positive number, or none, leads back.

    Raises:
        NeverOpenError: If there are not so many working dates.
        OutOfRangeError: If *start* lies outside the days that are known.
    """
    timeline = time._timeline
    timeline.is_open(start)  # refuses what lies outside
    number = -days.number if back else days.number
    walk = _Walk(time, start, back=number < 0 or (back and number == 0))
    day, clock = _base(walk, days.count_from)
    stays = days.number == 0 and (day, clock) == _wall(start, time.tz)
    for _ in range(abs(number)):
        day = walk.next_working_date(day)
    kept = start if stays else _instant(day, clock, time.tz)
    if not timeline.days.start * DAY <= kept < timeline.days.stop * DAY:
        raise walk.ended()
    match days.time_of_day:
        case TimeOfDay.KEPT:
            return kept
        case TimeOfDay.IN_HOURS:
            return (
                kept
                if _in_hours(timeline, kept)
                else timeline.move(kept, _ZERO, Landing.OPEN, back=walk.back)
            )
        case TimeOfDay.BY_CLOSING:
            hours = time.hours_of(_date(day))
            return min(kept, hours[-1].end - EPOCH) if hours else kept
        case TimeOfDay.END_OF_WORKING_DAY:
            return walk.hours_from(day)[-1].end - EPOCH
        case _:
            return walk.hours_from(day)[0].start - EPOCH


def _in_hours(timeline: "Timeline", instant: timedelta) -> bool:
    """Tell whether *instant* is open or a closing."""
    before = instant - _TICK
    return timeline.is_open(instant) or (before >= timeline.days.start * DAY and timeline.is_open(before))


class _Walk:
    """The way from one working date to the next, as far as they are known."""

    def __init__(self, time: "BusinessTime", start: timedelta, *, back: bool) -> None:
        self.time = time
        self.start = start
        self.back = back
        self._step = -1 if back else 1

    def next_working_date(self, day: int) -> int:
        """Return the working date that follows *day*, on the way."""
        return self.working_date_from(day + self._step)

    def working_date_from(self, day: int) -> int:
        """Return *day* if it is a working date, or the one that follows it."""
        known = self.time._timeline.days
        while day in known:
            if self.time._works_on(day):
                return day
            day += self._step
        raise self.ended()

    def hours_from(self, day: int) -> tuple[TimeSpan, ...]:
        """Return the hours of *day*, or of the working date that follows it."""
        return self.time.hours_of(_date(self.working_date_from(day)))

    def ended(self) -> NeverOpenError:
        """Return the error that says that the known days end before the count does."""
        timeline = self.time._timeline
        openings = timeline.openings_in(timeline.days)
        if self.back:
            limit, nearest = timeline.days.start * DAY, min(opening for opening, _ in openings)
        else:
            limit, nearest = timeline.days.stop * DAY, max(closing for _, closing in openings)
        return NeverOpenError(EPOCH + self.start, EPOCH + limit, EPOCH + nearest)


def _base(walk: _Walk, count_from: CountFrom) -> tuple[int, timedelta]:
    """Return the day and the time of day at which a count begins."""
    time = walk.time
    day, clock = _wall(walk.start, time.tz)
    match count_from:
        case CountFrom.DATE_OF_START:
            return day, clock
        case CountFrom.WORKING_DATE:
            return walk.working_date_from(day), clock
        case CountFrom.OPENING_OF_WORKING_DATE:
            working_date = walk.working_date_from(day)
            if working_date == day:
                return day, clock
            return _wall(time.hours_of(_date(working_date))[0].start - EPOCH, time.tz)
        case _:
            opens = time._timeline.move(walk.start, _ZERO, Landing.OPEN, back=walk.back)
            if not walk.back:
                return _wall(opens, time.tz)
            # A closing at 24:00 belongs to the day that it ends.
            day, clock = _wall(opens - _TICK, time.tz)
            return day, clock + _TICK


def _wall(instant: timedelta, tz: "ZoneInfo") -> tuple[int, timedelta]:
    """Return the day since 1970 and the time of day that the clocks of *tz* show."""
    shown = tz.fromutc(datetime(1970, 1, 1, tzinfo=tz) + instant).replace(tzinfo=None) - _WALL_EPOCH
    return shown.days, shown - shown.days * DAY


def _instant(day: int, clock: timedelta, tz: "ZoneInfo") -> timedelta:
    """Return when the clocks of *tz* show a time of day: if skipped, later by the gap; if twice, first."""
    shown = _WALL_EPOCH + (day * DAY + clock)
    return shown.replace(tzinfo=tz, fold=0) - EPOCH


def _date(day: int) -> date:
    return EPOCH_DATE + timedelta(days=day)
