"""What only a store in a database promises, and what it says when the database is in trouble."""

import os
import pickle
import re
import sqlite3
import threading
import warnings
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

import pytest
from attrs import evolve, frozen
from sqlalchemy import Connection, event, text

from itsmkit.cmdb import CIId
from itsmkit.desk import Desk, InMemoryNotifier
from itsmkit.errors import ConflictError, DefinitionError
from itsmkit.plugin import LedgerEntry, OutboxEntry, RowKind, StoredStaging, StoredTicket, StoreRow, Timer
from itsmkit.plugin.documents import DOCUMENTS, DocumentType
from itsmkit.plugin.integrity import Checkpoint, root_of
from itsmkit.practices import Incident
from itsmkit.testing import A_MONDAY, a_notification, an_incident_logged
from itsmkit.testing.contracts import HOUR, LEASE, commented, entry, kept, newest, said, save, saved, staged
from itsmkit_sql import ConcurrentUnitError, DamagedRowError, DatabaseError, SQLStore, _engines
from itsmkit_sql._counters import next_number
from itsmkit_sql._database import _left_to_parents
from itsmkit_sql._recent import Recent


@pytest.fixture
def store(url: str) -> Iterator[SQLStore]:
    with closing(SQLStore.open(url)) as store:
        yield store


@pytest.fixture
def other(url: str, store: SQLStore) -> Iterator[SQLStore]:
    """Another store of the same database, as another process would have it."""
    with closing(SQLStore.open(url)) as other:
        yield other


@pytest.fixture
def lite(sqlite_url: str) -> Iterator[SQLStore]:
    with closing(SQLStore.open(f"{sqlite_url}?timeout=0.05")) as store:
        yield store


@pytest.fixture
def server(postgresql_url: str) -> Iterator[SQLStore]:
    with closing(SQLStore.open(postgresql_url)) as store:
        yield store


def run(store: SQLStore, statement: str) -> object:
    """Run a statement past the store."""
    with store._database.writing() as connection:
        result = connection.execute(text(statement))
        return result.scalar() if result.returns_rows else None


# -- units of work ---------------------------------------------------------------------------------


def test_nothing_is_saved_before_the_unit_of_work_is_left(store: SQLStore) -> None:
    decision = an_incident_logged()
    with store.begin() as unit:
        save(unit, decision, expected=0)
        assert not store.tickets()
    assert [stored.ticket for stored in store.tickets()] == [decision.ticket]


def test_an_undone_unit_leaves_a_gap_in_the_numbers(store: SQLStore) -> None:
    with pytest.raises(KeyError), store.begin() as unit:  # noqa: PT012  # one unit
        assert unit.next_number("incident") == 1
        raise KeyError
    with store.begin() as unit:
        assert unit.next_number("incident") == 2


def test_who_has_drawn_a_number_keeps_nobody_waiting(store: SQLStore, other: SQLStore) -> None:
    with store.begin() as unit:
        drawn = [unit.next_number("incident")]
        with other.begin() as faster:
            drawn.append(faster.next_number("incident"))
            save(faster, an_incident_logged(), expected=0)
        with store.begin() as inner:
            drawn.append(inner.next_number("incident"))
    assert drawn == [1, 2, 3]


def test_a_unit_that_only_reads_writes_nothing(store: SQLStore) -> None:
    incident = saved(store)
    began: list[object] = []
    event.listen(store._database._writing, "begin", began.append)
    with store.begin() as unit:
        unit.history(incident.id)
    assert not began


def test_who_saves_first_while_a_unit_runs_wins(store: SQLStore, other: SQLStore) -> None:
    incident = saved(store)
    with pytest.raises(ConflictError, match="is stored at version 2"), store.begin() as unit:  # noqa: PT012  # one unit
        save(unit, commented(unit.ticket(incident.id).ticket), expected=1)  # type: ignore[arg-type]  # an incident
        with other.begin() as faster:
            save(faster, commented(incident, "faster"), expected=1)
        unit.enqueue(entry("a"))
    assert len(store.events(after=0, limit=10)) == 2
    assert not store.claim_outbox(A_MONDAY, lease=LEASE, limit=1)


