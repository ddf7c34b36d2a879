"""What the standard workflows ask of their host: nobody waits for what was not begun, nothing stale stays."""

import pytest

from itsmkit.workflow import Workflow
from itsmkit.workflow.standard import STANDARD_WORKFLOWS, standard_workflow

ALL_TRANSITIONS = [
    pytest.param(name, transition, id=f"{name}: {transition.trigger} to {transition.target}")
    for name in STANDARD_WORKFLOWS
    for transition in standard_workflow(name).transitions
]


@pytest.mark.parametrize(("name", "transition"), ALL_TRANSITIONS)
def test_an_approval_is_opened_exactly_where_one_is_awaited(name, transition):
    assert ("open_approval" in transition.effects) == (transition.target == "Awaiting Approval")


@pytest.mark.parametrize(("name", "transition"), ALL_TRANSITIONS)
def test_an_approval_ends_with_the_work_that_asked_for_it(name, transition):
    definition = standard_workflow(name)
    left = {state for source in transition.sources for state in definition.states_in(source)}
    gives_up = "Awaiting Approval" in left and transition.trigger in {"cancel", "revise"}
    assert ("withdraw_approval" in transition.effects) == gives_up


@pytest.mark.parametrize(
    ("name", "state", "trigger", "facts", "effects"),
    [
        pytest.param(
            "normal_change",
            "Scheduled",
            "revise",
            {"revision_reason": "a third node"},
            ("withdraw_approval", "withdraw_test_result"),
            id="a revised change is approved and tested anew",
        ),
        pytest.param(
            "standard_change",
            "Implementing",
            "back_out",
            {"back_out_reason": "no mail comes in"},
            ("suspend_template", "notify_requester"),
            id="a failure suspends the template",
        ),
        pytest.param(
            "emergency_change", "Documenting", "remind", {}, ("remind_assignee",), id="papers are reminded of"
        ),
        pytest.param(
            "release",
            "Backed Out",
            "rebuild",
            {"defects": "a migration locks", "release_plan": "two waves", "back_out_plan": "the old image"},
            ("withdraw_test_result",),
            id="a new build is tested anew",
        ),
        pytest.param(
            "release",
            "Ready",
            "rebuild",
            {"defects": "a migration locks", "release_plan": "two waves", "back_out_plan": "the old image"},
            ("withdraw_test_result",),
            id="so is one that was ready",
        ),
        pytest.param(
            "access_grant",
            "Granted",
            "fall_due",
            {},
            ("open_recertification", "notify_requester"),
            id="a new quarter asks a new question",
        ),
        pytest.param(
            "knowledge_article",
            "Published",
            "fall_due",
            {},
            ("withdraw_review", "request_review"),
            id="a review is asked for",
        ),
        pytest.param(
            "asset",
            "In Use",
            "report_missing",
            {"last_seen": "on the train"},
            ("notify_asset_manager",),
            id="a loss is told to the asset manager",
        ),
    ],
)
def test_a_way_has_its_effects(name, state, trigger, facts, effects):
    assert Workflow(standard_workflow(name)).fire(state, trigger, facts).effects == effects


@pytest.mark.parametrize("name", ["service_request", "normal_change", "emergency_change", "access_grant"])
def test_who_asked_for_an_approval_hears_what_came_of_it(name):
    following = [
        each for each in standard_workflow(name).transitions if each.trigger in {"approve", "reject"}
    ]
    assert len(following) == 2
    assert all("notify_requester" in each.effects for each in following)
