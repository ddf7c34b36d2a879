"""The door to the library that knows the Persian calendar, which loads on first use."""

from collections.abc import Callable
from datetime import date

from attrs import frozen

__all__ = ["JalaliDay", "jalali"]


@frozen
class JalaliDay:
    """
    A day of the Persian calendar.

    Args:
        year: Counted from the Hijra, in solar years.
        month: 1 to 12, from Farvardin.
        day: The day of the month.
        month_name: What the month is called in Latin letters.
        persian_month_name: What it is called in Iran.
    """

    year: int
    month: int
    day: int
    month_name: str
    persian_month_name: str


def jalali(day: date) -> JalaliDay | None:
    """
    Return *day* by the Persian calendar; ``None`` before its first year, and after what the library knows.

    >>> jalali(date(2026, 3, 21))
    JalaliDay(year=1405, month=1, day=1, month_name='Farvardin', persian_month_name='فروردین')
    """
    from persiantools.jdatetime import (  # noqa: PLC0415  comes with an extra
        MONTH_NAMES_EN,
        MONTH_NAMES_FA,
        JalaliDate,
    )

    to_jalali: Callable[[int, int, int], JalaliDate] = JalaliDate.to_jalali  # it states no types
    try:
        found = to_jalali(day.year, day.month, day.day)
    except ValueError:
        return None
    english, persian = MONTH_NAMES_EN[found.month], MONTH_NAMES_FA[found.month]
    assert english is not None  # noqa: S101  # months are counted from 1; what stands at 0 is nothing
    assert persian is not None  # noqa: S101
    return JalaliDay(found.year, found.month, found.day, english, persian)
