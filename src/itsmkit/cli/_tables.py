"""The figures of a run as tables for a terminal of any width."""

from collections.abc import Mapping

from rich.columns import Columns
from rich.console import Console
from rich.table import Table
from rich.text import Text

from itsmkit.cli._consoles import tame
from itsmkit.cli._result import ReplayResult, combined, leading
from itsmkit.cli._wording import count, hours, percent, period
from itsmkit.reporting import IncidentReport

__all__ = ["print_result"]

_MOST_ROWS = 6
_WIDE = 72


def print_result(console: Console, result: ReplayResult) -> None:
    """Print what happened, the findings, and the account of every row."""
    report = result.report
    console.print(Text(f"\n{tame(result.title)}", style="bold"))
    console.print(Text(f"{period(report)}, {report.time_zone} · {tame(result.source)}", style="dim"))
    if result.note:
        console.print(tame(result.note))
    console.print()
    console.print(_headline(report))
    if report.incidents:
        for table in (
            _priorities(report, wide=console.width >= _WIDE),
            _promises(report),
            Columns(
                [
                    _counts("State at the end", report.final_states),
                    _counts("Channel", report.by_channel),
                    _counts("Site", report.by_site),
                    _counts("Support group", report.by_group),
                ],
                padding=(0, 4),
            ),
        ):
            console.print()
            console.print(table)
    findings = {str(kind): n for kind, n in result.findings.items()}
    if findings:
        console.print()
        console.print(_counts("Finding", findings, most=len(findings)))
    console.print(f"\n{result.balance}")
    speed = f"{count(round(result.events_per_second))} events/s"
    console.print(Text(f"{result.elapsed_seconds:.1f} s, {speed}", style="dim"))


def _table(*headings: str) -> Table:
    """Return a table whose first column is text and whose others are figures."""
    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0), header_style="bold")
    for place, heading in enumerate(headings):
        table.add_column(heading, justify="right" if place else "left", overflow="fold")
    return table


def _headline(report: IncidentReport) -> Table:
    table = Table.grid(padding=(0, 2, 0, 0))
    table.add_column(style="dim")
    table.add_column(justify="right", style="bold")
    resolved = report.resolved
    figures = [
        ("Incidents", count(report.incidents)),
        ("Resolved", count(resolved.n)),
        ("  median, calendar hours", hours(resolved.calendar_median)),
        ("  90 of 100 within", hours(resolved.calendar_p90)),
        ("  median, business hours", hours(resolved.business_median)),
        ("  90 of 100 within", hours(resolved.business_p90)),
        *(
            (f"Service level kept: {tame(clock)}", percent(combined(kept).share))
            for clock, kept in report.attainment.items()
        ),
        ("Reopened", count(report.reopened)),
        ("Never reassigned", count(report.never_reassigned)),
    ]
    for name, figure in figures:
        table.add_row(name, figure)
    return table


def _priorities(report: IncidentReport, *, wide: bool) -> Table:
    """Return the incidents by priority; the narrow form leaves out what is least asked for."""
    headings = ["Priority", "Incidents", "Resolved", "Median", "90%", "Business median", "90%"]
    chosen = range(len(headings)) if wide else (0, 1, 3, 5)
    table = _table(*(headings[i] for i in chosen))
    for priority, n in sorted(report.by_priority.items()):
        times = report.resolved_by_priority[priority]
        row = (
            tame(priority),
            count(n),
            count(times.n),
            hours(times.calendar_median),
            hours(times.calendar_p90),
            hours(times.business_median),
            hours(times.business_p90),
        )
        table.add_row(*(row[i] for i in chosen))
    return table


def _promises(report: IncidentReport) -> Table:
    table = _table("Service level", "Kept", "Met", "Breached", "Running")
    for clock, by_priority in report.attainment.items():
        for priority, kept in by_priority.items():
            table.add_row(
                tame(f"{clock}, {priority}"),
                percent(kept.share),
                count(kept.met),
                count(kept.breached),
                count(kept.open),
            )
    return table


def _counts(heading: str, counts: Mapping[str, int], *, most: int = _MOST_ROWS) -> Table:
    table = _table(heading, "")
    first, others = leading(counts, most=most)
    for name, n in first:
        table.add_row(tame(name), count(n))
    if others:
        table.add_row(Text(f"{count(len(others))} others", style="dim"), count(sum(others)))
    return table
