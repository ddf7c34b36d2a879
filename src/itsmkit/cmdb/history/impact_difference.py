"""How a change of the configuration moves what the same failures reach."""

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from functools import cached_property
from itertools import chain

from attrs import field, frozen

from itsmkit.cmdb.class_model import SERVICE
from itsmkit.cmdb.configuration_item import CIId
from itsmkit.cmdb.graph import ConfigurationGraph
from itsmkit.cmdb.history.view import Configuration, graph_of
from itsmkit.cmdb.impact import Impact
from itsmkit.cmdb.seed import Override, Seed, seeds_from
from itsmkit.errors import DefinitionError

__all__ = ["ImpactDiff", "LevelChange", "impact_diff"]


@frozen
class LevelChange:
    """
    A configuration item that the same failures take to another level.

    Args:
        ci: The configuration item.
        before: Its level in the first configuration; ``None``, if it is not there.
        after: Its level in the second; ``None``, if it is not there.
        is_service: Whether it is a service, in one of the two.
        is_worse: Whether its level is worse in the second; what is not there counts as well.
    """

    ci: CIId
    before: str | None
    after: str | None
    is_service: bool
    is_worse: bool

    def __str__(self) -> str:
        kind = "service " if self.is_service else ""
        before = "was not there" if self.before is None else f"was {self.before}"
        after = "is no longer there" if self.after is None else f"is {self.after}"
        return f"{kind}{self.ci}: {before}, {after}"


@frozen(eq=False)
class ImpactDiff:
    """
    What the same failures do in two configurations: the answer of `impact_diff`.

    Args:
        before: Their impact in the first.
        after: Their impact in the second.
    """

    before: Impact = field(repr=False)
    after: Impact = field(repr=False)

    @cached_property
    def changes(self) -> tuple[LevelChange, ...]:
        """What is at another level: services first, then by id. Who is not there counts as well."""
        affected = dict.fromkeys(chain(self.before.levels, self.after.levels))
        changes = chain.from_iterable(map(self._change, affected))
        return tuple(sorted(changes, key=lambda each: (not each.is_service, each.ci)))

    @property
    def worse(self) -> tuple[LevelChange, ...]:
        """Return what is at a worse level, services first, then by id."""
        return tuple(each for each in self.changes if each.is_worse)

    @property
    def better(self) -> tuple[LevelChange, ...]:
        """Return what is at a better level, services first, then by id."""
        return tuple(each for each in self.changes if not each.is_worse)

    @property
    def newly_affected(self) -> tuple[CIId, ...]:
        """Return what is affected only in the second, services first, then by id."""
        return tuple(each.ci for each in self.changes if each.ci not in self.before.levels)

    @property
    def no_longer_affected(self) -> tuple[CIId, ...]:
        """Return what is affected only in the first, services first, then by id."""
        return tuple(each.ci for each in self.changes if each.ci not in self.after.levels)

    @property
    def services(self) -> tuple[LevelChange, ...]:
        """Return the services that are at another level, by id."""
        return tuple(each for each in self.changes if each.is_service)

    def explain(self) -> str:
        """Return it as text, one line for each item at another level, services first."""
        return "\n".join(map(str, self.changes)) or "no difference in impact"

    def __str__(self) -> str:
        counts = [
            (len(self.worse), "worse"),
            (len(self.better), "better"),
            (len(self.newly_affected), "newly affected"),
            (len(self.no_longer_affected), "no longer affected"),
        ]
        told = ", ".join(f"{count:,} {what}" for count, what in counts if count)
        return told or "no difference in impact"

    def _change(self, ci: CIId) -> Iterator[LevelChange]:
        levels = self.after.graph.levels
        before, after = _level(self.before, ci), _level(self.after, ci)
        worse = levels.number(after or levels.up) - levels.number(before or levels.up)
        if worse:
            is_service = _is_service(self.before.graph, ci) or _is_service(self.after.graph, ci)
            yield LevelChange(ci, before, after, is_service, worse > 0)


def impact_diff(
    a: Configuration,
    b: Configuration,
    failures: Iterable[Seed | CIId] | Mapping[CIId, str],
    *,
    overrides: Iterable[Override] = (),
    at: datetime | None = None,
) -> ImpactDiff:
    """
    Return how the same failures reach other things in one configuration than in another.

    What fails need not be in both: where it is not, it does nothing. The same is true of overrides. The
    cost is that of both impacts.

    Args:
        a: The first: a graph or a view.
        b: The second.
        failures: What fails, as for `ConfigurationGraph.impact_of`.
        overrides: Rulings that an item is no worse than some level.
        at: The instant for which seeds and overrides count, aware. It is one for both, so that none is taken
            from views.

    Raises:
        UnknownItemError: If a failure or an override is of an id that is in neither.
        DefinitionError: If the two do not have the same levels, a level is unknown, or something holds for a
            time and *at* is left out.
    """
    first, second = graph_of(a), graph_of(b)
    if first.levels != second.levels:
        problem = (
            f"levels of two kinds cannot be compared: {', '.join(first.levels.names)}, and "
            f"{', '.join(second.levels.names)}; use the same in both"
        )
        raise DefinitionError(problem)
    seeds, rulings = seeds_from(failures), tuple(overrides)
    for ci in (*(seed.ci for seed in seeds), *(ruling.ci for ruling in rulings)):
        if ci not in first:
            second.item(ci)  # which raises, if it is not there either
    return ImpactDiff(*(_impact(graph, seeds, rulings, at) for graph in (first, second)))


def _impact(
    graph: ConfigurationGraph, seeds: tuple[Seed, ...], rulings: tuple[Override, ...], at: datetime | None
) -> Impact:
    return graph.impact_of(
        [seed for seed in seeds if seed.ci in graph],
        overrides=[ruling for ruling in rulings if ruling.ci in graph],
        at=at,
    )


def _level(impact: Impact, ci: CIId) -> str | None:
    return impact.level(ci) if ci in impact.graph else None


def _is_service(graph: ConfigurationGraph, ci: CIId) -> bool:
    return ci in graph and SERVICE in graph.model.facets_of(graph.item(ci).ci_class)
