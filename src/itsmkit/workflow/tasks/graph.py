"""Tasks and what comes after what: a directed graph without cycles, checked when it is made."""

from collections.abc import Callable, Iterator, Mapping, Sequence

from attrs import field, frozen

from itsmkit._frozen import EMPTY, FrozenDict, as_tuple
from itsmkit._ordering import in_order
from itsmkit._problems import items_problems, name_problems
from itsmkit.conditions import FactSchema
from itsmkit.conditions._declared_facts import declaration_problems, perhaps_given
from itsmkit.workflow.tasks._graph_checks import graph_problems
from itsmkit.workflow.tasks.errors import TaskGraphError, UnknownTaskError
from itsmkit.workflow.tasks.task import Task

__all__ = ["TaskGraph"]


@frozen
class TaskGraph:
    """
    The tasks of a fulfilment or a change, and what comes after what.

    Args:
        name: What the graph is called.
        tasks: In the order in which they are to be shown; names are distinct.
        facts: The facts that the request brings: a `FactSchema <itsmkit.conditions.FactSchema>`, or a mapping
            from names to types. A kind alone, such as ``"number"``, is that of a fact that may be missing. No
            condition may ask for others, but for those that tasks give.
        version: What tells two definitions of the same name apart; text.

    Beside the facts in *gives*, each task gives one called ``<name>.outcome``: ``"done"``, ``"failed"``,
    ``"skipped"`` or ``"not needed"``. The condition of a task may ask for the facts of tasks that have surely
    ended when it is asked, whatever happens: those that it waits for, and those that they have waited for. So
    no answer depends on which of two branches was quicker.

    Raises:
        TaskGraphError: With every problem, such as an unknown predecessor, a fact that nobody gives or that
            two give, a comparison with a value of another kind, and the cycles: so many that every hand-over
            that lies on one stands in one of them.

    >>> TaskGraph("laptop", [Task("order", after="install"), Task("install", after=["order", "oder"])])
    Traceback (most recent call last):
        ...
    itsmkit.workflow.tasks.errors.TaskGraphError: 2 problems:
    - tasks[1].after[1]: unknown task 'oder'; did you mean 'order'?
    - tasks: order -> install -> order is a cycle, in which each waits for the one before; break it
    """

    name: str
    tasks: tuple[Task, ...] = field(converter=as_tuple)
    facts: FactSchema = field(default=EMPTY, converter=perhaps_given, kw_only=True)
    version: str = field(default="1", kw_only=True)
    _by_name: Mapping[str, Task] = field(init=False, repr=False, eq=False)
    _after: Mapping[str, tuple[str, ...]] = field(init=False, repr=False, eq=False)
    topological_order: tuple[str, ...] = field(init=False, repr=False, eq=False)
    """The names of all tasks, each after its predecessors, and otherwise in the order of declaration."""

    def __attrs_post_init__(self) -> None:
        problems = [
            *name_problems("name", self.name),
            *declaration_problems("facts", self.facts),
            *name_problems("version", self.version),
        ]
        problems += items_problems("tasks", self.tasks, Task)
        if not problems:
            problems += graph_problems(dict(enumerate(self.tasks)), self.facts)
        if problems:
            raise TaskGraphError(*problems)
        after = {task.name: task.after for task in self.tasks}
        behind: dict[str, list[str]] = {name: [] for name in after}
        for name, before in after.items():
            for each in before:
                behind[each].append(name)
        set_ = object.__setattr__
        set_(self, "_by_name", FrozenDict({task.name: task for task in self.tasks}))
        set_(self, "_after", FrozenDict({name: tuple(each) for name, each in behind.items()}))
        set_(self, "topological_order", in_order(after))

    def __getitem__(self, name: str) -> Task:
        """
        Return the task of that name.

        Raises:
            UnknownTaskError: If there is none.
        """
        try:
            return self._by_name[name]
        except KeyError:
            raise UnknownTaskError(self.name, name, tuple(self._by_name)) from None

    def __contains__(self, name: object) -> bool:
        return name in self._by_name

    def __iter__(self) -> Iterator[Task]:
        return iter(self.tasks)

    def __len__(self) -> int:
        return len(self.tasks)

    def predecessors(self, name: str) -> tuple[str, ...]:
        """
        Return the names of the tasks that *name* comes right after, as it names them.

        Raises:
            UnknownTaskError: If there is no such task.
        """
        return self[name].after

    def successors(self, name: str) -> tuple[str, ...]:
        """
        Return the names of the tasks that come right after *name*, in the order of declaration.

        Raises:
            UnknownTaskError: If there is no such task.
        """
        return self._after[self[name].name]

    def ancestors(self, name: str) -> frozenset[str]:
        """
        Return the names of all tasks that come before *name*, directly or not.

        Raises:
            UnknownTaskError: If there is no such task.
        """
        return _reached(self.predecessors, name)

    def descendants(self, name: str) -> frozenset[str]:
        """
        Return the names of all tasks that come after *name*, directly or not.

        Raises:
            UnknownTaskError: If there is no such task.
        """
        return _reached(self.successors, name)


def _reached(nexts: Callable[[str], Sequence[str]], start: str) -> frozenset[str]:
    found: set[str] = set()
    waiting = [start]
    while waiting:
        new = [name for name in nexts(waiting.pop()) if name not in found]
        found.update(new)
        waiting += new
    return frozenset(found)
