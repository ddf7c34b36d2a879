"""Whatever statement fails, and be it the commit: a command does all or nothing, and works the next time."""

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

import psycopg
import pytest
from sqlalchemy import Connection, Engine, event, text
from sqlalchemy.exc import CompileError

from itsmkit.cmdb import CIId, ConfigurationItem, SourceRecord
from itsmkit.desk import Desk, DeskConfig, InMemoryNotifier, ManualClock
from itsmkit.errors import ItsmkitError
from itsmkit.plugin import LedgerEntry, RowKind, StoreRow, Timer
from itsmkit.plugin.integrity import Checkpoint, root_of
from itsmkit.testing import A_MONDAY, AN_AGENT, an_incident_logged
from itsmkit.testing.contracts import commented, entry, newest, said, save, staged
from itsmkit_sql import ConcurrentUnitError, DatabaseError, SchemaError, SQLStore
from itsmkit_sql._faults import told_by_driver, translated, translated_from_driver
from itsmkit_sql._url import Address, address_of

HOURS = timedelta(hours=1)


class Fault(DatabaseError):  # noqa: N818  # it stands for any error
    """What fails."""

    def __init__(self) -> None:
        super().__init__("the database", "this fails", "try it again")


class Faults:
    """
    Lets one statement or commit of a database fail.

    Args:
        engines: What they run on.
    """

    def __init__(self, engines: tuple[Engine, ...]) -> None:
        self._left: int | None = None
        for engine in engines:
            event.listen(engine, "before_cursor_execute", lambda *_: self._count())
            event.listen(engine, "commit", lambda _: self._count())

    @contextmanager
    def at(self, number: int) -> Iterator[None]:
        """Let the statement of this number fail, counted from 1, unless there are fewer."""
        self._left = number
        try:
            yield
        finally:
            self._left = None

    def _count(self) -> None:
        if self._left is not None:
            self._left -= 1
            if self._left == 0:
                raise Fault


def everything(store: SQLStore) -> list[StoreRow]:
    """Return all that is saved, except how far numbers are drawn."""
    return [row for row in store.dump() if row.kind is not RowKind.SERIES]


def log(desk: Desk) -> object:
    return desk.incidents.log("No network", impact="high", urgency="high", support_group="Network")


def transition(desk: Desk) -> object:
    return desk.incidents.transition(desk.tickets.by_number("INC-1").id, "assign")


def put(desk: Desk) -> object:
    return desk.cmdb.put(ConfigurationItem(CIId("web-1"), "host", "Web 1"))


def receive(desk: Desk) -> object:
    host = SourceRecord("scan", "7", "host", "Web 7", seen_at=A_MONDAY)
    return desk.discovery.receive([host])


def everything_at_once(desk: Desk) -> object:
    """Write to all tables in one unit of work."""
    first, second = (desk.tickets.by_number(number).id for number in ("INC-1", "INC-2"))
    heads = desk.store.heads()
    with desk.store.begin() as unit:
        for each in (first, second):
            ticket: Any = unit.ticket(each).ticket
            save(unit, commented(ticket), expected=ticket.version)
        save(unit, an_incident_logged("INC-3"), expected=0)
        unit.record([said()], after=newest(desk.store))
        unit.save_staging(staged(), expected=desk.store.staging().version)
        unit.set_timer(Timer(first, "follow up", A_MONDAY))
        unit.clear_timer(second, "resolve/attainment/breach")
        unit.enqueue(entry("a"))
        unit.remember(LedgerEntry("key", "request", {"ticket": first}, A_MONDAY))
        unit.attach(b"a picture")
        unit.save_checkpoint(Checkpoint(heads.position, A_MONDAY, len(heads.heads), root_of(heads.heads)))
        unit.set_cursor("reader", 1)
    return first


@pytest.mark.parametrize(
    "command", [log, transition, put, receive, everything_at_once], ids=lambda each: each.__name__
)
def test_a_command_does_all_or_nothing(url: str, command: Callable[[Desk], object]) -> None:
    with closing(SQLStore.open(url)) as store:
        desk = Desk(DeskConfig.standard(), store=store, clock=ManualClock(A_MONDAY)).acting_as(AN_AGENT)
        log(desk)
        log(desk)
        before = everything(store)
        faults = Faults(store._database._engines)
        for number in range(1, 100):  # pragma: no branch - it comes to its end long before
            try:
                with faults.at(number):
                    command(desk)
            except Fault:
                assert everything(store) == before
            else:
                break
        assert number > 5
        assert everything(store) != before


def test_a_checkpoint_passes_once_whatever_fails_before(url: str) -> None:
    clock, notifier = ManualClock(A_MONDAY), InMemoryNotifier()
    with closing(SQLStore.open(url)) as store:
        desk = Desk(DeskConfig.standard(), store=store, plugins=[notifier], clock=clock).acting_as(AN_AGENT)
        log(desk)
        clock.advance(3 * HOURS)
        faults = Faults(store._database._engines)
        for number in range(1, 500):  # pragma: no branch - as above
            try:
                with faults.at(number):
                    desk.run_due()
                    desk.deliver()
            except Fault:
                clock.advance(timedelta(minutes=2))  # the lease of what was claimed ends
            else:
                break
        names = [each.fact for each in desk.feed() if each.name == "CheckpointPassed"]
        assert len(names) == len(set(map(str, names))) > 1
        assert len(notifier.delivered) == sum(len(fact.notified) for fact in names)  # type: ignore[attr-defined]  # of checkpoints


