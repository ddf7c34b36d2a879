"""What becomes of a database that is opened: made, worked on, or refused and left as it is."""

import socket
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from uuid import uuid4

import psycopg
import pytest
from sqlalchemy import create_engine, event, make_url, text

from itsmkit.desk import Desk
from itsmkit.errors import DefinitionError, PluginError
from itsmkit.plugin.documents import DOCUMENTS
from itsmkit.testing import AN_AGENT
from itsmkit.testing.contracts import saved
from itsmkit_sql import DatabaseError, SchemaError, SQLStore, plugin
from itsmkit_sql._database import PooledDatabase
from itsmkit_sql._opening import prepare, schema_problem
from itsmkit_sql._schema import SCHEMA, metadata
from itsmkit_sql._url import address_of

OPEN = (
    "import sys; from itsmkit_sql import SQLStore; sys.stdin.readline(); SQLStore.open(sys.argv[1]).close()"
)


@pytest.fixture
def url(empty_url: str) -> str:
    """Return the URL of a database without tables: of each kind, one after the other."""
    return empty_url


@pytest.fixture
def postgresql_url(empty_postgresql_url: str) -> str:
    """Return the URL of a schema without tables."""
    return empty_postgresql_url


def run(url: str, *statements: str) -> list[object]:
    """Run statements past the store, and return the first column of what the last of them finds."""
    engine = create_engine(make_url(url))
    with engine.begin() as connection:
        for statement in statements:
            result = connection.execute(text(statement))
        found: list[object] = [row[0] for row in result] if result.returns_rows else []
    engine.dispose()
    return found


@pytest.fixture
def made(url: str) -> str:
    """Return the URL of a database with tables and one ticket."""
    store = SQLStore.open(url)
    saved(store)
    store.close()
    return url


def test_what_is_opened_again_is_as_it_was(made: str) -> None:
    with closing(SQLStore.open(made)) as store:
        assert [stored.ticket.number for stored in store.tickets()] == ["INC-1"]
        assert saved(store, "INC-2").version == 1
    assert run(made, "SELECT version FROM itsmkit_schema") == [SCHEMA]


def test_tables_of_others_are_left_alone(url: str) -> None:
    run(url, "CREATE TABLE orders (id INTEGER)", "INSERT INTO orders VALUES (7)")
    SQLStore.open(url).close()
    assert run(url, "SELECT id FROM orders") == [7]


@pytest.mark.parametrize(
    ("version", "way_out"),
    [
        (SCHEMA + 1, "install a newer itsmkit-sql"),
        (1, "run: itsmkit store upgrade URL"),
        (0, "restore it from a backup"),
    ],
)
def test_tables_of_another_version_are_refused(made: str, version: int, way_out: str) -> None:
    run(made, f"UPDATE itsmkit_schema SET version = {version}")
    for _ in range(2):
        with pytest.raises(SchemaError, match=f"its tables are of version {version}, and this") as raised:
            SQLStore.open(made)
        assert way_out in raised.value.way_out
    assert run(made, "SELECT number FROM itsmkit_tickets") == ["INC-1"]


def test_what_is_of_this_version_is_no_problem() -> None:
    assert schema_problem(SCHEMA) is None


def test_half_of_the_tables_is_refused_and_not_completed(made: str) -> None:
    run(made, "DROP TABLE itsmkit_timers", "DROP TABLE itsmkit_cursors")
    with pytest.raises(SchemaError, match="some are missing: itsmkit_cursors, itsmkit_timers; restore it"):
        SQLStore.open(made)
    run(made, "DROP TABLE itsmkit_schema")
    with pytest.raises(SchemaError, match="missing: itsmkit_cursors, itsmkit_schema, itsmkit_timers"):
        SQLStore.open(made)


def test_tables_without_a_version_are_refused(made: str) -> None:
    run(made, "DELETE FROM itsmkit_schema")
    with pytest.raises(SchemaError, match="some are missing: the row of itsmkit_schema; restore it"):
        SQLStore.open(made)


def test_processes_that_open_one_empty_database_at_once_make_it_once(url: str) -> None:
    def process() -> subprocess.Popen[str]:
        command = [sys.executable, "-c", OPEN, url]
        return subprocess.Popen(command, stdin=subprocess.PIPE, stderr=subprocess.PIPE, text=True)

    processes = [process() for _ in range(3)]
    for each in processes:
        assert each.stdin is not None
        each.stdin.write("\n")
        each.stdin.flush()
    assert [each.communicate(timeout=60)[1] for each in processes] == ["", "", ""]
    SQLStore.open(url).close()


def test_tables_that_another_makes_just_before_are_taken_as_they_are(url: str) -> None:
    address = address_of(url)
    assert address is not None
    database = PooledDatabase(address, DOCUMENTS)

    def faster(_connection: object) -> None:
        with closing(SQLStore.open(url)) as other:
            saved(other)

    event.listen(database._writing, "begin", faster, insert=True)
    prepare(database)
    database.close()
    with closing(SQLStore.open(url)) as store:
        assert len(store.tickets()) == 1


