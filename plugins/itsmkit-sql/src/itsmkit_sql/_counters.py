"""Number series, and how far readers have read."""

from collections.abc import Mapping
from functools import cache
from typing import Any

from sqlalchemy import Connection, bindparam, select
from sqlalchemy.sql.dml import ReturningInsert

from itsmkit_sql._database import Insert, InsertMaker
from itsmkit_sql._schema import cursors, number_series
from itsmkit_sql._tenants import Tenancy, of_tenant

__all__ = ["cursor", "next_number", "set_cursors", "skip_numbers"]

_CURSOR = select(cursors.c.position).where(of_tenant(cursors), cursors.c.reader == bindparam("of"))


def next_number(connection: Connection, tenancy: Tenancy, series: str) -> int:
    """Draw the next number of a series. Others who draw from it wait until the transaction ends."""
    row = tenancy.row(series=series, last=1)
    drawing = _draw(tenancy.database.insert)
    [(number,)] = tenancy.database.statements.execute(connection, drawing, row).all()
    return int(number)


def skip_numbers(connection: Connection, tenancy: Tenancy, series: str, through: int) -> None:
    """Let a series go on after a number, unless it is past it already."""
    connection.execute(_skip(tenancy.database.insert), tenancy.row(series=series, last=through))


def cursor(tenancy: Tenancy, reader: str) -> int:
    """See `Store.cursor`."""
    with tenancy.database.reading() as connection:
        position: int | None = connection.execute(_CURSOR, tenancy.given(of=reader)).scalar()
    return position or 0


def set_cursors(connection: Connection, tenancy: Tenancy, positions: Mapping[str, int]) -> None:
    """Note how far each reader has read."""
    if positions:
        rows = [tenancy.row(reader=reader, position=positions[reader]) for reader in sorted(positions)]
        connection.execute(_set_cursor(tenancy.database.insert), rows)


@cache
def _draw(insert: InsertMaker) -> ReturningInsert[Any]:
    return (
        insert(number_series)
        .on_conflict_do_update(
            index_elements=[number_series.c.tenant, number_series.c.series],
            set_={"last": number_series.c.last + 1},
        )
        .returning(number_series.c.last)
    )


@cache
def _skip(insert: InsertMaker) -> Insert:
    new = insert(number_series)
    return new.on_conflict_do_update(
        index_elements=[number_series.c.tenant, number_series.c.series],
        set_={"last": new.excluded.last},
        where=number_series.c.last < new.excluded.last,
    )


@cache
def _set_cursor(insert: InsertMaker) -> Insert:
    new = insert(cursors)
    return new.on_conflict_do_update(
        index_elements=[cursors.c.tenant, cursors.c.reader], set_={"position": new.excluded.position}
    )
