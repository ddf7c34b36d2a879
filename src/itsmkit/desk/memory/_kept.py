"""What the in-memory store keeps of a tenant."""

from bisect import bisect_right, insort
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from heapq import heappop, heappush
from threading import Lock
from typing import Generic, NamedTuple, TypeVar

from attrs import define, field

from itsmkit.cmdb.history import ConfigurationEvent, RecordKey
from itsmkit.cmdb.reconciliation import StagingArea
from itsmkit.desk.memory._chains import Chains, Text
from itsmkit.desk.memory._search import Search
from itsmkit.desk.memory._written import Written
from itsmkit.plugin import (
    Checkpoint,
    LedgerEntry,
    OutboxEntry,
    PositionedEvent,
    Record,
    RecordEvent,
    RowKind,
    StoredStaging,
    StoredTicket,
    Timer,
    documents,
)
from itsmkit.plugin.documents.cursor import Cursor
from itsmkit.plugin.integrity import record_name, ticket_record
from itsmkit.tickets import TicketEvent, TicketId

__all__ = ["Appointment", "Held", "Kept", "KindAndId", "Room", "Stream", "TimerKey", "Waiting"]

TimerKey = tuple[TicketId, str]
KindAndId = tuple[str, str]
Event = TypeVar("Event", TicketEvent, ConfigurationEvent, RecordEvent)


@define
class Stream(Generic[Event]):
    """Events in the order of their commits, each with its position in it."""

    events: list[Event] = field(factory=list)
    positions: list[int] = field(factory=list)

    @property
    def end(self) -> int:
        """Return the position of the newest event; 0 if there is none."""
        return self.positions[-1] if self.positions else 0

    def extend(self, events: Sequence[Event], end: int) -> int:
        """Add *events* after the commits up to the position *end*; return where they end."""
        self.events.extend(events)
        last = end + len(events)
        self.positions.extend(range(end + 1, last + 1))
        return last

    def add(self, position: int, event: Event) -> None:
        """Add an event at a position that is greater than all before."""
        self.events.append(event)
        self.positions.append(position)

    def reread(self, news: Sequence[Event], is_of: Callable[[Event], bool]) -> None:
        """Put *news* in place of the first events of a history: those for which *is_of* holds."""
        for place, event in enumerate(self.events):
            if is_of(event) and event.sequence <= len(news):
                self.events[place] = news[event.sequence - 1]

    def copied(self) -> "Stream[Event]":
        """Return the events that are there now."""
        return Stream(self.events.copy(), self.positions.copy())

    def read(self, after: int, limit: int) -> list[PositionedEvent[Event]]:
        """Return at most *limit* events that follow the position *after*."""
        start = bisect_right(self.positions, after)
        page = slice(start, start + limit)
        return list(map(PositionedEvent, self.positions[page], self.events[page]))


class Appointment(NamedTuple):
    """An entry of the queue of timers; the place keeps the order of equal instants."""

    due: datetime
    place: int
    key: TimerKey
    fence: int


@define
class Held:
    """A timer as it is kept."""

    timer: Timer
    fence: int


@define
class Waiting:
    """An outbox entry as it is kept."""

    entry: OutboxEntry
    free_at: datetime


