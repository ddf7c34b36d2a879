"""Jobs that are deferred in the transaction of the command that makes them necessary."""

from datetime import datetime

import psycopg
from procrastinate import App, PsycopgConnector, SyncPsycopgConnector
from procrastinate.exceptions import ConnectorException
from procrastinate.jobs import JobDeferrer
from sqlalchemy import Connection
from sqlalchemy.exc import DBAPIError
from sqlalchemy.util import await_only

from itsmkit._problems import name_problems
from itsmkit.errors import DefinitionError
from itsmkit_procrastinate._names import DELIVER, QUEUE, RUN_DUE
from itsmkit_procrastinate._rounds import current_round
from itsmkit_sql import SchemaError, Wake

__all__ = ["DeskJobs"]

_MISSING = (psycopg.errors.UndefinedObject, psycopg.errors.UndefinedFunction, psycopg.errors.UndefinedTable)


class DeskJobs:
    """
    Defers the jobs of a desk: a companion of an `itsmkit_sql.SQLStore` in PostgreSQL.

    A unit of work that sets timers leaves one job at the instant of the first of them, and one that fills the
    outbox leaves one at once. Both stand on the connection of the unit, and so land or vanish with it. The
    job that runs what is due sees to the next one, so that a batch of ten thousand timers costs one job. Of
    what becomes due together, one unit a second leaves a job to deliver, and the job itself a last one.

    No queueing lock is taken: units that work at the same time would wait for each other's end, and the
    second would be undone. A job that finds nothing to do costs little.

    It needs no application of Procrastinate, and opens no connection: whoever logs tickets need not know the
    tasks. Fit for use by several threads, several stores, and several tenants.

    Args:
        queue: Where the jobs wait.
        priority: Their priority; of those that may run, the higher come first.

    Raises:
        DefinitionError: If *queue* is no name.
    """

    def __init__(self, *, queue: str = QUEUE, priority: int = 0) -> None:
        problems = [*name_problems("queue", queue)]
        if problems:
            raise DefinitionError(*problems)
        self.queue = queue
        self.priority = priority
        # Never opened: all that they do happens on connections of others. What is shared with a worker would
        # be asynchronous while that runs, and could not defer on a connection that is not.
        self._app = App(connector=SyncPsycopgConnector())
        self._async_app = App(connector=PsycopgConnector())

    def within(self, connection: Connection, wake: Wake) -> None:
        """
        See `itsmkit_sql.Companion.within`.

        Raises:
            DefinitionError: If the connection is not one of PostgreSQL by psycopg.
            SchemaError: If the tables of Procrastinate are not there.
        """
        driver = connection.connection.driver_connection
        try:
            if isinstance(driver, psycopg.Connection):
                for deferrer in self._deferrers(self._app, driver, wake):
                    deferrer.defer(tenant=wake.tenant)
            elif isinstance(driver, psycopg.AsyncConnection):
                for deferrer in self._deferrers(self._async_app, driver, wake):
                    await_only(deferrer.defer_async(tenant=wake.tenant))
            else:
                problem = (
                    f"{_name(connection)}: Procrastinate keeps its jobs in PostgreSQL, and they are deferred "
                    "by psycopg; open the desk in the database of the queue, with postgresql+psycopg://…"
                )
                raise DefinitionError(problem)
        except ConnectorException as error:
            raise _told(error, connection) from error

    def _deferrers(self, app: App, driver: object, wake: Wake) -> list[JobDeferrer]:
        found, in_round = [], current_round()
        if wake.due and in_round is None:
            found.append(self._deferrer(app, driver, RUN_DUE, wake.due[0]))
        if wake.deliveries and (in_round is None or in_round.may_defer()):
            found.append(self._deferrer(app, driver, DELIVER))
        return found

    def _deferrer(self, app: App, driver: object, task: str, at: datetime | None = None) -> JobDeferrer:
        return app.configure_task(
            task, connection=driver, queue=self.queue, priority=self.priority, schedule_at=at
        )


def _told(error: ConnectorException, connection: Connection) -> BaseException:
    """Return what the database has said, as the store that the unit belongs to understands it."""
    cause = error.__cause__ or error.__context__ or error
    if isinstance(cause, _MISSING):
        way_out = (
            "make them once in this database: procrastinate --app … schema --apply; if they are in a schema "
            "of their own, name it in the search_path of the desk's connections, too"
        )
        return SchemaError(_name(connection), "the tables of Procrastinate are not there", way_out)
    return DBAPIError.instance(
        None, None, cause, psycopg.Error, hide_parameters=True, dialect=connection.dialect
    )


def _name(connection: Connection) -> str:
    return connection.engine.url.set(query={}).render_as_string(hide_password=True)
