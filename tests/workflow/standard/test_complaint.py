import pytest

from itsmkit.workflow.standard import complaint_workflow


@pytest.mark.parametrize(
    "steps",
    [
        pytest.param(
            [
                ("answer", {}, ["legal here are acknowledge, withdraw"]),
                ("acknowledge", {}, ["assignee is missing"]),
                ("acknowledge", {"assignee": "kim"}, "Investigating"),
                ("answer", {}, ["finding is missing", "answer is missing"]),
                ("answer", {"finding": "upheld", "answer": "we are sorry"}, "Answered"),
                ("appeal", {}, ["reopen_reason is missing"]),
                ("appeal", {"reopen_reason": "no refund"}, "Investigating"),
                ("wait", {"pending_reason": "asked the shop"}, "Pending"),
                ("resume", {}, "Investigating"),
                ("answer", {}, "Answered"),
                ("close", {}, "Closed"),
            ],
            id="appealed",
        ),
        pytest.param([("withdraw", {"cancellation_reason": "a mistake"}, "Withdrawn")], id="withdrawn"),
    ],
)
def test_a_complaint_goes_its_way(tell, steps):
    tell(complaint_workflow(), steps)
