import pickle
from datetime import timedelta
from itertools import pairwise

import attrs
import pytest
from hypothesis import given
from hypothesis import strategies as st

from itsmkit.conditions import ALWAYS, NEVER
from itsmkit.errors import DefinitionError
from itsmkit.workflow import (
    CompositeState,
    Guard,
    State,
    StateTimer,
    Transition,
    UnknownStateError,
    WorkflowDefinition,
    WorkflowDefinitionError,
    never_without,
    resolve_effects,
)

OPEN, DONE = State("Open", "active"), State("Done", "closed")
HOUR = timedelta(hours=1)
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
            {
                "name": "",
                "version": 1,
                "initial": None,
                "states": ["Open"],
                "transitions": [DONE],
                "composites": [None],
                "rules": ["never"],
            },
            [
                "name: must be a name",
                "version: must be a name",
                "initial: must be a name",
                "states[0]: must be a State, not str 'Open'",
                "transitions[0]: must be a Transition, not State",
                "composites[0]: must be a CompositeState, not NoneType None",
                "rules[0]: must be a NeverWithout, not str 'never'",
            ],
            id="nothing of the right type",
        ),
        pytest.param(
            {"transitions": [FINISH, Transition("again", "Done", "Opne")]},
            ["transitions[1].target: unknown state 'Opne'; did you mean 'Open'?"],
            id="target",
        ),
        pytest.param(
            {"transitions": [FINISH, Transition("again", ["Dnoe", "Done"], "Open")]},
            ["transitions[1].sources: unknown state 'Dnoe'; did you mean 'Done'?"],
            id="source",
        ),
        pytest.param(
            {"transitions": [FINISH, Transition("approve", "Open", "change/Approved")]},
            ["transitions[1].target: unknown state 'change/Approved'; known: Open, Done"],
            id="a state of another definition",
        ),
        pytest.param(
            {"initial": "New"}, ["initial: 'New' is an unknown state; known: Open, Done"], id="initial"
        ),
        pytest.param(
            {"initial": "All", "composites": [CompositeState("All", states=["Open"], initial="Open")]},
            ["initial: 'All' is a composite state, and tickets begin in a state; known: Open, Done"],
            id="initial composite",
        ),
        pytest.param(
            {"states": [], "transitions": []},
            ["initial: 'Open' is an unknown state; known: none"],
            id="no states",
        ),
        pytest.param(
            {"states": [OPEN, DONE, State("Open", "new")]},
            ["states[2]: 'Open' is declared already by states[0]"],
            id="a state twice",
        ),
        pytest.param(
            {"transitions": [FINISH, Transition("finish", ["Done", "Open"], "Open")]},
            ["transitions[1]: 'finish' from 'Open' is declared already by transitions[0], which"],
            id="a trigger twice from one state",
        ),
        pytest.param(
            {
                "composites": [
                    CompositeState("A", states=["B", "Open"], initial="B"),
                    CompositeState("B", states=["A"], initial="A"),
                    CompositeState("C", states=["Open", "Opne"], initial="Open"),
                    CompositeState("D", states=["D"], initial="D"),
                    CompositeState("Done", states=["Done"], initial="Done"),
                    CompositeState("E", states=["B2"], initial="B2"),
                    CompositeState("B2", states=["F"], initial="F"),
                    CompositeState("F", states=["B2"], initial="B2"),
                ]
            },
            [
                "composites[4]: 'Done' is declared already by states[1]",
                "composites['C'].states: 'Open' belongs to 'A' already",
                "composites['C'].states: unknown state 'Opne'; did you mean 'Open'?",
                "composites['F'].states: 'B2' belongs to 'E' already",
                "composites['A']: it lies within itself: A in B in A",
                "composites['D']: it lies within itself: D in D",
                "composites['Done']: it lies within itself: Done in Done",
            ],
            id="composites",
        ),
        pytest.param(
            {
                "states": [
                    State("Open", "active", timers=StateTimer("finsh", after=HOUR)),
                    State("Done", "closed", timers=StateTimer("finish", after=HOUR)),
                ]
            },
            [
                "states['Open'].timers[0].trigger: 'finsh' is not declared for this state; did you mean",
                "states['Done'].timers[0].trigger: 'finish' is not declared for this state; known: none",
            ],
            id="timers",
        ),
        pytest.param(
            {
                "states": [OPEN, State("Done", "closed", guards=Guard("g", ALWAYS, "never"))],
                "transitions": [Transition("finish", "Open", "Done", guards=~Guard("g", NEVER, "always"))],
            },
            ["transitions[0].guards[0]: guard 'g' is another one than at states['Done'].guards[0]; a name"],
            id="a name for two guards",
        ),
        pytest.param(
            {"rules": [never_without("approvd", before="Donne", since="Opne")]},
            [
                "rules[0].never_without: 'approvd' is no state, trigger or guard; known: Open, Done, finish",
                "rules[0].before: unknown state 'Donne'; did you mean 'Done'?",
                "rules[0].since: unknown state 'Opne'; did you mean 'Open'?",
            ],
            id="rules",
        ),
        pytest.param(
            {
                "states": [OPEN, OPEN, DONE],
                "transitions": [FINISH, FINISH, Transition("a", "X", "Y")],
                "initial": "Z",
            },
            [
                "states[1]: 'Open' is declared already",
                "initial: 'Z' is an unknown state",
                "transitions[2].sources: unknown state 'X'",
                "transitions[2].target: unknown state 'Y'",
                "transitions[1]: 'finish' from 'Open'",
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


NESTED = WorkflowDefinition(
    "nested",
    initial="New",
    states=[State("New", "new"), State("Doing", "active"), State("Waiting", "pending"), DONE],
    composites=[
        CompositeState("Open", states=["New", "Work"], initial="Work"),
        CompositeState("Work", states=["Waiting", "Doing"], initial="Doing"),
    ],
    transitions=[Transition("start", "New", "Work"), Transition("finish", "Open", "Done")],
)


def test_composites_are_looked_through():
    assert NESTED.states_in("Open") == ("New", "Waiting", "Doing")
    assert NESTED.states_in("New") == ("New",)
    assert NESTED.entry_of("Open") == NESTED.entry_of("Work") == NESTED.entry_of("Doing") == "Doing"
    assert NESTED.composites_around("Waiting") == ("Work", "Open")
    assert NESTED.composites_around("Done") == ()


@pytest.mark.parametrize(
    "ask",
    [
        pytest.param(NESTED.state, id="state"),
        pytest.param(NESTED.category_of, id="category"),
        pytest.param(NESTED.states_in, id="states in"),
        pytest.param(NESTED.entry_of, id="entry"),
    ],
)
def test_an_unknown_state_is_told_with_the_known_ones(ask):
    with pytest.raises(UnknownStateError, match="no state 'Closed' in workflow 'nested'; known: New, Doing"):
        ask("Closed")


def test_a_timer_may_fire_what_a_composite_declares():
    timer = StateTimer("finish", after=HOUR)
    states = [attrs.evolve(state, timers=timer) for state in NESTED.states[:3]]
    assert attrs.evolve(NESTED, states=[*states, DONE]).state("Doing").timers == (timer,)


def test_guards_are_listed_by_name_in_the_order_in_which_they_are_asked_for():
    a, b, c = (Guard(name, ALWAYS, f"no {name}") for name in "abc")
    definition = define(
        states=[OPEN, State("Done", "closed", guards=c)],
        transitions=[Transition("finish", "Open", "Done", guards=[b | ~a, c & b])],
    )
    assert definition.guards == {"c": c, "b": b, "a": a}
    assert list(definition.guards) == ["c", "b", "a"]


def test_effects_are_resolved_by_the_caller():
    definition = define(
        transitions=[
            Transition("finish", "Open", "Done", effects=["tell", "count"]),
            Transition("reopen", "Done", "Open", effects="tell"),
        ]
    )
    assert resolve_effects(definition, {"tell": 1, "count": 2, "other": 3}) == {"tell": 1, "count": 2}
    with pytest.raises(WorkflowDefinitionError) as caught:
        resolve_effects(definition, {"tel": 1})
    assert caught.value.problems == (
        "transitions[0].effects[0]: unknown effect 'tell'; did you mean 'tel'?",
        "transitions[0].effects[1]: unknown effect 'count'; known: tel",
        "transitions[1].effects[0]: unknown effect 'tell'; did you mean 'tel'?",
    )


def test_only_some_of_many_names_are_listed():
    states = [State(f"S{n}", "closed") for n in range(40)]
    with pytest.raises(WorkflowDefinitionError) as caught:
        define(initial="nowhere", states=states, transitions=[])
    assert str(caught.value).endswith("known: " + ", ".join(f"S{n}" for n in range(20)) + ", 20 others")


def test_composite_states_nest_only_so_deep():
    names = ["Open", *(f"C{n}" for n in range(52))]
    composites = [CompositeState(outer, states=[inner], initial=inner) for inner, outer in pairwise(names)]
    with pytest.raises(WorkflowDefinitionError) as caught:
        define(composites=composites)
    assert caught.value.problems == ("composites['C0']: it lies 51 composite states deep; 50 are the most",)
