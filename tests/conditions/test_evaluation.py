import decimal
import operator
from collections import OrderedDict
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta, timezone, tzinfo
from decimal import Decimal
from enum import IntEnum, StrEnum
from fractions import Fraction
from itertools import product
from types import MappingProxyType
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from itsmkit.conditions import (
    ALWAYS,
    NEVER,
    Comparison,
    Condition,
    Facts,
    Operator,
    Scalar,
    all_of,
    any_of,
    at_least,
    at_most,
    compile_condition,
    equals,
    greater,
    less,
    not_equals,
    one_of,
    present,
)
from itsmkit.conditions import holds as interpreted

BERLIN = ZoneInfo("Europe/Berlin")
COMPARE = {
    Operator.EQUALS: operator.eq,
    Operator.NOT_EQUALS: operator.ne,
    Operator.LESS: operator.lt,
    Operator.AT_MOST: operator.le,
    Operator.GREATER: operator.gt,
    Operator.AT_LEAST: operator.ge,
}


def holds(condition: Condition, facts: Facts) -> bool:
    answer = interpreted(condition, facts)
    assert compile_condition(condition)(facts) is answer
    return answer


class Category(StrEnum):
    PENDING = "pending"


class Level(IntEnum):
    HIGH = 3


@pytest.fixture
def strict_decimals() -> Iterator[None]:
    with decimal.localcontext() as context:
        context.prec = 1
        context.traps[decimal.FloatOperation] = True
        yield


@pytest.mark.parametrize(
    ("condition", "fact", "expected"),
    [
        pytest.param(equals("f", "Active"), "Active", True, id="equal text"),
        pytest.param(equals("f", "Active"), "active", False, id="text is compared as it is"),
        pytest.param(equals("f", "pending"), Category.PENDING, True, id="a StrEnum is text"),
        pytest.param(one_of("f", 3, "pending"), Category.PENDING, True, id="also among values"),
        pytest.param(at_least("f", 3), Level.HIGH, True, id="an IntEnum is a number"),
        pytest.param(equals("f", 1), True, False, id="true is no number"),
        pytest.param(equals("f", True), 1, False, id="a number is not true"),
        pytest.param(equals("f", False), False, True, id="false is false"),
        pytest.param(equals("f", "1"), 1, False, id="text is no number"),
        pytest.param(not_equals("f", "1"), 1, False, id="other kinds are not compared"),
        pytest.param(~equals("f", "1"), 1, True, id="but negation is exact"),
        pytest.param(equals("f", 0.1), Decimal("0.1"), True, id="a float is what it prints as"),
        pytest.param(equals("f", Decimal("0.10")), 0.1, True, id="the other way round"),
        pytest.param(equals("f", 10**23), 1e23, True, id="a large float too"),
        pytest.param(less("f", 10**400), float("inf"), False, id="infinity is larger"),
        pytest.param(greater("f", 10**400), float("inf"), True, id="than any number"),
        pytest.param(not_equals("f", 1), float("nan"), False, id="NaN compares with nothing"),
        pytest.param(not_equals("f", 1), Decimal("sNaN"), False, id="signalling or not"),
        pytest.param(less("f", "b"), "a", True, id="text has an order"),
        pytest.param(at_most("f", timedelta(hours=8)), timedelta(hours=8), True, id="durations"),
        pytest.param(
            equals("f", datetime(2026, 10, 25, 1, 30, tzinfo=UTC)),
            datetime(2026, 10, 25, 2, 30, tzinfo=BERLIN, fold=1),
            True,
            id="second pass of the repeated hour",
        ),
        pytest.param(
            greater("f", datetime(2026, 10, 25, 2, 30, tzinfo=BERLIN)),
            datetime(2026, 10, 25, 2, 30, tzinfo=BERLIN, fold=1),
            True,
            id="which comes after the first",
        ),
        pytest.param(
            less("f", datetime(2, 1, 1, tzinfo=UTC)),
            datetime.min.replace(tzinfo=timezone(timedelta(hours=14))),
            True,
            id="an instant before the first year",
        ),
        pytest.param(
            at_least("f", datetime(2026, 1, 1, tzinfo=UTC)),
            datetime(2026, 1, 1, tzinfo=UTC),
            True,
            id="instants in UTC",
        ),
        pytest.param(
            not_equals("f", datetime(2026, 1, 1, tzinfo=UTC)),
            datetime(2026, 1, 2),  # noqa: DTZ001 - under test
            False,
            id="a naive datetime is no instant",
        ),
        pytest.param(
            not_equals("f", datetime(2026, 1, 1, tzinfo=UTC)),
            date(2026, 1, 2),
            False,
            id="nor is a date",
        ),
        pytest.param(present("f"), None, False, id="None is no value"),
        pytest.param(present("f"), " \t", False, id="nor is blank text"),
        pytest.param(present("f"), (), False, id="nor an empty collection"),
        pytest.param(present("f"), [None], True, id="a collection is one"),
        pytest.param(present("f"), OrderedDict(), False, id="an empty one of a subclass is none"),
        pytest.param(present("f"), False, True, id="so is false"),
        pytest.param(present("f"), 0, True, id="and zero"),
        pytest.param(ALWAYS, None, True, id="always"),
        pytest.param(NEVER, None, False, id="never"),
    ],
)
def test_a_condition_on_one_fact(condition, fact, expected):
    assert holds(condition, MappingProxyType({"f": fact})) is expected


