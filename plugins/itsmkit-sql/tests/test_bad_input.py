"""Databases that cannot be worked on, or not any more: one clear error each, and nothing half done."""

import os
import resource
import shutil
import sqlite3
import tempfile
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from random import Random
from typing import Any

import psycopg
import pytest
from sqlalchemy import create_engine, event, make_url, text
from sqlalchemy.pool import NullPool

from itsmkit.errors import DefinitionError
from itsmkit.plugin import RowKind, StoredTicket, StoreRow
from itsmkit.plugin.verification import FindingKind, verify
from itsmkit.testing.contracts import commented, lived, save, saved
from itsmkit_sql import DatabaseError, SchemaError, SQLStore
from itsmkit_sql._url import address_of
from itsmkit_sql.maintenance import SQLMaintenance

InAProcess = Callable[[Callable[[], object]], Any]

FLIPS = 150
"""How many damaged files are looked at."""


_PROVED = (
    RowKind.TICKET,
    RowKind.EVENT,
    RowKind.CONFIGURATION,
    RowKind.RECORD_EVENT,
    RowKind.ATTACHMENT,
)


def run(url: str, *statements: str) -> None:
    """Run statements past the store."""
    engine = create_engine(url, poolclass=NullPool)
    with engine.begin() as connection:
        for statement in statements:
            connection.execute(text(statement))


def file_of(url: str) -> Path:
    return Path(url.removeprefix("sqlite:///"))


@pytest.fixture
def made(url: str) -> str:
    """Return the URL of a database with something of every kind."""
    with closing(SQLStore.open(url)) as store:
        lived(store)
    return url


# -- pages -----------------------------------------------------------------------------------------


def test_a_damaged_page_never_gives_a_wrong_answer_that_does_not_show(
    sqlite_url: str, tmp_path: Path
) -> None:
    with closing(SQLStore.open(sqlite_url)) as store:
        lived(store)
        for number in range(3, 40):
            incident = saved(store, f"INC-{number}")
            with store.begin() as unit:
                save(unit, commented(incident), expected=1)
        original, tickets = [*store.dump()], [*store.tickets()]
    whole = file_of(sqlite_url).read_bytes()
    random = Random(11)
    ways = {"refused": 0, "right": 0, "found": 0}
    for number in range(FLIPS):
        content = bytearray(whole)
        for _ in range(random.choice([1, 1, 4, 64])):
            content[random.randrange(len(content))] ^= 1 << random.randrange(8)
        damaged = tmp_path / f"{number}.db"
        damaged.write_bytes(content)
        ways[outcome(f"sqlite:///{damaged}", original, tickets)] += 1
        damaged.unlink()
    assert min(ways.values()) > 0, ways


def outcome(url: str, original: list[StoreRow], tickets: list[StoredTicket]) -> str:
    try:
        with closing(SQLStore.open(url)) as store:
            rows = [*store.dump()]
            if proved(rows) != proved(original):
                assert not verify(rows).is_intact
                return "found"
            assert [*store.tickets()] == tickets
    except DatabaseError:
        return "refused"
    return "right"


def proved(rows: list[StoreRow]) -> list[StoreRow]:
    """Return the rows of which digests tell that nobody changed them."""
    return [row for row in rows if row.kind in _PROVED]


# -- rows ------------------------------------------------------------------------------------------


def test_a_document_that_is_no_json_is_named(made: str) -> None:
    run(made, "UPDATE itsmkit_tickets SET document = substr(document, 1, 40) WHERE number = 'INC-1'")
    with closing(SQLStore.open(made)) as store:
        for deed in (
            lambda: store.find_ticket("INC-1"),
            store.tickets,
            lambda: [*store.dump()],
        ):
            with pytest.raises(
                DatabaseError, match=r"the document of ticket \S+ (cannot be read|is no JSON)"
            ) as raised:
                deed()
            assert "restore it from a backup" in raised.value.way_out
        assert store.find_ticket("INC-2").ticket.number == "INC-2"


