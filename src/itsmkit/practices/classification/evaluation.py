"""
How good predictions are, counted on what people have decided.

==================  ==================================================================================
Figure              Definition
==================  ==================================================================================
accuracy            the share of predictions that are right
precision of a      of those that predict the label, the share that is right
label
recall of a label   of those that are of the label, the share that is predicted so
F1 of a label       2 · right / (predicted + of the label): the harmonic mean of precision and recall
macro-F1            the mean of F1 over all labels that are predicted or true: rare ones count as much
coverage at a gate  the share of predictions whose confidence reaches the gate
accuracy at a gate  of these, the share that is right
calibration error   the mean distance between confidence and accuracy over ten bands of confidence, each
                    weighted by its predictions
==================  ==================================================================================

All are exact shares, but the calibration error, which is as exact as confidences are.

Source:
    Naeini, Cooper and Hauskrecht, "Obtaining Well Calibrated Probabilities Using Bayesian Binning", AAAI
    2015, on the calibration error.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from fractions import Fraction
from math import fsum

from attrs import field, frozen

from itsmkit._figures import percent
from itsmkit._frozen import as_tuple
from itsmkit._problems import shown
from itsmkit.errors import DefinitionError
from itsmkit.practices.classification.example import Example
from itsmkit.practices.classification.prediction import Prediction, is_share

__all__ = ["AtGate", "Band", "Evaluation", "Judged", "OfLabel", "evaluated", "gate_reaching", "judged"]

_BANDS = 10
_GATES = (0.0, 0.5, 0.6, 0.7, 0.8, 0.9, 0.95, 0.99)


@frozen
class Judged:
    """
    A prediction beside what people have decided.

    Args:
        truth: What they decided.
        predicted: What was predicted.
        confidence: How sure that was, 0 to 1.
    """

    truth: str
    predicted: str
    confidence: float

    @property
    def is_right(self) -> bool:
        """Tell whether it was predicted as it was decided."""
        return self.truth == self.predicted


@frozen
class OfLabel:
    """
    How good predictions of a label are.

    Args:
        label: The label.
        true: How many are of it.
        predicted: How many are predicted to be.
        right: How many are both.
    """

    label: str
    true: int
    predicted: int
    right: int

    @property
    def precision(self) -> Fraction | None:
        """The share of those predicted that is right; ``None`` if none was predicted."""
        return Fraction(self.right, self.predicted) if self.predicted else None

    @property
    def recall(self) -> Fraction | None:
        """The share of those of the label that is predicted so; ``None`` if none is of it."""
        return Fraction(self.right, self.true) if self.true else None

    @property
    def f1(self) -> Fraction:
        """The harmonic mean of both; 0 if one is 0 or missing."""
        return Fraction(2 * self.right, self.true + self.predicted)


@frozen
class AtGate:
    """
    What a gate would let pass.

    Args:
        gate: The least confidence that passes.
        of: How many predictions there are.
        passed: How many pass.
        right: How many of these are right.
    """

    gate: float
    of: int
    passed: int
    right: int

    @property
    def coverage(self) -> Fraction | None:
        """The share that passes; ``None`` if there is none at all."""
        return Fraction(self.passed, self.of) if self.of else None

    @property
    def accuracy(self) -> Fraction | None:
        """The share of what passes that is right; ``None`` if nothing passes."""
        return Fraction(self.right, self.passed) if self.passed else None


@frozen
class Band:
    """
    The predictions of about one confidence.

    Args:
        since: The least confidence.
        until: The confidence from which on they are of the next band; 1 is of the last one.
        count: How many there are.
        right: How many of them are right.
        confidence: Their mean confidence; 0 if there is none.
    """

    since: float
    until: float
    count: int
    right: int
    confidence: float


@frozen
class Evaluation:
    """
    How good predictions are; see the table of this module.

    Args:
        count: How many predictions there are.
        right: How many are right.
        labels: For each label that is predicted or true, sorted.
        gates: What gates would let pass, the lowest first.
        bands: Ten bands of confidence, the lowest first.
    """

    count: int
    right: int
    labels: tuple[OfLabel, ...] = field(converter=as_tuple)
    gates: tuple[AtGate, ...] = field(converter=as_tuple)
    bands: tuple[Band, ...] = field(converter=as_tuple)

    @property
    def accuracy(self) -> Fraction | None:
        """The share that is right; ``None`` if there is none at all."""
        return Fraction(self.right, self.count) if self.count else None

    @property
    def macro_f1(self) -> Fraction | None:
        """The mean F1 of the labels; ``None`` if there is none."""
        return sum((each.f1 for each in self.labels), Fraction()) / len(self.labels) if self.labels else None

    @property
    def calibration_error(self) -> float | None:
        """How far confidences are from the truth, 0 to 1; ``None`` if there is no prediction."""
        if not self.count:
            return None
        return fsum(abs(each.count * each.confidence - each.right) for each in self.bands) / self.count

    def explain(self) -> str:
        """Return it as a few lines of text."""
        if not self.count:
            return "no prediction could be judged"
        head = (
            f"{self.right} of {self.count} right: accuracy {_percent(self.accuracy)}, "
            f"macro-F1 {_percent(self.macro_f1)}, calibration error {self.calibration_error:.3f}"
        )
        gates = (
            f"gate {each.gate:.2f}: covers {_percent(each.coverage)}, right {_percent(each.accuracy)}"
            for each in self.gates
        )
        labels = (
            f"{each.label}: F1 {_percent(each.f1)}, precision {_percent(each.precision)}, "
            f"recall {_percent(each.recall)}, {each.true} tickets"
            for each in self.labels
        )
        return "\n".join((head, *gates, *labels))


def judged(predict: Callable[[str], Prediction | None], examples: Iterable[Example]) -> tuple[Judged, ...]:
    """Return what is predicted of each of *examples* beside its label; what is not predicted is left out."""
    found = ((each.label, predict(each.text)) for each in examples)
    return tuple(Judged(label, told.value, told.confidence) for label, told in found if told is not None)


def evaluated(outcomes: Iterable[Judged], *, gates: Sequence[float] = _GATES) -> Evaluation:
    """
    Return how good predictions are.

    Args:
        outcomes: The predictions, each beside the truth.
        gates: Which confidences to look at as gates.

    Raises:
        DefinitionError: If a gate is no number from 0 to 1.
    """
    wrong = [
        f"gates[{place}]: must be a number from 0 to 1, not {shown(each)}"
        for place, each in enumerate(gates)
        if not is_share(each)
    ]
    if wrong:
        raise DefinitionError(*wrong)
    found = tuple(outcomes)
    true = Counter(each.truth for each in found)
    predicted = Counter(each.predicted for each in found)
    right = Counter(each.truth for each in found if each.is_right)
    banded: list[list[Judged]] = [[] for _ in range(_BANDS)]
    for each in found:
        banded[min(int(each.confidence * _BANDS), _BANDS - 1)].append(each)
    return Evaluation(
        len(found),
        right.total(),
        [OfLabel(each, true[each], predicted[each], right[each]) for each in sorted(true | predicted)],
        [_at_gate(found, gate) for gate in sorted(gates)],
        [
            Band(
                number / _BANDS,
                (number + 1) / _BANDS,
                len(inside),
                sum(each.is_right for each in inside),
                fsum(each.confidence for each in inside) / len(inside) if inside else 0.0,
            )
            for number, inside in enumerate(banded)
        ],
    )


def gate_reaching(outcomes: Iterable[Judged], accuracy: Fraction) -> float | None:
    """
    Return the lowest gate such that what passes has an accuracy; ``None`` if there is none.

    What is found on few predictions is found by chance as well: look at how many pass.

    Args:
        outcomes: The predictions, each beside the truth.
        accuracy: The share of what passes that has to be right.
    """
    ordered = sorted(outcomes, key=lambda each: -each.confidence)
    right, gate = 0, None
    for passed, each in enumerate(ordered, start=1):
        right += each.is_right
        is_last_of_its_confidence = passed == len(ordered) or ordered[passed].confidence < each.confidence
        if is_last_of_its_confidence and Fraction(right, passed) >= accuracy:
            gate = each.confidence
    return gate


def _at_gate(found: Sequence[Judged], gate: float) -> AtGate:
    passing = [each for each in found if each.confidence >= gate]
    return AtGate(gate, len(found), len(passing), sum(each.is_right for each in passing))


def _percent(share: Fraction | None) -> str:
    return percent(None if share is None else float(share))
