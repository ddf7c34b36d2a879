from datetime import UTC, datetime, timedelta, timezone
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from itsmkit.conditions import (
    ALWAYS,
    Comparison,
    Condition,
    Facts,
    at_least,
    equals,
    greater,
    less,
    not_equals,
    one_of,
    parse_condition,
    present,
    sentence_for,
)

BEFORE_TIME = datetime.min.replace(tzinfo=timezone(timedelta(hours=14)))


@pytest.mark.parametrize(
    ("test", "fact", "sentence"),
    [
        (equals("f", "P1"), "P1", 'f is "P1"'),
        (equals("f", "P1"), "P3", 'f is "P3", not equal to "P1"'),
        (equals("f", 0.1), Decimal("0.10"), "f is 0.10, equal to 0.1"),
        (not_equals("f", "P1"), "P3", 'f is "P3", different from "P1"'),
        (not_equals("f", "P1"), "P1", 'f is "P1", not different from "P1"'),
        (not_equals("f", "P1"), None, 'f is missing, not different from "P1"'),
        (equals("f", "1"), 1, 'f is 1, which is no text, so not equal to "1"'),
        (equals("f", True), 1, "f is 1, which is neither true nor false, so not equal to true"),
        (at_least("f", 3), "four", 'f is "four", which is no number, so not at least 3'),
        (less("f", timedelta(hours=8)), 3, "f is 3, which is no duration, so not less than 8h"),
        (
            less("f", datetime(2026, 1, 1, tzinfo=UTC)),
            datetime(2026, 1, 2),  # noqa: DTZ001 - under test
            "f is a datetime without a zone, not less than 2026-01-01T00:00:00Z",
        ),
        (
            less("f", datetime(2026, 1, 1, tzinfo=UTC)),
            "x",
            'f is "x", which is no instant, so not less than 2026-01-01T00:00:00Z',
        ),
        (
            less("f", datetime(2026, 1, 1, tzinfo=UTC)),
            BEFORE_TIME,
            "f is an instant at the end of time, less than 2026-01-01T00:00:00Z",
        ),
        (greater("f", 3), float("nan"), "f is no number (NaN), not greater than 3"),
        (greater("f", 3), float("inf"), "f is Infinity, greater than 3"),
        (greater("f", 10**100), 3, "f is 3, not greater than a whole number of 333 bits"),
        (greater("f", 3), object(), "f is a value of type object, not greater than 3"),
        (Comparison("f", "at_most", 3), 4, "f is 4, not at most 3"),
        (one_of("f", "a", 3), "a", 'f is "a", one of "a", 3'),
        (one_of("f", "a", 3), None, 'f is missing, none of "a", 3'),
        (one_of("f", *range(20)), 0, "f is 0, one of 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11 and 8 more"),
        (present("f"), 0, "f is present"),
        (present("f"), None, "f is missing"),
        (present("f"), " ", "f is blank"),
        (present("f"), [], "f is empty"),
        (equals("f", 1), [], "f is an empty list, not equal to 1"),
        (equals("f", 1), {"a": 1}, "f is a dict of 1, not equal to 1"),
        (equals("f", "x"), "y" * 61, f'f is "{"y" * 59}…", not equal to "x"'),
        (equals("f", 1), Decimal("1" * 61), f"f is {'1' * 59}…, not equal to 1"),
    ],
)
def test_the_sentence_of_a_test(test, fact, sentence) -> None:
    assert sentence_for(test, {"f": fact}) == sentence


def test_names_are_quoted_where_the_text_form_quotes_them() -> None:
    assert sentence_for(present("in progress"), {}) == "`in progress` is missing"


def test_no_fact_makes_it_raise(hostile_fact: object) -> None:
    for text in ("f = 'Active'", "f < 3", "f in [1, 'a']", "f is present", "f > 2026-01-01T00:00:00Z"):
        sentence = sentence_for(parse_condition(text), {"f": hostile_fact})  # type: ignore[arg-type]
        assert sentence.startswith("f is ")
        assert len(sentence) < 200


@pytest.mark.parametrize("other", [ALWAYS, ~present("a"), "a = 1"])
def test_only_a_test_has_a_sentence(other: object) -> None:
    with pytest.raises(TypeError, match="not a condition"):
        sentence_for(other, {})  # type: ignore[arg-type]


@given(data=st.data())
def test_a_sentence_is_short_whatever_the_facts(
    data: st.DataObject, conditions: st.SearchStrategy[Condition], facts: st.SearchStrategy[Facts]
) -> None:
    test = data.draw(conditions.filter(lambda each: each.size == 1 and not hasattr(each, "conditions")))
    sentence = sentence_for(test, data.draw(facts))  # type: ignore[arg-type]
    assert sentence.isprintable()
    assert len(sentence) < 600
