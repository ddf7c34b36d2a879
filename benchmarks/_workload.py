"""
The hours that every comparison is about, as we and as the peers have them.

Monday to Friday from 09:00 to 17:00 in Berlin, but for the public holidays of North Rhine-Westphalia, over
the years 2020 to 2030.
"""

from collections.abc import Callable
from datetime import UTC, date, datetime, time, timedelta
from math import exp, log
from random import Random
from typing import Any
from zoneinfo import ZoneInfo

from itsmkit.sla import BusinessCalendar, HolidayCalendar

__all__ = [
    "BERLIN",
    "FIRST",
    "Pair",
    "by_businesstimedelta",
    "by_pandas",
    "by_workclock",
    "far_apart",
    "holidays",
    "log_uniform",
    "log_uniform_hours",
    "office",
    "pairs",
]

Pair = tuple[datetime, datetime]

BERLIN = ZoneInfo("Europe/Berlin")
FIRST = datetime(2020, 1, 1, tzinfo=UTC)
YEARS = range(2020, 2031)


def office() -> BusinessCalendar:
    """Return the hours as a calendar that nobody has asked yet."""
    return BusinessCalendar(
        "Mon-Fri 09:00-17:00", BERLIN, holidays=HolidayCalendar.of("DE-NW", language="de")
    )


def holidays() -> list[date]:
    """Return the dates of all holidays of the workload's years."""
    region = HolidayCalendar.of("DE-NW", language="de")
    return sorted(day for year in YEARS for day in region.in_year(year))


def by_workclock() -> Callable[[datetime, datetime], timedelta]:
    """Return the peer's open time between two instants; its schedule is the ``__self__`` of it."""
    from workclock import Holidays, Schedule, WorkDay  # noqa: PLC0415  # peers load only where they are measured

    schedule = Schedule([WorkDay(time(9), time(17)), Holidays(holidays())], time_zone="Europe/Berlin")
    between: Callable[[datetime, datetime], timedelta] = schedule.between
    return between


def by_businesstimedelta() -> Callable[[datetime, datetime], timedelta]:
    """Return the peer's open time between two instants; holidays are given to it as its own page does."""
    from businesstimedelta import HolidayRule, Rules, WorkDayRule  # noqa: PLC0415  # as above
    from holidays import country_holidays  # noqa: PLC0415  # as above
    from pytz import timezone  # noqa: PLC0415  # the peer knows no other zones

    zone = timezone("Europe/Berlin")
    work = WorkDayRule(start_time=time(9), end_time=time(17), working_days=[0, 1, 2, 3, 4], tz=zone)
    rules = Rules([work, HolidayRule(country_holidays("DE", subdiv="NW"), tz=zone)])

    def between(start: datetime, end: datetime) -> timedelta:
        found: timedelta = rules.difference(start, end).timedelta
        return found

    return between


def by_pandas(hours: int, dates: list[date]) -> Any:
    """Return the peer's offset of *hours* of open time without *dates*, to be added to a ``Timestamp``."""
    import pandas as pd  # noqa: PLC0415  # as above

    return pd.offsets.CustomBusinessHour(hours, start="09:00", end="17:00", holidays=dates)


def log_uniform_hours(count: int) -> list[int]:
    """Return random numbers of hours from 1 to 200: all magnitudes are as frequent."""
    random = Random(2026)
    return [round(exp(random.uniform(0, log(200)))) for _ in range(count)]


def pairs(zone: ZoneInfo, longest: timedelta, count: int = 1000) -> list[Pair]:
    """Return random pairs of instants, up to *longest* apart."""
    random = Random(2026)
    return [_pair(random, zone, longest * random.random()) for _ in range(count)]


def far_apart(zone: ZoneInfo, span: timedelta, count: int = 1000) -> list[Pair]:
    """Return random pairs of instants, just *span* apart."""
    random = Random(2026)
    return [_pair(random, zone, span) for _ in range(count)]


def log_uniform(zone: ZoneInfo, count: int = 1000) -> list[Pair]:
    """Return random pairs of instants, from a minute to 400 days apart: all magnitudes are as frequent."""
    random = Random(2026)
    least, most = log(60), log(400 * 86_400)
    return [_pair(random, zone, timedelta(seconds=exp(random.uniform(least, most)))) for _ in range(count)]


def _pair(random: Random, zone: ZoneInfo, span: timedelta) -> Pair:
    start = FIRST + timedelta(seconds=random.randrange(9 * 365 * 86_400))
    return start.astimezone(zone), (start + span).astimezone(zone)
