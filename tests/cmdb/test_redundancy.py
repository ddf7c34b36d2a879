from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from itsmkit.cmdb import (
    STANDARD_LEVELS,
    AllNeeded,
    AnySuffices,
    AtLeast,
    Clause,
    Clauses,
    ConfigurationGraph,
    ConfigurationItem,
    Influence,
    PercentUp,
    RedundancySet,
    Relation,
    WeightedNeed,
)
from itsmkit.cmdb.redundancy import rule_from
from itsmkit.errors import DefinitionError


def levels_of(rule, states):
    """Return the level of a dependent by the levels of its providers."""
    members = [f"m{number}" for number in range(len(states))]
    graph = ConfigurationGraph(
        [ConfigurationItem(each, "host", each) for each in ["shop", *members]],
        [Relation("shop", "runs_on", member) for member in members],
        [RedundancySet("shop", "set", members, rule)],
    )
    return graph.impact_of(dict(zip(members, states, strict=True))).level("shop")


UP, SLOW, DOWN = STANDARD_LEVELS.names


@pytest.mark.parametrize(
    ("rule", "states", "level"),
    [
        pytest.param("all", [UP, UP, SLOW], SLOW, id="all: one degraded"),
        pytest.param("all", [UP, UP, DOWN], DOWN, id="all: one down"),
        pytest.param("any", [UP, DOWN, DOWN], SLOW, id="any: one left"),
        pytest.param("any", [DOWN, DOWN, DOWN], DOWN, id="any: none left"),
        pytest.param("any", [SLOW, SLOW, UP], UP, id="any: one as good as ever"),
        pytest.param("any", [SLOW, SLOW, DOWN], SLOW, id="any: none as good as ever"),
        pytest.param("at least 2", [UP, UP, DOWN], SLOW, id="at least: one to spare"),
        pytest.param("at least 2", [UP, SLOW, SLOW], SLOW, id="at least: too few as good as ever"),
        pytest.param("at least 2", [UP, DOWN, DOWN], DOWN, id="at least: too few"),
        pytest.param("50 %", [UP, UP, DOWN], SLOW, id="percent: 1.5 of 3 are 2"),
        pytest.param("50 %", [UP, DOWN, DOWN], DOWN, id="percent: too few"),
        pytest.param("influence 50 %", [UP, UP, DOWN], SLOW, id="influence: one down"),
        pytest.param("influence 50 %", [UP, DOWN, DOWN], DOWN, id="influence: half down"),
        pytest.param("influence 50 %", [SLOW, SLOW, SLOW], UP, id="influence: none down"),
        pytest.param(WeightedNeed({"m0": 2}, 2), [UP, DOWN, DOWN], SLOW, id="weight: the heavy one is left"),
        pytest.param(WeightedNeed({"m0": 2}, 2), [DOWN, UP, UP], SLOW, id="weight: both light ones are left"),
        pytest.param(WeightedNeed({"m0": 2}, 2), [DOWN, UP, DOWN], DOWN, id="weight: too light"),
        pytest.param(WeightedNeed({"m0": 0}, 2), [DOWN, UP, UP], SLOW, id="weight: who weighs nothing"),
        pytest.param(Clauses([Clause(SLOW, 2, DOWN)]), [SLOW, SLOW, UP], DOWN, id="clauses: worse than all"),
        pytest.param(Clauses([Clause(SLOW, 2, DOWN)]), [DOWN, UP, UP], UP, id="clauses: nothing else said"),
    ],
)
def test_a_rule_says_how_bad_its_dependent_is(rule, states, level):
    assert levels_of(rule, states) == level


def test_percentages_are_exact():
    members = [f"m{number}" for number in range(100)]
    assert PercentUp(7).thresholds(members, STANDARD_LEVELS)[0].need == 94
    assert PercentUp("33.3").percentage == Fraction(333, 10)


def test_fractions_of_weight_are_exact():
    tenths = {f"m{number}": Fraction(1, 10) for number in range(3)}
    assert levels_of(WeightedNeed(tenths, Fraction(3, 10)), [UP, UP, UP]) == UP
    assert levels_of(WeightedNeed(tenths, Fraction(3, 10)), [UP, UP, DOWN]) == DOWN


@pytest.mark.parametrize(
    "text", ["all", "any", "at least 2", "50 %", "33.3 %", "1/3 %", "influence 30 %", "influence 0.5 %"]
)
def test_the_text_of_a_rule_is_read_again(text):
    assert str(rule_from(text)) == text
    assert rule_from(str(rule_from(text))) == rule_from(text)


def test_the_spaces_before_a_percent_sign_do_not_matter():
    assert rule_from("50%") == rule_from("50 %") == PercentUp(50)


@given(st.fractions(Fraction(1, 10**6), 100, max_denominator=10**7))
def test_any_percentage_is_read_again(percentage):
    assert rule_from(str(PercentUp(percentage))) == PercentUp(percentage)


def test_rules_read_as_text():
    assert str(WeightedNeed({"a": 2}, 3)) == "a weight of 3 of a = 2"
    assert str(WeightedNeed({}, 3)) == "a weight of 3"
    assert str(Clauses([Clause("down", 2, "down", {"a": 3}), Clause("down", 1, "degraded")])) == (
        "down if 2 at down, a = 3, degraded if 1 at down"
    )


