"""
The in-memory adapters: the reference that every store and notifier is measured against.

Nothing survives the process. Fit for tests, simulations, replays and a first look.
"""

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterable, Sequence
from contextlib import AbstractContextManager
from datetime import datetime, timedelta
from heapq import heappop, heappush
from threading import Lock
from typing import Generic, NamedTuple, Self, TypeVar

from attrs import define, field

from itsmkit.cmdb.history import ConfigurationEvent, RecordKey
from itsmkit.cmdb.reconciliation import StagingArea
from itsmkit.errors import ConflictError, NotFoundError
from itsmkit.plugin import (
    ClaimedTimer,
    DeliveryReceipt,
    Notification,
    OutboxEntry,
    PositionedEvent,
    StoredStaging,
    StoredTicket,
    Timer,
    UnitOfWork,
    hookimpl,
)
from itsmkit.tickets import TicketEvent, TicketId

__all__ = ["InMemoryNotifier", "InMemoryStore"]

TimerKey = tuple[TicketId, str]
Event = TypeVar("Event", TicketEvent, ConfigurationEvent)


@define
class _Stream(Generic[Event]):
    """Events in the order of their commits, each with its position in it."""

    events: list[Event] = field(factory=list)
    positions: list[int] = field(factory=list)

    @property
    def end(self) -> int:
        """Return the position of the newest event; 0 if there is none."""
        return self.positions[-1] if self.positions else 0

    def extend(self, events: Iterable[Event], end: int) -> int:
        """Add *events* after the commits up to the position *end*; return where they end."""
        for event in events:
            end += 1
            self.events.append(event)
            self.positions.append(end)
        return end

    def read(self, after: int, limit: int) -> list[PositionedEvent[Event]]:
        """Return at most *limit* events that follow the position *after*."""
        start = bisect_right(self.positions, after)
        page = slice(start, start + limit)
        return list(map(PositionedEvent, self.positions[page], self.events[page]))


class _Appointment(NamedTuple):
    """An entry of the queue of timers; the place keeps the order of equal instants."""

    due: datetime
    place: int
    key: TimerKey
    fence: int


@define
class _Held:
    """A timer as it is kept."""

    timer: Timer
    fence: int


@define
class _Waiting:
    """An outbox entry as it is kept."""

    entry: OutboxEntry
    free_at: datetime


