"""The model that itsmkit brings: what it learns, how sure it is, and how it is kept."""

import json
import random
from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from itsmkit.errors import DefinitionError
from itsmkit.practices.classification import (
    BaselineModel,
    Example,
    evaluated,
    judged,
    stratified_split,
    train_baseline,
)

_WORDS = {
    "network": ["wifi", "router", "vpn", "slow", "connection"],
    "printing": ["printer", "toner", "paper", "jam", "ink"],
    "access": ["password", "login", "account", "locked", "reset"],
}
_NOISE = ["please", "help", "the", "office", "again", "thanks", "since", "monday"]


def _tickets(count: int, seed: int = 0) -> list[Example]:
    draw = random.Random(seed)
    labels = sorted(_WORDS)
    made = []
    for _ in range(count):
        label = draw.choice(labels)
        words = [draw.choice(_WORDS[label if draw.random() < 0.9 else draw.choice(labels)]) for _ in range(2)]
        words += [draw.choice(_NOISE) for _ in range(5)]
        draw.shuffle(words)
        made.append(Example(" ".join(words), label))
    return made


def test_what_it_has_learned_it_finds_in_tickets_that_it_has_not_seen():
    learned, held_out = stratified_split(_tickets(600))
    model = train_baseline(learned, "category")

    found = evaluated(judged(model.predict, held_out))

    assert found.accuracy > Fraction(85, 100)
    assert found.macro_f1 > Fraction(85, 100)
    # What it says of its confidence holds: that is what a gate relies on.
    assert found.calibration_error < 0.1
    assert found.gates[-3].accuracy > found.accuracy


def test_a_prediction_names_the_words_that_counted():
    model = train_baseline(_tickets(300), "support_group")

    prediction = model.predict("Please help: the PRINTER has no toner, again!")

    assert (prediction.field, prediction.value) == ("support_group", "printing")
    assert {"printer", "toner"} <= {*prediction.because}
    assert prediction.source == f"baseline {model.digest[:8]}"
    assert 0.5 < prediction.confidence <= 1


def test_of_words_that_it_does_not_know_it_makes_a_guess_that_is_unsure():
    model = train_baseline(_tickets(300), "category")

    prediction = model.predict("Ωmega ωmega")

    assert prediction.because == ()
    assert prediction.confidence < 0.6


@given(st.integers(0, 100))
@settings(max_examples=10, deadline=None)
def test_the_order_of_examples_changes_nothing(seed):
    examples = _tickets(60, seed)
    shuffled = random.Random(seed).sample(examples, len(examples))

    assert train_baseline(examples, "category").to_text() == train_baseline(shuffled, "category").to_text()


def test_a_model_is_plain_data_and_comes_back_as_it_was():
    model = train_baseline(_tickets(100), "category")

    again = BaselineModel.from_text(model.to_text())

    assert again == model
    assert again.digest == model.digest
    assert again.predict("printer jam") == model.predict("printer jam")
    assert json.loads(model.to_text()) == model.to_plain()


def test_one_example_more_is_another_model():
    examples = _tickets(100)

    assert train_baseline(examples, "category").digest != train_baseline(examples[1:], "category").digest


def test_what_stands_in_one_ticket_alone_is_not_kept():
    examples = [*_tickets(50), Example("printer of Miss Unheardof", "printing")]

    assert not any("unheardof" in word for word in train_baseline(examples, "category").words)


def test_no_more_words_are_kept_than_asked_for():
    assert len(train_baseline(_tickets(50), "category", most_words=7).words) == 7


def test_a_label_of_one_example_is_left_out():
    examples = [*_tickets(50), Example("strange", "rare")]

    assert "rare" not in train_baseline(examples, "category").labels


def test_a_few_examples_are_enough_to_begin_with():
    examples = [
        Example(text, label)
        for label in ("a", "b")
        for text in (f"{label}{label} one", f"{label}{label} two")
    ]

    assert train_baseline(examples, "category").predict("bb").value == "b"
    assert train_baseline(examples, "category", least_tickets=9).words == {}
    assert train_baseline(examples, "category", least_tickets=9).predict("bb").confidence == 0.5


@pytest.mark.parametrize(
    ("examples", "field", "said"),
    [
        pytest.param([], "category", "there are 0 examples", id="nothing to learn from"),
        pytest.param([Example("x", "a"), Example("y", "a")], "category", "1 of 1", id="one label"),
        pytest.param(_tickets(50), "title", "'title' cannot be predicted", id="no such field"),
    ],
)
def test_what_nothing_can_be_learned_from_is_refused(examples, field, said):
    with pytest.raises(DefinitionError, match=said):
        train_baseline(examples, field)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        pytest.param({"model": "pickle"}, "is no model of the baseline", id="another model"),
        pytest.param({"schema": 2}, "of schema int 2", id="a schema of later"),
        pytest.param({"words": 3}, "cannot be read", id="no words"),
        pytest.param({"words": {"a": []}}, "cannot be read", id="a word without weights"),
        pytest.param({"words": {"a": [1.0, 2.0]}}, "a weight for each label", id="a weight too few"),
        pytest.param({"labels": ["b", "a"]}, "sorted", id="labels in disorder"),
        pytest.param({"leaning": [1.0]}, "leaning", id="a lean too few"),
        pytest.param({"field": "title"}, "cannot be predicted", id="another field"),
    ],
)
def test_data_that_is_no_model_is_refused(change, said):
    plain = train_baseline(_tickets(50), "category").to_plain()

    with pytest.raises(DefinitionError, match=said):
        BaselineModel.from_plain({**plain, **change})


def test_text_that_is_no_json_is_refused():
    with pytest.raises(DefinitionError, match="no JSON"):
        BaselineModel.from_text("{")


def test_each_word_has_a_rarity():
    with pytest.raises(DefinitionError, match="rarity"):
        BaselineModel(field="category", labels=["a", "b"], words={"x": (1.0, 2.0)})
