"""What a configuration would be if what the sources tell were put into it."""

from collections.abc import Iterable

from attrs import evolve

from itsmkit.cmdb.configuration_item import CIId, ConfigurationItem
from itsmkit.cmdb.graph import ConfigurationGraph
from itsmkit.cmdb.relation import Relation

__all__ = ["laid_over"]


def laid_over(
    graph: ConfigurationGraph,
    items: Iterable[ConfigurationItem],
    relations: Iterable[Relation],
    retired: Iterable[CIId],
    *,
    whole: bool,
) -> ConfigurationGraph:
    """
    Return a graph with items and relations put into it, and without what is retired.

    Args:
        graph: The graph.
        items: The items that there are.
        relations: The relations that there are; each keeps the effect that it has in the graph.
        retired: The ids of items that are gone, with all their relations.
        whole: Whether nothing else is there.
    """
    gone = frozenset(retired)
    there = {item.id: item for item in (*(() if whole else graph.items), *items)}
    known = {each.key: each for each in graph.relations}
    related = {} if whole else dict(known)
    for each in relations:
        effect = known[each.key].effect if each.key in known else None
        related[each.key] = each if effect is None else evolve(each, effect=effect)
    return evolve(
        graph,
        items=[item for item in there.values() if item.id not in gone],
        relations=[each for each in related.values() if gone.isdisjoint(each.ends)],
    )
