"""One task, and what keeps it from being one."""

import pickle
from datetime import timedelta
from typing import Any

import pytest

from itsmkit.calendars import BusinessDays
from itsmkit.conditions import FactSchema, FactType, equals
from itsmkit.workflow.tasks import OnFailure, Task, TaskGraphError

HOUR = timedelta(hours=1)


@pytest.mark.parametrize(
    ("options", "problem"),
    [
        pytest.param({"name": ""}, "name: must be a name without surrounding spaces, not str ''", id="name"),
        pytest.param(
            {"kind": " x"}, "kind: must be a name without surrounding spaces, not str ' x'", id="kind"
        ),
        pytest.param(
            {"after": ["a", 3]},
            "after[1]: must be a name without surrounding spaces, not int 3",
            id="no name",
        ),
        pytest.param({"after": ["a", "a"]}, "after: 'a' stands there more than once", id="twice after one"),
        pytest.param({"after": "x"}, "after[0]: 'x' cannot come after itself: x -> x", id="after itself"),
        pytest.param(
            {"after": "a", "join": 2},
            "join: waits for 2 of 1 predecessors; wait for fewer, or name more in 'after'",
            id="a join of too many",
        ),
        pytest.param(
            {"after": "a", "join": 0},
            "join: must be 'all', 'any' or a number of at least 1, not int 0",
            id="a join of none",
        ),
        pytest.param(
            {"after": "a", "join": True},
            "join: must be 'all', 'any' or a number of at least 1, not bool True",
            id="a join that is no number",
        ),
        pytest.param(
            {"join": "any"},
            "join: 'any' needs predecessors to wait for; name them in 'after'",
            id="any of none",
        ),
        pytest.param({"when": "always"}, "when: must be a Condition, not str 'always'", id="condition"),
        pytest.param(
            {"duration": -HOUR},
            "duration: must not be negative, not timedelta datetime.time...seconds=82800)",
            id="negative",
        ),
        pytest.param(
            {"duration": BusinessDays(0), "calendar": "office"},
            "duration: must be at least 1 business day, not 0",
            id="no days",
        ),
        pytest.param(
            {"duration": BusinessDays(1)},
            "duration: business days need a calendar to be counted on; name it in 'calendar'",
            id="days of no calendar",
        ),
        pytest.param(
            {"duration": 3}, "duration: must be a timedelta or BusinessDays, not int 3", id="a bare number"
        ),
        pytest.param(
            {"calendar": ""}, "calendar: must be a name without surrounding spaces, not str ''", id="calendar"
        ),
        pytest.param(
            {"group": ""}, "group: must be a name without surrounding spaces, not str ''", id="group"
        ),
        pytest.param(
            {"attempts": 0}, "attempts: must be a whole number of at least 1, not int 0", id="no attempt"
        ),
        pytest.param(
            {"attempts": True},
            "attempts: must be a whole number of at least 1, not bool True",
            id="attempts that are no number",
        ),
        pytest.param(
            {"on_failure": "ignore"},
            "on_failure: must be one of stop, block, continue, not str 'ignore'",
            id="what failure means",
        ),
        pytest.param(
            {"gives": ["cost"]},
            "gives: must be a FactSchema, or a mapping from names to kinds, not list ['cost']",
            id="no facts",
        ),
        pytest.param(
            {"gives": {"cost": "money"}},
            "gives.cost: unknown kind 'money'; known: text, truth, number, instant, duration, collection",
            id="an unknown kind of fact",
        ),
        pytest.param(
            {"gives": {"": "text"}},
            'gives: the name of a fact is text without surrounding spaces, not the text ""',
            id="a fact without a name",
        ),
        pytest.param(
            {"gives": {"cost": 3}},
            "gives: cost: must be a FactType, not the number 3",
            id="no type of fact",
        ),
        pytest.param({"regardless": 1}, "regardless: must be a bool, not int 1", id="regardless"),
    ],
)
def test_what_cannot_be_is_refused(options: dict[str, Any], problem: str) -> None:
    with pytest.raises(TaskGraphError) as caught:
        Task(**{"name": "x", **options})
    assert caught.value.problems == (problem,)


def test_all_problems_are_told_at_once() -> None:
    with pytest.raises(TaskGraphError) as caught:
        Task("", attempts=0, duration=BusinessDays(0), group="")
    assert [each.partition(":")[0] for each in caught.value.problems] == [
        "name",
        "duration",
        "duration",
        "group",
        "attempts",
    ]


@pytest.mark.parametrize(
    ("join", "needed"),
    [
        pytest.param("all", 3, id="all"),
        pytest.param("any", 1, id="any"),
        pytest.param(2, 2, id="some"),
    ],
)
def test_a_join_says_for_how_many_it_waits(join: Any, needed: int) -> None:
    assert Task("x", after=["a", "b", "c"], join=join).needed == needed


def test_a_single_predecessor_may_stand_alone() -> None:
    assert Task("x", after="ab") == Task("x", after=["ab"])


def test_words_are_read_as_what_they_name() -> None:
    assert Task("x", on_failure="block").on_failure is OnFailure.BLOCK  # type: ignore[arg-type]  # a text will do
    always = FactSchema({"cost": FactType("number", optional=False)})
    assert Task("x", gives={"cost": "number"}).gives == Task("x", gives=always).gives == always
    perhaps = {"cost": FactType("number")}
    assert Task("x", gives=perhaps).gives == FactSchema(perhaps)


def test_a_task_can_be_hashed_and_pickled() -> None:
    task = Task("x", after="a", when=equals("vip", True), duration=HOUR, gives={"cost": "number"})
    assert pickle.loads(pickle.dumps(task)) == task
    assert len({task, pickle.loads(pickle.dumps(task))}) == 1
