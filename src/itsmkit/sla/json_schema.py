"""The JSON Schema of agreements and their calendars, for editors that check and complete while one writes."""

from typing import Any

from itsmkit._schemas import DIALECT, SchemaMaker, embedded
from itsmkit.calendars.amount import PlainAmount, _Days
from itsmkit.calendars.json_schema import calendar_schema
from itsmkit.conditions import Condition, condition_schema
from itsmkit.sla.agreement import CalendarRule, ServiceLevelAgreement
from itsmkit.sla.checkpoint import Checkpoint
from itsmkit.sla.leg_chain import LegChain
from itsmkit.sla.legs import OperationalLevelAgreement, UnderpinningContract
from itsmkit.sla.mapping_form import (
    _Agreement,
    _Chain,
    _Checkpoint,
    _Contract,
    _Document,
    _Leg,
    _Rule,
    _Target,
)
from itsmkit.sla.target import Target

__all__ = ["agreements_schema"]


def agreements_schema() -> dict[str, Any]:
    """
    Return the JSON Schema (draft 2020-12) of the mapping form of agreements.

    Returns:
        A new mapping on each call, ready for JSON.

    >>> list(agreements_schema()["properties"])
    ['calendars', 'agreements', 'operational_agreements', 'contracts', 'chains']
    """
    calendar, definitions = embedded(calendar_schema(), "calendar")
    condition = condition_schema()
    tables = SchemaMaker({})
    text = {"type": "string", "examples": ["8h", "1h30min", "3 business days"]}
    at = {"type": "string", "examples": ["75%", "30min before", "breach", "2h after"]}
    maker = SchemaMaker(
        {
            Condition: {"$ref": "#/$defs/condition"},
            PlainAmount: {"anyOf": [text, tables.of(_Days)]},
            Checkpoint: {"anyOf": [at, tables.of(_Checkpoint)]},
        },
        fields={
            (_Document, "calendars"): {
                "description": "The calendars, by name.",
                "type": "object",
                "additionalProperties": {"$ref": "#/$defs/calendar"},
            }
        },
        words={
            _Agreement: [ServiceLevelAgreement],
            _Rule: [CalendarRule],
            _Target: [Target],
            _Leg: [OperationalLevelAgreement],
            _Contract: [UnderpinningContract, OperationalLevelAgreement],
            _Chain: [LegChain],
        },
    )
    table = maker.table(_Document)
    return {
        "$schema": DIALECT,
        "title": "Agreements",
        "description": "What a desk has promised, and in which hours.",
        **table,
        "$defs": {
            **condition["$defs"],
            **definitions,
            "calendar": calendar,
            **tables.definitions,
            **maker.definitions,
        },
    }
