"""
Schema 3: records of any kind beside tickets and the configuration, and what is personal apart from events.

Nothing that was there changes; two tables are added, and a column.
"""

from alembic.operations import Operations
from sqlalchemy import Column, Connection, Text, func, select

from itsmkit.errors import DefinitionError
from itsmkit_sql._migrations._steps import Migration, Progress
from itsmkit_sql._migrations._tables_3 import NEW_IN_3, PERSONAL, TABLES_3

__all__ = ["SCHEMA_3"]

_events, _personal = PERSONAL
_HELD = {
    "records": select(func.count()).select_from(TABLES_3.tables["itsmkit_records"]),
    "events with something personal": select(func.count(TABLES_3.tables[_events].c[_personal])),
}


def _upgrade(operations: Operations, _progress: Progress) -> None:
    # Not all of the tables at once: that would make the sequence of arrivals, too, which is there.
    for table in NEW_IN_3:
        table.create(operations.get_bind(), checkfirst=False)
    operations.add_column(_events, Column(_personal, Text))


def _downgrade(operations: Operations, _progress: Progress) -> None:
    _refuse_what_is_new(operations.get_bind())
    operations.drop_column(_events, _personal)
    for table in reversed(NEW_IN_3):
        operations.drop_table(table.name)


def _refuse_what_is_new(connection: Connection) -> None:
    problems = []
    for what, counting in _HELD.items():
        count: int = connection.execute(counting).scalar_one()
        if count:
            way_out = "schema 2 cannot hold them: export what you need, remove it, and try again"
            problems.append(f"there are {count} {what}; {way_out}")
    if problems:
        raise DefinitionError(*problems)


SCHEMA_3 = Migration(3, "keep records of any kind", _upgrade, _downgrade, TABLES_3)
