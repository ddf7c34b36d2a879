"""Runs the examples of the README and of the documentation as tests."""

import os
from doctest import ELLIPSIS
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings
from sybil import Sybil
from sybil.parsers.markdown import PythonCodeBlockParser, SkipParser

ROOT = Path(__file__).parent
AUDIT_LOG = ROOT.parent / "shared" / "data" / "uci-incident-log" / "incident_event_log.csv.gz"

# No test is timed: a deadline tells more of the machine than of the code.
settings.register_profile("itsmkit", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("itsmkit")

pytest_collect_file = Sybil(
    parsers=[PythonCodeBlockParser(doctest_optionflags=ELLIPSIS), SkipParser()],
    patterns=["README.md", "docs/**/*.md", "plugins/*/README.md"],
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
