"""What must be shown is shown: the scripts of ``bench/reliability``, in short."""

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[3]
SCRIPTS = ("lost_updates", "kill", "timers", "outbox", "throughput")


@pytest.mark.parametrize("place", ["sqlite", "schema"])
@pytest.mark.parametrize("script", SCRIPTS)
def test_it_finds_no_violation(
    request: pytest.FixtureRequest,
    monkeypatch: pytest.MonkeyPatch,
    folders: Callable[[], Path],
    script: str,
    place: str,
) -> None:
    monkeypatch.setenv("ITSMKIT_SOAK_FOLDER", str(folders()))
    if place == "schema":
        monkeypatch.setenv("ITSMKIT_TEST_POSTGRES", request.getfixturevalue("postgresql_database"))
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join([str(ROOT), *filter(None, sys.path)]))
    command = [sys.executable, "-m", f"bench.reliability.{script}", "--short", "--url", place]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


def test_none_is_left_out() -> None:
    there = {path.stem for path in (ROOT / "bench/reliability").glob("[a-z]*.py")}
    assert there == {*SCRIPTS, "failures"}  # the failures have tests of their own, one for each use case
