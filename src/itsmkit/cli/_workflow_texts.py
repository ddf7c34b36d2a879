"""``itsmkit workflow show`` and ``schema``: definitions as text, to read and to begin with."""

from json import dumps

from itsmkit.cli._consoles import output_console
from itsmkit.cli._workflow_source import definition_of
from itsmkit.workflow import definition_schema, json_text, toml_text

__all__ = ["show_definition", "show_schema"]


def show_definition(definition: str, *, as_json: bool) -> None:
    """Print a definition as TOML, or as JSON."""
    found = definition_of(definition)
    _print(json_text(found) if as_json else toml_text(found))


def show_schema() -> None:
    """Print the JSON Schema of definitions."""
    _print(dumps(definition_schema(), ensure_ascii=False, indent=2))


def _print(text: str) -> None:
    # As it is: what is printed is to be saved and read by programs.
    output_console().print(text.rstrip("\n"), soft_wrap=True, markup=False, highlight=False)
