"""Whose rows they are: each statement names a tenant, except the one that asks which there are."""

from collections.abc import Sequence

from attrs import frozen
from sqlalchemy import ColumnElement, Connection, Select, Table, bindparam, func, literal, select, union_all

from itsmkit_sql._database import Database
from itsmkit_sql._schema import Key, marks, metadata, schema_version

__all__ = ["OF_TENANT", "Tenancy", "is_empty", "of_tenant", "tenants"]

OF_TENANT = bindparam("whose", type_=Key())
"""The tenant, as statements are given it."""


@frozen
class Tenancy:
    """
    The data of one tenant in a database.

    Args:
        database: Where it is.
        name: The name of the tenant.
    """

    database: Database
    name: str

    def given(self, **values: object) -> dict[str, object]:
        """Return *values* for a statement with the condition `of_tenant`."""
        return {OF_TENANT.key: self.name, **values}

    def row(self, **values: object) -> dict[str, object]:
        """Return the *values* of a row that is inserted."""
        return {"tenant": self.name, **values}


def of_tenant(table: Table) -> ColumnElement[bool]:
    """Return the condition that a row is of the tenant."""
    return table.c.tenant == OF_TENANT


def tenants(database: Database) -> Sequence[str]:
    """See `Store.tenants`."""
    with database.reading() as connection:
        return sorted({row.tenant for row in connection.execute(_TENANTS)})


def is_empty(connection: Connection, tenancy: Tenancy) -> bool:
    """Tell whether nothing is kept of a tenant."""
    return connection.execute(_ANYTHING, tenancy.given()).first() is None


def _names(table: Table) -> Select[str]:
    """Select the tenants of a table: each is looked up in the index, rather than in every row."""
    name = select(func.min(table.c.tenant).label("tenant")).cte(f"of_{table.name}", recursive=True)
    following = select(func.min(table.c.tenant)).where(table.c.tenant > name.c.tenant).scalar_subquery()
    names = name.union_all(select(following).where(name.c.tenant.is_not(None)))
    return select(names.c.tenant).where(names.c.tenant.is_not(None))


_KEPT = [table for table in metadata.sorted_tables if table not in (schema_version, marks)]
_TENANTS = union_all(*map(_names, _KEPT))
_ANYTHING = union_all(
    *(select(literal(1)).where(of_tenant(table)).limit(1).subquery().select() for table in _KEPT)
)
