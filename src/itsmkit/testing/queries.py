"""
Hypothesis strategies for questions to a store, and for tickets that answer them.

This module needs hypothesis. There are few names and few values of each kind, so that facts and conditions
meet often.
"""

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

from hypothesis import strategies as st

from itsmkit.conditions import (
    AllOf,
    AnyOf,
    Comparison,
    Condition,
    Membership,
    Not,
    Operator,
    Presence,
    Scalar,
)
from itsmkit.plugin import Order

__all__ = ["conditions_of", "orders", "ticket_conditions", "ticket_details"]

_DETAILS = ["colour", "cost", "due at"]
_FIELDS = [*_DETAILS, "title", "requester", "number", "state", "opened_at", "reassignments", "nobody has it"]

_TEXTS = st.sampled_from(["", " ", "red", "Red", "10", "9", "é", "\uffff", "\U0001f600", "INC-1"])
_NUMBERS = st.integers(-2, 3) | st.sampled_from(
    [0.1, 1.0, -0.0, 1e23, -1e-7, Decimal("0.10"), Decimal("1E+3"), Decimal("-2.5"), 10**30, -(10**30)]
)
_INSTANTS = st.integers(-1, 2).map(lambda hours: datetime(2026, 3, 2, 9, tzinfo=UTC) + timedelta(hours=hours))
_DURATIONS = st.sampled_from(
    [timedelta(0), timedelta(hours=-1), timedelta(hours=8), timedelta(microseconds=1)]
)
_SCALARS: st.SearchStrategy[Scalar] = st.one_of(_TEXTS, st.booleans(), _NUMBERS, _INSTANTS, _DURATIONS)
_WITHOUT_KIND = st.sampled_from([None, (), ("red",), b"red", frozenset({1}), datetime(2026, 3, 2)])  # noqa: DTZ001


def ticket_details() -> st.SearchStrategy[dict[str, Any]]:
    """Return details of a new ticket: of every kind that conditions know, of none, and missing."""
    own = st.dictionaries(st.sampled_from(_DETAILS), _SCALARS | _WITHOUT_KIND)
    texts = _TEXTS.filter(str.strip)
    known = st.fixed_dictionaries({}, optional={"title": texts, "requester": st.none() | texts})
    return st.builds(lambda *parts: {name: each for part in parts for name, each in part.items()}, own, known)


def conditions_of(
    fields: st.SearchStrategy[str], values: st.SearchStrategy[Scalar], *, max_leaves: int
) -> st.SearchStrategy[Condition]:
    """
    Return conditions of every shape.

    Args:
        fields: The names that they ask for.
        values: What they compare with; only what has an order is compared by order.
        max_leaves: About how many comparisons one has at most.
    """
    equality = st.sampled_from([Operator.EQUALS, Operator.NOT_EQUALS])
    ordered = values.filter(lambda value: not isinstance(value, bool))
    tests = st.one_of(
        st.builds(Comparison, fields, equality, values),
        st.builds(Comparison, fields, st.sampled_from(Operator), ordered),
        st.builds(Membership, fields, st.lists(values, min_size=1, max_size=4)),
        st.builds(Presence, fields),
    )
    return st.recursive(
        tests,
        lambda parts: st.one_of(
            st.builds(AllOf, st.lists(parts, max_size=3)),
            st.builds(AnyOf, st.lists(parts, max_size=3)),
            st.builds(Not, parts),
        ),
        max_leaves=max_leaves,
    )


def ticket_conditions() -> st.SearchStrategy[Condition]:
    """Return conditions about such tickets."""
    return conditions_of(st.sampled_from(_FIELDS), _SCALARS, max_leaves=6)


def orders() -> st.SearchStrategy[list[Order]]:
    """Return what such tickets are sorted by."""
    one = st.builds(Order, st.sampled_from(_FIELDS), st.booleans())
    return st.lists(one, max_size=3, unique_by=lambda order: order.field)
