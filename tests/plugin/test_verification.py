"""Verification: what is done to a dump behind the desk's back shows, and what the desk does is no fault."""

import json
import tracemalloc
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import suppress
from copy import deepcopy
from datetime import timedelta
from itertools import islice
from pathlib import Path
from random import Random
from typing import Any

import pytest
from attrs import evolve
from hypothesis import assume, given
from hypothesis import strategies as st

from itsmkit.cmdb import CIId, ConfigurationItem, SourceRecord
from itsmkit.desk import Desk, InMemoryStore, ManualClock
from itsmkit.errors import DefinitionError
from itsmkit.plugin import (
    Checkpoint,
    DamagedStoreError,
    Heads,
    LedgerEntry,
    OutboxEntry,
    Record,
    RecordEvent,
    RowKind,
    StoreRow,
)
from itsmkit.plugin.documents import canonical_bytes, from_document
from itsmkit.plugin.dump_file import rows_of, write_dump
from itsmkit.plugin.integrity import ChainHead, link, record_name, root_of
from itsmkit.plugin.verification import (
    MOST_KEPT,
    Anchor,
    FindingKind,
    Verification,
    anchor_from,
    checkpoints_in,
    verify,
)
from itsmkit.testing import A_MONDAY, AN_AGENT, a_notification
from itsmkit.tickets import TicketId

HOUR = timedelta(hours=1)

Rows = list[StoreRow]


def an_item(ci: str, name: str = "x") -> ConfigurationItem:
    return ConfigurationItem(CIId(ci), "physical host", name)


class Books:
    """A desk at work, and what it keeps."""

    def __init__(self) -> None:
        self.clock = ManualClock(A_MONDAY)
        self.store = InMemoryStore()
        desk = Desk(store=self.store, clock=self.clock, random=Random(7))
        self.desk = desk.acting_as(AN_AGENT)
        self.ids: list[TicketId] = []

    def log(self, title: str) -> TicketId:
        self.ids.append(self.desk.incidents.log(title, requester="bob").id)
        return self.ids[-1]

    def seal(self) -> Anchor:
        return self.desk.audit.checkpoint()

    def rows(self) -> Rows:
        return [*self.store.dump()]

    def note(self, kind: str, *record_ids: str, deleted: bool = False) -> None:
        """Save two versions of records, each with its event."""
        for each in record_ids:
            for version in (1, 2):
                is_gone = deleted and version == 2
                document = {} if is_gone else {"name": f"{each} {version}"}
                record = Record(kind, each, version, document, is_deleted=is_gone)
                event = RecordEvent(kind, each, version, self.clock(), AN_AGENT, "Changed", document)
                with self.store.begin() as unit:
                    unit.save_record(record, [event], expected=version - 1)

    def do_everything(self) -> None:
        desk, first, second = self.desk, self.log("No network"), self.log("No mail, Ünïcode \u2028")
        desk.tickets.comment(first, "Looking into it", public=True)
        desk.incidents.transition(first, "assign", support_group="network", assignee="ann")
        self.clock.advance(HOUR)
        desk.incidents.transition(first, "start")
        desk.tickets.comment(second, "Is it the network?", public=False)
        desk.cmdb.put(an_item("web"), an_item("db"), reason="new")
        desk.cmdb.relate("web", "depends_on", "db")
        desk.cmdb.put(an_item("web", "Web shop"), reason="renamed")
        self.note("person", "ann", "bob")
        self.note("article", "vpn", deleted=True)
        for key in ("1", "2"):
            desk.discovery.receive(
                [SourceRecord("netbox", key, "physical host", f"n-{key}", {}, seen_at=A_MONDAY)]
            )
        notes = [a_notification(f"key-{n}", ticket_id=first) for n in range(3)]
        with self.store.begin() as unit:
            for note in notes:
                unit.enqueue(OutboxEntry(note, 0, self.clock()))
            unit.attach(b"a picture")
            unit.attach(b"another")
            for reader in ("reports", "observer:journal"):
                unit.set_cursor(reader, 3)
            for key in ("k-1", "k-2"):
                unit.remember(LedgerEntry(key, "digest", {"ticket": first}, self.clock()))
        self.store.settle("key-1", None)
        self.store.settle("key-2", OutboxEntry(notes[2], 8, self.clock(), "given up"))


@pytest.fixture
def books() -> Books:
    books = Books()
    books.do_everything()
    return books


def kinds(found: Verification) -> list[FindingKind]:
    return [finding.kind for finding in found.findings]


def of(kind: RowKind, rows: Rows) -> list[int]:
    """Return the places of the rows of a kind."""
    return [place for place, row in enumerate(rows) if row.kind is kind]


def changed(rows: Rows, place: int, **values: Any) -> Rows:
    """Return *rows* with other values in one of them."""
    row = rows[place]
    return [*rows[:place], StoreRow(row.kind, {**row.data, **values}), *rows[place + 1 :]]


def without(rows: Rows, *places: int) -> Rows:
    return [row for place, row in enumerate(rows) if place not in places]


