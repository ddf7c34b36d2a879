"""
Conditions on answers as JSON Schema: what holds for the answers is valid by it, and the other way round.

Not every condition can be said so: JSON Schema orders numbers and nothing else, and knows nothing of what the
form is told from outside.
"""

from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import Any, TypeAlias

from itsmkit._frozen import FrozenDict
from itsmkit.conditions import (
    AllOf,
    AnyOf,
    Comparison,
    Condition,
    Membership,
    Not,
    Operator,
    Presence,
    compile_condition,
)
from itsmkit.practices.forms.form_field import FormField, FormFieldKind, answer_facts

__all__ = ["ANYTHING", "NOTHING", "Rule", "filled", "rule_of"]

Rule: TypeAlias = dict[str, Any]
"""A JSON Schema of a whole mapping of answers."""

ANYTHING: Mapping[str, Any] = FrozenDict()
NOTHING: Mapping[str, Any] = FrozenDict({"not": {}})

_EXACT = 2**53
"""Up to here, every whole number is a float, so that all readers of JSON compare alike."""

_BOUNDS = {
    Operator.LESS: "exclusiveMaximum",
    Operator.AT_MOST: "maximum",
    Operator.GREATER: "exclusiveMinimum",
    Operator.AT_LEAST: "minimum",
}

_FILLED: Mapping[FormFieldKind, Rule] = {
    FormFieldKind.NUMBER: {"type": "number"},
    FormFieldKind.YES_NO: {"type": "boolean"},
    FormFieldKind.SEVERAL: {"type": "array", "minItems": 1},
}
_TEXT: Rule = {"type": "string", "pattern": r"\S"}

_SPELLED_OTHERWISE = frozenset({FormFieldKind.INSTANT, FormFieldKind.DURATION, FormFieldKind.MONEY})
"""Whose texts do not tell by themselves whether two answers are the same."""


def filled(field: FormField) -> Rule:
    """Return the schema of an answer to *field* that is not empty."""
    return dict(_FILLED.get(field.kind, _TEXT))


def rule_of(
    condition: Condition, fields: Mapping[str, FormField], shown: Callable[[str], Rule | None]
) -> Rule | None:
    """
    Return the schema of the answers for which *condition* holds; ``None`` if it cannot be said.

    Args:
        condition: Any condition.
        fields: The fields by the facts that their answers give.
        shown: Gives the schema of the answers with which a field is shown, by its name.
    """
    match condition:
        case Comparison(field=name) | Membership(field=name) | Presence(field=name):
            field = fields.get(name)
            return None if field is None else _with_default(condition, name, field, shown)
        case AllOf(conditions=parts) | AnyOf(conditions=parts):
            rules = [rule_of(part, fields, shown) for part in parts]
            if None in rules:
                return None
            if isinstance(condition, AllOf):
                return {"allOf": rules} if rules else dict(ANYTHING)
            return {"anyOf": rules} if rules else dict(NOTHING)
        case Not(condition=part):
            rule = rule_of(part, fields, shown)
            return None if rule is None else {"not": rule}
    return None  # pragma: no cover - these are all conditions that there are


def _with_default(
    test: Condition, name: str, field: FormField, shown: Callable[[str], Rule | None]
) -> Rule | None:
    """Return the schema of a test of one answer, which its default stands for where nothing is said."""
    answer = _answer(test, name, field)
    if answer is None:
        return None
    said = {"properties": {field.name: answer}, "required": [field.name]}
    if field.default is None or not compile_condition(test)(dict(answer_facts(field.name, field.default))):
        return said
    is_shown = shown(field.name)
    if is_shown is None:
        return None
    return {"anyOf": [said, {"allOf": [{"not": {"required": [field.name]}}, is_shown]}]}


def _answer(test: Condition, name: str, field: FormField) -> Rule | None:
    """Return the schema of one answer that passes a test; ``None`` if it cannot be said."""
    if isinstance(test, Presence):
        return filled(field) if name == field.name else _choosing(name, field)
    if name != field.name:
        return _choice_test(test, name, field)
    if field.kind in _SPELLED_OTHERWISE:
        return None
    if isinstance(test, Membership):
        values = [_literal(value) for value in test.values]
        return None if None in values else {**filled(field), "enum": values}
    if not isinstance(test, Comparison):
        return None  # pragma: no cover - these are all tests that there are
    value = _literal(test.value)
    if value is None:
        return None
    match test.operator:
        case Operator.EQUALS:
            return {**filled(field), "const": value}
        case Operator.NOT_EQUALS:
            return {**filled(field), "not": {"const": value}}
    return {**filled(field), _BOUNDS[test.operator]: value} if field.kind is FormFieldKind.NUMBER else None


def _choosing(name: str, field: FormField) -> Rule:
    return {**filled(field), "contains": {"const": name.removeprefix(f"{field.name}.")}}


def _choice_test(test: Condition, name: str, field: FormField) -> Rule:
    """Return the schema of a test of one of several choices, of which the fact is true or missing."""
    return _choosing(name, field) if compile_condition(test)({name: True}) else dict(NOTHING)


def _literal(value: object) -> object:
    """Return a literal as JSON has it; ``None`` if readers of JSON could take it for another."""
    if isinstance(value, str | bool):
        return value
    if isinstance(value, int | float):
        return value if abs(value) <= _EXACT else None
    if isinstance(value, Decimal) and abs(value) <= _EXACT and Decimal(repr(float(value))) == value:
        return float(value)
    return None
