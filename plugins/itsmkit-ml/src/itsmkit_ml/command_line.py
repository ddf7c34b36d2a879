"""``itsmkit ml``: train a model, evaluate one, explain what it says, and see whether tickets have drifted."""

import os
import sys
from argparse import ArgumentParser, Namespace
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from fractions import Fraction
from statistics import mean, stdev

from itsmkit.desk import Desk, DeskConfig
from itsmkit.errors import DefinitionError
from itsmkit.plugin import Plugins, hookimpl
from itsmkit.practices.classification import (
    FIELDS,
    Evaluation,
    Example,
    Judged,
    evaluated,
    stratified_split,
    time_split,
)
from itsmkit_ml.drift import DriftState, drift
from itsmkit_ml.model_file import load_model, save_model
from itsmkit_ml.tables import examples_from_csv, examples_from_desk, texts_from_csv, texts_from_desk
from itsmkit_ml.text_model import TextModel
from itsmkit_ml.training import TrainingOptions, train

__all__ = ["itsmkit_run_command", "main"]


@hookimpl
def itsmkit_run_command(name: str, arguments: Sequence[str]) -> int | None:
    """Run ``itsmkit ml …``."""
    return main(arguments) if name == "ml" else None


def main(arguments: Sequence[str]) -> int:
    """
    Do what the words of the command line say, and return the exit status: 1 if tickets have drifted.

    Raises:
        DefinitionError: If something cannot be read, or nothing can be learned from it.
        SystemExit: With the status 2, after a sentence, if the words cannot be understood; with 0, for help.
    """
    words = _parser().parse_args([*arguments])
    status: int = words.does(words)
    return status


def _parser() -> ArgumentParser:
    parser = ArgumentParser("itsmkit ml", description="Models that classify tickets by their words.")
    commands = parser.add_subparsers(required=True, metavar="train|evaluate|explain|drift")

    training = commands.add_parser("train", help="learn a model, and write it to a file")
    _of_source(training)
    training.add_argument("--label", default="label", help="the column of what they were classified as")
    training.add_argument("--field", choices=FIELDS, default="category", help="which field the labels are of")
    training.add_argument("--seed", type=int, default=0)
    training.add_argument("--out", required=True, help="the file, such as category.itsmkit-ml")
    training.set_defaults(does=_train)

    evaluating = commands.add_parser("evaluate", help="how good a model is, or would be")
    _of_source(evaluating)
    evaluating.add_argument("--label", default="label", help="the column of what they were classified as")
    evaluating.add_argument("--field", choices=FIELDS, default="category", help="which field of the desk")
    evaluating.add_argument("--model", help="a file; left out, one learns from the rest of each hold-out")
    evaluating.add_argument(
        "--seeds",
        type=int,
        default=1,
        help="how many hold-outs of a CSV file; of a desk, it is its last part",
    )
    evaluating.add_argument("--share", type=Fraction, default=Fraction(1, 5), help="how much is held out")
    evaluating.set_defaults(does=_evaluate)

    explaining = commands.add_parser("explain", help="what a model says of a text, and which words counted")
    explaining.add_argument("words", help="the text; - reads it from the standard input")
    explaining.add_argument("--model", required=True)
    explaining.set_defaults(does=_explain)

    drifting = commands.add_parser("drift", help="whether tickets of today are still those of before")
    drifting.add_argument("--model", required=True)
    drifting.add_argument("--before", help="a CSV file of when the model was good")
    drifting.add_argument("--now", help="a CSV file of today")
    drifting.add_argument("--text", default="text", help="the column of the words")
    _of_store(drifting)
    drifting.add_argument("--since", help="of a desk: the instant with its zone at which today begins")
    drifting.set_defaults(does=_drift)
    return parser


def _of_source(parser: ArgumentParser) -> None:
    parser.add_argument("csv", nargs="?", help="a CSV file with a header, plain or packed by gzip")
    parser.add_argument("--text", default="text", help="the column of the words")
    _of_store(parser)


