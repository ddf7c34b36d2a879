"""
What a desk asks of a store.

A store keeps whatever `UnitOfWork` names, all of it or nothing, and hands back values equal to those it
was given. A store is that of one tenant: nothing in it can be reached through the store of another. The
contract is tested by `itsmkit.testing.contracts.StorageContract`; the in-memory store of `itsmkit.desk` is
the reference.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from datetime import datetime, timedelta
from typing import Generic, NamedTuple, Protocol, TypeVar

from attrs import field, frozen

from itsmkit._checks import aware_instant, in_utc, in_utc_if_any, named
from itsmkit._frozen import frozen_dict
from itsmkit.cmdb.history import ConfigurationEvent, RecordKey
from itsmkit.cmdb.reconciliation import StagingArea
from itsmkit.conditions import ALWAYS, Condition
from itsmkit.plugin.dump import StoreRow
from itsmkit.plugin.integrity import Checkpoint, Heads
from itsmkit.plugin.notification import Notification
from itsmkit.plugin.queries import TicketPage, TicketQuery
from itsmkit.plugin.records import Record, RecordEvent
from itsmkit.tickets import Ticket, TicketEvent, TicketId

__all__ = [
    "ClaimedTimer",
    "DEFAULT_TENANT",
    "LedgerEntry",
    "OF_NO_TICKET",
    "OutboxEntry",
    "PositionedEvent",
    "Store",
    "StoredStaging",
    "StoredTicket",
    "TicketDeadline",
    "Timer",
    "UnitOfWork",
    "lacking_members",
]

DEFAULT_TENANT = "default"
"""The tenant of a desk that names none."""


@frozen
class StoredTicket:
    """
    A ticket as it is saved.

    Args:
        ticket: The record.
        cache: What was computed from its history, by name: states of clocks. It may be dropped at any
            time and is then made again; it is no part of the ticket's identity.
    """

    ticket: Ticket
    cache: Mapping[str, object] = field(factory=dict, eq=False)


@frozen
class StoredStaging:
    """
    What the sources say, as it is saved.

    Args:
        area: The records of all sources, with locks and identities.
        version: How often it was saved; 0 if it never was, and *area* is empty.
    """

    area: StagingArea
    version: int


Event = TypeVar("Event", TicketEvent, ConfigurationEvent, RecordEvent)


class PositionedEvent(NamedTuple, Generic[Event]):
    """
    An event with its place in the order of all commits.

    Tickets, the configuration and records are read as three streams, and their positions are of one count: of
    two events, whatever they are of, the one with the smaller position was committed first.

    Args:
        position: Grows with every commit; a reader that asks for what comes after it skips nothing.
        event: The event.
    """

    position: int
    event: Event


OF_NO_TICKET = "digest:"
"""What the id begins with under which timers are kept that are of no ticket; the recipient follows."""


@frozen
class Timer:
    """
    An appointment of a ticket with the desk; or of a record, whose kind names it then.

    Args:
        ticket_id: The ticket, or the record; or what begins with `OF_NO_TICKET`, for somebody who is told
            several things together.
        name: What the appointment is for, such as the name of a clock; one for each name of a ticket.
        due: The instant from which on it may be claimed. Kept in UTC.
        deadline: What it leads to, such as the instant at which a target is used up, if it leads to anything:
            the desk wakes earlier, to warn. Kept in UTC.
        failures: How often it has failed since it was set.
        parked: Why it is tried no more, or ``None``.
    """

    ticket_id: TicketId
    name: str
    due: datetime = field(converter=in_utc, validator=aware_instant)
    deadline: datetime | None = field(default=None, converter=in_utc_if_any)
    failures: int = 0
    parked: str | None = None


@frozen
class ClaimedTimer:
    """
    A timer that a worker holds.

    Args:
        timer: The timer.
        fence: Grows with every claim of this timer; a holder whose fence is no longer the newest has lost
            it, and its unit of work is refused.
    """

    timer: Timer
    fence: int


class TicketDeadline(NamedTuple):
    """
    A deadline, and the ticket that has it.

    Args:
        timer: The timer that leads to it.
        stored: The ticket.
    """

    timer: Timer
    stored: StoredTicket


@frozen
class OutboxEntry:
    """
    A notification on its way.

    Args:
        notification: What to deliver.
        attempts: How often it was tried.
        not_before: The instant of the next attempt. Kept in UTC.
        parked: Why it is tried no more, or ``None``.
    """

    notification: Notification
    attempts: int
    not_before: datetime = field(converter=in_utc, validator=aware_instant)
    parked: str | None = None


@frozen
class LedgerEntry:
    """
    That something was done, so that it is not done again when it is asked for again.

    Args:
        key: The idempotency key: chosen by who asks, one for each thing that is to be done once.
        request: The digest of what was asked for: the same key with another request is a mistake.
        answer: What was answered, as plain data that JSON holds.
        at: When it was done. Kept in UTC.
    """

    key: str = field(validator=named)
    request: str = field(validator=named)
    answer: Mapping[str, object] = field(converter=frozen_dict)
    at: datetime = field(converter=in_utc, validator=aware_instant)


class UnitOfWork(Protocol):
    """
    One transaction: everything in it is saved at its end, or nothing is.

    It belongs to one thread. Leaving its context commits; an exception that passes through undoes it.
    """

    def ticket(self, ticket_id: TicketId) -> StoredTicket:
        """Return the newest saved ticket. Raises `NotFoundError` if there is none of this id."""

    def history(self, ticket_id: TicketId) -> Sequence[TicketEvent]:
        """Return all events of a ticket in order; empty if there is none of this id."""

    def save(self, stored: StoredTicket, events: Sequence[TicketEvent], *, expected: int) -> None:
        """
        Save a ticket together with the events that made it.

        Args:
            stored: The ticket after the events.
            events: The new events, in order; the first follows the version *expected*.
            expected: The version that the caller has read; 0 for a new ticket.

        Raises:
            ConflictError: If another version is saved by now. Nothing is changed.
        """

    def erase(self, ticket_id: TicketId) -> Sequence[TicketEvent]:
        """
        Drop what is personal in all events of a ticket up to now: texts that people wrote, with their salts.

        The chain of the ticket stays as it is, and so do the digests of checkpoints. What was to be told
        about the ticket, and waits in the outbox or is parked there, is dropped: it is never delivered. The
        contents of files that have been attached to the ticket are dropped, too, unless a ticket or a record
        names them when the unit is left.

        The ticket itself is not changed: save it in the same unit, as the history that is returned makes it.

        Returns:
            The history as it reads afterwards, with ``"[erased]"`` in place of what was personal; empty if
            there is no ticket of this id.

        Raises:
            RefusedError: If something personal stands in the documents of events themselves, since they were
                saved without a salt; with every event. Nothing is changed.
        """

    def configuration_history(self, key: RecordKey) -> Sequence[ConfigurationEvent]:
        """Return all events of one record of the configuration in order; empty if there is none."""

    def record(self, events: Sequence[ConfigurationEvent], *, after: int) -> None:
        """
        Record what is said of the configuration.

        What may be said of one configuration item depends on what others there are, and on their relations.
        So the whole configuration has one version: the position of its newest event.

        Args:
            events: The new events, in order; of each key, the first follows the newest that is recorded.
            after: The position of the newest event of the configuration that the caller has read; 0 if
                there was none. A unit that records twice gives the same again.

        Raises:
            ConflictError: If others have recorded something since, or a sequence has a gap. Nothing is
                changed.
        """

    def record_of(self, kind: str, record_id: str) -> Record:
        """
        Return the newest saved record of a kind, which may be a tombstone.

        Raises:
            NotFoundError: If there never was one of this id.
        """

    def record_history(self, kind: str, record_id: str) -> Sequence[RecordEvent]:
        """Return all events of a record in order; empty if there never was one of this id."""

    def save_record(self, record: Record, events: Sequence[RecordEvent], *, expected: int) -> None:
        """
        Save a record together with the events that made it.

        Args:
            record: The record after the events. To delete one is to save a tombstone.
            events: The new events, in order; the first follows the version *expected*. At least one.
            expected: The version that the caller has read; 0 for a new record.

        Raises:
            ConflictError: If another version is saved by now. Nothing is changed.
            DefinitionError: If the events do not lead from that version to the record: see
                `itsmkit.plugin.records.check_step`.
        """

    def erase_record(self, kind: str, record_id: str) -> Sequence[RecordEvent]:
        """
        Drop what is personal in all events of a record up to now, with their salts: see `RecordEvent`.

        The chain of the record stays as it is, and so do the digests of checkpoints. What was to be told
        about the record, under its `record_name`, and waits in the outbox or is parked there, is dropped: it
        is never delivered. The contents of files whose digests stand among what is dropped are dropped, too,
        unless a ticket or a record names them when the unit is left.

        The record itself is not changed: save it in the same unit, as the history that is returned makes it,
        with an event called `itsmkit.plugin.records.ERASURE`.

        Returns:
            The history as it reads afterwards, with ``"[erased]"`` in place of each value that was personal,
            whatever it was; empty if there never was a record of this id.

        Raises:
            RefusedError: If something personal stands in the documents of events themselves, since they came
                without a salt; with every event. Nothing is changed.
        """

    def save_staging(self, area: StagingArea, *, expected: int) -> None:
        """
        Save what the sources say, in place of what was saved before.

        Args:
            area: The whole area. Most of it is what it was: a store need write only what differs.
            expected: The version that the caller has read.

        Raises:
            ConflictError: If another version is saved by now. Nothing is changed.
        """

    def next_number(self, series: str) -> int:
        """Return the next number of a series, from 1: unique and increasing, gaps allowed."""

    def skip_numbers(self, series: str, through: int) -> None:
        """Let a series go on after the number *through*, which is taken, unless it is past it already."""

    def remembered(self, key: str) -> LedgerEntry | None:
        """Return what the ingest ledger has under an idempotency key, or ``None``."""

    def remember(self, entry: LedgerEntry) -> None:
        """
        Put an entry into the ingest ledger.

        Raises:
            ConflictError: If there is one of its key, at the latest when the unit is left. Nothing is
                changed; run again, the unit finds the other by `remembered`.
        """

    def attach(self, content: bytes) -> str:
        """
        Keep the content of an attachment, once however often it comes.

        Returns:
            Its digest, by which it is found again: SHA-256 in hexadecimal digits.
        """

    def save_checkpoint(self, checkpoint: Checkpoint) -> None:
        """Keep a checkpoint of the chains."""

    def timers(self, ticket_id: TicketId) -> Sequence[Timer]:
        """Return the timers of a ticket, by name."""

    def set_timer(self, timer: Timer) -> None:
        """Set a timer; one of the same ticket and name is replaced, and a claim on it ends."""

    def clear_timer(self, ticket_id: TicketId, name: str) -> None:
        """Remove a timer, if there is one; a claim on it ends."""

    def finish_timer(self, claimed: ClaimedTimer) -> None:
        """
        Remove a claimed timer, its work being done.

        Raises:
            ConflictError: If the claim has ended: another worker took it over, or it was set anew.
        """

    def enqueue(self, entry: OutboxEntry) -> None:
        """Put a notification into the outbox; one whose key is there already is left as it is."""

    def set_cursor(self, reader: str, position: int) -> None:
        """Note how far *reader* has read the feed."""


class Store(Protocol):
    """
    A place that keeps the data of a tenant. Fit for use by several threads at once.

    Attributes:
        tenant: Whose data it is.
        is_joined: Whether it takes part in a transaction that its host has begun, and will end. Then a unit
            of work that is left lands or vanishes with that, and nobody else sees it before; a conflict is
            not tried again; and what is due or waits to be delivered is left to others.
    """

    tenant: str
    is_joined: bool

    def of_tenant(self, tenant: str) -> "Store":
        """
        Return the same place for the data of *tenant*; a new one is empty.

        They share what they hold open: to close one is to close all.

        Raises:
            DefinitionError: If *tenant* is no name.
        """

    def tenants(self) -> Sequence[str]:
        """Return the tenants that have any data here, by the code points of their names."""

    def begin(self) -> AbstractContextManager[UnitOfWork]:
        """Open a unit of work."""

    # -- what is kept ----------------------------------------------------------------------------

    def events(self, *, after: int, limit: int) -> Sequence[PositionedEvent[TicketEvent]]:
        """Return at most *limit* events of the feed with a position greater than *after*, in order."""

    def configuration_events(
        self, *, after: int, limit: int
    ) -> Sequence[PositionedEvent[ConfigurationEvent]]:
        """Return at most *limit* events of the configuration, as `events` does those of tickets."""

    def record_events(self, *, after: int, limit: int) -> Sequence[PositionedEvent[RecordEvent]]:
        """Return at most *limit* events of records of all kinds, as `events` does those of tickets."""

    def records(
        self, kind: str, *, where: Condition = ALWAYS, after: str = "", limit: int
    ) -> Sequence[Record]:
        """
        Return records of a kind by the code points of their ids; those that are deleted are left out.

        Args:
            kind: The kind; of one that nobody has saved, there are none.
            where: What holds for each of them: of `Record.facts`. A store may look at each record of the kind
                to find them.
            after: The id that they follow: of the last one that was returned before.
            limit: How many there may be; fewer come only at the end.
        """

    def staging(self) -> StoredStaging:
        """Return what the sources say, as it was saved last."""

    def cursor(self, reader: str) -> int:
        """Return how far *reader* has read the feed; 0 if it never did."""

    def find_ticket(self, number: str) -> StoredTicket:
        """Return the ticket of a display number. Raises `NotFoundError` if there is none."""

    def find(self, query: TicketQuery) -> TicketPage:
        """
        Return a page of the tickets that *query* asks for.

        Raises:
            DefinitionError: If its ``after`` is not that of a page of the same query.
        """

    def count(self, where: Condition) -> int:
        """Return for how many tickets a condition holds."""

    def tickets(self) -> Sequence[StoredTicket]:
        """Return all tickets in the order in which they were first saved."""

    def attachment(self, digest: str) -> bytes:
        """Return the content of an attachment. Raises `NotFoundError` if there is none of this digest."""

    # -- work that waits -------------------------------------------------------------------------

    def now(self) -> datetime | None:
        """
        Return the present instant by the clock that all share who work on this place, in UTC.

        That is the clock of a database server. Return ``None`` if there is none but those of the machines, as
        where one machine has the place for itself.
        """

    def next_due(self) -> datetime | None:
        """Return the earliest instant at which a timer that is not parked may be claimed, or ``None``."""

    def claim_due(self, now: datetime, *, lease: timedelta, limit: int) -> Sequence[ClaimedTimer]:
        """
        Hand out timers that are due at *now*, the earliest first.

        Nobody else is handed the same timer until the lease ends. One that is parked is handed to nobody.
        """

    def release(self, claimed: Sequence[ClaimedTimer]) -> None:
        """Give claimed timers back: each may be claimed again at once. A claim that has ended is let be."""

    def fail(self, claimed: ClaimedTimer, parked: str | None) -> None:
        """
        Note that a claimed timer has failed once more. A claim that has ended is let be.

        Args:
            claimed: It comes back when its lease ends, as it would have anyway.
            parked: Why it is to be tried no more, or ``None``. A parked timer stays so until it is set anew.
        """

    def parked_timers(self) -> Sequence[Timer]:
        """Return the timers that are parked, by ticket and name."""

    def deadlines(self, limit: int) -> Sequence[TicketDeadline]:
        """Return at most *limit* deadlines of all tickets, the earliest first, whether parked or not."""

    def claim_outbox(self, now: datetime, *, lease: timedelta, limit: int) -> Sequence[OutboxEntry]:
        """
        Hand out entries to deliver at *now*, oldest first; a taken one is hidden until the lease ends.

        What a recipient is told of a ticket comes in order: an entry is not handed out before an earlier one
        of the same ticket and recipient is settled for good, delivered or parked. So an entry that is tried
        again is overtaken by no later one of its line, and holds up no other.

        Raises:
            DamagedStoreError: If an entry cannot be read. It is hidden until the lease ends, as if it were
                taken, so that the others can be.
        """

    def settle(self, key: str, outcome: OutboxEntry | None) -> None:
        """
        Note what came of an attempt.

        Args:
            key: The key of the notification.
            outcome: The entry to try again or to keep parked; ``None`` if it was delivered.
        """

    def parked(self) -> Sequence[OutboxEntry]:
        """Return the entries that are tried no more, oldest first."""

    def wait(self, timeout: timedelta) -> None:
        """
        Wait until a unit of work of any process may have set a timer or filled the outbox, at most *timeout*.

        It may return early for no reason, and a store that cannot know looks now and then, or only waits.
        """

    # -- upkeep ----------------------------------------------------------------------------------

    def forget(self, before: datetime) -> int:
        """Drop the entries of the ingest ledger from before an instant; return how many there were."""

    def heads(self) -> Heads:
        """Return the heads of the chains of all records, as of one moment; see `itsmkit.plugin.integrity`."""

    def checkpoints(self) -> Sequence[Checkpoint]:
        """Return all checkpoints, the oldest first."""

    def dump(self) -> Iterator[StoreRow]:
        """
        Go through all that is kept of the tenant, as of one moment; see `itsmkit.plugin.dump`.

        Raises:
            DamagedStoreError: When it comes to something that cannot be read.
        """

    def load(self, rows: Iterable[StoreRow]) -> None:
        """
        Keep what another store has dumped: all of it or nothing.

        Documents are kept as they were written, whatever their schema.

        Args:
            rows: In the order of a dump.

        Raises:
            StoreNotEmptyError: If the tenant has anything already.
            DefinitionError: If a row is none, or out of order, names the same as one before, or does not
                fit: a digest is not that of its chain, a history has a gap, a ticket is not of its version.
                It names the row by its number, from 1.
        """

    def close(self) -> None:
        """Let go of what the store holds open, for all tenants; it is not used afterwards."""


def lacking_members(store: object) -> tuple[str, ...]:
    """Return the members of `Store` that *store* lacks, such as one that was made for an earlier contract."""
    return tuple(name for name in _ATTRIBUTES if not hasattr(store, name)) + tuple(
        name for name in _METHODS if not callable(getattr(store, name, None))
    )


_ATTRIBUTES = ("tenant", "is_joined")
_METHODS = tuple(name for name in vars(Store) if not name.startswith("_"))
