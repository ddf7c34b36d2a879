"""Neighbours by number, and what can be reached through them."""

from collections.abc import Iterable, Sequence
from itertools import chain, filterfalse

__all__ = ["Adjacency"]


class Adjacency:
    """
    The directed edges between nodes 0 to n - 1. Fit for use by several threads at once.

    Args:
        neighbours: For each node those that its edges lead to, in the order in which to visit them.
    """

    __slots__ = ("_neighbours", "_spare")

    def __init__(self, neighbours: Sequence[tuple[int, ...]]) -> None:
        self._neighbours = neighbours
        # Flags that are all down again. A traversal takes one of these away, so that no other can meet it.
        self._spare: list[bytearray] = []

    def __getitem__(self, node: int) -> tuple[int, ...]:
        return self._neighbours[node]

    def reach(self, sources: Iterable[int]) -> list[int]:
        """
        Return what can be reached from *sources*, without these, nearest first.

        The order is that of a breadth-first search that begins with *sources* in their order. The cost
        follows the edges that leave *sources* and the result; the size of the graph does not matter.
        """
        found = list(dict.fromkeys(sources))
        given = len(found)
        try:
            flags = self._spare.pop()
        except IndexError:
            flags = bytearray(len(self._neighbours))
        for node in found:
            flags[node] = 1
        # `found` grows while the pipeline reads it: all that is left to Python is what happens once for
        # each node found, and skipping the edges that lead nowhere new is done in C.
        edges = chain.from_iterable(map(self._neighbours.__getitem__, found))
        for node in filterfalse(flags.__getitem__, edges):
            flags[node] = 1
            found.append(node)
        for node in found:
            flags[node] = 0
        self._spare.append(flags)
        return found[given:]
