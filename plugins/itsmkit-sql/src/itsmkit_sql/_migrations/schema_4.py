"""
Schema 4: the indexes of what tickets may lack hold those tickets alone that have it.

Nobody asks for the newest tickets without a requester, a service or a configuration item; and an index of
those is written again with every change of one. The rows stay as they are.
"""

from alembic.operations import Operations
from sqlalchemy import Index, MetaData, Sequence, Table

from itsmkit_sql._migrations._steps import Migration, Progress
from itsmkit_sql._migrations._tables_2 import ARRIVALS
from itsmkit_sql._migrations._tables_3 import TABLES_3

__all__ = ["SCHEMA_4"]

_TICKETS = "itsmkit_tickets"
_WHOSE = ("requester", "service", "configuration_item")

TABLES_4 = MetaData()

Sequence(ARRIVALS.name, metadata=TABLES_4)
for _table in TABLES_3.sorted_tables:
    _table.to_metadata(TABLES_4)


def _name(whose: str) -> str:
    return f"itsmkit_tickets_by_{whose}_updated_at"


def _index_of_those_that_have(table: Table, whose: str) -> Index:
    is_there = table.c[whose].is_not(None)
    columns = (table.c[each] for each in ("tenant", whose, "updated_at", "place"))
    return Index(_name(whose), *columns, sqlite_where=is_there, postgresql_where=is_there)


_tickets = TABLES_4.tables[_TICKETS]
for _each in [each for each in _tickets.indexes if each.name in {*map(_name, _WHOSE)}]:
    _tickets.indexes.remove(_each)
for _column in _WHOSE:
    _index_of_those_that_have(_tickets, _column)


def _upgrade(operations: Operations, _progress: Progress) -> None:
    _make_again(operations, TABLES_4)


def _downgrade(operations: Operations, _progress: Progress) -> None:
    _make_again(operations, TABLES_3)


def _make_again(operations: Operations, tables: MetaData) -> None:
    """Make the indexes in place of those that are there, as they are in a schema."""
    wanted = {str(each.name): each for each in tables.tables[_TICKETS].indexes}
    for whose in _WHOSE:
        operations.drop_index(_name(whose), _TICKETS)
        wanted[_name(whose)].create(operations.get_bind(), checkfirst=False)


SCHEMA_4 = Migration(4, "index what tickets have, not what they lack", _upgrade, _downgrade, TABLES_4)
