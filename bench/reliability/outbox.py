"""
Delivery: 100,000 notifications by workers killed every two seconds, to a receiver that fails one in five.

The receiver is a process of its own. It refuses some notifications before it has taken them, and of some it
says that it failed although it has taken them, as when an answer is lost. So some come twice: with the same
key, by which a receiver tells. None is lost.

The desks of the workers have a clock that runs fast, so that the pauses before the next attempt, which grow
to half an hour, can be waited for.
"""

import json
import os
import selectors
import signal
import socket
import subprocess
import sys
from collections import Counter, defaultdict
from collections.abc import Iterator
from contextlib import closing, suppress
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory
from time import perf_counter, sleep, time
from typing import IO

from bench.reliability._places import place
from bench.reliability._report import Options, Report, main
from itsmkit.desk import Desk
from itsmkit.plugin import DeliveryReceipt, Notification, OutboxEntry, RowKind, hookimpl
from itsmkit.tickets import TicketId
from itsmkit_sql import SQLStore

NOTIFICATIONS = 100_000
TICKETS = 50
WORKERS = 2
KILL_EVERY = 2.0
FASTER = 240
"""How much faster than time the clock of the desks runs."""
BEGAN = datetime(2026, 3, 2, 9, tzinfo=UTC)


def script(options: Options) -> Iterator[Report]:
    """Run it in each place."""
    count = 500 if options.short else NOTIFICATIONS
    for asked in options.places:
        with place(asked) as url, TemporaryDirectory() as folder:
            yield _run(asked, url, count, Path(folder), options.seed)


def _run(asked: str, url: str, count: int, folder: Path, seed: int) -> Report:
    report = Report(
        f"Delivery on {asked}: {count:,} notifications, {WORKERS} workers killed every {KILL_EVERY:g} s, "
        "a receiver that fails 20 %"
    )
    sent = _fill(url, count)
    address, taken = folder / "receiver", folder / "taken"
    with taken.open("w") as output:
        receiver = _process("receive", str(address), str(seed), stdout=output)
    while not address.exists():
        sleep(0.01)
    since, began = str(time()), perf_counter()
    workers = [_process("work", url, str(address), since) for _ in range(WORKERS)]
    kills, next_kill, at_last_kill = 0, perf_counter() + KILL_EVERY, 0
    random = Random(seed)
    with closing(SQLStore.open(url)) as store:
        followed = _Followed(taken)
        while followed.count() + len(store.parked()) < count or _waiting(store):
            sleep(0.2)
            if receiver.poll() is not None:
                message = "the receiver has ended"
                raise RuntimeError(message)
            # On a slow machine, a worker would be killed before it has begun, again and again.
            if perf_counter() > next_kill and followed.count() > at_last_kill:
                next_kill, at_last_kill = perf_counter() + KILL_EVERY, followed.count()
                n = random.randrange(WORKERS)
                workers[n].kill()
                workers[n].wait()
                workers[n] = _process("work", url, str(address), since)
                kills += 1
        seconds = perf_counter() - began
        for worker in workers:
            worker.kill()
            worker.wait()
        receiver.send_signal(signal.SIGTERM)
        receiver.wait()
        lines = [line.split() for line in taken.read_text().splitlines()]
        _judge(report, store, sent, [(key, outcome) for key, outcome in lines])
    report.figure("workers killed", kills)
    report.figure("notifications/s, with kills, failures and pauses", count / seconds)
    return report


def _judge(report: Report, store: SQLStore, sent: dict[str, str], calls: list[tuple[str, str]]) -> None:
    """Compare what was taken with what was sent."""
    taken = [key for key, outcome in calls if outcome != "refused"]
    times = Counter(taken)
    parked = {each.notification.key for each in store.parked()}
    report.figure("attempts that reached the receiver", len(calls))
    report.figure("refused by it", sum(outcome == "refused" for _, outcome in calls))
    failed_after = sum(outcome == "denied" for _, outcome in calls)
    report.figure("taken by it, and answered with a failure", failed_after)
    report.must(
        "lost: neither taken nor kept as given up",
        (key for key in sent if key not in times and key not in parked),
    )
    report.must("taken under a key that nobody sent", (key for key in times if key not in sent))
    report.figure("given up after the last try, kept and reported", len(parked))
    duplicates = len(taken) - len(times)
    report.figure("came again under the same key", f"{duplicates:,} ({duplicates / len(sent):.2%})")
    by_kill = duplicates - failed_after
    report.figure(
        "of them not for the sake of a lost answer",
        f"{max(by_kill, 0):,} ({max(by_kill, 0) / len(sent):.3%})",
    )
    first: dict[str, list[str]] = defaultdict(list)
    for key in dict.fromkeys(taken):
        first[sent[key]].append(key)
    report.must(
        "taken before one that its ticket had sent earlier, and that was not given up",
        (
            f"{later} before {earlier}"
            for keys in first.values()
            for later, earlier in pairwise(keys)
            if _number(earlier) < _number(later) and earlier not in parked
        ),
    )


