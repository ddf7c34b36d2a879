"""What a migration is, and how some of them are run, one after the other, in one transaction."""

from collections.abc import Callable, Iterable, Sequence

from alembic.operations import Operations
from alembic.runtime.migration import MigrationContext
from attrs import frozen
from sqlalchemy import Connection, text

__all__ = ["Migration", "Progress", "migrations", "run"]

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
    """

    schema: int
    summary: str
    upgrade: Callable[[Operations, Progress], None]
    downgrade: Callable[[Operations, Progress], None]


def migrations() -> Sequence[Migration]:
    """Return all migrations in order; the first starts at schema 1."""
    from itsmkit_sql._migrations.schema_2 import SCHEMA_2  # noqa: PLC0415  # opening a store needs none

    return (SCHEMA_2,)


def run(connection: Connection, present: int, wanted: int, progress: Progress) -> None:
    """
    Bring the tables from one schema to another, either way.

    Args:
        connection: In a transaction that writes, with nobody else at work on the tables.
        present: The schema that they are of.
        wanted: The one that they are to be of.
        progress: Is told how far each step is.
    """
    operations = Operations(MigrationContext.configure(connection))
    for step in _between(present, wanted):
        step(operations, progress)
    connection.execute(text("UPDATE itsmkit_schema SET version = :wanted"), {"wanted": wanted})


def _between(present: int, wanted: int) -> Iterable[Callable[[Operations, Progress], None]]:
    if wanted >= present:
        return (each.upgrade for each in migrations() if present < each.schema <= wanted)
    return (each.downgrade for each in reversed(migrations()) if wanted < each.schema <= present)
