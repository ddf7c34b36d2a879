"""How those who wait for work in a database are woken."""

import asyncio
import logging
import os
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor, wait
from contextlib import closing
from datetime import timedelta
from time import sleep

import pytest
from sqlalchemy import Connection, event, text

from itsmkit.desk import Desk
from itsmkit.plugin import Timer
from itsmkit.testing import A_MONDAY
from itsmkit.testing.contracts import entry
from itsmkit.tickets import TicketId
from itsmkit_sql import AsyncDesk, DatabaseError, SQLStore, _waking

TIMER = Timer(TicketId("a"), "resolve", A_MONDAY)
NEVER = timedelta(days=1)
AT_ONCE = timedelta(0)


@pytest.fixture
def store(url: str) -> Iterator[SQLStore]:
    with closing(SQLStore.open(url)) as store:
        yield store


@pytest.fixture
def other(url: str, store: SQLStore) -> Iterator[SQLStore]:
    with closing(SQLStore.open(url)) as other:
        yield other


@pytest.fixture
def server(postgresql_url: str) -> Iterator[SQLStore]:
    with closing(SQLStore.open(postgresql_url)) as server:
        yield server


def work(store: SQLStore) -> None:
    with store.begin() as unit:
        unit.enqueue(entry("a"))
        unit.set_timer(TIMER)


def end(store: SQLStore, connection: Connection) -> None:
    """Let the server end a connection, and wait until it is gone."""
    pid = connection.exec_driver_sql("SELECT pg_backend_pid()").scalar_one()
    with store._database.reading() as another:
        another.execute(text(f"SELECT pg_terminate_backend({pid}, 10000)"))


def test_what_came_since_the_last_wait_ends_the_next_at_once(store: SQLStore, other: SQLStore) -> None:
    store.wait(NEVER)  # the first: nobody knows what there was before
    work(other)
    store.wait(NEVER)


def test_work_of_another_process_ends_a_wait(store: SQLStore, other: SQLStore) -> None:
    store.wait(NEVER)
    with ThreadPoolExecutor() as pool:
        waits = pool.submit(store.wait, NEVER)
        work(other)
        waits.result(timeout=60)


def test_several_wait_at_once_and_all_are_woken(store: SQLStore, other: SQLStore) -> None:
    acme = store.of_tenant("acme")
    with ThreadPoolExecutor() as pool:
        for _ in range(2):  # the first time, each begins to listen
            waits = [pool.submit(each.wait, NEVER) for each in (store, store, acme, acme)]
            while wait(waits, timeout=0.1).not_done:  # on a slow machine, one may begin after the work
                work(other)
                work(other.of_tenant("acme"))
            assert [each.result() for each in waits] == [None] * 4


def test_work_of_another_tenant_wakes_nobody(server: SQLStore, monkeypatch: pytest.MonkeyPatch) -> None:
    server.wait(NEVER)
    work(server.of_tenant("acme"))
    now = iter([0.0, 1.0, 99.0])
    monkeypatch.setattr(_waking, "monotonic", lambda: next(now))
    server.wait(timedelta(seconds=60))
    assert list(now) == []  # it went on to wait for the rest of the time


def test_a_name_that_no_notice_holds_wakes_all(server: SQLStore) -> None:
    server.wait(NEVER)
    work(server.of_tenant("a" * 8000))
    server.wait(NEVER)


def test_a_unit_that_leaves_no_work_tells_nobody(server: SQLStore) -> None:
    told: list[str] = []
    event.listen(
        server._database._engines[0],
        "before_cursor_execute",
        lambda _connection, _cursor, statement, *_: told.append(statement),
    )
    with server.begin() as unit:
        unit.set_cursor("reader", 1)
        unit.clear_timer(TicketId("a"), "resolve")
    assert not any("pg_notify" in each for each in told)


def test_a_connection_that_is_lost_costs_one_wait(server: SQLStore) -> None:
    server.wait(NEVER)
    (ear,) = server._waking._idle[server.tenant]
    assert isinstance(ear, _waking._ServerEar)
    end(server, ear._connection)
    with pytest.raises(DatabaseError, match="see whether the server runs, and wait again"):
        server.wait(NEVER)
    assert ear._connection.closed
    server.wait(NEVER)
    work(server)
    server.wait(NEVER)


def test_a_task_whose_connection_is_lost_closes_it(postgresql_url: str) -> None:
    def wait(desk: Desk) -> _waking._ServerEar:
        assert isinstance(desk.store, SQLStore)
        desk.store.wait(NEVER)
        (ear,) = desk.store._waking._idle[desk.store.tenant]
        assert isinstance(ear, _waking._ServerEar)
        return ear

    async def work() -> None:
        async with AsyncDesk.open(postgresql_url) as desk:
            ear = await desk.run_sync(wait)
            pid = ear._driver.info.backend_pid
            with closing(SQLStore.open(postgresql_url)) as other, other._database.reading() as connection:
                connection.execute(text(f"SELECT pg_terminate_backend({pid}, 10000)"))
            with pytest.raises(DatabaseError, match="see whether the server runs, and wait again"):
                await desk.run_sync(wait)
            assert ear._driver.closed
            assert await desk.run_sync(wait) is not ear

    asyncio.run(work())


def test_that_nobody_could_be_told_is_no_fault_of_the_command(
    server: SQLStore, caplog: pytest.LogCaptureFixture
) -> None:
    def cut(connection: Connection, _cursor: object, statement: str, *_: object) -> None:
        if "pg_notify" in statement:
            end(server, connection)

    event.listen(server._database._reading, "before_cursor_execute", cut)
    with caplog.at_level(logging.WARNING, "itsmkit.sql"):
        work(server)
    assert "those who wait for work were not told that there is some" in caplog.text
    assert server.next_due() == A_MONDAY


def test_what_listens_is_closed_with_the_store(store: SQLStore) -> None:
    store.wait(NEVER)
    (ear,) = store._waking._idle[store.tenant]
    store.close()
    assert isinstance(ear, _waking._ServerEar | _waking._FileEar)
    assert ear._connection.closed


def test_who_waits_while_the_store_is_closed_closes_what_listens(store: SQLStore) -> None:
    store.wait(NEVER)
    idle = store._waking._idle[store.tenant]
    (ear,) = idle
    assert isinstance(ear, _waking._ServerEar | _waking._FileEar)
    with ThreadPoolExecutor() as pool:
        waits = pool.submit(store.wait, timedelta(seconds=0.2))
        while idle:
            sleep(0.01)
        store.close()
        assert not ear._connection.closed
        waits.result(timeout=60)
    assert ear._connection.closed


def test_what_listened_before_a_fork_is_left_to_the_parent(
    store: SQLStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    store.wait(NEVER)
    (ear,) = store._waking._idle[store.tenant]
    monkeypatch.setattr(os, "getpid", lambda: -1)  # as it looks to the child
    store.wait(AT_ONCE)
    assert store._waking._idle[store.tenant] != [ear]
    left = _waking._left_to_parents.pop()
    assert left == {store.tenant: [ear]}
    ear.close()
