"""A batch leaves what the same commands leave without it: all of it, or nothing."""

from collections.abc import Callable
from contextlib import suppress
from datetime import timedelta
from random import Random
from typing import Any

import pytest
from attrs import evolve
from hypothesis import given
from hypothesis import strategies as st

from itsmkit.cmdb import CIId, ConfigurationItem
from itsmkit.cmdb.reconciliation import StagingArea
from itsmkit.conditions import ALWAYS, equals, present
from itsmkit.desk import Desk, InMemoryNotifier, InMemoryStore, ManualClock, relive
from itsmkit.errors import ConflictError, NotFoundError, RefusedError
from itsmkit.plugin import (
    Checkpoint,
    LedgerEntry,
    Record,
    RowKind,
    Store,
    StoredTicket,
    StoreRow,
    TicketQuery,
    Timer,
    UnitOfWork,
)
from itsmkit.plugin.documents import canonical_bytes, to_document
from itsmkit.plugin.integrity import link, root_of
from itsmkit.practices import Incident, Observation
from itsmkit.simulate import month
from itsmkit.testing import A_MONDAY
from itsmkit.testing.contracts import commented, deleted, entry, happened, kept, rewritten, said, save, staged
from itsmkit.testing.days import Act, Day, days, rows_in_any_position
from itsmkit.tickets import Actor, CheckpointPassed

HOUR = timedelta(hours=1)
LEASE = timedelta(minutes=1)


def urgent(desk: Desk) -> Incident:
    """Log an incident that is to be resolved in four office hours."""
    return desk.incidents.log("No network", impact="high", urgency="high", support_group="Network")


# -- the law -------------------------------------------------------------------------------------------


@given(day=days())
def test_a_batch_leaves_what_the_same_commands_leave_without_it(day: list[Act]) -> None:
    plain, batched = Day(InMemoryStore()), Day(InMemoryStore())
    expected = plain.spend(plain.desk, day)
    with batched.desk.batch() as batch:
        assert batched.spend(batch, day) == expected
    assert rows_in_any_position(batched.desk.store) == rows_in_any_position(plain.desk.store)
    for each in (plain, batched):
        each.clock.advance(100 * HOUR)
        each.desk.run_due()
        each.desk.deliver()
    assert batched.notifier.delivered == plain.notifier.delivered
    assert rows_in_any_position(batched.desk.store) == rows_in_any_position(plain.desk.store)


@given(before=days(most=12), day=days(most=12, due=False, first=100), after=days(most=8, first=200))
def test_a_batch_on_a_desk_that_has_something_goes_on_from_there(
    before: list[Act], day: list[Act], after: list[Act]
) -> None:
    plain, batched = Day(InMemoryStore()), Day(InMemoryStore())
    expected = plain.spend(plain.desk, [*before, *day, *after])
    found = batched.spend(batched.desk, before)
    with batched.desk.batch() as batch:
        found += batched.spend(batch, day)
    found += batched.spend(batched.desk, after)
    assert found == expected
    assert rows_in_any_position(batched.desk.store) == rows_in_any_position(plain.desk.store)


@given(before=days(most=8), day=days(most=12, first=100))
def test_a_batch_that_fails_leaves_nothing(before: list[Act], day: list[Act]) -> None:
    one = Day(InMemoryStore())
    one.spend(one.desk, before)
    there = [row for row in one.desk.store.dump() if row.kind is not RowKind.SERIES]
    with suppress(ZeroDivisionError), one.desk.batch() as batch:
        one.spend(batch, day)
        raise ZeroDivisionError
    # Numbers that were drawn are left out.
    assert [row for row in one.desk.store.dump() if row.kind is not RowKind.SERIES] == there
    one.spend(one.desk, [Act("log", 0, 200), Act("put", 0, 201), Act("look", 0, 202)])


# -- what it is, and is not ------------------------------------------------------------------------------


