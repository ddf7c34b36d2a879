"""What a test found, in a sentence, for refusals and explanations."""

from typing import TypeAlias

from itsmkit.conditions._scalars import Kind, classified, is_a
from itsmkit.conditions._spelling import spelled_name
from itsmkit.conditions._wording import listed, shown
from itsmkit.conditions.evaluation import Facts, holds
from itsmkit.conditions.tree import Comparison, Membership, Operator, Presence, not_a_condition

__all__ = ["FactTest", "sentence_for"]

FactTest: TypeAlias = Comparison | Membership | Presence
"""A condition that looks at one fact, and that has no parts."""

_RELATIONS = {
    Operator.EQUALS: "equal to",
    Operator.NOT_EQUALS: "different from",
    Operator.LESS: "less than",
    Operator.AT_MOST: "at most",
    Operator.GREATER: "greater than",
    Operator.AT_LEAST: "at least",
}

_OF_NO = {
    Kind.TEXT: "which is no text",
    Kind.TRUTH: "which is neither true nor false",
    Kind.NUMBER: "which is no number",
    Kind.INSTANT: "which is no instant",
    Kind.DURATION: "which is no duration",
}


def sentence_for(test: FactTest, facts: Facts) -> str:
    """
    Return what is the case with the fact that *test* looks at, as far as the test is concerned.

    The sentence is true whether the test holds or not, has no full stop and stays short: long texts are cut.

    Raises:
        TypeError: If *test* is none: a condition with parts, or none at all. No facts raise anything.

    >>> from itsmkit.conditions import at_least, equals, present
    >>> sentence_for(equals("priority", "P1"), {"priority": "P3"})
    'priority is "P3", not equal to "P1"'
    >>> sentence_for(at_least("reassignment_count", 3), {"reassignment_count": 4})
    'reassignment_count is 4, at least 3'
    >>> sentence_for(at_least("reassignment_count", 3), {"reassignment_count": "four"})
    'reassignment_count is "four", which is no number, so not at least 3'
    >>> sentence_for(present("assignee"), {})
    'assignee is missing'
    """
    match test:
        case Comparison(field=field):
            fact = facts.get(field)
            return f"{spelled_name(field)} is {_compared(test, fact, outcome=holds(test, {field: fact}))}"
        case Membership(field=field, values=values):
            fact = facts.get(field)
            relation = "one of" if holds(test, {field: fact}) else "none of"
            return f"{spelled_name(field)} is {shown(fact)}, {relation} {listed(values)}"
        case Presence(field=field):
            fact = facts.get(field)
            return f"{spelled_name(field)} is {_found(fact, outcome=holds(test, {field: fact}))}"
    raise not_a_condition(test)


def _compared(test: Comparison, fact: object, *, outcome: bool) -> str:
    literal = shown(test.value)
    if outcome:
        same = test.operator is Operator.EQUALS and shown(fact) == literal
        return literal if same else f"{shown(fact)}, {_RELATIONS[test.operator]} {literal}"
    relation = f"not {_RELATIONS[test.operator]} {literal}"
    found, asked = classified(fact), classified(test.value)
    if fact is None or found is None or asked is None or found[0] is asked[0]:
        return f"{shown(fact)}, {relation}"
    return f"{shown(fact)}, {_OF_NO[asked[0]]}, so {relation}"


def _found(fact: object, *, outcome: bool) -> str:
    if outcome:
        return "present"
    if fact is None:
        return "missing"
    return "blank" if is_a(fact, str) else "empty"
