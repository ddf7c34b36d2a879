"""Erasing what is personal in records of any kind, while chains and checkpoints hold."""

import json
from typing import Any

import pytest
from attrs import evolve

from itsmkit.conditions import equals
from itsmkit.errors import DefinitionError, NotFoundError, RefusedError
from itsmkit.plugin import OutboxEntry, Record, RecordEvent, RowKind, Store, UnitOfWork, document_after
from itsmkit.plugin.documents import canonical_bytes, to_document
from itsmkit.plugin.integrity import link, record_name, root_of
from itsmkit.plugin.records import ERASURE
from itsmkit.plugin.verification import verify
from itsmkit.testing.builders import A_MONDAY, AN_AGENT, a_notification
from itsmkit.testing.contracts.steps import LEASE, Undo, kept, keys, salt_of, saved

__all__ = ["RecordErasingContract"]

_SAID: dict[str, Any] = {
    "changes": {
        "name": "Ann Onym",
        "born": 1984,
        "site": "Bonn",
        "said": [{"who": "caller", "what": "is ill"}, {"who": "agent", "what": "$0"}],
        "odd": {"$a/b~c": {"": "her cable"}, "d": "stays"},
        "notes": {"first": "by letter", "second": ["twice", 0.5, True]},
    },
    "by": "letter",
}
_PERSONAL = (
    "/changes/name",
    "/changes/born",
    "/changes/said/0/what",
    "/changes/odd/$a~1b~0c/",
    "/changes/notes",
)
_ERASED: dict[str, Any] = {
    "changes": {
        "name": "[erased]",
        "born": "[erased]",
        "site": "Bonn",
        "said": [{"who": "caller", "what": "[erased]"}, {"who": "agent", "what": "$0"}],
        "odd": {"$a/b~c": {"": "[erased]"}, "d": "stays"},
        "notes": "[erased]",
    },
    "by": "letter",
}
WORDS = "Ann Onym", "1984", "is ill", "her cable", "by letter", "twice"
"""What people wrote, and nobody is to find again."""


