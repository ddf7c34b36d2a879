"""``itsmkit store upgrade``, ``backup`` and ``restore``: the upkeep of where a store keeps its data."""

from collections.abc import Sequence
from pathlib import Path

from itsmkit.cli._consoles import error_console, output_console, tame
from itsmkit.cli._outputs import check_outputs, print_written
from itsmkit.cli._store_progress import StoreProgress
from itsmkit.cli._store_source import maintenance_of, shown_url
from itsmkit.cli._wording import count
from itsmkit.plugin import UpgradeStep

__all__ = ["backup_store", "restore_store", "upgrade_store"]


def upgrade_store(url: str, *, to: str | None, dry_run: bool) -> None:
    """
    Bring the layout of a store to another version, or tell what that would do.

    Raises:
        ItsmkitError: If there is no way to it, or the store cannot be reached or does not hold it.
    """
    upkeep = maintenance_of(url)
    if dry_run:
        steps = upkeep.plan(to)
    else:
        with StoreProgress(error_console(), "Upgrading") as progress:
            steps = upkeep.upgrade(to, progress=progress)
    present = upkeep.versions().present or "none: nothing is there yet"
    _tell_steps(steps, url, present, dry_run=dry_run)


def _tell_steps(steps: Sequence[UpgradeStep], url: str, present: str, *, dry_run: bool) -> None:
    console = output_console()
    for step in steps:
        start = "nothing" if step.start is None else step.start
        told = f"{'would go' if dry_run else 'went'} from {start} to {step.end}: {step.summary}"
        console.print(tame(told), soft_wrap=True)
    place = shown_url(url)
    summary = f"its version is {present}" + ("" if steps else ", and nothing is to be done")
    console.print(tame(f"{place}: {summary}"), soft_wrap=True)


def backup_store(url: str, path: Path) -> None:
    """
    Write all data of a store to a file of its own kind.

    Raises:
        ItsmkitError: If the store cannot be read, or the file cannot be written.
    """
    check_outputs({"FILE": path})
    upkeep = maintenance_of(url)
    with StoreProgress(error_console(), "Backing up") as progress:
        report = upkeep.backup(path, progress=progress)
    console = output_console()
    told = f"{shown_url(url)}: {count(report.size)} bytes, of version {report.version}"
    console.print(tame(told), soft_wrap=True)
    print_written(console, (path,))


def restore_store(path: Path, url: str, *, replace: bool) -> None:
    """
    Put a backup in the place of a store.

    Raises:
        ItsmkitError: If the file is no whole backup, or the place cannot be written, or holds data that
            nobody said may be dropped. Nothing is changed then.
    """
    upkeep = maintenance_of(url)
    with StoreProgress(error_console(), "Restoring") as progress:
        report = upkeep.restore(path, replace=replace, progress=progress)
    told = f"{shown_url(url)}: restored {count(report.size)} bytes, of version {report.version}"
    output_console().print(tame(told), soft_wrap=True)
