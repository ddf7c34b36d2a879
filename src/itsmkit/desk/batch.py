"""
Many commands in one transaction: for imports and migrations.

A batch is a store on top of another. What it does not hold itself is read from the store below when it is
asked for; what is saved in it is kept back, and written at its end in one unit of work, or not at all. It
asks of the store below only what `itsmkit.plugin.Store` promises.
"""

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from datetime import datetime, timedelta
from hashlib import sha256
from typing import NoReturn, Self, TypeVar

from itsmkit.cmdb.history import ConfigurationEvent, RecordKey
from itsmkit.cmdb.reconciliation import StagingArea
from itsmkit.conditions import ALWAYS, Condition, compile_condition
from itsmkit.desk.memory import InMemoryStore
from itsmkit.errors import ConflictError, NotFoundError, RefusedError
from itsmkit.plugin import (
    Checkpoint,
    ClaimedTimer,
    Heads,
    LedgerEntry,
    OutboxEntry,
    PositionedEvent,
    Record,
    RecordEvent,
    Store,
    StoredStaging,
    StoredTicket,
    StoreRow,
    TicketPage,
    TicketQuery,
    Timer,
    UnitOfWork,
    documents,
)
from itsmkit.plugin.paging import page_of
from itsmkit.plugin.records import check_step
from itsmkit.tickets import TicketEvent, TicketId

__all__ = ["BatchStore", "batch_on"]

_PROVISIONAL = 1 << 62
"""
Behind this, the events of a batch have their positions until it ends: what others commit meanwhile stands
before them.
"""

Call = Callable[[UnitOfWork], object]
Event = TypeVar("Event", TicketEvent, ConfigurationEvent, RecordEvent)
KindAndId = tuple[str, str]


@contextmanager
def batch_on(store: Store) -> Iterator["BatchStore"]:
    """
    Open a batch on *store* for the length of a ``with`` block; its end writes everything or nothing.

    Raises:
        RefusedError: If *store* is a batch itself, or takes part in the transaction of its host.
        ConflictError: At the end, if others have saved meanwhile what the batch has changed.
    """
    if isinstance(store, BatchStore):
        refusal = "this desk is a batch already: go on with it, or end it before another begins"
        raise RefusedError(refusal)
    if store.is_joined:
        refusal = "this desk takes part in the transaction of its host, which is one batch already"
        raise RefusedError(refusal)
    batch = BatchStore(store)
    try:
        yield batch
        with store.begin() as unit:
            batch._write(unit)
    finally:
        batch._is_ended = True


