import pickle
from datetime import UTC, datetime, timedelta
from decimal import Decimal, Inexact, localcontext

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from itsmkit.conditions import (
    ALWAYS,
    MAX_CASES,
    NEVER,
    Comparison,
    Condition,
    Operator,
    UndecidedError,
    all_of,
    any_of,
    at_least,
    at_most,
    equals,
    facts_for,
    fields_of,
    greater,
    holds,
    implies,
    less,
    not_equals,
    one_of,
    present,
)
from itsmkit.errors import RefusedError

NOON = datetime(2026, 5, 4, 12, tzinfo=UTC)
LAST = datetime.max.replace(tzinfo=UTC)
FIRST = datetime.min.replace(tzinfo=UTC)
HOUR = timedelta(hours=1)


@pytest.mark.parametrize(
    "condition",
    [
        pytest.param(ALWAYS, id="always"),
        pytest.param(~present("site"), id="no value"),
        pytest.param(present("site") & ~equals("site", "Essen"), id="another text"),
        pytest.param(~equals("site", "another") & present("site"), id="another text than another"),
        pytest.param(not_equals("site", ""), id="not the empty text"),
        pytest.param(equals("site", "") & ~present("site"), id="the empty text is no value"),
        pytest.param(present("site") & ~not_equals("site", "x") & ~equals("site", "x"), id="no text"),
        pytest.param(greater("name", "b") & less("name", "c"), id="between two texts"),
        pytest.param(less("model", "2020") & present("model"), id="a text before a year"),
        pytest.param(less("model", "0") & present("model"), id="a text before all digits"),
        pytest.param(less("model", "!") & present("model"), id="a text before all that can be read"),
        pytest.param(not_equals("site", "") & ~present("site"), id="another blank text"),
        pytest.param(greater("cost", Decimal("9E+999999999999999999")), id="beyond all numbers"),
        pytest.param(greater("impact", 1) & less("impact", 2), id="between two numbers"),
        pytest.param(greater("impact", 0.1) & less("impact", 0.2), id="between two fractions"),
        pytest.param(less("impact", -5), id="a smaller number"),
        pytest.param(greater("impact", 10**40), id="a greater number"),
        pytest.param(~equals("vip", value=True) & not_equals("vip", value=True), id="the other truth"),
        pytest.param(greater("due", NOON) & less("due", NOON + HOUR), id="between two instants"),
        pytest.param(less("due", LAST) & greater("due", FIRST), id="not the ends of time"),
        pytest.param(at_least("due", LAST) | at_most("due", FIRST), id="the ends of time"),
        pytest.param(greater("waited", HOUR) & less("waited", 2 * HOUR), id="between two durations"),
        pytest.param(at_least("waited", timedelta.max), id="the longest duration"),
        pytest.param(at_most("waited", timedelta.min), id="the shortest duration"),
        pytest.param(one_of("site", "a", 1, True) & ~equals("site", "a") & ~equals("site", 1), id="kinds"),
    ],
)  # fmt: skip
def test_what_can_hold_is_shown_to(condition: Condition) -> None:
    found = facts_for(condition)
    assert found is not None
    assert holds(condition, found)
    assert found.keys() <= fields_of(condition)


@pytest.mark.parametrize(
    "condition",
    [
        pytest.param(NEVER, id="never"),
        pytest.param(equals("site", "a") & equals("site", "b"), id="two texts at once"),
        pytest.param(equals("impact", 1) & ~one_of("impact", 1, 2), id="in and out"),
        pytest.param(less("impact", 2) & greater("impact", 2), id="less and greater"),
        pytest.param(present("site") & ~present("site"), id="there and not"),
        pytest.param(
            greater("waited", HOUR) & less("waited", HOUR + timedelta(microseconds=1)),
            id="no duration lies between two microseconds",
        ),
    ],
)
def test_what_cannot_hold_has_no_facts(condition: Condition) -> None:
    assert facts_for(condition) is None


