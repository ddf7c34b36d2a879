"""Neighbours by number, and what can be reached through them."""

from array import array
from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from functools import cache
from importlib.util import find_spec
from itertools import accumulate, chain, filterfalse, islice
from operator import length_hint
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from itsmkit.cmdb._frontiers import Frontiers

__all__ = ["Adjacency", "PackedRows", "rows_of", "taken_down"]

LARGE = 20_000
"""How many nodes there must be before numpy is looked for: importing it costs as much as many answers."""
WIDE = 500
"""How many nodes must wait to be read before numpy pays."""
CHUNK = 1_000
"""How many nodes are found before it is looked how many wait."""


class PackedRows:
    """
    Rows of numbers, one after the other in two arrays: a small part of the memory of tuples.

    Args:
        rows: The rows.
    """

    __slots__ = ("starts", "targets")

    def __init__(self, rows: Iterable[tuple[int, ...]]) -> None:
        rows = list(rows)
        self.starts = array("i", accumulate(map(len, rows), initial=0))
        """Where each row begins, and where the last ends."""
        self.targets = array("i", chain.from_iterable(rows))

    def __len__(self) -> int:
        return len(self.starts) - 1

    def __iter__(self) -> Iterator[tuple[int, ...]]:
        return map(self.__getitem__, range(len(self)))

    def __getitem__(self, row: int) -> tuple[int, ...]:
        return tuple(self.targets[self.starts[row] : self.starts[row + 1]])


def rows_of(
    nodes: int, starts: Iterable[int], ends: Iterable[int]
) -> tuple[list[tuple[int, ...]], list[int]]:
    """
    Return for each node its neighbours, sorted and each once, and the nodes that were given one twice.

    Args:
        nodes: How many there are.
        starts: Where each edge begins.
        ends: Where each edge ends, in the same order.
    """
    filling: list[list[int]] = [[] for _ in range(nodes)]
    # All of this runs in C: nothing is left to Python that happens once for each edge.
    deque(map(list.append, map(filling.__getitem__, starts), ends), maxlen=0)
    deque(map(list.sort, filling), maxlen=0)
    rows = list(map(tuple, filling))
    twice = [node for node, row in enumerate(rows) if len(row) > 1 and len(set(row)) < len(row)]
    for node in twice:
        rows[node] = tuple(dict.fromkeys(rows[node]))
    return rows, twice


class Adjacency:
    """
    The directed edges between nodes 0 to n - 1. Fit for use by several threads at once.

    Args:
        rows: For each node those that its edges lead to, in the order in which to visit them.
    """

    __slots__ = ("_frontiers", "_rows", "_spare")

    def __init__(self, rows: Sequence[tuple[int, ...]] | PackedRows) -> None:
        self._rows = rows
        # Flags that are all down again. A traversal takes one of these away, so that no other can meet it.
        self._spare: list[bytearray] = []
        self._frontiers: Frontiers | None = None

    def __getitem__(self, node: int) -> tuple[int, ...]:
        return self._rows[node]

    def __len__(self) -> int:
        return len(self._rows)

    def __iter__(self) -> Iterator[tuple[int, ...]]:
        return iter(self._rows)

    def packed(self) -> "Adjacency":
        """Return the same in arrays: smaller, and slower to ask."""
        return Adjacency(PackedRows(self._rows))

    def turned(self, numbers: Iterable[int]) -> "Adjacency":
        """
        Return the edges the other way round, sorted.

        Args:
            numbers: The objects that stand for the nodes, so that all adjacencies can share them.
        """
        filling: list[list[int]] = [[] for _ in range(len(self))]
        for number, row in zip(numbers, self, strict=True):
            for each in row:
                filling[each].append(number)
        return Adjacency(list(map(tuple, filling)))

    def reach(self, sources: Iterable[int]) -> list[int]:
        """
        Return what can be reached from *sources*, without these, nearest first.

        The order is that of a breadth-first search that begins with *sources* in their order. The cost
        follows the edges that leave *sources* and the result; the size of the graph does not matter.
        """
        found = list(dict.fromkeys(sources))
        given = len(found)
        flags = self._take_flags()
        for node in found:
            flags[node] = 1
        if len(flags) < LARGE or not _has_numpy():
            self._spread(found, flags)
        else:
            self._spread_by_frontiers(found, flags)
        self._spare.append(taken_down(flags, found))
        return found[given:]

    def _spread(self, found: list[int], flags: bytearray) -> None:
        """Find what can be reached from those that are found."""
        # `found` grows while the pipeline reads it: all that is left to Python is what happens once for
        # each node found, and skipping the edges that lead nowhere new is done in C.
        add = found.append
        for node in filterfalse(flags.__getitem__, chain.from_iterable(map(self._rows.__getitem__, found))):
            flags[node] = 1
            add(node)

    def _spread_by_frontiers(self, found: list[int], flags: bytearray) -> None:
        """Do the same, and leave it to numpy for as long as many nodes wait to be read."""
        add, read, more = found.append, 0, True
        while more:
            reading = iter(found)
            reading.__setstate__(read)  # type: ignore[attr-defined]  # as pickle does: it skips without reading
            new = filterfalse(flags.__getitem__, chain.from_iterable(map(self._rows.__getitem__, reading)))
            waiting = 0
            while more and waiting < WIDE:
                before = len(found)
                for node in islice(new, CHUNK):
                    flags[node] = 1
                    add(node)
                more = len(found) - before == CHUNK
                waiting = length_hint(reading)
            if more:
                # Of what was read last, the row may have been followed in part only.
                read = self._wide().spread(found, flags, len(found) - waiting - 1, WIDE)

    def _wide(self) -> "Frontiers":
        if self._frontiers is None:
            from itsmkit.cmdb._frontiers import Frontiers  # noqa: PLC0415  needs numpy

            rows = self._rows if isinstance(self._rows, PackedRows) else PackedRows(self._rows)
            self._frontiers = Frontiers(rows.starts, rows.targets)
        return self._frontiers

    def _take_flags(self) -> bytearray:
        try:
            return self._spare.pop()
        except IndexError:
            return bytearray(len(self))


def taken_down(flags: bytearray, raised: Sequence[int]) -> bytearray:
    """Return flags that are all down: these, of which no others than *raised* are up, or new ones."""
    if len(raised) * 16 > len(flags):
        # New ones cost less than to take down so many.
        return bytearray(len(flags))
    for number in raised:
        flags[number] = 0
    return flags


@cache
def _has_numpy() -> bool:
    return find_spec("numpy") is not None