@pytest.mark.parametrize(
    ("statement", "kind"),
    [
        (f"UPDATE itsmkit_ticket_events SET digest = '{'0' * 64}' WHERE sequence = 1", FindingKind.CHANGED),
        (
            "UPDATE itsmkit_ticket_events SET personal = replace(personal, 'comment a', 'comment b')",
            FindingKind.CHANGED,
        ),
        (
            "UPDATE itsmkit_ticket_events SET document = replace(document, 'agent', 'bob')",
            FindingKind.CHANGED,
        ),
        ("UPDATE itsmkit_ticket_events SET personal = NULL WHERE sequence = 2", FindingKind.MISSING),
        ("UPDATE itsmkit_record_events SET personal = replace(personal, 'Ann a', 'b')", FindingKind.CHANGED),
        ("UPDATE itsmkit_record_events SET personal = NULL WHERE sequence = 2", FindingKind.MISSING),
        (
            "UPDATE itsmkit_tickets SET document = replace(document, 'first a', 'first b')",
            FindingKind.DIFFERING,
        ),
        ("DELETE FROM itsmkit_ticket_events WHERE sequence = 2", FindingKind.MISSING),
        ("DELETE FROM itsmkit_ticket_events WHERE sequence = 1", FindingKind.MISSING),
    ],
)
def test_a_row_that_was_changed_is_found(made: str, statement: str, kind: FindingKind) -> None:
    with closing(SQLStore.open(made)) as store:
        assert verify(store.dump()).is_intact
        run(made, statement)
        assert kind in {each.kind for each in verify(store.dump()).findings}


# -- what is no database of ours -------------------------------------------------------------------


def contents(url: str) -> list[object]:
    """Return all that a database has, as its own means tell it."""
    if url.startswith("sqlite"):
        with closing(sqlite3.connect(file_of(url))) as connection:
            return [*connection.iterdump()]
    with psycopg.connect(
        make_url(url).set(drivername="postgresql").render_as_string(hide_password=False)
    ) as server:
        return server.execute(
            "SELECT table_name, column_name FROM information_schema.columns "
            "WHERE table_schema = current_schema() ORDER BY 1, 2"
        ).fetchall()


@pytest.mark.parametrize(
    ("statement", "problem"),
    [
        ("CREATE TABLE itsmkit_schema (name TEXT)", "itsmkit_schema is a table of something else"),
        (
            "CREATE TABLE itsmkit_tickets (price INTEGER)",
            "some of its tables are there, and some are missing",
        ),
        (
            "CREATE VIEW itsmkit_outbox AS SELECT 1 AS one",
            "some of its tables are there, and some are missing",
        ),
    ],
)
def test_tables_of_others_that_are_called_like_ours_are_refused(
    empty_url: str, statement: str, problem: str
) -> None:
    run(empty_url, "CREATE TABLE letters (id INTEGER)", statement)
    before = contents(empty_url)
    address = address_of(empty_url)
    assert address is not None
    for deed in (lambda: SQLStore.open(empty_url), SQLMaintenance(address).upgrade):
        with pytest.raises(SchemaError, match=problem) as raised:
            deed()
        assert raised.value.way_out == "restore it from a backup, or name an empty database"
    assert contents(empty_url) == before


def test_one_table_of_others_among_ours_is_refused(made: str) -> None:
    run(made, "DROP TABLE itsmkit_cursors", "CREATE TABLE itsmkit_cursors (id INTEGER, reader TEXT)")
    with pytest.raises(SchemaError, match="the columns of itsmkit_cursors are not those of its version"):
        SQLStore.open(made)


def test_a_folder_is_no_database(tmp_path: Path) -> None:
    with pytest.raises(DatabaseError, match="unable to open database file; see to the path"):
        SQLStore.open(f"sqlite:///{tmp_path}")
    address = address_of(f"sqlite:///{tmp_path}")
    assert address is not None
    with pytest.raises(DatabaseError, match="unable to open database file; see to the path"):
        SQLMaintenance(address).versions()


@pytest.mark.parametrize(
    ("url", "problem"),
    [
        ("sqlite://desk.db", r"a file has no host; write three slashes"),
        ("sqlite:///desk.db?timout=3", r"there is no option 'timout'; .*timeout"),
        ("sqlite:///", r"an SQLite database in memory is gone with its connection"),
        ("postgresql://ann:p@ss@word@host:54a32/desk", r"the URL of the database cannot be read"),
        (
            "mysql://host/desk",
            r"the URL of an SQL store begins with sqlite:/// or with postgresql\+psycopg://",
        ),
        ("desk.db", r"the URL of an SQL store begins with sqlite:///"),
    ],
)
def test_a_url_with_a_slip_is_told(url: str, problem: str) -> None:
    with pytest.raises(DefinitionError, match=problem) as raised:
        SQLStore.open(url)
    assert "p@ss" not in str(raised.value)


