"""Doing a thing once on a database: across lost connections, restarts, and programs that ask at once."""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager
from datetime import timedelta
from random import Random
from threading import Barrier
from typing import Any

import pytest

from itsmkit.cmdb import CIId, ConfigurationItem, SourceRecord
from itsmkit.desk import Desk, InMemoryStore, ManualClock
from itsmkit.errors import IdempotencyError
from itsmkit.plugin import Discovery, Store, UnitOfWork, hookimpl
from itsmkit.testing import A_MONDAY, AN_AGENT
from itsmkit_sql import SQLStore

DAY = timedelta(days=1)


class Scan:
    """A plugin that discovers a machine, and another one each time."""

    def __init__(self) -> None:
        self.asked = 0

    @hookimpl
    def itsmkit_discover(self) -> Discovery:
        self.asked += 1
        return Discovery("scan", [a_record("scan", f"host-{self.asked}")])


class LosingStore:
    """A store whose commit of the key ``"key-1"`` arrives, while the word of it does not."""

    def __init__(self, inside: SQLStore) -> None:
        self._inside = inside
        self.has_lost = False

    def __getattr__(self, name: str) -> Any:
        return getattr(self._inside, name)

    @contextmanager
    def begin(self) -> Iterator[UnitOfWork]:
        with self._inside.begin() as unit:
            yield unit
            is_done = unit.remembered("key-1") is not None
        if is_done and not self.has_lost:
            self.has_lost = True
            message = "connection lost after the commit"
            raise ConnectionError(message)


def a_record(source: str, key: str, **attributes: object) -> SourceRecord:
    return SourceRecord(source, key, "physical host", key, attributes, seen_at=A_MONDAY)


def a_desk(store: Store, *plugins: object, seed: int = 1) -> Desk:
    clock = ManualClock(A_MONDAY)
    return Desk(store=store, clock=clock, random=Random(seed), plugins=plugins).acting_as(AN_AGENT)


def begin(desk: Desk) -> None:
    desk.incidents.log("No network", requester="bob")
    desk.cmdb.put(ConfigurationItem(CIId("web"), "physical host", "web", {"ram_gb": 64}))


def comment(desk: Desk) -> Any:
    incident = desk.tickets.by_number("INC-1")
    return desk.tickets.comment(incident.id, "looked at it", idempotency_key="key-1")


def put(desk: Desk) -> Any:
    web = ConfigurationItem(CIId("web"), "physical host", "web", {"ram_gb": 128})
    return desk.cmdb.put(web, since=A_MONDAY - DAY, idempotency_key="key-1")


def receive(desk: Desk) -> Any:
    records = [a_record("netbox", "17", ram_gb=64), a_record("netbox", "18", ram_gb=65)]
    done = desk.discovery.receive(records, idempotency_key="key-1")
    return done.events, done.set_aside, done.before, done.after


def run(desk: Desk) -> Any:
    found, done = desk.discovery.run(idempotency_key="key-1")
    return found, done.events, done.before, done.after


def log(desk: Desk) -> Any:
    details = {"floors": [1, 2], "costs": {"$x": 1.5}, "seen": A_MONDAY}
    return desk.incidents.log("No light", details=details, idempotency_key="key-1")


commands = pytest.mark.parametrize("command", [log, comment, put, receive, run])


@commands
def test_a_connection_lost_after_the_commit_costs_nothing_but_to_ask_again(
    url: str, command: Callable[[Desk], Any]
) -> None:
    scan = Scan()
    with closing(SQLStore.open(url)) as store:
        losing = LosingStore(store)
        desk = a_desk(losing, scan)
        begin(desk)
        with pytest.raises(ConnectionError):
            command(desk)
        before = [*store.dump()]
    # As after a restart of the program: nothing is in its memory.
    with closing(SQLStore.open(url)) as store:
        answer = command(a_desk(store, scan, seed=2))
        assert [*store.dump()] == before
    lucky = a_desk(InMemoryStore(), Scan())
    begin(lucky)
    assert answer == command(lucky)
    assert scan.asked == (command is run)


@commands
def test_programs_that_ask_at_once_have_one_effect(url: str, command: Callable[[Desk], Any]) -> None:
    together = Barrier(4, timeout=30)

    def ask(seed: int) -> Any:
        with closing(SQLStore.open(url)) as store:
            desk = a_desk(store, Scan(), seed=seed)
            together.wait()
            return command(desk)

    with closing(SQLStore.open(url)) as store:
        begin(a_desk(store))
        with ThreadPoolExecutor(4) as pool:
            first, *others = pool.map(ask, range(4))
        assert all(answer == first for answer in others)
        found = [(row.kind, row.data) for row in store.dump()]
    lucky = a_desk(InMemoryStore(), Scan())
    begin(lucky)
    command(lucky)
    assert [kind for kind, _ in found] == [row.kind for row in lucky.store.dump()]
    assert [data["entry"]["key"] for kind, data in found if kind == "remembered"] == ["key-1"]


@commands
def test_a_key_stands_for_one_request(url: str, command: Callable[[Desk], Any]) -> None:
    with closing(SQLStore.open(url)) as store:
        desk = a_desk(store, Scan())
        begin(desk)
        command(desk)
        before = [*store.dump()]
        with pytest.raises(IdempotencyError, match="'key-1'"):
            desk.incidents.log("Something else", idempotency_key="key-1")
        assert [*store.dump()] == before


def test_what_is_old_enough_is_forgotten(url: str) -> None:
    with closing(SQLStore.open(url)) as store:
        clock = ManualClock(A_MONDAY)
        desk = Desk(store=store, clock=clock).acting_as(AN_AGENT)
        desk.incidents.log("No network", idempotency_key="key-1")
        clock.advance(DAY + timedelta(microseconds=1))
        desk.incidents.log("No network", idempotency_key="key-2")
        assert desk.forget(older_than=DAY) == 1
        assert desk.incidents.log("No network", idempotency_key="key-2").number == "INC-2"
        assert desk.incidents.log("No network", idempotency_key="key-1").number == "INC-3"
