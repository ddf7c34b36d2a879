import json
import tomllib

import pytest
from jsonschema import Draft202012Validator

from itsmkit.cli import main
from itsmkit.workflow import STANDARD_WORKFLOWS, definition_from, definition_schema, standard_workflow


@pytest.mark.parametrize("name", STANDARD_WORKFLOWS)
@pytest.mark.parametrize(
    ("options", "read"), [([], tomllib.loads), (["--json"], json.loads)], ids=["toml", "json"]
)
def test_a_standard_workflow_is_shown_as_it_can_be_read(name, options, read, capsys):
    assert main(["workflow", "show", name, *options]) == 0
    plain = read(capsys.readouterr().out)
    assert definition_from(plain) == standard_workflow(name)
    Draft202012Validator(definition_schema()).validate(plain)


def test_the_schema_is_printed_as_it_is(capsys):
    assert main(["workflow", "schema"]) == 0
    assert json.loads(capsys.readouterr().out) == definition_schema()


@pytest.mark.parametrize("name", STANDARD_WORKFLOWS)
def test_nothing_is_wrong_with_the_standard_workflows(name, capsys):
    assert main(["workflow", "check", name]) == 0
    assert f"{name}: nothing is wrong;" in capsys.readouterr().out


def test_a_name_that_is_nothing_is_told_with_the_closest(capsys):
    assert main(["workflow", "check", "incidnet"]) == 2
    told = capsys.readouterr().err
    assert "there is no file incidnet, and no standard workflow 'incidnet'; did you mean 'incident'?" in told


def test_the_commands_reach_what_they_name(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    assert main(["workflow", "diagram", "normal_change", "--out", "change.svg", "--direction", "right"]) == 0
    assert (tmp_path / "change.svg").read_text("utf-8").startswith("<?xml")
    assert main(["workflow", "conform", "none.csv", "--format", "servicenow-audit"]) == 2
    assert "none.csv" in capsys.readouterr().err
