"""A service map as DOT text, which Graphviz and its kin lay out and draw."""

from collections.abc import Iterator, Mapping
from typing import Any

from attrs import frozen

from itsmkit._diagrams.layout import Direction
from itsmkit._diagrams.wording import RANK_DIRECTIONS, dot_attributes, dot_text_of, identifiers
from itsmkit.cmdb.configuration_item import CIId
from itsmkit.cmdb.diagrams._colours import PLAIN, TONES
from itsmkit.cmdb.diagrams._picture import MOST, Arrow, Box, Junction, Picture, node_names, picture_of
from itsmkit.cmdb.diagrams._telling import (
    arrow_told,
    box_texts,
    box_told,
    junction_text,
    junction_told,
    summary,
)
from itsmkit.cmdb.graph import ConfigurationGraph
from itsmkit.cmdb.impact import Impact

__all__ = ["dot_text"]

_FONT = "Helvetica,Arial,sans-serif"
_LINE = "#8d98a1"


def dot_text(
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
    Return a graph, or an impact on it, as a directed graph in DOT.

    It shows what `service_map_svg` shows, and takes the same arguments. What began the failure has a double
    outline, what is affected only as planned is dashed, and the way of a proof is bold.

    Raises:
        DefinitionError: With everything that is wrong with the question.
        UnknownItemError: If *focus* or *why* is not in the graph.

    Source:
        https://graphviz.org/doc/info/lang.html
    """
    picture = picture_of(graph, impact, focus=focus, why=why, title=title, direction=direction, most=most)
    names = node_names(picture)
    words = identifiers(names.values())
    writer = _Writer(picture, {key: words[name] for key, name in names.items()})
    return "\n".join([f"digraph {dot_text_of(picture.title)} {{", *writer.lines(), "}"]) + "\n"


@frozen
class _Writer:
    picture: Picture
    ids: Mapping[Any, str]

    def lines(self) -> Iterator[str]:
        picture = self.picture
        title = dot_text_of(picture.title, summary(picture))
        rank = RANK_DIRECTIONS[picture.direction]
        for line in (
            f'graph [rankdir={rank}, label={title}, labelloc=t, fontname="{_FONT}", tooltip={title}];',
            f'node [shape=box, style="rounded,filled", fontname="{_FONT}", fontsize=12, height=0.4];',
            f'edge [fontname="{_FONT}", fontsize=10, color="{_LINE}", arrowsize=0.7];',
            *map(self._box, picture.boxes),
            *map(self._junction, picture.junctions),
            *map(self._arrow, picture.arrows),
        ):
            yield f"    {line}"

    def _box(self, box: Box) -> str:
        told = {
            "label": dot_text_of(*box_texts(box)),
            "tooltip": dot_text_of(box_told(box)),
            **_colours(box.tone),
        }
        if box.seed is not None:
            told["peripheries"] = "2"
        if box.is_suppressed:
            told["style"] = '"rounded,filled,dashed"'
        return f"{self.ids[box.key]}{dot_attributes(told)};"

    def _junction(self, junction: Junction) -> str:
        told = {
            "label": dot_text_of(junction_text(junction)),
            "tooltip": dot_text_of(junction_told(junction)),
            "shape": "hexagon",
            "style": "filled",
            "fontsize": "10",
            "height": "0.2",
            **_colours(junction.tone),
        }
        return f"{self.ids[junction.key]}{dot_attributes(told)};"

    def _arrow(self, arrow: Arrow) -> str:
        told: dict[str, str] = {}
        if arrow.words:
            told |= {"label": dot_text_of(arrow.words), "tooltip": dot_text_of(arrow_told(arrow))}
        if arrow.tone:
            told["color"] = f'"{TONES[arrow.tone][1]}"'
        if isinstance(arrow.target, tuple):
            told["dir"] = "none"
        elif arrow.is_both:
            told["dir"] = "both"
        if arrow.is_proof:
            told["penwidth"] = "3"
        return f"{self.ids[arrow.source]} -> {self.ids[arrow.target]}{dot_attributes(told)};"


def _colours(tone: int | None) -> dict[str, str]:
    fill, line, text = PLAIN if tone is None else TONES[tone]
    return {"fillcolor": f'"{fill}"', "color": f'"{line}"', "fontcolor": f'"{text}"'}
