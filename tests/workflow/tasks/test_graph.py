"""Graphs: what they are asked, and what keeps tasks from making one."""

import pickle
from collections.abc import Iterator
from itertools import permutations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from itsmkit.workflow.tasks import Task, TaskGraph, TaskGraphError, UnknownTaskError

DIAMOND = TaskGraph(
    "diamond",
    [
        Task("end", after=["left", "right"]),
        Task("right", after="top"),
        Task("left", after="top"),
        Task("top"),
    ],
)


def problems_of(*tasks: Task) -> tuple[str, ...]:
    with pytest.raises(TaskGraphError) as caught:
        TaskGraph("g", tasks)
    return caught.value.problems


def test_graph_questions_are_answered_by_name() -> None:
    assert DIAMOND.predecessors("end") == ("left", "right")
    assert DIAMOND.successors("top") == ("right", "left")
    assert DIAMOND.ancestors("end") == {"left", "right", "top"}
    assert DIAMOND.descendants("top") == {"left", "right", "end"}
    assert DIAMOND.ancestors("top") == DIAMOND.descendants("end") == frozenset()
    assert DIAMOND.topological_order == ("top", "right", "left", "end")


def test_a_graph_is_a_collection_of_its_tasks() -> None:
    assert [task.name for task in DIAMOND] == ["end", "right", "left", "top"]
    assert len(DIAMOND) == 4
    assert "top" in DIAMOND
    assert "bottom" not in DIAMOND
    assert DIAMOND["top"] == Task("top")


def test_an_unknown_task_is_named_with_the_one_that_may_be_meant() -> None:
    with pytest.raises(UnknownTaskError, match=r"unknown task 'topp'; did you mean 'top'\?") as caught:
        DIAMOND.descendants("topp")
    again = pickle.loads(pickle.dumps(caught.value))
    assert (again.graph, again.task, again.known) == ("diamond", "topp", ("end", "right", "left", "top"))
    assert str(again) == str(caught.value)


def test_an_empty_graph_is_one() -> None:
    assert TaskGraph("nothing", []).topological_order == ()


@given(data=st.data())
def test_the_order_is_topological_and_otherwise_as_declared(
    graphs: st.SearchStrategy[TaskGraph], data: st.DataObject
) -> None:
    graph = data.draw(graphs)
    order = graph.topological_order
    assert sorted(order) == sorted(task.name for task in graph)
    for place, name in enumerate(order):
        declared = [
            task.name
            for task in graph
            if task.name not in order[:place] and set(task.after) <= set(order[:place])
        ]
        assert name == declared[0]


@given(data=st.data())
def test_ancestors_are_the_predecessors_and_theirs(
    graphs: st.SearchStrategy[TaskGraph], data: st.DataObject
) -> None:
    graph = data.draw(graphs)
    for task in graph:
        above: frozenset[str] = frozenset()
        for before in task.after:
            above |= {before} | graph.ancestors(before)
        assert graph.ancestors(task.name) == above
        assert all(task.name in graph.descendants(each) for each in above)
        assert graph.descendants(task.name).isdisjoint(above)


@given(data=st.data())
def test_a_graph_can_be_hashed_and_pickled(graphs: st.SearchStrategy[TaskGraph], data: st.DataObject) -> None:
    graph = data.draw(graphs)
    again = pickle.loads(pickle.dumps(graph))
    assert again == graph
    assert hash(again) == hash(graph)
    assert again.topological_order == graph.topological_order


@pytest.mark.parametrize(
    ("tasks", "problem"),
    [
        pytest.param(
            [Task("a"), Task("b"), Task("a")],
            "tasks[2].name: 'a' is declared already by tasks[0]",
            id="a name that stands twice",
        ),
        pytest.param(
            [Task("order"), Task("pay", after="oder")],
            "tasks[1].after[0]: unknown task 'oder'; did you mean 'order'?",
            id="a misspelt predecessor",
        ),
        pytest.param(
            [Task("order"), Task("pay", after=["order", "xyz"])],
            "tasks[1].after[1]: unknown task 'xyz'; known: order, pay",
            id="an unknown predecessor",
        ),
        pytest.param(
            [Task("a", after="b"), Task("b", after="a")],
            "tasks: a -> b -> a is a cycle, in which each waits for the one before; break it",
            id="a cycle",
        ),
    ],
)
def test_what_leads_nowhere_is_refused(tasks: list[Task], problem: str) -> None:
    assert problems_of(*tasks) == (problem,)


def test_what_is_no_task_or_name_is_refused() -> None:
    with pytest.raises(TaskGraphError) as caught:
        TaskGraph("", ["a"], version="")  # type: ignore[list-item]  # that is the point
    assert caught.value.problems == (
        "name: must be a name without surrounding spaces, not str ''",
        "version: must be a name without surrounding spaces, not str ''",
        "tasks[0]: must be a Task, not str 'a'",
    )


def test_every_problem_is_told_at_once() -> None:
    found = problems_of(
        Task("a", after="c"), Task("b", after="a"), Task("c", after="b"), Task("c"), Task("d", after="x")
    )
    assert [each.split(": ")[0] for each in found] == ["tasks[3].name", "tasks[4].after[0]", "tasks"]


def test_two_cycles_that_meet_are_both_shown() -> None:
    found = problems_of(Task("a", after=["b", "c"]), Task("b", after="a"), Task("c", after="b"))
    assert [each.split(" is ")[0] for each in found] == ["tasks: a -> b -> a", "tasks: a -> b -> c -> a"]


@given(st.sets(st.tuples(st.sampled_from("abcde"), st.sampled_from("abcde")).filter(lambda w: w[0] != w[1])))
def test_the_cycles_shown_cover_all_that_there_are(ways: set[tuple[str, str]]) -> None:
    cycles = set(elementary_cycles(ways))
    tasks = [Task(name, after=sorted(a for a, b in ways if b == name)) for name in "abcde"]
    if not cycles:
        TaskGraph("g", tasks)
        return
    shown = [
        tuple(each.split(" is ")[0].removeprefix("tasks: ").split(" -> ")) for each in problems_of(*tasks)
    ]
    assert len(set(shown)) == len(shown)
    assert {each[:-1] for each in shown} <= cycles
    assert all(each[0] == each[-1] for each in shown)
    assert {way for each in cycles for way in ways_of(each)} == {
        way for each in shown for way in ways_of(each[:-1])
    }


def elementary_cycles(ways: set[tuple[str, str]]) -> Iterator[tuple[str, ...]]:
    """Yield every cycle, its least name first: by trying every sequence of names."""
    for length in range(2, 6):
        for cycle in permutations("abcde", length):
            if cycle[0] == min(cycle) and set(ways_of(cycle)) <= ways:
                yield cycle


def ways_of(cycle: tuple[str, ...]) -> Iterator[tuple[str, str]]:
    return zip(cycle, (*cycle[1:], cycle[0]), strict=True)


def test_a_long_chain_is_no_matter() -> None:
    tasks = [Task("0"), *(Task(str(n), after=str(n - 1)) for n in range(1, 3000))]
    assert TaskGraph("chain", reversed(tasks)).topological_order[-1] == "2999"
    assert len(problems_of(*tasks[1:], Task("0", after="2999"))) == 1
