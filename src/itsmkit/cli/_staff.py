"""``itsmkit staff forecast`` and ``erlang``: what is to be expected, and how many people that takes."""

from datetime import datetime, timedelta
from json import dumps
from pathlib import Path
from typing import Any

from rich.table import Table

from itsmkit._documents import duration_text
from itsmkit._figures import percent
from itsmkit.calendars import BusinessCalendar, BusinessDays
from itsmkit.cli._collections import no_collections
from itsmkit.cli._consoles import error_console, output_console
from itsmkit.cli._instants import read_amount, read_instant
from itsmkit.cli._log_layout import rules_and_layout
from itsmkit.cli._progress import RunProgress
from itsmkit.cli.errors import UsageError
from itsmkit.interchange import read_event_log
from itsmkit.workforce import (
    ArrivalForecast,
    ArrivalHistory,
    Demand,
    ForecastBacktest,
    QueueFigures,
    ServiceGoal,
    agents_needed,
    backtest_arrivals,
    fit_arrivals,
    queue_figures,
)

__all__ = ["show_erlang", "show_forecast"]

_WEEKDAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
_WEEK = timedelta(weeks=1)
_BESIDE = 3


def show_forecast(
    log: Path,
    *,
    config: Path | None,
    format_name: str | None,
    since: str | None,
    until: str | None,
    folds: int,
    as_json: bool,
) -> None:
    """
    Print how many tickets are to be expected in each hour of a week.

    Raises:
        ItsmkitError: If something cannot be read, or the log is too short.
    """
    rules, log_format = rules_and_layout(config, format_name)
    with no_collections(), RunProgress(error_console()) as progress:
        entries = read_event_log(log, log_format, progress=progress.reading).entries
    opened = {each.ticket: each.opened_at for each in entries}
    if not opened:
        problem = f"{log.name} tells of no ticket; nothing can be foretold from it"
        raise UsageError(problem)
    hours = rules.reporting_hours
    first = (
        _hour_of(min(opened.values()), hours)
        if since is None
        else read_instant(since, "--since", hours.tz).at
    )
    last = (
        _hour_of(max(opened.values()), hours)
        if until is None
        else read_instant(until, "--until", hours.tz).at
    )
    history = ArrivalHistory.of(opened.values(), first, last)
    found = fit_arrivals(history, hours).forecast(history.until, history.until + _WEEK, hours)
    tested = backtest_arrivals(history, hours, folds=folds)
    if as_json:
        print(dumps(_plain(found, tested, history), indent=2))  # noqa: T201  it is what was asked for
        return
    console = output_console()
    console.print(_week(found, hours))
    console.print(
        f"\n{found.expected:.0f} in the week from {history.until.astimezone(hours.tz):%Y-%m-%d %H:%M}"
    )
    console.print(tested.explain())


def _hour_of(instant: datetime, hours: BusinessCalendar) -> datetime:
    """Return when the hour began that an instant is in, as the clocks of a zone show it."""
    return instant.astimezone(hours.tz).replace(minute=0, second=0, microsecond=0)


def _week(found: ArrivalForecast, hours: BusinessCalendar) -> Table:
    """Return the hours of a week as a table: the days beside each other."""
    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0), header_style="bold")
    table.add_column("Hour")
    for weekday in _WEEKDAYS:
        table.add_column(weekday, justify="right")
    expected: dict[tuple[int, int], float] = {}
    for each in found.hours:
        local = each.at.astimezone(hours.tz)
        slot = (local.hour, local.weekday())
        expected[slot] = expected.get(slot, 0.0) + each.expected
    for hour in range(24):
        cells = (f"{expected[hour, day]:.1f}" if (hour, day) in expected else "–" for day in range(7))
        table.add_row(f"{hour:02}:00", *cells)
    return table


def _plain(found: ArrivalForecast, tested: ForecastBacktest, history: ArrivalHistory) -> dict[str, Any]:
    return {
        "counted": {
            "since": history.since.isoformat(),
            "until": history.until.isoformat(),
            "tickets": history.total,
        },
        "backtest": {
            "folds": len(tested.folds),
            "wape": tested.wape,
            "naive_wape": tested.naive_wape,
            "mase": tested.mase,
            "coverage": tested.coverage,
        },
        "confidence": found.confidence,
        "hours": [
            {"at": each.at.isoformat(), "expected": each.expected, "low": each.low, "high": each.high}
            for each in found.hours
        ],
    }


def show_erlang(
    per_hour: float, handling: str, *, within: str, share: float, patience: str | None, as_json: bool
) -> None:
    """
    Print how many agents a stream of work needs, and how it fares with some fewer and some more.

    Raises:
        ItsmkitError: If something cannot be read.
    """
    demand = Demand(per_hour, _length(handling), None if patience is None else _length(patience))
    goal = ServiceGoal(share, _length(within))
    needed = agents_needed(demand, goal)
    beside = range(max(0, needed.agents - _BESIDE), needed.agents + _BESIDE + 1)
    figures = [queue_figures(demand, number, goal.within) for number in beside]
    if as_json:
        print(dumps({"agents": needed.agents, "figures": [*map(_plain_figures, figures)]}, indent=2))  # noqa: T201  as above
        return
    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0), header_style="bold")
    for heading in ("Agents", "In time", "Wait", "Waits", "Busy", "Given up"):
        table.add_column(heading, justify="right")
    for each in figures:
        wait = (
            None if each.average_wait is None else timedelta(seconds=round(each.average_wait.total_seconds()))
        )
        table.add_row(
            str(each.agents),
            percent(each.in_time),
            "without end" if wait is None else duration_text(wait),
            percent(each.waits),
            percent(each.occupancy),
            percent(each.given_up),
            style="bold" if each.agents == needed.agents else None,
        )
    console = output_console()
    console.print(table)
    console.print(f"\n{needed.explain()}")


def _length(text: str) -> timedelta:
    amount = read_amount(text)
    if isinstance(amount, BusinessDays):
        problem = f"{text} is a number of business days; write a length of time, such as 3min"
        raise UsageError(problem)
    return amount


def _plain_figures(figures: QueueFigures) -> dict[str, Any]:
    wait = figures.average_wait
    return {
        "agents": figures.agents,
        "in_time": figures.in_time,
        "average_wait_seconds": None if wait is None else wait.total_seconds(),
        "waits": figures.waits,
        "occupancy": figures.occupancy,
        "given_up": figures.given_up,
    }
