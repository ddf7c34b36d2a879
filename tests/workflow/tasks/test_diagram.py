"""Graphs as pictures."""

from datetime import UTC, datetime
from typing import Any

import pytest

from itsmkit.conditions import equals
from itsmkit.errors import DefinitionError
from itsmkit.workflow.tasks import (
    Task,
    TaskGraph,
    TaskGraphBegun,
    TaskStarted,
    mermaid_text,
    read_tasks,
)

AT: dict[str, Any] = {"at": datetime(2026, 3, 2, 9, tzinfo=UTC), "by": "kim"}
GRAPH = TaskGraph(
    "g",
    [
        Task("a"),
        Task('say "b"', when=equals("vip", True)),
        Task("c", after=["a", 'say "b"'], join="any"),
    ],
    facts={"vip": "truth"},
)


def test_conditions_and_joins_can_be_seen() -> None:
    assert mermaid_text(GRAPH).splitlines() == [
        "flowchart LR",
        '    t0["a"]',
        '    t1{{"say #34;b#34;"}}',
        '    t2["c<br/>1 of 2"]',
        "    t0 --> t2",
        "    t1 --> t2",
    ]


def test_a_reading_shows_every_status_by_word_and_colour() -> None:
    events = [TaskGraphBegun("g", "1", **AT), TaskStarted("a", **AT)]
    lines = mermaid_text(GRAPH, read_tasks(GRAPH, events)).splitlines()
    assert lines[1:4] == [
        '    t0["a<br/>running"]',
        '    t1{{"say #34;b#34;<br/>not needed"}}',
        '    t2["c<br/>1 of 2<br/>waiting"]',
    ]
    assert [line for line in lines if line.startswith("    class ")] == [
        "    class t2 waiting",
        "    class t0 running",
        "    class t1 not_needed",
    ]
    assert sum(line.startswith("    classDef ") for line in lines) == 3


def test_a_reading_of_another_graph_is_refused() -> None:
    with pytest.raises(DefinitionError, match="reading: is of 'h' of version '2', not of this graph"):
        mermaid_text(GRAPH, read_tasks(TaskGraph("h", [], version="2"), []))
