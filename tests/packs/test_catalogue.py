from importlib.resources import files

import pytest

from itsmkit import packs
from itsmkit.desk import DeskConfig
from itsmkit.errors import DefinitionError


def test_every_toml_file_of_the_room_is_a_pack():
    found = {path.name for path in files("itsmkit.packs").iterdir() if path.name.endswith(".toml")}
    assert {f"{name}.toml" for name in packs.names()} == found


def test_names_are_sorted():
    assert list(packs.names()) == sorted(packs.names())


@pytest.mark.parametrize("name", packs.names())
def test_every_pack_loads(name):
    assert isinstance(packs.load(name), DeskConfig)


@pytest.mark.parametrize("name", ["", "nothing", "servicenow-audit.toml", "../desk/standard"])
def test_an_unknown_name_is_refused_with_the_known_ones(name):
    with pytest.raises(packs.UnknownPackError) as caught:
        packs.load(name)
    assert caught.value.known == packs.names()
    assert str(caught.value) == f"no pack {name!r}; known: {', '.join(packs.names())}"


def test_departments_are_named_like_attributes():
    assert packs.it == packs.pack("it")
    assert packs.hr == packs.pack("hr")
    with pytest.raises(AttributeError, match="no attribute 'legal'"):
        packs.legal  # noqa: B018  # to ask for it is enough


def test_a_file_of_records_that_cannot_be_right_is_told_with_all_its_paths(tmp_path, monkeypatch):
    (tmp_path / "records").mkdir()
    (tmp_path / "x.toml").write_text('[desk]\nname = "X"\n')
    (tmp_path / "records" / "x.toml").write_text(
        'items = [{ key = "a" }, { key = "b", title = "B", hour = "c" }]\n'
    )
    monkeypatch.setattr("itsmkit.packs.catalogue.files", lambda _package: tmp_path)
    with pytest.raises(DefinitionError) as caught:
        packs.pack("x")
    assert caught.value.problems == (
        "records/x.toml: items[0].title: is missing",
        "records/x.toml: items[1].hour: is not known here; did you mean hours?",
    )
