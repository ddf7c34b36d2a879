"""
Schema 3: records of any kind beside tickets and the configuration, and what is personal apart from events.

Nothing that was there changes; three tables are added.
"""

from alembic.operations import Operations
from sqlalchemy import Connection, func, select

from itsmkit.errors import DefinitionError
from itsmkit_sql._migrations._steps import Migration, Progress
from itsmkit_sql._migrations._tables_3 import NEW_IN_3, TABLES_3

__all__ = ["SCHEMA_3"]

_HELD = {
    "itsmkit_records": "records",
    "itsmkit_payloads": "personal payloads",
}


def _upgrade(operations: Operations, _progress: Progress) -> None:
    # Not all of the tables at once: that would make the sequence of arrivals, too, which is there.
    for table in NEW_IN_3:
        table.create(operations.get_bind(), checkfirst=False)


def _downgrade(operations: Operations, _progress: Progress) -> None:
    _refuse_what_is_new(operations.get_bind())
    for table in reversed(NEW_IN_3):
        operations.drop_table(table.name)


def _refuse_what_is_new(connection: Connection) -> None:
    problems = []
    for name, what in _HELD.items():
        count: int = connection.execute(select(func.count()).select_from(TABLES_3.tables[name])).scalar_one()
        if count:
            way_out = "schema 2 cannot hold them: export what you need, remove it, and try again"
            problems.append(f"there are {count} {what}; {way_out}")
    if problems:
        raise DefinitionError(*problems)


SCHEMA_3 = Migration(3, "keep records of any kind", _upgrade, _downgrade, TABLES_3)
