"""
Contract suites: what a back end promises, as tests that its author runs.

Subclass the suite, provide the fixture that it names, and let pytest collect the subclass:

.. code-block:: python

    class TestMyStore(StorageContract):
        @pytest.fixture
        def store(self) -> Store:
            return MyStore()

The suites need pytest, which itsmkit itself does not.
"""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from fractions import Fraction
from functools import partial
from threading import Barrier

import pytest
from attrs import evolve

from itsmkit.cmdb import (
    AtLeast,
    CIId,
    ConfigurationItem,
    LookUp,
    Override,
    PercentUp,
    RedundancySet,
    Relation,
    SourceRecord,
    SourceRelation,
    capped,
)
from itsmkit.cmdb.history import ConfigurationEvent, ConfigurationRecord
from itsmkit.cmdb.reconciliation import AttributeLock, StagingArea
from itsmkit.desk import Desk, DeskConfig, InMemoryNotifier, ManualClock
from itsmkit.errors import ConflictError, NotFoundError
from itsmkit.plugin import (
    DeliveryReceipt,
    OutboxEntry,
    Plugins,
    PositionedEvent,
    Store,
    StoredStaging,
    StoredTicket,
    Timer,
    UnitOfWork,
)
from itsmkit.practices import Decision, Incident, IncidentManagement, Occasion, happen
from itsmkit.sla import Verdict
from itsmkit.testing.builders import A_MONDAY, AN_AGENT, a_notification, an_incident_logged
from itsmkit.testing.discovery_contract import DiscoveryContract
from itsmkit.tickets import CheckpointPassed, Commented, TicketEvent, TicketId, replay

__all__ = ["DiscoveryContract", "NotifierContract", "StorageContract"]

LEASE = timedelta(minutes=1)
HOUR = timedelta(hours=1)


class Undo(Exception):  # noqa: N818  # it is no error but a signal of the suite's own
    """Raised inside a unit of work to undo it."""


def saved(store: Store, number: str = "INC-1") -> Incident:
    """Save a new incident and return it."""
    decision = an_incident_logged(number)
    with store.begin() as unit:
        save(unit, decision, expected=0)
    return decision.ticket


def save(unit: UnitOfWork, decision: Decision[Incident], *, expected: int) -> None:
    """Save what was decided."""
    unit.save(StoredTicket(decision.ticket, {}), decision.events, expected=expected)


def commented(incident: Incident, text: str = "looked at it", at: datetime = A_MONDAY) -> Decision[Incident]:
    """Return a comment on *incident*."""
    return happen(incident, Occasion(AN_AGENT, at), Commented(text, public=False))


def entry(key: str, not_before: datetime = A_MONDAY) -> OutboxEntry:
    """Return an entry of the outbox that was never tried."""
    return OutboxEntry(a_notification(key), 0, not_before)


def said(
    name: str = "host-1", sequence: int = 1, *, at: datetime = A_MONDAY, there: bool = True
) -> ConfigurationEvent:
    """Return an event that says of an item that it is, or is not, there."""
    record = ConfigurationRecord.of(ConfigurationItem(CIId(name), "server", name))
    return ConfigurationEvent(record if there else evolve(record, value=None), sequence, at, "agent")


def staged(key: str = "1") -> StagingArea:
    """Return a staging area with something of every kind in it."""
    records = [
        SourceRecord(
            "scan",
            key,
            "server",
            name,
            {"memory": 64, "tags": ("blue", "old"), "bought": A_MONDAY, "spare": False, "share": 0.5},
            seen_at=A_MONDAY + timedelta(microseconds=1),
            lookups=[LookUp("network adapter", {"mac": "00:16:3e:0a:0b:0c"})],
            relations=[SourceRelation("runs_on", "2", from_other=True, qualifier="a", attributes={"n": 1})],
        )
        for name in ("Host 1", None)
    ]
    lock = AttributeLock(CIId("host-1"), "memory", 32, "ann", "as ordered", A_MONDAY + HOUR)
    area = StagingArea().with_records(records).with_full_load("scan", A_MONDAY, ["server"])
    return area.with_lock(lock).with_identities({("scan", key): CIId("host-1")})


