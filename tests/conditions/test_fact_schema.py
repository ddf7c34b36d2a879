import json
import pickle
import tomllib
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from itsmkit.conditions import FactKind, FactSchema, FactType, schema_from, schema_to_mapping
from itsmkit.errors import DefinitionError

NOON = datetime(2026, 5, 4, 12, tzinfo=UTC)
PRIORITY = FactType("text", choices=["P1", "P2"], optional=False)


@given(data=st.data())
def test_a_schema_survives_its_mapping_and_json(
    data: st.DataObject, schemas: st.SearchStrategy[FactSchema]
) -> None:
    schema = data.draw(schemas)
    plain = schema_to_mapping(schema)
    assert schema_from(plain) == schema
    assert schema_from(json.loads(json.dumps(plain))) == schema
    assert pickle.loads(pickle.dumps(schema)) == schema
    assert hash(schema_from(plain)) == hash(schema)


def test_toml_is_read_as_it_is_written() -> None:
    document = tomllib.loads("""
        vip = "truth"
        priority = { kind = "text", choices = ["P1", "P2"], optional = false }
        waited = { kind = "duration", choices = [{ hours = 8 }, { minutes = 30 }] }
    """)
    assert schema_from(document) == FactSchema(
        {
            "vip": FactType(FactKind.TRUTH),
            "priority": PRIORITY,
            "waited": FactType("duration", choices=[timedelta(hours=8), timedelta(minutes=30)]),
        }
    )


def test_a_fact_may_be_missing_and_have_any_value_unless_declared_otherwise() -> None:
    assert schema_to_mapping(FactSchema({"a": FactType("text")})) == {"a": {"kind": "text"}}
    assert FactType("text").optional
    assert FactType("text").choices is None


@pytest.mark.parametrize(
    ("found", "ordered"),
    [
        (FactType("text"), True),
        (FactType("text", choices=["P1"]), False),
        (FactType("number", choices=[1, 2]), True),
        (FactType("truth"), False),
        (FactType("instant"), True),
        (FactType("duration"), True),
        (FactType("collection"), False),
    ],
)
def test_what_has_an_order(found: FactType, ordered: bool) -> None:
    assert found.is_ordered is ordered


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (1, True),
        (1.0, True),
        (Decimal("0.10"), True),
        (True, False),
        ("1", False),
        (None, False),
        ([], False),
    ],
)
def test_choices_are_compared_as_conditions_compare(value: object, expected: bool) -> None:
    assert FactType("number", choices=[1, 0.1]).has_choice(value) is expected


@pytest.mark.parametrize(
    ("make", "problems"),
    [
        pytest.param(lambda: FactType("txt"), ["unknown kind 'txt'; known: text, truth, number"], id="kind"),
        pytest.param(
            lambda: FactType("text", choices=[]), ["choices are at least one value"], id="no choice"
        ),
        pytest.param(lambda: FactType("text", choices="abc"), ["not the text 'abc'"], id="text for choices"),
        pytest.param(lambda: FactType("text", choices=[None]), ["a choice must be text, true"], id="None"),
        pytest.param(
            lambda: FactType("text", choices=["P1", 2, " ", "P1"], optional=0),
            [
                "optional must be true or false, not the number 0",
                "each choice must be of kind text, not the number 2",
                'the text " " is no value and cannot be chosen',
                'the text "P1" is given twice',
            ],
            id="several",
        ),
        pytest.param(lambda: FactType("number", choices=[1, 1.0]), ["the number 1.0 is given twice"], id="1"),
        pytest.param(lambda: FactType("truth", choices=[True]), ["of kind truth has no choices"], id="truth"),
        pytest.param(lambda: FactType("collection", choices=["a"]), ["has no choices"], id="collection"),
        pytest.param(
            lambda: FactSchema({"": PRIORITY, " a": PRIORITY, 3: PRIORITY, "b": "text"}),
            [
                'without surrounding spaces, not the text ""',
                'without surrounding spaces, not the text " a"',
                "without surrounding spaces, not the number 3",
                'b: must be a FactType, not the text "text"',
            ],
            id="schema",
        ),
        pytest.param(
            lambda: (
                FactSchema({"a": PRIORITY, "b": PRIORITY, "c": PRIORITY})
                | FactSchema({"a": FactType("text"), "b": PRIORITY, "c": FactType("number")})
            ),
            ["a is declared twice, and differently", "c is declared twice"],
            id="joined",
        ),
    ],
)
def test_what_cannot_be_right_is_refused_at_birth(make, problems) -> None:
    with pytest.raises(DefinitionError) as caught:
        make()
    assert len(caught.value.problems) == len(problems)
    for found, expected in zip(caught.value.problems, problems, strict=True):
        assert expected in found


@pytest.mark.parametrize(
    ("document", "problems"),
    [
        pytest.param([], ["schema: must be a mapping from facts to their types, not a"], id="no mapping"),
        pytest.param({"": "text", 3: "text"}, ["schema: the name of a fact", "schema: the name"], id="names"),
        pytest.param({"a": 3}, ["a: must be a kind or a mapping, not the number 3"], id="no type"),
        pytest.param({"a": "texts"}, ["a: unknown kind 'texts'; did you mean text?"], id="misspelt"),
        pytest.param({"a": "xyz"}, ["a: unknown kind 'xyz'; known: text, truth, number, instant"], id="kind"),
        pytest.param({"a": {}}, ["a: has no kind; known: text"], id="no kind"),
        pytest.param({"a": {"kind": 3}}, ["a: the kind must be a text, not the number 3"], id="no text"),
        pytest.param(
            {"a": {"kind": "text", "choices": "P1"}}, ["a.choices: must be a list of values, not"], id="list"
        ),
        pytest.param(
            {
                "a": {"kind": "txt", "choices": [None, "x", {"days": 1}], "optional": 1, "chioces": []},
                "b": {"kind": "number", "choices": [1, "2"]},
            },
            [
                "a: unknown key 'chioces'; known: kind, choices, optional",
                "a: unknown kind 'txt'; did you mean text?",
                "a.choices[0]: the value must be text",
                "a.choices[2]: cannot read {'days': 1}",
                "a.optional: must be true or false, not the number 1",
                'b: each choice must be of kind number, not the text "2"',
            ],
            id="several",
        ),
    ],
)  # fmt: skip
def test_a_refusal_lists_all_problems_with_their_paths(document: object, problems: list[str]) -> None:
    with pytest.raises(DefinitionError) as caught:
        schema_from(document)
    assert len(caught.value.problems) == len(problems)
    for found, expected in zip(caught.value.problems, problems, strict=True):
        assert found.startswith(expected)
    with pytest.raises(DefinitionError) as caught:
        schema_from({"facts": document}["facts"], where="facts")
    assert all(problem.startswith("facts") for problem in caught.value.problems)


def test_schemas_join() -> None:
    one, other = FactSchema({"a": PRIORITY}), FactSchema({"b": FactType("truth"), "a": PRIORITY})
    assert one | other == FactSchema({"a": PRIORITY, "b": FactType("truth")})
    with pytest.raises(TypeError, match="unsupported operand"):
        one | {}  # type: ignore[operator]
