"""Graphs as documents: both ways, and every fault with its path."""

import tomllib
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from itsmkit.calendars import BusinessDays, CountFrom
from itsmkit.conditions import FactType, at_least
from itsmkit.workflow.tasks import OnFailure, Task, TaskGraph, TaskGraphError, graph_from, graph_to_mapping

DOCUMENT = """
name = "laptop"

[facts]
cost = "number"
site = { kind = "text", choices = ["Essen", "Boston"], optional = false }

[[tasks]]
name = "approve"
kind = "approval"
when = { field = "cost", at_least = 1000 }
group = "Finance"
calendar = "office"
duration = "2 business days"
gives = { cost_centre = "text", remark = { kind = "text" } }

[[tasks]]
name = "order"
after = ["approve"]
join = 1
duration = "1h30min"
attempts = 3
on_failure = "continue"
regardless = true

[[tasks]]
name = "pay"
calendar = "office"
duration = { business_days = 3, count_from = "next_opening" }
"""


def test_a_document_is_read_as_what_it_says() -> None:
    assert graph_from(tomllib.loads(DOCUMENT)) == TaskGraph(
        "laptop",
        [
            Task(
                "approve",
                kind="approval",
                when=at_least("cost", 1000),
                group="Finance",
                calendar="office",
                duration=BusinessDays(2),
                gives={"cost_centre": "text", "remark": FactType("text")},
            ),
            Task(
                "order",
                after="approve",
                join=1,
                duration=timedelta(minutes=90),
                attempts=3,
                on_failure=OnFailure.CONTINUE,
                regardless=True,
            ),
            Task("pay", calendar="office", duration=BusinessDays(3, count_from=CountFrom.NEXT_OPENING)),
        ],
        facts={"cost": "number", "site": FactType("text", choices=["Essen", "Boston"], optional=False)},
    )


def test_what_is_usual_is_left_out() -> None:
    plain = graph_to_mapping(graph_from(tomllib.loads(DOCUMENT)))
    assert plain["version"] == "1"
    assert plain["tasks"] == [
        {
            "name": "approve",
            "kind": "approval",
            "when": {"field": "cost", "at_least": 1000},
            "duration": "2 business days",
            "calendar": "office",
            "group": "Finance",
            "gives": {"cost_centre": "text", "remark": {"kind": "text"}},
        },
        {
            "name": "order",
            "after": ["approve"],
            "join": 1,
            "duration": "1h30min",
            "attempts": 3,
            "on_failure": "continue",
            "regardless": True,
        },
        {
            "name": "pay",
            "duration": {"business_days": 3, "count_from": "next_opening", "time_of_day": "kept"},
            "calendar": "office",
        },
    ]


@given(data=st.data())
def test_reading_undoes_writing(graphs: st.SearchStrategy[TaskGraph], data: st.DataObject) -> None:
    graph = data.draw(graphs)
    assert graph_from(graph_to_mapping(graph)) == graph


def task(**options: Any) -> dict[str, Any]:
    return {"name": "g", "tasks": [{"name": "a"}, {"name": "b", **options}]}


@pytest.mark.parametrize(
    ("document", "problems"),
    [
        pytest.param([], ["g.toml: must be a table, not []"], id="no table"),
        pytest.param(
            {"nam": "g"},
            [
                "g.toml: name: is missing",
                "g.toml: tasks: is missing",
                "g.toml: nam: is not known here; did you mean name?",
            ],
            id="nothing that it must have",
        ),
        pytest.param({"name": "g", "tasks": "a"}, ["g.toml: tasks: must be a list, not 'a'"], id="no list"),
        pytest.param(
            {"name": "", "tasks": []},
            ["g.toml: name: must be a name without surrounding spaces, not str ''"],
            id="no name",
        ),
        pytest.param(
            {"name": "g", "tasks": ["a"]},
            ["g.toml: tasks[0]: must be a table, not 'a'"],
            id="no table of a task",
        ),
        pytest.param(
            {"name": "g", "tasks": [{"after": []}]},
            ["g.toml: tasks[0].name: is missing"],
            id="a nameless task",
        ),
        pytest.param(
            {"name": "g", "tasks": [], "facts": {"cost": "money"}},
            ["g.toml: facts: cost: unknown kind 'money'; known: text, truth, number, "],
            id="an unknown kind of fact",
        ),
        pytest.param(
            task(join="most"),
            ["g.toml: tasks[1].join: must be 'all', 'any' or a number, not str 'most'"],
            id="join",
        ),
        pytest.param(
            task(after=["a"], join=2),
            ["g.toml: tasks[1].join: waits for 2 of 1 predecessors; wait for fewer, or name more in 'after'"],
            id="a join of too many",
        ),
        pytest.param(
            task(when={"field": "cost"}),
            ["g.toml: tasks[1].when: "],
            id="no condition",
        ),
        pytest.param(
            task(duration="soon"),
            ["g.toml: tasks[1].duration: must be a duration such as '8h', '30min' or '1h30min', not 'soon'"],
            id="no duration",
        ),
        pytest.param(
            task(duration="many business days"),
            ["g.toml: tasks[1].duration: 'many business days' are no business days; write "],
            id="no business days",
        ),
        pytest.param(
            task(duration={"business_day": 3}),
            ["g.toml: tasks[1].duration: business_day"] * 2,
            id="no table of business days",
        ),
        pytest.param(task(gives=["price"]), ["g.toml: tasks[1].gives: schema: "], id="gives no facts"),
        pytest.param(
            task(gives={"price": "money"}),
            ["g.toml: tasks[1].gives: price: unknown kind 'money'; "],
            id="gives an unknown kind",
        ),
        pytest.param(
            task(on_failure="ignore"),
            ["g.toml: tasks[1].on_failure: must be one of "],
            id="what failure means",
        ),
        pytest.param(
            task(after=["c"], attempts=0),
            ["g.toml: tasks[1].attempts: must be a whole number of at least 1, not int 0"],
            id="a task that cannot be judged further",
        ),
        pytest.param(
            {
                "name": 3,
                "tasks": [
                    {"name": "a", "after": ["d", "b"], "when": {"field": "x", "present": True}},
                    {"name": "b", "after": ["a", "c"]},
                    {"name": "c", "attempts": "many"},
                ],
            },
            [
                "g.toml: name: must be text, not 3",
                "g.toml: tasks[2].attempts: must be a whole number, not 'many'",
                "g.toml: tasks[0].after[0]: unknown task 'd'; known: a, b, c",
                "g.toml: tasks: a -> b -> a is a cycle, ",
            ],
            id="what is wrong between tasks, whatever else is",
        ),
    ],
)
def test_every_fault_is_told_with_its_path(document: object, problems: list[str]) -> None:
    with pytest.raises(TaskGraphError) as caught:
        graph_from(document, where="g.toml")
    assert len(caught.value.problems) == len(problems)
    for found, expected in zip(caught.value.problems, problems, strict=True):
        assert found.startswith(expected)


def test_a_document_within_another_tells_where_it_stands() -> None:
    with pytest.raises(TaskGraphError) as caught:
        graph_from(
            {"name": "", "tasks": [{"name": "a", "after": "b"}]}, where="desk.toml", at="catalogue[0].tasks"
        )
    assert caught.value.problems == ("desk.toml: catalogue[0].tasks.tasks[0].after: must be a list, not 'b'",)
    with pytest.raises(TaskGraphError, match=r"^desk\.toml: catalogue\[0\]\.tasks\.name: must be a name"):
        graph_from({"name": "", "tasks": []}, where="desk.toml", at="catalogue[0].tasks")
