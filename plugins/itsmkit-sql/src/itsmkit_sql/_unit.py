"""A unit of work on a database."""

from collections.abc import Sequence
from itertools import islice, starmap
from typing import TYPE_CHECKING, Self

from sqlalchemy import Connection

from itsmkit.cmdb.history import ConfigurationEvent, RecordKey
from itsmkit.cmdb.reconciliation import StagingArea
from itsmkit.errors import ConflictError
from itsmkit.plugin import (
    ClaimedTimer,
    LedgerEntry,
    OutboxEntry,
    Record,
    RecordEvent,
    StoredStaging,
    StoredTicket,
    Timer,
)
from itsmkit.plugin.documents.personal import check_erasable, erased_up_to, kept_by
from itsmkit.plugin.integrity import Checkpoint, record_name
from itsmkit.plugin.records import check_step, files_named_in
from itsmkit.tickets import Ticket, TicketEvent, TicketId, files_of
from itsmkit_sql import _attachments, _ledger, _outbox, _positions, _records, _streams, _timers
from itsmkit_sql._chains import save_checkpoints
from itsmkit_sql._counters import next_number, set_cursors, skip_numbers
from itsmkit_sql._marks import drawn_for_events
from itsmkit_sql._records import KindAndId, RecordChange, SavedRecord
from itsmkit_sql._streams import End, LinkedEvent
from itsmkit_sql._tickets import Change, SavedTicket
from itsmkit_sql.companions import Wake, tell

if TYPE_CHECKING:
    from itsmkit_sql.store import SQLStore

__all__ = ["SQLUnit"]


