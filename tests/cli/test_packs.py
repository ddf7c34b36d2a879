"""``itsmkit packs``: what packs there are, and their files."""

import tomllib
from importlib.resources import files

import pytest

from itsmkit import packs
from itsmkit.cli import main


def test_packs_are_listed_with_their_titles(capsys):
    assert main(["packs", "list"]) == 0
    assert [line.split(maxsplit=1) for line in capsys.readouterr().out.splitlines()] == [
        [name, packs.pack(name).title] for name in packs.names()
    ]


@pytest.mark.parametrize("name", packs.names())
def test_a_pack_is_shown_as_its_file(name, capsys):
    assert main(["packs", "show", name]) == 0
    shown = capsys.readouterr().out
    assert shown == (files("itsmkit.packs") / f"{name}.toml").read_text("utf-8")
    assert tomllib.loads(shown)["desk"]["name"] == packs.pack(name).title


def test_its_records_are_another_file(capsys):
    assert main(["packs", "show", "it", "--records"]) == 0
    assert [each["key"] for each in tomllib.loads(capsys.readouterr().out)["items"]] == [
        each.key for each in packs.it.items
    ]


@pytest.mark.parametrize(
    ("arguments", "problem"),
    [
        (["legal"], "no pack 'legal'; known: hr, it, servicenow-audit"),
        (["servicenow-audit", "--records"], "no file of records of the pack 'servicenow-audit'"),
    ],
)
def test_what_there_is_not_is_refused(arguments, problem, capsys):
    assert main(["packs", "show", *arguments]) != 0
    assert problem in capsys.readouterr().err
