"""What many do at once, or while something ends: nobody waits for ever, and nothing is mixed up."""

import asyncio
import os
import threading
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import closing, suppress
from datetime import timedelta

import pytest
from sqlalchemy import Connection, event, text

from itsmkit.errors import ConflictError
from itsmkit.plugin import RowKind, StoreNotEmptyError, StoreRow, Timer
from itsmkit.testing import A_MONDAY, AN_AGENT
from itsmkit.testing.contracts import entry, said, saved
from itsmkit.tickets import TicketId
from itsmkit_sql import AsyncDesk, DatabaseError, SQLStore

AT_ONCE = timedelta(0)
MANY = 15
"""As many as there are connections in a pool."""


@pytest.fixture
def store(url: str) -> Iterator[SQLStore]:
    with closing(SQLStore.open(url)) as store:
        yield store


@pytest.fixture
def server(postgresql_url: str) -> Iterator[SQLStore]:
    with closing(SQLStore.open(postgresql_url)) as server:
        yield server


# -- dumps -----------------------------------------------------------------------------------------


def test_as_many_dumps_as_there_are_connections_begin_at_once(store: SQLStore) -> None:
    saved(store)
    expected = list(store.dump())
    together = threading.Barrier(MANY)

    def dumped() -> list[StoreRow]:
        together.wait()
        return list(store.dump())

    with ThreadPoolExecutor(MANY) as pool:
        dumps = [pool.submit(dumped) for _ in range(MANY)]
        assert [each.result() for each in dumps] == [expected] * MANY


def test_as_many_tasks_as_there_are_connections_seal_at_once(url: str) -> None:
    async def work() -> None:
        async with AsyncDesk.open(url) as desk:
            await desk.incidents.log("No network", by=AN_AGENT)
            verified = await asyncio.gather(*(desk.audit.verify() for _ in range(MANY)))
            assert all(each.is_intact for each in verified)

    asyncio.run(work())


def test_who_records_while_another_loads_comes_second(server: SQLStore) -> None:
    source = server.of_tenant("source")
    with source.begin() as unit:
        unit.record([said()], after=0)
    rows = list(source.dump())

    def meanwhile(_: Connection) -> None:
        # Once the rows of the load are written, the unit comes to where it waits for it.
        unit = server.begin()
        unit_of_work = unit.__enter__()
        unit_of_work.record([said("host-2")], after=0)
        recording.append(pool.submit(unit.__exit__, None, None, None))

    recording: list[Future[bool | None]] = []
    with ThreadPoolExecutor() as pool:
        event.listen(server._database._writing, "commit", meanwhile, once=True)  # type: ignore[attr-defined]  # it is pooled
        server.load(rows)
        with pytest.raises(ConflictError):
            recording[0].result(timeout=60)
    assert list(server.dump()) == rows


def test_of_two_that_load_one_is_refused(server: SQLStore) -> None:
    first, second = server.of_tenant("first"), server.of_tenant("second")
    saved(first, "INC-1")
    saved(second, "INC-2")
    dumps = [list(first.dump()), list(second.dump())]
    together = threading.Barrier(2, timeout=2)

    def slowly(rows: list[StoreRow]) -> Iterator[StoreRow]:
        with suppress(threading.BrokenBarrierError):
            together.wait()  # both are in the middle, unless one waits for the other
        yield from rows

    with ThreadPoolExecutor() as pool:
        loads = [pool.submit(server.load, slowly(rows)) for rows in dumps]
        errors = [each.exception(timeout=60) for each in loads]
    assert [type(each) for each in errors if each is not None] == [StoreNotEmptyError]
    assert list(server.dump()) == dumps[errors.index(None)]


def test_attachments_are_loaded_one_at_a_time(store: SQLStore) -> None:
    source, target = store.of_tenant("source"), store.of_tenant("target")
    with source.begin() as unit:
        for n in range(5):
            unit.attach(bytes([n]) * 100)
    rows, taken, kept = list(source.dump()), 0, []
    engine = store._database._writing  # type: ignore[attr-defined]  # it is pooled
    event.listen(
        engine,
        "before_cursor_execute",
        lambda *args: kept.append(taken) if "INSERT INTO itsmkit_attachments" in args[2] else None,
    )

    def counted() -> Iterator[StoreRow]:
        nonlocal taken
        for row in rows:
            taken += row.kind is RowKind.ATTACHMENT
            yield row

    target.load(counted())
    assert kept == [1, 2, 3, 4, 5]


