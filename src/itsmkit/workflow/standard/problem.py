"""Problems: find the cause of incidents, and remove it or accept it knowingly."""

from itsmkit.workflow.definition import WorkflowDefinition
from itsmkit.workflow.standard._files import standard_definition

__all__ = ["problem_workflow"]


def problem_workflow() -> WorkflowDefinition:
    """
    Return a definition for problems: from investigation over the known error to a cause removed or accepted.

    ================== ===================== =============== =================== ====================
    Trigger            From                  To              Required            Guards, *roles*
    ================== ===================== =============== =================== ====================
    investigate        New                   Problem Control assignee
    wait               Investigating         Pending         pending_reason
    resume             Pending               Investigating
    record_known_error Investigating,        Known Error     workaround          cause_known
                       Awaiting Change
    await_change       Investigating,        Awaiting Change change              cause_known
                       Known Error
    reinvestigate      Error Control         Problem Control reopen_reason
    resolve            Error Control         Resolved        resolution          cause_known, settled
    reopen             Resolved              Problem Control reopen_reason
    close              Resolved              Closed
    cancel             New, Problem Control, Cancelled       cancellation_reason *problem_manager*
                       Error Control
    ================== ===================== =============== =================== ====================

    A known error has a cause and a workaround, which is published for as long as it holds. Nothing is
    resolved but from error control, with its cause and either a change that was successful or somebody who
    accepts the risk. A resolved problem is watched for twenty business days, in which it can be reopened if
    it comes back, and then closes by itself.

    Source:
        ITIL 4, practice "Problem management", with its phases of identification, problem control and error
        control; ISO/IEC 20000-1:2018, 8.6.3. The twenty days are our choice: long enough to see a month's
        end.
    """
    return standard_definition("problem")
