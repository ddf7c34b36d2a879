import pickle
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from hypothesis import given
from hypothesis import strategies as st

from itsmkit.conditions import Facts, at_least, equals
from itsmkit.workflow import (
    Availability,
    Fired,
    Guard,
    State,
    StateCategory,
    Transition,
    TransitionRefusedError,
    UnknownStateError,
    Workflow,
    WorkflowDefinition,
    incident_workflow,
)

DEFINITION = WorkflowDefinition(
    "release",
    initial="Draft",
    states=[State("Draft", "new"), State("Review", "active"), State("Out", "closed")],
    transitions=[
        Transition("submit", "Draft", "Review"),
        Transition(
            "publish",
            ("Draft", "Review"),
            "Out",
            guards=[
                Guard("reviewed", at_least("reviews", 2), "two people must have reviewed it"),
                Guard("calm", ~equals("frozen", True), "there is a change freeze"),
            ],
            required=("notes", "owner"),
        ),
        Transition("rush", "Draft", "Out"),
        Transition("touch", "Review", "Review"),
    ],
)
WORKFLOW = Workflow(DEFINITION)
READY = {"reviews": 2, "notes": "fixes", "owner": "kim"}


def test_an_accepted_trigger_says_what_it_does():
    assert WORKFLOW.fire("Review", "publish", READY) == Fired(
        source="Review",
        trigger="publish",
        target="Out",
        source_category=StateCategory.ACTIVE,
        category=StateCategory.CLOSED,
    )


@pytest.mark.parametrize(
    ("state", "trigger", "free"),
    [
        ("Draft", "submit", True),
        ("Review", "publish", False),
        ("Out", "submit", False),
        ("Nowhere", "submit", False),
    ],
    ids=["no guard and no required fact", "both", "not declared there", "no such state"],
)
def test_what_asks_for_no_fact_is_unconditional(state, trigger, free):
    assert WORKFLOW.is_unconditional(state, trigger) is free


def test_the_result_is_shared():
    assert WORKFLOW.fire("Review", "touch", {}) is WORKFLOW.fire("Review", "touch", READY)


@pytest.mark.parametrize(
    ("facts", "missing", "failed"),
    [
        pytest.param(READY | {"reviews": 1}, (), ("reviewed",), id="one guard"),
        pytest.param(READY | {"notes": " "}, ("notes",), (), id="one blank fact"),
        pytest.param(READY | {"owner": None}, ("owner",), (), id="one empty fact"),
        pytest.param({"frozen": True}, ("notes", "owner"), ("reviewed", "calm"), id="everything"),
    ],
)
def test_a_refusal_lists_every_reason(facts, missing, failed):
    with pytest.raises(TransitionRefusedError) as caught:
        WORKFLOW.fire("Review", "publish", facts)
    error = caught.value
    assert (error.trigger, error.state, error.legal) == ("publish", "Review", ("publish", "touch"))
    assert (error.missing, error.failed) == (missing, failed)
    sentences = {guard.name: guard.reason for guard in DEFINITION.transitions[1].guards}
    expected = (*(f"{name} is missing" for name in missing), *(sentences[name] for name in failed))
    assert error.reasons == expected
    assert str(error) == f"cannot publish from Review: {'; '.join(expected)}"


@pytest.mark.parametrize("trigger", ["submit", "rush", "Publish", "to_Out", ""])
def test_a_trigger_that_is_not_declared_here_is_refused_with_those_that_are(trigger):
    with pytest.raises(TransitionRefusedError, match="legal here are publish, touch") as caught:
        WORKFLOW.fire("Review", trigger, READY)
    assert caught.value.legal == ("publish", "touch")


@pytest.mark.parametrize(
    "ask",
    [
        pytest.param(lambda: WORKFLOW.fire("Revue", "publish", READY), id="fire"),
        pytest.param(lambda: WORKFLOW.available("Revue", {}), id="available"),
        pytest.param(lambda: WORKFLOW.trigger_to("Revue", "Out"), id="from"),
        pytest.param(lambda: WORKFLOW.trigger_to("Draft", "Revue"), id="to"),
        pytest.param(lambda: WORKFLOW.category_of("Revue"), id="category"),
    ],
)
def test_an_unknown_state_is_told_with_the_known_ones(ask):
    with pytest.raises(UnknownStateError, match="known: Draft, Review, Out") as caught:
        ask()
    assert caught.value.state == "Revue"
    assert caught.value.known == ("Draft", "Review", "Out")


def test_what_is_available_is_told_with_the_reasons_why_not():
    facts = {"reviews": 3, "frozen": True, "notes": "fixes"}
    assert WORKFLOW.available("Draft", facts) == (
        Availability("submit", "Review", StateCategory.ACTIVE),
        Availability(
            "publish",
            "Out",
            StateCategory.CLOSED,
            missing=("owner",),
            failed=("calm",),
            reasons=("owner is missing", "there is a change freeze"),
        ),
        Availability("rush", "Out", StateCategory.CLOSED),
    )
    assert WORKFLOW.available("Out", facts) == ()


@given(data=st.data())
def test_exactly_what_is_allowed_is_accepted(
    data: st.DataObject,
    definitions: st.SearchStrategy[WorkflowDefinition],
    facts: st.SearchStrategy[Facts],
):
    workflow, known = Workflow(data.draw(definitions)), data.draw(facts)
    for state in workflow.definition.states:
        for way in workflow.available(state.name, known):
            if way.is_allowed:
                fired = workflow.fire(state.name, way.trigger, known)
                assert (fired.source, fired.source_category) == (state.name, state.category)
                assert (fired.target, fired.category) == (way.target, way.category)
            else:
                with pytest.raises(TransitionRefusedError) as caught:
                    workflow.fire(state.name, way.trigger, known)
                assert caught.value.reasons == way.reasons
                assert (caught.value.missing, caught.value.failed) == (way.missing, way.failed)


@pytest.mark.parametrize(
    ("source", "target", "trigger"),
    [
        pytest.param("Draft", "Out", "publish", id="the first of two"),
        pytest.param("Review", "Out", "publish", id="one"),
        pytest.param("Review", "Review", "touch", id="to itself, declared"),
        pytest.param("Draft", "Draft", None, id="to itself, not declared"),
        pytest.param("Out", "Draft", None, id="none"),
    ],
)
def test_a_change_of_state_has_a_trigger_if_one_is_declared(source, target, trigger):
    assert WORKFLOW.trigger_to(source, target) == trigger


def test_states_have_categories():
    assert [WORKFLOW.category_of(state.name) for state in DEFINITION.states] == ["new", "active", "closed"]


def test_workflows_are_equal_where_their_definitions_are():
    used = Workflow(incident_workflow())
    used.fire("Resolved", "close", {})
    assert used == Workflow(incident_workflow())
    assert hash(used) == hash(Workflow(incident_workflow()))
    assert used != WORKFLOW


def test_a_used_workflow_can_be_pickled():
    used = Workflow(incident_workflow())
    used.fire("Resolved", "close", {})
    copy = pickle.loads(pickle.dumps(used))
    assert copy == used
    assert copy.fire("Resolved", "close", {}) == used.fire("Resolved", "close", {})


def test_threads_may_use_a_new_workflow_at_the_same_time():
    workflow, barrier = Workflow(DEFINITION), Barrier(8)

    def publish(_: int) -> Fired:
        barrier.wait()
        return workflow.fire("Review", "publish", READY)

    with ThreadPoolExecutor(8) as pool:
        assert set(pool.map(publish, range(8))) == {WORKFLOW.fire("Review", "publish", READY)}
