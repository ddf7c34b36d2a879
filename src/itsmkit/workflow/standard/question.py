"""Questions: somebody wants to know something."""

from itsmkit.workflow.definition import WorkflowDefinition
from itsmkit.workflow.standard._files import standard_definition

__all__ = ["question_workflow"]


def question_workflow() -> WorkflowDefinition:
    """
    Return a definition for questions: taken up, answered, and closed when nobody asks back.

    ======= ========================= =========== ===================
    Trigger From                      To          Required
    ======= ========================= =========== ===================
    start   New                       In Progress assignee
    wait    In Progress               Pending     pending_reason
    resume  Pending                   In Progress
    answer  New, In Progress, Pending Answered    answer
    reopen  Answered                  In Progress reopen_reason
    close   Answered                  Closed
    cancel  New, In Progress, Pending Cancelled   cancellation_reason
    ======= ========================= =========== ===================

    An easy one is answered at once, without being taken up. It closes three business days after its answer
    unless somebody asks back.

    Source:
        The way is our choice: a question interrupts nothing, so that it needs neither approval nor diagnosis.
        Three business days are enough to read an answer.
    """
    return standard_definition("question")
