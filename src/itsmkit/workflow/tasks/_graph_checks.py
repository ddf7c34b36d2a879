"""What keeps tasks from making a graph: names that lead nowhere, cycles, and facts that nobody gives."""

from collections import deque
from collections.abc import Callable, Iterator, Mapping, Sequence
from heapq import heapify, heappop, heappush

from itsmkit.conditions import fields_of
from itsmkit.workflow.tasks.errors import unknown
from itsmkit.workflow.tasks.fact_kinds import ConditionCheck, FactKind
from itsmkit.workflow.tasks.task import Task

__all__ = ["OUTCOMES", "graph_problems", "in_order", "outcome_of"]

OUTCOMES = ("done", "failed", "skipped", "not needed")
"""How a task can end: the values of the fact that `outcome_of` names."""


def outcome_of(task: str) -> str:
    """Return the name of the fact that says how the task of that name has ended."""
    return f"{task}.outcome"


def graph_problems(
    tasks: Mapping[int, Task], facts: Mapping[str, FactKind] | None, *, others: Sequence[str] = ()
) -> Iterator[str]:
    """
    List where tasks do not fit together.

    Args:
        tasks: By their place in the definition.
        facts: The kinds of the facts that the request brings; ``None`` if not everything is known that
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
    for cycle in _cycles({name: [p for p in before if p in after] for name, before in after.items()}):
        acyclic = False
        yield (
            f"tasks: {' -> '.join([*cycle, cycle[0]])} is a cycle, in which each waits for the one before; "
            "break it"
        )
    yield from _giver_problems(tasks, facts or {})
    if facts is not None and complete and acyclic:
        yield from _condition_problems(tasks, facts)


def in_order(after: Mapping[str, Sequence[str]]) -> tuple[str, ...]:
    """
    Return the keys of *after* so that each comes after its predecessors, and otherwise as they are declared.

    What lies on a cycle, or behind one, is left out.

    Source:
        A. B. Kahn, Topological sorting of large networks, CACM 5 (1962), with the first declared of those
        that may come next.
    """
    names = list(after)
    place = {name: index for index, name in enumerate(names)}
    left = {name: len(before) for name, before in after.items()}
    behind: dict[str, list[str]] = {name: [] for name in names}
    for name, before in after.items():
        for each in before:
            behind[each].append(name)
    next_ones = [place[name] for name in names if not left[name]]
    heapify(next_ones)
    order = []
    while next_ones:
        name = names[heappop(next_ones)]
        order.append(name)
        for each in behind[name]:
            left[each] -= 1
            if not left[each]:
                heappush(next_ones, place[each])
    return tuple(order)


def _cycles(after: Mapping[str, Sequence[str]]) -> Iterator[tuple[str, ...]]:
    """
    Yield a shortest cycle through every hand-over that lies on one, each cycle once.

    There may be too many cycles to list them all; but no hand-over stays unnamed that one of them needs.
    """
    tangled = set(after) - set(in_order(after))
    ways: dict[str, list[str]] = {name: [] for name in after if name in tangled}
    for name in ways:
        for before in after[name]:
            if before in ways and before != name:  # that a task comes after itself, it was told itself
                ways[before].append(name)
    place = {name: index for index, name in enumerate(ways)}
    found: set[tuple[str, ...]] = set()
    for start, nexts in ways.items():
        back = _shortest_ways(ways, start)
        for follower in nexts:
            if follower not in back:
                continue
            cycle = (start, *_walk(back, follower, start))
            turn = cycle.index(min(cycle, key=place.__getitem__))
            cycle = cycle[turn:] + cycle[:turn]
            if cycle not in found:
                found.add(cycle)
                yield cycle


def _shortest_ways(ways: Mapping[str, Sequence[str]], goal: str) -> dict[str, str]:
    """Return for each task from which *goal* is reached the next one on a shortest way there."""
    against: dict[str, list[str]] = {name: [] for name in ways}
    for name, nexts in ways.items():
        for each in nexts:
            against[each].append(name)
    step: dict[str, str] = {}
    waiting = deque([goal])
    while waiting:
        name = waiting.popleft()
        for before in against[name]:
            if before not in step and before != goal:
                step[before] = name
                waiting.append(before)
    return step


def _walk(step: Mapping[str, str], start: str, goal: str) -> Iterator[str]:
    while start != goal:
        yield start
        start = step[start]


def _giver_problems(tasks: Mapping[int, Task], facts: Mapping[str, FactKind]) -> Iterator[str]:
    """List the facts that come from more than one side: who asks for them could not tell which was meant."""
    giver = dict.fromkeys(facts, "facts") | {
        outcome_of(task.name): f"tasks[{index}], as how it has ended" for index, task in tasks.items()
    }
    for index, task in tasks.items():
        if outcome_of(task.name) in facts:
            yield f"facts: {outcome_of(task.name)!r} says how tasks[{index}] has ended; name it otherwise"
        for name in task.gives:
            if name in giver:
                yield (
                    f"tasks[{index}].gives: {name!r} is given already by {giver[name]}; name it otherwise, "
                    "so that everybody knows which is meant"
                )
            else:
                giver[name] = f"tasks[{index}]"


def _condition_problems(tasks: Mapping[int, Task], facts: Mapping[str, FactKind]) -> Iterator[str]:
    """List the tests that ask for what is not settled when they are asked, or is of another kind."""
    kinds = dict(facts)
    choices = {}
    giver: dict[str, str] = {}
    for task in tasks.values():
        kinds |= {**task.gives, outcome_of(task.name): FactKind.TEXT}
        choices[outcome_of(task.name)] = OUTCOMES
        giver |= dict.fromkeys((*task.gives, outcome_of(task.name)), task.name)
    check = ConditionCheck(kinds, choices)
    ended = _surely_ended(tuple(tasks.values()))
    for index, task in tasks.items():
        path = f"tasks[{index}].when"
        yield from check.problems(path, task.when)
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
