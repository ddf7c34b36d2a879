"""Changes, of the three types that ITIL 4 tells apart by who authorises them, and when."""

from itsmkit.workflow.definition import WorkflowDefinition
from itsmkit.workflow.standard._files import standard_definition

__all__ = ["emergency_change_workflow", "normal_change_workflow", "standard_change_workflow"]


def standard_change_workflow() -> WorkflowDefinition:
    """
    Return a definition for standard changes: made from a template that was approved and tested once.

    ======== ================ ============ =================== =========================
    Trigger  From             To           Required            Guards, *roles*
    ======== ================ ============ =================== =========================
    schedule Draft, Scheduled Scheduled    planned_start,      pre_approved, pre_tested
                                           planned_end
    start    Scheduled        Implementing assignee            not frozen, pre_approved,
                                                               pre_tested
    complete Implementing     Implemented  verification_result
    back_out Implementing,    In Review    back_out_reason
             Implemented
    close    Implemented      Closed
    close    In Review        Closed       review_result       *change_manager*
    cancel   Planning         Cancelled    cancellation_reason
    ======== ================ ============ =================== =========================

    Approval and test are facts about the template, and they are asked for again when the work starts: a
    template that was suspended meanwhile stops what was scheduled from it. A change that is backed out
    suspends the template (an effect) and is reviewed; one that went well closes by itself after two
    business days.

    Source:
        ITIL 4, practice "Change enablement": standard changes are low in risk, well understood and fully
        documented, and need no further authorisation. That a failure takes this status away is our choice.
    """
    return standard_definition("standard_change")


def normal_change_workflow() -> WorkflowDefinition:
    """
    Return a definition for normal changes: assessed, approved, tested and scheduled, made, then reviewed.

    ================ ======================= ================= ==================== ==========================
    Trigger          From                    To                Required             Guards, *roles*
    ================ ======================= ================= ==================== ==========================
    submit           Draft                   Assessing         change_reason,
                                                               implementation_plan,
                                                               test_plan,
                                                               back_out_plan
    request_approval Assessing               Awaiting Approval risk, impact         not approved,
                                                                                    *change_manager*
    approve          Awaiting Approval       Preparing                              approved
    reject           Awaiting Approval       Rejected          rejection_reason     rejected
    schedule         Preparing, Scheduled    Scheduled         planned_start,       approved, tested,
                                                               planned_end          *change_manager*
    revise           Awaiting Approval,      Assessing         revision_reason
                     Preparing, Scheduled
    start            Scheduled               Implementing      assignee             not frozen, approved,
                                                                                    tested
    complete         Implementing            In Review         verification_result
    back_out         Implementing, In Review In Review         back_out_reason
    close            In Review               Closed                                 reviewed, *change_manager*
    cancel           Planning                Cancelled         cancellation_reason
    ================ ======================= ================= ==================== ==========================

    There is no way into Implementing that does not pass approval and test after the last assessment.
    Revising leads back to the assessment and withdraws both, and a new approval cannot be asked for where
    the former one still stands. A change that did not go well is backed out and reviewed like any other.

    Source:
        ITIL 4, practice "Change enablement"; ISO/IEC 20000-1:2018, 8.5.1. Where in the sequence a test
        takes place is left open: its result must stand when the change is scheduled and when it starts.
    """
    return standard_definition("normal_change")


def emergency_change_workflow() -> WorkflowDefinition:
    """
    Return a definition for emergency changes: approved before, documented and reviewed after.

    ================ ====================== ================= ==================== ==========================
    Trigger          From                   To                Required             Guards, *roles*
    ================ ====================== ================= ==================== ==========================
    request_approval New, Preparing         Awaiting Approval change_reason, risk, not approved,
                                                              implementation_plan, *change_manager*,
                                                              back_out_plan        *incident_manager*
    approve          Awaiting Approval      Preparing                              approved
    reject           Awaiting Approval      Rejected          rejection_reason     rejected
    start            Preparing              Implementing      assignee             approved, tested_or_waived
    complete         Implementing           Documenting       verification_result
    back_out         Implementing,          Documenting       back_out_reason
                     Documenting, In Review
    remind           Documenting            Documenting
    document         Documenting            In Review                              documented
    close            In Review              Closed                                 documented, reviewed,
                                                                                   *change_manager*
    cancel           Planning               Cancelled         cancellation_reason
    ================ ====================== ================= ==================== ==========================

    The emergency CAB approves before anything is touched, and the test has passed or one of the emergency
    CAB is named who does without. The papers may follow, but nothing is closed without them and without a
    review; whoever owes them is reminded every two business days. There is no freeze for an emergency.

    Source:
        ITIL 4, practice "Change enablement": emergency changes are subject to the same assessment and
        authorisation as far as the time allows, and documentation may follow. The reminder is our choice.
    """
    return standard_definition("emergency_change")
