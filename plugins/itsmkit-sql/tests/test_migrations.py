"""Databases of earlier releases, brought forward and back with all that is in them."""

import json
import os
import signal
import subprocess
import sys
import tomllib
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random
from threading import Thread
from typing import Any

import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from sqlalchemy import Connection, Engine, MetaData, create_engine, event, select, text
from sqlalchemy.exc import OperationalError
from sqlalchemy.pool import NullPool

from itsmkit.conditions import ALWAYS, Comparison, Condition, Operator, holds
from itsmkit.desk import Desk, InMemoryStore
from itsmkit.errors import DefinitionError
from itsmkit.plugin import Order, RowKind, TicketQuery
from itsmkit.plugin.documents import DOCUMENTS
from itsmkit.plugin.verification import verify
from itsmkit.testing import A_MONDAY, AN_AGENT, ManualClock
from itsmkit.testing.contracts import lived, saved
from itsmkit_sql import DatabaseError, SchemaError, SQLStore
from itsmkit_sql._migrations import tables_of
from itsmkit_sql._schema import metadata
from itsmkit_sql._url import address_of
from itsmkit_sql.maintenance import SQLMaintenance

ROOT = Path(__file__).parents[1]
RELEASED = Path(__file__).with_name("released")

NEWEST = "4"
POINTS = 3
"""At how many points a migration is killed, on each kind of database and each way: each day at others."""


InAProcess = Callable[[Callable[[], object]], Any]
Rows = dict[str, list[dict[str, object]]]


@pytest.fixture
def url(empty_url: str) -> str:
    """Return the URL of a database without tables: of each kind, one after the other."""
    return empty_url


@contextmanager
def connected(url: str) -> Iterator[Connection]:
    """Lend a connection past the store, in a transaction."""
    engine = create_engine(url, poolclass=NullPool)
    with engine.begin() as connection:
        yield connection


def restored(url: str, version: int = 1) -> Rows:
    """Make a database as a release has made it, and return its rows."""
    with connected(url) as connection:
        dialect = connection.dialect.name
        if dialect == "sqlite":
            connection.exec_driver_sql("PRAGMA foreign_keys = ON")
        ddl = RELEASED / f"schema-{version}.{dialect}.sql"
        for statement in filter(str.strip, ddl.read_text("utf-8").split(";\n")):
            connection.exec_driver_sql(statement)
        rows: Rows = json.loads((RELEASED / f"schema-{version}.json").read_text("utf-8"))
        for table in tables_of(version).sorted_tables:
            for row in rows[table.name]:
                add(connection, table.name, row)
        if dialect == "postgresql":
            count = "SELECT setval('itsmkit_outbox_id_seq', max(id)) FROM itsmkit_outbox"
            connection.execute(text(count))
    return kept(url, tables_of(version))


def add(connection: Connection, table: str, row: dict[str, object]) -> None:
    """Add a row, with a number of its own in place of one that the database counts."""
    names, values = ", ".join(row), ", ".join(f":{name}" for name in row)
    override = " OVERRIDING SYSTEM VALUE" if connection.dialect.name == "postgresql" else ""
    connection.execute(text(f"INSERT INTO {table} ({names}){override} VALUES ({values})"), row)


def kept(url: str, tables: MetaData) -> Rows:
    """Return all rows."""
    with connected(url) as connection:
        return {
            each.name: sorted((dict(row._mapping) for row in connection.execute(select(each))), key=str)
            for each in tables.sorted_tables
        }


def upkeep(url: str) -> SQLMaintenance:
    address = address_of(url)
    assert address is not None
    return SQLMaintenance(address)


@pytest.fixture
def released(url: str) -> tuple[str, Rows]:
    """Return the URL of a database of schema 1, and its rows."""
    return url, restored(url)


def documents(rows: Rows, table: str) -> list[object]:
    return [json.loads(str(row["document"])) for row in rows[table] if row["document"]]


# -- forward and back ------------------------------------------------------------------------------


