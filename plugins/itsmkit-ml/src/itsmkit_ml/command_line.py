"""The command line: train a model, evaluate one, and see whether tickets have drifted."""

import sys
from argparse import ArgumentParser, Namespace
from collections.abc import Sequence
from fractions import Fraction
from statistics import mean

from itsmkit.errors import DefinitionError
from itsmkit.practices.classification import FIELDS, Evaluation, Example, Judged, evaluated, stratified_split
from itsmkit_ml.drift import DriftState, drift
from itsmkit_ml.model_file import load_model, save_model
from itsmkit_ml.tables import examples_from_csv, texts_from_csv
from itsmkit_ml.text_model import TextModel
from itsmkit_ml.training import TrainingOptions, train

__all__ = ["main"]


def main(arguments: Sequence[str] | None = None) -> None:
    """
    Do what the words of the command line say.

    Args:
        arguments: The words; by default, those that the program was started with.
    """
    parser = _parser()
    words = parser.parse_args(arguments)
    try:
        words.does(words)
    except DefinitionError as error:
        parser.error(str(error))


def _parser() -> ArgumentParser:
    parser = ArgumentParser("itsmkit_ml", description="Models that classify tickets.")
    commands = parser.add_subparsers(required=True, metavar="train|evaluate|drift")

    training = commands.add_parser("train", help="learn a model from a CSV file, and write it to a file")
    _of_examples(training)
    training.add_argument("--field", choices=FIELDS, default="category", help="which field the labels are of")
    training.add_argument("--seed", type=int, default=0)
    training.add_argument("--out", required=True, help="the file, such as category.itsmkit-ml")
    training.set_defaults(does=_train)

    evaluating = commands.add_parser("evaluate", help="how good a model is, or would be, on a CSV file")
    _of_examples(evaluating)
    evaluating.add_argument("--model", help="a file; left out, one learns from the rest of each hold-out")
    evaluating.add_argument("--seeds", type=int, default=1, help="how many hold-outs")
    evaluating.add_argument("--share", type=Fraction, default=Fraction(1, 5), help="how much is held out")
    evaluating.set_defaults(does=_evaluate)

    drifting = commands.add_parser("drift", help="whether tickets of today are still those of before")
    drifting.add_argument("--model", required=True)
    drifting.add_argument("--before", required=True, help="a CSV file of when the model was good")
    drifting.add_argument("--now", required=True, help="a CSV file of today")
    drifting.add_argument("--text", default="text", help="the column of the words")
    drifting.set_defaults(does=_drift)
    return parser


def _of_examples(parser: ArgumentParser) -> None:
    parser.add_argument("csv", help="a CSV file with a header, plain or packed by gzip")
    parser.add_argument("--text", default="text", help="the column of the words")
    parser.add_argument("--label", default="label", help="the column of what they were classified as")


def _train(words: Namespace) -> None:
    examples = examples_from_csv(words.csv, words.text, words.label)
    model = train(examples, words.field, TrainingOptions(seed=words.seed))
    path = save_model(model, words.out)
    size = path.stat().st_size / 1e6
    _say(f"{path}: {model.source}, {len(model.labels)} labels from {len(examples)} tickets, {size:.1f} MB")


def _evaluate(words: Namespace) -> None:
    examples = examples_from_csv(words.csv, words.text, words.label)
    if words.model is not None:
        _say(_of(load_model(words.model), examples).explain())
        return
    found = []
    for seed in range(words.seeds):
        learned, held_out = stratified_split(examples, words.share, seed)
        found.append(_of(train(learned, options=TrainingOptions(seed=seed)), held_out))
        _say(f"hold-out {seed}: {found[-1].explain()}")
    accuracy = mean(float(each.accuracy or 0) for each in found)
    macro_f1 = mean(float(each.macro_f1 or 0) for each in found)
    _say(f"mean of {len(found)}: accuracy {accuracy:.4f}, macro-F1 {macro_f1:.4f}")


def _of(model: TextModel, examples: Sequence[Example]) -> Evaluation:
    predicted = model.predict_all(each.text for each in examples)
    return evaluated(
        Judged(each.label, told.value, told.confidence)
        for each, told in zip(examples, predicted, strict=True)
    )


def _drift(words: Namespace) -> None:
    before, now = texts_from_csv(words.before, words.text), texts_from_csv(words.now, words.text)
    found = drift(load_model(words.model), before, now)
    _say(found.explain())
    if found.state is DriftState.DRIFTED:
        sys.exit(1)


def _say(text: str) -> None:
    sys.stdout.write(f"{text}\n")
