"""What is counted for each tenant, and the numbers that are drawn for all that arrives."""

from collections.abc import Sequence
from functools import cache
from typing import Any

from sqlalchemy import Connection, bindparam, case, func, select, update
from sqlalchemy.sql.dml import ReturningInsert

from itsmkit_sql._database import InsertMaker
from itsmkit_sql._schema import ARRIVED, POSITION, arrivals, marks
from itsmkit_sql._tenants import Tenancy, of_tenant

__all__ = ["count_on", "drawn", "drawn_for_events", "mark"]

_MARK = select(marks.c.value).where(of_tenant(marks), marks.c.name == bindparam("of"))
_DRAW = select(arrivals.next_value()).select_from(func.generate_series(1, bindparam("many")))

_COUNT_BOTH = (
    update(marks)
    # A list of values would be written out each time that this is executed, which takes longer than all else.
    .where(of_tenant(marks), (marks.c.name == ARRIVED) | (marks.c.name == POSITION))
    .values(
        value=marks.c.value + case((marks.c.name == ARRIVED, bindparam("many")), else_=bindparam("events"))
    )
    .returning(marks.c.name, marks.c.value)
)


def mark(connection: Connection, tenancy: Tenancy, name: str) -> int:
    """Return how far a mark is counted."""
    value: int | None = connection.execute(_MARK, tenancy.given(of=name)).scalar()
    return value or 0


def count_on(connection: Connection, tenancy: Tenancy, name: str, by: int) -> int:
    """Count a mark on, and return it. Others who count it wait until the transaction has ended."""
    row = tenancy.row(name=name, value=by)
    counting = _count(tenancy.database.insert)
    [(counted,)] = tenancy.database.statements.execute(connection, counting, row).all()
    return int(counted)


def drawn(connection: Connection, tenancy: Tenancy, many: int) -> Sequence[int]:
    """Return as many new numbers of arrival, each greater than all that were ever drawn for the tenant."""
    if not many:
        return ()
    if tenancy.database.address.is_sqlite:
        return _up_to(count_on(connection, tenancy, ARRIVED, many), many)
    return sorted(connection.execute(_DRAW, {"many": many}).scalars())


def drawn_for_events(
    connection: Connection, tenancy: Tenancy, many: int, events: int
) -> tuple[Sequence[int], Sequence[int] | None]:
    """
    Return as many new numbers of arrival as `drawn` does, and the positions of some events.

    Returns:
        The numbers, and the positions; ``None`` in PostgreSQL, where readers give them.
    """
    if not tenancy.database.address.is_sqlite:
        return drawn(connection, tenancy, many), None
    asked = {name: by for name, by in ((ARRIVED, many), (POSITION, events)) if by}
    found: dict[str, int] = {}
    if len(asked) > 1:  # as a rule both are there; to ask for them at once is a statement less
        both = tenancy.given(many=many, events=events)
        found = dict(tenancy.database.statements.execute(connection, _COUNT_BOTH, both).all())
    last = {name: found.get(name) or count_on(connection, tenancy, name, by) for name, by in asked.items()}
    return _up_to(last.get(ARRIVED, 0), many), _up_to(last.get(POSITION, 0), events)


def _up_to(last: int, many: int) -> range:
    return range(last - many + 1, last + 1)


@cache
def _count(insert: InsertMaker) -> ReturningInsert[Any]:
    new = insert(marks)
    return new.on_conflict_do_update(
        index_elements=[marks.c.tenant, marks.c.name], set_={"value": marks.c.value + new.excluded.value}
    ).returning(marks.c.value)
