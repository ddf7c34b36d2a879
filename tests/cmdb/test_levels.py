import pytest
from hypothesis import given
from hypothesis import strategies as st

from itsmkit.cmdb import IGNORED, SAME, STANDARD_LEVELS, Effect, LevelChain, RelationType, capped
from itsmkit.errors import DefinitionError
from itsmkit.testing.strategies import effects

FIVE = LevelChain(["clear", "warning", "minor", "major", "critical"])


def test_a_chain_goes_from_the_best_to_the_worst():
    assert (FIVE.up, FIVE.down, FIVE.top) == ("clear", "critical", 4)
    assert [FIVE.number(name) for name in FIVE.names] == [0, 1, 2, 3, 4]


@pytest.mark.parametrize(
    ("names", "problem"),
    [
        pytest.param(["up"], "at least two levels", id="one level"),
        pytest.param([], "at least two levels", id="none"),
        pytest.param(["up", "down", "up"], "'up' stands there more than once", id="twice"),
        pytest.param(["up", " down"], "without surrounding spaces", id="spaces"),
        pytest.param("up", "one text stands where several are asked for", id="text"),
    ],
)
def test_what_is_no_chain_is_refused(names, problem):
    with pytest.raises(DefinitionError, match=problem):
        LevelChain(names)


def test_all_that_is_wrong_with_a_chain_is_told_at_once():
    with pytest.raises(DefinitionError) as raised:
        LevelChain([""])
    assert len(raised.value.problems) == 2


def test_an_unknown_level_is_an_error_with_what_comes_close():
    with pytest.raises(DefinitionError, match="no level 'critcal'; did you mean 'critical'"):
        FIVE.number("critcal")


@given(
    st.sampled_from([STANDARD_LEVELS, FIVE]).flatmap(lambda chain: st.tuples(st.just(chain), effects(chain)))
)
def test_what_is_worse_is_never_felt_less(drawn):
    chain, effect = drawn
    table = effect.table(chain)
    assert list(table) == sorted(table)
    assert len(table) == len(chain.names)
    assert table[0] == 0


@pytest.mark.parametrize(
    ("effect", "table", "text"),
    [
        pytest.param(SAME, (0, 1, 2), "same", id="same"),
        pytest.param(IGNORED, (0, 0, 0), "none", id="ignored"),
        pytest.param(capped("degraded"), (0, 1, 1), "at most degraded", id="capped"),
        pytest.param(Effect({"degraded": "down"}), (0, 2, 2), "degraded as down", id="worse than it is"),
        pytest.param(Effect({"down": "degraded"}), (0, 0, 1), "down as degraded", id="only the worst"),
    ],
)
def test_an_effect_says_what_is_felt_of_each_level(effect, table, text):
    assert effect.table(STANDARD_LEVELS) == table
    assert str(effect) == text


@pytest.mark.parametrize(
    ("effect", "problem"),
    [
        pytest.param(Effect({"degraded": "down", "down": "degraded"}), "must never be felt less", id="falls"),
        pytest.param(Effect({"dwon": "down"}), "no level 'dwon'; did you mean 'down'", id="unknown"),
        pytest.param(capped("dwon"), "no level 'dwon'", id="unknown cap"),
        pytest.param(Effect({"up": "down"}), "it does no harm", id="what works"),
    ],
)
def test_an_effect_that_cannot_be_right_on_a_chain_is_refused(effect, problem):
    with pytest.raises(DefinitionError, match=problem):
        effect.table(STANDARD_LEVELS)


def test_an_effect_is_one_thing_only():
    with pytest.raises(DefinitionError, match="only one of to, same and cap"):
        Effect({"down": "down"}, same=True)


@pytest.mark.parametrize(
    ("text", "effect"),
    [
        pytest.param("same", SAME, id="same"),
        pytest.param("none", IGNORED, id="none"),
        pytest.param("at most degraded", capped("degraded"), id="at most"),
        pytest.param({"down": "degraded"}, Effect({"down": "degraded"}), id="a map"),
        pytest.param(SAME, SAME, id="an effect"),
    ],
)
def test_an_effect_can_be_written_as_text(text, effect):
    assert RelationType("runs_on", "runs", "reverse", text).effect == effect


@pytest.mark.parametrize("effect", [5, None])
def test_what_is_no_text_of_an_effect_is_refused(effect):
    with pytest.raises(DefinitionError, match="must be same, none, at most LEVEL"):
        RelationType("runs_on", "runs", "reverse", effect)


def test_what_is_no_effect_is_refused():
    with pytest.raises(DefinitionError, match="must be same, none, at most LEVEL"):
        RelationType("runs_on", "runs", "reverse", "some")
