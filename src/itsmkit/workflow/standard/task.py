"""Tasks: a piece of work, often as a part of something larger."""

from itsmkit.workflow.definition import WorkflowDefinition
from itsmkit.workflow.standard._files import standard_definition

__all__ = ["task_workflow"]


def task_workflow() -> WorkflowDefinition:
    """
    Return a definition for tasks: started, done, closed.

    ======== ========================= =========== ===================
    Trigger  From                      To          Required
    ======== ========================= =========== ===================
    start    New                       In Progress assignee
    wait     In Progress               Pending     pending_reason
    resume   Pending                   In Progress
    complete New, In Progress, Pending Done
    reopen   Done                      In Progress reopen_reason
    close    Done                      Closed
    cancel   New, In Progress, Pending Cancelled   cancellation_reason
    ======== ========================= =========== ===================

    A small one is done without having been started. It closes two business days after it is done.

    Source:
        Our choice: no more states than one person needs to say where the work stands.
    """
    return standard_definition("task")
