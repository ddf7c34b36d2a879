"""Reachability by whole frontiers at once, with numpy. Imported only where much of a large graph is found."""

from array import array

import numpy as np

__all__ = ["Frontiers"]


class Frontiers:
    """
    The edges of an adjacency, to follow many of them at once.

    Args:
        starts: Where the row of each node begins in *targets*, and where the last row ends.
        targets: All rows, one after the other.
    """

    __slots__ = ("_lengths", "_starts", "_targets")

    def __init__(self, starts: "array[int]", targets: "array[int]") -> None:
        ends = np.frombuffer(starts, np.int32)
        self._starts = ends[:-1]
        self._lengths = np.diff(ends)
        self._targets = np.frombuffer(targets, np.int32) if targets else np.empty(0, np.int32)

    def spread(self, found: list[int], flags: bytearray, read: int, wide: int) -> int:
        """
        Find what can be reached from those that wait, in the order of a breadth-first search.

        Args:
            found: What is found; the new ones are appended.
            flags: Tells of each node whether it is found.
            read: How many of those found were read.
            wide: How many must wait for this to go on.

        Returns:
            How many of those found were read at the end.
        """
        raised = np.frombuffer(flags, np.uint8)
        first = np.empty(len(flags), np.int32)
        frontier = np.array(found[read:], np.int32)
        while len(frontier) >= wide:
            read += len(frontier)
            lengths = self._lengths[frontier]
            ends = np.cumsum(lengths)
            places = np.repeat(self._starts[frontier] + lengths - ends, lengths)
            places += np.arange(len(places), dtype=places.dtype)
            reached = self._targets[places]
            reached = reached[raised[reached] == 0]
            # Of equal ones the first stays. Numpy assigns in order, so that what is written last is what was
            # reached first.
            order = np.arange(len(reached), dtype=np.int32)
            first[reached[::-1]] = order[::-1]
            frontier = reached[first[reached] == order]
            raised[frontier] = 1
            found.extend(frontier.tolist())
        return read
