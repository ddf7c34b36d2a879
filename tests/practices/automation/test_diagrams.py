"""Pictures of rules: the same rules make the same text, whatever they are called."""

import re

from hypothesis import given
from hypothesis import strategies as st

from itsmkit.conditions import parse_condition
from itsmkit.practices.automation import EventTrigger, Rule, dot_text, leads_of, mermaid_text
from itsmkit.practices.work_aids import MacroStep
from itsmkit.testing import A_MONDAY

TAG = Rule(
    id="a tag",
    name='Tag "them"',
    trigger=EventTrigger(on="InternalNote"),
    when=parse_condition('priority = "P1"'),
    steps=[MacroStep("tag", {"tags": ["x"]}), MacroStep("log_from", {"template": "t"})],
)
NOTE = Rule(
    id="note",
    name="Note",
    trigger=EventTrigger(on=["Tagged", "TicketLogged"]),
    steps=[MacroStep("add_note", {"text": "seen"})],
    since=A_MONDAY,
    paused="a fault",
)


def test_a_flowchart_of_mermaid() -> None:
    assert mermaid_text([NOTE, TAG]) == (
        "flowchart LR\n"
        '    a_tag["Tag #34;them#34;<br/>on InternalNote<br/>when priority #61; #34;P1#34;'
        '<br/>tag → log_from"]:::round\n'
        '    note_2["Note (it is paused#58; a fault)<br/>on Tagged or TicketLogged<br/>add_note"]:::round\n'
        '    a_tag -->|"Tagged"| note_2\n'
        '    note_2 -->|"InternalNote"| a_tag\n'
        "    classDef rule fill:#cfe8ea,stroke:#0a6a73,color:#1b242c\n"
        "    classDef round fill:#f7dfda,stroke:#b0452f,color:#1b242c\n"
    )


def test_a_graph_of_dot() -> None:
    told = dot_text([NOTE, TAG])
    assert told.startswith("digraph rules {\n    graph [rankdir=LR];\n")
    assert '    a_tag [label="Tag \\"them\\"\\non InternalNote' in told
    assert '    a_tag -> note_2 [label="Tagged", color="#b0452f", penwidth=2];\n' in told
    assert told.endswith("}\n")


@given(
    st.lists(
        st.text(min_size=1).filter(lambda name: name == name.strip()), min_size=1, max_size=4, unique=True
    )
)
def test_any_names_make_a_picture_with_every_rule_and_lead(names: list[str]) -> None:
    rules = [
        Rule(id=name, name=name, trigger=EventTrigger(on="InternalNote"), steps=NOTE.steps) for name in names
    ]
    leads = len(leads_of(rules))
    mermaid, dot = mermaid_text(reversed(rules)), dot_text(rules)
    assert leads == len(rules) ** 2
    assert mermaid == mermaid_text(rules)
    assert len(re.findall(r"^    \w+\[\"", mermaid, re.MULTILINE)) == len(rules)
    assert len(re.findall(r"^    \w+ -->", mermaid, re.MULTILINE)) == leads
    assert len(re.findall(r"^    \w+ -> \w+ ", dot, re.MULTILINE)) == leads
