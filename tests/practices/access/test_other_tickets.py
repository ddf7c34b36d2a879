"""Questions about other tickets: a store that is asked for more than is meant misses nothing."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from itsmkit.conditions import (
    ALWAYS,
    Condition,
    all_of,
    any_of,
    equals,
    holds,
    one_of,
    parse_condition,
    present,
)
from itsmkit.practices.access.other_tickets import asks_of_others, is_of_others, wider

OTHERS = ("link.parent_of", "link.blocks", "merged_into")
OWN = ("site", "vip")
VALUES = st.sampled_from([True, "a", "b"])
LEAVES: st.SearchStrategy[Condition] = st.one_of(
    st.builds(present, st.sampled_from(OTHERS + OWN)),
    st.builds(equals, st.sampled_from(OTHERS + OWN), VALUES),
    st.builds(one_of, st.sampled_from(OTHERS + OWN), VALUES, VALUES),
)
CONDITIONS = st.recursive(
    LEAVES,
    lambda parts: st.one_of(
        parts.map(lambda each: ~each),
        st.lists(parts, max_size=3).map(lambda each: all_of(*each)),
        st.lists(parts, max_size=3).map(lambda each: any_of(*each)),
    ),
    max_leaves=6,
)
FACTS = st.dictionaries(st.sampled_from(OTHERS + OWN), VALUES)


@given(CONDITIONS, FACTS, st.sets(st.sampled_from(OTHERS)))
def test_what_holds_as_it_is_shown_is_found_as_it_is(
    condition: Condition, facts: dict[str, Any], unseen: set[str]
) -> None:
    shown = {name: value for name, value in facts.items() if name not in unseen}
    if holds(condition, shown):
        assert holds(wider(condition), facts)


@given(CONDITIONS, FACTS)
def test_what_asks_nothing_of_others_is_asked_as_it_is(condition: Condition, facts: dict[str, Any]) -> None:
    if not asks_of_others(condition):
        assert holds(wider(condition), facts) is holds(condition, facts)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("link.blocks is present", "link.blocks is present"),
        ("link.blocks is missing", None),
        ('link.blocks is missing or site = "Bonn"', None),
        ('not (link.blocks is present and site = "Bonn") and vip = true', "vip = true"),
    ],
)
def test_only_what_asks_for_their_lack_is_left_out(text: str, expected: str | None) -> None:
    assert wider(parse_condition(text)) == (ALWAYS if expected is None else parse_condition(expected))


def test_facts_of_other_tickets_are_known_by_name() -> None:
    assert [name for name in (*OTHERS, *OWN, "linked", "merged") if is_of_others(name)] == [*OTHERS]