class BatchStore:
    """
    A store that keeps back what is saved in it. Made by `batch_on`; it belongs to one thread.

    Args:
        base: The store below.
    """

    is_joined = False

    def __init__(self, base: Store) -> None:
        self.tenant = base.tenant
        self._base = base
        self._is_ended = False
        self._tickets: dict[TicketId, StoredTicket] = {}
        self._new: dict[TicketId, None] = {}
        self._numbers: dict[str, TicketId] = {}
        self._count = 0
        self._feed: list[PositionedEvent[TicketEvent]] = []
        self._histories: defaultdict[TicketId, list[TicketEvent]] = defaultdict(list)
        self._erased: dict[TicketId, int] = {}  # up to which event
        self._recorded: list[PositionedEvent[ConfigurationEvent]] = []
        self._records: defaultdict[RecordKey, list[ConfigurationEvent]] = defaultdict(list)
        self._newest: dict[RecordKey, int] = {}
        self._read_to: int | None = None
        self._others: dict[KindAndId, Record] = {}
        self._other_feed: list[PositionedEvent[RecordEvent]] = []
        self._other_histories: defaultdict[KindAndId, list[RecordEvent]] = defaultdict(list)
        self._erased_others: dict[KindAndId, int] = {}
        self._stagings: list[tuple[StagingArea, int]] = []
        self._skipped: dict[str, int] = {}
        self._remembered: dict[str, LedgerEntry] = {}
        self._attached: dict[str, bytes] = {}
        self._checkpoints: list[Checkpoint] = []
        self._cursors: dict[str, int] = {}
        # Only the timers that are set here are claimed here; what becomes of those below, they are told.
        self._clock = InMemoryStore()
        self._timers: dict[tuple[TicketId, str], Timer | None] = {}
        # What is asked of the store below in the end, in the order in which it was asked here.
        self._calls: list[Call] = []

    @property
    def _below(self) -> Store:
        """Return the store below. Raises `RefusedError` if the batch has ended."""
        if self._is_ended:
            refusal = "the batch has ended; go on with the desk that it was made of"
            raise RefusedError(refusal)
        return self._base

    def of_tenant(self, tenant: str) -> NoReturn:
        """Refuse: a batch is that of one tenant."""
        _refuse(f"turn to the tenant {tenant!r}", "open a batch of the desk of that tenant")

    def tenants(self) -> Sequence[str]:
        """See `Store.tenants`."""
        return self._below.tenants()

    def begin(self) -> AbstractContextManager[UnitOfWork]:
        """See `Store.begin`."""
        return _BatchUnit(self)

    # -- what is kept ----------------------------------------------------------------------------

    def events(self, *, after: int, limit: int) -> Sequence[PositionedEvent[TicketEvent]]:
        """See `Store.events`. The positions of what the batch has saved are provisional."""
        below = self._below
        page = [] if after >= _PROVISIONAL else below.events(after=after, limit=limit)
        whole = [*page, *_page(self._feed, after, limit - len(page))]
        return (
            [each._replace(event=self._as_it_reads(each.event)) for each in whole] if self._erased else whole
        )

    def _as_it_reads(self, event: TicketEvent) -> TicketEvent:
        return documents.erased(event) if event.sequence <= self._erased.get(event.ticket_id, 0) else event

    def configuration_events(
        self, *, after: int, limit: int
    ) -> Sequence[PositionedEvent[ConfigurationEvent]]:
        """See `Store.configuration_events`. The positions of what the batch has saved are provisional."""
        below = self._below
        page = [] if after >= _PROVISIONAL else below.configuration_events(after=after, limit=limit)
        return [*page, *_page(self._recorded, after, limit - len(page))]

    def record_events(self, *, after: int, limit: int) -> Sequence[PositionedEvent[RecordEvent]]:
        """See `Store.record_events`. The positions of what the batch has saved are provisional."""
        below = self._below
        page = [] if after >= _PROVISIONAL else below.record_events(after=after, limit=limit)
        whole = [*page, *_page(self._other_feed, after, limit - len(page))]
        if not self._erased_others:
            return whole
        return [each._replace(event=self._as_other_reads(each.event)) for each in whole]

    def _as_other_reads(self, event: RecordEvent) -> RecordEvent:
        end = self._erased_others.get((event.kind, event.id), 0)
        return documents.erased(event) if event.sequence <= end else event

    def records(
        self, kind: str, *, where: Condition = ALWAYS, after: str = "", limit: int
    ) -> Sequence[Record]:
        """See `Store.records`."""
        below, known = self._below, self._others
        own = sorted(each_id for each_kind, each_id in known if each_kind == kind and each_id > after)
        holds = compile_condition(where)
        found: list[Record] = []
        while len(found) < limit:
            # Of what is below, no more is read than the page may need; what the batch has of the same ids
            # takes its place, and what it has of further ones stands in between.
            page = below.records(kind, where=where, after=after, limit=limit)
            end = page[-1].id if len(page) == limit else None
            ours = [each for each in own if after < each and (end is None or each <= end)]
            merged = {each.id: each for each in page} | {each: known[kind, each] for each in ours}
            there = (merged[each] for each in sorted(merged))
            found += (each for each in there if not each.is_deleted and holds(each.facts))
            if end is None:
                break
            after = end
        return found[:limit]

    def staging(self) -> StoredStaging:
        """See `Store.staging`."""
        below = self._below
        if not self._stagings:
            return below.staging()
        area, expected = self._stagings[-1]
        return StoredStaging(area, expected + 1)

    def cursor(self, reader: str) -> int:
        """See `Store.cursor`."""
        below = self._below
        return self._cursors[reader] if reader in self._cursors else below.cursor(reader)

    def find_ticket(self, number: str) -> StoredTicket:
        """See `Store.find_ticket`."""
        below = self._below
        ticket_id = self._numbers.get(number)
        if ticket_id is not None:
            return self._tickets[ticket_id]
        found = below.find_ticket(number)
        if found.ticket.id in self._tickets:
            raise NotFoundError("ticket", number)  # the batch has given it another number
        return found

    def find(self, query: TicketQuery) -> TicketPage:
        """See `Store.find`. It goes through all tickets, those of the store below, too."""
        return page_of(query, self.tickets())

    def count(self, where: Condition) -> int:
        """See `Store.count`. It goes through all tickets, those of the store below, too."""
        holds = compile_condition(where)
        return sum(holds(stored.ticket.facts()) for stored in self.tickets())

    def tickets(self) -> Sequence[StoredTicket]:
        """See `Store.tickets`."""
        known = self._tickets
        old = [known.get(stored.ticket.id, stored) for stored in self._below.tickets()]
        return [*old, *(known[each] for each in self._new)]

    def attachment(self, digest: str) -> bytes:
        """See `Store.attachment`."""
        below = self._below
        content = self._attached.get(digest)
        return below.attachment(digest) if content is None else content

    # -- work that waits -------------------------------------------------------------------------

    def now(self) -> datetime | None:
        """See `Store.now`."""
        return self._below.now()

    def next_due(self) -> datetime | None:
        """See `Store.next_due`: of the timers that the batch has set. The others are left to workers."""
        _ = self._below
        return self._clock.next_due()

    def claim_due(self, now: datetime, *, lease: timedelta, limit: int) -> Sequence[ClaimedTimer]:
        """See `Store.claim_due`: of the timers that the batch has set. The others are left to workers."""
        _ = self._below
        return self._clock.claim_due(now, lease=lease, limit=limit)

    def release(self, claimed: Sequence[ClaimedTimer]) -> None:
        """See `Store.release`."""
        _ = self._below
        self._clock.release(claimed)

    def fail(self, claimed: ClaimedTimer, parked: str | None) -> None:
        """See `Store.fail`."""
        _ = self._below
        self._clock.fail(claimed, parked)

    def parked_timers(self) -> Sequence[Timer]:
        """See `Store.parked_timers`: of the timers that the batch has set."""
        _ = self._below
        return self._clock.parked_timers()

    def deadlines(self, limit: int) -> NoReturn:  # noqa: ARG002
        """Refuse: what the batch has set is not among the others yet."""
        _refuse("list deadlines", "ask before or after the batch")

    def claim_outbox(self, now: datetime, *, lease: timedelta, limit: int) -> NoReturn:  # noqa: ARG002
        """Refuse: what is delivered cannot be undone."""
        _refuse_delivery()

    def settle(self, key: str, outcome: OutboxEntry | None) -> NoReturn:  # noqa: ARG002
        """Refuse: nothing is on its way."""
        _refuse_delivery()

    def parked(self) -> Sequence[OutboxEntry]:
        """See `Store.parked`."""
        return self._below.parked()

    def wait(self, timeout: timedelta) -> None:
        """See `Store.wait`."""
        self._below.wait(timeout)

    # -- upkeep ----------------------------------------------------------------------------------

    def forget(self, before: datetime) -> NoReturn:  # noqa: ARG002
        """Refuse: what is dropped would not come back if the batch failed."""
        _refuse("drop entries of the ledger", "do it before or after the batch")

    def heads(self) -> Heads:
        """Refuse: the batch is added to the chains when it ends."""
        _refuse("tell the heads of the chains", "ask before or after the batch")

    def checkpoints(self) -> Sequence[Checkpoint]:
        """See `Store.checkpoints`."""
        return [*self._below.checkpoints(), *self._checkpoints]

    def dump(self) -> Iterator[StoreRow]:
        """Refuse: the batch has no positions yet."""
        _refuse("dump what is kept", "do it before or after the batch")

    def load(self, rows: Iterable[StoreRow]) -> NoReturn:  # noqa: ARG002
        """Refuse: that is a transaction of its own."""
        _refuse("load a dump", "do it before the batch, into an empty store")

    def close(self) -> NoReturn:
        """Refuse: a batch ends with its block."""
        _refuse("close the store", "leave the `with` block, and close the desk that the batch was made of")

    # -- the end ---------------------------------------------------------------------------------

    def _placed(self, event: Event) -> PositionedEvent[Event]:
        self._count += 1
        return PositionedEvent(_PROVISIONAL + self._count, event)

    def _write(self, unit: UnitOfWork) -> None:
        """Write all that was kept back."""
        for call in self._calls:
            call(unit)
        for (ticket_id, name), timer in self._timers.items():
            if timer is None:
                unit.clear_timer(ticket_id, name)
            else:
                unit.set_timer(timer)


