"""A service map as Mermaid text, which many wikis, code hosts and editors draw."""

import json
from collections.abc import Iterator, Mapping
from typing import Any

from attrs import frozen

from itsmkit._diagrams.layout import Direction
from itsmkit._diagrams.wording import RANK_DIRECTIONS, identifiers, mermaid_text_of, on_one_line
from itsmkit.cmdb.configuration_item import CIId
from itsmkit.cmdb.diagrams._colours import PLAIN, TONES
from itsmkit.cmdb.diagrams._picture import MOST, Arrow, Box, Junction, Picture, node_names, picture_of
from itsmkit.cmdb.diagrams._telling import box_texts, junction_text, summary
from itsmkit.cmdb.graph import ConfigurationGraph
from itsmkit.cmdb.impact import Impact

__all__ = ["mermaid_text"]

_PROOF = "#1b242c"


def mermaid_text(
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
    Return a graph, or an impact on it, as a flowchart of Mermaid.

    It shows what `service_map_svg` shows, and takes the same arguments. Boxes have classes by how bad their
    level is, ``tone-0`` to ``tone-4``, and arrows say what the provider does.

    Raises:
        DefinitionError: With everything that is wrong with the question.
        UnknownItemError: If *focus* or *why* is not in the graph.

    >>> from itsmkit.cmdb import CIId, ConfigurationItem, Relation
    >>> small = ConfigurationGraph(
    ...     [
    ...         ConfigurationItem(CIId("web"), "application", "Web"),
    ...         ConfigurationItem(CIId("host"), "server", "Host"),
    ...     ],
    ...     [Relation(CIId("web"), "runs_on", CIId("host"))],
    ... )
    >>> print(mermaid_text(small, small.impact_of(["host"])))
    ---
    title: "Impact of Host"
    ---
    flowchart BT
        accTitle: Impact of Host
        accDescr: 2 down of 2 configuration items
        host(["<b>Host</b><br/>server<br/>✕ down, observed"])
        web["<b>Web</b><br/>application<br/>✕ down"]
        host -->|runs| web
        classDef tone-4 fill:#f9d7d3,stroke:#b3261e,color:#1b242c
        class host,web tone-4
    <BLANKLINE>

    Source:
        https://mermaid.js.org/syntax/flowchart.html
    """
    picture = picture_of(graph, impact, focus=focus, why=why, title=title, direction=direction, most=most)
    writer = _Writer(picture, _ids(picture))
    heading = json.dumps(on_one_line(picture.title), ensure_ascii=False)
    lines = [
        "---",
        f"title: {heading}",
        "---",
        f"flowchart {RANK_DIRECTIONS[direction]}",
        *(f"    {line}" for line in writer.lines()),
    ]
    return "\n".join(lines) + "\n"


def _ids(picture: Picture) -> Mapping[Any, str]:
    names = node_names(picture)
    words = identifiers(names.values())
    return {key: words[name] for key, name in names.items()}


@frozen
class _Writer:
    picture: Picture
    ids: Mapping[Any, str]

    def lines(self) -> Iterator[str]:
        picture = self.picture
        yield f"accTitle: {mermaid_text_of(picture.title)}"
        yield f"accDescr: {mermaid_text_of(summary(picture))}"
        yield from map(self._box, picture.boxes)
        for junction in picture.junctions:
            yield f'{self.ids[junction.key]}{{{{"{mermaid_text_of(junction_text(junction))}"}}}}'
        yield from map(self._arrow, picture.arrows)
        yield from self._classes()
        proven = [str(number) for number, arrow in enumerate(picture.arrows) if arrow.is_proof]
        if proven:
            yield f"linkStyle {','.join(proven)} stroke:{_PROOF},stroke-width:3px"

    def _box(self, box: Box) -> str:
        name, *others = map(mermaid_text_of, box_texts(box))
        label = "<br/>".join([f"<b>{name}</b>", *others])
        left, right = ("([", "])") if box.seed is not None else ("[", "]")
        return f'{self.ids[box.key]}{left}"{label}"{right}'

    def _arrow(self, arrow: Arrow) -> str:
        to_junction = isinstance(arrow.target, tuple)
        line = "---" if to_junction else "<-->" if arrow.is_both else "-->"
        words = f"|{mermaid_text_of(arrow.words)}|" if arrow.words else ""
        return f"{self.ids[arrow.source]} {line}{words} {self.ids[arrow.target]}"

    def _classes(self) -> Iterator[str]:
        nodes: list[Box | Junction] = [*self.picture.boxes, *self.picture.junctions]
        for tone, (fill, line, text) in enumerate(TONES):
            members = [self.ids[each.key] for each in nodes if each.tone == tone]
            if members:
                yield f"classDef tone-{tone} fill:{fill},stroke:{line},color:{text}"
                yield f"class {','.join(members)} tone-{tone}"
        plain = [self.ids[each.key] for each in nodes if each.tone is None]
        if plain:
            fill, line, text = PLAIN
            yield f"classDef plain fill:{fill},stroke:{line},color:{text}"
            yield f"class {','.join(plain)} plain"
        planned = [self.ids[box.key] for box in self.picture.boxes if box.is_suppressed]
        if planned:
            yield "classDef planned stroke-dasharray:6 4"
            yield f"class {','.join(planned)} planned"
