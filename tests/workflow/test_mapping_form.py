import json
import tomllib

import attrs
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
            ["state: is unknown; did you mean 'states'?"],
            id="an unknown key",
        ),
        pytest.param(
            changed(
                name=1, version=2, initial="", guards=[], states=[], composites="x", transitions={}, rules=3
            ),
            [
                "name: must be a name",
                "initial: must be a name",
                "version: must be a name",
                "guards: must be a mapping of names to guards, not list []",
                "states: must be a mapping of names, not list []",
                "composites: must be a mapping of names, not str 'x'",
                "transitions: must be a list, not dict {}",
                "rules: must be a list, not int 3",
            ],
            id="nothing of the right type",
        ),
        pytest.param(
            changed(states={"In Progress": "opne", 3: "closed"}),
            [
                "states['In Progress']: unknown category 'opne'",
                "states[3]: State.name must be",
                "transitions[0].to: unknown state 'Resolved'; known: In Progress",
                "transitions[1].from: unknown state 'Resolved'; known: In Progress",
            ],
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
                "transitions[3].guard: is unknown; did you mean 'guards'?",
                "transitions[4].trigger: is missing",
                "transitions[5].trigger: must be a name",
                "transitions[5].to: must be a name",
                "transitions[5].from[0]: must be a name without surrounding spaces, not int 3",
                "transitions[5].required: 'x' stands there more than once",
                "transitions[3].from: unknown state 'Rseolved'; did you mean 'Resolved'?",
                "transitions[3].to: unknown state 'Closed'; known: In Progress, Resolved",
            ],
            id="transitions",
        ),
        pytest.param(
            changed(
                guards={
                    "known": {"when": {"field": "a", "present": True}, "reason": "r"},
                    "bad": 3,
                    "lonely": {"when": {"field": "a", "present": True}, "reason": "r"},
                },
                transitions=transitions(
                    {
                        "trigger": "close",
                        "from": "Resolved",
                        "to": "Resolved",
                        "guards": [
                            None,
                            {"name": "a", "reason": "b"},
                            {"name": "", "when": {"all": [{}]}, "reason": 3},
                            "knwn",
                            {"any": ["cause_known"]},
                            {"all": 3},
                            {"all": [], "any": []},
                            {"not": {"any": [4, 5]}},
                            {"not": "known", "name": "x"},
                            {"any": ["bad", "known"]},
                        ],
                    },
                    {"trigger": "close", "from": "Resolved", "to": "In Progress", "guards": 4},
                ),
            ),
            [
                "guards['bad']: must be a mapping, not int 3",
                "transitions[2].guards[0]: must be the name of a guard, or a table, not NoneType None",
                "transitions[2].guards[1].when: is missing",
                "transitions[2].guards[2].when.all[0]: has no field",
                "transitions[2].guards[2].when.all[0]: needs exactly one of",
                "transitions[2].guards[2].name: must be a name",
                "transitions[2].guards[2].reason: must be a sentence",
                "transitions[2].guards[3]: unknown guard 'knwn'; did you mean 'known'?",
                "transitions[2].guards[4].any[0]: unknown guard 'cause_known'; did you mean 'known'?",
                "transitions[2].guards[5].all: must be a list of guards, not int 3",
                "transitions[2].guards[6].any: is unknown; known: all",
                "transitions[2].guards[6].all: at least two guards are joined, not 0",
                "transitions[2].guards[7].not.any[0]: must be the name of a guard, or a table, not int 4",
                "transitions[2].guards[7].not.any[1]: must be the name of a guard, or a table, not int 5",
                "transitions[2].guards[8].name: is unknown; known: not",
                "transitions[3].guards: must be a list of guards, not int 4",
                "guards['lonely']: no state and no transition asks for it; use it, or remove it",
            ],
            id="guards",
        ),
        pytest.param(
            changed(
                states={
                    "In Progress": {
                        "category": "active",
                        "timers": [{"trigger": "resolve", "after": "soon"}, 3],
                    },
                    "Resolved": {"category": "resolved", "required": [""], "timers": 4, "timer": []},
                    "Closed": {"required": "x"},
                    "Old": {"category": "closed", "timers": {"trigger": "", "after": "-1h", "calendar": 3}},
                }
            ),
            [
                "states['In Progress'].timers[0].after: must be a duration",
                "states['In Progress'].timers[1]: must be a mapping, not int 3",
                "states['Resolved'].timer: is unknown; did you mean 'timers'?",
                "states['Resolved'].timers: must be a list, not int 4",
                "states['Resolved'].required[0]: must be a name",
                "states['Closed'].category: is missing",
                "states['Old'].timers: must be a list, not dict",
            ],
            id="tables of states",
        ),
        pytest.param(
            changed(
                composites={
                    "Open": {"states": "In Progress", "initial": "Resolved"},
                    "": {"states": ["Resolved"]},
                    "Lost": {"states": ["Resolved"], "initial": "Resolved", "first": 1},
                },
                rules=[{"never_without": "", "before": 3}, {"before": "Resolved"}, "never"],
            ),
            [
                "composites['Open'].initial: 'Resolved' is none of its states; known: In Progress",
                "composites[''].initial: is missing",
                "composites['Lost'].first: is unknown; known: states, initial",
                "rules[0].never_without: must be a name",
                "rules[0].before: must be a name",
                "rules[1].never_without: is missing",
                "rules[2]: must be a mapping, not str 'never'",
            ],
            id="composites and rules",
        ),
        pytest.param(
            changed(
                initial="New",
                rules=[{"never_without": "cause_known", "before": "Resolved", "since": "New"}],
            ),
            ["initial: 'New' is an unknown state", "rules[0].since: unknown state 'New'"],
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


def test_one_fault_makes_no_others_and_hides_none():
    document = changed(
        states={"In Progress": "activ", "Resolved": {"category": "resolved", "timers": [TIMER]}},
        guards={"known": {"when": 'cause = "x"', "reason": "say it"}},
        transitions=transitions(
            {"trigger": "close", "form": "Resolved", "to": "Resolved", "guards": ["known"]},
            {"trigger": "open", "from": "Resolvd", "to": "In Progress", "guards": ["known", "nosuch"]},
            {"trigger": "open", "from": "Resolved", "to": "In Progress", "effects": "tell"},
        ),
        rules=[{"never_without": "known", "before": "Resolved"}],
    )
    with pytest.raises(WorkflowDefinitionError) as caught:
        definition_from(document, effects=["notify"])
    assert [problem.split(";")[0] for problem in caught.value.problems] == [
        "states['In Progress']: unknown category 'activ'",
        "transitions[2].form: is unknown",
        "transitions[2].from: is missing",
        "transitions[3].guards[1]: unknown guard 'nosuch'",
        "transitions[3].from: unknown state 'Resolvd'",
        "transitions[4].effects[0]: unknown effect 'tell'",
    ]


TIMER = {"trigger": "close", "after": "8h"}


def test_a_guard_that_was_handed_in_is_not_replaced_in_silence():
    mine = {"known": Guard("known", present("cause"), "say what it was")}
    more = {"trigger": "close", "from": "Resolved", "to": "Resolved", "guards": "known"}
    other = {"known": {"when": "cause is missing", "reason": "say nothing"}}
    with pytest.raises(WorkflowDefinitionError, match="another guard than the one of this name that was"):
        definition_from(changed(transitions=transitions(more), guards=other), guards=mine)


def test_guards_that_hold_each_other_are_refused():
    looped: dict[str, list[object]] = {"all": []}
    looped["all"] += [looped, looped]
    more = {"trigger": "close", "from": "Resolved", "to": "Resolved", "guards": looped}
    with pytest.raises(WorkflowDefinitionError, match="10,000 are the most"):
        definition_from(changed(transitions=transitions(more)))


def test_a_number_with_too_many_digits_is_told_too():
    with pytest.raises(WorkflowDefinitionError, match="int with too many digits to be shown"):
        definition_from(changed(version=16**5000))


def test_guards_of_the_caller_may_be_asked_for_by_name():
    mine = {"known": Guard("known", present("cause"), "say what it was")}
    more = {"trigger": "close", "from": "Resolved", "to": "Resolved", "guards": "known"}
    definition = definition_from(changed(transitions=transitions(more)), guards=mine)
    assert definition.transitions[2].guards == (mine["known"],)
    # Written, it is one of the definition's own.
    assert definition_from(to_mapping(definition)) == definition


def test_effects_that_nobody_has_are_problems_where_the_caller_says_which_there_are():
    more = {"trigger": "close", "from": "Resolved", "to": "Resolved", "effects": ["tell", "cuont"]}
    document = changed(transitions=transitions(more))
    assert definition_from(document).transitions[2].effects == ("tell", "cuont")
    with pytest.raises(WorkflowDefinitionError) as caught:
        definition_from(document, effects=("tell", "count"))
    assert caught.value.problems == (
        "transitions[2].effects[1]: unknown effect 'cuont'; did you mean 'count'?",
    )


def test_guards_nest_only_so_deep():
    nested: object = "cause_known"
    for _ in range(102):
        nested = {"not": nested}
    more = {"trigger": "close", "from": "Resolved", "to": "Resolved", "guards": [nested]}
    with pytest.raises(WorkflowDefinitionError, match="nested too deeply; 100 is the most"):
        definition_from(changed(transitions=transitions(more)))


def test_only_guards_of_this_room_can_be_written(foreign_guard):
    definition = definition_from(changed())
    odd = attrs.evolve(definition.transitions[1], guards=[foreign_guard])
    with pytest.raises(TypeError, match="not a guard of this room: Foreign"):
        to_mapping(attrs.evolve(definition, transitions=[definition.transitions[0], odd]))
