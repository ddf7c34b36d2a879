"""How good predictions are: held to what scikit-learn counts, which is another implementation."""

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from itsmkit.errors import DefinitionError
from itsmkit.practices.classification import (
    Example,
    Judged,
    OfLabel,
    Prediction,
    evaluated,
    gate_reaching,
    judged,
)

_LABELS = st.sampled_from(["access", "network", "printing", "other"])
_OUTCOMES = st.lists(st.builds(Judged, _LABELS, _LABELS, st.floats(0, 1)), max_size=40)


@given(_OUTCOMES.filter(bool))
def test_figures_are_those_of_another_implementation(outcomes):
    metrics = pytest.importorskip("sklearn.metrics")
    truth, told = [each.truth for each in outcomes], [each.predicted for each in outcomes]

    found = evaluated(outcomes)

    assert float(found.accuracy) == pytest.approx(metrics.accuracy_score(truth, told))
    macro = metrics.f1_score(truth, told, average="macro", zero_division=0)
    assert float(found.macro_f1) == pytest.approx(macro)
    labels = [each.label for each in found.labels]
    precision, recall, f1, true = metrics.precision_recall_fscore_support(
        truth, told, labels=labels, zero_division=0
    )
    assert [float(each.precision or 0) for each in found.labels] == pytest.approx([*precision])
    assert [float(each.recall or 0) for each in found.labels] == pytest.approx([*recall])
    assert [float(each.f1) for each in found.labels] == pytest.approx([*f1])
    assert [each.true for each in found.labels] == [*true]


@given(_OUTCOMES)
def test_a_higher_gate_lets_no_more_pass_and_bands_hold_everything(outcomes):
    found = evaluated(outcomes)

    passed = [each.passed for each in found.gates]
    assert passed == sorted(passed, reverse=True)
    assert found.gates[0].passed == found.count == sum(each.count for each in found.bands)
    assert found.right == sum(each.right for each in found.bands) == found.gates[0].right
    for band in found.bands:
        assert not band.count or band.since - 1e-9 <= band.confidence <= band.until + 1e-9


@given(_OUTCOMES, st.fractions(0, 1))
def test_the_gate_that_is_found_is_the_lowest_that_is_good_enough(outcomes, wanted):
    gate = gate_reaching(outcomes, wanted)

    good = [
        each.confidence
        for each in outcomes
        if evaluated(outcomes, gates=[each.confidence]).gates[0].accuracy >= wanted
    ]
    assert gate == min(good, default=None)


@pytest.mark.parametrize(
    ("accuracy", "gate"),
    [
        pytest.param(1, 0.9, id="only what is surest is always right"),
        pytest.param(Fraction(3, 4), 0.7, id="a wrong one is made up for by what follows it"),
        pytest.param(Fraction(3, 5), 0.3, id="all pass"),
        pytest.param(0, 0.3, id="nothing is asked"),
    ],
)
def test_a_gate_lets_pass_as_much_as_its_accuracy_allows(accuracy, gate):
    told = [(0.3, False), (0.9, True), (0.7, True), (0.7, False), (0.9, True)]
    outcomes = [Judged("a", "a" if right else "b", confidence) for confidence, right in told]

    assert gate_reaching(outcomes, Fraction(accuracy)) == gate


def test_there_is_no_gate_that_makes_wrong_ones_right():
    assert gate_reaching([Judged("a", "b", 0.9)], Fraction(1, 2)) is None
    assert gate_reaching([], Fraction(0)) is None


def test_of_nothing_there_are_no_figures():
    found = evaluated([])

    assert (found.accuracy, found.macro_f1, found.calibration_error) == (None, None, None)
    assert found.gates[0].coverage is None
    assert found.gates[0].accuracy is None
    assert found.explain() == "no prediction could be judged"
    assert OfLabel("x", 0, 0, 0).precision is OfLabel("x", 0, 0, 0).recall is None


def test_the_calibration_error_is_the_distance_from_the_truth():
    sure = [Judged("a", "a", 0.75)] * 3 + [Judged("a", "b", 0.75)]
    too_sure = [Judged("a", "b", 1.0)]

    assert evaluated(sure).calibration_error == 0
    assert evaluated(too_sure).calibration_error == 1
    assert evaluated([*sure, *too_sure]).calibration_error == pytest.approx(1 / 5)


def test_an_evaluation_explains_itself():
    text = evaluated([Judged("a", "a", 0.9), Judged("b", "a", 0.6)], gates=[0.8]).explain()

    assert text.splitlines() == [
        "1 of 2 right: accuracy 50.0%, macro-F1 33.3%, calibration error 0.350",
        "gate 0.80: covers 50.0%, right 100%",
        "a: F1 66.7%, precision 50.0%, recall 100%, 1 tickets",
        "b: F1 0%, precision –, recall 0%, 1 tickets",
    ]


def test_what_is_not_predicted_is_left_out():
    def predict(text):
        return None if text == "?" else Prediction("category", text, 0.5)

    assert judged(predict, [Example("?", "a"), Example("a", "a")]) == (Judged("a", "a", 0.5),)


def test_a_gate_that_is_no_share_is_refused():
    with pytest.raises(DefinitionError) as caught:
        evaluated([], gates=[0.5, 2, "x"])

    assert [each.partition(":")[0] for each in caught.value.problems] == ["gates[1]", "gates[2]"]


def test_exact_shares_are_counted_and_not_measured():
    outcomes = [Judged("a", "a", 0.5)] * 2 + [Judged("a", "b", 0.5)]

    assert evaluated(outcomes).accuracy == Fraction(2, 3)
