"""Learning a model from examples."""

from collections import Counter
from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np
from attrs import asdict, evolve, frozen

from itsmkit.errors import DefinitionError
from itsmkit.practices.classification import FIELDS, Example
from itsmkit_ml._trees import Trees
from itsmkit_ml._words import VIEWS, Words, tokens_of
from itsmkit_ml.model_file import digest_of
from itsmkit_ml.text_model import MOST_OFTEN, SHARPNESS, TextModel, counts_of, evidence_of, softmax

__all__ = ["TrainingOptions", "train"]

_SHARPNESSES = np.geomspace(0.5, 20.0, 97)


@frozen(kw_only=True)
class TrainingOptions:
    """
    How a model learns. What it is by default was chosen on real tickets; the README tells on which.

    Args:
        seed: Where chance has a say, this is it.
        margin: How much each example counts for the planes: ``C`` of a linear support vector machine.
        folds: In how many parts examples are held out in turn, so that what is learned from distances is
            learned from those of texts that the planes have not seen; 2 or more.
        trees_from: From how many examples on trees are grown.
        rounds: How many trees each label has that look at distances.
        pace: How much each of these adds.
        word_rounds: How many trees each label has that look at words.
        word_pace: How much each of these adds.
        words: At how many words they look at most.
        calibrated_on: From how many examples on its confidence is fitted.

    Raises:
        DefinitionError: If a number is not more than 0, or *folds* less than 2.
    """

    seed: int = 0
    margin: float = 0.5
    folds: int = 5
    trees_from: int = 1000
    rounds: int = 40
    pace: float = 0.1
    word_rounds: int = 50
    word_pace: float = 0.25
    words: int = 1000
    calibrated_on: int = 100

    def __attrs_post_init__(self) -> None:
        names = (
            "margin",
            "trees_from",
            "rounds",
            "pace",
            "word_rounds",
            "word_pace",
            "words",
            "calibrated_on",
        )
        problems = [
            f"{name}: must be more than 0, not {getattr(self, name)!r}"
            for name in names
            if not getattr(self, name) > 0
        ]
        if self.folds < 2:
            problems.append(f"folds: must be 2 or more, not {self.folds!r}")
        if problems:
            raise DefinitionError(*problems)


def train(
    examples: Iterable[Example], field: str = "category", options: TrainingOptions | None = None
) -> TextModel:
    """
    Return what can be learned from examples.

    The same examples and options give the same model on the same machine, in whichever order they come.

    Args:
        examples: What to learn from. A label with fewer than two of them is left out.
        field: Which field of tickets the labels are of: one of `FIELDS`.
        options: How to learn.

    Raises:
        DefinitionError: If the field is none, or fewer than two labels are left.
    """
    options = options or TrainingOptions()
    found = sorted(examples, key=lambda each: each.digest)
    counts = Counter(each.label for each in found)
    known = [each for each in found if counts[each.label] >= 2]
    labels = sorted({each.label for each in known})
    problems = [] if field in FIELDS else [f"field: must be one of {', '.join(FIELDS)}, not {field!r}"]
    if len(labels) < 2:
        problems.append(f"examples: two labels need two examples each; there are {len(found)} examples")
    if problems:
        raise DefinitionError(*problems)
    model = _learned(known, labels, field, options)
    model = evolve(model, told={**model.told, "labels": dict(sorted(counts.items()))})
    return evolve(model, digest=digest_of(model))


