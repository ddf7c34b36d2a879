"""
The one small condition language of itsmkit: for policies, guards, rules, forms and queries.

A condition is a value. It is total: it looks names up in a mapping of facts and compares what it finds
with literals, and can do nothing else. There is no attribute access and no call, nothing nests or grows
without bound, and no facts make it raise.

The names here load on first use: who only asks conditions does not pay for reading their text.

>>> from itsmkit.conditions import condition_from, equals, holds, parse_condition
>>> waits = equals("category", "pending") & ~equals("blocked_by", "us")
>>> holds(waits, {"category": "pending"})
True
>>> parse_condition('category = "pending" and not blocked_by = "us"') == waits
True
>>> holds(condition_from({"field": "category", "one_of": ["new", "active"]}), {"category": "pending"})
False
"""

from typing import TYPE_CHECKING

from itsmkit._lazy import lazily

if TYPE_CHECKING:
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
    from itsmkit.conditions.explanation import Explanation, explain
    from itsmkit.conditions.fact_schema import (
        FactKind,
        FactSchema,
        FactType,
        schema_from,
        schema_to_mapping,
    )
    from itsmkit.conditions.json_schema import condition_schema
    from itsmkit.conditions.mapping_form import condition_from, to_mapping
    from itsmkit.conditions.partial_evaluation import simplified
    from itsmkit.conditions.satisfying import MAX_CASES, facts_for, implies
    from itsmkit.conditions.sentences import FactTest, sentence_for
    from itsmkit.conditions.text_form import MAX_TEXT_LENGTH, parse_condition, to_text
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
    from itsmkit.conditions.type_check import check_types, fact_problems, type_problems
else:
    __getattr__, __dir__ = lazily(
        __name__,
        {
            "itsmkit.conditions._scalars": ("Scalar",),
            "itsmkit.conditions.builders": (
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
            ),
            "itsmkit.conditions.errors": ("UndecidedError",),
            "itsmkit.conditions.evaluation": ("Facts", "Predicate", "compile_condition", "holds"),
            "itsmkit.conditions.explanation": ("Explanation", "explain"),
            "itsmkit.conditions.fact_schema": (
                "FactKind",
                "FactSchema",
                "FactType",
                "schema_from",
                "schema_to_mapping",
            ),
            "itsmkit.conditions.json_schema": ("condition_schema",),
            "itsmkit.conditions.mapping_form": ("condition_from", "to_mapping"),
            "itsmkit.conditions.partial_evaluation": ("simplified",),
            "itsmkit.conditions.satisfying": ("MAX_CASES", "facts_for", "implies"),
            "itsmkit.conditions.sentences": ("FactTest", "sentence_for"),
            "itsmkit.conditions.text_form": ("MAX_TEXT_LENGTH", "parse_condition", "to_text"),
            "itsmkit.conditions.tree": (
                "ALWAYS",
                "AllOf",
                "AnyOf",
                "Comparison",
                "Condition",
                "MAX_DEPTH",
                "MAX_SIZE",
                "Membership",
                "NEVER",
                "Not",
                "Operator",
                "Presence",
                "fields_of",
            ),
            "itsmkit.conditions.type_check": ("check_types", "fact_problems", "type_problems"),
        },
    )

__all__ = [
    "ALWAYS",
    "AllOf",
    "AnyOf",
    "Comparison",
    "Condition",
    "Explanation",
    "FactKind",
    "FactSchema",
    "FactTest",
    "FactType",
    "Facts",
    "MAX_CASES",
    "MAX_DEPTH",
    "MAX_SIZE",
    "MAX_TEXT_LENGTH",
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
    "check_types",
    "compile_condition",
    "condition_from",
    "condition_schema",
    "equals",
    "explain",
    "fact_problems",
    "facts_for",
    "fields_of",
    "greater",
    "holds",
    "implies",
    "less",
    "not_equals",
    "one_of",
    "parse_condition",
    "present",
    "schema_from",
    "schema_to_mapping",
    "sentence_for",
    "simplified",
    "to_mapping",
    "to_text",
    "type_problems",
]