def recorded(store: Store, *events: ConfigurationEvent) -> None:
    """Record *events*, each in a unit of work of its own."""
    for event in events:
        with store.begin() as unit:
            unit.record([event], after=newest(store))


def newest(store: Store) -> int:
    """Return the position of the newest event of the configuration."""
    return max((each.position for each in store.configuration_events(after=0, limit=1000)), default=0)


def keys(entries: object) -> list[str]:
    """Return the keys of outbox entries."""
    return [e.notification.key for e in entries]  # type: ignore[attr-defined]  # a sequence of entries


class StorageContract:
    """What every store keeps: provide the fixture ``store``, a new and empty one for each test."""

    @pytest.fixture
    def store(self) -> Store:
        """Return a new, empty store."""
        message = "subclass StorageContract and provide the fixture `store`"
        raise NotImplementedError(message)

    # -- tickets and their histories -------------------------------------------------------------

    def test_a_saved_ticket_comes_back_equal(self, store: Store) -> None:
        incident = saved(store)
        with store.begin() as unit:
            assert unit.ticket(incident.id).ticket == incident
        assert store.find_ticket("INC-1").ticket == incident

    def test_a_history_comes_back_in_order(self, store: Store) -> None:
        incident = saved(store)
        decision = commented(incident, "one")
        second = commented(decision.ticket, "two")
        with store.begin() as unit:
            save(unit, decision, expected=1)
            save(unit, second, expected=2)
        with store.begin() as unit:
            history = unit.history(incident.id)
        assert [event.sequence for event in history] == [1, 2, 3]
        assert list(history[1:]) == [*decision.events, *second.events]

    def test_what_is_not_there_is_not_found(self, store: Store) -> None:
        with store.begin() as unit:
            assert list(unit.history(TicketId("none"))) == []
            with pytest.raises(NotFoundError):
                unit.ticket(TicketId("none"))
        with pytest.raises(NotFoundError):
            store.find_ticket("INC-404")

    def test_tickets_come_in_the_order_of_their_first_save(self, store: Store) -> None:
        incidents = [saved(store, f"INC-{n}") for n in (3, 1, 2)]
        with store.begin() as unit:
            save(unit, commented(incidents[0]), expected=1)
        assert [stored.ticket.number for stored in store.tickets()] == ["INC-3", "INC-1", "INC-2"]

    def test_a_number_belongs_to_one_ticket(self, store: Store) -> None:
        incident = saved(store)
        other = IncidentManagement.standard().log(
            TicketId("another"), incident.number, Occasion(AN_AGENT, A_MONDAY)
        )
        with pytest.raises(ConflictError), store.begin() as unit:
            save(unit, other, expected=0)
        assert [stored.ticket for stored in store.tickets()] == [incident]

    def test_a_cache_comes_back_as_it_was_or_not_at_all(self, store: Store) -> None:
        decision = an_incident_logged()
        cache = {"clocks": {"resolve": A_MONDAY}}
        with store.begin() as unit:
            unit.save(StoredTicket(decision.ticket, cache), decision.events, expected=0)
        assert store.find_ticket("INC-1").cache in (cache, {})

    def test_instants_keep_their_microseconds(self, store: Store) -> None:
        at = A_MONDAY + timedelta(microseconds=1)
        decision = an_incident_logged(at=at)
        with store.begin() as unit:
            save(unit, decision, expected=0)
        with store.begin() as unit:
            assert unit.history(decision.ticket.id)[0].at == at

    def test_a_unit_of_work_sees_what_it_has_saved(self, store: Store) -> None:
        decision = an_incident_logged()
        with store.begin() as unit:
            save(unit, decision, expected=0)
            assert unit.ticket(decision.ticket.id).ticket == decision.ticket
            assert list(unit.history(decision.ticket.id)) == list(decision.events)

    # -- all or nothing --------------------------------------------------------------------------

    def test_an_exception_undoes_everything(self, store: Store) -> None:
        incident = saved(store)
        decision = commented(incident)
        with pytest.raises(Undo), store.begin() as unit:
            save(unit, decision, expected=1)
            unit.set_timer(Timer(incident.id, "resolve", A_MONDAY))
            unit.enqueue(entry("key-1"))
            unit.set_cursor("reader", 7)
            raise Undo
        assert store.find_ticket("INC-1").ticket == incident
        assert len(store.events(after=0, limit=10)) == 1
        assert store.next_due() is None
        assert keys(store.claim_outbox(A_MONDAY, lease=LEASE, limit=10)) == []
        assert store.cursor("reader") == 0

    @pytest.mark.parametrize("expected", [0, 2], ids=["as if new", "a later version"])
    def test_a_save_over_another_version_is_a_conflict(self, store: Store, expected: int) -> None:
        incident = saved(store)
        with pytest.raises(ConflictError), store.begin() as unit:
            save(unit, commented(incident), expected=expected)
        assert len(store.events(after=0, limit=10)) == 1

    def test_a_unit_that_saves_twice_goes_by_what_it_has_saved(self, store: Store) -> None:
        incident = saved(store)
        once = commented(incident)
        with pytest.raises(ConflictError), store.begin() as unit:
            save(unit, once, expected=1)
            save(unit, once, expected=1)
        assert store.find_ticket("INC-1").ticket == incident

    def test_a_conflict_undoes_the_whole_unit(self, store: Store) -> None:
        first, second = saved(store, "INC-1"), saved(store, "INC-2")
        with pytest.raises(ConflictError), store.begin() as unit:
            save(unit, commented(first), expected=1)
            save(unit, commented(second), expected=9)
        assert store.find_ticket("INC-1").ticket == first

    def test_of_two_who_read_the_same_version_one_saves(self, store: Store) -> None:
        incident = saved(store)
        together = Barrier(2)
        outcomes: list[str] = []

        def work(text: str) -> None:
            together.wait()
            try:
                with store.begin() as unit:
                    save(unit, commented(incident, text), expected=1)
            except ConflictError:
                outcomes.append("conflict")
            else:
                outcomes.append("saved")

        _run_together([lambda: work("one"), lambda: work("two")])
        assert sorted(outcomes) == ["conflict", "saved"]
        assert store.find_ticket("INC-1").ticket.version == 2

    # -- the feed --------------------------------------------------------------------------------

    def test_the_feed_is_complete_whatever_the_size_of_its_pages(self, store: Store) -> None:
        for n in range(5):
            saved(store, f"INC-{n}")
        whole = list(store.events(after=0, limit=100))
        paged: list[PositionedEvent[TicketEvent]] = []
        position = 0
        while page := store.events(after=position, limit=2):
            paged += page
            position = page[-1].position
        assert paged == whole
        assert [p.event.ticket_id for p in whole] == [f"ticket-INC-{n}" for n in range(5)]
        positions = [p.position for p in whole]
        assert positions == sorted(set(positions))

    def test_a_reader_that_follows_the_feed_skips_no_commit(self, store: Store) -> None:
        writers, each = 3, 10
        heard: list[PositionedEvent[TicketEvent]] = []

        def write(writer: int) -> None:
            for n in range(each):
                saved(store, f"INC-{writer}-{n}")

        def read() -> None:
            heard.extend(store.events(after=heard[-1].position if heard else 0, limit=4))

        with ThreadPoolExecutor(1) as pool:
            writing = pool.submit(_run_together, [partial(write, writer) for writer in range(writers)])
            while not writing.done():
                read()
            writing.result()
        for _ in range(writers * each):
            read()
        assert heard == list(store.events(after=0, limit=2 * writers * each))
        assert len(heard) == writers * each

    def test_a_cursor_is_kept_for_each_reader(self, store: Store) -> None:
        with store.begin() as unit:
            unit.set_cursor("one", 3)
        assert (store.cursor("one"), store.cursor("two")) == (3, 0)

    # -- the configuration -----------------------------------------------------------------------

    def test_records_of_the_configuration_come_back_equal(self, store: Store) -> None:
        host, shop = CIId("host-1"), CIId("shop")
        attributes = {"memory": 64, "tags": ("blue", "old"), "bought": A_MONDAY, "spare": False, "share": 0.5}
        redundancy = RedundancySet(shop, "hosts", [host, CIId("host-2")], AtLeast(1))
        values: list[ConfigurationItem | Relation | RedundancySet | Override] = [
            ConfigurationItem(host, "server", "Host 1", attributes),
            Relation(
                shop, "runs_on", host, qualifier="first", effect=capped("degraded"), attributes={"n": 1}
            ),
            redundancy,
            Override(shop, "degraded", "ann", A_MONDAY + HOUR, "it has a generator"),
            evolve(redundancy, name="others", rule=PercentUp(Fraction(100, 3)), relation_type="runs_on"),
        ]
        until = A_MONDAY + timedelta(microseconds=1)
        events = [
            ConfigurationEvent(
                ConfigurationRecord.of(value, A_MONDAY, until, sources=("scan", "ann"), last_seen=A_MONDAY),
                1,
                until,
                "agent",
                "because",
            )
            for value in values
        ]
        events.append(ConfigurationEvent(evolve(events[0].record, value=None), 2, until, "agent"))
        with store.begin() as unit:
            unit.record(events, after=0)
        assert [each.event for each in store.configuration_events(after=0, limit=10)] == events
        with store.begin() as unit:
            assert list(unit.configuration_history(events[0].record.key)) == [events[0], events[-1]]
            for event in events[1:-1]:
                assert list(unit.configuration_history(event.record.key)) == [event]

    def test_of_what_nobody_recorded_there_is_no_history(self, store: Store) -> None:
        with store.begin() as unit:
            assert list(unit.configuration_history(said().record.key)) == []
        assert list(store.configuration_events(after=0, limit=10)) == []

    def test_a_unit_of_work_sees_what_it_has_recorded(self, store: Store) -> None:
        first, second = said(), said(sequence=2, there=False)
        with store.begin() as unit:
            unit.record([first], after=0)
            unit.record([second], after=0)
            assert list(unit.configuration_history(first.record.key)) == [first, second]

    @pytest.mark.parametrize("sequence", [1, 3], ids=["again", "with a gap"])
    def test_the_history_of_a_record_has_no_gap(self, store: Store, sequence: int) -> None:
        recorded(store, said())
        with pytest.raises(ConflictError), store.begin() as unit:
            unit.record([said("host-2"), said(sequence=sequence)], after=newest(store))
        assert [each.event for each in store.configuration_events(after=0, limit=10)] == [said()]

    def test_who_has_not_read_all_of_the_configuration_records_nothing(self, store: Store) -> None:
        incident = saved(store)
        recorded(store, said())
        with pytest.raises(ConflictError), store.begin() as unit:
            save(unit, commented(incident), expected=1)
            unit.record([said("host-2")], after=0)
        assert store.find_ticket("INC-1").ticket == incident
        assert [each.event for each in store.configuration_events(after=0, limit=10)] == [said()]

    def test_what_happens_to_tickets_does_not_disturb_who_reads_the_configuration(self, store: Store) -> None:
        recorded(store, said())
        position = newest(store)
        saved(store)
        with store.begin() as unit:
            unit.record([said("host-2")], after=position)
        assert len(store.configuration_events(after=0, limit=10)) == 2

    def test_of_two_who_read_the_same_configuration_one_records(self, store: Store) -> None:
        together = Barrier(2)
        outcomes: list[str] = []

        def work(name: str) -> None:
            together.wait()
            try:
                with store.begin() as unit:
                    unit.record([said(name)], after=0)
            except ConflictError:
                outcomes.append("conflict")
            else:
                outcomes.append("recorded")

        _run_together([lambda: work("host-1"), lambda: work("host-2")])
        assert sorted(outcomes) == ["conflict", "recorded"]
        assert len(store.configuration_events(after=0, limit=10)) == 1

    def test_a_ticket_and_the_configuration_are_saved_together_or_not_at_all(self, store: Store) -> None:
        decision = an_incident_logged()
        with pytest.raises(Undo), store.begin() as unit:
            save(unit, decision, expected=0)
            unit.record([said()], after=0)
            raise Undo
        assert not store.tickets()
        assert not store.configuration_events(after=0, limit=10)
        with pytest.raises(ConflictError), store.begin() as unit:
            unit.record([said()], after=0)
            save(unit, decision, expected=7)
        assert not store.configuration_events(after=0, limit=10)
        with store.begin() as unit:
            save(unit, decision, expected=0)
            unit.record([said()], after=0)
        assert len(store.events(after=0, limit=10)) == len(store.configuration_events(after=0, limit=10)) == 1

    def test_tickets_and_the_configuration_share_one_order_of_commits(self, store: Store) -> None:
        recorded(store, said("host-0"))
        for n in range(1, 4):
            saved(store, f"INC-{n}")
            recorded(store, said(f"host-{n}"))
        feed, records = store.events(after=0, limit=10), store.configuration_events(after=0, limit=10)
        order = sorted(
            [(each.position, each.event.ticket_id[-1], "ticket") for each in feed]
            + [(each.position, each.event.record.key.parts[0][-1], "record") for each in records]
        )
        assert [(number, kind) for _, number, kind in order] == [
            ("0", "record"),
            *((str(n), kind) for n in range(1, 4) for kind in ("ticket", "record")),
        ]
        assert len({position for position, _, _ in order}) == 7

    def test_the_stream_of_the_configuration_is_complete_whatever_the_size_of_its_pages(
        self, store: Store
    ) -> None:
        for n in range(5):
            recorded(store, said(f"host-{n}"))
            saved(store, f"INC-{n}")
        whole = list(store.configuration_events(after=0, limit=100))
        paged: list[PositionedEvent[ConfigurationEvent]] = []
        while page := store.configuration_events(after=paged[-1].position if paged else 0, limit=2):
            assert len(page) <= 2
            paged += page
        assert paged == whole
        assert [each.event for each in whole] == [said(f"host-{n}") for n in range(5)]

    def test_a_reader_of_the_configuration_skips_no_commit(self, store: Store) -> None:
        writers, each = 3, 10
        heard: list[PositionedEvent[ConfigurationEvent]] = []

        def write(writer: int) -> None:
            for n in range(each):
                saved(store, f"INC-{writer}-{n}")
                _insisting(partial(recorded, store, said(f"host-{writer}-{n}")))

        def read() -> None:
            heard.extend(store.configuration_events(after=heard[-1].position if heard else 0, limit=4))

        with ThreadPoolExecutor(1) as pool:
            writing = pool.submit(_run_together, [partial(write, writer) for writer in range(writers)])
            while not writing.done():
                read()
            writing.result()
        for _ in range(writers * each):
            read()
        assert heard == list(store.configuration_events(after=0, limit=2 * writers * each))
        assert len(heard) == writers * each

    # -- what the sources say ----------------------------------------------------------------------

    def test_a_staging_area_comes_back_equal(self, store: Store) -> None:
        assert store.staging() == StoredStaging(StagingArea(), 0)
        area = staged()
        with store.begin() as unit:
            unit.save_staging(area, expected=0)
        assert store.staging() == StoredStaging(area, 1)
        less = area.without_records([("scan", "1")]).without_lock(CIId("host-1"), "memory")
        with store.begin() as unit:
            unit.save_staging(less, expected=1)
        assert store.staging() == StoredStaging(less, 2)

    def test_a_staging_area_is_not_saved_over_another(self, store: Store) -> None:
        with store.begin() as unit:
            unit.save_staging(staged(), expected=0)
        for expected in (0, 2):
            with pytest.raises(ConflictError), store.begin() as unit:
                unit.save_staging(StagingArea(), expected=expected)
        assert store.staging() == StoredStaging(staged(), 1)

    def test_of_two_who_read_the_same_staging_area_one_saves(self, store: Store) -> None:
        together = Barrier(2)
        outcomes: list[str] = []

        def work(key: str) -> None:
            together.wait()
            try:
                with store.begin() as unit:
                    unit.save_staging(staged(key), expected=0)
            except ConflictError:
                outcomes.append("conflict")
            else:
                outcomes.append("saved")

        _run_together([lambda: work("1"), lambda: work("2")])
        assert sorted(outcomes) == ["conflict", "saved"]
        assert store.staging().version == 1

    def test_a_unit_of_work_can_save_a_staging_area_twice(self, store: Store) -> None:
        with store.begin() as unit:
            unit.save_staging(staged("1"), expected=0)
            unit.save_staging(staged("2"), expected=1)
        assert store.staging() == StoredStaging(staged("2"), 2)
        with pytest.raises(ConflictError), store.begin() as unit:
            unit.save_staging(staged("1"), expected=2)
            unit.save_staging(staged("3"), expected=2)
        assert store.staging() == StoredStaging(staged("2"), 2)

    def test_a_staging_area_and_the_configuration_are_saved_together_or_not_at_all(
        self, store: Store
    ) -> None:
        with pytest.raises(ConflictError), store.begin() as unit:
            unit.save_staging(staged(), expected=0)
            unit.record([said()], after=7)
        assert store.staging().version == 0
        with pytest.raises(Undo), store.begin() as unit:
            unit.record([said()], after=0)
            unit.save_staging(staged(), expected=0)
            raise Undo
        assert (store.staging().version, newest(store)) == (0, 0)

    # -- numbers ---------------------------------------------------------------------------------

    def test_numbers_are_unique_and_increasing(self, store: Store) -> None:
        drawn: list[int] = []
        for _ in range(3):
            with store.begin() as unit:
                drawn += [unit.next_number("incident"), unit.next_number("incident")]
        assert drawn == sorted(set(drawn))
        with store.begin() as unit:
            assert unit.next_number("change") == 1

    def test_threads_never_draw_the_same_number(self, store: Store) -> None:
        drawn: list[int] = []

        def draw() -> None:
            for _ in range(20):
                with store.begin() as unit:
                    drawn.append(unit.next_number("incident"))

        _run_together([draw] * 4)
        assert len(set(drawn)) == 80

    # -- timers ----------------------------------------------------------------------------------

    def test_timers_are_claimed_when_due_the_earliest_first(self, store: Store) -> None:
        incident = saved(store)
        with store.begin() as unit:
            for hours, name in ((2, "b"), (1, "a"), (3, "c")):
                unit.set_timer(Timer(incident.id, name, A_MONDAY + hours * HOUR))
        assert store.next_due() == A_MONDAY + HOUR
        assert not store.claim_due(A_MONDAY, lease=LEASE, limit=10)
        claimed = store.claim_due(A_MONDAY + 2 * HOUR, lease=LEASE, limit=10)
        assert [c.timer.name for c in claimed] == ["a", "b"]

    def test_a_claim_takes_no_more_than_it_may(self, store: Store) -> None:
        incident = saved(store)
        with store.begin() as unit:
            for name in "abc":
                unit.set_timer(Timer(incident.id, name, A_MONDAY))
        assert len(store.claim_due(A_MONDAY, lease=LEASE, limit=2)) == 2
        assert len(store.claim_due(A_MONDAY, lease=LEASE, limit=2)) == 1

    def test_a_claimed_timer_is_nobody_elses_until_the_lease_ends(self, store: Store) -> None:
        incident = saved(store)
        with store.begin() as unit:
            unit.set_timer(Timer(incident.id, "resolve", A_MONDAY))
        (first,) = store.claim_due(A_MONDAY, lease=LEASE, limit=1)
        assert not store.claim_due(A_MONDAY, lease=LEASE, limit=1)
        (second,) = store.claim_due(A_MONDAY + LEASE, lease=LEASE, limit=1)
        assert second.timer == first.timer
        assert second.fence > first.fence
        with pytest.raises(ConflictError), store.begin() as unit:
            unit.finish_timer(first)
        with store.begin() as unit:
            unit.finish_timer(second)
        assert store.next_due() is None

    def test_threads_never_claim_the_same_timer(self, store: Store) -> None:
        incident = saved(store)
        with store.begin() as unit:
            for n in range(40):
                unit.set_timer(Timer(incident.id, f"timer {n}", A_MONDAY))
        names: list[str] = []

        def claim() -> None:
            for _ in range(40):
                names.extend(c.timer.name for c in store.claim_due(A_MONDAY, lease=LEASE, limit=3))

        _run_together([claim] * 4)
        assert sorted(names) == sorted(f"timer {n}" for n in range(40))

    def test_a_late_holder_cannot_save(self, store: Store) -> None:
        incident = saved(store)
        with store.begin() as unit:
            unit.set_timer(Timer(incident.id, "resolve", A_MONDAY))
        (late,) = store.claim_due(A_MONDAY, lease=LEASE, limit=1)
        store.claim_due(A_MONDAY + LEASE, lease=LEASE, limit=1)
        with pytest.raises(ConflictError), store.begin() as unit:
            save(unit, commented(incident), expected=1)
            unit.finish_timer(late)
        assert store.find_ticket("INC-1").ticket == incident

    def test_setting_a_timer_anew_ends_a_claim_on_it(self, store: Store) -> None:
        incident = saved(store)
        with store.begin() as unit:
            unit.set_timer(Timer(incident.id, "resolve", A_MONDAY))
        (claimed,) = store.claim_due(A_MONDAY, lease=LEASE, limit=1)
        with store.begin() as unit:
            unit.set_timer(Timer(incident.id, "resolve", A_MONDAY + HOUR))
        with pytest.raises(ConflictError), store.begin() as unit:
            unit.finish_timer(claimed)
        assert store.next_due() == A_MONDAY + HOUR

    def test_a_finished_timer_can_be_set_again_in_the_same_unit(self, store: Store) -> None:
        incident = saved(store)
        with store.begin() as unit:
            unit.set_timer(Timer(incident.id, "resolve", A_MONDAY))
        (claimed,) = store.claim_due(A_MONDAY, lease=LEASE, limit=1)
        with store.begin() as unit:
            unit.finish_timer(claimed)
            unit.set_timer(Timer(incident.id, "resolve", A_MONDAY + HOUR))
        assert store.next_due() == A_MONDAY + HOUR

    def test_a_cleared_timer_is_gone(self, store: Store) -> None:
        incident = saved(store)
        with store.begin() as unit:
            unit.set_timer(Timer(incident.id, "resolve", A_MONDAY))
        with store.begin() as unit:
            unit.clear_timer(incident.id, "resolve")
            unit.clear_timer(incident.id, "never set")
        assert store.next_due() is None

    # -- outbox ----------------------------------------------------------------------------------

    def test_a_key_enters_the_outbox_once_for_all_time(self, store: Store) -> None:
        with store.begin() as unit:
            unit.enqueue(entry("a"))
            unit.enqueue(entry("a"))
        assert keys(store.claim_outbox(A_MONDAY, lease=LEASE, limit=10)) == ["a"]
        store.settle("a", None)
        with store.begin() as unit:
            unit.enqueue(entry("a"))
        assert keys(store.claim_outbox(A_MONDAY + HOUR, lease=LEASE, limit=10)) == []

    def test_entries_are_handed_out_oldest_first_and_hidden_for_the_lease(self, store: Store) -> None:
        with store.begin() as unit:
            for key in ("a", "b", "c"):
                unit.enqueue(entry(key))
            unit.enqueue(entry("later", A_MONDAY + HOUR))
        assert keys(store.claim_outbox(A_MONDAY, lease=LEASE, limit=2)) == ["a", "b"]
        assert keys(store.claim_outbox(A_MONDAY, lease=LEASE, limit=2)) == ["c"]
        assert keys(store.claim_outbox(A_MONDAY + LEASE, lease=LEASE, limit=9)) == ["a", "b", "c"]

    def test_an_entry_to_retry_comes_back_at_its_time(self, store: Store) -> None:
        with store.begin() as unit:
            unit.enqueue(entry("a"))
        (claimed,) = store.claim_outbox(A_MONDAY, lease=LEASE, limit=1)
        again = evolve(claimed, attempts=1, not_before=A_MONDAY + HOUR)
        store.settle("a", again)
        assert not store.claim_outbox(A_MONDAY + 2 * LEASE, lease=LEASE, limit=1)
        assert list(store.claim_outbox(A_MONDAY + HOUR, lease=LEASE, limit=1)) == [again]

    def test_threads_never_claim_the_same_entry(self, store: Store) -> None:
        with store.begin() as unit:
            for n in range(40):
                unit.enqueue(entry(f"key {n}"))
        taken: list[str] = []

        def claim() -> None:
            for _ in range(40):
                taken.extend(keys(store.claim_outbox(A_MONDAY, lease=LEASE, limit=3)))

        _run_together([claim] * 4)
        assert sorted(taken) == sorted(f"key {n}" for n in range(40))

    @pytest.mark.parametrize("parked", [None, "given up"], ids=["to retry", "to park"])
    def test_what_was_delivered_stays_so_whatever_a_late_worker_says(
        self, store: Store, parked: str | None
    ) -> None:
        with store.begin() as unit:
            unit.enqueue(entry("a"))
        (late,) = store.claim_outbox(A_MONDAY, lease=LEASE, limit=1)
        assert keys(store.claim_outbox(A_MONDAY + LEASE, lease=LEASE, limit=1)) == ["a"]
        store.settle("a", None)
        store.settle("a", evolve(late, attempts=1, parked=parked))
        assert not store.claim_outbox(A_MONDAY + HOUR, lease=LEASE, limit=1)
        assert not store.parked()

    def test_a_parked_entry_is_kept_and_not_handed_out(self, store: Store) -> None:
        with store.begin() as unit:
            unit.enqueue(entry("a"))
        (claimed,) = store.claim_outbox(A_MONDAY, lease=LEASE, limit=1)
        parked = evolve(claimed, attempts=8, parked="given up")
        store.settle("a", parked)
        assert not store.claim_outbox(A_MONDAY + HOUR, lease=LEASE, limit=1)
        assert list(store.parked()) == [parked]

    # -- a desk ----------------------------------------------------------------------------------

    def test_a_desk_works_on_it(self, store: Store) -> None:
        clock = ManualClock(A_MONDAY)
        notifier = InMemoryNotifier()
        desk = Desk(DeskConfig.standard(), store=store, plugins=[notifier], clock=clock).acting_as(AN_AGENT)
        incident = desk.incidents.log("No network", impact="high", urgency="high", support_group="Network")
        clock.advance(3 * HOUR)
        desk.run_due()
        desk.incidents.transition(incident.id, "assign")
        resolved = desk.incidents.transition(incident.id, "resolve", resolution="plugged it in")
        desk.deliver()
        passed = [e.fact for e in desk.feed() if isinstance(e.fact, CheckpointPassed)]
        resolve = [fact.checkpoint for fact in passed if fact.clock == "resolve"]
        assert resolve == ["50%", "75%"]
        assert len(notifier.delivered) == sum(len(fact.notified) for fact in passed)
        assert desk.tickets.find(incident.number) == resolved
        assert replay(desk.tickets.history(incident.id), Incident) == resolved
        assert desk.tickets.clocks(incident.id)["resolve"].verdict is Verdict.MET
        assert desk.next_due() is None


