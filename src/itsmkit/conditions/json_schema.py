"""
The JSON Schema of conditions, for editors and for the schemas of documents that conditions stand in.

It says what the mapping form says. It cannot read the text form, count parts or measure depth, and takes any
text for an instant or a decimal. So what it refuses is refused when it is read as well, but not the other
way round.
"""

from typing import Any

from itsmkit.conditions._plain_scalars import UNITS
from itsmkit.conditions.text_form import MAX_TEXT_LENGTH
from itsmkit.conditions.tree import Operator

__all__ = ["condition_schema"]

_DIALECT = "https://json-schema.org/draft/2020-12/schema"

_MEANINGS = {
    Operator.EQUALS: "The fact is of the same kind as this value, and equal to it.",
    Operator.NOT_EQUALS: "The fact is of the same kind as this value, and another one.",
    Operator.LESS: "The fact is less than this value.",
    Operator.AT_MOST: "The fact is this value or less.",
    Operator.GREATER: "The fact is greater than this value.",
    Operator.AT_LEAST: "The fact is this value or more.",
}


def condition_schema() -> dict[str, Any]:
    """
    Return the JSON Schema (draft 2020-12) of the mapping form, in which the text form may stand.

    Another schema takes it over by copying its ``$defs``, whose names all begin with ``condition``, and by
    referring to ``#/$defs/condition`` wherever a condition stands.

    Returns:
        A new mapping on each call, ready for JSON.

    >>> schema = condition_schema()
    >>> schema["$ref"], sorted(schema["$defs"])
    ... # doctest: +NORMALIZE_WHITESPACE
    ('#/$defs/condition', ['condition', 'condition_all', 'condition_any', 'condition_decimal',
     'condition_duration', 'condition_instant', 'condition_not', 'condition_ordered_value',
     'condition_quoted', 'condition_test', 'condition_text', 'condition_value'])
    """
    return {
        "$schema": _DIALECT,
        "title": "Condition",
        "$ref": _to("condition"),
        "$defs": {
            "condition": {
                "description": "A question about facts that is always answered with true or false.",
                "anyOf": [_ref(each) for each in ("text", "test", "all", "any", "not")],
            },
            "condition_text": {
                "description": 'The text form, such as: priority = "P1" and not assignee is present',
                "type": "string",
                "minLength": 1,
                "maxLength": MAX_TEXT_LENGTH,
            },
            "condition_test": _test(),
            "condition_all": _compound("all", "All of the conditions hold; without any, it always holds."),
            "condition_any": _compound("any", "One of the conditions holds; without any, it never does."),
            "condition_not": _table(
                {"not": {"$ref": _to("condition")}}, "The condition does not hold.", required=["not"]
            ),
            **_values(),
        },
    }


def _test() -> dict[str, Any]:
    """Return the schema of the conditions that look at one fact: its name, and exactly one test."""
    properties: dict[str, Any] = {
        "field": {
            "description": "The name of the fact, without surrounding spaces.",
            "type": "string",
            "pattern": r"^[^ \t\n\r]([\s\S]*[^ \t\n\r])?$",
        },
        "one_of": {
            "description": "The fact equals one of these values.",
            "type": "array",
            "items": _ref("value"),
            "minItems": 1,
        },
        "present": {
            "description": "Whether the fact has a value: not null, not blank, not empty.",
            "type": "boolean",
        },
    }
    for operator, meaning in _MEANINGS.items():
        value = _ref("ordered_value" if operator.asks_order else "value")
        properties[operator.value] = {"description": meaning, **value}
    description = "A test of one fact: its name, and one of the other keys."
    return {**_table(properties, description, required=["field"]), "minProperties": 2, "maxProperties": 2}


def _values() -> dict[str, Any]:
    others = [_ref(each) for each in ("decimal", "instant", "duration", "quoted")]
    return {
        "condition_value": {
            "description": "Text, a number, true or false, or a decimal, an instant or a duration.",
            "anyOf": [{"type": ["string", "number", "boolean"]}, *others],
        },
        "condition_ordered_value": {
            "description": "A value that has an order: any but true and false.",
            "anyOf": [{"type": ["string", "number"]}, *others],
        },
        "condition_decimal": _table(
            {"decimal": {"type": "string", "examples": ["0.10"]}},
            "A decimal number, exactly.",
            required=["decimal"],
        ),
        "condition_instant": _table(
            {"instant": {"type": "string", "examples": ["2026-03-29T01:30:00Z"]}},
            "A date and time with a zone, in ISO 8601.",
            required=["instant"],
        ),
        "condition_quoted": _table(
            {"text": {"type": "string", "examples": ["8h"]}},
            "A text, where an order is asked for and it would look like a duration.",
            required=["text"],
        ),
        "condition_duration": {
            **_table(
                {unit: {"type": "integer"} for unit in UNITS},
                "A duration: the sum of what is given.",
            ),
            "minProperties": 1,
        },
    }


def _compound(key: str, description: str) -> dict[str, Any]:
    return _table({key: {"type": "array", "items": {"$ref": _to("condition")}}}, description, required=[key])


def _table(
    properties: dict[str, Any], description: str, *, required: list[str] | None = None
) -> dict[str, Any]:
    table = {
        "description": description,
        "type": "object",
        "properties": properties,
        "additionalProperties": False,
    }
    return {**table, "required": required} if required else table


def _ref(name: str) -> dict[str, Any]:
    return {"$ref": _to(f"condition_{name}")}


def _to(name: str) -> str:
    return f"#/$defs/{name}"
