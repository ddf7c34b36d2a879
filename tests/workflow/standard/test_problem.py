import pytest

from itsmkit.workflow import StateCategory, Workflow
from itsmkit.workflow.standard import problem_workflow

NO_CAUSE = "its root cause is not known; investigate, and record it"
NOT_SETTLED = "its cause is neither removed by a successful change nor accepted as a risk by anybody"


def test_a_cause_is_found_told_and_removed_by_a_change(tell):
    tell(
        problem_workflow(),
        [
            ("investigate", {}, ["assignee is missing"]),
            ("investigate", {"assignee": "kim"}, "Investigating"),
            ("wait", {"pending_reason": "the vendor analyses the dump"}, "Pending"),
            ("resume", {}, "Investigating"),
            ("record_known_error", {}, ["workaround is missing", NO_CAUSE]),
            (
                "record_known_error",
                {"root_cause": "leak in the print driver", "workaround": "restart the spooler"},
                "Known Error",
            ),
            ("await_change", {}, ["change is missing"]),
            ("await_change", {"change": "CHG-7"}, "Awaiting Change"),
            ("resolve", {"resolution": "driver 4.2", "change_outcome": "backed out"}, [NOT_SETTLED]),
            ("resolve", {"change_outcome": "successful"}, "Resolved"),
            ("reopen", {"reopen_reason": "it leaks again"}, "Investigating"),
            ("resolve", {}, ["legal here are wait, record_known_error, await_change, cancel"]),
            ("await_change", {"root_cause": None}, [NO_CAUSE]),
            ("await_change", {"root_cause": "leak in the spooler"}, "Awaiting Change"),
            ("resolve", {"change_outcome": "successful"}, "Resolved"),
            ("close", {}, "Closed"),
        ],
    )


def test_a_risk_is_accepted_by_somebody_or_not_at_all(tell):
    tell(
        problem_workflow(),
        [
            ("investigate", {"assignee": "kim"}, "Investigating"),
            (
                "record_known_error",
                {"root_cause": "old firmware", "workaround": "reboot weekly"},
                "Known Error",
            ),
            ("resolve", {"resolution": "we live with it", "risk_accepted_by": " "}, [NOT_SETTLED]),
            ("resolve", {"risk_accepted_by": "the service owner"}, "Resolved"),
        ],
    )


def test_only_a_problem_manager_drops_a_problem(tell):
    tell(
        problem_workflow(),
        [
            ("cancel", {"cancellation_reason": "the same as PRB-3"}, ["needs the role problem_manager"]),
            ("cancel", {"actor_roles": ("agent", "problem_manager")}, "Cancelled"),
        ],
    )


@pytest.mark.parametrize(
    ("state", "trigger", "effects"),
    [
        pytest.param(
            "Investigating", "record_known_error", ("publish_workaround",), id="told when it is known"
        ),
        pytest.param(
            "Known Error",
            "reinvestigate",
            ("withdraw_change_outcome", "withdraw_workaround"),
            id="withdrawn in doubt",
        ),
        pytest.param("Resolved", "close", ("withdraw_workaround",), id="withdrawn in the end"),
        pytest.param("Resolved", "reopen", ("withdraw_change_outcome",), id="kept when it comes back"),
    ],
)
def test_a_workaround_is_published_for_as_long_as_it_helps(state, trigger, effects):
    facts = {"root_cause": "leak", "workaround": "restart", "reopen_reason": "it was another one"}
    assert Workflow(problem_workflow()).fire(state, trigger, facts).effects == effects


def test_a_known_error_is_work_still_to_be_done():
    assert problem_workflow().category_of("Known Error") is StateCategory.ACTIVE