def _learned(
    examples: Sequence[Example], labels: Sequence[str], field: str, options: TrainingOptions
) -> TextModel:
    tokens = [tokens_of(each.text) for each in examples]
    place = {label: number for number, label in enumerate(labels)}
    truth = np.asarray([place[each.label] for each in examples])
    is_fitted = len(examples) >= options.calibrated_on
    folds = _folds(truth, options.folds)
    views, weights, offsets, unseen = [], [], [], []
    for name in VIEWS:
        try:
            view = Words.learned(name, tokens, 1 if len(examples) < 200 else 2)
        except ValueError:
            problem = "examples: there are no words in them"
            raise DefinitionError(problem) from None
        vectors = view.vectors(tokens)
        weight, offset = _planes(vectors, truth, options)
        views.append(view)
        weights.append(weight.astype(np.float16).astype(np.float32))  # as they are kept
        offsets.append(offset.astype(np.float32))
        if is_fitted:
            unseen.append(_held_out(vectors, truth, folds, options))
    trees = word_trees = None
    counted: tuple[str, ...] = ()
    if is_fitted and len(examples) >= options.trees_from:
        shape = {"max_iter": options.rounds, "learning_rate": options.pace, "max_features": 0.3}
        trees = _grown(evidence_of(unseen, tokens), truth, options, max_leaf_nodes=15, max_bins=64, **shape)
        counted = _frequent(tokens, options)
        shape = {"max_iter": options.word_rounds, "learning_rate": options.word_pace, "max_features": 0.1}
        counts = counts_of(counted, tokens)
        word_trees = _grown(counts, truth, options, max_leaf_nodes=31, max_bins=2 * MOST_OFTEN, **shape)
    return TextModel(
        field=field,
        labels=labels,
        views=views,
        weights=weights,
        offsets=offsets,
        sharpness=_sharpness(np.mean(unseen, axis=0), truth) if is_fitted else SHARPNESS,
        trees=trees,
        word_trees=word_trees,
        counted=counted,
        told={"examples": len(examples), "options": asdict(options)},
    )


def _planes(vectors: Any, truth: Any, options: TrainingOptions) -> tuple[Any, Any]:
    """Return weights and offsets, a row for each label."""
    from sklearn.svm import LinearSVC  # noqa: PLC0415  # slow to import

    planes = LinearSVC(C=options.margin, random_state=options.seed).fit(vectors, truth)
    weights, offsets = planes.coef_, planes.intercept_
    if len(weights) == 1:  # of two labels, one plane is learned
        return np.vstack([-weights, weights]), np.concatenate([-offsets, offsets])
    return weights, offsets


def _folds(truth: Any, count: int) -> Any:
    """Return in which part each example is held out: those of a label in turn, so that none is missed."""
    folds = np.zeros(len(truth), dtype=int)
    for label in np.unique(truth):
        its = np.flatnonzero(truth == label)
        folds[its] = np.arange(len(its)) % count
    return folds


def _held_out(vectors: Any, truth: Any, folds: Any, options: TrainingOptions) -> Any:
    """Return the distances of each example from planes that have not seen it."""
    found = np.zeros((len(truth), truth.max() + 1))
    for fold in np.unique(folds):
        inside = folds == fold
        weights, offsets = _planes(vectors[~inside], truth[~inside], options)
        found[inside] = vectors[inside] @ weights.T + offsets
    return found


def _frequent(tokens: Sequence[Sequence[str]], options: TrainingOptions) -> tuple[str, ...]:
    """Return the words that stand in the most texts, sorted; none that is rare."""
    least = max(2, min(40, len(tokens) // 500))
    texts = Counter(word for each in tokens for word in set(each))
    ranked = sorted(texts, key=lambda word: (-texts[word], word))[: options.words]
    return tuple(sorted(word for word in ranked if texts[word] >= least))


def _grown(numbers: Any, truth: Any, options: TrainingOptions, **shape: Any) -> Trees | None:
    if not numbers.shape[1]:
        return None
    from sklearn.ensemble import HistGradientBoostingClassifier  # noqa: PLC0415  # slow to import

    told = HistGradientBoostingClassifier(early_stopping=False, random_state=options.seed, **shape)
    return Trees.of(told.fit(numbers, truth))


def _sharpness(distances: Any, truth: Any) -> float:
    """
    Return by what distances have to be multiplied, so that shares are as sure as they are right.

    One more example is taken to be of all labels alike, so that where nothing was ever wrong, sureness has an
    end, too.

    Source:
        Guo, Pleiss, Sun and Weinberger, "On Calibration of Modern Neural Networks", ICML 2017, on one factor
        for all labels; Platt, "Probabilistic Outputs for Support Vector Machines", 1999, on the prior.
    """
    losses = [_loss(each * distances, truth) for each in _SHARPNESSES]
    return float(round(_SHARPNESSES[int(np.argmin(losses))], 4))


def _loss(scores: Any, truth: Any) -> float:
    logs = np.log(np.maximum(softmax(scores), 1e-12))
    own = logs[np.arange(len(truth)), truth].mean()
    return float(-(len(truth) * own + logs.mean()) / (len(truth) + 1))