def relinked(rows: Rows, record_of: Callable[[Any], object] = lambda event: event["ticket_id"]) -> Rows:
    """Return *rows* with digests that fit the events of tickets, as who covers up makes them."""
    heads: dict[object, str] = {}
    fresh = []
    for row in rows:
        if row.kind is RowKind.EVENT:
            record = record_of(row.data["event"])
            heads[record] = link(heads.get(record), canonical_bytes(row.data["event"]))
            row = StoreRow(row.kind, {**row.data, "digest": heads[record]})  # noqa: PLW2901
        fresh.append(row)
    return fresh


def checked(rows: Iterable[StoreRow], *anchors: Anchor) -> Verification:
    return verify(rows, anchors, prefixes={"incident": "INC-"})


def sealed_books() -> tuple[Books, Anchor]:
    """Return a desk whose every event is sealed, and the seal."""
    books = Books()
    books.do_everything()
    return books, books.seal()


BOOKS, SEAL = sealed_books()
ROWS = BOOKS.rows()

# A good dump


def test_there_is_a_row_of_every_kind() -> None:
    assert {row.kind for row in ROWS} == set(RowKind)


def test_nothing_is_wrong_with_what_a_desk_keeps(books: Books) -> None:
    anchor = books.seal()
    books.log("No printer")
    found = checked(books.rows(), anchor)
    assert found.is_intact
    assert found.findings == ()
    assert [(seal.checkpoint, seal.holds) for seal in found.seals] == [(anchor.checkpoint, True)]
    assert (found.sealed_to, found.end) == (anchor.checkpoint.position, anchor.checkpoint.position + 1)
    assert found.unchecked == 0
    assert found.rows[RowKind.TICKET] == 3
    assert found.records == len(books.store.heads().heads)


def test_nothing_is_wrong_with_nothing() -> None:
    assert verify([]) == Verification()


OPERATIONS = st.lists(
    st.sampled_from(["log", "comment", "describe", "note", "put", "end", "seal", "seal"]), max_size=25
)


@given(OPERATIONS, st.randoms(use_true_random=False))
def test_what_a_desk_does_breaks_no_seal(operations: list[str], random: Random) -> None:
    books, anchors = Books(), []
    for number, operation in enumerate(operations):
        books.clock.advance(HOUR)
        match operation:
            case "log":
                books.log(f"No {number}")
            case "comment" if books.ids:
                books.desk.tickets.comment(random.choice(books.ids), f"It is {number}", public=True)
            case "describe" if books.ids:
                books.desk.tickets.describe(random.choice(books.ids), site=f"floor {number}")
            case "note":
                books.note("person", f"person-{number}", deleted=random.random() < 0.5)
            case "put":
                books.desk.cmdb.put(an_item(f"ci-{random.randrange(3)}", f"name {number}"))
            case "seal":
                anchors.append(books.seal())
    found = checked(books.rows(), *anchors)
    assert found.findings == ()
    assert all(seal.holds for seal in found.seals)
    assert len(found.seals) == len({anchor.checkpoint for anchor in anchors})


def test_memory_grows_with_the_records_and_not_with_their_events(tmp_path: Path) -> None:
    def peak(events: int) -> int:
        books, path = Books(), tmp_path / f"{events}.jsonl"
        ticket = books.log("No network")
        for number in range(events):
            books.desk.tickets.comment(ticket, f"It is {number} " + 100 * "x", public=True)
        write_dump(path, [("default", books.store.dump())])
        del books
        tracemalloc.start()
        assert checked(rows_of(path)).is_intact
        _, most = tracemalloc.get_traced_memory()
        tracemalloc.stop()
        return most

    peak(10)  # what is read for the first time stays
    assert peak(2_000) < 2 * peak(200)


def test_the_desk_verifies_its_own_books(books: Books) -> None:
    anchor = books.seal()
    heard: list[int] = []
    found = books.desk.audit.verify([anchor], progress=heard.append)
    assert found == checked(books.rows(), anchor)
    assert heard == [*range(1, len(books.rows()) + 1)]


def test_the_desk_holds_its_books_to_the_newest_of_its_own_checkpoints(books: Books) -> None:
    for number in range(12):
        books.log(f"No {number}")
        books.seal()
    found = books.desk.audit.verify()
    assert len(found.seals) == 10
    assert found.sealed_to == found.end
    assert found.unchecked == 2


def test_the_desk_refuses_an_anchor_of_another_tenant(books: Books) -> None:
    strange = evolve(books.seal(), tenant="acme")
    with pytest.raises(
        DefinitionError, match="an anchor is of tenant 'acme', and what is verified of 'default'"
    ):
        books.desk.audit.verify([strange])


# Whatever is done to it

SEALED = [RowKind.TICKET, RowKind.EVENT, RowKind.CONFIGURATION, RowKind.RECORD_EVENT]
HELD = [*SEALED, RowKind.RECORD, RowKind.STAGING_VERSION, RowKind.SERIES]
"""Of these, no row may be missing; whether a timer was set, nothing else tells."""


def flipped(text: str, place: int, letter: str) -> Any:
    """Return what JSON *text* holds with another letter at a place."""
    try:
        return json.loads(text[:place] + letter + text[place + 1 :])
    except ValueError:
        return None


