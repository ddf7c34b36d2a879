"""How a desk has tickets classified: whom it asks, what follows from that, and how it is done."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from functools import lru_cache
from typing import Any

from attrs import evolve, frozen

from itsmkit.desk._commands import Runner
from itsmkit.desk._record_kind import RecordKind
from itsmkit.desk._shelf import Shelf
from itsmkit.errors import DefinitionError, RefusedError
from itsmkit.plugin import UnitOfWork
from itsmkit.practices import Decision, KindOfWork, Occasion, Outcome, add_note, assign, prioritise
from itsmkit.practices.classification import (
    Advice,
    AdviceAction,
    BaselineModel,
    Classification,
    Prediction,
    TrainedModel,
    advise,
    blanked,
    decided_of,
    text_of,
)
from itsmkit.tickets import SYSTEM, Ticket, TicketEvent, TicketId

__all__ = [
    "CLASSIFICATION",
    "MODEL",
    "Predicted",
    "acted",
    "classification_of",
    "classified",
    "decided_fields",
    "least_levels",
    "predicted_of",
    "predicted_of_new",
    "refuse_if_off",
]

CLASSIFICATION = RecordKind("classification", Classification)
# The words of a model come from tickets, and may be personal.
MODEL = RecordKind("classification model", TrainedModel, personal=["text"])

_NEW = "new"


# -- while a ticket is logged ------------------------------------------------------------------------


@frozen
class Predicted:
    """What was predicted, and which plugins could not be asked."""

    predictions: tuple[Prediction, ...]
    failures: tuple[str, ...]


def predicted_of_new(
    runner: Runner, kind: KindOfWork[Any], occasion: Occasion, options: Mapping[str, Any]
) -> Predicted | None:
    """
    Return what is predicted of a ticket that is about to be logged; ``None`` if the desk does not ask.

    Args:
        runner: What runs the command.
        kind: Its kind.
        occasion: When it is logged, and by whom.
        options: What it is logged with: see `KindOfWork.log`.
    """
    policy = runner.config.classification
    if not (policy.is_on and policy.at_log and kind.name in policy.kinds):
        return None
    draft = kind.log(TicketId(_NEW), f"{kind.prefix}{_NEW}", occasion, **options).ticket
    return predicted_of(runner, draft)


def classified(
    runner: Runner,
    unit: UnitOfWork,
    decision: Decision[Any],
    predicted: Predicted,
    decided: Iterable[str],
) -> Decision[Any]:
    """
    Return the logging of a ticket with what follows from predictions, and keep these.

    Args:
        runner: What runs the command.
        unit: The unit of work.
        decision: The logging.
        predicted: What was predicted.
        decided: The fields that somebody has filled in.
    """
    ticket = decision.ticket
    told = classification_of(runner, ticket, predicted, frozenset(decided))
    following, told = acted(runner, ticket, told, runner.occasion())
    Shelf(CLASSIFICATION, runner).put(unit, None, Outcome(told.without_words(), "TicketClassified"))
    return decision if following is None else decision.then(following)


# -- predicting --------------------------------------------------------------------------------------


def refuse_if_off(runner: Runner) -> None:
    """Return if the desk classifies at all. Raises `RefusedError` if not."""
    if not runner.config.classification.is_on:
        refusal = "classification is off; set `mode` and `gates` of [classification] in the configuration"
        raise RefusedError(refusal)


def predicted_of(runner: Runner, ticket: Ticket) -> Predicted:
    """Ask all who predict, outside of any transaction: plugins first, then the models of the desk."""
    policy = runner.config.classification
    found, failures = runner.plugins.classify(blanked(ticket), tuple(policy.gates))
    text, lacking = text_of(ticket), [name for name in policy.gates if name not in {p.field for p in found}]
    own = []
    if lacking and text.strip():
        with runner.store.begin() as unit:
            kept = [Shelf(MODEL, runner).find(unit, name) for name in lacking]
        own = [_read(each.text).predict(text) for each in kept if each is not None and each.is_usable]
    failed = (f"plugin {each.plugin!r} could not be asked" for each in failures)
    return Predicted((*found, *own), tuple(failed))


@lru_cache(maxsize=16)
def _read(text: str) -> BaselineModel:
    """Return the model that *text* stands for: reading one takes longer than what it predicts."""
    return BaselineModel.from_text(text)


def classification_of(
    runner: Runner, ticket: Ticket, predicted: Predicted, decided: frozenset[str]
) -> Classification:
    """Return what is done with predictions: nothing of it has been done yet."""
    kind, policy = runner.config.kind_of(ticket), runner.config.classification
    fitting = [_as_the_desk_says(kind, each) for each in predicted.predictions]
    known: dict[str, Collection[str]] = {
        "impact": kind.priorities.impacts,
        "urgency": kind.priorities.urgencies,
        **({} if kind.categories is None else {"category": _paths(kind, fitting)}),
    }
    groups = [each.id for each in runner.config.structure.groups]
    if groups:
        known["support_group"] = groups
    advice = advise(ticket, fitting, policy, known=known, decided=decided)
    return Classification(ticket.id, runner.clock(), policy.mode, advice, predicted.failures)


def _as_the_desk_says(kind: KindOfWork[Any], prediction: Prediction) -> Prediction:
    """Return a prediction with the category as it stands now, if it has moved or was merged since."""
    if prediction.field != "category" or kind.categories is None:
        return prediction
    try:
        return evolve(prediction, value=kind.categories.path(prediction.value))
    except DefinitionError:
        return prediction


def _paths(kind: KindOfWork[Any], predictions: Iterable[Prediction]) -> tuple[str, ...]:
    """Return those categories among predictions that tickets may be given."""
    return tuple(
        each.value for each in predictions if each.field == "category" and _is_path(kind, each.value)
    )


def _is_path(kind: KindOfWork[Any], value: str) -> bool:
    try:
        return bool(kind.categories is not None and kind.categories.path(value) == value)
    except DefinitionError:
        return False


def least_levels(kind: KindOfWork[Any]) -> dict[str, str]:
    """Return the least grave levels by their fields, which new tickets get by themselves."""
    return {"impact": kind.priorities.impacts[-1], "urgency": kind.priorities.urgencies[-1]}


def decided_fields(runner: Runner, ticket: Ticket, history: Sequence[TicketEvent]) -> frozenset[str]:
    """Return the fields of a ticket that are filled in; all, if it is done."""
    names = runner.config.classification.gates
    if not ticket.is_open:
        return frozenset(names)
    least = least_levels(runner.config.kind_of(ticket))
    found = {name: decided_of(history, name, least) for name in names}
    return frozenset(name for name, each in found.items() if each is not None and not each.is_default)


# -- acting ------------------------------------------------------------------------------------------


def acted(
    runner: Runner, ticket: Ticket, told: Classification, occasion: Occasion
) -> tuple[Decision[Ticket] | None, Classification]:
    """Decide on all that follows from advice; what a rule of the desk refuses is dropped, and says so."""
    decision: Decision[Ticket] | None = None
    advice: list[Advice] = []
    for each in told.advice:
        done = each
        if each.action is AdviceAction.APPLY:
            now = ticket if decision is None else decision.ticket
            try:
                step = _filled_in(runner, now, each, _by_the_desk(runner, occasion, each.source))
                decision = step if decision is None else decision.then(step)
            except (DefinitionError, RefusedError) as error:
                done = evolve(each, action=AdviceAction.DROP, reason=f"{each.reason}, but refused: {error}")
        advice.append(done)
    suggested = [each for each in advice if each.action is AdviceAction.SUGGEST]
    if suggested:
        now = ticket if decision is None else decision.ticket
        text = "\n".join(("classification suggests:", *(f"- {each.explain()}" for each in suggested)))
        note = add_note(now, _by_the_desk(runner, occasion, suggested[0].source), text)
        decision = note if decision is None else decision.then(note)
    return decision, evolve(told, advice=advice)


def _by_the_desk(runner: Runner, occasion: Occasion, source: str) -> Occasion:
    """Return the occasion of what the desk does by itself: the books tell by which model, and who asked."""
    actor = evolve(SYSTEM, roles=(f"classified by {source}", f"asked by {runner.actor.id}"))
    return evolve(occasion, actor=actor)


def _filled_in(runner: Runner, ticket: Ticket, advice: Advice, occasion: Occasion) -> Decision[Ticket]:
    kind, value = runner.config.kind_of(ticket), advice.value
    if advice.field == "category":
        decision: Decision[Ticket] = kind.describe(ticket, occasion, {"category": value})
        return decision
    if advice.field == "support_group":
        return assign(ticket, occasion, support_group=value)
    least = least_levels(kind)
    levels = {name: getattr(ticket, name) or least[name] for name in least}
    levels[advice.field] = value
    return prioritise(ticket, kind.priorities, occasion, impact=levels["impact"], urgency=levels["urgency"])