# -- what ends -------------------------------------------------------------------------------------


def test_a_store_that_is_closed_after_a_fork_is_not_closed_for_the_parent(
    store: SQLStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    store.wait(AT_ONCE)
    (ear,) = store._waking._idle[store.tenant]
    with store._database.reading() as connection:
        mine = connection.connection.driver_connection
    with monkeypatch.context() as child:
        child.setattr(os, "getpid", lambda: -1)  # as it looks to the child
        store.close()
    assert mine is not None
    mine.execute("SELECT 1")  # it is open
    assert not ear._connection.closed  # type: ignore[attr-defined]  # each has one
    ear.close()
    mine.close()


def test_what_is_in_use_when_a_store_is_closed_is_closed_when_it_is_given_back(store: SQLStore) -> None:
    with store._database.reading() as connection:
        store.close()
        driver = connection.connection.driver_connection
        connection.execute(text("SELECT 1"))
    assert driver is not None
    with pytest.raises(Exception, match="closed"):
        driver.execute("SELECT 1")


def test_who_waits_when_a_store_is_closed_leaves_nothing_open(store: SQLStore) -> None:
    store.wait(AT_ONCE)
    (ear,) = store._waking._idle[store.tenant]
    taken = store._waking._taken(store._tenancy)
    assert taken is ear
    store._waking._idle[store.tenant].append(ear)
    store.close()
    store.wait(AT_ONCE)
    assert not any(store._waking._idle.values())


def test_a_connection_that_is_lost_at_the_commit_leaves_it_open_whether_it_is_saved(
    server: SQLStore,
) -> None:
    def lost(connection: Connection) -> None:
        pid = connection.exec_driver_sql("SELECT pg_backend_pid()").scalar_one()
        with server._database.reading() as another:
            another.execute(text(f"SELECT pg_terminate_backend({pid}, 10000)"))

    event.listen(server._database._writing, "commit", lost, once=True)  # type: ignore[attr-defined]  # it is pooled
    with pytest.raises(DatabaseError, match="nobody can tell whether it was saved") as caught:
        saved(server)
    assert "idempotency key" in str(caught.value)
    saved(server)


# -- what does not fit -----------------------------------------------------------------------------


def test_a_name_of_as_many_signs_as_just_fit_in_no_notice_wakes_all(
    server: SQLStore, caplog: pytest.LogCaptureFixture
) -> None:
    server.wait(AT_ONCE)
    with server.of_tenant("\N{GRINNING FACE}" * 2000).begin() as unit:
        unit.enqueue(entry("a"))
    assert caplog.text == ""
    server.wait(timedelta(days=1))


@pytest.mark.parametrize("huge", [2**63, 10**30])
def test_numbers_that_no_database_holds(store: SQLStore, huge: int) -> None:
    saved(store)
    assert store.events(after=huge, limit=1) == []
    assert len(store.events(after=0, limit=huge)) == 1
    no_place = "change the value: this database cannot hold it"
    with pytest.raises(DatabaseError, match=no_place), store.begin() as unit:
        unit.set_cursor("reader", huge)
    assert store.cursor("reader") == 0


def test_timers_are_set_and_released_in_one_order(server: SQLStore) -> None:
    timers = [Timer(TicketId(each), "resolve", A_MONDAY) for each in "abcdefgh"]
    with server.begin() as unit:
        for timer in timers:
            unit.set_timer(timer)

    def reset() -> None:
        for _ in range(40):
            with server.begin() as unit:
                for timer in reversed(timers):
                    unit.set_timer(timer)

    def claim() -> None:
        for _ in range(40):
            claimed = server.claim_due(A_MONDAY, lease=timedelta(days=1), limit=100)
            server.release(claimed[::-1])
            server.release(claimed)

    with ThreadPoolExecutor(4) as pool:
        for each in [pool.submit(work) for work in (reset, claim, reset, claim)]:
            each.result(timeout=60)
    assert server.next_due() == A_MONDAY