def test_nobody_sees_a_batch_before_it_ends(make_desk: Callable[..., Desk]) -> None:
    desk, other = make_desk(), make_desk()
    with desk.batch() as batch:
        incident = urgent(batch)
        assert batch.is_batch
        assert batch.tickets.get(incident.id) == incident
        assert (list(other.tickets), list(other.feed()), other.next_due()) == ([], [], None)
        assert list(desk.tickets) == []
    assert not desk.is_batch
    assert list(other.tickets) == [incident]


def test_all_is_saved_in_one_unit_of_work(desk: Desk, store: Any) -> None:
    units: list[int] = []
    store.always(lambda: units.append(len(list(desk.tickets))))
    with desk.batch() as batch:
        for n in range(3):
            batch.incidents.take_over(f"OLD-{n}", Observation("New"), opened_at=A_MONDAY)
    assert units == [0]
    assert len(list(desk.tickets)) == 3


def test_what_others_save_meanwhile_is_met_at_the_end(make_desk: Callable[..., Desk]) -> None:
    desk, other = make_desk(), make_desk()
    first, second = urgent(desk), urgent(desk)
    # All of this is undone.
    with pytest.raises(ConflictError) as caught, desk.batch() as batch:  # noqa: PT012
        batch.tickets.comment(first.id, "in the batch")
        batch.tickets.comment(second.id, "in the batch")
        other.tickets.comment(second.id, "meanwhile")
    assert (caught.value.kind, caught.value.key) == ("ticket", second.id)
    assert [event.name for event in desk.feed()] == ["TicketLogged", "TicketLogged", "Commented"]


def test_what_others_record_meanwhile_is_met_at_the_end(make_desk: Callable[..., Desk]) -> None:
    desk, other = make_desk(), make_desk()
    # All of this is undone.
    with pytest.raises(ConflictError, match="configuration as a whole"), desk.batch() as batch:  # noqa: PT012
        batch.cmdb.put(ConfigurationItem(CIId("a"), "server", "A"))
        batch.cmdb.put(ConfigurationItem(CIId("b"), "server", "B"))
        other.cmdb.put(ConfigurationItem(CIId("c"), "server", "C"))
    assert [str(each.event.record.key) for each in desk.cmdb.events()] == ["configuration item c"]


def test_a_number_that_is_in_use_is_met_at_the_end_and_named(desk: Desk) -> None:
    desk.incidents.take_over("OLD-7", Observation("New"), opened_at=A_MONDAY)
    with pytest.raises(ConflictError) as caught, desk.batch() as batch:
        batch.incidents.take_over("OLD-7", Observation("New"), opened_at=A_MONDAY)
    assert (caught.value.kind, caught.value.key) == ("ticket number", "OLD-7")
    assert len(list(desk.tickets)) == 1


def test_a_number_that_the_batch_has_used_is_met_at_once(desk: Desk) -> None:
    with desk.batch() as batch:
        batch.incidents.take_over("OLD-7", Observation("New"), opened_at=A_MONDAY)
        with pytest.raises(ConflictError, match="ticket number OLD-7"):
            batch.incidents.take_over("OLD-7", Observation("New"), opened_at=A_MONDAY)
    assert [ticket.number for ticket in desk.tickets] == ["OLD-7"]


def test_new_numbers_follow_those_that_are_taken_over(desk: Desk) -> None:
    def take_over(on: Desk, number: str) -> None:
        on.incidents.take_over(number, Observation("New"), opened_at=A_MONDAY)

    for number in ("INC-007", "INC-x", "OLD-99", "INC-9", "INC-3"):
        take_over(desk, number)
    assert urgent(desk).number == "INC-10"
    with desk.batch() as batch:
        take_over(batch, "INC-20")
        take_over(batch, "INC-15")
        assert urgent(batch).number == "INC-21"
        take_over(batch, "INC-30")
    assert urgent(desk).number == "INC-31"


