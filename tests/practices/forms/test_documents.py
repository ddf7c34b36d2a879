"""Forms as mappings and as JSON Schema: there and back, and that a schema says what the form does."""

import json
import tomllib
from datetime import timedelta
from decimal import Decimal

import pytest
import tomli_w
from hypothesis import given
from hypothesis import strategies as st
from jsonschema import Draft202012Validator, FormatChecker

from itsmkit.conditions import (
    ALWAYS,
    any_of,
    at_least,
    at_most,
    equals,
    greater,
    less,
    not_equals,
    one_of,
    present,
)
from itsmkit.errors import DefinitionError
from itsmkit.practices.forms import (
    Check,
    Form,
    FormField,
    form_from,
    form_from_schema,
    form_schema,
    form_to_mapping,
)
from itsmkit.testing.forms import forms, kept_answers

DAYS = timedelta(days=9)
LAPTOP = Form(
    "laptop",
    [
        FormField("model", "choice", choices=["light", "strong"], required_when=ALWAYS, label="Which one?"),
        FormField("reason", shown_when=equals("model", "strong"), help="In a line", longest=50),
        FormField(
            "waits", "duration", default="36h", checks=[Check(less("waits", timedelta(days=9)), "Too long")]
        ),
    ],
    version=2,
    facts={"viewer.vip": "truth"},
)


@given(forms())
def test_a_form_comes_back_from_its_mapping(form):
    plain = form_to_mapping(form)
    assert form_from(plain) == form
    assert form_from(json.loads(json.dumps(plain))) == form
    assert form_from(tomllib.loads(tomli_w.dumps(plain))) == form


@given(forms())
def test_a_form_comes_back_from_its_schema(form):
    schema = form_schema(form)
    Draft202012Validator.check_schema(schema)
    assert form_from_schema(json.loads(json.dumps(schema))) == form


@given(st.data())
def test_what_the_schema_refuses_the_form_refuses_too(data):
    form = data.draw(forms())
    answers = data.draw(kept_answers(form))
    told = data.draw(st.sampled_from([None, {}, {"viewer.vip": True}]))
    valid = Draft202012Validator(form_schema(form, told), format_checker=FormatChecker()).is_valid(answers)
    if not form.read(answers, told or {}).problems:
        assert valid


SAID = ("choice", "several", "number", "yes_no")
"""The kinds of fields of which rules can say all conditions: none that JSON Schema has no order for."""


@given(st.data())
def test_schema_and_form_say_the_same_where_rules_can_say_it(data):
    form = data.draw(forms(facts=False, kinds=SAID))
    answers = data.draw(kept_answers(form))
    valid = Draft202012Validator(form_schema(form), format_checker=FormatChecker()).is_valid(answers)
    assert valid is not bool(form.read(answers).problems)


NUMBERS = Form(
    "numbers",
    [
        FormField("n", "number", default=2),
        FormField("big", "text", shown_when=at_least("n", 2), required_when=at_least("n", 3)),
        FormField("small", "yes_no", shown_when=~at_least("n", 2), default=True),
        FormField("odd", "text", shown_when=equals("small", True), checks=[Check(equals("n", 1), "No")]),
    ],
)


@given(
    st.fixed_dictionaries(
        {},
        optional={
            "n": st.sampled_from([None, 1, 1.5, 2, 2.0, 3]),
            "big": st.sampled_from([None, "x"]),
            "small": st.sampled_from([None, True, False]),
            "odd": st.sampled_from([None, "x"]),
        },
    )
)
def test_defaults_and_bounds_hold_in_the_schema_as_in_the_form(answers):
    valid = Draft202012Validator(form_schema(NUMBERS)).is_valid(answers)
    assert valid is not bool(NUMBERS.read(answers).problems)


