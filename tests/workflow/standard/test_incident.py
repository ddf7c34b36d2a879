from datetime import UTC, datetime

import pytest

from itsmkit.calendars import BusinessCalendar
from itsmkit.workflow import TransitionRefusedError, Workflow, incident_workflow

WORKFLOW = Workflow(incident_workflow())
FACTS = {
    "support_group": "Network",
    "assignee": "kim",
    "pending_reason": "waits for the supplier",
    "resolution": "restarted",
    "cancellation_reason": "logged twice",
}


@pytest.mark.parametrize(
    ("triggers", "states"),
    [
        pytest.param(
            ["assign", "start", "wait", "resume", "resolve", "close"],
            ["Assigned", "In Progress", "Pending", "In Progress", "Resolved", "Closed"],
            id="the whole way",
        ),
        pytest.param(
            ["start", "resolve", "reopen", "assign", "resolve", "close"],
            ["In Progress", "Resolved", "In Progress", "Assigned", "Resolved", "Closed"],
            id="reopened and escalated",
        ),
        pytest.param(["cancel"], ["Cancelled"], id="cancelled"),
    ],
)
def test_an_incident_goes_its_way(triggers, states):
    state, visited = incident_workflow().initial, []
    for trigger in triggers:
        state = WORKFLOW.fire(state, trigger, FACTS).target
        visited.append(state)
    assert visited == states


@pytest.mark.parametrize(
    ("state", "trigger", "required"),
    [
        ("New", "assign", "support_group"),
        ("Assigned", "start", "assignee"),
        ("In Progress", "wait", "pending_reason"),
        ("Pending", "resolve", "resolution"),
        ("New", "cancel", "cancellation_reason"),
    ],
)
def test_what_the_next_one_needs_to_know_is_required(state, trigger, required):
    with pytest.raises(TransitionRefusedError) as caught:
        WORKFLOW.fire(state, trigger, FACTS | {required: ""})
    assert caught.value.reasons == (f"{required} is missing",)


@pytest.mark.parametrize("state", ["Closed", "Cancelled"])
def test_what_is_over_stays_so(state):
    assert WORKFLOW.available(state, FACTS) == ()


def test_an_illegal_transition_names_the_legal_ones():
    with pytest.raises(TransitionRefusedError) as caught:
        WORKFLOW.fire("New", "resolve", FACTS)
    assert str(caught.value) == "cannot resolve from New: legal here are assign, start, cancel"


def test_a_resolved_incident_closes_after_five_business_days():
    office = BusinessCalendar("Mon-Fri 09:00-17:00", "UTC")
    [deadline] = WORKFLOW.deadlines("Resolved", datetime(2026, 3, 6, 16, tzinfo=UTC), office)
    assert (deadline.trigger, deadline.at) == ("close", datetime(2026, 3, 13, 16, tzinfo=UTC))


def test_the_room_offers_the_same_workflow_as_the_standard_ones():
    from itsmkit.workflow import standard

    assert standard.incident_workflow() is incident_workflow()
