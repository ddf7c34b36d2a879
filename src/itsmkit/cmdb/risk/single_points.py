"""Single points of failure: what takes a configuration item down all by itself."""

from collections.abc import Iterable
from datetime import datetime
from typing import TYPE_CHECKING

from itsmkit.cmdb.configuration_item import CIId
from itsmkit.cmdb.risk._question import Failures, cone_above, goal_of, single_failures
from itsmkit.cmdb.seed import Override

if TYPE_CHECKING:
    from itsmkit.cmdb.graph import ConfigurationGraph

__all__ = ["spofs"]


def spofs(
    graph: "ConfigurationGraph",
    ci: CIId,
    level: str | None = None,
    *,
    given: Failures = (),
    overrides: Iterable[Override] = (),
    at: datetime | None = None,
) -> tuple[CIId, ...]:
    """
    Return the single points of failure of *ci*: what takes it down by failing alone.

    Every rule of redundancy, every effect of a relation and every ring is reckoned with as
    `ConfigurationGraph.impact_of` does; each of the items is tried, and all of them at once. The cost is
    that of the relations above *ci*, times the items there divided by some thousands.

    Args:
        graph: The graph.
        ci: The configuration item.
        level: The level that it is taken to, or a worse one; by default, the worst. What fails is always at
            the worst level.
        given: What has failed already: then the answer is what is a single point of failure *now*. As for
            `ConfigurationGraph.impact_of`.
        overrides: Rulings that an item is no worse than some level.
        at: The instant of the question, aware. Seeds and overrides that do not hold then are left out.

    Returns:
        Sorted by id, without *ci* itself; empty also if it is at the level already, as then nothing more has
        to fail.

    Raises:
        UnknownItemError: If an id is not in the graph.
        DefinitionError: If a level is unknown, or *level* is the best; if something holds for a time and *at*
            is left out.

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
        >>> spofs(graph, "shop")
        ('rack',)
        >>> spofs(graph, "shop", "degraded")
        ('rack', 'web-1', 'web-2')
        >>> spofs(graph, "shop", given=["web-1"])
        ('rack', 'web-2')
    """
    goal = goal_of(graph, ci, level)
    cone = cone_above(graph, [goal], given=given, overrides=overrides, at=at)
    found = single_failures(cone, [goal], but=graph._number(ci))
    return graph._ids(sorted(item for _, items in found for item in items))
