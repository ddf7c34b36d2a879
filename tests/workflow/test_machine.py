import subprocess
import sys
from types import MappingProxyType

import pytest
from hypothesis import given
from hypothesis import strategies as st

from itsmkit.conditions import Facts, present
from itsmkit.workflow import (
    Guard,
    State,
    Transition,
    TransitionRefusedError,
    Workflow,
    WorkflowDefinition,
    incident_workflow,
)
from itsmkit.workflow._machine import UnboundMachine


@given(data=st.data())
def test_compiled_and_uncompiled_paths_have_the_same_outcomes(
    data: st.DataObject,
    definitions: st.SearchStrategy[WorkflowDefinition],
    facts: st.SearchStrategy[Facts],
):
    definition, known = data.draw(definitions), data.draw(facts)
    machine, workflow = UnboundMachine(definition), Workflow(definition)
    triggers = {"never declared", "to_New", *(way.trigger for way in definition.transitions)}
    for state in definition.states:
        for trigger in triggers:
            expected = machine.fire_uncompiled(state.name, trigger, known)
            try:
                found = workflow.fire(state.name, trigger, known).target
            except TransitionRefusedError:
                found = None
            assert found == expected


def test_no_transition_exists_that_was_not_declared():
    definition = incident_workflow()
    declared = {(source, way.trigger, way.target) for way in definition.transitions for source in way.sources}
    moves = UnboundMachine(definition).moves()
    assert {(move.source.name, move.transition.trigger, move.target.name) for move in moves} == declared
    with pytest.raises(TransitionRefusedError, match="cannot to_Closed from New: legal here are"):
        Workflow(definition).fire("New", "to_Closed", {})


def test_facts_named_like_a_trigger_or_a_state_do_not_matter():
    facts = MappingProxyType({"resolve": None, "state": "Closed", "resolution": "restarted"})
    assert Workflow(incident_workflow()).fire("Pending", "resolve", facts).target == "Resolved"


@pytest.mark.parametrize("name", ["*", "=", "self", "state", "in_progress", "on_enter_New", "é"])
def test_any_name_will_do_for_a_state_and_a_trigger(name):
    definition = WorkflowDefinition(
        "odd",
        initial="New",
        states=[State("New", "new"), State(name, "closed"), State("Other", "closed")],
        transitions=[
            Transition(name, "New", name, guards=[Guard("g", ~present("veto"), "there is a veto")]),
            Transition("go", [name, "New"], "Other"),
        ],
    )
    workflow = Workflow(definition)
    assert workflow.fire("New", name, {}).target == name
    assert workflow.fire(name, "go", {}).target == "Other"
    with pytest.raises(TransitionRefusedError, match="there is a veto"):
        workflow.fire("New", name, {"veto": "yes"})
    with pytest.raises(TransitionRefusedError, match="nothing is legal here"):
        workflow.fire("Other", name, {})


def test_the_library_is_loaded_by_the_first_question_about_a_move_and_not_before():
    script = """if True:
        import sys
        import itsmkit.workflow as w
        workflow = w.Workflow(w.incident_workflow())
        workflow.category_of("New"), w.to_mapping(workflow.definition)
        assert "transitions" not in sys.modules
        workflow.fire("New", "start", {"assignee": "kim"})
        assert "transitions" in sys.modules
    """
    subprocess.run([sys.executable, "-c", script], check=True)
