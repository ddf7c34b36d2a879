"""English that needs no library: with the day before the month, and the hours of the day up to 24."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from decimal import Decimal

from attrs import frozen

from itsmkit._figures import plural
from itsmkit.languages.bidi import Direction
from itsmkit.languages.writer import hours_and_minutes
from itsmkit.money import Money

__all__ = ["PlainEnglish"]

# Not by `strftime`, whose names follow the locale that a host has set for its process.
_DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


@frozen
class PlainEnglish:
    """
    Writes English the same on every machine. Keeps the protocol of `Writer`.

    >>> write = PlainEnglish()
    >>> (
    ...     write.duration(timedelta(hours=2, minutes=5), ""),
    ...     write.duration(timedelta(hours=2, minutes=5), "clock"),
    ... )
    ('2 hours 5 minutes', '2:05:00')
    >>> write.number(0.75, "percent"), write.number(Decimal("1234.50"), ""), write.sequence(["a", "b", "c"])
    ('75%', '1,234.50', 'a, b and c')
    """

    @property
    def direction(self) -> Direction:
        """See `Writer.direction`."""
        return Direction.LEFT_TO_RIGHT

    def instant(self, at: datetime, style: str) -> str:
        """See `Writer.instant`."""
        time = f"{at:%H:%M} {at.tzname()}"
        if style == "short":
            return f"{at:%Y-%m-%d} {time}"
        if style == "time":
            return time
        return self.day(at) if style == "date" else f"{self.day(at)}, {time}"

    def day(self, day: date) -> str:
        """See `Writer.day`."""
        return f"{_DAYS[day.weekday()]} {day.day:02} {_MONTHS[day.month - 1]} {day.year:04}"

    def duration(self, length: timedelta, style: str) -> str:
        """See `Writer.duration`."""
        if style == "clock":
            told = str(abs(length))
        else:
            told = " ".join(plural(number, unit) for number, unit in hours_and_minutes(abs(length)))
        return f"-{told}" if length < timedelta(0) else told

    def number(self, number: float | Decimal, style: str) -> str:
        """See `Writer.number`."""
        return f"{number:.0%}" if style == "percent" else f"{number:,}"

    def money(self, amount: Money) -> str:
        """See `Writer.money`."""
        return str(amount)

    def sequence(self, items: Sequence[str]) -> str:
        """See `Writer.sequence`."""
        *first, last = items or ("",)
        return f"{', '.join(first)} and {last}" if first else last
