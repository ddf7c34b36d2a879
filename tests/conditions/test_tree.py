import pickle
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from enum import StrEnum
from zoneinfo import ZoneInfo

import attrs
import pytest
from hypothesis import given
from hypothesis import strategies as st

from itsmkit.conditions import (
    ALWAYS,
    MAX_DEPTH,
    MAX_SIZE,
    NEVER,
    AllOf,
    AnyOf,
    Comparison,
    Condition,
    Facts,
    Membership,
    Not,
    Operator,
    Presence,
    equals,
    fields_of,
    holds,
    one_of,
    present,
)
from itsmkit.errors import DefinitionError

A, B, C = present("a"), present("b"), present("c")


def test_operators_combine_without_nesting_more_than_needed():
    assert AllOf((A, B, C)) == A & B & C
    assert AnyOf((A, B, C)) == A | (B | C)
    assert AnyOf((AllOf((A, B)), C)) == A & B | C
    assert Not(A) == ~A


def test_negating_twice_gives_the_condition_itself():
    assert ~~A is A


@pytest.mark.parametrize("combine", [lambda: A & True, lambda: True & A, lambda: A | "b", lambda: "b" | A])
def test_operators_take_nothing_but_conditions(combine):
    with pytest.raises(TypeError, match="unsupported operand"):
        combine()


def test_a_condition_has_no_truth_value():
    with pytest.raises(TypeError, match=r"combine by & \| ~, ask by holds"):
        bool(A and B)


@given(data=st.data())
def test_the_operators_mean_what_they_say(
    data: st.DataObject,
    conditions: st.SearchStrategy[Condition],
    facts: st.SearchStrategy[Facts],
):
    one, other = data.draw(conditions), data.draw(conditions)
    known = data.draw(facts)
    assert holds(one & other, known) == (holds(one, known) and holds(other, known))
    assert holds(one | other, known) == (holds(one, known) or holds(other, known))
    assert holds(~one, known) == (not holds(one, known))


@given(data=st.data())
def test_conditions_are_plain_values(data: st.DataObject, conditions: st.SearchStrategy[Condition]):
    condition = data.draw(conditions)
    for copy in (attrs.evolve(condition), pickle.loads(pickle.dumps(condition))):
        assert copy == condition
        assert hash(copy) == hash(condition)
        assert (copy.depth, copy.size) == (condition.depth, condition.size)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        pytest.param(1, True, id="a number and a truth value"),
        pytest.param(0, False, id="zero and false"),
        pytest.param(1, 1.0, id="an int and a float"),
        pytest.param(1, Decimal(1), id="an int and a Decimal"),
    ],
)
def test_values_that_python_takes_for_equal_make_different_conditions(one, other):
    assert equals("n", one) != equals("n", other)
    assert one_of("n", one) != one_of("n", other)


def test_values_are_kept_plain_and_in_utc():
    class Colour(StrEnum):
        RED = "red"

    assert type(equals("colour", Colour.RED).value) is str
    assert type(equals("n", Operator.EQUALS).value) is str
    local = datetime(2026, 7, 1, 14, tzinfo=ZoneInfo("Europe/Berlin"))
    kept = equals("at", local).value
    assert isinstance(kept, datetime)
    assert kept.tzinfo is UTC
    assert kept == local


def test_the_second_pass_of_a_repeated_hour_is_kept_apart():
    berlin = ZoneInfo("Europe/Berlin")
    first = datetime(2026, 10, 25, 2, 30, tzinfo=berlin)
    assert equals("at", first) != equals("at", first.replace(fold=1))