class InMemoryStore:
    """A store that keeps everything in this process. Keeps the contract of `itsmkit.plugin.Store`."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._tickets: dict[TicketId, StoredTicket] = {}
        self._numbers: dict[str, TicketId] = {}
        self._histories: defaultdict[TicketId, list[TicketEvent]] = defaultdict(list)
        self._end = 0
        self._feed: _Stream[TicketEvent] = _Stream()
        self._configuration: _Stream[ConfigurationEvent] = _Stream()
        self._records: defaultdict[RecordKey, list[ConfigurationEvent]] = defaultdict(list)
        self._staging = StoredStaging(StagingArea(), 0)
        self._series: defaultdict[str, int] = defaultdict(int)
        self._timers: dict[TimerKey, _Held] = {}
        self._queue: list[_Appointment] = []
        self._place = 0
        self._fence = 0
        self._outbox: dict[str, _Waiting] = {}
        self._known_keys: set[str] = set()
        self._parked: dict[str, OutboxEntry] = {}
        self._cursors: dict[str, int] = {}

    # -- reading ---------------------------------------------------------------------------------

    def events(self, *, after: int, limit: int) -> Sequence[PositionedEvent[TicketEvent]]:
        """See `Store.events`."""
        with self._lock:
            return self._feed.read(after, limit)

    def configuration_events(
        self, *, after: int, limit: int
    ) -> Sequence[PositionedEvent[ConfigurationEvent]]:
        """See `Store.configuration_events`."""
        with self._lock:
            return self._configuration.read(after, limit)

    def staging(self) -> StoredStaging:
        """See `Store.staging`."""
        with self._lock:
            return self._staging

    def cursor(self, reader: str) -> int:
        """See `Store.cursor`."""
        with self._lock:
            return self._cursors.get(reader, 0)

    def find_ticket(self, number: str) -> StoredTicket:
        """See `Store.find_ticket`."""
        with self._lock:
            if number not in self._numbers:
                raise NotFoundError("ticket", number)
            return self._tickets[self._numbers[number]]

    def tickets(self) -> Sequence[StoredTicket]:
        """See `Store.tickets`."""
        with self._lock:
            return list(self._tickets.values())

    def parked(self) -> Sequence[OutboxEntry]:
        """See `Store.parked`."""
        with self._lock:
            return list(self._parked.values())

    def close(self) -> None:
        """See `Store.close`. There is nothing to let go of."""

    # -- writing ---------------------------------------------------------------------------------

    def begin(self) -> AbstractContextManager[UnitOfWork]:
        """See `Store.begin`."""
        return _MemoryUnit(self)

    # -- timers ----------------------------------------------------------------------------------

    def next_due(self) -> datetime | None:
        """See `Store.next_due`."""
        with self._lock:
            first = self._first()
            return None if first is None else first.due

    def claim_due(self, now: datetime, *, lease: timedelta, limit: int) -> Sequence[ClaimedTimer]:
        """See `Store.claim_due`."""
        claimed: list[ClaimedTimer] = []
        with self._lock:
            while len(claimed) < limit:
                first = self._first()
                if first is None or first.due > now:
                    break
                heappop(self._queue)
                held = self._timers[first.key]
                self._fence += 1
                held.fence = self._fence
                claimed.append(ClaimedTimer(held.timer, held.fence))
                # It comes back by itself when the lease ends; a finished or replaced timer does not.
                self._push(now + lease, first.key, held.fence)
        return claimed

    def _first(self) -> _Appointment | None:
        while self._queue:
            first = self._queue[0]
            held = self._timers.get(first.key)
            if held is not None and held.fence == first.fence:
                return first
            heappop(self._queue)
        return None

    def _push(self, due: datetime, key: TimerKey, fence: int) -> None:
        self._place += 1
        heappush(self._queue, _Appointment(due, self._place, key, fence))

    # -- outbox ----------------------------------------------------------------------------------

    def claim_outbox(self, now: datetime, *, lease: timedelta, limit: int) -> Sequence[OutboxEntry]:
        """See `Store.claim_outbox`."""
        found: list[OutboxEntry] = []
        with self._lock:
            for waiting in self._outbox.values():
                if len(found) == limit:
                    break
                if waiting.free_at <= now:
                    waiting.free_at = now + lease
                    found.append(waiting.entry)
        return found

    def settle(self, key: str, outcome: OutboxEntry | None) -> None:
        """See `Store.settle`."""
        with self._lock:
            if key not in self._outbox:
                return  # another worker, to whom it went when the lease had ended, was done with it first
            if outcome is not None and outcome.parked is None:
                self._outbox[key] = _Waiting(outcome, outcome.not_before)
                return
            del self._outbox[key]
            if outcome is not None:
                self._parked[key] = outcome


class _MemoryUnit:
    """
    A unit of work that keeps its changes to itself until it is left.

    Then all that could stand against them is checked before any is made, with the store's lock held. Reads
    see what is committed at the time, and the unit's own changes.
    """

    def __init__(self, store: InMemoryStore) -> None:
        self._store = store
        self._saved: dict[TicketId, StoredTicket] = {}
        self._expected: dict[TicketId, int] = {}
        self._numbers: dict[str, TicketId] = {}
        self._events: list[TicketEvent] = []
        self._recorded: list[ConfigurationEvent] = []
        self._read_to: set[int] = set()
        self._staged: StoredStaging | None = None
        self._staged_on = 0
        self._set: dict[TimerKey, Timer | None] = {}
        self._finished: list[ClaimedTimer] = []
        self._enqueued: list[OutboxEntry] = []
        self._cursors: dict[str, int] = {}

    def __enter__(self) -> Self:
        return self

    def __exit__(self, raised: type[BaseException] | None, *_details: object) -> None:
        if raised is None:
            with self._store._lock:
                self._check()
                self._apply()

    # -- what a command calls --------------------------------------------------------------------

    def ticket(self, ticket_id: TicketId) -> StoredTicket:
        """See `UnitOfWork.ticket`."""
        found = self._saved.get(ticket_id)
        if found is None:
            with self._store._lock:
                found = self._store._tickets.get(ticket_id)
        if found is None:
            raise NotFoundError("ticket", ticket_id)
        return found

    def history(self, ticket_id: TicketId) -> Sequence[TicketEvent]:
        """See `UnitOfWork.history`."""
        with self._store._lock:
            saved = self._store._histories.get(ticket_id, [])
            return [*saved, *(event for event in self._events if event.ticket_id == ticket_id)]

    def save(self, stored: StoredTicket, events: Sequence[TicketEvent], *, expected: int) -> None:
        """See `UnitOfWork.save`."""
        ticket_id = stored.ticket.id
        present = self._saved.get(ticket_id)
        if present is None:
            with self._store._lock:
                self._check_version(ticket_id, expected)
            self._expected[ticket_id] = expected
        elif present.ticket.version != expected:
            raise ConflictError("ticket", ticket_id, expected, present.ticket.version)
        self._saved[ticket_id] = stored
        self._numbers[stored.ticket.number] = ticket_id
        self._events.extend(events)

    def configuration_history(self, key: RecordKey) -> Sequence[ConfigurationEvent]:
        """See `UnitOfWork.configuration_history`."""
        with self._store._lock:
            recorded = self._store._records.get(key, [])
            return [*recorded, *(event for event in self._recorded if event.record.key == key)]

    def record(self, events: Sequence[ConfigurationEvent], *, after: int) -> None:
        """See `UnitOfWork.record`."""
        self._read_to.add(after)
        self._recorded.extend(events)
        with self._store._lock:
            self._check_configuration()

    def save_staging(self, area: StagingArea, *, expected: int) -> None:
        """See `UnitOfWork.save_staging`."""
        if self._staged is None:
            self._staged_on = expected
            with self._store._lock:
                self._check_staging()
        elif self._staged.version != expected:
            raise ConflictError("staging area", "as a whole", expected, self._staged.version)
        self._staged = StoredStaging(area, expected + 1)

    def next_number(self, series: str) -> int:
        """See `UnitOfWork.next_number`."""
        with self._store._lock:
            self._store._series[series] += 1
            return self._store._series[series]

    def set_timer(self, timer: Timer) -> None:
        """See `UnitOfWork.set_timer`."""
        self._set[timer.ticket_id, timer.name] = timer

    def clear_timer(self, ticket_id: TicketId, name: str) -> None:
        """See `UnitOfWork.clear_timer`."""
        self._set[ticket_id, name] = None

    def finish_timer(self, claimed: ClaimedTimer) -> None:
        """See `UnitOfWork.finish_timer`."""
        with self._store._lock:
            self._check_claim(claimed)
        self._finished.append(claimed)

    def enqueue(self, entry: OutboxEntry) -> None:
        """See `UnitOfWork.enqueue`."""
        self._enqueued.append(entry)

    def set_cursor(self, reader: str, position: int) -> None:
        """See `UnitOfWork.set_cursor`."""
        self._cursors[reader] = position

    # -- what leaving does, holding the store's lock ---------------------------------------------

    def _check(self) -> None:
        for ticket_id, expected in self._expected.items():
            self._check_version(ticket_id, expected)
            present = self._store._tickets.get(ticket_id)
            if present is None or present.ticket.number != self._saved[ticket_id].ticket.number:
                self._check_number(ticket_id)
        self._check_configuration()
        if self._staged is not None:
            self._check_staging()
        for claimed in self._finished:
            self._check_claim(claimed)

    def _check_configuration(self) -> None:
        end = self._store._configuration.end
        for after in self._read_to - {end}:
            raise ConflictError("configuration", "as a whole", after, end)
        newest: dict[RecordKey, int] = {}
        for event in self._recorded:
            key = event.record.key
            found = newest.get(key, len(self._store._records.get(key, ())))
            if event.sequence != found + 1:
                raise ConflictError("record", str(key), event.sequence - 1, found)
            newest[key] = event.sequence

    def _check_staging(self) -> None:
        found = self._store._staging.version
        if found != self._staged_on:
            raise ConflictError("staging area", "as a whole", self._staged_on, found)

    def _check_version(self, ticket_id: TicketId, expected: int) -> None:
        present = self._store._tickets.get(ticket_id)
        found = None if present is None else present.ticket.version
        if (found or 0) != expected:
            raise ConflictError("ticket", ticket_id, expected, found)

    def _check_number(self, ticket_id: TicketId) -> None:
        number = self._saved[ticket_id].ticket.number
        holder = self._store._numbers.get(number, self._numbers[number])
        if holder != ticket_id:
            found = self._saved.get(holder) or self._store._tickets[holder]
            raise ConflictError("ticket number", number, 0, found.ticket.version)

    def _check_claim(self, claimed: ClaimedTimer) -> None:
        timer = claimed.timer
        held = self._store._timers.get((timer.ticket_id, timer.name))
        if held is None or held.fence != claimed.fence:
            found = None if held is None else held.fence
            raise ConflictError("timer", f"{timer.ticket_id}/{timer.name}", claimed.fence, found)

    def _apply(self) -> None:
        store = self._store
        store._tickets.update(self._saved)
        store._numbers.update(self._numbers)
        for event in self._events:
            store._histories[event.ticket_id].append(event)
        store._end = store._feed.extend(self._events, store._end)
        for said in self._recorded:
            store._records[said.record.key].append(said)
        store._end = store._configuration.extend(self._recorded, store._end)
        if self._staged is not None:
            store._staging = self._staged
        for claimed in self._finished:
            store._timers.pop((claimed.timer.ticket_id, claimed.timer.name), None)
        for key, timer in self._set.items():
            if timer is None:
                store._timers.pop(key, None)
            else:
                store._fence += 1
                store._timers[key] = _Held(timer, store._fence)
                store._push(timer.due, key, store._fence)
        for entry in self._enqueued:
            key_ = entry.notification.key
            if key_ not in store._known_keys:
                store._known_keys.add(key_)
                store._outbox[key_] = _Waiting(entry, entry.not_before)
        store._cursors.update(self._cursors)


class InMemoryNotifier:
    """
    A notifier that keeps what it delivers: the fake that is real.

    As a plugin it takes every notification.
    """

    def __init__(self) -> None:
        self._delivered: dict[str, Notification] = {}

    @property
    def delivered(self) -> list[Notification]:
        """Return what was delivered so far, in that order."""
        return list(self._delivered.values())

    @hookimpl
    def itsmkit_deliver(self, notification: Notification) -> DeliveryReceipt:
        """Keep the notification; one that comes again is kept once."""
        self._delivered.setdefault(notification.key, notification)
        return DeliveryReceipt(notification.key, "memory")