def test_its_own_timers_run_in_it_and_others_are_left_to_workers(
    make_desk: Callable[..., Desk], clock: ManualClock
) -> None:
    desk, other = make_desk(), make_desk()
    before = urgent(desk)
    clock.advance(2 * HOUR)
    with desk.batch() as batch:
        assert batch.next_due() is None
        within = urgent(batch)
        clock.advance(2 * HOUR)
        assert batch.next_due() == clock()
        assert batch.run_due(stop=lambda: True).passed == 0
        assert batch.run_due().passed == 1
        assert batch.run_due().passed == 0
    assert other.next_due() == A_MONDAY + 2 * HOUR
    clock.advance(10 * HOUR)
    other.run_due()
    for incident in (before, within):
        passed = [e.fact.checkpoint for e in desk.tickets.history(incident.id) if _is_passing(e)]
        assert passed == ["50%", "75%", "breach"]


def test_a_timer_that_is_claimed_in_it_and_not_run_is_free_in_the_end(desk: Desk, clock: ManualClock) -> None:
    with desk.batch() as batch:
        urgent(batch)
        clock.advance(2 * HOUR)
        (claimed,) = batch.store.claim_due(clock(), lease=10 * HOUR, limit=9)
        assert batch.store.claim_due(clock(), lease=HOUR, limit=9) == []
        batch.store.release([claimed])
        assert len(batch.store.claim_due(clock(), lease=10 * HOUR, limit=9)) == 1
    assert desk.run_due().passed == 1


def test_a_timer_that_others_have_set_anew_is_not_finished(desk: Desk, clock: ManualClock) -> None:
    with desk.batch() as batch:
        incident = urgent(batch)
        clock.advance(2 * HOUR)
        (claimed,) = batch.store.claim_due(clock(), lease=HOUR, limit=9)
        with batch.store.begin() as unit:
            unit.set_timer(claimed.timer)
        with pytest.raises(ConflictError, match="timer"), batch.store.begin() as unit:
            unit.finish_timer(claimed)
        (again,) = batch.store.claim_due(clock(), lease=HOUR, limit=9)
        with batch.store.begin() as unit:
            unit.finish_timer(again)
        assert batch.tickets.get(incident.id) == incident
    assert desk.next_due() is None


def test_a_timer_that_fails_in_it_is_parked_in_it(desk: Desk, clock: ManualClock) -> None:
    with desk.batch() as batch:
        store = batch.store
        incident = urgent(batch)
        clock.advance(2 * HOUR)
        (claimed,) = store.claim_due(clock(), lease=HOUR, limit=9)
        store.fail(claimed, None)
        assert store.claim_due(clock(), lease=HOUR, limit=9) == []  # it is tried when its lease is over
        clock.advance(HOUR)
        (again,) = store.claim_due(clock(), lease=HOUR, limit=9)
        assert (again.timer.failures, store.parked_timers()) == (1, [])
        store.fail(again, "it failed twice")
        [parked] = store.parked_timers()
        assert (parked.ticket_id, parked.parked) == (incident.id, "it failed twice")
        assert store.claim_due(clock(), lease=HOUR, limit=9) == []
        assert desk.store.parked_timers() == []


def test_timers_in_it_are_those_below_with_what_it_has_changed(make_desk: Callable[..., Desk]) -> None:
    desk = make_desk()
    incident = urgent(desk)

    def named(unit: UnitOfWork) -> list[tuple[str, timedelta]]:
        return [(each.name, each.due - A_MONDAY) for each in unit.timers(incident.id)]

    with desk.store.begin() as unit:
        assert named(unit) == [("resolve", 2 * HOUR)]
        unit.set_timer(Timer(incident.id, "before", A_MONDAY + HOUR))
    with desk.batch() as batch:
        with batch.store.begin() as unit:
            unit.set_timer(Timer(incident.id, "first", A_MONDAY + 3 * HOUR))
            unit.set_timer(Timer(incident.id, "resolve", A_MONDAY + 4 * HOUR))
            unit.clear_timer(incident.id, "before")
            unit.set_timer(Timer(urgent(batch).id, "of another", A_MONDAY))
        with batch.store.begin() as unit:
            unit.set_timer(Timer(incident.id, "resolve", A_MONDAY + 5 * HOUR))
            expected = [("first", 3 * HOUR), ("resolve", 5 * HOUR)]
            assert named(unit) == expected
        with desk.store.begin() as unit:
            assert named(unit) == [("before", HOUR), ("resolve", 2 * HOUR)]
    with desk.store.begin() as unit:
        assert named(unit) == expected


