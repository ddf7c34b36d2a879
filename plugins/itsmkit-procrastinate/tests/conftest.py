"""A desk and a queue in one database, and what stands in it."""

import asyncio
import os
import sys
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from datetime import UTC, datetime
from typing import Any

import psycopg
import pytest
from procrastinate import App, PsycopgConnector, SyncPsycopgConnector
from psycopg.rows import namedtuple_row
from sqlalchemy import make_url

from itsmkit.desk import Desk, InMemoryNotifier, ManualClock
from itsmkit_procrastinate import DeskJobs, register
from itsmkit_sql import SQLStore

LONG_AGO = datetime(2020, 3, 2, 9, tzinfo=UTC)
"""A Monday. What is due by the clock of a desk is due by that of the server, too, whenever a test runs."""

NEVER = "0 0 29 2 *"


class Place:
    """
    A database with the tables of Procrastinate, and what is done in it.

    Args:
        url: Where it is, as libpq and SQLAlchemy both understand it.
    """

    def __init__(self, url: str) -> None:
        self.url = url
        self.clock = ManualClock(LONG_AGO)
        self.notifier = InMemoryNotifier()
        self.stores: list[SQLStore] = []

    def desk(self, *plugins: object, clock: ManualClock | None = None) -> Desk:
        """Open a desk that leaves jobs."""
        store = SQLStore.open(self.url, companions=[DeskJobs()])
        self.stores.append(store)
        return Desk(store=store, plugins=plugins or [self.notifier], clock=clock or self.clock)

    def app(self, open_desk: Callable[[], Desk] | None = None, **options: Any) -> App:
        """Return an application of Procrastinate with the tasks of a desk, of which none comes by itself."""
        app = App(connector=PsycopgConnector(conninfo=self.url))
        register(app, open_desk or self.desk, **({"sweep": NEVER} | options))
        return app

    def work(self, app: App | None = None, **options: Any) -> None:
        """Let a worker do what there is to do at present."""
        usual = {"wait": False, "listen_notify": False, "install_signal_handlers": False}
        (app or self.app()).run_worker(**(usual | options))

    def rows(self, statement: str, *given: object) -> list[Any]:
        """Return what a statement of SQL finds."""
        with psycopg.connect(self.url, row_factory=namedtuple_row, autocommit=True) as connection:
            found = connection.execute(statement, given)
            return found.fetchall() if found.description else []

    def jobs(self, status: str = "todo") -> list[Any]:
        """Return the jobs that stand so, in their order."""
        return self.rows(
            "SELECT id, task_name AS task, args, scheduled_at AS at, queue_name AS queue, priority, attempts "
            "FROM procrastinate_jobs WHERE status = %s ORDER BY id",
            status,
        )

    def hurry(self) -> None:
        """Let the instants of all jobs come."""
        self.rows("UPDATE procrastinate_jobs SET scheduled_at = NULL WHERE status = 'todo'")

    @contextmanager
    def host(self) -> Iterator[App]:
        """Return an open application of the host's own, which shares the queue."""
        with App(connector=SyncPsycopgConnector(conninfo=self.url)).open() as app:
            yield app

    def work_until(self, app: App, done: Callable[[], bool], **options: Any) -> None:
        """Let a worker wait for work, until *done*; ask it after each job."""

        async def main() -> None:
            finished = asyncio.Event()

            async def watch(call: Any, *_details: object) -> object:
                try:
                    return await call()
                finally:
                    if done():
                        finished.set()

            async with app.open_async():
                worker = asyncio.create_task(
                    app.run_worker_async(worker_middleware=[watch], install_signal_handlers=False, **options)
                )
                await finished.wait()
                worker.cancel()
                await asyncio.gather(worker, return_exceptions=True)

        asyncio.run(main())


@pytest.fixture(autouse=True)
def same_modules(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the processes that a test starts find what the test has found, installed or not."""
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join(filter(None, sys.path)))


@pytest.fixture
def bare_url(postgresql_url: str) -> str:
    """Return the URL of a schema without tables, as libpq and SQLAlchemy both understand it."""
    return make_url(postgresql_url).set(drivername="postgresql").render_as_string(hide_password=False)


@pytest.fixture
def place(bare_url: str) -> Iterator[Place]:
    """Return a database with the tables of Procrastinate."""
    with App(connector=SyncPsycopgConnector(conninfo=bare_url)).open() as app:
        app.schema_manager.apply_schema()
    place = Place(bare_url)
    yield place
    for store in place.stores:
        store.close()


@pytest.fixture
def desk(place: Place) -> Iterator[Desk]:
    """Return a desk that leaves jobs."""
    with closing(place.desk()) as desk:
        yield desk
