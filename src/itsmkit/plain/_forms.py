"""The types whose JSON is not simply that of their fields, and what of their fields is written otherwise."""

from collections.abc import Callable, Mapping
from importlib import import_module
from typing import Any, NamedTuple

from itsmkit._frozen import EMPTY, deeply_frozen
from itsmkit.plugin.documents import Upgrade

__all__ = ["DECLARED", "FAMILIES", "KEYS", "STAND_INS", "StandIn", "UPGRADES", "stand_in_of"]


class StandIn(NamedTuple):
    """
    What is written in the place of a value.

    Args:
        kind: What it is declared to be. If it is made of fields, the JSON has these, otherwise a ``value``.
        made_of: Makes it of a value.
        back: Makes the value again; raises a ``ValueError`` with all that is wrong.
    """

    kind: Any
    made_of: Callable[[Any], Any]
    back: Callable[[Any], Any]


FAMILIES = frozenset({"conditions.condition", "practices.automation.trigger"})
"""The types that all classes below share: what stands in the document tells them apart."""

KEYS: Mapping[str, Mapping[str, str]] = {
    "cmdb.reconciliation.unknown-relation-type": {"type": "relation_type"},
    "cmdb.source-relation": {"type": "relation_type"},
    "interchange.inventory.attribute-column": {"type": "column_type"},
    "interchange.inventory.relation-column": {"type": "relation_type"},
}
"""The keys of fields that are not called as in the class, since ``type`` and ``schema`` are taken."""

DECLARED: Mapping[str, Mapping[str, Any]] = {
    "calendars.recurrence": {"first": object},  # what a clock shows, without a zone: no instant
}
"""What fields are, where it is not what they are declared to be."""

UPGRADES: Mapping[str, tuple[Upgrade, ...]] = EMPTY
"""What turns schema 1 of a type into 2, 2 into 3 and so on."""

STAND_INS: Mapping[str, tuple[str, str, str]] = {
    "calendars.business-calendar": ("itsmkit.calendars.mapping_form", "to_mapping", "calendar_from"),
    "conditions.condition": ("itsmkit.conditions", "to_mapping", "condition_from"),
    "conditions.fact-schema": ("itsmkit.conditions", "schema_to_mapping", "schema_from"),
    "money.money": ("itsmkit.plain._stand_ins", "money_text", "money_from"),
    "practices.automation.trigger": (
        "itsmkit.practices.automation",
        "trigger_to_mapping",
        "trigger_from",
    ),
    "cmdb.history.configuration-timeline": ("itsmkit.plain._stand_ins", "timeline_parts", "timeline_of"),
    "cmdb.reconciliation.reconciliation": ("itsmkit.plain._stand_ins", "staging_parts", "reconciled"),
}
"""
The types that have a plain form of their own: the module, what makes that form, and what reads it.

Most are the mapping forms in which definitions are written by hand, too.
"""


def stand_in_of(name: str) -> StandIn | None:
    """Return what is written for values of the type that is called *name*, or ``None`` for their fields."""
    if name not in STAND_INS:
        return None
    place, made_of, back = STAND_INS[name]
    module = import_module(place)
    kind = module.__dict__.get("STAND_IN_KINDS", EMPTY).get(made_of, object)
    written, read = getattr(module, made_of), getattr(module, back)
    if kind is not object:
        return StandIn(kind, written, read)
    return StandIn(object, lambda value: deeply_frozen(written(value)), read)
