"""
Tasks: pieces of work that one person or group does, often as parts of something larger.

Source:
    Our choice: what all practices break their work down into.
"""

from itsmkit.practices.kind_of_work import KindOfWork
from itsmkit.tickets import STANDARD_PRIORITIES, PriorityMatrix, Ticket
from itsmkit.workflow import Workflow, task_workflow

__all__ = ["WORK_TASK", "WorkTask", "work_task_kind"]

WORK_TASK = "task"
"""The kind of work."""


class WorkTask(Ticket):
    """A piece of work."""


def work_task_kind(
    workflow: Workflow | None = None,
    priorities: PriorityMatrix = STANDARD_PRIORITIES,
    prefix: str = "TSK-",
) -> KindOfWork[WorkTask]:
    """
    Return tasks as a kind of work.

    Args:
        workflow: The states and moves; by default, the standard ones.
        priorities: The matrix of impact and urgency.
        prefix: What display numbers begin with.
    """
    return KindOfWork(WORK_TASK, workflow or Workflow(task_workflow()), WorkTask, priorities, prefix=prefix)
