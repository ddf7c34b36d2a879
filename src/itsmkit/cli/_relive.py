"""A log run through a desk of its own, and counted."""

from collections import Counter
from datetime import UTC, datetime
from random import Random
from time import perf_counter

from itsmkit.cli._progress import RunProgress
from itsmkit.cli._result import ReplayResult
from itsmkit.desk import Desk, DeskConfig, InMemoryNotifier, ManualClock, relive
from itsmkit.interchange import EventLog

__all__ = ["relive_log"]

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def relive_log(
    log: EventLog,
    config: DeskConfig,
    *,
    source: str,
    note: str = "",
    progress: RunProgress,
    started: float,
) -> ReplayResult:
    """
    Return what comes of *log* on an in-memory desk under its own time, the same whenever it is run.

    Args:
        log: What happened.
        config: The rules of the desk.
        source: Where the log comes from, for people.
        note: What a reader should know beforehand.
        progress: Told how far the desk is.
        started: What `time.perf_counter` said when the run began.
    """
    clock = ManualClock(log.entries[0].effective_at if log.entries else _EPOCH)
    identifiers = Random(0)  # noqa: S311  they need to be unique, not secret
    with Desk(config, plugins=(InMemoryNotifier(),), clock=clock, random=identifiers) as desk:
        relived = relive(desk, clock, log.entries, progress=progress.reliving(len(log.entries)))
        report = desk.report()
    findings = Counter(finding.kind for finding in (*log.findings, *relived.findings))
    return ReplayResult(
        title=config.name,
        source=source,
        note=note,
        report=report,
        events_read=log.rows_read,
        events_applied=relived.entries,
        findings=dict(findings.most_common()),
        elapsed_seconds=perf_counter() - started,
    )