@pytest.mark.parametrize("asked", Operator)
def test_no_comparison_holds_for_a_missing_fact(asked):
    condition = Comparison("f", asked, "Active")
    assert not holds(condition, {})
    assert not holds(condition, {"f": None})
    assert holds(~condition, {})


@pytest.mark.usefixtures("strict_decimals")
def test_no_fact_makes_a_condition_raise(hostile_fact):
    facts = {"f": hostile_fact}
    for value in ("Active", True, 3, 0.5, Decimal("0.5"), datetime(2026, 1, 1, tzinfo=UTC), timedelta(1)):
        holds(one_of("f", value, "x"), facts)
        for asked in Operator:
            if not isinstance(value, bool) or asked in {Operator.EQUALS, Operator.NOT_EQUALS}:
                holds(Comparison("f", asked, value), facts)
    assert holds(present("f"), facts)


@pytest.mark.parametrize(
    ("hostile_fact", "condition"),
    [("text that raises", equals("f", "Active")), ("a number that raises", at_most("f", 3))],
    indirect=["hostile_fact"],
)
def test_a_hostile_fact_still_counts_as_what_it_is(hostile_fact, condition):
    assert holds(condition, {"f": hostile_fact})


@pytest.mark.usefixtures("strict_decimals")
def test_the_decimal_context_has_no_say():
    assert holds(less("f", 0.12), {"f": Decimal("0.11")})
    assert not holds(equals("f", Decimal("0.12")), {"f": 0.11})


@given(data=st.data())
def test_closures_answer_as_the_interpreter_does(
    data: st.DataObject,
    conditions: st.SearchStrategy[Condition],
    facts: st.SearchStrategy[Facts],
):
    holds(data.draw(conditions), data.draw(facts))


@pytest.mark.parametrize("count", range(6))
def test_compounds_of_every_length_are_compiled(count: int):
    names = [f"part {i}" for i in range(count)]
    parts = [equals(name, value=True) for name in names]
    for values in product([True, False], repeat=count):
        facts = dict(zip(names, values, strict=True))
        assert holds(all_of(*parts), facts) is all(values)
        assert holds(any_of(*parts), facts) is any(values)


@pytest.mark.parametrize(
    "fact", ["", " \x85\u2003", "ann", "\x1f", None, 0, True, 0.0, [], (), {}, {1}, object()]
)
def test_absence_is_compiled_as_the_opposite_of_presence(fact: object):
    assert holds(~present("f"), {"f": fact}) is not holds(present("f"), {"f": fact})


def canonical(value: object) -> tuple[str, object] | None:
    """Independently of the code: a value's kind, and something that Python compares rightly."""
    match value:
        case bool():
            return "truth", value
        case str():
            return "text", value
        case int() | float() | Decimal():
            finite = Decimal(str(value)).is_finite()
            return ("number", Fraction(str(value))) if finite else None
        case datetime(tzinfo=tzinfo()):
            return "instant", (value.replace(tzinfo=None) - value.utcoffset(), 0)
        case timedelta():
            return "duration", value
    return None


@given(data=st.data(), asked=st.sampled_from(Operator))
def test_a_comparison_holds_where_both_are_of_one_kind_and_compare(
    data: st.DataObject, asked: Operator, scalars: st.SearchStrategy[Scalar]
):
    value = data.draw(scalars.filter(lambda value: not isinstance(value, bool)))
    same_kind = scalars.filter(lambda fact: canonical(fact)[0] == canonical(value)[0])
    fact = data.draw(scalars | same_kind)
    (left_kind, left), (right_kind, right) = canonical(fact), canonical(value)
    expected = left_kind == right_kind and COMPARE[asked](left, right)
    assert holds(Comparison("f", asked, value), {"f": fact}) == expected


@given(data=st.data())
def test_one_of_is_any_of_equals(
    data: st.DataObject,
    scalars: st.SearchStrategy[Scalar],
    facts: st.SearchStrategy[Facts],
):
    values = data.draw(st.lists(scalars, min_size=1, max_size=4))
    known = {**data.draw(facts), "again": data.draw(st.sampled_from(values))}
    for field in known:
        spelled_out = any_of(*(equals(field, value) for value in values))
        assert holds(one_of(field, *values), known) == holds(spelled_out, known)


@pytest.mark.parametrize("ask", [lambda what: interpreted(what, {}), compile_condition])
def test_only_conditions_can_be_asked(ask):
    with pytest.raises(TypeError, match="not a condition of this language: dict"):
        ask({})
