"""
A process that works on a database, for the tests of several at once. It begins when a line comes in.

What it has done is printed after it is acknowledged, a line each, so that its reader knows it even if the
process is killed in the next moment.
"""

import sys
from datetime import timedelta

from itsmkit.desk import Desk, DeskConfig, ManualClock
from itsmkit.errors import ConflictError
from itsmkit.plugin import Store
from itsmkit.testing import A_MONDAY, AN_AGENT
from itsmkit.testing.contracts import entry
from itsmkit_sql import SQLStore

LATER = A_MONDAY + timedelta(days=30)


def log(store: Store, count: int) -> None:
    """Log incidents, and comment on each."""
    desk = Desk(DeskConfig.standard(), store=store, clock=ManualClock(A_MONDAY)).acting_as(AN_AGENT)
    for n in range(count):
        incident = desk.incidents.log(f"Number {n}", impact="high", urgency="high")
        desk.tickets.comment(incident.id, "looked at it")
        print(incident.number, flush=True)  # noqa: T201  # its reader waits for it


def comment(store: Store, count: int) -> None:
    """Comment on the one ticket that all comment on, again and again until it is saved."""
    desk = Desk(DeskConfig.standard(), store=store, clock=ManualClock(A_MONDAY)).acting_as(AN_AGENT)
    shared = desk.tickets.by_number("INC-1")
    done = 0
    while done < count:
        try:
            print(desk.tickets.comment(shared.id, "me, too").version, flush=True)  # noqa: T201  # as above
        except ConflictError:
            continue
        done += 1


def run_timers(store: Store, count: int) -> None:
    """Claim and finish timers until *count* times none is due."""
    idle = 0
    while idle < count:
        claimed = store.claim_due(LATER, lease=timedelta(hours=1), limit=3)
        for each in claimed:
            with store.begin() as unit:
                unit.finish_timer(each)
                unit.enqueue(entry(f"{each.timer.name} fired"))
            print(each.timer.name, flush=True)  # noqa: T201  # as above
        idle += not claimed


if __name__ == "__main__":
    job, url, count = sys.argv[1:]
    store = SQLStore.open(url)
    sys.stdin.readline()
    {"log": log, "comment": comment, "run_timers": run_timers}[job](store, int(count))
    store.close()
