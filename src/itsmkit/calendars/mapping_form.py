"""
Calendars as plain mappings, for TOML and JSON.

.. code-block:: toml

    hours = "Mon-Fri 08:00-17:00; Sat 09:00-12:00"
    time_zone = "Europe/Berlin"
    name = "office"                              # the rest may be left out, and so may this
    holidays = "DE-NW"                           # a country, or a country and its subdivision
    language = "de"                              # of their names; "en_US" if left out
    extra_holidays = { 2026-12-24 = "Company day" }
    removed_holidays = ["2026-06-04"]            # worked, although they are public holidays
    special_hours = { 2026-12-31 = "09:00-13:00", 2026-12-23 = "closed" }
    breaks = "Mon-Fri 12:00-13:00"               # without days: on every day
    dated_breaks = { 2026-12-22 = "10:00-11:00" }
    dst = "edges"                                # or "elapsed", which holds if left out
    holiday_beats_special = true                 # false if left out

Dates are text, as keys of TOML and JSON are; in a list, TOML's own dates may stand too.
"""

import re
from collections.abc import Mapping
from datetime import date, datetime
from enum import StrEnum
from functools import lru_cache
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from attrs import field, frozen

from itsmkit.calendars._dated_hours import DatedHours, DayHours, day_hours, day_text
from itsmkit.calendars._zones import zone
from itsmkit.calendars.breaks import Breaks
from itsmkit.calendars.business_calendar import BusinessCalendar
from itsmkit.calendars.holiday_calendar import DEFAULT_LANGUAGE, HolidayCalendar
from itsmkit.calendars.hours_span import HoursSpan
from itsmkit.calendars.weekly_hours import WeeklyHours
from itsmkit.errors import DefinitionError

if TYPE_CHECKING:
    from itsmkit._documents import Form

__all__ = ["calendar_from", "to_mapping"]


def calendar_from(plain: object, *, where: str = "the calendar", at: str = "") -> BusinessCalendar:
    """
    Return the calendar that *plain* describes: the inverse of `to_mapping`.

    Args:
        plain: A mapping of plain data, such as TOML and JSON are read into.
        where: The name of the document, for the sentences of the faults.
        at: The path of *plain* in the document; empty for the document itself.

    Raises:
        DefinitionError: With every fault and its path. Whether the calendar is ever open is told once nothing
            else is wrong.

    >>> calendar_from({"hours": "Mon-Fri 9-17", "time_zone": "UTC", "special_hours": {"2026-12-24": "08:00"}})
    Traceback (most recent call last):
        ...
    itsmkit.errors.DefinitionError: 3 problems:
    - the calendar: hours: 'Mon-Fri 9-17': '9' is no time of day; write hours and minutes, as in 08:30
    - the calendar: hours: 'Mon-Fri 9-17': '17' is no time of day; write hours and minutes, as in 08:30
    - the calendar: special_hours.2026-12-24: '08:00' are no hours; write when they open and close, as in ...
    """
    from itsmkit._documents import structure  # noqa: PLC0415  loads cattrs, which only documents need

    problems: list[str] = []
    described = None
    try:
        described = structure(_Calendar, plain, where=where, at=at, forms=_forms())
    except DefinitionError as error:
        problems.extend(error.problems)

    def note(key: str, error: DefinitionError) -> None:
        path = f"{at}.{key}" if at and key else at or key
        problems.extend(
            f"{where}: {path}: {fault}" if path else f"{where}: {fault}" for fault in error.problems
        )

    region, language = _texts(plain, "holidays", "language")
    try:
        HolidayCalendar(region=region, language=language if region is None else language or DEFAULT_LANGUAGE)
    except DefinitionError as error:
        note("language" if region is None else "holidays", error)
    if described is not None and not problems:
        try:
            return described.built()
        except DefinitionError as error:
            note("", error)
    raise DefinitionError(*problems)


