import os
import subprocess
import sys
from collections.abc import Callable
from io import StringIO
from pathlib import Path

import pytest

from itsmkit import __version__

Run = Callable[..., tuple[int, str, str]]


def python(*arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, *arguments],
        capture_output=True,
        text=True,
        encoding="utf-8",
        env={**os.environ, "PYTHONUTF8": "1", **environment},
        check=False,
    )


def test_the_package_runs_as_a_module() -> None:
    done = python("-m", "itsmkit", "--version")
    assert (done.returncode, done.stdout, done.stderr) == (0, f"{__version__}\n", "")


def test_the_version_is_told(run: Run) -> None:
    assert run("--version") == (0, f"{__version__}\n", "")


def test_the_version_is_told_without_the_libraries() -> None:
    code = (
        "import sys; from itsmkit.cli import main; main(['--version']);"
        "print(sorted({'cyclopts', 'rich', 'jinja2', 'pluggy', 'itsmkit.desk'} & set(sys.modules)))"
    )
    assert python("-c", code).stdout.splitlines() == [__version__, "[]"]


def test_help_is_told_without_the_rooms() -> None:
    code = (
        "import sys; from itsmkit.cli import main; main(['sla', 'due', '--help']);"
        "print(sorted({'itsmkit.calendars', 'itsmkit.desk', 'itsmkit.cli.plots'} & set(sys.modules)))"
    )
    assert python("-c", code).stdout.splitlines()[-1] == "[]"


def test_a_missing_extra_is_one_sentence(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "jinja2", None)
    status, out, err = run("demo")
    assert (status, out) == (2, "")
    assert err.count("\n") == 1
    assert "jinja2" in err
    assert "itsmkit[cli]" in err


@pytest.mark.parametrize(
    ("arguments", "parts"),
    [
        pytest.param((), ("demo", "replay", "sla", "plugins", "--debug", "--version"), id="no command"),
        pytest.param(
            ("--help",), ("demo", "replay", "sla", "plugins", "--debug", "--version"), id="all commands"
        ),
        pytest.param(("sla",), ("due", "elapsed", "explain", "check", "ISO 8601"), id="sla"),
        pytest.param(
            ("sla", "due", "--help"),
            (
                *("START", "AMOUNT", "--hours", "--tz", "--holidays", "--language", "--breaks", "--file"),
                *("--calendar", "--pause", "--landing", "--count-from", "--time-of-day", "--json", "--plot"),
            ),
            id="sla due",
        ),
        pytest.param(("sla", "elapsed", "--help"), ("START", "END", "--pause", "--plot"), id="sla elapsed"),
        pytest.param(("sla", "explain", "--help"), ("START", "END", "--pause", "--plot"), id="sla explain"),
        pytest.param(("sla", "check", "--help"), ("FILE", "--priority", "--year", "--json"), id="sla check"),
        pytest.param(("demo", "--help"), ("--seed", "2026", "--report"), id="demo"),
        pytest.param(("plugins", "--help"), ("--json",), id="plugins"),
        pytest.param(
            ("replay", "-h"),
            ("LOG", "--config", "--format", "--report", "--json", "--limit", "--strict", "--debug"),
            id="replay",
        ),
    ],
)
def test_help_names_every_option(run: Run, arguments: tuple[str, ...], parts: tuple[str, ...]) -> None:
    status, out, err = run(*arguments)
    assert (status, err) == (0, "")
    assert [part for part in parts if part not in out] == []
    assert "\x1b" not in out


@pytest.mark.parametrize(
    ("arguments", "part"),
    [
        pytest.param(("repla",), "Did you mean", id="unknown command"),
        pytest.param(("replay",), "LOG", id="missing argument"),
        pytest.param(("replay", "log.csv", "--lmit", "3"), "--limit", id="unknown option"),
        pytest.param(("demo", "--seed", "seven"), "seven", id="not a number"),
        pytest.param(("demo", "--debug=perhaps"), "perhaps", id="the launcher's own option"),
    ],
)
def test_what_cannot_be_parsed_is_one_sentence(run: Run, arguments: tuple[str, ...], part: str) -> None:
    status, out, err = run(*arguments)
    assert (status, out) == (2, "")
    assert err.startswith("error: ")
    assert err.count("\n") == 1
    assert part in err


class BrokenStream(StringIO):
    def write(self, text: str) -> int:
        message = "the stream broke"
        raise LookupError(message)


def test_a_defect_says_that_it_is_one(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdout", BrokenStream())
    status, _, err = run("plugins")
    assert status == 70
    assert "a defect of itsmkit: LookupError: the stream broke" in err
    assert "--debug" in err
    assert "Traceback" not in err


def test_debug_shows_where_an_error_comes_from(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdout", BrokenStream())
    status, _, err = run("plugins", "--debug")
    assert status == 70
    assert "Traceback" in err


def test_an_interruption_is_quiet(run: Run, install: Callable[[str, str], None]) -> None:
    install("itsmkit_interrupting", "raise KeyboardInterrupt")
    assert run("plugins") == (130, "", "")


def test_a_name_that_the_terminal_cannot_spell_is_escaped(log_csv: Path, desk_toml: Path) -> None:
    arguments = ("replay", str(log_csv), "--config", str(desk_toml))
    done = python("-m", "itsmkit", *arguments, PYTHONUTF8="0", PYTHONIOENCODING="ascii")
    assert (done.returncode, done.stderr) == (0, "")
    assert "\\u062a\\u0647\\u0631\\u0627\\u0646" in done.stdout
