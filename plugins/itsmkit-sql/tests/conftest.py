"""Databases to test on: a file for each test, and schemas of a database of the session's own on a server."""

import os
import sys
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple
from uuid import uuid4

import psycopg
import pytest
from sqlalchemy import make_url

_USUAL = ("postgresql://postgres:postgres@127.0.0.1:5432/postgres", "postgresql:///postgres")
_HOW = (
    "no PostgreSQL server lets these tests in: name in ITSMKIT_TEST_POSTGRES one on which databases may be "
    "made, or start one: docker run -p 5432:5432 -e POSTGRES_PASSWORD=postgres postgres"
)


@pytest.fixture(autouse=True)
def same_modules(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the processes that a test starts find what the test has found, installed or not."""
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join(filter(None, sys.path)))


@pytest.fixture
def sqlite_url(tmp_path: Path) -> str:
    """Return the URL of a file that is not there yet."""
    return f"sqlite:///{tmp_path / 'desk.db'}"


@pytest.fixture(scope="session")
def postgresql_database() -> Iterator[str]:
    """Return the URL of a new database on a server, which is dropped in the end."""
    given = os.environ.get("ITSMKIT_TEST_POSTGRES")
    reachable = (url for url in ((given,) if given else _USUAL) if _is_reachable(url))
    server = next(reachable, None)
    if server is None:
        if "postgresql" in os.environ.get("ITSMKIT_REQUIRE", "").split(","):
            pytest.fail(_HOW)
        pytest.skip(_HOW)
    name = f"itsmkit_test_{uuid4().hex}"
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name} ENCODING 'UTF8' TEMPLATE template0")
        # No test takes the power from the server, so none waits for its disk.
        connection.execute(f"ALTER DATABASE {name} SET synchronous_commit = off")
        connection.execute(f"ALTER DATABASE {name} SET timezone = 'Asia/Tokyo'")
        yield make_url(server).set(database=name).render_as_string(hide_password=False)
        connection.execute(f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture
def postgresql_url(postgresql_database: str) -> Iterator[str]:
    """Return the URL of a schema without tables, which is dropped after the test."""
    with schema_in(postgresql_database) as url:
        yield url


@contextmanager
def schema_in(database: str) -> Iterator[str]:
    """Lend the URL of a new schema in a database of PostgreSQL."""
    schema = f"desk_{uuid4().hex}"
    with psycopg.connect(database, autocommit=True) as connection:
        connection.execute(f"CREATE SCHEMA {schema}")
        url = make_url(database).set(drivername="postgresql+psycopg")
        yield url.update_query_dict({"options": f"-csearch_path={schema}"}).render_as_string(
            hide_password=False
        )
        connection.execute(f"DROP SCHEMA {schema} CASCADE")


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def module_url(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Return the URL of a database without tables, of each kind, which the tests of a module share."""
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path_factory.mktemp('shared') / 'desk.db'}"
    else:
        with schema_in(request.getfixturevalue("postgresql_database")) as url:
            yield url


@pytest.fixture(params=["sqlite", "postgresql"])
def url(request: pytest.FixtureRequest) -> str:
    """Return the URL of a database without tables: of each kind, one after the other."""
    found: str = request.getfixturevalue(f"{request.param}_url")
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


def _is_reachable(url: str) -> bool:
    try:
        psycopg.connect(url, connect_timeout=5).close()
    except psycopg.OperationalError:
        return False
    return True
