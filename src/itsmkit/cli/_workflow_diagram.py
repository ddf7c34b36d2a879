"""``itsmkit workflow diagram``: a workflow as Mermaid, DOT or SVG."""

import sys
from pathlib import Path

from itsmkit.cli._consoles import output_console
from itsmkit.cli._drawing import DiagramDirection, DiagramFormat, as_file, draw, format_of
from itsmkit.cli._outputs import check_outputs, print_written, write_outputs
from itsmkit.cli._workflow_source import definition_of, input_files
from itsmkit.cli.errors import UsageError

__all__ = ["draw_workflow"]


def draw_workflow(
    definition: str,
    *,
    format_name: DiagramFormat | None = None,
    direction: DiagramDirection = "down",
    out: Path | None = None,
) -> None:
    """
    Draw a workflow.

    Args:
        definition: A workflow: see `definition_of`.
        format_name: What to write; left out, what the name of *out* asks for, and Mermaid without one.
        direction: Where the flow of the picture runs.
        out: Where to write it; left out, a text goes to stdout. A ``.md`` file holds Mermaid as a
            fenced block.

    Raises:
        DefinitionError: With every problem, if the file cannot be read or is no workflow.
        UsageError: If it is not clear what to write or where, or it cannot be written, or what draws is not
            installed.
    """
    form = _format(format_name, out)
    check_outputs({"--out": out}, inputs=input_files(definition))
    text = draw(definition_of(definition), form, direction=direction)
    if out is None:
        sys.stdout.write(text)
        return
    write_outputs({out: as_file(text, form, out)})
    print_written(output_console(), (out,))


def _format(asked: DiagramFormat | None, out: Path | None) -> DiagramFormat:
    if out is not None:
        return asked or format_of(out, "--out", otherwise=", or give --format")
    if asked == "svg":
        problem = "a picture needs a file; name one with --out, such as --out workflow.svg"
        raise UsageError(problem)
    return asked or "mermaid"
