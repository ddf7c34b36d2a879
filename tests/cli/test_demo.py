import subprocess
import sys
from contextlib import redirect_stdout
from io import StringIO
from pathlib import Path

import pytest

from itsmkit.cli import main


@pytest.fixture(scope="module")
def shown(tmp_path_factory: pytest.TempPathFactory) -> tuple[int, str, Path]:
    """Run the demo once: its exit status, what it prints, and its report."""
    page = tmp_path_factory.mktemp("demo") / "demo.html"
    with redirect_stdout(StringIO()) as out:
        status = main(["demo", "--report", str(page)])
    return status, out.getvalue(), page


def test_the_demo_needs_no_file(shown: tuple[int, str, Path]) -> None:
    status, out, page = shown
    assert status == 0
    assert "Service level" in out
    assert f"Written: {page}" in out


def test_the_demo_tells_of_the_outage_in_both_places(shown: tuple[int, str, Path]) -> None:
    _, out, page = shown
    assert "The day to remember is" in out
    assert "The day to remember is" in page.read_text(encoding="utf-8")


def test_the_demo_ends_with_what_to_try_next(shown: tuple[int, str, Path]) -> None:
    *_, title, first, second, third = shown[1].splitlines()
    assert title == "What to try next"
    assert all(line.startswith("  itsmkit ") for line in (first, second, third))


def test_another_seed_is_another_month(
    shown: tuple[int, str, Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    done = subprocess.run(
        [sys.executable, "-m", "itsmkit", "demo", "--seed", "7"], capture_output=True, check=False
    )
    assert (done.returncode, done.stderr) == (0, b"")
    assert b"\x1b" not in done.stdout
    page = tmp_path / "itsmkit-demo.html"
    assert page.read_bytes() != shown[2].read_bytes()
    assert list(tmp_path.iterdir()) == [page]


def test_a_report_that_cannot_be_written_stops_the_demo_at_once(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["demo", "--report", str(tmp_path / "no" / "demo.html")]) == 2
    assert "there is no directory" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("profile", "name", "state"),
    [
        ("helpdesk", "Help desk", "In Progress"),
        ("service_desk", "Service desk", "Pending"),
        ("dispatch", "Dispatch", "On Site"),
    ],
)
def test_a_profile_is_another_kind_of_desk(
    profile: str, name: str, state: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    page = tmp_path / "demo.html"
    assert main(["demo", "--profile", profile, "--report", str(page)]) == 0
    out = capsys.readouterr().out
    assert name in out.splitlines()
    assert "The day to remember is" in out
    assert state in page.read_text("utf-8")


def test_an_unknown_profile_is_told(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    page = tmp_path / "demo.html"
    assert main(["demo", "--profile", "dispatc", "--report", str(page)]) == 2
    assert "did you mean 'dispatch'?" in capsys.readouterr().err
    assert not page.exists()
