"""The contracts are worth what they catch: each store here breaks one promise, and a test must say so."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime, timedelta
from inspect import signature
from threading import Event
from typing import Any

import pytest
from attrs import evolve
from hypothesis import Phase, settings

from itsmkit.cmdb.history import ConfigurationEvent, ConfigurationRecord, RecordKey
from itsmkit.cmdb.reconciliation import StagingArea
from itsmkit.conditions import ALWAYS, Comparison, Condition, Operator, one_of
from itsmkit.desk.memory._dumps import kept_from
from itsmkit.desk.memory._kept import Waiting
from itsmkit.errors import ConflictError, DefinitionError, NotFoundError, RefusedError
from itsmkit.plugin import (
    Checkpoint,
    ClaimedTimer,
    DeliveryReceipt,
    Heads,
    LedgerEntry,
    Notification,
    OutboxEntry,
    PositionedEvent,
    Record,
    RecordEvent,
    RowKind,
    Store,
    StoredTicket,
    StoreRow,
    TicketPage,
    TicketQuery,
    UnitOfWork,
    hookimpl,
)
from itsmkit.plugin._json_pointers import part_at, steps_of
from itsmkit.plugin.documents import DOCUMENTS, canonical_bytes, erased, from_document, to_document
from itsmkit.plugin.integrity import link
from itsmkit.plugin.paging import end_of, sort_key, token_of
from itsmkit.testing import A_MONDAY, InMemoryNotifier, InMemoryStore, a_notification
from itsmkit.testing.contracts import NotifierContract, StorageContract
from itsmkit.tickets import TicketEvent, TicketId

SECOND = timedelta(seconds=1)


class Unit:
    """A unit of work that hands on whatever a subclass does not spoil."""

    def __init__(self, unit: UnitOfWork, store: InMemoryStore) -> None:
        self._unit: Any = unit
        self._store = store

    def __getattr__(self, name: str) -> Any:
        return getattr(self._unit, name)


class StoreOf(InMemoryStore):
    """A store whose units of work are of another class."""

    unit: type[Unit]

    @contextmanager
    def begin(self) -> Iterator[Any]:
        with super().begin() as unit:
            yield self.unit(unit, self)


class ForgetsRollback(InMemoryStore):
    @contextmanager
    def begin(self) -> Iterator[UnitOfWork]:
        raised = None
        with super().begin() as unit:
            try:
                yield unit
            except Exception as error:  # noqa: BLE001  # whatever it is, it commits
                raised = error
        if raised is not None:
            raise raised


class IgnoresExpected(StoreOf):
    class unit(Unit):  # noqa: N801  # it stands for the attribute
        def save(self, stored: StoredTicket, events: Sequence[TicketEvent], *, expected: int) -> None:
            try:
                expected = self._unit.ticket(stored.ticket.id).ticket.version
            except NotFoundError:
                expected = 0
            self._unit.save(stored, events, expected=expected)


class LosesEvents(StoreOf):
    class unit(Unit):  # noqa: N801  # as above
        def save(self, stored: StoredTicket, events: Sequence[TicketEvent], *, expected: int) -> None:
            self._unit.save(stored, events[:0] if expected else events, expected=expected)


class CutsOffMicroseconds(StoreOf):
    class unit(Unit):  # noqa: N801  # as above
        def history(self, ticket_id: TicketId) -> Sequence[TicketEvent]:
            return [
                evolve(event, at=event.at.replace(microsecond=0)) for event in self._unit.history(ticket_id)
            ]


class InventsTickets(StoreOf):
    class unit(Unit):  # noqa: N801  # as above
        def ticket(self, ticket_id: TicketId) -> StoredTicket | None:
            try:
                return self._unit.ticket(ticket_id)
            except NotFoundError:
                return None


class ChangesCaches(StoreOf):
    class unit(Unit):  # noqa: N801  # as above
        def save(self, stored: StoredTicket, events: Sequence[TicketEvent], *, expected: int) -> None:
            cache = {name: str(value) for name, value in stored.cache.items()}
            self._unit.save(evolve(stored, cache=cache), events, expected=expected)


class CountsFromOneEachTime(StoreOf):
    class unit(Unit):  # noqa: N801  # as above
        drawn = 0

        def next_number(self, series: str) -> int:
            self.drawn += 1
            return self.drawn


class SharesOneSeries(StoreOf):
    class unit(Unit):  # noqa: N801  # as above
        def next_number(self, series: str) -> int:
            return self._unit.next_number("all")


class SharesOneCursor(StoreOf):
    class unit(Unit):  # noqa: N801  # as above
        def set_cursor(self, reader: str, position: int) -> None:
            for each in ("one", "two"):
                self._unit.set_cursor(each, position)


class ForgetsFences(StoreOf):
    class unit(Unit):  # noqa: N801  # as above
        def finish_timer(self, claimed: ClaimedTimer) -> None:
            self._unit.clear_timer(claimed.timer.ticket_id, claimed.timer.name)


class KeepsClearedTimers(StoreOf):
    class unit(Unit):  # noqa: N801  # as above
        def clear_timer(self, ticket_id: TicketId, name: str) -> None:
            pass


class HandsOutTimersTwice(InMemoryStore):
    def claim_due(self, now: datetime, *, lease: timedelta, limit: int) -> Sequence[ClaimedTimer]:
        return super().claim_due(now, lease=-SECOND, limit=limit)


class NeverHandsOutAgain(InMemoryStore):
    def claim_due(self, now: datetime, *, lease: timedelta, limit: int) -> Sequence[ClaimedTimer]:
        return super().claim_due(now, lease=timedelta(days=9), limit=limit)


class HandsOutTimersEarly(InMemoryStore):
    def claim_due(self, now: datetime, *, lease: timedelta, limit: int) -> Sequence[ClaimedTimer]:
        return super().claim_due(now + timedelta(hours=1), lease=lease, limit=limit)


class HandsOutTheLatestFirst(InMemoryStore):
    def claim_due(self, now: datetime, *, lease: timedelta, limit: int) -> Sequence[ClaimedTimer]:
        return super().claim_due(now, lease=lease, limit=limit)[::-1]


class IgnoresLimits(InMemoryStore):
    def claim_due(self, now: datetime, *, lease: timedelta, limit: int) -> Sequence[ClaimedTimer]:
        return super().claim_due(now, lease=lease, limit=1000)


class SkipsInTheFeed(InMemoryStore):
    def events(self, *, after: int, limit: int) -> Sequence[PositionedEvent[TicketEvent]]:
        return super().events(after=after + 1 if after else 0, limit=limit)


class LosesRecords(StoreOf):
    class unit(Unit):  # noqa: N801  # as above
        def record(self, events: Sequence[ConfigurationEvent], *, after: int) -> None:
            self._unit.record(events[:1], after=after)


class ForgetsWhoSaidSo(StoreOf):
    class unit(Unit):  # noqa: N801  # as above
        def record(self, events: Sequence[ConfigurationEvent], *, after: int) -> None:
            self._unit.record([evolve(event, reason="") for event in events], after=after)


class RecordsAtOnce(StoreOf):
    """Does not wait for the end of the unit of work."""

    class unit(Unit):  # noqa: N801  # as above
        def record(self, events: Sequence[ConfigurationEvent], *, after: int) -> None:
            with InMemoryStore.begin(self._store) as other:
                other.record(events, after=after)


class IgnoresOtherRecords(StoreOf):
    """Minds only the records of the same key."""

    class unit(Unit):  # noqa: N801  # as above
        def record(self, events: Sequence[ConfigurationEvent], *, after: int) -> None:
            page = self._store.configuration_events(after=0, limit=1000)
            self._unit.record(events, after=max((each.position for each in page), default=0))


class CountsTicketsInTheConfiguration(StoreOf):
    """Takes the newest position of all for that of the configuration."""

    class unit(Unit):  # noqa: N801  # as above
        def record(self, events: Sequence[ConfigurationEvent], *, after: int) -> None:
            if after != self._unit._room.kept.end:
                raise ConflictError("configuration", "as a whole", after, self._unit._room.kept.end)
            self._unit.record(events, after=after)


class AllowsGaps(StoreOf):
    class unit(Unit):  # noqa: N801  # as above
        def record(self, events: Sequence[ConfigurationEvent], *, after: int) -> None:
            past = (len(self._unit.configuration_history(event.record.key)) for event in events)
            sequences = [length + 1 for length in past]
            self._unit.record(list(map(_renumbered, events, sequences)), after=after)


def _renumbered(event: ConfigurationEvent, sequence: int) -> ConfigurationEvent:
    return evolve(event, sequence=sequence)


class InventsRecords(StoreOf):
    class unit(Unit):  # noqa: N801  # as above
        def configuration_history(self, key: RecordKey) -> Sequence[ConfigurationEvent]:
            nothing = ConfigurationEvent(ConfigurationRecord(key, None), 1, A_MONDAY, "nobody")
            return self._unit.configuration_history(key) or [nothing]


class HidesItsOwnRecords(StoreOf):
    class unit(Unit):  # noqa: N801  # as above
        def configuration_history(self, key: RecordKey) -> Sequence[ConfigurationEvent]:
            return list(self._unit._room.kept.records.get(key, ()))


class ForgetsLocks(StoreOf):
    class unit(Unit):  # noqa: N801  # as above
        def save_staging(self, area: StagingArea, *, expected: int) -> None:
            self._unit.save_staging(evolve(area, locks={}), expected=expected)


class StagesOverOthers(StoreOf):
    class unit(Unit):  # noqa: N801  # as above
        def save_staging(self, area: StagingArea, *, expected: int) -> None:
            self._unit.save_staging(area, expected=self._store.staging().version)


class StagesAtOnce(StoreOf):
    """Does not wait for the end of the unit of work."""

    class unit(Unit):  # noqa: N801  # as above
        def save_staging(self, area: StagingArea, *, expected: int) -> None:
            with InMemoryStore.begin(self._store) as other:
                other.save_staging(area, expected=expected)


class SkipsRecords(InMemoryStore):
    def configuration_events(
        self, *, after: int, limit: int
    ) -> Sequence[PositionedEvent[ConfigurationEvent]]:
        return super().configuration_events(after=after + 2 if after else 0, limit=limit)


class GivesLongPages(InMemoryStore):
    def configuration_events(
        self, *, after: int, limit: int
    ) -> Sequence[PositionedEvent[ConfigurationEvent]]:
        return super().configuration_events(after=after, limit=limit + 1)


class CountsTheStreamsApart(InMemoryStore):
    def events(self, *, after: int, limit: int) -> Sequence[PositionedEvent[TicketEvent]]:
        whole = super().events(after=0, limit=1000)
        counted = [each._replace(position=n) for n, each in enumerate(whole, start=1)]
        return [each for each in counted if each.position > after][:limit]


class IgnoresExpectedRecords(StoreOf):
    class unit(Unit):  # noqa: N801  # as above
        def save_record(self, record: Record, events: Sequence[RecordEvent], *, expected: int) -> None:
            try:
                expected = self._unit.record_of(record.kind, record.id).version
            except NotFoundError:
                expected = 0
            numbered = [evolve(event, sequence=n) for n, event in enumerate(events, expected + 1)]
            self._unit.save_record(
                evolve(record, version=expected + len(events)), numbered, expected=expected
            )


class BelievesSequences(StoreOf):
    class unit(Unit):  # noqa: N801  # as above
        def save_record(self, record: Record, events: Sequence[RecordEvent], *, expected: int) -> None:
            key = record.kind, record.id
            self._unit._check_record(self._store._room.kept, key, expected)
            self._unit._expected_records.setdefault(key, expected)
            self._unit._records[key] = record
            self._unit._record_events.extend(events)


class SavesRecordsAtOnce(StoreOf):
    """Does not wait for the end of the unit of work."""

    class unit(Unit):  # noqa: N801  # as above
        def save_record(self, record: Record, events: Sequence[RecordEvent], *, expected: int) -> None:
            with InMemoryStore.begin(self._store) as other:
                other.save_record(record, events, expected=expected)


class MixesUpKinds(StoreOf):
    class unit(Unit):  # noqa: N801  # as above
        def record_of(self, kind: str, record_id: str) -> Record:
            found = [each for each in self._store._room.kept.others.values() if each.id == record_id]
            return found[0] if found else self._unit.record_of(kind, record_id)


class JoinsKindAndId(StoreOf):
    """Tells records apart by a text that is made of kind and id."""

    class unit(Unit):  # noqa: N801  # as above
        def record_history(self, kind: str, record_id: str) -> Sequence[RecordEvent]:
            wanted = f"{kind}/{record_id}"
            saved = [each.event for each in self._store.record_events(after=0, limit=1000)]
            return [event for event in saved if f"{event.kind}/{event.id}" == wanted]


class ForgetsWhoWasDeleted(StoreOf):
    class unit(Unit):  # noqa: N801  # as above
        def record_of(self, kind: str, record_id: str) -> Record:
            found = self._unit.record_of(kind, record_id)
            if found.is_deleted:
                raise NotFoundError(kind, record_id)
            return found


class RoundsNumbers(StoreOf):
    class unit(Unit):  # noqa: N801  # as above
        def save_record(self, record: Record, events: Sequence[RecordEvent], *, expected: int) -> None:
            rounded = {key: float(n) if type(n) is int else n for key, n in record.document.items()}
            self._unit.save_record(evolve(record, document=rounded), events, expected=expected)


class ListsTombstones(InMemoryStore):
    def records(
        self, kind: str, *, where: Condition = ALWAYS, after: str = "", limit: int
    ) -> Sequence[Record]:
        return list(self._room.kept.of_kind(kind, after))[:limit]


class SortsRecordsOddly(InMemoryStore):
    def records(
        self, kind: str, *, where: Condition = ALWAYS, after: str = "", limit: int
    ) -> Sequence[Record]:
        found = super().records(kind, where=where, after=after, limit=limit)
        return sorted(found, key=lambda each: each.id.lower())


class ChoosesFromAPage(InMemoryStore):
    """Takes the page first, and asks the condition then."""

    def records(
        self, kind: str, *, where: Condition = ALWAYS, after: str = "", limit: int
    ) -> Sequence[Record]:
        page = super().records(kind, after=after, limit=limit)
        return [each for each in super().records(kind, where=where, limit=1000) if each in page]


class SkipsInTheStreamOfRecords(InMemoryStore):
    def record_events(self, *, after: int, limit: int) -> Sequence[PositionedEvent[RecordEvent]]:
        return super().record_events(after=after + 2 if after else 0, limit=limit)


class CountsRecordsApart(InMemoryStore):
    def record_events(self, *, after: int, limit: int) -> Sequence[PositionedEvent[RecordEvent]]:
        whole = super().record_events(after=0, limit=1000)
        counted = [each._replace(position=n) for n, each in enumerate(whole, start=1)]
        return [each for each in counted if each.position > after][:limit]


class SortsTickets(InMemoryStore):
    def tickets(self) -> Sequence[StoredTicket]:
        return sorted(super().tickets(), key=lambda stored: stored.ticket.number)


class LosesParkedEntries(InMemoryStore):
    def settle(self, key: str, outcome: OutboxEntry | None) -> None:
        super().settle(key, None if outcome is None or outcome.parked else outcome)


class DeliversForever(InMemoryStore):
    def settle(self, key: str, outcome: OutboxEntry | None) -> None:
        if outcome is not None:
            super().settle(key, outcome)


class RevivesWhatWasDelivered(InMemoryStore):
    """Hides a delivered entry instead of letting it go."""

    def settle(self, key: str, outcome: OutboxEntry | None) -> None:
        hidden = OutboxEntry(a_notification(key), 1, A_MONDAY + timedelta(days=999))
        super().settle(key, hidden if outcome is None else outcome)


class RetriesAtOnce(InMemoryStore):
    def settle(self, key: str, outcome: OutboxEntry | None) -> None:
        super().settle(key, None if outcome is None else evolve(outcome, not_before=A_MONDAY))


class HandsOutEntriesTwice(InMemoryStore):
    def claim_outbox(self, now: datetime, *, lease: timedelta, limit: int) -> Sequence[OutboxEntry]:
        return super().claim_outbox(now, lease=-SECOND, limit=limit)


class HandsOutTheNewestFirst(InMemoryStore):
    def claim_outbox(self, now: datetime, *, lease: timedelta, limit: int) -> Sequence[OutboxEntry]:
        return super().claim_outbox(now, lease=lease, limit=limit)[::-1]


# -- tenants -------------------------------------------------------------------------------------------


class IsOneForAll(InMemoryStore):
    def of_tenant(self, tenant: str) -> InMemoryStore:
        other = super().of_tenant(tenant)
        other._room = self._room
        return other


class ListsEmptyTenants(InMemoryStore):
    def tenants(self) -> Sequence[str]:
        return sorted(self._building._rooms)


class SortsTenantsOddly(InMemoryStore):
    def tenants(self) -> Sequence[str]:
        return sorted(super().tenants(), key=str.lower)


class TakesAnyName(InMemoryStore):
    def of_tenant(self, tenant: str) -> InMemoryStore:
        return super().of_tenant(str(tenant).strip() or "nobody")


def sharing(part: str) -> type[InMemoryStore]:
    """Return a store whose tenants share a part of what is kept."""

    class Sharing(InMemoryStore):
        def of_tenant(self, tenant: str) -> InMemoryStore:
            other = super().of_tenant(tenant)
            setattr(other._room.kept, part, getattr(self._room.kept, part))
            return other

    return Sharing


# -- queries -------------------------------------------------------------------------------------------


class FindsEverything(InMemoryStore):
    def find(self, query: TicketQuery) -> TicketPage:
        return super().find(evolve(query, where=ALWAYS))


class FindsWhateverTheCase(InMemoryStore):
    def find(self, query: TicketQuery) -> TicketPage:
        match query.where:
            case Comparison(field=field, operator=Operator.EQUALS, value=str(text)):
                query = evolve(query, where=one_of(field, text, text.upper(), text.lower()))
        return super().find(query)


class CountsAPage(InMemoryStore):
    def count(self, where: Condition) -> int:
        return len(self.find(TicketQuery(where, limit=2)).tickets)


class SortsByOneFact(InMemoryStore):
    def find(self, query: TicketQuery) -> TicketPage:
        return super().find(evolve(query, order_by=query.order_by[:1]))


class TurnsMissingFactsRound(InMemoryStore):
    """Has what is missing first where the greatest comes first."""

    def find(self, query: TicketQuery) -> TicketPage:
        found = super().find(evolve(query, limit=1000)).tickets
        for order in query.order_by[:1]:
            if order.descending:
                found = sorted(found, key=lambda each: sort_key(each.ticket.fact(order.field)) is not None)
        return TicketPage(found[: query.limit], None)


class CountsRows(InMemoryStore):
    """Begins a page behind so many rows, wherever these are by now."""

    def find(self, query: TicketQuery) -> TicketPage:
        start = int(query.after or 0)
        found = super().find(evolve(query, limit=1000, after=None)).tickets
        end = start + query.limit
        return TicketPage(found[start:end], str(end) if end < len(found) else None)


class AlwaysGoesOn(InMemoryStore):
    def find(self, query: TicketQuery) -> TicketPage:
        found = super().find(query)
        end = found.next
        if end is None and len(found.tickets) == query.limit:
            end = query.after or token_of(query, end_of(query, found.tickets[-1].ticket, 99))
        return found._replace(next=end)


class TakesAnyEnd(InMemoryStore):
    def find(self, query: TicketQuery) -> TicketPage:
        try:
            return super().find(query)
        except DefinitionError:
            return super().find(evolve(query, after=None))


# -- what is remembered --------------------------------------------------------------------------------


class SkipsBackwards(StoreOf):
    class unit(Unit):  # noqa: N801  # as above
        def skip_numbers(self, series: str, through: int) -> None:
            self._store._room.kept.series[series] = through


class RemembersOver(StoreOf):
    class unit(Unit):  # noqa: N801  # as above
        def remember(self, entry: LedgerEntry) -> None:
            self._unit._remembered.pop(entry.key, None)
            self._store._room.kept.ledger.pop(entry.key, None)
            self._unit.remember(entry)


class RemembersAtOnce(StoreOf):
    """Does not wait for the end of the unit of work."""

    class unit(Unit):  # noqa: N801  # as above
        def remember(self, entry: LedgerEntry) -> None:
            with InMemoryStore.begin(self._store) as other:
                other.remember(entry)


class RemembersNoAnswers(StoreOf):
    class unit(Unit):  # noqa: N801  # as above
        def remember(self, entry: LedgerEntry) -> None:
            self._unit.remember(evolve(entry, answer={}))


class ForgetsTooMuch(InMemoryStore):
    def forget(self, before: datetime) -> int:
        return super().forget(before + SECOND)


class CutsOffAtNul(StoreOf):
    class unit(Unit):  # noqa: N801  # as above
        def attach(self, content: bytes) -> str:
            return str(self._unit.attach(content.partition(b"\0")[0]))


class KeepsEveryCopy(StoreOf):
    class unit(Unit):  # noqa: N801  # as above
        def attach(self, content: bytes) -> str:
            digest = str(self._unit.attach(content))
            self._store._room.kept.attachments[digest + "0"] = content
            return digest


class FindsEmptyAttachments(InMemoryStore):
    def attachment(self, digest: str) -> bytes:
        return self._room.kept.attachments.get(digest, b"")


# -- chains --------------------------------------------------------------------------------------------


class HashesEachByItself(InMemoryStore):
    def heads(self) -> Heads:
        found = super().heads()
        return found._replace(heads=tuple(each._replace(digest=each.digest[::-1]) for each in found.heads))


class SortsHeadsOddly(InMemoryStore):
    def heads(self) -> Heads:
        found = super().heads()
        return found._replace(
            heads=tuple(sorted(found.heads, key=lambda head: head.record.encode("utf-16-be")))
        )


class LosesCheckpoints(InMemoryStore):
    def checkpoints(self) -> Sequence[Checkpoint]:
        return super().checkpoints()[-1:]


class SortsCheckpoints(InMemoryStore):
    def checkpoints(self) -> Sequence[Checkpoint]:
        return sorted(super().checkpoints(), key=lambda each: each.at)


# -- what is personal ----------------------------------------------------------------------------------


class ErasesNothing(StoreOf):
    class unit(Unit):  # noqa: N801  # as above
        def erase(self, ticket_id: TicketId) -> Sequence[TicketEvent]:
            return [erased(event) for event in self._unit.history(ticket_id)]


class ErasesAtOnce(StoreOf):
    """Does not wait for the end of the unit of work."""

    class unit(Unit):  # noqa: N801  # as above
        def erase(self, ticket_id: TicketId) -> Sequence[TicketEvent]:
            with InMemoryStore.begin(self._store) as other:
                other.erase(ticket_id)
            return list(self._unit.history(ticket_id))


class ErasesFromNowOn(StoreOf):
    """Erases what comes later, too."""

    class unit(Unit):  # noqa: N801  # as above
        def erase(self, ticket_id: TicketId) -> Sequence[TicketEvent]:
            found = list(self._unit.erase(ticket_id))
            self._unit._erased._ends[ticket_id] += 9
            return found


class ErasesWhatIsSavedAlone(StoreOf):
    """Leaves the events of the unit of work itself as they are."""

    class unit(Unit):  # noqa: N801  # as above
        def erase(self, ticket_id: TicketId) -> Sequence[TicketEvent]:
            found = list(self._unit.erase(ticket_id))
            self._unit._erased._ends[ticket_id] = len(self._store._room.kept.histories[ticket_id])
            return found


class ErasesEverybody(StoreOf):
    class unit(Unit):  # noqa: N801  # as above
        def erase(self, ticket_id: TicketId) -> Sequence[TicketEvent]:
            for each in [*self._store._room.kept.tickets]:
                self._unit.erase(each)
            return list(self._unit.history(ticket_id))


class ErasesWithoutAsking(StoreOf):
    """Erases what stands in the chain for good, or seems to."""

    class unit(Unit):  # noqa: N801  # as above
        def erase(self, ticket_id: TicketId) -> Sequence[TicketEvent]:
            try:
                return list(self._unit.erase(ticket_id))
            except RefusedError:
                return [erased(event) for event in self._unit.history(ticket_id)]


class ErasesNoRecord(StoreOf):
    class unit(Unit):  # noqa: N801  # as above
        def erase_record(self, kind: str, record_id: str) -> Sequence[RecordEvent]:
            return [erased(event) for event in self._unit.record_history(kind, record_id)]


class ErasesRecordsAtOnce(StoreOf):
    """Does not wait for the end of the unit of work."""

    class unit(Unit):  # noqa: N801  # as above
        def erase_record(self, kind: str, record_id: str) -> Sequence[RecordEvent]:
            with InMemoryStore.begin(self._store) as other:
                other.erase_record(kind, record_id)
            return list(self._unit.record_history(kind, record_id))


class ErasesRecordsFromNowOn(StoreOf):
    """Erases what comes later, too."""

    class unit(Unit):  # noqa: N801  # as above
        def erase_record(self, kind: str, record_id: str) -> Sequence[RecordEvent]:
            found = list(self._unit.erase_record(kind, record_id))
            if found:
                self._unit._erased_records._ends[kind, record_id] += 9
            return found


class ErasesWholeKinds(StoreOf):
    class unit(Unit):  # noqa: N801  # as above
        def erase_record(self, kind: str, record_id: str) -> Sequence[RecordEvent]:
            for each in [*self._store._room.kept.others]:
                if each[0].lower() == kind.lower():
                    self._unit.erase_record(*each)
            return list(self._unit.record_history(kind, record_id))


class ErasesRecordsWithoutAsking(StoreOf):
    """Erases what stands in the chain for good, or seems to."""

    class unit(Unit):  # noqa: N801  # as above
        def erase_record(self, kind: str, record_id: str) -> Sequence[RecordEvent]:
            try:
                return list(self._unit.erase_record(kind, record_id))
            except RefusedError:
                return [erased(event) for event in self._unit.record_history(kind, record_id)]


class ErasesTextsAlone(StoreOf):
    """Takes what is no text for nothing personal."""

    class unit(Unit):  # noqa: N801  # as above
        def save_record(self, record: Record, events: Sequence[RecordEvent], *, expected: int) -> None:
            self._unit.save_record(record, list(map(_with_texts_alone, events)), expected=expected)


def _with_texts_alone(event: RecordEvent) -> RecordEvent:
    texts = [each for each in event.personal if isinstance(part_at(event.data, steps_of(each)), str)]
    return evolve(event, personal=texts)


class SavesWhatCannotBeErased(StoreOf):
    class unit(Unit):  # noqa: N801  # as above
        def save_record(self, record: Record, events: Sequence[RecordEvent], *, expected: int) -> None:
            salted = [each if each.salt else evolve(each, personal=()) for each in events]
            self._unit.save_record(record, salted, expected=expected)


class KeepsTheFeedOfRecords(InMemoryStore):
    def record_events(self, *, after: int, limit: int) -> Sequence[PositionedEvent[RecordEvent]]:
        for each in super().record_events(after=0, limit=99):
            _first_seen.setdefault((id(self), each.position), each)
        page = super().record_events(after=after, limit=limit)
        return [_first_seen[id(self), each.position] for each in page]


class KeepsFilesOfRecords(StoreOf):
    class unit(Unit):  # noqa: N801  # as above
        def erase_record(self, kind: str, record_id: str) -> Sequence[RecordEvent]:
            found = list(self._unit.erase_record(kind, record_id))
            self._unit._loose.clear()
            return found


class KeepsTheFeed(InMemoryStore):
    def events(self, *, after: int, limit: int) -> Sequence[PositionedEvent[TicketEvent]]:
        for each in super().events(after=0, limit=99):
            _first_seen.setdefault((id(self), each.position), each)
        return [_first_seen[id(self), each.position] for each in super().events(after=after, limit=limit)]


_first_seen: dict[tuple[int, int], PositionedEvent[TicketEvent]] = {}


class ChainsWhatIsLeft(InMemoryStore):
    """Makes the digests anew of what can still be read."""

    def heads(self) -> Heads:
        self._room.kept.chains._digests.clear()
        self._room.kept.chains._written.clear()
        return super().heads()


class TellsNevertheless(StoreOf):
    class unit(Unit):  # noqa: N801  # as above
        def erase(self, ticket_id: TicketId) -> Sequence[TicketEvent]:
            waiting = self._store._room.kept.outbox
            found = list(self._unit.erase(ticket_id))
            self._unit._silenced.clear()
            for each in [*waiting.values()]:
                told = evolve(each.entry.notification, ticket_id="of nobody")
                waiting["again"] = Waiting(evolve(each.entry, notification=told), each.free_at)
            return found


class KeepsFiles(StoreOf):
    class unit(Unit):  # noqa: N801  # as above
        def erase(self, ticket_id: TicketId) -> Sequence[TicketEvent]:
            found = list(self._unit.erase(ticket_id))
            self._unit._loose.clear()
            return found


class DropsAllFiles(StoreOf):
    class unit(Unit):  # noqa: N801  # as above
        def erase(self, ticket_id: TicketId) -> Sequence[TicketEvent]:
            found = list(self._unit.erase(ticket_id))
            self._store._room.kept.attachments.clear()
            return found


# -- work ----------------------------------------------------------------------------------------------


class ReleasesNothing(InMemoryStore):
    def release(self, claimed: Sequence[ClaimedTimer]) -> None:
        pass


class ReleasesForOthers(InMemoryStore):
    def release(self, claimed: Sequence[ClaimedTimer]) -> None:
        for each in claimed:
            if (each.timer.ticket_id, each.timer.name) in self._room.kept.timers:
                self._room.kept.set_timer(each.timer)


class NeverWakes(InMemoryStore):
    def wait(self, timeout: timedelta) -> None:
        Event().wait(timeout.total_seconds())


class WaitsForNotificationsOnly(InMemoryStore):
    def wait(self, timeout: timedelta) -> None:
        if self._room.kept.outbox:
            return
        Event().wait(timeout.total_seconds())


# -- dumps ---------------------------------------------------------------------------------------------


class LoadsOverData(InMemoryStore):
    def load(self, rows: Iterable[StoreRow]) -> None:
        self._room.kept = kept_from(rows, DOCUMENTS)


class LoadsUntilSomethingIsWrong(InMemoryStore):
    def load(self, rows: Iterable[StoreRow]) -> None:
        try:
            super().load(rows)
        except DefinitionError:
            with self.begin() as unit:
                unit.set_cursor("reader", 2)
            raise


class BelievesDigests(InMemoryStore):
    """Chains what it loads anew, whatever the rows say."""

    def load(self, rows: Iterable[StoreRow]) -> None:
        digests: dict[str, str] = {}
        mended: list[StoreRow] = []
        for row in rows:
            data = row[1] if row[0] in (RowKind.EVENT, RowKind.CONFIGURATION, RowKind.RECORD_EVENT) else None
            if data and "digest" in data:
                event = data["event"]
                record = event.get("ticket_id") or str(event.get("id") or event["record"]["key"])
                digests[record] = link(digests.get(record), canonical_bytes(event))
                row = StoreRow(row.kind, {**data, "digest": digests[record]})  # noqa: PLW2901
            mended.append(row)
        super().load(mended)


class ForgetsWhatWasDelivered(InMemoryStore):
    def dump(self) -> Iterator[StoreRow]:
        return (row for row in super().dump() if row.data.get("state") != "delivered")


class StartsNumbersAnew(InMemoryStore):
    def load(self, rows: Iterable[StoreRow]) -> None:
        super().load(row for row in rows if row[0] is not RowKind.SERIES)


class CountsPositionsAnew(InMemoryStore):
    def load(self, rows: Iterable[StoreRow]) -> None:
        super().load(rows)
        self._room.kept.end = 0


class KeepsLeases(InMemoryStore):
    def dump(self) -> Iterator[StoreRow]:
        claimed = {each.key: each.due for each in self._room.kept.queue}
        for row in super().dump():
            if row.kind is RowKind.TIMER:
                timer = from_document(row.data["timer"])
                due = claimed[timer.ticket_id, timer.name]
                yield StoreRow(row.kind, {"timer": to_document(evolve(timer, due=due))})
            else:
                yield row


class DumpsWhatComes(InMemoryStore):
    def dump(self) -> Iterator[StoreRow]:
        for place in range(99):
            yield from [*super().dump()][place : place + 1]


@pytest.fixture(autouse=True)
def _no_shrinking() -> Iterator[None]:
    """Let Hypothesis be content with the first example that fails: nobody will read it."""
    before = settings.get_current_profile_name()
    settings.register_profile("no shrinking", settings.get_profile(before), phases=[Phase.generate])
    settings.load_profile("no shrinking")
    yield
    settings.load_profile(before)


def failures(contract: type, *tests: str, **fixtures: Callable[[], object]) -> set[str]:
    """Run *tests*, or all, as pytest would, each with fixtures of its own; return those that fail."""
    failed = set()
    for name in tests or [name for name in dir(contract) if name.startswith("test_")]:
        test = getattr(contract(), name)
        for case in _cases(test):
            given = {fixture: make() for fixture, make in fixtures.items()}
            if "other_store" in signature(test).parameters:
                given["other_store"] = contract.other_store.__wrapped__(contract(), given["store"])  # type: ignore[attr-defined]
            try:
                test(**given, **case)
            except (AttributeError, NameError):
                raise  # a mistake in one of the stores here, and nothing that the test has found
            except (Exception, pytest.fail.Exception):  # noqa: BLE001  # each of them fails a test
                failed.add(name)
    return failed


def _cases(test: Any) -> list[dict[str, object]]:
    for mark in getattr(test, "pytestmark", ()):
        names, values = mark.args
        rows = [getattr(value, "values", (value,)) for value in values]
        return [dict(zip([names] if isinstance(names, str) else names, row, strict=True)) for row in rows]
    return [{}]


def test_the_reference_fails_at_nothing() -> None:
    assert failures(StorageContract, store=InMemoryStore) == set()


@pytest.mark.parametrize(
    ("broken", "caught_by"),
    [
        (ForgetsRollback, "test_an_exception_undoes_everything"),
        (IgnoresExpected, "test_a_save_over_another_version_is_a_conflict"),
        (IgnoresExpected, "test_of_two_who_read_the_same_version_one_saves"),
        (LosesEvents, "test_a_history_comes_back_in_order"),
        (CutsOffMicroseconds, "test_instants_keep_their_microseconds"),
        (InventsTickets, "test_what_is_not_there_is_not_found"),
        (ChangesCaches, "test_a_cache_comes_back_as_it_was_or_not_at_all"),
        (CountsFromOneEachTime, "test_numbers_are_unique_and_increasing"),
        (CountsFromOneEachTime, "test_threads_never_draw_the_same_number"),
        (SharesOneSeries, "test_numbers_are_unique_and_increasing"),
        (SharesOneCursor, "test_a_cursor_is_kept_for_each_reader"),
        (ForgetsFences, "test_a_late_holder_cannot_save"),
        (ForgetsFences, "test_a_claimed_timer_is_nobody_elses_until_the_lease_ends"),
        (KeepsClearedTimers, "test_a_cleared_timer_is_gone"),
        (HandsOutTimersTwice, "test_a_claimed_timer_is_nobody_elses_until_the_lease_ends"),
        (NeverHandsOutAgain, "test_a_claimed_timer_is_nobody_elses_until_the_lease_ends"),
        (HandsOutTimersEarly, "test_timers_are_claimed_when_due_the_earliest_first"),
        (HandsOutTheLatestFirst, "test_timers_are_claimed_when_due_the_earliest_first"),
        (IgnoresLimits, "test_a_claim_takes_no_more_than_it_may"),
        (SkipsInTheFeed, "test_the_feed_is_complete_whatever_the_size_of_its_pages"),
        (SkipsInTheFeed, "test_a_reader_that_follows_the_feed_skips_no_commit"),
        (LosesRecords, "test_records_of_the_configuration_come_back_equal"),
        (ForgetsWhoSaidSo, "test_records_of_the_configuration_come_back_equal"),
        (RecordsAtOnce, "test_a_ticket_and_the_configuration_are_saved_together_or_not_at_all"),
        (IgnoresOtherRecords, "test_who_has_not_read_all_of_the_configuration_records_nothing"),
        (IgnoresOtherRecords, "test_of_two_who_read_the_same_configuration_one_records"),
        (
            CountsTicketsInTheConfiguration,
            "test_what_happens_to_tickets_does_not_disturb_who_reads_the_configuration",
        ),
        (AllowsGaps, "test_the_history_of_a_record_has_no_gap"),
        (InventsRecords, "test_of_what_nobody_recorded_there_is_no_history"),
        (HidesItsOwnRecords, "test_a_unit_of_work_sees_what_it_has_recorded"),
        (SkipsRecords, "test_the_stream_of_the_configuration_is_complete_whatever_the_size_of_its_pages"),
        (SkipsRecords, "test_a_reader_of_the_configuration_skips_no_commit"),
        (GivesLongPages, "test_the_stream_of_the_configuration_is_complete_whatever_the_size_of_its_pages"),
        (CountsTheStreamsApart, "test_tickets_and_the_configuration_share_one_order_of_commits"),
        (IgnoresExpectedRecords, "test_a_record_is_not_saved_over_another_version"),
        (IgnoresExpectedRecords, "test_of_two_who_read_the_same_record_one_saves"),
        (IgnoresExpectedRecords, "test_of_two_who_save_a_new_record_one_does"),
        (IgnoresExpectedRecords, "test_a_unit_that_saves_a_record_twice_goes_by_what_it_has_saved"),
        (BelievesSequences, "test_events_lead_from_one_version_to_the_other"),
        (SavesRecordsAtOnce, "test_a_ticket_and_a_record_are_saved_together_or_not_at_all"),
        (MixesUpKinds, "test_of_what_nobody_saved_there_is_no_record"),
        (JoinsKindAndId, "test_a_record_is_found_by_kind_and_id"),
        (JoinsKindAndId, "test_a_unit_of_work_sees_the_records_it_has_saved"),
        (ForgetsWhoWasDeleted, "test_a_deleted_record_leaves_a_tombstone"),
        (ListsTombstones, "test_a_deleted_record_leaves_a_tombstone"),
        (RoundsNumbers, "test_a_saved_record_comes_back_equal"),
        (SortsRecordsOddly, "test_records_come_by_the_code_points_of_their_ids"),
        (ChoosesFromAPage, "test_records_are_those_for_which_a_condition_holds"),
        (SkipsInTheStreamOfRecords, "test_the_stream_of_records_is_complete_whatever_the_size_of_its_pages"),
        (SkipsInTheStreamOfRecords, "test_a_reader_of_records_skips_no_commit"),
        (CountsRecordsApart, "test_all_streams_share_one_order_of_commits"),
        (sharing("others"), "test_a_record_is_that_of_its_tenant"),
        (sharing("ids"), "test_two_tenants_call_everything_alike"),
        (sharing("other_histories"), "test_two_tenants_call_everything_alike"),
        (sharing("other_feed"), "test_two_tenants_call_everything_alike"),
        (ForgetsLocks, "test_a_staging_area_comes_back_equal"),
        (StagesOverOthers, "test_a_staging_area_is_not_saved_over_another"),
        (StagesOverOthers, "test_of_two_who_read_the_same_staging_area_one_saves"),
        (StagesOverOthers, "test_a_unit_of_work_can_save_a_staging_area_twice"),
        (StagesAtOnce, "test_a_staging_area_and_the_configuration_are_saved_together_or_not_at_all"),
        (SortsTickets, "test_tickets_come_in_the_order_of_their_first_save"),
        (LosesParkedEntries, "test_a_parked_entry_is_kept_and_not_handed_out"),
        (DeliversForever, "test_a_key_enters_the_outbox_once_for_all_time"),
        (RevivesWhatWasDelivered, "test_what_was_delivered_stays_so_whatever_a_late_worker_says"),
        (RetriesAtOnce, "test_an_entry_to_retry_comes_back_at_its_time"),
        (HandsOutEntriesTwice, "test_entries_are_handed_out_oldest_first_and_hidden_for_the_lease"),
        (HandsOutTheNewestFirst, "test_entries_are_handed_out_oldest_first_and_hidden_for_the_lease"),
        (IsOneForAll, "test_two_tenants_call_everything_alike"),
        (IsOneForAll, "test_a_conflict_is_one_of_the_same_tenant"),
        (IsOneForAll, "test_the_end_of_a_page_says_nothing_of_another_tenant"),
        (ListsEmptyTenants, "test_tenants_are_those_with_data"),
        (SortsTenantsOddly, "test_tenants_are_those_with_data"),
        (TakesAnyName, "test_a_tenant_has_a_name"),
        (sharing("tickets"), "test_two_tenants_call_everything_alike"),
        (sharing("numbers"), "test_a_conflict_is_one_of_the_same_tenant"),
        (sharing("histories"), "test_two_tenants_call_everything_alike"),
        (sharing("records"), "test_two_tenants_call_everything_alike"),
        (sharing("feed"), "test_two_tenants_call_everything_alike"),
        (sharing("configuration"), "test_two_tenants_call_everything_alike"),
        (sharing("series"), "test_what_is_done_to_one_is_not_done_to_another"),
        (sharing("timers"), "test_what_is_done_to_one_is_not_done_to_another"),
        (sharing("queue"), "test_what_one_claims_is_left_to_the_other"),
        (sharing("outbox"), "test_what_one_claims_is_left_to_the_other"),
        (sharing("known_keys"), "test_two_tenants_call_everything_alike"),
        (sharing("parked"), "test_two_tenants_call_everything_alike"),
        (sharing("cursors"), "test_what_is_done_to_one_is_not_done_to_another"),
        (sharing("ledger"), "test_two_tenants_call_everything_alike"),
        (sharing("attachments"), "test_two_tenants_call_everything_alike"),
        (sharing("checkpoints"), "test_two_tenants_call_everything_alike"),
        (FindsEverything, "test_the_pages_are_the_tickets_for_which_the_condition_holds_sorted"),
        (FindsWhateverTheCase, "test_text_is_compared_by_code_points"),
        (CountsAPage, "test_text_is_compared_by_code_points"),
        (SortsByOneFact, "test_what_one_fact_leaves_open_the_next_decides_and_then_the_first_save"),
        (TurnsMissingFactsRound, "test_what_is_missing_comes_last_whichever_way_is_sorted"),
        (CountsRows, "test_what_happens_between_two_pages_moves_nothing_else"),
        (AlwaysGoesOn, "test_a_page_that_is_just_full_is_the_last_one"),
        (TakesAnyEnd, "test_the_end_of_a_page_is_good_for_its_own_query_only"),
        (SkipsBackwards, "test_numbers_that_are_taken_are_skipped"),
        (RemembersOver, "test_a_key_is_remembered_once"),
        (RemembersOver, "test_of_two_who_do_the_same_one_does_it"),
        (RemembersAtOnce, "test_what_is_undone_is_not_remembered"),
        (RemembersNoAnswers, "test_what_is_remembered_comes_back_equal"),
        (ForgetsTooMuch, "test_what_is_old_is_forgotten"),
        (CutsOffAtNul, "test_content_comes_back_by_its_digest"),
        (KeepsEveryCopy, "test_the_same_content_is_kept_once"),
        (FindsEmptyAttachments, "test_what_was_never_attached_is_not_found"),
        (HashesEachByItself, "test_the_heads_are_those_of_the_histories"),
        (SortsHeadsOddly, "test_the_heads_are_those_of_the_histories"),
        (LosesCheckpoints, "test_checkpoints_come_back_in_the_order_of_their_making"),
        (SortsCheckpoints, "test_checkpoints_come_back_in_the_order_of_their_making"),
        (ErasesNothing, "test_what_was_erased_reads_so_everywhere"),
        (ErasesNothing, "test_a_dump_holds_no_word_of_it_and_can_be_loaded"),
        (ErasesNothing, "test_what_was_loaded_can_be_erased"),
        (ErasesAtOnce, "test_what_is_undone_is_not_erased"),
        (ErasesFromNowOn, "test_a_unit_of_work_sees_what_it_has_erased"),
        (ErasesWhatIsSavedAlone, "test_a_unit_of_work_sees_what_it_has_erased"),
        (ErasesEverybody, "test_other_tickets_and_tenants_are_left_alone"),
        (ErasesWithoutAsking, "test_what_was_saved_without_a_salt_stays_and_is_refused"),
        (KeepsTheFeed, "test_what_was_erased_reads_so_everywhere"),
        (ChainsWhatIsLeft, "test_chains_and_checkpoints_hold"),
        (TellsNevertheless, "test_what_was_to_be_told_of_it_is_dropped"),
        (TellsNevertheless, "test_what_a_unit_was_about_to_tell_of_it_is_dropped"),
        (KeepsFiles, "test_files_that_nothing_names_any_more_are_dropped"),
        (DropsAllFiles, "test_files_that_nothing_names_any_more_are_dropped"),
        (ErasesNoRecord, "test_what_was_erased_of_a_record_reads_so_everywhere"),
        (ErasesNoRecord, "test_a_dump_holds_no_word_of_a_record_and_can_be_loaded"),
        (ErasesNoRecord, "test_a_record_that_was_loaded_can_be_erased"),
        (ErasesNoRecord, "test_what_is_gone_of_a_record_without_a_word_is_missed"),
        (ErasesRecordsAtOnce, "test_of_a_record_nothing_is_erased_that_is_undone"),
        (ErasesRecordsFromNowOn, "test_a_unit_of_work_sees_what_it_has_erased_of_a_record"),
        (ErasesWholeKinds, "test_other_records_are_left_alone"),
        (ErasesRecordsWithoutAsking, "test_what_stands_in_the_chain_of_a_record_stays_and_is_refused"),
        (ErasesTextsAlone, "test_a_record_is_saved_as_its_erased_history_makes_it"),
        (SavesWhatCannotBeErased, "test_nothing_personal_is_saved_without_a_salt"),
        (KeepsTheFeedOfRecords, "test_what_was_erased_of_a_record_reads_so_everywhere"),
        (ChainsWhatIsLeft, "test_chains_and_checkpoints_of_records_hold"),
        (KeepsFilesOfRecords, "test_files_that_only_a_record_has_named_are_dropped"),
        (ReleasesNothing, "test_what_is_released_may_be_claimed_at_once"),
        (ReleasesForOthers, "test_a_claim_that_has_ended_is_not_released"),
        (NeverWakes, "test_a_timer_wakes_who_waits"),
        (NeverWakes, "test_a_notification_wakes_who_waits"),
        (WaitsForNotificationsOnly, "test_a_timer_wakes_who_waits"),
        (LoadsOverData, "test_a_store_that_has_anything_loads_nothing"),
        (LoadsUntilSomethingIsWrong, "test_what_does_not_fit_is_refused_and_nothing_is_kept"),
        (BelievesDigests, "test_what_does_not_fit_is_refused_and_nothing_is_kept"),
        (ForgetsWhatWasDelivered, "test_a_dump_holds_all_that_is_kept_in_order"),
        (ForgetsWhatWasDelivered, "test_life_goes_on_where_it_was_left"),
        (StartsNumbersAnew, "test_what_was_dumped_can_be_loaded"),
        (CountsPositionsAnew, "test_life_goes_on_where_it_was_left"),
        (KeepsLeases, "test_claims_are_no_part_of_a_dump"),
        (DumpsWhatComes, "test_a_dump_is_of_one_moment"),
    ],
)
def test_a_broken_store_is_caught(broken: type[InMemoryStore], caught_by: str) -> None:
    store: Callable[[], Store] = broken
    assert failures(Impatient, caught_by, store=store) == {caught_by}


class Impatient(StorageContract):
    patience = timedelta(milliseconds=20)


class Mute:
    @hookimpl
    def itsmkit_deliver(self, notification: Notification) -> DeliveryReceipt | None:
        return None


class MixesUpKeys:
    @hookimpl
    def itsmkit_deliver(self, notification: Notification) -> DeliveryReceipt:
        return DeliveryReceipt(notification.key.upper(), "channel")


class RefusesRepeats:
    def __init__(self) -> None:
        self._seen: set[str] = set()

    @hookimpl
    def itsmkit_deliver(self, notification: Notification) -> DeliveryReceipt | None:
        if notification.key in self._seen:
            return None
        self._seen.add(notification.key)
        return DeliveryReceipt(notification.key, "channel")


class SpeaksAscii:
    @hookimpl
    def itsmkit_deliver(self, notification: Notification) -> DeliveryReceipt:
        notification.body.encode("ascii")
        return DeliveryReceipt(notification.key, "channel")


@pytest.mark.parametrize(
    ("notifier", "caught_by"),
    [
        (InMemoryNotifier, set()),
        (
            Mute,
            {
                "test_the_receipt_carries_the_key",
                "test_the_same_key_may_come_again",
                "test_any_text_is_delivered",
            },
        ),
        (MixesUpKeys, {"test_the_receipt_carries_the_key"}),
        (RefusesRepeats, {"test_the_same_key_may_come_again"}),
        (SpeaksAscii, {"test_any_text_is_delivered"}),
    ],
)
def test_a_broken_notifier_is_caught(notifier: type, caught_by: set[str]) -> None:
    deliver = NotifierContract.deliver.__wrapped__
    found = failures(NotifierContract, deliver=lambda: deliver(NotifierContract(), notifier()))
    assert found == caught_by


@pytest.mark.parametrize("fixture", [StorageContract.store, NotifierContract.notifier])
def test_a_suite_says_which_fixture_it_needs(fixture: Any) -> None:
    with pytest.raises(NotImplementedError, match="provide the fixture"):
        fixture.__wrapped__(None)
