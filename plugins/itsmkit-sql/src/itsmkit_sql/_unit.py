"""A unit of work on a database."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Self

from sqlalchemy import Connection

from itsmkit.cmdb.history import ConfigurationEvent, RecordKey
from itsmkit.cmdb.reconciliation import StagingArea
from itsmkit.errors import ConflictError
from itsmkit.plugin import ClaimedTimer, OutboxEntry, StoredStaging, StoredTicket, Timer
from itsmkit.tickets import TicketEvent, TicketId
from itsmkit_sql import _outbox, _streams, _timers
from itsmkit_sql._counters import next_number, set_cursors
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
        self._database = store._database
        self._saved: dict[TicketId, StoredTicket] = {}
        self._expected: dict[TicketId, int] = {}
        self._documents: list[tuple[str, StoredTicket]] = []
        self._read: dict[TicketId, int] = {}
        self._events: list[TicketEvent] = []
        self._recorded: list[ConfigurationEvent] = []
        self._sequences: dict[RecordKey, int] = {}
        self._read_to: set[int] = set()
        self._staged: StoredStaging | None = None
        self._staged_on = 0
        self._set: dict[tuple[TicketId, str], Timer | None] = {}
        self._finished: list[ClaimedTimer] = []
        self._enqueued: list[OutboxEntry] = []
        self._cursors: dict[str, int] = {}

    def __enter__(self) -> Self:
        return self

    def __exit__(self, raised: type[BaseException] | None, *_details: object) -> None:
        if raised is None and self._has_changes:
            with self._database.writing() as connection:
                self._write(connection)
                tell(self._store.companions, connection, self._wake)
            self._keep()

    # -- what a command calls --------------------------------------------------------------------

    def ticket(self, ticket_id: TicketId) -> StoredTicket:
        """See `UnitOfWork.ticket`."""
        found = self._saved.get(ticket_id)
        if found is None:
            with self._database.reading() as connection:
                found = self._store._tickets.by_id(connection, ticket_id)
            self._read[ticket_id] = found.ticket.version
        return found

    def history(self, ticket_id: TicketId) -> Sequence[TicketEvent]:
        """See `UnitOfWork.history`."""
        with self._database.reading() as connection:
            saved = _streams.ticket_history(self._database, connection, ticket_id)
        return [*saved, *(event for event in self._events if event.ticket_id == ticket_id)]

    def save(self, stored: StoredTicket, events: Sequence[TicketEvent], *, expected: int) -> None:
        """See `UnitOfWork.save`."""
        ticket_id = stored.ticket.id
        present = self._saved.get(ticket_id)
        if present is None:
            if self._read.get(ticket_id) != expected:
                with self._database.reading() as connection:
                    self._store._tickets.check_version(connection, ticket_id, expected)
            self._expected[ticket_id] = expected
        elif present.ticket.version != expected:
            raise ConflictError("ticket", ticket_id, expected, present.ticket.version)
        self._saved[ticket_id] = stored
        self._events.extend(events)

    def configuration_history(self, key: RecordKey) -> Sequence[ConfigurationEvent]:
        """See `UnitOfWork.configuration_history`."""
        with self._database.reading() as connection:
            recorded = _streams.configuration_history(self._database, connection, key)
        return [*recorded, *(event for event in self._recorded if event.record.key == key)]

    def record(self, events: Sequence[ConfigurationEvent], *, after: int) -> None:
        """See `UnitOfWork.record`."""
        self._read_to.add(after)
        self._recorded.extend(events)
        unknown = list(dict.fromkeys(event.record.key for event in events) - self._sequences.keys())
        with self._database.reading() as connection:
            self._check_configuration(connection)
            self._sequences.update(_streams.newest_sequences(connection, unknown))
        for event in events:
            key = event.record.key
            if event.sequence != self._sequences[key] + 1:
                raise ConflictError("record", str(key), event.sequence - 1, self._sequences[key])
            self._sequences[key] = event.sequence

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
            return next_number(self._database, connection, series)

    def set_timer(self, timer: Timer) -> None:
        """See `UnitOfWork.set_timer`."""
        self._set[timer.ticket_id, timer.name] = timer

    def clear_timer(self, ticket_id: TicketId, name: str) -> None:
        """See `UnitOfWork.clear_timer`."""
        self._set[ticket_id, name] = None

    def finish_timer(self, claimed: ClaimedTimer) -> None:
        """See `UnitOfWork.finish_timer`."""
        with self._database.reading() as connection:
            _timers.check_claim(connection, claimed)
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
            or self._read_to
            or self._staged
            or self._set
            or self._finished
            or self._enqueued
            or self._cursors
        )

    @property
    def _wake(self) -> Wake:
        due = sorted({timer.due for timer in self._set.values() if timer is not None})
        return Wake(self._store.tenant, tuple(due), len(self._enqueued))

    def _write(self, connection: Connection) -> None:
        """Write all changes. The lock on the marks, for which every writer waits, comes as late as it can."""
        store, database = self._store, self._database
        new = [self._saved[each] for each, expected in self._expected.items() if expected == 0]
        known = {each: (self._saved[each], expected) for each, expected in self._expected.items() if expected}
        self._documents = store._tickets.change(connection, known)
        for claimed in self._finished:
            _timers.finish(connection, claimed)
        to_set = sum(timer is not None for timer in self._set.values())
        if new or to_set or self._events or self._read_to or self._staged is not None:
            marks = _streams.advance(
                connection,
                events=len(self._events) + len(self._recorded),
                arrivals=len(new) + to_set,
                stagings=0 if self._staged is None else self._staged.version - self._staged_on,
            )
            self._check_configuration(connection)
            if self._staged is not None:
                store._staging.save(connection, self._staged, marks.staging, expected=self._staged_on)
            for place, stored in enumerate(new, marks.place + 1):
                self._documents.append(store._tickets.add(connection, stored, place))
            _streams.add_ticket_events(database, connection, self._events, marks.position)
            _streams.add_configuration_events(
                database, connection, self._recorded, marks.position + len(self._events)
            )
            first = marks.place + len(new) + 1
            places: Sequence[int] = range(first, first + to_set)
        else:
            places = ()
        _timers.set_and_clear(database, connection, self._set, places)
        _outbox.enqueue(database, connection, self._enqueued)
        set_cursors(database, connection, self._cursors)

    def _check_configuration(self, connection: Connection) -> None:
        if self._read_to:
            end = _streams.newest_configuration(connection)
            for after in self._read_to - {end}:
                raise ConflictError("configuration", "as a whole", after, end)

    def _keep(self) -> None:
        """Keep in the process what is saved by now."""
        self._store._tickets.keep(self._documents)
        if self._staged is not None:
            self._store._staging.keep(self._staged)