@given(st.data())
def test_a_changed_letter_of_what_is_sealed_is_found(data: st.DataObject) -> None:
    place = data.draw(st.sampled_from([each for kind in SEALED for each in of(kind, ROWS)]))
    row = ROWS[place]
    text = json.dumps(row.data)
    fresh = flipped(
        text, data.draw(st.integers(0, len(text) - 1)), data.draw(st.sampled_from('abX019-"}{:,é'))
    )
    assume(isinstance(fresh, dict) and fresh != row.data)
    if row.kind is RowKind.TICKET:  # a document that reads the same is the same ticket
        with suppress(DefinitionError):
            assume(from_document(fresh.get("ticket")) != from_document(row.data["ticket"]))
    assert not checked([*ROWS[:place], StoreRow(row.kind, fresh), *ROWS[place + 1 :]], SEAL).is_intact


@given(st.data())
def test_a_changed_letter_of_an_attachment_is_found(data: st.DataObject) -> None:
    place = data.draw(st.sampled_from(of(RowKind.ATTACHMENT, ROWS)))
    key = data.draw(st.sampled_from(["digest", "content"]))
    text = ROWS[place].data[key]
    at = data.draw(st.integers(0, len(text) - 1))
    fresh = text[:at] + data.draw(st.sampled_from("aZ9=!")) + text[at + 1 :]
    assume(fresh != text)
    assert not checked(changed(ROWS, place, **{key: fresh}), SEAL).is_intact


@pytest.mark.parametrize("place", [each for kind in HELD for each in of(kind, ROWS)])
def test_a_dropped_row_is_found(place: int) -> None:
    assert not checked(without(ROWS, place), SEAL).is_intact


@pytest.mark.parametrize("place", [n for n, row in enumerate(ROWS) if row.kind is not RowKind.CHECKPOINT])
def test_a_row_that_stands_twice_is_found(place: int) -> None:
    assert FindingKind.REPEATED in kinds(checked([*ROWS[:place], ROWS[place], *ROWS[place:]], SEAL))


IN_NO_ORDER = {RowKind.TICKET, RowKind.OUTBOX, RowKind.CHECKPOINT}
"""Rows that follow the order in which they came in, which nothing but their places tells."""


@given(st.data())
def test_two_rows_in_the_wrong_order_are_found(data: st.DataObject) -> None:
    one, other = sorted(data.draw(st.sets(st.integers(0, len(ROWS) - 1), min_size=2, max_size=2)))
    assume(ROWS[one].kind != ROWS[other].kind or ROWS[one].kind not in IN_NO_ORDER)
    rows = [*ROWS]
    rows[one], rows[other] = rows[other], rows[one]
    assert FindingKind.DISORDERED in kinds(checked(rows, SEAL))


@given(st.data())
def test_a_history_that_was_rewritten_with_fitting_digests_breaks_the_seal(data: st.DataObject) -> None:
    rows = deepcopy(ROWS)
    place = data.draw(st.sampled_from(of(RowKind.EVENT, rows)))
    rows[place].data["event"]["actor"]["id"] += "e"
    assert kinds(checked(relinked(rows))) == [FindingKind.BROKEN_SEAL]  # by the checkpoint in the dump itself
    found = checked(relinked(rows), SEAL)
    assert {*kinds(found)} == {FindingKind.BROKEN_SEAL}
    record = f"ticket/{rows[place].data['event']['ticket_id']}"
    assert [(each.record, "was changed" in each.problem) for each in found.findings[1:]] == [(record, True)]
    assert not found.seals[0].holds
    assert found.sealed_to == 0


@given(st.data())
def test_whatever_was_dropped_from_the_end_breaks_the_seal(data: st.DataObject) -> None:
    events = of(RowKind.CONFIGURATION, ROWS)
    kept = data.draw(st.integers(0, len(events) - 1))
    found = checked(without(ROWS, *events[kept:]), SEAL)
    assert FindingKind.BROKEN_SEAL in kinds(found)
    gone = {each.record for each in found.findings if each.record}
    assert gone == {
        f"configuration/{json.dumps(_key(ROWS[place]), separators=(',', ':'))}" for place in events[kept:]
    }


@given(st.data())
def test_whatever_was_dropped_from_the_end_of_records_breaks_the_seal(data: st.DataObject) -> None:
    events = of(RowKind.RECORD_EVENT, ROWS)
    kept = data.draw(st.integers(0, len(events) - 1))
    found = checked(without(ROWS, *events[kept:]), SEAL)
    assert {*kinds(found)} == {FindingKind.BROKEN_SEAL, FindingKind.MISSING}
    names = {(row["kind"], row["id"]) for row in (ROWS[place].data["event"] for place in events[kept:])}
    assert {each.record for each in found.findings if each.record} == {record_name(*each) for each in names}


def _key(row: StoreRow) -> object:
    kind, *parts = row.data["event"]["record"]["key"]
    return [kind, parts]


def test_a_ticket_that_vanished_with_all_its_traces_is_named(books: Books) -> None:
    gone = books.log("Nobody may know")
    anchor = books.seal()
    rows = [row for row in books.rows() if gone not in json.dumps(row.data)]
    found = checked(rows, anchor)
    assert {*kinds(found)} == {FindingKind.BROKEN_SEAL}
    position, records = anchor.checkpoint.position, anchor.checkpoint.records
    seal, ticket = map(str, found.findings)
    assert seal == (
        f"the checkpoint of 2026-03-02 10:00:00 UTC, which covers position {position}, does not hold: the "
        f"newest event that is there has position {position - 1}; it sealed {records} records, and "
        f"{records - 1} stand there; restore a backup from before it, or find out who changed it"
    )
    assert ticket.startswith(
        f"ticket/{gone}: it is gone, with 1 event that the checkpoint has sealed; restore"
    )


