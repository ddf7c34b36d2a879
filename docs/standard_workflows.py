"""
What the reference page of the standard workflows shows of the definitions: tables, gates and diagrams.

The prose of the page is written by hand. Between the marks of a workflow stands what is made here; run this
file to make it anew. A test tells when that is due.
"""

import re
from collections.abc import Iterator
from itertools import compress
from pathlib import Path

from itsmkit.calendars import amount_to_plain
from itsmkit.workflow import Guard, GuardExpression, NegatedGuard, Transition, WorkflowDefinition
from itsmkit.workflow.diagrams import mermaid_text, svg_text
from itsmkit.workflow.standard import STANDARD_WORKFLOWS, standard_workflow

DOCS = Path(__file__).parent
PAGE = DOCS / "reference" / "standard-workflows.md"

_PART = re.compile(
    r"(?P<begin><!-- made from (?P<name>\w+) -->\n).*?(?P<end><!-- made until here -->)", re.DOTALL
)


def picture_path(name: str) -> Path:
    """Return where the picture of a workflow is kept."""
    return DOCS / "_static" / f"workflow-{name.replace('_', '-')}.svg"


def picture_text(name: str) -> str:
    """Return the picture of a workflow."""
    return svg_text(standard_workflow(name))


def page_text() -> str:
    """Return the page with all that is made."""

    def made(part: re.Match[str]) -> str:
        content = "\n".join(_section(standard_workflow(part["name"])))
        return f"{part['begin']}\n{content}\n{part['end']}"

    return _PART.sub(made, PAGE.read_text("utf-8"))


def _section(definition: WorkflowDefinition) -> Iterator[str]:
    title = definition.name.replace("_", " ")
    picture = picture_path(definition.name)
    yield f"![The states and transitions of the workflow for the {title}](../_static/{picture.name})"
    yield ""
    yield from _table(
        ("Trigger", "From", "To", "What it demands", "Effects"),
        [_transition_row(definition, transition) for transition in definition.transitions],
    )
    guards = _guards(definition)
    if guards:
        yield from _table(
            ("Guard", "Holds where", "Refused because"), [_guard_row(guard) for guard in guards]
        )
    told = [*_rules(definition), *_timers(definition)]
    if told:
        yield from (f"- {each}" for each in told)
        yield ""
    yield "<details><summary>The diagram as Mermaid text</summary>"
    yield ""
    yield "```mermaid"
    yield mermaid_text(definition).rstrip("\n")
    yield "```"
    yield ""
    yield "</details>"
    yield ""


def _table(heads: tuple[str, ...], rows: list[tuple[str, ...]]) -> Iterator[str]:
    told = [any(cells) for cells in zip(*rows, strict=True)]
    for row in (heads, ("---",) * len(heads), *rows):
        yield f"| {' | '.join(compress(row, told))} |"
    yield ""


def _transition_row(definition: WorkflowDefinition, transition: Transition) -> tuple[str, ...]:
    target = definition.state(definition.entry_of(transition.target))
    demands = [
        *(f"`{name}`" for name in dict.fromkeys((*transition.required, *target.required))),
        *(f"*{name}*" for name in dict.fromkeys(map(_guard_name, (*transition.guards, *target.guards)))),
    ]
    if transition.roles:
        demands.append(f"role {' or '.join(f'`{role}`' for role in transition.roles)}")
    return (
        transition.trigger,
        ", ".join(transition.sources),
        transition.target,
        ", ".join(demands),
        ", ".join(f"`{effect}`" for effect in transition.effects),
    )


def _guard_row(guard: GuardExpression) -> tuple[str, ...]:
    [reason] = guard.judged(lambda _: isinstance(guard, NegatedGuard)).reasons
    return _guard_name(guard), f"`{guard.condition}`", reason


def _guards(definition: WorkflowDefinition) -> tuple[GuardExpression, ...]:
    """Return what is demanded somewhere, in the order in which it is first asked for."""
    asking = (*definition.transitions, *definition.states)
    return tuple(dict.fromkeys(guard for each in asking for guard in each.guards))


def _guard_name(guard: GuardExpression) -> str:
    match guard:
        case NegatedGuard(guard=single):
            return f"not {single.name}"
        case Guard(name=name):
            return name
    message = f"the page has no words for a {type(guard).__name__} yet"
    raise TypeError(message)


def _rules(definition: WorkflowDefinition) -> Iterator[str]:
    for rule in definition.rules:
        since = "" if rule.since is None else f", counted anew from {rule.since}"
        yield f"No way leads into {rule.before} without {rule.gate}{since}."


def _timers(definition: WorkflowDefinition) -> Iterator[str]:
    for state in definition.states:
        for timer in state.timers:
            yield f"In {state.name}, a timer fires {timer.trigger} after {amount_to_plain(timer.after)}."


if __name__ == "__main__":
    PAGE.write_text(page_text(), "utf-8")
    for each in STANDARD_WORKFLOWS:
        picture_path(each).write_text(picture_text(each), "utf-8")
