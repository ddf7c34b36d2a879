"""What each kind of field takes, as what it keeps it, and what it refuses."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from itsmkit.conditions import FactType, equals
from itsmkit.errors import DefinitionError
from itsmkit.money import Money
from itsmkit.practices.forms import Check, FormField, FormFieldKind
from itsmkit.testing.forms import forms, kept_answers

APPS = FormField("apps", "several", choices=["office", "mail", "chat"])
COST = FormField("cost", "money", currency="EUR")
NINE = datetime(2026, 3, 2, 9, tzinfo=UTC)


def of(kind):
    choices = ["x"] if kind in ("choice", "several") else ()
    return FormField("f", kind, choices=choices, currency="EUR" if kind == "money" else None)


@pytest.mark.parametrize(
    ("field", "value", "kept"),
    [
        pytest.param(of("text"), " a\tb ", "a\tb", id="text"),
        pytest.param(of("text"), " " * 300 + "a", "a", id="spaces do not count"),
        pytest.param(of("long_text"), "a\nb", "a\nb", id="lines"),
        pytest.param(of("choice"), " x ", "x", id="choice"),
        pytest.param(APPS, ["chat", "office"], ("office", "chat"), id="several in the order of choices"),
        pytest.param(APPS, {"chat"}, ("chat",), id="set"),
        pytest.param(APPS, (), None, id="none of several"),
        pytest.param(of("number"), "1.50", Decimal("1.50"), id="number"),
        pytest.param(COST, " 12.50 EUR ", Money("12.50", "EUR"), id="money as text"),
        pytest.param(COST, Money(12, "EUR"), Money(12, "EUR"), id="money"),
        pytest.param(of("date"), date(2026, 3, 29), "2026-03-29", id="date"),
        pytest.param(of("instant"), "2026-03-02T10:00:00+01:00", NINE, id="instant"),
        pytest.param(of("duration"), "1h", timedelta(hours=1), id="duration"),
        pytest.param(of("yes_no"), "yes", True, id="yes"),
        pytest.param(of("person"), " ann ", "ann", id="person"),
        pytest.param(of("configuration_item"), "web-1", "web-1", id="configuration item"),
        pytest.param(of("attachment"), "plan.pdf", "plan.pdf", id="attachment"),
        *(
            pytest.param(of(kind), blank, None, id=f"{kind.value}: {blank!r}")
            for kind in FormFieldKind
            for blank in (None, "", " \n")
        ),
    ],
)
def test_an_answer_is_kept_as_its_kind(field, value, kept):
    found = field.read(value)
    assert (type(found), found) == (type(kept), kept)
    assert field.read(found) == found
    assert field.read(field.plain(found)) == found


@given(st.data())
def test_plain_answers_are_read_back(data):
    form = data.draw(forms())
    for name, answer in data.draw(kept_answers(form)).items():
        kept = form.by_name[name].read(answer)
        again = form.by_name[name].read(form.by_name[name].plain(kept))
        assert (type(again), again) == (type(kept), kept)


@pytest.mark.parametrize(
    ("field", "value", "problems"),
    [
        pytest.param(of("text"), "a\nb", ["must be one line, without a break in it"], id="lines"),
        pytest.param(of("person"), "a\rb", ["must be one line, without a break in it"], id="name"),
        pytest.param(of("text"), 7, ["must be text, not int 7"], id="no text"),
        pytest.param(of("text"), "a\x00", ["must have no control characters, such as U+0000"], id="control"),
        *(
            pytest.param(
                of(kind),
                "7" * 1_000_000,
                [f"must have {10_000 if kind == 'long_text' else 200} characters at most, not 1000000"],
                id=f"a million characters: {kind.value}",
            )
            for kind in FormFieldKind
            if kind != "several"
        ),
        pytest.param(APPS, "mail", ["must be a list of its choices, not str 'mail'"], id="a text is no list"),
        pytest.param(
            APPS,
            ["mail"] * 1_000_000,
            ["must be 3 of its choices at most, each once, not 1000000"],
            id="a million choices",
        ),
        pytest.param(APPS, ["mail", "mail"], ["must have each choice once"], id="twice"),
        pytest.param(
            APPS,
            ["mial", 7],
            [
                "[0] must be one of its choices, not str 'mial'; did you mean 'mail'?",
                "[1] must be one of its choices, not int 7; known: office, mail, chat",
            ],
            id="unknown choices",
        ),
        pytest.param(COST, "12 USD", ["must be in EUR, not 12.00 USD"], id="another currency"),
        pytest.param(
            COST,
            "12",
            ["must be an amount and a currency, such as '1234.50 EUR', not str '12'"],
            id="no money",
        ),
        pytest.param(
            COST, 12, ["must be an amount and a currency, such as '1234.50 EUR', not int 12"], id="a number"
        ),
        pytest.param(of("yes_no"), 1, ["must be true or false, not int 1"], id="one is not yes"),
    ],
)
def test_what_is_no_answer_is_refused(field, value, problems):
    with pytest.raises(DefinitionError) as refused:
        field.read(value)
    assert list(refused.value.problems) == problems


def test_facts_of_answers():
    assert APPS.facts == {
        "apps": FactType("collection"),
        "apps.office": FactType("truth"),
        "apps.mail": FactType("truth"),
        "apps.chat": FactType("truth"),
    }
    assert COST.facts == {"cost": FactType("number")}
    assert of("choice").facts == {"f": FactType("text", choices=["x"])}


@pytest.mark.parametrize(
    ("arguments", "options", "problems"),
    [
        pytest.param(
            ("a-b",), {}, ["name: must be an identifier such as \"screen_size\", not str 'a-b'"], id="name"
        ),
        pytest.param(
            ("f",), {"label": " "}, ["label: must be a text that can be read, not str ' '"], id="label"
        ),
        pytest.param(("f",), {"help": 7}, ["help: must be a str, not int 7"], id="help"),
        pytest.param(
            ("f",),
            {"shown_when": True, "required_when": None, "checks": ["x"], "personal": 1},
            [
                "shown_when: must be a Condition, not bool True",
                "required_when: must be a Condition, not NoneType None",
                "checks[0]: must be a Check, not str 'x'",
                "personal: must be a bool, not int 1",
            ],
            id="kinds",
        ),
        pytest.param(("f", "choice"), {}, ["choices: must be at least one text"], id="no choice"),
        pytest.param(
            ("f", "text"),
            {"choices": ["a"], "currency": "EUR"},
            [
                "currency: a field of kind text has none; leave it out",
                "choices: a field of kind text has none; leave them out",
            ],
            id="of other kinds",
        ),
        pytest.param(
            ("f", "money"),
            {},
            ['currency: must be a code of ISO 4217, not NoneType None; name it, such as "EUR"'],
            id="no currency",
        ),
        pytest.param(
            ("f", "money"),
            {"currency": "EURO"},
            ["currency: must be a code of ISO 4217, not str 'EURO'; did you mean 'EUR'?"],
            id="unknown currency",
        ),
        pytest.param(
            ("f", "text"), {"longest": 0}, ["longest must be a whole number from 1 on, not int 0"], id="0"
        ),
        pytest.param(
            ("f", "number"),
            {"longest": 9},
            ["longest: a field of kind number has no length to choose; leave it out"],
            id="length of a number",
        ),
        pytest.param(
            ("f", "number"), {"default": "x"}, ["default: must be a number, not str 'x'"], id="default"
        ),
    ],
)
def test_a_field_that_cannot_be_right_is_refused(arguments, options, problems):
    with pytest.raises(DefinitionError) as refused:
        FormField(*arguments, **options)
    assert list(refused.value.problems) == problems


def test_an_unknown_kind_is_refused():
    with pytest.raises(DefinitionError, match="the kind of a field of a form must be one of text, long_text"):
        FormField("f", "txt")


def test_a_check_says_what_it_asks_and_why():
    with pytest.raises(DefinitionError) as refused:
        Check("a = 1", " ")
    assert len(refused.value.problems) == 2
    assert Check(equals("a", 1), "One").reason == "One"