def test_a_record_that_was_slipped_in_before_the_seal_is_named(books: Books) -> None:
    anchor = books.seal()
    books.desk.cmdb.put(an_item("mail"))
    rows = books.rows()
    moved = evolve(anchor, checkpoint=evolve(anchor.checkpoint, position=anchor.checkpoint.position + 1))
    found = checked(rows, moved)  # as if the seal had been put on after it
    assert [(each.record, each.problem.partition(":")[0]) for each in found.findings[1:]] == [
        ('configuration/["item",["mail"]]', "it was put in")
    ]


def test_events_that_were_put_in_or_cut_off_are_told_by_record(books: Books) -> None:
    anchor = books.seal()
    books.desk.tickets.comment(books.ids[0], "Once more", public=True)
    moved = evolve(anchor, checkpoint=evolve(anchor.checkpoint, position=anchor.checkpoint.position + 1))
    record = f"ticket/{books.ids[0]}"
    [_, put_in] = checked(books.rows(), moved).findings
    assert (put_in.record, put_in.problem) == (
        record,
        "6 events are there, and 5 were sealed: others were put in",
    )
    later = books.seal()
    rows = [row for row in books.rows() if "Once more" not in json.dumps(row.data)]
    cut_off = next(each for each in checked(rows, later).findings if "cut off" in each.problem)
    assert (cut_off.record, cut_off.problem) == (
        record,
        "it was cut off: 6 events were sealed, and 5 are there",
    )


def test_the_seal_that_still_holds_tells_since_when(books: Books) -> None:
    first = books.seal()
    second = books.log("No printer")
    books.desk.tickets.comment(second, "It has no paper", public=True)
    last = books.seal()
    rows = deepcopy(books.rows())
    [place] = [n for n in of(RowKind.EVENT, rows) if "It has no paper" in json.dumps(rows[n].data)]
    rows[place].data["event"]["fact"]["text"] = "It has paper"
    rows[place].data["personal"] = None
    found = checked(relinked(rows), first, last)
    assert [seal.holds for seal in found.seals] == [True, False]
    assert found.sealed_to == first.checkpoint.position
    good = first.checkpoint.position
    assert f"the one of position {good} holds, so that it was changed after" in found.findings[0].problem


def test_a_checkpoint_of_the_dump_itself_is_looked_at_if_it_covers_the_end(books: Books) -> None:
    books.seal()
    assert checked(books.rows()).sealed_to == checked(books.rows()).end
    books.log("No printer")
    found = checked(books.rows())
    assert (found.seals, found.unchecked) == ((), 1)
    own = [Anchor("default", each) for each in checkpoints_in(books.rows())]
    assert len(own) == 1
    assert checked(books.rows(), *own).unchecked == 0


@pytest.mark.parametrize("key", ["root", "records", "position"])
def test_a_checkpoint_that_was_changed_breaks(books: Books, key: str) -> None:
    books.seal()
    rows = deepcopy(books.rows())
    [place] = of(RowKind.CHECKPOINT, rows)
    document = rows[place].data["checkpoint"]
    document[key] = document[key][::-1] if key == "root" else document[key] + 1
    assert kinds(checked(rows)) == [FindingKind.BROKEN_SEAL]


# What each finding says


def told(rows: Rows, *anchors: Anchor) -> list[str]:
    return [f"{each.kind}: {each.where}: {each.problem}" for each in checked(rows, *anchors).findings]


def without_seal(rows: Rows) -> Rows:
    return [row for row in rows if row.kind is not RowKind.CHECKPOINT]


PLAIN = without_seal(ROWS)
FIRST, SECOND = BOOKS.ids
EVENTS = of(RowKind.EVENT, PLAIN)


def test_a_changed_event_is_told_by_record_sequence_position_and_row() -> None:
    rows = deepcopy(PLAIN)
    place = EVENTS[2]
    rows[place].data["event"]["fact"]["text"] = "All is well"
    assert told(rows) == [
        (
            f"changed: ticket/{FIRST}, event 2, position 3, row {place + 1}: its digest is not that of its "
            "document and of the events before it"
        )
    ]


def test_a_missing_event_is_told_once() -> None:
    assert told(without(PLAIN, EVENTS[2])) == [
        (
            f"missing: ticket/{FIRST}, event 3, position 4, row {EVENTS[2] + 1}: 1 event before it, from 2 "
            "on, cannot be found"
        )
    ]


def test_the_events_that_are_missing_at_the_end_are_told_by_the_ticket() -> None:
    last = max(n for n in EVENTS if PLAIN[n].data["event"]["ticket_id"] == FIRST)
    row = next(n for n in of(RowKind.TICKET, PLAIN) if FIRST in json.dumps(PLAIN[n].data))
    assert told(without(PLAIN, last)) == [
        (
            f"missing: ticket/{FIRST}, row {row + 1}: the ticket is saved at version 5, and its history has "
            "4 events"
        )
    ]


