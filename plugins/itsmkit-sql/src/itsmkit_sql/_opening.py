"""Opening a database: its tables are made if there are none, and refused if they are of another version."""

from sqlalchemy import Connection, inspect, select, text

from itsmkit_sql._database import Database
from itsmkit_sql._schema import SCHEMA, metadata, schema_version
from itsmkit_sql.errors import SchemaError

__all__ = ["prepare", "schema_problem"]

_ONE_AT_A_TIME = 0x6974736D6B6974  # "itsmkit": who opens a database of PostgreSQL waits for others who do


def prepare(database: Database) -> None:
    """
    Make the tables of an empty database, or see that those of another can be worked on. All or nothing.

    Raises:
        DatabaseError: If the database cannot be reached or written.
        SchemaError: If there are tables that this version cannot work on.
    """
    name = database.address.name
    with database.snapshot() as connection:
        if _checked(connection, name):
            return
    with database.writing() as connection:
        if not database.address.is_sqlite:
            connection.execute(text(f"SELECT pg_advisory_xact_lock({_ONE_AT_A_TIME})"))
            encoding = connection.execute(text("SHOW server_encoding")).scalar_one()
            if encoding != "UTF8":
                way_out = "make one with CREATE DATABASE … ENCODING 'UTF8' TEMPLATE template0"
                raise SchemaError(name, f"it is encoded in {encoding}", way_out)
        if not _checked(connection, name):  # another may have made them meanwhile
            metadata.create_all(connection)
            connection.execute(schema_version.insert(), {"id": 1, "version": SCHEMA})


def schema_problem(version: int) -> tuple[str, str] | None:
    """Return what is wrong with tables of *version*, and the way out; ``None`` if it is nothing."""
    if version == SCHEMA:
        return None
    problem = (
        f"its tables are of version {version}, and this version of itsmkit-sql works on version {SCHEMA}"
    )
    if version > SCHEMA:
        return problem, "install a newer itsmkit-sql"
    return problem, "open it once with the itsmkit-sql that made it, or upgrade it"


def _checked(connection: Connection, name: str) -> bool:
    """Tell whether the tables are there. Raises `SchemaError` if they are not as they must be."""
    there = set(inspect(connection).get_table_names()) & set(metadata.tables)
    if not there:
        return False
    missing = sorted(set(metadata.tables) - there)
    if schema_version.name in there:
        version = connection.execute(select(schema_version.c.version)).scalar_one_or_none()
        wrong = None if version is None else schema_problem(version)
        if wrong is not None:
            raise SchemaError(name, *wrong)
        if version is None:
            missing = [f"the row of {schema_version.name}", *missing]
    if missing:
        problem = f"some of its tables are there, and some are missing: {', '.join(missing)}"
        raise SchemaError(name, problem, "restore it from a backup, or name an empty database")
    return True
