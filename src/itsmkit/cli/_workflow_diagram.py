"""``itsmkit workflow diagram``: a workflow as Mermaid, DOT or SVG."""

import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Literal, TypeAlias

from itsmkit._documents import load_toml
from itsmkit.cli._consoles import output_console
from itsmkit.cli._outputs import check_outputs, print_written, write_outputs
from itsmkit.cli.errors import UsageError
from itsmkit.workflow import WorkflowDefinition, definition_from
from itsmkit.workflow.diagrams import dot_text, mermaid_text, svg_text

__all__ = ["DiagramDirection", "DiagramFormat", "draw_workflow"]

DiagramFormat: TypeAlias = Literal["mermaid", "dot", "svg"]
DiagramDirection: TypeAlias = Literal["down", "right"]

_FORMATS: Mapping[str, DiagramFormat] = {
    ".svg": "svg",
    ".dot": "dot",
    ".gv": "dot",
    ".mmd": "mermaid",
    ".mermaid": "mermaid",
    ".md": "mermaid",
}
"""The format that the suffix of a file's name asks for."""


def draw_workflow(
    path: Path,
    *,
    format: DiagramFormat | None = None,  # noqa: A002  it is the name of the option
    direction: DiagramDirection = "down",
    out: Path | None = None,
) -> None:
    """
    Draw the workflow of a file.

    Args:
        path: A TOML file with a workflow, or the configuration of a desk, which holds one.
        format: What to write; left out, what the name of *out* asks for, and Mermaid without one.
        direction: Where the flow of the picture runs.
        out: Where to write it; left out, a text goes to stdout. A ``.md`` file holds Mermaid as a
            fenced block.

    Raises:
        DefinitionError: With every problem, if the file cannot be read or is no workflow.
        UsageError: If it is not clear what to write or where, or it cannot be written, or what draws is not
            installed.
    """
    form = _format(format, out)
    check_outputs({"--out": out}, inputs=(path,))
    text = _drawn(_definition(path), form, direction)
    if out is None:
        sys.stdout.write(text)
        return
    if out.suffix.lower() == ".md":
        text = f"```{form}\n{text}```\n"
    write_outputs({out: text})
    print_written(output_console(), (out,))


def _format(asked: DiagramFormat | None, out: Path | None) -> DiagramFormat:
    if out is None:
        if asked == "svg":
            problem = "a picture needs a file; name one with --out, such as --out workflow.svg"
            raise UsageError(problem)
        return asked or "mermaid"
    if asked is not None:
        return asked
    found = _FORMATS.get(out.suffix.lower())
    if found is None:
        known = ", ".join(_FORMATS)
        problem = f"--out {out}: its name does not tell the format; end it in {known}, or give --format"
        raise UsageError(problem)
    return found


def _definition(path: Path) -> WorkflowDefinition:
    plain = load_toml(path)
    return definition_from(plain.get("workflow", plain), where="workflow" if "workflow" in plain else "")


_DRAW: Mapping[DiagramFormat, Callable[..., str]] = {
    "mermaid": mermaid_text,
    "dot": dot_text,
    "svg": svg_text,
}


def _drawn(definition: WorkflowDefinition, form: DiagramFormat, direction: DiagramDirection) -> str:
    try:
        return _DRAW[form](definition, direction=direction)
    except ModuleNotFoundError as error:
        raise UsageError(str(error)) from error