def test_a_database_that_is_not_there_is_not_made(postgresql_url: str) -> None:
    missing = make_url(postgresql_url).set(database="itsmkit_none_of_this_name")
    with pytest.raises(
        DatabaseError, match=r'database "itsmkit_none_of_this_name" does not exist; see'
    ) as raised:
        SQLStore.open(missing.render_as_string(hide_password=False))
    assert "database" in raised.value.way_out


# -- rights and room -------------------------------------------------------------------------------


def become_nobody() -> None:
    """Give up the right to write what others own."""
    if os.geteuid() == 0:
        os.setgid(65534)
        os.setuid(65534)


@pytest.fixture
def public() -> Iterator[Path]:
    """Return a folder that everybody may look into."""
    folder = Path(tempfile.mkdtemp())
    folder.chmod(0o755)
    yield folder
    folder.chmod(0o755)
    shutil.rmtree(folder)


def test_a_file_that_may_only_be_read_is_told(public: Path, in_a_process: InAProcess) -> None:
    url = f"sqlite:///{public / 'desk.db'}"
    with closing(SQLStore.open(url)) as store:
        lived(store)
        before = [*store.dump()]
    (public / "desk.db").chmod(0o444)
    public.chmod(0o555)

    def work() -> None:
        become_nobody()
        with closing(SQLStore.open(url)) as opened:
            saved(opened, "INC-9")

    raised = in_a_process(work).raised
    assert raised.startswith(f"DatabaseError: {url}: ")
    assert "see to" in raised
    assert "right" in raised
    public.chmod(0o755)
    (public / "desk.db").chmod(0o644)
    with closing(SQLStore.open(url)) as store:
        assert [*store.dump()] == before


def test_a_folder_that_may_only_be_read_is_told(public: Path, in_a_process: InAProcess) -> None:
    public.chmod(0o555)

    def work() -> None:
        become_nobody()
        SQLStore.open(f"sqlite:///{public / 'desk.db'}")

    raised = in_a_process(work).raised
    assert raised.startswith("DatabaseError: ")
    assert "unable to open database file; see to the path" in raised
    assert [*public.iterdir()] == []


def test_a_full_disk_is_told_and_nothing_is_half_written(sqlite_url: str) -> None:
    with closing(SQLStore.open(sqlite_url)) as store:
        lived(store)
        pages = 0
        for engine in store._database._engines:

            @event.listens_for(engine, "begin")
            def fill(connection: object) -> None:
                connection.exec_driver_sql(f"PRAGMA max_page_count = {pages}")  # type: ignore[attr-defined]

        with store._database.reading() as connection:
            pages = connection.exec_driver_sql("PRAGMA page_count").scalar_one() + 4
        incident = saved(store, "INC-7")
        version = 1
        with pytest.raises(DatabaseError, match="is full; make room on the disk"):  # noqa: PT012  # which one is open
            for _ in range(1_000):
                with store.begin() as unit:
                    decision = commented(incident, "x" * 2_000)
                    save(unit, decision, expected=version)
                incident, version = decision.ticket, version + 1
        found = store.find_ticket("INC-7").ticket
        assert found == incident
        assert verify(store.dump()).is_intact
        pages = 100_000
        with store.begin() as unit:
            save(unit, commented(incident, "there is room"), expected=version)
        assert verify(store.dump()).is_intact


def test_a_full_disk_at_a_migration_leaves_what_was_there(sqlite_url: str, in_a_process: InAProcess) -> None:
    with closing(SQLStore.open(sqlite_url)) as store:
        for number in range(1, 120):  # so many that the tables which schema 2 has not make no room for them
            saved(store, f"INC-{number}", erasable=False)
        rows = [*store.dump()]
    address = address_of(sqlite_url)
    assert address is not None
    with closing(sqlite3.connect(file_of(sqlite_url))) as connection:
        (pages,) = connection.execute("PRAGMA page_count").fetchone()

    def go_back() -> None:
        resource.setrlimit(resource.RLIMIT_FSIZE, ((pages + 1) * 4096, (pages + 1) * 4096))
        SQLMaintenance(address).upgrade("1")

    raised = in_a_process(go_back).raised
    assert raised.startswith("DatabaseError: ")
    assert "room on" in raised
    with closing(SQLStore.open(sqlite_url)) as store:
        assert [*store.dump()] == rows
