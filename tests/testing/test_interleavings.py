"""Sessions at the same time: how they are run, how they are judged, and which stores are caught."""

from collections.abc import Callable, Generator, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime, timedelta
from math import factorial, prod
from threading import Condition, Lock
from typing import Any

import pytest
from attrs import evolve
from hypothesis import given
from hypothesis import strategies as st

from itsmkit.cmdb.history import ConfigurationEvent
from itsmkit.cmdb.reconciliation import StagingArea
from itsmkit.desk import InMemoryStore
from itsmkit.errors import ConflictError, NotFoundError
from itsmkit.plugin import (
    ClaimedTimer,
    LedgerEntry,
    OutboxEntry,
    PositionedEvent,
    Record,
    RecordEvent,
    Store,
    StoredTicket,
    UnitOfWork,
)
from itsmkit.testing import interleavings
from itsmkit.testing.concurrency_contract import INTERLEAVINGS, ConcurrencyContract
from itsmkit.testing.interleavings import Interleaving, Outcome, orders_of_steps, serial, try_interleavings
from itsmkit.tickets import TicketEvent, TicketId

BY_NAME = {each.name: each for each in INTERLEAVINGS}


class TestInMemory(ConcurrencyContract):
    @pytest.fixture
    def store(self) -> Store:
        return InMemoryStore()


# -- how they are run ----------------------------------------------------------------------------


@given(st.dictionaries(st.sampled_from("abc"), st.integers(0, 3)))
def test_every_order_of_steps_comes_once(lengths: dict[str, int]) -> None:
    orders = list(orders_of_steps(lengths))
    expected = factorial(sum(lengths.values())) // prod(map(factorial, lengths.values()))
    assert len(orders) == len(set(orders)) == expected
    for order in orders:
        assert {name: order.count(name) for name in lengths} == lengths


def judged(*sessions: interleavings.Session, **options: Any) -> list[str]:
    named = dict(zip("abc", sessions, strict=False))
    return list(try_interleavings(Interleaving("test", named, **options), InMemoryStore))


def test_steps_are_taken_in_the_very_order_that_is_asked_for() -> None:
    taken: list[str] = []
    runs: list[tuple[str, ...]] = []

    def session(name: str) -> interleavings.Session:
        def steps(_store: Store) -> Generator[None, None, None]:
            taken.append(name)
            yield
            taken.append(name)

        return steps

    def judge(_interleaving: Interleaving, outcome: Outcome) -> None:
        runs.append(tuple(taken))
        assert runs[-1] == outcome.order

    assert judged(session("a"), session("b"), before=lambda _store: taken.clear(), judge=judge) == []
    assert sorted(runs) == sorted(orders_of_steps({"a": 2, "b": 2}))


