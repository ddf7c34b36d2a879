"""Graphs that run: every rule by an example, and all of them against an independent definition."""

import pickle
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from itsmkit._frozen import EMPTY
from itsmkit.conditions import at_least, equals, holds, present
from itsmkit.workflow.tasks import (
    FactsChanged,
    OnFailure,
    Task,
    TaskCauseKind,
    TaskDone,
    TaskEvent,
    TaskFailed,
    TaskGraph,
    TaskGraphBegun,
    TaskGraphReading,
    TaskHistoryError,
    TaskReopened,
    TaskSkipped,
    TaskStarted,
    TaskStatus,
    UnknownTaskError,
    begin,
    change_facts,
    fail,
    finish,
    read_tasks,
    reopen,
    skip,
    start,
)

NINE = datetime(2026, 3, 2, 9, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
AT: dict[str, Any] = {"at": NINE, "by": "kim"}


class Run:
    """A graph and its history, written through commands."""

    def __init__(self, *tasks: Task, facts: Mapping[str, str] = EMPTY, **given: object) -> None:
        self.graph = TaskGraph("g", tasks, facts=facts)
        self.history: list[TaskEvent] = []
        self.add(begin(self.reading, given, **self.now))

    @property
    def now(self) -> dict[str, Any]:
        return {"at": NINE + len(self.history) * MINUTE, "by": "kim"}

    @property
    def reading(self) -> TaskGraphReading:
        return read_tasks(self.graph, self.history)

    def add(self, event: TaskEvent) -> "Run":
        self.history.append(event)
        return self

    def start(self, *tasks: str) -> "Run":
        for task in tasks:
            self.add(start(self.reading, task, **self.now))
        return self

    def finish(self, task: str, **outputs: object) -> "Run":
        return self.add(finish(self.reading, task, outputs, **self.now))

    def do(self, *tasks: str) -> "Run":
        for task in tasks:
            self.start(task).finish(task)
        return self

    def fail(self, task: str) -> "Run":
        return self.start(task).add(fail(self.reading, task, "no power", **self.now))

    def skip(self, task: str) -> "Run":
        return self.add(skip(self.reading, task, "no need", **self.now))

    def reopen(self, task: str) -> "Run":
        return self.add(reopen(self.reading, task, "power is back", **self.now))

    def change(self, **facts: object) -> "Run":
        return self.add(change_facts(self.reading, facts, **self.now))

    def because(self, task: str) -> str:
        return self.reading[task].explain()

    def statuses(self) -> dict[str, str]:
        return {name: each.status.value for name, each in self.reading.tasks.items()}


def test_before_the_work_begins_all_tasks_wait() -> None:
    reading = read_tasks(TaskGraph("g", [Task("a"), Task("b", after="a")]), [])
    assert reading.begun_at is None
    assert reading.read_at is None
    assert reading.with_status(TaskStatus.WAITING) == ("a", "b")
    assert [each.because[0].kind for each in reading.tasks.values()] == [TaskCauseKind.NOT_BEGUN] * 2
    assert not reading.is_done
    assert not reading.is_stuck
    assert reading.explain() == (
        "task graph 'g': not begun\n"
        "- a: waiting (the work has not begun)\n"
        "- b: waiting (the work has not begun)"
    )


def test_a_task_is_ready_only_when_its_predecessors_have_ended() -> None:
    run = Run(Task("a"), Task("b"), Task("c", after=["a", "b"]))
    assert run.reading.ready == ("a", "b")
    assert run.because("a") == "a: ready (stands at the beginning)"
    assert run.because("c") == "c: waiting (waits for 'a', 'b')"
    run.do("b")
    assert run.because("c") == "c: waiting (waits for 'a')"
    run.start("a")
    assert run.because("a") == "a: running (stands at the beginning; attempt 1 of 1: by kim)"
    assert run.reading.running == ("a",)
    run.finish("a")
    assert run.because("a") == "a: done (done by kim)"
    assert run.because("c") == "c: ready (comes after 'b', 'a')"
    run.do("c")
    assert run.reading.is_done
    assert not run.reading.is_stuck
    assert run.reading.stuck_because == ()
    assert run.reading.explain().startswith("task graph 'g': done\n")


def test_the_instants_of_a_task_are_those_of_its_events() -> None:
    run = Run(Task("a"), Task("b", after="a")).do("a").start("b")
    first, second = run.reading["a"], run.reading["b"]
    assert (first.ready_at, first.started_at, first.ended_at) == (NINE, NINE + MINUTE, NINE + 2 * MINUTE)
    assert (second.ready_at, second.started_at, second.ended_at) == (
        NINE + 2 * MINUTE,
        NINE + 3 * MINUTE,
        None,
    )
    assert run.reading.begun_at == NINE
    assert run.reading.read_at == NINE + 3 * MINUTE


def test_an_event_that_comes_too_late_counts_from_the_one_before() -> None:
    run = Run(Task("a")).start("a")
    run.add(finish(run.reading, "a", at=NINE - MINUTE, by="kim"))
    assert run.reading["a"].ended_at == NINE + MINUTE


def test_any_goes_on_with_the_first_and_leaves_the_others_to_go_on() -> None:
    run = Run(Task("a"), Task("b"), Task("c", after=["a", "b"], join="any"))
    assert run.because("c") == "c: waiting (waits for 1 of 'a', 'b')"
    run.start("a", "b").finish("b")
    assert run.because("c") == "c: ready (comes after 'b')"
    run.do("c")
    assert run.statuses() == {"a": "running", "b": "done", "c": "done"}
    assert not run.reading.is_done
    run.finish("a")
    assert run.statuses()["c"] == "done"
    assert run.reading.is_done


def test_some_of_several_is_a_join_too() -> None:
    run = Run(Task("a"), Task("b"), Task("c"), Task("d", after=["a", "b", "c"], join=2)).do("a")
    assert run.because("d") == "d: waiting (waits for 1 of 'b', 'c')"
    run.do("c")
    assert run.because("d") == "d: ready (comes after 'a', 'c')"


def test_a_condition_decides_whether_a_task_comes_at_all() -> None:
    tasks = [Task("a", when=at_least("cost", 10)), Task("b", after="a"), Task("c")]
    asked = Run(*tasks, facts={"cost": "number"}, cost=12)
    assert asked.because("a") == (
        "a: ready (stands at the beginning; its condition held (cost is 12, at least 10))"
    )
    spared = Run(*tasks, facts={"cost": "number"}, cost=2)
    assert spared.because("a") == "a: not needed (its condition did not hold (cost is 2, not at least 10))"
    assert spared.because("b") == "b: not needed (needed only after 'a', not needed either)"
    assert spared.reading["b"].ended_at == NINE
    assert spared.statuses()["c"] == "ready"


def test_a_join_waits_for_all_that_may_come_and_needs_one_of_them() -> None:
    never = equals("vip", True)
    tasks = [
        Task("a", when=never),
        Task("b"),
        Task("c", after=["a", "b"]),
        Task("d", after=["a", "c"], join=2),
    ]
    run = Run(*tasks, facts={"vip": "truth"})
    assert run.statuses() == {"a": "not needed", "b": "ready", "c": "waiting", "d": "waiting"}
    run.do("b")
    assert run.because("c") == "c: ready (comes after 'b')"
    run.do("c")
    assert run.because("d") == "d: ready (comes after 'c')"


def test_what_is_done_regardless_comes_although_nothing_before_it_was_needed() -> None:
    run = Run(
        Task("a", when=equals("vip", True)), Task("b", after="a", regardless=True), facts={"vip": "truth"}
    )
    assert run.because("b") == "b: ready (comes after 'a')"


def test_a_condition_is_asked_once() -> None:
    tasks = [
        Task("a", when=at_least("cost", 10)),
        Task("b"),
        Task("c", after="b", when=at_least("cost", 10)),
    ]
    run = Run(*tasks, facts={"cost": "number"}, cost=2).change(cost=12)
    assert run.statuses() == {"a": "not needed", "b": "ready", "c": "waiting"}
    run.do("b")
    assert run.statuses() == {"a": "not needed", "b": "done", "c": "ready"}
    run.change(cost=None)
    assert run.statuses()["c"] == "ready"
    assert run.reading.facts["cost"] is None


def test_what_a_task_gives_can_be_asked_after_it() -> None:
    tasks = [
        Task("quote", gives={"price": "number"}),
        Task("approve", after="quote", when=at_least("price", 500)),
    ]
    assert Run(*tasks).start("quote").finish("quote", price=499).statuses()["approve"] == "not needed"
    dear = Run(*tasks).start("quote").finish("quote", price=500)
    assert dear.statuses()["approve"] == "ready"
    assert dear.reading.facts == {"price": 500, "quote.outcome": "done"}


def test_only_the_facts_that_the_graph_speaks_of_are_kept() -> None:
    run = Run(Task("a"), facts={"cost": "number"}, cost=2, colour="red")
    assert isinstance(run.history[0], TaskGraphBegun)
    assert run.history[0].facts == {"cost": 2}
    assert run.reading.facts == {"cost": 2}


def test_a_failed_attempt_leaves_a_task_ready_as_long_as_it_has_attempts() -> None:
    run = Run(Task("a", attempts=2)).fail("a")
    assert run.because("a") == "a: ready (stands at the beginning; failed at attempt 1 of 2: no power)"
    assert run.reading["a"].attempt == 1
    run.start("a")
    assert run.reading["a"].attempt == 2
    run.finish("a")
    assert run.reading.is_done


def test_a_failure_stops_the_graph_if_so_declared() -> None:
    run = Run(Task("a"), Task("b"), Task("c"), Task("d", after="c")).start("b").fail("a")
    assert run.statuses() == {"a": "failed", "b": "running", "c": "blocked", "d": "blocked"}
    assert run.because("c") == (
        "c: blocked (stands at the beginning; nothing starts since 'a' failed; reopen or skip it)"
    )
    assert (
        run.because("d") == "d: blocked (waits for 'c'; nothing starts since 'a' failed; reopen or skip it)"
    )
    assert not run.reading.is_stuck
    run.finish("b")
    assert run.reading.is_stuck
    assert [each.task for each in run.reading.stuck_because] == ["a"]
    assert run.reading.explain().startswith("task graph 'g': stuck, since 'a' failed\n")


def test_a_failure_blocks_what_needs_it_if_so_declared() -> None:
    run = Run(
        Task("a", on_failure=OnFailure.BLOCK),
        Task("b"),
        Task("needs both", after=["a", "b"]),
        Task("needs one", after=["a", "b"], join="any"),
        Task("behind", after="needs both"),
    ).fail("a")
    assert run.statuses() == {
        "a": "failed",
        "b": "ready",
        "needs both": "blocked",
        "needs one": "waiting",
        "behind": "blocked",
    }
    assert run.because("needs both") == (
        "needs both: blocked (waits for 'a', which failed or is blocked; reopen or skip what failed)"
    )
    run.do("b", "needs one")
    assert run.reading.is_stuck
    assert run.reading["a"].ended_at == NINE + 2 * MINUTE
    assert not run.reading["a"].is_ended


def test_the_work_goes_on_from_a_failure_if_so_declared() -> None:
    back_out = Task("back out", after="deploy", when=equals("deploy.outcome", "failed"))
    verify = Task("verify", after="deploy", when=equals("deploy.outcome", "done"))
    deploy = Task("deploy", on_failure=OnFailure.CONTINUE)
    failed = Run(deploy, verify, back_out).fail("deploy")
    assert failed.statuses() == {"deploy": "failed", "verify": "not needed", "back out": "ready"}
    assert failed.do("back out").reading.is_done
    done = Run(deploy, verify, back_out).do("deploy")
    assert done.statuses() == {"deploy": "done", "verify": "ready", "back out": "not needed"}


def test_who_reopens_a_task_gives_it_all_its_attempts() -> None:
    run = Run(Task("a", attempts=2), Task("b")).fail("a").fail("a")
    assert run.reading.is_stuck
    run.reopen("a")
    assert run.statuses() == {"a": "ready", "b": "ready"}
    assert run.because("a") == "a: ready (stands at the beginning; reopened by kim: power is back)"
    assert run.reading["a"].attempt == 0
    assert run.reading["a"].ended_at is None
    run.fail("a").do("a", "b")
    assert run.reading.is_done


def test_a_failed_task_that_is_skipped_holds_nothing_up() -> None:
    run = Run(Task("a"), Task("b", after="a")).fail("a").skip("a")
    assert run.statuses() == {"a": "skipped", "b": "ready"}
    assert run.because("a") == "a: skipped (skipped by kim: no need)"


def test_what_runs_can_be_skipped() -> None:
    run = Run(Task("a"), Task("b", after="a")).start("a").skip("a")
    assert run.statuses() == {"a": "skipped", "b": "ready"}
    assert run.reading.facts["a.outcome"] == "skipped"


def test_a_skip_ahead_waits_for_its_turn() -> None:
    run = Run(Task("a"), Task("b", after="a"), Task("c", after="b")).skip("b")
    assert run.statuses() == {"a": "ready", "b": "waiting", "c": "waiting"}
    assert run.reading["b"].will_be_skipped
    assert run.because("b") == "b: waiting (waits for 'a'; skipped by kim: no need)"
    run.do("a")
    assert run.statuses() == {"a": "done", "b": "skipped", "c": "ready"}
    assert not run.reading["b"].will_be_skipped


def test_a_skip_ahead_comes_before_the_condition_and_after_what_is_not_needed() -> None:
    never = equals("vip", True)
    tasks = [Task("a"), Task("b", after="a", when=never), Task("c", after="d"), Task("d", when=never)]
    run = Run(*tasks, facts={"vip": "truth"}).skip("b").do("a")
    assert run.statuses() == {"a": "done", "b": "skipped", "c": "not needed", "d": "not needed"}


def test_two_that_end_at_once_call_what_follows_once() -> None:
    never = equals("vip", True)
    tasks = [
        Task("a"),
        Task("b", after="a"),
        Task("c", after="a", when=never),
        Task("d", after=["b", "c"], join="any", when=never),
        Task("e", after=["d", "f"]),
        Task("f"),
    ]
    run = Run(*tasks, facts={"vip": "truth"}).skip("b").do("a")
    assert run.statuses() == {
        "a": "done",
        "b": "skipped",
        "c": "not needed",
        "d": "not needed",
        "e": "waiting",
        "f": "ready",
    }


def test_an_empty_graph_is_done_as_soon_as_it_begins() -> None:
    assert Run().reading.is_done


@pytest.mark.parametrize(
    ("events", "problems"),
    [
        pytest.param(
            [TaskStarted("a", at=NINE, by="kim")],
            ["events[0]: TaskStarted 'a': the work has not begun; begin it first"],
            id="before the beginning",
        ),
        pytest.param(
            [TaskGraphBegun("h", "2", at=NINE, by="kim")],
            [
                (
                    "events[0]: TaskGraphBegun: it begins 'h' of version '2', and this is 'g' of version "
                    "'1'; read it by the definition that it began with"
                )
            ],
            id="of another graph",
        ),
        pytest.param(
            [
                TaskGraphBegun("g", "1", at=NINE, by="kim"),
                TaskDone("a", at=NINE, by="kim"),
                TaskStarted("b", at=NINE, by="kim"),
                "nothing",
            ],
            [
                "events[1]: TaskDone 'a': it is ready: stands at the beginning",
                "events[2]: TaskStarted 'b': it is waiting: waits for 'a'",
                "events[3]: must be an event of task graphs, not str 'nothing'",
            ],
            id="out of order",
        ),
    ],
)
def test_a_history_that_cannot_have_happened_is_refused(events: list[Any], problems: list[str]) -> None:
    with pytest.raises(TaskHistoryError) as caught:
        read_tasks(TaskGraph("g", [Task("a"), Task("b", after="a")]), events)
    assert list(caught.value.problems) == problems


def test_a_reading_of_an_unknown_task_is_refused() -> None:
    with pytest.raises(UnknownTaskError, match="unknown task 'A'"):
        Run(Task("a")).reading["A"]


def test_a_reading_can_be_pickled() -> None:
    reading = Run(Task("a"), Task("b", after="a")).do("a").reading
    assert pickle.loads(pickle.dumps(reading)) == reading


EVENTS = [
    TaskGraphBegun("g", "1", {"cost": 2}, at=NINE, by="kim"),
    FactsChanged({"cost": 3}, at=NINE, by="kim"),
    TaskStarted("a", at=NINE, by="kim"),
    TaskDone("a", {"price": 3}, at=NINE, by="kim"),
    TaskFailed("a", "no power", at=NINE, by="kim"),
    TaskSkipped("a", "no need", at=NINE, by="kim"),
    TaskReopened("a", "again", at=NINE, by="kim"),
]


@pytest.mark.parametrize("event", EVENTS, ids=lambda event: type(event).__name__)
def test_an_event_can_be_hashed_and_pickled(event: TaskEvent) -> None:
    assert pickle.loads(pickle.dumps(event)) == event
    assert hash(pickle.loads(pickle.dumps(event))) == hash(event)


# -- all rules at once -------------------------------------------------------------------------------


def expected_end(
    graph: TaskGraph, facts: Mapping[str, object], failures: Mapping[str, int], skipped: set[str]
) -> dict[str, str]:
    """Return how every task ends, by definition: from the ends of its predecessors, whatever the order."""
    ends: dict[str, str] = {}
    known = dict(facts)

    def end(task: Task) -> str:
        before = [ends[name] for name in task.after]
        stuck = sum(
            each == "blocked" or (each == "failed" and graph[name].on_failure is not OnFailure.CONTINUE)
            for name, each in zip(task.after, before, strict=True)
        )
        came = len(before) - before.count("not needed") - stuck
        if came < (len(before) if task.join == "all" else 1 if task.join == "any" else task.join) and stuck:
            return "blocked"
        if before and not came and not task.regardless:
            return "not needed"
        if task.name in skipped:
            return "skipped"
        if not holds(task.when, known):
            return "not needed"
        return "failed" if failures[task.name] >= task.attempts else "done"

    for name in graph.topological_order:
        ends[name] = known[f"{name}.outcome"] = end(graph[name])
        if ends[name] == "done":
            known |= dict.fromkeys(outputs_of(graph[name]), failures[name])
    return ends


def outputs_of(task: Task) -> tuple[str, ...]:
    return tuple(name for name in [f"{task.name}!"] if task.gives.types)


@settings(max_examples=300, deadline=None)
@given(data=st.data())
def test_every_run_ends_as_the_definition_says_whatever_its_order(
    graphs: st.SearchStrategy[TaskGraph], data: st.DataObject
) -> None:
    graph = data.draw(graphs)
    names = [task.name for task in graph]
    facts = data.draw(
        st.fixed_dictionaries({}, optional={"cost": st.sampled_from([2, 20]), "vip": st.booleans()})
    )
    failures = data.draw(st.fixed_dictionaries({name: st.integers(0, 12) for name in names}))
    history: list[TaskEvent] = [begin(read_tasks(graph, []), facts, **AT)]
    skipped: set[str] = set()
    for name in data.draw(st.sets(st.sampled_from(names))):
        reading = read_tasks(graph, history)
        if not reading[name].is_ended:
            skipped.add(name)
            history.append(skip(reading, name, "no need", **AT))
    stopped = False
    ended: dict[str, TaskStatus] = {}
    while True:
        reading = read_tasks(graph, history)
        for name, each in reading.tasks.items():
            if each.is_ended:
                assert ended.setdefault(name, each.status) is each.status
        options = [*reading.ready, *reading.running]
        assert (reading.is_done or reading.is_stuck) == (not options)
        if not options:
            break
        name = data.draw(st.sampled_from(options))
        task, now = graph[name], reading[name]
        if now.status is TaskStatus.READY:
            over = sum(reading[before].is_ended for before in task.after)
            assert over >= task.needed
            history.append(start(reading, name, **AT))
        elif now.attempt <= failures[name]:
            history.append(fail(reading, name, "no power", **AT))
            stopped |= failures[name] >= task.attempts and task.on_failure is OnFailure.STOP
        else:
            outputs = dict.fromkeys(outputs_of(task), failures[name])
            history.append(finish(reading, name, outputs, **AT))
    expected = expected_end(graph, facts, failures, skipped)
    statuses = {name: each.status.value for name, each in reading.tasks.items()}
    if stopped:  # what had been begun before, depends on the order
        assert reading.is_stuck
        assert all(status in (expected[name], "blocked") for name, status in statuses.items())
    else:
        assert statuses == expected
    assert reading.is_done == all(
        status in ("done", "skipped", "not needed")
        or (status == "failed" and graph[name].on_failure is OnFailure.CONTINUE)
        for name, status in statuses.items()
    )


def test_what_happened_stays_as_it_was_whatever_becomes_of_what_was_handed_in() -> None:
    graph = TaskGraph("g", [Task("buy", when=present("tags"))], facts={"tags": "collection"})
    tags = ["vip", {"x": ["y"]}]
    events = [begin(read_tasks(graph, []), {"tags": tags}, at=datetime(2026, 3, 2, tzinfo=UTC), by="kim")]
    tags.clear()
    assert read_tasks(graph, events)["buy"].status.value == "ready"
    assert events[0].facts["tags"] == ("vip", {"x": ("y",)})
    assert hash(events[0]) == hash(pickle.loads(pickle.dumps(events[0])))
