"""A model of the texts of tickets: what it says, how sure it is, and which words counted."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import attrs
import numpy as np
from attrs import frozen

from itsmkit.practices.classification import Prediction
from itsmkit_ml._trees import Trees
from itsmkit_ml._values import as_tuple
from itsmkit_ml._words import Words, tokens_of

__all__ = ["MOST_OFTEN", "SHARPNESS", "TextModel", "counts_of", "evidence_of", "softmax"]

SHARPNESS = 3.0
"""By what distances are multiplied before they become shares, where there are too few to learn it from."""

MOST_OFTEN = 4
"""To how often a word is counted for trees."""

_MOST_WORDS_NAMED = 5
_MOST_WORDS_TRIED = 100
_LEAST_NAMED = 0.001


@frozen(eq=False, kw_only=True)
class TextModel:
    """
    A model that was learned by `train`, or loaded by `load_model`; it predicts one field of tickets.

    Its views of a text, see `Words`, each have planes between the labels; how far a text is from them, on
    average, says what it is. Where there was enough to learn from, boosted trees look at the distances of all
    views and at the length of the text, others at how often frequent words stand in it; planes, trees and
    trees of words have as much of a say each.

    Args:
        field: Which field of a ticket it predicts.
        labels: What it can say, sorted.
        views: What it knows.
        weights: For each view, the weight of each part by the label.
        offsets: For each view, what is added by the label.
        sharpness: By what the mean distances are multiplied before they become shares.
        trees: What looks at all distances; ``None`` if there was too little to learn from.
        word_trees: What looks at frequent words; ``None`` likewise.
        counted: The words that these look at, sorted.
        digest: What it is known by: see `load_model`.
        told: What there is to tell of how it was made, as plain data.
    """

    field: str
    labels: tuple[str, ...] = attrs.field(converter=as_tuple)
    views: tuple[Words, ...] = attrs.field(converter=as_tuple)
    weights: tuple[Any, ...] = attrs.field(converter=as_tuple)
    offsets: tuple[Any, ...] = attrs.field(converter=as_tuple)
    sharpness: float = SHARPNESS
    trees: Trees | None = None
    word_trees: Trees | None = None
    counted: tuple[str, ...] = attrs.field(default=(), converter=as_tuple)
    digest: str = ""
    told: Mapping[str, Any] = attrs.field(factory=dict)

    @property
    def source(self) -> str:
        """What its predictions say that they come from."""
        return f"itsmkit-ml {self.digest[:8]}".strip()

    def shares(self, texts: Iterable[str]) -> Any:
        """Return for each text, a row of how sure it is of each of *labels*; a row adds up to 1."""
        return self._shares([*map(tokens_of, texts)])

    def predict(self, text: str) -> Prediction:
        """Return what a text is, how sure that is, and the words that counted: see `explain`."""
        return self.predict_all([text])[0]

    def predict_all(self, texts: Iterable[str], *, explained: bool = True) -> tuple[Prediction, ...]:
        """
        Return what each text is: as `predict`.

        Args:
            texts: The texts.
            explained: Whether to tell the words that counted: without, it is many times faster.
        """
        tokens = [*map(tokens_of, texts)]
        if not tokens:
            return ()
        shares = self._shares(tokens)
        return tuple(
            Prediction(
                self.field,
                self.labels[int(row.argmax())],
                float(min(1.0, row.max())),
                [
                    word
                    for word, weight in self._counted(each, row)[:_MOST_WORDS_NAMED]
                    if weight > _LEAST_NAMED
                ]
                if explained
                else (),
                self.source,
            )
            for each, row in zip(tokens, shares, strict=True)
        )

    def explain(self, text: str) -> tuple[tuple[str, float], ...]:
        """
        Return how much each word of a text counted, the weightiest first.

        It is what the logarithm of the odds of what is predicted, beside what would come next, loses if the
        word is left out wherever it stands: of the whole model, and not of a part or a likeness of it. Below
        0, the word speaks for the other one. Of a text of more than 100 different words, those that weigh
        the most in the first view are tried.
        """
        tokens = tokens_of(text)
        return self._counted(tokens, self._shares([tokens])[0])

    def distances(self, tokens: Sequence[Sequence[str]]) -> list[Any]:
        """Return how far texts, whose words are given, are from the planes: for each view, a row each."""
        return [
            np.asarray(view.vectors(tokens) @ weights.T + offsets, dtype=np.float64)
            for view, weights, offsets in zip(self.views, self.weights, self.offsets, strict=True)
        ]

    def _shares(self, tokens: Sequence[Sequence[str]]) -> Any:
        if not tokens:
            return np.zeros((0, len(self.labels)))
        distances = self.distances(tokens)
        told = [softmax(self.sharpness * np.mean(distances, axis=0))]
        if self.trees is not None:
            told.append(self.trees.shares(evidence_of(distances, tokens)))
        if self.word_trees is not None:
            told.append(self.word_trees.shares(counts_of(self.counted, tokens)))
        return np.mean(told, axis=0)

    def _counted(self, tokens: Sequence[str], shares: Any) -> tuple[tuple[str, float], ...]:
        best, other = np.argsort(-shares, kind="stable")[:2]
        words = self._to_try(tokens, int(best), int(other))
        if not words:
            return ()
        without = self._shares([[each for each in tokens if each != word] for word in words])
        odds = np.log(np.maximum([shares, *without], 1e-12))
        lost = (odds[0, best] - odds[0, other]) - (odds[1:, best] - odds[1:, other])
        order = np.argsort(-lost, kind="stable")
        return tuple((words[place], float(lost[place])) for place in order)

    def _to_try(self, tokens: Sequence[str], best: int, other: int) -> list[str]:
        words = [*dict.fromkeys(tokens)]
        if len(words) <= _MOST_WORDS_TRIED:
            return words
        row = self.views[0].vectors([words])
        weights = row.data * (self.weights[0][best, row.indices] - self.weights[0][other, row.indices])
        known = {
            self.views[0].vocabulary[place]: weight
            for place, weight in zip(row.indices, weights, strict=True)
        }
        return sorted(words, key=lambda each: -abs(known.get(each, 0.0)))[:_MOST_WORDS_TRIED]


def evidence_of(distances: Sequence[Any], tokens: Sequence[Sequence[str]]) -> Any:
    """Return what trees look at, a row for each text: the distances of all views, and how long it is."""
    length = np.log1p([len(each) for each in tokens])
    different = np.log1p([len(set(each)) for each in tokens])
    return np.column_stack([*distances, length, different, different - length])


def counts_of(counted: Sequence[str], tokens: Sequence[Sequence[str]]) -> Any:
    """Return how often each of *counted* stands in each text, up to `MOST_OFTEN`."""
    place = {word: number for number, word in enumerate(counted)}
    found = np.zeros((len(tokens), len(counted)), dtype=np.uint8)
    for row, words in zip(found, tokens, strict=True):
        for word, often in Counter(words).items():
            if word in place:
                row[place[word]] = min(often, MOST_OFTEN)
    return found


def softmax(scores: Any) -> Any:
    """Return *scores* as shares: each row adds up to 1."""
    scores = np.asarray(scores, dtype=np.float64)
    raised = np.exp(scores - scores.max(axis=1, keepdims=True))
    return raised / raised.sum(axis=1, keepdims=True)
