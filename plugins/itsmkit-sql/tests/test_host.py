"""A desk on what an application owns: on its engine, and in its transactions."""

import re
import sqlite3
import threading
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import (
    Connection,
    Engine,
    ForeignKey,
    StaticPool,
    create_engine,
    event,
    func,
    insert,
    select,
    text,
)
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column, scoped_session, sessionmaker

from itsmkit.cmdb import CIId, ConfigurationItem
from itsmkit.desk import Desk, InMemoryNotifier, ManualClock
from itsmkit.errors import ConflictError, DefinitionError
from itsmkit.plugin import Timer
from itsmkit.testing import A_MONDAY, AN_AGENT
from itsmkit.testing.contracts import HOUR, commented, entry, save, saved, staged
from itsmkit.tickets import TicketId
from itsmkit_sql import ConcurrentUnitError, DatabaseError, SchemaError, SQLStore, metadata

AT_ONCE = HOUR * 24 * 365


class Base(DeclarativeBase):
    pass


class Order(Base):
    """What the application keeps itself."""

    __tablename__ = "orders"

    id: Mapped[int] = mapped_column(primary_key=True)
    ticket: Mapped[str | None] = mapped_column(unique=True)


class Line(Base):
    __tablename__ = "lines"

    id: Mapped[int] = mapped_column(primary_key=True)
    order: Mapped[int] = mapped_column(ForeignKey(Order.id))


def _told_to_begin(engine: Engine) -> None:
    """Let SQLAlchemy begin transactions of SQLite, rather than the driver, as its documentation shows."""

    @event.listens_for(engine, "connect")
    def connect(connection: sqlite3.Connection, _record: object) -> None:
        connection.isolation_level = None
        connection.execute("PRAGMA journal_mode = WAL")  # so that who reads keeps no writer waiting

    @event.listens_for(engine, "begin")
    def begin(connection: Connection) -> None:
        connection.exec_driver_sql("BEGIN")


@pytest.fixture(params=["sqlite", "sqlite, told to begin", "postgresql"])
def engine(request: pytest.FixtureRequest) -> Iterator[Engine]:
    """Return the engine of an application that has tables of its own and those of a desk."""
    kind = request.param.partition(",")[0]
    engine = create_engine(request.getfixturevalue(f"{kind}_url"))
    if kind != request.param:
        _told_to_begin(engine)
    with engine.begin() as connection:
        Base.metadata.create_all(connection)
        SQLStore.on(connection, create=True)
    yield engine
    engine.dispose()


@pytest.fixture
def apart(engine: Engine) -> SQLStore:
    """Return what others see: a store with transactions of its own."""
    return SQLStore.on(engine)


@contextmanager
def statements(engine: Engine) -> Iterator[list[str]]:
    """Note what is sent to the database, and what the driver is told to do."""
    log: list[str] = []

    def note(_connection: object, _cursor: object, statement: str, *_: object) -> None:
        log.append(statement)

    def committed(_connection: object) -> None:
        log.append("COMMIT")

    def rolled_back(_connection: object) -> None:
        log.append("ROLLBACK")

    listeners = (("before_cursor_execute", note), ("commit", committed), ("rollback", rolled_back))
    for name, listener in listeners:
        event.listen(engine, name, listener)
    try:
        yield log
    finally:
        for name, listener in listeners:
            event.remove(engine, name, listener)


def desk_on(bind: Engine | Connection | Session | scoped_session[Session]) -> Desk:
    return Desk(store=SQLStore.on(bind), clock=ManualClock(A_MONDAY)).acting_as(AN_AGENT)


def everything(store: SQLStore) -> list[object]:
    """Return all kinds of things that a command leaves behind."""
    return [
        [stored.ticket for stored in store.tickets()],
        [each.event for each in store.events(after=0, limit=1000)],
        store.staging(),
        store.next_due(),
        [each.notification.key for each in store.claim_outbox(A_MONDAY, lease=AT_ONCE, limit=99)],
        store.cursor("reader"),
    ]


NOTHING_KEPT = [[], [], 0, None, [], 0]


def is_empty(store: SQLStore) -> bool:
    kept = everything(store)
    kept[2] = store.staging().version
    return kept == NOTHING_KEPT


def orders(engine: Engine) -> int:
    with engine.connect() as connection:
        return connection.scalar(select(func.count()).select_from(Order)) or 0


