import json
from collections.abc import Callable

import pytest

Run = Callable[..., tuple[int, str, str]]
Install = Callable[..., None]

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


COMMAND = """
from itsmkit.errors import DefinitionError
from itsmkit.plugin import hookimpl

@hookimpl
def itsmkit_run_command(name, arguments):
    print("told", *arguments)
    if "--wrong" in arguments:
        raise DefinitionError("--wrong: say --right")
    if "--broken" in arguments:
        raise ValueError("a defect")
    if "--exit" in arguments:
        raise SystemExit(2)
    return {"--three": 3, "--odd": "done", "--none": None}.get(arguments[-1], 0)
"""


def test_a_plugin_brings_a_command_of_its_own(run: Run, install: Install) -> None:
    install("weather", COMMAND, "itsmkit.commands")
    assert run("weather", "today", "--in", "Bonn") == (0, "told today --in Bonn\n", "")
    assert run("weather", "--three")[0] == 3
    assert run("weather", "--help")[:2] == (0, "told --help\n")
    status, _, err = run("--debug", "weather", "--wrong")
    assert (status, "Traceback" in err) == (2, True)


@pytest.mark.parametrize(
    ("word", "status", "said"),
    [
        pytest.param("--wrong", 2, "error: --wrong: say --right\n", id="what cannot be done"),
        pytest.param(
            "--broken", 2, "'itsmkit.commands:weather' failed in itsmkit_run_command", id="a defect"
        ),
        pytest.param("--odd", 2, "it returned 'done' in place of an exit status", id="no status"),
        pytest.param("--none", 2, "it has run nothing", id="nothing"),
        pytest.param("--exit", 2, "", id="it ends the program"),
    ],
)
def test_a_command_of_a_plugin_that_goes_wrong_says_so(
    run: Run, install: Install, word: str, status: int, said: str
) -> None:
    install("weather", COMMAND, "itsmkit.commands")
    ended, _, err = run("weather", word)
    assert (ended, said in err) == (status, True), err


def test_a_command_that_is_kept_out_or_that_two_bring_is_not_run(
    run: Run, install: Install, monkeypatch: pytest.MonkeyPatch
) -> None:
    install("weather", COMMAND, "itsmkit.commands")
    with monkeypatch.context() as patched:
        patched.setenv("ITSMKIT_PLUGINS_DISABLE", "weather")
        status, out, err = run("weather")
        assert (status, out, "it is kept out" in err) == (2, "", True)
    install("other_weather", COMMAND, "itsmkit.commands", "weather")
    status, out, err = run("weather")
    assert (status, out, "claim the same name" in err) == (2, "", True)


def test_a_plugin_cannot_take_the_place_of_a_command_of_ours(run: Run, install: Install) -> None:
    install("impostor", COMMAND, "itsmkit.commands", "packs")
    assert "told" not in run("packs", "list")[1]


def test_a_command_that_nobody_brings_is_unknown(run: Run) -> None:
    status, out, err = run("wether")
    assert (status, out, "wether" in err) == (2, "", True)
