"""The Persian calendar, against two other ways to reckon it."""

from datetime import date, timedelta

import pytest
from holidays.calendars.persian import _Persian
from hypothesis import given
from hypothesis import strategies as st

from itsmkit.languages._jalali import JalaliDay, jalali

LEAP_OF_33 = {1, 5, 9, 13, 17, 22, 26, 30}
"""Of a cycle of 33 years, those with a 30th of Esfand: right for the years 1244 to 1472, by observation."""


def by_arithmetic(day: date) -> tuple[int, int, int]:
    """Count days from a new year that everybody remembers: 21 March 2025 was 1 Farvardin 1404."""
    year, left = 1404, (day - date(2025, 3, 21)).days
    while left < 0:
        year -= 1
        left += _length(year)
    while left >= _length(year):
        left -= _length(year)
        year += 1
    month, of_month = (left // 31, left % 31) if left < 186 else (6 + (left - 186) // 30, (left - 186) % 30)
    return year, month + 1, of_month + 1


def _length(year: int) -> int:
    return 366 if year % 33 in LEAP_OF_33 else 365


@given(st.dates(date(1866, 1, 1), date(2093, 1, 1)))
def test_days_are_those_of_the_cycle_of_33_years(day: date) -> None:
    found = jalali(day)
    assert found is not None
    assert (found.year, found.month, found.day) == by_arithmetic(day)


@given(st.integers(1901, 2100), st.integers(0, 364))
def test_days_are_those_of_another_table_of_new_years(year: int, later: int) -> None:
    new_year = _Persian().new_year_date(year)
    assert new_year is not None
    found = jalali(new_year + timedelta(days=later))
    assert found is not None
    assert found.year == year - 621
    assert _Persian().persian_to_gregorian(year, found.month, found.day) == new_year + timedelta(days=later)


def test_months_have_their_names() -> None:
    names = [jalali(date(2025, 3, 25) + timedelta(days=30.5 * place)) for place in range(12)]
    assert [each and each.month_name for each in names] == [
        *("Farvardin", "Ordibehesht", "Khordad", "Tir", "Mordad", "Shahrivar"),
        *("Mehr", "Aban", "Azar", "Dey", "Bahman", "Esfand"),
    ]


@pytest.mark.parametrize(
    ("day", "found"),
    [
        (date(622, 3, 21), None),
        (date(622, 3, 22), (1, 1, 1)),
        (date(1979, 2, 11), (1357, 11, 22)),
        (date(2025, 3, 20), (1403, 12, 30)),
        (date(9999, 12, 31), None),
    ],
)
def test_the_calendar_has_its_bounds(day: date, found: tuple[int, int, int] | None) -> None:
    told = jalali(day)
    if found is None:
        assert told is None
    else:
        assert isinstance(told, JalaliDay)
        assert (told.year, told.month, told.day) == found
