"""What a migration is, and how some of them are run, one after the other, in one transaction."""

from collections.abc import Callable, Sequence
from functools import partial

from alembic.operations import Operations
from alembic.runtime.migration import MigrationContext
from attrs import frozen
from sqlalchemy import Connection, MetaData, text

__all__ = ["Migration", "Progress", "between", "migrations", "run", "tables_of"]

Progress = Callable[[int, int], None]
"""Is told how many rows are moved, and how many there are to move."""


@frozen
class Migration:
    """
    A step between two schemas that follow each other.

    Args:
        schema: The later one.
        summary: What is done, in a line.
        upgrade: Brings the tables and all rows from the schema before to this one.
        downgrade: Brings them back. Raises a `DefinitionError` if rows are there that the schema before
            cannot hold, before anything is changed.
        tables: The tables of the later schema.
    """

    schema: int
    summary: str
    upgrade: Callable[[Operations, Progress], None]
    downgrade: Callable[[Operations, Progress], None]
    tables: MetaData


def migrations() -> Sequence[Migration]:
    """Return all migrations in order; the first starts at schema 1."""
    from itsmkit_sql._migrations.schema_2 import SCHEMA_2  # noqa: PLC0415  # opening a store needs none
    from itsmkit_sql._migrations.schema_3 import SCHEMA_3  # noqa: PLC0415  # as above
    from itsmkit_sql._migrations.schema_4 import SCHEMA_4  # noqa: PLC0415  # as above

    return SCHEMA_2, SCHEMA_3, SCHEMA_4


def tables_of(schema: int) -> MetaData:
    """Return the tables of a schema."""
    from itsmkit_sql._migrations._tables_1 import TABLES_1  # noqa: PLC0415  # as above

    return {1: TABLES_1, **{each.schema: each.tables for each in migrations()}}[schema]


def between(present: int, wanted: int) -> Sequence[Migration]:
    """Return the migrations on the way from one schema to another, either way, in their order."""
    if wanted >= present:
        return [each for each in migrations() if present < each.schema <= wanted]
    return [each for each in reversed(migrations()) if wanted < each.schema <= present]


def run(connection: Connection, present: int, wanted: int, progress: Progress) -> None:
    """
    Bring the tables from one schema to another, either way.

    Args:
        connection: In a transaction that writes, with nobody else at work on the tables.
        present: The schema that they are of.
        wanted: The one that they are to be of.
        progress: Is told how far it is; what there is to move grows as a step begins.
    """
    operations = Operations(MigrationContext.configure(connection))
    moved = 0

    def after_earlier_steps(before: int, done: int, whole: int) -> None:
        nonlocal moved
        moved = before + done
        progress(moved, before + whole)

    for each in between(present, wanted):
        step = each.upgrade if wanted > present else each.downgrade
        step(operations, partial(after_earlier_steps, moved))
    connection.execute(text("UPDATE itsmkit_schema SET version = :wanted"), {"wanted": wanted})
