"""
Complaints: somebody is not content with a service, or with how they were treated.

Source:
    ISO 10002:2018, clause 8.
"""

from itsmkit.practices._details import text_of
from itsmkit.practices.kind_of_work import KindOfWork
from itsmkit.tickets import STANDARD_PRIORITIES, PriorityMatrix, Ticket
from itsmkit.workflow import Workflow, complaint_workflow

__all__ = ["COMPLAINT", "Complaint", "complaint_kind"]

COMPLAINT = "complaint"
"""The kind of work."""


class Complaint(Ticket):
    """Somebody is not content."""

    @property
    def finding(self) -> str | None:
        """Return what was found."""
        return text_of(self, "finding")

    @property
    def answer(self) -> str | None:
        """Return what the complainant was answered."""
        return text_of(self, "answer")


def complaint_kind(
    workflow: Workflow | None = None,
    priorities: PriorityMatrix = STANDARD_PRIORITIES,
    prefix: str = "CMP-",
) -> KindOfWork[Complaint]:
    """
    Return complaints as a kind of work.

    Args:
        workflow: The states and moves; by default, the standard ones.
        priorities: The matrix of impact and urgency.
        prefix: What display numbers begin with.
    """
    return KindOfWork(
        COMPLAINT, workflow or Workflow(complaint_workflow()), Complaint, priorities, prefix=prefix
    )
