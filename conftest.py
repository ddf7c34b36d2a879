"""Runs the examples of the README and of the documentation as tests, and knows the servers of tests."""

import os
import signal
import sys
import tomllib
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, ExitStack, chdir, contextmanager
from doctest import ELLIPSIS
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from uuid import uuid4

import psycopg
import pytest
from hypothesis import HealthCheck, settings
from sqlalchemy import make_url
from sybil import Sybil
from sybil.parsers.markdown import PythonCodeBlockParser, SkipParser
from sybil.sybil import SybilCollection

ROOT = Path(__file__).parent
AUDIT_LOG = ROOT.parent / "shared" / "data" / "uci-incident-log" / "incident_event_log.csv.gz"

# No test is timed: a deadline tells more of the machine than of the code.
settings.register_profile("itsmkit", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("itsmkit")

USUAL_POSTGRES = ("postgresql://postgres:postgres@127.0.0.1:5432/postgres", "postgresql:///postgres")
NO_POSTGRES = (
    "no PostgreSQL server lets these tests in: name in ITSMKIT_TEST_POSTGRES one on which databases may be "
    "made, or start one: docker run -p 5432:5432 -e POSTGRES_PASSWORD=postgres postgres"
)

# Each file stays with one worker: none is to be left alone with one of these in the end.
LONGEST_FIRST = [
    "plugins/itsmkit-sql/tests/test_reliability.py",
    "tests/testing/test_failure_loop.py",
    "plugins/itsmkit-sql/tests/test_failures.py",
    "plugins/itsmkit-sql/tests/test_migrations.py",
    "tests/test_audit_log.py",
    "plugins/itsmkit-sql/tests/test_concurrency.py",
    "plugins/itsmkit-sql/tests/test_async_contract.py",
    "plugins/itsmkit-sql/tests/test_contract.py",
    "tests/desk/test_permission_matrix.py",
    "tests/workflow/conformance/test_audit_log.py",
    "plugins/itsmkit-sql/tests/test_escalation.py",
    "plugins/itsmkit-sql/tests/test_conditions.py",
    "plugins/itsmkit-sql/tests/test_state_machine.py",
]

PARSERS = [PythonCodeBlockParser(doctest_optionflags=ELLIPSIS), SkipParser()]
OF_DATABASES = [
    "docs/how-to/keep-a-desk-in-a-database.md",
    "docs/how-to/run-workers.md",
    "docs/how-to/use-asyncio.md",
    "docs/how-to/use-your-own-transaction.md",
    "plugins/itsmkit-sql/README.md",
]
OF_FILES = ["docs/how-to/control-access.md", "docs/how-to/derive-impact-from-the-configuration.md"]
OF_QUEUES = ["docs/how-to/run-on-procrastinate.md", "plugins/itsmkit-procrastinate/README.md"]


def _in_a_folder(namespace: dict[str, Any]) -> None:
    """Let a page that writes files do so in an empty folder of its own."""
    with ExitStack() as stack:
        stack.enter_context(chdir(stack.enter_context(TemporaryDirectory())))
        namespace["leave_folder"] = stack.pop_all().close


def _with_database_plugin(namespace: dict[str, Any]) -> None:
    """Let a page find itsmkit-sql as pip installs it, and work in an empty folder of its own."""
    project = tomllib.loads((ROOT / "plugins/itsmkit-sql/pyproject.toml").read_text("utf-8"))["project"]
    with ExitStack() as stack:
        folder = Path(stack.enter_context(TemporaryDirectory()))
        info = folder / f"site/itsmkit_sql-{project['version']}.dist-info"
        info.mkdir(parents=True)
        header = ("Metadata-Version: 2.1", f"Name: {project['name']}", f"Version: {project['version']}")
        (info / "METADATA").write_text("\n".join(header), "utf-8")
        lines = [
            line
            for group, entries in project["entry-points"].items()
            for line in (f"[{group}]", *(f"{name} = {module}" for name, module in entries.items()))
        ]
        (info / "entry_points.txt").write_text("\n".join(lines), "utf-8")
        sys.path.insert(0, str(info.parent))
        stack.callback(sys.path.remove, str(info.parent))
        stack.enter_context(chdir(folder))
        namespace["leave_folder"] = stack.pop_all().close


def _with_servers(namespace: dict[str, Any]) -> None:
    """Let a page find two empty databases on a server."""
    with ExitStack() as stack:
        patch = stack.enter_context(pytest.MonkeyPatch.context())
        for name in ("DATABASE_URL", "EMPTY_DATABASE_URL"):
            patch.setenv(name, stack.enter_context(_new_database()))
        namespace["leave_servers"] = stack.pop_all().close


pytest_collect_file = SybilCollection(
    (
        Sybil(
            parsers=PARSERS,
            patterns=["README.md", "docs/**/*.md", "plugins/*/README.md"],
            excludes=[*OF_DATABASES, *OF_FILES, *OF_QUEUES],
        ),
        Sybil(
            parsers=PARSERS,
            patterns=OF_FILES,
            setup=_in_a_folder,
            teardown=lambda namespace: namespace["leave_folder"](),
        ),
        Sybil(
            parsers=PARSERS,
            patterns=OF_DATABASES,
            setup=_with_database_plugin,
            teardown=lambda namespace: namespace["leave_folder"](),
        ),
        Sybil(
            parsers=PARSERS,
            patterns=OF_QUEUES,
            setup=_with_servers,
            teardown=lambda namespace: namespace["leave_servers"](),
        ),
    )
).pytest()


def pytest_configure(config: pytest.Config) -> None:
    """
    Let each worker count once.

    pytest-cov begins to count in a worker before it knows that it is one, and once more when it does. The
    first count is lost, but goes on wherever the second one pauses, such as in tests without cover.
    """
    counting = config.pluginmanager.getplugin("_cov")
    if hasattr(config, "workerinput") and counting is not None and counting.cov_controller is not None:
        counting.cov_controller.pause()


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """
    Count no line as covered that only a law or the log of a real desk reaches; begin with what takes long.

    These go through the same lines again and again, and which they reach is left to chance, or to whether the
    log is at hand; to trace them takes as long again as to run them. What is to be covered is covered by an
    example.
    """
    for item in items:
        is_law = getattr(getattr(item, "obj", None), "is_hypothesis_test", False)
        if is_law or "audit_log" in getattr(item, "fixturenames", ()):
            item.add_marker(pytest.mark.no_cover)
    places = {ROOT / name: place for place, name in enumerate(LONGEST_FIRST)}
    items.sort(key=lambda item: places.get(item.path, len(places)))


@pytest.fixture(scope="session")
def audit_log() -> Path:
    """Return the complete audit log of a real desk, which lies beside the checkout where it is at hand."""
    if not AUDIT_LOG.exists():
        pytest.skip("the UCI incident log is not beside this checkout (../shared/data/uci-incident-log)")
    return AUDIT_LOG


@pytest.fixture(scope="session")
def thorough() -> bool:
    """Tell whether to try also what differs only by what is tried elsewhere: ``ITSMKIT_THOROUGH=1``."""
    return os.environ.get("ITSMKIT_THOROUGH", "0") != "0"


@pytest.fixture(autouse=True)
def _no_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    """Keep the machine's own settings out of the tests."""
    for name in [name for name in os.environ if name.startswith("ITSMKIT_PLUGINS")]:
        monkeypatch.delenv(name)


@pytest.fixture
def interruptible() -> Iterator[None]:
    """Let SIGINT do here, and in processes that are started, what it does even if it is ignored outside."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


@pytest.fixture(scope="session")
def postgresql_database() -> Iterator[str]:
    """Return the URL of a new database on a server, which is dropped in the end."""
    with _new_database() as url:
        yield url


@pytest.fixture(scope="session")
def postgresql_schema(postgresql_database: str) -> Callable[[], AbstractContextManager[str]]:
    """Return what lends the URL of a new schema, without tables, and drops it afterwards."""
    return partial(_new_schema, postgresql_database)


@pytest.fixture
def postgresql_url(postgresql_schema: Callable[[], AbstractContextManager[str]]) -> Iterator[str]:
    """Return the URL of a schema without tables, which is dropped after the test."""
    with postgresql_schema() as url:
        yield url


@contextmanager
def _new_schema(database: str) -> Iterator[str]:
    schema = f"desk_{uuid4().hex}"
    # Many are kept at once, and a server has only so many connections to give.
    with psycopg.connect(database, autocommit=True) as connection:
        connection.execute(f"CREATE SCHEMA {schema}")
    url = make_url(database).set(drivername="postgresql+psycopg")
    yield url.update_query_dict({"options": f"-csearch_path={schema}"}).render_as_string(hide_password=False)
    with psycopg.connect(database, autocommit=True) as connection:
        connection.execute(f"DROP SCHEMA {schema} CASCADE")


@contextmanager
def _new_database() -> Iterator[str]:
    """Make a database on a server, and drop it in the end."""
    given = os.environ.get("ITSMKIT_TEST_POSTGRES")
    reachable = (url for url in ((given,) if given else USUAL_POSTGRES) if _is_reachable(url))
    server = next(reachable, None)
    if server is None:
        if "postgres" in os.environ.get("ITSMKIT_REQUIRE", "").split(","):
            pytest.fail(NO_POSTGRES)
        pytest.skip(NO_POSTGRES)
    name = f"itsmkit_test_{uuid4().hex}"
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name} ENCODING 'UTF8' TEMPLATE template0")
        # No test takes the power from the server, so none waits for its disk.
        connection.execute(f"ALTER DATABASE {name} SET synchronous_commit = off")
        connection.execute(f"ALTER DATABASE {name} SET timezone = 'Asia/Tokyo'")
        yield make_url(server).set(database=name).render_as_string(hide_password=False)
        connection.execute(f"DROP DATABASE {name} WITH (FORCE)")


def _is_reachable(url: str) -> bool:
    try:
        psycopg.connect(url, connect_timeout=5).close()
    except psycopg.OperationalError:
        return False
    return True
