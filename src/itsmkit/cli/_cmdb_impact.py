"""``itsmkit cmdb impact``: what failures do to everything that depends on them."""

from collections.abc import Sequence
from pathlib import Path

from rich.console import Console
from rich.text import Text

from itsmkit.cli._cmdb_output import (
    Direction,
    Form,
    as_json,
    check_form,
    deliver,
    draw,
    form_of,
    level_text,
    table,
)
from itsmkit.cli._cmdb_source import Source, failures_from, source_of
from itsmkit.cli._consoles import output_console, tame
from itsmkit.cli._wording import count, plural
from itsmkit.cmdb import CIId, Impact, LevelChain, Provenance, Seed
from itsmkit.cmdb.proof import ProofStep

__all__ = ["asked", "counts_text", "plain_seed", "plain_step", "show_impact"]

_MOST_ROWS = 40


def show_impact(
    file: Path,
    failures: Sequence[str],
    *,
    planned: Sequence[str] = (),
    at: str | None = None,
    focus: str | None = None,
    form: Form | None = None,
    out: Path | None = None,
    direction: Direction = "up",
) -> None:
    """
    Print or write what failures do.

    Args:
        file: The configuration. What it says to have failed counts as well.
        failures: What is assumed to fail, as it was typed.
        planned: What is planned, as it was typed.
        at: The instant, as it was typed.
        focus: What a map is restricted to.
        form: What to write; left out, what the name of *out* asks for, and a table without one.
        out: Where to write it.
        direction: Where impact flows in a map.

    Raises:
        DefinitionError: If the file, the instant or a level cannot be right, or there is nowhere to write to.
        UnknownItemError: If a failure or *focus* is not in the configuration.
    """
    chosen = form_of(form, out, otherwise="table")
    check_form(chosen, out, inputs=[file])
    source = source_of(file, at)
    impact = source.impact(asked(failures, planned))
    if chosen == "table":
        _print(output_console(), impact)
    elif chosen == "json":
        deliver(as_json(_plain(source, impact)), chosen, out)
    else:
        deliver(draw(chosen, source.graph, impact, direction=direction, focus=focus), chosen, out)


def asked(failures: Sequence[str], planned: Sequence[str]) -> tuple[Seed, ...]:
    """Return what was typed as seeds."""
    return (
        *failures_from(failures, Provenance.ASSUMED),
        *failures_from(planned, Provenance.PLANNED),
    )


def counts_text(impact: Impact) -> str:
    """Return how many are at each level: ``"14 down, 2 degraded of 47 configuration items"``."""
    everything = plural(len(impact.graph.items), "configuration item")
    told = [
        f"{count(number)} {level}"
        for level in reversed(impact.graph.levels.names[1:])
        if (number := len(impact.at_level(level)))
    ]
    return f"{', '.join(told)} of {everything}" if told else f"nothing of {everything} is affected"


def _print(console: Console, impact: Impact) -> None:
    graph, levels = impact.graph, impact.graph.levels
    failed = ", ".join(str(seed) for seed in impact.seeds) or "nothing"
    console.print(Text.assemble(("Failed: ", "dim"), tame(failed)), soft_wrap=True)
    console.print(Text(tame(counts_text(impact)), style="bold"), soft_wrap=True)
    first = [ci for ci in impact.levels if ci in impact.services or ci in impact.users]
    others = [ci for ci in impact.levels if ci not in impact.services and ci not in impact.users]
    for heading, cis in (("Service or user", first), ("Configuration item", others)):
        if not cis:
            continue
        made = table(heading, "Name", "Class", "Level", "Because")
        for ci in sorted(cis, key=lambda each: -levels.number(impact.levels[each]))[:_MOST_ROWS]:
            item = graph.item(ci)
            name = "" if item.name == item.id else item.name
            told = level_text(impact.levels[ci], levels)
            if impact.is_suppressed(ci):
                told.append(", as planned", style="dim")
            made.add_row(tame(ci), tame(name), tame(item.ci_class), told, tame(_because(impact, ci)))
        console.print()
        console.print(made)
        if len(cis) > _MOST_ROWS:
            console.print(
                Text(f"and {count(len(cis) - _MOST_ROWS)} others; --format json lists all", style="dim")
            )
    for ruling in impact.effective_overrides:
        console.print(Text.assemble(("Ruled: ", "dim"), tame(str(ruling))), soft_wrap=True)


def _because(impact: Impact, ci: CIId) -> str:
    step = impact.why(ci).steps[-1]
    if step.seed is not None:
        return step.seed.provenance.value
    causes = ", ".join(f"{cause} {level}" for cause, level in step.because)
    return causes if step.rule in {"", "all"} else f"{causes} ({step.group}: {step.rule})"


def _plain(source: Source, impact: Impact) -> dict[str, object]:
    graph = impact.graph
    return {
        "file": str(source.path),
        "at": None if source.at is None else source.at.isoformat(),
        "levels": list(graph.levels.names),
        "failures": [plain_seed(seed, graph.levels) for seed in impact.seeds],
        "items": len(graph.items),
        "counts": {level: len(impact.at_level(level)) for level in graph.levels.names[1:]},
        "affected": [
            {
                "ci": ci,
                "name": graph.item(ci).name,
                "class": graph.item(ci).ci_class,
                "level": level,
                "is_service": ci in impact.services,
                "is_user": ci in impact.users,
                "is_suppressed": impact.is_suppressed(ci),
                "slack": impact.slack(ci),
                "why": plain_step(impact.why(ci).steps[-1]),
            }
            for ci, level in impact.levels.items()
        ],
        "rulings": [str(each) for each in impact.effective_overrides],
    }


def plain_seed(seed: Seed, levels: LevelChain) -> dict[str, object]:
    """Return a failure for JSON."""
    level = levels.down if seed.level is None else seed.level
    return {"ci": seed.ci, "level": level, "provenance": seed.provenance.value}


def plain_step(step: ProofStep) -> dict[str, object]:
    """Return a step of a reason for JSON."""
    return {
        "ci": step.ci,
        "level": step.level,
        "provenance": None if step.seed is None else step.seed.provenance.value,
        "group": step.group or None,
        "rule": step.rule or None,
        "because": [{"ci": ci, "level": level} for ci, level in step.because],
    }
