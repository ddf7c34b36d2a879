"""Kinds of work in a database: found by their fields and categories, moved through every door the same."""

import asyncio
import runpy
from pathlib import Path
from typing import Any

import pytest

from itsmkit.desk import Desk, DeskConfig
from itsmkit.practices import STANDARD_KINDS
from itsmkit.testing import AN_AGENT
from itsmkit.workflow import TransitionRefusedError
from itsmkit_sql import AsyncDesk, SQLStore

EXAMPLE: DeskConfig = runpy.run_path(str(Path(__file__).parents[3] / "examples" / "legal_complaints.py"))[
    "CONFIG"
]
MISSING = (
    "assignee is missing",
    "court_file is missing",
    "there is no field 'cuort_file'; did you mean 'court_file'?",
)


def test_tickets_are_found_by_their_fields_and_by_the_categories_above(url: str) -> None:
    with Desk(EXAMPLE, store=SQLStore.open(url)) as opened:
        desk = opened.acting_as(AN_AGENT)
        legal = desk.work("legal_complaint")
        one = legal.log("One", category="warranty", details={"costs": "12.50"})
        legal.log("Two", category="contract", details={"costs": 7})
        assert desk.tickets.find("category.warranty = true and costs > 10").tickets == (one,)
        assert desk.tickets.count("category.contract = true") == 2
        assert [g.values for g in desk.figures(["kind", "category.warranty"])] == [
            ("legal_complaint", None),
            ("legal_complaint", True),
        ]


def test_every_kind_comes_back_as_what_it_was(sqlite_url: str) -> None:
    with Desk(store=SQLStore.open(sqlite_url)) as opened:
        desk = opened.acting_as(AN_AGENT)
        logged = [desk.work(kind).log("Something") for kind in STANDARD_KINDS]
    with Desk(store=SQLStore.open(sqlite_url)) as again:
        assert [*again.tickets] == logged
        assert [type(ticket) for ticket in again.tickets] == [type(ticket) for ticket in logged]


def test_an_awaited_move_is_refused_with_all_that_is_missing(sqlite_url: str) -> None:
    async def work() -> None:
        async with AsyncDesk.open(sqlite_url, config=EXAMPLE) as opened:
            desk = opened.acting_as(AN_AGENT)
            legal = desk.work("legal_complaint")
            assert legal.kind == EXAMPLE.kind("legal_complaint")
            case = await legal.log("One")
            doors: tuple[Any, ...] = (legal.transition, desk.tickets.transition)
            for move in doors:
                with pytest.raises(TransitionRefusedError) as refused:
                    await move(case.id, "sue", cuort_file="12 O")
                assert refused.value.reasons == MISSING
            assert await desk.tickets.get(case.id) == case
            moved = await desk.tickets.transition(case.id, "sue", assignee="ann", court_file="12 O")
            assert (moved.state, moved.details) == ("In Court", {"court_file": "12 O"})
            assert (await desk.report("legal_complaint")).incidents == 1
            assert len(await desk.figures("kind")) == 1

    asyncio.run(work())


def test_every_kind_can_be_awaited(sqlite_url: str) -> None:
    async def work() -> None:
        async with AsyncDesk.open(sqlite_url) as opened:
            desk = opened.acting_as(AN_AGENT)
            rooms: tuple[Any, ...] = (
                *(desk.incidents, desk.questions, desk.requests, desk.orders, desk.complaints),
                *(desk.problems, desk.changes, desk.releases, desk.work_tasks),
            )
            kinds = [(await room.log("Something")).kind for room in rooms]
            assert kinds == [*STANDARD_KINDS]
            change = await desk.changes.propose("A router", change_type="emergency")
            assert change.change_type == "emergency"
            judged = await desk.tickets.prioritise(change.id, impact="high", urgency="high")
            assert judged.priority == "P1"

    asyncio.run(work())
