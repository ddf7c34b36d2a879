"""
Conditions asked: by an interpreter, which is the definition, and by closures, which are fast.

Both give the same answer on every condition and all facts; a property test holds them to it.
"""

import operator
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any, TypeAlias

from itsmkit.conditions._scalars import COLLECTIONS, Comparable, Kind, classified, is_a
from itsmkit.conditions.tree import (
    AllOf,
    AnyOf,
    Comparison,
    Condition,
    Membership,
    Not,
    Operator,
    Presence,
    not_a_condition,
)

__all__ = ["Facts", "Predicate", "compile_condition", "holds"]

Facts: TypeAlias = Mapping[str, object]
"""What a condition is asked about. Only names are looked up in it, by ``get``."""

Predicate: TypeAlias = Callable[[Facts], bool]

_Compare: TypeAlias = Callable[[Any, Any], bool]
_Literal: TypeAlias = tuple[Kind, Comparable] | None

_COMPARE: Mapping[Operator, _Compare] = {
    Operator.EQUALS: operator.eq,
    Operator.NOT_EQUALS: operator.ne,
    Operator.LESS: operator.lt,
    Operator.AT_MOST: operator.le,
    Operator.GREATER: operator.gt,
    Operator.AT_LEAST: operator.ge,
}

# Values of exactly these types compare directly, and as `classified` would have it.
_DIRECT = frozenset({str, bool, int, timedelta})


def holds(condition: Condition, facts: Facts) -> bool:
    """
    Tell whether *condition* holds for *facts*.

    This walks the condition each time. Where one condition is asked often, compile it once.

    Raises:
        TypeError: If *condition* is none. No facts raise anything.

    >>> from itsmkit.conditions import at_least, present
    >>> holds(at_least("reassignment_count", 3), {"reassignment_count": 4})
    True
    >>> holds(at_least("reassignment_count", 3), {"reassignment_count": "four"})
    False
    >>> holds(~present("assignee"), {"assignee": None})
    True
    """
    match condition:
        case Comparison(field=field, operator=asked, value=value):
            return _compares(_COMPARE[asked], facts.get(field), classified(value))
        case Membership(field=field, values=values):
            fact = facts.get(field)
            return any(_compares(operator.eq, fact, classified(value)) for value in values)
        case Presence(field=field):
            return _is_value(facts.get(field))
        case AllOf(conditions=parts):
            return all(holds(part, facts) for part in parts)
        case AnyOf(conditions=parts):
            return any(holds(part, facts) for part in parts)
        case Not(condition=part):
            return not holds(part, facts)
    raise not_a_condition(condition)


def compile_condition(condition: Condition) -> Predicate:
    """
    Return a function that answers for any facts what `holds` answers for *condition*, many times faster.

    Raises:
        TypeError: If *condition* is none.

    >>> from itsmkit.conditions import equals
    >>> is_active = compile_condition(equals("state", "Active"))
    >>> is_active({"state": "Active"}), is_active({})
    (True, False)
    """
    match condition:
        case Comparison():
            return _compiled_comparison(condition)
        case Membership():
            return _compiled_membership(condition)
        case Presence(field=field):
            return _compiled_presence(field)
        case AllOf(conditions=parts):
            return _compiled_all(tuple(map(compile_condition, parts)))
        case AnyOf(conditions=parts):
            return _compiled_any(tuple(map(compile_condition, parts)))
        case Not(condition=Presence(field=field)):
            return _compiled_absence(field)
        case Not(condition=part):
            test = compile_condition(part)
            return lambda facts: not test(facts)
    raise not_a_condition(condition)


def _compares(compare: _Compare, fact: object, literal: _Literal) -> bool:
    found = classified(fact)
    if found is None or literal is None or found[0] is not literal[0]:
        return False
    return compare(found[1], literal[1])


def _is_value(fact: object) -> bool:
    if fact is None:
        return False
    kind = type(fact)
    if kind is int or kind is bool:
        return True
    if is_a(fact, str):
        return bool(str.strip(fact))
    for collection in COLLECTIONS:
        if is_a(fact, collection):
            return collection.__len__(fact) > 0
    return True