class RecordErasingContract:
    """What was personal in a record is gone, and nothing else."""

    def test_what_was_erased_of_a_record_reads_so_everywhere(self, store: Store) -> None:
        heard(store)
        before, feed = _history(store), [*store.record_events(after=0, limit=99)]
        with store.begin() as unit:
            found = unit.erase_record("survey", "s-1")
        assert [*found] == _history(store) == _as_erased(before)
        read = [*store.record_events(after=0, limit=99)]
        assert [each.event for each in read] == _as_erased([each.event for each in feed])
        assert [each.position for each in read] == [each.position for each in feed]

    def test_a_record_is_saved_as_its_erased_history_makes_it(self, store: Store) -> None:
        heard(store)
        after = erased(store)
        with store.begin() as unit:
            assert unit.record_of("survey", "s-1") == after
        assert (
            after.document
            == document_after(_history(store))
            == Record("a", "b", 1, _ERASED["changes"]).document
        )
        assert list(store.records("survey", where=equals("name", "Ann Onym"), limit=9)) == []
        assert list(store.records("survey", where=equals("born", "[erased]"), limit=9)) == [after]

    def test_chains_and_checkpoints_of_records_hold(self, store: Store) -> None:
        heard(store)
        kept(store, "ann")
        before = store.heads()
        with store.begin() as unit:
            unit.erase_record("survey", "s-1")
        assert store.heads() == before
        assert root_of(store.heads().heads) == root_of(before.heads)
        erased(store)
        assert len({*store.heads().heads} - {*before.heads}) == 1
        assert len(store.heads().heads) == len(before.heads)

    def test_a_dump_holds_no_word_of_a_record_and_can_be_loaded(
        self, store: Store, other_store: Store
    ) -> None:
        heard(store)
        assert all(word in _dumped(store) for word in WORDS)
        assert verify(store.dump()).is_intact
        erased(store)
        assert not [word for word in WORDS if word in _dumped(store)]
        found = verify(store.dump())
        assert (found.is_intact, found.erased) == (True, 1)
        other_store.load(store.dump())
        assert [*other_store.dump()] == [*store.dump()]
        assert other_store.heads() == store.heads()
        assert _history(other_store) == _history(store)

    def test_a_record_that_was_loaded_can_be_erased(self, store: Store, other_store: Store) -> None:
        heard(store)
        other_store.load(store.dump())
        assert _history(other_store) == _history(store)
        erased(store)
        erased(other_store)
        assert [*other_store.dump()] == [*store.dump()]
        assert not [word for word in WORDS if word in _dumped(other_store)]

    def test_to_erase_a_record_twice_is_to_erase_it_once(self, store: Store) -> None:
        heard(store)
        with store.begin() as unit:
            first = unit.erase_record("survey", "s-1")
            assert [*unit.erase_record("survey", "s-1")] == [*first]
        rows = [*store.dump()]
        with store.begin() as unit:
            assert [*unit.erase_record("survey", "s-1")] == [*first]
        assert [*store.dump()] == rows

    def test_what_a_record_tells_afterwards_is_kept(self, store: Store) -> None:
        heard(store)
        after = erased(store)
        with store.begin() as unit:
            _tell(unit, after, "and so on")
        assert _history(store)[-1].data["text"] == "and so on"
        with store.begin() as unit:
            assert unit.erase_record("survey", "s-1")[-1].data["text"] == "[erased]"

    def test_a_unit_of_work_sees_what_it_has_erased_of_a_record(self, store: Store) -> None:
        record = heard(store)
        before = _history(store)
        with store.begin() as unit:
            second = _tell(unit, record, "is ill again")
            unit.erase_record("survey", "s-1")
            _tell(unit, second, "and so on")
            seen = [*unit.record_history("survey", "s-1")]
        assert seen == _history(store)
        assert seen[: len(before)] == _as_erased(before)
        assert [event.data["text"] for event in seen[-2:]] == ["[erased]", "and so on"]
        events = [row.data for row in store.dump() if row.kind is RowKind.RECORD_EVENT]
        assert not [word for word in WORDS if word in json.dumps(events)]

    def test_what_was_to_be_told_of_a_record_is_dropped(self, store: Store) -> None:
        heard(store)
        about = record_name("survey", "s-1")
        others = [record_name("survey", "s-2"), record_name("Survey", "s-1"), "s-1"]
        with store.begin() as unit:
            for key in ("waiting", "parked"):
                unit.enqueue(OutboxEntry(a_notification(key, body="is ill", ticket_id=about), 0, A_MONDAY))
            for other in others:
                unit.enqueue(OutboxEntry(a_notification(other, ticket_id=other), 0, A_MONDAY))
        claimed = {each.notification.key: each for each in store.claim_outbox(A_MONDAY, lease=LEASE, limit=9)}
        store.settle("parked", evolve(claimed["parked"], attempts=8, parked="given up"))
        store.settle("waiting", evolve(claimed["waiting"], attempts=1))
        erased(store)
        assert [*store.parked()] == []
        assert "is ill" not in _dumped(store)
        with store.begin() as unit:
            unit.enqueue(OutboxEntry(a_notification("waiting", ticket_id=about), 0, A_MONDAY))
        assert keys(store.claim_outbox(A_MONDAY + LEASE, lease=LEASE, limit=9)) == others

    def test_what_a_unit_was_about_to_tell_of_a_record_is_dropped(self, store: Store) -> None:
        heard(store)
        about = record_name("survey", "s-1")
        with store.begin() as unit:
            unit.enqueue(OutboxEntry(a_notification("of it", ticket_id=about), 0, A_MONDAY))
            unit.enqueue(OutboxEntry(a_notification("of another", ticket_id="s-1"), 0, A_MONDAY))
            unit.erase_record("survey", "s-1")
            unit.enqueue(OutboxEntry(a_notification("later", ticket_id=about), 0, A_MONDAY))
        assert keys(store.claim_outbox(A_MONDAY, lease=LEASE, limit=9)) == ["of another", "later"]

    def test_of_a_record_nothing_is_erased_that_is_undone(self, store: Store) -> None:
        heard(store)
        before = [*store.dump()]
        with pytest.raises(Undo), store.begin() as unit:
            unit.erase_record("survey", "s-1")
            raise Undo
        assert [*store.dump()] == before
        assert _history(store)[0].data["changes"]["born"] == 1984  # type: ignore[index]  # as `heard` says

    def test_other_records_are_left_alone(self, store: Store) -> None:
        others = [("survey", "s-2"), ("Survey", "s-1"), ("survey ", "1")][:2]
        heard(store)
        for other in others:
            heard(store, *other)
        saved(store)
        elsewhere = store.of_tenant("elsewhere")
        heard(elsewhere)
        before = [_history(store, *other) for other in others], [*elsewhere.dump()], [*store.tickets()]
        erased(store)
        assert before == (
            [_history(store, *other) for other in others],
            [*elsewhere.dump()],
            [*store.tickets()],
        )

    def test_of_a_record_that_nobody_saved_nothing_is_erased(self, store: Store) -> None:
        with store.begin() as unit:
            assert [*unit.erase_record("survey", "s-1")] == []
        assert [*store.dump()] == []

    def test_nothing_personal_is_saved_without_a_salt(self, store: Store) -> None:
        record = Record("survey", "s-1", 1, {})
        event = RecordEvent(
            "survey", "s-1", 1, A_MONDAY, AN_AGENT, "Heard", {"text": "a"}, personal=["/text"]
        )
        with pytest.raises(DefinitionError, match="/text could never be erased"), store.begin() as unit:
            unit.save_record(record, [event], expected=0)
        assert [*store.dump()] == []

    def test_what_stands_in_the_chain_of_a_record_stays_and_is_refused(self, store: Store) -> None:
        event = evolve(_heard("survey", "s-1"), salt="")
        document = to_document(event)
        record = to_document(Record("survey", "s-1", 1, {}))
        digest = link(None, canonical_bytes(document))
        said = {"position": 1, "digest": digest, "event": document, "personal": None}
        store.load([(RowKind.RECORD, {"record": record}), (RowKind.RECORD_EVENT, said)])  # type: ignore[list-item]  # as rows of JSON
        before = [*store.dump()]
        with (
            pytest.raises(
                RefusedError, match=r"event 1 of survey s-1: .* without a salt.*/data/changes/name"
            ),
            store.begin() as unit,
        ):
            unit.erase_record("survey", "s-1")
        assert [*store.dump()] == before
        assert _history(store) == [event]

    def test_files_that_only_a_record_has_named_are_dropped(self, store: Store) -> None:
        contents = b"a face", b"a map", b"of nobody"
        with store.begin() as unit:
            face, chart, _ = (unit.attach(content) for content in contents)
            record = Record("survey", "s-1", 1, {"files": [face, chart]})
            data = {"changes": {"files": [face, {"map": chart}]}}
            event = RecordEvent("survey", "s-1", 1, A_MONDAY, AN_AGENT, "Heard", data)
            event = evolve(event, salt=salt_of(event), personal=["/changes/files"])
            unit.save_record(record, [event], expected=0)
        kept(store, "vpn", kind="article", figures=[{"file": chart}])
        erased(store)
        with pytest.raises(NotFoundError):
            store.attachment(face)
        assert store.attachment(chart) == contents[1]

    def test_a_dump_that_has_begun_is_of_the_moment_before_a_record_was_erased(self, store: Store) -> None:
        heard(store)
        before = [*store.dump()]
        rows = store.dump()
        seen = [next(rows)]
        with store.begin() as unit:
            unit.erase_record("survey", "s-1")
        seen += rows
        assert seen == before

    def test_what_is_gone_of_a_record_without_a_word_is_missed(self, store: Store) -> None:
        heard(store)
        with store.begin() as unit:
            unit.erase_record("survey", "s-1")
        [finding] = verify(store.dump()).findings
        assert (finding.kind, finding.sequence) == ("missing", 1)


