"""Several processes on one database, and some that are killed."""

import sqlite3
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from contextlib import closing
from datetime import timedelta
from pathlib import Path
from typing import IO

import pytest
from attrs import evolve

from itsmkit.desk import Desk
from itsmkit.plugin import Timer
from itsmkit.practices import Incident
from itsmkit.testing import A_MONDAY, AN_AGENT
from itsmkit.tickets import TicketId, replay
from itsmkit_sql import SQLStore

WORKER = Path(__file__).with_name("worker.py")


class Worker:
    """A process that runs a job of ``worker.py``."""

    def __init__(self, job: str, url: str, count: int) -> None:
        command = [sys.executable, str(WORKER), job, url, str(count)]
        self._process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)

    def begin(self) -> None:
        """Let it begin."""
        stdin = self._process.stdin
        assert stdin is not None
        stdin.write("\n")
        stdin.flush()

    @property
    def told(self) -> IO[str]:
        """What it prints."""
        assert self._process.stdout is not None
        return self._process.stdout

    def kill(self) -> list[str]:
        """End it at once, and return what it had printed."""
        self._process.kill()
        return self._end()

    def finish(self) -> list[str]:
        """Let it come to its end, and return what it printed."""
        lines = self._end()
        assert self._process.returncode == 0
        return lines

    def _end(self) -> list[str]:
        printed, _ = self._process.communicate(timeout=120)
        return printed.split()


def together(*workers: Worker) -> list[list[str]]:
    """Let workers begin at once, and return what each has printed in the end."""
    for worker in workers:
        worker.begin()
    return [worker.finish() for worker in workers]


@pytest.fixture
def store(url: str) -> Iterator[SQLStore]:
    with closing(SQLStore.open(url)) as store:
        yield store


def check_whole(store: SQLStore) -> None:
    """See that everything in a store belongs together: no half of a unit of work is there."""
    desk = Desk(store=store)
    feed = list(store.events(after=0, limit=100_000))
    assert [each.position for each in feed] == list(range(1, len(feed) + 1))
    assert Counter(each.event.ticket_id for each in feed) == {each.id: each.version for each in desk.tickets}
    for ticket in desk.tickets:
        assert replay(desk.tickets.history(ticket.id), Incident) == ticket


def test_numbers_are_drawn_once_and_nothing_is_lost(store: SQLStore, url: str) -> None:
    drawn = together(*(Worker("log", url, 25) for _ in range(2)))
    numbers = [number for each in drawn for number in each]
    assert sorted(numbers) == sorted(f"INC-{n}" for n in range(1, 51))
    check_whole(store)


def test_of_those_who_change_one_ticket_none_is_overwritten(store: SQLStore, url: str) -> None:
    shared = Desk(store=store).incidents.log("Nothing works", by=AN_AGENT)
    versions = together(*(Worker("comment", url, 25) for _ in range(2)))
    assert sorted(int(each) for told in versions for each in told) == list(range(2, 52))
    assert Desk(store=store).tickets.by_number(shared.number).version == 51
    check_whole(store)


def test_each_timer_fires_once(store: SQLStore, url: str) -> None:
    timer = Timer(TicketId("shared"), "0", A_MONDAY)
    for start in range(0, 60, 20):
        with store.begin() as unit:
            for n in range(start, start + 20):
                unit.set_timer(evolve(timer, name=str(n)))
    fired = together(*(Worker("run_timers", url, 3) for _ in range(2)))
    assert sorted(int(name) for each in fired for name in each) == list(range(60))
    assert store.next_due() is None
    assert len(store.claim_outbox(A_MONDAY, lease=timedelta(minutes=1), limit=100)) == 60


@pytest.mark.parametrize("after", [1, 5, 12])
def test_a_killed_writer_leaves_all_that_was_acknowledged_and_no_half(url: str, after: int) -> None:
    SQLStore.open(url).close()
    worker = Worker("log", url, 10_000)
    worker.begin()
    acknowledged = [worker.told.readline().strip() for _ in range(after)]
    acknowledged += worker.kill()
    if url.startswith("sqlite"):
        with closing(sqlite3.connect(url.removeprefix("sqlite:///"))) as connection:
            assert connection.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
            assert connection.execute("PRAGMA foreign_key_check").fetchall() == []
    with closing(SQLStore.open(url)) as store:
        check_whole(store)
        there = {each.ticket.number: each.ticket.version for each in store.tickets()}
        assert [number for number in acknowledged if there.get(number) != 2] == []
        incident = Desk(store=store).incidents.log("It goes on", by=AN_AGENT)
        assert incident.number not in acknowledged
