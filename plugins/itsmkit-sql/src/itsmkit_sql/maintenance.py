"""The upkeep of a database: upgrading its tables, backing them up, and restoring them."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy import Connection

from itsmkit._problems import close_to
from itsmkit.errors import DefinitionError
from itsmkit.plugin import BackupReport, MaintenanceProgress, StoreVersions, UpgradeStep
from itsmkit.plugin.documents import DOCUMENTS
from itsmkit_sql._database import Database, PooledDatabase
from itsmkit_sql._migrations import between, migrations, run, tables_of
from itsmkit_sql._opening import be_alone, check_tables, make_tables, schema_problem, version_of
from itsmkit_sql._schema import SCHEMA
from itsmkit_sql._url import Address
from itsmkit_sql.errors import SchemaError

__all__ = ["SQLMaintenance"]

_KNOWN = (1, *(each.schema for each in migrations()))
_NAMES = tuple(map(str, _KNOWN))
_FROM_NOTHING = UpgradeStep(None, str(SCHEMA), "make the tables")


class SQLMaintenance:
    """
    The upkeep of a database. Keeps the contract of `itsmkit.plugin.StoreMaintenance`.

    What is changed is changed in one transaction, in which nobody else works on the tables.

    Args:
        address: Where the database is.
    """

    def __init__(self, address: Address) -> None:
        self._address = address

    def versions(self) -> StoreVersions:
        """See `StoreMaintenance.versions`."""
        if self._is_nothing():
            return StoreVersions(None, _NAMES)
        with self._database() as database, database.snapshot() as connection:
            present = version_of(connection, self._address.name)
        return StoreVersions(None if present is None else str(present), _NAMES)

    def plan(self, to: str | None = None) -> Sequence[UpgradeStep]:
        """See `StoreMaintenance.plan`."""
        wanted = _wanted(to)
        if self._is_nothing():
            return self._steps(None, wanted)
        with self._database() as database, database.snapshot() as connection:
            return self._steps(self._present(connection), wanted)

    def upgrade(
        self, to: str | None = None, *, progress: MaintenanceProgress | None = None
    ) -> Sequence[UpgradeStep]:
        """See `StoreMaintenance.upgrade`."""
        wanted = _wanted(to)
        self.plan(to)  # what is not there is not made for a way that is none
        with self._database() as database, database.writing() as connection:
            be_alone(connection, database)
            present = self._present(connection)
            steps = self._steps(present, wanted)
            if present is None:
                make_tables(connection, database)
            elif steps:
                self._lock(connection, present)
                run(connection, present, wanted, progress or _nobody_told)
        return steps

    def backup(self, path: Path, *, progress: MaintenanceProgress | None = None) -> BackupReport:
        """See `StoreMaintenance.backup`."""
        told = progress or _nobody_told
        if self._is_nothing():
            raise self._nothing_there()
        if not self._address.is_sqlite:
            with self._database() as database:  # says so if the driver is missing
                from itsmkit_sql import _postgresql_backup  # noqa: PLC0415  # with the driver

                return _postgresql_backup.back_up(database, path, self._to_back_up, told)
        from itsmkit_sql import _sqlite_backup  # noqa: PLC0415  # as above

        with self._database() as database, database.snapshot() as connection:
            version = self._to_back_up(connection)
        return BackupReport(str(version), _sqlite_backup.back_up(self._address, path, told))

    def restore(
        self, path: Path, *, replace: bool = False, progress: MaintenanceProgress | None = None
    ) -> BackupReport:
        """See `StoreMaintenance.restore`."""
        told = progress or _nobody_told
        if not self._address.is_sqlite:
            with self._database() as database:
                from itsmkit_sql import _postgresql_backup  # noqa: PLC0415  # as above

                return _postgresql_backup.put_back(database, path, replace=replace, progress=told)
        from itsmkit_sql import _sqlite_backup  # noqa: PLC0415  # as above

        return _sqlite_backup.put_back(self._address, path, replace=replace, progress=told)

    @contextmanager
    def _database(self) -> Iterator[Database]:
        database = PooledDatabase(self._address, DOCUMENTS)
        try:
            yield database
        finally:
            database.close()

    def _is_nothing(self) -> bool:
        """Tell whether there is no file, or an empty one: to look at it would make one."""
        if not self._address.is_sqlite:
            return False
        file = Path(self._address.url.database or "")
        return not file.exists() or (file.is_file() and file.stat().st_size == 0)

    def _present(self, connection: Connection) -> int | None:
        """Return the version of the tables, if it is one that is known, and they are as they must be."""
        name = self._address.name
        present = version_of(connection, name)
        if present is not None:
            if present not in _KNOWN:
                raise SchemaError(name, *(schema_problem(present) or ("", "")))
            check_tables(connection, name, tables_of(present))
        return present

    def _to_back_up(self, connection: Connection) -> int:
        present = self._present(connection)
        if present is None:
            raise self._nothing_there()
        return present

    def _steps(self, present: int | None, wanted: int) -> Sequence[UpgradeStep]:
        if present is None:
            if wanted != SCHEMA:
                problem = (
                    f"{self._address.name}: there is nothing yet, and what is new is of version {SCHEMA}; "
                    f"leave out the version {wanted}"
                )
                raise DefinitionError(problem)
            return [_FROM_NOTHING]
        steps = []
        for each in between(present, wanted):
            if wanted > present:
                steps.append(UpgradeStep(str(each.schema - 1), str(each.schema), each.summary))
            else:
                steps.append(UpgradeStep(str(each.schema), str(each.schema - 1), f"undo: {each.summary}"))
        return steps

    def _lock(self, connection: Connection, present: int) -> None:
        if not self._address.is_sqlite:
            from itsmkit_sql._postgresql_backup import lock_tables  # noqa: PLC0415  # as above

            lock_tables(connection, tables_of(present), "ACCESS EXCLUSIVE")

    def _nothing_there(self) -> DefinitionError:
        problem = f"{self._address.name}: there is nothing to back up; give the URL that a desk works on"
        return DefinitionError(problem)


def _wanted(to: str | None) -> int:
    if to is None:
        return SCHEMA
    if to not in _NAMES:
        problem = f"there is no version {to!r} of the tables; {close_to(to, _NAMES)}"
        raise DefinitionError(problem)
    return int(to)


def _nobody_told(_done: int, _all: int) -> None:
    pass
