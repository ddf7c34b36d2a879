"""What can be asked of classification: what models predict, training, and how good it is."""

from collections.abc import Iterator, Sequence

from attrs import frozen

from itsmkit.desk._access import guarded
from itsmkit.desk._arguments import looking_at_arguments
from itsmkit.desk._classifying import (
    CLASSIFICATION,
    MODEL,
    acted,
    classification_of,
    decided_fields,
    least_levels,
    predicted_of,
    refuse_if_off,
)
from itsmkit.desk._commands import Runner, acting
from itsmkit.desk._shelf import Shelf
from itsmkit.errors import DefinitionError, NotFoundError
from itsmkit.plugin import UnitOfWork
from itsmkit.practices import Outcome
from itsmkit.practices.classification import (
    Advice,
    Classification,
    ClassificationMode,
    Decided,
    Evaluation,
    Example,
    ShadowReport,
    TrainedModel,
    decided_of,
    evaluated,
    example_of,
    judged,
    shadow_report,
    time_split,
    train_baseline,
)
from itsmkit.practices.classification.prediction import field_problems
from itsmkit.tickets import Actor, Ticket, TicketEvent, TicketId

__all__ = ["ClassificationCommands"]


@looking_at_arguments()
@frozen
class ClassificationCommands:
    """
    What can be asked of classification; reached as ``desk.classification``.

    Plugins predict: see the hook `itsmkit_classify`. Of the fields that no plugin predicts, the model does
    that was trained here. What becomes of predictions, the `ClassificationPolicy` of the desk decides, which
    does nothing at all unless it is told to.
    """

    _runner: Runner
    _actor: Actor | None

    # -- tickets -----------------------------------------------------------------------------------

    def preview(self, ticket_id: TicketId) -> Classification:
        """
        Return what is predicted of a ticket, with the words that counted, and what `classify` would do.

        Nothing is done. It needs a permit.

        Raises:
            NotFoundError: If there is no such ticket.
            RefusedError: If classification is off.
        """
        runner = self._runner
        reader = runner.reader("classification.preview", self._actor)
        with runner.store.begin() as unit:
            ticket = reader.ticket(unit, ticket_id).ticket
            history = reader.history(unit, ticket_id)
        refuse_if_off(runner)
        predicted = predicted_of(runner, ticket)
        return classification_of(runner, ticket, predicted, decided_fields(runner, ticket, history))

    def classify(
        self, ticket_id: TicketId, *, by: Actor | None = None, idempotency_key: str | None = None
    ) -> Classification:
        """
        Ask models what a ticket is, once and outside of any transaction, and do what the policy says.

        What is filled in, the desk itself does, as a program; the role of who did it names what predicted it.
        What is suggested is a note for those who work on the ticket.

        Args:
            ticket_id: The ticket.
            by: Who asks.
            idempotency_key: Chosen by who asks, to have it done once.

        Returns:
            What was predicted, and what was done with it; without the words that counted, which are not kept.

        Raises:
            NotFoundError: If there is no such ticket.
            RefusedError: If classification is off.
        """
        actor = acting(by, self._actor)
        runner = self._runner.asked("classification.classify", actor, idempotency_key, ticket_id)
        shelf = Shelf(CLASSIFICATION, runner)
        done = runner.known(shelf.answer)
        if done is not None:
            return done
        with runner.store.begin() as unit:
            ticket = runner.to_change(guarded(unit, runner.guard), ticket_id).ticket
        refuse_if_off(runner)
        predicted = predicted_of(runner, ticket)

        def work(unit: UnitOfWork) -> Classification:
            stored = runner.to_change(unit, ticket_id)
            now = stored.ticket
            decided = decided_fields(runner, now, unit.history(ticket_id)[: now.version])
            told = classification_of(runner, now, predicted, decided)
            decision, told = acted(runner, now, told, runner.occasion())
            if decision is not None:
                runner.save(unit, decision, stored)
            before = shelf.find(unit, ticket_id)
            return shelf.put(unit, before, Outcome(told.without_words(), "TicketClassified"))

        return runner.answered(work, shelf.answer)

    def of(self, ticket_id: TicketId) -> Classification:
        """
        Return what was predicted of a ticket last, and what was done with it; nothing, if it never was.

        Raises:
            NotFoundError: If there is no such ticket.
        """
        runner = self._runner
        with runner.store.begin() as unit:
            ticket = runner.reader("classification.of", self._actor).ticket(unit, ticket_id).ticket
            found = Shelf(CLASSIFICATION, runner).find(unit, ticket_id)
        return found or Classification(ticket.id, ticket.opened_at, ClassificationMode.OFF)

    # -- the model of the desk ---------------------------------------------------------------------

    def train(
        self, field: str, *, by: Actor | None = None, idempotency_key: str | None = None
    ) -> TrainedModel:
        """
        Let the desk learn from its own history, and keep what it learned as the model of a field.

        It learns what people decided in the end about tickets that are done, from the words in which they
        came in. It takes a second or so for a thousand tickets.

        Args:
            field: What to predict: ``"category"``, ``"support_group"``, ``"impact"`` or ``"urgency"``.
            by: Who lets it learn.
            idempotency_key: Chosen by who asks, to have it done once.

        Raises:
            DefinitionError: If there is no such field, or too little to learn from.
        """
        actor = acting(by, self._actor)
        runner = self._runner.asked("classification.train", actor, idempotency_key, field)
        _check_field(field)
        shelf = Shelf(MODEL, runner)
        done = runner.known(shelf.answer)
        if done is not None:
            return done
        model = train_baseline(_examples(runner, field), field)
        kept = TrainedModel(
            id=field,
            digest=model.digest,
            labels=model.labels,
            examples=model.examples,
            at=runner.clock(),
            text=model.to_text(),
        )

        def work(unit: UnitOfWork) -> TrainedModel:
            return shelf.put(unit, shelf.find(unit, field), Outcome(kept, "ModelTrained"))

        return runner.answered(work, shelf.answer)

    def models(self) -> tuple[TrainedModel, ...]:
        """Return the models that the desk has trained, by the names of their fields."""
        self._runner.admit("classification.models", self._actor)
        return tuple(Shelf(MODEL, self._runner).each())

    def forget_model(
        self, field: str, *, reason: str, by: Actor | None = None, idempotency_key: str | None = None
    ) -> TrainedModel:
        """
        Erase the words of a model, some of which may be personal. It predicts nothing until trained anew.

        Args:
            field: Whose model it is.
            reason: Why; it stays in the history.
            by: Who erases.
            idempotency_key: Chosen by who asks, to have it done once.

        Raises:
            NotFoundError: If there is no such model.
            RefusedError: If no reason is said.
        """
        actor = acting(by, self._actor)
        runner = self._runner.asked("classification.forget_model", actor, idempotency_key, field, reason)
        return Shelf(MODEL, runner).forget(field, reason, called="classification model")

    # -- how good it is ----------------------------------------------------------------------------

    def evaluate(self, field: str) -> Evaluation:
        """
        Return how good the model of the desk would be.

        One learns from the earlier four fifths of its history, and is tried on the later fifth. Plugins are
        not asked; how good they are, a shadow run tells.

        Args:
            field: As `train`.

        Raises:
            DefinitionError: If there is no such field, or too little to learn from.
        """
        self._runner.admit("classification.evaluate", self._actor)
        _check_field(field)
        learned, held_out = time_split(_examples(self._runner, field))
        return evaluated(judged(train_baseline(learned, field).predict, held_out))

    def shadow_report(self) -> ShadowReport:
        """
        Return how what was predicted compares with what people did, for each field and each source.

        It reads what was predicted last of each ticket, and the history of the ticket.
        """
        runner = self._runner
        runner.admit("classification.shadow_report", self._actor)
        return shadow_report(_compared(runner))


