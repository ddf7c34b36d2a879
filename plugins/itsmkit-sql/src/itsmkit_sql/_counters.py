"""Number series, and how far readers have read."""

from collections.abc import Mapping
from functools import cache
from typing import Any

from sqlalchemy import Connection, select
from sqlalchemy.sql.dml import ReturningInsert

from itsmkit_sql._database import Database, Insert, InsertMaker
from itsmkit_sql._schema import cursors, number_series

__all__ = ["cursor", "next_number", "set_cursors"]


def next_number(database: Database, connection: Connection, series: str) -> int:
    """Draw the next number of a series. Others who draw from it wait until the transaction ends."""
    drawn = connection.execute(_draw(database.insert), {"series": series, "last": 1})
    number: int = drawn.scalar_one()
    return number


def cursor(database: Database, reader: str) -> int:
    """See `Store.cursor`."""
    with database.reading() as connection:
        position: int | None = connection.execute(
            select(cursors.c.position).where(cursors.c.reader == reader)
        ).scalar()
    return position or 0


def set_cursors(database: Database, connection: Connection, positions: Mapping[str, int]) -> None:
    """Note how far each reader has read."""
    if positions:
        rows = [{"reader": reader, "position": positions[reader]} for reader in sorted(positions)]
        connection.execute(_set_cursor(database.insert), rows)


@cache
def _draw(insert: InsertMaker) -> ReturningInsert[Any]:
    return (
        insert(number_series)
        .on_conflict_do_update(
            index_elements=[number_series.c.series], set_={"last": number_series.c.last + 1}
        )
        .returning(number_series.c.last)
    )


@cache
def _set_cursor(insert: InsertMaker) -> Insert:
    new = insert(cursors)
    return new.on_conflict_do_update(
        index_elements=[cursors.c.reader], set_={"position": new.excluded.position}
    )
