import pickle

import pytest
from hypothesis import given
from hypothesis import strategies as st

from itsmkit.conditions import (
    ALWAYS,
    NEVER,
    AllOf,
    AnyOf,
    Condition,
    Explanation,
    Facts,
    Not,
    explain,
    fields_of,
    holds,
    parse_condition,
)


def explained(text: str, facts: Facts) -> Explanation:
    return explain(parse_condition(text), facts)


def everything_in(explanation: Explanation) -> list[Explanation]:
    return [explanation, *(each for part in explanation.parts for each in everything_in(part))]


@given(data=st.data())
def test_every_part_came_to_what_it_holds(
    data: st.DataObject, conditions: st.SearchStrategy[Condition], facts: st.SearchStrategy[Facts]
) -> None:
    condition, known = data.draw(conditions), data.draw(facts)
    explanation = explain(condition, known)
    assert explanation.condition == condition
    everything = everything_in(explanation)
    assert len(everything) == condition.size
    for each in everything:
        assert each.outcome == holds(each.condition, known)
        if hasattr(each.condition, "field"):
            assert each.found is known.get(each.condition.field)
    assert explanation.explain().count("\n") == condition.size - 1


@given(data=st.data())
def test_what_is_said_to_have_decided_is_reason_enough(
    data: st.DataObject, conditions: st.SearchStrategy[Condition], facts: st.SearchStrategy[Facts]
) -> None:
    condition, known, others = data.draw(conditions), data.draw(facts), data.draw(facts)
    explanation = explain(condition, known)
    named = {name for each in explanation.because for name in fields_of(each.condition)}
    changed = {name: fact for name, fact in others.items() if name not in named}
    kept = {name: fact for name, fact in known.items() if name in named}
    assert holds(condition, {**changed, **kept}) == explanation.outcome


def decided_by(condition: Condition, facts: Facts) -> list[Condition]:
    """Independently of the code: the tests that decide a condition."""
    match condition:
        case AllOf(conditions=parts) | AnyOf(conditions=parts) if parts:
            sought = holds(condition, facts)
            return [
                each for part in parts if holds(part, facts) == sought for each in decided_by(part, facts)
            ]
        case Not(condition=part):
            return decided_by(part, facts)
    return [condition]


@given(data=st.data())
def test_only_what_decided_is_said_and_once(
    data: st.DataObject, conditions: st.SearchStrategy[Condition], facts: st.SearchStrategy[Facts]
) -> None:
    condition, known = data.draw(conditions), data.draw(facts)
    because = explain(condition, known).because
    assert {each.condition for each in because} == set(decided_by(condition, known))
    assert len(set(because)) == len(because)


@pytest.mark.parametrize(
    ("text", "facts", "told"),
    [
        ('priority = "P1"', {"priority": "P3"}, 'false: priority is "P3", not equal to "P1"'),
        ("a = 1 and b = 2", {"a": 1, "b": 3}, "false: b is 3, not equal to 2"),
        ("a = 1 and b = 2", {"a": 1, "b": 2}, "true: a is 1; b is 2"),
        ("a = 1 and b = 2", {}, "false: a is missing, not equal to 1; b is missing, not equal to 2"),
        ("a = 1 or b = 2", {"a": 1, "b": 3}, "true: a is 1"),
        ("a = 1 or b = 2", {"a": 2, "b": 3}, "false: a is 2, not equal to 1; b is 3, not equal to 2"),
        ("not (a = 1 or b = 2)", {"a": 1, "b": 3}, "false: a is 1"),
        ("not a = 1", {"a": 2}, "true: a is 2, not equal to 1"),
        ("a = 1 or a = 1", {"a": 1}, "true: a is 1"),
        ("always", {}, "true: always"),
        ("a = 1 and never", {"a": 1}, "false: never"),
    ],
)  # fmt: skip
def test_an_explanation_on_one_line(text: str, facts: Facts, told: str) -> None:
    assert str(explained(text, facts)) == told


def test_an_explanation_of_every_part() -> None:
    text = 'a = 1 and (b is present or not c in ["x"]) and not always'
    assert explained(text, {"a": 1, "c": "x"}).explain().splitlines() == [
        "false: all of",
        "  true: a is 1",
        "  false: any of",
        "    false: b is missing",
        "    false: not",
        '      true: c is "x", one of "x"',
        "  false: not",
        "    true: always",
    ]


def test_explanations_are_plain_values() -> None:
    one, again = explained("a = 1 or b = 2", {"a": 1}), explained("a = 1 or b = 2", {"a": 1})
    assert one == again
    assert hash(one) == hash(again)
    assert one != explained("a = 1 or b = 2", {"a": 3})
    assert pickle.loads(pickle.dumps(one)) == one


def test_no_fact_makes_it_raise(hostile_fact: object) -> None:
    text = "f = 'Active' or (f < 3 and f is missing) or not (f in [1, 'a'] or f > 2026-01-01T00:00:00Z)"
    one, again = (explained(text, {"f": hostile_fact}) for _ in range(2))
    assert one.explain()
    assert str(one)
    assert repr(one)
    assert one == again
    assert hash(one) == hash(again)
    assert all(each.found is hostile_fact for each in one.because if each.condition not in (ALWAYS, NEVER))


def test_only_conditions_are_explained() -> None:
    with pytest.raises(TypeError, match="not a condition of this language: dict"):
        explain({}, {})  # type: ignore[arg-type]
