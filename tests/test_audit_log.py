"""
The complete audit log of a real desk, relived, against an independent computation.

The computation below knows nothing of itsmkit: the csv module, and arithmetic on weekdays. It runs where the
log lies beside the checkout, and says so where it does not.
"""

import csv
import gzip
import json
import subprocess
import sys
from collections import Counter, defaultdict
from datetime import datetime, timedelta
from pathlib import Path
from statistics import quantiles
from typing import Any

import pytest

STATES = {"New", "Active", "Resolved", "Closed"} | {
    f"Awaiting {what}" for what in ("User Info", "Problem", "Vendor", "Evidence")
}
LEGAL = {(a, b) for a in STATES - {"Closed"} for b in STATES - {"New"} if a != b} - {("Resolved", "Resolved")}
WITHIN = {"1 - Critical": 8, "2 - High": 16, "3 - Moderate": 40, "4 - Low": 80}
HOUR = timedelta(hours=1)


def instant(text: str) -> datetime:
    return datetime.strptime(text, "%d/%m/%Y %H:%M")  # noqa: DTZ007  # naive on both sides


def business(start: datetime, end: datetime) -> timedelta:
    """Sum the hours from nine to five of every weekday between, one day after the other."""
    total, day = timedelta(0), start.replace(hour=0, minute=0)
    while day < end:
        if day.weekday() < 5:
            total += max(timedelta(0), min(end, day + 17 * HOUR) - max(start, day + 9 * HOUR))
        day += timedelta(days=1)
    return total


def independent(path: Path) -> dict[str, Any]:
    """Compute the figures with nothing but the standard library."""
    histories = defaultdict(list)
    with gzip.open(path, "rt", encoding="ascii", newline="") as file:
        for row in csv.DictReader(file):
            histories[row["number"]].append(row)
    changes: Counter[str] = Counter()
    made_sla: dict[str, Counter[str]] = {"true": Counter(), "false": Counter()}
    calendar, hours, illegal = [], [], 0
    for rows in histories.values():
        rows.sort(key=lambda row: int(row["sys_mod_count"]))
        opened = now = instant(rows[0]["opened_at"])
        state, resolved_at, moves, used, running_since = None, None, [], timedelta(0), opened
        for row in rows:
            now = max(now, instant(row["sys_updated_at"]))
            if row["incident_state"] not in STATES or row["incident_state"] == state:
                continue
            if state is not None:
                moves.append((state, row["incident_state"]))
            state = row["incident_state"]
            if state == "Resolved":
                resolved_at = now
            runs = state not in {"Awaiting User Info", "Resolved", "Closed"}
            if running_since is not None and not runs:
                used += business(running_since, now)
            running_since = (running_since or now) if runs else None
        changes.update(f"{a} -> {b}" for a, b in moves)
        illegal += any(move not in LEGAL for move in moves)
        verdict = "breached" if used > WITHIN[rows[-1]["priority"]] * HOUR else "met"
        made_sla[rows[-1]["made_sla"]][verdict] += 1
        if resolved_at is not None:
            calendar.append((resolved_at - opened) / HOUR)
            hours.append(business(opened, resolved_at) / HOUR)
    last = [rows[-1] for rows in histories.values()]

    def percentile(values: list[float], percent: int) -> float:
        return quantiles(values, n=100, method="inclusive")[percent - 1]

    return {
        "incidents": len(histories),
        "events_read": sum(map(len, histories.values())),
        "final_states": Counter(row["incident_state"] for row in last),
        "by_priority": Counter(row["priority"] for row in last),
        "never_reassigned": sum(row["reassignment_count"] == "0" for row in last),
        "reopened_incidents": sum(row["reopen_count"] != "0" for row in last),
        "resolved": {
            "n": len(calendar),
            "calendar_hours_median": percentile(calendar, 50),
            "calendar_hours_p90": percentile(calendar, 90),
            "business_hours_median": percentile(hours, 50),
            "business_hours_p90": percentile(hours, 90),
        },
        "opened_by_month": Counter(f"{instant(row['opened_at']):%Y-%m}" for row in last),
        "state_changes": changes,
        "illegal_moves": illegal,
        "made_sla": made_sla,
    }


@pytest.fixture(scope="module")
def relived(audit_log: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    out = tmp_path_factory.mktemp("audit-log") / "out.json"
    command = ["replay", str(audit_log), "--format", "servicenow-audit", "--json", str(out)]
    done = subprocess.run(
        [sys.executable, "-m", "itsmkit", *command], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    result: dict[str, Any] = json.loads(out.read_text("utf-8"))
    return result


@pytest.fixture(scope="module")
def computed(audit_log: Path) -> dict[str, Any]:
    return independent(audit_log)


@pytest.mark.parametrize(
    "figure",
    [
        "incidents",
        "events_read",
        "final_states",
        "by_priority",
        "never_reassigned",
        "reopened_incidents",
        "opened_by_month",
        "state_changes",
        "illegal_moves",
    ],
)
def test_a_count_equals_the_independent_one(
    relived: dict[str, Any], computed: dict[str, Any], figure: str
) -> None:
    assert relived[figure] == computed[figure]


def test_resolution_times_equal_the_independent_ones(
    relived: dict[str, Any], computed: dict[str, Any]
) -> None:
    assert relived["resolved"] == pytest.approx(computed["resolved"], rel=1e-9)


def test_no_row_is_lost(relived: dict[str, Any]) -> None:
    dropping = {"wrong_field_count", "missing_ticket", "bad_date", "duplicate_row", "no_known_state"}
    dropped = sum(n for kind, n in relived["findings"].items() if kind in dropping)
    assert relived["events_read"] == relived["events_applied"] + dropped == 141_712


def test_the_quirks_of_the_log_are_found(relived: dict[str, Any]) -> None:
    assert relived["findings"] == {
        "forbidden_move": 13,
        "impossible_counter": 3,
        "irregular_start": 8_522,
        "out_of_order": 4,
        "repeated_order": 5,
        "time_reversed": 6,
        "unknown_state": 5,
    }


def test_the_agreement_judges_as_the_independent_computation_does(
    relived: dict[str, Any], computed: dict[str, Any]
) -> None:
    ours = {
        theirs: {verdict: n for verdict, n in counts.items() if n}
        for theirs, counts in relived["made_sla"].items()
    }
    assert ours == {theirs: dict(counts) for theirs, counts in computed["made_sla"].items()}
