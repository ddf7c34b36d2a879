"""
The openings of some days as numpy arrays, made for looking up many instants at once.

Needs numpy, and is imported by nothing but the vectorised path.
"""

from typing import Self

import numpy as np
from attrs import frozen
from numpy.typing import NDArray

__all__ = ["CHUNK", "DayTable", "Integers", "Scratch"]

Integers = NDArray[np.int64]

CHUNK = 32_768
"""How many rows are answered in one go: enough to forget the calls, few enough to stay in the cache."""

_HOUR_PARTS = 2  # where a row may begin: at every half hour
_ROW_HOURS = (24, 12, 8, 6)
_MOST_SLOTS = 3


class Scratch:
    """
    Room for the intermediate results of one caller, used again for each chunk.

    Args:
        size: How many instants a chunk has at most.
    """

    __slots__ = ("_gathered", "_size", "place", "row")

    def __init__(self, size: int) -> None:
        self._size = size
        self.place, self.row = np.empty(size, np.int64), np.empty(size, np.int64)
        self._gathered = np.empty((0, 0), np.int64)

    def gathered(self, length: int, columns: int) -> Integers:
        """Return room for *length* rows of *columns*."""
        if self._gathered.shape[1] != columns:
            self._gathered = np.empty((self._size, columns), np.int64)
        return self._gathered[:length]


