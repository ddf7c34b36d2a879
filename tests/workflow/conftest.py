from itertools import pairwise

import pytest
from hypothesis import strategies as st

from itsmkit.conditions import Condition, Facts, at_least, equals, one_of, present
from itsmkit.workflow import Guard, State, StateCategory, Transition, WorkflowDefinition

# Names that state machines are known to trip over: attributes of their own, wildcards, separators.
STATES = ["New", "in_progress", "In Progress", "*", "=", "self", "state", "initial", "a.b", "None"]
TRIGGERS = ["resolve", "state", "trigger", "to_New", "is_New", "may_resolve", "on_enter_New", "*", "="]
FACTS = ["state", "trigger", "resolution"]


@pytest.fixture(scope="session")
def facts() -> st.SearchStrategy[Facts]:
    values = st.sampled_from([None, "", " ", "done", 0, 3, True])
    return st.dictionaries(st.sampled_from(FACTS), values)


@pytest.fixture(scope="session")
def definitions() -> st.SearchStrategy[WorkflowDefinition]:
    names = st.sampled_from(FACTS)
    conditions: st.SearchStrategy[Condition] = st.one_of(
        st.builds(present, names),
        st.builds(equals, names, st.sampled_from(["done", True])),
        st.builds(at_least, names, st.just(3)),
        st.builds(lambda name: ~one_of(name, "done", 0), names),
    )

    @st.composite
    def definition(draw: st.DrawFn) -> WorkflowDefinition:
        states = draw(st.lists(st.sampled_from(STATES), min_size=1, max_size=5, unique=True))
        # A chain from the first state to the last makes all of them reachable, and the end too.
        ways = [("advance", source, target) for source, target in pairwise(states)]
        ways += draw(
            st.lists(
                st.tuples(st.sampled_from(TRIGGERS), st.sampled_from(states), st.sampled_from(states)),
                max_size=6,
                unique_by=lambda way: way[:2],
            )
        )
        categories = st.sampled_from(StateCategory)
        return WorkflowDefinition(
            draw(st.sampled_from(["incident", "small change"])),
            initial=states[0],
            states=[
                *(State(name, draw(categories)) for name in states[:-1]),
                State(states[-1], StateCategory.CLOSED),
            ],
            transitions=[
                Transition(
                    trigger,
                    source,
                    target,
                    guards=[
                        Guard(f"guard {index}", condition, f"reason {index}")
                        for index, condition in enumerate(draw(st.lists(conditions, max_size=2)))
                    ],
                    required=draw(st.lists(names, max_size=2, unique=True)),
                )
                for trigger, source, target in ways
            ],
            version=draw(st.sampled_from(["1", "2.0"])),
        )

    return definition()
