"""How the diagrams spell what they show."""

import re
from collections.abc import Iterable
from datetime import timedelta
from itertools import chain, count

from itsmkit._documents import duration_text
from itsmkit._figures import count as count_text
from itsmkit._figures import plural
from itsmkit.workflow.diagrams._picture import Arrow, Picture, Way
from itsmkit.workflow.guard import AllGuards, AnyGuard, Guard, GuardExpression, NegatedGuard

__all__ = [
    "count_text",
    "guards_text",
    "identifiers",
    "on_one_line",
    "plural",
    "summary",
    "timers_text",
    "way_text",
]

_REPLACED = "\N{REPLACEMENT CHARACTER}"
_SPACE = re.compile(r"\s+")
_DIRECTION = re.compile("[\u202a-\u202e\u2066-\u2069]")
_NOT_TEXT = re.compile("[\x00-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]")

_NOT_PLAIN = re.compile(r"[^A-Za-z0-9]+")

# What Mermaid or DOT read as words of their own, in capitals too, and what JavaScript's objects have already.
_RESERVED = frozenset(
    [
        "accdescr",
        "acctitle",
        "as",
        "choice",
        "class",
        "classdef",
        "click",
        "constructor",
        "default",
        "digraph",
        "direction",
        "edge",
        "end",
        "fork",
        "graph",
        "hide",
        "href",
        "join",
        "node",
        "note",
        "root",
        "scale",
        "state",
        "statediagram",
        "strict",
        "style",
        "subgraph",
        "title",
    ]
)


def on_one_line(text: str) -> str:
    r"""
    Return *text* as any format can hold it: on one line, and without what is no text.

    Spaces and line breaks become single spaces, control characters and halves of surrogate pairs the
    replacement character, and so does what would be nothing. Characters that turn the direction of what
    follows are dropped; the letters of right-to-left scripts do that by themselves.

    >>> on_one_line("In\n Progress\x07")
    'In Progress\ufffd'
    """
    told = _NOT_TEXT.sub(_REPLACED, _SPACE.sub(" ", _DIRECTION.sub("", text)))
    return told.strip() or _REPLACED


def guards_text(guards: Iterable[GuardExpression]) -> str:
    """Return guards that must all hold, by their names: ``"approved and not (frozen or late)"``."""
    parts = [part for guard in guards for part in (guard.parts if isinstance(guard, AllGuards) else (guard,))]
    return " and ".join(_guard_text(part, alone=len(parts) == 1) for part in parts)


def _guard_text(guard: GuardExpression, *, alone: bool) -> str:
    match guard:
        case NegatedGuard(guard=single):
            return f"not {on_one_line(single.name)}"
        case AllGuards(parts=parts):
            text = " and ".join(_guard_text(part, alone=False) for part in parts)
        case AnyGuard(parts=parts):
            text = " or ".join(_guard_text(part, alone=False) for part in parts)
        case Guard(name=name):
            return on_one_line(name)
        case _:
            message = f"not a guard of this room: {type(guard).__name__}"
            raise TypeError(message)
    return text if alone else f"({text})"


def timers_text(arrow: Arrow, way: Way) -> str:
    """Return when timers fire *way*: ``"after 5 business days"``; in a frame, with the state that waits."""
    told: dict[str, None] = {}
    for state, timer in way.timers:
        after = duration_text(timer.after) if isinstance(timer.after, timedelta) else str(timer.after)
        where = "" if state.name == arrow.source else f" in {on_one_line(state.name)}"
        told[f"after {after}{where}"] = None
    return " or ".join(told)


def way_text(arrow: Arrow, way: Way) -> str:
    """Return *way* on one line: ``"close [cause_known] after 5 business days"``."""
    parts = [on_one_line(way.transition.trigger)]
    if way.transition.guards:
        parts.append(f"[{guards_text(way.transition.guards)}]")
    if way.timers:
        parts.append(timers_text(arrow, way))
    return " ".join(parts)


def summary(picture: Picture) -> str:
    """Return what there is in a picture: ``"version 1, 7 states, 8 transitions"``."""
    definition, frequencies = picture.definition, picture.frequencies
    parts = [
        f"version {on_one_line(definition.version)}",
        plural(len(definition.states), "state"),
        plural(len(definition.transitions), "transition"),
    ]
    if frequencies is not None:
        parts.append(plural(frequencies.total, "move"))
    return ", ".join(parts)


def identifiers(names: Iterable[str]) -> dict[str, str]:
    """
    Return an identifier for each name, as near to it as Mermaid and DOT take one without quotes.

    All differ even to those who do not tell capitals, and none holds two underscores in a row.

    >>> identifiers(["In Progress", "in-progress", "بسته", "end", "3rd line"]).values()
    dict_values(['In_Progress', 'in_progress_2', 's', 'end_2', 's_3rd_line'])
    """
    found: dict[str, str] = {}
    taken = set(_RESERVED)
    for name in names:
        plain = _NOT_PLAIN.sub("_", name).strip("_")
        if not plain[:1].isalpha():
            plain = f"s_{plain}".rstrip("_")
        numbered = (f"{plain}_{number}" for number in count(2))
        found[name] = next(
            each
            for each in chain([plain], numbered)
            if each.lower() not in taken and not each.lower().endswith("direction")
        )
        taken.add(found[name].lower())
    return found
