"""Jobs land or vanish with what makes them necessary."""

import asyncio
from datetime import UTC, datetime, timedelta
from threading import Barrier, Thread
from typing import Any

import pytest
from procrastinate import App, SyncPsycopgConnector
from sqlalchemy import create_engine, text
from sqlalchemy.ext.asyncio import create_async_engine
from sqlalchemy.orm import Session

from itsmkit.desk import Desk, ManualClock
from itsmkit.errors import DefinitionError
from itsmkit.plugin import Timer
from itsmkit.testing import AN_AGENT
from itsmkit.testing.contracts import entry
from itsmkit.tickets import TicketId
from itsmkit_procrastinate import DeskJobs
from itsmkit_sql import AsyncDesk, DatabaseError, SchemaError, SQLStore

HOUR = timedelta(hours=1)


def log(desk: Desk, title: str = "No network") -> str:
    return desk.incidents.log(title, impact="high", urgency="high", by=AN_AGENT).number


def with_driver(place: Any) -> str:
    return str(place.url).replace("postgresql://", "postgresql+psycopg://", 1)


def test_an_incident_leaves_one_job_at_its_first_timer(place: Any, desk: Desk) -> None:
    log(desk)
    (job,) = place.jobs()
    assert (job.task, job.args, job.at) == ("itsmkit.run_due", {"tenant": "default"}, desk.next_due())
    assert (job.queue, job.priority) == ("itsmkit", 0)


def test_a_unit_that_fills_the_outbox_leaves_a_job_for_now(place: Any, desk: Desk) -> None:
    with desk.store.begin() as unit:
        unit.enqueue(entry("a"))
        unit.enqueue(entry("b"))
    (job,) = place.jobs()
    assert (job.task, job.args, job.at) == ("itsmkit.deliver", {"tenant": "default"}, None)


def test_ten_thousand_timers_of_one_unit_leave_one_job(place: Any, desk: Desk) -> None:
    start = place.clock()
    with desk.store.begin() as unit:
        for n in range(10_000):
            unit.set_timer(
                Timer(TicketId(f"t-{n % 100}"), f"timer {n}", start + HOUR + n * timedelta(seconds=1))
            )
    (job,) = place.jobs()
    assert job.at == start + HOUR


def test_a_batch_leaves_its_jobs_at_its_end(place: Any, desk: Desk) -> None:
    with desk.batch() as batch:
        for n in range(20):
            log(batch, f"Printer {n}")
        assert place.jobs() == []
    assert [job.task for job in place.jobs()] == ["itsmkit.run_due"]


def test_a_command_that_leaves_nothing_to_do_leaves_no_job(place: Any, desk: Desk) -> None:
    log(desk)
    before = place.jobs()
    (ticket,) = desk.tickets
    desk.tickets.comment(ticket.id, "The switch is off.", by=AN_AGENT)
    assert place.jobs() == before


def test_jobs_are_of_the_tenant_and_the_queue_that_they_are_to_be_of(place: Any) -> None:
    store = SQLStore.open(place.url, companions=[DeskJobs(queue="desk", priority=7)])
    place.stores.append(store)
    log(Desk(store=store, tenant="Müller & Söhne/'\"", clock=place.clock))
    (job,) = place.jobs()
    assert (job.args, job.queue, job.priority) == ({"tenant": "Müller & Söhne/'\""}, "desk", 7)


@pytest.mark.parametrize("ends", ["commit", "rollback", "savepoint", "exception"])
def test_the_host_s_row_ticket_timers_and_jobs_land_or_vanish_together(place: Any, ends: str) -> None:
    engine = create_engine(with_driver(place))
    with engine.begin() as connection:
        connection.execute(text("CREATE TABLE orders (ticket TEXT)"))
        SQLStore.on(connection, create=True)

    def order(connection: Any) -> None:
        desk = Desk(store=SQLStore.on(connection, companions=[DeskJobs()]), clock=place.clock)
        number = log(desk)
        connection.execute(text("INSERT INTO orders VALUES (:number)"), {"number": number})

    def fails(session: Session) -> None:
        with session.begin_nested() if ends == "savepoint" else session.begin():
            order(session)
            raise ZeroDivisionError

    with Session(engine) as session:
        if ends in ("savepoint", "exception"):
            with pytest.raises(ZeroDivisionError):
                fails(session)
            session.commit()
        else:
            order(session)
            assert (place.jobs(), place.rows("SELECT * FROM itsmkit_tickets")) == ([], [])
            getattr(session, ends)()
    engine.dispose()
    landed = [
        len(place.rows(f"SELECT * FROM {table}"))
        for table in ("orders", "itsmkit_tickets", "procrastinate_jobs")
    ]
    assert landed == ([1, 1, 1] if ends == "commit" else [0, 0, 0])
    assert bool(place.rows("SELECT * FROM itsmkit_timers")) is (ends == "commit")


@pytest.mark.parametrize("ends", ["commit", "rollback"])
def test_the_host_defers_jobs_of_its_own_in_the_same_transaction(place: Any, ends: str) -> None:
    engine = create_engine(with_driver(place))
    own = App(connector=SyncPsycopgConnector())
    with engine.connect() as connection:
        log(Desk(store=SQLStore.on(connection, companions=[DeskJobs()], create=True), clock=place.clock))
        driver = connection.connection.driver_connection
        own.configure_task("shop.ship", connection=driver).defer(order=7)
        assert place.jobs() == []
        getattr(connection, ends)()
    engine.dispose()
    found = [job.task for job in place.jobs()]
    assert found == (["itsmkit.run_due", "shop.ship"] if ends == "commit" else [])


