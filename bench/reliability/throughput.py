"""
Throughput: commands and timers a second, each durable with a commit of its own, beside the floor.

The floor of a command is what it says to the database: the same statements in the same transactions, sent by
SQLAlchemy Core as one would write them by hand, and by the bare driver. All three run in turns, in databases
that began alike; and in the end the three keep the same, row by row.

Too few are a violation, unless the run is short: then it only compares answers.

Timers are fired on PostgreSQL by one process and by four. Each checkpoint is a transaction of its own.
"""

import subprocess
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, closing
from datetime import datetime, timedelta
from itertools import zip_longest
from random import Random
from statistics import median
from time import perf_counter

from bench.reliability._places import place
from bench.reliability._recording import Group, by_core, by_driver, engine_for, recorded
from bench.reliability._report import Options, Report, main
from itsmkit.desk import Desk, ManualClock
from itsmkit.plugin import RowKind, StoreRow
from itsmkit.testing import A_MONDAY, AN_AGENT
from itsmkit.tickets import TicketId
from itsmkit_sql import SQLStore

TICKETS = 50
ROUNDS = 20
TIMED_TICKETS = 600
LATER = A_MONDAY + timedelta(days=60)


def script(options: Options) -> Iterator[Report]:
    """Run it in each place."""
    # A short run compares answers only, for which each case is met once.
    rounds, tickets, repeats = (1, 10, 1) if options.short else (ROUNDS, TIMED_TICKETS, 3)
    for asked in options.places:
        yield _commands(asked, rounds, judges=not options.short)
        if asked != "sqlite":
            yield _timers(asked, tickets, repeats, judges=not options.short)


# -- commands ------------------------------------------------------------------------------------


def _commands(asked: str, rounds: int, *, judges: bool) -> Report:
    each = 3 * TICKETS
    report = Report(f"Commands on {asked}: {rounds} rounds of {each}, each command a durable commit")
    with ExitStack() as stack:
        urls = [stack.enter_context(place(asked)) for _ in range(4)]
        engine = stack.enter_context(engine_for(urls[0]))
        told = SQLStore.on(engine, create=True)
        stores = [told, *(stack.enter_context(closing(SQLStore.open(url))) for url in urls[1:])]
        desks = [Desk(store=store, clock=ManualClock(A_MONDAY), random=Random(1)) for store in stores]
        for desk in desks:
            for n in range(TICKETS):
                desk.incidents.log(f"Ticket {n}", impact="high", by=AN_AGENT)
        ids = [ticket.id for ticket in desks[0].tickets]
        said: list[list[Group]] = []
        for turn in range(rounds):
            with recorded(engine) as groups:
                _round(desks[0], ids, turn)
            said.append(groups)
        core = stack.enter_context(by_core(urls[2]))
        driver = stack.enter_context(by_driver(urls[3]))
        runs: dict[str, Callable[[int], None]] = {
            "the desk": lambda turn: _round(desks[1], ids, turn),
            "the same statements in SQLAlchemy Core": lambda turn: core(said[turn]),
            "the same statements by the bare driver": lambda turn: driver(said[turn]),
        }
        seconds: dict[str, list[float]] = {name: [] for name in runs}
        for turn in range(rounds):
            for name, run in runs.items():
                began = perf_counter()
                run(turn)
                seconds[name].append(perf_counter() - began)
        dumps = [list(store.dump()) for store in stores]
        report.must("rows of the three that differ", _differences(dumps[1:]))
        medians = {name: median(found) for name, found in seconds.items()}
        for name, found in medians.items():
            report.figure(f"commands/s by {name}", each / found)
        desk_, core_, driver_ = medians.values()
        report.figure("share of what Core does", f"{core_ / desk_:.0%}")
        report.figure("share of what the driver does", f"{driver_ / desk_:.0%}")
        if judges and core_ < desk_ / 2:
            report.violations.append("the desk does less than half of the commands of its statements in Core")
    return report


def _round(desk: Desk, ids: Sequence[TicketId], turn: int) -> None:
    """Comment on each ticket, give it to somebody else, and change what it says."""
    for ticket_id in ids:
        desk.tickets.comment(ticket_id, f"comment {turn}", by=AN_AGENT)
        desk.tickets.assign(ticket_id, support_group=f"group {turn}", by=AN_AGENT)
        desk.tickets.describe(ticket_id, site=f"site {turn}", by=AN_AGENT)


def _differences(dumps: Sequence[Sequence[StoreRow]]) -> Iterator[str]:
    for rows in zip_longest(*dumps):
        if any(row != rows[0] for row in rows):
            yield str(rows)


# -- timers --------------------------------------------------------------------------------------


def _timers(asked: str, tickets: int, repeats: int, *, judges: bool) -> Report:
    report = Report(f"Timers on {asked}: {tickets} tickets")
    for what, catches_up in (("one due of each", False), ("all of each, after a downtime", True)):
        rates: dict[int, list[float]] = {1: [], 4: []}
        for _ in range(repeats):
            for workers, found in rates.items():
                with place(asked) as url:
                    found.append(_fired(url, tickets, workers, report, catches_up=catches_up))
        one, four = (median(found) for found in rates.values())
        report.figure(f"{what}: timers/s of one worker", one)
        report.figure(f"{what}: timers/s of four workers", four)
        report.figure(f"{what}: four workers, as a multiple of one", f"{four / one:.2f} ×")
        # After a downtime, the checkpoints of a ticket come one after the other: one worker has it at hand.
        if judges and not catches_up and four < 1.5 * one:
            report.violations.append("four workers fire less than 1.5 × what one fires")
    return report


def _fired(url: str, tickets: int, workers: int, report: Report, *, catches_up: bool) -> float:
    """Return how many timers a second were fired by so many processes."""
    with closing(SQLStore.open(url)) as store:
        desk = Desk(store=store, clock=ManualClock(A_MONDAY))
        with desk.batch() as batch:
            for n in range(tickets):
                batch.incidents.log(f"Ticket {n}", impact="high", urgency="high", by=AN_AGENT)
        now = LATER if catches_up else desk.next_due() or LATER
        processes = [
            subprocess.Popen(
                [sys.executable, "-m", "bench.reliability.throughput", "worker", url, now.isoformat()],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                text=True,
            )
            for _ in range(workers)
        ]
        for process in processes:
            assert process.stdout is not None
            process.stdout.readline()  # it is ready
        began = perf_counter()
        for process in processes:
            assert process.stdin is not None
            process.stdin.write("go\n")
            process.stdin.flush()
        passed = sum(int(process.communicate()[0]) for process in processes)
        seconds = perf_counter() - began
        kept = sum(row.kind is RowKind.EVENT for row in store.dump())
        due = store.next_due()
        is_left = due is not None and due <= now
        if kept - tickets != passed or is_left or (passed != tickets and not catches_up):
            report.violations.append(f"{workers} workers passed {passed} checkpoints; kept are {kept}")
    return passed / seconds


def worker(url: str, now: str) -> None:
    """Fire what is due at an instant as soon as a line comes in, and print how much that was."""
    with closing(SQLStore.open(url)) as store:
        desk = Desk(store=store, clock=ManualClock(datetime.fromisoformat(now)))
        store.next_due()
        print("ready", flush=True)
        sys.stdin.readline()
        print(desk.run_due().passed)


if __name__ == "__main__":
    if sys.argv[1:2] == ["worker"]:
        worker(*sys.argv[2:])
    else:
        main(script)
