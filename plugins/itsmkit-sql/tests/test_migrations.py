"""Databases of earlier releases, brought forward and back with all that is in them."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import Connection, Engine, MetaData, create_engine, event, select, text

from itsmkit_sql._migrations import run
from itsmkit_sql._migrations._tables_1 import TABLES_1

RELEASED = Path(__file__).with_name("released")


@pytest.fixture
def engine(url: str) -> Iterator[Engine]:
    made = create_engine(url)
    if made.dialect.name == "sqlite":

        @event.listens_for(made, "connect")
        def prepare(connection: object, _record: object) -> None:
            connection.isolation_level = None  # type: ignore[attr-defined]
            connection.execute("PRAGMA foreign_keys = ON")  # type: ignore[attr-defined]

        @event.listens_for(made, "begin")
        def begin(connection: Connection) -> None:
            connection.exec_driver_sql("BEGIN IMMEDIATE")

    yield made
    made.dispose()


def restored(connection: Connection) -> dict[str, list[dict[str, object]]]:
    """Make a database of schema 1, as it was released, and return its rows."""
    ddl = RELEASED / f"schema-1.{connection.dialect.name}.sql"
    for statement in ddl.read_text().split(";\n"):
        if statement.strip():
            connection.exec_driver_sql(statement)
    rows = json.loads((RELEASED / "schema-1.json").read_text())
    for table in TABLES_1.sorted_tables:
        for row in rows[table.name]:
            names = ", ".join(row)
            values = ", ".join(f":{name}" for name in row)
            override = " OVERRIDING SYSTEM VALUE" if connection.dialect.name == "postgresql" else ""
            connection.execute(text(f"INSERT INTO {table.name} ({names}){override} VALUES ({values})"), row)
    return kept(connection, TABLES_1)


def kept(connection: Connection, tables: MetaData) -> dict[str, list[dict[str, object]]]:
    return {
        each.name: sorted((dict(row._mapping) for row in connection.execute(select(each))), key=str)
        for each in tables.sorted_tables
    }


def told(_done: int, _all: int) -> None:
    pass


def test_forward_and_back(engine: Engine) -> None:
    with engine.begin() as connection:
        before = restored(connection)
        run(connection, 1, 2, told)
    with engine.begin() as connection:
        run(connection, 2, 1, told)
        after = kept(connection, TABLES_1)
    # What is counted may be counted on; what was finished need not be remembered.
    assert_same_timers(before.pop("itsmkit_timers"), after.pop("itsmkit_timers"))
    assert after.pop("itsmkit_marks")[0]["position"] == before.pop("itsmkit_marks")[0]["position"]
    assert after == before


def assert_same_timers(before: list[dict[str, object]], after: list[dict[str, object]]) -> None:
    that_are_set = [row for row in before if row["free_at"] is not None]
    assert [(row["ticket_id"], row["name"], row["due"], row["free_at"]) for row in after] == [
        (row["ticket_id"], row["name"], row["due"], row["free_at"]) for row in that_are_set
    ]
