"""
Try a policy of escalation on a year of a real desk, before anybody is told anything by it.

Run it with the path of an event log in the layout of ServiceNow's audit; without one, it tries a simulated
month of a desk. It prints which steps would have been taken, and how often.
"""

import sys
from collections.abc import Sequence
from datetime import timedelta
from pathlib import Path
from time import perf_counter

from attrs import evolve

from itsmkit import packs
from itsmkit.desk import Desk, DeskConfig, ManualClock, relive
from itsmkit.interchange import LogEntry, read_event_log
from itsmkit.practices import EscalationPolicy
from itsmkit.practices.escalation import Hours, Ladder, LadderStep, Trigger
from itsmkit.reporting.escalation import Backtest, backtest
from itsmkit.simulate import month
from itsmkit.tickets import TicketEvent

HOUR = timedelta(hours=1)
POLICY = EscalationPolicy(
    ladders=[
        Ladder(
            name="breach",
            on=Trigger.CHECKPOINT,
            clock="resolve",
            checkpoint="breach",
            steps=[
                LadderStep(0 * HOUR, ["assignee", "group_lead"]),
                LadderStep(4 * HOUR, ["group_lead.manager"]),
            ],
        ),
        Ladder(
            name="idle",
            on=Trigger.IDLE,
            steps=[LadderStep(16 * HOUR, ["assignee"]), LadderStep(40 * HOUR, ["group_lead"])],
        ),
        Ladder(
            name="handed round",
            on=Trigger.REASSIGNED,
            at_least=3,
            steps=[LadderStep(0 * HOUR, ["group_lead"])],
        ),
    ]
)


def histories_of(entries: Sequence[LogEntry], config: DeskConfig) -> tuple[Sequence[TicketEvent], ...]:
    """Relive a log on a desk that promises nothing, and return what happened to each ticket."""
    clock = ManualClock(entries[0].effective_at)
    quiet = evolve(config, agreements=[], escalation=EscalationPolicy())
    with Desk(quiet, clock=clock).privileged("backtest") as desk:
        relive(desk, clock, entries)
        return tuple([desk.tickets.history(ticket.id) for ticket in desk.tickets])


def tried(path: Path | None) -> Backtest:
    """Return what the policy would have done with a log, or with a simulated month."""
    began = perf_counter()
    if path is None:
        simulated = month(incidents=100)
        config, entries = simulated.config, simulated.entries
    else:
        config = packs.load("servicenow-audit")
        if config.log is None:
            sys.exit("the pack tells no layout of logs")
        entries = read_event_log(path, config.log).entries
    histories = histories_of(entries, config)
    read = perf_counter()
    hours = Hours(config.reporting_hours, config.calendars)
    found = backtest(POLICY, histories, hours, agreements=config.agreements)
    print(f"{len(histories)} histories in {read - began:.1f} s, tried in {perf_counter() - read:.1f} s")
    return found


if __name__ == "__main__":
    print(tried(Path(sys.argv[1]) if len(sys.argv) > 1 else None).explain())
