"""The store that keeps everything in this process."""

from collections.abc import Iterable, Iterator, Sequence
from contextlib import AbstractContextManager
from datetime import datetime, timedelta
from heapq import heappop, nsmallest
from itertools import islice
from threading import Condition, Lock, local
from typing import TYPE_CHECKING

from attrs import define, evolve, field

from itsmkit._problems import name_problems
from itsmkit.cmdb.history import ConfigurationEvent
from itsmkit.conditions import ALWAYS, compile_condition
from itsmkit.conditions import Condition as Where
from itsmkit.desk.memory._kept import Room, Waiting
from itsmkit.desk.memory._unit import MemoryUnit
from itsmkit.errors import DefinitionError, NotFoundError
from itsmkit.plugin import (
    DEFAULT_TENANT,
    Checkpoint,
    ClaimedTimer,
    Heads,
    OutboxEntry,
    PositionedEvent,
    Record,
    RecordEvent,
    StoredStaging,
    StoredTicket,
    StoreNotEmptyError,
    StoreRow,
    TicketDeadline,
    TicketPage,
    TicketQuery,
    Timer,
    UnitOfWork,
)
from itsmkit.tickets import TicketEvent

if TYPE_CHECKING:
    from itsmkit.plugin.documents import Documents

__all__ = ["InMemoryStore"]


_FEW = 4
"""An index is gone by if it names one ticket in so many, or fewer: else going through all stops sooner."""


