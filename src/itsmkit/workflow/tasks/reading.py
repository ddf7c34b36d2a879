"""How a task graph stands: every task with its status and why it has it."""

from collections.abc import Iterator, Mapping
from datetime import datetime
from enum import StrEnum

from attrs import field, frozen

from itsmkit._frozen import EMPTY, frozen_dict
from itsmkit.workflow.tasks.errors import UnknownTaskError
from itsmkit.workflow.tasks.graph import TaskGraph

__all__ = ["TaskCause", "TaskCauseKind", "TaskGraphReading", "TaskReading", "TaskStatus"]


class TaskStatus(StrEnum):
    """How a task stands."""

    WAITING = "waiting"
    """Its predecessors do not let it go on yet."""

    READY = "ready"
    """It may be started, for the first time or once more."""

    RUNNING = "running"
    """Somebody, or something, is at it."""

    DONE = "done"
    """It was done."""

    FAILED = "failed"
    """It failed, and has no attempt left."""

    SKIPPED = "skipped"
    """Somebody decided to go on without it."""

    NOT_NEEDED = "not needed"
    """Its condition did not hold, or none of its predecessors was needed."""

    BLOCKED = "blocked"
    """It cannot go on unless somebody reopens or skips a task that failed."""


class TaskCauseKind(StrEnum):
    """Why a task stands as it does."""

    NOT_BEGUN = "not begun"
    """The work has not begun."""

    WAITS_FOR = "waits for"
    """Tasks that it waits for have not ended."""

    BEGINNING = "beginning"
    """It has no predecessors."""

    LET_GO_ON = "let go on"
    """So many of its predecessors as it waits for have ended, or all that can."""

    CONDITION_HELD = "condition held"
    """Its condition held when it was asked."""

    CONDITION_FAILED = "condition failed"
    """Its condition did not hold when it was asked."""

    NONE_NEEDED = "none needed"
    """None of its predecessors was needed."""

    ATTEMPT = "attempt"
    """Which attempt it is."""

    FAILURE = "failure"
    """An attempt failed."""

    DONE = "done"
    """Somebody did it."""

    SKIPPED = "skipped"
    """Somebody decided to go on without it."""

    REOPENED = "reopened"
    """Somebody gave it new attempts."""

    BEHIND_FAILURE = "behind failure"
    """It waits for tasks that failed, or that are blocked themselves."""

    STOPPED = "stopped"
    """Nothing starts since a task failed that stops the graph."""


@frozen
class TaskCause:
    """
    One reason why a task stands as it does.

    Args:
        kind: What kind of reason.
        tasks: The names of the other tasks that it lies in.
        detail: What else there is to say, as text: who, for what reason, upon which facts.
    """

    kind: TaskCauseKind
    tasks: tuple[str, ...] = ()
    detail: str = ""

    def __str__(self) -> str:
        said = _SENTENCE[self.kind].format(tasks=", ".join(map(repr, self.tasks)), detail=self.detail)
        return said.removesuffix(" ()")


_SENTENCE: Mapping[TaskCauseKind, str] = {
    TaskCauseKind.NOT_BEGUN: "the work has not begun",
    TaskCauseKind.WAITS_FOR: "waits for {detail}{tasks}",
    TaskCauseKind.BEGINNING: "stands at the beginning",
    TaskCauseKind.LET_GO_ON: "comes after {tasks}",
    TaskCauseKind.CONDITION_HELD: "its condition held ({detail})",
    TaskCauseKind.CONDITION_FAILED: "its condition did not hold ({detail})",
    TaskCauseKind.NONE_NEEDED: "needed only after {tasks}, not needed either",
    TaskCauseKind.ATTEMPT: "attempt {detail}",
    TaskCauseKind.FAILURE: "failed at attempt {detail}",
    TaskCauseKind.DONE: "done by {detail}",
    TaskCauseKind.SKIPPED: "skipped by {detail}",
    TaskCauseKind.REOPENED: "reopened by {detail}",
    TaskCauseKind.BEHIND_FAILURE: "waits for {tasks}, which failed or is blocked; reopen or skip what failed",
    TaskCauseKind.STOPPED: "nothing starts since {tasks} failed; reopen or skip it",
}


