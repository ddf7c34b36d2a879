import json
from collections.abc import Callable
from pathlib import Path

import pytest

from itsmkit.cli._workflow_check import check_workflow
from itsmkit.errors import DefinitionError

Check = Callable[..., tuple[int, str]]

SOUND = """
name = "change"
initial = "Draft"

[states]
Draft = "new"
Approved = "active"
Implementing = "active"
Done = "closed"

[guards.urgent]
when = { field = "type", equals = "emergency" }
reason = "it is no emergency"

[[transitions]]
trigger = "approve"
from = "Draft"
to = "Approved"
roles = "board"

[[transitions]]
trigger = "implement"
from = "Approved"
to = "Implementing"

[[transitions]]
trigger = "finish"
from = "Implementing"
to = "Done"
guards = [{ any = ["urgent", { not = "urgent" }] }]

[[rules]]
never_without = "approve"
before = "Implementing"
"""
RUSHED = (
    SOUND
    + """
[[transitions]]
trigger = "rush"
from = "Draft"
to = "Implementing"
guards = "urgent"
"""
)
RETURNED = (
    SOUND
    + """
[[transitions]]
trigger = "return"
from = "Approved"
to = "Draft"
"""
)
BROKEN = SOUND.replace('Done = "closed"', 'Done = "clsoed"').replace(
    'trigger = "approve"', 'triger = "approve"'
)