def test_forward_and_back_all_is_as_it_was(released: tuple[str, Rows]) -> None:
    url, before = released
    upkeep(url).upgrade()
    with closing(SQLStore.open(url)):  # makes what tickets are searched by
        pass
    upkeep(url).upgrade("1")
    after = kept(url, tables_of(1))
    assert_same_timers(before.pop("itsmkit_timers"), after.pop("itsmkit_timers"))
    # What is counted may be counted on.
    (marks,), (marks_before,) = after.pop("itsmkit_marks"), before.pop("itsmkit_marks")
    assert {**marks, "place": 0} == {**marks_before, "place": 0}
    assert after == before


def assert_same_timers(before: list[dict[str, object]], after: list[dict[str, object]]) -> None:
    # What was finished need not be remembered.
    names = ("ticket_id", "name", "due", "free_at")
    that_are_set = [[row[name] for name in names] for row in before if row["free_at"] is not None]
    assert [[row[name] for name in names] for row in after] == that_are_set


def test_a_desk_goes_on_after_an_upgrade(released: tuple[str, Rows]) -> None:
    url, before = released
    assert upkeep(url).versions().present == "1"
    steps = upkeep(url).upgrade()
    assert [(step.start, step.end) for step in steps] == [("1", "2"), ("2", "3"), ("3", "4")]
    with closing(SQLStore.open(url)) as store:
        assert store.tenants() == ["default"]
        rows = [*store.dump()]
        found = verify(rows)
        assert found.findings == ()
        dumped: dict[RowKind, list[object]] = {}
        for row in rows:
            dumped.setdefault(row.kind, []).append({**row.data})
        for kind, name, table in (
            (RowKind.TICKET, "ticket", "itsmkit_tickets"),
            (RowKind.EVENT, "event", "itsmkit_ticket_events"),
            (RowKind.CONFIGURATION, "event", "itsmkit_configuration_events"),
            (RowKind.STAGED, "row", "itsmkit_staging"),
        ):
            there = [row[name] for row in dumped[kind]]  # type: ignore[index]
            assert sorted(there, key=str) == sorted(documents(before, table), key=str)
        assert [row["key"] for row in dumped[RowKind.OUTBOX]] == [  # type: ignore[index]
            row["key"] for row in sorted(before["itsmkit_outbox"], key=lambda row: int(str(row["id"])))
        ]
    with Desk(store=SQLStore.open(url), clock=ManualClock(A_MONDAY)) as desk:
        numbers = {stored.ticket.number for stored in desk.store.tickets()}
        new = desk.incidents.log("No light", by=AN_AGENT)
        assert new.number not in numbers
        assert newest_position(desk) > max(
            int(str(row["position"])) for row in before["itsmkit_ticket_events"]
        )
        assert verify(desk.store.dump()).is_intact


def newest_position(desk: Desk) -> int:
    return max(each.position for each in desk.store.events(after=0, limit=1_000))


def test_tickets_are_found_after_an_upgrade_by_all_that_is_known_of_them(released: tuple[str, Rows]) -> None:
    url, _ = released
    upkeep(url).upgrade()
    with closing(SQLStore.open(url)) as store:
        tickets = [stored.ticket for stored in store.tickets()]
        asked = [
            Comparison(name, Operator.EQUALS, fact)
            for ticket in tickets
            for name, fact in ticket.facts().items()
            if isinstance(fact, str | int)
        ]
        assert len(asked) > 20
        for where in asked:
            expected = [each.number for each in tickets if holds(where, each.facts())]
            assert numbers(store, where) == expected
            assert store.count(where) == len(expected)


def numbers(store: SQLStore, where: Condition) -> list[str]:
    page = store.find(TicketQuery(where, limit=100))
    return [each.ticket.number for each in page.tickets]


