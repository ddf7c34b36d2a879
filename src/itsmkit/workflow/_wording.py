"""How the checks call the parts of a definition: the paths and the phrases of their sentences."""

from collections.abc import Iterable

from itsmkit.conditions import Facts
from itsmkit.workflow.guard import AllGuards, AnyGuard, GuardExpression, NegatedGuard

__all__ = ["listed", "place_of_state", "place_of_transition", "quoted", "told", "told_facts"]


def place_of_state(name: str) -> str:
    """Return the path of a state in a definition's document."""
    return f"states[{name!r}]"


def place_of_transition(place: int) -> str:
    """Return the path of a transition in a definition's document."""
    return f"transitions[{place}]"


def quoted(names: Iterable[str]) -> str:
    """
    Return names one after the other.

    >>> quoted(["New", "Draft", "Done"])
    "'New', 'Draft' and 'Done'"
    """
    return listed(map(repr, names))


def listed(words: Iterable[str]) -> str:
    """Return *words*, of which there is at least one, one after the other."""
    *most, last = words
    return f"{', '.join(most)} and {last}" if most else last


def told(guard: GuardExpression) -> str:
    """
    Return how a guard reads.

    >>> from itsmkit.conditions import present
    >>> from itsmkit.workflow import Guard
    >>> owned, known = (Guard(name, present(name), "…") for name in ("owned", "known"))
    >>> told(owned & ~known)
    "('owned' and not 'known')"
    """
    match guard:
        case NegatedGuard(guard=single):
            return f"not {single.name!r}"
        case AllGuards(parts=parts):
            return f"({' and '.join(map(told, parts))})"
        case AnyGuard(parts=parts):
            return f"({' or '.join(map(told, parts))})"
    return listed(repr(single.name) for single in guard.guards())


def told_facts(facts: Facts) -> str:
    """
    Return how *facts* read; numbers and instants stand without the names of their types.

    >>> told_facts({"type": "normal", "impact": 2})
    "type = 'normal', impact = 2"
    """
    return ", ".join(
        f"{name} = {value!r}" if isinstance(value, str | tuple) else f"{name} = {value}"
        for name, value in facts.items()
    )