def to_mapping(calendar: BusinessCalendar) -> dict[str, object]:
    """
    Return *calendar* as plain data that TOML and JSON can hold: the inverse of `calendar_from`.

    What is the default is left out.

    >>> office = BusinessCalendar.parse("Mon-Fri 08:00-17:00", tz="Europe/Berlin", holidays="DE-NW")
    >>> to_mapping(office)  # doctest: +NORMALIZE_WHITESPACE
    {'hours': 'Mon-Fri 08:00-17:00', 'time_zone': 'Europe/Berlin', 'holidays': 'DE-NW', 'language': 'en_US'}
    """
    holidays = calendar.holidays or HolidayCalendar()
    breaks = calendar.breaks or Breaks()
    plain: dict[str, object] = {
        "hours": str(calendar.hours),
        "time_zone": calendar.tz.key,
        "name": calendar.name,
        "holidays": holidays.region,
        "language": holidays.language,
        "extra_holidays": {day.isoformat(): name for day, name in holidays.dates},
        "removed_holidays": [day.isoformat() for day in sorted(holidays.removed)],
        "special_hours": _plain_hours(calendar.special_hours),
        "breaks": str(breaks.weekly) if any(breaks.weekly.days) else None,
        "dated_breaks": _plain_hours(breaks.dated),
        "dst": None if calendar.dst == "elapsed" else calendar.dst,
        "holiday_beats_special": calendar.holiday_beats_special,
    }
    return {key: value for key, value in plain.items() if value}


def _plain_hours(dated: DatedHours) -> dict[str, str]:
    return {day.isoformat(): day_text(spans) for day, spans in dated.items()}


class _Dst(StrEnum):
    ELAPSED = "elapsed"
    EDGES = "edges"


@frozen
class _Day:
    """The hours of one day."""

    hours: tuple[HoursSpan, ...]


@frozen
class _Calendar:
    """The shape of the document."""

    hours: WeeklyHours
    time_zone: ZoneInfo
    name: str | None = None
    holidays: str | None = None
    language: str | None = None
    extra_holidays: Mapping[date, str] = field(factory=dict)
    removed_holidays: tuple[date, ...] = ()
    special_hours: Mapping[date, _Day] = field(factory=dict)
    breaks: Breaks | None = None
    dated_breaks: Mapping[date, _Day] = field(factory=dict)
    dst: _Dst = _Dst.ELAPSED
    holiday_beats_special: bool = False

    def built(self) -> BusinessCalendar:
        """Return the calendar, or raise what is wrong with its parts taken together."""
        return BusinessCalendar(
            self.hours,
            self.time_zone,
            holidays=HolidayCalendar(
                self.extra_holidays,
                region=self.holidays,
                language=None if self.holidays is None else self.language or DEFAULT_LANGUAGE,
                removed=self.removed_holidays,
            ),
            special_hours=_hours_by_date(self.special_hours),
            breaks=Breaks((self.breaks or Breaks()).weekly, dated=_hours_by_date(self.dated_breaks)),
            dst=self.dst.value,
            holiday_beats_special=self.holiday_beats_special,
            name=self.name,
        )


def _hours_by_date(days: Mapping[date, _Day]) -> dict[date, DayHours]:
    return {day: described.hours for day, described in days.items()}


def _texts(plain: object, *keys: str) -> list[str | None]:
    found = [plain.get(key) if isinstance(plain, Mapping) else None for key in keys]
    return [value if isinstance(value, str) else None for value in found]


def _text(plain: object, example: str) -> str:
    if not isinstance(plain, str):
        problem = f"must be text such as {example!r}, not {plain!r}"
        raise DefinitionError(problem)
    return plain


def _date(plain: object) -> date:
    if isinstance(plain, date) and not isinstance(plain, datetime):
        return plain
    if isinstance(plain, str) and re.fullmatch(r"\d{4}-\d\d-\d\d", plain, re.ASCII):
        try:
            return date.fromisoformat(plain)
        except ValueError:
            pass
    problem = f"must be a date such as 2026-03-29, not {plain!r}"
    raise DefinitionError(problem)


def _day(plain: object) -> _Day:
    return _Day(day_hours(_text(plain, "09:00-12:00,13:00-17:00")))


def _weekly_hours(plain: object) -> WeeklyHours:
    return WeeklyHours.parse(_text(plain, "Mon-Fri 08:00-17:00"))


def _weekly_breaks(plain: object) -> Breaks:
    return Breaks(_text(plain, "Mon-Fri 12:00-13:00"))


@lru_cache(maxsize=1)
def _forms() -> "tuple[Form, ...]":
    from itsmkit._documents import Form  # noqa: PLC0415  as above

    return (
        Form(date, _date, date.isoformat),
        Form(ZoneInfo, lambda plain: zone(_text(plain, "Europe/Berlin")), str),
        Form(WeeklyHours, _weekly_hours, str),
        Form(Breaks, _weekly_breaks, lambda breaks: str(breaks.weekly)),
        Form(_Day, _day, lambda day: day_text(day.hours)),
    )