def test_a_database_with_new_work_goes_back_as_far_as_it_can(released: tuple[str, Rows]) -> None:
    url, before = released
    upkeep(url).upgrade()
    with closing(SQLStore.open(url)) as store:
        new = saved(store, "INC-99", erasable=False)  # so that all of it stands in documents
    upkeep(url).upgrade("1")
    after = kept(url, tables_of(1))
    assert {row["number"] for row in after["itsmkit_tickets"]} == {
        new.number,
        *(row["number"] for row in before["itsmkit_tickets"]),
    }
    (event_row,) = (row for row in after["itsmkit_ticket_events"] if row["ticket_id"] == new.id)
    assert event_row["position"] == after["itsmkit_marks"][0]["position"] == 13
    upkeep(url).upgrade()
    with closing(SQLStore.open(url)) as store:
        assert store.find_ticket(new.number).ticket.id == new.id
        assert verify(store.dump()).is_intact


def test_more_rows_than_are_moved_together(released: tuple[str, Rows]) -> None:
    url, before = released
    ticket = before["itsmkit_tickets"][0]
    history = [row for row in before["itsmkit_ticket_events"] if row["ticket_id"] == ticket["id"]]
    last = max(history, key=lambda row: int(str(row["sequence"])))
    many = 2_500
    with connected(url) as connection:
        for number in range(1, many + 1):
            sequence = int(str(last["sequence"])) + number
            document = json.dumps({**json.loads(str(last["document"])), "sequence": sequence})
            row = {**last, "position": 100 + number, "sequence": sequence, "document": document}
            add(connection, "itsmkit_ticket_events", row)
        connection.execute(text(f"UPDATE itsmkit_marks SET position = {100 + many}"))
    rows = kept(url, tables_of(1))["itsmkit_ticket_events"]
    told: list[tuple[int, int]] = []
    upkeep(url).upgrade(progress=lambda *counts: told.append(counts))
    assert told == sorted(told)
    assert told[-1][0] > many
    assert all(done <= whole for done, whole in told)
    upkeep(url).upgrade("1")
    assert kept(url, tables_of(1))["itsmkit_ticket_events"] == rows


def test_what_many_tickets_are_searched_by_is_made(released: tuple[str, Rows]) -> None:
    url, before = released
    ticket = before["itsmkit_tickets"][0]
    many = 2_100
    with connected(url) as connection:
        for number in range(100, 100 + many):
            new = {"id": f"copy-{number}", "number": f"INC-{number}", "place": 1_000 + number}
            document = str(ticket["document"])
            for name in ("id", "number"):
                document = document.replace(f'"{ticket[name]}"', f'"{new[name]}"')
            add(connection, "itsmkit_tickets", {**ticket, **new, "document": document})
    upkeep(url).upgrade()
    with closing(SQLStore.open(url)) as store:
        first = store.find_ticket(str(ticket["number"])).ticket
        where = Comparison("opened_at", Operator.EQUALS, first.opened_at)
        found = store.find(TicketQuery(where, limit=500, order_by=(Order("number"),))).tickets
        assert found[0].ticket.number == "INC-1"
        assert store.count(where) >= many + 1


# -- what earlier schemas cannot hold --------------------------------------------------------------


def test_what_schema_2_cannot_hold_is_named_and_kept(url: str) -> None:
    with closing(SQLStore.open(url)) as store:
        lived(store)
        desk = Desk(store=store, clock=ManualClock(A_MONDAY)).acting_as(AN_AGENT)
        desk.tickets.comment(desk.incidents.log("No light").id, "It is the bulb")
        before = [*store.dump()]
    for schema in ("2", "1"):
        with pytest.raises(DefinitionError) as raised:
            upkeep(url).upgrade(schema)
        assert raised.value.problems == tuple(
            f"there are {what}; schema 2 cannot hold them: {way_out}"
            for what, way_out in (
                ("2 records", "export what you need, remove it, and try again"),
                (
                    "5 events with something personal",
                    "erase it (desk.tickets.erase), or go back by a backup from before the upgrade",
                ),
            )
        )
    with closing(SQLStore.open(url)) as store:
        assert [*store.dump()] == before


