"""The configuration as of some time, and names for it that last."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from functools import cached_property
from itertools import chain
from typing import TYPE_CHECKING, TypeAlias

from attrs import field, frozen

from itsmkit._checks import aware_instant, in_utc, is_a, named
from itsmkit._frozen import FrozenDict
from itsmkit._problems import shown
from itsmkit.cmdb.configuration_item import CIId, ConfigurationItem
from itsmkit.cmdb.graph import ConfigurationGraph
from itsmkit.cmdb.history._fields import graph_from
from itsmkit.cmdb.history.records import ConfigurationEvent, Recorded, RecordKey
from itsmkit.cmdb.relation import Relation
from itsmkit.cmdb.seed import Override, Seed
from itsmkit.conditions import Condition, compile_condition
from itsmkit.errors import DefinitionError

if TYPE_CHECKING:
    from itsmkit.cmdb.history.timeline import ConfigurationTimeline

if TYPE_CHECKING:
    from itsmkit.cmdb.impact import Impact

__all__ = ["Baseline", "Configuration", "ConfigurationView", "closure_of", "facts_of", "graph_of"]


def _condition(_: object, __: object, value: Condition | None) -> None:
    if value is not None and not is_a(value, Condition):
        problem = f"Baseline.where must be a condition, such as parse_condition returns, not {shown(value)}"
        raise DefinitionError(problem)


@frozen
class Baseline:
    """
    A name for a configuration at a time: nothing but the name, the two instants and the choice.

    What it stands for cannot change once *recorded* is past: what is recorded later does not count, and
    neither does what is edited.

    Args:
        name: What it is called.
        valid: When it held, aware. Kept in UTC.
        recorded: When it was known, aware. Kept in UTC. Name an instant that is past: what is still recorded
            with this very instant counts as known.
        where: Which configuration items it is about, by their ``id``, ``ci_class``, ``name`` and attributes;
            an attribute of one of these names is hidden. With them comes *all* that they depend on, directly
            or through others, so that what can take them down is never missing. By default, everything.

    Raises:
        DefinitionError: If *name* is none, an instant is naive, or *where* is no condition.
    """

    name: str = field(validator=named)
    valid: datetime = field(converter=in_utc, validator=aware_instant)
    recorded: datetime = field(converter=in_utc, validator=aware_instant)
    where: Condition | None = field(default=None, validator=_condition)


@frozen(eq=False)
class ConfigurationView:
    """
    What held at one instant, as it was known at another: the answer of `ConfigurationTimeline.as_of`.

    Two views are equal if they show the same configuration, whichever instants they are of.

    Args:
        timeline: The history.
        valid: When it held, in UTC.
        recorded: When it was known, in UTC; ``None``, if all of the history is.
        where: Which configuration items it is about, with all that they depend on: see `Baseline`.
    """

    timeline: "ConfigurationTimeline" = field(repr=False)
    valid: datetime
    recorded: datetime | None = None
    where: Condition | None = None

    @cached_property
    def graph(self) -> ConfigurationGraph:
        """The configuration as a graph, made when first asked for: see `ConfigurationTimeline.as_of`."""
        log, known = self.timeline._log, self._known
        begin = log.begin(known, self.valid)
        whole = log.graph((known, begin, None), self._whole)
        where = self.where
        if where is None:
            return whole
        return log.graph((known, begin, where), lambda: closure_of(whole, where))

    @cached_property
    def events(self) -> Mapping[RecordKey, ConfigurationEvent]:
        """By which event each item, relation and redundancy set is there, sorted by kind and parts."""
        found = {event.record.key: event for event in self._holding()}
        return FrozenDict((key, found[key]) for key in sorted(found))

    def _holding(self) -> Iterable[ConfigurationEvent]:
        """Return by which events what is in the view is there, in any order."""
        events = self.timeline._log.holding(self._known, self.valid)
        holding = [event for event in events if event.record.key.kind != "override"]
        if self.where is None:
            return holding
        graph = self.graph
        there: Iterable[Recorded] = chain(graph.items, graph.relations, graph.redundancy)
        keys = set(map(RecordKey.of, there))
        return [event for event in holding if event.record.key in keys]

    @cached_property
    def overrides(self) -> tuple[Override, ...]:
        """
        The rulings about items of the view that hold at its instant, sorted by item.

        A ruling about an item that is not there rules nothing, and is left out. The cost is that of the
        rulings that there ever were, and of the `graph`.
        """
        holding = self.timeline._log.ruling(self._known, self.valid)
        values = [event.record.value for event in holding]
        return tuple(each for each in values if isinstance(each, Override) and each.ci in self.graph)

    def __contains__(self, ci: object) -> bool:
        return ci in self.graph

    def item(self, ci: CIId) -> ConfigurationItem:
        """Return the configuration item of this id. Raises `UnknownItemError` if there is none."""
        return self.graph.item(ci)

    def impact_of(
        self,
        failures: Iterable[Seed | CIId] | Mapping[CIId, str],
        *,
        overrides: Iterable[Override] | None = None,
        at: datetime | None = None,
    ) -> "Impact":
        """
        Return at which level everything is, given what has failed: see `ConfigurationGraph.impact_of`.

        Args:
            failures: What has failed.
            overrides: Rulings that an item is no worse than some level; by default, the recorded ones, which
                are the `overrides` of the view. Give ``()`` to leave these out.
            at: The instant for which seeds and overrides count, aware; by default, the one of the view.
                Another one does not bring other recorded rulings: for these, take the view of that instant.

        Raises:
            UnknownItemError: If a failure or an override is of an id that is not in the view.
            DefinitionError: If a level is unknown, or *at* naive.
        """
        rulings = self.overrides if overrides is None else overrides
        return self.graph.impact_of(failures, overrides=rulings, at=self.valid if at is None else at)

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, ConfigurationView):
            return NotImplemented
        return self.graph is other.graph or self.graph == other.graph

    def __hash__(self) -> int:
        return hash(self.graph)

    @property
    def _known(self) -> int:
        return self.timeline._known(self.recorded)

    def _whole(self) -> ConfigurationGraph:
        holding = self.timeline._log.holding(self._known, self.valid)
        said = (event.record.value for event in holding)
        values = [value for value in said if value is not None and not isinstance(value, Override)]
        return graph_from(values, {"model": self.timeline.model, "levels": self.timeline.levels})


Configuration: TypeAlias = ConfigurationGraph | ConfigurationView
"""What can be compared and merged: a graph, or a view, which stands for its graph."""


def graph_of(configuration: Configuration) -> ConfigurationGraph:
    """
    Return a configuration as a graph.

    Raises:
        DefinitionError: If it is none.
    """
    if isinstance(configuration, ConfigurationView):
        return configuration.graph
    if not is_a(configuration, ConfigurationGraph):
        problem = (
            "a configuration must be a ConfigurationGraph, or a view such as ConfigurationTimeline.as_of "
            f"returns, not {shown(configuration)}"
        )
        raise DefinitionError(problem)
    return configuration


def closure_of(graph: ConfigurationGraph, where: Condition) -> ConfigurationGraph:
    """
    Return the items for which *where* holds, and all that they depend on, directly or through others.

    What is between these comes with them: relations of every kind, also those to ends that are not in
    *graph* at all, and the redundancy sets of each. So what fails among them has the same impact on them as
    in *graph*. The cost is that of *graph*.
    """
    chosen = compile_condition(where)
    roots = [item.id for item in graph.items if chosen(facts_of(item))]
    inside = {*roots, *graph.ancestors(*roots)}
    return ConfigurationGraph(
        [item for item in graph.items if item.id in inside],
        [each for each in graph.relations if _belongs(each, inside, graph)],
        [each for each in graph.redundancy if each.dependent in inside],
        model=graph.model,
        levels=graph.levels,
        strict=graph.strict,
    )


def _belongs(relation: Relation, inside: set[CIId], graph: ConfigurationGraph) -> bool:
    within = [end in inside for end in relation.ends]
    return any(within) and all(
        here or end not in graph for end, here in zip(relation.ends, within, strict=True)
    )


def facts_of(item: ConfigurationItem) -> Mapping[str, object]:
    """Return what conditions can ask of an item: its attributes, ``id``, ``ci_class`` and ``name``."""
    return {**item.attributes, "id": item.id, "ci_class": item.ci_class, "name": item.name}
