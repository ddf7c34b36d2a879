"""
The model that itsmkit brings: complement naive Bayes on the words of tickets, in plain Python.

It learns 10,000 tickets in seconds, needs no package, and is meant to be beaten: a model of a plugin that is
not better than this is not worth its packages. A model is plain data; what it says follows from that alone.

Source:
    Rennie, Shih, Teevan and Karger, "Tackling the Poor Assumptions of Naive Bayes Text Classifiers",
    ICML 2003: weight-normalised complement naive Bayes on tf-idf. Guo, Pleiss, Sun and Weinberger, "On
    Calibration of Modern Neural Networks", ICML 2017: a temperature and a bias, fitted on what was held out.
"""

import json
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from fractions import Fraction
from functools import cached_property
from hashlib import sha256
from itertools import pairwise
from math import exp, fsum, log, sqrt
from operator import mul
from typing import Any, Self

import attrs
from attrs import frozen

from itsmkit._frozen import EMPTY, as_tuple, frozen_dict
from itsmkit._problems import shown
from itsmkit.errors import DefinitionError
from itsmkit.practices.classification.example import Example, label_counts, stratified_split
from itsmkit.practices.classification.prediction import Prediction, field_problems
from itsmkit.search import words_of

__all__ = ["BaselineModel", "train_baseline"]

SCHEMA = 1
"""The version of the form in which a model is written."""

_NAME = "complement naive Bayes"
_SMOOTHING = 0.3
_FIFTH = Fraction(1, 5)
_MOST_CALIBRATED_ON = 2000
_MOST_WORDS_NAMED = 5
_LEAST_SHARP, _MOST_SHARP = 2.0**-7, 2.0**8
_ROUNDS = 6
_HALVINGS = 8
_DIGITS = 3
"""To how many decimal places weights are kept: so a model is small, and the same on every machine."""


@frozen(kw_only=True)
class BaselineModel:
    """
    What was learned from examples. See `train_baseline`.

    Args:
        field: Which field of a ticket it predicts: one of `FIELDS`.
        labels: What it can say, sorted; two or more.
        words: The weight of each word for each of *labels*; how rare the word is goes into it.
        rarity: How rare each word is.
        sharpness: By what scores are multiplied before they become confidences.
        leaning: What is added to them then, for each of *labels*: how much likelier it is beforehand.
        examples: From how many examples it was learned.

    Raises:
        DefinitionError: With everything that is wrong.
    """

    field: str
    labels: tuple[str, ...] = attrs.field(converter=as_tuple)
    words: Mapping[str, tuple[float, ...]] = attrs.field(default=EMPTY, converter=frozen_dict)
    rarity: Mapping[str, float] = attrs.field(default=EMPTY, converter=frozen_dict)
    sharpness: float = 1.0
    leaning: tuple[float, ...] = attrs.field(converter=as_tuple)
    examples: int = 0

    @leaning.default
    def _nowhere(self) -> tuple[float, ...]:
        return (0.0,) * len(self.labels)

    def __attrs_post_init__(self) -> None:
        problems = [*field_problems("field", self.field)]
        if len(self.labels) < 2 or [*self.labels] != sorted(set(self.labels)):
            problems.append("labels: must be two or more, sorted, each once")
        if len(self.leaning) != len(self.labels):
            problems.append("leaning: must have a number for each label")
        if any(len(weights) != len(self.labels) for weights in self.words.values()):
            problems.append("words: each must have a weight for each label")
        if self.words.keys() != self.rarity.keys():
            problems.append("rarity: must be of the same words as the weights")
        if problems:
            raise DefinitionError(*(f"BaselineModel.{each}" for each in problems))

    def predict(self, text: str) -> Prediction:
        """
        Return what a text is, as far as its words tell.

        A text without any word that it knows gets the confidence of a guess, and no reasons.
        """
        vector = _vector(_counted(text), self.rarity)
        scores = _scores(vector, self.words, len(self.labels))
        shares = _shares(scores, self.sharpness, self.leaning)
        order = sorted(range(len(self.labels)), key=lambda each: (-shares[each], each))
        best, other = order[0], order[1]
        counted = {
            word: value * (self.words[word][best] - self.words[word][other]) for word, value in vector.items()
        }
        named = sorted(
            (word for word in counted if counted[word] > 0), key=lambda each: (-counted[each], each)
        )
        return Prediction(
            self.field,
            self.labels[best],
            min(1.0, shares[best]),
            named[:_MOST_WORDS_NAMED],
            f"baseline {self.digest[:8]}",
        )

    # -- as data -----------------------------------------------------------------------------------

    @cached_property
    def digest(self) -> str:
        """What it is known by: the SHA-256 of its `to_text`, in hexadecimal digits."""
        return sha256(self.to_text().encode()).hexdigest()

    def to_plain(self) -> dict[str, Any]:
        """Return it as plain data that JSON holds, with the version of its form."""
        return {
            "schema": SCHEMA,
            "model": _NAME,
            "field": self.field,
            "labels": [*self.labels],
            "examples": self.examples,
            "sharpness": self.sharpness,
            "leaning": [*self.leaning],
            "words": {word: [self.rarity[word], *self.words[word]] for word in sorted(self.words)},
        }

    def to_text(self) -> str:
        """Return it as JSON on one line, the same for the same model."""
        return json.dumps(self.to_plain(), ensure_ascii=False, separators=(",", ":"), sort_keys=True)

    @classmethod
    def from_plain(cls, plain: object) -> Self:
        """
        Return the model that was written by `to_plain`.

        Raises:
            DefinitionError: If *plain* is none, or of another schema.
        """
        if not isinstance(plain, Mapping) or plain.get("model") != _NAME:
            problem = f"{shown(plain)} is no model of the baseline; hand over what `to_plain` has written"
            raise DefinitionError(problem)
        if plain.get("schema") != SCHEMA:
            problem = (
                f"the model is of schema {shown(plain.get('schema'))}, and {SCHEMA} is known; train it again"
            )
            raise DefinitionError(problem)
        try:
            told = {word: [float(each) for each in numbers] for word, numbers in plain["words"].items()}
            return cls(
                field=plain["field"],
                labels=plain["labels"],
                words={word: tuple(numbers[1:]) for word, numbers in told.items()},
                rarity={word: numbers[0] for word, numbers in told.items()},
                sharpness=float(plain["sharpness"]),
                leaning=[float(each) for each in plain["leaning"]],
                examples=int(plain["examples"]),
            )
        except (AttributeError, IndexError, KeyError, TypeError, ValueError) as error:
            if isinstance(error, DefinitionError):
                raise
            problem = f"the model cannot be read: {error!r}; train it again"
        raise DefinitionError(problem)

    @classmethod
    def from_text(cls, text: str) -> Self:
        """
        Return the model that was written by `to_text`.

        Raises:
            DefinitionError: If *text* is no JSON, or as `from_plain`.
        """
        try:
            plain = json.loads(text)
        except ValueError as error:
            problem = f"the model is no JSON: {error}; train it again"
            raise DefinitionError(problem) from None
        return cls.from_plain(plain)


