"""
The upkeep of what a store keeps its data in: upgrading it, backing it up, restoring it.

It is of the whole place, with all its tenants, and it can be done where a store cannot be opened: on a
database of an earlier release, or on one that is not there yet.
"""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import NamedTuple, Protocol

__all__ = ["BackupReport", "MaintenanceProgress", "StoreMaintenance", "StoreVersions", "UpgradeStep"]

MaintenanceProgress = Callable[[int, int], None]
"""
Is told how much is done of how much, both in a unit of the plugin's choice; often, and from the thread that
called. What it raises stops the work, and nothing is half done.
"""


class StoreVersions(NamedTuple):
    """
    Which version of its layout a store has, and which there are.

    Args:
        present: The version it has; ``None`` if there is nothing yet, or it is empty.
        known: Those that the plugin can bring it to, the oldest first; the last is the one it works with.
    """

    present: str | None
    known: tuple[str, ...]

    @property
    def newest(self) -> str:
        """The version that the plugin works with."""
        return self.known[-1]


class UpgradeStep(NamedTuple):
    """
    One step from a version of the layout to the next, or back.

    Args:
        start: The version before; ``None`` if there was nothing.
        end: The version after.
        summary: What is done, in a line.
    """

    start: str | None
    end: str
    summary: str


class BackupReport(NamedTuple):
    """
    What a backup holds.

    Args:
        version: The version of the layout.
        size: The length of the file, in bytes.
    """

    version: str
    size: int


class StoreMaintenance(Protocol):
    """
    The upkeep of the place that one URL names.

    To make it opens nothing, and nothing stays open between two calls. What cannot be done is raised as an
    error of itsmkit that names the place (without a password) and the way out; then the place is what it was.
    """

    def versions(self) -> StoreVersions:
        """Return which version the layout has, and which there are."""

    def plan(self, to: str | None = None) -> Sequence[UpgradeStep]:
        """
        Return the steps that `upgrade` would take; none if there is nothing to do.

        Args:
            to: The version to end at, which may be an earlier one; the newest if left out.

        Raises:
            DefinitionError: If there is no such version, or no way to it.
        """

    def upgrade(
        self, to: str | None = None, *, progress: MaintenanceProgress | None = None
    ) -> Sequence[UpgradeStep]:
        """
        Bring the layout to a version, with all data: wholly, or not at all.

        Args:
            to: As for `plan`.
            progress: Is told how far it is.

        Returns:
            The steps that were taken.

        Raises:
            DefinitionError: As `plan`; and if the data cannot be held by the version *to*. It names them.
        """

    def backup(self, path: Path, *, progress: MaintenanceProgress | None = None) -> BackupReport:
        """
        Write all data, as of one moment, to a file, while others go on writing.

        Args:
            path: The file. It appears when it is whole, in place of one that was there.
            progress: Is told how far it is.
        """

    def restore(
        self, path: Path, *, replace: bool = False, progress: MaintenanceProgress | None = None
    ) -> BackupReport:
        """
        Put the data of a backup into the place: all of it, or nothing is changed.

        Args:
            path: A file that `backup` has written.
            replace: Whether what the place holds may be dropped for it.
            progress: Is told how far it is.

        Raises:
            DefinitionError: If *path* is no whole backup, or the place holds data and *replace* is not said.
        """
