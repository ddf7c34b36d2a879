"""The suite is worth what it catches: each discovery breaks one promise, and that test must say so."""

import sys
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path
from typing import Any

import pytest

BROKEN = Path(__file__).parent / "broken_discoveries.py"


class Listener:
    """Notes what fails, as the plugin of another pytest."""

    def __init__(self) -> None:
        self.ran: dict[str, set[str]] = {}
        self.failed: dict[str, dict[str, str]] = {}

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        _, suite, test = report.nodeid.split("::")
        self.ran.setdefault(suite, set()).add(test)
        if report.failed:
            self.failed.setdefault(suite, {})[test] = report.longreprtext


@pytest.fixture(scope="module")
def listener(tmp_path_factory: pytest.TempPathFactory) -> Listener:
    """Run the suite on all broken discoveries, as their authors would."""
    listener = Listener()
    root = tmp_path_factory.mktemp("root")
    options = ["-q", "--no-header", "-p", "no:cacheprovider", "-p", "no:xdist", "-p", "no:cov"]
    options += ["-c", str(root / "none.ini"), f"--rootdir={root}", "--import-mode=importlib", "--noconftest"]
    (root / "none.ini").write_text("[pytest]\n", "utf-8")
    pytest.main([*options, str(BROKEN)], plugins=[listener])
    return listener


def _kinds() -> list[Any]:
    spec = spec_from_file_location("broken_discoveries", BROKEN)
    assert spec is not None
    assert spec.loader is not None
    module = module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return list(module.KINDS)


KINDS = _kinds()


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.__name__)
def test_a_broken_discovery_fails_at_exactly_what_it_breaks(kind: Any, listener: Listener) -> None:
    suite = f"Test{kind.__name__}"
    assert len(listener.ran[suite]) == 10
    expected = set() if kind.breaks is None else {kind.breaks}
    assert set(listener.failed.get(suite, ())) == expected


def test_every_promise_is_broken_by_one(listener: Listener) -> None:
    assert {kind.breaks for kind in KINDS} - {None} == listener.ran["TestGood"]


@pytest.mark.parametrize(
    ("suite", "said"),
    [
        ("TestRaises", "missing: plugin 'Raises' failed in itsmkit_discover: OSError: out of ink"),
        ("TestNumbersAnew", "keys are the same each time"),
        ("TestInventsAttributes", "attribute 'colour' is none of class 'host'"),
        ("TestInventsClasses", "no class 'toaster'"),
        ("TestLosesRecords", "record 'database' of rack runs_on 'elsewhere'"),
        ("TestTellsSets", "record 'host' of rack: ip_addresses has no plain form"),
        ("TestAsksTheNetwork", "the contract suite lets nothing through to the network"),
    ],
)
def test_what_fails_says_what_is_wrong(suite: str, said: str, listener: Listener) -> None:
    (text,) = listener.failed[suite].values()
    assert said in text


def test_a_suite_says_which_fixture_it_needs(listener: Listener) -> None:
    texts = listener.failed["TestForgotten"].values()
    assert texts
    assert all("provide the fixture `plugin`" in text for text in texts)