class InMemoryStore:
    """
    A store that keeps everything in this process. Keeps the contract of `itsmkit.plugin.Store`.

    Args:
        documents: What turns what is kept into documents, for dumps and chains of digests; by default,
            those of the library. Kinds of tickets of a desk's own need theirs.
    """

    is_joined = False

    def __init__(self, *, documents: "Documents | None" = None) -> None:
        self._building = _Building()
        self._documents_given = documents
        self._enter(DEFAULT_TENANT)

    def _enter(self, tenant: str) -> None:
        self.tenant = tenant
        self._room = self._building.room(tenant)

    def of_tenant(self, tenant: str) -> "InMemoryStore":
        """See `Store.of_tenant`."""
        problems = [*name_problems("tenant", tenant)]
        if problems:
            raise DefinitionError(*problems)
        other = object.__new__(type(self))
        other.__dict__.update(self.__dict__)
        other._enter(tenant)
        return other

    def tenants(self) -> Sequence[str]:
        """See `Store.tenants`."""
        return self._building.tenants()

    def begin(self) -> AbstractContextManager[UnitOfWork]:
        """See `Store.begin`."""
        return MemoryUnit(self._room, self._building.bell.ring, lambda: self._documents)

    def close(self) -> None:
        """See `Store.close`. There is nothing to let go of."""

    # -- what is kept ----------------------------------------------------------------------------

    def events(self, *, after: int, limit: int) -> Sequence[PositionedEvent[TicketEvent]]:
        """See `Store.events`."""
        with self._room.lock:
            return self._room.kept.feed.read(after, limit)

    def configuration_events(
        self, *, after: int, limit: int
    ) -> Sequence[PositionedEvent[ConfigurationEvent]]:
        """See `Store.configuration_events`."""
        with self._room.lock:
            return self._room.kept.configuration.read(after, limit)

    def record_events(self, *, after: int, limit: int) -> Sequence[PositionedEvent[RecordEvent]]:
        """See `Store.record_events`."""
        with self._room.lock:
            return self._room.kept.other_feed.read(after, limit)

    def records(self, kind: str, *, where: Where = ALWAYS, after: str = "", limit: int) -> Sequence[Record]:
        """See `Store.records`."""
        holds = compile_condition(where)
        with self._room.lock:
            there = (each for each in self._room.kept.of_kind(kind, after) if not each.is_deleted)
            return list(islice((each for each in there if holds(each.facts)), limit))

    def staging(self) -> StoredStaging:
        """See `Store.staging`."""
        with self._room.lock:
            return self._room.kept.staging

    def cursor(self, reader: str) -> int:
        """See `Store.cursor`."""
        with self._room.lock:
            found = self._room.kept.cursors.get(reader)
            return 0 if found is None else found.position

    def find_ticket(self, number: str) -> StoredTicket:
        """See `Store.find_ticket`."""
        with self._room.lock:
            kept = self._room.kept
            if number not in kept.numbers:
                raise NotFoundError("ticket", number)
            return kept.tickets[kept.numbers[number]]

    def find(self, query: TicketQuery) -> TicketPage:
        """See `Store.find`."""
        with self._room.lock:
            return self._room.kept.search.find(query)

    def count(self, where: Where) -> int:
        """See `Store.count`."""
        with self._room.lock:
            return self._room.kept.search.count(where)

    def tickets(self) -> Sequence[StoredTicket]:
        """See `Store.tickets`."""
        with self._room.lock:
            return self._room.kept.search.tickets()

    def attachment(self, digest: str) -> bytes:
        """See `Store.attachment`."""
        with self._room.lock:
            found = self._room.kept.attachments.get(digest)
        if found is None:
            raise NotFoundError("attachment", digest)
        return found

    # -- timers ----------------------------------------------------------------------------------

    def now(self) -> None:
        """See `Store.now`. One process has one clock."""

    def next_due(self) -> datetime | None:
        """See `Store.next_due`."""
        with self._room.lock:
            first = self._room.kept.first_due()
            return None if first is None else first.due

    def claim_due(self, now: datetime, *, lease: timedelta, limit: int) -> Sequence[ClaimedTimer]:
        """See `Store.claim_due`."""
        claimed: list[ClaimedTimer] = []
        with self._room.lock:
            kept = self._room.kept
            while len(claimed) < limit:
                first = kept.first_due()
                if first is None or first.due > now:
                    break
                heappop(kept.queue)
                held = kept.timers[first.key]
                kept.fence += 1
                held.fence = kept.fence
                claimed.append(ClaimedTimer(held.timer, held.fence))
                # It comes back by itself when the lease ends; a finished or replaced timer does not.
                kept.wake_at(now + lease, first.key, held.fence)
        return claimed

    def release(self, claimed: Sequence[ClaimedTimer]) -> None:
        """See `Store.release`."""
        with self._room.lock:
            kept = self._room.kept
            for each in claimed:
                held = kept.timers.get((each.timer.ticket_id, each.timer.name))
                if held is not None and held.fence == each.fence:
                    kept.set_timer(held.timer)
        self._building.bell.ring()

    def fail(self, claimed: ClaimedTimer, parked: str | None) -> None:
        """See `Store.fail`."""
        with self._room.lock:
            held = self._room.kept.timers.get((claimed.timer.ticket_id, claimed.timer.name))
            if held is not None and held.fence == claimed.fence:
                held.timer = evolve(held.timer, failures=held.timer.failures + 1, parked=parked)

    def parked_timers(self) -> Sequence[Timer]:
        """See `Store.parked_timers`."""
        with self._room.lock:
            held = sorted(self._room.kept.timers.items())
        return [each.timer for _, each in held if each.timer.parked is not None]

    def deadlines(self, limit: int) -> Sequence[TicketDeadline]:
        """See `Store.deadlines`."""
        with self._room.lock:
            kept = self._room.kept
            found = [
                (held.timer.deadline, key)
                for key, held in kept.timers.items()
                if held.timer.deadline is not None and key[0] in kept.tickets
            ]
            return [
                TicketDeadline(kept.timers[key].timer, kept.tickets[key[0]])
                for _, key in nsmallest(limit, found)
            ]

    # -- outbox ----------------------------------------------------------------------------------

    def claim_outbox(self, now: datetime, *, lease: timedelta, limit: int) -> Sequence[OutboxEntry]:
        """See `Store.claim_outbox`."""
        found: list[OutboxEntry] = []
        led: set[tuple[str, str]] = set()
        with self._room.lock:
            for waiting in self._room.kept.outbox.values():
                if len(found) == limit:
                    break
                line = waiting.entry.notification.line
                if line in led:
                    continue
                led.add(line)
                if waiting.free_at <= now:
                    waiting.free_at = now + lease
                    found.append(waiting.entry)
        return found

    def settle(self, key: str, outcome: OutboxEntry | None) -> None:
        """See `Store.settle`."""
        with self._room.lock:
            kept = self._room.kept
            if key not in kept.outbox:
                return  # another worker, to whom it went when the lease had ended, was done with it first
            if outcome is not None and outcome.parked is None:
                kept.outbox[key] = Waiting(outcome, outcome.not_before)
                return
            del kept.outbox[key]
            if outcome is not None:
                kept.parked[key] = outcome

    def parked(self) -> Sequence[OutboxEntry]:
        """See `Store.parked`."""
        with self._room.lock:
            parked = self._room.kept.parked
            return [parked[key] for key in self._room.kept.known_keys if key in parked] if parked else []

    def wait(self, timeout: timedelta) -> None:
        """See `Store.wait`. What happens to any tenant ends it."""
        self._building.bell.wait(timeout)

    # -- upkeep ----------------------------------------------------------------------------------

    def forget(self, before: datetime) -> int:
        """See `Store.forget`."""
        with self._room.lock:
            ledger = self._room.kept.ledger
            old = [key for key, entry in ledger.items() if entry.at < before]
            for key in old:
                del ledger[key]
        return len(old)

    def heads(self) -> Heads:
        """See `Store.heads`."""
        from itsmkit.desk.memory._dumps import Snapshot  # noqa: PLC0415  # slow, and few ask for it

        documents = self._documents
        with self._room.lock:
            snapshot = Snapshot(self._room.kept, documents)
        return snapshot.heads()

    def checkpoints(self) -> Sequence[Checkpoint]:
        """See `Store.checkpoints`."""
        with self._room.lock:
            return list(self._room.kept.checkpoints)

    def dump(self) -> Iterator[StoreRow]:
        """See `Store.dump`."""
        from itsmkit.desk.memory._dumps import Snapshot  # noqa: PLC0415  # as above

        documents = self._documents
        with self._room.lock:
            snapshot = Snapshot(self._room.kept, documents)
        return snapshot.rows()

    def load(self, rows: Iterable[StoreRow]) -> None:
        """See `Store.load`."""
        from itsmkit.desk.memory._dumps import kept_from  # noqa: PLC0415  # as above

        if self._room.is_used:
            raise StoreNotEmptyError(self.tenant)
        kept = kept_from(rows, self._documents)
        with self._room.lock:
            if not self._room.kept.is_empty:
                raise StoreNotEmptyError(self.tenant)
            self._room.kept = kept
        self._building.bell.ring()

    @property
    def _documents(self) -> "Documents":
        if self._documents_given is not None:
            return self._documents_given
        from itsmkit.plugin.documents import DOCUMENTS  # noqa: PLC0415  # as above

        return DOCUMENTS