def heard(store: Store, kind: str = "survey", record_id: str = "s-1") -> Record:
    """Save a record in which people have written, and return it."""
    event = _heard(kind, record_id)
    record = Record(kind, record_id, 1, document_after([event]))
    with store.begin() as unit:
        unit.save_record(record, [event], expected=0)
    return record


def erased(store: Store) -> Record:
    """Erase what is personal in a record and save it as that leaves it, with the fact; return it."""
    with store.begin() as unit:
        history = unit.erase_record("survey", "s-1")
        version = unit.record_of("survey", "s-1").version + 1
        record = Record("survey", "s-1", version, document_after(history))
        event = RecordEvent("survey", "s-1", version, A_MONDAY, AN_AGENT, ERASURE, {"reason": "asked for"})
        unit.save_record(record, [event], expected=version - 1)
    return record


def _heard(kind: str, record_id: str) -> RecordEvent:
    event = RecordEvent(kind, record_id, 1, A_MONDAY, AN_AGENT, "Heard", _SAID, personal=_PERSONAL)
    return event.salted(salt_of(event))


def _tell(unit: UnitOfWork, record: Record, text: str) -> Record:
    """Save a further event with a text in it, and return the record."""
    following = evolve(record, version=record.version + 1)
    place = record.kind, record.id, following.version
    event = RecordEvent(*place, A_MONDAY, AN_AGENT, "Told", {"text": text}, personal=["/text"])
    unit.save_record(following, [event.salted(salt_of(event))], expected=record.version)
    return following


def _as_erased(events: list[RecordEvent]) -> list[RecordEvent]:
    """Return what `heard` has saved as it is to read when it is erased, said by hand."""
    return [evolve(event, salt="", data=_ERASED) for event in events]


def _history(store: Store, kind: str = "survey", record_id: str = "s-1") -> list[RecordEvent]:
    with store.begin() as unit:
        return [*unit.record_history(kind, record_id)]


def _dumped(store: Store) -> str:
    return json.dumps([row.data for row in store.dump()], ensure_ascii=False)
