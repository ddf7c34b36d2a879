import subprocess
import sys

import pytest

from itsmkit.workflow import CompositeState, State, Transition, WorkflowDefinition, incident_workflow
from itsmkit.workflow.diagrams import dot_text, mermaid_text, svg_text

PROGRAM = """
import sys
from itsmkit.workflow import incident_workflow
from itsmkit.workflow.diagrams import dot_text, mermaid_text, svg_text
dot_text(incident_workflow()), mermaid_text(incident_workflow())
assert not {"graphlay", "transitions"} & set(sys.modules)
sys.stdout.buffer.write(svg_text(incident_workflow()).encode())
"""


def test_only_svg_loads_what_lays_it_out_and_another_process_draws_the_same():
    done = subprocess.run([sys.executable, "-c", PROGRAM], capture_output=True, check=True)
    assert done.stdout.decode() == svg_text(incident_workflow())


@pytest.mark.parametrize("draw", [dot_text, mermaid_text, svg_text])
def test_halves_of_letters_are_told_as_such(draw):
    name = "broken\ud800"
    definition = WorkflowDefinition(
        name,
        initial=name,
        states=[State(name, "new")],
        composites=[CompositeState("in", states=[name], initial=name)],
        transitions=[Transition(name, name, name)],
    )
    text = draw(definition)
    assert "broken\ufffd" in text
    assert text.encode("utf-8")


def test_without_the_extra_texts_are_written_and_svg_says_what_to_install(monkeypatch):
    monkeypatch.setitem(sys.modules, "graphlay", None)
    assert mermaid_text(incident_workflow())
    assert dot_text(incident_workflow())
    with pytest.raises(ModuleNotFoundError, match=r"python -m pip install 'itsmkit\[diagrams\]'") as caught:
        svg_text(incident_workflow())
    assert caught.value.name == "graphlay"
