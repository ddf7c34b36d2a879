"""
What a desk asks of a store.

A store keeps whatever `UnitOfWork` names, all of it or nothing, and hands back values equal to those it
was given. The contract is tested by `itsmkit.testing.contracts.StorageContract`; the in-memory store of
`itsmkit.desk` is the reference.
"""

from collections.abc import Mapping, Sequence
from contextlib import AbstractContextManager
from datetime import datetime, timedelta
from typing import Generic, NamedTuple, Protocol, TypeVar

from attrs import field, frozen

from itsmkit._checks import aware_instant, in_utc
from itsmkit.cmdb.history import ConfigurationEvent, RecordKey
from itsmkit.cmdb.reconciliation import StagingArea
from itsmkit.plugin.notification import Notification
from itsmkit.tickets import Ticket, TicketEvent, TicketId

__all__ = [
    "ClaimedTimer",
    "OutboxEntry",
    "PositionedEvent",
    "Store",
    "StoredStaging",
    "StoredTicket",
    "Timer",
    "UnitOfWork",
]


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


Event = TypeVar("Event", TicketEvent, ConfigurationEvent)


class PositionedEvent(NamedTuple, Generic[Event]):
    """
    An event with its place in the order of all commits.

    Tickets and the configuration are read as two streams, and their positions are of one count: of two
    events, whatever they are of, the one with the smaller position was committed first.

    Args:
        position: Grows with every commit; a reader that asks for what comes after it skips nothing.
        event: The event.
    """

    position: int
    event: Event


@frozen
class Timer:
    """
    An appointment of a ticket with the desk.

    Args:
        ticket_id: The ticket.
        name: What the appointment is for, such as the name of a clock; one for each name of a ticket.
        due: The instant from which on it may be claimed. Kept in UTC.
    """

    ticket_id: TicketId
    name: str
    due: datetime = field(converter=in_utc, validator=aware_instant)


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
    """A place that keeps desks' data. Fit for use by several threads at once."""

    def begin(self) -> AbstractContextManager[UnitOfWork]:
        """Open a unit of work."""

    def events(self, *, after: int, limit: int) -> Sequence[PositionedEvent[TicketEvent]]:
        """Return at most *limit* events of the feed with a position greater than *after*, in order."""

    def configuration_events(
        self, *, after: int, limit: int
    ) -> Sequence[PositionedEvent[ConfigurationEvent]]:
        """
        Return at most *limit* events of the configuration, as `events` does those of tickets.

        Since 1.1, together with `UnitOfWork.configuration_history` and `UnitOfWork.record`. A store without
        these three keeps the tickets of a desk all the same: only ``desk.cmdb`` raises a
        `NoConfigurationStoreError`.
        """

    def staging(self) -> StoredStaging:
        """
        Return what the sources say, as it was saved last.

        Since 1.2, together with `UnitOfWork.save_staging`. A store without the two keeps a configuration all
        the same: only ``desk.discovery`` raises a `NoStagingStoreError`.
        """

    def cursor(self, reader: str) -> int:
        """Return how far *reader* has read the feed; 0 if it never did."""

    def next_due(self) -> datetime | None:
        """Return the earliest instant at which a timer may be claimed, or ``None``."""

    def claim_due(self, now: datetime, *, lease: timedelta, limit: int) -> Sequence[ClaimedTimer]:
        """
        Hand out timers that are due at *now*, the earliest first.

        Nobody else is handed the same timer until the lease ends.
        """

    def claim_outbox(self, now: datetime, *, lease: timedelta, limit: int) -> Sequence[OutboxEntry]:
        """Hand out entries to deliver at *now*, oldest first; a taken one is hidden until the lease ends."""

    def settle(self, key: str, outcome: OutboxEntry | None) -> None:
        """
        Note what came of an attempt.

        Args:
            key: The key of the notification.
            outcome: The entry to try again or to keep parked; ``None`` if it was delivered.
        """

    def parked(self) -> Sequence[OutboxEntry]:
        """Return the entries that are tried no more, oldest first."""

    def find_ticket(self, number: str) -> StoredTicket:
        """Return the ticket of a display number. Raises `NotFoundError` if there is none."""

    def tickets(self) -> Sequence[StoredTicket]:
        """Return all tickets in the order in which they were first saved."""

    def close(self) -> None:
        """Let go of what the store holds open; it is not used afterwards."""
