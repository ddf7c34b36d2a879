"""How the answers about configurations go out: as a table, as JSON, or as a map."""

import sys
from collections.abc import Callable, Iterable, Mapping
from json import dumps
from pathlib import Path
from typing import Any, Literal, TypeAlias

from rich.table import Table
from rich.text import Text

from itsmkit.cli._consoles import output_console, tame
from itsmkit.cli._outputs import check_outputs, print_written, write_outputs
from itsmkit.cli.errors import UsageError
from itsmkit.cmdb import CIId, ConfigurationGraph, Impact, LevelChain
from itsmkit.cmdb.diagrams import dot_text, mermaid_text, service_map_html, service_map_svg

__all__ = [
    "Direction",
    "Form",
    "as_json",
    "check_form",
    "deliver",
    "draw",
    "form_of",
    "level_text",
    "print_json",
    "table",
]

Form: TypeAlias = Literal["table", "json", "mermaid", "dot", "svg", "html"]
Direction: TypeAlias = Literal["up", "down", "left", "right"]

_BY_SUFFIX: Mapping[str, Form] = {
    ".json": "json",
    ".svg": "svg",
    ".html": "html",
    ".htm": "html",
    ".dot": "dot",
    ".gv": "dot",
    ".mmd": "mermaid",
    ".mermaid": "mermaid",
    ".md": "mermaid",
}

_DRAW: Mapping[Form, Callable[..., str]] = {
    "mermaid": mermaid_text,
    "dot": dot_text,
    "svg": service_map_svg,
    "html": service_map_html,
}


def form_of(asked: Form | None, out: Path | None, *, otherwise: Form, maps_only: bool = False) -> Form:
    """
    Return what is to be written.

    Args:
        asked: What ``--format`` says.
        out: The file to be written.
        otherwise: What is printed if nothing is said.
        maps_only: Whether only a map will do.

    Raises:
        UsageError: If it is not clear, or cannot be printed.
    """
    if asked is not None and (out is not None or asked not in {"svg", "html"}):
        return asked
    if out is None:
        if asked is None:
            return otherwise
        problem = f"a picture needs a file; name one with --out, such as --out map.{asked}"
        raise UsageError(problem)
    found = _BY_SUFFIX.get(out.suffix.lower())
    if found is None or (maps_only and found == "json"):
        known = [suffix for suffix in _BY_SUFFIX if not (maps_only and suffix == ".json")]
        problem = (
            f"--out {out}: its name does not tell the format; end it in {', '.join(known)}, or give --format"
        )
        raise UsageError(problem)
    return found


def check_form(form: Form, out: Path | None, *, inputs: Iterable[Path]) -> None:
    """Return if *out* can be written. Raises `UsageError` if not, or if a table is to go to a file."""
    check_outputs({"--out": out}, inputs=inputs)
    if form == "table" and out is not None:
        problem = f"a table is printed; for --out {out} give another --format, such as json or svg"
        raise UsageError(problem)


def draw(
    form: Form,
    graph: ConfigurationGraph,
    impact: Impact | None,
    *,
    direction: Direction,
    focus: str | None = None,
    why: str | None = None,
    **options: Any,
) -> str:
    """
    Return the text of a map.

    Raises:
        UsageError: If what draws is not installed.
    """
    names = {name: CIId(ci) for name, ci in (("focus", focus), ("why", why)) if ci is not None}
    try:
        return _DRAW[form](graph, impact, direction=direction, **names, **options)
    except ModuleNotFoundError as error:
        raise UsageError(str(error)) from error


def deliver(text: str, form: Form, out: Path | None) -> None:
    """Print *text*, or write it to *out*: Mermaid as a fenced block, if that is a page."""
    if out is None:
        sys.stdout.write(text)
        return
    fenced = form == "mermaid" and out.suffix.lower() == ".md"
    write_outputs({out: f"```mermaid\n{text}```\n" if fenced else text})
    print_written(output_console(), (out,))


def as_json(answer: Mapping[str, object]) -> str:
    """Return an answer as JSON."""
    return dumps(answer, ensure_ascii=False, indent=2) + "\n"


def print_json(answer: Mapping[str, object]) -> None:
    """Print an answer as JSON."""
    output_console().print(as_json(answer).rstrip("\n"), soft_wrap=True)


def level_text(level: str, levels: LevelChain) -> Text:
    """Return a level in its colour, which only stresses the word."""
    number = levels.number(level)
    style = "green" if not number else "red" if number == levels.top else "yellow"
    return Text(tame(level), style=style)


def table(*headings: str) -> Table:
    """Return an empty table."""
    made = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0), header_style="bold")
    for heading in headings:
        made.add_column(heading, overflow="fold")
    return made
