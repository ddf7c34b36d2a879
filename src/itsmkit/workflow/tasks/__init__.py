"""
Task graphs: the work of a fulfilment or a change, in its order, with conditions, joins, skips and retries.

A `TaskGraph` is data, checked as a whole when it is made. `read_tasks` says how it stands after what has
happened, `start`, `finish` and their kin what may happen next, and `schedule` when it all can be done.

>>> from datetime import UTC, datetime
>>> from itsmkit.workflow.tasks import Task, TaskGraph, begin, read_tasks
>>> install = Task("install", after=("order", "account"))
>>> laptop = TaskGraph("laptop", [Task("order"), Task("account"), install])
>>> history = [begin(read_tasks(laptop, []), at=datetime(2026, 3, 2, 9, tzinfo=UTC), by="portal")]
>>> read_tasks(laptop, history).ready
('order', 'account')
"""

from typing import TYPE_CHECKING

from itsmkit._lazy import lazily
from itsmkit.conditions._declared_facts import DeclaredFacts
from itsmkit.workflow.tasks.commands import begin, change_facts, fail, finish, reopen, skip, start
from itsmkit.workflow.tasks.diagram import mermaid_text
from itsmkit.workflow.tasks.errors import (
    TaskGraphError,
    TaskHistoryError,
    TaskRefusedError,
    UnknownTaskError,
)
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
from itsmkit.workflow.tasks.planning import schedule
from itsmkit.workflow.tasks.reading import (
    TaskCause,
    TaskCauseKind,
    TaskGraphReading,
    TaskReading,
    TaskStatus,
)
from itsmkit.workflow.tasks.running import read_tasks
from itsmkit.workflow.tasks.task import Join, OnFailure, Task
from itsmkit.workflow.tasks.task_schedule import PlanCause, PlanCauseKind, PlannedTask, Schedule

if TYPE_CHECKING:
    from itsmkit.workflow.tasks.mapping_form import graph_from, graph_to_mapping
else:
    # Only documents need cattrs, which is slow to load.
    __getattr__, __dir__ = lazily(
        __name__, {"itsmkit.workflow.tasks.mapping_form": ("graph_from", "graph_to_mapping")}
    )

__all__ = [
    "DeclaredFacts",
    "FactsChanged",
    "Join",
    "OnFailure",
    "PlanCause",
    "PlanCauseKind",
    "PlannedTask",
    "Schedule",
    "Task",
    "TaskCause",
    "TaskCauseKind",
    "TaskDone",
    "TaskEvent",
    "TaskFailed",
    "TaskGraph",
    "TaskGraphBegun",
    "TaskGraphError",
    "TaskGraphReading",
    "TaskHistoryError",
    "TaskReading",
    "TaskRefusedError",
    "TaskReopened",
    "TaskSkipped",
    "TaskStarted",
    "TaskStatus",
    "UnknownTaskError",
    "begin",
    "change_facts",
    "fail",
    "finish",
    "graph_from",
    "graph_to_mapping",
    "mermaid_text",
    "read_tasks",
    "reopen",
    "schedule",
    "skip",
    "start",
]
