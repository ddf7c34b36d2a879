"""What is the same for all standard workflows: their files, their words, and what their docstrings say."""

import inspect
import pickle
import tomllib
from importlib.resources import files

import pytest

from itsmkit.workflow import (
    Guard,
    GuardExpression,
    NegatedGuard,
    StateCategory,
    Workflow,
    definition_from,
    to_mapping,
)
from itsmkit.workflow.standard import STANDARD_WORKFLOWS, UnknownWorkflowError, standard_workflow

FOLDER = files("itsmkit.workflow.standard")
EFFECTS = {
    "notify_asset_manager",
    "notify_author",
    "notify_requester",
    "notify_users",
    "open_approval",
    "open_recertification",
    "publish_workaround",
    "remind_assignee",
    "request_review",
    "suspend_template",
    "withdraw_approval",
    "withdraw_change_outcome",
    "withdraw_review",
    "withdraw_test_result",
    "withdraw_verification_result",
    "withdraw_wipe_certificate",
    "withdraw_workaround",
}


def test_there_is_one_file_for_each_definition():
    found = {file.name for file in FOLDER.iterdir() if file.name.endswith(".toml")}
    assert found == {f"{name}.toml" for name in STANDARD_WORKFLOWS}


@pytest.mark.parametrize("name", STANDARD_WORKFLOWS)
def test_a_definition_is_what_its_file_says(name):
    definition = standard_workflow(name)
    document = tomllib.loads((FOLDER / f"{name}.toml").read_text("utf-8"))
    assert definition == definition_from(document)
    assert definition == definition_from(to_mapping(definition))
    assert definition.name == name == document["name"]


@pytest.mark.parametrize("name", STANDARD_WORKFLOWS)
def test_a_definition_is_read_once(name):
    assert standard_workflow(name) is STANDARD_WORKFLOWS[name]()


@pytest.mark.parametrize(
    ("name", "hint"),
    [
        pytest.param("normal change", "did you mean 'normal_change'?", id="close to one"),
        pytest.param("payroll", f"known: {', '.join(STANDARD_WORKFLOWS)}", id="close to none"),
    ],
)
def test_an_unknown_name_is_told_from_the_known_ones(name, hint):
    with pytest.raises(UnknownWorkflowError) as caught:
        standard_workflow(name)
    assert str(caught.value) == f"no standard workflow {name!r}; {hint}"
    again = pickle.loads(pickle.dumps(caught.value))
    assert (again.name, again.known, again.kind, again.key) == (
        name,
        tuple(STANDARD_WORKFLOWS),
        "standard workflow",
        name,
    )
    assert str(again) == str(caught.value)


@pytest.mark.parametrize("name", STANDARD_WORKFLOWS)
def test_a_timer_fires_what_asks_for_nothing(name):
    definition = standard_workflow(name)
    workflow = Workflow(definition)
    for state in definition.states:
        for timer in state.timers:
            assert workflow.is_unconditional(state.name, timer.trigger)


def test_effects_come_from_one_vocabulary():
    named = {
        effect
        for name in STANDARD_WORKFLOWS
        for transition in standard_workflow(name).transitions
        for effect in transition.effects
    }
    assert named == EFFECTS


def test_a_guard_asks_the_same_in_all_workflows():
    conditions = {}
    for name in STANDARD_WORKFLOWS:
        for guard in standard_workflow(name).guards.values():
            assert conditions.setdefault(guard.name, guard.condition) == guard.condition


def test_a_role_is_asked_for_where_a_person_decides_and_not_where_an_outcome_is_followed():
    followed = {"approve", "reject", "recertify"}
    asking = {
        transition.trigger
        for name in STANDARD_WORKFLOWS
        for transition in standard_workflow(name).transitions
        if transition.roles
    }
    assert asking
    assert not asking & followed


# -- the tables of the docstrings ---------------------------------------------------------------------


def rows_of(docstring: str) -> list[list[list[str]]]:
    """Return the rows of the table in a docstring, each cell as the names that stand in it."""
    lines = docstring.splitlines()
    rules = [index for index, line in enumerate(lines) if line.startswith("===")]
    assert len(rules) == 3
    edges = [0, *(index + 1 for index, character in enumerate(lines[rules[0]]) if character == " ")]
    rows: list[list[str]] = []
    for line in lines[rules[1] + 1 : rules[2]]:
        cells = [line[start:end].strip() for start, end in zip(edges, [*edges[1:], None], strict=True)]
        if cells[0]:
            rows.append(cells)
        else:
            rows[-1] = [f"{above} {cell}".strip() for above, cell in zip(rows[-1], cells, strict=True)]
    return [[[name.strip() for name in cell.split(",") if name] for cell in cells] for cells in rows]


def name_of(guard: GuardExpression) -> str:
    match guard:
        case NegatedGuard(guard=single):
            return f"not {single.name}"
        case Guard(name=name):
            return name
    raise AssertionError(guard)


@pytest.mark.parametrize("name", STANDARD_WORKFLOWS)
def test_the_docstring_says_what_the_definition_does(name):
    definition = standard_workflow(name)
    expected = []
    for transition in definition.transitions:
        target = definition.state(definition.entry_of(transition.target))
        guards = dict.fromkeys(map(name_of, (*transition.guards, *target.guards)))
        expected.append(
            [
                [transition.trigger],
                list(transition.sources),
                [transition.target],
                list(dict.fromkeys((*transition.required, *target.required))),
                [*guards, *(f"*{role}*" for role in transition.roles)],
            ]
        )
    docstring = inspect.getdoc(STANDARD_WORKFLOWS[name])
    found = rows_of(docstring)
    if not any(row[-1] for row in expected):
        expected = [row[:-1] for row in expected]
    assert found == expected
    assert "Source:" in docstring


@pytest.mark.parametrize("name", STANDARD_WORKFLOWS)
def test_each_can_be_done_and_can_be_given_up(name):
    categories = {state.category for state in standard_workflow(name).states}
    assert {StateCategory.NEW, StateCategory.CLOSED, StateCategory.CANCELLED} <= categories
