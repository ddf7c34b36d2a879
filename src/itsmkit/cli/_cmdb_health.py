"""``itsmkit cmdb health``: whether the data of a configuration can be relied on."""

from collections import Counter
from fractions import Fraction
from pathlib import Path

from rich.console import Console
from rich.text import Text

from itsmkit.cli._cmdb_output import print_json, table
from itsmkit.cli._cmdb_source import Source, source_of
from itsmkit.cli._consoles import output_console, tame
from itsmkit.cli._wording import count, percent, plural
from itsmkit.cli.errors import UsageError
from itsmkit.cmdb.health import (
    ClassHealth,
    HealthIssue,
    HealthMetric,
    HealthReport,
    HealthRules,
    health_of,
    load_health_rules,
)
from itsmkit.cmdb.history import (
    Configuration,
    ConfigurationEvent,
    ConfigurationTimeline,
    RecordKey,
)

__all__ = ["show_health"]

_READER = "itsmkit"


def show_health(
    file: Path,
    *,
    rules: Path | None = None,
    at: str | None = None,
    ci_class: str | None = None,
    failing: str = "5",
    as_json: bool = False,
) -> int:
    """
    Print how healthy a configuration is, and what is wrong with it.

    Args:
        file: The configuration.
        rules: What is asked of it beside its class model.
        at: The instant, as it was typed.
        ci_class: Only items of this class, and of those below it.
        failing: How many to list of each metric, as it was typed.
        as_json: Print JSON in place of a table.

    Returns:
        1 if something fails that counts; otherwise 0.

    Raises:
        UsageError: If *failing* is no number, or *at* no instant.
        DefinitionError: If a file cannot be right, or there is no such class.
    """
    most = _most(failing)
    source = source_of(file, at)
    report = health_of(_configuration(source), HealthRules() if rules is None else load_health_rules(rules))
    part = report if ci_class is None else report.of_class(ci_class)
    if as_json:
        print_json(_plain(source, report, part))
    else:
        console = output_console()
        _print(console, source, part)
        if part is report:
            _print_classes(console, report)
        _print_failing(console, part, most)
        _print_hint(console, source)
    return 0 if part.is_healthy else 1


def _most(typed: str) -> int | None:
    """Return how many are listed, or ``None`` for all."""
    if typed == "all":
        return None
    if not (typed.isascii() and typed.isdecimal()):
        problem = f"--failing {typed}: must be a whole number, such as 5, or all"
        raise UsageError(problem)
    return int(typed)


def _configuration(source: Source) -> Configuration:
    """Return what holds at the instant, with who said so and when; without one, only what holds."""
    if source.at is None:
        return source.graph
    document = source.document
    told: Counter[RecordKey] = Counter()
    events = []
    for record in document.records:
        told[record.key] += 1
        events.append(ConfigurationEvent(record, told[record.key], source.at, _READER))
    return ConfigurationTimeline(events, model=document.model, levels=document.levels).as_of(source.at)


def _print(console: Console, source: Source, part: HealthReport | ClassHealth) -> None:
    what = "" if isinstance(part, HealthReport) else f" of class {part.ci_class!r}"
    start = f"{tame(source.path.name)}: {plural(part.items, 'item')}{tame(what)}, health "
    console.print(Text.assemble(start, _score_text(part.score)), soft_wrap=True)
    made = table("About", "Metric", "Score", "Failing", "Weight")
    about = None
    for metric in part.metrics:
        if metric.eligible:
            aspect = metric.aspect.value
            made.add_row(
                "" if aspect == about else aspect,
                tame(metric.name),
                _score_text(metric.score),
                f"{count(len(metric.failing))} of {count(metric.eligible)}",
                str(metric.weight),
            )
            about = aspect
    if made.row_count:
        console.print()
        console.print(made)
    idle = ", ".join(tame(metric.name) for metric in part.metrics if not metric.eligible)
    # A file does not say what took part in decisions, so that there always are some.
    console.print(Text(f"\nNothing to judge for {idle}", style="dim"))


def _print_classes(console: Console, report: HealthReport) -> None:
    made = table("Class", "Items", "Score", "Failing")
    for each in report.classes:
        failing = sum(len(metric.failing) for metric in each.metrics if metric.weight)
        made.add_row(tame(each.ci_class), count(each.items), _score_text(each.score), count(failing))
    if made.row_count:
        console.print()
        console.print(made)


def _print_failing(console: Console, part: HealthReport | ClassHealth, most: int | None) -> None:
    cut = False
    for metric in part.metrics:
        if metric.failing and most != 0:
            console.print(Text(f"\n{tame(metric.name)}", style="bold"))
            for issue in metric.failing[:most]:
                console.print(tame(f"  {issue}"), soft_wrap=True)
            if most is not None and len(metric.failing) > most:
                cut = True
                console.print(Text(f"  and {count(len(metric.failing) - most)} more", style="dim"))
    if cut:
        console.print(Text("\n--failing all lists everything", style="dim"))


def _print_hint(console: Console, source: Source) -> None:
    if source.at is None and any(each.last_seen is not None for each in source.document.records):
        console.print(Text("\n--at says when, to judge what is stale and who is to be believed", style="dim"))


def _score_text(score: Fraction | None) -> Text:
    if score is None:
        return Text(percent(None))
    return Text(percent(float(score)), style="green" if score == 1 else "red" if score < _POOR else "yellow")


_POOR = Fraction(1, 2)


def _plain(source: Source, report: HealthReport, part: HealthReport | ClassHealth) -> dict[str, object]:
    return {
        "file": str(source.path),
        "at": None if source.at is None else source.at.isoformat(),
        "class": part.ci_class if isinstance(part, ClassHealth) else None,
        "items": part.items,
        "score": _plain_score(part.score),
        "metrics": [
            _plain_metric(each) | {"failing": list(map(_plain_issue, each.failing))} for each in part.metrics
        ],
        "classes": [
            {
                "class": each.ci_class,
                "items": each.items,
                "score": _plain_score(each.score),
                "metrics": [
                    _plain_metric(metric) | {"failing": len(metric.failing)} for metric in each.metrics
                ],
            }
            for each in (report.classes if part is report else ())
        ],
    }


def _plain_metric(metric: HealthMetric) -> dict[str, object]:
    return {
        "metric": metric.name,
        "about": metric.aspect.value,
        "score": _plain_score(metric.score),
        "eligible": metric.eligible,
        "weight": metric.weight if isinstance(metric.weight, int) else str(metric.weight),
    }


def _plain_issue(issue: HealthIssue) -> dict[str, object]:
    return {
        "kind": None if issue.subject is None else issue.subject.kind,
        "key": None if issue.subject is None else list(issue.subject.parts),
        "class": issue.ci_class or None,
        "problem": str(issue),
    }


def _plain_score(score: Fraction | None) -> str | None:
    return None if score is None else str(score)