@define
class Kept:
    """All that is kept of a tenant. Whoever looks at it, or changes it, holds the lock of its `Room`."""

    tickets: dict[TicketId, StoredTicket] = field(factory=dict)
    search: Search = field(factory=Search)
    numbers: dict[str, TicketId] = field(factory=dict)
    histories: defaultdict[TicketId, list[TicketEvent]] = field(factory=lambda: defaultdict(list))
    end: int = 0
    feed: Stream[TicketEvent] = field(factory=Stream)
    configuration: Stream[ConfigurationEvent] = field(factory=Stream)
    records: defaultdict[RecordKey, list[ConfigurationEvent]] = field(factory=lambda: defaultdict(list))
    others: dict[KindAndId, Record] = field(factory=dict)  # of any kind, beside those of the configuration
    ids: defaultdict[str, list[str]] = field(factory=lambda: defaultdict(list))  # of each kind, in order
    other_histories: defaultdict[KindAndId, list[RecordEvent]] = field(factory=lambda: defaultdict(list))
    other_feed: Stream[RecordEvent] = field(factory=Stream)
    staging: StoredStaging = field(factory=lambda: StoredStaging(StagingArea(), 0))
    series: defaultdict[str, int] = field(factory=lambda: defaultdict(int))
    timers: dict[TimerKey, Held] = field(factory=dict)
    timer_names: defaultdict[TicketId, set[str]] = field(factory=lambda: defaultdict(set))
    queue: list[Appointment] = field(factory=list)
    place: int = 0
    fence: int = 0
    outbox: dict[str, Waiting] = field(factory=dict)
    parked: dict[str, OutboxEntry] = field(factory=dict)
    known_keys: dict[str, None] = field(factory=dict)  # in the order in which they came
    cursors: dict[str, Cursor] = field(factory=dict)
    ledger: dict[str, LedgerEntry] = field(factory=dict)
    attachments: dict[str, bytes] = field(factory=dict)
    checkpoints: list[Checkpoint] = field(factory=list)
    chains: Chains = field(factory=Chains)
    written: Written = field(factory=Written)

    @property
    def is_empty(self) -> bool:
        """Tell whether nothing was ever kept."""
        return not (
            self.tickets
            or self.end
            or self.others
            or self.staging.version
            or self.series
            or self.timers
            or self.known_keys
            or self.cursors
            or self.ledger
            or self.attachments
            or self.checkpoints
        )

    def save(self, stored: StoredTicket) -> None:
        """Keep a ticket as it is now."""
        self.tickets[stored.ticket.id] = stored
        self.search.save(stored)

    # -- what is personal ------------------------------------------------------------------------

    def erase(self, ticket_id: TicketId, texts: Sequence[Text]) -> None:
        """
        Let the first events of a ticket read as erased.

        Args:
            ticket_id: The ticket.
            texts: The documents of these events, as they were written.
        """
        news = documents.erased_up_to(self.histories[ticket_id], len(texts))
        self.histories[ticket_id] = news  # who reads a snapshot has the list of before
        self.feed.reread(news[: len(texts)], lambda event: event.ticket_id == ticket_id)
        self.chains.keep(ticket_record(ticket_id), texts)
        self.written.forget(RowKind.TICKET, ticket_id)
        self._drop_told(ticket_id)

    def erase_record(self, key: KindAndId, texts: Sequence[Text]) -> None:
        """Let the first events of a record read as erased: as `erase`."""
        news = documents.erased_up_to(self.other_histories[key], len(texts))
        self.other_histories[key] = news
        self.other_feed.reread(news[: len(texts)], lambda event: (event.kind, event.id) == key)
        self.chains.keep(record_name(*key), texts)
        self.written.forget(RowKind.RECORD, key)
        self._drop_told(record_name(*key))

    def _drop_told(self, about: str) -> None:
        """Drop what is to be told about a ticket or a record."""
        for key in [key for key, each in self.outbox.items() if each.entry.notification.ticket_id == about]:
            del self.outbox[key]
        for key in [key for key, each in self.parked.items() if each.notification.ticket_id == about]:
            del self.parked[key]

    def drop_unnamed(self, digests: Iterable[str]) -> None:
        """Drop the contents of files that no ticket and no record names."""
        for digest in digests:
            named = any(
                digest == each.digest for of in self.tickets.values() for each in of.ticket.attachments
            )
            if not named and not any(_names(each.document, digest) for each in self.others.values()):
                self.attachments.pop(digest, None)

    # -- records ---------------------------------------------------------------------------------

    def keep_record(self, record: Record) -> None:
        """Keep a record, in place of one of the same kind and id."""
        key = record.kind, record.id
        if key not in self.others:
            insort(self.ids[record.kind], record.id)
        self.others[key] = record

    def of_kind(self, kind: str, after: str) -> Iterator[Record]:
        """Go through the records of a kind that follow an id."""
        ids = self.ids.get(kind, [])
        return (self.others[kind, each] for each in ids[bisect_right(ids, after) :])

    # -- timers ----------------------------------------------------------------------------------

    def set_timer(self, timer: Timer) -> None:
        """Keep a timer, in place of one of the same ticket and name."""
        key = timer.ticket_id, timer.name
        self.fence += 1
        self.timers[key] = Held(timer, self.fence)
        self.timer_names[timer.ticket_id].add(timer.name)
        if timer.parked is None:
            self.wake_at(timer.due, key, self.fence)

    def drop_timer(self, key: TimerKey) -> None:
        """Keep the timer of a key no longer, if there is one."""
        if self.timers.pop(key, None) is not None:
            names = self.timer_names[key[0]]
            names.discard(key[1])
            if not names:
                del self.timer_names[key[0]]

    def timers_of(self, ticket_id: TicketId) -> list[Timer]:
        """Return the timers of a ticket."""
        return [self.timers[ticket_id, name].timer for name in self.timer_names.get(ticket_id, ())]

    def first_due(self) -> Appointment | None:
        """Return the earliest appointment that still stands."""
        while self.queue:
            first = self.queue[0]
            held = self.timers.get(first.key)
            if held is not None and held.fence == first.fence and held.timer.parked is None:
                return first
            heappop(self.queue)
        return None

    def wake_at(self, due: datetime, key: TimerKey, fence: int) -> None:
        """Let the timer of a key be claimed from an instant on."""
        self.place += 1
        heappush(self.queue, Appointment(due, self.place, key, fence))

    # -- outbox ----------------------------------------------------------------------------------

    def enqueue(self, entry: OutboxEntry) -> None:
        """Keep an entry of the outbox, unless its key was ever there."""
        key = entry.notification.key
        if key not in self.known_keys:
            self.known_keys[key] = None
            self.outbox[key] = Waiting(entry, entry.not_before)


def _names(plain: object, text: str) -> bool:
    """Tell whether a text stands anywhere in plain data."""
    if isinstance(plain, Mapping):
        return any(_names(each, text) for each in plain.values())
    if isinstance(plain, tuple):
        return any(_names(each, text) for each in plain)
    return isinstance(plain, str) and text in plain


@define
class Room:
    """
    Where the data of a tenant is.

    Args:
        kept: The data; it is replaced as a whole when a dump is loaded.
        lock: What is held by whoever looks at it.
    """

    kept: Kept = field(factory=Kept)
    lock: Lock = field(factory=Lock)

    @property
    def is_used(self) -> bool:
        """Tell whether there is any data."""
        with self.lock:
            return not self.kept.is_empty
