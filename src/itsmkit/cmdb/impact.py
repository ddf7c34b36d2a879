"""What failures do to everything that depends on them, with the reasons."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import datetime
from functools import cached_property
from typing import TYPE_CHECKING, NamedTuple

from attrs import evolve, field, frozen

from itsmkit._frozen import FrozenDict
from itsmkit.cmdb._program import Fixpoint, Pinned, Program
from itsmkit.cmdb._reasons import Reasons, shortfalls
from itsmkit.cmdb.configuration_item import CIId, ConfigurationItem
from itsmkit.cmdb.errors import UnknownItemError
from itsmkit.cmdb.proof import Proof, Shortfall
from itsmkit.cmdb.seed import Override, Provenance, Seed, holding, seeds_from
from itsmkit.errors import DefinitionError

if TYPE_CHECKING:
    from itsmkit.cmdb.graph import ConfigurationGraph

__all__ = ["Impact", "Presentation", "impact_of"]


@frozen
class Presentation:
    """
    An impact as somebody may see it.

    Args:
        levels: What may be seen: the levels of affected items, nearest to a cause first.
        hidden: How many further items are affected that may not be seen.
    """

    levels: Mapping[CIId, str]
    hidden: int

    def __str__(self) -> str:
        seen = ", ".join(f"{ci} {level}" for ci, level in self.levels.items()) or "nothing"
        more = f", and {self.hidden} more that you may not see" if self.hidden else ""
        return f"affected: {seen}{more}"


@frozen(eq=False)
class Impact:
    """
    The state of a configuration graph under failures: the answer of `ConfigurationGraph.impact_of`.

    Args:
        graph: The graph.
        seeds: The failures that hold, in the order given.
        overrides: The rulings that hold.
        at: The instant of the question, or ``None``.
    """

    graph: "ConfigurationGraph" = field(repr=False)
    seeds: tuple[Seed, ...]
    overrides: tuple[Override, ...] = ()
    at: datetime | None = None

    # -- levels ------------------------------------------------------------------------------------

    @cached_property
    def levels(self) -> Mapping[CIId, str]:
        """The level of everything that is not at the best one, nearest to a cause first."""
        return self._named(self._all)

    def level(self, ci: CIId) -> str:
        """Return the level of one configuration item. Raises `UnknownItemError` if there is none."""
        return self._level(ci, self._all)

    @property
    def affected(self) -> tuple[CIId, ...]:
        """Return what is not at the best level, nearest to a cause first."""
        return tuple(self.levels)

    def at_level(self, level: str) -> tuple[CIId, ...]:
        """
        Return what is at exactly *level*: nearest to a cause first, or sorted for the best level.

        Raises:
            DefinitionError: If there is no such level.
        """
        if self.graph.levels.number(level):
            return tuple(ci for ci, each in self.levels.items() if each == level)
        return tuple(item.id for item in self.graph._sorted if item.id not in self.levels)

    @cached_property
    def services(self) -> Mapping[CIId, str]:
        """The affected items that have the facet ``service``, with their levels."""
        return self._having("service")

    @cached_property
    def users(self) -> Mapping[CIId, str]:
        """The affected items that have the facet ``user``, with their levels."""
        return self._having("user")

    def presented(self, may_see: Callable[[ConfigurationItem], bool]) -> Presentation:
        """
        Return the impact as somebody may see it. Nothing is left out of the reckoning, only of the telling.

        Args:
            may_see: Tells of each affected item whether it may be shown.
        """
        seen = {ci: level for ci, level in self.levels.items() if may_see(self.graph.item(ci))}
        return Presentation(FrozenDict(seen), len(self.levels) - len(seen))

    # -- maintenance -------------------------------------------------------------------------------

    def planned_level(self, ci: CIId) -> str:
        """Return the level of a configuration item if nothing happened but what is planned."""
        return self._level(ci, self._planned)

    def unplanned_level(self, ci: CIId) -> str:
        """Return the level of a configuration item if nothing happened but what is not planned."""
        return self._level(ci, self._unplanned)

    def is_suppressed(self, ci: CIId) -> bool:
        """
        Tell whether a configuration item is affected, and only as planned work lets expect.

        So it is exactly if it would be well without the planned work, and is no worse than that work alone
        would make it: a failure behind a planned one is always heard.
        """
        number = self.graph._number(ci)
        level = self._all.get(number, 0)
        return bool(level) and number not in self._unplanned and level == self._planned.get(number, 0)

    @cached_property
    def reported(self) -> tuple[CIId, ...]:
        """What is affected and not suppressed, nearest to a cause first: what people should hear of."""
        return tuple(ci for ci in self.levels if not self.is_suppressed(ci))

    @cached_property
    def suppressed(self) -> tuple[CIId, ...]:
        """What is affected only as planned work lets expect, nearest to a cause first."""
        return tuple(ci for ci in self.levels if self.is_suppressed(ci))

    # -- rulings -----------------------------------------------------------------------------------

    @cached_property
    def effective_overrides(self) -> tuple[Override, ...]:
        """The rulings that keep their item from being worse; of several on one item, the strictest."""
        graph = self.graph
        held = {graph._program.said(literal)[0] for literal in self._run.order if literal in self._pinned}
        return tuple(
            each
            for each in self.overrides
            if (number := graph._number(each.ci)) in held
            and graph.levels.number(each.level) == self._caps[number]
        )

    # -- reasons -----------------------------------------------------------------------------------

    def why(self, ci: CIId, *, minimal: bool = False) -> Proof:
        """
        Return why a configuration item is not at the best level; without steps, if it is.

        Args:
            ci: The configuration item.
            minimal: Rest the proof on seeds of which none can be left out; see `minimal_seeds`.

        Raises:
            UnknownItemError: If there is no such item.
        """
        number = self.graph._number(ci)
        level = self._all.get(number, 0)
        if not level:
            return Proof(())
        if not minimal:
            return self._reasons.why(number, level)
        fewer = self._only(self.minimal_seeds(ci))
        return fewer._reasons.why(number, level)

    def minimal_seeds(self, ci: CIId) -> tuple[Seed, ...]:
        """
        Return seeds that alone make a configuration item as bad as it is, none of which can be left out.

        There may be other such sets, and smaller ones: to find the smallest is NP-hard. The cost is one
        propagation for each seed of the first proof.

        Returns:
            In the order of the seeds; empty if the item is at the best level.

        Raises:
            UnknownItemError: If there is no such item.
        """
        number = self.graph._number(ci)
        level = self._all.get(number, 0)
        if not level:
            return ()
        needed = list(self.why(ci).seeds)
        for seed in tuple(needed):
            fewer = [each for each in needed if each is not seed]
            if self._only(fewer)._all.get(number, 0) >= level:
                needed = fewer
        chosen = set(map(id, needed))
        return tuple(seed for seed in self.seeds if id(seed) in chosen)

    def why_not(self, ci: CIId, level: str | None = None) -> tuple[Shortfall, ...]:
        """
        Return what is missing for a configuration item to be at a level, by each of its groups.

        Args:
            ci: The configuration item.
            level: The level, or worse; by default, the worst.

        Returns:
            Nearest first; empty if the item is there already, or no group can take it there.

        Raises:
            UnknownItemError: If there is no such item.
            DefinitionError: If there is no such level.
        """
        levels = self.graph.levels
        number = self.graph._number(ci)
        wanted = levels.top if level is None else levels.number(level)
        if self._all.get(number, 0) >= wanted:
            return ()
        found = shortfalls(self.graph, self._all, self._caps, number, wanted)
        return tuple(sorted(found, key=lambda each: (each.failures, each.group)))

    def slack(self, ci: CIId) -> int | None:
        """
        Return how many more direct providers can fail before a configuration item is at the worst level.

        0 says that the redundancy is used up: one more failure takes it down. It looks at direct providers
        only; the order of the smallest cut set is the measure for all of them.

        Returns:
            The fewest members that would fire a clause for the worst level, the heaviest first, less one;
            over all groups. ``None`` if it is there already, or if none of its groups can take it there.

        Raises:
            UnknownItemError: If there is no such item.
        """
        return min((each.failures - 1 for each in self.why_not(ci)), default=None)

    # -- how it is found: each of these maps the numbers of items to those of levels ---------------------

    @cached_property
    def _caps(self) -> Mapping[int, int]:
        """The worst level of each item that was ruled to be no worse."""
        return caps_of(self.graph, self.overrides)

    @cached_property
    def _pinned(self) -> Pinned:
        return self.graph._program.pinned(self._caps)

    @cached_property
    def _run(self) -> "_Run":
        planned = worst_of(self.graph, filter(_is_planned, self.seeds))
        unplanned = worst_of(
            self.graph, [seed for seed in self.seeds if not self._is_expected(seed, planned)]
        )
        program = self.graph._program
        fixpoint = Fixpoint(program, self._pinned)
        fixpoint.fire(literals_of(program, unplanned))
        border = len(fixpoint.order)
        if planned:
            fixpoint.fire(literals_of(program, planned))
        return _Run(planned, fixpoint.release(), border)

    def _is_expected(self, seed: Seed, planned: Mapping[int, int]) -> bool:
        """Tell whether a seed is planned, or observed to be no worse than planned."""
        if seed.provenance is not Provenance.OBSERVED:
            return _is_planned(seed)
        return self.graph._level_number(seed.level) <= planned.get(self.graph._number(seed.ci), 0)

    @cached_property
    def _all(self) -> Mapping[int, int]:
        return self.graph._program.levels(self._run.order, self._pinned)

    @cached_property
    def _unplanned(self) -> Mapping[int, int]:
        order, border = self._run.order, self._run.border
        return self._all if border == len(order) else self.graph._program.levels(order[:border], self._pinned)

    @cached_property
    def _planned(self) -> Mapping[int, int]:
        program, planned = self.graph._program, self._run.planned
        if not planned:
            return {}
        fixpoint = Fixpoint(program, self._pinned)
        fixpoint.fire(literals_of(program, planned))
        return program.levels(fixpoint.release(), self._pinned)

    @cached_property
    def _reasons(self) -> Reasons:
        return Reasons(self.graph, self._run.order, self.seeds, self._pinned)

    def _only(self, seeds: Iterable[Seed]) -> "Impact":
        """Return the impact of some of the seeds alone."""
        return evolve(self, seeds=tuple(seeds))

    def _level(self, ci: CIId, levels: Mapping[int, int]) -> str:
        return self.graph.levels.names[levels.get(self.graph._number(ci), 0)]

    def _named(self, levels: Mapping[int, int]) -> Mapping[CIId, str]:
        items, names = self.graph._sorted, self.graph.levels.names
        return FrozenDict({items[number].id: names[level] for number, level in levels.items()})

    def _having(self, facet: str) -> Mapping[CIId, str]:
        item, facets_of = self.graph.item, self.graph.model.facets_of
        return FrozenDict(
            {ci: level for ci, level in self.levels.items() if facet in facets_of(item(ci).ci_class)}
        )


def impact_of(
    graph: "ConfigurationGraph",
    failures: Iterable[Seed | str] | Mapping[CIId, str],
    *,
    overrides: Iterable[Override] = (),
    at: datetime | None = None,
) -> Impact:
    """Return the impact of failures on a graph: see `ConfigurationGraph.impact_of`."""
    seeds, rulings = holding(seeds_from(failures), overrides, at)
    # Whatever is wrong with the question is told now, and not when somebody looks at the answer.
    faults = [*_faults(graph, "seed", seeds), *_faults(graph, "override", rulings)]
    if len(faults) == 1:
        raise faults[0]
    if faults:
        raise DefinitionError(*map(str, faults))
    return Impact(graph, seeds, rulings, at)


def _faults(
    graph: "ConfigurationGraph", what: str, said: Iterable[Seed | Override]
) -> Iterator[UnknownItemError | DefinitionError]:
    """Go through what is unknown of seeds or overrides."""
    for each in said:
        try:
            graph._number(each.ci)
        except UnknownItemError as error:
            yield error
        try:
            graph._level_number(each.level)
        except DefinitionError as error:
            yield DefinitionError(f"{what} of {each.ci}: {error}")


class _Run(NamedTuple):
    """
    One propagation.

    Args:
        planned: The level of each item that is planned.
        order: What fired, all unplanned causes and what follows from them first.
        border: Where what needs planned causes begins.
    """

    planned: Mapping[int, int]
    order: list[int]
    border: int


def _is_planned(seed: Seed) -> bool:
    return seed.provenance is Provenance.PLANNED


def caps_of(graph: "ConfigurationGraph", overrides: Iterable[Override]) -> dict[int, int]:
    """Return the best of the worst levels that *overrides* allow each item."""
    caps: dict[int, int] = {}
    for each in overrides:
        number, level = graph._number(each.ci), graph.levels.number(each.level)
        caps[number] = min(level, caps.get(number, level))
    return caps


def worst_of(graph: "ConfigurationGraph", seeds: Iterable[Seed]) -> dict[int, int]:
    """Return the worst level that *seeds* say of each item, leaving out what they say to be well."""
    found: dict[int, int] = {}
    for seed in seeds:
        number, level = graph._number(seed.ci), graph._level_number(seed.level)
        if level > found.get(number, 0):
            found[number] = level
    return found


def literals_of(program: Program, levels: Mapping[int, int]) -> list[int]:
    return [program.literal(number, levels[number]) for number in sorted(levels)]
