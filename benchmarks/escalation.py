"""
What ladders cost: asking when nothing is due, taking ten thousand steps at once, and trying a year.

Nobody else has ladders to import, so what is beside them is the floor: what the same round costs on a desk
without any, and what it costs to read the same events once.
"""

from datetime import UTC, datetime, timedelta
from random import Random
from time import process_time

from attrs import evolve
from examples.backtest_escalation import POLICY, histories_of

from benchmarks._measure import Row, micro, table
from benchmarks.replay import AUDIT_LOG
from itsmkit import packs
from itsmkit.desk import Desk, DeskConfig, ManualClock
from itsmkit.interchange import read_event_log
from itsmkit.practices import EscalationPolicy
from itsmkit.practices.escalation import Hours, Ladder, LadderStep, Trigger
from itsmkit.reporting.escalation import backtest
from itsmkit.simulate import month
from itsmkit.tickets import Actor, Ticket, replay

OPEN_TICKETS, DUE = 100_000, 10_000
ASK_AIM, STEPS_AIM, BACKTEST_AIM = 5.0, 5_000, 60.0
BEGIN = datetime(2026, 3, 2, 9, tzinfo=UTC)
HOUR = timedelta(hours=1)
IDLE = Ladder(name="idle", on=Trigger.IDLE, steps=[LadderStep(HOUR, ["boss"])], calendar="always")


def desk_of(count: int, *ladders: Ladder) -> tuple[Desk, ManualClock]:
    """Return a desk with so many open tickets, for which nothing is agreed."""
    clock = ManualClock(BEGIN)
    rules = evolve(DeskConfig.standard(), agreements=[], escalation=EscalationPolicy(ladders=ladders))
    desk = Desk(rules, clock=clock, random=Random(1)).acting_as(Actor("ann"))
    for _ in range(count):
        desk.incidents.log("No network", requester="bob")
    return desk, clock


def asking() -> list[Row]:
    """Measure a round in which nothing is due."""
    desk, clock = desk_of(OPEN_TICKETS, IDLE)
    clock.advance(HOUR / 2)
    if desk.run_due().climbed:
        message = "something was due"
        raise AssertionError(message)
    took = micro(desk.run_due, repeats=200) * 1000
    told = f"{OPEN_TICKETS:,} open tickets, nothing due: `run_due`"
    return [(told, f"{took:.3f} ms", f"aim {ASK_AIM} ms", f"{took / ASK_AIM:.4f}")]


def taking() -> list[Row]:
    """Measure ten thousand steps that are due at once."""
    desk, clock = desk_of(DUE, IDLE)
    clock.advance(HOUR)
    began = process_time()
    report = desk.run_due()
    rate = DUE / (process_time() - began)
    if report.climbed != DUE or report.failures:
        message = f"not every step was taken: {report.climbed}"
        raise AssertionError(message)
    bare, _ = desk_of(0)
    began = process_time()
    for _ in range(DUE):
        bare.incidents.log("No network", requester="bob")
    logged = DUE / (process_time() - began)
    return [
        (f"{DUE:,} steps at once", f"{rate:,.0f}/s", f"aim {STEPS_AIM:,}/s", f"{rate / STEPS_AIM:.2f}"),
        (
            "beside logging as many tickets",
            f"{rate:,.0f}/s",
            f"{logged:,.0f}/s",
            f"{rate / logged:.2f}",
        ),
    ]


def trying() -> list[Row]:
    """Measure a backtest, beside replaying the same histories."""
    if AUDIT_LOG.exists():
        config, source = packs.load("servicenow-audit"), "a year of a real desk"
        if config.log is None:
            message = "the pack tells no layout"
            raise AssertionError(message)
        entries = read_event_log(AUDIT_LOG, config.log).entries
    else:
        simulated = month(incidents=1000)
        config, entries, source = simulated.config, simulated.entries, "a simulated month"
    histories = histories_of(entries, config)
    hours = Hours(config.reporting_hours, config.calendars)
    began = process_time()
    found = backtest(POLICY, histories, hours, agreements=config.agreements)
    took = process_time() - began
    if not found.taken or found != backtest(POLICY, histories, hours, agreements=config.agreements):
        message = "a backtest is not the same each time"
        raise AssertionError(message)
    began = process_time()
    for history in histories:
        replay(history, Ticket)
    floor = process_time() - began
    told = f"{len(histories):,} tickets of {source}: `backtest`"
    return [
        (told, f"{took:.1f} s", f"aim {BACKTEST_AIM:.0f} s", f"{took / BACKTEST_AIM:.2f}"),
        ("beside replaying them", f"{took:.1f} s", f"{floor:.1f} s", f"{took / floor:.1f}"),
    ]


def run() -> str:
    """Return the table."""
    return table("Escalation", [*asking(), *taking(), *trying()])


if __name__ == "__main__":
    print(run())