def _number(key: str) -> int:
    return int(key.partition("/")[2])


def _fill(url: str, count: int) -> dict[str, str]:
    """Fill the outbox; return the ticket of each key."""
    sent: dict[str, str] = {}
    with closing(SQLStore.open(url)) as store:
        for start in range(0, count, 1000):
            with store.begin() as unit:
                for n in range(start, min(start + 1000, count)):
                    ticket, key = f"T{n % TICKETS}", f"T{n % TICKETS}/{n // TICKETS}"
                    notification = Notification(key, "somebody", "a subject", "a body", TicketId(ticket))
                    unit.enqueue(OutboxEntry(notification, 0, BEGAN))
                    sent[key] = ticket
    return sent


class _Followed:
    """What the receiver has taken for good, read from what it writes."""

    def __init__(self, taken: Path) -> None:
        self._file = taken.open()
        self._keys: set[str] = set()

    def count(self) -> int:
        """Return how many keys were taken, and answered so, by now."""
        for line in self._file:
            key, outcome = line.split()
            if outcome == "taken":
                self._keys.add(key)
        return len(self._keys)


def _waiting(store: SQLStore) -> bool:
    """Tell whether anything waits to be delivered."""
    rows = (row.data for row in store.dump() if row.kind is RowKind.OUTBOX)
    return any(data["state"] == "waiting" for data in rows)


def _process(*arguments: str, stdout: IO[str] | None = None) -> subprocess.Popen[bytes]:
    command = [sys.executable, "-m", "bench.reliability.outbox", *arguments]
    return subprocess.Popen(command, stdout=stdout or subprocess.DEVNULL)


# -- the receiver --------------------------------------------------------------------------------


def receive(address: str, seed: int) -> None:
    """Take notifications, one line each; fail one in five, half of these after having taken it."""
    random = Random(seed)
    server = socket.socket(socket.AF_UNIX)
    server.bind(address)
    server.listen(16)
    signal.signal(signal.SIGTERM, lambda *_: os._exit(0))
    selector = selectors.DefaultSelector()
    selector.register(server, selectors.EVENT_READ)
    streams: dict[int, bytes] = {}
    while True:
        for key, _ in selector.select():
            if key.fileobj is server:
                connection, _peer = server.accept()
                selector.register(connection, selectors.EVENT_READ, connection)
                continue
            connection = key.data
            try:
                received = connection.recv(65536)
            except ConnectionResetError:  # its worker was killed before it had read all answers
                received = b""
            if not received:
                selector.unregister(connection)
                connection.close()
                streams.pop(key.fd, None)
                continue
            *lines, streams[key.fd] = (streams.get(key.fd, b"") + received).split(b"\n")
            for line in lines:
                dice = random.random()
                outcome = "refused" if dice < 0.1 else "denied" if dice < 0.2 else "taken"
                print(json.loads(line)["key"], outcome, flush=True)
                with suppress(ConnectionError):  # its worker was killed: the answer is lost
                    connection.sendall(b"ok\n" if outcome == "taken" else b"failed\n")


# -- a worker ------------------------------------------------------------------------------------


class _ToSocket:
    """A notifier that hands notifications to the receiver."""

    def __init__(self, address: str) -> None:
        self._socket = socket.socket(socket.AF_UNIX)
        self._socket.connect(address)
        self._answers = self._socket.makefile()

    @hookimpl
    def itsmkit_deliver(self, notification: Notification) -> DeliveryReceipt:
        """Hand it over, and wait for the answer."""
        self._socket.sendall(json.dumps({"key": notification.key}).encode() + b"\n")
        answer = self._answers.readline().strip()
        if answer != "ok":
            message = f"the receiver says {answer!r}"
            raise ConnectionError(message)
        return DeliveryReceipt(notification.key, "receiver")


def work(url: str, address: str, since: float) -> None:
    """Deliver whatever waits, until the end."""

    def clock() -> datetime:
        return BEGAN + timedelta(seconds=(time() - since) * FASTER)

    desk = Desk(store=SQLStore.open(url), plugins=[_ToSocket(address)], clock=clock)
    while True:
        desk.deliver(lease=timedelta(seconds=1 * FASTER))
        sleep(0.05)


if __name__ == "__main__":
    match sys.argv[1:]:
        case ["receive", address, seed]:
            receive(address, int(seed))
        case ["work", url, address, since]:
            work(url, address, float(since))
        case _:
            main(script)
