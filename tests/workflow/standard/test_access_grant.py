import pytest

from itsmkit.workflow import TransitionRefusedError, Workflow
from itsmkit.workflow.standard import access_grant_workflow

MANAGER = {"actor_roles": ("access_manager",)}
NOBODY = {"actor_roles": ()}
ASKED = {"grantee": "kim", "resource": "payroll", "justification": "stands in for lee"}
NOT_APPROVED = "the owner of the resource has not approved it"
CONFLICT = "it is not known to go with the duties of its holder; check them, or name who accepts the conflict"
NOT_CONFIRMED = "the owner of the resource has not confirmed that it is still needed"
NOT_REMOVED = "nothing shows that the access is gone; remove it, and record the evidence"


def test_access_is_approved_given_confirmed_and_taken_away(tell):
    tell(
        access_grant_workflow(),
        [
            (
                "request_approval",
                {},
                ["grantee is missing", "resource is missing", "justification is missing"],
            ),
            ("request_approval", ASKED, "Awaiting Approval"),
            ("grant", {}, ["legal here are approve, reject, cancel"]),
            ("approve", {}, [NOT_APPROVED]),
            ("approve", {"approval": "approved"}, "Approved"),
            ("grant", {}, ["granted_by is missing", "needs the role access_manager", CONFLICT]),
            ("grant", {"granted_by": "lee", "duty_conflict": True, **MANAGER}, [CONFLICT]),
            ("grant", {"duty_conflict": False}, "Granted"),
            ("fall_due", {}, "Expiring"),
            ("recertify", {"recertified_by": "the owner"}, [NOT_CONFIRMED]),
            ("recertify", {"recertification": "confirmed"}, "Granted"),
            (
                "revoke",
                NOBODY,
                ["revocation_reason is missing", "needs the role access_manager or resource_owner"],
            ),
            ("revoke", {"revocation_reason": "lee is back", **MANAGER}, "Revoking"),
            ("remove", {}, [NOT_REMOVED]),
            ("remove", {"removal_evidence": "no longer in the group"}, "Revoked"),
        ],
    )


def test_access_that_nobody_confirms_expires_and_is_removed(tell):
    tell(
        access_grant_workflow(),
        [
            ("request_approval", ASKED, "Awaiting Approval"),
            ("approve", {"approval": "approved"}, "Approved"),
            ("grant", {"granted_by": "lee", "duty_conflict_accepted_by": "the CFO", **MANAGER}, "Granted"),
            ("fall_due", NOBODY, "Expiring"),
            ("expire", {}, "Revoking"),
            ("remove", {"removal_evidence": "no longer in the group", **MANAGER}, "Revoked"),
        ],
    )


@pytest.mark.parametrize("told", [None, "denied", "", True])
def test_only_a_confirmation_keeps_access(tell, told):
    tell(
        access_grant_workflow(),
        [
            ("request_approval", ASKED, "Awaiting Approval"),
            ("approve", {"approval": "approved"}, "Approved"),
            ("grant", {"granted_by": "lee", "duty_conflict": False, **MANAGER}, "Granted"),
            ("fall_due", {}, "Expiring"),
            ("recertify", {"recertified_by": "the owner", "recertification": told}, [NOT_CONFIRMED]),
        ],
    )


def test_what_is_asked_for_anew_is_approved_anew_or_rejected(tell):
    tell(
        access_grant_workflow(),
        [
            ("request_approval", ASKED, "Awaiting Approval"),
            ("approve", {"approval": "approved"}, "Approved"),
            ("request_approval", {}, ["an earlier approval still stands; withdraw it first"]),
            ("request_approval", {"approval": None, "resource": "ledger"}, "Awaiting Approval"),
            (
                "reject",
                {"rejection_reason": "not needed"},
                ["the owner of the resource has not rejected it; to stop it without a verdict, cancel it"],
            ),
            ("reject", {"approval": "rejected"}, "Rejected"),
        ],
    )


def test_a_wish_can_be_taken_back(tell):
    tell(access_grant_workflow(), [("cancel", {"cancellation_reason": "lee is back"}, "Cancelled")])


def test_access_expires_by_its_time_or_when_nobody_confirms_it():
    workflow = Workflow(access_grant_workflow())
    for held in ("Granted", "Expiring"):
        assert workflow.fire(held, "expire", {}).target == "Revoking"
    with pytest.raises(TransitionRefusedError, match="cannot expire from Approved"):
        workflow.fire("Approved", "expire", {})