@pytest.mark.parametrize(
    ("make", "problem"),
    [
        pytest.param(lambda: rule_from("exactly 1"), "rule: must be all, any, at least 2", id="no rule"),
        pytest.param(lambda: rule_from(2), "rule: must be all, any", id="no text"),
        pytest.param(lambda: rule_from("120 %"), "more than 0 and at most 100", id="more than all"),
        pytest.param(lambda: rule_from("influence 0 %"), "more than 0 and at most 100", id="nothing"),
        pytest.param(lambda: PercentUp(0.07), "more than 0 and at most 100", id="a float"),
        pytest.param(lambda: PercentUp("1/0"), "more than 0 and at most 100", id="divided by zero"),
        pytest.param(lambda: PercentUp("much"), "more than 0 and at most 100", id="no number"),
        pytest.param(lambda: PercentUp(True), "more than 0 and at most 100", id="a truth"),
        pytest.param(lambda: AtLeast(0), "a whole number of 1 or more", id="at least none"),
        pytest.param(lambda: AtLeast(True), "a whole number of 1 or more", id="at least true"),
        pytest.param(lambda: WeightedNeed({"a": -1}, 1), "weight of 'a': must be", id="a negative weight"),
        pytest.param(lambda: WeightedNeed({"a": 0.5}, 1), "weight of 'a': must be", id="a weight in floats"),
        pytest.param(lambda: WeightedNeed({}, 0), "need: must be", id="no need"),
        pytest.param(lambda: Clause("down", 0, "down"), "that failures improve", id="holds without failure"),
        pytest.param(lambda: Clause("down", 1, "down", {"a": -1}), "weight of 'a'", id="failures improve it"),
        pytest.param(lambda: Clauses([]), "at least one is needed", id="no clause"),
        pytest.param(lambda: Clauses(["x"]), r"clauses\[0\]: must be a Clause", id="a text as a clause"),
    ],
)
def test_a_rule_that_cannot_be_is_refused(make, problem):
    with pytest.raises(DefinitionError, match=problem):
        make()


def test_all_that_is_wrong_with_weights_is_told_at_once():
    with pytest.raises(DefinitionError) as raised:
        WeightedNeed({"a": -1, "b": "heavy"}, -1)
    assert len(raised.value.problems) == 3


@pytest.mark.parametrize(
    ("members", "rule", "problem"),
    [
        pytest.param(["a"], "at least 2", "at least 2 are asked for, but there are only 1", id="too few"),
        pytest.param(["a"], WeightedNeed({}, 2), "all members together have 1", id="too light"),
        pytest.param(["a"], WeightedNeed({"b": 2}, 1), "weight of 'b': no such member", id="a stranger"),
        pytest.param(
            ["a"],
            Clauses([Clause("down", 2, "down")]),
            r"clauses\[0\]: a weight of 2 is asked for",
            id="a clause that cannot be met",
        ),
        pytest.param(
            ["a"],
            Clauses([Clause("down", 1, "down", {"b": 1})]),
            r"clauses\[0\]: weight of 'b': no such member",
            id="a stranger in a clause",
        ),
        pytest.param([], "any", "members: at least one provider is needed", id="no members"),
        pytest.param(["a", "a"], "any", "'a' stands there more than once", id="a member twice"),
        pytest.param(["shop"], "any", "cannot stand in for its own providers", id="the dependent itself"),
    ],
)
def test_a_set_that_cannot_meet_its_rule_is_refused(members, rule, problem):
    with pytest.raises(DefinitionError, match=f"redundancy set 'set' of shop: .*{problem}"):
        RedundancySet("shop", "set", members, rule)


def test_levels_that_are_not_in_the_chain_are_refused_with_the_graph(a_graph):
    rule = Clauses([Clause("dwon", 1, "up")])
    with pytest.raises(DefinitionError) as raised:
        a_graph(["shop runs_on web"], redundancy=[RedundancySet("shop", "set", ["web"], rule)])
    assert raised.value.problems == (
        "redundancy set 'set' of shop: clauses[0]: no level 'dwon'; did you mean 'down'?",
        "redundancy set 'set' of shop: clauses[0]: 'up' is no failure; say a worse level",
    )


def test_named_rules_know_no_strangers():
    assert [each.problems(["a"]) for each in (AllNeeded(), AnySuffices(), PercentUp(1), Influence(1))] == [
        ()
    ] * 4


@pytest.mark.parametrize(
    ("rule", "left"),
    [
        pytest.param(AtLeast(1), AtLeast(1), id="no member is named"),
        pytest.param(WeightedNeed({"a": 2, "b": 3}, 3), WeightedNeed({"b": 3}, 3), id="weights"),
        pytest.param(
            Clauses([Clause("down", 3, "down", {"a": 2, "b": 3}), Clause("down", 1, "degraded")]),
            Clauses([Clause("down", 3, "down", {"b": 3}), Clause("down", 1, "degraded")]),
            id="weights of clauses",
        ),
    ],
)
def test_a_rule_without_a_member_asks_for_as_much_of_the_others(rule, left):
    assert rule.without("a") == left
    assert left.without("a") == left