def test_a_ticket_that_was_changed_is_told_by_its_fields() -> None:
    rows = deepcopy(PLAIN)
    ticket = rows[0].data["ticket"]["ticket"]
    ticket["state"], ticket["title"] = "Closed", "Nothing"
    event = next(n for n in reversed(EVENTS) if rows[n].data["event"]["ticket_id"] == FIRST)
    position = rows[event].data["position"]
    assert told(rows) == [
        (
            f"differing: ticket/{FIRST}, event 5, position {position}, row {event + 1}: the ticket is saved "
            "with another state, title than its history makes"
        )
    ]


def test_a_history_that_goes_on_after_its_ticket_is_told_once() -> None:
    rows = deepcopy(PLAIN)
    rows[0].data["ticket"]["ticket"]["version"] = 2
    assert [line.partition(": ticket")[0] for line in told(rows)] == ["differing"]  # compared at version 2


def test_events_that_come_after_the_version_of_the_ticket_are_told() -> None:
    books = Books()
    first = books.log("No network")
    before = books.rows()
    books.desk.tickets.comment(first, "Yes", public=True)
    books.desk.tickets.comment(first, "No", public=True)
    rows = [before[0], *books.rows()[1:]]
    assert [line.rpartition(": ")[2] for line in told(rows)] == [
        "the history goes on after the event at which the ticket is saved, 1"
    ]


def test_a_history_that_cannot_be_followed_is_told() -> None:
    rows = deepcopy(PLAIN)
    log = rows[EVENTS[0]].data["event"]["fact"]
    rows[EVENTS[2]].data["event"]["fact"] = {**log, "details": {}}
    rows[EVENTS[2]].data["personal"] = None
    [line] = told(relinked(rows))
    assert "the history cannot be followed: ticket" in line
    assert "is logged already" in line


def test_a_history_without_a_ticket_is_told_once() -> None:
    rows = [row for row in without(PLAIN, 0) if row.kind not in {RowKind.TIMER, RowKind.OUTBOX}]
    assert told(rows) == [
        (
            f"orphan: ticket/{FIRST}, event 1, position 1, row {EVENTS[0]}: there is a history of ticket "
            f"{FIRST}, and no such ticket"
        )
    ]


def test_timers_and_notifications_of_a_ticket_that_is_not_there_are_told() -> None:
    others = {*SEALED, RowKind.RECORD, RowKind.CURSOR}
    rows = [row for row in PLAIN if row.kind not in others]
    found = told(rows)
    assert {line.partition(":")[0] for line in found} == {"orphan"}
    assert sum("the timer" in line for line in found) == len(of(RowKind.TIMER, rows)) > 0
    assert sum("the notification" in line for line in found) == 2  # of the delivered one only the key is left


def test_a_number_of_two_tickets_is_told() -> None:
    rows = deepcopy(PLAIN)
    rows[1].data["ticket"]["ticket"]["number"] = "INC-1"
    assert (
        told(rows)[0] == f"repeated: ticket/{SECOND}, row 2: its number INC-1 is that of ticket {FIRST}, too"
    )


@pytest.mark.parametrize("number", ["INC-07", "INC-x", "inc-9", "INC-", "9", "INC-٩"])
def test_a_number_of_another_form_is_none_of_the_series(number: str) -> None:
    books = Books()
    books.log("No network")
    rows = deepcopy(books.rows())
    ticket, event = rows[0].data["ticket"]["ticket"], rows[1].data["event"]
    ticket["number"] = event["fact"]["number"] = number
    assert told(relinked(rows)) == []


def test_a_series_that_is_behind_is_told() -> None:
    [place] = of(RowKind.SERIES, PLAIN)
    told_ = "series behind: : the series incident is at {}, and the number INC-2 is in use"
    assert told(changed(PLAIN, place, last=1)) == [told_.format(1)]
    assert told(without(PLAIN, place)) == [told_.format(0)]
    assert verify(without(PLAIN, place)).is_intact  # nobody said what numbers begin with


def test_a_cursor_beyond_the_feed_is_told() -> None:
    place = of(RowKind.CURSOR, PLAIN)[1]
    end = checked(PLAIN).end
    cursor = {**PLAIN[place].data["cursor"], "position": end + 1}
    assert told(changed(PLAIN, place, cursor=cursor)) == [
        f"ahead: row {place + 1}: 'reports' has read to position {end + 1}; the newest is {end}"
    ]
    assert told(changed(PLAIN, place, cursor={**cursor, "position": end})) == []


def test_positions_that_do_not_grow_or_are_of_both_feeds_are_told() -> None:
    rows = changed(PLAIN, EVENTS[1], position=1)
    assert [line.partition(":")[0] for line in told(rows)] == ["disordered"]
    place = of(RowKind.CONFIGURATION, PLAIN)[0]
    found = told(changed(PLAIN, place, position=2))
    assert found == [
        f"repeated: position 2, row {place + 1}: another event, of another feed, has the same position"
    ]


ANN = record_name("person", "ann")
RECORDS, NOTED = of(RowKind.RECORD, PLAIN), of(RowKind.RECORD_EVENT, PLAIN)
"""Of article vpn, person ann and person bob; of ann, ann, bob, bob, vpn and vpn."""


def as_record(place: int, **values: Any) -> Rows:
    return changed(PLAIN, place, record={**PLAIN[place].data["record"], **values})


