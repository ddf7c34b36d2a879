"""
The JSON Schemas of class models and configurations, for editors that check and complete while one writes.

They say what the mapping forms say. They cannot follow names: that a class is known, or that an item is not
declared twice, is told when a document is read. So what they refuse is refused then as well, but not the
other way round. Instants are text here, as JSON has them; editors of TOML show its own ones as text too.
"""

from typing import Any

from itsmkit.cmdb.class_model_form import STANDARD
from itsmkit.cmdb.relation import Flow
from itsmkit.cmdb.seed import Provenance
from itsmkit.conditions import FactKind

__all__ = ["class_model_schema", "configuration_schema"]

_DIALECT = "https://json-schema.org/draft/2020-12/schema"
_NAME = {"type": "string", "pattern": r"^[^ \t\n\r]([\s\S]*[^ \t\n\r])?$"}
_NAMES = {"type": "array", "items": _NAME, "uniqueItems": True}
_SENTENCE = {"type": "string", "pattern": r"^\s*\S+(\s+\S+){2,}\s*$"}
_INSTANT = {"type": "string", "examples": ["2026-03-29T09:00:00Z"]}


def class_model_schema() -> dict[str, Any]:
    """
    Return the JSON Schema (draft 2020-12) of the mapping form of class models.

    Returns:
        A new mapping on each call, ready for JSON.

    >>> sorted(class_model_schema()["properties"])
    ['allowed', 'classes', 'extends', 'facets', 'relation_types', 'replacing', 'standard_relation_types']
    """
    return {"$schema": _DIALECT, **_model(), "$defs": _definitions()}


def configuration_schema() -> dict[str, Any]:
    """
    Return the JSON Schema (draft 2020-12) of the mapping form of configurations.

    Returns:
        A new mapping on each call, ready for JSON.

    >>> sorted(configuration_schema()["properties"])
    ['items', 'levels', 'model', 'overrides', 'redundancy', 'relations', 'seeds']
    """
    return {
        "$schema": _DIALECT,
        "title": "Configuration",
        "description": "What there is, how it is related, and what of it has failed.",
        **_table(
            {
                "model": {
                    "description": "The class model; left out, the standard relation types and any class.",
                    "anyOf": [{"const": STANDARD}, _ref("class_model"), {"type": "null"}],
                },
                "levels": {
                    "description": "From the best to the worst; left out, up, degraded, down.",
                    "anyOf": [{**_NAMES, "minItems": 2}, {"type": "null"}],
                },
                "items": _list("item"),
                "relations": _list("relation"),
                "redundancy": _list("redundancy_set"),
                "seeds": _list("seed"),
                "overrides": _list("override"),
            }
        ),
        "$defs": {**_definitions(), "class_model": _model(), **_record_definitions()},
    }


def _model() -> dict[str, Any]:
    return {
        "title": "Class model",
        "description": "Which kinds of configuration items there are, and how they may be related.",
        **_table(
            {
                "extends": {
                    "description": "The class model that this one adds to.",
                    "enum": [STANDARD, None],
                },
                "replacing": {
                    "description": "The names of what is said anew of it.",
                    "type": "array",
                    "items": {"type": "string"},
                },
                "standard_relation_types": {
                    "description": "Whether the standard relation types are there without being declared.",
                    "type": "boolean",
                },
                "facets": _list("facet"),
                "relation_types": _list("relation_type"),
                "classes": _list("class"),
                "allowed": _list("allowed"),
            }
        ),
    }