def test_a_unit_that_is_undone_leaves_no_job(place: Any, desk: Desk) -> None:
    def fails() -> None:
        with desk.store.begin() as unit:
            unit.enqueue(entry("a"))
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fails()
    assert place.jobs() == []


def test_units_at_the_same_time_do_not_wait_for_each_other(place: Any) -> None:
    """Both are in the middle of their transactions, jobs deferred, before either commits."""
    engine = create_engine(with_driver(place))
    with engine.begin() as connection:
        SQLStore.on(connection, create=True)
    both_deferred = Barrier(2)

    def write(key: str) -> None:
        with engine.begin() as connection:
            store = SQLStore.on(connection, companions=[DeskJobs()])
            with store.begin() as unit:
                unit.set_timer(Timer(TicketId(key), "response", place.clock()))
                unit.enqueue(entry(key))
            both_deferred.wait(timeout=60)

    threads = [Thread(target=write, args=(key,)) for key in ("a", "b")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    engine.dispose()
    assert [job.task for job in place.jobs()].count("itsmkit.run_due") == 2
    assert [job.task for job in place.jobs()].count("itsmkit.deliver") == 2


def test_a_desk_of_an_event_loop_leaves_jobs(place: Any) -> None:
    async def main() -> None:
        url = with_driver(place)
        async with AsyncDesk.open(url, companions=[DeskJobs()], clock=place.clock) as desk:
            await desk.incidents.log("No network", impact="high", urgency="high", by=AN_AGENT)

    asyncio.run(main())
    (job,) = place.jobs()
    assert (job.task, job.args) == ("itsmkit.run_due", {"tenant": "default"})
    assert job.at > place.clock()


@pytest.mark.parametrize("ends", ["commit", "rollback"])
def test_jobs_take_part_in_the_asynchronous_transaction_of_a_host(place: Any, ends: str) -> None:
    async def main() -> None:
        engine = create_async_engine(with_driver(place))
        async with engine.connect() as connection:
            desk = await AsyncDesk.on(connection, companions=[DeskJobs()], create=True, clock=place.clock)
            await desk.incidents.log("No network", impact="high", urgency="high", by=AN_AGENT)
            assert place.jobs() == []
            await getattr(connection, ends)()
        await engine.dispose()

    asyncio.run(main())
    assert len(place.jobs()) == (1 if ends == "commit" else 0)


# -- what goes wrong ---------------------------------------------------------------------------------


def test_without_the_tables_of_procrastinate_nothing_is_saved(bare_url: str) -> None:
    store = SQLStore.open(bare_url, companions=[DeskJobs()])
    with Desk(store=store) as desk:
        with pytest.raises(SchemaError) as caught:
            log(desk)
        assert list(desk.tickets) == []
        assert desk.next_due() is None
    message = str(caught.value)
    assert "the tables of Procrastinate are not there; make them once in this database" in message
    assert "procrastinate --app … schema --apply" in message
    assert "postgres:postgres" not in message


def test_without_the_tables_a_transaction_of_the_host_goes_on(bare_url: str) -> None:
    engine = create_engine(bare_url.replace("postgresql://", "postgresql+psycopg://", 1))
    with engine.connect() as connection:
        desk = Desk(store=SQLStore.on(connection, companions=[DeskJobs()], create=True))
        with pytest.raises(SchemaError):
            log(desk)
        assert connection.execute(text("SELECT 1")).scalar_one() == 1
        assert list(desk.tickets) == []
    engine.dispose()


def test_a_file_of_sqlite_has_no_queue(tmp_path: Any) -> None:
    store = SQLStore.open(f"sqlite:///{tmp_path / 'desk.db'}", companions=[DeskJobs()])
    with Desk(store=store) as desk:
        with pytest.raises(
            DefinitionError, match=r"desk\.db: Procrastinate keeps its jobs in PostgreSQL.*psycopg"
        ):
            log(desk)
        assert list(desk.tickets) == []


def refusing(place: Any, code: str, when: str = "true") -> None:
    """Let the server refuse new jobs."""
    place.rows(
        "CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
        f"IF {when} THEN RAISE 'no room for jobs' USING ERRCODE = '{code}'; END IF; RETURN NEW; END $$"
    )
    place.rows(
        "CREATE TRIGGER refuse BEFORE INSERT ON procrastinate_jobs FOR EACH ROW EXECUTE FUNCTION refuse()"
    )


def test_what_the_server_says_is_told_as_by_the_store_and_undoes_the_unit(place: Any, desk: Desk) -> None:
    refusing(place, "53100")
    with pytest.raises(DatabaseError, match="no room for jobs; make room on the server"):
        log(desk)
    assert list(desk.tickets) == []


def test_a_conflict_in_the_queue_is_one_of_the_unit_which_is_run_again(place: Any, desk: Desk) -> None:
    place.rows("CREATE SEQUENCE tries")
    refusing(place, "40P01", when="nextval('tries') = 1")
    assert log(desk)
    assert len(list(desk.tickets)) == 1
    assert len(place.jobs()) == 1
    assert place.rows("SELECT last_value FROM tries") == [(2,)]


@pytest.mark.parametrize("queue", ["", " itsmkit", None])
def test_a_queue_has_a_name(queue: Any) -> None:
    with pytest.raises(DefinitionError, match="queue: must be a name"):
        DeskJobs(queue=queue)


def test_a_job_that_is_not_due_yet_waits(place: Any) -> None:
    clock = ManualClock(datetime(2200, 3, 3, 9, tzinfo=UTC))
    log(place.desk(clock=clock))
    place.work()
    assert [job.attempts for job in place.jobs()] == [0]
    assert place.jobs("succeeded") == []