@frozen
class TaskReading:
    """
    How one task stands.

    Args:
        task: Its name.
        status: How it stands.
        because: Why; at least one cause, the latest last.
        attempt: The number of the last attempt since it was last reopened, from 1; 0 if there was none.
        ready_at: When it could first be started; in UTC. ``None`` if that has not come.
        started_at: When the last attempt began; in UTC.
        ended_at: When it ended: done, skipped, not needed, or failed for good; in UTC.
        is_ended: Whether it has ended, so that what comes after it need not wait for it. A task that failed
            has only if the work goes on then: see `OnFailure <itsmkit.workflow.tasks.OnFailure>`.
        will_be_skipped: Whether it waits still, and will be skipped when its turn comes.
    """

    task: str
    status: TaskStatus
    because: tuple[TaskCause, ...]
    attempt: int = field(default=0, kw_only=True)
    ready_at: datetime | None = field(default=None, kw_only=True)
    started_at: datetime | None = field(default=None, kw_only=True)
    ended_at: datetime | None = field(default=None, kw_only=True)
    is_ended: bool = field(default=False, kw_only=True)
    will_be_skipped: bool = field(default=False, kw_only=True)

    def explain(self) -> str:
        """Return the status and its causes as one line."""
        return f"{self.task}: {self.status} ({'; '.join(map(str, self.because))})"


@frozen
class TaskGraphReading:
    """
    How a task graph stands after some events: see `read_tasks <itsmkit.workflow.tasks.read_tasks>`.

    Args:
        graph: The graph.
        tasks: How each task stands, by name, in the order of declaration.
        facts: What conditions would be asked about now: of the request, of the tasks that are done, and how
            those have ended that have.
        begun_at: When the work began; in UTC. ``None`` if it has not.
        read_at: When the last event counts from; in UTC. ``None`` if there is none.
    """

    graph: TaskGraph
    tasks: Mapping[str, TaskReading] = field(converter=frozen_dict)
    facts: Mapping[str, object] = field(default=EMPTY, converter=frozen_dict, kw_only=True)
    begun_at: datetime | None = field(default=None, kw_only=True)
    read_at: datetime | None = field(default=None, kw_only=True)

    def __getitem__(self, name: str) -> TaskReading:
        """
        Return how the task of that name stands.

        Raises:
            UnknownTaskError: If there is none.
        """
        try:
            return self.tasks[name]
        except KeyError:
            raise UnknownTaskError(self.graph.name, name, tuple(self.tasks)) from None

    def with_status(self, *statuses: TaskStatus) -> tuple[str, ...]:
        """Return the names of the tasks that stand at one of *statuses*, in the order of declaration."""
        return tuple(name for name, each in self.tasks.items() if each.status in statuses)

    @property
    def ready(self) -> tuple[str, ...]:
        """The names of the tasks that may be started."""
        return self.with_status(TaskStatus.READY)

    @property
    def running(self) -> tuple[str, ...]:
        """The names of the tasks that somebody is at."""
        return self.with_status(TaskStatus.RUNNING)

    @property
    def is_done(self) -> bool:
        """Whether the work has begun and every task has ended, so that nothing can happen any more."""
        return self.begun_at is not None and all(each.is_ended for each in self.tasks.values())

    @property
    def is_stuck(self) -> bool:
        """Whether the work is not done and goes on only if somebody reopens or skips a task that failed."""
        return self.begun_at is not None and not (self.is_done or self.ready or self.running)

    @property
    def stuck_because(self) -> tuple[TaskReading, ...]:
        """The tasks that failed and hold others up, or the whole; empty if the work is not stuck."""
        return tuple(self._holding_up()) if self.is_stuck else ()

    def _holding_up(self) -> Iterator[TaskReading]:
        for each in self.tasks.values():
            if each.status is TaskStatus.FAILED and not each.is_ended:
                yield each

    def explain(self) -> str:
        """Return a line on the whole, and one for each task."""
        return "\n".join([self._head(), *(f"- {each.explain()}" for each in self.tasks.values())])

    def _head(self) -> str:
        name = f"task graph {self.graph.name!r}"
        if self.begun_at is None:
            return f"{name}: not begun"
        if self.is_done:
            return f"{name}: done"
        if self.is_stuck:
            return f"{name}: stuck, since {', '.join(repr(each.task) for each in self.stuck_because)} failed"
        ready, running = (", ".join(names) or "nothing" for names in (self.ready, self.running))
        return f"{name}: ready {ready}; running {running}"
