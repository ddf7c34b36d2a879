"""A desk in an event loop: the same commands, awaited."""

import asyncio
import inspect
import threading
from collections import Counter
from collections.abc import Callable, Coroutine, Iterator
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Connection, text
from sqlalchemy.ext.asyncio import (
    AsyncEngine,
    AsyncSession,
    async_scoped_session,
    async_sessionmaker,
    create_async_engine,
)
from sqlalchemy.util import greenlet_spawn

from itsmkit.calendars import TimeSpan
from itsmkit.cmdb import CIId, ConfigurationItem, SourceRecord
from itsmkit.desk import (
    Desk,
    InMemoryDirectory,
    InMemoryNotifier,
    InMemorySearchIndex,
    ManualClock,
    WorkCommands,
)
from itsmkit.desk.portal import Portal
from itsmkit.errors import ConflictError, DefinitionError, NotFoundError
from itsmkit.plugin import hookimpl
from itsmkit.testing import A_MONDAY, AN_AGENT
from itsmkit.tickets import Actor, Commented, TicketEvent
from itsmkit.tickets.structure import Person, Structure
from itsmkit_sql import AsyncDesk, DatabaseError, SQLStore, Wake
from itsmkit_sql._turns import TaskLock, TaskTurn, pause
from itsmkit_sql.asynchronous import AsyncPortal, AsyncWorkCommands


def _members(kind: type) -> dict[str, object]:
    """Return all that a class has, of itself and from those that it is made of; not what any object has."""
    return {
        name: member
        for each in reversed(kind.__mro__)
        if each is not object
        for name, member in vars(each).items()
    }


def _rooms(desk: Desk) -> Iterator[tuple[str, object, object]]:
    """Go through the properties of a desk: what it has there, and what an asynchronous one has."""
    twin = AsyncDesk(desk)
    for name, member in _members(Desk).items():
        if isinstance(member, property) and name not in WITHOUT:
            yield name, getattr(desk, name), getattr(twin, name, None)


TWINS = {"__iter__": "__aiter__", "__enter__": "__aenter__", "__exit__": "__aexit__"}
WITHOUT = {"from_config", "store"}
"""What has no twin: `AsyncDesk.open` takes the rules in any form, and the store is behind `run_sync`."""


def run(work: Callable[[], Coroutine[Any, Any, None]]) -> None:
    asyncio.run(work())


OF_ITS_OWN = {"on", "run_sync", "clock", "directory", "plugins"}
"""What only a desk that is awaited has; and what each desk of the other kind is given when it is made."""

AS_THEY_ARE = {"config", "clock", "directory", "is_batch", "plugins", "tenant"}
"""What there is to know of a desk, for which nobody waits."""

PAIRS: list[tuple[type, type]] = [
    (Desk, AsyncDesk),
    (WorkCommands, AsyncWorkCommands),
    (Portal, AsyncPortal),
    *((type(sync), type(awaited)) for name, sync, awaited in _rooms(Desk()) if name not in AS_THEY_ARE),
]


@pytest.fixture
def clock() -> ManualClock:
    return ManualClock(A_MONDAY)


# -- twins -----------------------------------------------------------------------------------------


def _public(kind: type) -> dict[str, object]:
    return {
        name: member
        for name, member in _members(kind).items()
        if name in TWINS or (not name.startswith("_") and name not in WITHOUT)
    }


@pytest.mark.parametrize(("sync", "awaited"), PAIRS)
def test_everything_has_its_twin(sync: type, awaited: type) -> None:
    missing = [name for name in _public(sync) if TWINS.get(name, name) not in _members(awaited)]
    assert missing == []


@pytest.mark.parametrize(("sync", "awaited"), PAIRS)
def test_a_twin_has_nothing_of_others(sync: type, awaited: type) -> None:
    names = {*_members(sync), *OF_ITS_OWN}
    assert [name for name in _members(awaited) if not name.startswith("_") and name not in names] == []


@pytest.mark.parametrize(("sync", "awaited"), PAIRS)
def test_twins_have_the_same_signature_and_the_same_words(sync: type, awaited: type) -> None:
    for name, member in _public(sync).items():
        if name == "store":
            continue  # which nobody awaits
        twin = _members(awaited)[TWINS.get(name, name)]
        if isinstance(member, property):
            assert isinstance(twin, property), name
            continue
        if name in (
            "__enter__",
            "__exit__",
            "acting_as",
            "batch",
            "of_tenant",
            "open",
            "portal",
            "on",
            "privileged",
            "work",
        ):
            continue
        assert inspect.signature(twin) == inspect.signature(member), name  # type: ignore[arg-type]
        assert twin.__doc__ == member.__doc__, name
        is_lazy = inspect.isasyncgenfunction(twin)
        assert inspect.iscoroutinefunction(twin) is not is_lazy, name