@pytest.mark.parametrize(
    ("rows", "expected"),
    [
        pytest.param(
            as_record(RECORDS[1], version=3),
            f"missing: {ANN}, row {RECORDS[1] + 1}: the record is saved at version 3, and its history "
            "has 2 events",
            id="a later version",
        ),
        pytest.param(
            as_record(RECORDS[1], version=1),
            f"differing: {ANN}, event 2, position {PLAIN[NOTED[1]].data['position']}, row {NOTED[1] + 1}: "
            "the history goes on after the event at which the record is saved, 1",
            id="an earlier version",
        ),
        pytest.param(
            without(PLAIN, RECORDS[1]),
            f"orphan: {ANN}, event 1, position {PLAIN[NOTED[0]].data['position']}, row {NOTED[0]}: there is "
            "a history, and no such record",
            id="no record",
        ),
        pytest.param(
            without(PLAIN, NOTED[1]),
            f"missing: {ANN}, row {RECORDS[1] + 1}: the record is saved at version 2, and its history "
            "has 1 event",
            id="no newest event",
        ),
        pytest.param(
            without(PLAIN, NOTED[0]),
            f"missing: {ANN}, event 2, position {PLAIN[NOTED[1]].data['position']}, row {NOTED[0] + 1}: 1 "
            "event before it, from 1 on, cannot be found",
            id="no first event",
        ),
        pytest.param(
            changed(PLAIN, NOTED[0], event={**PLAIN[NOTED[0]].data["event"], "name": "Praised"}),
            f"changed: {ANN}, event 1, position {PLAIN[NOTED[0]].data['position']}, row {NOTED[0] + 1}: its "
            "digest is not that of its document and of the events before it",
            id="a changed event",
        ),
        pytest.param(
            [*PLAIN[: RECORDS[2]], PLAIN[RECORDS[1]], *PLAIN[RECORDS[2] :]],
            f"repeated: row {RECORDS[2] + 1}: the record 'ann' of the kind 'person' stands there twice",
            id="a record twice",
        ),
        pytest.param(
            [*without(PLAIN, RECORDS[0])[: RECORDS[2]], PLAIN[RECORDS[0]], *PLAIN[RECORDS[2] + 1 :]],
            f"disordered: row {RECORDS[2] + 1}: the record 'vpn' of the kind 'article' comes after one that "
            "follows it",
            id="records in another order",
        ),
        pytest.param(
            changed(PLAIN, NOTED[0], position=1),
            f"repeated: position 1, row {NOTED[0] + 1}: another event, of another feed, has the same "
            "position",
            id="the position of a ticket",
        ),
        pytest.param(
            as_record(RECORDS[1], schema=99),
            f"unreadable: row {RECORDS[1] + 1}: record: schema: 99 is newer than 1, the newest known here; "
            "upgrade itsmkit",
            id="a record that cannot be read",
        ),
        pytest.param(
            changed(PLAIN, RECORDS[1], record={"type": "spell", "kind": "person", "id": "\ud800"}),
            f"unreadable: row {RECORDS[1] + 1}: the document: type: is not known here: str 'spell'; known: ",
            id="a record that nobody knows",
        ),
    ],
)
def test_what_is_wrong_with_a_record_is_told(rows: Rows, expected: str) -> None:
    first, *others = told(rows)
    assert first.startswith(expected)
    assert [line.partition(":")[0] for line in others] == (["orphan"] if "spell" in expected else [])


def test_an_event_of_a_record_that_cannot_be_read_still_has_its_place_in_the_chain() -> None:
    rows = deepcopy(PLAIN)
    heads: dict[str, str] = {}
    rows[NOTED[0]].data["event"]["schema"] = 99
    for place in NOTED:
        event = rows[place].data["event"]
        name = record_name(event["kind"], event["id"])
        heads[name] = link(heads.get(name), canonical_bytes(event))
        rows[place].data["digest"] = heads[name]
    assert [line.partition(":")[0] for line in told(rows)] == ["unreadable"]
    del rows[NOTED[0]].data["event"]["id"]
    assert [line.partition(":")[0] for line in told(rows)] == ["unreadable", "missing"]


def test_a_history_of_records_of_which_one_event_stands_twice_is_compared_all_the_same() -> None:
    rows = [*PLAIN[: NOTED[1]], PLAIN[NOTED[0]], *PLAIN[NOTED[1] :]]
    assert [line.partition(":")[0] for line in told(rows)] == ["disordered", "repeated"]


def test_an_attachment_with_other_content_is_told() -> None:
    place = of(RowKind.ATTACHMENT, PLAIN)[0]
    digest = PLAIN[place].data["digest"]
    for content, problem in (("AAAA", "is another one"), ("A", "is no base64"), ("é", "is no base64")):
        [line] = told(changed(PLAIN, place, content=content))
        assert f"the content of the attachment {digest} {problem}" in line
        assert line.startswith("damaged")


def test_a_staging_area_without_what_a_row_stands_on_is_told(books: Books) -> None:
    desk = books.desk
    again = SourceRecord("netbox", "1", "physical host", "other", {}, seen_at=A_MONDAY)
    desk.discovery.receive([again])
    rows = without_seal(books.rows())
    [place] = [
        n
        for n in of(RowKind.STAGED, rows)
        if rows[n].data["row"]["type"] == "staging.record" and rows[n].data["row"]["record"]["key"] == "1"
    ]
    assert told(rows) == []
    [line] = told(without(rows, place))
    assert line.startswith("missing: : staging area: what stands before the row")