def _is_passing(event: Any) -> bool:
    return isinstance(event.fact, CheckpointPassed)


def test_nothing_is_delivered_before_the_end(
    desk: Desk, notifier: InMemoryNotifier, clock: ManualClock
) -> None:
    with desk.batch() as batch:
        urgent(batch)
        clock.advance(10 * HOUR)
        batch.run_due()
        with pytest.raises(RefusedError, match="nothing leaves the desk before the batch is saved"):
            batch.deliver()
        with pytest.raises(RefusedError, match="cannot deliver in a batch"):
            batch.store.settle("a", None)
        assert desk.deliver().delivered == 0
    assert desk.deliver().delivered == 2
    assert len(notifier.delivered) == 2


def test_a_batch_in_a_batch_is_refused(desk: Desk) -> None:
    with desk.batch() as batch:
        with pytest.raises(RefusedError, match="a batch already"), batch.batch():
            pass
        urgent(batch)
    assert len(list(desk.tickets)) == 1


def test_a_batch_in_the_transaction_of_a_host_is_refused(clock: ManualClock) -> None:
    class JoinedStore(InMemoryStore):
        is_joined = True

    with pytest.raises(RefusedError, match="transaction of its host"), Desk(store=JoinedStore()).batch():
        pass


def test_a_desk_that_acts_for_somebody_goes_on_so_in_a_batch(make_desk: Callable[..., Desk]) -> None:
    with make_desk().acting_as(Actor("import")).batch() as batch:
        urgent(batch)
        urgent(batch.acting_as(Actor("ann")))
    assert [event.actor.id for event in make_desk().feed()] == ["import", "ann"]


@pytest.mark.parametrize("is_undone", [False, True])
def test_after_its_end_a_batch_is_of_no_use(desk: Desk, is_undone: bool) -> None:
    with suppress(ZeroDivisionError), desk.batch() as batch:
        incident = urgent(batch)
        if is_undone:
            raise ZeroDivisionError
    store = batch.store
    calls: list[Callable[[], object]] = [
        lambda: urgent(batch),
        lambda: batch.tickets.get(incident.id),
        lambda: list(batch.tickets),
        batch.next_due,
        batch.run_due,
        batch.events,
        batch.cmdb.events,
        lambda: store.cursor("a"),
        lambda: store.attachment("a"),
        lambda: store.release([]),
        store.staging,
        store.parked,
        store.tenants,
        store.checkpoints,
        lambda: store.find_ticket("INC-1"),
        lambda: store.find(TicketQuery()),
        lambda: store.wait(HOUR),
    ]
    for call in calls:
        with pytest.raises(RefusedError, match="the batch has ended"):
            call()


def test_what_cannot_be_done_in_a_batch_is_refused_with_the_way_out(desk: Desk) -> None:
    with desk.batch() as batch:
        store = batch.store
        calls: dict[str, Callable[[], object]] = {
            "the desk of that tenant": lambda: batch.of_tenant("acme"),
            "do it before or after the batch": lambda: store.forget(A_MONDAY),
            "ask before or after the batch": store.heads,
            "dump what is kept in a batch; do it before or after": store.dump,
            "into an empty store": lambda: store.load([]),
            "leave the `with` block": batch.close,
        }
        for way_out, call in calls.items():
            with pytest.raises(RefusedError, match=way_out):
                call()
        urgent(batch)
    assert len(list(desk.tickets)) == 1