def work(store: SQLStore) -> None:
    """Leave something of each kind behind."""
    with store.begin() as unit:
        number = unit.next_number("incident")
        assert number == 1
    incident = saved(store)
    with store.begin() as unit:
        save(unit, commented(incident), expected=1)
        unit.set_timer(Timer(incident.id, "resolution", A_MONDAY))
        unit.enqueue(entry("a"))
        unit.save_staging(staged(), expected=0)
        unit.set_cursor("reader", 1)


# -- one transaction -------------------------------------------------------------------------------


def test_rows_and_tickets_land_together(engine: Engine, apart: SQLStore) -> None:
    with engine.begin() as connection:
        connection.execute(insert(Order), {"id": 1})
        work(SQLStore.on(connection))
        if engine.dialect.name == "postgresql":  # in SQLite, whoever looks now would wait
            assert is_empty(apart)
            assert orders(engine) == 0
    assert orders(engine) == 1
    [tickets, events, staging, due, _, cursor] = everything(apart)
    assert [len(tickets), len(events), staging.version, due, cursor] == [1, 2, 1, A_MONDAY, 1]  # type: ignore[arg-type,attr-defined]


def test_rows_and_tickets_vanish_together(engine: Engine, apart: SQLStore) -> None:
    with engine.connect() as connection:
        connection.execute(insert(Order), {"id": 1})
        store = SQLStore.on(connection)
        work(store)
        assert not is_empty(store)
        connection.rollback()
        assert is_empty(store)
        # Even the number was drawn in the transaction.
        work(store)
        connection.commit()
    assert orders(engine) == 0
    assert not is_empty(apart)


def test_an_exception_takes_all_of_it_back(engine: Engine, apart: SQLStore) -> None:
    def request() -> None:
        with engine.begin() as connection:
            work(SQLStore.on(connection))
            connection.execute(insert(Order), [{"id": 1}, {"id": 1}])

    with pytest.raises(IntegrityError):
        request()
    assert is_empty(apart)
    assert orders(engine) == 0


def test_a_savepoint_of_the_host_takes_back_what_follows_it(engine: Engine, apart: SQLStore) -> None:
    with engine.begin() as connection:
        connection.execute(insert(Order), {"id": 1})
        desk = desk_on(connection)
        first = desk.incidents.log("first")
        savepoint = connection.begin_nested()
        desk.incidents.log("second")
        desk.tickets.comment(first.id, "seen")
        savepoint.rollback()
        assert desk.tickets.get(first.id) == first
        assert desk.incidents.log("third").number == "INC-2"
    assert [stored.ticket.title for stored in apart.tickets()] == ["first", "third"]
    assert orders(engine) == 1


def test_the_desk_ends_no_transaction_and_begins_none_but_savepoints(engine: Engine) -> None:
    with engine.connect() as connection, statements(engine) as log:
        work(SQLStore.on(connection))
        everything(SQLStore.on(connection))
        assert connection.in_transaction()
    ends = [each for each in log if re.match(r"COMMIT|ROLLBACK|END|BEGIN", each)]
    # A driver of SQLite is told when a transaction begins, be it by the host; psycopg begins by itself.
    assert len(ends) == (engine.dialect.name == "sqlite")
    assert all(each.startswith("BEGIN") for each in ends)
    assert len([each for each in log if each.startswith("SAVEPOINT")]) == len(
        [each for each in log if each.startswith("RELEASE")]
    )


def test_what_is_closed_is_not_the_connection_of_the_host(engine: Engine) -> None:
    with engine.connect() as connection:
        SQLStore.on(connection).close()
        SQLStore.on(engine).close()
        assert connection.scalar(select(func.count()).select_from(Order)) == 0


def test_a_unit_that_fails_undoes_only_itself(engine: Engine, apart: SQLStore) -> None:
    with engine.begin() as connection:
        connection.execute(insert(Order), {"id": 1})
        store = SQLStore.on(connection)
        incident = saved(store)

        def conflicting() -> None:
            with store.begin() as unit:
                unit.enqueue(entry("a"))
                unit.set_timer(Timer(incident.id, "resolution", A_MONDAY))
                save(unit, commented(incident), expected=1)
                with store.begin() as other:
                    save(other, commented(incident), expected=1)

        with pytest.raises(ConflictError):
            conflicting()
        assert store.tickets()[0].ticket.version == 2
        connection.execute(insert(Order), {"id": 2})
    assert orders(engine) == 2
    assert apart.next_due() is None
    assert apart.claim_outbox(A_MONDAY, lease=HOUR, limit=1) == []


