"""The door to the `holidays` library, which loads on first use: public holidays as plain dates."""

from collections.abc import Mapping
from datetime import date
from functools import lru_cache
from types import MappingProxyType
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from holidays import HolidayBase

__all__ = ["faults_of", "known_years", "public_holidays"]

_UNSTATED = ("en_US",)
"""The language of a country for which the library states none: it has English names alone."""


def faults_of(region: str, language: str) -> list[str]:
    """Return what keeps the library from telling the holidays of *region* in *language*."""
    import holidays  # noqa: PLC0415  slow to import, and not needed for dates given one by one

    countries = holidays.list_supported_countries(include_aliases=False)
    country, _, subdivision = region.partition("-")
    if country not in countries:
        return [
            (
                f"unknown country {country!r} in region {region!r}; known are the ISO 3166 codes "
                f"{', '.join(sorted(countries))}, each with or without a subdivision, as in US-CA"
            )
        ]
    faults = []
    if "-" in region and subdivision not in countries[country]:
        known = ", ".join(countries[country]) or f"none, so say {country}"
        faults.append(f"unknown subdivision {subdivision!r} in region {region!r}; known: {known}")
    languages = holidays.country_holidays(country).supported_languages or _UNSTATED
    if language not in languages:
        faults.append(
            f"unknown language {language!r} for the holidays of {country}; known: {', '.join(languages)}"
        )
    return faults


@lru_cache(maxsize=1024)
def known_years(region: str) -> range:
    """Return the years for which the library has holidays of *region*."""
    data = _expand(region, language=None)
    return range(data.start_year, data.end_year + 1)


@lru_cache(maxsize=4096)
def public_holidays(region: str, language: str, year: int) -> Mapping[date, str]:
    """
    Return the public holidays of *region* in *year*, with their names in *language*.

    A holiday that the law moves from a weekend stands on both dates. An expanded year is kept, as
    many as 4,096 of them for the whole process.
    """
    return MappingProxyType(dict(_expand(region, language, year)))


def _expand(region: str, language: str | None, *years: int) -> "HolidayBase":
    import holidays  # noqa: PLC0415  as above

    country, _, subdivision = region.partition("-")
    return holidays.country_holidays(
        country, subdiv=subdivision or None, years=years, expand=False, language=language
    )
