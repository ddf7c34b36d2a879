"""What one change makes worse, beyond what has failed and what is scheduled already."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from functools import cached_property
from typing import NamedTuple

from attrs import field, frozen

from itsmkit._figures import plural
from itsmkit._frozen import FrozenDict
from itsmkit.calendars import TimeSpan
from itsmkit.cmdb.change._stage import Stage, levels_of
from itsmkit.cmdb.change._stretches import cut, steady
from itsmkit.cmdb.change.planned_change import PlannedChange, distinct_changes
from itsmkit.cmdb.configuration_item import CIId
from itsmkit.cmdb.graph import ConfigurationGraph
from itsmkit.cmdb.proof import Proof
from itsmkit.cmdb.seed import Override, Seed, seeds_from

__all__ = ["BlastRadius", "SlackLoss", "Worsening", "blast_radius"]


@frozen
class Worsening:
    """
    A configuration item that a change makes worse.

    Args:
        ci: The configuration item.
        before: Its level without the change.
        after: Its level with it; worse.
        during: When it is so: the first stretch of the window in which it is at its worst.
    """

    ci: CIId
    before: str
    after: str
    during: TimeSpan

    def __str__(self) -> str:
        return f"{self.ci}: {self.before} -> {self.after}"


@frozen
class SlackLoss:
    """
    A configuration item that a change robs of redundancy, and does not take to the worst level.

    Args:
        ci: The configuration item.
        before: How many direct providers can fail, without the change, before it is at the worst level.
        after: How many can with it; fewer. With 0, the next failure takes it down.
        during: When it is so: the first stretch of the window in which least is left.
    """

    ci: CIId
    before: int
    after: int
    during: TimeSpan

    def __str__(self) -> str:
        return f"{self.ci}: {plural(self.before, 'further failure')} -> {self.after}"


@frozen
class BlastRadius:
    """
    What a change does beyond what has failed and what is scheduled: the answer of `blast_radius`.

    Args:
        change: The change.
        worsened: What it makes worse, its own items among them; nearest to a cause first.
        slack_losses: What it robs of redundancy, nearest to a cause first. The level need not show it.
        graph: The graph.
        failures: What has failed.
        scheduled: The other changes.
        overrides: The rulings.
    """

    change: PlannedChange
    worsened: tuple[Worsening, ...]
    slack_losses: tuple[SlackLoss, ...]
    graph: ConfigurationGraph = field(repr=False, eq=False)
    failures: tuple[Seed, ...] = field(repr=False, eq=False)
    scheduled: tuple[PlannedChange, ...] = field(repr=False, eq=False)
    overrides: tuple[Override, ...] = field(repr=False, eq=False)

    def __contains__(self, ci: object) -> bool:
        return ci in self._worsened

    @property
    def cis(self) -> tuple[CIId, ...]:
        """Return what is made worse, nearest to a cause first."""
        return tuple(self._worsened)

    @cached_property
    def by_level(self) -> Mapping[str, tuple[Worsening, ...]]:
        """What is made worse, by the level at which it then is; the worst level first, none empty."""
        found: dict[str, tuple[Worsening, ...]] = {}
        for level in reversed(self.graph.levels.names):
            those = tuple(each for each in self.worsened if each.after == level)
            if those:
                found[level] = those
        return FrozenDict(found)

    @cached_property
    def services(self) -> tuple[Worsening, ...]:
        """What of it has the facet ``service``."""
        return self._having("service")

    @cached_property
    def users(self) -> tuple[Worsening, ...]:
        """What of it has the facet ``user``."""
        return self._having("user")

    def why(self, ci: CIId) -> Proof:
        """
        Return why a configuration item is as bad as it gets, as of then; without steps, if it gets no worse.

        Raises:
            UnknownItemError: If there is no such item.
        """
        self.graph._number(ci)
        worsening = self._worsened.get(ci)
        if worsening is None:
            return Proof(())
        seeds = [seed for change in (*self.scheduled, self.change) for seed in change.seeds]
        at = worsening.during.start
        return self.graph.impact_of([*self.failures, *seeds], overrides=self.overrides, at=at).why(ci)

    def explain(self) -> str:
        """Return it as text: what gets worse, by level, and what is left of redundancy."""
        if not self.worsened:
            return f"{self.change} makes nothing worse"
        lines = [f"{self.change} makes {plural(len(self.worsened), 'configuration item')} worse"]
        lines += [f"{level}: {', '.join(map(_was, those))}" for level, those in self.by_level.items()]
        lines += [
            f"{what}: {', '.join(map(str, those))}"
            for what, those in (("services", self.services), ("users", self.users))
            if those
        ]
        if self.slack_losses:
            lines.append(f"redundancy left: {', '.join(map(str, self.slack_losses))}")
        return "\n".join(lines)

    @cached_property
    def _worsened(self) -> Mapping[CIId, Worsening]:
        return FrozenDict({each.ci: each for each in self.worsened})

    def _having(self, facet: str) -> tuple[Worsening, ...]:
        item, facets_of = self.graph.item, self.graph.model.facets_of
        return tuple(each for each in self.worsened if facet in facets_of(item(each.ci).ci_class))


def blast_radius(
    graph: ConfigurationGraph,
    change: PlannedChange,
    *,
    failures: Iterable[Seed | CIId] | Mapping[CIId, str] = (),
    scheduled: Iterable[PlannedChange] = (),
    overrides: Iterable[Override] = (),
) -> BlastRadius:
    """
    Return what a change makes worse beyond what is so without it.

    It is compared with the state under the failures, and under the scheduled changes for as long as they
    overlap with it. So a change to one of a redundant pair whose other half has failed shows what it really
    does. Where the comparison differs within the window, the worst is told, with its time: the worst level;
    of several stretches at it, those that began from the best; of these, the first.

    Args:
        graph: The graph.
        change: The change.
        failures: What has failed, as for `ConfigurationGraph.impact_of`; seeds count while they hold.
        scheduled: The changes that will be under way anyway; itself among them does not count.
        overrides: Rulings that an item is no worse than some level; each counts until it expires.

    Returns:
        Nothing worse and no slack lost, if the change only repeats what is down anyway.

    Raises:
        UnknownItemError: If an item of a failure or of an override is not in the graph; if one of the change,
            or of one that overlaps with it, is not, an `UnknownInChangesError` with everything that is wrong.
        DefinitionError: If a level is unknown, with all that are in changes; or two of the scheduled changes
            have the same id.

    Cost:
        For each stretch of the window in which other changes begin or end, that of what these changes and
        this one reach. Changes that can reach nothing that this one can reach do not count.
    """
    seeds, rulings = seeds_from(failures), tuple(overrides)
    others = tuple(each for each in distinct_changes(scheduled) if each.id != change.id)
    meanwhile = [each for each in others if each.window & change.window]
    wanted, *levels_meanwhile = levels_of(graph, [change, *meanwhile])
    near = _near(graph, wanted)
    overlapping = [
        (each, levels)
        for each, levels in zip(meanwhile, levels_meanwhile, strict=True)
        if near.intersection(levels)
    ]
    worse: dict[int, list[_Found]] = {}
    lost: dict[int, list[_Found]] = {}
    for stretch in steady(change.window, seeds, rulings):
        stage = Stage(graph, seeds, rulings, stretch.start)
        for part in cut(stretch, _edges(each for each, _ in overlapping)):
            under_way: dict[int, int] = {}
            for each, levels in overlapping:
                if each.window & part:
                    for item, level in levels.items():
                        under_way[item] = max(level, under_way.get(item, 0))
            with stage.trying(under_way):
                before = stage.levels
                outcome = stage.outcome(wanted)
            for item, level in outcome.worse.items():
                worse.setdefault(item, []).append(_Found(level, before.get(item, 0), part))
            for item, (had, left) in outcome.losses.items():
                lost.setdefault(item, []).append(_Found(-left, -had, part))
        stage.release()
    names, items = graph.levels.names, graph._sorted
    return BlastRadius(
        change,
        tuple(
            Worsening(items[item].id, names[worst.before], names[worst.after], worst.during)
            for item, worst in ((item, _worst(found)) for item, found in worse.items())
        ),
        tuple(
            SlackLoss(items[item].id, -worst.before, -worst.after, worst.during)
            for item, worst in ((item, _worst(found)) for item, found in lost.items())
        ),
        graph,
        seeds,
        others,
        rulings,
    )


class _Found(NamedTuple):
    """What was found in one stretch; more is worse."""

    after: int
    before: int
    during: TimeSpan


def _worst(found: list[_Found]) -> _Found:
    """Return the worst, with the whole of the first stretch in which it is so."""
    after, before, during = max(found, key=lambda each: (each.after, -each.before))
    for each in found:
        if each[:2] == (after, before) and each.during.start == during.end:
            during = TimeSpan(during.start, each.during.end)
    return _Found(after, before, during)


def _near(graph: ConfigurationGraph, items: Iterable[int]) -> set[int]:
    """Return everything that can reach what some items can reach."""
    cone = [*items, *graph._dependents.reach(items)]
    return {*cone, *graph._providers.reach(cone)}


def _edges(changes: Iterable[PlannedChange]) -> list[datetime]:
    return [instant for each in changes for instant in (each.window.start, each.window.end)]


def _was(worsening: Worsening) -> str:
    return f"{worsening.ci} (was {worsening.before})"