@pytest.fixture
def check(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Check:
    """Check a workflow of this text: the exit status and what is printed."""

    def call(text: str, *, as_json: bool = False) -> tuple[int, str]:
        file = tmp_path / "change.toml"
        file.write_text(text, encoding="utf-8")
        capsys.readouterr()
        status = check_workflow(str(file), as_json=as_json)
        out, err = capsys.readouterr()
        assert err == ""
        return status, out

    return call


@pytest.mark.parametrize(
    ("text", "status", "lines"),
    [
        pytest.param(
            SOUND, 0, ["change.toml: nothing is wrong; 4 states, 3 transitions, 1 rule"], id="a sound file"
        ),
        pytest.param(
            RUSHED,
            1,
            [
                (
                    "change.toml: rules[0]: error: a way leads into 'Implementing' without 'approve', by "
                    "'rush' from 'Draft'; close it or put the gate there"
                ),
                "    rush: Draft -> Implementing (type = 'emergency')",
                "change.toml: 1 error; 4 states, 4 transitions, 1 rule",
            ],
            id="an error, with the steps that show it",
        ),
        pytest.param(
            RETURNED,
            0,
            [
                (
                    "change.toml: transitions[3]: warning: 'return' leads from 'Approved', which is "
                    "active, to 'Draft', which is new; what was taken up is not new again; name it active, "
                    "or lead elsewhere"
                ),
                "    approve: Draft -> Approved (actor_roles = ('board',))",
                "    return: Approved -> Draft",
                "change.toml: 1 warning; 4 states, 4 transitions, 1 rule",
            ],
            id="a warning is no failure",
        ),
        pytest.param(
            BROKEN,
            1,
            [
                (
                    "change.toml: states['Done']: error: unknown category 'clsoed'; known: new, active, "
                    "pending, resolved, closed, cancelled"
                ),
                "change.toml: transitions[0].triger: error: is unknown; did you mean 'trigger'?",
                "change.toml: transitions[0].trigger: error: is missing",
                "change.toml: 3 errors; where its transitions lead is looked at once these are mended",
            ],
            id="every fault of a file that is no definition",
        ),
    ],
)
def test_each_finding_is_one_line_and_a_summary_comes_last(
    check: Check, text: str, status: int, lines: list[str]
):
    found, out = check(text)
    assert out.splitlines() == lines
    assert found == status


def test_errors_and_warnings_are_counted_apart(check: Check):
    lost = RETURNED.replace('Done = "closed"', 'Done = "closed"\nLost = "active"\nGone = "active"')
    status, out = check(lost)
    assert status == 1
    assert out.splitlines()[-1] == "change.toml: 2 errors and 1 warning; 6 states, 4 transitions, 1 rule"


def test_as_json_it_says_everything(check: Check, tmp_path: Path):
    status, out = check(RUSHED, as_json=True)
    assert status == 1
    assert json.loads(out) == {
        "definition": str(tmp_path / "change.toml"),
        "states": 4,
        "transitions": 4,
        "rules": 1,
        "problems": [
            {
                "kind": "avoidable gate",
                "severity": "error",
                "path": "rules[0]",
                "problem": (
                    "a way leads into 'Implementing' without 'approve', by 'rush' from 'Draft'; close it "
                    "or put the gate there"
                ),
                "witness": [
                    {
                        "source": "Draft",
                        "trigger": "rush",
                        "target": "Implementing",
                        "facts": {"type": "emergency"},
                    }
                ],
                "region": [],
            }
        ],
    }


def test_the_states_of_a_proof_come_in_the_order_of_the_file(check: Check):
    _, out = check(SOUND.replace('Done = "closed"', 'Lost = "active"\nDone = "closed"'), as_json=True)
    [problem] = json.loads(out)["problems"]
    assert problem["region"] == ["Draft", "Approved", "Implementing", "Done"]


def test_what_cannot_be_read_as_a_definition_is_json_too(check: Check, tmp_path: Path):
    status, out = check(BROKEN, as_json=True)
    answer = json.loads(out)
    assert status == 1
    assert set(answer) == {"definition", "problems"}
    assert {(each["kind"], each["severity"]) for each in answer["problems"]} == {("unreadable", "error")}
    assert [each["path"] for each in answer["problems"]] == [
        "states['Done']",
        "transitions[0].triger",
        "transitions[0].trigger",
    ]


def test_a_fault_of_the_whole_file_has_no_path():
    from itsmkit.cli._workflow_check import _fault

    assert _fault("it is no workflow at all").path is None
    assert _fault("workflow: must be a mapping").path == "workflow"


@pytest.mark.parametrize(
    ("condition", "fact"),
    [
        pytest.param('{ field = "impact", greater = 2 }', {"decimal": "4"}, id="a number"),
        pytest.param('{ field = "expedited", equals = true }', True, id="a truth"),
        pytest.param('{ field = "open_for", at_least = { hours = 8 } }', {"hours": 8}, id="a duration"),
        pytest.param(
            '{ field = "since", equals = 2026-03-29T01:30:00Z }',
            {"instant": "2026-03-29T01:30:00+00:00"},
            id="an instant",
        ),
    ],
)
def test_facts_of_a_witness_are_spelled_as_in_conditions(check: Check, condition: str, fact: object):
    _, out = check(RUSHED.replace('{ field = "type", equals = "emergency" }', condition), as_json=True)
    [problem] = json.loads(out)["problems"]
    assert list(problem["witness"][0]["facts"].values()) == [fact]


def test_the_roles_of_an_actor_are_a_list(check: Check):
    _, out = check(RETURNED, as_json=True)
    [problem] = json.loads(out)["problems"]
    assert problem["witness"][0]["facts"] == {"actor_roles": ["board"]}


def test_names_cannot_steer_the_terminal(check: Check):
    _, out = check(SOUND.replace('Done = "closed"', 'Done = "closed"\n"\\u001b[2J" = "active"'))
    assert "\x1b" not in out


@pytest.mark.parametrize(
    ("text", "part"),
    [
        pytest.param(None, "there is no such file", id="no file"),
        pytest.param("[states\n", "is not valid TOML", id="no TOML"),
    ],
)
def test_what_is_no_document_raises(tmp_path: Path, text: str | None, part: str):
    file = tmp_path / "change.toml"
    if text is not None:
        file.write_text(text, encoding="utf-8")
    with pytest.raises(DefinitionError, match=part):
        check_workflow(str(file), as_json=False)


def test_what_stands_in_the_configuration_of_a_desk_is_told_with_its_path_there(check: Check):
    status, out = check(IN_A_DESK)
    assert status == 1
    assert "change.toml: workflow.states['Lost']: error: " in out


IN_A_DESK = """
[workflow]
name = "small"
initial = "Open"

[workflow.states]
Open = "new"
Lost = "closed"
Done = "closed"

[[workflow.transitions]]
trigger = "finish"
from = "Open"
to = "Done"
"""
