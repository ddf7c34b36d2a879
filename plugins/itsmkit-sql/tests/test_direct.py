"""The statements of every command, handed to the driver of SQLite: as by SQLAlchemy, and heard of."""

import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, closing, contextmanager
from datetime import timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import Engine, event

from itsmkit.desk import Desk
from itsmkit.plugin import RowKind, StoreRow, Timer
from itsmkit.practices import Incident
from itsmkit.testing import A_MONDAY, AN_AGENT, an_incident_logged
from itsmkit.testing.contracts import commented, save, saved
from itsmkit_sql import DatabaseError, SQLStore
from itsmkit_sql.errors import SchemaError

TEXTS = st.text(st.characters(exclude_categories=["Cs"]), max_size=20)  # NUL, too
NAMES = st.text(st.characters(), min_size=1, max_size=20)  # and halves of surrogate pairs
FACTS = TEXTS.map("fact {}".format)  # which is the name of no field
URGENT: dict[str, Any] = {"impact": "high", "urgency": "high"}


def engines(store: SQLStore) -> Sequence[Engine]:
    return store._database._engines  # type: ignore[attr-defined,no-any-return]  # it is pooled


def rows_of(path: Path) -> dict[str, list[tuple[Any, ...]]]:
    """Return every row of every table of a file, as it stands there."""
    with closing(sqlite3.connect(path)) as file:
        names = [name for (name,) in file.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
        return {name: sorted(file.execute(f'SELECT * FROM "{name}"'), key=repr) for name in names}


@contextmanager
def heard(store: SQLStore) -> Iterator[list[str]]:
    """Let somebody listen to the statements of a store, and tell what they are."""
    told: list[str] = []

    def hear(_connection: object, _cursor: object, statement: str, *_: object) -> None:
        told.append(statement)

    for engine in engines(store):
        event.listen(engine, "before_cursor_execute", hear)
    try:
        yield told
    finally:
        for engine in engines(store):
            event.remove(engine, "before_cursor_execute", hear)


@settings(max_examples=40)
@given(
    comments=st.lists(TEXTS, min_size=1, max_size=3),
    facts=st.dictionaries(FACTS, TEXTS | st.integers(-5, 5) | st.booleans(), max_size=3),
    timers=st.dictionaries(NAMES, st.timedeltas(timedelta(0), timedelta(400)), max_size=3),
    cleared=st.sets(NAMES, max_size=2),
)
def test_what_is_written_is_what_sqlalchemy_writes(
    comments: list[str],
    facts: dict[str, object],
    timers: dict[str, timedelta],
    cleared: set[str],
) -> None:
    decision = an_incident_logged(details=facts)

    def work(store: SQLStore) -> list[object]:
        answers: list[object] = []
        with store.begin() as unit:
            answers += [unit.next_number("incident"), unit.next_number("incident")]
            save(unit, decision, expected=0)
            for name, after in timers.items():
                unit.set_timer(Timer(decision.ticket.id, name, A_MONDAY + after, A_MONDAY + after))
        for text in comments:
            with store.begin() as unit:
                found = unit.ticket(decision.ticket.id).ticket
                assert isinstance(found, Incident)
                save(unit, commented(found, text), expected=found.version)
                answers.append(found)
        with store.begin() as unit:
            for name in {*cleared, *[*timers][:1]}:
                unit.clear_timer(decision.ticket.id, name)
        return answers

    with TemporaryDirectory() as folder:
        direct, usual = (Path(folder) / name for name in ("direct.db", "usual.db"))
        with closing(SQLStore.open(f"sqlite:///{direct}")) as store:
            answered = work(store)
        with closing(SQLStore.open(f"sqlite:///{usual}")) as store, heard(store) as statements:
            assert work(store) == answered
        assert any(each.startswith("UPDATE itsmkit_tickets") for each in statements)
        assert rows_of(direct) == rows_of(usual)


def test_who_listens_hears_of_each_statement_and_who_does_not_costs_nothing(tmp_path: Path) -> None:
    with closing(SQLStore.open(f"sqlite:///{tmp_path}/desk.db")) as store:
        desk = Desk(store=store).acting_as(AN_AGENT)
        driven: list[str] = []
        with store._database.writing() as connection:
            connection.connection.driver_connection.set_trace_callback(driven.append)  # type: ignore[union-attr]  # SQLite's
        with heard(store) as told:
            incident = desk.incidents.log("No network", **URGENT)
        for table in ("number_series", "marks", "tickets", "ticket_events", "timers"):
            assert any(f"itsmkit_{table}" in each for each in told), table
        told.clear()
        driven.clear()
        desk.tickets.comment(incident.id, "Look at the plug.")
        assert not told
        assert any("INSERT INTO itsmkit_ticket_events" in each for each in driven)


# -- what goes wrong ---------------------------------------------------------------------------------


@pytest.fixture(params=["by the driver", "by SQLAlchemy"])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[SQLStore]:
    with closing(SQLStore.open(f"sqlite:///{tmp_path}/desk.db?timeout=0.2")) as opened:
        if request.param == "by the driver":
            yield opened
        else:
            with heard(opened):
                yield opened


def dumped(store: SQLStore) -> list[StoreRow]:
    """Return all that is saved, but for how far numbers are drawn."""
    return [row for row in store.dump() if row.kind is not RowKind.SERIES]


def test_a_file_that_another_process_writes_is_waited_for_in_vain(store: SQLStore, tmp_path: Path) -> None:
    incident = saved(store)
    with closing(sqlite3.connect(tmp_path / "desk.db", isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(DatabaseError, match="another process writes for too long"), store.begin() as unit:
            save(unit, commented(incident), expected=1)
    assert len(store.events(after=0, limit=10)) == 1


def test_a_full_disk_undoes_the_command(store: SQLStore, tmp_path: Path) -> None:
    incident, before = saved(store), dumped(store)
    with closing(sqlite3.connect(tmp_path / "desk.db")) as other:
        other.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    pages = (tmp_path / "desk.db").stat().st_size // 4096
    with store._database.reading() as connection:
        connection.exec_driver_sql(f"PRAGMA max_page_count = {pages}")
    with pytest.raises(DatabaseError, match="make room on the disk"), store.begin() as unit:
        save(unit, commented(incident, 100_000 * "long "), expected=1)
    assert dumped(store) == before
    with store.begin() as unit:
        save(unit, commented(incident), expected=1)
    assert len(store.events(after=0, limit=10)) == 2


def test_tables_that_are_gone_are_told_of(store: SQLStore) -> None:
    incident = saved(store)
    with store._database.writing() as connection:
        connection.exec_driver_sql("DROP TABLE itsmkit_timers")
    with pytest.raises(SchemaError, match="no such table: itsmkit_timers"), store.begin() as unit:
        unit.set_timer(Timer(incident.id, "respond", A_MONDAY, A_MONDAY))


def test_what_fails_at_the_commit_itself_is_undone(store: SQLStore) -> None:
    incident = saved(store)
    before = dumped(store)
    with ExitStack() as stack:
        stack.enter_context(pytest.raises(DatabaseError, match="FOREIGN KEY"))
        connection = stack.enter_context(store._database.writing())
        connection.exec_driver_sql("PRAGMA defer_foreign_keys = ON")
        connection.exec_driver_sql("UPDATE itsmkit_ticket_events SET ticket_id = 'of no ticket'")
    assert dumped(store) == before
    with store.begin() as unit:
        save(unit, commented(incident), expected=1)
    assert len(store.events(after=0, limit=10)) == 2


def test_who_is_interrupted_at_any_instruction_has_done_all_or_nothing(store: SQLStore) -> None:
    desk = Desk(store=store).acting_as(AN_AGENT)
    incident = desk.incidents.log("No network", **URGENT)
    before = dumped(store)
    connections = _connections(store)
    left, failures = 0, 0

    def stop() -> bool:
        nonlocal left
        left -= 1
        return left == 0

    for connection in connections:
        connection.set_progress_handler(stop, 1)
    after = 1
    while True:
        left = after
        try:
            desk.tickets.comment(incident.id, "Look at the plug.")
        except DatabaseError:
            failures += 1
        else:
            break
        finally:
            left = 0
        assert dumped(store) == before, after
        after += 7
    assert failures > 10
    assert len(desk.tickets.history(incident.id)) == 2


def _connections(store: SQLStore) -> list[sqlite3.Connection]:
    """Return the connections of a store that nobody else uses: one for each of its pools."""
    found: list[sqlite3.Connection] = []
    for durable in (True, False):
        with store._database.writing(durable=durable) as connection:
            driver = connection.connection.driver_connection
            assert isinstance(driver, sqlite3.Connection)
            found.append(driver)
    return found
