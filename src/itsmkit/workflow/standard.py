"""Definitions to start with."""

from itsmkit.workflow.definition import WorkflowDefinition
from itsmkit.workflow.state import State, StateCategory
from itsmkit.workflow.transition import Transition

__all__ = ["incident_workflow"]


def incident_workflow() -> WorkflowDefinition:
    """
    Return a definition for incidents: from New over Assigned, In Progress and Pending to Resolved and Closed.

    ============ ====================================== =========== =====================
    Trigger      From                                   To          Required
    ============ ====================================== =========== =====================
    assign       New, Assigned, In Progress, Pending    Assigned    support_group
    start        New, Assigned                          In Progress assignee
    wait         Assigned, In Progress                  Pending     pending_reason
    resume       Pending                                In Progress
    resolve      Assigned, In Progress, Pending         Resolved    resolution
    reopen       Resolved                               In Progress
    close        Resolved                               Closed
    cancel       New, Assigned, In Progress, Pending    Cancelled   cancellation_reason
    ============ ====================================== =========== =====================

    Assigning again is how an incident is escalated to another group. It can be reopened for as long
    as it stays Resolved, so the reopen window is however long a desk waits before it closes; what
    comes after is a new incident. Closed and Cancelled are final.

    Source:
        The states follow ITIL 4's practice of incident management. The triggers and what they require are
        our choice, made so that whoever takes over finds a group, an owner and a reason.
    """
    return WorkflowDefinition(
        "incident",
        initial="New",
        states=(
            State("New", StateCategory.NEW),
            State("Assigned", StateCategory.ACTIVE),
            State("In Progress", StateCategory.ACTIVE),
            State("Pending", StateCategory.PENDING),
            State("Resolved", StateCategory.RESOLVED),
            State("Closed", StateCategory.CLOSED),
            State("Cancelled", StateCategory.CANCELLED),
        ),
        transitions=(
            Transition(
                "assign",
                ("New", "Assigned", "In Progress", "Pending"),
                "Assigned",
                required="support_group",
            ),
            Transition("start", ("New", "Assigned"), "In Progress", required="assignee"),
            Transition("wait", ("Assigned", "In Progress"), "Pending", required="pending_reason"),
            Transition("resume", "Pending", "In Progress"),
            Transition(
                "resolve",
                ("Assigned", "In Progress", "Pending"),
                "Resolved",
                required="resolution",
            ),
            Transition("reopen", "Resolved", "In Progress"),
            Transition("close", "Resolved", "Closed"),
            Transition(
                "cancel",
                ("New", "Assigned", "In Progress", "Pending"),
                "Cancelled",
                required="cancellation_reason",
            ),
        ),
    )