# -- commands --------------------------------------------------------------------------------------


def test_a_day_of_a_desk(url: str, clock: ManualClock) -> None:
    async def day() -> None:
        notifier = InMemoryNotifier()
        async with AsyncDesk.open(url, plugins=[notifier], clock=clock) as opened:
            desk = opened.acting_as(AN_AGENT)
            incident = await desk.incidents.log(
                "No network", impact="high", urgency="high", support_group="Network"
            )
            await desk.tickets.comment(incident.id, "seen")
            assert [ticket.id async for ticket in desk.tickets] == [incident.id]
            assert [event.sequence async for event in desk.feed()] == [1, 2]
            assert [event.position for event in await desk.events(after=0)] == [1, 2]
            readings = [reading async for _, reading in desk.tickets.readings()]
            assert readings == [await desk.tickets.clocks(incident.id)]
            while not notifier.delivered:
                due = await desk.next_due()
                assert due is not None
                clock.set(due)
                assert (await desk.run_due()).passed >= 1
                await desk.deliver()
            assert (await desk.report()).incidents == 1
            with pytest.raises(NotFoundError):
                await desk.tickets.by_number("INC-9")
            assert desk.config.kinds["incident"].prefix == "INC-"
            assert desk.clock() == clock()
            assert desk.tenant == "default"
            assert desk.plugins.observers() == ()
        async with AsyncDesk.open(url) as again:
            assert (await again.tickets.by_number("INC-1")).title == "No network"

    run(day)


def test_a_configuration_is_kept_and_reconciled(url: str, clock: ManualClock) -> None:
    async def work() -> None:
        desk = await AsyncDesk.open(url, clock=clock)
        desk = desk.acting_as(AN_AGENT)
        await desk.cmdb.put(ConfigurationItem(CIId("web-1"), "host", "Web 1"))
        await desk.discovery.receive([SourceRecord("scan", "7", "host", "Web 7", seen_at=A_MONDAY)])
        names = {item.name for item in (await desk.cmdb.graph()).items}
        assert names == {"Web 1", "Web 7"}
        await desk.close()

    run(work)


def test_another_tenant_has_a_desk_of_its_own(url: str) -> None:
    async def work() -> None:
        async with AsyncDesk.open(url, tenant="acme") as acme, AsyncDesk.open(url, tenant="other") as other:
            await acme.incidents.log("No network", by=AN_AGENT)
            assert [ticket async for ticket in other.tickets] == []

    run(work)


class Nights:
    """Lets kim work always, and nobody else."""

    def shifts_of(self, person: str, since: datetime, until: datetime) -> list[TimeSpan]:
        return [TimeSpan(since, until)] if person == "kim" else []


def test_who_knows_people_shifts_and_words_can_be_handed_over(url: str) -> None:
    directory = InMemoryDirectory(Structure(people=[Person("kim"), Person("ann")]))
    index = InMemorySearchIndex()

    async def ask(desk: AsyncDesk) -> None:
        assert desk.directory is directory
        hour = timedelta(hours=1)
        asked = {"length": hour, "since": A_MONDAY, "until": A_MONDAY + hour, "people": ["ann", "kim"]}
        [slot] = await desk.acting_as(AN_AGENT).appointments.slots(**asked)
        assert slot.people == ("kim",)
        await desk.acting_as(AN_AGENT).search.refresh()

    async def work() -> None:
        given: dict[str, Any] = {"directory": directory, "shifts": Nights(), "search": index}
        clock = ManualClock(A_MONDAY)
        async with AsyncDesk.open(url, clock=clock, **given) as desk:
            await desk.incidents.log("No network", by=AN_AGENT)
            await ask(desk)
        engine = create_async_engine(url.replace("sqlite://", "sqlite+aiosqlite://"))
        async with AsyncDesk.on(engine, clock=clock, **given) as hosted:
            await ask(hosted)
        await engine.dispose()

    run(work)


def test_what_is_begun_and_not_read_to_its_end_is_closed(url: str) -> None:
    async def work() -> None:
        async with AsyncDesk.open(url) as desk:
            for title in ("first", "second"):
                await desk.incidents.log(title, by=AN_AGENT)
            feed = desk.feed()
            assert (await anext(feed)).sequence == 1
            await feed.aclose()  # type: ignore[attr-defined]  # it is a generator
            tickets = aiter(desk.tickets)
            assert (await anext(tickets)).title == "first"

    run(work)


