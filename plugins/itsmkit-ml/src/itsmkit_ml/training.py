"""Learning a model from examples."""

from collections import Counter
from collections.abc import Iterable, Sequence
from fractions import Fraction
from typing import Any

import numpy as np
from attrs import asdict, evolve, frozen

from itsmkit.errors import DefinitionError
from itsmkit.practices.classification import FIELDS, Example, stratified_split
from itsmkit_ml._trees import Trees
from itsmkit_ml._words import Words
from itsmkit_ml.model_file import digest_of
from itsmkit_ml.text_model import MOST_OFTEN, TextModel, counts_of

__all__ = ["TrainingOptions", "train"]

_TEMPERATURES = np.geomspace(0.2, 5.0, 97)


@frozen(kw_only=True)
class TrainingOptions:
    """
    How a model learns. What it is by default was chosen by cross-validation on real tickets.

    Args:
        seed: Where chance has a say in the trees, this is it.
        margin: How much each example counts for the planes: ``C`` of a linear support vector machine.
        trees_from: From how many examples on trees are grown, too.
        rounds: How many trees each label has.
        pace: How much each tree adds.
        words_of_trees: How many words trees may ask for.
        calibrated_on: From how many examples on its confidence is fitted, on a tenth of them.
        calibrated_to: Up to how many: of more, what both halves say together needs none, as was measured on
            26,790 real tickets, where it was 0.017 off; and fitting it would take as long as learning does.

    Raises:
        DefinitionError: If a number is not more than 0.
    """

    seed: int = 0
    margin: float = 0.2
    trees_from: int = 1000
    rounds: int = 120
    pace: float = 0.2
    words_of_trees: int = 1500
    calibrated_on: int = 100
    calibrated_to: int = 10_000

    def __attrs_post_init__(self) -> None:
        names = ("margin", "trees_from", "rounds", "pace", "words_of_trees", "calibrated_on", "calibrated_to")
        problems = [
            f"{name}: must be more than 0, not {getattr(self, name)!r}"
            for name in names
            if not getattr(self, name) > 0
        ]
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
    temperature = _temperature(known, labels, field, options)
    model = _learned(known, labels, field, options)
    model = evolve(
        model, temperature=temperature, told={**model.told, "labels": dict(sorted(counts.items()))}
    )
    return evolve(model, digest=digest_of(model))


def _learned(
    examples: Sequence[Example], labels: Sequence[str], field: str, options: TrainingOptions
) -> TextModel:
    from scipy.sparse import hstack  # noqa: PLC0415  # slow to import
    from sklearn.svm import LinearSVC  # noqa: PLC0415  # as above

    texts = [each.text for each in examples]
    place = {label: number for number, label in enumerate(labels)}
    truth = np.asarray([place[each.label] for each in examples])
    few = len(examples) < 200
    try:
        words = Words.learned("words", texts, 1 if few else 2)
        letters = Words.learned("letters", texts, 1 if few else 3)
    except ValueError:
        problem = "examples: there are no words in them"
        raise DefinitionError(problem) from None
    vectors = hstack([words.vectors(texts), letters.vectors(texts)]).tocsr()
    planes = LinearSVC(C=options.margin, random_state=options.seed).fit(vectors, truth)
    weights, offsets = planes.coef_, planes.intercept_
    if len(labels) == 2:  # of two labels, one plane is learned
        weights, offsets = np.vstack([-weights, weights]), np.concatenate([-offsets, offsets])
    trees: Trees | None = None
    counted: tuple[str, ...] = ()
    if len(examples) >= options.trees_from:
        trees, counted = _grown(texts, truth, options)
    return TextModel(
        field=field,
        labels=tuple(labels),
        words=words,
        letters=letters,
        weights=weights.astype(np.float16).astype(np.float32),  # as they are kept
        offsets=offsets.astype(np.float32),
        trees=trees,
        counted=counted,
        told={"examples": len(examples), "options": asdict(options)},
    )


def _grown(
    texts: Sequence[str], truth: Any, options: TrainingOptions
) -> tuple[Trees | None, tuple[str, ...]]:
    from sklearn.ensemble import HistGradientBoostingClassifier  # noqa: PLC0415  # slow to import
    from sklearn.feature_extraction.text import CountVectorizer  # noqa: PLC0415  # as above

    counter = CountVectorizer(min_df=max(2, min(40, len(texts) // 500)), max_features=options.words_of_trees)
    try:
        counter.fit(texts)
    except ValueError:
        return None, ()  # no word stands in enough texts
    grown = HistGradientBoostingClassifier(
        max_iter=options.rounds,
        learning_rate=options.pace,
        max_features=0.1,
        max_leaf_nodes=31,
        max_bins=2 * MOST_OFTEN,
        early_stopping=False,
        random_state=options.seed,
    ).fit(counts_of(counter, texts), truth)
    return Trees.of(grown), tuple(counter.get_feature_names_out().tolist())


def _temperature(
    examples: Sequence[Example], labels: Sequence[str], field: str, options: TrainingOptions
) -> float:
    """
    Return by what the confidence of a model has to be divided, so to speak, to be as good as it says.

    A smaller model is learned for it, from two fifths of the examples, so that it takes no long time: it
    errs a little more than the one that is learned from all, which is therefore rather too modest.

    Source:
        Guo, Pleiss, Sun and Weinberger, "On Calibration of Modern Neural Networks", ICML 2017.
    """
    if not options.calibrated_on <= len(examples) <= options.calibrated_to:
        return 1.0
    rest, held_out = stratified_split(examples, Fraction(1, 10), options.seed)
    learned = rest
    if len(rest) > 5 * options.trees_from:
        _, learned = stratified_split(rest, Fraction(4, 9), options.seed + 1)
    if {each.label for each in learned} != {*labels} or not held_out:
        return 1.0
    model = _learned(learned, labels, field, options)
    place = {label: number for number, label in enumerate(labels)}
    truth = [place[each.label] for each in held_out]
    logs = np.log(np.maximum(model.shares([each.text for each in held_out]), 1e-12))
    losses = [_loss(logs / temperature, truth) for temperature in _TEMPERATURES]
    return float(round(_TEMPERATURES[int(np.argmin(losses))], 4))


def _loss(logs: Any, truth: Sequence[int]) -> float:
    logs = logs - logs.max(axis=1, keepdims=True)
    return float(np.mean(np.log(np.exp(logs).sum(axis=1)) - logs[np.arange(len(truth)), truth]))