class SQLUnit:
    """
    A unit of work that keeps its changes to itself until it is left.

    Then they are written in one short transaction, which checks all that could stand against them. Reads see
    what is committed at the time, and the unit's own changes. While a rule decides, no lock is held: who is
    slow keeps nobody waiting.

    Numbers are drawn in transactions of their own, so that nobody waits for them, and are on the disk with
    what is saved after them. A unit that is undone leaves a gap.

    Args:
        store: Where it takes place.
    """

    def __init__(self, store: "SQLStore") -> None:
        self._store = store
        self._tenancy = store._tenancy
        self._database = self._tenancy.database
        self._saved: dict[TicketId, StoredTicket] = {}
        self._expected: dict[TicketId, int] = {}
        self._erased: dict[TicketId, int] = {}  # up to which event
        self._loose: set[str] = set()
        self._heads: dict[TicketId, str | None] = {}
        self._read: dict[TicketId, SavedTicket] = {}
        self._events: list[TicketEvent] = []
        self._recorded: list[ConfigurationEvent] = []
        self._ends: dict[RecordKey, End] = {}
        self._sequences: dict[RecordKey, int] = {}
        self._read_to: set[int] = set()
        self._others: dict[KindAndId, Record] = {}
        self._others_expected: dict[KindAndId, int] = {}
        self._other_heads: dict[KindAndId, str | None] = {}
        self._others_read: dict[KindAndId, SavedRecord] = {}
        self._other_events: list[RecordEvent] = []
        self._erased_others: dict[KindAndId, int] = {}
        self._staged: StoredStaging | None = None
        self._staged_on = 0
        self._set: dict[tuple[TicketId, str], Timer | None] = {}
        self._finished: list[ClaimedTimer] = []
        self._enqueued: list[OutboxEntry] = []
        self._silenced: set[str] = set()
        self._cursors: dict[str, int] = {}
        self._remembered: dict[str, LedgerEntry] = {}
        self._attached: dict[str, bytes] = {}
        self._checkpoints: list[Checkpoint] = []

    def __enter__(self) -> Self:
        return self

    def __exit__(self, raised: type[BaseException] | None, *_details: object) -> None:
        if raised is None and self._has_changes:
            events, record_events = self._linked(), self._linked_records()
            changes, record_changes = self._changes(), self._record_changes()
            with self._database.writing() as connection:
                self._write(connection, changes, events)
                _records.write(connection, self._tenancy, record_changes)
                _streams.add_record_events(connection, self._tenancy, record_events)
                _streams.erase_records(connection, self._tenancy, self._erased_others)
                _attachments.drop_unnamed(connection, self._tenancy, self._loose)
                if self._read_to:
                    self._record(connection)
                tell(self._store.companions, connection, self._wake)
            self._store._tickets.keep(changes)
            if self._staged is not None:
                self._store._staging.keep(self._staged)
            if self._wake:
                self._store._waking.notify(self._tenancy)

    # -- what a command calls --------------------------------------------------------------------

    def ticket(self, ticket_id: TicketId) -> StoredTicket:
        """See `UnitOfWork.ticket`."""
        found = self._saved.get(ticket_id)
        if found is None:
            with self._database.reading() as connection:
                read = self._store._tickets.by_id(connection, ticket_id)
            self._read[ticket_id] = read
            found = read.stored
        return found

    def history(self, ticket_id: TicketId) -> Sequence[TicketEvent]:
        """See `UnitOfWork.history`."""
        with self._database.reading() as connection:
            saved = _streams.ticket_history(connection, self._tenancy, ticket_id)
        history = [*saved, *(event for event in self._events if event.ticket_id == ticket_id)]
        return erased_up_to(history, self._erased.get(ticket_id, 0))

    def erase(self, ticket_id: TicketId) -> Sequence[TicketEvent]:
        """See `UnitOfWork.erase`."""
        with self._database.reading() as connection:
            kept = _streams.kept_in_the_clear(connection, self._tenancy, ticket_id)
        own = (event for event in self._events if event.ticket_id == ticket_id)
        check_erasable(f"ticket {ticket_id}", kept | {event.sequence: kept_by(event) for event in own})
        history = self.history(ticket_id)
        if history:
            self._erased[ticket_id] = len(history)
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
            read = self._read.get(ticket_id)
            if read is not None and read.stored.ticket.version == expected:
                self._heads[ticket_id] = read.head
            elif expected == 0:
                self._heads[ticket_id] = None  # whether it is new is seen when it is added
            else:
                with self._database.reading() as connection:
                    head = self._store._tickets.check_version(connection, ticket_id, expected)
                self._heads[ticket_id] = head
            self._expected[ticket_id] = expected
        elif present.ticket.version != expected:
            raise ConflictError("ticket", ticket_id, expected, present.ticket.version)
        self._saved[ticket_id] = stored
        self._events.extend(events)

    def configuration_history(self, key: RecordKey) -> Sequence[ConfigurationEvent]:
        """See `UnitOfWork.configuration_history`."""
        with self._database.reading() as connection:
            recorded = _streams.configuration_history(connection, self._tenancy, key)
        return [*recorded, *(event for event in self._recorded if event.record.key == key)]

    def record(self, events: Sequence[ConfigurationEvent], *, after: int) -> None:
        """See `UnitOfWork.record`."""
        self._read_to.add(after)
        self._recorded.extend(events)
        unknown = list(dict.fromkeys(event.record.key for event in events) - self._ends.keys())
        with self._database.reading() as connection:
            self._check_configuration(connection)
            self._ends.update(_streams.ends(connection, self._tenancy, unknown))
        for event in events:
            key = event.record.key
            newest = self._sequences.get(key, self._ends[key].sequence)
            if event.sequence != newest + 1:
                raise ConflictError("record", str(key), event.sequence - 1, newest)
            self._sequences[key] = event.sequence

    def record_of(self, kind: str, record_id: str) -> Record:
        """See `UnitOfWork.record_of`."""
        key = kind, record_id
        found = self._others.get(key)
        if found is None:
            with self._database.reading() as connection:
                read = _records.record_of(connection, self._tenancy, key)
            self._others_read[key] = read
            found = read.record
        return found

    def record_history(self, kind: str, record_id: str) -> Sequence[RecordEvent]:
        """See `UnitOfWork.record_history`."""
        key = kind, record_id
        with self._database.reading() as connection:
            saved = _streams.record_history(connection, self._tenancy, key)
        return erased_up_to([*saved, *self._own_events(key)], self._erased_others.get(key, 0))

    def erase_record(self, kind: str, record_id: str) -> Sequence[RecordEvent]:
        """See `UnitOfWork.erase_record`."""
        key = kind, record_id
        with self._database.reading() as connection:
            kept = _streams.kept_in_the_clear_of_record(connection, self._tenancy, key)
        own = {event.sequence: kept_by(event) for event in self._own_events(key)}
        check_erasable(f"{kind} {record_id}", kept | own)
        history = self.record_history(kind, record_id)
        if history:
            self._erased_others[key] = len(history)
            self._loose |= files_named_in(history)
            self._silence(record_name(*key))
        return self.record_history(kind, record_id)

    def _own_events(self, key: KindAndId) -> list[RecordEvent]:
        return [event for event in self._other_events if (event.kind, event.id) == key]

    def save_record(self, record: Record, events: Sequence[RecordEvent], *, expected: int) -> None:
        """See `UnitOfWork.save_record`."""
        key = record.kind, record.id
        present = self._others.get(key)
        if present is None:
            self._other_heads[key] = self._head_of(key, expected)
            self._others_expected[key] = expected
        elif present.version != expected:
            raise ConflictError(*key, expected, present.version)
        check_step(record, events, expected=expected)
        self._others[key] = record
        self._other_events.extend(events)

    def _head_of(self, key: KindAndId, expected: int) -> str | None:
        """Return the head of a record at a version. Raises a `ConflictError` if another one is saved."""
        read = self._others_read.get(key)
        if read is not None and read.record.version == expected:
            return read.head
        if expected == 0:
            return None  # whether it is new is seen when it is added
        with self._database.reading() as connection:
            return _records.check_version(connection, self._tenancy, key, expected)

    def save_staging(self, area: StagingArea, *, expected: int) -> None:
        """See `UnitOfWork.save_staging`."""
        if self._staged is None:
            self._staged_on = expected
            with self._database.reading() as connection:
                self._store._staging.check_version(connection, expected)
        elif self._staged.version != expected:
            raise ConflictError("staging area", "as a whole", expected, self._staged.version)
        self._staged = StoredStaging(area, expected + 1)

    def next_number(self, series: str) -> int:
        """See `UnitOfWork.next_number`."""
        with self._database.writing(durable=False) as connection:
            return next_number(connection, self._tenancy, series)

    def skip_numbers(self, series: str, through: int) -> None:
        """See `UnitOfWork.skip_numbers`."""
        with self._database.writing(durable=False) as connection:
            skip_numbers(connection, self._tenancy, series, through)

    def remembered(self, key: str) -> LedgerEntry | None:
        """See `UnitOfWork.remembered`."""
        if key in self._remembered:
            return self._remembered[key]
        with self._database.reading() as connection:
            return _ledger.remembered(connection, self._tenancy, key)

    def remember(self, entry: LedgerEntry) -> None:
        """See `UnitOfWork.remember`."""
        if entry.key in self._remembered:
            raise ConflictError("ledger entry", entry.key, 0, 1)
        self._remembered[entry.key] = entry

    def attach(self, content: bytes) -> str:
        """See `UnitOfWork.attach`."""
        digest = _attachments.digest_of(content)
        self._attached[digest] = bytes(content)
        return digest

    def save_checkpoint(self, checkpoint: Checkpoint) -> None:
        """See `UnitOfWork.save_checkpoint`."""
        self._checkpoints.append(checkpoint)

    def timers(self, ticket_id: TicketId) -> Sequence[Timer]:
        """See `UnitOfWork.timers`."""
        with self._database.reading() as connection:
            kept = _timers.timers_of(connection, self._tenancy, ticket_id)
        found: dict[str, Timer | None] = {each.name: each for each in kept}
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
        with self._database.reading() as connection:
            _timers.check_claim(connection, self._tenancy, claimed)
        if claimed not in self._finished:
            self._finished.append(claimed)

    def enqueue(self, entry: OutboxEntry) -> None:
        """See `UnitOfWork.enqueue`."""
        self._enqueued.append(entry)

    def set_cursor(self, reader: str, position: int) -> None:
        """See `UnitOfWork.set_cursor`."""
        self._cursors[reader] = position

    # -- what leaving does -----------------------------------------------------------------------

    @property
    def _has_changes(self) -> bool:
        return bool(
            self._saved
            or self._erased
            or self._read_to
            or self._others
            or self._erased_others
            or self._staged
            or self._set
            or self._finished
            or self._enqueued
            or self._cursors
            or self._remembered
            or self._attached
            or self._checkpoints
        )

    @property
    def _wake(self) -> Wake:
        due = sorted({timer.due for timer in self._set.values() if timer is not None})
        return Wake(self._store.tenant, tuple(due), len(self._enqueued))

    def _linked(self) -> list[LinkedEvent[TicketEvent]]:
        """Return the events of tickets with their documents and digests, and move on the heads of chains."""
        texts, linked = self._database.texts, []
        for event in self._events:
            document, personal, digest = texts.sealed(self._heads[event.ticket_id], event)
            self._heads[event.ticket_id] = digest
            linked.append(LinkedEvent(event, document, personal, digest))
        return linked

    def _linked_records(self) -> list[LinkedEvent[RecordEvent]]:
        """Return the events of records as `_linked` does those of tickets."""
        texts, linked = self._database.texts, []
        for event in self._other_events:
            key = event.kind, event.id
            document, personal, digest = texts.sealed(self._other_heads[key], event)
            self._other_heads[key] = digest
            linked.append(LinkedEvent(event, document, personal, digest))
        return linked

    def _record_changes(self) -> dict[KindAndId, RecordChange]:
        return {
            key: _records.prepared(
                self._tenancy,
                record,
                expected=self._others_expected[key],
                head=self._other_heads[key],
            )
            for key, record in self._others.items()
        }

    def _changes(self) -> list[Change]:
        return [
            self._store._tickets.prepared(
                self._saved[each],
                expected=expected,
                head=self._heads[each],
                before=self._before(each, expected),
            )
            for each, expected in self._expected.items()
        ]

    def _before(self, ticket_id: TicketId, expected: int) -> Ticket | None:
        """Return a ticket as it is there, if it was read in this version."""
        read = self._read.get(ticket_id)
        return read.stored.ticket if read is not None and read.stored.ticket.version == expected else None

    def _write(
        self,
        connection: Connection,
        changes: Sequence[Change],
        events: Sequence[LinkedEvent[TicketEvent]],
    ) -> None:
        """Write all changes but those of records and of the configuration."""
        store, tenancy = self._store, self._tenancy
        new = [each for each in changes if not each.expected]
        known = {each.stored.ticket.id: each for each in changes if each.expected}
        store._tickets.change(connection, known)
        for claimed in self._finished:
            _timers.finish(connection, tenancy, claimed)
        to_set = sum(timer is not None for timer in self._set.values())
        counts = len(new), to_set, len(self._enqueued), len(self._checkpoints)
        drawn, positions = drawn_for_events(connection, tenancy, sum(counts), len(events))
        numbers = iter(drawn)
        tickets, fences, entries, checkpoints = ([*islice(numbers, count)] for count in counts)
        store._tickets.add(connection, new, tickets)
        _streams.add_ticket_events(connection, tenancy, events, positions)
        _streams.erase(connection, tenancy, self._erased)
        _outbox.drop(connection, tenancy, [*self._erased, *starmap(record_name, self._erased_others)])
        _ledger.remember(connection, tenancy, self._remembered.values())
        _timers.set_and_clear(connection, tenancy, self._set, fences)
        _outbox.enqueue(connection, tenancy, self._enqueued, entries)
        _outbox.silence(connection, tenancy, self._silenced)
        _attachments.attach(connection, tenancy, self._attached)
        set_cursors(connection, tenancy, self._cursors)
        save_checkpoints(connection, tenancy, self._checkpoints, checkpoints)
        if self._staged is not None:
            store._staging.save(connection, self._staged, expected=self._staged_on)

    def _record(self, connection: Connection) -> None:
        with _positions.positioning(connection, self._tenancy):
            self._check_configuration(connection)
            digests = {key: end.digest for key, end in self._ends.items()}
            _streams.add_configuration_events(connection, self._tenancy, self._recorded, digests)

    def _check_configuration(self, connection: Connection) -> None:
        end = _streams.newest_configuration(connection, self._tenancy)
        for after in self._read_to - {end}:
            raise ConflictError("configuration", "as a whole", after, end)