def test_a_statement_that_fails_does_not_spoil_the_transaction(engine: Engine, apart: SQLStore) -> None:
    """In a unit that writes, in one that draws a number, and in one that reads."""
    with engine.begin() as connection:
        store = SQLStore.on(connection)
        saved(store)
        savepoint = connection.begin_nested()
        for table in ("itsmkit_cursors", "itsmkit_number_series"):
            connection.execute(text(f"ALTER TABLE {table} RENAME TO {table}_away"))
        for failing in (
            lambda unit: unit.set_cursor("reader", 1),
            lambda unit: unit.next_number("incident"),
            lambda _unit: store.cursor("reader"),
        ):
            with pytest.raises(DatabaseError, match="itsmkit_"), store.begin() as unit:
                failing(unit)
        assert len(store.tickets()) == 1
        savepoint.rollback()
        saved(store, "INC-2")
    assert len(apart.tickets()) == 2


def test_what_the_host_took_back_is_known_no_more(engine: Engine) -> None:
    with engine.connect() as connection:
        store = SQLStore.on(connection)
        incident = saved(store)
        with store.begin() as unit:
            unit.save_staging(staged("1"), expected=0)
        connection.commit()
        with store.begin() as unit:
            save(unit, commented(incident, "taken back"), expected=1)
            unit.save_staging(staged("2"), expected=1)
        assert store.staging().version == 2
        connection.rollback()
        assert store.staging().area == staged("1")
        with store.begin() as unit:
            assert unit.ticket(incident.id).ticket == incident
            assert len(unit.history(incident.id)) == 1
            unit.save_staging(staged("3"), expected=1)
        assert store.staging().area == staged("3")


def test_a_configuration_that_the_host_took_back_is_known_no_more(engine: Engine) -> None:
    web, database = ConfigurationItem(CIId("web"), "host", "Web"), ConfigurationItem(CIId("db"), "host", "DB")
    with engine.connect() as connection:
        desk = desk_on(connection)
        desk.cmdb.put(web)
        connection.commit()
        desk.cmdb.put(database)
        desk.cmdb.retire("web")
        connection.rollback()
        assert {item.id for item in desk.cmdb.graph().items} == {"web"}
        desk.cmdb.put(database)
        assert {item.id for item in desk.cmdb.graph().items} == {"web", "db"}


def test_a_dump_is_of_one_moment_or_refused(postgresql_url: str) -> None:
    engine = create_engine(postgresql_url)
    with engine.begin() as connection:
        store = SQLStore.on(connection, create=True)
        saved(store)
        for read in (store.heads, lambda: [*store.dump()]):
            with pytest.raises(DatabaseError, match="read committed; begin it as REPEATABLE READ"):
                read()
    with engine.connect().execution_options(isolation_level="REPEATABLE READ") as connection:
        store = SQLStore.on(connection)
        saved(store, "INC-2")
        assert [*store.dump()]
        assert len(store.heads().heads) == 2
        connection.rollback()
    assert len(SQLStore.on(engine).heads().heads) == 1
    engine.dispose()


def test_a_wait_in_a_transaction_just_passes(engine: Engine) -> None:
    with engine.connect() as connection:
        store = SQLStore.on(connection)
        with store.begin() as unit:
            unit.enqueue(entry("a"))
        store.wait(timedelta(milliseconds=1))
        assert connection.in_transaction()
        assert not connection.closed


def test_two_hosts_that_change_one_ticket_conflict(engine: Engine, apart: SQLStore) -> None:
    incident = saved(apart)
    with engine.connect() as first, engine.connect() as second:
        stores = SQLStore.on(first), SQLStore.on(second)
        units = [store.begin() for store in stores]
        read = [unit.__enter__() for unit in units]
        for unit in read:
            assert unit.ticket(incident.id).ticket.version == 1
            save(unit, commented(incident), expected=1)
        units[0].__exit__(None, None, None)
        first.commit()
        with pytest.raises(ConflictError):
            units[1].__exit__(None, None, None)
        second.rollback()
        assert stores[1].tickets()[0].ticket.version == 2


def test_who_comes_second_waits_for_the_end_of_the_first(postgresql_url: str) -> None:
    engine = create_engine(postgresql_url)
    with engine.begin() as connection:
        incident = saved(SQLStore.on(connection, create=True))
    problems: list[Exception] = []
    with engine.connect() as first:
        with SQLStore.on(first).begin() as unit:
            save(unit, commented(incident), expected=1)

        def late() -> None:
            try:
                with engine.begin() as connection, SQLStore.on(connection).begin() as unit:
                    save(unit, commented(incident), expected=1)
            except ConflictError as error:
                problems.append(error)

        second = threading.Thread(target=late)
        second.start()
        first.commit()
        second.join()
    assert len(problems) == 1
    engine.dispose()


