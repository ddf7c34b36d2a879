"""How an event log is laid out, and the rules of the desk that it comes with: by two options."""

from pathlib import Path

from attrs import evolve

from itsmkit import packs
from itsmkit.cli.errors import UsageError
from itsmkit.desk import DeskConfig
from itsmkit.interchange import EventLogFormat

__all__ = ["rules_and_layout"]


def rules_and_layout(config: Path | None, format_name: str | None) -> tuple[DeskConfig, EventLogFormat]:
    """
    Return the rules of the desk, and the layout of the log.

    Args:
        config: A TOML file with the rules of a desk, and with the layout of the log unless *format_name* is
            given.
        format_name: The name of a built-in layout; without *config*, its rules hold too.

    Raises:
        UsageError: If neither tells the layout.
        DefinitionError: If the file cannot be read, or is no configuration.
    """
    pack = None if format_name is None else packs.load(format_name)
    if config is None:
        if pack is None:
            problem = (
                "the layout of the log is unknown; name a built-in one with --format "
                f"({', '.join(packs.names())}), or describe it in the table [log] of a --config file"
            )
            raise UsageError(problem)
        rules = pack
    else:
        rules = DeskConfig.load(config)
        if pack is not None:
            rules = evolve(rules, log=pack.log)
    if rules.log is None:
        problem = (
            f"{config or format_name} describes no layout of a log; add a table [log], or name a --format"
        )
        raise UsageError(problem)
    return rules, rules.log
