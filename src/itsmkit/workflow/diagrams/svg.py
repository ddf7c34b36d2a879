"""Workflows as SVG: a picture that stands by itself."""

from collections.abc import Iterator
from functools import cached_property
from importlib.resources import files
from math import ceil
from xml.etree.ElementTree import Element

from attrs import frozen

from itsmkit._diagrams.layout import Box, Edge, Layout, Node, Point, lay_out
from itsmkit._diagrams.shapes import draw_arrow, draw_clock, draw_line
from itsmkit._diagrams.text_width import text_width
from itsmkit._diagrams.wording import on_one_line
from itsmkit._svg import bidi, draw, drawing, file_text
from itsmkit.workflow.definition import WorkflowDefinition
from itsmkit.workflow.diagrams._labels import CLOCK_ROOM, Label, arrow_label, frame_label, state_label
from itsmkit.workflow.diagrams._legend import LEGEND_LINE, legend_rows
from itsmkit.workflow.diagrams._picture import Arrow, Direction, Picture, picture_of
from itsmkit.workflow.diagrams._telling import arrow_told, description, state_told
from itsmkit.workflow.diagrams._wording import summary
from itsmkit.workflow.diagrams.frequencies import Frequencies

__all__ = ["svg_text"]

# In pixels.
_MARGIN = 28
_TOP = 88  # of the picture itself
_HEADING_SIZE, _LEAD_SIZE = 20, 13
_STATE_SIDES, _STATE_ENDS, _NARROWEST = 15, 11, 88
_FRAME_PADDING = 28  # the title of the frame stands in it
_DOT, _RING = 14, 18
_MIDDLE = 0.35  # from the middle of a line of text down to its base, as a share of its size
_LABEL_SIDES = 4
_STATE_CORNER, _FRAME_CORNER = 9, 12
_REAL = 0.9  # how much of its greatest width a text takes as a rule
_SHADES = ("light", "deep")  # frames within frames


def svg_text(
    definition: WorkflowDefinition,
    *,
    frequencies: Frequencies | None = None,
    direction: Direction = "down",
) -> str:
    """
    Return *definition* as a picture, the text of an SVG file.

    It shows what `mermaid_text` shows, laid out in layers. The file needs nothing else, follows the light or
    dark of its viewer, says in words what it shows, and tells what a way requires to a pointer that rests
    on it. Groups of class ``state`` and ``composite`` have the name in ``data-state``, arrows those of their
    ends in ``data-source`` and ``data-target``, for whoever styles or scripts the picture.

    Args:
        definition: What to draw. Its names may be anything.
        frequencies: Counts, which then stand in the states and on the arrows; the more often an arrow was
            taken, the wider it is. One that was never taken is faint, one that is not declared dashed.
        direction: Where the flow runs.

    Raises:
        DefinitionError: With every problem, if *frequencies* count states that are not there, or *direction*
            is none.
        ModuleNotFoundError: If the extra ``diagrams`` is not installed.

    >>> from itsmkit.workflow import incident_workflow
    >>> svg_text(incident_workflow()).count('class="state ')
    7
    """
    picture = picture_of(definition, frequencies, direction)
    plan = _Plan(picture)
    return file_text(_Drawing(picture, plan, plan.laid_out()).svg())


@frozen
class _Beginning:
    """The dot from which what is entered first in *scope* is reached."""

    scope: str | None


@frozen
class _End:
    """The ring behind a state that nothing leaves."""

    state: str


@frozen(slots=False)
class _Plan:
    """What there is to lay out."""

    picture: Picture

    @cached_property
    def labels(self) -> tuple[Label, ...]:
        """The labels of the arrows, in their order."""
        return tuple(map(arrow_label, self.picture.arrows))

    @cached_property
    def nodes(self) -> tuple[Node, ...]:
        """All nodes; what lies in a frame comes after it."""
        return tuple(self._nodes(None))

    @cached_property
    def edges(self) -> tuple[Edge, ...]:
        """Those of the arrows first, in their order."""
        picture = self.picture
        return (
            *(
                Edge(
                    arrow.source,
                    arrow.target,
                    (label.width + 2 * _LABEL_SIDES, label.height + 2),
                    picture.common_scope(arrow),
                    picture.width_of(arrow),
                )
                for arrow, label in zip(picture.arrows, self.labels, strict=True)
            ),
            *(Edge(_Beginning(scope), name) for scope, name in picture.beginnings),
            *(Edge(name, _End(name)) for name in picture.finals),
        )

    def laid_out(self) -> Layout:
        """Return where everything stands."""
        return lay_out(self.nodes, self.edges, direction=self.picture.direction, padding=_FRAME_PADDING)

    def _nodes(self, scope: str | None) -> Iterator[Node]:
        picture = self.picture
        for within, _ in picture.beginnings:
            if within == scope:
                yield Node(_Beginning(scope), _DOT, _DOT, scope, is_round=True)
        for name in picture.outermost if scope is None else picture.composites[scope].states:
            if name in picture.composites:
                yield Node(name, frame_label(name).width + 2 * _STATE_SIDES, 2 * _FRAME_PADDING, scope)
                yield from self._nodes(name)
            else:
                label = state_label(picture, name)
                width = max(label.width + 2 * _STATE_SIDES, _NARROWEST)
                yield Node(name, width, label.height + 2 * _STATE_ENDS, scope)
        for name in picture.finals:
            if picture.scope_of(name) == scope:
                yield Node(_End(name), _RING, _RING, scope, is_round=True)


