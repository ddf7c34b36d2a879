"""A running task graph, read from its history."""

from collections import deque
from collections.abc import Iterable, Mapping
from datetime import datetime

from attrs import define, field

from itsmkit._checks import is_a
from itsmkit._frozen import EMPTY
from itsmkit._problems import shown
from itsmkit.conditions import ALWAYS, explain
from itsmkit.workflow.tasks._graph_checks import outcome_of
from itsmkit.workflow.tasks._refusals import refusals
from itsmkit.workflow.tasks.errors import TaskHistoryError
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
from itsmkit.workflow.tasks.reading import (
    TaskCause,
    TaskCauseKind,
    TaskGraphReading,
    TaskReading,
    TaskStatus,
)
from itsmkit.workflow.tasks.task import OnFailure, Task

__all__ = ["read_tasks"]

_Kind = TaskCauseKind
_Status = TaskStatus


def read_tasks(graph: TaskGraph, events: Iterable[TaskEvent]) -> TaskGraphReading:
    """
    Return how *graph* stands after *events*.

    The turn of a task comes as soon as so many of its predecessors as it waits for have ended, apart from
    those that were not needed; or as soon as all of them have ended. Then it is decided, once, upon the facts
    known then, whether it comes at all:

    - If none of its predecessors was needed, it is not needed either, unless it is done regardless.
    - Otherwise, if somebody has decided to go on without it, it is skipped.
    - Otherwise, if its condition does not hold, it is not needed.
    - Otherwise it is ready.

    Facts that change later change nothing about that. A task that is skipped, or that failed where the work
    continues, lets others go on just as one that is done. Who skips a task that waits still, decides ahead:
    it ends when its turn comes, so that nothing overtakes what came before it.

    A task that waits for any, or for some, of its predecessors does not end the others. They go on, since a
    graph cannot undo what people have begun; whoever does not want them any more, skips them. The graph is
    done when all its tasks have ended.

    A failed attempt leaves a task ready, as long as it has attempts. After the last one it has failed, and
    `OnFailure <itsmkit.workflow.tasks.OnFailure>` says what that means. Whoever reopens it gives it all its
    attempts anew; whoever skips it, lets the work go on without it.

    Cost: grows with the events, the tasks and the predecessors that they name.

    Args:
        graph: The graph.
        events: Its history, in the order in which it happened. Before the work has begun, all tasks wait.

    Raises:
        TaskHistoryError: With every event that was not possible when it came.

    Source:
        That what comes after a task that is not needed is not needed either, unless it comes after others
        too, is the dead-path elimination of WS-BPEL 2.0, section 11.6.3, with its usual join condition (at
        least one). That a join waits for all that may still come is the structured synchronizing merge of
        the workflow patterns (N. Russell et al., Workflow Control-Flow Patterns, 2006, WCP-7).

    >>> from datetime import UTC, datetime
    >>> from itsmkit.workflow.tasks import Task, TaskDone, TaskGraphBegun, TaskStarted
    >>> graph = TaskGraph("laptop", [Task("order"), Task("install", after="order")])
    >>> nine = datetime(2026, 3, 2, 9, tzinfo=UTC)
    >>> events = [
    ...     TaskGraphBegun("laptop", "1", at=nine, by="portal"),
    ...     TaskStarted("order", at=nine, by="kim"),
    ...     TaskDone("order", at=nine, by="kim"),
    ... ]
    >>> print(read_tasks(graph, events).explain())
    task graph 'laptop': ready install; running nothing
    - order: done (done by kim)
    - install: ready (comes after 'order')
    """
    run = _Run(graph)
    problems = []
    for index, event in enumerate(events):
        if not is_a(event, *_EVENTS):
            problems.append(f"events[{index}]: must be an event of task graphs, not {shown(event)}")
            continue
        reasons = refusals(run, event)
        problems += [f"events[{index}]: {_named(event)}: {reason}" for reason in reasons]
        if not reasons:
            run.take(event)
    if problems:
        raise TaskHistoryError(*problems)
    return run.reading()


_EVENTS = (TaskGraphBegun, FactsChanged, TaskStarted, TaskDone, TaskFailed, TaskSkipped, TaskReopened)


def _named(event: TaskEvent) -> str:
    task = getattr(event, "task", None)
    return type(event).__name__ + ("" if task is None else f" {task!r}")


