"""
Service request management: deliver what was agreed and asked for.

Source:
    ITIL 4, practice "Service request management".
"""

from itsmkit.practices._details import text_of
from itsmkit.practices.kind_of_work import KindOfWork
from itsmkit.tickets import STANDARD_PRIORITIES, PriorityMatrix, Ticket
from itsmkit.workflow import Workflow, service_request_workflow

__all__ = ["SERVICE_REQUEST", "ServiceRequest", "service_request_kind"]

SERVICE_REQUEST = "service_request"
"""The kind of work."""


class ServiceRequest(Ticket):
    """Somebody asks for what a service offers as a part of its normal delivery."""

    @property
    def approval(self) -> str | None:
        """Return what came of its approval, once it is decided: ``"approved"`` or ``"rejected"``."""
        return text_of(self, "approval")


def service_request_kind(
    workflow: Workflow | None = None,
    priorities: PriorityMatrix = STANDARD_PRIORITIES,
    prefix: str = "REQ-",
) -> KindOfWork[ServiceRequest]:
    """
    Return service requests as a kind of work.

    Args:
        workflow: The states and moves; by default, the standard ones.
        priorities: The matrix of impact and urgency.
        prefix: What display numbers begin with.
    """
    return KindOfWork(
        SERVICE_REQUEST,
        workflow or Workflow(service_request_workflow()),
        ServiceRequest,
        priorities,
        prefix=prefix,
    )
