"""``itsmkit worker``: what is due is done, and what waits is delivered, until one is told to stop."""

from collections.abc import Sequence
from datetime import timedelta
from pathlib import Path

from itsmkit.cli._logs import logs_on_stderr
from itsmkit.cli._plainly import plainly
from itsmkit.cli._signals import StopSignals
from itsmkit.cli.errors import UsageError
from itsmkit.desk import Desk, Worker

__all__ = ["run_worker"]

_LONGEST_LEASE = 24 * 60 * 60


def run_worker(
    url: str, *, config: Path | None, tenants: Sequence[str], all_tenants: bool, lease: float, once: bool
) -> int:
    """
    Work on the desk at *url* until told to stop by SIGTERM or SIGINT; or do once what is to be done.

    Returns:
        0; with *once* 1 if a timer or an observer failed, or a notification was given up.

    Raises:
        UsageError: If the options cannot be meant.
        ItsmkitError: If the desk cannot be opened; with *once*, also if the work fails.
    """
    problems = []
    if tenants and all_tenants:
        problems.append("--tenant and --all-tenants exclude each other; give one of them")
    if not 0 < lease <= _LONGEST_LEASE:
        problems.append(f"--lease {lease:g}: give more than 0 and at most {_LONGEST_LEASE} seconds")
    if problems:
        raise UsageError(*problems)
    with logs_on_stderr(), StopSignals() as stop, _opened(url, config) as desk:
        worker = Worker(
            desk,
            tenants=None if all_tenants else tenants,
            lease=timedelta(seconds=lease),
            stop=stop,
        )
        if not once:
            worker.run()
            return 0
        report = worker.round()
    for error in report.failures.values():
        raise error
    return 1 if report.problems or report.parked else 0


def _opened(url: str, config: Path | None) -> Desk:
    with plainly():
        return Desk.open(url, config=config).privileged("itsmkit worker")
