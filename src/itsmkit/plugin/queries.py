"""Questions to a store: which tickets, in which order, page by page."""

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, NamedTuple

from attrs import field, frozen

from itsmkit._checks import is_a, named
from itsmkit._problems import distinct_problems, shown
from itsmkit.conditions import ALWAYS, Condition
from itsmkit.errors import DefinitionError

if TYPE_CHECKING:
    from itsmkit.plugin.storage import StoredTicket

__all__ = ["MAX_ORDERS", "MAX_PAGE", "Order", "TicketPage", "TicketQuery"]

MAX_PAGE = 1000
"""The most tickets on a page."""

MAX_ORDERS = 5
"""The most facts that one query sorts by."""


@frozen
class Order:
    """
    What tickets are sorted by.

    Facts of one kind are sorted as conditions compare them; of different kinds, in the order text, true or
    false (false first), number, instant, duration. What has no kind, such as a list, or is missing, comes
    last, whether descending or not.

    Args:
        field: The name of a fact of the ticket, as conditions see it: `Ticket.facts`.
        descending: Whether the greatest comes first.
    """

    field: str = field(validator=named)
    descending: bool = False


def _condition(_query: object, _attribute: object, where: object) -> None:
    if not isinstance(where, Condition):
        problem = f"where must be a condition, not {shown(where)}; see itsmkit.conditions"
        raise DefinitionError(problem)


def _orders(given: "str | Order | Iterable[str | Order]") -> tuple[Order, ...]:
    listed = [given] if isinstance(given, str | Order) else [*given]
    orders = tuple(Order(each) if isinstance(each, str) else each for each in listed)
    problems = [f"order_by must name facts, not {shown(each)}" for each in orders if not is_a(each, Order)]
    if not problems:
        problems += distinct_problems("order_by", (each.field for each in orders))
    if len(orders) > MAX_ORDERS:
        problems.append(f"order_by: {len(orders)} are too many; {MAX_ORDERS} are the most")
    if problems:
        raise DefinitionError(*problems)
    return orders


def _in_bounds(_query: object, _attribute: object, limit: object) -> None:
    if type(limit) is not int or not 1 <= limit <= MAX_PAGE:
        problem = f"limit must be a whole number from 1 to {MAX_PAGE}, not {shown(limit)}"
        raise DefinitionError(problem)


@frozen
class TicketQuery:
    """
    Which tickets to find.

    Args:
        where: What holds for them. Asked about `Ticket.facts`, it gives the same answer on every store.
        order_by: What they are sorted by, at most `MAX_ORDERS`; a text stands for an `Order` by that fact,
            ascending. What this leaves open, and all without it, is in the order in which they were first
            saved.
        limit: The most to return at once, 1 to `MAX_PAGE`.
        after: Where the page before has ended, as its `TicketPage.next` says; ``None`` for the first page.
            A page begins behind that place, whatever has changed since: tickets that neither change nor
            are new come exactly once.

    Raises:
        DefinitionError: If one of them is anything else, or a fact is sorted by twice.
    """

    where: Condition = field(default=ALWAYS, validator=_condition)
    order_by: tuple[Order, ...] = field(default=(), converter=_orders)
    limit: int = field(default=50, validator=_in_bounds)
    after: str | None = None


class TicketPage(NamedTuple):
    """
    Some of the tickets that a query finds.

    Args:
        tickets: The tickets, in the order that was asked for.
        next: What to give as `TicketQuery.after` to go on; ``None`` if there are no more. It is opaque, and
            good for the same `TicketQuery.where` and `TicketQuery.order_by` only.
    """

    tickets: "Sequence[StoredTicket]"
    next: str | None
