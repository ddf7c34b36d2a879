import pytest

from itsmkit.workflow import Workflow
from itsmkit.workflow.standard import service_request_workflow

NOT_FREE = "it needs approval; only an item of the catalogue can say that it does not"
NOT_CLEARED = "it is neither approved nor free of approval"


def test_a_request_is_approved_fulfilled_reopened_and_closed(tell):
    tell(
        service_request_workflow(),
        [
            ("fulfil", {}, ["legal here are submit, cancel"]),
            ("submit", {}, "Awaiting Approval"),
            ("approve", {}, [NOT_CLEARED]),
            ("approve", {"approval": "rejected"}, [NOT_CLEARED]),
            ("approve", {"approval": "approved"}, "In Fulfilment"),
            ("fulfil", {"tasks_done": False}, ["not all of its tasks are done"]),
            ("wait", {}, ["pending_reason is missing"]),
            ("wait", {"pending_reason": "the supplier delivers on Monday"}, "Pending"),
            ("resume", {}, "In Fulfilment"),
            ("fulfil", {"tasks_done": True}, "Fulfilled"),
            ("reopen", {}, ["reopen_reason is missing"]),
            ("reopen", {"reopen_reason": "the keyboard is missing"}, "In Fulfilment"),
            ("fulfil", {}, "Fulfilled"),
            ("close", {}, "Closed"),
            ("reopen", {}, ["nothing is legal here"]),
        ],
    )


def test_what_the_catalogue_frees_of_approval_goes_straight_to_fulfilment(tell):
    tell(
        service_request_workflow(),
        [
            ("submit", {"approval_required": False}, "In Fulfilment"),
            ("fulfil", {"tasks_done": True}, "Fulfilled"),
        ],
    )


@pytest.mark.parametrize("said", [None, True, "no", 0, ""])
def test_what_nobody_frees_of_approval_waits_for_it(tell, said):
    tell(service_request_workflow(), [("submit", {"approval_required": said}, "Awaiting Approval")])


def test_a_rejected_request_says_why(tell):
    tell(
        service_request_workflow(),
        [
            ("submit", {}, "Awaiting Approval"),
            (
                "reject",
                {},
                [
                    "rejection_reason is missing",
                    "the approvers have not rejected it; to stop it without their verdict, cancel it",
                ],
            ),
            ("reject", {"rejection_reason": "out of budget", "approval": "rejected"}, "Rejected"),
        ],
    )


def test_work_goes_on_only_while_the_approval_stands(tell):
    tell(
        service_request_workflow(),
        [
            ("submit", {}, "Awaiting Approval"),
            ("approve", {"approval": "approved"}, "In Fulfilment"),
            ("wait", {"pending_reason": "the manager left"}, "Pending"),
            ("resume", {"approval": "withdrawn"}, [NOT_CLEARED]),
            ("cancel", {"cancellation_reason": "nobody wants it any more"}, "Cancelled"),
        ],
    )


@pytest.mark.parametrize("state", ["New", "Awaiting Approval", "In Fulfilment", "Pending"])
def test_an_open_request_can_be_cancelled_and_takes_its_approval_along(state):
    facts = {"cancellation_reason": "ordered twice"}
    fired = Workflow(service_request_workflow()).fire(state, "cancel", facts)
    assert fired.target == "Cancelled"
    assert fired.effects == ("withdraw_approval", "notify_requester")
