"""The checks that values of asset management share. Each lists what is wrong, with its path."""

from collections.abc import Iterator
from datetime import date, datetime
from typing import TypeGuard

from itsmkit._problems import shown
from itsmkit.errors import DefinitionError
from itsmkit.money import Money

__all__ = ["amount_problems", "check_day", "check_period", "date_problems"]

_YEARS = range(1000, 9800)
"""Within these, no life and no period leaves the years that dates have."""


def _is_date(value: object) -> TypeGuard[date]:
    return isinstance(value, date) and not isinstance(value, datetime)


def date_problems(path: str, value: object) -> Iterator[str]:
    """List what keeps *value* from being a date, without a time of day."""
    if not _is_date(value):
        yield f"{path}: must be a date, not {shown(value)}"
    elif value.year not in _YEARS:
        yield f"{path}: must lie in the years {_YEARS[0]} to {_YEARS[-1]}, not {value}"


def amount_problems(path: str, value: object) -> Iterator[str]:
    """List what keeps *value* from being an amount that can be paid."""
    if not isinstance(value, Money):
        yield f"{path}: must be an amount of money, not {shown(value)}"
    elif value.amount < 0 or not value.is_whole:
        yield f"{path}: must be a whole number of minor units, not below 0, not {value}"


def check_day(name: str, day: date) -> None:
    """
    Refuse what is no day to ask about.

    Raises:
        DefinitionError: If it is no date; an instant is none, since its day depends on where one stands.
    """
    if not _is_date(day):
        problem = f"{name}: must be a date, not {shown(day)}"
        raise DefinitionError(problem)


def check_period(since: date, until: date) -> None:
    """
    Refuse what is no period.

    Raises:
        DefinitionError: If a day is none, or *until* precedes *since*.
    """
    problems = [*date_problems("since", since), *date_problems("until", until)]
    if not problems and until < since:
        problems.append(f"a period cannot end on {until}, before it begins on {since}")
    if problems:
        raise DefinitionError(*problems)
