"""The chains of all records, rebuilt event by event, and their heads as they were at earlier positions."""

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator
from operator import itemgetter
from typing import NamedTuple

from itsmkit._figures import plural
from itsmkit._problems import shown
from itsmkit.plugin.integrity import ChainHead, link
from itsmkit.plugin.verification.findings import FindingKind

__all__ = ["Chains", "Positions"]

_BOUNDARY = itemgetter(0)
_DIGEST = re.compile("[0-9a-f]{64}")


class _Head(NamedTuple):
    """The head of a chain from some boundary on."""

    boundary: int
    sequence: int
    digest: str


class Chains:
    """
    Chains, of which only heads are kept: the newest, and those at given positions.

    A head that stays the same from one of these positions to the next is kept once.

    Args:
        boundaries: The positions at which heads will be asked for.
    """

    def __init__(self, boundaries: Iterable[int]) -> None:
        self._boundaries = sorted(set(boundaries))
        self._heads: dict[str, list[_Head]] = {}

    def __len__(self) -> int:
        return len(self._heads)

    def extend(
        self, record: str, sequence: int, position: int, digest: str, document: bytes
    ) -> tuple[FindingKind, str] | None:
        """
        Add an event to the chain of its record.

        Args:
            record: The record.
            sequence: The sequence of the event.
            position: Its position in the feed.
            digest: The digest that is kept with it.
            document: Its document in canonical form.

        Returns:
            What is wrong with it, or ``None``. An event that stands twice is not added.
        """
        heads = self._heads.get(record)
        before = None if heads is None else heads[-1]
        expected = 1 if before is None else before.sequence + 1
        if _DIGEST.fullmatch(digest) is None:
            return FindingKind.MALFORMED, f"its digest must be 64 hexadecimal digits, not {shown(digest)}"
        if sequence < expected:
            return FindingKind.REPEATED, f"event {sequence} comes after event {expected - 1}"
        head = _Head(bisect_left(self._boundaries, position), sequence, digest)
        if heads is None:
            self._heads[record] = [head]
        elif heads[-1].boundary == head.boundary:
            heads[-1] = head
        else:
            heads.append(head)
        if sequence > expected:
            gone = plural(sequence - expected, "event")
            return FindingKind.MISSING, f"{gone} before it, from {expected} on, cannot be found"
        if link(None if before is None else before.digest, document) != digest:
            problem = "its digest is not that of its document and of the events before it"
            return FindingKind.CHANGED, problem
        return None

    def heads(self, position: int | None = None) -> Iterator[ChainHead]:
        """
        Go through the heads as they were once *position* was read, ordered by record.

        Args:
            position: One of the boundaries, or ``None`` for the end.
        """
        boundary = len(self._boundaries) if position is None else bisect_left(self._boundaries, position)
        for record in sorted(self._heads):
            heads = self._heads[record]
            seen = bisect_right(heads, boundary, key=_BOUNDARY)
            if seen:
                yield ChainHead(record, heads[seen - 1].sequence, heads[seen - 1].digest)


class Positions:
    """Positions of one feed as they come, kept as stretches without a gap."""

    def __init__(self) -> None:
        self._starts: list[int] = []
        self._ends: list[int] = []

    @property
    def end(self) -> int:
        """The newest position; 0 if there is none."""
        return self._ends[-1] if self._ends else 0

    def add(self, position: int) -> bool:
        """Add a position; return whether it is greater than all before it. If not, it is not added."""
        end = self.end
        if position <= end:
            return False
        if self._ends and position == end + 1:
            self._ends[-1] = position
        else:
            self._starts.append(position)
            self._ends.append(position)
        return True

    def __contains__(self, position: int) -> bool:
        stretch = bisect_right(self._starts, position)
        return bool(stretch) and position <= self._ends[stretch - 1]
