"""Conditions asked while some of the facts are not known yet: what is left of them."""

from collections.abc import Iterable

from itsmkit._frozen import EMPTY
from itsmkit.conditions.evaluation import Facts, holds
from itsmkit.conditions.tree import (
    ALWAYS,
    NEVER,
    AllOf,
    AnyOf,
    Comparison,
    Condition,
    Membership,
    Not,
    Presence,
    not_a_condition,
)

__all__ = ["simplified"]

_UNKNOWN = object()


def simplified(condition: Condition, known: Facts = EMPTY) -> Condition:
    """
    Return what is left of *condition* where the facts *known* are decided.

    Whatever the other facts are, it holds exactly where *condition* holds for them and *known* together. It
    asks for none of the facts in *known*, is never larger than *condition*, has no compounds in compounds of
    the same kind, and is `ALWAYS` or `NEVER` itself where the known facts decide it alone.

    Args:
        condition: Any condition.
        known: Facts that will not change. ``None`` says that the fact is known to be missing; a fact that is
            not in the mapping is not known.

    Raises:
        TypeError: If *condition* is none. No facts raise anything.

    >>> from itsmkit.conditions import parse_condition
    >>> rule = parse_condition('priority = "P1" and (assignee is missing or waited > 8h)')
    >>> print(simplified(rule, {"priority": "P1"}))
    assignee is missing or waited > 8h
    >>> print(simplified(rule, {"priority": "P1", "assignee": "ann"}))
    waited > 8h
    >>> print(simplified(rule, {"priority": "P3"}))
    never
    """
    match condition:
        case Comparison(field=field) | Membership(field=field) | Presence(field=field):
            fact = known.get(field, _UNKNOWN)
            if fact is _UNKNOWN:
                return condition
            return ALWAYS if holds(condition, {field: fact}) else NEVER
        case AllOf(conditions=parts):
            return _joined(AllOf, (simplified(part, known) for part in parts), neutral=ALWAYS, deciding=NEVER)
        case AnyOf(conditions=parts):
            return _joined(AnyOf, (simplified(part, known) for part in parts), neutral=NEVER, deciding=ALWAYS)
        case Not(condition=part):
            return _negated(simplified(part, known))
    raise not_a_condition(condition)


def _joined(
    compound: type[AllOf] | type[AnyOf],
    parts: Iterable[Condition],
    *,
    neutral: Condition,
    deciding: Condition,
) -> Condition:
    left: list[Condition] = []
    for part in parts:
        if part is deciding:
            return deciding
        left += part.conditions if isinstance(part, compound) else (part,)  # of which *neutral* has none
    if len(left) == 1:
        return left[0]
    return compound(left) if left else neutral


def _negated(part: Condition) -> Condition:
    if part is ALWAYS:
        return NEVER
    return ALWAYS if part is NEVER else ~part