def test_a_transaction_of_repeatable_reads_is_told_that_another_was_first(postgresql_url: str) -> None:
    engine = create_engine(postgresql_url, isolation_level="REPEATABLE READ")
    with engine.begin() as connection:
        incident = saved(SQLStore.on(connection, create=True))
    with engine.connect() as connection:
        store = SQLStore.on(connection)
        assert store.tickets()[0].ticket == incident
        with SQLStore.on(engine).begin() as unit:
            save(unit, commented(incident), expected=1)

        def late() -> None:
            with store.begin() as unit:
                save(unit, commented(incident), expected=1)

        with pytest.raises(ConcurrentUnitError, match="run it again"):
            late()
    engine.dispose()


def test_a_stale_state_of_a_file_is_told_as_a_conflict(sqlite_url: str) -> None:
    engine = create_engine(sqlite_url)
    _told_to_begin(engine)
    with closing(SQLStore.open(sqlite_url)) as apart, engine.connect() as connection:
        incident = saved(apart)
        store = SQLStore.on(connection)
        assert len(store.tickets()) == 1
        saved(apart, "INC-2")

        def late() -> None:
            with store.begin() as unit:
                save(unit, commented(incident), expected=1)

        with pytest.raises(ConcurrentUnitError):
            late()
        connection.rollback()
        late()
        connection.commit()
    engine.dispose()


# -- sessions --------------------------------------------------------------------------------------


def test_mapped_rows_and_tickets_land_or_vanish_together(engine: Engine, apart: SQLStore) -> None:
    with Session(engine) as session, session.begin():
        incident = desk_on(session).incidents.log("No network")
        session.add(Order(id=1, ticket=incident.number))
    with Session(engine) as session:
        assert session.get_one(Order, 1).ticket == incident.number
        desk = desk_on(session)
        desk.tickets.comment(incident.id, "seen")
        session.add(Line(id=1, order=1))
        session.flush()
        session.rollback()
        assert desk.tickets.get(incident.id) == incident
        assert session.get(Line, 1) is None
    assert apart.tickets()[0].ticket == incident


def test_a_nested_transaction_of_a_session_takes_its_tickets_with_it(engine: Engine, apart: SQLStore) -> None:
    with Session(engine) as session, session.begin():
        session.add(Order(id=1))
        session.flush()
        desk = desk_on(session)
        nested = session.begin_nested()
        desk.incidents.log("taken back")
        session.add(Order(id=2))
        nested.rollback()
        desk.incidents.log("kept")
    assert [stored.ticket.title for stored in apart.tickets()] == ["kept"]
    assert orders(engine) == 1


def test_a_scoped_session_is_that_of_the_moment(engine: Engine, apart: SQLStore) -> None:
    session = scoped_session(sessionmaker(engine))
    desk = desk_on(session)
    desk.incidents.log("taken back")
    session.remove()
    desk.incidents.log("kept")
    session.commit()
    session.remove()
    assert [stored.ticket.title for stored in apart.tickets()] == ["kept"]


def test_a_session_that_has_to_be_rolled_back_says_so(engine: Engine) -> None:
    with Session(engine) as session:
        store = SQLStore.on(session)
        session.add_all([Order(id=1, ticket="INC-1"), Order(id=2, ticket="INC-1")])
        with pytest.raises(IntegrityError):
            session.flush()
        with pytest.raises(DatabaseError, match="due to a previous exception during flush"):
            store.tickets()
        session.rollback()
        assert len(store.tickets()) == 0


def test_a_session_without_a_transaction_says_what_to_do(engine: Engine) -> None:
    with Session(engine) as session:
        SQLStore.on(session)
    with Session(engine, autobegin=False) as session:
        with pytest.raises(DatabaseError, match="see to the transaction of the connection or session"):
            SQLStore.on(session).tickets()
        with session.begin():
            assert len(SQLStore.on(session).tickets()) == 0


# -- an engine -------------------------------------------------------------------------------------


def test_on_an_engine_it_has_transactions_of_its_own(engine: Engine, apart: SQLStore) -> None:
    assert not apart.is_joined
    work(apart)
    with engine.connect() as connection:
        assert not is_empty(SQLStore.on(connection))
        assert SQLStore.on(connection).is_joined