@pytest.mark.parametrize(
    ("condition", "holds", "fails"),
    [
        pytest.param(
            equals("model", "strong") & at_least("n", 2),
            {"model": "strong", "n": 2},
            {"model": "strong", "n": 1},
            id="all",
        ),
        pytest.param(
            any_of(equals("model", "strong"), at_least("n", 2)),
            {"model": "light", "n": 2},
            {"model": "light", "n": 1},
            id="any",
        ),
        pytest.param(~less("n", 2), {}, {"n": 1.5}, id="not"),
        pytest.param(one_of("n", 1, 3), {"n": 3}, {"n": 2}, id="one of several numbers"),
        pytest.param(not_equals("n", Decimal("0.5")), {"n": 1}, {"n": 0.5}, id="another number"),
        pytest.param(not_equals("n", 1), {"n": 2}, {}, id="an answer that is missing is no other"),
        pytest.param(present("parts"), {"parts": ["dock"]}, {"parts": []}, id="some choice"),
        pytest.param(present("parts.dock"), {"parts": ["bag", "dock"]}, {"parts": ["bag"]}, id="a choice"),
        pytest.param(equals("parts.dock", True), {"parts": ["dock"]}, {"parts": ["bag"]}, id="it is chosen"),
        pytest.param(
            any_of(equals("parts.dock", False), equals("n", 1)),
            {"parts": ["bag"], "n": 1},
            {"parts": ["bag"]},
            id="what is not chosen is missing, and not false",
        ),
    ],
)
def test_a_field_is_shown_by_the_schema_where_the_form_shows_it(condition, holds, fails):
    form = Form(
        "laptop",
        [
            FormField("model", "choice", choices=["light", "strong"]),
            FormField("n", "number"),
            FormField("parts", "several", choices=["bag", "dock"]),
            FormField("why", shown_when=condition),
        ],
    )
    validator = Draft202012Validator(form_schema(form))
    for answers, is_shown in ((holds, True), (fails, False)):
        assert validator.is_valid({**answers, "why": "x"}) is is_shown
        assert (not form.read({**answers, "why": "x"}).problems) is is_shown


@pytest.mark.parametrize(
    "condition",
    [
        pytest.param(one_of("n", 1, 2**60), id="one of them is no number for all readers of JSON"),
        pytest.param(~greater("n", 2**60), id="the opposite"),
        pytest.param(any_of(equals("n", 1), less("due", "2026-03-29")), id="an order of dates"),
        pytest.param(equals("waits", timedelta(days=1)), id="a length of time has many spellings"),
    ],
)
def test_what_cannot_be_said_of_an_answer_makes_no_rule(condition):
    fields = [FormField("n", "number"), FormField("due", "date"), FormField("waits", "duration")]
    assert "allOf" not in form_schema(Form("late", [*fields, FormField("why", shown_when=condition)]))


def test_what_cannot_be_said_is_left_to_the_form():
    form = Form(
        "late",
        [
            FormField("due", "date"),
            FormField("why", shown_when=less("due", "2026-03-29"), required_when=ALWAYS, default="rain"),
            FormField("who", shown_when=present("why"), default="ann"),
            FormField("vip", shown_when=equals("viewer.vip", True)),
            FormField("much", "number", shown_when=greater("n", Decimal("1e400")) & not_equals("n", 2**60)),
            FormField("n", "number"),
            FormField("then", shown_when=equals("who", "ann") & at_most("n", Decimal("0.5"))),
        ],
        facts={"viewer.vip": "truth"},
    )
    assert "allOf" not in form_schema(form)
    assert form_schema(Form("half", [FormField("n", "number", required_when=at_most("n", Decimal("0.5")))]))[
        "allOf"
    ]
    shown = form_schema(form, {"viewer.vip": True})
    assert "shown.vip" not in shown.get("$defs", {})
    hidden = form_schema(form, {})
    assert not Draft202012Validator(hidden).is_valid({"vip": "x"})
    assert Draft202012Validator(shown).is_valid({"vip": "x"})


