"""``itsmkit worker`` as processes of its own: told to stop, killed, and several on one database."""

import os
import signal
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from contextlib import closing
from datetime import timedelta
from pathlib import Path

import pytest

import itsmkit
import itsmkit_sql
from itsmkit.desk import Desk, DeskConfig, ManualClock
from itsmkit.testing import A_MONDAY, AN_AGENT
from itsmkit.tickets import CheckpointPassed, TicketId
from itsmkit_sql import SQLStore

SOURCES = [Path(each.__file__).parents[1] for each in (itsmkit, itsmkit_sql)]

NOTIFIER = '''
"""A notifier that writes to a file what it delivers, a line each; it tells and waits when it is asked to."""

import os
import sys

from itsmkit.plugin import DeliveryReceipt, hookimpl


@hookimpl
def itsmkit_deliver(notification):
    with open(os.environ["DELIVERED"], "a", encoding="utf-8") as file:
        file.write(f"{os.getpid()} {notification.ticket_id} {notification.key}\\n")
    more = os.environ["WAIT"] == "1"
    while more:
        print("delivered", flush=True)
        more = sys.stdin.readline() == "once more\\n"
    return DeliveryReceipt(notification.key, "file")
'''


@pytest.fixture
def installed(tmp_path: Path) -> Iterator[Path]:
    """
    Return a folder in which the plugin of stores and the notifier are installed, as pip would.

    No worker outlives its test.
    """
    (tmp_path / "file_notifier.py").write_text(NOTIFIER, encoding="utf-8")
    entry_points = {
        "file_notifier": "[itsmkit]\nfile-notifier = file_notifier\n",
        "itsmkit_sql": "[itsmkit.storage]\nsqlite = itsmkit_sql.plugin\npostgresql = itsmkit_sql.plugin\n",
    }
    for name, text in entry_points.items():
        info = tmp_path / f"{name}-1.0.dist-info"
        info.mkdir()
        (info / "METADATA").write_text(
            f"Metadata-Version: 2.1\nName: {name}\nVersion: 1.0\n", encoding="utf-8"
        )
        (info / "entry_points.txt").write_text(text, encoding="utf-8")
    yield tmp_path
    while STARTED:
        worker = STARTED.pop()
        worker.kill()
        worker.communicate()


STARTED: list[subprocess.Popen[str]] = []


class Process:
    """A worker that was started on a database."""

    def __init__(self, installed: Path, url: str, *options: str, wait: bool = False) -> None:
        self.delivered = installed / "delivered.txt"
        path = os.pathsep.join(map(str, (installed, *SOURCES)))
        environment = {
            **os.environ,
            "PYTHONPATH": path,
            "DELIVERED": str(self.delivered),
            "WAIT": str(int(wait)),
        }
        self.process = subprocess.Popen(
            [sys.executable, "-m", "itsmkit", "worker", url, *options],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            env=environment,
        )
        STARTED.append(self.process)

    def next_delivery(self) -> None:
        """Return when it has delivered something, and waits to be let go on."""
        assert self.process.stdout is not None
        line = self.process.stdout.readline()
        assert line == "delivered\n", self.end()

    def go_on(self, how: str = "") -> None:
        """Let it go on after a delivery; ``once more``, only to tell so again."""
        assert self.process.stdin is not None
        self.process.stdin.write(f"{how}\n")
        self.process.stdin.flush()

    def logged(self, text: str) -> None:
        """Return when it has logged a line with *text*."""
        assert self.process.stderr is not None
        lines = []
        while text not in (lines[-1] if lines else ""):
            lines.append(self.process.stderr.readline())
            assert lines[-1], lines

    def end(self) -> tuple[int, str]:
        """Return the exit status and the rest of what it has logged."""
        _, logged = self.process.communicate(timeout=60)
        return self.process.returncode, logged

    def lines(self) -> list[list[str]]:
        """Return what was delivered by whom: process, ticket, key."""
        return [line.split(" ", 2) for line in self.delivered.read_text("utf-8").splitlines()]


def with_breaches(url: str, count: int, *, tenant: str = "default") -> None:
    """Log incidents of long ago, of which each checkpoint is due."""
    with closing(SQLStore.open(url)) as store:
        desk = Desk(DeskConfig.standard(), store=store, tenant=tenant, clock=ManualClock(A_MONDAY))
        with desk.batch() as batch:
            for n in range(count):
                batch.incidents.log(
                    f"Number {n}", impact="high", urgency="high", support_group="Network", by=AN_AGENT
                )


def passed(url: str) -> dict[TicketId, list[tuple[str, str]]]:
    """Return the checkpoints that were passed, by ticket, in their order."""
    with closing(SQLStore.open(url)) as store:
        desk = Desk(DeskConfig.standard(), store=store)
        return {
            ticket.id: [
                (event.fact.clock, event.fact.checkpoint)
                for event in desk.tickets.history(ticket.id)
                if isinstance(event.fact, CheckpointPassed)
            ]
            for ticket in desk.tickets
        }


