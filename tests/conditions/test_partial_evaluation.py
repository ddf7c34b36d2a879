import pytest
from hypothesis import given
from hypothesis import strategies as st

from itsmkit.conditions import (
    ALWAYS,
    NEVER,
    AllOf,
    AnyOf,
    Condition,
    Facts,
    Not,
    fields_of,
    holds,
    parse_condition,
    simplified,
    to_text,
)


@given(data=st.data())
def test_what_is_left_holds_where_the_whole_does(
    data: st.DataObject, conditions: st.SearchStrategy[Condition], facts: st.SearchStrategy[Facts]
) -> None:
    condition, known, rest = data.draw(conditions), data.draw(facts), data.draw(facts)
    left = simplified(condition, known)
    assert holds(left, rest) == holds(condition, {**rest, **known})
    assert fields_of(left) <= fields_of(condition) - known.keys()
    assert left.size <= condition.size
    assert left.depth <= condition.depth
    assert is_simple(left)
    assert simplified(left, known) == left


@given(data=st.data())
def test_to_know_facts_one_after_the_other_is_to_know_all(
    data: st.DataObject, conditions: st.SearchStrategy[Condition], facts: st.SearchStrategy[Facts]
) -> None:
    condition, first, second = data.draw(conditions), data.draw(facts), data.draw(facts)
    both = {**second, **first}
    assert simplified(simplified(condition, first), second) == simplified(condition, both)
    assert simplified(condition, {**dict.fromkeys(fields_of(condition)), **both}) in (ALWAYS, NEVER)


def is_simple(condition: Condition, *, within: type | None = None) -> bool:
    """Independently of the code: no compound of one part or in its own kind, no double negation."""
    match condition:
        case AllOf(conditions=parts) | AnyOf(conditions=parts):
            if not parts:
                return within is None
            kind = type(condition)
            return (
                len(parts) > 1 and kind is not within and all(is_simple(part, within=kind) for part in parts)
            )
        case Not(condition=part):
            return not isinstance(part, Not) and is_simple(part, within=Not)
    return True


@pytest.mark.parametrize(
    ("text", "known", "left"),
    [
        ("a = 1 and b = 2", {}, "a = 1 and b = 2"),
        ("a = 1 and b = 2", {"a": 1}, "b = 2"),
        ("a = 1 and b = 2", {"a": 2}, "never"),
        ("a = 1 or b = 2", {"a": 1}, "always"),
        ("a = 1 or b = 2", {"a": "1"}, "b = 2"),
        ("a is missing or b = 2", {"a": None}, "always"),
        ("a in [1, 2] or b = 2", {"a": 3}, "b = 2"),
        ("not (a = 1 and b = 2)", {"a": 1}, "not b = 2"),
        ("not (a = 1 and b = 2)", {"a": 2}, "always"),
        ("not (a = 1 or not b = 2)", {"a": 2}, "b = 2"),
        ("c = 3 and (a = 1 or (b = 2 and d = 4))", {"a": 2}, "c = 3 and b = 2 and d = 4"),
        ("all(any(a = 1, never), always)", {}, "a = 1"),
        ("not not a is missing", {}, "a is missing"),
        ("not always", {}, "never"),
    ],
)  # fmt: skip
def test_what_is_left(text: str, known: Facts, left: str) -> None:
    assert to_text(simplified(parse_condition(text), known)) == left


def test_what_is_decided_is_the_constant_itself() -> None:
    assert simplified(AllOf([]), {}) is ALWAYS
    assert simplified(AnyOf([AnyOf([])])) is NEVER


def test_no_fact_makes_it_raise(hostile_fact: object) -> None:
    condition = parse_condition('f = "Active" and f > 3 and f is present and other = 1')
    assert simplified(condition, {"f": hostile_fact}) is NEVER


def test_only_conditions_are_simplified() -> None:
    with pytest.raises(TypeError, match="not a condition of this language: dict"):
        simplified({}, {})  # type: ignore[arg-type]
