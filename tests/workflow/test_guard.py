import pickle

import pytest
from hypothesis import given
from hypothesis import strategies as st

from itsmkit.conditions import ALWAYS, MAX_DEPTH, NEVER, AllOf, Facts, equals, holds, present
from itsmkit.errors import DefinitionError
from itsmkit.workflow import AllGuards, AnyGuard, Guard, GuardExpression, NegatedGuard, Verdict

OWNED = Guard("owned", present("owner"), "it has no owner")
FROZEN = Guard("frozen", equals("freeze", value=True), "there is no freeze", otherwise="there is a freeze")
URGENT = Guard("urgent", equals("priority", "P1"), "it is not urgent")


@given(data=st.data())
def test_a_guard_holds_where_its_condition_does(
    data: st.DataObject,
    guard_expressions: st.SearchStrategy[GuardExpression],
    facts: st.SearchStrategy[Facts],
):
    guard, known = data.draw(guard_expressions), data.draw(facts)
    verdict = guard.verdict(known)
    assert verdict.holds == holds(guard.condition, known)
    assert verdict.holds == (not verdict.reasons) == (not verdict.failed)
    assert set(verdict.failed) <= {
        name for each in guard.guards() for name in (each.name, f"not {each.name}")
    }


@given(data=st.data())
def test_negation_is_exact_and_undoes_itself(
    data: st.DataObject,
    guard_expressions: st.SearchStrategy[GuardExpression],
    facts: st.SearchStrategy[Facts],
):
    guard, known = data.draw(guard_expressions), data.draw(facts)
    assert (~guard).verdict(known).holds is not guard.verdict(known).holds
    assert ~~guard == guard


@given(data=st.data())
def test_guards_join_as_truth_does(
    data: st.DataObject,
    guard_expressions: st.SearchStrategy[GuardExpression],
    facts: st.SearchStrategy[Facts],
):
    one, other, known = data.draw(guard_expressions), data.draw(guard_expressions), data.draw(facts)
    truths = one.verdict(known).holds, other.verdict(known).holds
    assert (one & other).verdict(known).holds == all(truths)
    assert (one | other).verdict(known).holds == any(truths)
    assert ~(one & other) == ~one | ~other
    assert ~(one | other) == ~one & ~other


@given(data=st.data())
def test_joining_is_associative(data: st.DataObject, guard_expressions: st.SearchStrategy[GuardExpression]):
    a, b, c = (data.draw(guard_expressions) for _ in range(3))
    assert (a & b) & c == a & (b & c)
    assert (a | b) | c == a | (b | c)


@pytest.mark.parametrize(
    ("guard", "failed", "reasons"),
    [
        pytest.param(OWNED, ("owned",), ("it has no owner",), id="one"),
        pytest.param(~FROZEN, ("not frozen",), ("there is a freeze",), id="negated, with words of its own"),
        pytest.param(~Guard("late", ALWAYS, "x"), ("not late",), ("late must not hold",), id="without"),
        pytest.param(
            OWNED & ~FROZEN & URGENT,
            ("owned", "not frozen", "urgent"),
            ("it has no owner", "there is a freeze", "it is not urgent"),
            id="all",
        ),
        pytest.param(
            OWNED | (~FROZEN & URGENT),
            ("owned", "not frozen", "urgent"),
            ("it has no owner, and there is a freeze and it is not urgent: one of these must change",),
            id="any",
        ),
        pytest.param(OWNED & OWNED, ("owned",), ("it has no owner",), id="twice"),
        pytest.param(OWNED | FROZEN, (), (), id="one of two holds"),
    ],
)
def test_a_verdict_tells_every_reason(guard, failed, reasons):
    assert guard.verdict({"freeze": True}) == Verdict(not failed, failed, reasons)


def test_guards_travel_between_processes():
    guard = OWNED | (~FROZEN & URGENT)
    copy = pickle.loads(pickle.dumps(guard))
    assert copy == guard
    assert hash(copy) == hash(guard)


@pytest.mark.parametrize("join", [lambda a, b: a & b, lambda a, b: a | b], ids=["and", "or"])
def test_guards_join_only_guards(join):
    with pytest.raises(TypeError):
        join(OWNED, True)


def test_a_guard_is_neither_true_nor_false():
    with pytest.raises(TypeError, match="neither true nor false without facts"):
        bool(OWNED)


@pytest.mark.parametrize(
    ("make", "problems"),
    [
        pytest.param(
            lambda: Guard("", None, " a", otherwise=3),
            ["name: must be", "condition: must be a Condition", "reason: must be", "otherwise: must be"],
            id="a guard",
        ),
        pytest.param(lambda: NegatedGuard(OWNED & FROZEN), ["guard: must be a Guard"], id="negated"),
        pytest.param(lambda: AllGuards([OWNED]), ["at least two guards are joined, not 1"], id="one of all"),
        pytest.param(
            lambda: AnyGuard([NEVER, OWNED, "x"]),
            ["parts[0]: must be a GuardExpression", "parts[2]: must be a GuardExpression"],
            id="no guards",
        ),
    ],
)
def test_a_refusal_lists_all_problems(make, problems):
    with pytest.raises(DefinitionError) as caught:
        make()
    assert len(caught.value.problems) == len(problems)
    for found, expected in zip(caught.value.problems, problems, strict=True):
        assert found.startswith(expected)


def test_guards_beyond_the_bounds_of_conditions_are_refused_when_they_are_joined():
    deep = present("x")
    for _ in range(MAX_DEPTH - 1):
        deep = AllOf([deep])
    guard = Guard("deep", deep, "too deep")
    with pytest.raises(DefinitionError, match="nests 101 deep; 100 is the most"):
        _ = ~guard
    with pytest.raises(DefinitionError, match="nests 101 deep"):
        _ = guard & OWNED