def test_a_ticket_that_another_began_meanwhile_is_not_begun_again(store: SQLStore, other: SQLStore) -> None:
    with pytest.raises(ConflictError, match="save ticket ticket-INC-1 at"), store.begin() as unit:  # noqa: PT012  # one unit
        save(unit, an_incident_logged(), expected=0)
        saved(other)
    assert len(store.tickets()) == 1


def test_a_number_that_another_took_meanwhile_is_taken(store: SQLStore, other: SQLStore) -> None:
    decision = an_incident_logged("INC-2")
    with pytest.raises(ConflictError, match="cannot save ticket number INC-1"), store.begin() as unit:  # noqa: PT012  # one unit
        ticket = evolve(decision.ticket, number="INC-1")
        unit.save(StoredTicket(ticket), decision.events, expected=0)
        saved(other)
    assert len(store.tickets()) == 1


def test_a_ticket_cannot_take_the_number_of_another(store: SQLStore) -> None:
    first, _ = saved(store), saved(store, "INC-2")
    decision = commented(first)
    with (
        pytest.raises(ConcurrentUnitError, match="undid a unit of work in favour of another"),
        store.begin() as unit,
    ):
        unit.save(StoredTicket(evolve(decision.ticket, number="INC-2")), decision.events, expected=1)
    assert store.find_ticket("INC-1").ticket == first


def test_what_another_recorded_while_a_unit_runs_is_a_conflict(store: SQLStore, other: SQLStore) -> None:
    with pytest.raises(ConflictError, match="cannot save configuration as a whole"), store.begin() as unit:  # noqa: PT012  # one unit
        unit.record([said()], after=0)
        with other.begin() as faster:
            faster.record([said("host-2")], after=0)
    assert [each.event for each in store.configuration_events(after=0, limit=9)] == [said("host-2")]


def test_what_another_staged_while_a_unit_runs_is_a_conflict(store: SQLStore, other: SQLStore) -> None:
    with pytest.raises(ConflictError, match="cannot save staging area"), store.begin() as unit:  # noqa: PT012  # one unit
        unit.save_staging(staged("1"), expected=0)
        with other.begin() as faster:
            faster.save_staging(staged("2"), expected=0)
    assert store.staging() == other.staging() == StoredStaging(staged("2"), 1)


def test_a_claim_that_is_taken_over_while_its_unit_runs_is_lost(store: SQLStore, other: SQLStore) -> None:
    incident = saved(store)
    with store.begin() as unit:
        unit.set_timer(Timer(incident.id, "resolve", A_MONDAY))
    (claimed,) = store.claim_due(A_MONDAY, lease=LEASE, limit=1)
    with pytest.raises(ConflictError, match="cannot save timer"), store.begin() as unit:  # noqa: PT012  # one unit
        unit.finish_timer(claimed)
        unit.finish_timer(claimed)
        assert other.claim_due(A_MONDAY + LEASE, lease=LEASE, limit=1)
    assert store.next_due() == A_MONDAY + 2 * LEASE


def test_a_fence_never_falls_back(store: SQLStore) -> None:
    incident = saved(store)
    fences = []
    for hours in range(3):
        at = A_MONDAY + hours * HOUR
        with store.begin() as unit:
            unit.set_timer(Timer(incident.id, "resolve", at))
        (claimed,) = store.claim_due(at, lease=LEASE, limit=1)
        fences.append(claimed.fence)
        with store.begin() as unit:
            unit.finish_timer(claimed)
        with pytest.raises(ConflictError, match="is not stored"), store.begin() as unit:
            unit.finish_timer(claimed)
    assert fences == sorted(set(fences))


def test_timers_of_one_instant_are_claimed_in_the_order_of_their_setting(store: SQLStore) -> None:
    incident = saved(store)
    for names in ("ca", "b"):
        with store.begin() as unit:
            for name in names:
                unit.set_timer(Timer(incident.id, name, A_MONDAY))
    claimed = store.claim_due(A_MONDAY + HOUR, lease=LEASE, limit=10)
    assert [each.timer.name for each in claimed] == ["c", "a", "b"]


