"""The staging area: rows of which those are written that differ."""

from collections.abc import Iterator
from functools import cache
from threading import Lock
from typing import cast

import attrs
from sqlalchemy import Connection, bindparam, delete, select

from itsmkit.cmdb.reconciliation import StagingArea
from itsmkit.errors import ConflictError, DefinitionError
from itsmkit.plugin import StoredStaging
from itsmkit.plugin.documents import StagingRow, staging_from_rows, staging_rows
from itsmkit_sql._database import Insert, InsertMaker
from itsmkit_sql._marks import count_on, mark
from itsmkit_sql._rows import key_text
from itsmkit_sql._schema import STAGING, staging
from itsmkit_sql._tenants import Tenancy, of_tenant
from itsmkit_sql.errors import DatabaseError

__all__ = ["StagingRows"]

_ROWS = select(staging.c.key, staging.c.document).where(of_tenant(staging)).order_by(staging.c.key)
_DROP = delete(staging).where(of_tenant(staging), staging.c.key == bindparam("gone"))


class StagingRows:
    """
    The staging area of a tenant. The version that was read or saved last is kept in the process.

    Args:
        tenancy: Whose it is.
    """

    def __init__(self, tenancy: Tenancy) -> None:
        self._tenancy = tenancy
        self._database = tenancy.database
        self._lock = Lock()
        self._known = StoredStaging(StagingArea(), 0)

    def read(self) -> StoredStaging:
        """See `Store.staging`."""
        with self._database.snapshot() as connection:
            return self._read(connection, mark(connection, self._tenancy, STAGING))

    def check_version(self, connection: Connection, expected: int) -> None:
        """Raise a `ConflictError` if another version is saved."""
        _check(mark(connection, self._tenancy, STAGING), expected)

    def save(self, connection: Connection, staged: StoredStaging, *, expected: int) -> None:
        """
        Save an area in place of the one that is there.

        Args:
            connection: In a transaction that writes.
            staged: The area.
            expected: The version that is to be there.

        Raises:
            ConflictError: If another version is there.
        """
        saves = staged.version - expected
        # Others who save wait here until the transaction has ended.
        found = count_on(connection, self._tenancy, STAGING, saves) - saves
        _check(found, expected)
        before = {row.key: row for row in staging_rows(self._read(connection, found).area)}
        now = {row.key: row for row in staging_rows(staged.area)}
        gone = [self._tenancy.given(gone=key_text(*key)) for key in before.keys() - now.keys()]
        if gone:
            connection.execute(_DROP, gone)
        changed = [
            self._tenancy.row(key=key_text(*key), document=self._database.texts.of(row))
            for key, row in now.items()
            if key not in before or not _is_same(before[key], row)
        ]
        if changed:
            connection.execute(_put(self._database.insert), changed)

    def keep(self, staged: StoredStaging) -> None:
        """Keep in the process what is saved by now."""
        with self._lock:
            if staged.version > self._known.version:
                self._known = staged

    def _read(self, connection: Connection, version: int) -> StoredStaging:
        with self._lock:
            known = self._known
        if known.version == version:
            return known
        try:
            area = staging_from_rows(self._rows(connection))
        except DefinitionError as error:
            raise DatabaseError(
                self._database.address.name, str(error), "restore the database from a backup"
            ) from error
        stored = StoredStaging(area, version)
        self.keep(stored)
        return stored

    def _rows(self, connection: Connection) -> Iterator[StagingRow]:
        texts = self._database.texts
        for row in connection.execute(_ROWS, self._tenancy.given()):
            yield cast("StagingRow", texts.value(row.document, f"the staging row {row.key}"))


@cache
def _put(insert: InsertMaker) -> Insert:
    new = insert(staging)
    return new.on_conflict_do_update(
        index_elements=[staging.c.tenant, staging.c.key], set_={"document": new.excluded.document}
    )


def _check(found: int, expected: int) -> None:
    if found != expected:
        raise ConflictError("staging area", "as a whole", expected, found)


def _is_same(one: StagingRow, other: StagingRow) -> bool:
    """Tell at little cost whether two rows of one key say the same; if in doubt, they do not."""
    # Attributes that are equal need not be the same: 1 equals True. What did not change is one object.
    return all(
        mine is its or (not attrs.has(type(mine)) and mine == its)
        for mine, its in zip(_fields(one), _fields(other), strict=True)
    )


def _fields(row: StagingRow) -> tuple[object, ...]:
    return attrs.astuple(row, recurse=False)
