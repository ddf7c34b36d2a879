"""The page: figures and charts put into the template, every text escaped."""

from collections.abc import Mapping
from datetime import timedelta
from functools import cache

from attrs import frozen
from jinja2 import Environment, PackageLoader, StrictUndefined, Template
from markupsafe import Markup

from itsmkit import __version__
from itsmkit.cli import _wording as wording
from itsmkit.cli._result import ReplayResult, combined, leading
from itsmkit.cli.report._bins import gathered
from itsmkit.cli.report._charts import WEEKDAYS, backlog_chart, flow_chart, hours_chart
from itsmkit.cli.report._finding_rules import FINDING_RULES
from itsmkit.cli.report._state_flow import state_flow

__all__ = ["report_page"]

_MOST_ROWS = 10


@frozen
class _Row:
    """
    A line of a ranking.

    Args:
        name: As the data has it; ``None`` for what is left over.
        figure: As it is spelled.
        share: Of all, 0 to 1.
        others: How many are gathered in it.
    """

    name: str | None
    figure: str
    share: float
    others: int = 0


def report_page(result: ReplayResult) -> str:
    """
    Return *result* as one HTML page, complete in itself: it asks for no network and runs no script.

    Equal results make equal pages, whenever and wherever they are made.
    """
    report = result.report
    bins = gathered(report.days)
    charts = {}
    if bins.parts:
        charts["flow"] = flow_chart(bins)
        charts["backlog"] = backlog_chart(bins)
        charts["hours"] = hours_chart(report.opened_by_hour)
    if report.state_changes:
        charts["moves"] = state_flow(report.state_changes)
    return _template().render(
        result=result,
        report=report,
        period=wording.period(report),
        unit=bins.unit,
        charts=charts,
        kept={clock: combined(by_priority) for clock, by_priority in report.attainment.items()},
        weekdays=WEEKDAYS,
        rankings={
            "Channels": _ranked(report.by_channel),
            "Sites": _ranked(report.by_site),
            "Support groups": _ranked(report.by_group),
        },
        final_states=_ranked(report.final_states),
        time_in_state=_durations(report.time_in_state),
        finding_rules=FINDING_RULES,
        version=__version__,
    )


@cache
def _template() -> Template:
    environment = Environment(
        loader=PackageLoader("itsmkit.cli.report"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters |= {"count": wording.count, "hours": _hours, "percent": wording.percent}
    return environment.get_template("report.html")


def _hours(duration: timedelta | None) -> Markup:
    """Return a duration that neither breaks nor turns around in right-to-left text."""
    return Markup("<bdi>{}</bdi>").format(wording.hours(duration).replace(" ", "\N{NO-BREAK SPACE}"))


def _ranked(counts: Mapping[str, int]) -> list[_Row]:
    """Return the ten with most, and all others in one row."""
    total = sum(counts.values())
    first, others = leading(counts, most=_MOST_ROWS)
    rows = [_Row(name, wording.count(n), n / total) for name, n in first]
    if others:
        rows.append(_Row(None, wording.count(sum(others)), sum(others) / total, len(others)))
    return rows


def _durations(times: Mapping[str, timedelta]) -> list[_Row]:
    total = sum(times.values(), timedelta())
    return [_Row(name, _hours(time), time / total if total else 0.0) for name, time in times.items()]
