"""The commands on configurations of desks and their options: ``itsmkit config …``."""

from pathlib import Path

from cyclopts import App

__all__ = ["config"]

config = App(
    name="config",
    help=(
        "Check the configuration of a desk, and begin one.\n\n"
        "FILE is a TOML file, such as desk.toml. A PROFILE is a ready-made one: helpdesk, service_desk or "
        "dispatch."
    ),
)


@config.command
def check(file: Path, /, *, json: bool = False) -> int:
    """
    Find what is wrong with the configuration of a desk: every fault, with its path.

    The exit status is 1 if there is one.

    Args:
        file: The configuration.
        json: Print JSON in place of lines.
    """
    from itsmkit.cli._config_check import check_config  # noqa: PLC0415  each command loads its own rooms

    return check_config(file, as_json=json)


@config.command
def show(profile: str, /) -> None:
    """
    Print a profile as TOML, to begin a configuration of one's own with.

    Args:
        profile: helpdesk, service_desk or dispatch.
    """
    from itsmkit.cli._config_texts import show_profile  # noqa: PLC0415  as above

    show_profile(profile)


@config.command
def schema() -> None:
    """Print the JSON Schema of configurations, for an editor that checks them while you write."""
    from itsmkit.cli._config_texts import show_schema  # noqa: PLC0415  as above

    show_schema()
