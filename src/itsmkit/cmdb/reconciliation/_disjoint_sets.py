"""Disjoint sets of numbers, and what each is known by: its least member."""

from collections.abc import Collection, Hashable, Iterable

__all__ = ["DisjointSets", "hang_together"]


class DisjointSets:
    """
    The numbers below *count*, each for itself at first.

    Source:
        R. Tarjan, Efficiency of a good but not linear set union algorithm, Journal of the ACM 22 (1975).
    """

    def __init__(self, count: int) -> None:
        self._above = list(range(count))

    def find(self, number: int) -> int:
        """Return the least member of the set of a number."""
        above = self._above
        while above[number] != number:
            above[number] = above[above[number]]
            number = above[number]
        return number

    def unite(self, numbers: Iterable[int]) -> None:
        """Make one set of the sets of all *numbers*, of which there is at least one."""
        roots = {self.find(number) for number in numbers}
        least = min(roots)
        for root in roots:
            self._above[root] = least


def hang_together(groups: Collection[Collection[Hashable]]) -> bool:
    """Tell whether from each of *groups* there is a way to each other through those with a common member."""
    sets = DisjointSets(len(groups))
    first: dict[Hashable, int] = {}
    parts = len(groups)
    for number, group in enumerate(groups):
        for member in group:
            other = first.setdefault(member, number)
            if sets.find(other) != sets.find(number):
                sets.unite((other, number))
                parts -= 1
    return parts <= 1
