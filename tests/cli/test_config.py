"""``itsmkit config``: configurations are checked, shown and described before a desk opens."""

import json
from pathlib import Path

import pytest

from itsmkit.cli import main
from itsmkit.desk import DeskConfig, desk_schema
from itsmkit.desk.profiles import PROFILES, profile_text

Capture = pytest.CaptureFixture[str]

WRONG = """
[desk]
nam = "x"

[[people]]
id = "ann"
time_zone = "Mars"

[[groups]]
id = "net"
line = 7

[[agreements]]
name = "Gold"
calendar = "offise"
targets = []
"""


@pytest.mark.parametrize("profile", PROFILES)
def test_what_is_shown_is_a_file_that_is_right(profile: str, tmp_path: Path, capsys: Capture) -> None:
    assert main(["config", "show", profile]) == 0
    file = tmp_path / "desk.toml"
    file.write_text(capsys.readouterr().out, "utf-8")
    assert file.read_text("utf-8") == profile_text(profile)
    assert main(["config", "check", str(file)]) == 0
    config = DeskConfig.profile(profile)
    told = capsys.readouterr().out
    assert f"desk.toml: nothing is wrong; {len(config.kinds)} kinds, {len(config.calendars)} cal" in told
    assert ("6 roles, 2 restrictions" in told) == (profile == "service_desk")


def test_what_is_there_is_counted(tmp_path: Path, capsys: Capture) -> None:
    file = tmp_path / "desk.toml"
    file.write_text('people = [{ id = "ann" }, { id = "bob" }]\nsites = [{ id = "x" }]\n')
    assert main(["config", "check", str(file)]) == 0
    assert capsys.readouterr().out.strip() == "desk.toml: nothing is wrong; 1 kind, 2 people, 1 site"
    file.write_text('people = [{ id = "ann" }]\n')
    assert main(["config", "check", str(file)]) == 0
    assert capsys.readouterr().out.strip() == "desk.toml: nothing is wrong; 1 kind, 1 person"


def test_every_fault_is_told_with_its_path(tmp_path: Path, capsys: Capture) -> None:
    file = tmp_path / "desk.toml"
    file.write_text(WRONG)
    assert main(["config", "check", str(file)]) == 1
    lines = capsys.readouterr().out.splitlines()
    assert lines[-1] == f"desk.toml: {len(lines) - 1} wrong"
    starts = {line.split(": ")[1] for line in lines[:-1]}
    assert starts == {"desk.nam", "people[0]", "groups[0]", "agreements[0].calendar"}


def test_programs_are_told_the_same(tmp_path: Path, capsys: Capture) -> None:
    file = tmp_path / "desk.toml"
    file.write_text(WRONG)
    assert main(["config", "check", str(file), "--json"]) == 1
    answer = json.loads(capsys.readouterr().out)
    assert answer["file"] == str(file)
    assert {each["path"] for each in answer["problems"]} >= {
        "desk.nam",
        "people[0]",
        "agreements[0].calendar",
    }
    assert all(each["problem"] for each in answer["problems"])
    file.write_text("")
    assert main(["config", "check", str(file), "--json"]) == 0
    answer = json.loads(capsys.readouterr().out)
    assert (answer["kinds"], answer["problems"]) == (1, [])


def test_a_fault_of_a_whole_table_has_the_path_of_the_table(tmp_path: Path, capsys: Capture) -> None:
    file = tmp_path / "desk.toml"
    file.write_text('[log]\ntime_zone = "UTC"\n[log.columns]\nticket = "n"\nat = "a"\nstate = "s"\n')
    assert main(["config", "check", str(file), "--json"]) == 0
    capsys.readouterr()
    file.write_text("[priority]\nimpacts = []\nurgencies = []\npriorities = []\nmatrix = []\n")
    assert main(["config", "check", str(file), "--json"]) == 1
    assert json.loads(capsys.readouterr().out)["problems"][0]["path"] == "priority"


@pytest.mark.parametrize("words", [["check", "gone.toml"], ["check", "broken.toml"], ["show", "nothing"]])
def test_what_cannot_be_read_is_an_error(
    words: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: Capture
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("broken.toml").write_text("[desk")
    assert main(["config", *words]) == 2
    assert "error: " in capsys.readouterr().err


def test_the_schema_is_printed(capsys: Capture) -> None:
    assert main(["config", "schema"]) == 0
    assert json.loads(capsys.readouterr().out) == desk_schema()
