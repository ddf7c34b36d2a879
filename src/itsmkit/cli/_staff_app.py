"""The commands on the workforce and their options: ``itsmkit staff …``."""

from pathlib import Path

from cyclopts import App

__all__ = ["staff"]

staff = App(
    name="staff",
    help=(
        "Plan the workforce: what is to be expected, and how many people that takes.\n\n"
        "Lengths of time are such as 20s, 3min or 1h30min."
    ),
)


@staff.command
def forecast(
    log: Path,
    /,
    *,
    config: Path | None = None,
    format: str | None = None,  # noqa: A002  it is the name of the option
    since: str | None = None,
    until: str | None = None,
    folds: int = 4,
    json: bool = False,
) -> None:
    """
    Forecast a week from an event log: how many tickets are to be expected in each hour of it.

    Hours are those of the calendar that the reports of the desk count by. It is told besides how good such
    forecasts would have been in the last weeks of the log.

    Args:
        log: A CSV file with one row for each change of a ticket; it may be compressed by gzip.
        config: A TOML file with the rules of the desk, and with the layout of the log in its table [log].
        format: The name of a built-in layout, such as servicenow-audit.
        since: From when on tickets are counted; if left out, from the first one on.
        until: Up to when, and from when on it is forecast; if left out, up to the last one.
        folds: How many weeks at the end of the log are tried to be foretold.
        json: Print JSON in place of a table.
    """
    from itsmkit.cli._staff import show_forecast  # noqa: PLC0415  each command loads its own rooms

    show_forecast(log, config=config, format_name=format, since=since, until=until, folds=folds, as_json=json)


@staff.command
def erlang(
    per_hour: float,
    handling: str,
    /,
    *,
    within: str = "20s",
    share: float = 0.8,
    patience: str | None = None,
    json: bool = False,
) -> None:
    """
    Tell how many agents a stream of work needs, and how it fares with some fewer and some more.

    Args:
        per_hour: How much arrives in an hour.
        handling: How long one takes an agent on average, such as 3min.
        within: How soon one is to be taken up.
        share: Which share of all: above 0, below 1.
        patience: How long people wait on average before they give up; if left out, for as long as it takes.
        json: Print JSON in place of a table.
    """
    from itsmkit.cli._staff import show_erlang  # noqa: PLC0415  as above

    show_erlang(per_hour, handling, within=within, share=share, patience=patience, as_json=json)