def test_a_staging_area_that_was_never_saved_has_no_rows() -> None:
    [place] = of(RowKind.STAGING_VERSION, PLAIN)
    assert {line.partition(": row")[0] for line in told(without(PLAIN, place))} == {"orphan"}


@pytest.mark.parametrize(
    ("key", "values", "problem"),
    [
        ("key-0", {"state": "delivered"}, "is delivered by its row, and waiting by its entry"),
        ("key-0", {"state": "parked"}, "is parked by its row, and waiting by its entry"),
        ("key-0", {"state": "lost"}, "is lost by its row, and waiting by its entry"),
        ("key-1", {"state": "waiting"}, "is waiting, and there is no entry"),
        ("key-2", {"state": "waiting"}, "is waiting by its row, and parked by its entry"),
        ("key-0", {"key": "other"}, "has the entry of 'key-0'"),
    ],
)
def test_a_row_of_the_outbox_that_contradicts_itself_is_told(
    key: str, values: dict[str, str], problem: str
) -> None:
    [place] = [n for n in of(RowKind.OUTBOX, PLAIN) if PLAIN[n].data["key"] == key]
    [line] = told(changed(PLAIN, place, **values))
    told_of = values.get("key", key)
    assert line == f"malformed: row {place + 1}: the notification {told_of!r} {problem}"


# What cannot be read


@pytest.mark.parametrize(
    "kind",
    [kind for kind in RowKind if kind not in {RowKind.STAGING_VERSION, RowKind.SERIES, RowKind.ATTACHMENT}],
)
def test_a_document_that_cannot_be_read_or_is_of_another_type_is_told(kind: RowKind) -> None:
    place = of(kind, PLAIN if kind is not RowKind.CHECKPOINT else ROWS)[0]
    rows = [*ROWS]
    [key] = rows[place].data.keys() & {"event", kind.value, "row", "entry", "record"}
    other = {"type": "ticket.commented", "schema": 1, "text": "a", "public": True}
    for document, problem in (
        ({"type": "spell"}, "type: is not known here"),
        (other, "its document is of another type: ticket.commented"),
    ):
        found = [
            each
            for each in checked(changed(rows, place, **{key: document})).findings
            if each.row == place + 1
        ]
        assert [each.kind for each in found] == [FindingKind.UNREADABLE]
        assert problem in found[0].problem


def test_an_event_that_cannot_be_read_still_has_its_place_in_the_chain() -> None:
    rows = deepcopy(PLAIN)
    rows[EVENTS[2]].data["event"]["fact"]["type"] = "spell"
    assert [line.partition(":")[0] for line in told(relinked(rows))] == ["unreadable"]
    del rows[EVENTS[2]].data["event"]["ticket_id"]
    assert [
        line.partition(":")[0] for line in told(relinked(rows, lambda event: event.get("ticket_id")))
    ] == [
        "unreadable",
        "missing",
    ]


def test_a_ticket_that_cannot_be_read_is_there() -> None:
    rows = deepcopy(PLAIN)
    rows[0].data["ticket"]["ticket"]["type"] = "spell"
    assert [line.partition(":")[0] for line in told(rows)] == ["unreadable"]


def test_a_document_that_has_no_canonical_form_is_told() -> None:
    rows = deepcopy(PLAIN)
    rows[EVENTS[2]].data["event"]["fact"]["type"] = "\ud800"
    assert {line.partition(":")[0] for line in told(rows)} == {"unreadable", "missing"}


@pytest.mark.parametrize(
    ("row", "problem"),
    [
        (StoreRow(RowKind.SERIES, {"series": "a"}), "the data of a series must be an object of series, last"),
        (StoreRow(RowKind.SERIES, {"series": "a", "last": -1}), "last must be a whole number from 0 to"),
        ("series", "must be a kind and its data, not str 'series'"),
        (("spell", {}), "the kind must be one of ticket, event"),
    ],
)
def test_a_row_of_another_form_is_told(row: Any, problem: str) -> None:
    [line] = told([row])
    assert line.startswith(f"malformed: row 1: {problem}")


def test_a_digest_of_another_form_is_told() -> None:
    found = told(changed(PLAIN, EVENTS[-1], digest="none"))
    assert found[0].endswith("its digest must be 64 hexadecimal digits, not str 'none'")


def test_of_many_findings_of_a_kind_the_first_are_kept_and_all_are_counted() -> None:
    rows = [StoreRow(RowKind.SERIES, {"series": "a", "last": 1})] * (MOST_KEPT + 3)
    found = checked(rows)
    assert len(found.findings) == MOST_KEPT
    assert found.counts == {FindingKind.REPEATED: MOST_KEPT + 2}


def test_a_verification_can_be_written_as_json() -> None:
    rows = changed(PLAIN, EVENTS[2], digest="0" * 64)
    plain = json.loads(json.dumps(checked(rows, SEAL).to_plain()))
    assert plain["intact"] is False
    assert plain["counts"] == {"changed": 2}
    assert plain["findings"][0]["record"] == f"ticket/{FIRST}"
    assert plain["findings"][0]["way_out"].startswith("restore a backup")
    assert plain["seals"] == [
        {
            "position": SEAL.checkpoint.position,
            "at": "2026-03-02T10:00:00+00:00",
            "root": SEAL.checkpoint.root,
            "holds": True,
        }
    ]
    assert plain["rows"]["series"] == 1


