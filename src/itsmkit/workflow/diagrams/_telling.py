"""A picture in words: for those who do not see it, and for a pointer that rests on a part of it."""

from collections.abc import Iterable, Iterator

from itsmkit._diagrams.wording import on_one_line
from itsmkit.workflow.diagrams._picture import Arrow, Picture, Way
from itsmkit.workflow.diagrams._wording import (
    count_text,
    guards_text,
    plural,
    summary,
    timers_text,
)
from itsmkit.workflow.state import State

__all__ = ["arrow_told", "description", "state_told"]


def description(picture: Picture) -> str:
    """Return all of *picture* in sentences."""
    definition = picture.definition
    sentences = [
        f"A workflow, {summary(picture)}",
        f"Tickets begin in {on_one_line(definition.initial)}",
        *(state_told(picture, state) for state in definition.states),
        *(f"{on_one_line(each.name)} holds {_listed(each.states)}" for each in definition.composites),
        *(told for arrow in picture.arrows for told in arrow_told(arrow)),
    ]
    return ". ".join(sentences) + "."


def state_told(picture: Picture, state: State) -> str:
    """Return what there is to say of *state*: ``"Resolved is resolved; to enter, needs resolution"``."""
    parts = [f"{on_one_line(state.name)} is {state.category}"]
    if state.required:
        parts.append(f"to enter, needs {_listed(state.required)}")
    if state.guards:
        parts.append(f"to enter, {guards_text(state.guards)} must hold")
    if state.name in picture.finals:
        parts.append("nothing leaves it")
    count = picture.count_of(state.name)
    if count is not None:
        parts.append(f"counted {count_text(count)}")
    return "; ".join(parts)


def arrow_told(arrow: Arrow) -> tuple[str, ...]:
    """Return what there is to say of each way along *arrow*, and how often it was taken."""
    return tuple(_arrow_told(arrow))


def _arrow_told(arrow: Arrow) -> Iterator[str]:
    ends = f"from {on_one_line(arrow.source)} to {on_one_line(arrow.target)}"
    for way in arrow.ways:
        yield "; ".join([f"{on_one_line(way.transition.trigger)} {ends}", *_terms(arrow, way)])
    if arrow.count is not None:
        undeclared = "" if arrow.is_declared else ", which is not declared"
        yield f"{plural(arrow.count, 'move')} {ends}{undeclared}"


def _terms(arrow: Arrow, way: Way) -> Iterator[str]:
    transition = way.transition
    if transition.guards:
        yield f"if {guards_text(transition.guards)}"
    if transition.required:
        yield f"needs {_listed(transition.required)}"
    if transition.roles:
        yield f"by {' or '.join(map(on_one_line, transition.roles))}"
    if way.timers:
        yield f"fired by a timer {timers_text(arrow, way)}"
    if transition.effects:
        yield f"then {_listed(transition.effects)}"


def _listed(names: Iterable[str]) -> str:
    return ", ".join(map(on_one_line, names))