def test_on_an_engine_a_unit_that_fails_leaves_nothing(engine: Engine, apart: SQLStore) -> None:
    def failing() -> None:
        with apart.begin() as unit:
            unit.enqueue(entry("a"))
            unit.set_timer(Timer(TicketId("t-1"), "resolution", A_MONDAY))
            unit.set_cursor("reader", 1)
            save(unit, commented(incident), expected=1)
            with apart.begin() as other:
                save(other, commented(incident), expected=1)

    incident = saved(apart)
    with pytest.raises(ConflictError):
        failing()
    assert apart.next_due() is None
    assert apart.cursor("reader") == 0


def test_on_an_engine_many_threads_lose_nothing(engine: Engine, apart: SQLStore) -> None:
    desk = Desk(store=apart).acting_as(AN_AGENT)
    incident = desk.incidents.log("No network")
    problems: list[Exception] = []

    def comments() -> None:
        done = 0
        while done < 5:
            try:
                desk.tickets.comment(incident.id, "seen")
                done += 1
            except ConflictError:
                continue
            except Exception as error:  # noqa: BLE001  # told below
                problems.append(error)
                return

    threads = [threading.Thread(target=comments) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert problems == []
    assert desk.tickets.get(incident.id).version == 21


def test_a_desk_delivers_and_wakes_on_the_engine_of_a_host(engine: Engine) -> None:
    notifier = InMemoryNotifier()
    clock = ManualClock(A_MONDAY)
    with engine.begin() as connection:
        joined = Desk(store=SQLStore.on(connection), clock=clock).acting_as(AN_AGENT)
        joined.incidents.log("down", impact="high", urgency="high", support_group="Network")
    desk = Desk(store=SQLStore.on(engine), plugins=[notifier], clock=clock)
    while (due := desk.next_due()) is not None and not notifier.delivered:
        clock.set(due)
        desk.run_due()
        desk.deliver()
    assert notifier.delivered


# -- tables ----------------------------------------------------------------------------------------


def test_tables_are_made_only_if_one_says_so(empty_url: str) -> None:
    engine = create_engine(empty_url)
    for _ in range(2):
        with pytest.raises(SchemaError, match=r"make them once: SQLStore.on\(…, create=True\)"):
            SQLStore.on(engine)
    with engine.connect() as connection:
        SQLStore.on(connection, create=True)
        connection.rollback()
    with pytest.raises(SchemaError, match="the tables of a desk are not there"):
        SQLStore.on(engine)
    SQLStore.on(engine, create=True)
    assert len(SQLStore.on(engine).tickets()) == 0
    engine.dispose()


def test_the_tables_are_known_to_tools_of_the_host() -> None:
    assert {"itsmkit_tickets", "itsmkit_outbox"} <= metadata.tables.keys()
    assert all(name.startswith("itsmkit_") for name in metadata.tables)


# -- what is refused -------------------------------------------------------------------------------


def test_autocommit_is_refused(engine: Engine) -> None:
    with engine.connect() as connection:
        committing = connection.execution_options(isolation_level="AUTOCOMMIT")
        with pytest.raises(DefinitionError, match="the connection is in AUTOCOMMIT"):
            SQLStore.on(committing).tickets()


@pytest.mark.parametrize(
    "make",
    [
        lambda _path: create_engine("sqlite://"),
        lambda path: create_engine(f"sqlite:///{path}", poolclass=StaticPool),
    ],
)
def test_an_engine_of_one_connection_is_refused(tmp_path: Path, make: Callable[[Path], Engine]) -> None:
    engine = make(tmp_path / "desk.db")
    with pytest.raises(DefinitionError, match="one connection for all"):
        SQLStore.on(engine)
    with engine.begin() as connection:
        store = SQLStore.on(connection, create=True)
        assert saved(store).number == "INC-1"
    engine.dispose()


def test_other_databases_are_refused() -> None:
    class Dialect:
        name, driver, is_async = "mysql", "pymysql", False

    from itsmkit_sql._url import address_of_host

    with pytest.raises(DefinitionError, match=r"mysql\+pymysql, and a store with one of sqlite\+pysqlite"):
        address_of_host(None, Dialect())  # type: ignore[arg-type]  # what another host has


def test_what_is_no_bind_is_refused() -> None:
    with pytest.raises(
        DefinitionError, match="on an Engine, a Connection or a Session of SQLAlchemy, not on"
    ):
        SQLStore.on("sqlite:///desk.db")  # type: ignore[arg-type]  # for callers without a type checker
