"""
The tables of the search index: what is in them follows from the records, so they are dropped, not migrated.

They are made when somebody searches first, and made anew when they are of another form. Each row is of a
scope: a collection of a tenant, which leads each key and each index. What finds words fast is a table of the
database's own kind beside them: see `_fts5` and `_tsvector`.
"""

from sqlalchemy import (
    BigInteger,
    Column,
    Connection,
    Integer,
    MetaData,
    PrimaryKeyConstraint,
    Table,
    Text,
    UniqueConstraint,
    inspect,
    select,
)

from itsmkit_sql._database import Database
from itsmkit_sql._opening import be_alone
from itsmkit_sql._schema import Key

__all__ = [
    "PREFIX",
    "are_there",
    "drop_search_tables",
    "make_search_tables",
    "search_documents",
    "search_labels",
    "search_scopes",
    "search_words",
]

FORM = 1
"""The form of these tables and of the words in them. Another makes the index be fed anew."""

PREFIX = "itsmkit_search_"

_metadata = MetaData()
_Number = BigInteger().with_variant(Integer(), "sqlite")

_form = Table(f"{PREFIX}form", _metadata, Column("form", Integer, primary_key=True))

search_scopes = Table(
    f"{PREFIX}scopes",
    _metadata,
    Column("scope", _Number, primary_key=True),
    Column("tenant", Key, nullable=False),
    Column("collection", Key, nullable=False),
    Column("mark", Key),
    Column("documents", BigInteger, nullable=False),
    Column("length", BigInteger, nullable=False),
    UniqueConstraint("tenant", "collection"),
)

search_documents = Table(
    f"{PREFIX}documents",
    _metadata,
    Column("number", _Number, primary_key=True),
    Column("scope", BigInteger, nullable=False),
    Column("document", Key, nullable=False),
    Column("words", Text, nullable=False),
    Column("length", BigInteger, nullable=False),
    UniqueConstraint("scope", "document"),
)

search_words = Table(
    f"{PREFIX}words",
    _metadata,
    Column("scope", BigInteger, nullable=False),
    Column("word", Key, nullable=False),
    Column("documents", BigInteger, nullable=False),
    PrimaryKeyConstraint("scope", "word"),
)

search_labels = Table(
    f"{PREFIX}labels",
    _metadata,
    Column("scope", BigInteger, nullable=False),
    Column("label", Key, nullable=False),
    Column("number", BigInteger, nullable=False),
    PrimaryKeyConstraint("scope", "label", "number"),
    sqlite_with_rowid=False,
)


def are_there(connection: Connection) -> bool:
    """Tell whether the tables are there, of this form."""
    if not inspect(connection).has_table(_form.name):
        return False
    return connection.execute(select(_form.c.form)).scalar_one_or_none() == FORM


def make_search_tables(connection: Connection, database: Database, finder: str, *index: str) -> None:
    """
    Make the tables, in place of those of another form, unless they are there.

    Args:
        connection: In a transaction that writes.
        database: The database.
        finder: The name of the table of the database's own kind.
        index: The statements that make that.
    """
    be_alone(connection, database)
    if are_there(connection):
        return
    drop_search_tables(connection, finder)
    _metadata.create_all(connection, checkfirst=False)
    for statement in index:
        connection.exec_driver_sql(statement)
    connection.execute(_form.insert(), {"form": FORM})


def drop_search_tables(connection: Connection, finder: str) -> None:
    """Drop the tables that are there."""
    connection.exec_driver_sql(f"DROP TABLE IF EXISTS {finder}")
    _metadata.drop_all(connection)
