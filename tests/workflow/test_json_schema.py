import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from itsmkit.workflow import (
    WorkflowDefinition,
    WorkflowDefinitionError,
    definition_from,
    definition_schema,
    incident_workflow,
    to_mapping,
)

VALIDATOR = Draft202012Validator(definition_schema())


def test_it_is_a_schema_and_ready_for_json():
    Draft202012Validator.check_schema(definition_schema())
    assert json.loads(json.dumps(definition_schema())) == definition_schema()


@settings(max_examples=50)
@given(data=st.data())
def test_every_definition_is_written_as_the_schema_says(
    data: st.DataObject, definitions: st.SearchStrategy[WorkflowDefinition]
):
    VALIDATOR.validate(to_mapping(data.draw(definitions)))


def places(plain: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """Return the paths of everything in a document, itself included."""
    inner = plain.items() if isinstance(plain, dict) else enumerate(plain) if isinstance(plain, list) else ()
    return [path, *(place for key, value in inner for place in places(value, (*path, key)))]


def changed(plain: Any, path: tuple[Any, ...], change: Any) -> Any:
    if not path:
        return change(plain)
    key, *rest = path
    if isinstance(plain, dict):
        return {**plain, key: changed(plain[key], tuple(rest), change)}
    return [*plain[:key], changed(plain[key], tuple(rest), change), *plain[key + 1 :]]


CHANGES = [
    pytest.param(lambda _: None, id="nothing in its place"),
    pytest.param(lambda _: 3, id="a number in its place"),
    pytest.param(lambda _: "", id="no text in its place"),
    pytest.param(lambda _: [], id="no list in its place"),
    pytest.param(lambda _: {}, id="no table in its place"),
    pytest.param(lambda old: [old, old] if isinstance(old, str) else [old], id="a list of it"),
    pytest.param(lambda old: {**old, "odd": 1} if isinstance(old, dict) else old, id="an unknown key"),
    pytest.param(
        lambda old: dict(list(old.items())[1:]) if isinstance(old, dict) else old, id="a missing key"
    ),
]


@pytest.mark.parametrize("change", CHANGES)
@settings(max_examples=30)
@given(data=st.data())
def test_what_the_schema_refuses_is_refused_when_it_is_read(
    change: Any, data: st.DataObject, definitions: st.SearchStrategy[WorkflowDefinition]
):
    plain = to_mapping(data.draw(definitions))
    document = changed(plain, data.draw(st.sampled_from(places(plain))), change)
    if not VALIDATOR.is_valid(document):
        with pytest.raises(WorkflowDefinitionError):
            definition_from(document)


@pytest.mark.parametrize(
    "part",
    [
        pytest.param({"version": 2}, id="a version that is no text"),
        pytest.param({"states": {"New": "nwe"}}, id="an unknown category"),
        pytest.param({"transition": []}, id="an unknown key"),
        pytest.param({"transitions": [{"trigger": "go", "from": "New"}]}, id="a way that leads nowhere"),
        pytest.param({"rules": [{"never_without": "approved"}]}, id="half a rule"),
        pytest.param({"guards": {"g": {"when": "x is present"}}}, id="a guard without a reason"),
        pytest.param({"composites": {"Open": {"states": ["New"]}}}, id="a composite without a beginning"),
    ],
)
def test_it_refuses_what_an_author_gets_wrong(part):
    assert VALIDATOR.is_valid(to_mapping(incident_workflow()))
    assert not VALIDATOR.is_valid({**to_mapping(incident_workflow()), **part})
