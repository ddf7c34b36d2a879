"""What is counted for each tenant, and the numbers that are drawn for all that arrives."""

from collections.abc import Sequence
from functools import cache
from typing import Any

from sqlalchemy import Connection, bindparam, func, select
from sqlalchemy.sql.dml import ReturningInsert

from itsmkit_sql._database import InsertMaker
from itsmkit_sql._schema import ARRIVED, arrivals, marks
from itsmkit_sql._tenants import Tenancy, of_tenant

__all__ = ["count_on", "drawn", "mark"]

_MARK = select(marks.c.value).where(of_tenant(marks), marks.c.name == bindparam("of"))
_DRAW = select(arrivals.next_value()).select_from(func.generate_series(1, bindparam("many")))


def mark(connection: Connection, tenancy: Tenancy, name: str) -> int:
    """Return how far a mark is counted."""
    value: int | None = connection.execute(_MARK, tenancy.given(of=name)).scalar()
    return value or 0


def count_on(connection: Connection, tenancy: Tenancy, name: str, by: int) -> int:
    """Count a mark on, and return it. Others who count it wait until the transaction has ended."""
    row = tenancy.row(name=name, value=by)
    counted: int = connection.execute(_count(tenancy.database.insert), row).scalar_one()
    return counted


def drawn(connection: Connection, tenancy: Tenancy, many: int) -> Sequence[int]:
    """Return as many new numbers of arrival, each greater than all that were ever drawn for the tenant."""
    if not many:
        return ()
    if tenancy.database.address.is_sqlite:
        last = count_on(connection, tenancy, ARRIVED, many)
        return range(last - many + 1, last + 1)
    return sorted(connection.execute(_DRAW, {"many": many}).scalars())


@cache
def _count(insert: InsertMaker) -> ReturningInsert[Any]:
    new = insert(marks)
    return new.on_conflict_do_update(
        index_elements=[marks.c.tenant, marks.c.name], set_={"value": marks.c.value + new.excluded.value}
    ).returning(marks.c.value)