def test_code_that_is_not_asynchronous_runs_on_the_desk(url: str) -> None:
    def two(desk: Desk, *titles: str) -> int:
        for title in titles:
            desk.incidents.log(title)
        return sum(1 for _ in desk.tickets)

    async def work() -> None:
        async with AsyncDesk.open(url) as desk:
            assert await desk.acting_as(AN_AGENT).run_sync(two, "first", "second") == 2

    run(work)


def test_an_observer_may_use_the_desk_that_tells_it(url: str, clock: ManualClock) -> None:
    class Greeter:
        desk: Desk

        @hookimpl
        def itsmkit_on_event(self, event: TicketEvent) -> None:
            if not isinstance(event.fact, Commented):
                self.desk.tickets.comment(event.ticket_id, "we have it", by=Actor("greeter"))

    async def work() -> None:
        greeter = Greeter()
        async with AsyncDesk.open(url, plugins=[greeter], clock=clock) as desk:
            greeter.desk = await desk.run_sync(lambda desk: desk)
            incident = await desk.incidents.log("No network", by=AN_AGENT)
            report = await desk.deliver()
            assert report.observer_failures == ()
            assert len(await desk.tickets.history(incident.id)) == 2

    run(work)


# -- many at once ----------------------------------------------------------------------------------


async def insisting(command: Callable[[], Coroutine[Any, Any, object]]) -> None:
    """Run a command until others let it: of many at once on one ticket, most come second."""
    while True:
        try:
            await command()
        except ConflictError:
            continue
        return


def test_many_tasks_on_one_ticket_lose_nothing(url: str) -> None:
    async def work() -> None:
        async with AsyncDesk.open(url) as opened:
            desk = opened.acting_as(AN_AGENT)
            incident = await desk.incidents.log("No network")
            await asyncio.gather(
                *(
                    insisting(partial(desk.tickets.comment, incident.id, f"comment {number}"))
                    for number in range(50)
                )
            )
            history = await desk.tickets.history(incident.id)
            assert [event.sequence for event in history] == list(range(1, 52))
            said = Counter(event.fact.text for event in history if isinstance(event.fact, Commented))
            assert said == Counter(f"comment {number}" for number in range(50))

    run(work)


def test_many_tasks_on_many_tickets_lose_nothing(url: str) -> None:
    async def work() -> None:
        async with AsyncDesk.open(url) as opened:
            desk = opened.acting_as(AN_AGENT)

            async def one(number: int) -> None:
                incident = await desk.incidents.log(f"incident {number}")
                await desk.tickets.comment(incident.id, "seen")

            await asyncio.gather(*(one(number) for number in range(50)))
            tickets = [ticket async for ticket in desk.tickets]
            assert {ticket.title for ticket in tickets} == {f"incident {number}" for number in range(50)}
            assert {ticket.number for ticket in tickets} == {f"INC-{number}" for number in range(1, 51)}
            assert {ticket.version for ticket in tickets} == {2}
            events = await desk.events(limit=1000)
            assert [each.position for each in events] == list(range(1, 101))

    run(work)


def test_many_tasks_on_one_configuration_lose_nothing(url: str) -> None:
    async def work() -> None:
        async with AsyncDesk.open(url) as opened:
            desk = opened.acting_as(AN_AGENT)

            async def one(number: int) -> None:
                await insisting(
                    partial(desk.cmdb.put, ConfigurationItem(CIId(f"web-{number}"), "host", f"Web {number}"))
                )
                await desk.cmdb.history(f"web-{number}")
                record = SourceRecord("scan", str(number), "host", f"Scan {number}", seen_at=A_MONDAY)
                await insisting(partial(desk.discovery.receive, [record]))

            await asyncio.gather(*(one(number) for number in range(12)))
            assert len((await desk.cmdb.graph()).items) == 24

    run(work)


def test_the_loop_goes_on_while_a_command_waits_for_the_database(url: str) -> None:
    async def work() -> None:
        async with AsyncDesk.open(url) as desk, AsyncDesk.open(url) as other:
            go_on = asyncio.Event()
            done = asyncio.Event()

            async def holder() -> None:
                engine = desk._commands.store._database._writing  # type: ignore[attr-defined]
                async with AsyncEngine(engine).connect() as connection:
                    if connection.dialect.name == "sqlite":
                        await connection.exec_driver_sql("BEGIN IMMEDIATE")
                    else:
                        await connection.execute(text("LOCK TABLE itsmkit_number_series"))
                    held.set()
                    await go_on.wait()
                    await connection.rollback()

            async def waiter() -> None:
                await held.wait()
                await other.incidents.log("No network", by=AN_AGENT)
                done.set()

            held = asyncio.Event()
            async with asyncio.TaskGroup() as tasks:
                tasks.create_task(holder())
                tasks.create_task(waiter())
                await held.wait()
                assert await desk.next_due() is None  # another task of the loop reads meanwhile
                assert not done.is_set()
                go_on.set()
            assert done.is_set()

    run(work)


