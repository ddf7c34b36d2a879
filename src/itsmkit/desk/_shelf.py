"""
Where records with a form of their own are kept: how a command reads one, decides about it and saves it.

A shelf does for articles, surveys and offers what `Runner` does for tickets: each change is an event, and
what the events say is all that the record is. What changed stands in the event itself, so that any record can
be replayed, as it is now and as it was, by one fold for all kinds: `itsmkit.plugin.records.document_after`.
"""

from collections.abc import Callable, Iterator, Mapping
from datetime import datetime
from typing import Generic, TypeVar

from attrs import field, frozen

from itsmkit._frozen import EMPTY, FrozenDict
from itsmkit.conditions import ALWAYS, Condition
from itsmkit.desk._commands import Runner
from itsmkit.desk._once import Answer, Plain
from itsmkit.desk._record_kind import Kept, RecordKind
from itsmkit.errors import ConflictError, NotFoundError, RefusedError
from itsmkit.plugin import Record, RecordEvent, UnitOfWork
from itsmkit.plugin.queries import MAX_PAGE
from itsmkit.plugin.records import ERASURE, changes_between, document_after
from itsmkit.practices import Outcome
from itsmkit.tickets import Actor

__all__ = ["Shelf", "Step"]

Value = TypeVar("Value", bound=Kept)

_AT_ONCE = 10
"""How many records of the same beginning are read at once: there are few, as a rule."""


@frozen
class Step(Generic[Value]):
    """
    Something that has happened to a record.

    Args:
        event: What has happened, in the past tense.
        at: When the desk heard of it, in UTC.
        actor: Who did it.
        value: The record after it; ``None`` if it was removed by it.
        said: What was said of it besides, such as why.
    """

    event: str
    at: datetime
    actor: Actor
    value: Value | None
    said: Mapping[str, object] = field(default=EMPTY)