def train_baseline(
    examples: Iterable[Example], name: str, *, least_tickets: int = 2, most_words: int = 10_000
) -> BaselineModel:
    """
    Return what can be learned from examples. It takes time in proportion to their words.

    The same examples give the same model, in whichever order they come. How sure it is, is fitted on a fifth
    of the examples that it had not seen; then it learns from all.

    Args:
        examples: What to learn from. A label with fewer than two of them is left out.
        name: Which field it predicts: one of `FIELDS`.
        least_tickets: In how many tickets a word, or a pair of neighbours, must stand to count: what stands
            in one alone, such as a name, is not kept.
        most_words: How many words and pairs are kept at most, those that stand in most tickets.

    Raises:
        DefinitionError: If the field is none, or fewer than two labels are left.

    >>> from itsmkit.practices.classification import Example
    >>> told = {"network": ["wifi is slow", "no wifi"], "printing": ["printer is out of ink", "no printer"]}
    >>> model = train_baseline([Example(text, label) for label in told for text in told[label]], "category")
    >>> prediction = model.predict("the WiFi in room 7")
    >>> prediction.value, prediction.because
    ('network', ('wifi',))
    """
    found = [*examples]
    counts = label_counts(found)
    labels = sorted(label for label, count in counts.items() if count >= 2)
    problems = [*field_problems("field", name)]
    if len(labels) < 2:
        problems.append(
            f"examples: two or more labels need two or more examples each, and {len(labels)} of "
            f"{len(counts)} has so many; there are {len(found)} examples"
        )
    if problems:
        raise DefinitionError(*(f"train_baseline: {each}" for each in problems))
    known = [each for each in found if counts[each.label] >= 2]
    learned, held_out = stratified_split(known, _FIFTH)
    sharpness, leaning = 1.0, (0.0,) * len(labels)
    if {each.label for each in learned} == {*labels} and held_out:
        rarity, words = _weights(learned, labels, least_tickets, most_words)
        place = {label: number for number, label in enumerate(labels)}
        # By their digests, so that the first ones are some of all labels.
        some = sorted(held_out, key=lambda each: each.digest)[:_MOST_CALIBRATED_ON]
        scored = [
            (_scores(_vector(_counted(each.text), rarity), words, len(labels)), place[each.label])
            for each in some
        ]
        sharpness, leaning = _fitted(scored, len(labels))
    rarity, words = _weights(known, labels, least_tickets, most_words)
    return BaselineModel(
        field=name,
        labels=labels,
        words=words,
        rarity=rarity,
        sharpness=sharpness,
        leaning=leaning,
        examples=len(known),
    )