def test_labels_and_helps_may_be_changed_in_a_schema():
    schema = form_schema(LAPTOP)
    schema["properties"]["model"]["title"] = "What?"
    schema["properties"]["reason"]["maxLength"] = 60
    changed = form_from_schema(schema)
    assert (changed.by_name["model"].label, changed.by_name["reason"].longest) == ("What?", 60)


@pytest.mark.parametrize(
    ("change", "problems"),
    [
        pytest.param(
            lambda schema: schema["properties"]["model"].update(enum=["light", None]),
            [
                'fields[1].shown_when.equals: must be one of "light", as model is, not the text "strong"',
            ],
            id="a choice that a condition asks for",
        ),
        pytest.param(
            lambda schema: schema.update(minProperties=1),
            ["minProperties: is nothing that can be read into a form; leave it out"],
            id="another word",
        ),
        pytest.param(
            lambda schema: schema["allOf"][1]["then"].update(properties={}),
            None,
            id="a rule beside its condition",
        ),
        pytest.param(lambda schema: schema.pop("allOf"), None, id="rules that are gone"),
        pytest.param(
            lambda schema: schema.update(properties=7), ["properties: must be a mapping, not int 7"], id="7"
        ),
        pytest.param(
            lambda schema: schema["properties"]["model"].update(enum=["light", "strong"]), None, id="no null"
        ),
    ],
)
def test_a_schema_that_says_something_else_than_its_conditions_is_refused(change, problems):
    schema = json.loads(json.dumps(form_schema(LAPTOP)))
    change(schema)
    with pytest.raises(DefinitionError) as refused:
        form_from_schema(schema, where="laptop.json")
    assert all(each.startswith("laptop.json: ") for each in refused.value.problems)
    if problems is not None:
        assert [each.removeprefix("laptop.json: ") for each in refused.value.problems] == problems


def test_a_schema_for_one_viewer_is_not_read_back():
    with pytest.raises(DefinitionError, match="for_one_viewer"):
        form_from_schema(form_schema(LAPTOP, {}))


@pytest.mark.parametrize("schema", [None, [], "x"])
def test_what_is_no_schema_is_refused(schema):
    with pytest.raises(DefinitionError, match="the schema: must be a mapping"):
        form_from_schema(schema)


def test_a_plain_schema_without_conditions_can_be_read():
    plain = form_schema(Form("trip", [FormField("to"), FormField("days", "number")]))
    for each in plain["properties"].values():
        each.pop("x-itsmkit", None)
    with pytest.raises(DefinitionError, match=r"properties\.days"):
        form_from_schema(plain)  # nothing says that it is a number but its type


@pytest.mark.parametrize(
    ("document", "problems"),
    [
        pytest.param(7, ["the form: must be a table, not 7"], id="no table"),
        pytest.param(
            {"fields": [{"name": "a", "kind": "choice"}, {"name": "b", "shown_when": "c ="}], "version": "1"},
            [
                "the form: name: is missing",
                "the form: version: must be a whole number, not '1'",
                "the form: fields[0].choices: must be at least one text",
            ],
            id="several",
        ),
        pytest.param(
            {"name": "f", "fields": [{"name": "a", "shown_when": "b = 1"}]},
            ["the form: fields[0].shown_when.field: there is no fact 'b'"],
            id="between fields",
        ),
    ],
)
def test_a_document_that_is_wrong_is_refused_with_its_paths(document, problems):
    with pytest.raises(DefinitionError) as refused:
        form_from(document)
    told = [each for each in refused.value.problems if "fields[1].shown_when" not in each]
    assert told == problems


def test_a_path_in_front_stands_in_every_sentence():
    with pytest.raises(DefinitionError) as refused:
        form_from({"fields": [{"name": "a b"}], "name": ""}, where="items.toml", at="items[0].form")
    assert all(each.startswith("items.toml: items[0].form") for each in refused.value.problems)
    with pytest.raises(DefinitionError, match=r"items.toml: items\[0\].form.fields: 'a' stands there more"):
        form_from({"name": "f", "fields": [{"name": "a"}] * 2}, where="items.toml", at="items[0].form")
