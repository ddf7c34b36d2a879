r"""
Backups of PostgreSQL: our own tables as COPY writes them, on one state of the database.

The file begins with a line of JSON that says what it is. Of each table, a line of JSON names its columns;
the rows follow, and a line ``\.`` ends them. Of each sequence, a line says where it stands. Then comes the
seal.
"""

import json
from collections.abc import Callable, Iterator, Sequence
from io import BufferedReader
from pathlib import Path
from typing import Any, cast

import psycopg
from psycopg import sql
from sqlalchemy import Connection, MetaData, func, inspect, select, text

from itsmkit.errors import DefinitionError
from itsmkit.plugin import BackupReport
from itsmkit_sql._backup_file import appearing, check_seal
from itsmkit_sql._database import Database
from itsmkit_sql._faults import translated_from_driver
from itsmkit_sql._migrations import tables_of
from itsmkit_sql._opening import be_alone, check_tables, version_of
from itsmkit_sql._schema import SCHEMA
from itsmkit_sql.errors import SchemaError

__all__ = ["back_up", "lock_tables", "put_back"]

_FORMAT = "itsmkit-sql backup of PostgreSQL"
_END = b"\\.\n"
_SEQUENCES = {1: ("itsmkit_outbox_id_seq",), **dict.fromkeys(range(2, SCHEMA + 1), ("itsmkit_arrivals",))}
"""By the version of the tables: what counts there."""

_KEPT_ALWAYS = ("itsmkit_schema", "itsmkit_marks")

Progress = Callable[[int, int], None]


def back_up(
    database: Database, path: Path, version_in: Callable[[Connection], int], progress: Progress
) -> BackupReport:
    """
    Write what our tables hold, as of one moment, to a file, while others go on writing.

    Args:
        database: The database.
        path: The file.
        version_in: Returns the version of the tables, or raises what is wrong with them.
        progress: Is told how many rows are written of how many.

    Raises:
        DatabaseError: If the database cannot be read, or the file cannot be written.
    """
    with appearing(path) as beside, beside.open("wb") as file, database.snapshot() as connection:
        version = version_in(connection)
        tables = tables_of(version)
        counts = [select(func.count()).select_from(each) for each in tables.sorted_tables]
        done, rows = 0, sum(connection.execute(each).scalar_one() for each in counts)
        file.write(_line({"format": _FORMAT, "version": version}))
        with translated_from_driver(database.address, psycopg.Error), _driver(connection).cursor() as cursor:
            for table in tables.sorted_tables:
                columns = [each.name for each in table.columns]
                file.write(_line({"table": table.name, "columns": columns}))
                with cursor.copy(_copying(table.name, columns, "TO STDOUT")) as copied:
                    for chunk in copied:
                        file.write(chunk)
                        done += bytes(chunk).count(b"\n")
                        progress(done, rows)
                file.write(_END)
        # Sequences are of no moment: read last, they are not behind what was read of the tables.
        for name in _SEQUENCES[version]:
            last, is_called = connection.execute(text(f"SELECT last_value, is_called FROM {name}")).one()  # noqa: S608
            file.write(_line({"sequence": name, "last": last, "is_called": is_called}))
    return BackupReport(str(version), path.stat().st_size)


def put_back(database: Database, path: Path, *, replace: bool, progress: Progress) -> BackupReport:
    """
    Put a backup in place of what our tables hold, in one transaction. Others wait, and go on with it.

    Raises:
        DefinitionError: If the file is no whole backup of PostgreSQL, or the tables hold something and
            *replace* is not said.
        DatabaseError: If the database cannot be written.
    """
    length = check_seal(path)
    with path.open("rb") as file:
        version = _version(path, file)
        with database.writing() as connection:
            be_alone(connection, database)
            _make_room(connection, database.address.name, version, replace=replace)
            with (
                translated_from_driver(database.address, psycopg.Error),
                _driver(connection).cursor() as cursor,
            ):
                while file.tell() < length:
                    _put(cursor, file, json.loads(file.readline()), lambda: progress(file.tell(), length))
    return BackupReport(str(version), path.stat().st_size)


