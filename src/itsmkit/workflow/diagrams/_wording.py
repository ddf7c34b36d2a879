"""How the diagrams spell what they show."""

from collections.abc import Iterable
from datetime import timedelta

from itsmkit._diagrams.wording import on_one_line
from itsmkit._documents import duration_text
from itsmkit._figures import count as count_text
from itsmkit._figures import plural
from itsmkit.workflow.diagrams._picture import Arrow, Picture, Way
from itsmkit.workflow.guard import AllGuards, AnyGuard, Guard, GuardExpression, NegatedGuard

__all__ = [
    "count_text",
    "guards_text",
    "plural",
    "summary",
    "timers_text",
    "way_text",
]


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
