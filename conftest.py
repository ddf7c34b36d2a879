"""Runs the examples of the README and of the documentation as tests."""

import os
import sys
import tomllib
from contextlib import ExitStack, chdir
from doctest import ELLIPSIS
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from hypothesis import HealthCheck, settings
from sybil import Sybil
from sybil.parsers.markdown import PythonCodeBlockParser, SkipParser

ROOT = Path(__file__).parent
AUDIT_LOG = ROOT.parent / "shared" / "data" / "uci-incident-log" / "incident_event_log.csv.gz"

# No test is timed: a deadline tells more of the machine than of the code.
settings.register_profile("itsmkit", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("itsmkit")

PARSERS = [PythonCodeBlockParser(doctest_optionflags=ELLIPSIS), SkipParser()]
OF_DATABASES = [
    "docs/how-to/keep-a-desk-in-a-database.md",
    "docs/how-to/run-workers.md",
    "docs/how-to/use-asyncio.md",
    "docs/how-to/use-your-own-transaction.md",
    "plugins/itsmkit-sql/README.md",
]


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


pytest_collect_file = (
    Sybil(
        parsers=PARSERS, patterns=["README.md", "docs/**/*.md", "plugins/*/README.md"], excludes=OF_DATABASES
    )
    + Sybil(
        parsers=PARSERS,
        patterns=OF_DATABASES,
        setup=_with_database_plugin,
        teardown=lambda namespace: namespace["leave_folder"](),
    )
).pytest()


@pytest.fixture(scope="session")
def audit_log() -> Path:
    """Return the complete audit log of a real desk, which lies beside the checkout where it is at hand."""
    if not AUDIT_LOG.exists():
        pytest.skip("the UCI incident log is not beside this checkout (../shared/data/uci-incident-log)")
    return AUDIT_LOG


@pytest.fixture(autouse=True)
def _no_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    """Keep the machine's own settings out of the tests."""
    for name in [name for name in os.environ if name.startswith("ITSMKIT_PLUGINS")]:
        monkeypatch.delenv(name)