def test_forward_from_schema_2_and_back_all_is_as_it_was(released: tuple[str, Rows]) -> None:
    url, _ = released
    upkeep(url).upgrade("2")
    before = kept(url, tables_of(2))
    assert upkeep(url).versions().present == "2"
    steps = upkeep(url).upgrade()
    assert [(step.start, step.end) for step in steps] == [("2", "3"), ("3", "4")]
    assert [step.summary for step in upkeep(url).upgrade("2")] == [
        "undo: index what tickets have, not what they lack",
        "undo: keep records of any kind",
    ]
    assert kept(url, tables_of(2)) == before
    upkeep(url).upgrade()
    with closing(SQLStore.open(url)) as store:
        lived(store.of_tenant("acme"))
        assert verify(store.of_tenant("acme").dump()).is_intact


def let_go_of_what_is_personal(store: SQLStore) -> None:
    """Let nothing personal stand apart, for which schema 2 has no room."""
    with store.begin() as unit:
        for stored in store.tickets():
            unit.erase(stored.ticket.id)


def test_timers_get_their_deadlines_again_after_the_way_back_and_forward(url: str) -> None:
    clock = ManualClock(A_MONDAY)

    def desk_on(store: SQLStore) -> Desk:
        return Desk(store=store, plugins=[], clock=clock).acting_as(AN_AGENT)

    with closing(SQLStore.open(url)) as store:
        desk = desk_on(store)
        desk.incidents.log("No network", impact="high", urgency="high")
        assert desk.reread_agreements().is_done
        before = [(each.at, each.what) for each in desk.next_deadlines()]
        assert before
        let_go_of_what_is_personal(store)
    upkeep(url).upgrade("2")
    upkeep(url).upgrade()
    with closing(SQLStore.open(url)) as store:
        desk = desk_on(store)
        assert desk.next_deadlines() == []
        assert desk.reread_agreements().changed == 1
        assert [(each.at, each.what) for each in desk.next_deadlines()] == before


def test_a_parked_timer_is_resumed_before_the_way_back_to_schema_2(url: str) -> None:
    clock = ManualClock(A_MONDAY)
    with closing(SQLStore.open(url)) as store:
        desk = Desk(store=store, plugins=[], clock=clock).acting_as(AN_AGENT)
        ticket = desk.incidents.log("No network", impact="high", urgency="high")
        due = desk.next_due()
        assert due is not None
        (claimed,) = store.claim_due(due, lease=timedelta(minutes=1), limit=1)
        store.fail(claimed, "no way")
        let_go_of_what_is_personal(store)
        with pytest.raises(DefinitionError) as raised:
            upkeep(url).upgrade("2")
        way_out = "resume them with desk.tickets.resume_timer, and try again"
        assert raised.value.problems == (f"there are 1 parked timers; schema 2 cannot hold them: {way_out}",)
        (parked,) = desk.parked_timers()
        desk.tickets.resume_timer(ticket.id, parked.name)
    before = kept(url, tables_of(3))["itsmkit_timers"]
    upkeep(url).upgrade("2")
    after = kept(url, tables_of(2))["itsmkit_timers"]
    assert parked.name in {row["name"] for row in after}
    assert after == [{name: row[name] for name in after[0]} for row in before]


def test_what_schema_1_cannot_hold_is_named_and_kept(url: str) -> None:
    past = InMemoryStore()
    lived(past)
    of_records = {RowKind.RECORD, RowKind.RECORD_EVENT}
    with closing(SQLStore.open(url)) as store:
        store.load(row for row in past.dump() if row.kind not in of_records)
        saved(store.of_tenant("acme"))
        for tenant in store.tenants():
            let_go_of_what_is_personal(store.of_tenant(tenant))
        before = [*store.dump()]
    with pytest.raises(DefinitionError) as raised:
        upkeep(url).upgrade("1")
    problems = " ".join(raised.value.problems)
    for what in ("tenant 'acme' has data", "entries in the ingest ledger", "attachments", "checkpoints"):
        assert what in problems
    assert "export what you need" in problems
    with closing(SQLStore.open(url)) as store:
        assert [*store.dump()] == before


