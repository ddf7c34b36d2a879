"""
Orders: what must be bought before it can be delivered.

Source:
    ITIL 4, practices "Service request management" and "Supplier management".
"""

from itsmkit.practices._details import text_of
from itsmkit.practices.kind_of_work import KindOfWork
from itsmkit.tickets import STANDARD_PRIORITIES, PriorityMatrix, Ticket
from itsmkit.workflow import Workflow, order_workflow

__all__ = ["ORDER", "Order", "order_kind"]

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