def _definitions() -> dict[str, Any]:
    return {
        "attributes": {
            "description": "The types of attributes, by name.",
            "type": "object",
            "propertyNames": _NAME,
            "additionalProperties": {"anyOf": [_ref("kind"), _ref("attribute_type")]},
        },
        "kind": {"description": "What values an attribute has.", "enum": [each.value for each in FactKind]},
        "attribute_type": _table(
            {
                "kind": _ref("kind"),
                "choices": _optional({"type": "array", "minItems": 1}),
                "optional": {"type": "boolean"},
            },
            required=["kind"],
        ),
        "facet": {
            "description": "Attributes that belong together.",
            **_table({"name": _NAME, "attributes": _ref("attributes")}, required=["name"]),
        },
        "effect": {
            "description": "What the dependent feels of the provider's level.",
            "anyOf": [
                {"type": "string", "pattern": "^(same|none|at most .*)$"},
                {"type": "object", "additionalProperties": {"type": "string"}},
            ],
        },
        "relation_type": {
            "description": "A kind of relation, and which way impact goes along it.",
            **_table(
                {
                    "name": {**_NAME, "description": "What the source does to the target."},
                    "inverse": {**_NAME, "description": "What the target does to the source."},
                    "flow": {"enum": [each.value for each in Flow]},
                    "effect": _ref("effect"),
                },
                required=["name", "inverse", "flow"],
            ),
        },
        "weight": {
            "description": "A whole number, or a fraction as text.",
            "anyOf": [{"type": "integer"}, {"type": "string", "examples": ["1/3"]}],
        },
        "weights": {"type": "object", "additionalProperties": _ref("weight")},
        "rule": {
            "description": "How many providers are needed.",
            "anyOf": [
                {
                    "type": "string",
                    "pattern": r"^(all|any|at least [0-9]+|(influence )?[0-9]+(\.[0-9]+|/[0-9]+)? ?%)$",
                    "examples": ["all", "any", "at least 2", "50 %", "influence 30 %"],
                },
                _table({"need": _ref("weight"), "weights": _ref("weights")}, required=["need"]),
                _table(
                    {"clauses": {"type": "array", "items": _ref("clause"), "minItems": 1}},
                    required=["clauses"],
                ),
            ],
        },
        "clause": {
            "description": "Members of so much weight at one level put the dependent at another.",
            **_table(
                {
                    "members_at": _NAME,
                    "weight": _ref("weight"),
                    "then": _NAME,
                    "weights": _ref("weights"),
                },
                required=["members_at", "weight", "then"],
            ),
        },
        "impact_rule": {
            "description": "Redundancy that all items of the class share.",
            **_table(
                {"name": _NAME, "relation_type": _NAME, "rule": _ref("rule"), "provider_class": _NAME},
                required=["name", "relation_type", "rule"],
            ),
        },
        "class": {
            "description": "A kind of configuration item.",
            **_table(
                {
                    "name": _NAME,
                    "parent": {"description": "What it is a kind of.", "type": ["string", "null"]},
                    "facets": _NAMES,
                    "attributes": _ref("attributes"),
                    "identifiers": {
                        "description": "Sets of attributes that tell items apart, the surest first.",
                        "type": "array",
                        "items": {**_NAMES, "minItems": 1},
                    },
                    "required": _NAMES,
                    "recommended": _NAMES,
                    "impact_rules": _list("impact_rule"),
                    "stale_after": {"type": ["string", "null"], "examples": ["30d", "8h"]},
                    "orphan_rule": _optional(_NAMES),
                    "operational": {"type": ["boolean", "null"]},
                    "leaf": {"type": ["boolean", "null"]},
                    "inherit": {"type": "boolean"},
                },
                required=["name"],
            ),
        },
        "allowed": {
            "description": "Which relations may be: a sentence, or a table.",
            "anyOf": [
                {**_SENTENCE, "examples": ["software runs_on host"]},
                _table(
                    {
                        "source": _ref("one_or_several"),
                        "type": _NAME,
                        "target": _ref("one_or_several"),
                        **{f"at_least_{end}": {"type": "integer", "minimum": 0} for end in _ENDS},
                        **{f"at_most_{end}": _optional({"type": "integer", "minimum": 1}) for end in _ENDS},
                    },
                    required=["source", "type", "target"],
                ),
            ],
        },
        "one_or_several": {"anyOf": [_NAME, {"type": "array", "items": _NAME, "minItems": 1}]},
    }


_ENDS = ("targets", "sources")


def _record_definitions() -> dict[str, Any]:
    span = {
        "since": {**_optional(_INSTANT), "description": "From when on it holds; left out, always."},
        "until": {**_optional(_INSTANT), "description": "Up to when, not included; left out, for ever."},
    }
    timed = {**span, "sources": _NAMES, "last_seen": _optional(_INSTANT)}
    return {
        "item": {
            "description": "A configuration item.",
            **_table(
                {
                    "id": _NAME,
                    "class": _NAME,
                    "name": {**_optional(_NAME), "description": "Left out, the id."},
                    "attributes": {"type": "object"},
                    **timed,
                },
                required=["id", "class"],
            ),
        },
        "relation": {
            "description": "A relation: a sentence, or a table.",
            "anyOf": [
                {**_SENTENCE, "examples": ["shop depends_on web-1"]},
                _table(
                    {
                        "source": _NAME,
                        "type": _NAME,
                        "target": _NAME,
                        "qualifier": {"type": "string"},
                        "effect": _optional(_ref("effect")),
                        "attributes": {"type": "object"},
                        **timed,
                    },
                    required=["source", "type", "target"],
                ),
            ],
        },
        "redundancy_set": {
            "description": "Providers of one item that can stand in for each other.",
            **_table(
                {
                    "dependent": _NAME,
                    "name": _NAME,
                    "members": {**_NAMES, "minItems": 1},
                    "rule": _ref("rule"),
                    "relation_type": {"type": ["string", "null"]},
                    **timed,
                },
                required=["dependent", "name", "members", "rule"],
            ),
        },
        "seed": {
            "description": "An item that is at a level for a reason of its own: its id, or a table.",
            "anyOf": [
                _NAME,
                _table(
                    {
                        "ci": _NAME,
                        "level": {"type": ["string", "null"]},
                        "provenance": {"enum": [each.value for each in Provenance]},
                        **span,
                    },
                    required=["ci"],
                ),
            ],
        },
        "override": {
            "description": "A ruling that an item is no worse than a level.",
            **_table(
                {
                    "ci": _NAME,
                    "level": _NAME,
                    "author": _NAME,
                    "expires": _INSTANT,
                    "reason": {"type": "string"},
                },
                required=["ci", "level", "author", "expires"],
            ),
        },
    }


def _list(name: str) -> dict[str, Any]:
    return {"type": "array", "items": _ref(name)}


def _optional(schema: dict[str, Any]) -> dict[str, Any]:
    """Return the schema of what may be ``null``, which is as good as left out."""
    return {"anyOf": [schema, {"type": "null"}]}


def _table(properties: dict[str, Any], *, required: list[str] | None = None) -> dict[str, Any]:
    return {
        "type": "object",
        "properties": properties,
        "required": required or [],
        "additionalProperties": False,
    }


def _ref(name: str) -> dict[str, Any]:
    return {"$ref": f"#/$defs/{name}"}