# -- a schema is one, however it was made ----------------------------------------------------------


def catalogue(connection: Connection) -> list[str]:
    """Return all that a database says of its tables."""
    if connection.dialect.name == "sqlite":
        asked = "SELECT type || name || coalesce(sql, '') FROM sqlite_schema WHERE name LIKE 'itsmkit%'"
    else:
        schema = "current_schema()"
        asked = f"""
            SELECT indexdef FROM pg_indexes WHERE schemaname = {schema}
            UNION ALL SELECT conrelid::regclass || ' ' || conname || ' ' || pg_get_constraintdef(oid)
                FROM pg_constraint WHERE connamespace = {schema}::regnamespace AND contype <> 't'
            UNION ALL SELECT concat_ws(' ', table_name, column_name, ordinal_position, data_type, is_nullable,
                column_default, is_identity, collation_name)
                FROM information_schema.columns WHERE table_schema = {schema}
            UNION ALL SELECT concat_ws(' ', sequence_name, data_type, increment)
                FROM information_schema.sequences WHERE sequence_schema = {schema}
        """
    return sorted(" ".join(str(each).split()) for each in connection.execute(text(asked)).scalars())


def made_by_today(connection: Connection) -> None:
    metadata.create_all(connection)


def made_by_release(connection: Connection) -> None:
    ddl = RELEASED / f"schema-1.{connection.dialect.name}.sql"
    for statement in filter(str.strip, ddl.read_text("utf-8").split(";\n")):
        connection.exec_driver_sql(statement)


def catalogue_of(url: str, made: Callable[[Connection], None]) -> list[str]:
    """Return what the database says of tables that are made anew, in place of those that are there."""
    with connected(url) as connection:
        if connection.dialect.name == "postgresql":
            schema = connection.execute(text("SELECT current_schema()")).scalar_one()
            connection.execute(text(f"DROP SCHEMA {schema} CASCADE"))
            connection.execute(text(f"CREATE SCHEMA {schema}"))
            made(connection)
            return catalogue(connection)
    beside = url.replace("desk.db", "fresh.db")
    with connected(beside) as connection:
        made(connection)
        return catalogue(connection)


def test_tables_are_the_same_whether_made_or_migrated(released: tuple[str, Rows]) -> None:
    url, _ = released
    upkeep(url).upgrade()
    with connected(url) as connection:
        migrated = catalogue(connection)
        assert compare_metadata(MigrationContext.configure(connection), metadata) == []
    assert catalogue_of(url, made_by_today) == migrated


def test_the_page_tells_of_every_table() -> None:
    page = (ROOT.parents[1] / "docs/reference/store.md").read_text("utf-8")
    assert [name for name in metadata.tables if f"`{name}`" not in page] == []


def test_tables_that_went_back_are_those_of_the_release(released: tuple[str, Rows]) -> None:
    url, _ = released
    upkeep(url).upgrade()
    upkeep(url).upgrade("1")
    with connected(url) as connection:
        back = catalogue(connection)
    assert catalogue_of(url, made_by_release) == back


def test_tables_of_others_stay_as_they_are(released: tuple[str, Rows]) -> None:
    url, _ = released
    with connected(url) as connection:
        connection.execute(text("CREATE TABLE alembic_version (version_num VARCHAR(32) NOT NULL)"))
        connection.execute(text("INSERT INTO alembic_version VALUES ('of the host')"))
        connection.execute(text("CREATE TABLE itsmkit_reports (id INTEGER PRIMARY KEY, title TEXT)"))
        connection.execute(text("INSERT INTO itsmkit_reports VALUES (7, 'of the host')"))
    for version in (NEWEST, "1", NEWEST):
        upkeep(url).upgrade(version)
    with connected(url) as connection:
        assert connection.execute(text("SELECT version_num FROM alembic_version")).scalars().all() == [
            "of the host"
        ]
        assert connection.execute(text("SELECT id FROM itsmkit_reports")).scalars().all() == [7]


