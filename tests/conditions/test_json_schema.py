import json
from copy import deepcopy
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from itsmkit.conditions import (
    MAX_TEXT_LENGTH,
    Condition,
    condition_from,
    condition_schema,
    equals,
    to_mapping,
    to_text,
)
from itsmkit.errors import DefinitionError

SCHEMA = condition_schema()
VALIDATOR = Draft202012Validator(SCHEMA)


def is_read(document: object) -> bool:
    try:
        condition_from(document)
    except DefinitionError:
        return False
    return True


def test_it_is_a_schema_of_draft_2020_12() -> None:
    Draft202012Validator.check_schema(SCHEMA)
    assert json.loads(json.dumps(SCHEMA)) == SCHEMA
    assert "$id" not in SCHEMA


def test_each_call_returns_a_schema_of_its_own() -> None:
    condition_schema()["$defs"].clear()
    assert condition_schema() == SCHEMA


def test_every_definition_is_described_and_may_be_taken_over() -> None:
    assert all(name.startswith("condition") for name in SCHEMA["$defs"])
    assert all(found["description"] for found in SCHEMA["$defs"].values())


def test_another_schema_takes_it_over() -> None:
    guards = {
        "type": "object",
        "additionalProperties": {"$ref": "#/$defs/condition"},
        "$defs": {"guard": {}, **SCHEMA["$defs"]},
    }
    validator = Draft202012Validator(guards)
    assert validator.is_valid({"assigned": {"field": "assignee", "present": True}, "open": "never"})
    assert not validator.is_valid({"assigned": {"field": "assignee", "presnet": True}})


@given(data=st.data())
def test_every_condition_is_valid(data: st.DataObject, conditions: st.SearchStrategy[Condition]) -> None:
    condition = data.draw(conditions)
    assert VALIDATOR.is_valid(json.loads(json.dumps(to_mapping(condition))))
    assert VALIDATOR.is_valid(to_text(condition))
    assert VALIDATOR.is_valid({"not": to_text(condition)})


KEYS = st.sampled_from(["field", "equals", "not_equals", "less", "one_of", "present", "all", "any", "not"])
KEYS |= st.sampled_from(["decimal", "instant", "text", "hours", "seconds", "days"])
TEXTS = ["", "a", " a", "a\n", "always", "a = 1", "1.5", "2026-03-29", "2026-03-29T01:30:00Z", "\ufeff"]
OTHERS = [[], ["a"], [None], [{}], {}, {"hours": 1}, {"days": 1}, {"decimal": "1"}, {"all": []}]
OTHERS += [{"instant": "20260329T013000+0200"}, {"field": "a", "present": False}, None, True, False]
VALUES = st.integers(-2, 2) | st.floats(-9, 9) | st.sampled_from(TEXTS) | st.sampled_from(OTHERS)


def places_in(document: object) -> list[dict | list]:
    below = (
        document.values() if isinstance(document, dict) else document if isinstance(document, list) else ()
    )
    own = [document] if isinstance(document, dict | list) and document else []
    return own + [place for part in below for place in places_in(part)]


@st.composite
def near_misses(draw: st.DrawFn, conditions: st.SearchStrategy[Condition]) -> object:
    """A document that is like a condition's, but for one key or one value."""
    document = [deepcopy(to_mapping(draw(conditions)))]
    place = draw(st.sampled_from(places_in(document)))
    if isinstance(place, list):
        place[draw(st.integers(0, len(place) - 1))] = draw(VALUES)
        return document[0]
    key = draw(st.sampled_from(sorted(place)))
    match draw(st.sampled_from(["changed", "changed", "renamed", "added", "removed"])):
        case "changed":
            place[key] = draw(VALUES)
        case "renamed":
            place[draw(KEYS)] = place.pop(key)
        case "added":
            place[draw(KEYS)] = draw(VALUES)
        case "removed":
            del place[key]
    return document[0]


@given(data=st.data())
def test_what_is_read_is_valid_and_what_is_not_valid_is_not_read(
    data: st.DataObject, conditions: st.SearchStrategy[Condition]
) -> None:
    document = json.loads(json.dumps(data.draw(near_misses(conditions))))
    if not VALIDATOR.is_valid(document):
        assert not is_read(document)


@pytest.mark.parametrize(
    "document",
    [
        None,
        3,
        [],
        "",
        "x" * (MAX_TEXT_LENGTH + 1),
        {},
        {"field": "a"},
        {"equals": 1},
        {"field": "", "equals": 1},
        {"field": " a", "equals": 1},
        {"field": "a ", "equals": 1},
        {"field": 3, "equals": 1},
        {"field": "a", "equals": None},
        {"field": "a", "equals": []},
        {"field": "a", "eqals": 1},
        {"field": "a", "equals": 1, "less": 2},
        {"field": "a", "less": True},
        {"field": "a", "at_least": False},
        {"field": "a", "present": 1},
        {"field": "a", "one_of": []},
        {"field": "a", "one_of": "bc"},
        {"field": "a", "one_of": [None]},
        {"field": "a", "equals": {}},
        {"field": "a", "equals": {"days": 1}},
        {"field": "a", "equals": {"hours": 1.5}},
        {"field": "a", "equals": {"decimal": 1}},
        {"field": "a", "equals": {"decimal": "1", "hours": 1}},
        {"field": "a", "equals": {"instant": 0}},
        {"all": {}},
        {"all": [3]},
        {"all": [], "any": []},
        {"not": []},
        {"not": {"all": [{"any": [{"field": "a"}]}]}},
    ],
    ids=lambda document: str(document)[:40],
)
def test_what_is_wrong_is_refused_by_both(document: object) -> None:
    assert not VALIDATOR.is_valid(document)
    assert not is_read(document)


@pytest.mark.parametrize(
    "document",
    [
        "always",
        {"field": "in progress", "present": False},
        {"field": "a\nb", "one_of": ["x", 1, 0.5, True, {"decimal": "0.10"}, {"seconds": 0}]},
        {"field": "a", "less": {"instant": "2026-03-29T03:30:00+02:00"}},
        {"all": [{"any": []}, {"not": "never"}]},
        to_mapping(equals("a", timedelta(hours=-1, microseconds=3))),
    ],
    ids=str,
)
def test_what_is_right_is_taken_by_both(document: object) -> None:
    assert VALIDATOR.is_valid(document)
    assert is_read(document)
