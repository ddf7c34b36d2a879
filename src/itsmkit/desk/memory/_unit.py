"""The unit of work of the in-memory store."""

from collections.abc import Callable, Sequence
from hashlib import sha256
from typing import TYPE_CHECKING, Self

from itsmkit.cmdb.history import ConfigurationEvent, RecordKey
from itsmkit.cmdb.reconciliation import StagingArea
from itsmkit.desk.memory._erasures import Erasures
from itsmkit.desk.memory._kept import Kept, KindAndId, Room, TimerKey
from itsmkit.errors import ConflictError, NotFoundError
from itsmkit.plugin import (
    Checkpoint,
    ClaimedTimer,
    LedgerEntry,
    OutboxEntry,
    Record,
    RecordEvent,
    StoredStaging,
    StoredTicket,
    Timer,
)
from itsmkit.plugin.documents.cursor import Cursor
from itsmkit.plugin.integrity import record_name, ticket_record
from itsmkit.plugin.records import check_step, files_named_in
from itsmkit.tickets import TicketEvent, TicketId, files_of

if TYPE_CHECKING:
    from itsmkit.plugin.documents import Documents

__all__ = ["MemoryUnit"]


class MemoryUnit:
    """
    A unit of work that keeps its changes to itself until it is left.

    Then all that could stand against them is checked before any is made, with the tenant's lock held. Reads
    see what is committed at the time, and the unit's own changes.

    Args:
        room: Where the data of the tenant is.
        ring: Told when a timer was set or the outbox filled.
        documents: Gives what turns events into documents.
    """

    def __init__(self, room: Room, ring: Callable[[], None], documents: "Callable[[], Documents]") -> None:
        self._room = room
        self._ring = ring
        self._saved: dict[TicketId, StoredTicket] = {}
        self._expected: dict[TicketId, int] = {}
        self._numbers: dict[str, TicketId] = {}
        self._events: list[TicketEvent] = []
        self._erased: Erasures[TicketId, TicketEvent] = Erasures(ticket_record, documents)
        self._loose: set[str] = set()
        self._recorded: list[ConfigurationEvent] = []
        self._read_to: set[int] = set()
        self._records: dict[KindAndId, Record] = {}
        self._expected_records: dict[KindAndId, int] = {}
        self._record_events: list[RecordEvent] = []
        self._erased_records: Erasures[KindAndId, RecordEvent] = Erasures(
            lambda key: record_name(*key), documents
        )
        self._staged: StoredStaging | None = None
        self._staged_on = 0
        self._set: dict[TimerKey, Timer | None] = {}
        self._finished: list[ClaimedTimer] = []
        self._enqueued: list[OutboxEntry] = []
        self._silenced: set[str] = set()
        self._cursors: dict[str, Cursor] = {}
        self._remembered: dict[str, LedgerEntry] = {}
        self._attached: dict[str, bytes] = {}
        self._checkpoints: list[Checkpoint] = []

    def __enter__(self) -> Self:
        return self

    def __exit__(self, raised: type[BaseException] | None, *_details: object) -> None:
        if raised is None:
            with self._room.lock:
                kept = self._room.kept
                self._check(kept)
                self._apply(kept)
            if self._enqueued or any(self._set.values()):
                self._ring()

    # -- what a command calls --------------------------------------------------------------------

    def ticket(self, ticket_id: TicketId) -> StoredTicket:
        """See `UnitOfWork.ticket`."""
        found = self._saved.get(ticket_id)
        if found is None:
            with self._room.lock:
                found = self._room.kept.tickets.get(ticket_id)
        if found is None:
            raise NotFoundError("ticket", ticket_id)
        return found

    def history(self, ticket_id: TicketId) -> Sequence[TicketEvent]:
        """See `UnitOfWork.history`."""
        with self._room.lock:
            return self._erased.read(ticket_id, self._history(self._room.kept, ticket_id))

    def _history(self, kept: Kept, ticket_id: TicketId) -> list[TicketEvent]:
        saved = kept.histories.get(ticket_id, [])
        return [*saved, *(event for event in self._events if event.ticket_id == ticket_id)]

    def erase(self, ticket_id: TicketId) -> Sequence[TicketEvent]:
        """See `UnitOfWork.erase`."""
        with self._room.lock:
            kept = self._room.kept
            history = self._history(kept, ticket_id)
            self._erased.add(ticket_id, history, kept.chains, f"ticket {ticket_id}")
        if history:
            self._loose |= files_of(self.ticket(ticket_id).ticket, history)
            self._silence(ticket_id)
        return self.history(ticket_id)

    def _silence(self, about: str) -> None:
        """Drop what this unit was about to tell about a ticket or a record up to now."""
        told = (each.notification for each in self._enqueued)
        self._silenced.update(each.key for each in told if each.ticket_id == about)

    def save(self, stored: StoredTicket, events: Sequence[TicketEvent], *, expected: int) -> None:
        """See `UnitOfWork.save`."""
        ticket_id = stored.ticket.id
        present = self._saved.get(ticket_id)
        if present is None:
            with self._room.lock:
                self._check_version(self._room.kept, ticket_id, expected)
            self._expected[ticket_id] = expected
        elif present.ticket.version != expected:
            raise ConflictError("ticket", ticket_id, expected, present.ticket.version)
        self._saved[ticket_id] = stored
        self._numbers[stored.ticket.number] = ticket_id
        self._events.extend(events)

    def configuration_history(self, key: RecordKey) -> Sequence[ConfigurationEvent]:
        """See `UnitOfWork.configuration_history`."""
        with self._room.lock:
            recorded = self._room.kept.records.get(key, [])
            return [*recorded, *(event for event in self._recorded if event.record.key == key)]

    def record(self, events: Sequence[ConfigurationEvent], *, after: int) -> None:
        """See `UnitOfWork.record`."""
        self._read_to.add(after)
        self._recorded.extend(events)
        with self._room.lock:
            self._check_configuration(self._room.kept)

    def record_of(self, kind: str, record_id: str) -> Record:
        """See `UnitOfWork.record_of`."""
        found = self._records.get((kind, record_id))
        if found is None:
            with self._room.lock:
                found = self._room.kept.others.get((kind, record_id))
        if found is None:
            raise NotFoundError(kind, record_id)
        return found

    def record_history(self, kind: str, record_id: str) -> Sequence[RecordEvent]:
        """See `UnitOfWork.record_history`."""
        key = kind, record_id
        with self._room.lock:
            return self._erased_records.read(key, self._record_history(self._room.kept, key))

    def _record_history(self, kept: Kept, key: KindAndId) -> list[RecordEvent]:
        saved = kept.other_histories.get(key, [])
        return [*saved, *(event for event in self._record_events if (event.kind, event.id) == key)]

    def erase_record(self, kind: str, record_id: str) -> Sequence[RecordEvent]:
        """See `UnitOfWork.erase_record`."""
        key = kind, record_id
        with self._room.lock:
            kept = self._room.kept
            history = self._record_history(kept, key)
            self._erased_records.add(key, history, kept.chains, f"{kind} {record_id}")
        if history:
            self._loose |= files_named_in(history)
            self._silence(record_name(*key))
        return self.record_history(kind, record_id)

    def save_record(self, record: Record, events: Sequence[RecordEvent], *, expected: int) -> None:
        """See `UnitOfWork.save_record`."""
        key = record.kind, record.id
        present = self._records.get(key)
        if present is None:
            with self._room.lock:
                self._check_record(self._room.kept, key, expected)
        elif present.version != expected:
            raise ConflictError(*key, expected, present.version)
        check_step(record, events, expected=expected)
        self._expected_records.setdefault(key, expected)
        self._records[key] = record
        self._record_events.extend(events)

    def save_staging(self, area: StagingArea, *, expected: int) -> None:
        """See `UnitOfWork.save_staging`."""
        if self._staged is None:
            self._staged_on = expected
            with self._room.lock:
                self._check_staging(self._room.kept)
        elif self._staged.version != expected:
            raise ConflictError("staging area", "as a whole", expected, self._staged.version)
        self._staged = StoredStaging(area, expected + 1)

    def next_number(self, series: str) -> int:
        """See `UnitOfWork.next_number`."""
        with self._room.lock:
            self._room.kept.series[series] += 1
            return self._room.kept.series[series]

    def skip_numbers(self, series: str, through: int) -> None:
        """See `UnitOfWork.skip_numbers`."""
        with self._room.lock:
            if through > self._room.kept.series.get(series, 0):
                self._room.kept.series[series] = through

    def remembered(self, key: str) -> LedgerEntry | None:
        """See `UnitOfWork.remembered`."""
        with self._room.lock:
            return self._remembered.get(key) or self._room.kept.ledger.get(key)

    def remember(self, entry: LedgerEntry) -> None:
        """See `UnitOfWork.remember`."""
        if entry.key in self._remembered:
            raise _known(entry.key)
        with self._room.lock:
            self._check_ledger(self._room.kept, entry.key)
        self._remembered[entry.key] = entry

    def attach(self, content: bytes) -> str:
        """See `UnitOfWork.attach`."""
        digest = sha256(content).hexdigest()
        self._attached[digest] = bytes(content)
        return digest

    def save_checkpoint(self, checkpoint: Checkpoint) -> None:
        """See `UnitOfWork.save_checkpoint`."""
        self._checkpoints.append(checkpoint)

    def timers(self, ticket_id: TicketId) -> Sequence[Timer]:
        """See `UnitOfWork.timers`."""
        with self._room.lock:
            found: dict[str, Timer | None] = {
                each.name: each for each in self._room.kept.timers_of(ticket_id)
            }
        for claimed in self._finished:
            if claimed.timer.ticket_id == ticket_id:
                found.pop(claimed.timer.name, None)
        found |= {name: timer for (of, name), timer in self._set.items() if of == ticket_id}
        return [timer for _, timer in sorted(found.items()) if timer is not None]

    def set_timer(self, timer: Timer) -> None:
        """See `UnitOfWork.set_timer`."""
        self._set[timer.ticket_id, timer.name] = timer

    def clear_timer(self, ticket_id: TicketId, name: str) -> None:
        """See `UnitOfWork.clear_timer`."""
        self._set[ticket_id, name] = None

    def finish_timer(self, claimed: ClaimedTimer) -> None:
        """See `UnitOfWork.finish_timer`."""
        with self._room.lock:
            self._check_claim(self._room.kept, claimed)
        self._finished.append(claimed)

    def enqueue(self, entry: OutboxEntry) -> None:
        """See `UnitOfWork.enqueue`."""
        self._enqueued.append(entry)

    def set_cursor(self, reader: str, position: int) -> None:
        """See `UnitOfWork.set_cursor`."""
        self._cursors[reader] = Cursor(reader, position)

    # -- what leaving does, holding the tenant's lock ---------------------------------------------

    def _check(self, kept: Kept) -> None:
        for ticket_id, expected in self._expected.items():
            self._check_version(kept, ticket_id, expected)
            present = kept.tickets.get(ticket_id)
            if present is None or present.ticket.number != self._saved[ticket_id].ticket.number:
                self._check_number(kept, ticket_id)
        if self._read_to:
            self._check_configuration(kept)
        for key, expected in self._expected_records.items():
            self._check_record(kept, key, expected)
        if self._staged is not None:
            self._check_staging(kept)
        for claimed in self._finished:
            self._check_claim(kept, claimed)
        for entry_key in self._remembered:
            self._check_ledger(kept, entry_key)
        self._erased.write(kept.chains, lambda ticket_id: self._history(kept, ticket_id))
        self._erased_records.write(kept.chains, lambda key: self._record_history(kept, key))

    def _check_configuration(self, kept: Kept) -> None:
        end = kept.configuration.end
        for after in self._read_to - {end}:
            raise ConflictError("configuration", "as a whole", after, end)
        newest: dict[RecordKey, int] = {}
        for event in self._recorded:
            key = event.record.key
            found = newest.get(key, len(kept.records.get(key, ())))
            if event.sequence != found + 1:
                raise ConflictError("record", str(key), event.sequence - 1, found)
            newest[key] = event.sequence

    def _check_staging(self, kept: Kept) -> None:
        found = kept.staging.version
        if found != self._staged_on:
            raise ConflictError("staging area", "as a whole", self._staged_on, found)

    def _check_record(self, kept: Kept, key: KindAndId, expected: int) -> None:
        present = kept.others.get(key)
        found = None if present is None else present.version
        if (found or 0) != expected:
            raise ConflictError(*key, expected, found)

    def _check_version(self, kept: Kept, ticket_id: TicketId, expected: int) -> None:
        present = kept.tickets.get(ticket_id)
        found = None if present is None else present.ticket.version
        if (found or 0) != expected:
            raise ConflictError("ticket", ticket_id, expected, found)

    def _check_number(self, kept: Kept, ticket_id: TicketId) -> None:
        number = self._saved[ticket_id].ticket.number
        holder = kept.numbers.get(number, self._numbers[number])
        if holder != ticket_id:
            found = self._saved.get(holder) or kept.tickets[holder]
            raise ConflictError("ticket number", number, 0, found.ticket.version)

    def _check_claim(self, kept: Kept, claimed: ClaimedTimer) -> None:
        timer = claimed.timer
        held = kept.timers.get((timer.ticket_id, timer.name))
        if held is None or held.fence != claimed.fence:
            found = None if held is None else held.fence
            raise ConflictError("timer", f"{timer.ticket_id}/{timer.name}", claimed.fence, found)

    def _check_ledger(self, kept: Kept, key: str) -> None:
        if key in kept.ledger:
            raise _known(key)

    def _apply(self, kept: Kept) -> None:
        self._apply_tickets(kept)
        if self._records:
            self._apply_records(kept)
        self._apply_erasures(kept)
        if self._read_to or self._staged is not None:
            self._apply_configuration(kept)
        if self._finished or self._set:
            self._apply_timers(kept)
        for entry in self._enqueued:
            kept.enqueue(entry)
        for silenced in self._silenced:
            kept.outbox.pop(silenced, None)
        kept.cursors.update(self._cursors)
        kept.ledger.update(self._remembered)
        kept.attachments.update(self._attached)
        if self._loose:
            kept.drop_unnamed(self._loose)
        kept.checkpoints.extend(self._checkpoints)

    def _apply_tickets(self, kept: Kept) -> None:
        for stored in self._saved.values():
            kept.save(stored)
        kept.numbers.update(self._numbers)
        for event in self._events:
            kept.histories[event.ticket_id].append(event)
        kept.end = kept.feed.extend(self._events, kept.end)

    def _apply_timers(self, kept: Kept) -> None:
        for claimed in self._finished:
            kept.drop_timer((claimed.timer.ticket_id, claimed.timer.name))
        for key, timer in self._set.items():
            if timer is None:
                kept.drop_timer(key)
            else:
                kept.set_timer(timer)

    def _apply_configuration(self, kept: Kept) -> None:
        if self._recorded:
            for said in self._recorded:
                kept.records[said.record.key].append(said)
            kept.end = kept.configuration.extend(self._recorded, kept.end)
        if self._staged is not None:
            kept.staging = self._staged
            kept.written.restage(self._staged.area)

    def _apply_erasures(self, kept: Kept) -> None:
        for ticket_id, texts in self._erased.texts.items():
            kept.erase(ticket_id, texts)
        for key, texts in self._erased_records.texts.items():
            kept.erase_record(key, texts)

    def _apply_records(self, kept: Kept) -> None:
        for record in self._records.values():
            kept.keep_record(record)
        for event in self._record_events:
            kept.other_histories[event.kind, event.id].append(event)
        kept.end = kept.other_feed.extend(self._record_events, kept.end)


def _known(key: str) -> ConflictError:
    return ConflictError("ledger entry", key, 0, 1)
