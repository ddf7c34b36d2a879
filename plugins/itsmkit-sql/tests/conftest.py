"""Databases to test on: a file for each test, or a schema on a server."""

import os
import sys
import warnings
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import NamedTuple

import pytest


@pytest.fixture(autouse=True)
def same_modules(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the processes that a test starts find what the test has found, installed or not."""
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join(filter(None, sys.path)))


@pytest.fixture
def sqlite_url(tmp_path: Path) -> str:
    """Return the URL of a file that is not there yet."""
    return f"sqlite:///{tmp_path / 'desk.db'}"


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def module_url(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Return the URL of a database without tables, of each kind, which the tests of a module share."""
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path_factory.mktemp('shared') / 'desk.db'}"
    else:
        with request.getfixturevalue("postgresql_schema")() as url:
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
