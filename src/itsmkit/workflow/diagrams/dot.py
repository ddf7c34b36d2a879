"""Workflows as DOT text, which Graphviz and its kin lay out and draw."""

from collections.abc import Iterator, Mapping

from attrs import frozen

from itsmkit._diagrams.wording import dot_attributes, dot_text_of, identifiers
from itsmkit.workflow.definition import WorkflowDefinition
from itsmkit.workflow.diagrams._colours import COLOURS
from itsmkit.workflow.diagrams._picture import Arrow, Direction, Picture, picture_of
from itsmkit.workflow.diagrams._wording import (
    count_text,
    summary,
    way_text,
)
from itsmkit.workflow.diagrams.frequencies import Frequencies

__all__ = ["dot_text"]

_FONT = "Helvetica,Arial,sans-serif"
_LINE = "#56626d"
_FAINT = "#a9b3ba"
_ALARM = "#c2410c"
_POINT = f'style=filled, fillcolor="{_LINE}", label=""'


def dot_text(
    definition: WorkflowDefinition,
    *,
    frequencies: Frequencies | None = None,
    direction: Direction = "down",
) -> str:
    r"""
    Return *definition* as a directed graph in DOT.

    It shows what `mermaid_text` shows. Composite states are clusters; with *frequencies*, an arrow is the
    wider, the more often it was taken, and dashed if the definition does not know it.

    Args:
        definition: What to draw. Its names may be anything.
        frequencies: Counts, which then stand in the states and on the arrows.
        direction: Where the flow runs.

    Raises:
        DefinitionError: With every problem, if *frequencies* count states that are not there, or *direction*
            is none.

    >>> from itsmkit.workflow import incident_workflow
    >>> [line.strip() for line in dot_text(incident_workflow()).splitlines() if "Pending ->" in line][:2]
    ['Pending -> Assigned [label="assign"];', 'Pending -> In_Progress [label="resume"];']

    Source:
        https://graphviz.org/doc/info/lang.html
    """
    picture = picture_of(definition, frequencies, direction)
    writer = _Writer(picture, identifiers(picture.names))
    return "\n".join([f"digraph {dot_text_of(definition.name)} {{", *writer.lines(), "}"]) + "\n"


@frozen
class _Writer:
    picture: Picture
    ids: Mapping[str, str]

    def lines(self) -> Iterator[str]:
        picture = self.picture
        rank = "rankdir=LR, " if picture.direction == "right" else ""
        title = dot_text_of(picture.definition.name, summary(picture))
        for line in (
            f'graph [{rank}label={title}, labelloc=t, compound=true, fontname="{_FONT}", tooltip={title}];',
            f'node [shape=box, style="rounded,filled", fontname="{_FONT}", fontsize=12, height=0.4];',
            f'edge [fontname="{_FONT}", fontsize=10, color="{_LINE}", arrowsize=0.7];',
            *self._inside(None),
            *(self._arrow(arrow) for arrow in picture.arrows),
        ):
            yield f"    {line}"

    def _inside(self, scope: str | None) -> Iterator[str]:
        """Yield what stands in a composite state, or outermost."""
        picture = self.picture
        for within, name in picture.beginnings:
            if within == scope:
                dot = f"start__{'' if scope is None else self.ids[scope]}"
                yield f"{dot} [shape=circle, {_POINT}, width=0.15, height=0.15];"
                yield f"{dot} -> {self._inner(name)}{dot_attributes(self._frame('lhead', name))};"
        for name in picture.outermost if scope is None else picture.composites[scope].states:
            if name in picture.composites:
                yield f"subgraph cluster_{self.ids[name]} {{"
                yield f'    graph [label={dot_text_of(name)}, labelloc=t, style=rounded, color="{_LINE}"];'
                yield from (f"    {line}" for line in self._inside(name))
                yield "}"
            else:
                yield self._state(name)
        for name in picture.finals:
            if picture.scope_of(name) == scope:
                ring = f"end__{self.ids[name]}"
                yield f"{ring} [shape=doublecircle, {_POINT}, width=0.12, height=0.12];"
                yield f"{self.ids[name]} -> {ring};"

    def _state(self, name: str) -> str:
        fill, line, text = COLOURS[self.picture.definition.category_of(name)]
        count = self.picture.count_of(name)
        label = dot_text_of(name) if count is None else dot_text_of(name, count_text(count))
        return f'{self.ids[name]} [label={label}, fillcolor="{fill}", color="{line}", fontcolor="{text}"];'

    def _arrow(self, arrow: Arrow) -> str:
        texts = [way_text(arrow, way) for way in arrow.ways] or ["not declared"]
        attributes = {}
        if arrow.count is not None:
            texts.append(count_text(arrow.count))
            attributes["penwidth"] = f"{self.picture.width_of(arrow):.2f}"
        if not arrow.is_declared:
            attributes |= {"style": "dashed", "color": f'"{_ALARM}"'}
        elif arrow.count == 0:
            attributes["color"] = f'"{_FAINT}"'
        told = {
            "label": dot_text_of(*texts),
            **self._frame("ltail", arrow.source),
            **self._frame("lhead", arrow.target),
            **attributes,
        }
        return f"{self._inner(arrow.source)} -> {self._inner(arrow.target)}{dot_attributes(told)};"

    def _inner(self, name: str) -> str:
        """Return the node that an arrow to or from *name* hangs on: Graphviz cuts it at the frame."""
        return self.ids[self.picture.definition.entry_of(name)]

    def _frame(self, end: str, name: str) -> dict[str, str]:
        return {end: f"cluster_{self.ids[name]}"} if name in self.picture.composites else {}
