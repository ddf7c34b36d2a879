"""
Databases to test on: a file for each test, or a schema on a server.

A schema that has tables is lent again, emptied: to make and to drop it takes longer than most tests.
"""

import os
import shutil
import sys
import warnings
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, ExitStack, contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory, mkdtemp
from typing import Any, NamedTuple

import pytest
from sqlalchemy import Connection, create_engine, insert, inspect, select, text
from sqlalchemy.pool import NullPool

from itsmkit_sql import SQLStore
from itsmkit_sql._schema import metadata

IN_MEMORY = Path("/dev/shm")  # each test has a folder of its own there


@pytest.fixture(autouse=True)
def same_modules(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the processes that a test starts find what the test has found, installed or not."""
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join(filter(None, sys.path)))


@pytest.fixture(scope="session")
def folders() -> Iterator[Callable[[], Path]]:
    """Return what makes a new folder: in memory where it can be, since no test takes the power away."""
    place = IN_MEMORY if os.access(IN_MEMORY, os.W_OK) else None
    with TemporaryDirectory(prefix="itsmkit-", dir=place) as all_of_them:
        yield lambda: Path(mkdtemp(dir=all_of_them))


@pytest.fixture
def empty_sqlite_url(folders: Callable[[], Path]) -> Iterator[str]:
    """Return the URL of a file that is not there yet."""
    folder = folders()
    yield f"sqlite:///{folder / 'desk.db'}"
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(scope="session")
def made_file(folders: Callable[[], Path]) -> Path:
    """Return a file with the tables of a store, to be copied."""
    path = folders() / "made.db"
    SQLStore.open(f"sqlite:///{path}").close()
    return path


@pytest.fixture
def sqlite_url(empty_sqlite_url: str, made_file: Path) -> str:
    """Return the URL of a file that has the tables of a store, and nothing in them."""
    shutil.copyfile(made_file, empty_sqlite_url.removeprefix("sqlite:///"))
    return empty_sqlite_url


@pytest.fixture(scope="session")
def made_schemas(
    postgresql_schema: Callable[[], AbstractContextManager[str]],
) -> Iterator[Callable[[], AbstractContextManager[str]]]:
    """Return what lends the URL of a schema that has the tables of a store, and nothing in them."""
    free: list[MadeSchema] = []
    with ExitStack() as stack:

        @contextmanager
        def lent() -> Iterator[str]:
            made = free.pop() if free else MadeSchema(stack.enter_context(postgresql_schema()))
            yield made.url
            if made.is_as_new():
                free.append(made)

        yield lent


class MadeSchema:
    """
    A schema in which the tables of a store are made.

    Args:
        url: Where.
    """

    def __init__(self, url: str) -> None:
        self.url = url
        SQLStore.open(url).close()
        self._engine = create_engine(url, poolclass=NullPool)
        with self._engine.connect() as connection:
            self._catalogue = catalogue(connection)
            self._rows = [
                (table, [dict(row._mapping) for row in connection.execute(select(table))])
                for table in metadata.sorted_tables
            ]

    def is_as_new(self) -> bool:
        """Take away what a test has left; return whether the tables are as they were made."""
        with self._engine.begin() as connection:
            if catalogue(connection) != self._catalogue:
                return False
            for table, _ in reversed(self._rows):
                connection.execute(table.delete())
            for table, rows in self._rows:
                if rows:
                    connection.execute(insert(table), rows)
            for sequence in inspect(connection).get_sequence_names():
                connection.execute(text(f"SELECT setval('{sequence}', 1, false)"))
        return True


def catalogue(connection: Connection) -> Sequence[Any]:
    """Return what there is in a schema, and when it was last changed."""
    named = (
        "SELECT {0}::oid, {1}name, xmin::text FROM pg_{2} WHERE {1}namespace = current_schema()::regnamespace"
    )
    kinds = (
        ("oid", "rel", "class"),
        ("oid", "con", "constraint"),
        ("oid", "pro", "proc"),
        ("oid", "typ", "type"),
    )
    asked = " UNION ALL ".join(named.format(*each) for each in kinds)
    return connection.execute(text(f"{asked} ORDER BY 1, 2")).all()


@pytest.fixture
def postgresql_url(made_schemas: Callable[[], AbstractContextManager[str]]) -> Iterator[str]:
    """Return the URL of a schema that has the tables of a store, and nothing in them."""
    with made_schemas() as url:
        yield url


@pytest.fixture
def empty_postgresql_url(postgresql_schema: Callable[[], AbstractContextManager[str]]) -> Iterator[str]:
    """Return the URL of a schema without tables, which is dropped after the test."""
    with postgresql_schema() as url:
        yield url


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def module_url(request: pytest.FixtureRequest, folders: Callable[[], Path]) -> Iterator[str]:
    """Return the URL of a database without tables, of each kind, which the tests of a module share."""
    if request.param == "sqlite":
        yield f"sqlite:///{folders() / 'desk.db'}"
    else:
        with request.getfixturevalue("postgresql_schema")() as url:
            yield url


@pytest.fixture(params=["sqlite", "postgresql"])
def url(request: pytest.FixtureRequest) -> str:
    """Return the URL of a database with the tables of a store, empty: of each kind, one after the other."""
    found: str = request.getfixturevalue(f"{request.param}_url")
    return found


@pytest.fixture(params=["sqlite", "postgresql"])
def empty_url(request: pytest.FixtureRequest) -> str:
    """Return the URL of a database without tables: of each kind, one after the other."""
    found: str = request.getfixturevalue(f"empty_{request.param}_url")
    return found


class Ended(NamedTuple):
    """
    How a process has ended.

    Args:
        signal: The number of what has killed it; 0 if nothing has.
        raised: What was raised in it.
    """

    signal: int
    raised: str


@pytest.fixture
def in_a_process() -> Callable[[Callable[[], object]], Ended]:
    """Return what does something in a process forked for it, and returns how that has ended."""

    def do(deed: Callable[[], object]) -> Ended:
        reads, writes = os.pipe()
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", DeprecationWarning)  # of threads, which the child does not need
            child = os.fork()
        if child == 0:  # pragma: no cover - in another process, where nobody counts
            try:
                deed()
            except BaseException as error:  # noqa: BLE001  # told to the test
                os.write(writes, f"{type(error).__name__}: {error}".encode())
            finally:
                os._exit(0)
        os.close(writes)
        with os.fdopen(reads, "rb") as told:
            raised = told.read().decode()
        _, status = os.waitpid(child, 0)
        return Ended(os.WTERMSIG(status), raised)

    return do
