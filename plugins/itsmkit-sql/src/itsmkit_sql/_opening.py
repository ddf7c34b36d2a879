"""Opening a database: its tables are made if there are none, and refused if they are of another version."""

from sqlalchemy import Connection, MetaData, inspect, select, text

from itsmkit_sql._database import Database
from itsmkit_sql._facts import FACTS
from itsmkit_sql._refreshing import refresh
from itsmkit_sql._schema import SCHEMA, metadata, schema_version
from itsmkit_sql.errors import SchemaError

__all__ = ["be_alone", "check_tables", "make_tables", "prepare", "schema_problem", "version_of"]

_ONE_AT_A_TIME = 0x6974736D6B6974  # "itsmkit": who makes or changes tables of PostgreSQL waits for others

_ASIDE = "itsmkit_aside_"
"""How the tables are called that are there while a migration runs, and never when it has ended."""

_RESTORE = "restore it from a backup, or name an empty database"
_FACTS = select(schema_version.c.facts)


def prepare(database: Database, *, create: bool = True) -> None:
    """
    Make the tables of an empty database, or see that those of another can be worked on. All or nothing.

    What tickets are searched by is made anew if it is of another version.

    Args:
        database: The database.
        create: Whether tables that are not there are made.

    Raises:
        DatabaseError: If the database cannot be reached or written.
        SchemaError: If there are tables that this version cannot work on, or none that may be made.
    """
    name = database.address.name
    try:
        with database.snapshot() as connection:
            is_there = _is_there(connection, name)
            if is_there and connection.execute(_FACTS).scalar_one() == FACTS:
                return
    except SchemaError:
        # PostgreSQL shows the rows of one moment in the tables of another while somebody replaces them.
        if database.address.is_sqlite:
            raise
        is_there = True
    if not (is_there or create):
        way_out = "make them once: SQLStore.on(…, create=True), such as in a migration of the application"
        raise SchemaError(name, "the tables of a desk are not there", way_out)
    with database.writing() as connection:
        be_alone(connection, database)
        if not _is_there(connection, name):  # another may have made them meanwhile
            make_tables(connection, database)
        elif connection.execute(_FACTS).scalar_one() != FACTS:
            refresh(connection, database.texts)


def be_alone(connection: Connection, database: Database) -> None:
    """Wait until nobody else makes or changes tables, and let nobody until the transaction ends."""
    if not database.address.is_sqlite:  # there, who writes is alone
        connection.execute(text(f"SELECT pg_advisory_xact_lock({_ONE_AT_A_TIME})"))


def make_tables(connection: Connection, database: Database) -> None:
    """Make the tables. Raises `SchemaError` if the database cannot hold every text."""
    if not database.address.is_sqlite:
        encoding = connection.execute(text("SHOW server_encoding")).scalar_one()
        if encoding != "UTF8":
            way_out = "make one with CREATE DATABASE … ENCODING 'UTF8' TEMPLATE template0"
            raise SchemaError(database.address.name, f"it is encoded in {encoding}", way_out)
    metadata.create_all(connection, checkfirst=False)
    connection.execute(schema_version.insert(), {"id": 1, "version": SCHEMA, "facts": FACTS})


def schema_problem(version: int) -> tuple[str, str] | None:
    """Return what is wrong with tables of *version*, and the way out; ``None`` if it is nothing."""
    if version == SCHEMA:
        return None
    problem = (
        f"its tables are of version {version}, and this version of itsmkit-sql works on version {SCHEMA}"
    )
    if version > SCHEMA:
        return problem, "install a newer itsmkit-sql"
    if version < 1:
        return problem, _RESTORE
    return problem, "back it up, end the programs that work on it, and run: itsmkit store upgrade URL"


def version_of(connection: Connection, name: str) -> int | None:
    """
    Return the version of the tables, which may be any; ``None`` if there are none.

    Raises:
        SchemaError: If they do not say it, or somebody has begun to change them.
    """
    inspector = inspect(connection)
    names = [*inspector.get_table_names(), *inspector.get_view_names()]
    begun = sorted(each for each in names if each.startswith(_ASIDE))
    if begun:
        raise SchemaError(
            name, f"a migration was begun and not ended: {', '.join(begun)} are there", _RESTORE
        )
    there = {*names} & {*metadata.tables}
    if not there:
        return None
    if schema_version.name in there:
        columns = {each["name"] for each in inspector.get_columns(schema_version.name)}
        if not columns >= {"id", "version"}:
            raise SchemaError(name, f"{schema_version.name} is a table of something else", _RESTORE)
        version: int | None = connection.execute(select(schema_version.c.version)).scalar_one_or_none()
        if version is not None:
            return version
        missing = [f"the row of {schema_version.name}"]
    else:
        missing = []
    raise _some_missing(name, [*missing, *sorted({*metadata.tables} - there)])


def check_tables(connection: Connection, name: str, tables: MetaData) -> None:
    """Raise `SchemaError` unless all *tables* are there, with their columns."""
    found = inspect(connection).get_multi_columns(filter_names=[*tables.tables])
    columns = {table: {each["name"] for each in several} for (_, table), several in found.items()}
    missing = sorted(tables.tables.keys() - columns.keys())
    if missing:
        raise _some_missing(name, missing)
    other = [each.name for each in tables.sorted_tables if columns[each.name] != {*each.columns.keys()}]
    if other:
        problem = (
            f"the columns of {', '.join(sorted(other))} are not those of its version: the tables are of "
            "something else, or a migration was begun and not ended"
        )
        raise SchemaError(name, problem, _RESTORE)


def _is_there(connection: Connection, name: str) -> bool:
    """Tell whether the tables are there. Raises `SchemaError` if they are not as they must be."""
    version = version_of(connection, name)
    if version is None:
        return False
    wrong = schema_problem(version)
    if wrong is not None:
        raise SchemaError(name, *wrong)
    check_tables(connection, name, metadata)
    return True


def _some_missing(name: str, missing: list[str]) -> SchemaError:
    problem = f"some of its tables are there, and some are missing: {', '.join(missing)}"
    return SchemaError(name, problem, _RESTORE)
