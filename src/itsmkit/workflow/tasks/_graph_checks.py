"""What keeps tasks from making a graph: names that lead nowhere, cycles, and facts that nobody gives."""

from collections.abc import Callable, Iterator, Mapping, Sequence

from itsmkit._ordering import cycles, in_order
from itsmkit.conditions import FactSchema, FactType, fields_of, type_problems
from itsmkit.workflow.tasks.errors import unknown
from itsmkit.workflow.tasks.task import Task

__all__ = ["graph_problems", "outcome_of"]

_OUTCOME = FactType("text", choices=("done", "failed", "skipped", "not needed"), optional=False)


def outcome_of(task: str) -> str:
    """Return the name of the fact that says how the task of that name has ended."""
    return f"{task}.outcome"


def graph_problems(
    tasks: Mapping[int, Task], facts: FactSchema | None, *, others: Sequence[str] = ()
) -> Iterator[str]:
    """
    List where tasks do not fit together.

    Args:
        tasks: By their place in the definition.
        facts: The facts that the request brings; ``None`` if not everything is known that
            gives some, so that what conditions ask for is not judged.
        others: The names of further tasks.
    """
    first_of: dict[str, int] = {}
    for index, task in tasks.items():
        if first_of.setdefault(task.name, index) != index:
            yield f"tasks[{index}].name: {task.name!r} is declared already by tasks[{first_of[task.name]}]"
    named = dict.fromkeys((*first_of, *others))
    complete = len(first_of) == len(tasks)
    for index, task in tasks.items():
        for place, name in enumerate(task.after):
            if name not in named:
                complete = False
                yield f"tasks[{index}].after[{place}]: {unknown('task', name, tuple(named))}"
    after = {tasks[index].name: tasks[index].after for index in first_of.values()}
    acyclic = True
    for cycle in cycles({name: [p for p in before if p in after] for name, before in after.items()}):
        acyclic = False
        yield (
            f"tasks: {' -> '.join([*cycle, cycle[0]])} is a cycle, in which each waits for the one before; "
            "break it"
        )
    yield from _giver_problems(tasks, FactSchema({}) if facts is None else facts)
    if facts is not None and complete and acyclic:
        yield from _condition_problems(tasks, facts)


def _giver_problems(tasks: Mapping[int, Task], facts: FactSchema) -> Iterator[str]:
    """List the facts that come from more than one side: who asks for them could not tell which was meant."""
    giver = dict.fromkeys(facts.types, "facts") | {
        outcome_of(task.name): f"tasks[{index}], as how it has ended" for index, task in tasks.items()
    }
    for index, task in tasks.items():
        if outcome_of(task.name) in facts.types:
            yield f"facts: {outcome_of(task.name)!r} says how tasks[{index}] has ended; name it otherwise"
        for name in task.gives.types:
            if name in giver:
                yield (
                    f"tasks[{index}].gives: {name!r} is given already by {giver[name]}; name it otherwise, "
                    "so that everybody knows which is meant"
                )
            else:
                giver[name] = f"tasks[{index}]"


def _condition_problems(tasks: Mapping[int, Task], facts: FactSchema) -> Iterator[str]:
    """List the tests that ask for what is not settled when they are asked, or is of another kind."""
    types = dict(facts.types)
    giver: dict[str, str] = {}
    for task in tasks.values():
        given = {**task.gives.types, outcome_of(task.name): _OUTCOME}
        types |= given
        giver |= dict.fromkeys(given, task.name)
    schema = FactSchema(types)
    ended = _surely_ended(tuple(tasks.values()))
    for index, task in tasks.items():
        path = f"tasks[{index}].when"
        yield from type_problems(task.when, schema, where=path)
        for name in sorted(fields_of(task.when)):
            if name in giver and giver[name] not in ended(task.name):
                yield (
                    f"{path}: asks for {name!r} of {giver[name]!r}, which need not have ended when it is "
                    f"asked; let {task.name!r} come after it, and wait for it"
                )


def _surely_ended(tasks: Sequence[Task]) -> Callable[[str], frozenset[str]]:
    """
    Return what tells for a task which others have ended, in any course of events, when it is decided upon.

    Who waits for n of k predecessors waits surely for whatever k - n + 1 of them have waited for, or are: of
    any n, one is among those.
    """
    bit = {task.name: 1 << place for place, task in enumerate(tasks)}
    by_name = {task.name: task for task in tasks}
    masks: dict[str, int] = {}
    for name in in_order({task.name: task.after for task in tasks}):
        task = by_name[name]
        behind = [masks[before] | bit[before] for before in task.after]
        masks[name] = _in_at_least(len(behind) - task.needed + 1, behind) if behind else 0

    def ended(name: str) -> frozenset[str]:
        return frozenset(each for each, own in bit.items() if masks[name] & own)

    return ended


def _in_at_least(number: int, masks: Sequence[int]) -> int:
    """Return the bits that are set in at least *number* of *masks*."""
    at_least = [0] * (number + 1)  # at_least[n]: the bits that were met n times, or more often
    at_least[0] = -1
    for mask in masks:
        for count in range(number, 0, -1):
            at_least[count] |= at_least[count - 1] & mask
    return at_least[number]
