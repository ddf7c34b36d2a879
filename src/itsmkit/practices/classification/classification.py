"""What was predicted of a ticket, as it is kept, and how that compares with what people did."""

from collections.abc import Iterable, Sequence
from datetime import datetime

import attrs
from attrs import frozen

from itsmkit._checks import aware_instant, in_utc, named
from itsmkit._frozen import as_tuple
from itsmkit.practices.classification.advice import Advice, AdviceAction, ClassificationMode
from itsmkit.practices.classification.evaluation import Evaluation, Judged, evaluated
from itsmkit.practices.classification.example import Decided
from itsmkit.practices.classification.prediction import FIELDS

__all__ = ["Classification", "Outlook", "ShadowReport", "TrainedModel", "shadow_report"]


@frozen
class Classification:
    """
    What was predicted of a ticket, and what was done with it.

    Args:
        id: The id of the ticket.
        at: When, in UTC.
        mode: What classification could do then.
        advice: What was done with which prediction, a field each.
        failures: Which plugins could not be asked, a sentence each.
        version: How often it was changed since it is kept; 0 if it is not.
    """

    id: str = attrs.field(validator=named)
    at: datetime = attrs.field(converter=in_utc, validator=aware_instant)
    mode: ClassificationMode
    advice: tuple[Advice, ...] = attrs.field(default=(), converter=as_tuple)
    failures: tuple[str, ...] = attrs.field(default=(), converter=as_tuple)
    version: int = 0

    def explain(self) -> str:
        """Return it as text, a line each."""
        lines = [*(each.explain() for each in self.advice), *self.failures]
        return "\n".join(lines) or "nothing is predicted"

    def without_words(self) -> "Classification":
        """Return it as it is kept: without the words of the requester, which are erased with the ticket."""
        return attrs.evolve(self, advice=[attrs.evolve(each, because=()) for each in self.advice])


@frozen(kw_only=True)
class TrainedModel:
    """
    A model that a desk has trained, as it is kept: see `BaselineModel`.

    Args:
        id: The field that it predicts.
        digest: What it is known by.
        labels: What it can say.
        examples: From how many tickets it has learned.
        at: When, in UTC.
        text: The model, as `BaselineModel.to_text` writes it; ``None`` if its words were erased.
        version: How often it was changed since it is kept.
    """

    id: str = attrs.field(validator=named)
    digest: str
    labels: tuple[str, ...] = attrs.field(converter=as_tuple)
    examples: int
    at: datetime = attrs.field(converter=in_utc, validator=aware_instant)
    text: str | None = None
    version: int = 0

    @property
    def is_usable(self) -> bool:
        """Tell whether it can predict: its words were not erased."""
        return self.text is not None and self.text.startswith("{")


@frozen
class Outlook:
    """
    How what one source predicted of one field compares with what people did.

    Args:
        field: The field.
        source: What predicted it.
        predicted: Of how many tickets.
        awaited: Of how many of these nobody has decided yet.
        sure: How many predictions reached their gate.
        filled_in: How many were filled in.
        kept: How many of those still stand as they were filled in, on tickets that are done.
        corrected: How many of those people have changed.
        all: How good the predictions are that people's decisions can be compared with.
        at_gate: The same, of those that reached their gate.
    """

    field: str
    source: str
    predicted: int
    awaited: int
    sure: int
    filled_in: int
    kept: int
    corrected: int
    all: Evaluation
    at_gate: Evaluation

    def explain(self) -> str:
        """Return it as a few lines of text."""
        filled = f", {self.filled_in} filled in ({self.kept} kept, {self.corrected} corrected)"
        head = (
            f"{self.field} by {self.source}: predicted for {self.predicted} tickets, {self.sure} sure enough"
            f"{filled if self.filled_in else ''}, {self.awaited} not decided yet"
        )
        return f"{head}\nat the gate: {_short(self.at_gate)}\nall: {_short(self.all)}"


@frozen
class ShadowReport:
    """
    How what was predicted compares with what people did.

    Args:
        outlooks: By field and source, in the order of `FIELDS` and of the names of sources.
    """

    outlooks: tuple[Outlook, ...] = attrs.field(default=(), converter=as_tuple)

    def explain(self) -> str:
        """Return it as text."""
        return "\n".join(each.explain() for each in self.outlooks) or "nothing was predicted"


@frozen
class _Pair:
    advice: Advice
    decided: Decided | None
    is_done: bool


def shadow_report(
    classified: Iterable[tuple[Advice, Decided | None, bool]],
) -> ShadowReport:
    """
    Return how what was predicted compares with what people did.

    A person has decided a field who has put its value there; of what was filled in by the desk, whoever
    finishes the ticket and leaves it. What is neither is awaited, and counts for nothing.

    Args:
        classified: Each prediction, with what stands in its field by now, and whether the ticket is done.
    """
    groups: dict[tuple[str, str], list[_Pair]] = {}
    for advice, decided, is_done in classified:
        pair = _Pair(advice, decided, is_done)
        groups.setdefault((advice.field, advice.source), []).append(pair)
    order = sorted(groups, key=lambda each: (FIELDS.index(each[0]), each[1]))
    return ShadowReport(_outlook(*key, groups[key]) for key in order)


def _outlook(name: str, source: str, pairs: Sequence[_Pair]) -> Outlook:
    truths = [(pair, _truth(pair)) for pair in pairs]
    outcomes = [
        (pair, Judged(truth, pair.advice.value, pair.advice.confidence))
        for pair, truth in truths
        if truth is not None
    ]
    filled = [(pair, truth) for pair, truth in truths if pair.advice.action is AdviceAction.APPLY]
    return Outlook(
        field=name,
        source=source,
        predicted=len(pairs),
        awaited=len(pairs) - len(outcomes),
        sure=sum(pair.advice.reached_gate for pair in pairs),
        filled_in=len(filled),
        kept=sum(truth == pair.advice.value for pair, truth in filled),
        corrected=sum(truth not in (None, pair.advice.value) for pair, truth in filled),
        all=evaluated(each for _, each in outcomes),
        at_gate=evaluated(each for pair, each in outcomes if pair.advice.reached_gate),
    )


def _truth(pair: _Pair) -> str | None:
    """Return what people have decided; ``None`` if they have not yet."""
    decided = pair.decided
    if decided is None:
        return None
    was_filled_in = pair.advice.action is AdviceAction.APPLY and decided.value == pair.advice.value
    return decided.value if decided.is_by_people or (was_filled_in and pair.is_done) else None


def _short(figures: Evaluation) -> str:
    return figures.explain().partition("\n")[0]
