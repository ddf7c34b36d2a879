"""The desk of an application that works in an event loop."""

from collections.abc import AsyncIterator, Callable, Generator, Iterable, Mapping
from contextlib import asynccontextmanager
from functools import partial
from os import PathLike
from random import Random
from typing import Any, Concatenate, ParamSpec, Self, TypeVar

from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, AsyncSession, async_scoped_session
from sqlalchemy.util import greenlet_spawn

from itsmkit._checks import is_a
from itsmkit._problems import shown
from itsmkit.desk import Clock, Desk, DeskConfig
from itsmkit.desk.clock import system_clock
from itsmkit.errors import DefinitionError
from itsmkit.plugin import DEFAULT_TENANT, Directory, Plugins, SearchIndex, Shifts
from itsmkit.plugin.documents import DOCUMENTS, Documents
from itsmkit.tickets import Actor
from itsmkit_sql._binds import Bind
from itsmkit_sql._turns import TaskLock, pause
from itsmkit_sql.asynchronous._twins import Twin, awaited, iterated, room
from itsmkit_sql.asynchronous.commands import (
    AsyncAidCommands,
    AsyncAppointmentCommands,
    AsyncAudit,
    AsyncAutomationCommands,
    AsyncCatalogueCommands,
    AsyncChecklistCommands,
    AsyncClassificationCommands,
    AsyncCoachingCommands,
    AsyncConfigurationCommands,
    AsyncConversationCommands,
    AsyncDelegationCommands,
    AsyncDiscoveryCommands,
    AsyncEscalationCommands,
    AsyncImprovementCommands,
    AsyncKnowledgeCommands,
    AsyncLinkCommands,
    AsyncPortal,
    AsyncRemoteSessionCommands,
    AsyncReplyCommands,
    AsyncRotaCommands,
    AsyncRoutingCommands,
    AsyncRulesCommands,
    AsyncScheduleCommands,
    AsyncSearchCommands,
    AsyncSurveyCommands,
    AsyncTicketCommands,
    AsyncWorkforceReads,
)
from itsmkit_sql.asynchronous.kinds import (
    AsyncAccessCommands,
    AsyncChangeCommands,
    AsyncComplaintCommands,
    AsyncIncidentCommands,
    AsyncOrderCommands,
    AsyncProblemCommands,
    AsyncQuestionCommands,
    AsyncReleaseCommands,
    AsyncRequestCommands,
    AsyncTaskCommands,
    AsyncWorkCommands,
)
from itsmkit_sql.companions import Companion
from itsmkit_sql.store import SQLStore

__all__ = ["AsyncBind", "AsyncDesk", "Opening"]

P = ParamSpec("P")
Result = TypeVar("Result")
Rules = DeskConfig | str | PathLike[str] | Mapping[str, object]

AsyncBind = AsyncEngine | AsyncConnection | AsyncSession | async_scoped_session[Any]
"""What an application may own: an engine to borrow connections of, or what its own transaction happens on."""


