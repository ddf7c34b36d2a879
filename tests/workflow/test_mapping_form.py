import json
import tomllib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from itsmkit.conditions import present
from itsmkit.workflow import (
    Guard,
    State,
    Transition,
    WorkflowDefinition,
    WorkflowDefinitionError,
    definition_from,
    incident_workflow,
    to_mapping,
)

SMALL = """
name = "small"
initial = "In Progress"

[states]
"In Progress" = "active"
Resolved = "resolved"

[[transitions]]
trigger = "resolve"
from = ["In Progress"]
to = "Resolved"
required = "resolution"
guards = [
    { name = "cause_known", when = { field = "cause", present = true }, reason = "say what it was" },
]

[[transitions]]
trigger = "reopen"
from = "Resolved"
to = "In Progress"
"""


@given(data=st.data())
def test_a_definition_survives_its_mapping_and_json(
    data: st.DataObject, definitions: st.SearchStrategy[WorkflowDefinition]
):
    definition = data.draw(definitions)
    plain = to_mapping(definition)
    assert definition_from(plain) == definition
    assert to_mapping(definition_from(json.loads(json.dumps(plain)))) == plain


def test_the_standard_workflow_survives_too():
    assert definition_from(to_mapping(incident_workflow())) == incident_workflow()


def test_toml_is_read_as_it_is_written():
    assert definition_from(tomllib.loads(SMALL)) == WorkflowDefinition(
        "small",
        initial="In Progress",
        states=[State("In Progress", "active"), State("Resolved", "resolved")],
        transitions=[
            Transition(
                "resolve",
                "In Progress",
                "Resolved",
                guards=[Guard("cause_known", present("cause"), "say what it was")],
                required="resolution",
            ),
            Transition("reopen", "Resolved", "In Progress"),
        ],
    )


def changed(**parts: object) -> dict[str, object]:
    return {**tomllib.loads(SMALL), **parts}


def transitions(*more: object) -> list[object]:
    return [*tomllib.loads(SMALL)["transitions"], *more]


@pytest.mark.parametrize(
    ("document", "problems"),
    [
        pytest.param([], ["workflow: must be a mapping, not list []"], id="no mapping"),
        pytest.param(
            {},
            ["name: is missing", "initial: is missing", "states: is missing", "transitions: is missing"],
            id="empty",
        ),
        pytest.param(
            changed(state={}),
            ["state: is unknown; known: name, initial, states, transitions, version"],
            id="an unknown key",
        ),
        pytest.param(
            changed(name=1, version=2, initial="", states=[], transitions={}),
            [
                "name: must be a name",
                "initial: must be a name",
                "version: must be a name",
                "states: must be a mapping of names to categories, not list []",
                "transitions: must be a list, not dict {}",
            ],
            id="nothing of the right type",
        ),
        pytest.param(
            changed(states={"In Progress": "opne", 3: "closed"}),
            ["states['In Progress']: unknown category 'opne'", "states[3]: State.name must be"],
            id="states",
        ),
        pytest.param(
            changed(
                transitions=transitions(
                    7,
                    {"trigger": "close", "from": "Rseolved", "to": "Closed", "guard": []},
                    {"from": [], "to": "Resolved"},
                    {"trigger": "", "from": 3, "to": None, "required": ["x", "x"]},
                )
            ),
            [
                "transitions[2]: must be a mapping, not int 7",
                "transitions[3].guard: is unknown; known: trigger, from, to, guards, required",
                "transitions[4].trigger: is missing",
                "transitions[5].trigger: must be a name",
                "transitions[5].to: must be a name",
                "transitions[5].from[0]: must be a name without surrounding spaces, not int 3",
                "transitions[5].required: 'x' stands there more than once",
                "transitions[3].from: unknown state 'Rseolved'; known: In Progress, Resolved",
                "transitions[3].to: unknown state 'Closed'; known: In Progress, Resolved",
            ],
            id="transitions",
        ),
        pytest.param(
            changed(
                transitions=transitions(
                    {
                        "trigger": "close",
                        "from": "Resolved",
                        "to": "Resolved",
                        "guards": [
                            None,
                            {"name": "a", "reason": "b"},
                            {"name": "", "when": {"all": [{}]}, "reason": 3},
                        ],
                    }
                )
            ),
            [
                "transitions[2].guards[0]: must be a mapping, not NoneType None",
                "transitions[2].guards[1].when: is missing",
                "transitions[2].guards[2].when.all[0]: has no field",
                "transitions[2].guards[2].when.all[0]: needs exactly one of",
                "transitions[2].guards[2].name: must be a name",
                "transitions[2].guards[2].reason: must be a sentence",
            ],
            id="guards",
        ),
        pytest.param(
            changed(initial="New", states={"In Progress": "active", "Resolved": "resolved", "Lost": "new"}),
            ["initial: unknown state 'New'", "states['Lost']: no way leads from here"],
            id="read well, but wrong",
        ),
    ],
)
@pytest.mark.parametrize("where", ["", "workflows.small"])
def test_a_refusal_lists_all_problems_with_their_paths(document, problems, where):
    with pytest.raises(WorkflowDefinitionError) as caught:
        definition_from(document, where=where)
    assert len(caught.value.problems) == len(problems)
    for found, expected in zip(caught.value.problems, problems, strict=True):
        if not where:
            assert found.startswith(expected)
        elif expected.startswith("workflow:"):
            assert found.startswith(expected.replace("workflow", where))
        else:
            assert found.startswith(f"{where}.{expected}")


def test_order_is_kept():
    names = [state.name for state in incident_workflow().states]
    assert list(to_mapping(incident_workflow())["states"]) == names
