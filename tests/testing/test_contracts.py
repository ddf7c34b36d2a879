"""The contracts are worth what they catch: each store here breaks one promise, and a test must say so."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import Any

import pytest
from attrs import evolve

from itsmkit.cmdb.history import ConfigurationEvent, ConfigurationRecord, RecordKey
from itsmkit.cmdb.reconciliation import StagingArea
from itsmkit.errors import ConflictError, NotFoundError
from itsmkit.plugin import (
    ClaimedTimer,
    DeliveryReceipt,
    Notification,
    OutboxEntry,
    PositionedEvent,
    Store,
    StoredTicket,
    UnitOfWork,
    hookimpl,
)
from itsmkit.testing import A_MONDAY, InMemoryNotifier, InMemoryStore, a_notification
from itsmkit.testing.contracts import NotifierContract, StorageContract
from itsmkit.tickets import TicketEvent, TicketId

SECOND = timedelta(seconds=1)


class Unit:
    """A unit of work that hands on whatever a subclass does not spoil."""

    def __init__(self, unit: UnitOfWork) -> None:
        self._unit = unit

    def __getattr__(self, name: str) -> Any:
        return getattr(self._unit, name)


class StoreOf(InMemoryStore):
    """A store whose units of work are of another class."""

    unit: type[Unit]

    @contextmanager
    def begin(self) -> Iterator[Any]:
        with super().begin() as unit:
            yield self.unit(unit)


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
            with InMemoryStore.begin(self._unit._store) as other:
                other.record(events, after=after)


class IgnoresOtherRecords(StoreOf):
    """Minds only the records of the same key."""

    class unit(Unit):  # noqa: N801  # as above
        def record(self, events: Sequence[ConfigurationEvent], *, after: int) -> None:
            page = self._unit._store.configuration_events(after=0, limit=1000)
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
            self._unit.save_staging(area, expected=self._unit._store.staging().version)


class StagesAtOnce(StoreOf):
    """Does not wait for the end of the unit of work."""

    class unit(Unit):  # noqa: N801  # as above
        def save_staging(self, area: StagingArea, *, expected: int) -> None:
            with InMemoryStore.begin(self._unit._store) as other:
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


def failures(contract: type, **fixtures: Callable[[], object]) -> set[str]:
    """Run *contract* as pytest would, every test with fixtures of its own; return the tests that fail."""
    failed = set()
    for name in dir(contract):
        if not name.startswith("test_"):
            continue
        test = getattr(contract(), name)
        for case in _cases(test):
            try:
                test(**{fixture: make() for fixture, make in fixtures.items()}, **case)
            except (Exception, pytest.fail.Exception):  # noqa: BLE001  # each of them fails a test
                failed.add(name)
    return failed


def _cases(test: Any) -> list[dict[str, object]]:
    for mark in getattr(test, "pytestmark", ()):
        name, values = mark.args
        return [{name: value} for value in values]
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
    ],
)
def test_a_broken_store_is_caught(broken: type[InMemoryStore], caught_by: str) -> None:
    store: Callable[[], Store] = broken
    assert caught_by in failures(StorageContract, store=store)


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
