"""
Kills: a writer is ended by SIGKILL at a random instant, a thousand times on each database.

The writer works as fast as it can, and says what was acknowledged as soon as it was. After each kill the next
desk opens the database, and everything that was acknowledged must be there, with nothing that is half of
something: tickets, events, timers, outbox, ledger and number series are seen through a dump.
"""

import json
import os
import signal
from collections.abc import Callable, Iterator
from contextlib import closing
from itertools import count
from random import Random
from time import perf_counter, sleep
from traceback import print_exc
from typing import Any

from bench.reliability._places import place
from bench.reliability._report import Options, Report, main
from bench.reliability._whole import problems_of
from itsmkit.desk import Desk
from itsmkit.plugin import LedgerEntry, OutboxEntry, RowKind, Store
from itsmkit.testing import A_MONDAY, a_notification
from itsmkit.tickets import Actor, Ticket, TicketId
from itsmkit_sql import SQLStore

KILLS = 1_000
LONGEST = 0.12
"""How many seconds a writer may live after its first acknowledgement."""
CHECK_EVERY = 250
"""After how many kills the whole is looked at."""
WRITER = Actor("writer")


def script(options: Options) -> Iterator[Report]:
    """Run it in each place."""
    kills = 100 if options.short else KILLS
    for asked in options.places:
        with place(asked) as url:
            yield _run(asked, url, kills, Random(options.seed))


def _run(asked: str, url: str, kills: int, random: Random) -> Report:
    report = Report(f"Killed writers on {asked}: {kills:,} × kill -9")
    SQLStore.open(url).close()
    acknowledged = unfinished = end = 0
    problems: list[str] = []
    starts: list[float] = []
    known: dict[str, int] = {}
    for n in range(kills):
        told = _killed(url, n, random)
        acknowledged += len(told)
        versions = {each["ticket"]: each["version"] for each in told}
        known |= versions
        began = perf_counter()
        with closing(SQLStore.open(url)) as store:
            mark = Desk(store=store).incidents.log("It goes on", by=WRITER)
            starts.append(perf_counter() - began)
            found: dict[str, int] = {}
            while page := store.events(after=end, limit=1000):
                end = page[-1].position
                found |= {each.event.ticket_id: each.event.sequence for each in page}
            del found[mark.id]
            problems += (
                f"kill {n}: {ticket_id} is of version {found.get(ticket_id, 0)}, not {version}"
                for ticket_id, version in versions.items()
                if found.get(ticket_id, 0) < version
            )
            unfinished += any(versions.get(ticket_id, 0) < version for ticket_id, version in found.items())
            if n % CHECK_EVERY == CHECK_EVERY - 1 or n == kills - 1:
                problems += (f"kill {n}: {each}" for each in _half(store))
    report.figure("commands acknowledged before the kills", acknowledged)
    report.figure("kills that met a command which was saved and not yet acknowledged", unfinished)
    report.figure("longest start after a kill, the first command included", max(starts), "s")
    with closing(SQLStore.open(url)) as store:
        there = {each.ticket.id: each.ticket.version for each in store.tickets()}
    lost = (ticket_id for ticket_id, version in known.items() if there.get(TicketId(ticket_id), 0) < version)
    report.must("acknowledged commands lost, in the end", lost)
    report.must("acknowledged commands lost, or half commands, after a kill", problems)
    return report


def _half(store: Store) -> Iterator[str]:
    """Yield what is half of something: both parts of a unit of the writer come, or none."""
    rows = list(store.dump())
    yield from problems_of(rows)
    parts: dict[RowKind, set[str]] = {RowKind.OUTBOX: set(), RowKind.REMEMBERED: set()}
    for row in rows:
        data: Any = row.data
        if row.kind is RowKind.OUTBOX:
            parts[row.kind].add(data["key"])
        elif row.kind is RowKind.REMEMBERED:
            parts[row.kind].add(data["entry"]["key"])
    sent, remembered = parts.values()
    yield from (f"{key} is in the outbox or the ledger, and not in the other" for key in sent ^ remembered)


def _killed(url: str, n: int, random: Random) -> list[dict[str, Any]]:
    """Let a writer work, kill it, and return what it told."""
    reading, writing = os.pipe()
    writer = os.fork()
    if not writer:
        try:
            os.close(reading)
            _write(url, n, writing)
        except BaseException:  # noqa: BLE001  # the process ends here; why, must be seen
            print_exc()
        finally:
            os._exit(1)
    os.close(writing)
    with os.fdopen(reading, "rb") as told:
        # One in ten does not live to say anything: it is killed while it opens the database.
        first = told.readline() if random.random() < 0.9 else b""
        sleep(random.uniform(0, LONGEST if first else LONGEST / 4))
        os.kill(writer, signal.SIGKILL)
        rest = told.read()
    _, status = os.waitpid(writer, 0)
    if not os.WIFSIGNALED(status):
        message = f"writer {n} ended by itself"
        raise RuntimeError(message)
    # A line that was cut off by the kill was not told.
    return [json.loads(line) for line in (first + rest).split(b"\n")[:-1]]


def _write(url: str, n: int, told: int) -> None:
    """Work until the kill: log, take, comment on and resolve tickets, and do what a plugin does in a unit."""
    store = SQLStore.open(url)
    desk = Desk(store=store).acting_as(WRITER)
    for turn in count():
        incident = desk.incidents.log(f"{n}/{turn}", impact="high", urgency="high")
        _tell(told, incident)
        steps: list[Callable[[TicketId], Ticket]] = [
            lambda each: desk.tickets.assign(each, support_group="network", assignee="ann"),
            lambda each: desk.incidents.transition(each, "start"),
            lambda each: desk.tickets.comment(each, "It is the cable"),
            lambda each: desk.incidents.transition(each, "resolve", resolution="a new cable"),
        ]
        for step in steps:
            _tell(told, step(incident.id))
        key = f"{n}/{turn}"
        with store.begin() as unit:
            unit.enqueue(OutboxEntry(a_notification(key), 0, A_MONDAY))
            unit.remember(LedgerEntry(key, "digest", {}, A_MONDAY))


def _tell(told: int, incident: Ticket) -> None:
    os.write(told, json.dumps({"ticket": incident.id, "version": incident.version}).encode() + b"\n")


if __name__ == "__main__":
    main(script)