# Anchors


def test_an_anchor_is_read_back_as_it_was_written() -> None:
    assert anchor_from(json.loads(json.dumps(SEAL.to_plain()))) == SEAL
    bare = evolve(SEAL, heads=None)
    assert anchor_from(json.loads(json.dumps(bare.to_plain()))) == bare


def test_an_anchor_seals_the_heads_of_the_store(books: Books) -> None:
    anchor, heads = books.seal(), books.store.heads()
    assert anchor == Anchor.of("default", heads, books.clock())
    assert anchor.checkpoint == Checkpoint(
        heads.position, books.clock(), len(heads.heads), root_of(heads.heads)
    )
    assert books.store.checkpoints() == [anchor.checkpoint]


def test_an_anchor_of_nothing_holds_for_nothing() -> None:
    anchor = Anchor.of("default", Heads(0, ()), A_MONDAY)
    assert checked([], anchor).is_intact


HEAD = SEAL.to_plain()["heads"][0]


@pytest.mark.parametrize(
    ("changes", "problem"),
    [
        ({"format": "other"}, "it is made by 'itsmkit store checkpoint'"),
        ({"version": 2}, "its version is int 2, and 1 is known here; upgrade itsmkit"),
        ({"more": 1}, "nothing is known of 'more' in it"),
        ({"checkpoint": {"type": "cursor", "schema": 1, "reader": "a", "position": 1}}, "its checkpoint is"),
        ({"heads": 7}, "its heads are int 7"),
        ({"heads": [HEAD]}, "its heads are not those that its checkpoint seals"),
        ({"heads": [["a", 1]]}, "its heads[0] is list ['a', 1]"),
        ({"heads": [["a", True, "0" * 64]]}, "its heads[0] is"),
        ({"heads": [["a", 0, "0" * 64]]}, "its heads[0] is"),
        ({"heads": [["a", 1, "0"]]}, "its heads[0] is"),
    ],
)
def test_what_is_no_anchor_is_refused(changes: dict[str, object], problem: str) -> None:
    with pytest.raises(DefinitionError) as raised:
        anchor_from({**SEAL.to_plain(), **changes})
    assert str(raised.value).startswith(f"this is no anchor of a store: {problem}")


@pytest.mark.parametrize("plain", [None, [], "anchor", {}])
def test_other_data_is_no_anchor(plain: object) -> None:
    with pytest.raises(DefinitionError, match="this is no anchor of a store"):
        anchor_from(plain)


def test_an_anchor_needs_a_checkpoint_that_can_be_read_and_a_tenant() -> None:
    with pytest.raises(DefinitionError, match="checkpoint: root: is missing"):
        anchor_from({**SEAL.to_plain(), "checkpoint": {"type": "checkpoint", "schema": 1}})
    with pytest.raises(DefinitionError, match=r"Anchor\.tenant must be a name"):
        anchor_from({**SEAL.to_plain(), "tenant": None})


def test_checkpoints_that_cannot_be_read_are_left_to_the_verification() -> None:
    rows = [StoreRow(RowKind.CHECKPOINT, {"checkpoint": {"type": "spell"}}), StoreRow(RowKind.SERIES, {})]
    assert checkpoints_in(rows) == ()


@given(
    st.lists(
        st.tuples(
            st.text(max_size=3), st.integers(1, 9), st.text("0123456789abcdef", min_size=64, max_size=64)
        ),
        max_size=5,
    )
)
def test_whatever_the_heads_are_an_anchor_is_read_back(heads: list[tuple[str, int, str]]) -> None:
    anchor = Anchor.of("acme", Heads(7, tuple(ChainHead(*each) for each in heads)), A_MONDAY)
    assert anchor_from(json.loads(canonical_bytes(anchor.to_plain()))) == anchor


# -- what a store cannot read ------------------------------------------------------------------------------


class HalfReadable(InMemoryStore):
    """A store that cannot read some of what it keeps."""

    readable = 3

    def dump(self) -> Iterator[StoreRow]:
        yield from islice(super().dump(), self.readable)
        raise DamagedStoreError("the document of ticket 4 is no JSON")

    def checkpoints(self) -> Sequence[Checkpoint]:
        raise DamagedStoreError("the document of checkpoint 1 is no JSON")


def test_what_a_store_cannot_read_is_a_finding_and_ends_the_verification(books: Books) -> None:
    store = HalfReadable()
    store.load(books.rows())
    found = Desk(store=store).audit.verify([books.seal()])
    (finding,) = found.findings
    assert (finding.kind, finding.row) == (FindingKind.UNREADABLE, 4)
    assert str(finding).startswith(
        "row 4: the document of ticket 4 is no JSON; this row, and what follows it, was not looked at"
    )
    # What was not read is neither missing nor sealed.
    assert (found.is_intact, found.is_whole, found.seals, sum(found.rows.values())) == (False, False, (), 3)
    assert found.to_plain()["whole"] is False


def test_a_store_that_does_not_answer_is_no_finding(books: Books) -> None:
    class Gone(InMemoryStore):
        def dump(self) -> Iterator[StoreRow]:
            raise OSError("nobody answers")

    with pytest.raises(OSError, match="nobody answers"):
        Desk(store=Gone()).audit.verify()
