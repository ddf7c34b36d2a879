"""Rows on their way from the tables of one schema into those of another."""

from collections.abc import Iterable, Iterator
from itertools import islice
from typing import Any, Self

from alembic.operations import Operations
from sqlalchemy import Connection, MetaData, Table, func, insert, select

from itsmkit_sql._migrations._steps import Progress

__all__ = ["Move", "Row"]

Row = dict[str, Any]

_AT_ONCE = 1_000


class Move:
    """
    The tables of one schema, laid aside, and those of another, to be filled from them.

    To lay a table aside is to copy it, without its constraints and indexes, whose names the other tables
    may need. Leaving drops what was laid aside.

    Args:
        operations: In a transaction that writes.
        before: The tables that are there.
        after: The tables that are to be there.
        progress: Is told after each thousand rows.
    """

    def __init__(self, operations: Operations, before: MetaData, after: MetaData, progress: Progress) -> None:
        self._operations = operations
        self._connection: Connection = operations.get_bind()
        self._before = before
        self._after = after
        self._progress = progress
        self._aside = {each.name: _aside(each) for each in before.sorted_tables}
        self._done = self._all = 0

    def __enter__(self) -> Self:
        for each in reversed(self._before.sorted_tables):
            aside = self._aside[each.name].name
            copy = f"CREATE TABLE {aside} AS SELECT * FROM {each.name}"  # noqa: S608  # both are names of ours
            self._operations.execute(copy)
            self._operations.drop_table(each.name)
        self._after.create_all(self._connection, checkfirst=False)
        self._all = sum(self._count(each) for each in self._aside.values())
        return self

    def __exit__(self, raised: type[BaseException] | None, *_details: object) -> None:
        if raised is None:
            for each in self._aside.values():
                self._operations.drop_table(each.name)

    @property
    def connection(self) -> Connection:
        """Where it takes place."""
        return self._connection

    def rows(self, name: str, *order_by: str) -> Iterator[Row]:
        """Go through the rows of a table from before, ordered by columns."""
        aside = self._aside[name]
        asked = select(aside).order_by(*(aside.c[each] for each in order_by))
        with self._connection.execute(asked, execution_options={"yield_per": _AT_ONCE}) as found:
            for row in found:
                yield dict(row._mapping)

    def greatest(self, name: str, column: str) -> int:
        """Return the greatest value in a column of a table from before; 0 if it has no rows."""
        aside = self._aside[name]
        found: int | None = self._connection.execute(select(func.max(aside.c[column]))).scalar()
        return found or 0

    def fill(self, name: str, rows: Iterable[Row]) -> None:
        """Put rows into a table of the schema after; of each, the values that it has columns for."""
        table = self._after.tables[name]
        columns = table.columns.keys()
        rest = ({column: row[column] for column in columns if column in row} for row in rows)
        while batch := list(islice(rest, _AT_ONCE)):
            self._connection.execute(insert(table), batch)
            self._done += len(batch)
            self._progress(min(self._done, self._all), self._all)

    def _count(self, table: Table) -> int:
        counted: int = self._connection.execute(select(func.count()).select_from(table)).scalar_one()
        return counted


def _aside(table: Table) -> Table:
    return table.to_metadata(MetaData(), name=table.name.replace("itsmkit_", "itsmkit_aside_", 1))