def test_a_store_below_answers_for_what_a_batch_does_not_hold(make_desk: Callable[..., Desk]) -> None:
    desk = make_desk()
    with desk.store.begin() as unit:
        digest = unit.attach(b"before")
        unit.set_cursor("mirror", 1)
        unit.remember(LedgerEntry("before", "request", {"n": 1}, A_MONDAY))
    with desk.batch() as batch:
        store = batch.store
        assert (store.attachment(digest), store.cursor("mirror")) == (b"before", 1)
        assert (store.tenants(), store.parked(), store.checkpoints()) == (["default"], [], [])
        assert (store.staging().version, store.now()) == (0, desk.store.now())
        store.wait(timedelta(0))
        with store.begin() as unit:
            known = unit.remembered("before")
            assert known is not None
            assert known.answer == {"n": 1}
            assert unit.remembered("never") is None


def test_all_that_a_store_keeps_is_kept_by_a_batch(desk: Desk) -> None:
    remembered = LedgerEntry("key", "request", {"n": 1}, A_MONDAY)
    checkpoint = Checkpoint(1, A_MONDAY, 0, root_of({}))
    with desk.batch() as batch:
        store = batch.store
        with store.begin() as unit:
            unit.remember(remembered)
            digest = unit.attach(b"content")
            unit.save_checkpoint(checkpoint)
            unit.enqueue(entry("a"))
            unit.set_cursor("mirror", 3)
            assert unit.remembered("key") == remembered
        with store.begin() as unit:
            assert unit.remembered("key") == remembered
            with pytest.raises(ConflictError, match="idempotency key"):
                unit.remember(remembered)
        assert (store.attachment(digest), store.cursor("mirror")) == (b"content", 3)
        assert store.checkpoints() == [checkpoint]
    store = desk.store
    with store.begin() as unit:
        assert unit.remembered("key") == remembered
    assert (store.attachment(digest), store.cursor("mirror")) == (b"content", 3)
    assert store.checkpoints() == [checkpoint]
    assert [each.notification.key for each in store.claim_outbox(A_MONDAY, lease=LEASE, limit=9)] == ["a"]


def test_what_is_erased_in_a_batch_is_read_so_at_once_and_for_good(desk: Desk) -> None:
    secret = desk.incidents.log("Ann's password is 4711", requester="bob")
    with desk.batch() as batch:
        batch.tickets.comment(secret.id, "it is 4711 indeed")
        erased = batch.tickets.erase(secret.id, reason="asked for by bob")
        said = batch.tickets.comment(secret.id, "done")
        assert (erased.title, said.version) == ("[erased]", erased.version + 1)
        feed = [each.event for each in batch.events()]
        assert feed == list(batch.tickets.history(secret.id))
        assert "4711" not in repr(feed)
        assert feed[-1].fact.text == "done"
        assert "4711" in repr(desk.tickets.history(secret.id))
    assert [each.event for each in desk.events()] == feed
    assert "4711" not in str([row.data for row in desk.store.dump()])


def test_a_record_that_is_erased_in_a_batch_is_read_so_at_once_and_for_good(desk: Desk) -> None:
    ann = kept(desk.store, "ann", name="Ann")
    with desk.batch() as batch:
        kept(batch.store, "bob", name="Bob")
        with batch.store.begin() as unit:
            last = unit.erase_record("person", "ann")[-1]
            assert last.data == {"name": "[erased]"}
            rewritten(unit, ann, **last.data)
        events = [each.event for each in batch.store.record_events(after=0, limit=9)]
        assert [(each.id, each.data["name"]) for each in events] == [
            ("ann", "[erased]"),
            ("bob", "Bob"),
            ("ann", "[erased]"),
        ]
        # From a position on that the batch has given, there is nothing of the store below.
        [first] = batch.store.record_events(after=1, limit=1)
        assert [each.event for each in batch.store.record_events(after=first.position, limit=9)] == events[2:]
        assert [each.event.data["name"] for each in desk.store.record_events(after=0, limit=9)] == ["Ann"]
    assert [each.event for each in desk.store.record_events(after=0, limit=9)] == events


