"""
Where everything in a picture stands: the one door to `graphlay`.

It lays out in layers (Sugiyama's method), with nested frames, and edges that run straight or at right
angles. The same graph gives the same layout.

Labels are laid out as nodes between the ends of their edges, so that none lies on anything else, and each
on its own line. What runs against the flow would bend around its label; so a first layout, without
labels, tells which edges do, and the second one ranks them the other way round.
"""

from collections.abc import Hashable, Iterable, Mapping, Sequence
from itertools import islice
from typing import TYPE_CHECKING, Any, Literal, TypeAlias

from attrs import evolve, frozen

if TYPE_CHECKING:
    from graphlay import Graph

__all__ = ["Box", "Direction", "Edge", "Layout", "Node", "Piece", "Point", "lay_out"]

Direction: TypeAlias = Literal["down", "right", "up", "left"]
"""Where the flow runs."""

Point: TypeAlias = tuple[float, float]
Piece: TypeAlias = tuple[Point, ...]
"""A line that runs straight between its points."""

_AXES: Mapping[Direction, str] = {"down": "topbottom", "right": "leftright"}
_SPACING = {"layer_gap": 26.0, "node_gap": 24.0}  # in pixels


@frozen
class Node:
    """
    Something with a place of its own.

    Args:
        key: What edges name it by.
        width: In pixels; of a frame, the least.
        height: In pixels; of a frame, the least.
        frame: The key of the node that it lies in, which comes before it; ``None`` outermost.
        is_round: Whether edges end on an ellipse.
    """

    key: Hashable
    width: float
    height: float
    frame: Hashable | None = None
    is_round: bool = False


@frozen
class Edge:
    """
    A line with a direction.

    Args:
        source: The key of the node where it begins.
        target: The key of the node where it ends.
        label: The width and height of its label, in pixels, or ``None``.
        frame: The key of the node that the label lies in; ``None`` outermost.
        width: How thick it is, in pixels. The thicker, the straighter it runs.
    """

    source: Hashable
    target: Hashable
    label: tuple[float, float] | None = None
    frame: Hashable | None = None
    width: float = 1.0


@frozen
class Box:
    """A rectangle, in pixels: x grows to the right, y downwards."""

    left: float
    top: float
    width: float
    height: float

    @property
    def right(self) -> float:
        """The x at which it ends."""
        return self.left + self.width

    @property
    def bottom(self) -> float:
        """The y at which it ends."""
        return self.top + self.height

    @property
    def middle(self) -> Point:
        """The point in its middle."""
        return self.left + self.width / 2, self.top + self.height / 2

    def __contains__(self, point: Point) -> bool:
        x, y = point
        return self.left <= x <= self.right and self.top <= y <= self.bottom


@frozen
class Layout:
    """
    Where everything stands.

    Args:
        boxes: The places of the nodes, in their order.
        routes: How the edges run, in their order: in one piece from the border of the source to that of the
            target, or in two, to the border of the label and on from there.
        labels: The places of the labels, in the order of the edges that have one.
    """

    boxes: tuple[Box, ...]
    routes: tuple[tuple[Piece, ...], ...]
    labels: tuple[Box, ...]

    @property
    def bounds(self) -> Box:
        """The least rectangle around all of it."""
        boxes = [*self.boxes, *self.labels]
        points = [point for route in self.routes for piece in route for point in piece]
        left = min([*(box.left for box in boxes), *(x for x, _ in points)])
        top = min([*(box.top for box in boxes), *(y for _, y in points)])
        right = max([*(box.right for box in boxes), *(x for x, _ in points)])
        bottom = max([*(box.bottom for box in boxes), *(y for _, y in points)])
        return Box(left, top, right - left, bottom - top)


def lay_out(nodes: Sequence[Node], edges: Sequence[Edge], *, direction: Direction, padding: float) -> Layout:
    """
    Return where *nodes* and *edges* stand.

    Args:
        nodes: At least one.
        edges: Between them.
        direction: Where the flow runs.
        padding: What frames keep free on each side, in pixels: room for their titles.

    Raises:
        ModuleNotFoundError: If the library that does it is not installed.
    """
    try:
        from graphlay import layout  # noqa: PLC0415  comes with an extra
    except ModuleNotFoundError as error:
        message = "drawing SVG needs another library: python -m pip install 'itsmkit[diagrams]'"
        raise ModuleNotFoundError(message, name=error.name) from error

    if direction in {"up", "left"}:
        # The library knows two directions; the others are these, seen from the other end.
        turned = [evolve(edge, source=edge.target, target=edge.source) for edge in edges]
        seen = lay_out(nodes, turned, direction="down" if direction == "up" else "right", padding=padding)
        routes = (tuple(piece[::-1] for piece in route[::-1]) for route in seen.routes)
        return evolve(seen, routes=tuple(routes))

    options = {
        "direction": _AXES[direction],
        "spacing": {"compound_padding": padding, **_SPACING},
        "cycles": {"strategy": "follow_flow"},
    }
    draft = layout(_unlabelled(nodes, edges), options=options)
    places = {node.key: _box(raw) for node, raw in zip(nodes, draft.nodes, strict=True)}
    back = [_runs_back(places[edge.source], places[edge.target], direction) for edge in edges]

    found = layout(_labelled(nodes, edges, back), options=options)
    boxes = tuple(map(_box, found.nodes))
    lines = iter([tuple((point["x"], point["y"]) for point in raw["points"]) for raw in found.edges])
    routes = (tuple(islice(lines, 1 if edge.label is None else 2)) for edge in edges)
    return Layout(boxes[: len(nodes)], tuple(routes), boxes[len(nodes) :])


def _unlabelled(nodes: Iterable[Node], edges: Iterable[Edge]) -> "Graph":
    graph = _graph(nodes)
    for edge in edges:
        graph.edge(edge.source, edge.target)
    return graph


@frozen
class _Label:
    """The key of the node for the label of an edge."""

    edge: int


def _labelled(nodes: Iterable[Node], edges: Iterable[Edge], back: Iterable[bool]) -> "Graph":
    """Return the graph with a node for each label; *back* tells which edges run against the flow."""
    graph = _graph(nodes)
    for number, (edge, is_back) in enumerate(zip(edges, back, strict=True)):
        line: dict[str, Any] = {
            "thickness": edge.width,
            "weight": edge.width if is_back else 2 * edge.width,
            "reverse_for_ranking": is_back,
        }
        if edge.label is None:
            graph.edge(edge.source, edge.target, **line)
        else:
            label, (width, height) = _Label(number), edge.label
            graph.node(label, width=width, height=height, **_inside(graph, edge.frame))
            graph.edge(edge.source, label, **line)
            graph.edge(label, edge.target, **line)
    return graph


def _graph(nodes: Iterable[Node]) -> "Graph":
    from graphlay import Graph  # noqa: PLC0415  comes with an extra

    graph = Graph()
    for node in nodes:
        shape = "ellipse" if node.is_round else "box"
        inside = _inside(graph, node.frame)
        graph.node(node.key, width=node.width, height=node.height, shape=shape, label="", **inside)
    return graph


def _inside(graph: "Graph", frame: Hashable | None) -> dict[str, Any]:
    return {} if frame is None else {"parent": graph.ids.index(frame)}


def _box(raw: Mapping[str, Any]) -> Box:
    centre, width, height = raw["center"], raw["size"]["width"], raw["size"]["height"]
    return Box(centre["x"] - width / 2, centre["y"] - height / 2, width, height)


def _runs_back(source: Box, target: Box, direction: Direction) -> bool:
    axis = 1 if direction == "down" else 0
    return source.middle[axis] > target.middle[axis]