def _of_store(parser: ArgumentParser) -> None:
    parser.add_argument("--store", help="in place of a CSV file, the URL of a desk to learn from its history")
    parser.add_argument("--tenant", help="whose desk, where several share a store")
    parser.add_argument("--config", help="the TOML file of the desk; left out, the rules that it keeps")


# -- what it works on --------------------------------------------------------------------------------


@contextmanager
def _desk(words: Namespace) -> Iterator[Desk]:
    """Open the desk that is asked for, as who may see all tickets."""
    store = Plugins(environ=os.environ).make_store(words.store)
    try:
        config = None if words.config is None else DeskConfig.load(words.config)
        yield Desk(config, store=store, tenant=words.tenant).privileged("to learn from what people decided")
    finally:
        store.close()


def _examples(words: Namespace) -> tuple[Example, ...]:
    if (words.csv is None) == (words.store is None):
        problem = "give either a CSV file or --store URL"
        raise DefinitionError(problem)
    if words.csv is not None:
        return examples_from_csv(words.csv, words.text, words.label)
    with _desk(words) as desk:
        return examples_from_desk(desk, words.field)


def _before_and_now(words: Namespace) -> tuple[tuple[str, ...], tuple[str, ...]]:
    if words.store is None:
        if words.before is None or words.now is None:
            problem = "give --before and --now, or --store and --since"
            raise DefinitionError(problem)
        return texts_from_csv(words.before, words.text), texts_from_csv(words.now, words.text)
    since = _instant(words.since)
    with _desk(words) as desk:
        found = texts_from_desk(desk)
    return (
        tuple(text for at, text in found if at < since),
        tuple(text for at, text in found if at >= since),
    )


def _instant(text: str | None) -> datetime:
    found = None
    with suppress(ValueError):
        found = datetime.fromisoformat(text or "")
    if found is None or found.tzinfo is None:
        problem = f"--since must be an instant with its zone, such as 2026-03-02T00:00Z, not {text!r}"
        raise DefinitionError(problem)
    return found.astimezone(UTC)


# -- what it does ------------------------------------------------------------------------------------


def _train(words: Namespace) -> int:
    examples = _examples(words)
    model = train(examples, words.field, TrainingOptions(seed=words.seed))
    path = save_model(model, words.out)
    size = path.stat().st_size / 1e6
    _say(f"{path}: {model.source}, {len(model.labels)} labels from {len(examples)} tickets, {size:.1f} MB")
    return 0


def _evaluate(words: Namespace) -> int:
    examples = _examples(words)
    if words.model is not None:
        _say(_of(load_model(words.model), examples).explain())
        return 0
    found = []
    seeds = range(words.seeds if words.store is None else 1)
    for seed in seeds:
        if words.store is None:
            learned, held_out = stratified_split(examples, words.share, seed)
        else:
            learned, held_out = time_split(examples, words.share)
        found.append(_of(train(learned, words.field, TrainingOptions(seed=seed)), held_out))
        _say(f"hold-out {seed}: {found[-1].explain()}")
    for name in ("accuracy", "macro_f1"):
        shares = [float(getattr(each, name) or 0) for each in found]
        spread = f", standard deviation {stdev(shares):.4f}" if len(shares) > 1 else ""
        _say(f"{name.replace('_f1', '-F1')}: mean of {len(shares)}: {mean(shares):.4f}{spread}")
    return 0


def _of(model: TextModel, examples: Sequence[Example]) -> Evaluation:
    predicted = model.predict_all((each.text for each in examples), explained=False)
    return evaluated(
        Judged(each.label, told.value, told.confidence)
        for each, told in zip(examples, predicted, strict=True)
    )


def _explain(words: Namespace) -> int:
    model = load_model(words.model)
    text = sys.stdin.read() if words.words == "-" else words.words
    _say(model.predict(text).explain())
    for word, weight in model.explain(text):
        _say(f"{weight:+8.3f}  {word}")
    return 0


def _drift(words: Namespace) -> int:
    before, now = _before_and_now(words)
    found = drift(load_model(words.model), before, now)
    _say(found.explain())
    return int(found.state is DriftState.DRIFTED)


def _say(text: str) -> None:
    sys.stdout.write(f"{text}\n")
