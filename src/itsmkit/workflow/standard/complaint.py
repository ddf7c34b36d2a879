"""Complaints: somebody is not content."""

from itsmkit.workflow.definition import WorkflowDefinition
from itsmkit.workflow.standard._files import standard_definition

__all__ = ["complaint_workflow"]


def complaint_workflow() -> WorkflowDefinition:
    """
    Return a definition for complaints: acknowledged, investigated, answered with a finding.

    =========== =========================== ============= ===================
    Trigger     From                        To            Required
    =========== =========================== ============= ===================
    acknowledge New                         Investigating assignee
    wait        Investigating               Pending       pending_reason
    resume      Pending                     Investigating
    answer      Investigating, Pending      Answered      finding, answer
    appeal      Answered                    Investigating reopen_reason
    close       Answered                    Closed
    withdraw    New, Investigating, Pending Withdrawn     cancellation_reason
    =========== =========================== ============= ===================

    Nothing is answered that nobody has acknowledged. An answer can be appealed for 20 business days.

    Source:
        ISO 10002:2018, 8.3 to 8.9: acknowledge, assess, investigate, respond, close. Its time limits and the
        names of the states are our choice.
    """
    return standard_definition("complaint")