@pytest.mark.parametrize("year", [1, 999, 1969, 9999])
def test_instants_of_every_year_and_zone_are_kept_and_ordered(store: SQLStore, year: int) -> None:
    incident = saved(store)
    zone = timezone(timedelta(hours=1))
    early, late = datetime(year, 5, 1, 0, 30, tzinfo=zone), datetime(year, 5, 1, 0, 0, 0, 1, tzinfo=UTC)
    with store.begin() as unit:
        unit.set_timer(Timer(incident.id, "late", late))
        unit.set_timer(Timer(incident.id, "early", early))
    assert store.next_due() == early
    assert [each.timer.due for each in store.claim_due(late, lease=LEASE, limit=9)] == [early, late]


def test_the_last_instant_of_all_is_kept(store: SQLStore) -> None:
    incident = saved(store)
    never = datetime.max.replace(tzinfo=UTC)
    with store.begin() as unit:
        unit.set_timer(Timer(incident.id, "never", never))
    assert store.next_due() == never


def test_what_was_delivered_leaves_no_text_behind(store: SQLStore) -> None:
    with store.begin() as unit:
        unit.enqueue(OutboxEntry(a_notification("a", body="in confidence"), 0, A_MONDAY))
    assert store.claim_outbox(A_MONDAY, lease=LEASE, limit=1)
    store.settle("a", None)
    assert run(store, "SELECT count(*) FROM itsmkit_outbox WHERE document IS NULL") == 1


# -- what is kept in the process -------------------------------------------------------------------


def test_a_ticket_of_a_newer_version_is_read_anew(store: SQLStore, other: SQLStore) -> None:
    incident = saved(store)
    assert other.find_ticket("INC-1").ticket == incident
    after = commented(incident)
    with store.begin() as unit:
        save(unit, after, expected=1)
    assert other.find_ticket("INC-1").ticket == after.ticket


def test_what_was_computed_is_kept_for_the_version_it_was_computed_of(
    store: SQLStore, other: SQLStore
) -> None:
    decision = an_incident_logged()
    with store.begin() as unit:
        unit.save(StoredTicket(decision.ticket, {"clocks": 1}), decision.events, expected=0)
    assert store.find_ticket("INC-1").cache == {"clocks": 1}
    assert other.find_ticket("INC-1").cache == {}
    with other.begin() as unit:
        save(unit, commented(decision.ticket), expected=1)
    assert store.find_ticket("INC-1").cache == {}


def test_what_is_changed_past_the_store_is_read_anew(store: SQLStore) -> None:
    incident = saved(store)
    run(store, "UPDATE itsmkit_tickets SET document = replace(document, 'broken', 'repaired')")
    assert incident.title == "Something is broken"
    assert store.find_ticket("INC-1").ticket == evolve(incident, title="Something is repaired")


def test_only_the_newest_of_a_ticket_and_the_last_of_all_are_kept() -> None:
    recent = Recent(most=2)
    first = an_incident_logged("INC-1")
    old, new = StoredTicket(first.ticket), StoredTicket(commented(first.ticket).ticket)
    others = [StoredTicket(an_incident_logged(f"INC-{n}").ticket) for n in (2, 3)]
    recent.keep("new", new)
    recent.keep("old", old)
    assert recent.of(old.ticket.id, "old") is None
    recent.keep("2", others[0])
    assert recent.of(new.ticket.id, "new") is new  # used, so that the other one goes
    recent.keep("3", others[1])
    kept = zip(("new", "2", "3"), (new, *others), strict=True)
    assert [name for name, each in kept if recent.of(each.ticket.id, name) is each] == ["new", "3"]


