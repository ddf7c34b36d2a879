import pytest

from itsmkit.workflow import TransitionRefusedError, Workflow
from itsmkit.workflow.standard import question_workflow


@pytest.mark.parametrize(
    "steps",
    [
        pytest.param(
            [("answer", {"answer": "by the back door"}, "Answered"), ("close", {}, "Closed")], id="at once"
        ),
        pytest.param(
            [
                ("start", {}, ["assignee is missing"]),
                ("start", {"assignee": "kim"}, "In Progress"),
                ("answer", {}, ["answer is missing"]),
                ("wait", {}, ["pending_reason is missing"]),
                ("wait", {"pending_reason": "asked the supplier"}, "Pending"),
                ("resume", {}, "In Progress"),
                ("answer", {"answer": "yes"}, "Answered"),
                ("reopen", {}, ["reopen_reason is missing"]),
                ("reopen", {"reopen_reason": "but how?"}, "In Progress"),
            ],
            id="the long way",
        ),
        pytest.param([("cancel", {"cancellation_reason": "asked twice"}, "Cancelled")], id="cancelled"),
    ],
)
def test_a_question_goes_its_way(tell, steps):
    tell(question_workflow(), steps)


def test_what_is_answered_cannot_be_cancelled():
    with pytest.raises(TransitionRefusedError) as caught:
        Workflow(question_workflow()).fire("Answered", "cancel", {"cancellation_reason": "late"})
    assert caught.value.legal == ("reopen", "close")