@frozen(eq=False)
class DayTable:
    """
    What is open in a stretch of real time, cut into rows of equal length: a day, mostly, or a part of one.

    A row is looked up by a division. It tells how much was open before it, and its own openings; their
    number is the same for all rows, and one is enough for most calendars, as the rows may begin at any half
    hour. Where a row would have too many openings, each opening has a row of its own, found by a search.

    Instants are *places*: counted from *origin*, in the unit of the caller's data. The table is never
    changed, so that threads may share it.

    Args:
        origin: Where the first row begins, since 1970.
        first: The first place that the table knows.
        end: The place where its knowledge ends; not included.
        length: The length of a row; 0 where rows are found by a search.
        rows: For each row, the beginnings and the ends of its openings in turns; in the last column, the open
            time before the row less all of these beginnings. One gather brings the whole row.
        openings: The places at which openings begin.
        closings: The places at which they end.
        opened: For each opening, the open time before it; at last that of all.
        width: The length of the steps of *steps*; 0 where an amount is found by a search.
        steps: For each multiple of *width*, how many of *opened* are less.
        shift: By how much a place lies after the open time before it: for each opening.
    """

    origin: int
    first: int
    end: int
    length: int
    rows: Integers
    openings: Integers
    closings: Integers
    opened: Integers
    width: int
    steps: Integers
    shift: Integers

    @classmethod
    def compiled(cls, spans: Integers, start: int, stop: int, day: int) -> Self:
        """
        Return the table of *spans*.

        Args:
            spans: One row of beginnings and one of ends, in order and apart from each other, since 1970.
            start: Since when the openings are known.
            stop: Until when; not included.
            day: The length of a day.
        """
        length, origin, slots = _grid(spans, start, stop, day)
        openings, closings = np.ascontiguousarray(spans - origin)
        opened = np.concatenate([np.zeros(1, np.int64), np.cumsum(closings - openings)])
        if slots > _MOST_SLOTS:
            length, rows = 0, np.stack([openings, closings, closings, opened[:-1] - openings], axis=1)
        else:
            rows = _rows(openings, closings, -(-(stop - origin) // length), length, slots)
        width, steps = _steps(opened)
        shift = np.append(openings - opened[:-1], 0)
        first, end = start - origin, stop - origin
        return cls(origin, first, end, length, rows, openings, closings, opened, width, steps, shift)

    @property
    def nbytes(self) -> int:
        """The memory that its arrays take, in bytes."""
        arrays = (self.rows, self.openings, self.closings, self.opened, self.steps, self.shift)
        return sum(array.nbytes for array in arrays)

    def covers(self, places: Integers) -> bool:
        """Tell whether all *places*, of which there is at least one, are known."""
        # Read as unsigned, what lies before the table is beyond its end.
        if np.maximum.reduce(places.view(np.uint64)) >= self.end:
            return False
        return not self.first or bool(np.minimum.reduce(places) >= self.first)

    def covers_all_but(self, places: Integers, others: NDArray[np.bool_]) -> bool:
        """Tell whether all *places* are known but for the *others*, of which none is."""
        outside = places.view(np.uint64) >= self.end
        if self.first:
            outside |= places < self.first
        return bool(np.count_nonzero(outside) == np.count_nonzero(others))

    def opened_before(self, places: Integers, scratch: Scratch, out: Integers) -> Integers:
        """
        Return the open time from the beginning of the table up to each of *places*, in *out*.

        Args:
            places: Any; where the table does not cover them, the result means nothing.
            scratch: At least as large as *places*.
            out: Where the result goes; not *places*, nor in *scratch* but for ``place``.
        """
        edges = self._edges(places, scratch)
        np.maximum(places, edges[:, 0], out=out)
        np.minimum(out, edges[:, 1], out=out)
        np.add(out, edges[:, -1], out=out)
        for slot in range(2, edges.shape[1] - 2, 2):
            np.add(out, np.clip(places, edges[:, slot], edges[:, slot + 1]), out=out)
        return out

    def is_open(self, places: Integers, scratch: Scratch) -> NDArray[np.bool_]:
        """Tell for each of *places*, which the table covers, whether an opening holds it."""
        edges = self._edges(places, scratch)
        found = np.zeros(len(places), np.bool_)
        for slot in range(0, edges.shape[1] - 2, 2):
            found |= (edges[:, slot] <= places) & (places < edges[:, slot + 1])
        return found

    def landed(
        self, before: Integers, amounts: Integers, *, early: bool
    ) -> tuple[Integers, NDArray[np.bool_]]:
        """
        Return the places that lie *amounts* of open time from those that *before* was opened before.

        Args:
            before: Open time from the beginning of the table.
            amounts: Open time; negative goes back. 0 leads forward, to the next opening.
            early: Whether to land on the first place met, rather than the one next to more open time.

        Returns:
            The places, and for each whether it is none, as so much is not open in the table.
        """
        # What is one more than all that is open is enough to be missing, and cannot overflow.
        target = before + np.clip(amounts, -before - 1, self.opened[-1] - before + 1)
        # At a closing as much has been opened as at the opening after it. A step back leads to the closing.
        number = self._number_at(target - (amounts > 0 if early else amounts < 0))
        missing = (number <= 0) | (number > len(self.openings))
        return self.shift.take(number - 1, mode="clip") + target, missing

    def _number_at(self, amounts: Integers) -> Integers:
        """
        Return for each of *amounts* how many of *opened* are not more than it.

        Args:
            amounts: Not much less than 0, nor much more than all that is open in the table.
        """
        if not self.width:
            return np.searchsorted(self.opened, amounts, side="right").astype(np.int64)
        number = self.steps.take(np.floor_divide(amounts, self.width), mode="clip")
        number += self.opened.take(number, mode="clip") <= amounts
        return number

    def _edges(self, places: Integers, scratch: Scratch) -> Integers:
        """Return the row of *rows* for each of *places*."""
        if self.length:
            # Places are not negative, and unsigned numbers divide in half the time.
            row = scratch.row[: len(places)]
            np.floor_divide(places.view(np.uint64), np.uint64(self.length), out=row.view(np.uint64))
        else:
            row = np.searchsorted(self.openings, places, side="right") - 1
        room = scratch.gathered(len(places), self.rows.shape[1])
        return self.rows.take(row, axis=0, out=room, mode="clip")


def _grid(spans: Integers, start: int, stop: int, day: int) -> tuple[int, int, int]:
    """
    Return the length of rows and the origin that leave each row the fewest openings, and how many.

    One opening a row is as good as it gets; of two ways to it, the one with longer rows is the first.
    """
    found: list[tuple[int, int, int]] = []
    for hours in _ROW_HOURS:
        length = day * hours // 24
        for part in range(hours * _HOUR_PARTS):
            origin = start - day * part // (24 * _HOUR_PARTS)
            slots = _most_in_a_row(spans - origin, -(-(stop - origin) // length), length)
            if slots <= 1:
                return length, origin, slots
            found.append((slots, -length, origin))
    slots, length, origin = min(found)
    return -length, origin, slots


def _most_in_a_row(spans: Integers, rows: int, length: int) -> int:
    """Return how many openings the fullest of *rows* has a part of."""
    begun = np.bincount(spans[0] // length, minlength=rows + 1)
    ended = np.bincount((spans[1] - 1) // length + 1, minlength=rows + 1)
    return int(np.cumsum(begun - ended).max())


def _rows(openings: Integers, closings: Integers, rows: int, length: int, slots: int) -> Integers:
    """Return what `DayTable.rows` holds, for *rows* of them with up to *slots* openings each."""
    first, last = openings // length, (closings - 1) // length
    parts = last - first + 1
    whole = np.repeat(np.arange(len(openings)), parts)
    row = first[whole] + np.arange(len(whole)) - np.repeat(np.cumsum(parts) - parts, parts)
    opens = np.maximum(openings[whole], row * length)
    closes = np.minimum(closings[whole], (row + 1) * length)
    opened = np.concatenate([np.zeros(1, np.int64), np.cumsum(closes - opens)])
    starts = np.searchsorted(row, np.arange(rows))
    number = np.arange(len(row)) - starts[row]
    # A row with fewer openings has empty ones instead, which add nothing wherever they lie. Four columns, or
    # any even number of them, are gathered faster than three.
    found = np.zeros((rows, 2 * max(slots, 1) + 2), np.int64)
    found[row, 2 * number] = opens
    found[row, 2 * number + 1] = closes
    found[:, -1] = opened[starts] - found[:, 0:-2:2].sum(axis=1)
    return found


def _steps(opened: Integers) -> tuple[int, Integers]:
    """
    Return the steps by which an amount of open time is looked up: their length, and what lies before each.

    A step is no longer than the shortest opening, so that at most one opening begins in it. Where that would
    take many more steps than there are openings, there are none.
    """
    lengths = np.diff(opened)
    none = np.zeros(0, np.int64)
    if not len(lengths):
        return 0, none
    width = int(lengths.min())
    count = int(opened[-1]) // width + 2
    if count > 16 * len(opened) + 64:
        return 0, none
    return width, np.searchsorted(opened, np.arange(count) * width).astype(np.int64)
