"""``itsmkit cmdb map``: a configuration as a service map."""

from pathlib import Path

from itsmkit.cli._cmdb_output import Direction, Form, check_form, deliver, draw, form_of
from itsmkit.cli._cmdb_source import source_of

__all__ = ["draw_map"]


def draw_map(
    file: Path,
    *,
    focus: str | None = None,
    at: str | None = None,
    form: Form | None = None,
    out: Path | None = None,
    direction: Direction = "up",
    most: int = 80,
) -> None:
    """
    Draw a configuration, with what it says itself to have failed.

    Args:
        file: The configuration.
        focus: What to restrict the map to: what it depends on, and what depends on it.
        at: The instant, as it was typed.
        form: What to write; left out, what the name of *out* asks for, and Mermaid without one.
        out: Where to write it.
        direction: Where impact flows.
        most: How many boxes there are at most.

    Raises:
        DefinitionError: If the file or the question cannot be right, or there is nowhere to write to.
        UnknownItemError: If *focus* is not in the configuration.
    """
    chosen = form_of(form, out, otherwise="mermaid", maps_only=True)
    check_form(chosen, out, inputs=[file])
    source = source_of(file, at)
    impact = source.impact(()) if source.document.seeds else None
    drawn = draw(chosen, source.graph, impact, direction=direction, focus=focus, most=most)
    deliver(drawn, chosen, out)
