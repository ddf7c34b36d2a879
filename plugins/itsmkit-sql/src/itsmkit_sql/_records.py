"""The rows of records of any kind: read as values, written under a version check."""

from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from itertools import islice
from typing import NamedTuple, cast

from sqlalchemy import Connection, bindparam, select, tuple_, update

from itsmkit.conditions import ALWAYS, Condition, compile_condition
from itsmkit.errors import ConflictError, NotFoundError
from itsmkit.plugin import Record
from itsmkit_sql._database import Insert, InsertMaker
from itsmkit_sql._schema import LARGEST, records
from itsmkit_sql._tenants import Tenancy, of_tenant

__all__ = [
    "KindAndId",
    "RecordChange",
    "SavedRecord",
    "check_version",
    "prepared",
    "read",
    "record_of",
    "write",
]

KindAndId = tuple[str, str]

_AT_ONCE = 500
"""How many records one statement asks for."""

_ONE = (
    of_tenant(records),
    records.c.kind == bindparam("of_kind"),
    records.c.id == bindparam("of"),
)
_BY_ID = select(records.c.document, records.c.head).where(*_ONE)
_VERSION = select(records.c.version, records.c.head).where(*_ONE)
_PAGE = (
    select(records.c.id, records.c.document)
    .where(of_tenant(records), records.c.kind == bindparam("of_kind"), records.c.is_deleted == 0)
    .where(records.c.id > bindparam("after"))
    .order_by(records.c.id)
    .limit(bindparam("most"))
)
# Locked in one order, so that no two units wait for each other.
_VERSIONS = (
    select(records.c.kind, records.c.id, records.c.version)
    .where(of_tenant(records))
    .where(tuple_(records.c.kind, records.c.id).in_(bindparam("asked", expanding=True)))
    .order_by(records.c.kind, records.c.id)
    .with_for_update()
)
_UPDATE = update(records).where(*_ONE, records.c.version == bindparam("expected"))


class SavedRecord(NamedTuple):
    """
    A record as it was read.

    Args:
        record: The record.
        head: The digest of its newest event.
    """

    record: Record
    head: str | None


class RecordChange(NamedTuple):
    """
    A record as it is to be saved.

    Args:
        record: The record.
        expected: The version that is to be there; 0 for a new one.
        head: The digest of its newest event.
        document: Its document.
    """

    record: Record
    expected: int
    head: str | None
    document: str


# -- reading ---------------------------------------------------------------------------------------


def record_of(connection: Connection, tenancy: Tenancy, key: KindAndId) -> SavedRecord:
    """Return a record, which may be a tombstone. Raises `NotFoundError` if there is none."""
    row = connection.execute(_BY_ID, tenancy.given(**_named(key))).one_or_none()
    if row is None:
        raise NotFoundError(*key)
    return SavedRecord(_value(tenancy, key, row.document), row.head)


def read(tenancy: Tenancy, kind: str, where: Condition, after: str, limit: int) -> list[Record]:
    """See `Store.records`. A condition is asked of each record, page by page."""
    if where == ALWAYS:
        return [*_page(tenancy, kind, after, limit)]
    holds = compile_condition(where)
    return [*islice((each for each in _all(tenancy, kind, after) if holds(each.facts)), limit)]


def _all(tenancy: Tenancy, kind: str, after: str) -> Iterator[Record]:
    while page := _page(tenancy, kind, after, _AT_ONCE):
        yield from page
        after = page[-1].id


def _page(tenancy: Tenancy, kind: str, after: str, most: int) -> list[Record]:
    given = tenancy.given(of_kind=kind, after=after, most=min(most, LARGEST))
    with tenancy.database.reading() as connection:
        rows = connection.execute(_PAGE, given).all()
    return [_value(tenancy, (kind, row.id), row.document) for row in rows]