class AsyncDesk(Twin[Desk]):
    """
    A service desk whose commands are awaited; made by `AsyncDesk.open` or `AsyncDesk.on`.

    Each method has the signature of the method of `Desk` that has its name, does the same, and raises the
    same. Many tasks of one event loop may use it at once. It belongs to the loop in which it was opened.

    Plugins are asked in the thread of the loop, by functions that are not awaited. While one of them
    computes, or waits for something else than this desk, all tasks wait: a plugin that calls another server
    belongs into a worker, which a synchronous `Desk` runs.

    Args:
        desk: The desk that it runs. Its store has an asynchronous driver.
    """

    @classmethod
    def open(
        cls,
        url: str,
        *,
        config: Rules | None = None,
        tenant: str = DEFAULT_TENANT,
        plugins: Plugins | Iterable[object] | str = "auto",
        clock: Clock = system_clock,
        random: Random | None = None,
        directory: Directory | None = None,
        shifts: Shifts | None = None,
        search: SearchIndex | str | None = None,
        documents: Documents = DOCUMENTS,
        companions: Iterable[Companion] = (),
    ) -> "Opening":
        """
        Open the desk whose records are where *url* says: ``async with AsyncDesk.open(url) as desk``.

        Without a ``with``, ``desk = await AsyncDesk.open(url)``; then it is to be closed.

        Args:
            url: As for `SQLStore.open`; ``sqlite+aiosqlite:///desk.db`` and ``sqlite:///desk.db`` are the
                same.
            config: The rules: as a value, the path of a TOML file or a mapping of the same shape; by default,
                the standard of an IT desk.
            tenant: Whose records.
            plugins: As for `Desk`.
            clock: As for `Desk`.
            random: As for `Desk`.
            directory: As for `Desk`.
            shifts: As for `Desk`.
            search: As for `Desk`.
            documents: As for `SQLStore.open`.
            companions: As for `SQLStore.open`.

        Raises:
            DefinitionError: When it is awaited, if something cannot be right, or a driver is missing.
            DatabaseError: When it is awaited, if the database cannot be worked on.
        """

        def opened() -> AsyncDesk:
            rules = _rules(config)
            store = SQLStore._opened_for_tasks(url, documents, companions)
            try:
                return cls(
                    _task_desk(
                        rules,
                        store=store,
                        tenant=tenant,
                        plugins=plugins,
                        clock=clock,
                        random=random,
                        directory=directory,
                        shifts=shifts,
                        search=search,
                    )
                )
            except BaseException:
                store.close()
                raise

        return Opening(opened)

    @classmethod
    def on(
        cls,
        bind: AsyncBind,
        *,
        config: Rules | None = None,
        tenant: str = DEFAULT_TENANT,
        plugins: Plugins | Iterable[object] | str = "auto",
        clock: Clock = system_clock,
        random: Random | None = None,
        directory: Directory | None = None,
        shifts: Shifts | None = None,
        search: SearchIndex | str | None = None,
        documents: Documents = DOCUMENTS,
        companions: Iterable[Companion] = (),
        create: bool = False,
    ) -> "Opening":
        """
        Return a desk on what the application owns, which is never closed by it; see `SQLStore.on`.

        Args:
            bind: The engine, connection or session, all of them asynchronous.
            config: As for `open`.
            tenant: Whose records.
            plugins: As for `Desk`.
            clock: As for `Desk`.
            random: As for `Desk`.
            directory: As for `open`.
            shifts: As for `open`.
            search: As for `Desk`.
            documents: As for `SQLStore.on`.
            companions: As for `SQLStore.on`.
            create: As for `SQLStore.on`.

        Raises:
            DefinitionError: When it is awaited, if something cannot be right.
            DatabaseError: When it is awaited, if the database cannot be worked on.
        """

        def opened() -> AsyncDesk:
            rules, host = _rules(config), _bind_of(bind)
            store = SQLStore.on(host, documents=documents, companions=companions, create=create)
            return cls(
                _task_desk(
                    rules,
                    store=store,
                    tenant=tenant,
                    plugins=plugins,
                    clock=clock,
                    random=random,
                    directory=directory,
                    shifts=shifts,
                    search=search,
                )
            )

        return Opening(opened)

    @property
    def config(self) -> DeskConfig:
        """What is agreed, allowed and escalated."""
        return self._commands.config

    @property
    def plugins(self) -> Plugins:
        """Who joins in."""
        return self._commands.plugins

    @property
    def clock(self) -> Clock:
        """Where it gets its time from."""
        return self._commands.clock

    @property
    def tenant(self) -> str:
        """Whose data it works on."""
        return self._commands.tenant

    def work(self, kind: str) -> AsyncWorkCommands[Any]:
        """See `Desk.work`."""
        return AsyncWorkCommands(self._commands.work(kind))

    def portal(self, viewer: Actor) -> AsyncPortal:
        """See `Desk.portal`."""
        return AsyncPortal(self._commands.portal(viewer))

    @property
    def directory(self) -> Directory:
        """Where it looks up people and structure."""
        return self._commands.directory

    @property
    def is_batch(self) -> bool:
        """Whether this is a desk bound to one transaction, as `batch` makes it."""
        return self._commands.is_batch

    incidents = room(Desk.incidents, AsyncIncidentCommands)
    questions = room(Desk.questions, AsyncQuestionCommands)
    requests = room(Desk.requests, AsyncRequestCommands)
    orders = room(Desk.orders, AsyncOrderCommands)
    complaints = room(Desk.complaints, AsyncComplaintCommands)
    problems = room(Desk.problems, AsyncProblemCommands)
    changes = room(Desk.changes, AsyncChangeCommands)
    releases = room(Desk.releases, AsyncReleaseCommands)
    work_tasks = room(Desk.work_tasks, AsyncTaskCommands)
    access = room(Desk.access, AsyncAccessCommands)

    tickets = room(Desk.tickets, AsyncTicketCommands)
    links = room(Desk.links, AsyncLinkCommands)
    aids = room(Desk.aids, AsyncAidCommands)
    checklists = room(Desk.checklists, AsyncChecklistCommands)
    search = room(Desk.search, AsyncSearchCommands)
    knowledge = room(Desk.knowledge, AsyncKnowledgeCommands)
    appointments = room(Desk.appointments, AsyncAppointmentCommands)
    automation = room(Desk.automation, AsyncAutomationCommands)
    schedules = room(Desk.schedules, AsyncScheduleCommands)
    escalation = room(Desk.escalation, AsyncEscalationCommands)
    remote_sessions = room(Desk.remote_sessions, AsyncRemoteSessionCommands)
    routing = room(Desk.routing, AsyncRoutingCommands)
    rotas = room(Desk.rotas, AsyncRotaCommands)
    coaching = room(Desk.coaching, AsyncCoachingCommands)
    delegations = room(Desk.delegations, AsyncDelegationCommands)
    conversations = room(Desk.conversations, AsyncConversationCommands)
    replies = room(Desk.replies, AsyncReplyCommands)
    classification = room(Desk.classification, AsyncClassificationCommands)
    surveys = room(Desk.surveys, AsyncSurveyCommands)
    improvements = room(Desk.improvements, AsyncImprovementCommands)
    workforce = room(Desk.workforce, AsyncWorkforceReads)
    catalogue = room(Desk.catalogue, AsyncCatalogueCommands)

    configuration = room(Desk.configuration, AsyncRulesCommands)
    cmdb = room(Desk.cmdb, AsyncConfigurationCommands)
    discovery = room(Desk.discovery, AsyncDiscoveryCommands)
    audit = room(Desk.audit, AsyncAudit)

    may = awaited(Desk.may)
    messages = awaited(Desk.messages)
    events = awaited(Desk.events)
    feed = iterated(Desk.feed)
    report = awaited(Desk.report)
    figures = awaited(Desk.figures)
    value = awaited(Desk.value)
    experience = awaited(Desk.experience)
    next_due = awaited(Desk.next_due)
    next_deadlines = awaited(Desk.next_deadlines)
    run_due = awaited(Desk.run_due)
    parked_timers = awaited(Desk.parked_timers)
    reread_agreements = awaited(Desk.reread_agreements)
    what_if = iterated(Desk.what_if)
    deliver = awaited(Desk.deliver)
    forget = awaited(Desk.forget)
    close = awaited(Desk.close)

    def acting_as(self, actor: Actor) -> Self:
        """Return the same desk, with *actor* doing whatever does not name another."""
        return type(self)(self._commands.acting_as(actor))

    def privileged(self, reason: str) -> Self:
        """Return the same desk for a program of the host: see `Desk.privileged`."""
        return type(self)(self._commands.privileged(reason))

    def of_tenant(self, tenant: str) -> Self:
        """Return a desk of the same rules and plugins for the records of *tenant*, at the same place."""
        return type(self)(self._commands.of_tenant(tenant))

    @asynccontextmanager
    async def batch(self) -> AsyncIterator[Self]:
        """Return this desk bound to one transaction: see `Desk.batch`. It belongs to one task."""
        batch = self._commands.batch()
        opened = type(self)(await greenlet_spawn(batch.__enter__))
        try:
            yield opened
        except BaseException as error:
            await greenlet_spawn(batch.__exit__, type(error), error, error.__traceback__)
            raise
        await greenlet_spawn(batch.__exit__, None, None, None)

    async def run_sync(
        self, work: Callable[Concatenate[Desk, P], Result], *args: P.args, **kwargs: P.kwargs
    ) -> Result:
        """
        Run code that is not asynchronous on this desk, as SQLAlchemy's ``run_sync`` does on its connections.

        Args:
            work: What to run in the thread of the event loop. It gets the desk with the commands that are not
                awaited; while these wait for the database, the loop goes on with other tasks.
            *args: What else it gets.
            **kwargs: What else it gets, by name.

        Returns:
            What it returns.
        """
        return await greenlet_spawn(partial(work, self._commands, *args, **kwargs))

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_exception: object) -> None:
        await self.close()


