"""Tasks of Procrastinate that do the work of a desk."""

from collections.abc import Callable
from datetime import datetime, timedelta
from logging import getLogger
from threading import Lock
from typing import Any

from attrs import define, field
from procrastinate import App, BaseRetryStrategy, JobContext, RetryStrategy
from procrastinate.exceptions import AlreadyEnqueued, JobAborted
from procrastinate.jobs import JobDeferrer

from itsmkit._problems import name_problems, shown
from itsmkit.desk import Desk, system_clock
from itsmkit.errors import DefinitionError
from itsmkit_procrastinate._names import DELIVER, QUEUE, RUN_DUE, SWEEP, lock_of
from itsmkit_procrastinate._rounds import round_of_job
from itsmkit_procrastinate.jobs import DeskJobs

__all__ = ["register"]

_log = getLogger("itsmkit.worker")

_PAUSE = timedelta(seconds=1)
"""How long to wait when a job has come before its time, as it does where clocks differ."""

_RETRY = RetryStrategy(max_attempts=10, exponential_wait=2)
"""Tried again after 2, 4, 8 … seconds, for half an hour in all. The sweep goes on after that."""


def register(
    app: App,
    open_desk: Callable[[], Desk],
    *,
    queue: str = QUEUE,
    sweep: str = "* * * * *",
    retry: BaseRetryStrategy = _RETRY,
) -> None:
    """
    Give an application of Procrastinate the tasks of a desk.

    ``itsmkit.run_due`` runs what has become due for a tenant, ``itsmkit.deliver`` delivers for it, and
    ``itsmkit.sweep`` does both for all tenants from time to time: whatever happens to a job, nothing is later
    than that. Any number of workers may run them, and each checkpoint passes exactly once.

    The desk is synchronous, so the tasks are, too: a worker runs each in a thread, whatever it does
    meanwhile. A worker that is told to stop leaves the rest to others.

    Args:
        app: The application whose workers are to do it.
        open_desk: Opens the desk, with `DeskJobs` among the companions of its store: what is due lets others
            become due. It is called once in each process, by the first job.
        queue: Where the jobs wait: the same as for `DeskJobs`.
        sweep: When to do all, as cron writes it; by default, each minute.
        retry: How jobs that fail are tried again.

    Raises:
        DefinitionError: If *queue* is no name.
        procrastinate.exceptions.TaskAlreadyRegistered: If the application has these tasks already.
    """
    problems = [*name_problems("queue", queue)]
    if problems:
        raise DefinitionError(*problems)
    desks = _Desks(open_desk)

    @app.task(name=RUN_DUE, queue=queue, retry=retry, pass_context=True)
    def run_due(context: JobContext, *, tenant: str) -> None:
        _run_due(context, desks.of(tenant))

    @app.task(name=DELIVER, queue=queue, retry=retry, pass_context=True)
    def deliver(context: JobContext, *, tenant: str) -> None:
        _deliver(context, desks.of(tenant))

    @app.periodic(cron=sweep)
    @app.task(name=SWEEP, queue=queue, queueing_lock=SWEEP, pass_context=True)
    def sweep_all(context: JobContext, timestamp: int) -> None:  # noqa: ARG001  # given to all that are periodic
        failures = []
        for tenant in desks.tenants():
            try:
                desk = desks.of(tenant)
                _run_due(context, desk)
                _deliver(context, desk)
            except JobAborted:
                raise
            except Exception as error:  # noqa: BLE001  whatever it is, the others must not wait for it
                error.add_note(f"in the work of tenant {tenant}")
                failures.append(error)
        if failures:
            raise ExceptionGroup("the work of some tenants failed; the next sweep tries again", failures)


def _run_due(context: JobContext, desk: Desk) -> None:
    with round_of_job() as done:
        report = desk.run_due(stop=context.should_abort)
    for failure in report.failures:
        _log.warning("tenant %s: %s", desk.tenant, failure, exc_info=failure.error)
    if done.is_owed:
        _configured(context, DELIVER).defer(tenant=desk.tenant)
    _leave_if_stopped(context)
    _go_on(context, RUN_DUE, desk, desk.next_due())


def _deliver(context: JobContext, desk: Desk) -> None:
    report = desk.deliver(stop=context.should_abort)
    for entry in report.parked:
        _log.warning("tenant %s: notification %s: %s", desk.tenant, entry.notification.key, entry.parked)
    for problem in report.observer_failures:
        _log.warning("tenant %s: %s", desk.tenant, problem, exc_info=problem)
    _leave_if_stopped(context)
    _go_on(context, DELIVER, desk, report.again_at)


def _leave_if_stopped(context: JobContext) -> None:
    """Let a job that has left something undone come back, as those of a worker do that stops."""
    if context.should_abort():
        raise JobAborted


def _go_on(context: JobContext, task: str, desk: Desk, at: datetime | None) -> None:
    """See to it that there is a job for *task* at an instant, if at any."""
    if at is None:
        return
    came = context.job.scheduled_at
    if came is not None and came >= at:
        # By the clock of the database it was time, by that of the desk it is not yet.
        at = max(came, system_clock()) + _PAUSE
    lock = lock_of(task, desk.tenant, at)
    # One that waits has yet to look at what there is to do. It is asked for first, since the server would
    # write each one that is refused into its log, as an error.
    if context.app.job_manager.list_jobs(queueing_lock=lock, status="todo"):
        return
    try:
        _configured(context, task, schedule_at=at, queueing_lock=lock).defer(tenant=desk.tenant)
    except AlreadyEnqueued:
        _log.debug("tenant %s: another worker was first to defer %s", desk.tenant, lock)


def _configured(context: JobContext, task: str, **options: Any) -> JobDeferrer:
    """Return what defers a job where the present one comes from."""
    return context.app.configure_task(task, queue=context.job.queue, priority=context.job.priority, **options)


@define
class _Desks:
    """
    The desks of a process, one for each tenant, which is opened when it is first needed.

    Args:
        open_desk: Opens the first one.
    """

    open_desk: Callable[[], Desk]
    _first: Desk | None = field(default=None, init=False)
    _of: dict[str, Desk] = field(factory=dict, init=False)
    _lock: Lock = field(factory=Lock, init=False)

    def of(self, tenant: str) -> Desk:
        with self._lock:
            found = self._of.get(tenant)
            if found is None:
                found = self._of[tenant] = self._opened().of_tenant(tenant)
            return found

    def tenants(self) -> tuple[str, ...]:
        """Return those that have any data."""
        with self._lock:
            return tuple(self._opened().store.tenants())

    def _opened(self) -> Desk:
        if self._first is None:
            self._first = _checked(self.open_desk())
        return self._first


def _checked(desk: object) -> Desk:
    """Return a desk that leaves jobs. Raises a `DefinitionError` if *desk* is none."""
    if not isinstance(desk, Desk):
        problem = f"open_desk must return a Desk, not {shown(desk)}"
        raise DefinitionError(problem)
    if not any(isinstance(each, DeskJobs) for each in getattr(desk.store, "companions", ())):
        problem = (
            f"the store of the desk, a {type(desk.store).__name__}, leaves no jobs for what comes next; open "
            "it with a companion: SQLStore.open(url, companions=[DeskJobs()])"
        )
        raise DefinitionError(problem)
    if desk.store.is_joined:
        problem = (
            "the store of the desk takes part in a transaction of others, and a job is one of its own; open "
            "it by a URL, or on an engine"
        )
        raise DefinitionError(problem)
    return desk
