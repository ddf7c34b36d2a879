"""
The JSON Schema of workflow definitions, for editors that check and complete TOML and JSON while one writes.

It says what the mapping form says. It cannot follow names: that a state is known, or that a trigger is not
declared twice, is told when a definition is read. So what it refuses is refused then as well, but not the
other way round.
"""

from typing import Any

from itsmkit.conditions import condition_schema
from itsmkit.workflow.state import StateCategory

__all__ = ["definition_schema"]

_NAME = {"type": "string", "pattern": r"^[^ \t\n\r]([\s\S]*[^ \t\n\r])?$"}
_SENTENCE = {**_NAME, "description": "A sentence for people."}


def definition_schema() -> dict[str, Any]:
    """
    Return the JSON Schema (draft 2020-12) of the mapping form.

    Returns:
        A new mapping on each call, ready for JSON.

    >>> definition_schema()["required"]
    ['name', 'initial', 'states', 'transitions']
    """
    conditions = condition_schema()
    return {
        "$schema": conditions["$schema"],
        "title": "Workflow definition",
        "description": "The states that a kind of ticket can be in, and the ways between them.",
        **_table(
            {
                "name": {**_NAME, "description": "What the workflow is called."},
                "version": {**_NAME, "description": "What tells two definitions of the same name apart."},
                "initial": {**_NAME, "description": "The name of the state that tickets begin in."},
                "states": {
                    "description": "By name, in the order in which they are to be shown.",
                    "type": "object",
                    "propertyNames": _NAME,
                    "additionalProperties": {"anyOf": [_ref("category"), _ref("state")]},
                },
                "composites": {
                    "description": "States that belong together, by the name of the whole.",
                    "type": "object",
                    "propertyNames": _NAME,
                    "additionalProperties": _ref("composite"),
                },
                "guards": {
                    "description": "What transitions and states ask for by name.",
                    "type": "object",
                    "propertyNames": _NAME,
                    "additionalProperties": _ref("own_guard"),
                },
                "transitions": {
                    "description": "In order of preference.",
                    "type": "array",
                    "items": _ref("transition"),
                },
                "rules": {
                    "description": "What holds whichever way is taken.",
                    "type": "array",
                    "items": _ref("rule"),
                },
            },
            required=["name", "initial", "states", "transitions"],
        ),
        "$defs": {**conditions["$defs"], **_definitions()},
    }


def _definitions() -> dict[str, Any]:
    condition = {"$ref": "#/$defs/condition"}
    guard_texts = {
        "when": condition,
        "reason": {**_SENTENCE, "description": "What is said where the condition does not hold."},
        "otherwise": _optional({**_SENTENCE, "description": "What is said where it holds and must not."}),
    }
    return {
        "names": {
            "description": "Names; a single one may stand for a list of one.",
            "anyOf": [_NAME, {"type": "array", "items": _NAME, "uniqueItems": True}],
        },
        "category": {
            "description": "What a state means, whatever it is called.",
            "enum": [category.value for category in StateCategory],
        },
        "state": {
            "description": "A state that a ticket can be in.",
            **_table(
                {
                    "category": _ref("category"),
                    "required": {**_ref("names"), "description": "Facts that must have a value to enter."},
                    "guards": {**_ref("guards"), "description": "What must hold to enter."},
                    "timers": {
                        "description": "What happens to a ticket that stays.",
                        "type": "array",
                        "items": _ref("timer"),
                    },
                },
                required=["category"],
            ),
        },
        "timer": {
            "description": "Fires a trigger when a ticket has stayed in a state for so long.",
            **_table(
                {
                    "trigger": {**_NAME, "description": "What to fire."},
                    "after": {**_ref("amount"), "description": "Open time, counted from entering the state."},
                    "calendar": _optional(
                        {**_NAME, "description": "The name of a calendar; left out, the usual one."}
                    ),
                },
                required=["trigger", "after"],
            ),
        },
        "amount": {
            "anyOf": [
                {"type": "string", "examples": ["8h", "1h30min", "5 business days"]},
                _table(
                    {
                        "business_days": {"type": "integer"},
                        "count_from": {"type": "string"},
                        "time_of_day": {"type": "string"},
                    },
                    required=["business_days"],
                ),
            ]
        },
        "composite": {
            "description": "States that belong together.",
            **_table(
                {
                    "states": {**_ref("names"), "description": "States, or composite states."},
                    "initial": {**_NAME, "description": "The one that is entered first."},
                },
                required=["states", "initial"],
            ),
        },
        "own_guard": {
            "description": "A condition that must hold, and what to say where it does not.",
            **_table(guard_texts, required=["when", "reason"]),
        },
        "guard": {
            "description": "The name of a guard, guards joined together, or a guard that stands only here.",
            "anyOf": [
                {"type": "string"},
                _table({"not": _ref("guard")}, required=["not"]),
                _table({"all": _several()}, required=["all"]),
                _table({"any": _several()}, required=["any"]),
                _table({"name": _NAME, **guard_texts}, required=["name", "when", "reason"]),
            ],
        },
        "guards": {
            "description": "Guards; a single one may stand for a list of one.",
            "anyOf": [_ref("guard"), {"type": "array", "items": _ref("guard")}],
        },
        "transition": {
            "description": "A way from one or several states to another.",
            **_table(
                {
                    "trigger": {**_NAME, "description": "The verb, such as resolve."},
                    "from": {**_ref("names"), "description": "The states that it leaves."},
                    "to": {**_NAME, "description": "The state that it leads to."},
                    "guards": {**_ref("guards"), "description": "All of them must hold."},
                    "required": {**_ref("names"), "description": "Facts that must have a value."},
                    "roles": {**_ref("names"), "description": "Whoever fires must have one of these."},
                    "effects": {**_ref("names"), "description": "What shall be done once it has moved."},
                },
                required=["trigger", "from", "to"],
            ),
        },
        "rule": {
            "description": "No ticket gets into a state without having passed a gate.",
            **_table(
                {
                    "never_without": {**_NAME, "description": "The name of a state, a trigger or a guard."},
                    "before": {**_NAME, "description": "The name of a state."},
                    "since": _optional(
                        {**_NAME, "description": "The gate must be passed after having been there."}
                    ),
                },
                required=["never_without", "before"],
            ),
        },
    }


def _several() -> dict[str, Any]:
    return {"type": "array", "items": _ref("guard"), "minItems": 2}


def _optional(schema: dict[str, Any]) -> dict[str, Any]:
    """Return the schema of what may be ``null``, which is as good as left out."""
    return {"anyOf": [schema, {"type": "null"}]}


def _table(properties: dict[str, Any], *, required: list[str]) -> dict[str, Any]:
    return {
        "type": "object",
        "properties": properties,
        "required": required,
        "additionalProperties": False,
    }


def _ref(name: str) -> dict[str, Any]:
    return {"$ref": f"#/$defs/{name}"}