# -- all or nothing --------------------------------------------------------------------------------


class Stop(Exception):  # noqa: N818  # no error: somebody stops it
    """What a listener raises."""


def test_who_stops_it_stops_it_before_anything_has_changed(released: tuple[str, Rows]) -> None:
    url, before = released

    def stop(done: int, _whole: int) -> None:
        raise Stop(done)

    with pytest.raises(Stop):
        upkeep(url).upgrade(progress=stop)
    assert upkeep(url).versions().present == "1"
    assert kept(url, tables_of(1)) == before


@pytest.fixture
def killed(in_a_process: InAProcess, tmp_path: Path) -> Callable[[Callable[[], object], int | None], int]:
    """
    Return what does something in a process that is killed before its statement or commit of a number.

    It returns how many there were.
    """
    log = tmp_path / "steps"

    def do(deed: Callable[[], object], at: int | None) -> int:
        log.write_bytes(b"")

        def step(*_details: object) -> None:
            with log.open("ab") as steps:
                steps.write(b".")
            if log.stat().st_size == at:
                os.kill(os.getpid(), signal.SIGKILL)

        def counted() -> None:
            event.listen(Engine, "before_cursor_execute", step)
            event.listen(Engine, "commit", step)
            deed()

        ended = in_a_process(counted)
        assert (ended.signal, ended.raised) == (signal.SIGKILL if at else 0, "")
        return log.stat().st_size

    return do


@pytest.fixture
def again(url: str) -> Callable[[], Rows]:
    """Return what makes a database of schema 1 anew, in place of that which is there."""

    def make() -> Rows:
        if url.startswith("sqlite"):
            for file in Path(url.removeprefix("sqlite:///")).parent.glob("desk.db*"):
                file.unlink()
        else:
            with connected(url) as connection:
                schema = connection.execute(text("SELECT current_schema()")).scalar_one()
                connection.execute(text(f"DROP SCHEMA {schema} CASCADE"))
                connection.execute(text(f"CREATE SCHEMA {schema}"))
        return restored(url)

    return make


@pytest.mark.parametrize(("start", "to"), [("1", "4"), ("4", "1"), ("2", "3"), ("3", "2")])
def test_a_migration_that_is_killed_leaves_one_schema_or_the_other(
    url: str,
    again: Callable[[], Rows],
    killed: Callable[[Callable[[], object], int | None], int],
    start: str,
    to: str,
) -> None:
    def prepared() -> Rows:
        again()
        upkeep(url).upgrade(start)
        return kept(url, tables_of(int(start)))

    def migrate() -> object:
        return upkeep(url).upgrade(to)

    before = prepared()
    steps = killed(migrate, None)
    assert steps >= POINTS
    assert upkeep(url).versions().present == to
    given = os.environ.get("ITSMKIT_TEST_STEP")
    today = Random(f"{start} {to} {datetime.now(UTC).date()}").sample(range(1, steps + 1), POINTS)
    for at in [int(given)] if given else sorted(today):
        told = f"killed before step {at} of {steps}: try again with ITSMKIT_TEST_STEP={at}"
        prepared()
        killed(migrate, at)
        assert upkeep(url).versions().present == start, told
        # Its columns are looked at, too: a plan refuses tables that are of neither.
        assert upkeep(url).plan(to)[-1].end == to, told
        assert kept(url, tables_of(int(start))) == before, told
    upkeep(url).upgrade(to)
    assert upkeep(url).versions().present == to


def test_two_who_upgrade_at_once_do_it_once(released: tuple[str, Rows]) -> None:
    url, _ = released
    taken: list[int] = []

    def upgrade() -> None:
        taken.append(len(upkeep(url).upgrade()))

    threads = [Thread(target=upgrade) for _ in range(3)]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    assert sorted(taken) == [0, 0, 3]
    with closing(SQLStore.open(url)) as store:
        assert verify(store.dump()).is_intact


