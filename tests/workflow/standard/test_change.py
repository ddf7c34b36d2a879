import pytest

from itsmkit.workflow.standard import (
    emergency_change_workflow,
    normal_change_workflow,
    standard_change_workflow,
)

MANAGER = {"actor_roles": ("change_manager",)}
NOBODY = {"actor_roles": ()}
WINDOW = {"planned_start": "2026-03-07T22:00Z", "planned_end": "2026-03-08T02:00Z"}
PLANS = {
    "change_reason": "the certificate ends",
    "implementation_plan": "replace it on both nodes",
    "test_plan": "open the portal",
    "back_out_plan": "put the old one back",
}
NOT_APPROVED = "the change advisory board (CAB) has not approved it"
NOT_REJECTED = "the change advisory board (CAB) has not rejected it; to stop it without a verdict, cancel it"
NOT_TESTED = "its test has not passed; test it by its test plan"
NO_REVIEW = "its review has no result; say what it came to and what was learnt"
FREEZE = "a change freeze holds; wait for its end"
STILL_APPROVED = "an earlier approval still stands; withdraw it first"


def test_a_normal_change_is_approved_and_tested_before_and_reviewed_after(tell):
    tell(
        normal_change_workflow(),
        [
            (
                "submit",
                {"change_reason": "the certificate ends"},
                ["implementation_plan is missing", "test_plan is missing", "back_out_plan is missing"],
            ),
            ("submit", PLANS, "Assessing"),
            (
                "request_approval",
                {},
                ["risk is missing", "impact is missing", "needs the role change_manager"],
            ),
            ("request_approval", {"risk": "low", "impact": "portal", **MANAGER}, "Awaiting Approval"),
            ("schedule", {}, ["legal here are approve, reject, revise, cancel"]),
            ("approve", NOBODY, [NOT_APPROVED]),
            ("approve", {"approval": "approved"}, "Preparing"),
            ("start", {}, ["legal here are schedule, revise, cancel"]),
            (
                "schedule",
                {},
                [
                    "planned_start is missing",
                    "planned_end is missing",
                    "needs the role change_manager",
                    NOT_TESTED,
                ],
            ),
            ("schedule", {"test_result": "failed", **WINDOW, **MANAGER}, [NOT_TESTED]),
            ("schedule", {"test_result": "passed"}, "Scheduled"),
            ("start", {"assignee": "kim", "change_freeze": True, **NOBODY}, [FREEZE]),
            ("schedule", {"planned_start": "2026-03-14T22:00Z", **MANAGER}, "Scheduled"),
            ("start", {"change_freeze": False}, "Implementing"),
            ("cancel", {"cancellation_reason": "too late"}, ["legal here are complete, back_out"]),
            ("complete", {"verification_result": "the portal opens"}, "In Review"),
            ("close", {}, [NO_REVIEW]),
            ("close", {"review_result": "as planned"}, "Closed"),
        ],
    )


def test_a_revised_change_needs_a_new_approval(tell):
    tell(
        normal_change_workflow(),
        [
            ("submit", PLANS, "Assessing"),
            ("request_approval", {"risk": "low", "impact": "portal", **MANAGER}, "Awaiting Approval"),
            ("approve", {"approval": "approved"}, "Preparing"),
            ("schedule", {"test_result": "passed", **WINDOW}, "Scheduled"),
            ("revise", {"revision_reason": "a third node"}, "Assessing"),
            ("request_approval", {}, [STILL_APPROVED]),
            ("request_approval", {"approval": "withdrawn"}, "Awaiting Approval"),
            ("approve", {}, [NOT_APPROVED]),
            ("approve", {"approval": "approved"}, "Preparing"),
        ],
    )


def test_what_lost_its_approval_or_its_test_does_not_start(tell):
    tell(
        normal_change_workflow(),
        [
            ("submit", PLANS, "Assessing"),
            ("request_approval", {"risk": "low", "impact": "portal", **MANAGER}, "Awaiting Approval"),
            ("approve", {"approval": "approved"}, "Preparing"),
            ("schedule", {"test_result": "passed", **WINDOW}, "Scheduled"),
            (
                "start",
                {"assignee": "kim", "approval": "withdrawn", "test_result": "failed", "change_freeze": True},
                [FREEZE, NOT_APPROVED, NOT_TESTED],
            ),
            ("cancel", {"cancellation_reason": "no longer wanted"}, "Cancelled"),
        ],
    )


def test_a_change_that_went_wrong_is_backed_out_and_reviewed(tell):
    tell(
        normal_change_workflow(),
        [
            ("submit", PLANS, "Assessing"),
            ("request_approval", {"risk": "low", "impact": "portal", **MANAGER}, "Awaiting Approval"),
            ("approve", {"approval": "approved"}, "Preparing"),
            ("schedule", {"test_result": "passed", **WINDOW}, "Scheduled"),
            ("start", {"assignee": "kim"}, "Implementing"),
            ("back_out", {}, ["back_out_reason is missing"]),
            ("back_out", {"back_out_reason": "the portal does not open"}, "In Review"),
            ("close", {"review_result": "the chain was incomplete"}, "Closed"),
        ],
    )


