import json
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest

Run = Callable[..., tuple[int, str, str]]

SOUND = """
[calendars.office]
hours = "Mon-Fri 09:00-17:00"
time_zone = "Europe/Berlin"
holidays = "DE-NW"

[[agreements]]
name = "Gold"
calendar = "office"

[[agreements.targets]]
clock = "respond"
like = "respond"
within = "1h"
checkpoints = ["75%", "breach"]

[[agreements.targets]]
clock = "resolve"
within = "8h"
checkpoints = ["75%", "breach"]

[[operational_agreements]]
name = "Network"
calendar = "office"
within = "2h"

[[chains]]
clock = "resolve"
legs = ["Network"]
"""
LEGS_TOO_LONG = SOUND.replace('within = "2h"', 'within = "9h"')
HASTY = SOUND.replace('within = "1h"\ncheckpoints = ["75%", "breach"]', 'within = "9h"')
BROKEN = SOUND.replace('time_zone = "Europe/Berlin"', 'time_zone = "Mars"').replace('"8h"', '"8"')


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "desk.toml"


def test_a_sound_file_is_counted(run: Run, file: Path) -> None:
    file.write_text(SOUND)
    status, out, err = run("sla", "check", file, "--year", 2026)
    assert (status, err) == (0, "")
    counts = "1 calendar, 1 agreement, 2 targets, 1 leg, 1 chain"
    assert out == f"desk.toml: nothing is wrong; {counts}, for work that begins in 2026\n"


def test_every_fault_is_told_with_its_path(run: Run, file: Path) -> None:
    file.write_text(BROKEN)
    status, out, err = run("sla", "check", file)
    assert (status, err) == (1, "")
    *faults, summary = out.splitlines()
    assert {line.split(": ")[1] for line in faults} == {
        "calendars.office.time_zone",
        "agreements[0].targets[1].within",
    }
    assert summary == "desk.toml: 2 wrong; what promises mean together is looked at once these are mended"


@pytest.mark.parametrize(
    ("text", "path", "finding"),
    [
        pytest.param(
            LEGS_TOO_LONG,
            "chains[0]",
            ("legs too long", "Network 9:00:00 can take"),
            id="legs that are too long",
        ),
        pytest.param(
            HASTY,
            "agreements[0].targets[0].within",
            ("out of order", "(targets[1])"),
            id="a response after the solution",
        ),
        pytest.param(
            HASTY,
            "agreements[0].targets[0].checkpoints",
            ("no warning", "warns nobody"),
            id="nobody is warned",
        ),
    ],
)
def test_what_promises_mean_together_is_told(
    run: Run, file: Path, text: str, path: str, finding: tuple[str, str]
) -> None:
    file.write_text(text)
    kind, part = finding
    status, out, _ = run("sla", "check", file, "--json")
    assert status == 1
    [problem] = [each for each in json.loads(out)["problems"] if each["kind"] == kind]
    assert problem["path"] == path
    assert part in problem["problem"]
    assert f"desk.toml: {path}: {problem['problem']}\n" in run("sla", "check", file)[1]


def test_every_priority_must_be_covered(run: Run, file: Path) -> None:
    file.write_text(
        SOUND.replace(
            'clock = "resolve"\nwithin',
            'clock = "resolve"\nwhen = {field = "priority", equals = "P1"}\nwithin',
        )
    )
    assert run("sla", "check", file, "--priority", "P1")[0] == 0
    status, out, _ = run("sla", "check", file, "--priority", "P1", "--priority", "P2")
    assert status == 1
    assert "'Gold' promises nothing for 'resolve' to work of priority = 'P2'" in out


def test_as_json_it_says_what_was_looked_at(run: Run, file: Path) -> None:
    file.write_text(SOUND)
    status, out, err = run("sla", "check", file, "--json")
    assert (status, err) == (0, "")
    plain = json.loads(out)
    assert abs(plain.pop("year") - datetime.now(UTC).year) <= 1
    assert plain == {
        "file": str(file),
        "calendars": 1,
        "agreements": 1,
        "targets": 2,
        "legs": 1,
        "chains": 1,
        "problems": [],
    }


@pytest.mark.parametrize(
    ("text", "told"),
    [
        pytest.param("", "nothing, for work that begins in 2026", id="an empty file"),
        pytest.param('hours = "24x7"\ntime_zone = "UTC"\n', "1 calendar, for work", id="one calendar"),
        pytest.param(
            "[desk]\nname = 'x'\n[workflow]\n[log]\n", "nothing, for work", id="only tables of a desk"
        ),
    ],
)
def test_other_files_are_looked_at_too(run: Run, file: Path, text: str, told: str) -> None:
    file.write_text(text)
    status, out, _ = run("sla", "check", file, "--year", "2026")
    assert status == 0
    assert out.startswith(f"desk.toml: nothing is wrong; {told}")


@pytest.mark.parametrize(
    ("text", "path"),
    [
        pytest.param("[agreement]\n", "agreement", id="an unknown table"),
        pytest.param('hours = "9-5"\ntime_zone = "UTC"\n', "hours", id="one calendar"),
        pytest.param(
            'hours = "Mon 09:00-10:00"\ntime_zone = "UTC"\nbreaks = "08:00-12:00"\n', None, id="never open"
        ),
    ],
)
def test_a_path_is_told_where_there_is_one(run: Run, file: Path, text: str, path: str | None) -> None:
    file.write_text(text)
    status, out, _ = run("sla", "check", file, "--json")
    problems = json.loads(out)["problems"]
    assert status == 1
    assert {problem["path"] for problem in problems} == {path}
    assert {problem["kind"] for problem in problems} == {"unreadable"}


def test_the_configuration_that_a_desk_starts_with_is_sound(run: Run) -> None:
    standard = Path(__file__).parent.parent.parent / "src" / "itsmkit" / "desk" / "standard.toml"
    assert run("sla", "check", standard)[0] == 0


@pytest.mark.parametrize(
    ("text", "arguments", "part"),
    [
        pytest.param(None, (), "there is no such file", id="no file"),
        pytest.param("[calendars\n", (), "is not valid TOML", id="no TOML"),
        pytest.param(
            SOUND, ("--year", "1066"), "--year must be one of 1970 to 2199, not 1066", id="no such year"
        ),
        pytest.param(SOUND, ("--year", "soon"), "soon", id="no year"),
        pytest.param(SOUND, ("--year", "2150"), "known for the years", id="a year without holidays"),
    ],
)
def test_what_cannot_be_checked_is_one_sentence_and_status_2(
    run: Run, file: Path, text: str | None, arguments: tuple[str, ...], part: str
) -> None:
    if text is not None:
        file.write_text(text)
    status, out, err = run("sla", "check", file, *arguments)
    assert (status, out) == (2, "")
    assert err.startswith("error: ")
    assert err.count("\n") == 1
    assert part in err
