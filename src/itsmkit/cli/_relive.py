"""A log run through a desk of its own, and counted."""

from collections import Counter
from datetime import UTC, datetime
from random import Random
from time import perf_counter

from attrs import evolve

from itsmkit.cli._plainly import plainly
from itsmkit.cli._progress import RunProgress
from itsmkit.cli._result import ReplayResult
from itsmkit.desk import Desk, DeskConfig, InMemoryNotifier, ManualClock, relive
from itsmkit.interchange import EventLog
from itsmkit.practices import EscalationPolicy

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
    store: str | None = None,
) -> ReplayResult:
    """
    Return what comes of *log* on a desk under its own time, the same whenever it is run.

    On a desk that is kept, the whole of it is one batch: all of it is there in the end, or nothing. Nobody
    is told of checkpoints of long ago.

    Args:
        log: What happened.
        config: The rules of the desk.
        source: Where the log comes from, for people.
        note: What a reader should know beforehand.
        progress: Told how far the desk is.
        started: What `time.perf_counter` said when the run began.
        store: The URL of where the desk is kept; ``None`` for memory.

    Raises:
        ConflictError: If the desk has a ticket of the same number already.
    """
    clock = ManualClock(log.entries[0].effective_at if log.entries else _EPOCH)
    # Identifiers need to be unique, not secret; beside others that are kept, no run may draw them again.
    identifiers = Random(0) if store is None else None  # noqa: S311
    told = progress.reliving(len(log.entries))
    if store is not None:
        config = evolve(config, escalation=EscalationPolicy())
    with plainly():
        opened = Desk(config, store=store, plugins=(InMemoryNotifier(),), clock=clock, random=identifiers)
    with opened.privileged("itsmkit replay") as desk:
        if store is None:
            relived = relive(desk, clock, log.entries, progress=told)
            report = desk.report()
        else:
            with desk.batch() as batch:
                relived = relive(batch, clock, log.entries, progress=told)
                report = batch.report()
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
