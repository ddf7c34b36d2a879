"""The commands and their options, and what becomes of an error."""

import sys
import traceback
from collections.abc import Sequence
from io import TextIOWrapper
from pathlib import Path
from typing import Annotated

from cyclopts import App, CycloptsError, Parameter
from rich.text import Text

from itsmkit import ItsmkitError, __version__
from itsmkit.cli._cmdb_app import cmdb
from itsmkit.cli._config_app import config
from itsmkit.cli._consoles import error_console, tame
from itsmkit.cli._packs_app import packs
from itsmkit.cli._sla_app import Repeated, sla
from itsmkit.cli._staff_app import staff
from itsmkit.cli._store_app import store
from itsmkit.cli._workflow_app import workflow

__all__ = ["run"]

_USAGE = 2
_SOFTWARE = 70
_INTERRUPTED = 130

app = App(
    name="itsmkit",
    help="A service desk in a library: relive its history, and see what it promised and kept.",
    version=__version__,
    default_parameter=Parameter(negative=()),
    suppress_keyboard_interrupt=False,
    result_action="return_value",
    exit_on_error=False,
    print_error=False,
)

app.command(cmdb)
app.command(config)
app.command(packs)
app.command(sla)
app.command(staff)
app.command(store)
app.command(workflow)


@app.command
def demo(
    *,
    profile: str | None = None,
    seed: int = 2026,
    report: Path = Path("itsmkit-demo.html"),
    store: str | None = None,
) -> None:
    """
    Show a month of a made-up service desk.

    The month runs through a real desk: tickets are logged, assigned and resolved, clocks run and pause,
    checkpoints fire. No file is needed.

    Args:
        profile: What kind of desk: helpdesk, service_desk or dispatch; by default, one for three sites on
            three continents.
        seed: The same seed makes the same month.
        report: Where to write the HTML report.
        store: Where to keep the desk, such as sqlite:///desk.db; by default, in memory.
    """
    from itsmkit.cli._demo import show_demo  # noqa: PLC0415  each command loads its own rooms

    show_demo(seed=seed, report=report, profile=profile, store=store)


@app.command
def replay(
    log: Path,
    /,
    *,
    config: Path | None = None,
    format: str | None = None,  # noqa: A002  it is the name of the option
    report: Path | None = None,
    json: Path | None = None,
    limit: int | None = None,
    strict: bool = False,
    store: str | None = None,
) -> None:
    """
    Relive the event log of another desk, and count what happened.

    Every row arrives at its own time, in the order in which the log says it was made. Rows that are wrong
    are mended or dropped by a stated rule, and counted.

    Args:
        log: A CSV file with one row for each change of a ticket; it may be compressed by gzip.
        config: A TOML file with the rules of the desk, and with the layout of the log in its table [log].
        format: The name of a built-in layout, such as servicenow-audit. With --config, only the layout
            is taken from it; otherwise its workflow and agreements too.
        report: Where to write an HTML report.
        json: Where to write the figures as JSON.
        limit: Read only so many rows.
        strict: Stop at the first row that is wrong.
        store: Where to keep the desk, such as sqlite:///desk.db; by default, in memory.
    """
    from itsmkit.cli._replay import replay_log  # noqa: PLC0415  as above

    replay_log(
        log,
        config=config,
        format_name=format,
        report=report,
        json=json,
        limit=limit,
        strict=strict,
        store=store,
    )


@app.command
def worker(
    url: str,
    /,
    *,
    config: Path | None = None,
    tenant: Repeated = (),
    all_tenants: bool = False,
    lease: float = 60,
    once: bool = False,
) -> int:
    """
    Do what is due on a desk, and deliver, until told to stop.

    Any number of workers share the work of one database. SIGTERM and SIGINT end a worker when it is done with
    what it has in hand; the second one ends it at once.

    Args:
        url: Where the desk is kept, such as sqlite:///desk.db or postgresql+psycopg://user@host/database.
        config: A TOML file with the rules of the desk.
        tenant: Whose work to do; may be given again. By default, that of the only one.
        all_tenants: Do the work of all tenants.
        lease: For how many seconds a piece of work is this worker's alone.
        once: Do what is due now, and end.
    """
    from itsmkit.cli._worker import run_worker  # noqa: PLC0415  as above

    return run_worker(url, config=config, tenants=tenant, all_tenants=all_tenants, lease=lease, once=once)


@app.command
def plugins(*, json: bool = False) -> None:
    """
    List the installed plugins: which are loaded, with which hooks, and why others are not.

    Args:
        json: Print JSON in place of a table.
    """
    from itsmkit.cli._plugins import list_plugins  # noqa: PLC0415  as above

    list_plugins(as_json=json)


@app.meta.default
def _launch(
    *words: Annotated[str, Parameter(show=False, allow_leading_hyphen=True)],
    debug: Annotated[bool, Parameter(help="Show where an error comes from.")] = False,
) -> int:
    try:
        status: int | None = app(words)
    except (Exception, KeyboardInterrupt) as error:  # noqa: BLE001  a user is told in a sentence, whatever it is
        if debug:
            traceback.print_exception(error)
        return _status(error)
    return status or 0  # most commands have none


def run(arguments: Sequence[str]) -> int:
    """Run one command, say on stderr what went wrong, and return the exit status."""
    if isinstance(sys.stdout, TextIOWrapper):
        sys.stdout.reconfigure(errors="backslashreplace")  # a name that the terminal cannot spell is no error
    try:
        status: int | None = _of_a_plugin(arguments)
        if status is None:
            status = app.meta(arguments)
    except CycloptsError as error:  # the options of the launcher itself
        return _status(error)
    return status or 0  # help has none


def _of_a_plugin(arguments: Sequence[str]) -> int | None:
    """Run a command that an installed plugin brings, and return its status; ``None`` if it is none."""
    debug, words = arguments[:1] == ["--debug"], [*arguments]
    if debug:
        del words[0]
    if not words or words[0].startswith("-") or words[0] in set(app):
        return None
    from itsmkit.cli._plugins import run_plugin_command  # noqa: PLC0415  # most commands are ours

    try:
        return run_plugin_command(words[0], words[1:])
    except (Exception, KeyboardInterrupt) as error:  # noqa: BLE001  as above
        if debug:
            traceback.print_exception(error)
        return _status(error)


def _status(error: BaseException) -> int:
    """Return the exit status for *error*, after a sentence about it."""
    if isinstance(error, KeyboardInterrupt):
        return _INTERRUPTED
    if isinstance(error, ItsmkitError | CycloptsError):
        _say(str(error))
        return _USAGE
    _say(
        f"this is a defect of itsmkit: {type(error).__name__}: {error}\n"
        "Please report it, with what the same command shows when --debug is added."
    )
    return _SOFTWARE


def _say(sentence: str) -> None:
    # Never wrapped: a path or a line of a file stays whole, to be copied or searched for.
    error_console().print(Text.assemble(("error:", "bold red"), " ", tame(sentence)), soft_wrap=True)
