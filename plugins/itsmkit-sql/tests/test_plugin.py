"""The plugin as an outsider would have it."""

import sys
import tomllib
from pathlib import Path

import itsmkit
import itsmkit_sql
from itsmkit.plugin import Plugins, PluginState
from itsmkit.plugin._requirement import unmet
from itsmkit_sql import SQLStore, plugin

PROJECT = tomllib.loads((Path(__file__).parents[1] / "pyproject.toml").read_text("utf-8"))["project"]


def test_the_distribution_says_where_the_plugin_is_and_what_it_needs() -> None:
    entries = PROJECT["entry-points"]["itsmkit.storage"]
    assert {scheme: sys.modules[module] for scheme, module in entries.items()} == {
        "postgresql": plugin,
        "sqlite": plugin,
    }
    assert "itsmkit-plugin" in PROJECT["keywords"]
    assert unmet(tuple(PROJECT["dependencies"]), "itsmkit", itsmkit.__version__) is None
    (status,) = Plugins([plugin]).status()
    assert status.state is PluginState.LOADED
    assert {*status.hooks} == {"itsmkit_maintain_store", "itsmkit_make_store"}


def test_the_hook_makes_the_store(sqlite_url: str) -> None:
    store = Plugins([plugin]).make_store(sqlite_url)
    assert isinstance(store, SQLStore)
    store.close()


def test_what_is_public_is_there() -> None:
    assert itsmkit_sql.__all__ == sorted(itsmkit_sql.__all__)
    assert set(itsmkit_sql.__all__) <= set(dir(itsmkit_sql))
    for name in itsmkit_sql.__all__:
        assert getattr(itsmkit_sql, name).__doc__
