from importlib.resources import files

import pytest

from itsmkit import packs
from itsmkit.desk import DeskConfig


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