def test_of_a_staging_area_only_what_differs_is_written(store: SQLStore, other: SQLStore) -> None:
    area = staged("1").with_records(staged("2").records.values())
    with store.begin() as unit:
        unit.save_staging(area, expected=0)
    statements: list[tuple[str, object]] = []
    event.listen(
        store._database._writing,
        "before_cursor_execute",
        lambda _c, _cursor, statement, parameters, *_: statements.append((statement, parameters)),
    )
    area = area.with_identities({("scan", "1"): CIId("host-9")}).without_lock(CIId("host-1"), "memory")
    for version in (1, 2):
        with store.begin() as unit:
            unit.save_staging(area, expected=version)
    written = [(verb, str(given)) for verb, given in statements if "itsmkit_staging " in verb]
    assert [verb.split()[0] for verb, _ in written] == ["DELETE", "INSERT"]
    assert "lock" in written[0][1]
    assert "host-9" in written[1][1]
    assert "record" not in written[1][1].replace('"record":"1"', "").replace("staged-record", "")
    assert other.staging() == StoredStaging(area, 3)
    less = area.without_records([("scan", "2")])
    with other.begin() as unit:  # which has read what the first one wrote
        unit.save_staging(less, expected=3)
    assert store.staging() == StoredStaging(less, 4)
    store._staging.keep(StoredStaging(area, 3))  # of a thread that comes late
    assert store.staging() == StoredStaging(less, 4)


@frozen(slots=False)
class Visit(Incident):
    """A kind of work of a desk's own."""

    floor: int = 0


def test_kinds_of_tickets_of_ones_own_are_kept_with_their_documents(url: str) -> None:
    documents = DOCUMENTS.extended(DocumentType("visit", Visit))
    decision = an_incident_logged()
    visit = Visit(**{**decision.ticket.__dict__, "kind": "visit", "floor": 3})
    with closing(SQLStore.open(url, documents=documents)) as store, store.begin() as unit:
        unit.save(StoredTicket(visit), decision.events, expected=0)
    with closing(SQLStore.open(url, documents=documents)) as store:
        assert store.find_ticket("INC-1").ticket == visit
    with (
        closing(SQLStore.open(url)) as store,
        pytest.raises(DatabaseError, match="the document of ticket ticket-INC-1 cannot be read"),
    ):
        store.find_ticket("INC-1")


# -- damage ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("damage", ["no JSON", "[]", '{"type":"unheard-of"}'])
def test_a_damaged_document_is_named(store: SQLStore, other: SQLStore, damage: str) -> None:
    incident = saved(store)
    with store.begin() as unit:
        unit.record([said()], after=0)
        unit.save_staging(staged(), expected=0)
        unit.enqueue(entry("a"))
    kept(store, "ann")
    for table in (
        "tickets",
        "ticket_events",
        "configuration_events",
        "records",
        "record_events",
        "staging",
        "outbox",
    ):
        run(store, f"UPDATE itsmkit_{table} SET document = '{damage}'")
    with pytest.raises(
        DatabaseError, match=r"the document of ticket ticket-INC-1 cannot be read: .*; restore"
    ):
        other.find_ticket("INC-1")
    with pytest.raises(DatabaseError, match="the document of the event at position 1 cannot be read"):
        other.events(after=0, limit=1)
    with pytest.raises(DatabaseError, match="the document of the event at position 2 cannot be read"):
        other.configuration_events(after=0, limit=1)
    with pytest.raises(DatabaseError, match="the document of event 1 of ticket"), other.begin() as unit:
        unit.history(incident.id)
    with pytest.raises(DatabaseError, match="event 1 of configuration item host-1"), other.begin() as unit:
        unit.configuration_history(said().record.key)
    with (
        pytest.raises(DatabaseError, match="the document of record person/ann cannot be read"),
        other.begin() as unit,
    ):
        unit.record_of("person", "ann")
    with (
        pytest.raises(DatabaseError, match="the document of event 1 of person ann cannot be read"),
        other.begin() as unit,
    ):
        unit.record_history("person", "ann")
    with pytest.raises(DatabaseError, match="the document of record person/ann cannot be read"):
        other.records("person", limit=1)
    with pytest.raises(DatabaseError, match="the document of the event at position 3 cannot be read"):
        other.record_events(after=0, limit=1)
    with pytest.raises(DatabaseError, match="the document of the staging row"):
        other.staging()
    with pytest.raises(DatabaseError, match="the document of notification a cannot be read"):
        other.claim_outbox(A_MONDAY, lease=LEASE, limit=1)


def test_rows_of_a_staging_area_that_lack_others_are_damage(store: SQLStore, other: SQLStore) -> None:
    with store.begin() as unit:
        unit.save_staging(staged(), expected=0)
    run(store, "DELETE FROM itsmkit_staging WHERE key LIKE '[\"record\"%'")
    with pytest.raises(DatabaseError, match="is missing; restore the database from a backup"):
        other.staging()


