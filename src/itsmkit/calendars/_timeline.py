"""The openings of a calendar as far as anybody asked, and the arithmetic on them."""

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterable, Iterator
from datetime import UTC, datetime, timedelta
from itertools import chain

from itsmkit.calendars._instants import DAY, EPOCH
from itsmkit.calendars._opening_table import OpeningTable
from itsmkit.calendars._wall_clock import Span
from itsmkit.calendars.errors import NeverClosesError, NeverOpenError, OutOfRangeError
from itsmkit.calendars.landing import Landing

__all__ = ["Timeline"]

_AHEAD = 30
"""How many days more a table has on either side than were asked for. One that has to grow grows by a half."""

_EARLIEST = Landing.EARLIEST  # a look-up on an Enum costs as much as the arithmetic
_ZERO = timedelta(0)
_FIRST = datetime.min.replace(tzinfo=UTC) - EPOCH
_LAST = datetime.max.replace(tzinfo=UTC) - EPOCH
_EMPTY = OpeningTable.compiled((), range(0))


class Timeline:
    """
    A set of openings, compiled into a table as far as it is needed.

    Instants are real time since 1970. Threads need no lock: the table is never changed but replaced by
    a larger one, and each question works on the one that it has got. Threads that need more of it at
    once make it twice.

    Args:
        openings_of: Returns the openings in some UTC days, clipped to them and sorted by start. They
            may touch and overlap.
        days: The UTC days for which there is an answer.
        because: What bounds these days, for an error's sentence.
    """

    __slots__ = ("_end", "_openings_of", "because", "days", "table")

    def __init__(self, openings_of: Callable[[range], Iterable[Span]], days: range, because: str) -> None:
        self._openings_of = openings_of
        self.days = days
        self._end = days.stop * DAY
        self.because = because
        self.table = _EMPTY

    def openings_in(self, days: range) -> Iterable[Span]:
        """
        Return the openings in the UTC days *days*, clipped to them and sorted by start.

        They may touch and overlap, and are not kept: another set is made of them.

        Args:
            days: Among those that are known.
        """
        return self._openings_of(days)

    def is_open(self, instant: timedelta) -> bool:
        """
        Tell whether an opening holds *instant*.

        Raises:
            OutOfRangeError: If *instant* lies outside the days that are known.
        """
        table = self._table_over(instant)
        return table.openings[table.number_at(instant)] <= instant

    def elapsed(self, start: timedelta, end: timedelta) -> timedelta:
        """
        Return the open time from *start* to *end*; negative if *end* comes first.

        Raises:
            OutOfRangeError: If an end lies outside the days that are known.
        """
        table = self._table_over(start, end)
        return table.opened_before(end) - table.opened_before(start)

    def move(self, start: timedelta, amount: timedelta, landing: Landing, *, back: bool) -> timedelta:
        """
        Return the instant that lies *amount* of open time from *start*.

        Args:
            start: Where to begin.
            amount: If negative, the way is turned round.
            landing: Which one, where several lie that far.
            back: Whether a positive amount, or none, leads back.

        Raises:
            NeverOpenError: If there is not so much open time.
            OutOfRangeError: If *start* lies outside the days that are known.
        """
        table = self._table_over(start)
        if landing is _EARLIEST and not amount:
            return start
        forward = amount < _ZERO if back else amount >= _ZERO
        # At a closing as much has been opened as at the opening after it. Searched from the left
        # the table gives the closing, from the right the opening.
        search = bisect_right if forward is (landing is not _EARLIEST) else bisect_left
        while True:
            opened = table.opened_before(start)
            try:
                target = opened - amount if back else opened + amount
            except OverflowError:
                target = timedelta.max if forward else timedelta.min
            number = search(table.opened, target)
            if 0 < number < len(table.opened):
                landed = table.openings[number - 1] + (target - table.opened[number - 1])
                if landed < self._end:
                    return landed
            table = self._longer(table, start, forward=forward)

    def next_close(self, instant: timedelta) -> timedelta:
        """
        Return the end of the opening that holds *instant*, or else of the one that follows it.

        Raises:
            NeverClosesError: If that opening lasts up to the end of what is known.
            NeverOpenError: If there is no such opening.
            OutOfRangeError: If *instant* lies outside the days that are known.
        """
        table = self._table_over(instant)
        while True:
            closing = table.closings[table.number_at(instant)]
            if closing < table.days.stop * DAY:
                return closing
            if closing == self._end:
                raise NeverClosesError(EPOCH + instant, EPOCH + self._end)
            table = self._longer(table, instant, forward=True)

    def spans(self, start: timedelta, end: timedelta) -> Iterator[Span]:
        """
        Yield the openings between *start* and *end*, clipped to them; none is empty.

        Raises:
            OutOfRangeError: If an end lies outside the days that are known.
        """
        table = self._table_over(start, end)
        number = table.number_at(start)
        while (opening := max(table.openings[number], start)) < end:
            yield opening, min(table.closings[number], end)
            number += 1

    def out_of_range(self, instant: timedelta, where: str | None = None) -> OutOfRangeError:
        """Return the error for *instant*, which lies outside the days that are known."""
        at = EPOCH + min(max(instant, _FIRST), _LAST)
        return OutOfRangeError(at, EPOCH + self.days.start * DAY, EPOCH + self._end, self.because, where)

    def _table_over(self, *instants: timedelta) -> OpeningTable:
        """
        Return the table, grown to the days of *instants* where it lacks one.

        Raises:
            OutOfRangeError: If one of the days is not known.
        """
        table = self.table
        if all(instant.days in table.days for instant in instants):
            return table
        for instant in instants:
            if instant.days not in self.days:
                raise self.out_of_range(instant)
        # The index by the wall clock lacks some days at the ends, so those must not be what is asked for.
        start, stop = min(instants).days - _AHEAD, max(instants).days + _AHEAD + 1
        days, half = table.days, len(table.days) // 2
        if days and start < days.start:
            start = min(start, days.start - half)
        if days and stop > days.stop:
            stop = max(stop, days.stop + half)
        return self._grown(table, range(start, stop))

    def _longer(self, table: OpeningTable, sought_from: timedelta, *, forward: bool) -> OpeningTable:
        """
        Return *table* grown to twice its length, one way.

        Raises:
            NeverOpenError: If it ends where the known days do.
        """
        days = table.days
        if forward and days.stop < self.days.stop:
            return self._grown(table, range(days.stop, days.stop + len(days)))
        if not forward and days.start > self.days.start:
            return self._grown(table, range(days.start - len(days), days.start))
        while not any(table.spans()) and table.days != self.days:
            # Openings lie the other way, if anywhere: the error says where the last of them is.
            table = self._grown(table, range(days.start - len(days), days.stop + len(days)))
            days = table.days
        limit = EPOCH + (self._end if forward else self.days.start * DAY)
        edges = [closing if forward else opening for opening, closing in table.spans()]
        nearest = EPOCH + edges[-1 if forward else 0] if edges else None
        raise NeverOpenError(EPOCH + sought_from, limit, nearest)

    def _grown(self, table: OpeningTable, days: range) -> OpeningTable:
        """Return *table* with *days*, and the days between, as far as they are known; keep it."""
        start = max(days.start, self.days.start)
        old = table.days or range(start, start)
        start = min(start, old.start)
        stop = max(min(days.stop, self.days.stop), old.stop)
        spans = chain(
            self._openings_of(range(start, old.start)),
            table.spans(),
            self._openings_of(range(old.stop, stop)),
        )
        grown = OpeningTable.compiled(spans, range(start, stop))
        self.table = grown
        return grown
