"""The impact while failures come and go: each change costs what it changes, not what is affected already."""

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from itertools import count
from typing import TYPE_CHECKING

from itsmkit._frozen import FrozenDict
from itsmkit.cmdb._program import Fixpoint
from itsmkit.cmdb.configuration_item import CIId
from itsmkit.cmdb.impact import Impact, caps_of, impact_of
from itsmkit.cmdb.seed import Override, Seed, holding

if TYPE_CHECKING:
    from itsmkit.cmdb.graph import ConfigurationGraph

__all__ = ["LiveImpact"]


class LiveImpact:
    """
    The state of a configuration graph under failures that come and go.

    It always says what `ConfigurationGraph.impact_of` would say of the same failures. A failure costs the
    relations that it newly reaches; a recovery those of what it no longer takes down, and of its border. It
    changes, so that it belongs to one thread.

    Args:
        graph: The graph.
        overrides: Rulings that an item is no worse than some level.
        at: The instant from which the rulings are looked at, aware; needed if there are any.

    Raises:
        UnknownItemError: If a ruling is of an id that is not in the graph.
        DefinitionError: If its level is unknown, or *at* is left out.

    >>> from itsmkit.cmdb import ConfigurationGraph, ConfigurationItem, Relation
    >>> graph = ConfigurationGraph(
    ...     [ConfigurationItem(CIId(name), "host", name) for name in ("db", "web", "shop")],
    ...     [Relation("web", "depends_on", "db"), Relation("shop", "depends_on", "web")],
    ... )
    >>> live = LiveImpact(graph)
    >>> live.fail("db")
    {'db': 'down', 'web': 'down', 'shop': 'down'}
    >>> live.fail("web", "degraded")
    {}
    >>> live.recover("db")
    {'db': 'up', 'web': 'degraded', 'shop': 'degraded'}
    """

    def __init__(
        self,
        graph: "ConfigurationGraph",
        *,
        overrides: Iterable[Override] = (),
        at: datetime | None = None,
    ) -> None:
        self.graph = graph
        self._overrides = holding((), overrides, at)[1]
        self._at = at
        self._program = graph._program
        self._caps = caps_of(graph, self._overrides)
        self._fixpoint = Fixpoint(self._program, self._program.pinned(self._caps))
        # When each literal and counter fired. What fired rests on something that fired before, always.
        self._rank: dict[int, int] = {}
        self._ranks = count()
        self._observed: dict[int, int] = {}

    # -- what happens --------------------------------------------------------------------------------

    def fail(self, ci: CIId, level: str | None = None) -> Mapping[CIId, str]:
        """
        Note that a configuration item itself is at a level, whatever was noted of it before.

        Args:
            ci: The configuration item.
            level: The level, or ``None`` for the worst.

        Returns:
            The level of each item that is at another one now, nearest first.

        Raises:
            UnknownItemError: If there is no such item.
            DefinitionError: If there is no such level.
        """
        return self._observe(self.graph._number(ci), self.graph._level_number(level))

    def recover(self, ci: CIId) -> Mapping[CIId, str]:
        """
        Note that a configuration item itself works again; it may still suffer from its providers.

        Returns:
            As `fail` does.

        Raises:
            UnknownItemError: If there is no such item.
        """
        return self._observe(self.graph._number(ci), 0)

    # -- how things are ------------------------------------------------------------------------------

    def level(self, ci: CIId) -> str:
        """Return the level of a configuration item. Raises `UnknownItemError` if there is none."""
        return self._name(self._level(self.graph._number(ci)))

    @property
    def levels(self) -> Mapping[CIId, str]:
        """Return the level of everything that is not at the best one, in the order of the causes."""
        levels = self._program.levels(self._rank, self._fixpoint.pinned)
        return FrozenDict({self._id(number): self._name(level) for number, level in levels.items()})

    @property
    def failures(self) -> Mapping[CIId, str]:
        """Return what was noted of each item that is not at the best level itself, sorted."""
        return FrozenDict(
            {self._id(number): self._name(self._observed[number]) for number in sorted(self._observed)}
        )

    def impact(self) -> Impact:
        """Return the state as an `Impact`, which does not change any more and can be asked for reasons."""
        seeds = [Seed(ci, level) for ci, level in self.failures.items()]
        return impact_of(self.graph, seeds, overrides=self._overrides, at=self._at)

    # -- how it is kept ------------------------------------------------------------------------------

    def _observe(self, number: int, level: int) -> Mapping[CIId, str]:
        before = self._observed.pop(number, 0)
        if level:
            self._observed[number] = level
        if level > before:
            fired = self._fire([self._program.literal(number, level)])
            return self._changed(fired)
        if level < before:
            removed = self._withdraw(self._program.literal(number, each) for each in range(before, level, -1))
            self._fire(self._supported(removed))
            return self._changed(each for each in removed if each not in self._rank)
        return FrozenDict()

    def _fire(self, sources: Iterable[int]) -> list[int]:
        order = self._fixpoint.order
        order.clear()
        self._fixpoint.fire(sources)
        self._rank.update(zip(order, self._ranks, strict=False))
        return list(order)

    def _withdraw(self, literals: Iterable[int]) -> dict[int, None]:
        """
        Take back literals, and whatever has no reason any more that fired before it; return all of them.

        So nothing is left that only rests on itself. Some of it may rest on what fired later, and is fired
        again.
        """
        fixpoint, rank = self._fixpoint, self._rank
        removed: dict[int, None] = {}
        doubtful = [literal for literal in literals if literal in rank]
        for number in doubtful:
            if number in removed or self._stands(number):
                continue
            removed[number] = None
            fixpoint.flags[number] = 0
            del rank[number]
            doubtful.extend(self._weakened(number))
        for number in removed:
            if self._program.literals <= number:
                fixpoint.counts[number] = self._weight(number)
        return removed

    def _weakened(self, number: int) -> Iterator[int]:
        """Go through what fired, and may have done so because of a number that was just taken back."""
        counts, program = self._fixpoint.counts, self._program
        for follower in self._fixpoint.rows(number):
            counter, weight = program.counted(follower)
            if counter in self._rank:
                yield counter
            elif counter >= program.literals:
                counts[counter] = counts.get(counter, 0) - weight

    def _stands(self, number: int) -> bool:
        """Tell whether what fired has a reason that fired before it."""
        rank = self._rank[number]
        if number >= self._program.literals:
            return self._weight(number, before=rank) >= self._program.need[number]
        item, level = self._program.said(number)
        return level <= self._observed.get(item, 0) or any(
            self._rank.get(source, rank) < rank for source in self._sources(number)
        )

    def _supported(self, removed: Iterable[int]) -> Iterator[int]:
        """Go through what was taken back although something that stands is a reason for it."""
        for number in removed:
            if number >= self._program.literals:
                if self._weight(number) >= self._program.need[number]:
                    yield number
                continue
            item, level = self._program.said(number)
            if level <= self._observed.get(item, 0) or any(
                source in self._rank for source in self._sources(number)
            ):
                yield number

    def _sources(self, literal: int) -> Iterator[int]:
        """Go through what leads to a literal; of what was ruled out, only a worse level of the same item."""
        pinned = self._fixpoint.pinned
        for source in self._program.into[literal]:
            if source not in pinned or literal in pinned[source]:
                yield source

    def _weight(self, counter: int, *, before: int | None = None) -> int:
        """Return the weight of the members that fired, or did so *before* a rank."""
        rank, pinned = self._rank, self._fixpoint.pinned
        return sum(
            weight
            for literal, weight in self._program.members(counter)
            if literal in rank and literal not in pinned and (before is None or rank[literal] < before)
        )

    def _changed(self, numbers: Iterable[int]) -> Mapping[CIId, str]:
        items = dict.fromkeys(
            self._program.said(number)[0]
            for number in numbers
            if number < self._program.literals and number not in self._fixpoint.pinned
        )
        return FrozenDict({self._id(item): self._name(self._level(item)) for item in items})

    def _level(self, item: int) -> int:
        cap = self._caps.get(item, self._program.top)
        return next(
            (level for level in range(cap, 0, -1) if self._program.literal(item, level) in self._rank), 0
        )

    def _name(self, level: int) -> str:
        return self.graph.levels.names[level]

    def _id(self, number: int) -> CIId:
        return self.graph._sorted[number].id
