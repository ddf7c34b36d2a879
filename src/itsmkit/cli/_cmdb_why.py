"""``itsmkit cmdb why``: why something is affected, or what would still have to fail."""

from collections.abc import Sequence
from pathlib import Path

from rich.console import Console
from rich.text import Text

from itsmkit.cli._cmdb_impact import asked, plain_seed, plain_step
from itsmkit.cli._cmdb_output import Direction, Form, as_json, check_form, deliver, draw, form_of, level_text
from itsmkit.cli._cmdb_source import Source, source_of
from itsmkit.cli._consoles import output_console, tame
from itsmkit.cmdb import CIId, Impact

__all__ = ["show_reason"]


def show_reason(
    file: Path,
    ci: str,
    *,
    failures: Sequence[str],
    planned: Sequence[str] = (),
    minimal: bool = False,
    at: str | None = None,
    form: Form | None = None,
    out: Path | None = None,
    direction: Direction = "up",
) -> None:
    """
    Print or write why a configuration item is affected.

    Args:
        file: The configuration. What it says to have failed counts as well.
        ci: What to explain.
        failures: What is assumed to fail, as it was typed.
        planned: What is planned, as it was typed.
        minimal: Whether the reason rests on failures of which none can be left out.
        at: The instant, as it was typed.
        form: What to write; left out, what the name of *out* asks for, and a table without one.
        out: Where to write it.
        direction: Where impact flows in a map.

    Raises:
        DefinitionError: If the file, the instant or a level cannot be right, or there is nowhere to write to.
        UnknownItemError: If a failure or *ci* is not in the configuration.
    """
    chosen = form_of(form, out, otherwise="table")
    check_form(chosen, out, inputs=[file])
    source = source_of(file, at)
    impact = source.impact(asked(failures, planned))
    asked_about = CIId(ci)
    if chosen == "table":
        _print(output_console(), impact, asked_about, minimal=minimal)
    elif chosen == "json":
        deliver(as_json(_plain(source, impact, asked_about, minimal=minimal)), chosen, out)
    else:
        if minimal:
            impact = impact.graph.impact_of(
                impact.minimal_seeds(asked_about), overrides=impact.overrides, at=impact.at
            )
        drawn = draw(chosen, source.graph, impact, direction=direction, focus=ci, why=ci)
        deliver(drawn, chosen, out)


def _print(console: Console, impact: Impact, ci: CIId, *, minimal: bool) -> None:
    level = impact.level(ci)
    item = impact.graph.item(ci)
    name = "" if item.name == ci else f" ({item.name})"
    console.print(Text.assemble((tame(f"{ci}{name} is "), "bold"), level_text(level, impact.graph.levels)))
    for step in impact.why(ci, minimal=minimal).steps:
        console.print(tame(f"  {step}"), soft_wrap=True)
    missing = impact.why_not(ci)
    if missing:
        console.print(Text(f"It would be {tame(impact.graph.levels.down)} with any of these:", style="dim"))
        for each in missing:
            console.print(tame(f"  {each}"), soft_wrap=True)


def _plain(source: Source, impact: Impact, ci: CIId, *, minimal: bool) -> dict[str, object]:
    proof = impact.why(ci, minimal=minimal)
    levels = impact.graph.levels
    return {
        "file": str(source.path),
        "at": None if source.at is None else source.at.isoformat(),
        "failures": [plain_seed(seed, levels) for seed in impact.seeds],
        "ci": ci,
        "level": impact.level(ci),
        "steps": [plain_step(step) for step in proof.steps],
        "rests_on": [plain_seed(seed, levels) for seed in proof.seeds],
        "missing": [
            {
                "group": each.group,
                "members_at": each.members_at,
                "failures": each.failures,
                "candidates": [{"ci": member, "weight": weight} for member, weight in each.candidates],
            }
            for each in impact.why_not(ci)
        ],
    }
