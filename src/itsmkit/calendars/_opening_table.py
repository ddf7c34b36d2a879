"""The openings of some days as flat tables, made for look-ups."""

from bisect import bisect_right
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import timedelta
from itertools import accumulate
from operator import add, sub
from typing import Any, NamedTuple, Self

from attrs import define, field

from itsmkit.calendars._wall_clock import Span

__all__ = ["NOTHING_KNOWN", "Opening", "OpeningIndex", "OpeningTable", "bin_of"]

_NEVER = timedelta.max

Opening = tuple[timedelta, timedelta, timedelta, Any]
"""When it begins, when it ends, the open time of the table before it, and the `Opening` after it."""

_BINS_A_DAY = 6
_BIN_BITS = 14
"""The open time of a table is cut into bins of 2 ** 14 seconds, 6 to 24 hours, the last one shorter."""

_MOST_BINS = 64
"""How many openings a bin may hold, on average, to be worth looking into."""


class OpeningIndex(NamedTuple):
    """
    Where to begin to look for an opening: a look-up, and then a step or two from one to the next.

    Behind the last opening stands one that never comes, so that no step has to mind the end.

    Args:
        at_day: For each day, the first opening that ends in it or later.
        at_bin: For each bin of open time, the opening in which the first moment of it passes; at the edge of
            two openings the first of them. Empty where a search does better.
    """

    at_day: Mapping[int, Opening]
    at_bin: Sequence[Opening]


NOTHING_KNOWN = OpeningIndex({}, ())
"""The index of no days: every look-up fails."""


def bin_of(open_time: timedelta) -> int:
    """Return the number of the bin that *open_time*, which is not negative, lies in."""
    return open_time.days * _BINS_A_DAY + (open_time.seconds >> _BIN_BITS)


@define(eq=False)
class OpeningTable:
    """
    The openings of the UTC days *days*, in order and apart from each other.

    Instants are real time since 1970. Behind the last opening stands one that never comes, so that
    no look-up has to mind the end. The columns never change, so that threads may share a table; the indexes
    are made when they are first asked for.

    Args:
        days: Those that the table covers.
        openings: When each opening begins.
        closings: When it ends.
        opened: For each opening, the open time of the table before it; at last that of all of it.
        by_utc: What `index_by_utc` returns, once it was asked.
        by_wall: What `index_by_wall` returns, once it was asked.
    """

    days: range
    openings: list[timedelta]
    closings: list[timedelta]
    opened: list[timedelta]
    by_utc: OpeningIndex | None = None
    by_wall: OpeningIndex | None = None
    _numbers: list[int] = field(init=False)

    @_numbers.default
    def _same_for_both_indexes(self) -> list[int]:
        return list(self.days)

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
        return cls(days, openings, closings, opened)

    def spans(self) -> Iterator[Span]:
        """Yield every opening of the table."""
        return zip(self.openings[:-1], self.closings[:-1], strict=True)

    def number_at(self, instant: timedelta) -> int:
        """Return the number of the opening that holds *instant*, of the table's days, or else follows it."""
        return bisect_right(self.closings, instant)

    def opened_before(self, instant: timedelta) -> timedelta:
        """Return the open time from the beginning of the table up to *instant*, of the table's days."""
        number = self.number_at(instant)
        opening = self.openings[number]
        if instant <= opening:
            return self.opened[number]
        return self.opened[number] + (instant - opening)

    def index_by_utc(self) -> OpeningIndex:
        """Return the index for instants in UTC."""
        if self.by_utc is None:
            self.by_utc = _index(self.openings, self.closings, self.opened, self._numbers)
        return self.by_utc

    def index_by_wall(self, changes: Iterable[tuple[timedelta, timedelta]]) -> OpeningIndex:
        """
        Return the index for what the clocks of a zone show, be it for the first or the second time.

        It leaves out some days at the ends of the table. It is `NOTHING_KNOWN` where the wall clock does not
        tell enough, because the offset changes during an opening, or near to one.

        Args:
            changes: When the offset of the zone to UTC changes in the table's days, and to which; the first
                pair is that of the table's beginning. Read only once.
        """
        if self.by_wall is None:
            self.by_wall = self._made_by_wall(*changes)
        return self.by_wall

    def _made_by_wall(
        self, first: tuple[timedelta, timedelta], *changes: tuple[timedelta, timedelta]
    ) -> OpeningIndex:
        offset = first[1]
        offsets: list[timedelta] = []
        for instant, changed in changes:
            # Up to so long before and after it, clocks show what they show again, or do not show at all.
            unsure = abs(changed - offset)
            number = bisect_right(self.closings, instant - unsure)
            if self.openings[number] < instant + unsure:
                return NOTHING_KNOWN
            offsets.extend([offset] * (number - len(offsets)))
            offset = changed
        offsets.extend([offset] * (len(self.opened) - 1 - len(offsets)))
        openings = [*map(add, self.openings, offsets), _NEVER]
        closings = [*map(add, self.closings, offsets), _NEVER]
        # No clock is further from UTC than 15 hours, nor was ever put ahead or back by more than a day.
        return _index(openings, closings, self.opened, self._numbers[2:-2])


def _index(
    openings: Sequence[timedelta], closings: Sequence[timedelta], opened: Sequence[timedelta], days: list[int]
) -> OpeningIndex:
    """Return the index of openings, given as the columns of an `OpeningTable`, for *days*, in order."""
    opening: Opening = (_NEVER, _NEVER, opened[-1], None)
    at_day: dict[int, Opening] = {}
    backwards: list[Opening] = []
    last = len(days) - 1
    for place in range(len(opened) - 2, -1, -1):
        closes = closings[place]
        ends_in = closes.days if closes.seconds or closes.microseconds else closes.days - 1
        while last >= 0 and days[last] > ends_in:
            at_day[days[last]] = opening
            last -= 1
        opening = (openings[place], closes, opened[place], opening)
        backwards.append(opening)
    for day in days[: last + 1]:
        at_day[day] = opening
    at_bin: list[Opening] = []
    if len(backwards) <= _MOST_BINS * (bin_of(opened[-1]) + 1):
        for opening, ends in zip(reversed(backwards), opened[1:], strict=True):
            # Those bins whose first moment passes in it; the very first bin begins with the first opening.
            at_bin.extend([opening] * (bin_of(ends) + 1 - len(at_bin)))
        # Whether the very end can be reached is for others to say.
        del at_bin[bin_of(opened[-1]) :]
    return OpeningIndex(at_day, at_bin)
