"""The JSON Schema of the configuration of a desk, for editors that check ``desk.toml`` while one writes."""

from collections.abc import Mapping
from typing import Any

from attrs import fields

from itsmkit._schemas import DIALECT, NAME, SchemaMaker, embedded
from itsmkit.cmdb.class_model_form import STANDARD
from itsmkit.cmdb.json_schema import class_model_schema
from itsmkit.conditions import Condition
from itsmkit.desk._config_document import _Cmdb, _Document
from itsmkit.desk._kind_forms import CategoriesTable, CategoryTable, FieldTable, KindTable, VariantsTable
from itsmkit.money import Money
from itsmkit.practices import EscalationPolicy, FieldKind
from itsmkit.practices.forms import Form
from itsmkit.sla.json_schema import agreements_schema
from itsmkit.workflow import WorkflowDefinition, definition_schema

__all__ = ["desk_schema"]


def desk_schema() -> dict[str, Any]:
    """
    Return the JSON Schema (draft 2020-12) of the configuration of a desk.

    What it refuses, `DeskConfig.load` refuses too, but not the other way round: it cannot follow names, such
    as that of a calendar, nor tell whether a workflow makes sense.

    Returns:
        A new mapping on each call, ready for JSON.

    >>> desk_schema()["properties"]["desk"]
    {'$ref': '#/$defs/Desk'}
    """
    workflow, workflow_definitions = embedded(definition_schema(), "workflow")
    model, model_definitions = embedded(class_model_schema(), "model")
    agreements = agreements_schema()
    book: Mapping[str, Any] = agreements["properties"]
    file = {"description": "The path of a TOML or JSON file, beside this one.", "type": "string"}
    nothing = {"type": "null"}
    any_workflow = {"anyOf": [NAME, {"$ref": "#/$defs/workflow"}]}
    field_or_kind = {"anyOf": [{"enum": [each.value for each in FieldKind]}, {"$ref": "#/$defs/FieldTable"}]}
    maker = SchemaMaker(
        {
            Condition: {"$ref": "#/$defs/condition"},
            WorkflowDefinition: {"$ref": "#/$defs/workflow"},
            Money: {"type": "string", "examples": ["80.50 EUR"]},
            Form: {"description": "A form: see itsmkit.practices.forms.", "type": "object"},
        },
        fields={
            **{(_Document, each.name): book[each.name] for each in fields(_Document) if each.name in book},
            (_Document, "escalation"): {
                "description": "Who is told at which checkpoint; or all that is said about escalation.",
                "anyOf": [
                    {"type": "array", "items": {"$ref": "#/$defs/EscalationStep"}},
                    {"$ref": "#/$defs/EscalationPolicy"},
                ],
            },
            (_Document, "cmdb"): {"anyOf": [{"$ref": "#/$defs/Cmdb"}, nothing]},
            (_Cmdb, "model"): {
                "description": "The class model; left out, the standard relation types and any class.",
                "anyOf": [{"const": STANDARD}, file, {"$ref": "#/$defs/model"}, nothing],
            },
            (_Cmdb, "reconciliation"): {
                "description": "By which rules what several sources say becomes the configuration.",
                "anyOf": [file, {"type": "object"}, nothing],
            },
            (KindTable, "workflow"): {
                "description": "The name of a standard workflow, the path of a TOML file, or a workflow.",
                "anyOf": [*any_workflow["anyOf"], nothing],
            },
            (VariantsTable, "workflows"): _by_name(any_workflow),
            (KindTable, "fields"): {"anyOf": [_by_name(field_or_kind), nothing]},
            (CategoriesTable, "nodes"): _by_name(
                {"anyOf": [{"type": "string"}, {"$ref": "#/$defs/CategoryTable"}]}
            ),
        },
    )
    for table in (_Cmdb, FieldTable, CategoryTable, EscalationPolicy):
        maker.of(table)
    document = maker.table(_Document)
    return {
        "$schema": DIALECT,
        "title": "Configuration of a desk",
        "description": "The rules of a service desk, as itsmkit reads them.",
        **document,
        "$defs": {
            **agreements["$defs"],
            **workflow_definitions,
            **model_definitions,
            "workflow": workflow,
            "model": model,
            **maker.definitions,
        },
    }


def _by_name(schema: Mapping[str, Any]) -> dict[str, Any]:
    return {"type": "object", "additionalProperties": schema}