def test_the_cab_rejects_a_change_with_a_reason(tell):
    tell(
        normal_change_workflow(),
        [
            ("submit", PLANS, "Assessing"),
            ("request_approval", {"risk": "high", "impact": "all", **MANAGER}, "Awaiting Approval"),
            (
                "reject",
                {"rejection_reason": "not in the quarter's end"},
                [NOT_REJECTED],
            ),
            ("reject", {"approval": "rejected"}, "Rejected"),
        ],
    )


NO_TEMPLATE = "it was not made from an approved template; propose a normal change"
NO_TEMPLATE_TEST = "the test of its template has not passed; test the template, or propose a normal change"


def test_a_standard_change_lives_on_its_template(tell):
    tell(
        standard_change_workflow(),
        [
            ("start", {}, ["legal here are schedule, cancel"]),
            ("schedule", WINDOW, [NO_TEMPLATE, NO_TEMPLATE_TEST]),
            ("schedule", {"approval": "approved", "test_result": "passed"}, [NO_TEMPLATE, NO_TEMPLATE_TEST]),
            ("schedule", {"template_approval": "approved", "template_test_result": "passed"}, "Scheduled"),
            ("start", {"assignee": "kim", "template_approval": "suspended"}, [NO_TEMPLATE]),
            ("start", {"template_approval": "approved", "change_freeze": True}, [FREEZE]),
            ("start", {"change_freeze": None}, "Implementing"),
            ("complete", {}, ["verification_result is missing"]),
            ("complete", {"verification_result": "the mailbox opens"}, "Implemented"),
            ("close", {}, "Closed"),
        ],
    )


def test_a_standard_change_that_is_backed_out_is_reviewed(tell):
    template = {"template_approval": "approved", "template_test_result": "passed"}
    tell(
        standard_change_workflow(),
        [
            ("schedule", {**WINDOW, **template}, "Scheduled"),
            ("start", {"assignee": "kim"}, "Implementing"),
            ("complete", {"verification_result": "the mailbox opens"}, "Implemented"),
            ("back_out", {"back_out_reason": "no mail comes in"}, "In Review"),
            ("close", {}, ["review_result is missing", "needs the role change_manager"]),
            ("close", {"review_result": "the template forgets the route", **MANAGER}, "Closed"),
        ],
    )


NOT_APPROVED_YET = "the emergency CAB has not approved it"
NOT_WAIVED = "its test has not passed; test it, or name who of the emergency CAB does without"
NO_PAPERS = "its papers are not complete; record what was done and what was tested"
NO_LESSON = "its review has no result; say what it came to, and what would have spared the emergency"


def test_an_emergency_change_is_approved_before_and_documented_and_reviewed_after(tell):
    tell(
        emergency_change_workflow(),
        [
            ("start", {}, ["legal here are request_approval, cancel"]),
            (
                "request_approval",
                PLANS,
                ["risk is missing", "needs the role change_manager or incident_manager"],
            ),
            ("request_approval", {"risk": "high", "actor_roles": ("incident_manager",)}, "Awaiting Approval"),
            ("approve", {}, [NOT_APPROVED_YET]),
            ("approve", {"approval": "approved"}, "Preparing"),
            ("start", {"assignee": "kim", "test_result": "failed"}, [NOT_WAIVED]),
            ("start", {"test_waived_by": "the CIO", "change_freeze": True}, "Implementing"),
            ("complete", {"verification_result": "mail flows"}, "Documenting"),
            ("close", {}, ["legal here are back_out, remind, document"]),
            ("document", {"implementation_record": "what was typed"}, [NO_PAPERS]),
            ("remind", {}, "Documenting"),
            ("document", {"test_record": "what was seen"}, "In Review"),
            ("close", MANAGER, [NO_LESSON]),
            ("close", {"review_result": "renew certificates in time"}, "Closed"),
        ],
    )


def test_an_emergency_plan_that_changes_is_approved_again(tell):
    tell(
        emergency_change_workflow(),
        [
            ("request_approval", {"risk": "high", **PLANS, **MANAGER}, "Awaiting Approval"),
            ("approve", {"approval": "approved"}, "Preparing"),
            ("request_approval", {}, [STILL_APPROVED]),
            ("request_approval", {"approval": "withdrawn"}, "Awaiting Approval"),
            (
                "reject",
                {"rejection_reason": "it can wait"},
                ["the emergency CAB has not rejected it; to stop it without a verdict, cancel it"],
            ),
            ("reject", {"approval": "rejected"}, "Rejected"),
        ],
    )


@pytest.mark.parametrize("step", ["Documenting", "In Review"])
def test_an_emergency_change_can_be_backed_out_until_it_is_closed(tell, step):
    documented = {"implementation_record": "what was typed", "test_record": "what was seen"}
    way = [
        ("request_approval", {"risk": "high", **PLANS, **MANAGER}, "Awaiting Approval"),
        ("approve", {"approval": "approved"}, "Preparing"),
        ("start", {"assignee": "kim", "test_result": "passed"}, "Implementing"),
        ("complete", {"verification_result": "mail flows"}, "Documenting"),
        ("document", documented, "In Review"),
    ]
    tell(
        emergency_change_workflow(),
        [
            *way[: 4 if step == "Documenting" else 5],
            ("back_out", {"back_out_reason": "mail comes twice"}, "Documenting"),
            ("document", documented, "In Review"),
        ],
    )
