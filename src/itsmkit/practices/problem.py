"""
Problem management: find the causes of incidents, and keep them from happening again.

Source:
    ITIL 4, practice "Problem management".
"""

from itsmkit.practices._details import text_of
from itsmkit.practices.kind_of_work import KindOfWork
from itsmkit.tickets import STANDARD_PRIORITIES, PriorityMatrix, Ticket
from itsmkit.workflow import Workflow, problem_workflow

__all__ = ["PROBLEM", "Problem", "problem_kind"]

PROBLEM = "problem"
"""The kind of work."""


class Problem(Ticket):
    """A cause, or potential cause, of one or more incidents."""

    @property
    def root_cause(self) -> str | None:
        """Return the cause, once it is known."""
        return text_of(self, "root_cause")

    @property
    def workaround(self) -> str | None:
        """Return how to live with it until it is removed."""
        return text_of(self, "workaround")


def problem_kind(
    workflow: Workflow | None = None,
    priorities: PriorityMatrix = STANDARD_PRIORITIES,
    prefix: str = "PRB-",
) -> KindOfWork[Problem]:
    """
    Return problems as a kind of work.

    Args:
        workflow: The states and moves; by default, the standard ones.
        priorities: The matrix of impact and urgency.
        prefix: What display numbers begin with.
    """
    return KindOfWork(PROBLEM, workflow or Workflow(problem_workflow()), Problem, priorities, prefix=prefix)