CHECKPOINTS = {
    *(("respond", name) for name in ("50%", "breach")),
    *(("resolve", name) for name in ("50%", "75%", "breach")),
}


def check_all_is_done(url: str, lines: list[list[str]], count: int) -> None:
    """See that each checkpoint was passed once, in order, and that who is to be told was told once."""
    histories = passed(url)
    assert len(histories) == count
    for history in histories.values():
        assert Counter(history) == Counter(CHECKPOINTS)
        for clock in ("respond", "resolve"):
            names = [name for of, name in history if of == clock]
            assert names == sorted(names)  # by chance, their order is that of the alphabet
    told = Counter((ticket, key) for _, ticket, key in lines)
    with closing(SQLStore.open(url)) as store:
        events = store.events(after=0, limit=100_000)
        asked = [
            e.event.ticket_id
            for e in events
            if isinstance(e.event.fact, CheckpointPassed)
            for _ in e.event.fact.notified
        ]
    assert Counter(ticket for ticket, _ in told) == Counter(asked)
    assert {*told.values()} == {1}


def test_once_does_what_is_due_and_ends(installed: Path, url: str) -> None:
    with_breaches(url, 3)
    worker = Process(installed, url, "--once")
    status, logged = worker.end()
    assert status == 0, logged
    assert "15 checkpoints passed" in logged
    check_all_is_done(url, worker.lines(), 3)


def test_a_worker_that_is_told_to_stop_finishes_what_is_in_hand(installed: Path, url: str) -> None:
    with_breaches(url, 3)
    worker = Process(installed, url, "--lease", "3600", wait=True)
    worker.next_delivery()
    worker.process.send_signal(signal.SIGTERM)
    worker.go_on()
    status, logged = worker.end()
    assert (status, len(worker.lines())) == (0, 1), logged
    assert logged.rstrip().endswith("stopped")
    # What it had in hand is delivered, and it holds nothing: who comes next need not wait for any lease.
    other = Process(installed, url, "--once")
    assert other.end()[0] == 0
    check_all_is_done(url, other.lines(), 3)


@pytest.mark.usefixtures("interruptible")
def test_the_second_signal_ends_a_worker_at_once(installed: Path, url: str) -> None:
    with_breaches(url, 1)
    worker = Process(installed, url, wait=True)
    worker.next_delivery()
    worker.process.send_signal(signal.SIGTERM)
    worker.go_on("once more")
    worker.next_delivery()  # the first signal has come by now
    worker.process.send_signal(signal.SIGINT)
    assert worker.end()[0] == 130


def test_of_two_workers_one_is_killed_and_the_other_does_the_rest(installed: Path, url: str) -> None:
    with_breaches(url, 20)
    first = Process(installed, url, "--lease", "1", wait=True)
    first.next_delivery()
    first.process.kill()
    first.end()
    second, third = (Process(installed, url, "--lease", "1") for _ in range(2))
    for each in (second, third):
        each.logged("began to work")
    wait_for_deliveries(url, second)
    for each in (second, third):
        each.process.send_signal(signal.SIGTERM)
        status, logged = each.end()
        assert status == 0, logged
    # What the first one had delivered when it was killed, and could not tell, is delivered again.
    lines = second.lines()
    killed = [line[1:] for line in lines if line[0] == str(first.process.pid)]
    others = [line for line in lines if line[0] != str(first.process.pid)]
    assert [each for each in others if each[1:] == killed[0]]
    check_all_is_done(url, others, 20)


def wait_for_deliveries(url: str, worker: Process) -> None:
    """Return when nothing is due and nothing waits to be delivered."""
    with closing(SQLStore.open(url)) as store:
        while store.next_due() is not None or waiting(store):
            store.wait(timedelta(seconds=1))
            assert worker.process.poll() is None


def waiting(store: SQLStore) -> bool:
    return any(row.kind == "outbox" and row.data["state"] == "waiting" for row in store.dump())


def test_the_work_of_all_tenants_is_done(installed: Path, url: str) -> None:
    for tenant in ("acme", "bolt"):
        with_breaches(url, 1, tenant=tenant)
    status, logged = Process(installed, url, "--once", "--tenant", "bolt").end()
    assert status == 0
    assert "tenant bolt: 5 checkpoints passed" in logged
    status, logged = Process(installed, url, "--once", "--all-tenants").end()
    assert status == 0
    assert "tenant acme: 5 checkpoints passed" in logged
    assert "bolt" not in logged


@pytest.mark.parametrize(
    ("options", "problem"),
    [
        (["--tenant", "a", "--all-tenants"], "--tenant and --all-tenants exclude each other"),
        (["--lease", "0"], "--lease 0: give more than 0"),
        (["--lease", "nan"], "--lease nan: give more than 0"),
        (["--config", "nowhere.toml"], "nowhere.toml"),
    ],
)
def test_options_that_cannot_be_meant_are_refused(
    installed: Path, sqlite_url: str, options: list[str], problem: str
) -> None:
    status, logged = Process(installed, sqlite_url, *options).end()
    assert status == 2
    assert problem in logged