def test_facts_of_known_values_have_no_others() -> None:
    known = {"priority": ("P1", "P2")}
    assert facts_for(~one_of("priority", "P1", "P2"), known=known) is None
    assert facts_for(~equals("priority", "P1") & equals("site", "Essen"), known=known) == {
        "priority": "P2",
        "site": "Essen",
    }


@pytest.mark.parametrize(
    ("one", "other", "expected"),
    [
        (equals("state", "closed"), one_of("state", "resolved", "closed"), True),
        (one_of("state", "resolved", "closed"), equals("state", "closed"), False),
        (equals("event", "opened"), ~equals("event", "closed"), True),
        (equals("event", "opened"), equals("state", "new"), False),
        (NEVER, equals("state", "new"), True),
        (ALWAYS, equals("state", "new"), False),
        (greater("impact", 3), at_least("impact", 3), True),
        (at_least("impact", 3), greater("impact", 3), False),
    ],
)
def test_one_condition_implies_another(one: Condition, other: Condition, expected: bool) -> None:
    assert implies(one, other) is expected


def test_too_many_cases_are_left_open() -> None:
    many = all_of(*(one_of(f"field {i}", *"abcdefgh") for i in range(6)))
    with pytest.raises(UndecidedError, match=r"a condition with [\d,]+ cases, at most 50,000") as caught:
        facts_for(many)
    assert caught.value.cases > caught.value.limit == MAX_CASES
    assert isinstance(caught.value, RefusedError)
    again = pickle.loads(pickle.dumps(caught.value))
    assert (str(again), again.reasons) == (str(caught.value), caught.value.reasons)


def test_what_is_no_condition_is_refused() -> None:
    with pytest.raises(TypeError, match="not a condition of this language"):
        facts_for("state is closed")


TEXTS = ["", "!", "0", "1", "2", "2020", "a", "another", "b"]
TESTS = st.one_of(
    st.just(present("x")),
    st.builds(
        Comparison, st.just("x"), st.sampled_from(Operator), st.sampled_from([text for text in TEXTS if text])
    ),
)
CONDITIONS = st.recursive(
    TESTS,
    lambda inner: (
        inner.map(lambda one: ~one)
        | st.builds(lambda one, other: one & other, inner, inner)
        | st.builds(lambda one, other: one | other, inner, inner)
    ),
    max_leaves=6,
)


@given(CONDITIONS)
def test_the_order_of_texts_is_searched_completely(condition: Condition) -> None:
    near = [f"{text}{more}" for text in TEXTS for more in ("", "\0", "0")]
    satisfied = any(holds(condition, {"x": value}) for value in [*near, "\0", "zz", None, 3])
    found = facts_for(condition)
    assert satisfied == (found is not None)


def test_the_decimal_context_of_the_moment_has_no_say() -> None:
    condition = greater("x", Decimal("1.2345678901234567890123456789012345678901")) & less("x", 123_456)
    with localcontext() as context:
        context.Emax = 4
        context.traps[Inexact] = True
        found = facts_for(condition)
    assert found is not None
    assert holds(condition, found)


@settings(deadline=None)  # some conditions have tens of thousands of cases
@given(st.data())
def test_whatever_facts_satisfy_a_condition_the_search_finds_some(
    conditions: st.SearchStrategy[Condition], facts: st.SearchStrategy[object], data: st.DataObject
) -> None:
    condition, some = data.draw(conditions), data.draw(facts)
    try:
        found = facts_for(condition)
    except UndecidedError:
        return
    if found is None:
        assert not holds(condition, some)
    else:
        assert holds(condition, found)


def test_conditions_at_the_bounds_of_the_language_imply_each_other_or_not() -> None:
    deep: Condition = present("x")
    for _ in range(99):
        deep = any_of(deep)
    assert implies(present("x"), deep)
    assert not implies(~present("y"), deep)