def test_what_is_kept_beside_records_is_named_when_it_is_damaged(store: SQLStore) -> None:
    with store.begin() as unit:
        digest = unit.attach(b"a picture")
        unit.remember(LedgerEntry("key-7", "request", {}, A_MONDAY))
        unit.save_checkpoint(Checkpoint(0, A_MONDAY, 0, root_of([])))
    run(store, "UPDATE itsmkit_attachments SET content = substr(content, 2)")
    for table in ("ledger", "checkpoints"):
        run(store, f"UPDATE itsmkit_{table} SET document = '{{'")
    with pytest.raises(
        DatabaseError, match=f"attachment {digest} is damaged: its digest is another; restore"
    ):
        store.attachment(digest)
    with pytest.raises(DatabaseError, match="the document of the ledger entry key-7"), store.begin() as unit:
        unit.remembered("key-7")
    with pytest.raises(DatabaseError, match="the document of checkpoint 1 cannot be read"):
        store.checkpoints()
    with pytest.raises(DatabaseError, match=r"of the ledger entry key-7 is no JSON: .*; restore"):
        list(store.dump())


def test_a_notification_that_cannot_be_read_holds_up_no_other(store: SQLStore) -> None:
    with store.begin() as unit:
        for key in ("a", "b", "c"):
            unit.enqueue(entry(key))
    run(store, "UPDATE itsmkit_outbox SET document = '{' WHERE key = 'a'")
    notifier = InMemoryNotifier()
    with pytest.raises(DamagedRowError, match="the document of notification a cannot be read"):
        Desk(store=store, plugins=[notifier]).deliver()
    assert [sent.key for sent in notifier.delivered] == ["b", "c"]


def test_what_cannot_be_read_is_a_finding_of_a_verification(store: SQLStore) -> None:
    saved(store)
    with store.begin() as unit:
        unit.save_checkpoint(Checkpoint(0, A_MONDAY, 0, root_of([])))
    run(store, "UPDATE itsmkit_ticket_events SET document = '{'")
    run(store, "UPDATE itsmkit_checkpoints SET document = '{'")
    found = Desk(store=store).audit.verify()
    (finding,) = found.findings
    assert not found.is_whole
    assert "the document of the event at position 1 is no JSON" in finding.problem


@pytest.mark.parametrize("key", ["no JSON", "{}", "[1, 2]"])
def test_the_damaged_key_of_a_staging_row_is_named(store: SQLStore, key: str) -> None:
    with store.begin() as unit:
        unit.save_staging(staged(), expected=0)
    run(store, f"UPDATE itsmkit_staging SET key = '{key}' WHERE key LIKE '[\"record\"%'")
    with pytest.raises(DamagedRowError, match=f"the key .*{re.escape(key)}.*; restore it from a backup"):
        list(store.dump())


def test_a_number_that_no_database_holds_is_not_loaded(store: SQLStore) -> None:
    rows = [
        StoreRow(RowKind.SERIES, {"series": "a", "last": 2**63 - 1}),
        StoreRow(RowKind.SERIES, {"series": "b", "last": 2**63}),
    ]
    with pytest.raises(
        DefinitionError, match=r"row 2: last must be a whole number from 0 to 9223372036854775807, not"
    ):
        store.load(rows)
    assert list(store.dump()) == []
    store.load(rows[:1])
    assert list(store.dump()) == rows[:1]


def test_the_chain_of_what_was_loaded_goes_on(store: SQLStore) -> None:
    incident = saved(store)
    other = store.of_tenant("other")
    other.load(store.dump())
    for each in (store, other):
        with each.begin() as unit:
            save(unit, commented(incident), expected=1)
    assert other.heads() == store.heads()
    assert list(other.dump()) == list(store.dump())


# -- trouble ---------------------------------------------------------------------------------------


