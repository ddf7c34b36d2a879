"""A task graph as a picture, in the language of Mermaid."""

from collections.abc import Iterator

from itsmkit.conditions import ALWAYS
from itsmkit.errors import DefinitionError
from itsmkit.workflow.tasks.graph import TaskGraph
from itsmkit.workflow.tasks.reading import TaskGraphReading, TaskStatus
from itsmkit.workflow.tasks.task import Task

__all__ = ["mermaid_text"]

_COLOURS = {
    TaskStatus.WAITING: "fill:#f2f2f2,stroke:#767676,color:#333333",
    TaskStatus.READY: "fill:#dbeafe,stroke:#1d4ed8,color:#111111",
    TaskStatus.RUNNING: "fill:#fef3c7,stroke:#b45309,color:#111111",
    TaskStatus.DONE: "fill:#dcfce7,stroke:#15803d,color:#111111",
    TaskStatus.FAILED: "fill:#fee2e2,stroke:#b91c1c,color:#111111",
    TaskStatus.SKIPPED: "fill:#ffffff,stroke:#767676,color:#555555,stroke-dasharray:4",
    TaskStatus.NOT_NEEDED: "fill:#ffffff,stroke:#bbbbbb,color:#767676,stroke-dasharray:4",
    TaskStatus.BLOCKED: "fill:#f2f2f2,stroke:#b91c1c,color:#333333",
}


def mermaid_text(graph: TaskGraph, reading: TaskGraphReading | None = None) -> str:
    """
    Return *graph* as a flowchart from left to right.

    A conditional task is a hexagon; what waits for some of its predecessors says for how many. With a
    *reading*, each task shows its status, by word and by colour.

    Raises:
        DefinitionError: If *reading* is of another graph.

    >>> from itsmkit.workflow.tasks import Task
    >>> print(mermaid_text(TaskGraph("laptop", [Task("order"), Task("install", after="order")])))
    flowchart LR
        t0["order"]
        t1["install"]
        t0 --> t1
    """
    if reading is not None and reading.graph != graph:
        problem = (
            f"reading: is of {reading.graph.name!r} of version {reading.graph.version!r}, not of this graph; "
            "draw the graph that it is of"
        )
        raise DefinitionError(problem)
    return "\n".join(["flowchart LR", *(f"    {line}" for line in _lines(graph, reading))])


def _lines(graph: TaskGraph, reading: TaskGraphReading | None) -> Iterator[str]:
    place = {task.name: f"t{index}" for index, task in enumerate(graph)}
    for task in graph:
        yield place[task.name] + _shape(task, "" if reading is None else reading[task.name].status.value)
    for task in graph:
        for before in task.after:
            yield f"{place[before]} --> {place[task.name]}"
    if reading is None:
        return
    for status, colour in _COLOURS.items():
        names = reading.with_status(status)
        if names:
            name = status.value.replace(" ", "_")
            yield f"classDef {name} {colour}"
            yield f"class {','.join(place[each] for each in names)} {name}"


def _shape(task: Task, status: str) -> str:
    label = _escaped(task.name)
    if task.join != "all":
        label += f"<br/>{task.needed} of {len(task.after)}"
    if status:
        label += f"<br/>{status}"
    return f'["{label}"]' if task.when == ALWAYS else f'{{{{"{label}"}}}}'


def _escaped(text: str) -> str:
    """Return *text* so that nothing in it has a meaning in Mermaid or in HTML."""
    return "".join(each if each.isalnum() or each in " -_.,:/" else f"#{ord(each)};" for each in text)
