"""Minimal cut sets: what takes a configuration item down together, and not without any of it."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from itertools import chain, product
from math import prod
from typing import TYPE_CHECKING

from itsmkit._problems import shown
from itsmkit.cmdb.configuration_item import CIId
from itsmkit.cmdb.risk._cone import Cone, bits
from itsmkit.cmdb.risk._question import Failures, cone_above, goal_of, single_failures
from itsmkit.cmdb.risk.errors import TooManyCombinationsError
from itsmkit.cmdb.seed import Override
from itsmkit.errors import DefinitionError

if TYPE_CHECKING:
    from itsmkit.cmdb.graph import ConfigurationGraph

__all__ = ["cut_sets", "cuts_of"]

_MOST_FOR_THREE = 400
"""How many different items may be tried three at a time: some seconds."""

_MOST_SETS = 200_000
"""How many cut sets are told: more are no answer to anyone."""

_AT_ONCE = 1 << 16
"""How many pairs are tried at once."""


def cut_sets(
    graph: "ConfigurationGraph",
    ci: CIId,
    order: int = 2,
    level: str | None = None,
    *,
    given: Failures = (),
    overrides: Iterable[Override] = (),
    at: datetime | None = None,
) -> tuple[frozenset[CIId], ...]:
    """
    Return all minimal sets of at most *order* items that take *ci* down by failing together.

    Minimal says that *ci* stands if any one of the set does not fail. The answer is exact. It costs one
    operation on bits for each relation above *ci*, and each single item, pair or three of what is there, 64
    or more of them at a time. Single points of failure take no part in pairs, and items that matter
    only through one other, as a host through the only machine that runs on it, are tried as one.

    Args:
        graph: The graph.
        ci: The configuration item.
        order: How many items may fail together: 1, 2 or 3.
        level: The level that *ci* is taken to, or a worse one; by default, the worst. What fails is always at
            the worst level.
        given: What has failed already, as for `ConfigurationGraph.impact_of`.
        overrides: Rulings that an item is no worse than some level.
        at: The instant of the question, aware. Seeds and overrides that do not hold then are left out.

    Returns:
        Sorted by size, then by the ids; *ci* is in none of them. If it is at the level already, only the
        empty set: nothing more has to fail.

    Raises:
        UnknownItemError: If an id is not in the graph.
        DefinitionError: If *order* is none of these, a level is unknown, or *level* is the best; if something
            holds for a time and *at* is left out.
        TooManyCombinationsError: If *order* is 3, and more than 400 different items would have to be tried;
            if it is 2 or 3, and there are more than 200,000 cut sets.

    Example:
        >>> from itsmkit.cmdb import ConfigurationGraph, ConfigurationItem, RedundancySet, Relation
        >>> graph = ConfigurationGraph(
        ...     [ConfigurationItem(each, "server", each) for each in ("shop", "db", "web-1", "web-2")],
        ...     [Relation("shop", "depends_on", each) for each in ("db", "web-1", "web-2")],
        ...     [RedundancySet("shop", "web servers", ["web-1", "web-2"], "any")],
        ... )
        >>> [sorted(each) for each in cut_sets(graph, "shop")]
        [['db'], ['web-1', 'web-2']]

    Source:
        Rausand and Høyland, System Reliability Theory, 2nd edition (2004), section 3.10, on minimal cut sets.
    """
    cuts = cuts_of(graph, ci, order, level, given=given, overrides=overrides, at=at)
    if cuts is None:
        return (frozenset(),)
    kept: list[Sequence[Sequence[int]]] = []
    size = 0
    for each in cuts:
        size += prod(map(len, each))
        if size <= _MOST_SETS:
            kept.append(each)
    if order > 1 and size > _MOST_SETS:
        raise TooManyCombinationsError(ci, order, size, _MOST_SETS, of_sets=True)
    ids = [graph._ids(sorted(items)) for each in kept for items in product(*each)]
    return tuple(frozenset(each) for each in sorted(ids, key=lambda each: (len(each), each)))


def cuts_of(
    graph: "ConfigurationGraph",
    ci: CIId,
    order: int,
    level: str | None,
    *,
    given: Failures,
    overrides: Iterable[Override],
    at: datetime | None,
) -> Iterator[Sequence[Sequence[int]]] | None:
    """
    Return the minimal cut sets by groups of items that are alike: any one of each group makes a set.

    Returns:
        The smallest sets first; ``None`` if nothing more has to fail.

    Raises:
        UnknownItemError: As `cut_sets`, at once; so are the others.
        DefinitionError: As `cut_sets`.
        TooManyCombinationsError: If too many items would have to be tried.
    """
    if type(order) is not int or not 1 <= order <= 3:
        problem = f"order: must be 1, 2 or 3, not {shown(order)}"
        raise DefinitionError(problem)
    goal = goal_of(graph, ci, level)
    itself = graph._number(ci)
    cone = cone_above(graph, [goal], given=given, overrides=overrides, at=at)
    if goal in cone.fixed:
        return None
    if goal not in cone.sources:  # it was ruled out
        return iter(())
    single = [item for _, items in single_failures(cone, [goal], but=itself) for item in items]
    alone = ([[item]] for item in single)
    if order == 1:
        return alone
    alike = _Alike(cone, goal, {*single, itself})
    if order == 3 and len(alike.numbers) > _MOST_FOR_THREE:
        raise TooManyCombinationsError(ci, order, len(alike.numbers), _MOST_FOR_THREE)
    return chain(alone, alike.together(order))


class _Alike:
    """
    The items that take a goal down only together with others, and which of them are alike.

    Args:
        cone: What can lead to the goal.
        goal: The goal.
        but: The items that are left out.
    """

    def __init__(self, cone: Cone, goal: int, but: set[int]) -> None:
        self._cone, stands_for = cone.without_series(goal)
        self._goal = goal
        members: dict[int, list[int]] = {}
        for _, items in cone.failing(at_once=len(cone.sources)):
            for item in items:
                if item not in but and stands_for[item] not in self._cone.fixed:
                    members.setdefault(stands_for[item], []).append(item)
        self.numbers = sorted(members)
        """The number that stands for each group of items that are alike."""
        self._members: Mapping[int, Sequence[int]] = members

    def together(self, order: int) -> Iterator[Sequence[Sequence[int]]]:
        """Go through the groups that take the goal down in pairs and, if asked for, in threes."""
        members = [self._members[number] for number in self.numbers]
        pairs = self.pairs()
        for first, line in enumerate(pairs):
            for second in bits(line):
                yield members[first], members[second]
        if order == 3:
            for three in self.threes(pairs):
                yield [members[group] for group in three]

    def pairs(self, first: int = 0, *, failed: int | None = None) -> list[int]:
        """
        Return for each group, as bits, the later groups that take the goal down with it.

        Args:
            first: The group before which all are left out; their lines are empty.
            failed: A group that has failed already.
        """
        lines = [0] * first
        total = len(self.numbers)
        given = () if failed is None else (self.numbers[failed],)
        while first < total:
            # A table of the groups in some lines by all from the first of these on. In scenario (line,
            # column), the groups of the line and of the column fail.
            columns = self.numbers[first:]
            width = len(columns)
            height = max(1, min(width, _AT_ONCE // width))
            line = (1 << width) - 1
            everywhere = (1 << width * height) - 1
            column = everywhere // line
            failures = {
                number: column << place | (line << place * width if place < height else 0)
                for place, number in enumerate(columns)
            }
            failures.update(dict.fromkeys(given, everywhere))
            fired = self._cone.fired(failures, everywhere)[self._goal]
            for place in range(height):
                # Before the diagonal every pair stands a second time; on it, a group is with itself.
                later = (fired >> place * width & line) >> place + 1
                lines.append(later << first + place + 1)
            first += height
        return lines

    def threes(self, pairs: Sequence[int]) -> Iterator[tuple[int, int, int]]:
        """Go through the groups that take the goal down in threes, and not in pairs."""
        for first, excluded in enumerate(pairs):
            lines = self.pairs(first + 1, failed=first)
            for second in range(first + 1, len(lines)):
                if not excluded >> second & 1:
                    for third in bits(lines[second] & ~pairs[second] & ~excluded):
                        yield first, second, third
