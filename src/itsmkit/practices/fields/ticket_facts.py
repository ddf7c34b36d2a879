"""Which facts tickets have: what conditions on them are checked against."""

from collections.abc import Iterable, Iterator, Mapping

from itsmkit._frozen import FrozenDict
from itsmkit.conditions import (
    AllOf,
    AnyOf,
    Comparison,
    Condition,
    FactSchema,
    FactType,
    Membership,
    Not,
    Presence,
    fields_of,
    type_problems,
)
from itsmkit.practices.fields.field_set import FieldSet

__all__ = ["TICKET_FACTS", "fact_schema", "ticket_condition_problems"]

_TEXT, _NUMBER, _INSTANT = FactType("text"), FactType("number"), FactType("instant")

TICKET_FACTS: Mapping[str, FactType] = FrozenDict(
    {
        **dict.fromkeys(
            (
                *("kind", "number", "state", "title", "requester", "channel", "site", "service"),
                *("configuration_item", "category", "impact", "urgency", "priority", "support_group"),
                *("assignee", "owner", "affected_person", "organisation", "restricted_to", "merged_into"),
            ),
            _TEXT,
        ),
        "state_category": FactType(
            "text", choices=["new", "active", "pending", "resolved", "closed", "cancelled"]
        ),
        **dict.fromkeys(("reassignments", "reopens", "fields_version"), _NUMBER),
        **dict.fromkeys(("opened_at", "updated_at", "needed_by", "need_met_at"), _INSTANT),
    }
)
"""The facts that tickets of every kind have, beside those of their parts, such as `tag.urgent`."""


def fact_schema(sets: Iterable[FieldSet | None]) -> FactSchema:
    """
    Return the facts of tickets whose kinds have the fields of *sets*.

    A name that two kinds use for different things is left out: nothing can be told of it.
    """
    types = dict(TICKET_FACTS)
    unlike: set[str] = set()
    for each in sets:
        for name, found in {} if each is None else each.fact_schema.types.items():
            if name in TICKET_FACTS:
                types[name] = found
            elif types.setdefault(name, found) != found:
                unlike.add(name)
    return FactSchema({name: found for name, found in types.items() if name not in unlike})


def ticket_condition_problems(condition: Condition, schema: FactSchema, *, where: str) -> tuple[str, ...]:
    """
    Return everything in *condition* that can never be meant of the facts in *schema*.

    A fact that the schema does not know may be a detail that nobody declared, and is let pass.

    Args:
        condition: Any condition.
        schema: The facts whose types are known.
        where: The path of the condition, which starts every problem's path.
    """
    if fields_of(condition) <= schema.types.keys():
        return type_problems(condition, schema, where=where)
    return tuple(
        f"{where}: {problem.partition(': ')[2]}"
        for leaf in _leaves(condition)
        if leaf.field in schema.types
        for problem in type_problems(leaf, schema)
    )


def _leaves(condition: Condition) -> Iterator[Comparison | Membership | Presence]:
    if isinstance(condition, Not):
        yield from _leaves(condition.condition)
    elif isinstance(condition, AllOf | AnyOf):
        for part in condition.conditions:
            yield from _leaves(part)
    else:
        # There is no other, as `fields_of` has seen.
        assert isinstance(condition, Comparison | Membership | Presence)  # noqa: S101
        yield condition