def lock_tables(connection: Connection, tables: MetaData, mode: str) -> None:
    """Let nobody write tables, or not even read them, until the transaction ends."""
    names = ", ".join(each.name for each in tables.sorted_tables)
    connection.execute(text(f"LOCK TABLE {names} IN {mode} MODE"))


def _make_room(connection: Connection, name: str, version: int, *, replace: bool) -> None:
    """Leave the tables of *version*, empty."""
    wanted = tables_of(version)
    try:
        present = version_of(connection, name)
        if present is not None:
            check_tables(connection, name, tables_of(present))
    except (SchemaError, KeyError):
        if not replace:
            raise
        present = None
    if present is not None:
        there = tables_of(present)
        lock_tables(connection, there, "EXCLUSIVE")
        if not replace:
            _check_empty(connection, name, there)
    if present == version:
        # Rather than dropped, rows are deleted: who reads sees those from before until all are there.
        for table in reversed(wanted.sorted_tables):
            connection.execute(table.delete())
        return
    _drop_ours(connection)
    wanted.create_all(connection, checkfirst=False)


def _check_empty(connection: Connection, name: str, tables: MetaData) -> None:
    for table in tables.sorted_tables:
        if (
            table.name not in _KEPT_ALWAYS
            and connection.execute(select(1).select_from(table).limit(1)).first()
        ):
            problem = (
                f"{name}: it holds data already, in the table {table.name}; name an empty database, or say "
                "that its data may be dropped for the backup: --replace"
            )
            raise DefinitionError(problem)


def _drop_ours(connection: Connection) -> None:
    ours = {name for version in _SEQUENCES for name in tables_of(version).tables}
    found = inspect(connection).get_table_names()
    names = sorted(each for each in found if each in ours or each.startswith("itsmkit_aside_"))
    if names:
        connection.execute(text(f"DROP TABLE {', '.join(names)}"))
    connection.execute(text("DROP SEQUENCE IF EXISTS itsmkit_arrivals"))


def _version(path: Path, file: BufferedReader) -> int:
    begins = _line({"format": _FORMAT, "version": 0}).partition(b"0")[0]
    line = file.readline()
    if not line.startswith(begins):
        problem = (
            f"{path}: it is a backup of another kind of database; restore it there, and take the data "
            "from there with itsmkit store export and import"
        )
        raise DefinitionError(problem)
    version: int = json.loads(line)["version"]
    if version not in _SEQUENCES:
        problem = f"{path}: it is of version {version} of the tables; install a newer itsmkit-sql"
        raise DefinitionError(problem)
    return version


def _put(
    cursor: psycopg.Cursor[Any], file: BufferedReader, head: dict[str, Any], told: Callable[[], None]
) -> None:
    if "sequence" in head:
        cursor.execute("SELECT setval(%s, %s, %s)", (head["sequence"], head["last"], head["is_called"]))
        return
    with cursor.copy(_copying(head["table"], head["columns"], "FROM STDIN")) as copied:
        for row in _rows(file):
            copied.write(row)
            told()


def _rows(file: BufferedReader) -> Iterator[bytes]:
    return iter(file.readline, _END)


def _copying(table: str, columns: Sequence[str], how: str) -> sql.Composed:
    names = sql.SQL(", ").join(map(sql.Identifier, columns))
    return sql.SQL("COPY {} ({}) {}").format(sql.Identifier(table), names, sql.SQL(how))


def _driver(connection: Connection) -> psycopg.Connection[Any]:
    return cast("psycopg.Connection[Any]", connection.connection.driver_connection)


def _line(value: dict[str, object]) -> bytes:
    return json.dumps(value).encode() + b"\n"