def test_sqlite_is_set_up_to_lose_nothing(sqlite_url: str) -> None:
    with closing(SQLStore.open(sqlite_url)) as store, store._database.reading() as connection:
        told = {
            name: connection.exec_driver_sql(f"PRAGMA {name}").scalar()
            for name in ("journal_mode", "synchronous", "foreign_keys", "busy_timeout", "wal_autocheckpoint")
        }
        assert told == {
            "journal_mode": "wal",
            "synchronous": 2,
            "foreign_keys": 1,
            "busy_timeout": 30_000,
            "wal_autocheckpoint": 4000,
        }
        strict = connection.exec_driver_sql("SELECT name FROM pragma_table_list WHERE strict").scalars().all()
        assert set(strict) == set(metadata.tables)


# -- what cannot be opened -------------------------------------------------------------------------


def test_a_file_of_something_else_is_refused_and_left_as_it_is(tmp_path: Path) -> None:
    file = tmp_path / "letter.txt"
    file.write_text("Dear Sir or Madam, " * 100, "utf-8")
    with pytest.raises(DatabaseError, match="file is not a database; the file is none of SQLite") as raised:
        SQLStore.open(f"sqlite:///{file}")
    assert str(file) in raised.value.database
    assert file.read_text("utf-8") == "Dear Sir or Madam, " * 100


def test_a_folder_that_is_not_there_is_not_made(tmp_path: Path) -> None:
    with pytest.raises(DatabaseError, match="unable to open database file; see to the path"):
        SQLStore.open(f"sqlite:///{tmp_path}/none/desk.db")
    assert not (tmp_path / "none").exists()


def test_a_file_of_an_old_sqlite_is_for_a_newer_python(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sqlite3, "sqlite_version_info", (3, 36, 0))
    monkeypatch.setattr(sqlite3, "sqlite_version", "3.36.0")
    with pytest.raises(DefinitionError, match=r"has SQLite 3\.36\.0, and 3\.37\.0 or newer is needed"):
        SQLStore.open("sqlite:///desk.db")


def test_without_its_driver_postgresql_is_not_opened(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "psycopg", None)
    with pytest.raises(DefinitionError, match=r"pip install 'itsmkit-sql\[postgresql\]'"):
        SQLStore.open("postgresql://localhost/desk")


def test_a_server_that_does_not_answer_is_named_without_the_password() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))  # and not listened to
        host = f"127.0.0.1:{taken.getsockname()[1]}"
        with pytest.raises(PluginError) as raised:
            Desk(store=f"postgresql://ann:secret@{host}/desk", plugins=[plugin])
    assert f"PostgreSQL database desk at {host}: connection failed" in str(raised.value)
    assert "see whether the server runs, and to host, port" in str(raised.value)
    assert "secret" not in str(raised.value)


def test_a_wrong_password_is_told_and_not_repeated(postgresql_url: str) -> None:
    wrong = make_url(postgresql_url).set(username="nobody_of_itsmkit", password="secret", host="127.0.0.1")
    with pytest.raises(DatabaseError, match="see whether the server runs, and to host, port") as raised:
        SQLStore.open(wrong.render_as_string(hide_password=False))
    assert "secret" not in str(raised.value)


def test_an_option_that_the_driver_does_not_know_is_told(postgresql_url: str) -> None:
    with pytest.raises(DatabaseError, match='invalid connection option "colour"'):
        SQLStore.open(f"{postgresql_url}&colour=blue")


@pytest.fixture
def latin(postgresql_database: str) -> Iterator[str]:
    """Return the URL of a database that cannot hold every text."""
    name = f"itsmkit_test_{uuid4().hex}"
    with psycopg.connect(postgresql_database, autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name} ENCODING 'LATIN1' TEMPLATE template0 LOCALE 'C'")
        yield make_url(postgresql_database).set(database=name).render_as_string(hide_password=False)
        connection.execute(f"DROP DATABASE {name} WITH (FORCE)")


def test_a_database_that_cannot_hold_every_text_is_refused(latin: str) -> None:
    with pytest.raises(SchemaError, match="it is encoded in LATIN1; make one with CREATE DATABASE"):
        SQLStore.open(latin)


def test_who_may_not_make_tables_is_told_so(postgresql_url: str) -> None:
    missing = make_url(postgresql_url).update_query_dict({"options": "-csearch_path=nowhere"})
    with pytest.raises(DatabaseError, match="no schema has been selected to create in"):
        SQLStore.open(missing.render_as_string(hide_password=False))


def test_a_desk_works_on_a_url(url: str) -> None:
    with Desk(store=url, plugins=[plugin]) as desk:
        desk.incidents.log("No network", by=AN_AGENT)
    with Desk(store=url, plugins=[plugin]) as desk:
        assert desk.tickets.by_number("INC-1").title == "No network"
        assert desk.incidents.log("No light", by=AN_AGENT).number == "INC-2"