# The closures below are the hot path of workflows and clocks. Each looks first for what is most frequent, a
# fact of exactly the type that is asked for, and leaves the rest to what the interpreter does.


def _compiled_comparison(condition: Comparison) -> Predicate:
    exact = type(condition.value)
    if exact in _DIRECT:
        is_equality = condition.operator is Operator.EQUALS
        return _compiled_equality(condition) if is_equality else _compiled_direct_comparison(condition)
    return _compiled_instant(condition) if exact is datetime else _compiled_any_comparison(condition)


def _compiled_equality(condition: Comparison) -> Predicate:
    field, value = condition.field, condition.value
    literal, exact = classified(value), type(value)

    def test(facts: Facts) -> bool:
        fact = facts.get(field)
        if type(fact) is exact:
            return fact == value
        return fact is not None and _compares(operator.eq, fact, literal)

    return test


def _compiled_direct_comparison(condition: Comparison) -> Predicate:
    field, value = condition.field, condition.value
    compare, literal, exact = _COMPARE[condition.operator], classified(value), type(value)

    def test(facts: Facts) -> bool:
        fact = facts.get(field)
        if type(fact) is exact:
            return compare(fact, value)
        return fact is not None and _compares(compare, fact, literal)

    return test


def _compiled_instant(condition: Comparison) -> Predicate:
    field, value = condition.field, condition.value
    compare, literal = _COMPARE[condition.operator], classified(value)

    def test(facts: Facts) -> bool:
        fact = facts.get(field)
        if type(fact) is datetime and fact.tzinfo is UTC:  # as *value* is
            return compare(fact, value)
        return fact is not None and _compares(compare, fact, literal)

    return test


def _compiled_any_comparison(condition: Comparison) -> Predicate:
    field, compare, literal = condition.field, _COMPARE[condition.operator], classified(condition.value)
    return lambda facts: _compares(compare, facts.get(field), literal)


def _compiled_membership(condition: Membership) -> Predicate:
    field = condition.field
    texts = frozenset(value for value in condition.values if type(value) is str)
    literals = frozenset(map(classified, condition.values))

    def test(facts: Facts) -> bool:
        fact = facts.get(field)
        if type(fact) is str:
            return fact in texts
        return classified(fact) in literals  # of which none is the None of what has no kind

    return test


def _compiled_presence(field: str) -> Predicate:
    def test(facts: Facts) -> bool:
        fact = facts.get(field)
        if type(fact) is str:
            return not fact.isspace() if fact else False
        return fact is not None and _is_value(fact)

    return test


def _compiled_absence(field: str) -> Predicate:
    def test(facts: Facts) -> bool:
        fact = facts.get(field)
        if type(fact) is str:
            return fact.isspace() if fact else True
        return fact is None or not _is_value(fact)

    return test


# A loop costs as much as a test. Few conditions have more parts than three.


def _compiled_all(tests: tuple[Predicate, ...]) -> Predicate:
    match tests:
        case ():
            return lambda _: True
        case (test,):
            return test
        case one, two:
            return lambda facts: one(facts) and two(facts)
        case one, two, three:
            return lambda facts: one(facts) and two(facts) and three(facts)

    def test_all(facts: Facts) -> bool:
        for test in tests:  # noqa: SIM110 - a generator would cost more than most tests do
            if not test(facts):
                return False
        return True

    return test_all


def _compiled_any(tests: tuple[Predicate, ...]) -> Predicate:
    match tests:
        case ():
            return lambda _: False
        case (test,):
            return test
        case one, two:
            return lambda facts: one(facts) or two(facts)
        case one, two, three:
            return lambda facts: one(facts) or two(facts) or three(facts)

    def test_any(facts: Facts) -> bool:
        for test in tests:  # noqa: SIM110 - as above
            if test(facts):
                return True
        return False

    return test_any
