"""Holidays: the local dates on which nothing opens."""

from collections.abc import Iterable, Mapping
from datetime import MAXYEAR, MINYEAR, date, datetime
from functools import cached_property
from typing import Self

from attrs import field, frozen

from itsmkit.calendars._public_holidays import faults_of, known_years, public_holidays
from itsmkit.calendars.errors import UnknownHolidaysError
from itsmkit.errors import DefinitionError

__all__ = ["DEFAULT_LANGUAGE", "HolidayCalendar"]

DEFAULT_LANGUAGE = "en_US"
"""The language of names where none is asked for: every region has it, whatever the machine speaks."""


def _by_date(
    dates: Mapping[date, str] | Iterable[tuple[date, str]],
) -> tuple[tuple[date, str], ...]:
    try:
        return tuple(sorted(dict(dates).items(), key=lambda item: str(item[0])))
    except (TypeError, ValueError):
        problem = f"holidays are given by date, as in {{date(2026, 12, 24): 'Company day'}}, not as {dates!r}"
    raise DefinitionError(problem)


def _distinct(dates: Iterable[date]) -> frozenset[date]:
    return frozenset(dates)


def _is_date(value: object) -> bool:
    return isinstance(value, date) and not isinstance(value, datetime)


def _is_name(value: object) -> bool:
    return isinstance(value, str) and value.strip() != ""


@frozen
class HolidayCalendar:
    """
    The holidays of a place, by local date: listed one by one, or those of a region, or both.

    Args:
        dates: Holidays with their names, beside those of the region.
        region: A country, or a country and its subdivision, by the codes of ISO 3166: ``"DE"``,
            ``"DE-NW"``. Its public holidays come from the `holidays` library.
        language: The language of the region's names, such as ``"en_US"``; stated always, so that a
            name does not depend on the machine.
        removed: Dates on which the region's holiday is worked.

    Raises:
        DefinitionError: If the library knows no such region or language, a language is missing or
            superfluous, a date is none or has no name, or is both listed and removed.

    >>> from datetime import date
    >>> office = HolidayCalendar.of("DE-NW", language="en_US", dates={date(2026, 12, 24): "Company day"})
    >>> office.name_of(date(2026, 6, 4))
    'Corpus Christi'
    >>> date(2026, 12, 24) in office
    True
    """

    dates: tuple[tuple[date, str], ...] = field(default=(), converter=_by_date)
    region: str | None = field(default=None, kw_only=True)
    language: str | None = field(default=None, kw_only=True)
    removed: frozenset[date] = field(default=(), kw_only=True, converter=_distinct)

    def __attrs_post_init__(self) -> None:
        days = [*(day for day, _ in self.dates), *sorted(self.removed, key=str)]
        problems = [f"a holiday is a date without a time, not {day!r}" for day in days if not _is_date(day)]
        problems.extend(
            f"the holiday on {day} needs a name, not {name!r}"
            for day, name in self.dates
            if not _is_name(name)
        )
        problems.extend(
            f"{day} ({name}) is both listed and removed; keep one of the two"
            for day, name in self.dates
            if day in self.removed
        )
        if self.region is not None and self.language is not None:
            problems.extend(faults_of(self.region, self.language))
        elif self.region is not None:
            problems.append(f"name the language of the holidays of {self.region}, such as 'en_US'")
        elif self.language is not None:
            problems.append(f"language {self.language!r} without a region; dates bring their own names")
        if problems:
            raise DefinitionError(*problems)

    @classmethod
    def of(
        cls,
        region: str,
        *,
        language: str,
        dates: Mapping[date, str] | Iterable[tuple[date, str]] = (),
        removed: Iterable[date] = (),
    ) -> Self:
        """
        Return the public holidays of *region*, with the dates added and removed.

        The arguments and errors are those of the class.
        """
        return cls(dates, region=region, language=language, removed=removed)

    @property
    def years(self) -> range:
        """Return the years whose holidays are known: those of the region's data, or all."""
        return range(MINYEAR, MAXYEAR + 1) if self.region is None else known_years(self.region)

    def in_year(self, year: int) -> dict[date, str]:
        """
        Return the holidays of *year* with their names, by date.

        Cost: the first question for a year of a region asks the library (tenths of a millisecond;
        the very first one also imports it, a tenth of a second).

        Raises:
            UnknownHolidaysError: If the region's data does not reach that year.
        """
        found = {}
        if self.region is not None and self.language is not None:
            if year not in self.years:
                raise UnknownHolidaysError(self.region, year, self.years[0], self.years[-1])
            regional = public_holidays(self.region, self.language, year)
            found = {day: name for day, name in regional.items() if day not in self.removed}
        found |= self._dates_by_year.get(year, {})
        return dict(sorted(found.items()))

    def name_of(self, day: date) -> str | None:
        """
        Return the name of the holiday on *day*, or ``None`` where it is none.

        Raises:
            UnknownHolidaysError: If the region's data does not reach the year of *day*.
        """
        return self.in_year(day.year).get(day)

    def __contains__(self, day: date) -> bool:
        return self.name_of(day) is not None

    @cached_property
    def _dates_by_year(self) -> dict[int, dict[date, str]]:
        by_year: dict[int, dict[date, str]] = {}
        for day, name in self.dates:
            by_year.setdefault(day.year, {})[day] = name
        return by_year
