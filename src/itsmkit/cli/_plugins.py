"""``itsmkit plugins``, what is installed and what became of it; and the commands that plugins bring."""

import os
import warnings
from collections.abc import Sequence
from json import dumps

from attrs import asdict
from rich.table import Table
from rich.text import Text

from itsmkit.cli._consoles import output_console, tame
from itsmkit.cli._plainly import plainly
from itsmkit.plugin import Plugins, PluginState, PluginStatus, PluginWarning

__all__ = ["list_plugins", "run_plugin_command"]


def list_plugins(*, as_json: bool) -> None:
    """
    Load every installed plugin as a desk would, and print what became of each.

    A broken one is a finding of this command, and no error of it.

    Raises:
        DefinitionError: If the environment's lists of plugins cannot be understood.
    """
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", PluginWarning)  # the same is about to be printed
        statuses = Plugins("auto", environ=os.environ).status()
    console = output_console()
    if as_json:
        plain = [{**asdict(status), "state": status.state.value} for status in statuses]
        console.print(dumps(plain, ensure_ascii=False, indent=2), soft_wrap=True)
    elif statuses:
        console.print(_table(statuses))
    else:
        console.print(
            "No plugin is installed. A distribution offers one as an entry point of the group 'itsmkit'.",
            soft_wrap=True,
        )


def run_plugin_command(name: str, arguments: Sequence[str]) -> int | None:
    """
    Run the command that an installed plugin brings, and return its exit status; ``None`` if none brings it.

    Raises:
        ItsmkitError: What the command says that it cannot do; otherwise, what is wrong with the plugin.
    """
    try:
        with plainly():
            return Plugins(environ=os.environ).run_command(name, arguments)
    except SystemExit as ended:  # as argparse ends a program, once it has said why
        return ended.code if isinstance(ended.code, int) else int(ended.code is not None)


def _table(statuses: tuple[PluginStatus, ...]) -> Table:
    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0), header_style="bold")
    for heading in ("Plugin", "State", "Distribution", "Hooks, or why there are none"):
        table.add_column(heading, overflow="fold")
    for status in statuses:
        style = "" if status.state is PluginState.LOADED else "yellow"
        table.add_row(
            status.name,
            Text(status.state.value, style=style),
            f"{status.distribution} {status.version}",
            tame(status.problem) if status.problem else "\n".join(status.hooks),
        )
    return table
