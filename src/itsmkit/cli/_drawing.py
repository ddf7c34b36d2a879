"""Workflows drawn for a file, in the format that its name tells."""

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Literal, TypeAlias

from itsmkit.cli.errors import UsageError
from itsmkit.workflow import WorkflowDefinition
from itsmkit.workflow.diagrams import Frequencies, dot_text, mermaid_text, svg_text

__all__ = ["DiagramDirection", "DiagramFormat", "as_file", "draw", "format_of"]

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

_DRAW: Mapping[DiagramFormat, Callable[..., str]] = {
    "mermaid": mermaid_text,
    "dot": dot_text,
    "svg": svg_text,
}


def format_of(path: Path, option: str, *, otherwise: str = "") -> DiagramFormat:
    """
    Return the format that the suffix of *path* asks for.

    Args:
        path: The file to be written.
        option: The option that names it, for the sentence of the error.
        otherwise: The way out besides another name, if there is one.

    Raises:
        UsageError: If it tells none.
    """
    found = _FORMATS.get(path.suffix.lower())
    if found is None:
        problem = (
            f"{option} {path}: its name does not tell the format; end it in {', '.join(_FORMATS)}{otherwise}"
        )
        raise UsageError(problem)
    return found


def draw(
    definition: WorkflowDefinition,
    form: DiagramFormat,
    *,
    frequencies: Frequencies | None = None,
    direction: DiagramDirection = "down",
) -> str:
    """
    Return the text of a drawing.

    Raises:
        UsageError: If what draws is not installed.
    """
    try:
        return _DRAW[form](definition, frequencies=frequencies, direction=direction)
    except ModuleNotFoundError as error:
        raise UsageError(str(error)) from error


def as_file(text: str, form: DiagramFormat, path: Path) -> str:
    """Return *text* as it stands in the file: fenced where that is a page, and the text is not a picture."""
    is_page = path.suffix.lower() == ".md" and form != "svg"
    return f"```{form}\n{text}```\n" if is_page else text
