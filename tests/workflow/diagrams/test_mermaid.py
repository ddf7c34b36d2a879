"""Mermaid text, read by a parser of its own, which refuses what Mermaid would read as something else."""

import json
import re
from pathlib import Path

import pytest
from hypothesis import given

from itsmkit.workflow import State, WorkflowDefinition, incident_workflow
from itsmkit.workflow.diagrams import Frequencies, mermaid_text

HERE = Path(__file__).parent
COUNTS = Frequencies({("New", "Assigned"): 1204, ("New", "Closed"): 7}, {"New": 1300, "Closed": 7})

ID = r"[A-Za-z][A-Za-z0-9_]*"
TEXT = r"(?:[^\"#:;%{}<>\n]|#\d+;|<br/>)*"
LINES = {
    "title": re.compile(rf"acc(Title|Descr): ({TEXT})"),
    "direction": re.compile("direction LR"),
    "composite": re.compile(rf'state "({TEXT})" as ({ID}) {{'),
    "state": re.compile(rf'state "({TEXT})" as ({ID})'),
    "end": re.compile("}"),
    "start": re.compile(rf"\[\*\] --> ({ID})"),
    "final": re.compile(rf"({ID}) --> \[\*\]"),
    "arrow": re.compile(rf"({ID}) --> ({ID}) : ({TEXT})"),
    "colour": re.compile(r"classDef (\w+) (?:\w+:#[0-9a-f]{6}(?:,|$))+"),
    "class": re.compile(rf"class ({ID}(?:,{ID})*) (\w+)"),
}
# What Mermaid's lexer takes for something of its own wherever it stands, or at the start of a line.
TRAPS = re.compile(r"direction\s+(TB|BT|LR|RL)|%%|<<|\[\[|\]\]|---", re.IGNORECASE)
WORDS = re.compile(r"(click|href|default|scale|note|style|hide|acc\w+)\b", re.IGNORECASE)


def shown(text):
    """Return the lines that Mermaid shows for a text."""
    return [re.sub(r"#(\d+);", lambda code: chr(int(code[1])), line) for line in text.split("<br/>")]


def read(text):
    """Return what Mermaid reads from *text*: (kind, parts, composite states around) for each line."""
    fence, title, end, head, *lines = text.splitlines()
    assert (fence, end, head) == ("---", "---", "stateDiagram-v2")
    assert text.endswith("\n")
    found, around = [("name", [json.loads(title.removeprefix("title: "))], ())], ()
    for line in lines:
        kind, match = next((k, m) for k, p in LINES.items() if (m := p.fullmatch(line.strip())))
        assert line == "    " * (len(around) + 1 - (kind == "end")) + line.strip()
        if kind != "direction":
            assert not TRAPS.search(line.replace("-->", ""))
        assert kind == "title" or not WORDS.match(line.strip())
        found.append((kind, match.groups(), around))
        if kind == "composite":
            around = (match[2], *around)
        elif kind == "end":
            around = around[1:]
    assert around == ()
    return found


@pytest.mark.parametrize(
    ("name", "options"),
    [
        pytest.param("incident", {}, id="the standard incident"),
        pytest.param("incident-counted", {"frequencies": COUNTS}, id="with counts"),
        pytest.param("change", {"direction": "right"}, id="with composite states"),
    ],
)
def test_a_diagram_is_what_it_was(name, options, change):
    definition = change if name == "change" else incident_workflow()
    assert mermaid_text(definition, **options) == (HERE / f"{name}.mmd").read_text("utf-8")


def test_names_that_mean_something_to_mermaid_are_shown_all_the_same():
    names = [
        'say "hi"',
        "a:b; c",
        "%% no comment",
        "#quot;",
        "{x}",
        "<b>",
        "[*]",
        "[[fork]]",
        "direction LR",
        "a---b",
    ]
    definition = WorkflowDefinition(
        "x", initial=names[0], states=[State(name, "active") for name in names], transitions=[]
    )
    texts = [shown(parts[0]) for kind, parts, _ in read(mermaid_text(definition)) if kind == "state"]
    assert texts == [[name] for name in names]


def test_letters_of_all_scripts_stay_as_they_are():
    definition = WorkflowDefinition(
        "گردش کار",
        initial="در حال انجام",
        states=[State("در حال انجام", "active"), State("日本語", "active"), State("Größe", "closed")],
        transitions=[],
    )
    text = mermaid_text(definition)
    assert 'title: "گردش کار"' in text
    assert 'state "در حال انجام" as s\n' in text
    assert 'state "日本語" as s_2\n' in text
    assert 'state "Größe" as Gr_e\n' in text


def test_any_definition_is_read_back_with_every_state_and_move_once(drawable, told, moves_of):
    @given(drawable)
    def law(definition):
        found = read(mermaid_text(definition))
        names = {parts[1]: shown(parts[0])[0] for kind, parts, _ in found if kind in {"state", "composite"}}
        assert found[0][1] == [told(definition.name)]

        states = {parts[1]: around for kind, parts, around in found if kind == "state"}
        assert sorted(names[each] for each in states) == sorted(
            told(state.name) for state in definition.states
        )
        composites = {parts[1] for kind, parts, _ in found if kind == "composite"}
        assert sorted(names[each] for each in composites) == sorted(
            told(each.name) for each in definition.composites
        )
        assert len(names) == len(states) + len(composites)
        assert {names[each]: tuple(names[frame] for frame in around) for each, around in states.items()} == {
            told(state.name): tuple(map(told, definition.composites_around(state.name)))
            for state in definition.states
        }

        arrows = [
            (names[parts[0]], shown(parts[2]), names[parts[1]]) for kind, parts, _ in found if kind == "arrow"
        ]
        assert moves_of(definition, arrows) == moves_of(definition)
        assert len({(source, target) for source, _, target in arrows}) == len(arrows)

        assert [names[p[0]] for kind, p, around in found if kind == "start" and not around] == [
            told(definition.initial)
        ]
        left = {source for source, _, _ in moves_of(definition)}
        finals = {names[parts[0]] for kind, parts, _ in found if kind == "final"}
        assert finals == {told(state.name) for state in definition.states} - left

        classes = [
            (names[each], parts[1])
            for kind, parts, _ in found
            if kind == "class"
            for each in parts[0].split(",")
        ]
        assert sorted(classes) == sorted((told(state.name), state.category) for state in definition.states)
        coloured = {parts[0] for kind, parts, _ in found if kind == "colour"}
        assert coloured == {state.category for state in definition.states}

    law()