def test_records_are_gone_through_in_pages_of_both_stores(desk: Desk) -> None:
    old = {each: kept(desk.store, each, mark="x") for each in "bdf"}
    kept(desk.store, "z", kind="article", mark="x")
    with desk.batch() as batch:
        kept(batch.store, "a", mark="x")
        kept(batch.store, "c", mark="y")
        kept(batch.store, "g", mark="x")
        with batch.store.begin() as unit:
            rewritten(unit, old["d"], mark="y")
            deleted(unit, old["f"])
        for limit in (1, 2, 3, 9):
            assert [each.id for each in pages(batch.store, limit, ALWAYS)] == ["a", "b", "c", "d", "g"]
            assert [each.id for each in pages(batch.store, limit, equals("mark", "x"))] == ["a", "b", "g"]
            assert [each.id for each in pages(batch.store, limit, equals("mark", "y"))] == ["c", "d"]
    assert [each.id for each in pages(desk.store, 2, equals("mark", "x"))] == ["a", "b", "g"]


def test_a_reader_cannot_note_a_position_that_is_provisional(desk: Desk) -> None:
    urgent(desk)
    with desk.batch() as batch:
        urgent(batch)
        first, second = batch.events()
        assert batch.events(after=first.position) == [second]
        assert batch.events(after=second.position) == []
        assert [each.position for each in batch.events(limit=1)] == [first.position]
        with pytest.raises(RefusedError, match="positions are provisional"), batch.store.begin() as unit:
            unit.set_cursor("mirror", second.position)
        with batch.store.begin() as unit:
            unit.set_cursor("mirror", first.position)
    assert desk.store.cursor("mirror") == 1
    assert [each.position for each in desk.events()] == [1, 2]


# -- units of work that meet each other within a batch -------------------------------------------------------


def test_units_in_a_batch_that_meet_are_told_and_change_nothing(desk: Desk) -> None:
    incident = urgent(desk)
    with desk.batch() as batch:
        store = batch.store
        outer = store.begin()
        unit = outer.__enter__()
        save(unit, commented(incident, "outer"), expected=1)
        unit.set_timer(Timer(incident.id, "resolve", A_MONDAY))
        batch.tickets.comment(incident.id, "inner")
        with pytest.raises(ConflictError, match="version 1"):
            outer.__exit__(None, None, None)
        assert [event.name for event in batch.tickets.history(incident.id)] == ["TicketLogged", "Commented"]
        assert batch.next_due() is None
    assert desk.tickets.get(incident.id).version == 2


def test_a_version_that_was_not_read_is_met_at_once(desk: Desk) -> None:
    with desk.batch() as batch:
        incident = urgent(batch)
        batch.tickets.comment(incident.id, "first")
        with pytest.raises(ConflictError, match="version 1"), batch.store.begin() as unit:
            save(unit, commented(incident), expected=1)


def test_what_is_staged_and_remembered_twice_is_met(desk: Desk) -> None:
    key = LedgerEntry("key", "request", {}, A_MONDAY)
    with desk.batch() as batch:
        outer = batch.store.begin()
        unit = outer.__enter__()
        unit.remember(key)
        with batch.store.begin() as inner:
            inner.remember(key)
        with pytest.raises(ConflictError, match="idempotency key"):
            outer.__exit__(None, None, None)
        outer = batch.store.begin()
        unit = outer.__enter__()
        unit.save_staging(staged(), expected=0)
        with batch.store.begin() as inner:
            inner.save_staging(StagingArea(), expected=0)
            with pytest.raises(ConflictError, match="staging area"):
                inner.save_staging(StagingArea(), expected=0)
            inner.save_staging(staged("2"), expected=1)
        with batch.store.begin() as inner:
            inner.save_staging(staged("2"), expected=2)
        with pytest.raises(ConflictError, match="staging area"):
            outer.__exit__(None, None, None)
        assert batch.store.staging().version == 3
    assert desk.store.staging().area == staged("2")