# -- who works on it meanwhile ---------------------------------------------------------------------


def test_a_program_that_goes_on_with_another_version_is_told(url: str) -> None:
    with closing(SQLStore.open(url)) as store:
        incident = saved(store, erasable=False)
        upkeep(url).upgrade("1")
        for deed in (
            lambda: store.find_ticket(incident.number),
            lambda: saved(store, "INC-2"),
            lambda: store.find(TicketQuery(ALWAYS)),
            lambda: [*store.dump()],
        ):
            with pytest.raises(SchemaError, match="end this program, and open it with a version that fits"):
                deed()
    rows = kept(url, tables_of(1))
    assert [row["number"] for row in rows["itsmkit_tickets"]] == ["INC-1"]


def test_what_depends_on_the_tables_is_to_go_first(released: tuple[str, Rows]) -> None:
    url, before = released
    with connected(url) as connection:
        connection.execute(text("CREATE TABLE notes (ticket_id TEXT REFERENCES itsmkit_tickets (id))"))
        connection.execute(text("INSERT INTO notes SELECT id FROM itsmkit_tickets"))
    with pytest.raises(
        DatabaseError, match="something of yours depends on the tables, such as a view; drop it"
    ):
        upkeep(url).upgrade()
    assert upkeep(url).versions().present == "1"
    assert kept(url, tables_of(1)) == before


def test_nobody_writes_what_is_being_moved(released: tuple[str, Rows]) -> None:
    url, before = released
    refused: list[str] = []
    other = create_engine(
        url, poolclass=NullPool, **({} if is_server(url) else {"connect_args": {"timeout": 0}})
    )

    def change() -> None:
        with other.begin() as connection:
            if is_server(url):
                connection.exec_driver_sql("SET LOCAL lock_timeout = 10")
            connection.exec_driver_sql("UPDATE itsmkit_cursors SET position = 4")

    def write(_connection: object, _cursor: object, statement: str, *_details: object) -> None:
        if not statement.startswith("CREATE TABLE itsmkit_aside_"):
            return
        with pytest.raises(OperationalError) as raised:
            change()
        refused.append(str(raised.value.orig))

    event.listen(Engine, "before_cursor_execute", write)
    try:
        upkeep(url).upgrade("2")
    finally:
        event.remove(Engine, "before_cursor_execute", write)
    assert len(refused) == len(tables_of(1).tables)
    assert all("lock" in each for each in refused)
    after = kept(url, tables_of(2))["itsmkit_cursors"]
    assert [row["position"] for row in after] == [row["position"] for row in before["itsmkit_cursors"]]


def is_server(url: str) -> bool:
    return not url.startswith("sqlite")


# -- what is begun by hand -------------------------------------------------------------------------


def test_a_half_done_migration_is_refused(released: tuple[str, Rows]) -> None:
    url, _ = released
    with connected(url) as connection:
        connection.execute(text(f"UPDATE itsmkit_schema SET version = {NEWEST}"))
    for deed in (lambda: SQLStore.open(url), upkeep(url).upgrade, lambda: upkeep(url).plan("1")):
        with pytest.raises(SchemaError, match=r"some are missing|are not those of its version") as raised:
            deed()
        assert "restore it from a backup" in raised.value.way_out


def test_tables_laid_aside_are_those_of_a_half_done_migration(released: tuple[str, Rows]) -> None:
    url, _ = released
    upkeep(url).upgrade()
    with connected(url) as connection:
        connection.execute(text("CREATE TABLE itsmkit_aside_tickets AS SELECT * FROM itsmkit_tickets"))
    for deed in (lambda: SQLStore.open(url), upkeep(url).versions, lambda: upkeep(url).upgrade("1")):
        with pytest.raises(SchemaError, match="a migration was begun and not ended: itsmkit_aside_tickets"):
            deed()


# -- what tickets are searched by ------------------------------------------------------------------


