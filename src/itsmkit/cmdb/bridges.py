"""
Bridges to graph libraries, for what they can do and this room does not: the one door to both.

They see the bare graph: who supports whom. Redundancy, effects and levels stay behind, so that what *their*
reachability says is what could be affected, and not what is; that says `ConfigurationGraph.impact_of`.

Neither library is needed otherwise; the extra ``graphs`` brings both.
"""

from typing import TYPE_CHECKING, Any

from itsmkit.cmdb._compiling import Way
from itsmkit.cmdb.graph import ConfigurationGraph

if TYPE_CHECKING:
    from networkx import MultiDiGraph
    from rustworkx import PyDiGraph

__all__ = ["to_networkx", "to_rustworkx"]


def to_networkx(graph: ConfigurationGraph) -> "MultiDiGraph[Any]":
    """
    Return a graph as one of NetworkX, with an edge from provider to dependent for each relation.

    Args:
        graph: The graph. Relations that carry no impact, or lack an end, are left out.

    Returns:
        Nodes are ids, in their order, with ``ci_class``, ``name`` and ``attributes``. Edges have the name of
        the relation type as their key, with its qualifier if there is one, and ``type`` and ``relation``.
        A relation that goes both ways is an edge each way.

    Raises:
        ModuleNotFoundError: If NetworkX is not installed.

    >>> from itsmkit.cmdb import CIId, ConfigurationItem, Relation
    >>> small = ConfigurationGraph(
    ...     [
    ...         ConfigurationItem(CIId("web"), "application", "Web"),
    ...         ConfigurationItem(CIId("host"), "server", "Host"),
    ...     ],
    ...     [Relation(CIId("web"), "runs_on", CIId("host"))],
    ... )
    >>> list(to_networkx(small).edges(keys=True))
    [('host', 'web', 'runs_on')]
    """
    try:
        from networkx import MultiDiGraph  # noqa: PLC0415  comes with an extra
    except ModuleNotFoundError as error:
        raise _missing("NetworkX", error) from error

    made: MultiDiGraph[Any] = MultiDiGraph()
    for item in graph._sorted:
        made.add_node(item.id, ci_class=item.ci_class, name=item.name, attributes=dict(item.attributes))
    for provider, dependent, each in _edges(graph):
        source, target = graph._ids((provider, dependent))
        # Of two relations of one type and qualifier, each may be drawn from its own end.
        key = f"{each.type} ({each.qualifier})" if each.qualifier else each.type
        if made.has_edge(source, target, key):
            key = str(each)
        made.add_edge(source, target, key, type=each.type, relation=each)
    return made


def to_rustworkx(graph: ConfigurationGraph) -> "PyDiGraph[Any, Any]":
    """
    Return a graph as one of rustworkx, with an edge from provider to dependent for each relation.

    Args:
        graph: The graph. Relations that carry no impact, or lack an end, are left out.

    Returns:
        The data of a node is the `ConfigurationItem`; its index is its place among the sorted ids. The data
        of an edge is the `Relation`. A relation that goes both ways is an edge each way.

    Raises:
        ModuleNotFoundError: If rustworkx is not installed.
    """
    try:
        from rustworkx import PyDiGraph  # noqa: PLC0415  comes with an extra
    except ModuleNotFoundError as error:
        raise _missing("rustworkx", error) from error

    made: PyDiGraph[Any, Any] = PyDiGraph(multigraph=True)
    made.add_nodes_from(graph._sorted)
    made.add_edges_from(_edges(graph))
    return made


def _edges(graph: ConfigurationGraph) -> list[Way]:
    """Return each way that impact can go directly, sorted."""
    return sorted(graph._impacts(), key=lambda way: (way.provider, way.dependent, way.relation.key))


def _missing(library: str, error: ModuleNotFoundError) -> ModuleNotFoundError:
    message = f"this needs {library}: python -m pip install 'itsmkit[graphs]'"
    return ModuleNotFoundError(message, name=error.name)
