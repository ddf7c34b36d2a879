"""Records of any kind, and their histories."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from threading import Barrier
from typing import Any

import pytest
from attrs import evolve

from itsmkit.conditions import at_least, equals, one_of, present
from itsmkit.errors import ConflictError, DefinitionError, NotFoundError
from itsmkit.plugin import PositionedEvent, Record, RecordEvent, Store
from itsmkit.plugin.documents import to_document
from itsmkit.testing.builders import A_MONDAY, AN_AGENT, an_incident_logged
from itsmkit.testing.contracts.steps import (
    HOUR,
    Undo,
    commented,
    deleted,
    happened,
    kept,
    recorded,
    rewritten,
    run_together,
    said,
    save,
    saved,
)

__all__ = ["RecordContract"]

_PLAIN = {
    "text": "Zo\u00eb \U0001f600\x00",
    "yes": True,
    "no": False,
    "nothing": None,
    "whole": -7,
    "large": 2**70,
    "share": 0.1,
    "list": [1, [2, []], {"a": []}],
    "mapping": {"inner": {"$int": "3"}, "": 1, "type": "x", "schema": 9},
    "kind": "of its own",
    "id": "its own",
}
_ODD = ["b", "a", "B", "\u00e9", "\uffff", "\U0001f600", "it's", "a\x00", "a/b", "50%", "_"]


class RecordContract:
    """Records are saved with their histories, in units of work; what they mean is not asked."""

    def test_a_saved_record_comes_back_equal(self, store: Store) -> None:
        record = Record("person", "ann", 2, _PLAIN)
        at = A_MONDAY.replace(microsecond=1)
        events = [
            RecordEvent("person", "ann", 1, at, AN_AGENT, "PersonHired", _PLAIN),
            RecordEvent("person", "ann", 2, at, AN_AGENT, "PersonMoved"),
        ]
        with store.begin() as unit:
            unit.save_record(record, events, expected=0)
            assert unit.record_of("person", "ann") == record
            assert list(unit.record_history("person", "ann")) == events
        with store.begin() as unit:
            found, history = unit.record_of("person", "ann"), unit.record_history("person", "ann")
        assert found == record
        assert list(history) == events
        # Of equal numbers, some are whole and some are not.
        assert [*map(to_document, (found, *history))] == [*map(to_document, (record, *events))]
        assert [each.event for each in store.record_events(after=0, limit=9)] == events
        assert list(store.records("person", limit=9)) == [record]

    def test_of_what_nobody_saved_there_is_no_record(self, store: Store) -> None:
        kept(store, "ann")
        with store.begin() as unit:
            for key in (("person", "bob"), ("article", "ann"), ("Person", "ann")):
                assert list(unit.record_history(*key)) == []
                with pytest.raises(NotFoundError, match=f"no {key[0]} '{key[1]}'"):
                    unit.record_of(*key)
        assert list(store.records("article", limit=9)) == []

    def test_a_record_is_found_by_kind_and_id(self, store: Store) -> None:
        made = [kept(store, each, kind=kind, n=1) for kind in ("a", "a/b") for each in ("b/c", "c")]
        with store.begin() as unit:
            assert [unit.record_of(each.kind, each.id) for each in made] == made
            assert [len(unit.record_history(each.kind, each.id)) for each in made] == [1] * 4

    def test_records_come_by_the_code_points_of_their_ids(self, store: Store) -> None:
        made = {each: kept(store, each) for each in _ODD}
        kept(store, "aa", kind="article")
        assert [each.id for each in store.records("person", limit=99)] == sorted(_ODD)
        paged: list[Record] = []
        while page := store.records("person", after=paged[-1].id if paged else "", limit=2):
            assert len(page) <= 2
            paged += page
        assert paged == [made[each] for each in sorted(_ODD)]
        assert [each.id for each in store.records("person", after="a", limit=1)] == ["a\x00"]
        assert [each.id for each in store.records("person", after="aa", limit=1)] == ["b"]

    def test_records_are_those_for_which_a_condition_holds(self, store: Store) -> None:
        for n, each in enumerate(["ann", "bob", "cid", "dee", "eve"]):
            kept(store, each, age=n, site="north" if n % 2 else None, inner={"age": 9})
        for where, found in [
            (at_least("age", 2), ["cid", "dee", "eve"]),
            (equals("site", "north") & at_least("age", 2), ["dee"]),
            (~present("site"), ["ann", "cid", "eve"]),
            (one_of("id", "bob", "eve", "fay"), ["bob", "eve"]),
            (present("inner.age"), []),
        ]:
            assert [each.id for each in store.records("person", where=where, limit=9)] == found
        second = store.records("person", where=~present("site"), after="ann", limit=1)
        assert [each.id for each in second] == ["cid"]

    def test_a_deleted_record_leaves_a_tombstone(self, store: Store) -> None:
        first, second = kept(store, "ann", name="Ann"), kept(store, "bob")
        with store.begin() as unit:
            gone = deleted(unit, first)
        assert list(store.records("person", limit=9)) == [second]
        with store.begin() as unit:
            assert unit.record_of("person", "ann") == gone == Record("person", "ann", 2, {}, is_deleted=True)
            assert len(unit.record_history("person", "ann")) == 2
        with pytest.raises(ConflictError):
            kept(store, "ann")
        with store.begin() as unit:
            again = rewritten(unit, gone, name="Ann")
        assert list(store.records("person", limit=9)) == [again, second]

    def test_a_unit_of_work_sees_the_records_it_has_saved(self, store: Store) -> None:
        first = kept(store, "ann")
        with store.begin() as unit:
            second = rewritten(unit, first, name="Ann")
            assert unit.record_of("person", "ann") == second
            third = rewritten(unit, second, name="Anna")
            assert unit.record_of("person", "ann") == third
            assert [event.sequence for event in unit.record_history("person", "ann")] == [1, 2, 3]
        with store.begin() as unit:
            assert unit.record_of("person", "ann") == third
            assert [event.sequence for event in unit.record_history("person", "ann")] == [1, 2, 3]

    # -- all or nothing --------------------------------------------------------------------------

    @pytest.mark.parametrize("expected", [0, 2], ids=["as if new", "a later version"])
    def test_a_record_is_not_saved_over_another_version(self, store: Store, expected: int) -> None:
        incident, record = saved(store), kept(store, "ann", name="Ann")
        with pytest.raises(ConflictError), store.begin() as unit:
            save(unit, commented(incident), expected=1)
            rewritten(unit, evolve(record, version=expected) if expected else None, name="Eve")
        assert store.find_ticket("INC-1").ticket == incident
        assert list(store.records("person", limit=9)) == [record]
        assert len(store.record_events(after=0, limit=9)) == 1

    def test_a_unit_that_saves_a_record_twice_goes_by_what_it_has_saved(self, store: Store) -> None:
        record = kept(store, "ann")
        with pytest.raises(ConflictError), store.begin() as unit:
            rewritten(unit, record, name="Ann")
            rewritten(unit, record, name="Eve")
        assert list(store.records("person", limit=9)) == [record]

    @pytest.mark.parametrize(
        "change",
        [
            pytest.param(lambda record, events: (record, events[:0]), id="no event"),
            pytest.param(lambda record, events: (record, [*events, events[0]]), id="an event twice"),
            pytest.param(lambda record, events: (evolve(record, version=3), events), id="a version too far"),
            pytest.param(lambda record, events: (record, [evolve(events[0], sequence=3)]), id="with a gap"),
            pytest.param(lambda record, events: (record, [evolve(events[0], id="bob")]), id="of another"),
            pytest.param(
                lambda record, events: (record, [evolve(events[0], kind="article")]), id="of another kind"
            ),
        ],
    )
    def test_events_lead_from_one_version_to_the_other(
        self, store: Store, change: Callable[..., Any]
    ) -> None:
        first = kept(store, "ann")
        record, events = change(evolve(first, version=2), [happened(first, 2)])
        with pytest.raises(DefinitionError, match="record person/ann"), store.begin() as unit:
            unit.save_record(record, events, expected=1)
        assert list(store.records("person", limit=9)) == [first]
        assert len(store.record_events(after=0, limit=9)) == 1

    def test_of_two_who_read_the_same_record_one_saves(self, store: Store) -> None:
        record = kept(store, "ann")
        assert sorted(_at_once(store, [record, record])) == ["conflict", "saved"]
        assert len(store.record_events(after=0, limit=9)) == 2

    def test_of_two_who_save_a_new_record_one_does(self, store: Store) -> None:
        assert sorted(_at_once(store, [None, None])) == ["conflict", "saved"]
        assert len(store.record_events(after=0, limit=9)) == 1

    def test_who_saves_one_record_does_not_disturb_who_saves_another(self, store: Store) -> None:
        records: list[Record | None] = [kept(store, each) for each in ("ann", "bob", "cid")]
        assert _at_once(store, records) == ["saved"] * 3
        assert [each.version for each in store.records("person", limit=9)] == [2, 2, 2]

    def test_a_ticket_and_a_record_are_saved_together_or_not_at_all(self, store: Store) -> None:
        decision = an_incident_logged()
        with pytest.raises(Undo), store.begin() as unit:
            save(unit, decision, expected=0)
            rewritten(unit, None, name="Ann")
            raise Undo
        with pytest.raises(ConflictError), store.begin() as unit:
            rewritten(unit, None, name="Ann")
            save(unit, decision, expected=7)
        assert not store.tickets()
        assert not store.record_events(after=0, limit=9)
        assert not store.records("person", limit=9)
        with store.begin() as unit:
            save(unit, decision, expected=0)
            rewritten(unit, None, name="Ann")
        assert len(store.events(after=0, limit=9)) == len(store.record_events(after=0, limit=9)) == 1

    # -- the stream ------------------------------------------------------------------------------

    def test_all_streams_share_one_order_of_commits(self, store: Store) -> None:
        for n in range(1, 4):
            saved(store, f"INC-{n}")
            kept(store, f"person-{n}")
            recorded(store, said(f"host-{n}"))
        order = sorted(
            [(each.position, f"INC-{each.event.ticket_id[-1]}") for each in store.events(after=0, limit=9)]
            + [(each.position, each.event.id) for each in store.record_events(after=0, limit=9)]
            + [
                (each.position, each.event.record.key.parts[0])
                for each in store.configuration_events(after=0, limit=9)
            ]
        )
        assert [name for _, name in order] == [
            f"{kind}-{n}" for n in range(1, 4) for kind in ("INC", "person", "host")
        ]
        assert len({position for position, _ in order}) == 9

    def test_the_stream_of_records_is_complete_whatever_the_size_of_its_pages(self, store: Store) -> None:
        for n in range(5):
            kept(store, f"person-{n}", kind="person" if n % 2 else "article")
            saved(store, f"INC-{n}")
        whole = list(store.record_events(after=0, limit=100))
        paged: list[PositionedEvent[RecordEvent]] = []
        while page := store.record_events(after=paged[-1].position if paged else 0, limit=2):
            assert len(page) <= 2
            paged += page
        assert paged == whole
        assert [each.event.id for each in whole] == [f"person-{n}" for n in range(5)]

    def test_a_reader_of_records_skips_no_commit(self, store: Store) -> None:
        writers, each = 3, 10
        heard: list[PositionedEvent[RecordEvent]] = []

        def write(writer: int) -> None:
            for n in range(each):
                kept(store, f"person-{writer}-{n}")

        def read() -> None:
            heard.extend(store.record_events(after=heard[-1].position if heard else 0, limit=4))

        with ThreadPoolExecutor(1) as pool:
            writing = pool.submit(run_together, [partial(write, writer) for writer in range(writers)])
            while not writing.done():
                read()
            writing.result()
        for _ in range(writers * each):
            read()
        assert heard == list(store.record_events(after=0, limit=2 * writers * each))
        assert len(heard) == writers * each

    # -- tenants ---------------------------------------------------------------------------------

    def test_a_record_is_that_of_its_tenant(self, store: Store) -> None:
        one, two = store.of_tenant("one"), store.of_tenant("two")
        mine = kept(one, "ann", name="Ann")
        assert store.tenants() == ["one"]
        with two.begin() as unit, pytest.raises(NotFoundError):
            unit.record_of("person", "ann")
        assert not two.records("person", limit=9)
        assert not two.record_events(after=0, limit=9)
        others = kept(two, "ann", name="Another")
        with one.begin() as unit:
            rewritten(unit, mine, name="Anna")
        assert list(two.records("person", limit=9)) == [others]
        with two.begin() as unit:
            assert len(unit.record_history("person", "ann")) == 1

    def test_instants_of_records_are_kept_in_utc(self, store: Store) -> None:
        record = kept(store, "ann")
        with store.begin() as unit:
            unit.save_record(
                evolve(record, version=2),
                [evolve(happened(record, 2), recorded_at=A_MONDAY + HOUR)],
                expected=1,
            )
        with store.begin() as unit:
            history = unit.record_history("person", "ann")
        assert [each.recorded_at for each in history] == [A_MONDAY, A_MONDAY + HOUR]


def _at_once(store: Store, records: list[Record | None]) -> list[str]:
    """Save each of *records*, one that is ``None`` as a new one, at the same time; return what came of it."""
    together = Barrier(len(records))
    outcomes: list[str] = []

    def work(record: Record | None) -> None:
        together.wait()
        try:
            with store.begin() as unit:
                rewritten(unit, record, name="another")
        except ConflictError:
            outcomes.append("conflict")
        else:
            outcomes.append("saved")

    run_together([partial(work, record) for record in records])
    return outcomes
