"""The checks that values of asset management share. Each lists what is wrong, with its path."""

from collections.abc import Iterator
from datetime import date, datetime

from itsmkit._problems import shown
from itsmkit.money import Money

__all__ = ["amount_problems", "date_problems"]

_YEARS = range(1000, 9800)
"""Within these, no life and no period leaves the years that dates have."""


def date_problems(path: str, value: object) -> Iterator[str]:
    """List what keeps *value* from being a date, without a time of day."""
    if not isinstance(value, date) or isinstance(value, datetime):
        yield f"{path}: must be a date, not {shown(value)}"
    elif value.year not in _YEARS:
        yield f"{path}: must lie in the years {_YEARS[0]} to {_YEARS[-1]}, not {value}"


def amount_problems(path: str, value: object) -> Iterator[str]:
    """List what keeps *value* from being an amount that can be paid."""
    if not isinstance(value, Money):
        yield f"{path}: must be an amount of money, not {shown(value)}"
    elif value.amount < 0 or not value.is_whole:
        yield f"{path}: must be a whole number of minor units, not below 0, not {value}"