def test_a_command_that_is_cancelled_leaves_nothing_behind(url: str) -> None:
    async def work() -> None:
        async with AsyncDesk.open(url) as desk:
            for steps in range(30):
                task = asyncio.create_task(desk.incidents.log(f"number {steps}", by=AN_AGENT))
                for _ in range(steps):
                    await asyncio.sleep(0)
                task.cancel()
                with pytest.raises(asyncio.CancelledError):
                    await task
            logged = await desk.incidents.log("whole", by=AN_AGENT)
            assert (await desk.tickets.get(logged.id)).title == "whole"
            async for ticket in desk.tickets:
                history = await desk.tickets.history(ticket.id)
                assert len(history) == ticket.version
        await failed_connections()  # a cancelled task may have been about to make one

    run(work)


# -- on what the application owns ------------------------------------------------------------------


@pytest.fixture
def driver_url(url: str) -> str:
    return url.replace("sqlite://", "sqlite+aiosqlite://")


async def ready(url: str) -> AsyncEngine:
    """Return an engine of an application, with tables of its own and those of a desk."""
    engine = create_async_engine(url)
    async with engine.begin() as connection:
        await connection.execute(text("CREATE TABLE orders (id INTEGER)"))
        await AsyncDesk.on(connection, create=True)
    return engine


async def orders(engine: AsyncEngine) -> int:
    async with engine.connect() as connection:
        return (await connection.execute(text("SELECT count(*) FROM orders"))).scalar_one()  # type: ignore[no-any-return]


def test_rows_and_tickets_land_or_vanish_together(driver_url: str) -> None:
    async def work() -> None:
        engine = await ready(driver_url)
        for is_kept in (False, True):
            async with engine.connect() as connection:
                await connection.execute(text("INSERT INTO orders VALUES (1)"))
                desk = await AsyncDesk.on(connection)
                incident = await desk.incidents.log("No network", by=AN_AGENT)
                await desk.tickets.comment(incident.id, "seen", by=AN_AGENT)
                await desk.close()
                await (connection.commit() if is_kept else connection.rollback())
            apart = await AsyncDesk.on(engine)
            assert len([ticket async for ticket in apart.tickets]) == is_kept
            assert await orders(engine) == is_kept
        await engine.dispose()

    run(work)


def test_a_session_may_be_that_of_the_moment(driver_url: str) -> None:
    async def work() -> None:
        engine = await ready(driver_url)
        async with AsyncSession(engine) as session, session.begin():
            desk = await AsyncDesk.on(session)
            await desk.incidents.log("of a session", by=AN_AGENT)
        scoped = async_scoped_session(async_sessionmaker(engine), scopefunc=asyncio.current_task)
        desk = await AsyncDesk.on(scoped)
        await desk.incidents.log("taken back", by=AN_AGENT)
        await scoped.remove()
        async with AsyncDesk.on(engine) as apart:
            assert [ticket.title async for ticket in apart.tickets] == ["of a session"]
        assert await orders(engine) == 0
        await engine.dispose()

    run(work)


def test_companions_are_told_in_the_transaction(url: str) -> None:
    class Jobs:
        def __init__(self) -> None:
            self.seen: list[tuple[int, Wake]] = []

        def within(self, connection: Connection, wake: Wake) -> None:
            timers = connection.execute(text("SELECT count(*) FROM itsmkit_timers")).scalar_one()
            self.seen.append((timers, wake))

    async def work() -> None:
        jobs = Jobs()
        async with AsyncDesk.open(url, companions=[jobs]) as desk:
            await desk.incidents.log("down", impact="high", urgency="high", by=AN_AGENT)
            [(timers, wake)] = jobs.seen
            assert timers == 2
            assert (await desk.next_due(),) == wake.due[:1]

    run(work)


# -- what is refused -------------------------------------------------------------------------------


async def failed_connections() -> None:
    """Wait until aiosqlite has ended the threads of connections that could not be made."""
    for thread in threading.enumerate():
        if "_connection_worker_thread" in thread.name:
            await asyncio.to_thread(thread.join)


def refused(opening: Callable[[], Any], kind: type[Exception], match: str) -> None:
    async def work() -> None:
        with pytest.raises(kind, match=match):
            await opening()
        await failed_connections()

    run(work)