def test_who_waits_for_another_is_left_waiting_while_that_one_goes_on(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(interleavings, "PATIENCE", 0.02)
    locks: dict[Store, Lock] = {}

    def session(store: Store) -> Generator[None, None, int]:
        with locks.setdefault(store, Lock()):
            yield
            with store.begin() as unit:
                number = unit.next_number("incident")
            yield
        return number

    def judge(_interleaving: Interleaving, outcome: Outcome) -> str | None:
        return None if sorted(outcome.answers.values()) == [1, 2] else str(outcome.answers)

    assert judged(session, session, judge=judge) == []


def test_sessions_that_wait_for_each_other_are_told_of(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(interleavings, "PATIENCE", 0.02)
    monkeypatch.setattr(interleavings, "_AT_MOST", 0.1)
    ends: list[bool] = []
    never = Condition()

    def session(store: Store) -> Generator[None, None, None]:
        if len(ends) < 2:  # the first times, each is run alone to count its steps
            ends.append(True)
        else:
            with never:
                never.wait()
        yield

    with pytest.raises(AssertionError, match="sessions wait for each other, in the order a a b b"):
        judged(session, session)


def test_an_error_that_is_no_conflict_is_raised_with_the_order() -> None:
    def looks(store: Store) -> Generator[None, None, None]:
        yield
        if store.events(after=0, limit=1):
            raise LookupError

    saves = BY_NAME["two begin a ticket of one number"].sessions["a"]
    with pytest.raises(LookupError) as raised:
        judged(looks, saves, judge=lambda *_: None)
    assert raised.value.__notes__ == ["raised by a, in the order a b b a"]


# -- how they are judged -------------------------------------------------------------------------


def test_a_refusal_where_none_may_be_is_told_of() -> None:
    sessions = BY_NAME["two begin a ticket of one number"].sessions.values()
    assert any("b was refused: " in each for each in judged(*sessions, refuses=False))


def test_what_was_seen_is_judged_as_well_as_what_was_kept() -> None:
    def counts(store: Store) -> Generator[None, None, int]:
        seen = store.cursor("reader")
        yield
        with store.begin() as unit:
            unit.set_cursor("reader", seen + 1)
        return seen

    problems = judged(counts, counts)
    assert [each.split(": ")[1] for each in problems] == ["a b a b", "a b b a", "b a a b", "b a b a"]
    assert all("saw 0" in each for each in problems)


def test_sessions_of_which_only_some_can_be_saved_must_not_all_be() -> None:
    class Store_(InMemoryStore):  # noqa: N801  # only here
        pass

    def refused(store: Store) -> Generator[None, None, None]:
        yield
        if type(store) is InMemoryStore:
            raise ConflictError("ticket", "as a whole", 0, 1)

    interleaving = Interleaving("test", {"a": refused}, judge=serial)
    with pytest.raises(ConflictError):  # alone, it must come to its end
        list(try_interleavings(interleaving, Store_))


# -- what must be caught -------------------------------------------------------------------------


class Unit:
    """A unit of work that hands on whatever a subclass does not spoil."""

    def __init__(self, unit: UnitOfWork, store: InMemoryStore) -> None:
        self._unit = unit
        self._store = store

    def __getattr__(self, name: str) -> Any:
        return getattr(self._unit, name)


class StoreOf(InMemoryStore):
    unit: type[Unit]

    @contextmanager
    def begin(self) -> Iterator[Any]:
        with super().begin() as unit:
            yield self.unit(unit, self)


class LosesUpdates(StoreOf):
    """Saves over what others have saved."""

    class unit(Unit):  # noqa: N801  # it stands for the attribute
        def save(self, stored: StoredTicket, events: Sequence[TicketEvent], *, expected: int) -> None:
            try:
                expected = self._unit.ticket(stored.ticket.id).ticket.version
            except NotFoundError:
                expected = 0
            self._unit.save(stored, events, expected=expected)


class ChecksOnlyWhenSaving(InMemoryStore):
    """Checks versions as they are saved, and not again in the end."""

    @contextmanager
    def begin(self) -> Iterator[UnitOfWork]:
        unit: Any = super().begin()
        yield unit
        with unit._room.lock:
            unit._apply(unit._room.kept)


class ShowsWhatIsNotCommitted(StoreOf):
    class unit(Unit):  # noqa: N801  # as above
        def save(self, stored: StoredTicket, events: Sequence[TicketEvent], *, expected: int) -> None:
            self._unit.save(stored, events, expected=expected)
            self._store._room.kept.histories[stored.ticket.id].extend(events)


class ClaimsTwice(InMemoryStore):
    def claim_due(self, now: datetime, *, lease: timedelta, limit: int) -> Sequence[ClaimedTimer]:
        return super().claim_due(now, lease=timedelta(0), limit=min(limit, 1))


class ForgetsFences(StoreOf):
    class unit(Unit):  # noqa: N801  # as above
        def finish_timer(self, claimed: ClaimedTimer) -> None:
            self._unit.clear_timer(claimed.timer.ticket_id, claimed.timer.name)


class RemembersTheLatest(StoreOf):
    """Keeps what the last one did, and lets the first be forgotten."""

    class unit(Unit):  # noqa: N801  # as above
        def remember(self, entry: LedgerEntry) -> None:
            self._unit._remembered[entry.key] = entry
            self._unit._check_ledger = lambda *_: None


class DrawsWhenItEnds(StoreOf):
    """Gives the same number to all who draw before one has ended."""

    class unit(Unit):  # noqa: N801  # as above
        def next_number(self, series: str) -> int:
            self.drawn = getattr(self, "drawn", self._store._room.kept.series.get(series, 0)) + 1
            self._store._room.kept.series[series] = self.drawn
            return self.drawn


class IgnoresSkips(StoreOf):
    class unit(Unit):  # noqa: N801  # as above
        def skip_numbers(self, series: str, through: int) -> None:
            pass


class RecordsOverOthers(StoreOf):
    class unit(Unit):  # noqa: N801  # as above
        def record(self, events: Sequence[ConfigurationEvent], *, after: int) -> None:
            page = self._store.configuration_events(after=0, limit=1000)
            self._unit.record(events, after=max((each.position for each in page), default=0))


class SavesRecordsOverOthers(StoreOf):
    class unit(Unit):  # noqa: N801  # as above
        def save_record(self, record: Record, events: Sequence[RecordEvent], *, expected: int) -> None:
            try:
                expected = self._unit.record_of(record.kind, record.id).version
            except NotFoundError:
                expected = 0
            events = [evolve(each, sequence=n) for n, each in enumerate(events, expected + 1)]
            self._unit.save_record(evolve(record, version=expected + len(events)), events, expected=expected)


class DrawsPositionsOfRecordsAtFirst(StoreOf):
    """As `DrawsPositionsAtFirst`, of the stream of records."""

    def __init__(self) -> None:
        super().__init__()
        self.drawn: dict[tuple[str, int], int] = {}

    class unit(Unit):  # noqa: N801  # as above
        def save_record(self, record: Record, events: Sequence[RecordEvent], *, expected: int) -> None:
            for event in events:
                self._store.drawn[event.id, event.sequence] = len(self._store.drawn) + 1  # type: ignore[attr-defined]
            self._unit.save_record(record, events, expected=expected)

    def record_events(self, *, after: int, limit: int) -> Sequence[PositionedEvent[RecordEvent]]:
        found = super().record_events(after=0, limit=1000)
        placed = [
            PositionedEvent(self.drawn[each.event.id, each.event.sequence], each.event) for each in found
        ]
        return [each for each in sorted(placed, key=lambda each: each.position) if each.position > after][
            :limit
        ]


class StagesOverOthers(StoreOf):
    class unit(Unit):  # noqa: N801  # as above
        def save_staging(self, area: StagingArea, *, expected: int) -> None:
            self._unit.save_staging(area, expected=self._store.staging().version)


class SendsAgain(StoreOf):
    """Puts a notification whose key is there already in place of the first."""

    class unit(Unit):  # noqa: N801  # as above
        def enqueue(self, entry: OutboxEntry) -> None:
            kept = self._store._room.kept
            kept.known_keys.pop(entry.notification.key, None)
            self._unit.enqueue(entry)


class HandsOutEntriesTwice(InMemoryStore):
    def claim_outbox(self, now: datetime, *, lease: timedelta, limit: int) -> Sequence[OutboxEntry]:
        return super().claim_outbox(now, lease=-timedelta(seconds=1), limit=limit)


class DrawsPositionsAtFirst(StoreOf):
    """Gives an event its place when it is saved, not when it is committed: who follows skips the late one."""

    def __init__(self) -> None:
        super().__init__()
        self.drawn: dict[tuple[TicketId, int], int] = {}

    class unit(Unit):  # noqa: N801  # as above
        def save(self, stored: StoredTicket, events: Sequence[TicketEvent], *, expected: int) -> None:
            for event in events:
                self._store.drawn[event.ticket_id, event.sequence] = len(self._store.drawn) + 1  # type: ignore[attr-defined]
            self._unit.save(stored, events, expected=expected)

    def events(self, *, after: int, limit: int) -> Sequence[PositionedEvent[TicketEvent]]:
        found = super().events(after=0, limit=1000)
        placed = sorted((self.drawn[each.event.ticket_id, each.event.sequence], each.event) for each in found)
        return [PositionedEvent(*each) for each in placed if each[0] > after][:limit]


@pytest.mark.parametrize(
    ("broken", "name"),
    [
        (LosesUpdates, "two change one ticket"),
        (ChecksOnlyWhenSaving, "two change one ticket"),
        (ChecksOnlyWhenSaving, "three change one ticket"),
        (ChecksOnlyWhenSaving, "two change two tickets, the other first"),
        (ChecksOnlyWhenSaving, "a worker, and a timer set anew"),
        (ChecksOnlyWhenSaving, "two begin a ticket of one number"),
        (ChecksOnlyWhenSaving, "two record something of the configuration"),
        (ChecksOnlyWhenSaving, "two stage what sources say"),
        (ShowsWhatIsNotCommitted, "what is undone is seen by nobody"),
        (ClaimsTwice, "two workers and one timer"),
        (ForgetsFences, "a worker after the lease of another"),
        (ForgetsFences, "a worker, and a timer set anew"),
        (RemembersTheLatest, "one key on a ticket each: neither write would stand against the other"),
        (DrawsWhenItEnds, "two draw numbers"),
        (IgnoresSkips, "one draws numbers, and one leaves some out"),
        (RecordsOverOthers, "two record something of the configuration"),
        (RecordsOverOthers, "one stages and records, one records"),
        (SavesRecordsOverOthers, "two change one record"),
        (SavesRecordsOverOthers, "two change two records, the other first"),
        (SavesRecordsOverOthers, "two begin two records, the other first"),
        (ChecksOnlyWhenSaving, "two change one record"),
        (ChecksOnlyWhenSaving, "two begin two records, the other first"),
        (DrawsPositionsOfRecordsAtFirst, "a reader follows the stream of records while two save"),
        (StagesOverOthers, "two stage what sources say"),
        (SendsAgain, "one key into the outbox"),
        (HandsOutEntriesTwice, "two deliver"),
        (DrawsPositionsAtFirst, "a reader follows the feed while two save"),
    ],
)
def test_a_broken_store_is_caught(broken: Callable[[], Store], name: str) -> None:
    assert next(try_interleavings(BY_NAME[name], broken), None) is not None


def test_the_suite_fails_on_a_broken_store() -> None:
    suite: Any = ConcurrencyContract()
    with pytest.raises(AssertionError, match="two change one ticket: a a b a b b: "):
        suite.test_sessions_at_once_come_to_what_they_do_one_after_the_other(
            LosesUpdates(), BY_NAME["two change one ticket"]
        )


def test_the_suite_says_which_fixture_it_needs() -> None:
    fixture: Any = ConcurrencyContract.store
    with pytest.raises(NotImplementedError, match="provide the fixture"):
        fixture.__wrapped__(None)
