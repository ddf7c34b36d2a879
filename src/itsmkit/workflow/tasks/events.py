"""
What happens to a running task graph. The events, in their order, are the whole truth about it.

Each says by keyword when it happened (*at*: aware, kept in UTC) and who did it (*by*: an id). Whether it was
possible depends on what came before, and is for the commands and `read_tasks` to say.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import TypeAlias

from attrs import field, frozen

from itsmkit._checks import aware_instant, in_utc, named
from itsmkit._frozen import EMPTY, FrozenDict, deeply_frozen, frozen_dict

__all__ = [
    "FactsChanged",
    "TaskDone",
    "TaskEvent",
    "TaskFailed",
    "TaskGraphBegun",
    "TaskReopened",
    "TaskSkipped",
    "TaskStarted",
]


def _facts(facts: Mapping[str, object]) -> FrozenDict[str, object]:
    """Return *facts* so that nothing about them can change any more: what happened stays as it was."""
    return frozen_dict({name: deeply_frozen(fact) for name, fact in frozen_dict(facts).items()})


@frozen
class _Event:
    """
    Something that happened.

    Args:
        at: When; aware, kept in UTC. What is read counts from the later of this and the event before.
        by: The id of who did it.
    """

    at: datetime = field(converter=in_utc, validator=aware_instant, kw_only=True)
    by: str = field(validator=named, kw_only=True)


@frozen
class TaskGraphBegun(_Event):
    """
    The work began. It keeps to the definition that it began with.

    Args:
        graph: The name of the graph.
        version: Its version.
        facts: What the request brought, as far as the graph speaks of it.
    """

    graph: str = field(validator=named)
    version: str = field(validator=named)
    facts: Mapping[str, object] = field(default=EMPTY, converter=_facts)


@frozen
class FactsChanged(_Event):
    """
    The request brings other facts from now on. What was decided before stays.

    Args:
        facts: The new values by name; ``None`` takes one away.
    """

    facts: Mapping[str, object] = field(converter=_facts)


@frozen
class TaskStarted(_Event):
    """
    Somebody began an attempt at a task.

    Args:
        task: The name of the task.
    """

    task: str = field(validator=named)


@frozen
class TaskDone(_Event):
    """
    A task was done.

    Args:
        task: The name of the task.
        outputs: The facts that it gave.
    """

    task: str = field(validator=named)
    outputs: Mapping[str, object] = field(default=EMPTY, converter=_facts)


@frozen
class TaskFailed(_Event):
    """
    An attempt at a task failed.

    Args:
        task: The name of the task.
        reason: Why, in a sentence.
    """

    task: str = field(validator=named)
    reason: str = field(validator=named)


@frozen
class TaskSkipped(_Event):
    """
    Somebody decided that the work goes on without a task.

    Args:
        task: The name of the task.
        reason: Why, in a sentence.
    """

    task: str = field(validator=named)
    reason: str = field(validator=named)


@frozen
class TaskReopened(_Event):
    """
    Somebody gave a failed task all its attempts anew.

    Args:
        task: The name of the task.
        reason: Why, in a sentence.
    """

    task: str = field(validator=named)
    reason: str = field(validator=named)


TaskEvent: TypeAlias = (
    TaskGraphBegun | FactsChanged | TaskStarted | TaskDone | TaskFailed | TaskSkipped | TaskReopened
)
"""Any of the events of a task graph."""
