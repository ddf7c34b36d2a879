"""
Task graphs as plain mappings, for TOML and JSON.

.. code-block:: toml

    name = "laptop"
    version = "1"                                  # may be left out, as all below but tasks and their names

    [facts]                                        # of the request; see the schema of conditions
    cost = "number"
    site = { kind = "text", choices = ["Essen", "Boston"], optional = false }

    [[tasks]]
    name = "approve"
    kind = "approval"
    when = { field = "cost", at_least = 1000 }
    group = "Finance"
    calendar = "office"
    duration = "2 business days"                   # or "4h"
    gives = { cost_centre = "text" }               # a kind alone: it always gives it

    [[tasks]]
    name = "order"
    after = ["approve"]
    join = "all"                                   # or "any", or a number
    attempts = 3
    on_failure = "stop"                            # or "block" or "continue"
    regardless = true

Business days that are counted otherwise than usual are a table, as they are in agreements:
``{ business_days, count_from, time_of_day }``.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from attrs import frozen

from itsmkit._documents import Form, structure
from itsmkit._frozen import EMPTY
from itsmkit._problems import is_name, shown
from itsmkit.calendars.amount import PlainAmount, amount_form, amount_to_plain
from itsmkit.conditions import (
    ALWAYS,
    Condition,
    FactKind,
    FactSchema,
    FactType,
    condition_from,
    schema_from,
    schema_to_mapping,
    to_mapping,
)
from itsmkit.errors import DefinitionError
from itsmkit.workflow.tasks._graph_checks import graph_problems
from itsmkit.workflow.tasks.errors import TaskGraphError
from itsmkit.workflow.tasks.graph import TaskGraph
from itsmkit.workflow.tasks.task import Join, OnFailure, Task

__all__ = ["graph_from", "graph_to_mapping"]

_NO_FACTS = FactSchema(EMPTY)


def graph_from(document: object, *, where: str = "the task graph", at: str = "") -> TaskGraph:
    """
    Return the graph that *document* describes: the inverse of `graph_to_mapping`.

    Args:
        document: A mapping of plain data, such as TOML and JSON are read into.
        where: The name of what it was taken from, for the sentences of the problems.
        at: The path of *document* in that; empty for the whole.

    Raises:
        TaskGraphError: With every problem and its path, those between the tasks included, as far as these
            can be read.

    >>> graph_from({"name": "laptop", "tasks": [{"name": "order", "after": ["pay"], "duration": "soon"}]})
    Traceback (most recent call last):
        ...
    itsmkit.workflow.tasks.errors.TaskGraphError: the task graph: tasks[0].duration: must be a duration ...
    """
    problems: list[str] = []
    tasks: dict[int, Task] = {}
    unread: list[str] = []
    for index, plain in enumerate(_tables_of_tasks(document)):
        path = f"{at}.tasks[{index}]" if at else f"tasks[{index}]"
        try:
            tasks[index] = structure(_Task, plain, where=where, at=path, forms=_FORMS).built(where, path)
        except DefinitionError as error:
            problems += error.problems
            unread += _name_in(plain)
    head: _Graph | None = None
    try:
        head = structure(_Graph, document, where=where, at=at, forms=_FORMS)
    except DefinitionError as error:
        problems = [*error.problems, *problems]
    begins = f"{where}: {at}." if at else f"{where}: "
    facts = None if head is None or problems else head.facts
    problems += [begins + problem for problem in graph_problems(tasks, facts, others=unread)]
    if problems or head is None:
        raise TaskGraphError(*problems)
    try:
        return TaskGraph(head.name, tasks.values(), facts=head.facts, version=head.version)
    except DefinitionError as error:
        raise TaskGraphError(*(begins + problem for problem in error.problems)) from None


def graph_to_mapping(graph: TaskGraph) -> dict[str, object]:
    """
    Return *graph* as plain data that TOML and JSON can hold: the inverse of `graph_from`.

    What is the default is left out, but for the version.

    >>> graph_to_mapping(TaskGraph("laptop", [Task("order"), Task("install", after="order", attempts=2)]))
    ... # doctest: +NORMALIZE_WHITESPACE
    {'name': 'laptop', 'version': '1',
     'tasks': [{'name': 'order'}, {'name': 'install', 'after': ['order'], 'attempts': 2}]}
    """
    facts = {"facts": schema_to_mapping(graph.facts)} if graph.facts.types else {}
    return {
        "name": graph.name,
        "version": graph.version,
        **facts,
        "tasks": [_plain_task(task) for task in graph],
    }


# -- the shape of the document -----------------------------------------------------------------------


@frozen
class _Join:
    value: Join


@frozen
class _Gives:
    value: FactSchema


@frozen
class _Task:
    name: str
    kind: str = "task"
    after: tuple[str, ...] = ()
    join: _Join = _Join("all")
    when: Condition = ALWAYS
    duration: PlainAmount | None = None
    calendar: str | None = None
    group: str | None = None
    attempts: int = 1
    gives: _Gives = _Gives(_NO_FACTS)
    on_failure: OnFailure = OnFailure.STOP
    regardless: bool = False

    def built(self, where: str, path: str) -> Task:
        try:
            return Task(
                self.name,
                kind=self.kind,
                after=self.after,
                join=self.join.value,
                when=self.when,
                duration=None if self.duration is None else self.duration.value,
                calendar=self.calendar,
                group=self.group,
                attempts=self.attempts,
                gives=self.gives.value,
                on_failure=self.on_failure,
                regardless=self.regardless,
            )
        except DefinitionError as error:
            raise DefinitionError(*(f"{where}: {path}.{problem}" for problem in error.problems)) from None


@frozen
class _Graph:
    name: str
    tasks: tuple[Any, ...]  # each is read by itself, so that one that is wrong does not hide the others
    facts: FactSchema = _NO_FACTS
    version: str = "1"


def _join(plain: object) -> _Join:
    if plain in ("all", "any") or type(plain) is int:
        return _Join(plain)
    problem = f"must be 'all', 'any' or a number, not {shown(plain)}"
    raise DefinitionError(problem)


_ALWAYS_GIVEN = frozenset(FactType(kind, optional=False) for kind in FactKind)


def _gives(plain: object) -> _Gives:
    if not isinstance(plain, Mapping):
        return _Gives(schema_from(plain))  # which refuses it
    always = {
        name: {"kind": kind, "optional": False} for name, kind in plain.items() if isinstance(kind, str)
    }
    return _Gives(schema_from({**plain, **always}))


_FORMS = (
    Form(_Join, _join, lambda join: join.value),
    Form(_Gives, _gives, lambda gives: _plain_gives(gives.value)),
    Form(FactSchema, schema_from, schema_to_mapping),
    amount_form,
    Form(Condition, condition_from, to_mapping),
)


def _tables_of_tasks(document: object) -> Sequence[object]:
    tasks = document.get("tasks") if isinstance(document, Mapping) else None
    return tasks if isinstance(tasks, list | tuple) else ()


def _name_in(plain: object) -> list[str]:
    name = plain.get("name") if isinstance(plain, Mapping) else None
    return [name] if isinstance(name, str) and is_name(name) else []


# -- from the graph to the document ------------------------------------------------------------------


def _plain_task(task: Task) -> dict[str, object]:
    said: dict[str, tuple[object, object]] = {
        "kind": (task.kind, "task"),
        "after": (list(task.after), []),
        "join": (task.join, "all"),
        "when": (to_mapping(task.when), to_mapping(ALWAYS)),
        "duration": (None if task.duration is None else amount_to_plain(task.duration), None),
        "calendar": (task.calendar, None),
        "group": (task.group, None),
        "attempts": (task.attempts, 1),
        "gives": (_plain_gives(task.gives), {}),
        "on_failure": (task.on_failure.value, OnFailure.STOP.value),
        "regardless": (task.regardless, False),
    }
    return {"name": task.name, **{key: plain for key, (plain, usual) in said.items() if plain != usual}}


def _plain_gives(gives: FactSchema) -> dict[str, object]:
    return {
        name: gives.types[name].kind.value if gives.types[name] in _ALWAYS_GIVEN else plain
        for name, plain in schema_to_mapping(gives).items()
    }
