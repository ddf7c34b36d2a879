"""Workflows as Mermaid text, which many wikis, code hosts and editors draw."""

import json
from collections.abc import Iterator, Mapping

from attrs import frozen

from itsmkit._diagrams.wording import identifiers, mermaid_text_of, on_one_line
from itsmkit.workflow.definition import WorkflowDefinition
from itsmkit.workflow.diagrams._colours import COLOURS
from itsmkit.workflow.diagrams._picture import Arrow, Direction, Picture, picture_of
from itsmkit.workflow.diagrams._wording import (
    count_text,
    summary,
    way_text,
)
from itsmkit.workflow.diagrams.frequencies import Frequencies

__all__ = ["mermaid_text"]

_BREAK = "<br/>"


def mermaid_text(
    definition: WorkflowDefinition,
    *,
    frequencies: Frequencies | None = None,
    direction: Direction = "down",
) -> str:
    """
    Return *definition* as a state diagram of Mermaid.

    Arrows with several ways have a line for each: the trigger, the guards in brackets, and after how long a
    timer fires it. States have classes by their category, such as ``pending``, for which colours are given.

    Args:
        definition: What to draw. Its names may be anything.
        frequencies: Counts, which then stand in the states and on the arrows.
        direction: Where the flow runs.

    Raises:
        DefinitionError: With every problem, if *frequencies* count states that are not there, or *direction*
            is none.

    >>> from itsmkit.workflow import State, Transition, WorkflowDefinition
    >>> small = WorkflowDefinition(
    ...     "small",
    ...     initial="Open",
    ...     states=[State("Open", "active"), State("All done", "closed")],
    ...     transitions=[Transition("finish", "Open", "All done"), Transition("give up", "Open", "All done")],
    ... )
    >>> print(mermaid_text(small))
    ---
    title: "small"
    ---
    stateDiagram-v2
        accTitle: small
        accDescr: version 1, 2 states, 2 transitions
        state "Open" as Open
        state "All done" as All_done
        [*] --> Open
        All_done --> [*]
        Open --> All_done : finish<br/>give up
        classDef active fill:#cfe8ea,stroke:#0a6a73,color:#1b242c
        classDef closed fill:#e3e8eb,stroke:#56626d,color:#1b242c
        class Open active
        class All_done closed
    <BLANKLINE>

    Source:
        https://mermaid.js.org/syntax/stateDiagram.html
    """
    picture = picture_of(definition, frequencies, direction)
    writer = _Writer(picture, identifiers(picture.names))
    title = json.dumps(on_one_line(definition.name), ensure_ascii=False)
    lines = [
        "---",
        f"title: {title}",
        "---",
        "stateDiagram-v2",
        *(f"    {line}" for line in writer.lines()),
    ]
    return "\n".join(lines) + "\n"


@frozen
class _Writer:
    picture: Picture
    ids: Mapping[str, str]

    def lines(self) -> Iterator[str]:
        yield f"accTitle: {mermaid_text_of(self.picture.definition.name)}"
        yield f"accDescr: {mermaid_text_of(summary(self.picture))}"
        yield from self._inside(None)
        # Outermost, all of them: Mermaid would move a state into the composite state where it is mentioned.
        yield from map(self._arrow, self.picture.arrows)
        for category in self.picture.categories:
            fill, line, text = COLOURS[category]
            yield f"classDef {category} fill:{fill},stroke:{line},color:{text}"
        for category in self.picture.categories:
            members = [s.name for s in self.picture.definition.states if s.category is category]
            yield f"class {','.join(self.ids[name] for name in members)} {category}"

    def _inside(self, scope: str | None) -> Iterator[str]:
        """Yield what stands in a composite state, or outermost."""
        picture = self.picture
        if picture.direction == "right":
            yield "direction LR"
        names = picture.outermost if scope is None else picture.composites[scope].states
        for name in names:
            if name in picture.composites:
                yield f'state "{mermaid_text_of(name)}" as {self.ids[name]} {{'
                yield from (f"    {line}" for line in self._inside(name))
                yield "}"
            else:
                yield f'state "{self._label(name)}" as {self.ids[name]}'
        for within, name in picture.beginnings:
            if within == scope:
                yield f"[*] --> {self.ids[name]}"
        for name in picture.finals:
            if picture.scope_of(name) == scope:
                yield f"{self.ids[name]} --> [*]"

    def _label(self, state: str) -> str:
        count = self.picture.count_of(state)
        return (
            mermaid_text_of(state)
            if count is None
            else f"{mermaid_text_of(state)}{_BREAK}{count_text(count)}"
        )

    def _arrow(self, arrow: Arrow) -> str:
        texts = [mermaid_text_of(way_text(arrow, way)) for way in arrow.ways] or ["not declared"]
        if arrow.count is not None:
            texts.append(count_text(arrow.count))
        return f"{self.ids[arrow.source]} --> {self.ids[arrow.target]} : {_BREAK.join(texts)}"
