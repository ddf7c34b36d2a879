import json
import tomllib

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from itsmkit.errors import DefinitionError
from itsmkit.workflow import (
    Guard,
    WorkflowDefinition,
    WorkflowDefinitionError,
    definition_from,
    incident_workflow,
    json_text,
    load_definition,
    to_mapping,
    toml_text,
)


@settings(max_examples=50)
@given(data=st.data())
def test_a_definition_survives_its_texts(
    data: st.DataObject, definitions: st.SearchStrategy[WorkflowDefinition]
):
    definition = data.draw(definitions)
    assert definition_from(tomllib.loads(toml_text(definition))) == definition
    assert definition_from(json.loads(json_text(definition))) == definition


@pytest.mark.parametrize(
    ("name", "write"),
    [
        pytest.param("incident.toml", toml_text, id="toml"),
        pytest.param("incident.json", json_text, id="json"),
        pytest.param(
            "desk.json", lambda definition: json.dumps({"workflow": to_mapping(definition)}), id="of a desk"
        ),
    ],
)
def test_a_file_is_read_by_its_name(tmp_path, name, write):
    (tmp_path / name).write_text(write(incident_workflow()), "utf-8")
    assert load_definition(tmp_path / name) == incident_workflow()


@pytest.mark.parametrize(
    ("name", "content", "problem"),
    [
        pytest.param("a.json", "[]", "workflow: must be a mapping", id="no mapping"),
        pytest.param("a.toml", "name = 3", "initial: is missing", id="a definition"),
        pytest.param("a.toml", "[workflow]\nname = 3", "workflow.name: must be a name", id="of a desk"),
    ],
)
def test_what_is_wrong_is_told_with_its_path(tmp_path, name, content, problem):
    (tmp_path / name).write_text(content, "utf-8")
    with pytest.raises(WorkflowDefinitionError) as caught:
        load_definition(tmp_path / name)
    assert any(told.startswith(f"{name}: {problem}") for told in caught.value.problems)


def test_a_file_that_is_not_there_is_refused(tmp_path):
    with pytest.raises(DefinitionError, match="there is no such file"):
        load_definition(tmp_path / "a.toml")


def test_guards_and_effects_of_the_caller_are_looked_up(tmp_path):
    file = tmp_path / "a.toml"
    plain = to_mapping(incident_workflow())
    plain["transitions"][0] |= {"guards": ["mine"], "effects": ["tell"]}
    file.write_text(json.dumps(plain), "utf-8")
    file = file.rename(tmp_path / "a.json")
    from itsmkit.conditions import ALWAYS

    mine = Guard("mine", ALWAYS, "never")
    definition = load_definition(file, guards={"mine": mine}, effects=["tell"])
    assert definition.transitions[0].guards == (mine,)
    with pytest.raises(WorkflowDefinitionError) as caught:
        load_definition(file, effects=["told"])
    assert len(caught.value.problems) == 2
