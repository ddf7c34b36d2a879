"""
Failures on demand: the n-th call fails, before it has happened or after.

`Faults` counts the calls of everything that it is put around: a store with its units of work, a clock, the
hooks of a plugin. The call whose turn it is fails. `itsmkit.testing.failure_loop` does this for n = 1, 2, 3 …
until nothing is left that could fail.
"""

from collections.abc import Callable, Iterable, Sequence
from contextlib import AbstractContextManager
from datetime import datetime
from enum import StrEnum
from threading import Lock
from types import TracebackType
from typing import Any, Self, TypeVar, cast

from attrs import define, field, frozen

from itsmkit.cmdb import ConfigurationItem, SourceRecord
from itsmkit.desk import Clock
from itsmkit.plugin import DeliveryReceipt, Discovery, Notification, Store, UnitOfWork, hookimpl
from itsmkit.practices import PublicLetter
from itsmkit.practices.access import Grant, Viewer
from itsmkit.practices.automation import RobotReport, RobotTask
from itsmkit.practices.classification import Prediction
from itsmkit.practices.conversations import BotAct, BotAnswer, BotTurn, ConversationSession
from itsmkit.practices.remote_sessions import SessionRef
from itsmkit.practices.routing import RoutingAdvice
from itsmkit.practices.work_aids import Suggestion
from itsmkit.tickets import Actor, Ticket, TicketEvent

__all__ = ["EveryHook", "Faults", "InjectedError", "Moment", "failing_clock", "failing_store"]

T = TypeVar("T")


class Moment(StrEnum):
    """When a call fails."""

    BEFORE = "before"
    """Before anything has happened."""

    AFTER = "after"
    """After it has happened, so that its answer is lost: as when the connection breaks after the commit."""


class InjectedError(Exception):
    """What a planned failure raises, unless it is given something else to raise."""


@define(eq=False)
class Faults:
    """
    Which call fails. Several threads may share it.

    Args:
        at: The number of the call, from 1; with 0, none fails, and calls are only counted.
        moment: Whether it fails before it has happened, or after. A call that fails by itself is left to
            that.
        error: Makes what is raised.
        watch: Told the name of every call that has come to its end.
        calls: The names of all calls so far, in their order.
        raised: What was raised by the one that failed, or ``None``.

    >>> faults = Faults(at=2)
    >>> faults.call("first", int, "1")
    1
    >>> faults.call("second", int, "2")
    Traceback (most recent call last):
    itsmkit.testing.faults.InjectedError: call 2 failed before it happened: second
    >>> faults.call("third", int, "3"), faults.calls
    (3, ['first', 'second', 'third'])
    """

    at: int = 0
    moment: Moment = Moment.BEFORE
    error: Callable[[str], BaseException] = InjectedError
    watch: Callable[[str], object] = bool
    calls: list[str] = field(factory=list, init=False)
    raised: BaseException | None = field(default=None, init=False)
    _lock: Lock = field(factory=Lock, init=False, repr=False)

    @property
    def is_over(self) -> bool:
        """Whether the call whose turn it is was made."""
        return 0 < self.at <= len(self.calls)

    def has_caused(self, error: BaseException | None) -> bool:
        """Tell whether an error is what was raised here, or was raised because of it."""
        while error is not None and error is not self.raised:
            error = error.__cause__ or error.__context__
        return error is not None

    def call(self, name: str, function: Callable[..., T], /, *arguments: Any, **options: Any) -> T:
        """Return what *function* returns, or fail in place of it."""
        if not self._counted(name):
            answer = function(*arguments, **options)
            self.watch(name)
            return answer
        if self.moment is Moment.AFTER:
            function(*arguments, **options)
        raise self._failure(name)

    def leave(self, name: str, context: AbstractContextManager[object]) -> None:
        """
        Leave a context that nothing was raised in, or fail.

        To fail before means that the context is left by the failure.
        """
        if not self._counted(name):
            context.__exit__(None, None, None)
            self.watch(name)
            return
        failure = self._failure(name)
        if self.moment is Moment.AFTER:
            context.__exit__(None, None, None)
        else:
            context.__exit__(type(failure), failure, failure.__traceback__)
        raise failure

    def _counted(self, name: str) -> bool:
        """Count a call, and tell whether it is the one to fail."""
        with self._lock:
            self.calls.append(name)
            return len(self.calls) == self.at

    def _failure(self, name: str) -> BaseException:
        self.raised = self.error(f"call {self.at} failed {self.moment} it happened: {name}")
        return self.raised


class _Around:
    """Something whose calls are counted, each by its name, and fail as planned."""

    def __init__(self, inner: object, faults: Faults, prefix: str) -> None:
        self._inner = inner
        self._faults = faults
        self._prefix = prefix

    def __getattr__(self, name: str) -> object:
        found = getattr(self._inner, name)
        if not callable(found):
            return found

        def counted(*arguments: Any, **options: Any) -> object:
            return self._faults.call(f"{self._prefix}.{name}", found, *arguments, **options)

        return counted


