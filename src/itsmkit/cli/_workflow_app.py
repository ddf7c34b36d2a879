"""The commands on workflows and their options: ``itsmkit workflow …``."""

from pathlib import Path
from typing import Literal

from cyclopts import App

__all__ = ["workflow"]

# Written out, for the values themselves would load the room only to show help.
DiagramFormat = Literal["svg", "mermaid", "dot"]
DiagramDirection = Literal["down", "right"]

workflow = App(
    name="workflow",
    help=(
        "Check, draw and compare workflow definitions.\n\n"
        "A definition is a TOML or JSON file, the configuration of a desk with a table [workflow], or the "
        "name of a standard workflow, such as incident."
    ),
)


@workflow.command
def check(definition: str, /, *, json: bool = False) -> int:
    """
    Find what is wrong with a definition: every fault, and the steps that show it.

    Every move that any ticket could make is looked at: states that cannot be reached or left, ways past an
    approval, transitions that can never happen. The exit status is 1 if there is an error; warnings pass.

    Args:
        definition: A file, or the name of a standard workflow.
        json: Print JSON in place of lines.
    """
    from itsmkit.cli._workflow_check import check_workflow  # noqa: PLC0415  each command loads its own rooms

    return check_workflow(definition, as_json=json)


@workflow.command
def diagram(
    definition: str,
    /,
    *,
    out: Path | None = None,
    format: DiagramFormat | None = None,  # noqa: A002  it is the name of the option
    direction: DiagramDirection = "down",
) -> None:
    """
    Draw a definition.

    Args:
        definition: A file, or the name of a standard workflow.
        out: Where to write; its ending tells the format (.svg, .mmd, .md, .dot). Left out, text is printed.
        format: Draw this, whatever the ending says.
        direction: Where the flow of the picture runs.
    """
    from itsmkit.cli._workflow_diagram import draw_workflow  # noqa: PLC0415  as above

    draw_workflow(definition, out=out, format_name=format, direction=direction)


@workflow.command
def conform(
    log: Path,
    /,
    *,
    format: str | None = None,  # noqa: A002  it is the name of the option
    config: Path | None = None,
    definition: str | None = None,
    draft: Path | None = None,
    diagram: Path | None = None,
    json: Path | None = None,
    limit: int | None = None,
    complete: bool = False,
    min_share: float = 0.0,
) -> None:
    """
    Hold a definition against the event log of a real desk: what agrees, what does not, what nobody uses.

    Args:
        log: A CSV file with one row for each change of a ticket; it may be compressed by gzip.
        format: The name of a built-in layout, such as servicenow-audit.
        config: A TOML file with the rules of a desk, and with the layout of the log in its table [log].
        definition: A file, or the name of a standard workflow; left out, that of the desk or of the layout.
        draft: Where to write the definition that the log itself suggests, as TOML.
        diagram: Where to draw that one with how often each move was made (.svg, .mmd, .md, .dot).
        json: Where to write the figures as JSON.
        limit: Read only so many rows.
        complete: Expect every ticket to have come to an end.
        min_share: Leave what is rarer than this share out of the draft and its picture.
    """
    from itsmkit.cli._workflow_conform import check_history  # noqa: PLC0415  as above

    check_history(
        log,
        format_name=format,
        config=config,
        definition=definition,
        draft=draft,
        diagram=diagram,
        json=json,
        limit=limit,
        complete=complete,
        min_share=min_share,
    )


@workflow.command
def show(definition: str, /, *, json: bool = False) -> None:
    """
    Print a definition as TOML, to begin one of your own with.

    Args:
        definition: A file, or the name of a standard workflow.
        json: Print JSON in place of TOML.
    """
    from itsmkit.cli._workflow_texts import show_definition  # noqa: PLC0415  as above

    show_definition(definition, as_json=json)


@workflow.command
def schema() -> None:
    """Print the JSON Schema of definitions, for an editor that checks them while you write."""
    from itsmkit.cli._workflow_texts import show_schema  # noqa: PLC0415  as above

    show_schema()