def check_version(connection: Connection, tenancy: Tenancy, key: KindAndId, expected: int) -> str | None:
    """
    Return the digest of the newest event of a record, or ``None``.

    Raises:
        ConflictError: If another version is saved than *expected*.
    """
    row = connection.execute(_VERSION, tenancy.given(**_named(key))).one_or_none()
    found = None if row is None else row.version
    if (found or 0) != expected:
        raise ConflictError(*key, expected, found)
    return None if row is None else row.head


# -- writing ---------------------------------------------------------------------------------------


def prepared(tenancy: Tenancy, record: Record, *, expected: int, head: str | None) -> RecordChange:
    """Return a record as it is to be saved: what takes time is done before others have to wait."""
    return RecordChange(record, expected, head, tenancy.database.texts.of(record))


def write(connection: Connection, tenancy: Tenancy, changes: Mapping[KindAndId, RecordChange]) -> None:
    """
    Save records.

    Args:
        connection: In a transaction that writes.
        tenancy: Whose they are.
        changes: By kind and id.

    Raises:
        ConflictError: If another version of one is there.
    """
    keys = sorted(changes)
    known = [key for key in keys if changes[key].expected]
    _change(connection, tenancy, {key: changes[key] for key in known})
    new = [key for key in keys if not changes[key].expected]
    rows = [
        tenancy.row(kind=kind, id=record_id, **_columns(changes[kind, record_id])) for kind, record_id in new
    ]
    if rows and connection.execute(_add(tenancy.database.insert), rows).rowcount < len(rows):
        _tell_conflict(connection, tenancy, {key: changes[key] for key in new})


def _change(connection: Connection, tenancy: Tenancy, changes: Mapping[KindAndId, RecordChange]) -> None:
    keys = [*changes]
    if len(keys) > 1:
        # The statements that change many tell only how many they changed, and not which.
        for start in range(0, len(keys), _AT_ONCE):
            asked = keys[start : start + _AT_ONCE]
            _require(tenancy, connection, {key: changes[key].expected for key in asked})
    rows = [
        tenancy.given(**_named(key), expected=each.expected, **_columns(each))
        for key, each in changes.items()
    ]
    if rows and connection.execute(_UPDATE, rows).rowcount < len(rows):
        check_version(connection, tenancy, keys[0], changes[keys[0]].expected)


def _require(tenancy: Tenancy, connection: Connection, expected: Mapping[KindAndId, int]) -> None:
    """Let nobody else change records. Raises a `ConflictError` if another version of one is saved."""
    rows = connection.execute(_VERSIONS, tenancy.given(asked=[*expected]))
    found = {(row.kind, row.id): row.version for row in rows}
    for key, version in expected.items():
        if found.get(key) != version:
            raise ConflictError(*key, version, found.get(key))


def _tell_conflict(connection: Connection, tenancy: Tenancy, new: Mapping[KindAndId, RecordChange]) -> None:
    """Raise the `ConflictError` of new records, one of which is there already."""
    for key, change in new.items():
        row = connection.execute(_BY_ID, tenancy.given(**_named(key))).one()
        if row.head != change.head:
            check_version(connection, tenancy, key, 0)
    # Another unit has saved the very same.
    check_version(connection, tenancy, next(iter(new)), 0)


@cache
def _add(insert: InsertMaker) -> Insert:
    return insert(records).on_conflict_do_nothing().execution_options(preserve_rowcount=True)


def _columns(change: RecordChange) -> dict[str, object]:
    return {**columns_of(change.record), "head": change.head, "document": change.document}


def columns_of(record: Record) -> dict[str, object]:
    """Return what the columns beside the document hold, except those that never change."""
    return {"version": record.version, "is_deleted": int(record.is_deleted)}


def _named(key: KindAndId) -> dict[str, object]:
    return {"of_kind": key[0], "of": key[1]}


def _value(tenancy: Tenancy, key: Sequence[str], document: str) -> Record:
    return cast("Record", tenancy.database.texts.value(document, f"record {'/'.join(key)}"))
