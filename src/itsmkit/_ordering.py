"""What comes after what: an order of names by their predecessors, and the cycles that keep them from one."""

from collections import deque
from collections.abc import Iterator, Mapping, Sequence
from heapq import heapify, heappop, heappush
from itertools import pairwise

__all__ = ["cycles", "in_order"]


def in_order(after: Mapping[str, Sequence[str]]) -> tuple[str, ...]:
    """
    Return the keys of *after* so that each comes after its predecessors, and otherwise as they are declared.

    What lies on a cycle, or behind one, is left out.

    Source:
        A. B. Kahn, Topological sorting of large networks, CACM 5 (1962), with the first declared of those
        that may come next.
    """
    names = list(after)
    place = {name: index for index, name in enumerate(names)}
    left = {name: len(before) for name, before in after.items()}
    behind: dict[str, list[str]] = {name: [] for name in names}
    for name, before in after.items():
        for each in before:
            behind[each].append(name)
    next_ones = [place[name] for name in names if not left[name]]
    heapify(next_ones)
    order = []
    while next_ones:
        name = names[heappop(next_ones)]
        order.append(name)
        for each in behind[name]:
            left[each] -= 1
            if not left[each]:
                heappush(next_ones, place[each])
    return tuple(order)


def cycles(after: Mapping[str, Sequence[str]]) -> Iterator[tuple[str, ...]]:
    """
    Yield cycles until every step that lies on one stands in one of them, each a shortest one.

    There may be too many cycles to list them all.
    """
    tangled = set(after) - set(in_order(after))
    # That something comes after itself, it is told itself.
    before = {name: [each for each in after[name] if each in tangled and each != name] for name in tangled}
    shown: set[tuple[str, str]] = set()
    for name in after:
        for first in before.get(name, ()):
            if (first, name) in shown:
                continue
            cycle = _shortest_way(before, first, name)
            if cycle:
                shown.update(pairwise((*cycle, cycle[0])))
                yield _turned(cycle, tuple(after))


def _shortest_way(before: Mapping[str, Sequence[str]], end: str, start: str) -> tuple[str, ...]:
    """Return the names on a shortest way from *start* to *end*, both included; empty if there is none."""
    step = {end: end}
    waiting = deque([end])
    while waiting and start not in step:
        name = waiting.popleft()
        for each in before[name]:
            if each not in step:
                step[each] = name
                waiting.append(each)
    if start not in step:
        return ()
    way = [start]
    while way[-1] != end:
        way.append(step[way[-1]])
    return tuple(way)


def _turned(cycle: tuple[str, ...], declared: Sequence[str]) -> tuple[str, ...]:
    """Return *cycle* so that the one declared first stands first."""
    turn = cycle.index(min(cycle, key=declared.index))
    return cycle[turn:] + cycle[:turn]
