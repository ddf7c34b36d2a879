import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from itsmkit.cmdb.class_model_form import class_model_from, class_model_to_mapping
from itsmkit.cmdb.json_schema import class_model_schema, configuration_schema
from itsmkit.cmdb.mapping_form import configuration_from, to_mapping
from itsmkit.errors import DefinitionError

MODELS = Draft202012Validator(class_model_schema())
CONFIGURATIONS = Draft202012Validator(configuration_schema())


@pytest.mark.parametrize("schema", [class_model_schema, configuration_schema])
def test_it_is_a_schema_and_ready_for_json(schema):
    Draft202012Validator.check_schema(schema())
    assert json.loads(json.dumps(schema())) == schema()


@settings(max_examples=25)
@given(data=st.data())
def test_all_that_is_written_is_as_the_schema_says(data, models, configurations):
    MODELS.validate(class_model_to_mapping(data.draw(models)))
    CONFIGURATIONS.validate(to_mapping(data.draw(configurations)))


def places(plain, path=()):
    """Return the paths of everything in a document, itself included."""
    inner = plain.items() if isinstance(plain, dict) else enumerate(plain) if isinstance(plain, list) else ()
    return [path, *(place for key, value in inner for place in places(value, (*path, key)))]


def changed(plain, path, change):
    if not path:
        return change(plain)
    key, *rest = path
    if isinstance(plain, dict):
        return {**plain, key: changed(plain[key], rest, change)}
    return [*plain[:key], changed(plain[key], rest, change), *plain[key + 1 :]]


CHANGES = [
    pytest.param(lambda _: None, id="nothing in its place"),
    pytest.param(lambda _: 3, id="a number in its place"),
    pytest.param(lambda _: 0.5, id="a fraction in its place"),
    pytest.param(lambda _: "", id="no text in its place"),
    pytest.param(lambda _: "at least", id="another text in its place"),
    pytest.param(lambda _: [], id="no list in its place"),
    pytest.param(lambda _: {}, id="no table in its place"),
    pytest.param(lambda old: [old, old], id="a list of it"),
    pytest.param(lambda old: {**old, "odd": 1} if isinstance(old, dict) else old, id="an unknown key"),
    pytest.param(
        lambda old: dict(list(old.items())[1:]) if isinstance(old, dict) else old, id="a missing key"
    ),
]


@pytest.mark.parametrize("change", CHANGES)
@settings(max_examples=8)
@given(data=st.data())
def test_what_the_schema_refuses_is_refused_when_it_is_read(data, change, models, configurations):
    for validator, read, plain in (
        (MODELS, class_model_from, class_model_to_mapping(data.draw(models))),
        (CONFIGURATIONS, configuration_from, to_mapping(data.draw(configurations))),
    ):
        document = changed(plain, data.draw(st.sampled_from(places(plain))), change)
        if not validator.is_valid(document):
            with pytest.raises(DefinitionError):
                read(document)


@pytest.mark.parametrize(
    "document",
    [
        {"items": [{"id": "a"}]},
        {"items": [{"id": "a", "class": "host", "clas": "x"}]},
        {"relations": ["a runs_on"]},
        {"relations": [{"source": "a", "type": "runs_on"}]},
        {"redundancy": [{"dependent": "a", "name": "n", "members": [], "rule": "any"}]},
        {"redundancy": [{"dependent": "a", "name": "n", "members": ["b"], "rule": "two"}]},
        {"redundancy": [{"dependent": "a", "name": "n", "members": ["b"], "rule": {"need": 0.5}}]},
        {"levels": ["up"]},
        {"model": "standart"},
        {"model": {"classes": [{"name": "a", "attributes": {"x": "nubmer"}}]}},
        {"seeds": [{"ci": "a", "provenance": "heard"}]},
        {"overrides": [{"ci": "a", "level": "up", "author": "me"}]},
        {"itms": []},
    ],
)
def test_what_cannot_be_meant_is_refused(document):
    assert not CONFIGURATIONS.is_valid(document)
    with pytest.raises(DefinitionError):
        configuration_from(document)


@pytest.mark.parametrize(
    "document",
    [
        {},
        {"model": "standard", "relations": ["a runs_on b"], "seeds": ["a", {"ci": "a", "level": None}]},
        {
            "model": {"extends": "standard", "classes": [{"name": "x", "stale_after": "30d"}]},
            "redundancy": [
                {
                    "dependent": "a",
                    "name": "n",
                    "members": ["b"],
                    "rule": {"need": "1/2", "weights": {"b": 1}},
                }
            ],
            "items": [{"id": "a", "class": "x", "since": "2026-01-01T00:00:00Z", "attributes": {}}],
        },
        {"relations": [{"source": "a", "type": "runs_on", "target": "b", "effect": {"down": "degraded"}}]},
    ],
)
def test_what_is_written_by_hand_is_allowed(document):
    CONFIGURATIONS.validate(document)