def test_kinds_that_are_not_known_are_left_to_who_knows_them(released: tuple[str, Rows]) -> None:
    url, _ = released
    upkeep(url).upgrade()
    with connected(url) as connection:
        connection.execute(
            text("UPDATE itsmkit_tickets SET document = replace(document, '\"incident\"', '\"riddle\"')")
        )
    with pytest.raises(DatabaseError, match="cannot be read"):
        SQLStore.open(url)
    with connected(url) as connection:
        assert connection.execute(text("SELECT facts FROM itsmkit_schema")).scalar_one() == 0
        connection.execute(
            text("UPDATE itsmkit_tickets SET document = replace(document, '\"riddle\"', '\"incident\"')")
        )
    with closing(SQLStore.open(url, documents=DOCUMENTS)) as store:
        assert store.count(ALWAYS) == len(store.tickets()) > 0


def test_a_backup_of_an_earlier_release_comes_back_as_such(
    released: tuple[str, Rows], again: Callable[[], Rows], tmp_path: Path
) -> None:
    url, before = released
    report = upkeep(url).backup(tmp_path / "before.backup")
    assert report.version == "1"
    upkeep(url).upgrade()
    with closing(SQLStore.open(url)) as store:
        saved(store, "INC-7")
    assert upkeep(url).restore(tmp_path / "before.backup", replace=True) == report
    assert upkeep(url).versions().present == "1"
    assert kept(url, tables_of(1)) == before
    if not url.startswith("sqlite"):
        with connected(url) as connection:  # what is counted goes on behind what is there
            new = connection.execute(text("SELECT nextval('itsmkit_outbox_id_seq')")).scalar_one()
        assert new > max(int(str(row["id"])) for row in before["itsmkit_outbox"])
    upkeep(url).upgrade()
    with closing(SQLStore.open(url)) as store:
        assert verify(store.dump()).is_intact


# -- from a shell ----------------------------------------------------------------------------------


@pytest.fixture
def itsmkit(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., str]:
    """Return what runs the command line with the plugin, as pip installs it, and returns what it says."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    info = tmp_path / f"site/itsmkit_sql-{project['version']}.dist-info"
    info.mkdir(parents=True)
    (info / "METADATA").write_text(
        f"Metadata-Version: 2.1\nName: itsmkit-sql\nVersion: {project['version']}\n", "utf-8"
    )
    lines = [
        f"[{group}]\n" + "".join(f"{name} = {where}\n" for name, where in entries.items())
        for group, entries in project["entry-points"].items()
    ]
    (info / "entry_points.txt").write_text("".join(lines), "utf-8")
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join([str(info.parent), os.environ["PYTHONPATH"]]))

    def call(*arguments: str) -> str:
        command = [sys.executable, "-m", "itsmkit", "store", *arguments]
        done = subprocess.run(command, capture_output=True, text=True, check=False, cwd=tmp_path)
        return f"{done.returncode} {done.stdout}{done.stderr}"

    return call


def test_a_database_is_upgraded_from_a_shell(
    released: tuple[str, Rows], itsmkit: Callable[..., str], tmp_path: Path
) -> None:
    url, before = released
    said = itsmkit("verify", url)
    assert said.startswith("2 ")
    assert "run: itsmkit store upgrade URL" in " ".join(said.split())
    assert "of version 1" in itsmkit("backup", url, "before.backup")
    told = itsmkit("upgrade", url, "--dry-run")
    assert "would go from 1 to 2" in told
    assert "would go from 2 to 3" in told
    assert kept(url, tables_of(1)) == before
    assert "went from 2 to 3" in itsmkit("upgrade", url)
    assert itsmkit("verify", url).startswith("0 tenant default: nothing is wrong; 2 tickets, 11 events")
    refused = itsmkit("restore", "before.backup", url)
    assert refused.startswith("2 ")
    assert "--replace" in refused
    assert "of version 1" in itsmkit("restore", "before.backup", url, "--replace")
    assert kept(url, tables_of(1)) == before
