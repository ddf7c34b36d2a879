"""
Conditions written the way they are spoken.

>>> from itsmkit.conditions import at_least, equals, one_of
>>> urgent = equals("priority", "P1") | at_least("reassignment_count", 3)
>>> waiting = one_of("category", "pending", "resolved")
"""

from itsmkit.conditions._scalars import Scalar
from itsmkit.conditions.tree import (
    AllOf,
    AnyOf,
    Comparison,
    Condition,
    Membership,
    Operator,
    Presence,
)

__all__ = [
    "all_of",
    "any_of",
    "at_least",
    "at_most",
    "equals",
    "greater",
    "less",
    "not_equals",
    "one_of",
    "present",
]


def equals(field: str, value: Scalar) -> Comparison:
    """Return the condition that the fact *field* equals *value*."""
    return Comparison(field, Operator.EQUALS, value)


def not_equals(field: str, value: Scalar) -> Comparison:
    """Return the condition that *field* has a value of the kind of *value*, and another one."""
    return Comparison(field, Operator.NOT_EQUALS, value)


def less(field: str, value: Scalar) -> Comparison:
    """Return the condition that the fact *field* is less than *value*."""
    return Comparison(field, Operator.LESS, value)


def at_most(field: str, value: Scalar) -> Comparison:
    """Return the condition that the fact *field* is *value* or less."""
    return Comparison(field, Operator.AT_MOST, value)


def greater(field: str, value: Scalar) -> Comparison:
    """Return the condition that the fact *field* is greater than *value*."""
    return Comparison(field, Operator.GREATER, value)


def at_least(field: str, value: Scalar) -> Comparison:
    """Return the condition that the fact *field* is *value* or more."""
    return Comparison(field, Operator.AT_LEAST, value)


def one_of(field: str, *values: Scalar) -> Membership:
    """Return the condition that the fact *field* equals one of *values*, of which there is at least one."""
    return Membership(field, values)


def present(field: str) -> Presence:
    """Return the condition that the fact *field* has a value: see `Presence`."""
    return Presence(field)


def all_of(*conditions: Condition) -> AllOf:
    """Return the condition that all *conditions* hold; without any, it always holds."""
    return AllOf(conditions)


def any_of(*conditions: Condition) -> AnyOf:
    """Return the condition that at least one of *conditions* holds; without any, it never does."""
    return AnyOf(conditions)
