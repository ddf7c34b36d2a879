"""The events of the configuration."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from fractions import Fraction
from functools import partial
from threading import Barrier

import pytest
from attrs import evolve

from itsmkit.cmdb import (
    AtLeast,
    CIId,
    ConfigurationItem,
    Override,
    PercentUp,
    RedundancySet,
    Relation,
    capped,
)
from itsmkit.cmdb.history import ConfigurationEvent, ConfigurationRecord
from itsmkit.errors import ConflictError
from itsmkit.plugin import (
    PositionedEvent,
    Store,
)
from itsmkit.testing.builders import A_MONDAY, an_incident_logged
from itsmkit.testing.contracts.steps import (
    HOUR,
    Undo,
    commented,
    insisting,
    newest,
    recorded,
    run_together,
    said,
    save,
    saved,
)

__all__ = ["ConfigurationContract"]


class ConfigurationContract:
    """The configuration is recorded by those who have read it."""

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

        run_together([lambda: work("host-1"), lambda: work("host-2")])
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
                insisting(partial(recorded, store, said(f"host-{writer}-{n}")))

        def read() -> None:
            heard.extend(store.configuration_events(after=heard[-1].position if heard else 0, limit=4))

        with ThreadPoolExecutor(1) as pool:
            writing = pool.submit(run_together, [partial(write, writer) for writer in range(writers)])
            while not writing.done():
                read()
            writing.result()
        for _ in range(writers * each):
            read()
        assert heard == list(store.configuration_events(after=0, limit=2 * writers * each))
        assert len(heard) == writers * each
