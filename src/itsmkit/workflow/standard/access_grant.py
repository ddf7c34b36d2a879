"""Access grants: who may use what, and for how long."""

from itsmkit.workflow.definition import WorkflowDefinition
from itsmkit.workflow.standard._files import standard_definition

__all__ = ["access_grant_workflow"]


def access_grant_workflow() -> WorkflowDefinition:
    """
    Return a definition for access grants: approved, given, confirmed each quarter, taken away with proof.

    ================ =================== ================= =================== ==========================
    Trigger          From                To                Required            Guards, *roles*
    ================ =================== ================= =================== ==========================
    request_approval Requested, Approved Awaiting Approval grantee, resource,  not approved
                                                           justification
    approve          Awaiting Approval   Approved                              approved
    reject           Awaiting Approval   Rejected          rejection_reason    rejected
    grant            Approved            Granted           granted_by          approved, duties_separate,
                                                                               *access_manager*
    fall_due         Granted             Expiring
    recertify        Expiring            Granted           recertified_by      recertified, approved,
                                                                               duties_separate
    expire           Held                Revoking
    revoke           Held                Revoking          revocation_reason   *access_manager*,
                                                                               *resource_owner*
    remove           Revoking            Revoked                               removed, *access_manager*
    cancel           Asking              Cancelled         cancellation_reason
    ================ =================== ================= =================== ==========================

    Who has been granted something keeps it for 65 business days, which is about a quarter. Then its owner
    confirms it, or it expires after another ten. What was asked for up to an instant expires then, as a desk
    sees to. Expired or revoked, it is not over before there is evidence that the access is gone. The effect
    ``open_recertification`` begins a new question: what was answered to the last one must not stand as its
    answer.

    Source:
        ITIL 4, practice "Information security management"; ISO/IEC 27001:2022, A.5.18 on access rights and
        A.5.3 on segregation of duties. The quarter and the ten days are our choice.
    """
    return standard_definition("access_grant")
