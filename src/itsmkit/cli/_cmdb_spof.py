"""``itsmkit cmdb spof``: what takes services down alone, and what is redundant only on paper."""

from collections.abc import Sequence
from pathlib import Path

from attrs import frozen
from rich.console import Console
from rich.text import Text

from itsmkit.cli._cmdb_output import print_json, table
from itsmkit.cli._cmdb_source import Source, source_of
from itsmkit.cli._consoles import output_console, tame
from itsmkit.cli._wording import count
from itsmkit.cmdb import CIId, ConfigurationGraph
from itsmkit.cmdb.risk import cut_sets, false_redundancy, risk_ranking, spofs

__all__ = ["show_single_points"]

_MOST_PAIRS = 20
_MOST_RISKS = 10


@frozen
class _Answer:
    """What takes one service down."""

    ci: CIId
    singles: tuple[CIId, ...]
    pairs: tuple[tuple[CIId, ...], ...]


def show_single_points(
    file: Path, services: Sequence[str], *, order: int = 1, at: str | None = None, as_json: bool = False
) -> None:
    """
    Print what takes services down.

    Args:
        file: The configuration.
        services: What to ask about; all services if empty.
        order: 2 also lists pairs.
        at: The instant, as it was typed.
        as_json: Print JSON in place of tables.

    Raises:
        DefinitionError: If the file or the instant cannot be right.
        UnknownItemError: If one of *services* is not in the configuration.
    """
    source = source_of(file, at)
    graph = source.graph
    asked = tuple(map(CIId, services)) or _services(graph)
    answers = tuple(_answer(graph, ci, order) for ci in asked)
    if as_json:
        print_json(_plain(source, answers))
    else:
        _print(output_console(), graph, answers, all_services=not services)


def _services(graph: ConfigurationGraph) -> tuple[CIId, ...]:
    facets_of = graph.model.facets_of
    return tuple(sorted(item.id for item in graph.items if "service" in facets_of(item.ci_class)))


def _answer(graph: ConfigurationGraph, ci: CIId, order: int) -> _Answer:
    pairs = [tuple(sorted(each)) for each in cut_sets(graph, ci, 2) if len(each) == 2] if order == 2 else []
    return _Answer(ci, spofs(graph, ci), tuple(pairs))


def _print(
    console: Console, graph: ConfigurationGraph, answers: Sequence[_Answer], *, all_services: bool
) -> None:
    if not answers:
        console.print("there is no service; name what to ask about")
        return
    made = table("Service", "Goes down with any one of")
    for answer in answers:
        made.add_row(tame(answer.ci), tame(", ".join(answer.singles)) or Text("nothing alone", style="green"))
    console.print(made)
    _print_pairs(console, answers)
    found = false_redundancy(graph)
    if found:
        console.print(Text("\nRedundant only on paper", style="bold"))
        for each in found:
            console.print(tame(f"  {each}"), soft_wrap=True)
    if all_services:
        _print_risks(console, graph)


def _print_pairs(console: Console, answers: Sequence[_Answer]) -> None:
    for answer in answers:
        if answer.pairs:
            console.print()
            pairs = table(f"{tame(answer.ci)} goes down with both of")
            for pair in answer.pairs[:_MOST_PAIRS]:
                pairs.add_row(tame(" and ".join(pair)))
            console.print(pairs)
            if len(answer.pairs) > _MOST_PAIRS:
                more = count(len(answer.pairs) - _MOST_PAIRS)
                console.print(Text(f"and {more} other pairs; --json lists all", style="dim"))


def _print_risks(console: Console, graph: ConfigurationGraph) -> None:
    risks = table("What services rest on most", "Weight", "Takes down")
    for risk in risk_ranking(graph)[:_MOST_RISKS]:
        risks.add_row(tame(risk.ci), str(risk.score), tame(", ".join(risk.services)))
    if risks.row_count:
        console.print()
        console.print(risks)


def _plain(source: Source, answers: Sequence[_Answer]) -> dict[str, object]:
    graph = source.graph
    return {
        "file": str(source.path),
        "at": None if source.at is None else source.at.isoformat(),
        "services": [
            {"ci": each.ci, "single_points": list(each.singles), "pairs": [list(pair) for pair in each.pairs]}
            for each in answers
        ],
        "false_redundancy": [
            {
                "dependent": each.dependent,
                "group": each.group,
                "rule": each.rule,
                "members": list(each.members),
                "shared": list(each.shared),
            }
            for each in false_redundancy(graph)
        ],
        "ranking": [
            {
                "ci": risk.ci,
                "weight": risk.score if isinstance(risk.score, int) else str(risk.score),
                "services": list(risk.services),
            }
            for risk in risk_ranking(graph)
        ],
    }
