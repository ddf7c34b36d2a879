"""Strongly connected components: what depends on itself in a ring."""

from collections.abc import Callable, Iterable, Iterator, Sequence

__all__ = ["components_of", "rings_of"]


def components_of(nodes: Iterable[int], successors: Callable[[int], Sequence[int]]) -> Iterator[list[int]]:
    """
    Go through the strongly connected components, each after all that it leads to.

    The cost is that of all nodes and edges; however deep the graph, nothing recurses.

    Args:
        nodes: The nodes to begin with. What they lead to is gone through too.
        successors: Returns what a node leads to.

    Source:
        R. Tarjan, Depth-first search and linear graph algorithms, SIAM Journal on Computing 1 (1972).
    """
    found: dict[int, int] = {}
    lowest: dict[int, int] = {}
    open_nodes: list[int] = []
    is_open: set[int] = set()
    for root in nodes:
        if root in found:
            continue
        path = [(root, iter(successors(root)))]
        found[root] = lowest[root] = len(found)
        open_nodes.append(root)
        is_open.add(root)
        while path:
            node, edges = path[-1]
            for successor in edges:
                if successor not in found:
                    found[successor] = lowest[successor] = len(found)
                    open_nodes.append(successor)
                    is_open.add(successor)
                    path.append((successor, iter(successors(successor))))
                    break
                if successor in is_open:
                    lowest[node] = min(lowest[node], found[successor])
            else:
                path.pop()
                if path:
                    parent = path[-1][0]
                    lowest[parent] = min(lowest[parent], lowest[node])
                if lowest[node] == found[node]:
                    component: list[int] = []
                    while not component or component[-1] != node:
                        component.append(open_nodes.pop())
                    is_open.difference_update(component)
                    yield component


def rings_of(nodes: Iterable[int], successors: Callable[[int], Sequence[int]]) -> Iterator[list[int]]:
    """Go through the components that lead to themselves: more than one node, or one that leads to itself."""
    for component in components_of(nodes, successors):
        if len(component) > 1 or component[0] in successors(component[0]):
            yield component