@pytest.mark.parametrize(
    ("make", "part"),
    [
        pytest.param(lambda: Presence(""), "Presence.field must be a name", id="no field"),
        pytest.param(lambda: Presence(" a"), "Presence.field must be a name", id="spaces"),
        pytest.param(lambda: Comparison("a", "is", 1), "unknown operator 'is'; known: equals", id="operator"),
        pytest.param(lambda: equals("a", None), "not NoneType None", id="None"),
        pytest.param(lambda: equals("a", float("nan")), "finite", id="NaN"),
        pytest.param(lambda: equals("a", float("inf")), "finite", id="infinity"),
        pytest.param(lambda: equals("a", Decimal("sNaN")), "finite", id="signalling NaN"),
        pytest.param(lambda: equals("a", Decimal("-Infinity")), "finite", id="Decimal infinity"),
        pytest.param(lambda: equals("a", ["b"]), "not list ['b']", id="a list"),
        pytest.param(lambda: equals("a", datetime(2026, 1, 1)), "no time zone", id="naive"),  # noqa: DTZ001 - under test
        pytest.param(
            lambda: equals("a", datetime.min.replace(tzinfo=ZoneInfo("Asia/Tokyo"))),
            "outside the years 1 to 9999",
            id="before the first year",
        ),
        pytest.param(lambda: Comparison("a", "less", True), "True has no order", id="order of truth"),
        pytest.param(lambda: one_of("a"), "at least one value", id="one of none"),
        pytest.param(lambda: Membership("a", "bc"), "not the text 'bc'", id="text for values"),
        pytest.param(lambda: Membership("a", [None]), "not NoneType None", id="None among values"),
        pytest.param(lambda: AllOf([A, "b"]), "not of str 'b'", id="part of all"),
        pytest.param(lambda: AnyOf([A, None]), "not of NoneType None", id="part of any"),
        pytest.param(lambda: Not({}), "not of dict {}", id="negated"),
    ],
)
def test_what_cannot_be_right_is_refused_at_birth(make, part):
    with pytest.raises(DefinitionError) as caught:
        make()
    assert part in str(caught.value)


def test_depth_is_bounded():
    condition: Condition = A
    for _ in range(MAX_DEPTH - 1):
        condition = Not(condition)
    assert condition.depth == MAX_DEPTH
    for deeper in (Not, lambda part: AllOf([part]), lambda part: AnyOf([B, part])):
        with pytest.raises(DefinitionError, match="nests 101 deep; 100 is the most"):
            deeper(condition)


def test_size_is_bounded_although_parts_are_shared():
    condition: Condition = A
    while 2 * condition.size < MAX_SIZE:
        condition = AllOf([condition, condition])
    with pytest.raises(DefinitionError, match="has 16,383 parts; 10,000 are the most"):
        AllOf([condition, condition])
    with pytest.raises(DefinitionError, match="has 10,001 parts"):
        Not(AllOf([A] * (MAX_SIZE - 1)))


def test_depth_and_size_count_every_part():
    condition = AllOf([A, Not(B), AnyOf([])])
    assert (condition.depth, condition.size) == (3, 5)
    assert (ALWAYS.depth, NEVER.size) == (1, 1)


@given(data=st.data())
def test_only_the_fields_named_matter(
    data: st.DataObject,
    conditions: st.SearchStrategy[Condition],
    facts: st.SearchStrategy[Facts],
):
    condition, known = data.draw(conditions), data.draw(facts)
    seen = fields_of(condition)
    assert holds(condition, known) == holds(
        condition, {name: fact for name, fact in known.items() if name in seen}
    )


def test_fields_are_found_in_every_part():
    condition = (equals("a", 1) & one_of("b", 1)) | ~present("c")
    assert fields_of(condition) == {"a", "b", "c"}
    assert fields_of(ALWAYS) == frozenset()


def test_fields_of_something_else_are_refused():
    with pytest.raises(TypeError, match="not a condition of this language: str 'a'"):
        fields_of("a")


def test_durations_are_kept_exactly():
    assert equals("left", timedelta(days=1, microseconds=1)).value == timedelta(hours=24, microseconds=1)


def test_an_instant_of_a_subclass_is_kept_as_a_plain_one():
    class Stamp(datetime):
        pass

    condition = equals("at", Stamp(2026, 3, 2, 9, tzinfo=UTC))
    assert type(condition.value) is datetime
    assert condition == equals("at", datetime(2026, 3, 2, 9, tzinfo=UTC))
