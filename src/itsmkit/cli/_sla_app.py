"""The commands on service levels and their options: ``itsmkit sla …``."""

from pathlib import Path
from typing import Annotated, Literal

from cyclopts import App, Parameter

from itsmkit.cli._calendar_options import CalendarOptions

__all__ = ["sla"]

# Written out, for the values themselves would load the calendars only to show help.
LandingName = Literal["earliest", "open", "next-day"]
CountFromName = Literal["date-of-start", "working-date", "opening-of-working-date", "next-opening"]
TimeOfDayName = Literal["kept", "in-hours", "by-closing", "end-of-working-day", "start-of-working-day"]
Repeated = Annotated[tuple[str, ...], Parameter(show_default=False)]

sla = App(
    name="sla",
    help=(
        "Reckon with open time: when something is due, how much has passed, and why.\n\n"
        "Instants are ISO 8601. One without an offset to UTC is read from the clocks of the calendar's zone; "
        "the answer says so."
    ),
)

_NO_OPTIONS = CalendarOptions()


@sla.command
def due(
    start: str,
    amount: str,
    /,
    *,
    options: CalendarOptions = _NO_OPTIONS,
    pause: Repeated = (),
    landing: LandingName = "earliest",
    count_from: CountFromName | None = None,
    time_of_day: TimeOfDayName | None = None,
    json: bool = False,
    plot: Path | None = None,
) -> None:
    """
    Tell when an amount of open time has passed since an instant.

    Args:
        start: When it begins, such as 2026-03-27T16:00.
        amount: Open time, such as 8h or 1h30min (2d is 48h); or business days, such as 3bd.
        options: The calendar.
        pause: Time that does not count, START/END; may be given again.
        landing: What is due exactly at a closing: that closing, the next opening, or the one of the two on
            whose day work goes on.
        count_from: Where business days begin to count.
        time_of_day: At which time of the last business day it is due.
        json: Print JSON in place of a table.
        plot: Where to draw the weeks in question, as an SVG file.
    """
    from itsmkit.cli._sla import show_due  # noqa: PLC0415  each command loads its own rooms

    show_due(
        start,
        amount,
        options=options,
        pauses=pause,
        landing=landing,
        count_from=count_from,
        time_of_day=time_of_day,
        as_json=json,
        plot=plot,
    )


@sla.command
def elapsed(
    start: str,
    end: str,
    /,
    *,
    options: CalendarOptions = _NO_OPTIONS,
    pause: Repeated = (),
    json: bool = False,
    plot: Path | None = None,
) -> None:
    """
    Tell how much open time lies between two instants.

    Args:
        start: The first one, such as 2026-03-27T16:00.
        end: The second one. If it is the earlier of the two, the answer is negative.
        options: The calendar.
        pause: Time that does not count, START/END; may be given again.
        json: Print JSON in place of a table.
        plot: Where to draw the weeks in question, as an SVG file.
    """
    from itsmkit.cli._sla import show_elapsed  # noqa: PLC0415  as above

    show_elapsed(start, end, options=options, pauses=pause, as_json=json, plot=plot)


@sla.command
def explain(
    start: str,
    end: str,
    /,
    *,
    options: CalendarOptions = _NO_OPTIONS,
    pause: Repeated = (),
    json: bool = False,
    plot: Path | None = None,
) -> None:
    """
    List every stretch of time between two instants, whether it counts, and why.

    Args:
        start: The first one, such as 2026-03-27T16:00.
        end: The second one.
        options: The calendar.
        pause: Time that does not count, START/END; may be given again.
        json: Print JSON in place of a table.
        plot: Where to draw the weeks in question, as an SVG file.
    """
    from itsmkit.cli._sla import show_explanation  # noqa: PLC0415  as above

    show_explanation(start, end, options=options, pauses=pause, as_json=json, plot=plot)


@sla.command
def check(
    file: Path,
    /,
    *,
    priority: Repeated = (),
    year: int | None = None,
    json: bool = False,
) -> int:
    """
    Check a file of calendars and agreements: every fault, each with its path.

    The exit status is 1 if something is wrong.

    Args:
        file: A TOML file; the configuration of a desk, or one calendar, will do.
        priority: A priority that work can have, and that must be covered; may be given again.
        year: The year in which work begins that is looked at; the present one if left out.
        json: Print JSON in place of lines.
    """
    from itsmkit.cli._sla_check import check_file  # noqa: PLC0415  as above

    return check_file(file, priorities=priority, year=year, as_json=json)
