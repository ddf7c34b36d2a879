"""Two answers of a form can be compared, where they are of one kind."""

import operator
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from itsmkit.conditions import ALWAYS, parse_condition
from itsmkit.errors import DefinitionError
from itsmkit.practices.forms import (
    AnswerComparison,
    AnswersRefusedError,
    Check,
    Form,
    FormField,
    form_from,
    form_to_mapping,
)

OPERATORS = {
    "=": operator.eq,
    "!=": operator.ne,
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
}
KINDS = {
    "number": st.integers(-5, 5),
    "date": st.dates().map(lambda each: each.isoformat()),
    "duration": st.integers(0, 5).map(lambda hours: timedelta(hours=hours)),
    "instant": st.integers(0, 5).map(lambda hour: datetime(2026, 3, 2, hour, tzinfo=UTC)),
    "text": st.sampled_from(["a", "b", "c"]),
}


def a_form(kind: str, compares: str, condition: str = "always") -> Form:
    check = Check(parse_condition(condition), "They do not fit", compares=compares)  # type: ignore[arg-type]
    return Form("f", [FormField("first", kind), FormField("last", kind, checks=[check])])


@given(st.data(), st.sampled_from(sorted(KINDS)), st.sampled_from(sorted(OPERATORS)))
def test_two_answers_compare_as_their_values_do(data: st.DataObject, kind: str, sign: str) -> None:
    first, last = data.draw(KINDS[kind]), data.draw(KINDS[kind])
    form = a_form(kind, f"last {sign} first")
    problems = form.read({"first": first, "last": last}).problems
    assert (not problems) == OPERATORS[sign](last, first)
    assert form_from(form_to_mapping(form)) == form


def test_where_one_is_missing_there_is_nothing_to_compare() -> None:
    form = a_form("date", "last >= first")
    assert not form.read({"last": "2026-01-01"}).problems
    assert not form.read({"first": "2026-01-01"}).problems
    with pytest.raises(AnswersRefusedError, match="They do not fit"):
        form.check({"first": "2026-01-02", "last": "2026-01-01"})


def test_what_cannot_be_read_is_not_compared() -> None:
    problems = a_form("date", "last >= first").read({"first": "soon", "last": "2026-01-01"}).problems
    assert [*problems] == ["first"]


def test_a_condition_and_a_comparison_must_both_hold() -> None:
    form = a_form("number", "last > first", "last <= 3")
    assert [bool(form.read({"first": 1, "last": each}).problems) for each in (1, 2, 3, 4)] == [
        True,
        False,
        False,
        True,
    ]


def test_amounts_compare_in_one_currency() -> None:
    check = Check(ALWAYS, "Too much", compares="price <= budget")  # type: ignore[arg-type]
    fields = [
        FormField("budget", "money", currency="EUR"),
        FormField("price", "money", currency="EUR", checks=[check]),
    ]
    form = Form("buy", fields)
    assert form.read({"budget": "10 EUR", "price": "10.01 EUR"}).problems
    assert not form.read({"budget": "10 EUR", "price": "10.00 EUR"}).problems
    with pytest.raises(DefinitionError, match="money in EUR and budget money in USD"):
        Form("buy", [FormField("budget", "money", currency="USD"), fields[1]])


@pytest.mark.parametrize(
    ("compares", "told"),
    [
        ("last >= frist", "no field 'frist'; did you mean 'first'"),
        ("last >= other", "they cannot be compared"),
        ("some = more", "what may be several answers is not compared"),
        ("yes > no", "use = or !="),
    ],
)
def test_what_cannot_be_compared_is_refused_with_its_path(compares: str, told: str) -> None:
    check = Check(ALWAYS, "They do not fit", compares=compares)  # type: ignore[arg-type]
    fields = [
        FormField("first", "date"),
        FormField("last", "date"),
        FormField("other", "number"),
        FormField("some", "several", choices=["a"]),
        FormField("more", "several", choices=["a"]),
        FormField("yes", "yes_no"),
        FormField("no", "yes_no", checks=[check]),
    ]
    with pytest.raises(DefinitionError, match=told) as error:
        Form("f", fields)
    assert "fields[6].checks[0].compares" in str(error.value)


@pytest.mark.parametrize("text", ["", "last", "last >= ", "last => first", "1 < 2", "a < b < c", "a < a"])
def test_what_spells_no_comparison_is_refused(text: str) -> None:
    with pytest.raises(DefinitionError):
        AnswerComparison.parse(text)


def test_a_comparison_is_made_of_names_and_a_sign() -> None:
    with pytest.raises(DefinitionError, match="operator: must be one of"):
        AnswerComparison("a", "~", "b")
    with pytest.raises(DefinitionError, match=r"left: must be the name"):
        AnswerComparison("1", "=", "b")
    assert AnswerComparison("a", ">", "b").holds({"a": 0.3, "b": Decimal("0.2")})
    assert str(AnswerComparison.parse(" a<=b ")) == "a <= b"
