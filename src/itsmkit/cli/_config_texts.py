"""``itsmkit config show`` and ``schema``: configurations as text, to read and to begin with."""

from json import dumps

from itsmkit.cli._consoles import output_console
from itsmkit.desk import desk_schema
from itsmkit.desk.profiles import profile_text

__all__ = ["print_text", "show_profile", "show_schema"]


def show_profile(name: str) -> None:
    """
    Print a profile as TOML.

    Raises:
        DefinitionError: If there is none of this name.
    """
    print_text(profile_text(name))


def show_schema() -> None:
    """Print the JSON Schema of configurations."""
    print_text(dumps(desk_schema(), ensure_ascii=False, indent=2))


def print_text(text: str) -> None:
    """Print a text as it is."""
    # As it is: what is printed is to be saved and read by programs.
    output_console().print(text.rstrip("\n"), soft_wrap=True, markup=False, highlight=False)