def test_a_full_disk_is_told_and_nothing_is_written_by_halves(lite: SQLStore) -> None:
    saved(lite)
    with lite._database.reading() as connection:
        pages = connection.exec_driver_sql("PRAGMA page_count").scalar_one()
        connection.exec_driver_sql(f"PRAGMA max_page_count = {pages}")  # of this connection, the only one
    with pytest.raises(DatabaseError, match="disk is full; make room on the disk"):
        any(saved(lite, f"INC-{n}") is None for n in range(2, 200))
    assert len(lite.tickets()) == len(lite.events(after=0, limit=1000))
    with lite._database.reading() as connection:
        connection.exec_driver_sql("PRAGMA max_page_count = 1000000")
    saved(lite, "INC-next")


def test_a_file_that_may_only_be_read_is_told(lite: SQLStore) -> None:
    with lite._database.reading() as connection:
        connection.exec_driver_sql("PRAGMA query_only = ON")
    with pytest.raises(DatabaseError, match="readonly database; see to the rights on the file"):
        saved(lite)


def test_who_writes_for_too_long_is_told_of(lite: SQLStore, sqlite_url: str) -> None:
    with closing(sqlite3.connect(sqlite_url.removeprefix("sqlite:///"), isolation_level=None)) as another:
        another.execute("BEGIN IMMEDIATE")
        with pytest.raises(DatabaseError, match="database is locked; another process writes for too long"):
            saved(lite)
        assert not lite.tickets()  # reading goes on
    saved(lite)


def test_a_thread_that_writes_for_too_long_is_told_of(lite: SQLStore) -> None:
    with (
        ThreadPoolExecutor() as pool,
        lite._database.writing(),
        pytest.raises(DatabaseError, match=r"other threads have been writing for more than 0\.05 s"),
    ):
        pool.submit(saved, lite).result()
    saved(lite)


def test_a_file_that_is_gone_bad_is_told(lite: SQLStore, sqlite_url: str) -> None:
    for n in range(50):
        saved(lite, f"INC-{n}")
    lite.close()
    file = Path(sqlite_url.removeprefix("sqlite:///"))
    content = bytearray(file.read_bytes())
    content[4096:] = os.urandom(len(content) - 4096)
    file.write_bytes(content)
    with pytest.raises(DatabaseError, match="malformed; the file is damaged; restore it from a backup"):
        SQLStore.open(sqlite_url)


def test_a_connection_that_is_lost_costs_one_unit_of_work(server: SQLStore) -> None:
    incident = saved(server)

    def cut(connection: Connection, _cursor: object, statement: str, _parameters: object, *_: object) -> None:
        if statement.startswith("INSERT INTO itsmkit_tickets"):
            event.remove(server._database._writing, "before_cursor_execute", cut)
            pid = connection.exec_driver_sql("SELECT pg_backend_pid()").scalar_one()
            with server._database.reading() as another:
                another.execute(text(f"SELECT pg_terminate_backend({pid})"))

    event.listen(server._database._writing, "before_cursor_execute", cut)
    with pytest.raises(DatabaseError, match=r"terminating connection.*; the server shut down or stopped"):
        saved(server, "INC-2")
    assert [stored.ticket for stored in server.tickets()] == [incident]
    saved(server, "INC-2")


def test_a_connection_that_was_closed_meanwhile_is_replaced(server: SQLStore) -> None:
    incident = saved(server)
    with server._database.reading() as connection:
        pid = connection.exec_driver_sql("SELECT pg_backend_pid()").scalar_one()
    url = server._database.address.url.render_as_string(hide_password=False)
    with closing(SQLStore.open(url)) as other, other._database.reading() as connection:
        ended = text("SELECT pg_terminate_backend(:pid, 10000)")
        assert connection.execute(ended, {"pid": pid}).scalar_one()
    assert [stored.ticket for stored in server.tickets()] == [incident]
    with server._database.reading() as connection:
        assert connection.exec_driver_sql("SELECT pg_backend_pid()").scalar_one() != pid


