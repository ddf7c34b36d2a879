from functools import reduce

import pytest
from hypothesis import given
from hypothesis import strategies as st

from itsmkit.conditions import (
    ALWAYS,
    MAX_DEPTH,
    NEVER,
    Condition,
    all_of,
    any_of,
    at_least,
    equals,
    facts_for,
    holds,
    less,
    present,
)
from itsmkit.workflow import ACTOR_ROLES
from itsmkit.workflow._satisfaction import NOBODY, Solver, actor_with

atoms = st.one_of(
    st.builds(present, st.sampled_from("abc")),
    st.builds(equals, st.sampled_from("abc"), st.sampled_from(["x", "y", 1])),
    st.builds(at_least, st.just("c"), st.integers(0, 2)),
    st.builds(less, st.just("c"), st.integers(0, 2)),
    st.sampled_from([ALWAYS, NEVER]),
)
conditions = st.recursive(
    atoms,
    lambda parts: st.one_of(
        parts.map(lambda part: ~part),
        st.lists(parts, max_size=3).map(lambda several: all_of(*several)),
        st.lists(parts, max_size=3).map(lambda several: any_of(*several)),
    ),
    max_leaves=6,
)
groups = st.lists(conditions, max_size=3).map(tuple)


@given(st.lists(conditions, max_size=4), st.lists(groups, max_size=2))
def test_it_finds_what_a_search_of_the_whole_finds(several: list[Condition], none_of):
    whole = all_of(*several, *(~all_of(*group) for group in none_of))
    answer = Solver().solve(several, none_of=none_of)
    assert answer.doubt is None
    assert answer.is_possible == (facts_for(whole) is not None)
    assert answer.facts is None or holds(whole, answer.facts)


def test_many_facts_that_have_nothing_to_do_with_each_other_are_no_many_cases():
    answer = Solver().solve(present(f"fact {n}") & ~equals(f"fact {n}", "another") for n in range(30))
    assert answer.facts is not None
    assert len(answer.facts) == 30


def test_what_can_never_hold_is_told_even_beside_what_cannot_be_decided():
    vague = any_of(*(equals(f"fact {n}", "yes") for n in range(9)))
    assert Solver().solve([vague]).doubt is not None
    assert Solver().solve([vague, present("a"), ~present("a")]).doubt is None
    assert not Solver().solve([vague, present("a"), ~present("a")]).is_possible


@pytest.mark.parametrize(
    ("condition", "roles"),
    [
        pytest.param(ALWAYS, ("agent",), id="where nothing else asks"),
        pytest.param(equals(ACTOR_ROLES, "agent"), "agent", id="as text, where a condition asks for text"),
        pytest.param(~equals(ACTOR_ROLES, "agent"), ("agent",), id="as a collection, where none may be text"),
        pytest.param(equals(ACTOR_ROLES, "boss"), "boss", id="another one"),
        pytest.param(
            ~present(ACTOR_ROLES) | equals(ACTOR_ROLES, "boss"), "boss", id="though it might hold for nobody"
        ),
        pytest.param(equals(ACTOR_ROLES, "clerk"), None, id="none of those that may"),
        pytest.param(~present(ACTOR_ROLES), None, id="nobody"),
    ],
)
def test_the_actor_has_one_of_the_roles(condition, roles):
    answer = Solver().solve([condition], actor=actor_with(("agent", "boss")))
    assert (answer.facts or {}).get(ACTOR_ROLES) == roles
    assert answer.is_possible == (roles is not None)


def test_without_demands_there_may_be_any_actor_or_none():
    assert actor_with(()) is None
    assert Solver().solve([equals(ACTOR_ROLES, "clerk")]).facts == {ACTOR_ROLES: "clerk"}
    assert Solver().solve([ALWAYS]).facts == {}


def test_nobody_has_no_roles():
    assert not Solver().solve([present(ACTOR_ROLES)], actor=NOBODY).is_possible
    assert Solver().solve([~present(ACTOR_ROLES)], actor=NOBODY).facts == {}
    assert Solver().solve([ALWAYS], actor=NOBODY).facts == {}


def deep(name: str) -> Condition:
    """Return a condition that nests as deeply as one may, and cannot be cut into parts."""
    start = equals(name, "x")
    return reduce(
        lambda inner, n: any_of(inner, present(name)) if n % 2 else all_of(inner, present(name)),
        range(MAX_DEPTH - 1),
        start,
    )


@pytest.mark.parametrize(
    ("several", "none_of"),
    [
        pytest.param([deep("a"), any_of(deep("a").conditions[0], equals("a", "y"))], [], id="joined"),
        pytest.param([], [(deep("a"),)], id="negated"),
    ],
)
def test_what_nests_too_deeply_together_is_left_open(several, none_of):
    answer = Solver().solve(several, none_of=none_of)
    assert answer.is_possible
    assert answer.facts is None
    assert answer.doubt == "a condition nests 101 deep; 100 is the most"
