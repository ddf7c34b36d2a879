"""
Schema 3: records of any kind beside tickets and the configuration, and what is personal apart from events.

Timers say which deadline they lead to, how often they have failed, and whether they are parked. Whoever comes
from schema 2 has timers that lead to no deadline; a desk that reads agreements anew gives it to them. Two
tables are added, and a column of the events. The other tables stay as they are.
"""

from alembic.operations import Operations
from sqlalchemy import Column, Connection, MetaData, Text, func, select

from itsmkit.errors import DefinitionError
from itsmkit_sql._migrations._moving import Move
from itsmkit_sql._migrations._steps import Migration, Progress
from itsmkit_sql._migrations._tables_2 import TABLES_2
from itsmkit_sql._migrations._tables_3 import NEW_IN_3, PERSONAL, TABLES_3

__all__ = ["SCHEMA_3"]

_TIMERS = "itsmkit_timers"

_TIMERS_3 = TABLES_3.tables[_TIMERS]

_REMOVE = "export what you need, remove it, and try again"
# Put together again, the documents would have other digests: each that follows in their chains, and the roots
# of all checkpoints that are kept elsewhere, would be wrong.
_ERASE = "erase it (desk.tickets.erase), or go back by a backup from before the upgrade"
_RESUME = "resume them with desk.tickets.resume_timer, and try again"
_ALL = select(func.count())
_events, _personal = PERSONAL
_RECORDS = TABLES_3.tables["itsmkit_records"]

_JOBS = "desk-job"
"""
The kind of the records of how far the desk has come with jobs of its own, such as reading agreements anew.

Without them it begins anew: so timers that have lost their deadlines on the way back get them again after the
way forward.
"""

_HELD = (
    ("records", _ALL.where(_RECORDS.c.kind != _JOBS), _REMOVE),
    ("events with something personal", select(func.count(TABLES_3.tables[_events].c[_personal])), _ERASE),
    ("parked timers", _ALL.where(_TIMERS_3.c.parked.is_not(None)), _RESUME),
)
"""What is counted, how, and what to do where there are some."""


def _upgrade(operations: Operations, progress: Progress) -> None:
    with _moving(operations, TABLES_2, TABLES_3, progress) as move:
        move.fill(_TIMERS, ({**row, "failures": 0} for row in move.rows(_TIMERS)))
    # Not all of the tables at once: that would make the sequence of arrivals, too, which is there.
    for table in NEW_IN_3:
        table.create(operations.get_bind(), checkfirst=False)
    operations.add_column(_events, Column(_personal, Text))


def _downgrade(operations: Operations, progress: Progress) -> None:
    connection: Connection = operations.get_bind()
    _refuse_what_is_new(connection)
    with _moving(operations, TABLES_3, TABLES_2, progress) as move:
        move.fill(_TIMERS, move.rows(_TIMERS))
    operations.drop_column(_events, _personal)
    for table in reversed(NEW_IN_3):
        operations.drop_table(table.name)


def _moving(operations: Operations, before: MetaData, after: MetaData, progress: Progress) -> Move:
    """Return what moves the timers, and nothing else, from one schema to another."""
    only = MetaData(), MetaData()
    for tables, alone in zip((before, after), only, strict=True):
        tables.tables[_TIMERS].to_metadata(alone)
    return Move(operations, *only, progress)


def _refuse_what_is_new(connection: Connection) -> None:
    problems = [
        f"there are {count} {what}; schema 2 cannot hold them: {way_out}"
        for what, counting, way_out in _HELD
        if (count := connection.execute(counting).scalar_one())
    ]
    if problems:
        raise DefinitionError(*problems)


SCHEMA_3 = Migration(3, "keep records of any kind", _upgrade, _downgrade, TABLES_3)