def test_what_is_recorded_follows_what_was_recorded(desk: Desk) -> None:
    with desk.batch() as batch:
        # All of this is undone.
        with pytest.raises(ConflictError, match="configuration as a whole"), batch.store.begin() as unit:  # noqa: PT012
            unit.record([said("a")], after=0)
            unit.record([said("b")], after=1)
        with batch.store.begin() as unit:
            unit.record([], after=0)
        with pytest.raises(ConflictError, match="configuration as a whole"), batch.store.begin() as unit:
            unit.record([said("a")], after=5)
        with batch.store.begin() as unit:
            unit.record([said("a")], after=0)
        with pytest.raises(ConflictError, match="configuration as a whole"), batch.store.begin() as unit:
            unit.record([said("a", 2)], after=0)
        (known,) = batch.store.configuration_events(after=0, limit=9)
        with (
            pytest.raises(ConflictError, match="configuration item a at version 2"),
            batch.store.begin() as unit,
        ):
            unit.record([said("a", 3)], after=known.position)
        with batch.store.begin() as unit:
            unit.record([said("a", 2), said("a", 3)], after=known.position)
            assert len(unit.configuration_history(known.event.record.key)) == 3
    assert [each.position for each in desk.store.configuration_events(after=0, limit=9)] == [1, 2, 3]


# -- records -----------------------------------------------------------------------------------------------

MARKS = ["x", "y", "erase", None]
CHANGES = st.lists(st.tuples(st.sampled_from("abcdef"), st.sampled_from(MARKS)), max_size=12)


def change(store: Store, record_id: str, mark: str | None) -> None:
    """Save the next version of a person, whose name is personal; or erase that, or delete the person."""
    with store.begin() as unit:
        try:
            found = unit.record_of("person", record_id)
        except NotFoundError:
            first = Record("person", record_id, 1, {"mark": mark, "name": f"Ann {mark}"})
            unit.save_record(first, [happened(first, 1)], expected=0)
            return
        if mark is None:
            deleted(unit, found)
        elif mark == "erase":
            last = unit.erase_record("person", record_id)[-1]
            rewritten(unit, found, **{**last.data, "mark": "z"})
        else:
            rewritten(unit, found, mark=mark, name=f"Ann {mark}")


def pages(store: Store, limit: int, where: Any) -> list[Record]:
    """Return the people for whom a condition holds, gone through in pages."""
    found: list[Record] = []
    while page := store.records("person", where=where, after=found[-1].id if found else "", limit=limit):
        assert len(page) <= limit
        found += page
    return found


@given(CHANGES, CHANGES, st.integers(1, 3), st.sampled_from([ALWAYS, equals("mark", "x"), present("mark")]))
def test_records_are_the_same_in_a_batch_as_without_it(
    before: list[tuple[str, str | None]], day: list[tuple[str, str | None]], limit: int, where: Any
) -> None:
    plain, below = InMemoryStore(), InMemoryStore()
    for store in (plain, below):
        for each in before:
            change(store, *each)
        kept(store, "a", kind="article")
    desk = Desk(store=below)
    with desk.batch() as batch:
        for each in day:
            change(plain, *each)
            change(batch.store, *each)
            assert pages(batch.store, limit, where) == pages(plain, limit, where)
        events = [each.event for each in plain.record_events(after=0, limit=99)]
        assert [each.event for each in batch.store.record_events(after=0, limit=99)] == events
        for record in pages(plain, 9, ALWAYS):
            with plain.begin() as one, batch.store.begin() as other:
                assert other.record_of("person", record.id) == one.record_of("person", record.id)
                assert other.record_history("person", record.id) == one.record_history("person", record.id)
    assert list(below.dump()) == list(plain.dump())


def test_what_was_loaded_without_a_salt_is_not_erased_in_a_batch_either(desk: Desk) -> None:
    document = Record("person", "ann", 1, {})
    said = to_document(evolve(happened(evolve(document, document={"name": "Ann"}), 1), salt=""))
    digest = link(None, canonical_bytes(said))
    rows = [
        StoreRow(RowKind.RECORD, {"record": to_document(document)}),
        StoreRow(RowKind.RECORD_EVENT, {"position": 1, "digest": digest, "event": said}),
    ]
    desk.store.load(rows)
    with desk.batch() as batch, batch.store.begin() as unit:
        with pytest.raises(RefusedError, match=r"cannot erase event 1 of person ann: .* /data/name stands"):
            unit.erase_record("person", "ann")
        assert list(unit.erase_record("person", "bob")) == []


