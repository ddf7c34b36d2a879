import json
from collections.abc import Callable

import pytest

Run = Callable[..., tuple[int, str, str]]
Install = Callable[[str, str], None]

OBSERVER = """
from itsmkit.plugin import hookimpl

@hookimpl
def itsmkit_on_event(event):
    pass
"""


def test_what_is_loaded_is_told_with_its_distribution_and_hooks(run: Run, install: Install) -> None:
    install("itsmkit_journal", OBSERVER)
    status, out, err = run("plugins")
    assert (status, err) == (0, "")
    words = out.replace("\n", " ").split()
    assert {"itsmkit_journal", "loaded", "1.0", "itsmkit_on_event"} <= set(words)


def test_a_broken_plugin_is_told_and_no_error(run: Run, install: Install) -> None:
    install("itsmkit_broken", "import no_such_library")
    install("itsmkit_journal", OBSERVER)
    status, out, err = run("plugins", "--json")
    assert (status, err) == (0, "")
    told = {plugin["name"]: plugin for plugin in json.loads(out)}
    assert told["itsmkit_journal"]["state"] == "loaded"
    assert told["itsmkit_journal"]["hooks"] == ["itsmkit_on_event"]
    assert told["itsmkit_broken"]["state"] == "failed"
    assert "no_such_library" in told["itsmkit_broken"]["problem"]
    assert "Traceback" in told["itsmkit_broken"]["traceback"]
    assert run("plugins")[0] == 0


def test_a_blocked_plugin_says_what_blocks_it(
    run: Run, install: Install, monkeypatch: pytest.MonkeyPatch
) -> None:
    install("itsmkit_journal", OBSERVER)
    monkeypatch.setenv("ITSMKIT_PLUGINS_DISABLE", "itsmkit_journal")
    status, out, _ = run("plugins", "--json")
    assert status == 0
    [told] = [plugin for plugin in json.loads(out) if plugin["name"] == "itsmkit_journal"]
    assert (told["state"], told["hooks"]) == ("blocked", [])


def test_without_plugins_it_says_how_to_get_one(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ITSMKIT_PLUGINS_AUTOLOAD", "0")
    status, out, err = run("plugins")
    assert (status, err) == (0, "")
    assert "entry point" in out
