"""A model of the texts of tickets: what it says, how sure it is, and which words counted."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import attrs
import numpy as np
from attrs import frozen

from itsmkit.practices.classification import Prediction
from itsmkit_ml._trees import Trees
from itsmkit_ml._values import as_tuple
from itsmkit_ml._words import Words

__all__ = ["MOST_OFTEN", "SHARPNESS", "TextModel"]

SHARPNESS = 3.0
"""By what distances are multiplied before they become shares; as cross-validation has it."""

MOST_OFTEN = 4
"""To how often a word is counted for trees."""

_MOST_WORDS_NAMED = 5


@frozen(eq=False, kw_only=True)
class TextModel:
    """
    A model that was learned by `train`, or loaded by `load_model`; it predicts one field of tickets.

    Two halves have a say each: distances from planes between labels, over words and over letters; and, where
    there was enough to learn from, boosted trees over the frequent words. What they say together is made as
    sure as it was right on examples that it had not seen.

    Args:
        field: Which field of a ticket it predicts.
        labels: What it can say, sorted.
        words: The words that the linear half knows.
        letters: The runs of letters that it knows.
        weights: For each label, the weight of each word and then of each run of letters.
        offsets: For each label, what is added.
        trees: The other half; ``None`` if there was too little to learn from.
        counted: The words that the trees ask for.
        temperature: How much less sure it makes what both halves say, if more than 1.
        digest: What it is known by: see `load_model`.
        told: What there is to tell of how it was made, as plain data.
    """

    field: str
    labels: tuple[str, ...] = attrs.field(converter=as_tuple)
    words: Words
    letters: Words
    weights: Any
    offsets: Any
    trees: Trees | None = None
    counted: tuple[str, ...] = attrs.field(default=(), converter=as_tuple)
    temperature: float = 1.0
    digest: str = ""
    told: Mapping[str, Any] = attrs.field(factory=dict)
    _counter: Any = attrs.field(init=False, repr=False)

    @_counter.default
    def _made(self) -> Any:
        from sklearn.feature_extraction.text import CountVectorizer  # noqa: PLC0415  # slow to import

        return CountVectorizer(
            vocabulary={each: place for place, each in enumerate(self.counted)} or {"-": 0}
        )

    @property
    def source(self) -> str:
        """What its predictions say that they come from."""
        return f"itsmkit-ml {self.digest[:8]}".strip()

    def shares(self, texts: Sequence[str]) -> Any:
        """Return for each text, a row of how sure it is of each of *labels*; a row adds up to 1."""
        return self._shares(self._vectors(texts), texts)

    def predict(self, text: str) -> Prediction:
        """Return what a text is, how sure that is, and the words that counted."""
        return self.predict_all([text])[0]

    def predict_all(self, texts: Iterable[str]) -> tuple[Prediction, ...]:
        """Return what each text is: as `predict`, many times faster."""
        listed = [*texts]
        if not listed:
            return ()
        vectors = self._vectors(listed)
        shares = self._shares(vectors, listed)
        order = np.argsort(-shares, axis=1, kind="stable")
        return tuple(
            Prediction(
                self.field,
                self.labels[order[row, 0]],
                float(min(1.0, shares[row, order[row, 0]])),
                self._because(vectors[0][row], order[row, 0], order[row, 1]),
                self.source,
            )
            for row in range(len(listed))
        )

    def _vectors(self, texts: Sequence[str]) -> tuple[Any, Any]:
        return self.words.vectors(texts).tocsr(), self.letters.vectors(texts).tocsr()

    def _shares(self, vectors: tuple[Any, Any], texts: Sequence[str]) -> Any:
        border = len(self.words.vocabulary)
        scores = vectors[0] @ self.weights[:, :border].T + vectors[1] @ self.weights[:, border:].T
        mixed = _softmax(SHARPNESS * (scores + self.offsets))
        if self.trees is not None:
            mixed = (mixed + self.trees.shares(counts_of(self._counter, texts))) / 2
        return _softmax(np.log(np.maximum(mixed, 1e-12)) / self.temperature)

    def _because(self, row: Any, best: int, other: int) -> list[str]:
        """Return the words that speak most for the best label, and against the one that came next."""
        found = row.data * (self.weights[best, row.indices] - self.weights[other, row.indices])
        first = [each for each in np.argsort(-found, kind="stable")[:_MOST_WORDS_NAMED] if found[each] > 0]
        return [self.words.vocabulary[row.indices[each]] for each in first]


def counts_of(counter: Any, texts: Sequence[str]) -> Any:
    """Return how often each word that *counter* knows stands in each text, to `MOST_OFTEN`."""
    found = counter.transform(texts)
    found.data = np.minimum(found.data, MOST_OFTEN)
    return found.astype(np.uint8).toarray()


def _softmax(scores: Any) -> Any:
    scores = np.asarray(scores, dtype=np.float64)
    raised = np.exp(scores - scores.max(axis=1, keepdims=True))
    return raised / raised.sum(axis=1, keepdims=True)