class _FailingUnit(_Around):
    """The context of a unit of work, and the unit."""

    def __init__(self, context: AbstractContextManager[UnitOfWork], faults: Faults) -> None:
        super().__init__(context, faults, "unit")
        self._context = context

    def __enter__(self) -> Self:
        # Not counted: to fail here is to fail at `begin`, for nothing has happened yet.
        self._inner = self._context.__enter__()
        return self

    def __exit__(
        self,
        raised: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> bool | None:
        if raised is not None:
            return self._context.__exit__(raised, error, traceback)
        self._faults.leave("unit.commit", self._context)
        return None


class _FailingStore(_Around):
    """A store whose units of work, and views for other tenants, fail by the same plan."""

    def __init__(self, store: Store, faults: Faults) -> None:
        super().__init__(store, faults, "store")
        self._store = store

    def begin(self) -> _FailingUnit:
        return _FailingUnit(self._faults.call("store.begin", self._store.begin), self._faults)

    def of_tenant(self, tenant: str) -> "_FailingStore":
        view = self._faults.call("store.of_tenant", self._store.of_tenant, tenant)
        return _FailingStore(view, self._faults)


def failing_store(store: Store, faults: Faults) -> Store:
    """
    Return *store* with every call counted and failing as planned: its own, and those of its units of work.

    A unit of work is begun by the call ``store.begin`` and left by ``unit.commit``; a unit that fails before
    its commit is undone. What an undone unit does is not counted.
    """
    return cast("Store", _FailingStore(store, faults))


def failing_clock(clock: Clock, faults: Faults) -> Clock:
    """Return *clock* with every reading counted and failing as planned."""

    def now() -> datetime:
        return faults.call("clock", clock)

    return now


@frozen(eq=False)
class EveryHook:
    """
    A plugin that implements every hook a desk asks of plugins, each counted and failing as planned.

    Its gate lets everything pass, its observer and its notifier keep what they are told, and its discovery
    finds what it was given.

    Args:
        faults: What fails.
        records: What it discovers, of one source.
        delivered: The notifications that it was given, in that order, repeated ones among them.
        heard: The events that it was told, likewise.
        provisioned: The grants that it was to provision, by their keys.
        deprovisioned: The grants that it was to take back, by their keys.
    """

    faults: Faults
    records: Iterable[SourceRecord] = ()
    delivered: list[Notification] = field(factory=list, init=False)
    heard: list[TicketEvent] = field(factory=list, init=False)
    provisioned: dict[str, Grant] = field(factory=dict, init=False)
    deprovisioned: dict[str, Grant] = field(factory=dict, init=False)

    @hookimpl
    def itsmkit_before_transition(self, ticket: Ticket, trigger: str, target: str, actor: Actor) -> None:
        """Let it pass."""
        del ticket, trigger, target, actor
        self.faults.call("plugin.before_transition", bool)

    @hookimpl
    def itsmkit_authorise(self, viewer: Viewer, operation: str, ticket: Ticket | None) -> None:
        """Let it pass."""
        del viewer, operation, ticket
        self.faults.call("plugin.authorise", bool)

    @hookimpl
    def itsmkit_deliver(self, notification: Notification) -> DeliveryReceipt:
        """Keep the notification."""
        self.faults.call("plugin.deliver", self.delivered.append, notification)
        return DeliveryReceipt(notification.key, "kept")

    @hookimpl
    def itsmkit_on_event(self, event: TicketEvent) -> None:
        """Keep the event."""
        self.faults.call("plugin.on_event", self.heard.append, event)

    @hookimpl
    def itsmkit_provision(self, grant: Grant, key: str) -> None:
        """Keep the grant."""
        self.faults.call("plugin.provision", self.provisioned.__setitem__, key, grant)

    @hookimpl
    def itsmkit_deprovision(self, grant: Grant, key: str) -> None:
        """Keep the grant, which is none any more."""
        self.faults.call("plugin.deprovision", self.deprovisioned.__setitem__, key, grant)

    @hookimpl
    def itsmkit_ci_facets(self, ci: ConfigurationItem, at: datetime) -> dict[str, object]:
        """Tell nothing."""
        del ci, at
        return self.faults.call("plugin.ci_facets", dict)

    @hookimpl
    def itsmkit_remote_session(self, ci: ConfigurationItem, agent: Actor, ticket: Ticket) -> SessionRef:
        """Open a session."""
        del ci, agent, ticket
        return self.faults.call("plugin.remote_session", SessionRef, "viewer", "viewer://7")

    @hookimpl
    def itsmkit_suggest_reply(self, ticket: Ticket, letters: Sequence[PublicLetter]) -> Sequence[Suggestion]:
        """Suggest one answer."""
        del ticket, letters
        text = "Have you tried another cable?"
        return [self.faults.call("plugin.suggest_reply", Suggestion, text, "article-7", 0.75)]

    @hookimpl
    def itsmkit_route(self, ticket: Ticket) -> RoutingAdvice:
        """Advise the group that the rules choose, too."""
        del ticket
        return self.faults.call("plugin.route", RoutingAdvice, "network", "ann", 0.5)

    @hookimpl
    def itsmkit_run_robot(self, task: RobotTask) -> RobotReport:
        """Do it."""
        return self.faults.call("plugin.run_robot", RobotReport, "done", f"{task.robot} has done it")

    @hookimpl
    def itsmkit_bot_turn(self, conversation: ConversationSession) -> BotTurn:
        """Answer; who is about to log something, has it logged."""
        return self.faults.call("plugin.bot_turn", _answer_to, conversation.asked)

    @hookimpl
    def itsmkit_classify(self, ticket: Ticket, fields: Sequence[str]) -> Sequence[Prediction]:
        """Predict one group."""
        del ticket, fields
        return [self.faults.call("plugin.classify", Prediction, "support_group", "network", 0.9)]

    @hookimpl
    def itsmkit_discover(self, at: datetime) -> Discovery | None:
        """Find what it was given."""
        del at
        records = tuple(self.records)
        if not records:
            return None
        return self.faults.call("plugin.discover", Discovery, records[0].source, records)


def _answer_to(asked: str) -> BotTurn:
    acts = [BotAct("incidents.log", {"title": asked})] if asked.startswith("log") else []
    return BotAnswer(text="Have you tried another cable?", acts=acts)
