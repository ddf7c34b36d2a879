"""The rows of a staging area."""

from datetime import UTC, datetime
from typing import Any

import pytest

from itsmkit.cmdb import CIId, SourceRecord
from itsmkit.cmdb.reconciliation import AttributeLock, StagingArea
from itsmkit.errors import DefinitionError
from itsmkit.plugin.documents import (
    Cursor,
    StagedContradiction,
    StagedIdentity,
    StagedLoad,
    StagedLock,
    StagedRecord,
    from_document,
    staging_from_rows,
    staging_rows,
)

NINE = datetime(2026, 3, 2, 9, tzinfo=UTC)


def a_record(ram_gb: int) -> SourceRecord:
    return SourceRecord("netbox", "17", "host", None, {"ram_gb": ram_gb}, seen_at=NINE)


def test_a_staging_area_has_a_row_of_its_own_for_each_thing_that_is_said() -> None:
    lock = AttributeLock(CIId("web-1"), "ram_gb", 64, "ann")
    area = (
        StagingArea()
        .with_records([a_record(1), a_record(2), a_record(3)])
        .with_full_load("netbox", NINE)
        .with_lock(lock)
        .with_identities({("netbox", "17"): CIId("web-1")})
    )
    rows = {row.key: row for row in staging_rows(area)}
    assert rows == {
        ("record", "netbox", "17"): StagedRecord(a_record(1)),
        ("contradiction", "netbox", "17", "0"): StagedContradiction(a_record(2), 0),
        ("contradiction", "netbox", "17", "1"): StagedContradiction(a_record(3), 1),
        ("load", "netbox", "*"): StagedLoad("netbox", "*", NINE),
        ("lock", "web-1", "ram_gb"): StagedLock(lock),
        ("identity", "netbox", "17"): StagedIdentity("netbox", "17", CIId("web-1")),
    }
    assert staging_from_rows(reversed(rows.values())) == area
    assert staging_from_rows([]) == StagingArea()


def test_rows_that_are_no_whole_area_are_refused() -> None:
    other = SourceRecord("netbox", "18", "host", None, seen_at=NINE)
    rows = [
        StagedRecord(a_record(1)),
        StagedRecord(a_record(2)),
        StagedContradiction(a_record(3), 1),
        StagedContradiction(other, 0),
    ]
    with pytest.raises(DefinitionError) as refused:
        staging_from_rows(rows)
    assert refused.value.problems == (
        "staging area: two rows have the key 'record netbox 17'; each stands once",
        "staging area: what stands before the row 'contradiction netbox 17 1' is missing",
        "staging area: what stands before the row 'contradiction netbox 18 0' is missing",
    )


@pytest.mark.parametrize(
    ("position", "shown"),
    [(-1, "int -1"), (True, "bool True"), ("7", "str '7'")],
    ids=["less", "yes", "text"],
)
def test_a_cursor_counts(position: Any, shown: str) -> None:
    with pytest.raises(
        DefinitionError, match=f"Cursor.position must be a whole number of 0 or more, not {shown}"
    ):
        Cursor("reports", position)


@pytest.mark.parametrize("key", ["web", [], ["item", 7], {"item": "web"}], ids=str)
def test_a_damaged_key_of_a_record_is_refused(key: object) -> None:
    document = {
        "type": "configuration.record",
        "schema": 1,
        "key": key,
        "value": None,
        "since": None,
        "until": None,
        "sources": [],
        "last_seen": None,
    }
    with pytest.raises(DefinitionError, match=r"configuration.record: key: must be a list of texts such as"):
        from_document(document)
