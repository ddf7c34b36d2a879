"""
Questions: somebody wants to know something, and nothing is broken.

Source:
    Request for information, which ITIL 4 has among service requests; our choice to keep it apart, since it
    needs neither an approval nor a delivery.
"""

from itsmkit.practices._details import text_of
from itsmkit.practices.kind_of_work import KindOfWork
from itsmkit.tickets import STANDARD_PRIORITIES, PriorityMatrix, Ticket
from itsmkit.workflow import Workflow, question_workflow

__all__ = ["QUESTION", "Question", "question_kind"]

QUESTION = "question"
"""The kind of work."""


class Question(Ticket):
    """Somebody wants to know something."""

    @property
    def answer(self) -> str | None:
        """Return what was answered."""
        return text_of(self, "answer")


def question_kind(
    workflow: Workflow | None = None,
    priorities: PriorityMatrix = STANDARD_PRIORITIES,
    prefix: str = "Q-",
) -> KindOfWork[Question]:
    """
    Return questions as a kind of work.

    Args:
        workflow: The states and moves; by default, the standard ones.
        priorities: The matrix of impact and urgency.
        prefix: What display numbers begin with.
    """
    return KindOfWork(
        QUESTION, workflow or Workflow(question_workflow()), Question, priorities, prefix=prefix
    )
