"""
Orders: what must be bought before it can be delivered.

Source:
    ITIL 4, practices "Service request management" and "Supplier management".
"""

from typing import TypeVar

from itsmkit.practices._details import text_of
from itsmkit.practices.decision import Decision
from itsmkit.practices.kind_of_work import KindOfWork
from itsmkit.practices.links.link_type import FULFILLED_BY
from itsmkit.tickets import STANDARD_PRIORITIES, PriorityMatrix, Ticket, TicketId
from itsmkit.workflow import Workflow, order_workflow

__all__ = ["ORDER", "Order", "order_kind", "order_to_look_at"]

AnyTicket = TypeVar("AnyTicket", bound=Ticket)

ORDER = "order"
"""The kind of work."""


class Order(Ticket):
    """Somebody asks for what must be bought first."""

    @property
    def supplier(self) -> str | None:
        """Return whom it was ordered from."""
        return text_of(self, "supplier")

    @property
    def order_reference(self) -> str | None:
        """Return under which reference the supplier has it."""
        return text_of(self, "order_reference")


def order_kind(
    workflow: Workflow | None = None,
    priorities: PriorityMatrix = STANDARD_PRIORITIES,
    prefix: str = "ORD-",
) -> KindOfWork[Order]:
    """
    Return orders as a kind of work.

    Args:
        workflow: The states and moves; by default, the standard ones.
        priorities: The matrix of impact and urgency.
        prefix: What display numbers begin with.
    """
    return KindOfWork(ORDER, workflow or Workflow(order_workflow()), Order, priorities, prefix=prefix)


def order_to_look_at(decision: Decision[AnyTicket]) -> TicketId | None:
    """
    Return the order of the service catalogue that goes on by what was decided; ``None`` if none does.

    It goes on by a move of its own, or of one of its tasks, into a state of another category.
    """
    before, after = decision.before, decision.ticket
    if before is None or before.state_category == after.state_category:
        return None
    if "order_task" in after.details:
        return next((each.other for each in after.links if each.link_type == FULFILLED_BY), None)
    return after.id if "catalogue_item" in after.details else None