# -- learning ----------------------------------------------------------------------------------------


def _check_field(field: str) -> None:
    problems = field_problems("field", field)
    if problems:
        raise DefinitionError(*problems)


def _examples(runner: Runner, field: str) -> list[Example]:
    """Return what can be learned from the tickets that are done: from all, whoever may see them."""
    found: list[Example] = []
    for ticket, history in _histories(runner):
        if not ticket.is_open:
            example = example_of(history, field, least_levels(runner.config.kind_of(ticket)))
            if example is not None:
                found.append(example)
    return found


def _histories(runner: Runner) -> Iterator[tuple[Ticket, Sequence[TicketEvent]]]:
    reader = runner.privileged_reader("classification")
    for stored in reader.all():
        if stored.ticket.kind in runner.config.kinds:
            with runner.store.begin() as unit:
                yield stored.ticket, unit.history(stored.ticket.id)


def _compared(runner: Runner) -> Iterator[tuple[Advice, Decided | None, bool]]:
    """Yield each prediction that is kept, with what stands in its field, and whether the ticket is done."""
    for kept in Shelf(CLASSIFICATION, runner).each():
        try:
            with runner.store.begin() as unit:
                ticket, history = unit.ticket(TicketId(kept.id)).ticket, unit.history(TicketId(kept.id))
            least = least_levels(runner.config.kind_of(ticket))
        except NotFoundError:
            continue  # a kind that the desk has no more
        for each in kept.advice:
            yield each, decided_of(history, each.field, least), not ticket.is_open