class _BatchUnit:
    """
    A unit of work in a batch: it keeps its changes to itself until it is left, and gives them to the batch.

    What others save meanwhile in the store below is met when the batch ends. What the batch has saved itself
    is met here.
    """

    def __init__(self, batch: BatchStore) -> None:
        self._batch = batch
        self._tickets: dict[TicketId, StoredTicket] = {}
        self._expected: dict[TicketId, int] = {}
        self._events: list[TicketEvent] = []
        self._erased: dict[TicketId, int] = {}  # up to which event
        self._recorded: list[ConfigurationEvent] = []
        self._newest: dict[RecordKey, int] = {}
        self._read_to: set[int] = set()
        self._others: dict[KindAndId, Record] = {}
        self._others_expected: dict[KindAndId, int] = {}
        self._other_events: list[RecordEvent] = []
        self._erased_others: dict[KindAndId, int] = {}
        self._stagings: list[tuple[StagingArea, int]] = []
        self._skipped: dict[str, int] = {}
        self._remembered: dict[str, LedgerEntry] = {}
        self._attached: dict[str, bytes] = {}
        self._checkpoints: list[Checkpoint] = []
        self._cursors: dict[str, int] = {}
        self._timers: dict[tuple[TicketId, str], Timer | None] = {}
        self._timekeeping = batch._clock.begin()
        self._calls: list[Call] = []

    def __enter__(self) -> Self:
        _ = self._batch._below
        self._clock = self._timekeeping.__enter__()
        return self

    def __exit__(self, raised: type[BaseException] | None, *details: object) -> None:
        if raised is None:
            self._check()
        self._timekeeping.__exit__(raised, *details)  # type: ignore[arg-type]  # it checks what is claimed before it changes anything
        if raised is None:
            self._apply()

    # -- what a command calls --------------------------------------------------------------------

    def ticket(self, ticket_id: TicketId) -> StoredTicket:
        """See `UnitOfWork.ticket`."""
        found = self._tickets.get(ticket_id) or self._batch._tickets.get(ticket_id)
        if found is None:
            with self._batch._below.begin() as unit:
                return unit.ticket(ticket_id)
        return found

    def history(self, ticket_id: TicketId) -> Sequence[TicketEvent]:
        """See `UnitOfWork.history`."""
        batch = self._batch
        saved: Sequence[TicketEvent] = ()
        if ticket_id not in batch._new:
            with batch._below.begin() as unit:
                saved = unit.history(ticket_id)
        own = (event for event in self._events if event.ticket_id == ticket_id)
        history = [*saved, *batch._histories.get(ticket_id, ()), *own]
        end = max(self._erased.get(ticket_id, 0), batch._erased.get(ticket_id, 0))
        return documents.erased_up_to(history, end)

    def erase(self, ticket_id: TicketId) -> Sequence[TicketEvent]:
        """See `UnitOfWork.erase`."""
        history = self.history(ticket_id)
        _check_erasable(f"ticket {ticket_id}", history)
        if history:
            self._erased[ticket_id] = len(history)
            self._calls.append(lambda unit: unit.erase(ticket_id))
        return self.history(ticket_id)

    def save(self, stored: StoredTicket, events: Sequence[TicketEvent], *, expected: int) -> None:
        """See `UnitOfWork.save`."""
        ticket_id = stored.ticket.id
        present = self._tickets.get(ticket_id) or self._batch._tickets.get(ticket_id)
        if present is not None and present.ticket.version != expected:
            raise ConflictError("ticket", ticket_id, expected, present.ticket.version)
        self._expected.setdefault(ticket_id, expected)
        self._tickets[ticket_id] = stored
        self._events.extend(events)
        self._calls.append(lambda unit: unit.save(stored, events, expected=expected))

    def configuration_history(self, key: RecordKey) -> Sequence[ConfigurationEvent]:
        """See `UnitOfWork.configuration_history`."""
        batch = self._batch
        with batch._below.begin() as unit:
            saved = unit.configuration_history(key)
        own = (event for event in self._recorded if event.record.key == key)
        return [*saved, *batch._records.get(key, ()), *own]

    def record(self, events: Sequence[ConfigurationEvent], *, after: int) -> None:
        """See `UnitOfWork.record`."""
        self._read_to.add(after)
        self._check_configuration()
        for event in events:
            key = event.record.key
            before = self._newest.get(key) or self._batch._newest.get(key)
            if before is not None and event.sequence != before + 1:
                raise ConflictError("record", str(key), event.sequence - 1, before)
            self._newest[key] = event.sequence
        self._recorded.extend(events)
        batch = self._batch
        # Of the store below, all has been read when the batch said the first thing.
        self._calls.append(lambda unit: unit.record(events, after=batch._read_to or 0))

    def record_of(self, kind: str, record_id: str) -> Record:
        """See `UnitOfWork.record_of`."""
        key = kind, record_id
        found = self._others.get(key) or self._batch._others.get(key)
        if found is None:
            with self._batch._below.begin() as unit:
                return unit.record_of(kind, record_id)
        return found

    def record_history(self, kind: str, record_id: str) -> Sequence[RecordEvent]:
        """See `UnitOfWork.record_history`."""
        batch, key = self._batch, (kind, record_id)
        with batch._below.begin() as unit:
            saved = unit.record_history(kind, record_id)
        own = (event for event in self._other_events if (event.kind, event.id) == key)
        history = [*saved, *batch._other_histories.get(key, ()), *own]
        end = max(self._erased_others.get(key, 0), batch._erased_others.get(key, 0))
        return documents.erased_up_to(history, end)

    def erase_record(self, kind: str, record_id: str) -> Sequence[RecordEvent]:
        """See `UnitOfWork.erase_record`."""
        history = self.record_history(kind, record_id)
        _check_erasable(f"{kind} {record_id}", history)
        if history:
            self._erased_others[kind, record_id] = len(history)
            self._calls.append(lambda unit: unit.erase_record(kind, record_id))
        return self.record_history(kind, record_id)

    def save_record(self, record: Record, events: Sequence[RecordEvent], *, expected: int) -> None:
        """See `UnitOfWork.save_record`."""
        key = record.kind, record.id
        present = self._others.get(key) or self._batch._others.get(key)
        if present is not None and present.version != expected:
            raise ConflictError(*key, expected, present.version)
        check_step(record, events, expected=expected)
        self._others_expected.setdefault(key, expected)
        self._others[key] = record
        self._other_events.extend(events)
        self._calls.append(lambda unit: unit.save_record(record, events, expected=expected))

    def save_staging(self, area: StagingArea, *, expected: int) -> None:
        """See `UnitOfWork.save_staging`."""
        stagings = self._stagings or self._batch._stagings
        if stagings and stagings[-1][1] + 1 != expected:
            raise ConflictError("staging area", "as a whole", expected, stagings[-1][1] + 1)
        self._stagings.append((area, expected))
        self._calls.append(lambda unit: unit.save_staging(area, expected=expected))

    def next_number(self, series: str) -> int:
        """See `UnitOfWork.next_number`: drawn from the store below at once."""
        taken = max(self._skipped.get(series, 0), self._batch._skipped.get(series, 0))
        with self._batch._below.begin() as unit:
            if taken:
                unit.skip_numbers(series, taken)
            return unit.next_number(series)

    def skip_numbers(self, series: str, through: int) -> None:
        """See `UnitOfWork.skip_numbers`."""
        self._skipped[series] = max(through, self._skipped.get(series, 0))
        self._calls.append(lambda unit: unit.skip_numbers(series, through))

    def remembered(self, key: str) -> LedgerEntry | None:
        """See `UnitOfWork.remembered`."""
        found = self._remembered.get(key) or self._batch._remembered.get(key)
        if found is None:
            with self._batch._below.begin() as unit:
                return unit.remembered(key)
        return found

    def remember(self, entry: LedgerEntry) -> None:
        """See `UnitOfWork.remember`."""
        if entry.key in self._remembered or entry.key in self._batch._remembered:
            raise ConflictError("idempotency key", entry.key, 0, 1)
        self._remembered[entry.key] = entry
        self._calls.append(lambda unit: unit.remember(entry))

    def attach(self, content: bytes) -> str:
        """See `UnitOfWork.attach`."""
        digest = sha256(content).hexdigest()
        self._attached[digest] = content
        self._calls.append(lambda unit: unit.attach(content))
        return digest

    def save_checkpoint(self, checkpoint: Checkpoint) -> None:
        """See `UnitOfWork.save_checkpoint`."""
        self._checkpoints.append(checkpoint)
        self._calls.append(lambda unit: unit.save_checkpoint(checkpoint))

    def timers(self, ticket_id: TicketId) -> Sequence[Timer]:
        """See `UnitOfWork.timers`."""
        with self._batch._below.begin() as unit:
            found: dict[str, Timer | None] = {each.name: each for each in unit.timers(ticket_id)}
        for changes in (self._batch._timers, self._timers):
            found |= {name: timer for (of, name), timer in changes.items() if of == ticket_id}
        return [timer for _, timer in sorted(found.items()) if timer is not None]

    def set_timer(self, timer: Timer) -> None:
        """See `UnitOfWork.set_timer`."""
        self._clock.set_timer(timer)
        self._timers[timer.ticket_id, timer.name] = timer

    def clear_timer(self, ticket_id: TicketId, name: str) -> None:
        """See `UnitOfWork.clear_timer`."""
        self._clock.clear_timer(ticket_id, name)
        self._timers[ticket_id, name] = None

    def finish_timer(self, claimed: ClaimedTimer) -> None:
        """See `UnitOfWork.finish_timer`."""
        self._clock.finish_timer(claimed)
        self._timers.setdefault((claimed.timer.ticket_id, claimed.timer.name), None)

    def enqueue(self, entry: OutboxEntry) -> None:
        """See `UnitOfWork.enqueue`."""
        self._calls.append(lambda unit: unit.enqueue(entry))

    def set_cursor(self, reader: str, position: int) -> None:
        """See `UnitOfWork.set_cursor`."""
        if position > _PROVISIONAL:
            _refuse(f"note how far {reader} has read", "positions are provisional; read on after the batch")
        self._cursors[reader] = position
        self._calls.append(lambda unit: unit.set_cursor(reader, position))

    # -- what leaving does -----------------------------------------------------------------------

    def _check(self) -> None:
        """See that what the batch has saved since the unit began does not stand against it."""
        batch = self._batch
        for ticket_id, expected in self._expected.items():
            present = batch._tickets.get(ticket_id)
            if present is not None and present.ticket.version != expected:
                raise ConflictError("ticket", ticket_id, expected, present.ticket.version)
        for key, expected in self._others_expected.items():
            saved = batch._others.get(key)
            if saved is not None and saved.version != expected:
                raise ConflictError(*key, expected, saved.version)
        numbers: dict[str, TicketId] = {}
        for ticket_id, stored in self._tickets.items():
            number = stored.ticket.number
            holder = numbers.setdefault(number, batch._numbers.get(number, ticket_id))
            if holder != ticket_id:
                found = self._tickets.get(holder) or batch._tickets[holder]
                raise ConflictError("ticket number", number, 0, found.ticket.version)
        self._check_configuration()
        self._check_staging()
        for entry_key in self._remembered.keys() & batch._remembered.keys():
            raise ConflictError("idempotency key", entry_key, 0, 1)

    def _apply(self) -> None:
        batch = self._batch
        for ticket_id, expected in self._expected.items():
            if expected == 0 and ticket_id not in batch._tickets:
                batch._new[ticket_id] = None
        for ticket_id, stored in self._tickets.items():
            before = batch._tickets.get(ticket_id)
            if before is not None and before.ticket.number != stored.ticket.number:
                del batch._numbers[before.ticket.number]
            batch._tickets[ticket_id] = stored
            batch._numbers[stored.ticket.number] = ticket_id
        for event in self._events:
            batch._feed.append(batch._placed(event))
            batch._histories[event.ticket_id].append(event)
        batch._erased |= self._erased
        if self._read_to and batch._read_to is None:
            (batch._read_to,) = self._read_to
        for said in self._recorded:
            batch._recorded.append(batch._placed(said))
            batch._records[said.record.key].append(said)
        batch._newest |= self._newest
        self._apply_records()
        batch._stagings += self._stagings
        for series, through in self._skipped.items():
            batch._skipped[series] = max(through, batch._skipped.get(series, 0))
        batch._remembered |= self._remembered
        batch._attached |= self._attached
        batch._checkpoints += self._checkpoints
        batch._cursors |= self._cursors
        for key, timer in self._timers.items():
            batch._timers.pop(
                key, None
            )  # of two that are due at once, the one that was set first comes first
            batch._timers[key] = timer
        batch._calls += self._calls

    def _apply_records(self) -> None:
        batch = self._batch
        batch._others |= self._others
        batch._erased_others |= self._erased_others
        for event in self._other_events:
            batch._other_feed.append(batch._placed(event))
            batch._other_histories[event.kind, event.id].append(event)

    def _check_configuration(self) -> None:
        if not self._read_to:
            return
        batch = self._batch
        if batch._recorded:
            end = batch._recorded[-1].position
        else:
            # Whether it is the end of the store below, that will tell.
            end = next(iter(self._read_to)) if batch._read_to is None else batch._read_to
        for after in self._read_to - {end}:
            raise ConflictError("configuration", "as a whole", after, end)

    def _check_staging(self) -> None:
        if self._stagings and self._batch._stagings:
            expected, found = self._stagings[0][1], self._batch._stagings[-1][1] + 1
            if expected != found:
                raise ConflictError("staging area", "as a whole", expected, found)


def _check_erasable(what: str, history: Iterable[TicketEvent | RecordEvent]) -> None:
    documents.check_erasable(what, {each.sequence: documents.kept_by(each) for each in history})


def _page(feed: list[PositionedEvent[Event]], after: int, limit: int) -> list[PositionedEvent[Event]]:
    start = bisect_right(feed, after, key=lambda each: each.position)
    return feed[start : start + limit]


def _refuse(what: str, way_out: str) -> NoReturn:
    refusal = f"cannot {what} in a batch; {way_out}"
    raise RefusedError(refusal)


def _refuse_delivery() -> NoReturn:
    _refuse("deliver", "nothing leaves the desk before the batch is saved: deliver after it")
