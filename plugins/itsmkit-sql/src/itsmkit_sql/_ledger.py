"""The ingest ledger: what was done already."""

from collections.abc import Iterable
from datetime import datetime
from functools import cache
from typing import cast

from sqlalchemy import Connection, bindparam, delete, select

from itsmkit.errors import ConflictError
from itsmkit.plugin import LedgerEntry
from itsmkit_sql._database import Insert, InsertMaker
from itsmkit_sql._schema import ledger
from itsmkit_sql._tenants import Tenancy, of_tenant

__all__ = ["forget", "remember", "remembered"]

_ENTRY = select(ledger.c.document).where(of_tenant(ledger), ledger.c.key == bindparam("of"))
_FORGET = delete(ledger).where(of_tenant(ledger), ledger.c.at < bindparam("before"))


def remembered(connection: Connection, tenancy: Tenancy, key: str) -> LedgerEntry | None:
    """Return what is remembered under a key, or ``None``."""
    document: str | None = connection.execute(_ENTRY, tenancy.given(of=key)).scalar()
    if document is None:
        return None
    return cast("LedgerEntry", tenancy.database.texts.value(document, f"the ledger entry {key}"))


def remember(connection: Connection, tenancy: Tenancy, entries: Iterable[LedgerEntry]) -> None:
    """Add entries. Raises a `ConflictError` if there is one of the key of one."""
    texts = tenancy.database.texts
    for entry in sorted(entries, key=lambda each: each.key):  # so that no two units wait for each other
        row = tenancy.row(key=entry.key, at=entry.at, document=texts.of(entry))
        if connection.execute(_add(tenancy.database.insert), row).rowcount == 0:
            raise ConflictError("ledger entry", entry.key, 0, 1)


def forget(tenancy: Tenancy, before: datetime) -> int:
    """See `Store.forget`."""
    with tenancy.database.writing() as connection:
        return connection.execute(_FORGET, tenancy.given(before=before)).rowcount


@cache
def _add(insert: InsertMaker) -> Insert:
    new = insert(ledger).on_conflict_do_nothing(index_elements=[ledger.c.tenant, ledger.c.key])
    return new.execution_options(preserve_rowcount=True)
