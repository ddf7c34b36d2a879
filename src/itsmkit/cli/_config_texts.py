"""``itsmkit config show`` and ``schema``: configurations as text, to read and to begin with."""

from json import dumps

from itsmkit.cli._consoles import output_console
from itsmkit.desk import desk_schema
from itsmkit.desk.profiles import profile_text

__all__ = ["show_profile", "show_schema"]


def show_profile(name: str) -> None:
    """
    Print a profile as TOML.

    Raises:
        DefinitionError: If there is none of this name.
    """
    _print(profile_text(name))


def show_schema() -> None:
    """Print the JSON Schema of configurations."""
    _print(dumps(desk_schema(), ensure_ascii=False, indent=2))


def _print(text: str) -> None:
    # As it is: what is printed is to be saved and read by programs.
    output_console().print(text.rstrip("\n"), soft_wrap=True, markup=False, highlight=False)
