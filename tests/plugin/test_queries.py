from typing import Any

import pytest

from itsmkit.conditions import ALWAYS, equals
from itsmkit.errors import DefinitionError
from itsmkit.plugin import Order, TicketQuery


def test_a_query_asks_for_everything_by_default() -> None:
    assert TicketQuery() == TicketQuery(ALWAYS, (), 50, None)


@pytest.mark.parametrize(
    ("given", "orders"),
    [
        pytest.param("number", (Order("number"),), id="one text"),
        pytest.param(Order("number", descending=True), (Order("number", descending=True),), id="one order"),
        pytest.param(["a", Order("b")], (Order("a"), Order("b")), id="both"),
        pytest.param((each for each in "abcde"), tuple(map(Order, "abcde")), id="as many as there may be"),
    ],
)
def test_orders_may_be_written_short(given: Any, orders: tuple[Order, ...]) -> None:
    assert TicketQuery(order_by=given).order_by == orders


@pytest.mark.parametrize(
    ("parts", "problem"),
    [
        (
            {"where": "state = 'New'"},
            "where must be a condition, not str \"state = 'New'\"; see",
        ),
        ({"where": None}, "where must be a condition, not NoneType None"),
        ({"limit": 0}, "limit must be a whole number from 1 to 1000, not int 0"),
        ({"limit": 1001}, "not int 1001"),
        ({"limit": True}, "not bool True"),
        ({"limit": "9"}, "not str '9'"),
        ({"order_by": [7]}, "order_by must name facts, not int 7"),
        ({"order_by": ["a", Order("a", descending=True)]}, "order_by: 'a' stands there more than once"),
        ({"order_by": ["abcdef"]}, None),
        ({"order_by": list("abcdef")}, "order_by: 6 are too many; 5 are the most"),
        ({"order_by": [" a"]}, "Order.field must be a name without surrounding spaces"),
    ],
)
def test_a_query_is_valid_from_birth(parts: dict[str, Any], problem: str | None) -> None:
    if problem is None:
        assert TicketQuery(**parts).order_by == (Order("abcdef"),)
        return
    with pytest.raises(DefinitionError) as raised:
        TicketQuery(where=parts.pop("where", equals("state", "New")), **parts)
    assert problem in str(raised.value)
