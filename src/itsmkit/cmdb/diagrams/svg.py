"""A service map as SVG: a picture that stands by itself."""

from collections.abc import Container
from functools import cached_property
from importlib.resources import files
from math import ceil
from xml.etree.ElementTree import Element

from attrs import frozen

from itsmkit._diagrams.layout import Box as Place
from itsmkit._diagrams.layout import Direction, Edge, Layout, Node, lay_out
from itsmkit._diagrams.shapes import draw_arrow, draw_line, head_path
from itsmkit._diagrams.text_width import text_width, wrapped
from itsmkit._diagrams.wording import on_one_line
from itsmkit._svg import bidi, draw, drawing, file_text
from itsmkit.cmdb.configuration_item import CIId
from itsmkit.cmdb.diagrams._icons import draw_class_icon, draw_level_icon
from itsmkit.cmdb.diagrams._labels import box_lines, junction_line, room
from itsmkit.cmdb.diagrams._legend import LEGEND_LINE, legend_rows
from itsmkit.cmdb.diagrams._picture import MOST, Arrow, Box, Junction, Picture, picture_of
from itsmkit.cmdb.diagrams._telling import arrow_told, box_told, description, junction_told, summary
from itsmkit.cmdb.graph import ConfigurationGraph
from itsmkit.cmdb.impact import Impact

__all__ = ["map_element", "service_map_svg", "style_sheet"]

# In pixels.
_MARGIN = 28
_HEADING_SIZE, _HEADING_LINE, _LEAD_SIZE = 20, 26, 13
_SIDES, _ENDS, _NARROWEST = 14, 9, 116
_PILL_SIDES, _PILL_HEIGHT = 10, 22
_MIDDLE = 0.35  # from the middle of a line of text down to its base, as a share of its size
_CORNER, _ROUND = 8, 18
_RING = 4  # from a box to the ring around it
_PILE = 6  # from the first box of a pile to the last
_LEAST_WIDE = 420
_WIDTHS = {True: 2.6, False: 1.0}


def service_map_svg(
    graph: ConfigurationGraph,
    impact: Impact | None = None,
    *,
    focus: CIId | None = None,
    why: CIId | None = None,
    title: str | None = None,
    direction: Direction = "up",
    most: int = MOST,
) -> str:
    """
    Return a graph, or an impact on it, as a picture: the text of an SVG file.

    Impact flows along the arrows: what provides stands at the bottom, services and users at the top. With an
    impact, only what is affected is drawn, with what could stand in for it; each box tells its level by
    colour, sign and word, and where the failure began it has a ring. What is affected only as planned work
    lets expect is hatched. Providers that can stand in for each other join in a label that says how many are
    needed.

    From four on, configuration items share a box that are alike: of one class and level, with the same
    providers and dependents. What was asked about, what failed, and what a proof goes through never does.

    The file needs nothing else, follows the light or dark of its viewer, and says in words what it shows.
    Groups of class ``box`` have the id in ``data-ci``.

    Args:
        graph: What to draw. Its names may be anything.
        impact: The impact on it; its levels are shown, and only what it concerns.
        focus: Draw only what this one depends on, and what depends on it.
        why: Emphasise the proof of the level of this one.
        title: What the picture is called; left out, it is told from what is asked.
        direction: Where impact flows: ``up``, ``down``, ``left`` or ``right``.
        most: How many boxes there are at most. The first are what was asked about, the proof and the
            failures; then what is nearest to the failures or to *focus*, or, with neither, to what nothing
            depends on. How many are left out is said.

    Raises:
        DefinitionError: With everything that is wrong with the question.
        UnknownItemError: If *focus* or *why* is not in the graph.
        ModuleNotFoundError: If the extra ``diagrams`` is not installed.
    """
    picture = picture_of(graph, impact, focus=focus, why=why, title=title, direction=direction, most=most)
    return file_text(map_element(picture))


def style_sheet() -> str:
    """Return the style sheet of a map."""
    return (files("itsmkit.cmdb.diagrams") / "style.css").read_text(encoding="utf-8")


def map_element(picture: Picture, *, rows: Container[int] | None = None) -> Element:
    """
    Return a picture as a tree.

    Args:
        picture: What to draw.
        rows: For a map on a page, the numbers of the boxes that have a row in a table there, to which they
            then lead; such a map has no heading, and no style of its own.
    """
    plan = _Plan(picture)
    return _Drawing(picture, plan, plan.laid_out(), rows).svg()


