"""What may be asked of a running graph, and every reason why not."""

import pickle
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest

from itsmkit.conditions import FactType
from itsmkit.errors import DefinitionError
from itsmkit.workflow.tasks import (
    FactsChanged,
    OnFailure,
    Task,
    TaskDone,
    TaskFailed,
    TaskGraph,
    TaskGraphBegun,
    TaskGraphReading,
    TaskRefusedError,
    TaskReopened,
    TaskSkipped,
    TaskStarted,
    begin,
    change_facts,
    fail,
    finish,
    read_tasks,
    reopen,
    skip,
    start,
)

AT: dict[str, Any] = {"at": datetime(2026, 3, 2, 9, tzinfo=UTC), "by": "kim"}
GRAPH = TaskGraph(
    "laptop",
    [
        Task("quote", gives={"price": "number", "remark": FactType("text")}),
        Task("order", after="quote"),
        Task("tidy", on_failure=OnFailure.CONTINUE),
    ],
    facts={"cost": "number", "site": FactType("text", choices=["Essen", "Boston"], optional=False)},
)
NEW = read_tasks(GRAPH, [])
BEGUN = [begin(NEW, {"site": "Essen"}, **AT)]


def after(*events: TaskStarted | TaskDone | TaskFailed | TaskSkipped | TaskReopened) -> TaskGraphReading:
    return read_tasks(GRAPH, [*BEGUN, *events])


def quoted(*, price: object = 5) -> TaskDone:
    return TaskDone("quote", {"price": price}, **AT)


QUOTING = TaskStarted("quote", **AT)
TIDYING = TaskStarted("tidy", **AT)


@pytest.mark.parametrize(
    ("event", "expected"),
    [
        pytest.param(BEGUN[0], TaskGraphBegun("laptop", "1", {"site": "Essen"}, **AT), id="begin"),
        pytest.param(start(after(), "quote", **AT), QUOTING, id="start"),
        pytest.param(finish(after(QUOTING), "quote", {"price": 5}, **AT), quoted(), id="finish"),
        pytest.param(
            fail(after(QUOTING), "quote", "closed", **AT), TaskFailed("quote", "closed", **AT), id="fail"
        ),
        pytest.param(
            skip(after(), "order", "in stock", **AT), TaskSkipped("order", "in stock", **AT), id="skip"
        ),
        pytest.param(
            reopen(after(QUOTING, TaskFailed("quote", "closed", **AT)), "quote", "open", **AT),
            TaskReopened("quote", "open", **AT),
            id="reopen",
        ),
        pytest.param(
            change_facts(after(), {"cost": 3}, **AT), FactsChanged({"cost": 3}, **AT), id="change facts"
        ),
    ],
)
def test_what_may_happen_is_returned_as_the_event_to_append(event: object, expected: object) -> None:
    assert event == expected


@pytest.mark.parametrize(
    ("command", "reasons"),
    [
        pytest.param(
            lambda: begin(after(), {"cost": "much"}, **AT),
            (
                "the work has begun already",
                'facts.cost: must be a number, not the text "much"',
                "facts.site: is missing",
            ),
            id="begin twice",
        ),
        pytest.param(
            lambda: change_facts(NEW, {"cost": 3}, **AT),
            ("the work has not begun; begin it first", "facts.site: is missing"),
            id="change facts of nothing",
        ),
        pytest.param(
            lambda: change_facts(after(), {"cots": 3, "site": "Esen"}, **AT),
            (
                'facts.site: must be one of "Essen", "Boston", not the text "Esen"',
                "facts.cots: there is no such fact; did you mean cost?",
            ),
            id="change what is no fact",
        ),
        pytest.param(
            lambda: start(NEW, "quote", **AT),
            ("the work has not begun; begin it first",),
            id="start before the beginning",
        ),
        pytest.param(
            lambda: start(NEW, "quot", **AT),
            ("the work has not begun; begin it first", "unknown task 'quot'; did you mean 'quote'?"),
            id="start what is not there",
        ),
        pytest.param(
            lambda: start(after(), "order", **AT),
            ("it is waiting: waits for 'quote'",),
            id="start what waits",
        ),
        pytest.param(
            lambda: finish(after(), "quote", {"prize": 5, "remark": 3}, **AT),
            (
                "it is ready: stands at the beginning",
                "outputs.price: is missing",
                "outputs.remark: must be text, not the number 3",
                "outputs.prize: there is no such fact; did you mean price?",
            ),
            id="finish what has not begun",
        ),
        pytest.param(
            lambda: fail(after(), "quote", "closed", **AT),
            ("it is ready: stands at the beginning",),
            id="fail what has not begun",
        ),
        pytest.param(
            lambda: skip(after(QUOTING, quoted()), "quote", "no need", **AT),
            ("it is done: done by kim",),
            id="skip what is done",
        ),
        pytest.param(
            lambda: skip(after(TaskSkipped("order", "in stock", **AT)), "order", "no need", **AT),
            ("it is waiting: waits for 'quote'; skipped by kim: in stock",),
            id="skip twice",
        ),
        pytest.param(
            lambda: reopen(after(), "quote", "again", **AT),
            ("it is ready: stands at the beginning",),
            id="reopen what has not failed",
        ),
        pytest.param(
            lambda: reopen(after(TIDYING, TaskFailed("tidy", "closed", **AT)), "tidy", "again", **AT),
            ("it is failed, and the work has gone on from that",),
            id="reopen what was gone on from",
        ),
    ],
)
def test_a_refusal_gives_every_reason(command: Callable[[], object], reasons: tuple[str, ...]) -> None:
    with pytest.raises(TaskRefusedError) as caught:
        command()
    assert caught.value.reasons == reasons


def test_a_refusal_names_what_was_asked_and_can_be_pickled() -> None:
    with pytest.raises(TaskRefusedError) as caught:
        start(after(), "order", **AT)
    again = pickle.loads(pickle.dumps(caught.value))
    assert (again.action, again.task, again.reasons) == ("start", "order", caught.value.reasons)
    assert str(again) == "cannot start 'order': it is waiting: waits for 'quote'"
    with pytest.raises(TaskRefusedError, match=r"^cannot begin the graph: the work has begun already;"):
        begin(after(), **AT)


@pytest.mark.parametrize(
    "make",
    [
        pytest.param(lambda: TaskStarted("quote", at=AT["at"].replace(tzinfo=None), by="kim"), id="naive"),
        pytest.param(lambda: TaskStarted("quote", at=AT["at"], by=""), id="nobody"),
        pytest.param(lambda: TaskFailed("quote", "", **AT), id="no reason"),
        pytest.param(lambda: TaskDone("", **AT), id="no task"),
    ],
)
def test_an_event_without_what_it_must_say_is_refused(make: Callable[[], object]) -> None:
    with pytest.raises(DefinitionError):
        make()
