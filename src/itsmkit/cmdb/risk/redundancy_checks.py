"""Redundancy that is only declared: members of a group that fail together."""

from typing import TYPE_CHECKING

from attrs import field, frozen

from itsmkit.cmdb._program import Fixpoint, Pinned
from itsmkit.cmdb.configuration_item import CIId
from itsmkit.cmdb.proof import Proof
from itsmkit.cmdb.risk._cone import cone_of
from itsmkit.cmdb.risk._question import cone_above, single_failures
from itsmkit.errors import DefinitionError

if TYPE_CHECKING:
    from itsmkit.cmdb.graph import ConfigurationGraph

__all__ = ["FalseRedundancy", "false_redundancy", "redundant_groups"]


@frozen
class FalseRedundancy:
    """
    A group of providers that are to stand in for each other, and fail together.

    Args:
        graph: The graph.
        dependent: Whose providers they are.
        group: The name of the redundancy set, or of the rule of the class.
        rule: How many of the members are needed, as text.
        members: The members, sorted.
        shared: What takes enough of them down by failing alone, sorted. One of the members can be among
            them, if others rest on it.
    """

    graph: "ConfigurationGraph" = field(repr=False, eq=False)
    dependent: CIId
    group: str
    rule: str
    members: tuple[CIId, ...]
    shared: tuple[CIId, ...]

    def lost(self, shared: CIId) -> tuple[CIId, ...]:
        """
        Return the members that are affected when one of the shared items fails, sorted.

        What is affected only through the dependent is left out.

        Raises:
            DefinitionError: If it is none of the shared items.
        """
        self._check(shared)
        graph = self.graph
        fixpoint = Fixpoint(graph._program, _without(graph, graph._number(self.dependent)))
        fixpoint.fire([graph._number(shared)])  # the literal that it is at the worst level
        affected = graph._program.levels(fixpoint.release())
        return tuple(member for member in self.members if graph._number(member) in affected)

    def why(self, shared: CIId) -> Proof:
        """
        Return why the dependent is down when one of the shared items fails.

        The proof is one of the shortest, and need not go through this group if there is another way.

        Raises:
            DefinitionError: If it is none of the shared items.
        """
        self._check(shared)
        return self.graph.impact_of([shared]).why(self.dependent)

    def explain(self) -> str:
        """Return it as text: each of the shared items, with the members that are lost and the proof."""
        lines = [str(self)]
        for each in self.shared:
            lines.append(f"without {each}: {', '.join(self.lost(each))} fail")
            lines += [f"  {line}" for line in self.why(each).explain().splitlines()]
        return "\n".join(lines)

    def __str__(self) -> str:
        return (
            f"group {self.group!r} of {self.dependent} ({self.rule} of {', '.join(self.members)}): "
            f"its members share {', '.join(self.shared)}"
        )

    def _check(self, shared: CIId) -> None:
        if shared not in self.shared:
            problem = f"{shared!r} is not shared by group {self.group!r}; shared are {', '.join(self.shared)}"
            raise DefinitionError(problem)


def false_redundancy(graph: "ConfigurationGraph") -> tuple[FalseRedundancy, ...]:
    """
    Return the groups whose redundancy is false: one failure is enough to use all of it up.

    Precisely: an item is *shared* by a group if its failure alone puts so many members at a level that they
    fire a clause for the worst level of the dependent, counting only members of which none alone would do so.
    The dependent itself is never shared, and what reaches the members only through it does not count: where
    these depend on it in turn, it is down before its redundancy is asked for. A group of which every member
    is needed is no false redundancy, as it claims none; nor is it false that one heavy member decides alone,
    if that is how it was declared.

    All declared redundancy sets and all rules of classes are looked at, in one go: the cost is that of the
    relations above them, times the items there divided by some thousands; once more for each dependent that
    its own members depend on.

    Args:
        graph: The graph.

    Returns:
        Sorted by dependent, then by group; empty if all redundancy is real.

    Example:
        >>> from itsmkit.cmdb import ConfigurationGraph, ConfigurationItem, RedundancySet, Relation
        >>> graph = ConfigurationGraph(
        ...     [ConfigurationItem(each, "server", each) for each in ("shop", "web-1", "web-2", "rack")],
        ...     [
        ...         Relation("shop", "depends_on", "web-1"),
        ...         Relation("shop", "depends_on", "web-2"),
        ...         Relation("rack", "contains", "web-1"),
        ...         Relation("rack", "contains", "web-2"),
        ...     ],
        ...     [RedundancySet("shop", "web servers", ["web-1", "web-2"], "any")],
        ... )
        >>> for each in false_redundancy(graph):
        ...     print(each.explain())
        group 'web servers' of shop (any of web-1, web-2): its members share rack
        without rack: web-1, web-2 fail
          rack is down: observed
          web-1 is down: rack down (rack contains web-1)
          web-2 is down: rack down (rack contains web-2)
          shop is down: web-1 down, web-2 down (web servers: any)
    """
    program, group_of = graph._program, _group_of(graph)
    shared: dict[int, set[int]] = {}
    cone = cone_above(graph, group_of)
    in_rings = {number for step in cone.steps if len(step) > 1 for number in step}
    again: dict[int, set[int]] = {}
    for counter, items in single_failures(cone, group_of):
        if counter in in_rings:
            again.setdefault(program.groups[group_of[counter]].dependent, set()).add(counter)
        else:
            shared.setdefault(group_of[counter], set()).update(items)
    for itself, counters in again.items():
        without = cone_of(program, sorted(counters), _without(graph, itself))
        for counter, items in single_failures(without, sorted(counters)):
            shared.setdefault(group_of[counter], set()).update(items)
    found = []
    for place, sharing in shared.items():
        group, (name, rule) = program.groups[place], graph._ways.names[place]
        (dependent,) = graph._ids([group.dependent])
        members, others = graph._ids(group.members), graph._ids(sorted(sharing))
        found.append(FalseRedundancy(graph, dependent, name, str(rule), members, others))
    return tuple(sorted(found, key=lambda each: (each.dependent, each.group)))


def redundant_groups(graph: "ConfigurationGraph") -> tuple[tuple[CIId, str], ...]:
    """
    Return the groups that `false_redundancy` looks at: those that claim that some of their members can fail.

    Returns:
        The dependent and the name of each, sorted.
    """
    groups, names = graph._program.groups, graph._ways.names
    claiming = sorted(set(_group_of(graph).values()))
    dependents = graph._ids(groups[place].dependent for place in claiming)
    return tuple(sorted(zip(dependents, (names[place][0] for place in claiming), strict=True)))


def _group_of(graph: "ConfigurationGraph") -> dict[int, int]:
    """Return of each counter for the worst level the place of its group."""
    program = graph._program
    # A clause becomes a counter exactly of those members of which none is enough alone.
    return {
        program.literals + counter: group
        for counter, (group, clause) in enumerate(program.clause_of)
        if program.groups[group].thresholds[clause].then == program.top
    }


def _without(graph: "ConfigurationGraph", item: int) -> Pinned:
    """Return that nothing follows from an item, whatever its level."""
    literal, top = graph._program.literal, graph.levels.top
    return {literal(item, level): () for level in range(1, top + 1)}
