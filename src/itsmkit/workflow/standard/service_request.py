"""Service requests: what was ordered, approved where it must be, and delivered."""

from itsmkit.workflow.definition import WorkflowDefinition
from itsmkit.workflow.standard._files import standard_definition

__all__ = ["service_request_workflow"]


def service_request_workflow() -> WorkflowDefinition:
    """
    Return a definition for service requests: approved where they must be, fulfilled and closed.

    ======= ======================= ================= =================== =========================
    Trigger From                    To                Required            Guards, *roles*
    ======= ======================= ================= =================== =========================
    submit  New                     Fulfilment                            free_of_approval, cleared
    submit  New                     Awaiting Approval                     not free_of_approval
    approve Awaiting Approval       Fulfilment                            cleared
    reject  Awaiting Approval       Rejected          rejection_reason    rejected
    wait    In Fulfilment           Pending           pending_reason
    resume  Pending                 In Fulfilment                         cleared
    fulfil  In Fulfilment           Fulfilled                             tasks_done
    reopen  Fulfilled               Fulfilment        reopen_reason       cleared
    close   Fulfilled               Closed
    cancel  New, Awaiting Approval, Cancelled         cancellation_reason
            Fulfilment
    ======= ======================= ================= =================== =========================

    What is submitted goes straight to fulfilment only if the fact ``approval_required`` is false; whatever
    else it is, or is not, the request waits for approval. Nothing is fulfilled that is not cleared, not
    even after waiting or being reopened, and nothing is fulfilled before the fact ``tasks_done`` is true. A
    fulfilled request closes by itself after five business days; until then it can be reopened.

    Source:
        ITIL 4, practice "Service request management"; ISO/IEC 20000-1:2018, 8.6.2. That approval is needed
        unless it is said to be not is our choice: the other way round, a forgotten field gives things away.
    """
    return standard_definition("service_request")
