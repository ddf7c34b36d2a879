"""The openings of some days as flat tables, made for look-ups."""

from collections.abc import Iterable, Iterator
from datetime import timedelta
from itertools import accumulate
from operator import sub
from typing import Self

from attrs import frozen

from itsmkit.calendars._instants import DAY
from itsmkit.calendars._wall_clock import Span

__all__ = ["OpeningTable"]

_NEVER = timedelta.max


@frozen(eq=False)
class OpeningTable:
    """
    The openings of the UTC days *days*, in order and apart from each other.

    Instants are real time since 1970. Behind the last opening stands one that never comes, so that
    no look-up has to mind the end. A table is never changed, so that threads may share it.

    Args:
        days: Those that the table covers.
        openings: When each opening begins.
        closings: When it ends.
        opened: For each opening, the open time of the table before it; at last that of all of it.
        next_opening: For each of the days, the number of the first opening that ends in it or later.
    """

    days: range
    openings: list[timedelta]
    closings: list[timedelta]
    opened: list[timedelta]
    next_opening: dict[int, int]

    @classmethod
    def compiled(cls, spans: Iterable[Span], days: range) -> Self:
        """Return the table of *spans*, sorted by start, which may touch and overlap."""
        openings: list[timedelta] = []
        closings: list[timedelta] = []
        for opening, closing in spans:
            if closings and opening <= closings[-1]:
                closings[-1] = max(closings[-1], closing)
            else:
                openings.append(opening)
                closings.append(closing)
        opened = list(accumulate(map(sub, closings, openings), initial=timedelta(0)))
        openings.append(_NEVER)
        closings.append(_NEVER)
        next_opening = {}
        number = 0
        midnight = days.start * DAY
        for day in days:
            while closings[number] <= midnight:
                number += 1
            next_opening[day] = number
            midnight += DAY
        return cls(days, openings, closings, opened, next_opening)

    def spans(self) -> Iterator[Span]:
        """Yield every opening of the table."""
        return zip(self.openings[:-1], self.closings[:-1], strict=True)

    def number_at(self, instant: timedelta) -> int:
        """
        Return the number of the opening that holds *instant*, or else follows it.

        Raises:
            KeyError: If *instant* is not in the table's days.
        """
        number = self.next_opening[instant.days]
        while self.closings[number] <= instant:
            number += 1
        return number

    def opened_before(self, instant: timedelta) -> timedelta:
        """
        Return the open time from the beginning of the table up to *instant*.

        Raises:
            KeyError: If *instant* is not in the table's days.
        """
        number = self.next_opening[instant.days]  # as `number_at`, without the cost of a call
        closings = self.closings
        while closings[number] <= instant:
            number += 1
        opening = self.openings[number]
        if instant <= opening:
            return self.opened[number]
        return self.opened[number] + (instant - opening)
