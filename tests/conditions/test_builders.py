import pytest

from itsmkit.conditions import (
    AllOf,
    AnyOf,
    Comparison,
    Membership,
    Operator,
    Presence,
    all_of,
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


@pytest.mark.parametrize(
    ("build", "operator"),
    [
        (equals, Operator.EQUALS),
        (not_equals, Operator.NOT_EQUALS),
        (less, Operator.LESS),
        (at_most, Operator.AT_MOST),
        (greater, Operator.GREATER),
        (at_least, Operator.AT_LEAST),
    ],
)
def test_a_comparison_is_named_for_its_operator(build, operator):
    assert build("count", 3) == Comparison("count", operator, 3)
    assert build.__name__ == operator.value


def test_the_other_conditions_have_builders_too():
    a, b = present("a"), one_of("b", 1, "x")
    assert a == Presence("a")
    assert b == Membership("b", (1, "x"))
    assert all_of(a, b) == AllOf((a, b))
    assert any_of(a, b) == AnyOf((a, b))