# -- what is learned ---------------------------------------------------------------------------------


def _counted(text: str) -> Counter[str]:
    """Return how often each word, and each pair of neighbours, stands in a text."""
    words = [*words_of(text)]
    counted = Counter(words)
    counted.update(map(" ".join, pairwise(words)))
    return counted


def _vector(counted: Mapping[str, int], rarity: Mapping[str, float]) -> dict[str, float]:
    """Return the words that are known as a vector of length 1: how often, damped, times how rare."""
    weighed = {word: (1 + log(count)) * rarity[word] for word, count in counted.items() if word in rarity}
    length = sqrt(fsum(each * each for each in weighed.values()))
    return {word: each / length for word, each in weighed.items()} if length else {}


def _weights(
    examples: Sequence[Example], labels: Sequence[str], least_tickets: int, most_words: int
) -> tuple[dict[str, float], dict[str, tuple[float, ...]]]:
    """Return how rare each word is, and its weights for the labels."""
    # In an order of their own, so that sums do not depend on the order in which examples come.
    ordered = sorted(examples, key=lambda each: each.digest)
    counted = [_counted(each.text) for each in ordered]
    standing = Counter(word for each in counted for word in each)
    often = sorted(
        (word for word, count in standing.items() if count >= least_tickets),
        key=lambda word: (-standing[word], word),
    )[:most_words]
    total = len(examples)
    rarity = {word: round(log((1 + total) / (1 + standing[word])) + 1, _DIGITS) for word in sorted(often)}
    place = {label: number for number, label in enumerate(labels)}
    sums: defaultdict[str, list[float]] = defaultdict(lambda: [0.0] * len(labels))
    for example, words in zip(ordered, counted, strict=True):
        number = place[example.label]
        for word, value in _vector(words, rarity).items():
            sums[word][number] += value
    whole = {word: fsum(sums[word]) for word in rarity}
    all_words = fsum(whole.values())
    columns: list[list[float]] = []
    for number in range(len(labels)):
        # What a word says against all other labels: the complement.
        beside = all_words - fsum(sums[word][number] for word in rarity)
        smoothed = log(beside + _SMOOTHING * len(rarity)) if rarity else 0.0
        column = [smoothed - log(whole[word] - sums[word][number] + _SMOOTHING) for word in rarity]
        size = fsum(map(abs, column)) or 1.0
        columns.append([each * len(rarity) / size for each in column])
    weights = zip(*columns, strict=True) if rarity else ()
    return rarity, {
        word: tuple(round(each, _DIGITS) for each in row) for word, row in zip(rarity, weights, strict=True)
    }


def _scores(
    vector: Mapping[str, float], words: Mapping[str, Sequence[float]], labels: int
) -> tuple[float, ...]:
    """Return the score of each label."""
    rows = [(value, words[word]) for word, value in vector.items()]
    return tuple(fsum(value * weights[number] for value, weights in rows) for number in range(labels))


def _shares(scores: Sequence[float], sharpness: float, leaning: Sequence[float]) -> list[float]:
    """Return what the scores say as shares that add up to 1."""
    leant = [sharpness * score + lean for score, lean in zip(scores, leaning, strict=True)]
    top = max(leant)
    raised = [exp(each - top) for each in leant]
    whole = fsum(raised)
    return [each / whole for each in raised]


def _fitted(scored: Sequence[tuple[Sequence[float], int]], labels: int) -> tuple[float, tuple[float, ...]]:
    """
    Return the sharpness and the leaning under which the truth is likeliest.

    That likelihood has one summit. It is climbed in turns: along the sharpness its slope falls, so that
    halving finds where it is zero; a label that is expected too often leans back by how much too often.
    """
    true = Counter(truth for _, truth in scored)
    sharpness, leaning = 1.0, [0.0] * labels

    def slope(factor: float) -> float:
        return fsum(
            scores[truth] - fsum(map(mul, _shares(scores, factor, leaning), scores))
            for scores, truth in scored
        )

    low, high = _LEAST_SHARP, _MOST_SHARP
    for _ in range(_ROUNDS):
        for _ in range(_HALVINGS):
            sharpness = sqrt(low * high)
            low, high = (sharpness, high) if slope(sharpness) > 0 else (low, sharpness)
        # The next turn looks near by; one that ends at a bound goes on from there.
        low, high = max(_LEAST_SHARP, sharpness / 2), min(_MOST_SHARP, sharpness * 2)
        for _ in range(_HALVINGS):
            expected = [
                fsum(each) for each in zip(*(_shares(s, sharpness, leaning) for s, _ in scored), strict=True)
            ]
            for label in range(labels):
                leaning[label] += log((true[label] + 0.5) / (expected[label] + 0.5))
    return round(sharpness, _DIGITS), tuple(round(each, _DIGITS) for each in leaning)
