"""
The one small condition language of itsmkit: for policies, guards, rules, forms and queries.

A condition is a value. It is total: it looks names up in a mapping of facts and compares what it finds
with literals, and can do nothing else. There is no attribute access and no call, nothing nests or grows
without bound, and no facts make it raise.

>>> from itsmkit.conditions import condition_from, equals, holds
>>> waits = equals("category", "pending") & ~equals("blocked_by", "us")
>>> holds(waits, {"category": "pending"})
True
>>> holds(condition_from({"field": "category", "one_of": ["new", "active"]}), {"category": "pending"})
False
"""

from itsmkit.conditions._scalars import Scalar
from itsmkit.conditions.builders import (
    all_of,
    any_of,
    at_least,
    at_most,
    equals,
    greater,
    less,
    not_equals,
    one_of,
    present,
)
from itsmkit.conditions.errors import UndecidedError
from itsmkit.conditions.evaluation import Facts, Predicate, compile_condition, holds
from itsmkit.conditions.mapping_form import condition_from, to_mapping
from itsmkit.conditions.satisfying import MAX_CASES, facts_for, implies
from itsmkit.conditions.tree import (
    ALWAYS,
    MAX_DEPTH,
    MAX_SIZE,
    NEVER,
    AllOf,
    AnyOf,
    Comparison,
    Condition,
    Membership,
    Not,
    Operator,
    Presence,
    fields_of,
)

__all__ = [
    "ALWAYS",
    "AllOf",
    "AnyOf",
    "Comparison",
    "Condition",
    "Facts",
    "MAX_CASES",
    "MAX_DEPTH",
    "MAX_SIZE",
    "Membership",
    "NEVER",
    "Not",
    "Operator",
    "Predicate",
    "Presence",
    "Scalar",
    "UndecidedError",
    "all_of",
    "any_of",
    "at_least",
    "at_most",
    "compile_condition",
    "condition_from",
    "equals",
    "facts_for",
    "fields_of",
    "greater",
    "holds",
    "implies",
    "less",
    "not_equals",
    "one_of",
    "present",
    "to_mapping",
]
