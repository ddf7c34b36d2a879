import pickle

import attrs
import pytest
from hypothesis import given
from hypothesis import strategies as st

from itsmkit.errors import DefinitionError
from itsmkit.workflow import (
    State,
    Transition,
    WorkflowDefinition,
    WorkflowDefinitionError,
    incident_workflow,
)

OPEN, DONE = State("Open", "active"), State("Done", "closed")
FINISH = Transition("finish", "Open", "Done")


def define(**parts: object) -> WorkflowDefinition:
    return WorkflowDefinition(
        **{"name": "small", "initial": "Open", "states": [OPEN, DONE], "transitions": [FINISH], **parts}
    )


@given(data=st.data())
def test_definitions_are_plain_values(
    data: st.DataObject, definitions: st.SearchStrategy[WorkflowDefinition]
):
    definition = data.draw(definitions)
    copy = pickle.loads(pickle.dumps(definition))
    assert copy == definition == attrs.evolve(definition)
    assert hash(copy) == hash(definition)


def test_one_trigger_may_leave_several_states_for_different_targets():
    half = State("Half", "active")
    definition = define(
        states=[OPEN, half, DONE],
        transitions=[Transition("go", "Open", "Half"), Transition("go", "Half", "Done")],
    )
    assert len(definition.transitions) == 2


@pytest.mark.parametrize(
    ("parts", "problems"),
    [
        pytest.param(
            {"name": "", "version": 1, "initial": None, "states": ["Open"], "transitions": [DONE]},
            [
                "name: must be a name",
                "version: must be a name",
                "initial: must be a name",
                "states[0]: must be a State, not str 'Open'",
                "transitions[0]: must be a Transition, not State",
            ],
            id="nothing of the right type",
        ),
        pytest.param(
            {"transitions": [FINISH, Transition("again", "Done", "Opne")]},
            ["transitions[1].target: unknown state 'Opne'; known: Open, Done"],
            id="target",
        ),
        pytest.param(
            {"transitions": [FINISH, Transition("again", ["Dnoe", "Done"], "Open")]},
            ["transitions[1].sources: unknown state 'Dnoe'; known: Open, Done"],
            id="source",
        ),
        pytest.param({"initial": "New"}, ["initial: unknown state 'New'; known: Open, Done"], id="initial"),
        pytest.param(
            {"states": [], "transitions": []}, ["initial: unknown state 'Open'; known: none"], id="no states"
        ),
        pytest.param(
            {"states": [OPEN, DONE, State("Open", "new")]},
            ["states[2]: 'Open' is declared already by states[0]"],
            id="a state twice",
        ),
        pytest.param(
            {"transitions": [FINISH, Transition("finish", ["Done", "Open"], "Open")]},
            ["transitions[1]: 'finish' from 'Open' is declared already by transitions[0]; give"],
            id="a trigger twice from one state",
        ),
        pytest.param(
            {"states": [OPEN, DONE, State("Lost", "closed")]},
            ["states['Lost']: cannot be reached from the initial state 'Open'"],
            id="unreachable",
        ),
        pytest.param(
            {
                "states": [OPEN, DONE, State("Trap", "pending"), State("Door", "pending")],
                "transitions": [
                    FINISH,
                    Transition("wait", ["Open", "Door"], "Trap"),
                    Transition("wait more", "Trap", "Door"),
                ],
            },
            ["states['Trap']: no way leads from here", "states['Door']: no way leads from here"],
            id="a trap of two states",
        ),
        pytest.param(
            {
                "states": [OPEN, OPEN, DONE],
                "transitions": [FINISH, FINISH, Transition("a", "X", "Y")],
                "initial": "Z",
            },
            [
                "states[1]: 'Open' is declared already",
                "initial: unknown state 'Z'",
                "transitions[1]: 'finish' from 'Open'",
                "transitions[2].sources: unknown state 'X'",
                "transitions[2].target: unknown state 'Y'",
            ],
            id="all at once",
        ),
    ],
)
def test_a_refusal_lists_all_problems_with_their_paths(parts, problems):
    with pytest.raises(WorkflowDefinitionError) as caught:
        define(**parts)
    assert isinstance(caught.value, DefinitionError)
    assert len(caught.value.problems) == len(problems)
    for found, expected in zip(caught.value.problems, problems, strict=True):
        assert found.startswith(expected)


@pytest.mark.parametrize("category", ["resolved", "closed", "cancelled"])
def test_work_may_end_in_any_of_the_three_categories(category):
    states = [State("Open", category)]
    assert define(states=states, transitions=[]).states == tuple(states)


@pytest.mark.parametrize("lost", [state.name for state in incident_workflow().states[1:]])
def test_taking_all_ways_into_a_state_makes_it_unreachable(lost):
    definition = incident_workflow()
    kept = [way for way in definition.transitions if way.target != lost]
    with pytest.raises(WorkflowDefinitionError, match=f"{lost}'.: cannot be reached"):
        attrs.evolve(definition, transitions=kept)