@frozen(slots=False)
class _Drawing:
    """A picture whose parts have their places."""

    picture: Picture
    plan: _Plan
    layout: Layout

    @cached_property
    def boxes(self) -> dict[object, Box]:
        """The places of the nodes by their keys."""
        return {node.key: box for node, box in zip(self.plan.nodes, self.layout.boxes, strict=True)}

    def svg(self) -> Element:
        """Return all of it."""
        bounds = self.layout.bounds
        heading, lead = on_one_line(self.picture.definition.name), summary(self.picture)
        inner = max(bounds.width, text_width(heading, _HEADING_SIZE, bold=True), text_width(lead, _LEAD_SIZE))
        legend = legend_rows(self.picture, inner)
        width = ceil(inner + 2 * _MARGIN)
        floor = ceil(_TOP + bounds.height + _MARGIN)
        svg = drawing(
            width=width,
            height=floor + len(legend) * LEGEND_LINE + _MARGIN // 2,
            title=heading,
            description=description(self.picture),
            style=(files("itsmkit.workflow.diagrams") / "style.css").read_text(encoding="utf-8"),
        )
        draw(svg, "text", bidi(heading), class_="heading", x=_MARGIN, y=44)
        draw(svg, "text", bidi(lead), class_="lead", x=_MARGIN, y=66)
        shift = f"translate({(width - bounds.width) / 2 - bounds.left:.6g} {_TOP - bounds.top:.6g})"
        self._parts(draw(svg, "g", transform=shift))
        for row, entries in enumerate(legend):
            for entry, x in entries:
                entry.put(svg, _MARGIN + x, floor + (row + 0.5) * LEGEND_LINE)
        return svg

    def _parts(self, parent: Element) -> None:
        """Draw frames, lines, states and labels, each over those before it."""
        picture, routes = self.picture, self.layout.routes
        frames = [node.key for node in self.plan.nodes if node.key in picture.composites]
        for name in frames:
            self._frame(parent, str(name))
        arrows = len(picture.arrows)
        for route in routes[arrows:]:
            draw_arrow(draw(parent, "g", class_="way"), route[-1], 1.0)
        for arrow, route in zip(picture.arrows, routes[:arrows], strict=True):
            ends = {"data_source": on_one_line(arrow.source), "data_target": on_one_line(arrow.target)}
            group = draw(parent, "g", class_=_kind(arrow), **ends)
            draw(group, "title").text = ". ".join(arrow_told(arrow))
            draw_line(group, route[0], picture.width_of(arrow))
            draw_arrow(group, route[-1], picture.width_of(arrow))
        for node in self.plan.nodes:
            self._node(parent, node.key)
        for arrow, label, box in zip(picture.arrows, self.plan.labels, self.layout.labels, strict=True):
            self._label(parent, arrow, label, box)

    def _frame(self, parent: Element, name: str) -> None:
        box = self.boxes[name]
        depth = len(self.picture.definition.composites_around(name))
        group = draw(parent, "g", class_=f"composite {_SHADES[depth % 2]}", data_state=on_one_line(name))
        _rect(group, box, "frame", _FRAME_CORNER)
        x, y = box.left + _STATE_SIDES, box.top + _FRAME_PADDING * 0.68
        draw(group, "text", bidi(frame_label(name).text), class_="frame-name", x=x, y=y)

    def _node(self, parent: Element, key: object) -> None:
        box = self.boxes[key]
        x, y = box.middle
        match key:
            case _Beginning():
                draw(parent, "circle", class_="dot", cx=x, cy=y, r=_DOT / 2)
            case _End():
                draw(parent, "circle", class_="ring", cx=x, cy=y, r=_RING / 2 - 0.75)
                draw(parent, "circle", class_="ring-dot", cx=x, cy=y, r=_RING / 2 - 4.5)
            case str() if key not in self.picture.composites:
                state = self.picture.definition.state(key)
                group = draw(parent, "g", class_=f"state {state.category}", data_state=on_one_line(key))
                draw(group, "title").text = state_told(self.picture, state)
                _rect(group, box, "box", _STATE_CORNER)
                self._lines(group, state_label(self.picture, key), box)

    def _label(self, parent: Element, arrow: Arrow, label: Label, box: Box) -> None:
        group = draw(parent, "g", class_=f"label {_kind(arrow)}")
        draw(group, "title").text = ". ".join(arrow_told(arrow))
        _rect(group, box, f"paper {self._ground(box.middle)}", 4)
        self._lines(group, label, box)

    def _lines(self, group: Element, label: Label, box: Box) -> None:
        x, y = box.middle
        top = y - label.height / 2
        for line in label.lines:
            base = top + line.height / 2 + line.size * _MIDDLE
            shift = 0.0
            if line.with_clock:
                shift = CLOCK_ROOM / 2
                left = x + shift - (line.width - CLOCK_ROOM) * _REAL / 2
                draw_clock(group, left - CLOCK_ROOM + 6, top + line.height / 2)
            text = bidi(line.text)
            draw(group, "text", text, class_=line.kind, x=x + shift, y=base, text_anchor="middle")
            top += line.height

    def _ground(self, at: Point) -> str:
        """Return the shade of the innermost frame that *at* lies in, or of the paper."""
        depths = [
            len(self.picture.definition.composites_around(name))
            for name in self.picture.composites
            if at in self.boxes[name]
        ]
        return _SHADES[max(depths) % 2] if depths else "bare"


def _kind(arrow: Arrow) -> str:
    if not arrow.is_declared:
        return "undeclared"
    return "unused" if arrow.count == 0 else "way"


def _rect(parent: Element, box: Box, class_: str, corner: float) -> None:
    draw(parent, "rect", class_=class_, x=box.left, y=box.top, width=box.width, height=box.height, rx=corner)