def test_what_cannot_be_opened_says_why(tmp_path: Path, clock: ManualClock) -> None:
    url = f"sqlite:///{tmp_path}/desk.db"
    refused(lambda: AsyncDesk.open("mysql://desk"), DefinitionError, "begins with sqlite:///")
    refused(lambda: AsyncDesk.open(url, tenant=""), DefinitionError, "tenant")
    refused(lambda: AsyncDesk.open(url, config={"incident": {}}), DefinitionError, "incident")
    refused(lambda: AsyncDesk.open(f"sqlite:///{tmp_path}/no/desk.db"), DatabaseError, "see to the path")
    refused(lambda: AsyncDesk.on("desk"), DefinitionError, "works on an AsyncEngine")  # type: ignore[arg-type]
    engine = create_async_engine(f"sqlite+aiosqlite:///{tmp_path}/desk.db")
    refused(lambda: AsyncDesk.on(engine.connect()), DefinitionError, "the connection is not there yet")


def test_an_opening_that_fails_is_left_as_it_was(tmp_path: Path) -> None:
    async def work() -> None:
        with pytest.raises(DatabaseError):
            async with AsyncDesk.open(f"sqlite:///{tmp_path}/no/desk.db"):
                pass
        await failed_connections()

    run(work)


def test_a_desk_that_is_not_awaited_takes_no_asynchronous_driver(tmp_path: Path) -> None:
    url = f"sqlite+aiosqlite:///{tmp_path}/desk.db"
    with pytest.raises(DefinitionError, match=r"sqlite\+aiosqlite:// is for an AsyncDesk"):
        SQLStore.open(url)
    engine = create_async_engine(url)
    with pytest.raises(DatabaseError, match="this is no task of an event loop") as raised:
        SQLStore.on(engine.sync_engine, create=True)
    assert "ask an AsyncDesk" in raised.value.way_out


def test_a_turn_that_does_not_come_is_waited_for_no_longer() -> None:
    async def work() -> None:
        turn = TaskTurn()

        def taken(seconds: float) -> None:
            with turn.had(seconds, TimeoutError):
                pass

        def held() -> None:
            with turn.had(1, TimeoutError), pytest.raises(TimeoutError):
                taken(0)

        await greenlet_spawn(held)
        await greenlet_spawn(taken, 1)

    run(work)


def test_a_lock_is_taken_again_by_the_task_that_holds_it_and_by_no_other() -> None:
    async def work() -> None:
        lock, seen = TaskLock(), []

        def twice(name: str) -> None:
            with lock:
                with lock:
                    pause(0.01, is_async=True)
                    seen.append(name)
                pause(0.01, is_async=True)
                seen.append(name)

        await asyncio.gather(*(asyncio.create_task(greenlet_spawn(twice, name)) for name in "ab"))
        assert seen in (["a", "a", "b", "b"], ["b", "b", "a", "a"])

    run(work)


# -- batches, tenants, books -------------------------------------------------------------------------


async def fail_in(desk: AsyncDesk) -> None:
    async with desk.batch() as batch:
        await batch.incidents.log("No power")
        message = "enough"
        raise RuntimeError(message)


def test_a_batch_lands_or_vanishes_as_a_whole(url: str, clock: ManualClock) -> None:
    async def work() -> None:
        async with AsyncDesk.open(url, clock=clock) as opened:
            desk = opened.acting_as(AN_AGENT)
            async with desk.batch() as batch:
                assert (batch.is_batch, desk.is_batch) == (True, False)
                incident = await batch.incidents.log("No network")
                await batch.tickets.comment(incident.id, "seen")
                assert await desk.tickets.count() == 0
            with pytest.raises(RuntimeError, match="enough"):
                await fail_in(desk)
            assert [ticket.title async for ticket in desk.tickets.matching()] == ["No network"]
            assert (await desk.tickets.get(incident.id)).version == 2

    run(work)


def test_each_tenant_has_a_desk_and_books_of_its_own(url: str, clock: ManualClock) -> None:
    async def work() -> None:
        async with AsyncDesk.open(url, clock=clock) as opened:
            desk = opened.acting_as(AN_AGENT)
            acme = desk.of_tenant("acme")
            assert acme.tenant == "acme"
            await acme.incidents.log("No network")
            assert (await desk.tickets.count(), await acme.tickets.count()) == (0, 1)
            anchor = await acme.audit.checkpoint()
            assert anchor.checkpoint.records == 1
            assert (await acme.audit.verify(anchors=[anchor])).is_intact
            with pytest.raises(DefinitionError, match="older_than must be"):
                await desk.forget(older_than=timedelta(hours=1))

    run(work)