@frozen(eq=False)
class Shelf(Generic[Value]):
    """
    The records of a kind, for one command or read.

    Args:
        kind: The kind.
        runner: What runs the command: `Runner.asked` has let it in.
    """

    kind: RecordKind[Value]
    runner: Runner

    # -- commands --------------------------------------------------------------------------------

    def begin(self, decide: Callable[[UnitOfWork], Outcome[Value]]) -> Value:
        """
        Run a command that begins a record, and return the value as it was saved.

        Raises:
            RefusedError: If there is one of its id already.
        """
        return self.runner.answered(lambda unit: self.add(unit, decide(unit)), self.answer)

    def change(self, record_id: str, decide: Callable[[UnitOfWork, Value], Outcome[Value] | None]) -> Value:
        """
        Run a command on a record, and return the value as it was saved.

        Args:
            record_id: The record.
            decide: Returns what happens; ``None`` if nothing does.

        Raises:
            NotFoundError: If there is no such record.
            ConflictError: If others saved first, every time.
        """

        def work(unit: UnitOfWork) -> Value:
            before = self.of(unit, record_id)
            outcome = decide(unit, before)
            return before if outcome is None else self.save(unit, before, outcome)

        return self.runner.answered(work, self.answer)

    def forget(self, record_id: str, reason: str, *, called: str = "record") -> Value:
        """
        Run a command that erases what is personal in a record, and return what is left.

        Args:
            record_id: The record.
            reason: Why; it stays in the history.
            called: What such a record is called in a refusal.

        Raises:
            NotFoundError: If there is no such record.
            RefusedError: If no reason is said.
        """
        if not reason.strip():
            refusal = f"cannot erase {called} {record_id}: say why in `reason`"
            raise RefusedError(refusal)
        return self.runner.answered(
            lambda unit: self.erase(unit, self.of(unit, record_id), reason), self.answer
        )

    @property
    def answer(self) -> Answer[Value]:
        """How the value that a command returns is kept in the ledger."""

        def write(value: Value) -> Plain:
            return {"record": value.id, "version": value.version}

        def read(plain: Plain, unit: UnitOfWork) -> Value:
            events = unit.record_history(self.kind.name, plain["record"])[: plain["version"]]
            return self.kind.from_document(document_after(events), len(events))

        return Answer(write, read)

    # -- in a unit of work -----------------------------------------------------------------------

    def of(self, unit: UnitOfWork, record_id: str) -> Value:
        """Return a record. Raises `NotFoundError` if there is none of this id, or it was removed."""
        record = unit.record_of(self.kind.name, record_id)
        if record.is_deleted:
            raise NotFoundError(self.kind.name, record_id)
        return self.kind.of(record)

    def find(self, unit: UnitOfWork, record_id: str) -> Value | None:
        """Return a record, or ``None`` if there is none of this id."""
        try:
            return self.of(unit, record_id)
        except NotFoundError:
            return None

    def was_there(self, unit: UnitOfWork, record_id: str) -> bool:
        """Tell whether there is, or ever was, a record of this id."""
        return bool(unit.record_history(self.kind.name, record_id))

    def add(self, unit: UnitOfWork, outcome: Outcome[Value]) -> Value:
        """
        Save a new record, and return its value as it was saved.

        Raises:
            RefusedError: If there is one of its id already.
        """
        before = self._kept(unit, outcome.value.id)
        if before is not None and not before.is_deleted:
            name = self.kind.name
            refusal = f"there is a {name} {before.id!r} already; choose another id, or change that one"
            raise RefusedError(refusal)
        return self._saved(unit, before, outcome)

    def save(self, unit: UnitOfWork, before: Value, outcome: Outcome[Value]) -> Value:
        """
        Save what happens to a record, and return its value as it was saved.

        Args:
            unit: The unit of work in which it was read.
            before: The record as it was read.
            outcome: What happens.

        Raises:
            ConflictError: If others have saved it since.
        """
        return self._saved(unit, self._unchanged(unit, before), outcome)

    def put(self, unit: UnitOfWork, before: Value | None, outcome: Outcome[Value]) -> Value:
        """
        Save what happens to a record, or a new one where none was found.

        Raises:
            ConflictError: If others have saved it since it was looked for.
        """
        if before is not None:
            return self.save(unit, before, outcome)
        found = self._kept(unit, outcome.value.id)
        if found is not None and not found.is_deleted:
            raise ConflictError(self.kind.name, outcome.value.id, 0, found.version)
        return self._saved(unit, found, outcome)

    def remove(self, unit: UnitOfWork, before: Value, event: str, said: Mapping[str, object] = EMPTY) -> None:
        """
        Remove a record; its history remains.

        Raises:
            ConflictError: If others have saved it since it was read.
        """
        record = self._unchanged(unit, before)
        data = {**said, **changes_between(record.document, EMPTY)}
        gone = Record(record.kind, record.id, record.version + 1, EMPTY, is_deleted=True)
        unit.save_record(gone, [self._event(gone, event, data)], expected=record.version)

    def erase(self, unit: UnitOfWork, before: Value, reason: str) -> Value:
        """
        Drop what is personal in a record and its history, and return it as it reads afterwards.

        A record in which nothing personal is left stays as it is.

        Args:
            unit: The unit of work in which it was read.
            before: The record as it was read.
            reason: Why; it stays in the history.

        Raises:
            ConflictError: If others have saved it since it was read.
        """
        record = self._unchanged(unit, before)
        history = [*unit.record_history(record.kind, record.id)]
        erased = [*unit.erase_record(record.kind, record.id)]
        if erased == history:
            return before
        bare = Record(record.kind, record.id, record.version + 1, document_after(erased))
        unit.save_record(bare, [self._event(bare, ERASURE, {"reason": reason})], expected=record.version)
        return self.kind.of(bare)

    def history(self, unit: UnitOfWork, record_id: str) -> tuple[Step[Value], ...]:
        """Return all that has happened to a record, in order; empty if there never was one of this id."""
        steps: list[Step[Value]] = []
        document: Mapping[str, object] = EMPTY
        for event in unit.record_history(self.kind.name, record_id):
            document = document_after([event], document)
            value = self.kind.from_document(document, event.sequence) if document else None
            said = {name: each for name, each in event.data.items() if name not in ("changes", "removed")}
            steps.append(Step(event.name, event.recorded_at, event.actor, value, FrozenDict(said)))
        return tuple(steps)

    def _kept(self, unit: UnitOfWork, record_id: str) -> Record | None:
        """Return what the store has of a record, which may be a tombstone; ``None`` if it never was."""
        try:
            return unit.record_of(self.kind.name, record_id)
        except NotFoundError:
            return None

    def _unchanged(self, unit: UnitOfWork, before: Value) -> Record:
        """Return what the store has of a record. Raises `ConflictError` if others have saved it since."""
        record = unit.record_of(self.kind.name, before.id)
        if record.version != before.version:
            raise ConflictError(self.kind.name, before.id, before.version, record.version)
        return record

    def _saved(self, unit: UnitOfWork, before: Record | None, outcome: Outcome[Value]) -> Value:
        value = outcome.value
        version = 0 if before is None else before.version
        document = self.kind.to_document(value)
        data = {
            **outcome.said,
            **changes_between(EMPTY if before is None else before.document, document),
        }
        record = Record(self.kind.name, value.id, version + 1, document)
        unit.save_record(record, [self._event(record, outcome.event, data)], expected=version)
        return self.kind.of(record)

    def _event(self, record: Record, name: str, data: Mapping[str, object]) -> RecordEvent:
        # Why something was erased, stays: an erasure has nothing of the person.
        runner, personal = self.runner, () if name == ERASURE else self.kind.personal_in(data)
        at, actor = runner.clock(), runner.actor
        event = RecordEvent(record.kind, record.id, record.version, at, actor, name, data, personal=personal)
        return event.salted(runner.new_salt()) if personal else event

    # -- reads -----------------------------------------------------------------------------------

    def get(self, record_id: str) -> Value:
        """Return a record. Raises `NotFoundError` if there is none of this id, or it was removed."""
        with self.runner.store.begin() as unit:
            return self.of(unit, record_id)

    def beginning_with(self, prefix: str) -> Iterator[Value]:
        """Go through the records whose ids begin with *prefix*, and are longer, at the cost of as many."""
        store, after = self.runner.store, prefix
        while page := store.records(self.kind.name, after=after, limit=_AT_ONCE):
            for record in page:
                if not record.id.startswith(prefix):
                    return
                yield self.kind.of(record)
            after = page[-1].id

    def each(self, where: Condition = ALWAYS) -> Iterator[Value]:
        """
        Go through the records, by the code points of their ids.

        Args:
            where: What holds for each of them: of the parts of its document, at the top level.
        """
        store, after = self.runner.store, ""
        while True:
            page = store.records(self.kind.name, where=where, after=after, limit=MAX_PAGE)
            yield from map(self.kind.of, page)
            if len(page) < MAX_PAGE:
                return
            after = page[-1].id