def test_a_dump_is_loaded_as_a_whole_or_not_at_all(url: str) -> None:
    with closing(SQLStore.open(url)) as store:
        desk = Desk(DeskConfig.standard(), store=store, clock=ManualClock(A_MONDAY)).acting_as(AN_AGENT)
        for command in (log, log, put, everything_at_once):
            command(desk)
        rows = list(store.dump())
        faults = Faults(store._database._engines)
        other = store.of_tenant("other")
        for number in range(1, 100):  # pragma: no branch - as above
            try:
                with faults.at(number):
                    other.load(rows)
            except Fault:
                assert list(other.dump()) == []
                assert store.tenants() == ["default"]
            else:
                break
        assert number > 10
        assert list(other.dump()) == rows


# -- what a database says ------------------------------------------------------------------------------------

SERVER = "postgresql://ann:secret@db.example/desk"


def address(url: str) -> Address:
    found = address_of(url)
    assert found is not None
    return found


def of_sqlite(name: str, said: str) -> sqlite3.Error:
    error = sqlite3.OperationalError(said)
    error.sqlite_errorname = name
    return error


@pytest.mark.parametrize(
    ("url", "error", "kind", "told"),
    [
        pytest.param(
            SERVER,
            psycopg.errors.UniqueViolation("duplicate key"),
            ConcurrentUnitError,
            "run it again (duplicate key)",
            id="somebody was first",
        ),
        pytest.param(
            SERVER,
            psycopg.errors.UndefinedTable('relation "itsmkit_tickets" does not exist\nLINE 1: SELECT'),
            SchemaError,
            'are not those of this version: relation "itsmkit_tickets" does not exist; somebody changed them',
            id="other tables",
        ),
        pytest.param(
            SERVER,
            psycopg.errors.DiskFull("no space left."),
            DatabaseError,
            "at db.example: no space left; make room on the server",
            id="by how its code begins",
        ),
        pytest.param(
            SERVER,
            psycopg.DataError("text fields cannot contain NUL"),
            DatabaseError,
            "text fields cannot contain NUL; change the value: this database cannot hold it",
            id="a value that the driver refuses",
        ),
        pytest.param(
            SERVER,
            psycopg.OperationalError(),
            DatabaseError,
            "OperationalError; see whether the server runs",
            id="nothing at all",
        ),
        pytest.param(
            "sqlite:///desk.db",
            of_sqlite("SQLITE_ERROR", "no such column: mood"),
            SchemaError,
            "no such column: mood; somebody changed them",
            id="another file",
        ),
        pytest.param(
            "sqlite:///desk.db",
            of_sqlite("SQLITE_FULL", "database or disk is full"),
            DatabaseError,
            "sqlite:///desk.db: database or disk is full; make room on the disk",
            id="a full disk",
        ),
        pytest.param(
            "sqlite:///desk.db",
            sqlite3.ProgrammingError("Cannot operate on a closed database."),
            DatabaseError,
            "a closed database; this is not foreseen",
            id="what nobody foresees",
        ),
    ],
)
def test_what_a_driver_says_is_told_with_the_way_out(
    url: str, error: Exception, kind: type[ItsmkitError], told: str
) -> None:
    found = told_by_driver(address(url), error)
    assert type(found) is kind
    assert told in str(found)
    assert "secret" not in str(found)


def test_a_file_that_cannot_be_opened_is_named_with_its_cause(tmp_path: Path) -> None:
    path = tmp_path / "no" / "desk.db"
    with (
        pytest.raises(DatabaseError, match="see to the path, to its folder being there") as raised,
        translated_from_driver(address(f"sqlite:///{path}"), sqlite3.Error),
    ):
        sqlite3.connect(path)
    assert isinstance(raised.value.__cause__, sqlite3.OperationalError)


def test_what_sqlalchemy_itself_says_is_told_as_what_nobody_foresees() -> None:
    with (
        pytest.raises(DatabaseError, match="nothing is written so; this is not foreseen"),
        translated(address(SERVER)),
    ):
        raise CompileError("nothing is written so.")


def test_who_loses_the_connection_at_a_commit_is_told_that_nobody_knows(postgresql_url: str) -> None:
    with closing(SQLStore.open(postgresql_url)) as store:

        def cut(connection: Connection) -> None:
            pid = connection.exec_driver_sql("SELECT pg_backend_pid()").scalar_one()
            with store._database.reading() as another:
                another.execute(text(f"SELECT pg_terminate_backend({pid}, 10000)"))

        event.listen(store._database._engines[0], "commit", cut, once=True)
        lost = pytest.raises(DatabaseError, match="nobody can tell whether it was saved")
        with lost as raised, store.begin() as unit:
            unit.set_cursor("reader", 1)
        assert raised.value.way_out == "see what is there, or ask again under the same idempotency key"
        with store.begin() as unit:
            unit.set_cursor("reader", 2)
        assert store.cursor("reader") == 2