@frozen(slots=False)
class _Plan:
    """What there is to lay out."""

    picture: Picture

    @cached_property
    def nodes(self) -> tuple[Node, ...]:
        """The boxes, and then the junctions."""
        boxes = []
        for box in self.picture.boxes:
            width, height = room(box_lines(box))
            around = _around(box)
            width = max(width + 2 * _SIDES, _NARROWEST) + around.width
            boxes.append(Node(box.key, width, height + 2 * _ENDS + around.height))
        return (
            *boxes,
            *(
                Node(each.key, junction_line(each).width + 2 * _PILL_SIDES, _PILL_HEIGHT)
                for each in self.picture.junctions
            ),
        )

    def laid_out(self) -> Layout:
        """Return where everything stands."""
        if not self.nodes:
            return Layout((Place(0, 0, 0, 0),), (), ())
        edges = [
            Edge(arrow.source, arrow.target, width=_WIDTHS[arrow.is_proof]) for arrow in self.picture.arrows
        ]
        return lay_out(self.nodes, edges, direction=self.picture.direction, padding=0)


@frozen(slots=False)
class _Drawing:
    """A picture whose parts have their places."""

    picture: Picture
    plan: _Plan
    layout: Layout
    rows: Container[int] | None

    @cached_property
    def numbers(self) -> dict[object, int]:
        """The number of each node, by its key."""
        return {node.key: number for number, node in enumerate(self.plan.nodes)}

    def svg(self) -> Element:
        """Return all of it."""
        bounds = self.layout.bounds
        title, lead = on_one_line(self.picture.title), summary(self.picture)
        inner = max(bounds.width, _LEAST_WIDE)
        is_on_page = self.rows is not None
        headings = () if is_on_page else wrapped(title, _HEADING_SIZE, inner, bold=True)
        leads = () if is_on_page else wrapped(lead, _LEAD_SIZE, inner)
        legend = legend_rows(self.picture, inner)
        widest = max(
            [
                inner,
                *(text_width(each, _HEADING_SIZE, bold=True) for each in headings),
                *(text_width(each, _LEAD_SIZE) for each in leads),
                *(x + entry.width for row in legend for entry, x in row),
            ]
        )
        top = _MARGIN + len(headings) * _HEADING_LINE + len(leads) * 18 + (20 if headings else 0)
        width, floor = ceil(widest + 2 * _MARGIN), ceil(top + bounds.height + _MARGIN)
        svg = drawing(
            width=width,
            height=floor + len(legend) * LEGEND_LINE + _MARGIN // 2,
            title=title,
            description=description(self.picture),
            style="" if is_on_page else style_sheet(),
        )
        svg.set("class", "service-map")
        self._defs(svg)
        y = 44
        for line in headings:
            draw(svg, "text", bidi(line), class_="heading", x=_MARGIN, y=y)
            y += _HEADING_LINE
        for line in leads:
            draw(svg, "text", bidi(line), class_="lead", x=_MARGIN, y=y - 4)
            y += 18
        shift = f"translate({(width - bounds.width) / 2 - bounds.left:.6g} {top - bounds.top:.6g})"
        self._parts(draw(svg, "g", transform=shift))
        rows = draw(svg, "g", class_="legends", aria_hidden="true")
        for row, entries in enumerate(legend):
            for entry, x in entries:
                entry.put(rows, _MARGIN + x, floor + (row + 0.5) * LEGEND_LINE)
        return svg

    def _defs(self, svg: Element) -> None:
        pattern = draw(
            draw(svg, "defs"),
            "pattern",
            id="hatch",
            width=8,
            height=8,
            patternUnits="userSpaceOnUse",
            patternTransform="rotate(45)",
        )
        draw(pattern, "path", class_="hatching", d="M0 0V8")

    def _parts(self, parent: Element) -> None:
        """Draw lines, junctions and boxes, each over those before it; what is emphasised over the rest."""
        drawn = sorted(
            zip(self.picture.arrows, self.layout.routes, strict=True),
            key=lambda each: (each[0].is_proof, each[0].tone or 0),
        )
        for arrow, route in drawn:
            self._arrow(parent, arrow, route[0])
        places = iter(self.layout.boxes)
        for box, place in zip(self.picture.boxes, places, strict=False):
            around = _around(box)
            self._box(
                parent,
                box,
                Place(
                    place.left + around.left,
                    place.top + around.top,
                    place.width - around.width,
                    place.height - around.height,
                ),
            )
        pills = self.layout.boxes[len(self.picture.boxes) :]
        for junction, place in zip(self.picture.junctions, pills, strict=False):
            self._junction(parent, junction, place)

    def _arrow(self, parent: Element, arrow: Arrow, points: tuple[tuple[float, float], ...]) -> None:
        group = draw(
            parent,
            "g",
            class_=self._kind("way", arrow.tone, arrow.is_proof),
            data_from=self.numbers[arrow.source],
            data_to=self.numbers[arrow.target],
        )
        told = arrow_told(arrow)
        if told:
            draw(group, "title").text = told
        width = _WIDTHS[arrow.is_proof]
        if isinstance(arrow.target, tuple):
            draw_line(group, points, width)
            return
        draw_arrow(group, points, width)
        if arrow.is_both:
            draw(group, "path", class_="head", d=head_path(points[::-1], 6 + 1.2 * (width + 0.4)))

    def _box(self, parent: Element, box: Box, place: Place) -> None:
        if self.rows is not None:
            number = self.numbers[box.key]
            place_of = f"#{'row' if number in self.rows else 'box'}-{number}"
            parent = draw(parent, "a", href=place_of, id=f"box-{number}", aria_label=box_told(box))
        names = [self._kind("box", box.tone, box.is_proof)]
        names += [name for name, holds in _marks(box) if holds]
        group = draw(
            parent,
            "g",
            class_=" ".join(names),
            data_ci=on_one_line(box.key),
            data_node=self.numbers[box.key],
        )
        draw(group, "title").text = box_told(box)
        corner = _ROUND if box.is_user else _CORNER
        if box.seed is not None:
            _rect(group, _grown(place, _RING), "ring", corner + _RING)
        if box.others:  # a pile
            for shift in (_PILE, _PILE / 2):
                _rect(
                    group,
                    Place(place.left + shift, place.top + shift, place.width, place.height),
                    "pile",
                    corner,
                )
        _rect(group, place, "ground", corner)
        if box.is_suppressed:
            _rect(group, place, "hatch", corner)
        y = place.top + _ENDS
        for line in box_lines(box):
            base = y + line.height / 2 + line.size * _MIDDLE
            x, icon = place.left + _SIDES, y + line.height / 2 - 6
            if line.kind == "class":
                draw_class_icon(group, box.items[0].ci_class, x, icon)
            elif line.kind == "status":
                draw_level_icon(group, box.tone or 0, x, icon)
            draw(group, "text", bidi(line.text), class_=line.kind, x=x + line.indent, y=base)
            y += line.height

    def _junction(self, parent: Element, junction: Junction, place: Place) -> None:
        kind = self._kind("junction", junction.tone, junction.is_proof)
        group = draw(parent, "g", class_=kind, data_node=self.numbers[junction.key])
        draw(group, "title").text = junction_told(junction)
        _rect(group, place, "pill", place.height / 2)
        x, y = place.middle
        line = junction_line(junction)
        base = y + line.size * _MIDDLE
        draw(group, "text", line.text, class_="need", x=x, y=base, text_anchor="middle")

    def _kind(self, kind: str, tone: int | None, is_proof: bool) -> str:
        names = [kind] if tone is None else [kind, f"tone-{tone}"]
        if self.picture.proof.steps:
            names.append("proof" if is_proof else "aside")
        return " ".join(names)


def _marks(box: Box) -> tuple[tuple[str, bool], ...]:
    return (
        ("seed", box.seed is not None),
        ("planned", box.is_suppressed),
        ("service", box.is_service),
        ("user", box.is_user),
    )


def _around(box: Box) -> Place:
    """Return what a ring or a pile adds to a box: to the left, at the top, and in all."""
    if box.seed is not None:  # which never shares its box
        return Place(_RING, _RING, 2 * _RING, 2 * _RING)
    pile = _PILE if box.others else 0
    return Place(0, 0, pile, pile)


def _grown(place: Place, by: float) -> Place:
    return Place(place.left - by, place.top - by, place.width + 2 * by, place.height + 2 * by)


def _rect(parent: Element, place: Place, class_: str, corner: float) -> None:
    draw(
        parent,
        "rect",
        class_=class_,
        x=place.left,
        y=place.top,
        width=place.width,
        height=place.height,
        rx=corner,
    )
