"""Whatever a desk can be asked, its twin does the same when it is awaited, in each room of it."""

import asyncio
import inspect
from collections.abc import AsyncIterator, Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy.util import await_only

from itsmkit.desk import Desk, InMemoryStore, ManualClock
from itsmkit.errors import ItsmkitError
from itsmkit.testing import A_MONDAY, AN_AGENT
from itsmkit.testing.faults import Faults
from itsmkit.testing.permissions import AUDIENCE_READS, DESK_READS, TICKET_READS, readable
from itsmkit.testing.use_cases import USE_CASES, Stage, UseCase
from itsmkit.tickets import Actor
from itsmkit_sql import AsyncDesk
from itsmkit_sql.asynchronous._twins import Twin


class Awaiting:
    """
    Stands for what is awaited, and waits for each answer, so that what is written for a desk runs on it.

    It is used by what `AsyncDesk.run_sync` runs.
    """

    def __init__(self, part: Any) -> None:
        self._part = part

    def __getattr__(self, name: str) -> Any:
        found = getattr(self._part, name)
        return Awaiting(found) if isinstance(found, Twin) or callable(found) else found

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        answer = self._part(*args, **kwargs)
        if inspect.iscoroutine(answer):
            return await_only(answer)
        return await_only(_all(answer)) if inspect.isasyncgen(answer) else Awaiting(answer)

    def __iter__(self) -> Iterator[Any]:
        return iter(await_only(_all(aiter(self._part))))


async def _all(answer: AsyncIterator[Any]) -> list[Any]:
    return [each async for each in answer]


def in_a_loop(path: Path, work: Callable[[Desk], None]) -> None:
    """Run *work* on a desk that waits for its database by an event loop."""

    async def run() -> None:
        url = f"sqlite:///{path / 'desk.db'}"
        async with AsyncDesk.open(url, plugins=(), clock=ManualClock(A_MONDAY)) as desk:
            await desk.acting_as(AN_AGENT).run_sync(work)

    asyncio.run(run())


def awaiting(desk: Desk) -> Any:
    """Return what stands for *desk* and has each command of it awaited."""
    return Awaiting(AsyncDesk(desk))


def answer_of(ask: Callable[[], object]) -> object:
    """Return what is answered or refused, so that it can be compared."""
    try:
        answer = ask()
    except ItsmkitError as refused:
        return type(refused), str(refused)
    return [*answer] if isinstance(answer, Iterator) else comparable(answer)


def comparable(answer: object) -> object:
    """Return what can be compared; of what is equal to nothing but itself, at least what it is."""
    if type(answer).__eq__ is object.__eq__:
        return type(answer)
    return tuple(map(comparable, answer)) if isinstance(answer, tuple) else answer


@pytest.mark.parametrize(
    "case", [pytest.param(case, id=case.name) for case in USE_CASES if case.command != "batch"]
)
def test_a_command_does_the_same(case: UseCase, tmp_path: Path) -> None:
    there = Stage.on(InMemoryStore(), Faults())
    done = answer_of(lambda: case.ask(there.desk, case.before(there), {}))

    def work(desk: Desk) -> None:
        other = Stage.on(desk.store, Faults())
        given = case.before(other)
        assert answer_of(lambda: case.ask(awaiting(other.desk), given, {})) == done
        assert [*other.store.dump()] == [*there.store.dump()]

    in_a_loop(tmp_path, work)


@pytest.mark.parametrize("read", TICKET_READS)
def test_a_read_of_a_ticket_answers_the_same(read: str, tmp_path: Path) -> None:
    def work(desk: Desk) -> None:
        ticket = desk.incidents.log("No network", impact="high", urgency="high", configuration_item="web-1")
        readable(desk, ticket.id)
        ask = TICKET_READS[read]
        assert answer_of(lambda: ask(awaiting(desk), ticket)) == answer_of(lambda: ask(desk, ticket))

    in_a_loop(tmp_path, work)


@pytest.mark.parametrize("read", [*DESK_READS, *AUDIENCE_READS])
def test_a_read_of_a_desk_answers_the_same(read: str, tmp_path: Path) -> None:
    def work(desk: Desk) -> None:
        desk.incidents.log("No network", impact="high", urgency="high")
        ask = {**DESK_READS, **AUDIENCE_READS}[read]
        assert answer_of(lambda: ask(awaiting(desk))) == answer_of(lambda: ask(desk))

    in_a_loop(tmp_path, work)


def test_people_are_served_by_a_portal(tmp_path: Path) -> None:
    async def work() -> None:
        url = f"sqlite:///{tmp_path / 'desk.db'}"
        async with AsyncDesk.open(url, clock=ManualClock(A_MONDAY)) as desk:
            portal = desk.portal(Actor("bob"))
            submitted = await portal.submit("No network", description="Since nine")
            assert await portal.ticket(submitted.number) == submitted
            await portal.comment(submitted.number, "Still none")
            assert [each.number async for each in portal.mine(is_open=True)] == [submitted.number]
            assert [each async for each in desk.portal(Actor("eve")).mine()] == []
            assert [each async for each in portal.of_my_organisation()] == []
            assert await portal.outages() == ()
            assert str((await desk.messages("bob", language="sv")).tag) == "sv"

    asyncio.run(work())


def test_many_tasks_search_at_once(url: str) -> None:
    async def work() -> None:
        async with AsyncDesk.open(url, clock=ManualClock(A_MONDAY)) as opened:
            desk = opened.acting_as(AN_AGENT)

            async def one(number: int) -> None:
                name = chr(ord("a") + number) * 6
                logged = await desk.incidents.log(f"Printer {name} jams")
                found = await desk.search.tickets(name)
                assert [each.ticket.id for each in found] == [logged.id]

            await asyncio.gather(*(one(number) for number in range(20)))
            assert len(await desk.search.tickets("printer", limit=50)) == 20
            await desk.search.rebuild()
            assert len(await desk.search.tickets("printer", limit=50)) == 20

    asyncio.run(work())
