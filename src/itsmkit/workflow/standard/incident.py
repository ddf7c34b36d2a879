"""Incidents: restore the service as quickly as possible."""

from itsmkit.workflow.definition import WorkflowDefinition
from itsmkit.workflow.standard._files import standard_definition

__all__ = ["incident_workflow"]


def incident_workflow() -> WorkflowDefinition:
    """
    Return a definition for incidents: from New over Assigned, In Progress and Pending to Resolved and Closed.

    ======= =================================== =========== ===================
    Trigger From                                To          Required
    ======= =================================== =========== ===================
    assign  New, Assigned, In Progress, Pending Assigned    support_group
    start   New, Assigned                       In Progress assignee
    wait    Assigned, In Progress               Pending     pending_reason
    resume  Pending                             In Progress
    resolve Assigned, In Progress, Pending      Resolved    resolution
    reopen  Resolved                            In Progress
    close   Resolved                            Closed
    cancel  New, Assigned, In Progress, Pending Cancelled   cancellation_reason
    ======= =================================== =========== ===================

    Assigning again is how an incident is escalated to another group. It can be reopened for as long as it
    stays Resolved, which is five business days unless somebody closes it before; what comes after is a new
    incident. Closed and Cancelled are final.

    Source:
        The states follow ITIL 4's practice of incident management. The triggers and what they require are
        our choice, made so that whoever takes over finds a group, an owner and a reason. Five business days
        are our choice too: a week in which everybody has been at work once.
    """
    return standard_definition("incident")
