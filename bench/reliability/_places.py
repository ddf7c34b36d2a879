"""Databases to run on: made for a script, with the settings that users have, and dropped after it."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from uuid import uuid4

import psycopg
from sqlalchemy import make_url

__all__ = ["BACKENDS", "place"]

BACKENDS = ("sqlite", "postgresql")
_SERVER = "postgresql://postgres:postgres@127.0.0.1:5432/postgres"


@contextmanager
def place(asked: str) -> Iterator[str]:
    """
    Lend the URL of an empty database.

    Args:
        asked: ``"sqlite"`` for a file in a folder of its own; ``"postgresql"`` for a database on the server
            that ``ITSMKIT_TEST_POSTGRES`` names, or else on this machine; ``"schema"`` for a schema in the
            database that it names, which is made and dropped sooner, and has the settings of that database;
            or a URL, which is lent as it is.
    """
    if asked == "sqlite":
        with TemporaryDirectory(dir=os.environ.get("ITSMKIT_SOAK_FOLDER")) as folder:
            yield f"sqlite:///{Path(folder) / 'desk.db'}"
    elif asked == "postgresql":
        server = os.environ.get("ITSMKIT_TEST_POSTGRES", _SERVER)
        name = f"itsmkit_soak_{uuid4().hex}"
        with psycopg.connect(server, autocommit=True) as connection:
            connection.execute(f"CREATE DATABASE {name} ENCODING 'UTF8' TEMPLATE template0")
        try:
            url = make_url(server).set(database=name, drivername="postgresql+psycopg")
            yield url.render_as_string(hide_password=False)
        finally:
            with psycopg.connect(server, autocommit=True) as connection:
                connection.execute(f"DROP DATABASE {name} WITH (FORCE)")
    elif asked == "schema":
        server, name = os.environ["ITSMKIT_TEST_POSTGRES"], f"soak_{uuid4().hex}"
        with psycopg.connect(server, autocommit=True) as connection:
            connection.execute(f"CREATE SCHEMA {name}")
            try:
                url = make_url(server).set(drivername="postgresql+psycopg")
                own = url.update_query_dict({"options": f"-csearch_path={name}"})
                yield own.render_as_string(hide_password=False)
            finally:
                connection.execute(f"DROP SCHEMA {name} CASCADE")
    else:
        yield asked