def test_units_in_a_batch_that_save_one_record_are_told(desk: Desk) -> None:
    with desk.batch() as batch:
        outer = batch.store.begin()
        unit = outer.__enter__()
        rewritten(unit, None, mark="outer")
        ann = kept(batch.store, "ann", mark="inner")
        with pytest.raises(ConflictError, match="person ann at version 0"):
            outer.__exit__(None, None, None)
        with pytest.raises(ConflictError, match="person ann at version 0"), batch.store.begin() as unit:
            rewritten(unit, None)
        with batch.store.begin() as unit:
            second = rewritten(unit, ann, mark="second")
            assert unit.record_of("person", "ann") == second
            assert [each.sequence for each in unit.record_history("person", "ann")] == [1, 2]
    assert desk.store.records("person", limit=9) == [second]


def test_a_record_that_others_have_saved_meanwhile_is_met_at_the_end(make_desk: Callable[..., Desk]) -> None:
    desk = make_desk()
    ann = kept(desk.store, "ann", mark="before")
    with pytest.raises(ConflictError, match="person ann at version 1"), desk.batch() as batch:  # noqa: PT012
        with batch.store.begin() as unit:
            rewritten(unit, unit.record_of("person", "ann"), mark="batch")
        with desk.store.begin() as unit:
            meanwhile = rewritten(unit, ann, mark="meanwhile")
    assert desk.store.records("person", limit=9) == [meanwhile]


def test_a_ticket_may_be_given_another_number(desk: Desk) -> None:
    incident = urgent(desk)
    with desk.batch() as batch:
        for n in range(2):
            with batch.store.begin() as unit:
                known = unit.ticket(incident.id).ticket
                happened = commented(known)  # type: ignore[arg-type]  # it is an incident
                renamed = StoredTicket(evolve(happened.ticket, number=f"NEW-{n}"))
                unit.save(renamed, happened.events, expected=known.version)
        assert batch.tickets.by_number("NEW-1").id == incident.id
        for gone in ("INC-1", "NEW-0"):
            with pytest.raises(NotFoundError, match=gone):
                batch.tickets.by_number(gone)
    assert desk.tickets.by_number("NEW-1").id == incident.id


# -- reliving ------------------------------------------------------------------------------------------------


def test_a_month_relived_in_a_batch_is_that_without_it() -> None:
    march = month(incidents=60)

    def desk_of(notifier: InMemoryNotifier) -> tuple[Desk, ManualClock]:
        clock = ManualClock(march.begins_at)
        return Desk(march.config, plugins=[notifier], clock=clock, random=Random(1)), clock

    plain, batched = InMemoryNotifier(), InMemoryNotifier()
    desk, clock = desk_of(plain)
    lived = relive(desk, clock, march.entries)
    other, clock = desk_of(batched)
    with other.batch() as batch:
        within = relive(batch, clock, march.entries)
        assert batch.report() == desk.report()
    assert within == evolve(lived, notifications=0)
    assert other.deliver().delivered == lived.notifications
    assert batched.delivered == plain.delivered
    assert list(other.store.dump()) == list(desk.store.dump())


def test_a_log_is_relived_on_a_desk_that_has_a_number_of_it_already(desk: Desk, clock: ManualClock) -> None:
    march = month(incidents=5)
    desk.incidents.take_over(march.entries[-1].ticket, Observation("New"), opened_at=A_MONDAY)
    before = list(desk.store.dump())
    told: list[int] = []
    with pytest.raises(ConflictError, match=march.entries[-1].ticket), desk.batch() as batch:
        relive(batch, clock, march.entries, progress=told.append)
    assert len(told) < len(march.entries)  # it is met when it comes, not only at the end
    assert list(desk.store.dump()) == before