class NotifierContract:
    """What every notifier keeps: provide the fixture ``notifier``, a plugin that can deliver."""

    @pytest.fixture
    def notifier(self) -> object:
        """Return the plugin, ready to deliver."""
        message = "subclass NotifierContract and provide the fixture `notifier`"
        raise NotImplementedError(message)

    @pytest.fixture
    def deliver(self, notifier: object) -> Callable[..., DeliveryReceipt | None]:
        """Return the delivery, through the hook, as a desk calls it."""
        plugins = Plugins([notifier])
        return lambda **changes: plugins.deliver(a_notification(**changes))

    def test_the_receipt_carries_the_key(self, deliver: Callable[..., DeliveryReceipt | None]) -> None:
        receipt = deliver(key="a/b/c")
        assert receipt is not None
        assert receipt.key == "a/b/c"

    def test_the_same_key_may_come_again(self, deliver: Callable[..., DeliveryReceipt | None]) -> None:
        assert deliver(key="again") is not None
        assert deliver(key="again") is not None

    @pytest.mark.parametrize(
        "text",
        ["", "ok", "سرویس در دسترس نیست", "two\nlines", "x" * 10_000],
        ids=["empty", "short", "Persian", "two lines", "long"],
    )
    def test_any_text_is_delivered(self, deliver: Callable[..., DeliveryReceipt | None], text: str) -> None:
        assert deliver(key="text", body=text) is not None


def _insisting(job: Callable[[], None]) -> None:
    """Run *job* until it meets no conflict, but not for ever."""
    for _ in range(1000):
        try:
            return job()
        except ConflictError:
            continue
    return job()


def _run_together(jobs: list[Callable[[], None]]) -> None:
    """Run each of *jobs* in a thread of its own, and raise what one of them raises."""
    with ThreadPoolExecutor(len(jobs)) as pool:
        for running in [pool.submit(job) for job in jobs]:
            running.result()
