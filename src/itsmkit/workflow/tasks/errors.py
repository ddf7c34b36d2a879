"""
The errors of task graphs.

.. code-block:: text

    ItsmkitError
    ├── DefinitionError
    │   ├── WorkflowDefinitionError
    │   │   └── TaskGraphError  tasks that do not fit together
    │   └── TaskHistoryError    events that cannot have happened in this graph, or not in this order
    ├── RefusedError
    │   └── TaskRefusedError    the task cannot be started, finished, skipped … as things stand
    └── NotFoundError
        └── UnknownTaskError    the graph has no such task
"""

from itsmkit._problems import close_to
from itsmkit.errors import DefinitionError, NotFoundError, RefusedError
from itsmkit.workflow.errors import WorkflowDefinitionError

__all__ = ["TaskGraphError", "TaskHistoryError", "TaskRefusedError", "UnknownTaskError", "unknown"]


class TaskGraphError(WorkflowDefinitionError):
    """
    A graph that cannot be right.

    Args:
        *problems: Every problem found, each starting with its path, such as ``tasks[3].after[0]``.
    """


class TaskHistoryError(DefinitionError):
    """
    A history that cannot have happened.

    Args:
        *problems: Every event that was not possible when it came, each starting with its path, such as
            ``events[3]``. What is possible is read on, so that a problem may follow from one before.
    """


class TaskRefusedError(RefusedError):
    """
    Something was asked of a task graph, and nothing changed.

    Args:
        action: What was asked, such as ``"start"``.
        task: The name of the task, or ``None`` if it was asked of the whole graph.
        *reasons: Every reason, each a sentence.
    """

    def __init__(self, action: str, task: str | None, *reasons: str) -> None:
        super().__init__(*reasons)
        self.args = (action, task, *reasons)  # what it is pickled by
        self.action = action
        self.task = task

    def __str__(self) -> str:
        what = "the graph" if self.task is None else repr(self.task)
        return f"cannot {self.action} {what}: {super().__str__()}"


class UnknownTaskError(NotFoundError):
    """
    A graph has no task of that name.

    Args:
        graph: The name of the graph.
        task: The name that was asked for.
        known: The names of its tasks, in the order of their declaration.
    """

    def __init__(self, graph: str, task: str, known: tuple[str, ...]) -> None:
        super().__init__("task", task)
        self.args = (graph, task, known)  # what it is pickled by
        self.graph = graph
        self.task = task
        self.known = known

    def __str__(self) -> str:
        return f"{unknown('task', self.task, self.known)} (in task graph {self.graph!r})"


def unknown(what: str, name: object, known: tuple[str, ...]) -> str:
    """Return the sentence for a *name* that is not among the *known* ones, with the one that may be meant."""
    return f"unknown {what} {name!r}; {close_to(name, known)}"
