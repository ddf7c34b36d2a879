import pytest

from itsmkit.workflow.standard import task_workflow


@pytest.mark.parametrize(
    "steps",
    [
        pytest.param([("complete", {}, "Done"), ("close", {}, "Closed")], id="a small one"),
        pytest.param(
            [
                ("start", {}, ["assignee is missing"]),
                ("start", {"assignee": "kim"}, "In Progress"),
                ("wait", {"pending_reason": "no key"}, "Pending"),
                ("resume", {}, "In Progress"),
                ("complete", {}, "Done"),
                ("reopen", {}, ["reopen_reason is missing"]),
                ("reopen", {"reopen_reason": "it leaks"}, "In Progress"),
                ("cancel", {"cancellation_reason": "torn down"}, "Cancelled"),
            ],
            id="a large one",
        ),
    ],
)
def test_a_task_goes_its_way(tell, steps):
    tell(task_workflow(), steps)