class _Bell:
    """What wakes those who wait for work."""

    def __init__(self) -> None:
        self._changed = Condition()
        self._rung = 0
        self._heard = local()

    def ring(self) -> None:
        """Wake all who wait, and let each that does not wait now go on at once when it comes to wait."""
        with self._changed:
            self._rung += 1
            self._changed.notify_all()

    def wait(self, timeout: timedelta) -> None:
        """Wait until it has rung since the last time that this thread has waited, at most *timeout*."""
        heard = getattr(self._heard, "rung", 0)
        with self._changed:
            self._changed.wait_for(lambda: self._rung != heard, timeout.total_seconds())
            self._heard.rung = self._rung


@define
class _Building:
    """The rooms of all tenants, and the bell that is heard in all of them."""

    bell: _Bell = field(factory=_Bell)
    _rooms: dict[str, Room] = field(factory=dict)
    _lock: Lock = field(factory=Lock)

    def room(self, tenant: str) -> Room:
        """Return the room of a tenant, which is made when it is first asked for."""
        with self._lock:
            return self._rooms.setdefault(tenant, Room())

    def tenants(self) -> list[str]:
        """Return the tenants that have anything, in order."""
        with self._lock:
            rooms = [*self._rooms.items()]
        return sorted(tenant for tenant, room in rooms if room.is_used)