@define
class _Record:
    """What is kept of a task while its history is read."""

    task: Task
    status: TaskStatus = _Status.WAITING
    cause: tuple[TaskCause, ...] = ()
    last: TaskCause | None = None
    attempt: int = 0
    ready_at: datetime | None = None
    started_at: datetime | None = None
    ended_at: datetime | None = None
    is_ended: bool = False
    skip: TaskCause | None = None
    ended_before: int = 0
    needed_before: list[str] = field(factory=list)


class _Run:
    """A history as far as it was read."""

    def __init__(self, graph: TaskGraph) -> None:
        self.graph = graph
        self._records = {task.name: _Record(task) for task in graph}
        self.facts: dict[str, object] = {}
        self._begun_at: datetime | None = None
        self._read_at: datetime | None = None
        self._stopping: dict[str, None] = {}
        self._blocked: Mapping[str, tuple[str, ...]] | None = None

    @property
    def has_begun(self) -> bool:
        return self._begun_at is not None

    def take(self, event: TaskEvent) -> None:
        """Take in an *event* that can happen."""
        at = event.at if self._read_at is None else max(event.at, self._read_at)
        self._read_at = at
        self._blocked = None
        match event:
            case TaskGraphBegun():
                self._begin(event.facts, at)
            case FactsChanged():
                self.facts |= event.facts
            case TaskStarted():
                record = self._records[event.task]
                record.status, record.started_at = _Status.RUNNING, at
                record.attempt += 1
                record.last = TaskCause(_Kind.ATTEMPT, (), _attempt(record, f"by {event.by}"))
            case TaskDone():
                self.facts |= event.outputs
                record = self._records[event.task]
                self._end(record, _Status.DONE, at, TaskCause(_Kind.DONE, (), event.by))
            case TaskFailed():
                self._fail(self._records[event.task], event, at)
            case TaskSkipped():
                self._skip(self._records[event.task], event, at)
            case _:
                self._reopen(self._records[event.task], event)

    def _begin(self, facts: Mapping[str, object], at: datetime) -> None:
        self._begun_at = at
        self.facts = {name: facts.get(name) for name in self.graph.facts.types}
        self._decide((record for record in self._records.values() if not record.task.after), at)

    def _fail(self, record: _Record, event: TaskFailed, at: datetime) -> None:
        cause = TaskCause(_Kind.FAILURE, (), _attempt(record, event.reason))
        if record.attempt < record.task.attempts:
            record.status, record.last = _Status.READY, cause
        elif record.task.on_failure is OnFailure.CONTINUE:
            self._end(record, _Status.FAILED, at, cause)
        else:
            record.status, record.ended_at, record.last = _Status.FAILED, at, cause
            if record.task.on_failure is OnFailure.STOP:
                self._stopping[record.task.name] = None

    def _skip(self, record: _Record, event: TaskSkipped, at: datetime) -> None:
        cause = TaskCause(_Kind.SKIPPED, (), f"{event.by}: {event.reason}")
        if record.status is _Status.WAITING:
            record.skip = cause
        else:
            self._stopping.pop(record.task.name, None)
            self._end(record, _Status.SKIPPED, at, cause)

    def _reopen(self, record: _Record, event: TaskReopened) -> None:
        self._stopping.pop(record.task.name, None)
        record.status, record.attempt, record.ended_at = _Status.READY, 0, None
        record.last = TaskCause(_Kind.REOPENED, (), f"{event.by}: {event.reason}")

    def _end(self, record: _Record, status: TaskStatus, at: datetime, *because: TaskCause) -> None:
        self._mark_ended(record, status, at, because)
        self._decide(self._told_by(record), at)

    def _decide(self, records: Iterable[_Record], at: datetime) -> None:
        """Decide about *records*, whose turn has come, and about all whose turn comes by that."""
        turn = deque(records)
        while turn:
            record = turn.popleft()
            if record.status is not _Status.WAITING:
                continue  # two of its predecessors ended at once, and each called it
            status, because = self._decision(record)
            if status is _Status.READY:
                record.status, record.cause, record.ready_at = status, because, at
            else:
                self._mark_ended(record, status, at, because)
                turn.extend(self._told_by(record))

    def _decision(self, record: _Record) -> tuple[TaskStatus, tuple[TaskCause, ...]]:
        task = record.task
        if task.after and not record.needed_before and not task.regardless:
            return _Status.NOT_NEEDED, (TaskCause(_Kind.NONE_NEEDED, task.after),)
        if record.skip is not None:
            return _Status.SKIPPED, (record.skip,)
        came = TaskCause(_Kind.BEGINNING)
        if task.after:
            came = TaskCause(_Kind.LET_GO_ON, tuple(record.needed_before) or task.after)
        if task.when == ALWAYS:
            return _Status.READY, (came,)
        asked = explain(task.when, self.facts)
        found = "; ".join(each.sentence for each in asked.because)
        if asked.outcome:
            return _Status.READY, (came, TaskCause(_Kind.CONDITION_HELD, (), found))
        return _Status.NOT_NEEDED, (TaskCause(_Kind.CONDITION_FAILED, (), found),)

    def _mark_ended(
        self, record: _Record, status: TaskStatus, at: datetime, because: tuple[TaskCause, ...]
    ) -> None:
        record.status, record.cause, record.last = status, because, None
        record.ended_at, record.is_ended = at, True
        self.facts[outcome_of(record.task.name)] = status.value

    def _told_by(self, ended: _Record) -> list[_Record]:
        """Tell the successors of a task that it has ended, and return those whose turn comes by that."""
        turn = []
        for name in self.graph.successors(ended.task.name):
            record = self._records[name]
            record.ended_before += 1
            if ended.status is not _Status.NOT_NEEDED:
                record.needed_before.append(ended.task.name)
            if record.status is _Status.WAITING and _is_let_go_on(record):
                turn.append(record)
        return turn

    def reading(self) -> TaskGraphReading:
        """Return how the graph stands."""
        return TaskGraphReading(
            self.graph,
            {name: self.reading_of(name) for name in self._records},
            facts=self.facts,
            begun_at=self._begun_at,
            read_at=self._read_at,
        )

    def reading_of(self, name: str) -> TaskReading:
        """Return how the task of that name stands."""
        record = self._records[name]
        status, because = self._standing(record)
        return TaskReading(
            name,
            status,
            because,
            attempt=record.attempt,
            ready_at=record.ready_at,
            started_at=record.started_at,
            ended_at=record.ended_at,
            is_ended=record.is_ended,
            will_be_skipped=record.skip is not None and record.status is _Status.WAITING,
        )

    def _standing(self, record: _Record) -> tuple[TaskStatus, tuple[TaskCause, ...]]:
        status = record.status
        because = record.cause if record.last is None else (*record.cause, record.last)
        if status is _Status.WAITING:
            if not self.has_begun:
                return status, (TaskCause(_Kind.NOT_BEGUN),)
            behind = self._stuck_behind().get(record.task.name)
            if behind is None:
                because = (self._waits_for(record),)
            else:
                status, because = _Status.BLOCKED, (TaskCause(_Kind.BEHIND_FAILURE, behind),)
            if record.skip is not None:
                because = (*because, record.skip)
        if self._stopping and status in (_Status.WAITING, _Status.READY, _Status.BLOCKED):
            return _Status.BLOCKED, (*because, TaskCause(_Kind.STOPPED, tuple(self._stopping)))
        return status, because

    def _waits_for(self, record: _Record) -> TaskCause:
        left = tuple(name for name in record.task.after if not self._records[name].is_ended)
        missing = record.task.needed - len(record.needed_before)
        return TaskCause(_Kind.WAITS_FOR, left, f"{missing} of " if missing < len(left) else "")

    def _stuck_behind(self) -> Mapping[str, tuple[str, ...]]:
        """Return the tasks that cannot go on as things stand, each with the predecessors to blame."""
        if self._blocked is None:
            stuck = {name for name, each in self._records.items() if _holds_up(each)}
            self._blocked = self._blocked_by(stuck) if stuck else EMPTY
        return self._blocked

    def _blocked_by(self, stuck: set[str]) -> dict[str, tuple[str, ...]]:
        blocked = {}
        for name in self.graph.topological_order:
            record = self._records[name]
            behind = tuple(before for before in record.task.after if before in stuck)
            may_still_come = len(record.task.after) - record.ended_before - len(behind)
            if (
                record.status is _Status.WAITING
                and behind
                and len(record.needed_before) + may_still_come < record.task.needed
            ):
                stuck.add(name)
                blocked[name] = behind
        return blocked


def _is_let_go_on(record: _Record) -> bool:
    return len(record.needed_before) >= record.task.needed or record.ended_before == len(record.task.after)


def _holds_up(record: _Record) -> bool:
    return record.status is _Status.FAILED and not record.is_ended


def _attempt(record: _Record, detail: str) -> str:
    return f"{record.attempt} of {record.task.attempts}: {detail}"
