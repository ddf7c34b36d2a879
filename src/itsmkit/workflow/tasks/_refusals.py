"""What may be done to a task as it stands: the one place that says so, for commands and histories alike."""

from collections.abc import Iterator, Mapping
from typing import Protocol, TypeAlias

from itsmkit.conditions import fact_problems
from itsmkit.workflow.tasks.errors import unknown
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
from itsmkit.workflow.tasks.reading import TaskReading, TaskStatus

__all__ = ["Situation", "refusals"]

_TaskEvent: TypeAlias = TaskStarted | TaskDone | TaskFailed | TaskSkipped | TaskReopened

_COMES_AT: Mapping[type[_TaskEvent], TaskStatus] = {
    TaskStarted: TaskStatus.READY,
    TaskDone: TaskStatus.RUNNING,
    TaskFailed: TaskStatus.RUNNING,
}


class Situation(Protocol):
    """How a graph stands, as far as refusals ask."""

    @property
    def graph(self) -> TaskGraph:
        """The graph."""

    @property
    def has_begun(self) -> bool:
        """Whether the work has begun."""

    @property
    def facts(self) -> Mapping[str, object]:
        """What conditions would be asked about now."""

    def reading_of(self, name: str) -> TaskReading:
        """Return how a task stands that the graph has."""


def refusals(situation: Situation, event: TaskEvent) -> tuple[str, ...]:
    """Return every reason why *event* cannot happen as things stand; empty if it can."""
    return tuple(_refusals(situation, event))


def _refusals(situation: Situation, event: TaskEvent) -> Iterator[str]:
    graph = situation.graph
    if isinstance(event, TaskGraphBegun):
        if situation.has_begun:
            yield "the work has begun already"
        if (event.graph, event.version) != (graph.name, graph.version):
            yield (
                f"it begins {event.graph!r} of version {event.version!r}, and this is {graph.name!r} of "
                f"version {graph.version!r}; read it by the definition that it began with"
            )
        yield from fact_problems(event.facts, graph.facts, where="facts")
        return
    if not situation.has_begun:
        yield "the work has not begun; begin it first"
    if isinstance(event, FactsChanged):
        facts = {name: situation.facts.get(name) for name in graph.facts.types}
        yield from fact_problems({**facts, **event.facts}, graph.facts, where="facts")
    elif event.task not in graph:
        yield unknown("task", event.task, tuple(task.name for task in graph))
    elif situation.has_begun:
        yield from _task_refusals(graph, situation.reading_of(event.task), event)


def _task_refusals(graph: TaskGraph, now: TaskReading, event: _TaskEvent) -> Iterator[str]:
    match event:
        case TaskStarted() | TaskDone() | TaskFailed():
            if now.status is not _COMES_AT[type(event)]:
                yield _stands(now)
            if isinstance(event, TaskDone):
                yield from fact_problems(event.outputs, graph[event.task].gives, where="outputs")
        case TaskSkipped():
            if now.is_ended or now.will_be_skipped:
                yield _stands(now)
        case _:
            if now.status is not TaskStatus.FAILED:
                yield _stands(now)
            elif now.is_ended:
                yield "it is failed, and the work has gone on from that"


def _stands(now: TaskReading) -> str:
    return f"it is {now.status}: {'; '.join(map(str, now.because))}"
