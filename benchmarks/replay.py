"""
A year of a real desk, relived by the command that users run, beside the floor: reading the rows into dicts.

Each side runs in an interpreter of its own, so that its peak memory is its own. Where the log is not at
hand, a simulated one of the same form takes its place, and the table says so.
"""

import csv
import gzip
import json
import os
import resource
import subprocess
import sys
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from time import perf_counter

from benchmarks._measure import table

AUDIT_LOG = Path(__file__).parents[2] / "shared" / "data" / "uci-incident-log" / "incident_event_log.csv.gz"
ROUNDS = 3


def relived(path: Path, folder: Path) -> dict[str, float]:
    """Run ``itsmkit replay``; return what it did, its time and its peak memory."""
    out = folder / "out.json"
    command = ["-m", "itsmkit", "replay", str(path), "--format", "servicenow-audit", "--json", str(out)]
    figures = watched(command)
    result = json.loads(out.read_text("utf-8"))
    if result["events_applied"] != result["events_read"] - dropped(result["findings"]):
        message = "a row was lost on the way"
        raise AssertionError(message)
    return figures | {
        "rows": result["events_read"],
        "rows_per_second": result["events_per_second"],
        "checkpoints": sum(result["checkpoints"].values()),
    }


def dropped(findings: dict[str, int]) -> int:
    """Return how many rows the findings dropped."""
    from itsmkit.interchange import FindingKind  # noqa: PLC0415  # the floor must not pay for it

    return sum(n for kind, n in findings.items() if FindingKind(kind).drops_row)


def floor(path: Path) -> dict[str, float]:
    """Read the same rows into a list of dicts, in an interpreter of its own."""
    return watched(["-m", "benchmarks.replay", str(path)])


def watched(command: list[str]) -> dict[str, float]:
    """Run this interpreter; return its CPU seconds, wall-clock seconds and peak memory in MiB."""
    began = perf_counter()
    process = subprocess.Popen(
        [sys.executable, *command], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        message = f"{' '.join(command)} ended with status {process.returncode}"
        raise AssertionError(message)
    return {
        "cpu": usage.ru_utime + usage.ru_stime,
        "wall": perf_counter() - began,
        "mib": usage.ru_maxrss / 1024,
    }


def run() -> str:
    """Return the table of the replay."""
    with TemporaryDirectory() as name:
        folder = Path(name)
        path = AUDIT_LOG if AUDIT_LOG.exists() else simulated(folder / "log.csv.gz")
        ours, bare = [], []
        for _ in range(ROUNDS):
            bare.append(floor(path))
            ours.append(relived(path, folder))

    def middle(runs: list[dict[str, float]], figure: str) -> float:
        return median(run[figure] for run in runs)

    rows = ours[0]["rows"]
    what = "the real audit log" if path == AUDIT_LOG else "a simulated audit log"
    return table(
        f"Reliving {what}: {rows:,.0f} rows, {ours[0]['checkpoints']:,.0f} checkpoints passed",
        [
            (
                "rows per second, as the command says",
                f"{middle(ours, 'rows_per_second'):,.0f}",
                f"reading into dicts, {rows / middle(bare, 'wall'):,.0f}",
                f"1 / {rows / middle(bare, 'wall') / middle(ours, 'rows_per_second'):.1f}",
            ),
            *(
                (
                    title,
                    f"{middle(ours, figure):,.1f} {unit}",
                    f"reading into dicts, {middle(bare, figure):,.1f} {unit}",
                    f"{middle(ours, figure) / middle(bare, figure):.1f} ×",
                )
                for title, figure, unit in (
                    ("CPU time of the whole command", "cpu", "s"),
                    ("peak memory", "mib", "MiB"),
                )
            ),
        ],
    )


def simulated(path: Path) -> Path:
    """Write a simulated month, in the form of the real log, and return where it is."""
    from itsmkit import packs, simulate  # noqa: PLC0415  # only where the real one is not at hand
    from itsmkit.interchange import write_event_log  # noqa: PLC0415

    config = packs.load("servicenow-audit")
    assert config.log is not None
    write_event_log(path, simulate.month().entries, config.log)
    return path


if __name__ == "__main__":
    kept = []
    with gzip.open(sys.argv[1], "rt", encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            kept.append(row)  # noqa: PERF402  # this is the floor that is spoken of
    print(len(kept), resource.getrusage(resource.RUSAGE_SELF).ru_maxrss)
