"""
The errors of calendars.

.. code-block:: text

    NotFoundError
    ├── NeverClosesError      the calendar stays open as far as it is known
    ├── NeverOpenError        not enough open time as far as the calendar is known
    ├── OutOfRangeError       an instant outside what the calendar knows
    └── UnknownHolidaysError  a year without holiday data

What cannot be right when it is declared is a `DefinitionError`, as everywhere.
"""

from datetime import datetime

from itsmkit.errors import NotFoundError

__all__ = ["NeverClosesError", "NeverOpenError", "OutOfRangeError", "UnknownHolidaysError"]


def _there(where: str | None) -> str:
    return "" if where is None else f", {where}"


class NeverClosesError(NotFoundError):
    """
    No closing follows: the calendar is open as far as it is known.

    Args:
        sought_from: The instant that was asked about.
        limit: The end of what the calendar knows.
    """

    def __init__(self, sought_from: datetime, limit: datetime) -> None:
        super().__init__("closing", sought_from)
        self.args = (sought_from, limit)
        self.sought_from = sought_from
        self.limit = limit

    def __str__(self) -> str:
        return (
            f"no closing follows {self.sought_from}: the calendar stays open up to {self.limit}, "
            "the end of what it knows"
        )


class NeverOpenError(NotFoundError):
    """
    The open time that was asked for is not there, as far as the calendar is known.

    Args:
        sought_from: The instant that was asked about.
        limit: How far the search went: the end of what the calendar knows, or its beginning.
        nearest: When the last opening ended; looking back, when the first one began; ``None`` if
            there is no opening that way at all.
        where: Where in the caller's data it was asked, as in ``"at position 17 of starts"``.
    """

    def __init__(
        self, sought_from: datetime, limit: datetime, nearest: datetime | None, where: str | None = None
    ) -> None:
        super().__init__("opening", sought_from)
        self.args = (sought_from, limit, nearest, where)
        self.sought_from = sought_from
        self.limit = limit
        self.nearest = nearest
        self.where = where

    def __str__(self) -> str:
        forward = self.sought_from <= self.limit
        sought = (
            f"not enough open time {'after' if forward else 'before'} {self.sought_from}"
            f"{_there(self.where)}: "
            f"searched {'up' if forward else 'back'} to {self.limit}, where the calendar's knowledge "
            f"{'ends' if forward else 'begins'}"
        )
        if self.nearest is None:
            return f"{sought}, and found no opening"
        last = "the last opening ended" if forward else "the first opening began"
        return f"{sought}; {last} at {self.nearest}"


class OutOfRangeError(NotFoundError):
    """
    An instant lies outside what a calendar knows, so that it has no answer.

    Args:
        instant: The instant that was asked about.
        first: The first instant that the calendar knows.
        end: The end of what it knows; not included.
        because: What bounds it, such as ``"public holidays of DE are known for 1991 to 2100"``.
        where: Where in the caller's data it was asked, as in ``"at position 17 of starts"``.
    """

    def __init__(
        self, instant: datetime, first: datetime, end: datetime, because: str, where: str | None = None
    ) -> None:
        super().__init__("business hours", instant)
        self.args = (instant, first, end, because, where)
        self.instant = instant
        self.first = first
        self.end = end
        self.because = because
        self.where = where

    def __str__(self) -> str:
        return (
            f"no business hours are known at {self.instant}{_there(self.where)}; ask from {self.first} "
            f"up to, not including, {self.end}: {self.because}"
        )


class UnknownHolidaysError(NotFoundError):
    """
    The public holidays of a region are not known for a year.

    Args:
        region: The country, or country and subdivision.
        year: The year that was asked about.
        first_year: The first year that is known.
        last_year: The last year that is known.
    """

    def __init__(self, region: str, year: int, first_year: int, last_year: int) -> None:
        super().__init__("public holidays", (region, year))
        self.args = (region, year, first_year, last_year)
        self.region = region
        self.year = year
        self.first_year = first_year
        self.last_year = last_year

    def __str__(self) -> str:
        return (
            f"the public holidays of {self.region} are not known for {self.year}, only for "
            f"{self.first_year} to {self.last_year}; for other years list the dates yourself: "
            "HolidayCalendar(dates={…})"
        )