class Opening:
    """
    A desk that is about to be opened: by ``await``, or by ``async with``, which closes it in the end.

    Args:
        opened: Opens it.
    """

    def __init__(self, opened: Callable[[], AsyncDesk]) -> None:
        self._opened = opened
        self._desk: AsyncDesk | None = None

    def __await__(self) -> Generator[Any, Any, AsyncDesk]:
        return greenlet_spawn(self._opened).__await__()

    async def __aenter__(self) -> AsyncDesk:
        self._desk = await self
        return self._desk

    async def __aexit__(self, *_exception: object) -> None:
        if self._desk is not None:
            await self._desk.close()


class _TaskDesk(Desk):
    """A desk that tasks of one event loop share."""

    _new_lock = TaskLock


_task_desk = partial(_TaskDesk, pause=lambda duration: pause(duration.total_seconds(), is_async=True))


def _rules(config: Rules | None) -> DeskConfig | None:
    return config if config is None or isinstance(config, DeskConfig) else DeskConfig.load(config)


def _bind_of(bind: AsyncBind) -> Bind:
    """
    Return what stands behind something asynchronous.

    Raises:
        DefinitionError: If it is nothing to work on.
    """
    if isinstance(bind, async_scoped_session):
        return _bind_of(bind())
    if isinstance(bind, AsyncEngine):
        return bind.sync_engine
    if isinstance(bind, AsyncSession):
        return bind.sync_session
    if not is_a(bind, AsyncConnection):
        problem = (
            "an AsyncDesk works on an AsyncEngine, an AsyncConnection or an AsyncSession of SQLAlchemy, not "
            f"on {shown(bind)}"
        )
        raise DefinitionError(problem)
    if bind.sync_connection is None:
        problem = "the connection is not there yet: enter it first by `async with`, or await it"
        raise DefinitionError(problem)
    return bind.sync_connection
