"""What writes values in one language: the seam between messages and the libraries that know languages."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Protocol

from itsmkit.languages.bidi import Direction
from itsmkit.money import Money

__all__ = ["Writer", "hours_and_minutes"]


class Writer(Protocol):
    """Writes values as one language has them. Styles are those of `itsmkit.languages.placeholders.STYLES`."""

    @property
    def direction(self) -> Direction:
        """In which direction the language is written."""

    def instant(self, at: datetime, style: str) -> str:
        """Return an instant in its own zone, which is named: weekday, date and time, or one of these."""

    def day(self, day: date) -> str:
        """Return a date with its weekday."""

    def duration(self, length: timedelta, style: str) -> str:
        """Return a duration in hours and minutes: see `hours_and_minutes`."""

    def number(self, number: float | Decimal, style: str) -> str:
        """Return a number with its thousands apart."""

    def money(self, amount: Money) -> str:
        """Return an amount with its currency."""

    def sequence(self, items: Sequence[str]) -> str:
        """Return several things as in a sentence; nothing for none."""


def hours_and_minutes(length: timedelta) -> tuple[tuple[int, str], ...]:
    """
    Return how many of which units are told of a duration of zero or more: hours and minutes, or seconds.

    There are no days, which would mean one thing by the calendar and another in working time. From a minute
    on, seconds are left out, and not rounded: nobody is promised time that is not there.

    >>> hours_and_minutes(timedelta(days=1, hours=1, minutes=5, seconds=59))
    ((25, 'hour'), (5, 'minute'))
    >>> hours_and_minutes(timedelta(seconds=40)), hours_and_minutes(timedelta(hours=2))
    (((40, 'second'),), ((2, 'hour'),))
    """
    seconds = length // timedelta(seconds=1)
    if seconds < 60:
        return ((seconds, "second"),)
    hours, minutes = divmod(seconds // 60, 60)
    return tuple((number, unit) for number, unit in ((hours, "hour"), (minutes, "minute")) if number)
