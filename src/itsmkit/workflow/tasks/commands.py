"""
What people and machines may ask of a running task graph.

Each function looks at how the graph stands and returns the event to append to its history, or refuses with
every reason. None of them changes anything.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import TypeVar

from attrs import frozen

from itsmkit._frozen import EMPTY
from itsmkit.workflow.tasks._refusals import refusals
from itsmkit.workflow.tasks.errors import TaskRefusedError
from itsmkit.workflow.tasks.events import (
    FactsChanged,
    TaskDone,
    TaskEvent,
    TaskFailed,
    TaskGraphBegun,
    TaskReopened,
    TaskSkipped,
    TaskStarted,
)
from itsmkit.workflow.tasks.graph import TaskGraph
from itsmkit.workflow.tasks.reading import TaskGraphReading, TaskReading

__all__ = ["begin", "change_facts", "fail", "finish", "reopen", "skip", "start"]

E = TypeVar("E", bound=TaskEvent)


def begin(
    reading: TaskGraphReading, facts: Mapping[str, object] = EMPTY, *, at: datetime, by: str
) -> TaskGraphBegun:
    """
    Begin the work.

    Args:
        reading: How the graph stands.
        facts: Facts of the request. Those that the graph does not speak of are left out.
        at: When.
        by: The id of who begins it.

    Raises:
        TaskRefusedError: If it has begun already, or a fact is missing or not of the type declared for it.
    """
    known = {name: facts[name] for name in reading.graph.facts.types if name in facts}
    event = TaskGraphBegun(reading.graph.name, reading.graph.version, known, at=at, by=by)
    return _allowed("begin", None, reading, event)


def change_facts(
    reading: TaskGraphReading, facts: Mapping[str, object], *, at: datetime, by: str
) -> FactsChanged:
    """
    Say that the request brings other facts from now on; what was decided before stays.

    Args:
        reading: How the graph stands.
        facts: The new values by name; ``None`` takes one away.
        at: When.
        by: The id of who says so.

    Raises:
        TaskRefusedError: If the work has not begun, or a fact is unknown, missing or of another type.
    """
    return _allowed("change the facts of", None, reading, FactsChanged(facts, at=at, by=by))


def start(reading: TaskGraphReading, task: str, *, at: datetime, by: str) -> TaskStarted:
    """
    Start an attempt at a task.

    Args:
        reading: How the graph stands.
        task: The name of the task.
        at: When.
        by: The id of who starts it.

    Raises:
        TaskRefusedError: If it is not ready.

    >>> from datetime import UTC, datetime
    >>> from itsmkit.workflow.tasks import Task, TaskGraph, read_tasks
    >>> graph = TaskGraph("laptop", [Task("order"), Task("install", after="order")])
    >>> nine = datetime(2026, 3, 2, 9, tzinfo=UTC)
    >>> history = [begin(read_tasks(graph, []), at=nine, by="portal")]
    >>> start(read_tasks(graph, history), "install", at=nine, by="kim")
    Traceback (most recent call last):
        ...
    itsmkit.workflow.tasks.errors.TaskRefusedError: cannot start 'install': it is waiting: waits for 'order'
    """
    return _allowed("start", task, reading, TaskStarted(task, at=at, by=by))


def finish(
    reading: TaskGraphReading, task: str, outputs: Mapping[str, object] = EMPTY, *, at: datetime, by: str
) -> TaskDone:
    """
    Say that a task is done.

    Args:
        reading: How the graph stands.
        task: The name of the task.
        outputs: The facts that the task is declared to give, and no others.
        at: When.
        by: The id of who did it.

    Raises:
        TaskRefusedError: If it is not running, or a fact is unknown, missing or of another type.
    """
    return _allowed("finish", task, reading, TaskDone(task, outputs, at=at, by=by))


def fail(reading: TaskGraphReading, task: str, reason: str, *, at: datetime, by: str) -> TaskFailed:
    """
    Say that an attempt at a task failed.

    Args:
        reading: How the graph stands.
        task: The name of the task.
        reason: Why, in a sentence.
        at: When.
        by: The id of who says so.

    Raises:
        TaskRefusedError: If it is not running.
    """
    return _allowed("fail", task, reading, TaskFailed(task, reason, at=at, by=by))


def skip(reading: TaskGraphReading, task: str, reason: str, *, at: datetime, by: str) -> TaskSkipped:
    """
    Go on without a task, whatever has become of it so far; one that waits is skipped when its turn comes.

    Args:
        reading: How the graph stands.
        task: The name of the task.
        reason: Why, in a sentence.
        at: When.
        by: The id of who decides that.

    Raises:
        TaskRefusedError: If it has ended, or will be skipped already.
    """
    return _allowed("skip", task, reading, TaskSkipped(task, reason, at=at, by=by))


def reopen(reading: TaskGraphReading, task: str, reason: str, *, at: datetime, by: str) -> TaskReopened:
    """
    Give a task that failed for good all its attempts anew.

    Args:
        reading: How the graph stands.
        task: The name of the task.
        reason: Why, in a sentence.
        at: When.
        by: The id of who decides that.

    Raises:
        TaskRefusedError: If it has not failed, or the work has gone on from its failure.
    """
    return _allowed("reopen", task, reading, TaskReopened(task, reason, at=at, by=by))


@frozen
class _AsRead:
    """A reading, as refusals ask it."""

    reading: TaskGraphReading

    @property
    def graph(self) -> TaskGraph:
        return self.reading.graph

    @property
    def has_begun(self) -> bool:
        return self.reading.begun_at is not None

    @property
    def facts(self) -> Mapping[str, object]:
        return self.reading.facts

    def reading_of(self, name: str) -> TaskReading:
        return self.reading.tasks[name]


def _allowed(action: str, task: str | None, reading: TaskGraphReading, event: E) -> E:
    reasons = refusals(_AsRead(reading), event)
    if reasons:
        raise TaskRefusedError(action, task, *reasons)
    return event