def test_the_server_is_asked_only_about_connections_that_were_idle_for_long(
    server: SQLStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    saved(server)
    dialect = server._database._reading.dialect
    asked: list[object] = []
    ping = dialect.do_ping

    def noted(connection: object) -> bool:
        asked.append(connection)
        alive: bool = ping(connection)
        return alive

    monkeypatch.setattr(dialect, "do_ping", noted)
    server.tickets()
    assert not asked
    monkeypatch.setattr(_engines, "_TRUSTED_SECONDS", -1)
    server.tickets()
    assert len(asked) == 1


def test_who_goes_on_after_a_fault_is_told_that_all_is_undone(server: SQLStore) -> None:
    with pytest.raises(DatabaseError, match="this is not foreseen"), server._database.writing() as connection:  # noqa: PT012  # one transaction
        connection.close()
        next_number(connection, server._tenancy, "incident")


def test_transactions_that_wait_for_each_other_are_a_conflict(server: SQLStore) -> None:
    with server.begin() as unit:
        unit.next_number("a")
        unit.next_number("b")
    outcomes: list[str] = []
    together = threading.Barrier(2)

    def draw(first: str, second: str) -> None:
        try:
            with server._database.writing() as connection:
                next_number(connection, server._tenancy, first)
                together.wait()
                next_number(connection, server._tenancy, second)
        except ConcurrentUnitError as error:
            outcomes.append(error.problem)
        else:
            outcomes.append("")

    threads = [threading.Thread(target=draw, args=args) for args in ("ab", "ba")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(outcomes) == ["", "deadlock detected"]


def test_threads_that_find_no_connection_are_told(server: SQLStore, monkeypatch: pytest.MonkeyPatch) -> None:
    pool = server._database._reading.pool
    monkeypatch.setattr(pool, "_timeout", 0.01)
    held = [server._database._reading.connect() for _ in range(15)]
    with pytest.raises(DatabaseError, match="all connections are in use, and none came back in time"):
        server.tickets()
    for connection in held:
        connection.close()
    assert not server.tickets()


def test_a_text_that_no_database_can_hold_is_told(server: SQLStore) -> None:
    with (
        pytest.raises(DatabaseError, match=r"surrogates not allowed; change the value"),
        server._database.reading() as connection,
    ):
        connection.execute(text("SELECT :value"), {"value": "a\ud800b"})


def test_a_key_may_have_half_of_a_surrogate_pair(server: SQLStore) -> None:
    with server.begin() as unit:
        unit.set_cursor("a\ud800b", 1)
    assert server.cursor("a\ud800b") == 1
    assert server.cursor("ab") == 0


def test_a_forked_process_has_connections_of_its_own(store: SQLStore) -> None:
    saved(store)
    read, write = os.pipe()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)  # of other threads, which the child does not need
        child = os.fork()
    if child == 0:  # pragma: no cover - in another process, where nobody counts
        told = b"failed"
        try:
            saved(store, "INC-2")
            told = b"saved"
        finally:
            os.write(write, told)
            os._exit(0)
    os.close(write)
    with os.fdopen(read, "rb") as pipe:
        assert pipe.read() == b"saved"
    os.waitpid(child, 0)
    saved(store, "INC-3")
    assert [stored.ticket.number for stored in store.tickets()] == ["INC-1", "INC-2", "INC-3"]


def test_what_was_opened_before_a_fork_is_left_to_the_parent(
    store: SQLStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    saved(store)
    before = {engine.pool for engine in store._database._engines}
    monkeypatch.setattr(os, "getpid", lambda: -1)  # as it looks to the child
    saved(store, "INC-2")
    left = [_left_to_parents.pop() for _ in before]
    assert set(left) == before
    assert before.isdisjoint(engine.pool for engine in store._database._engines)
    for pool in left:
        pool.dispose()


@pytest.mark.parametrize(
    "error", [ConcurrentUnitError("deadlock"), DatabaseError("sqlite:///a", "it is full", "make room")]
)
def test_errors_can_be_pickled(error: Exception) -> None:
    again = pickle.loads(pickle.dumps(error))
    assert (type(again), str(again), again.__dict__) == (type(error), str(error), error.__dict__)


def test_the_newest_position_is_shared(store: SQLStore) -> None:
    saved(store)
    with store.begin() as unit:
        unit.record([said(), said("host-2")], after=0)
    saved(store, "INC-2")
    assert newest(store) == 3
    assert [each.position for each in store.events(after=0, limit=9)] == [1, 4]
