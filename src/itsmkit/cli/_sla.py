"""``itsmkit sla due``, ``elapsed`` and ``explain``: open time, asked from a shell."""

from collections.abc import Iterable, Sequence
from datetime import UTC, date, datetime, timedelta
from json import dumps
from pathlib import Path

from rich.console import JustifyMethod
from rich.table import Table
from rich.text import Text

from itsmkit._documents import duration_text
from itsmkit.calendars import (
    BusinessCalendar,
    BusinessDays,
    CauseKind,
    CountFrom,
    ExplainedSpan,
    Landing,
    NeverOpenError,
    TimeOfDay,
)
from itsmkit.cli._calendar_options import CalendarOptions
from itsmkit.cli._calendars import read_calendar
from itsmkit.cli._consoles import output_console, tame
from itsmkit.cli._instants import Instant, read_amount, read_instant, read_pause
from itsmkit.cli._outputs import check_outputs, print_written, write_outputs
from itsmkit.cli._reckoning import Reckoning, due_at
from itsmkit.cli._wording import day, day_and_weekday, instant, time_of_day
from itsmkit.cli.errors import UsageError
from itsmkit.cli.plots import open_time_plot

__all__ = ["show_due", "show_elapsed", "show_explanation"]

_MOST_HOLIDAYS = 6

Rows = list[tuple[str, str | Text]]


def show_due(
    start: str,
    amount: str,
    *,
    options: CalendarOptions,
    pauses: Sequence[str],
    landing: str,
    count_from: str | None,
    time_of_day: str | None,
    as_json: bool,
    plot: Path | None,
) -> None:
    """
    Print when an amount of open time, or a number of business days, has passed since an instant.

    Raises:
        ItsmkitError: If something cannot be read, or there is not so much open time.
    """
    _check_plot(plot, options)
    calendar = read_calendar(options)
    since = read_instant(start, "START", calendar.tz)
    wanted = _with_days_as_asked(read_amount(amount), amount, count_from, time_of_day)
    spans = [read_pause(pause, calendar.tz) for pause in pauses]
    way = Landing(landing.replace("-", "_"))
    due = due_at(calendar, since.at, wanted, pauses=spans, landing=way)
    reckoning = Reckoning(calendar=calendar, start=since.at, end=due, pauses=spans)
    in_words = _amount_in_words(wanted)
    lead = f"{in_words} from {_spelled(reckoning.local(reckoning.start))}"
    _write_plot(plot, reckoning, f"Due {_spelled(reckoning.local(due))}", lead, "due")
    if as_json:
        plain = reckoning.to_plain()
        due_in_zone = plain.pop("end")
        answer = {
            "due": due_in_zone,
            "due_utc": due.isoformat(),
            "is_open": calendar.is_open(due),
            "amount": str(wanted) if isinstance(wanted, BusinessDays) else duration_text(wanted),
            "landing": way.value,
        }
        _print_json({**answer, **plain})
        return
    rows: Rows = [
        *_in_both_zones("Due", due, calendar),
        ("Start", _typed(since, calendar)),
        ("Amount", in_words + _reminder_of_days(wanted, amount)),
        *_told_alike(reckoning),
    ]
    if not calendar.is_open(due) and way is not Landing.OPEN:
        rows.append(("Note", f"closed then; {_next_opening(reckoning, wanted)}"))
    _print_rows(rows, plot)


def show_elapsed(
    start: str,
    end: str,
    *,
    options: CalendarOptions,
    pauses: Sequence[str],
    as_json: bool,
    plot: Path | None,
) -> None:
    """
    Print how much open time lies between two instants.

    Raises:
        ItsmkitError: If something cannot be read, or an instant lies outside what the calendar knows.
    """
    _check_plot(plot, options)
    reckoning, since, until = _between(start, end, options, pauses)
    elapsed = duration_text(reckoning.elapsed)
    _write_plot(plot, reckoning, f"{elapsed} of open time", _from_to(reckoning), "end")
    if as_json:
        _print_json(reckoning.to_plain())
        return
    calendar = reckoning.calendar
    rows: Rows = [
        ("Elapsed", Text(elapsed, style="bold")),
        ("Start", _typed(since, calendar)),
        ("End", _typed(until, calendar)),
        *_told_alike(reckoning),
    ]
    _print_rows(rows, plot)


def show_explanation(
    start: str,
    end: str,
    *,
    options: CalendarOptions,
    pauses: Sequence[str],
    as_json: bool,
    plot: Path | None,
) -> None:
    """
    Print every stretch of time between two instants, whether it counts, and why.

    Raises:
        ItsmkitError: If something cannot be read, or an instant lies outside what the calendar knows.
    """
    _check_plot(plot, options)
    reckoning, _, _ = _between(start, end, options, pauses)
    elapsed = duration_text(reckoning.elapsed)
    _write_plot(plot, reckoning, f"{elapsed} of open time", _from_to(reckoning), "end")
    if as_json:
        _print_json({**reckoning.to_plain(), "entries": reckoning.plain_entries()})
        return
    console = output_console()
    console.print(_entries(reckoning))
    console.print(Text.assemble("\n", ("Open time: ", "dim"), (elapsed, "bold")))
    console.print(Text(tame(_calendar_in_words(reckoning.calendar)), style="dim"), soft_wrap=True)
    if plot is not None:
        print_written(console, (plot,))


# -- reading -----------------------------------------------------------------------------------------


def _between(
    start: str, end: str, options: CalendarOptions, pauses: Iterable[str]
) -> tuple[Reckoning, Instant, Instant]:
    calendar = read_calendar(options)
    since, until = read_instant(start, "START", calendar.tz), read_instant(end, "END", calendar.tz)
    spans = [read_pause(pause, calendar.tz) for pause in pauses]
    reckoning = Reckoning(calendar=calendar, start=since.at, end=until.at, pauses=spans)
    return reckoning, since, until


def _with_days_as_asked(
    amount: timedelta | BusinessDays, text: str, count_from: str | None, time_of_day: str | None
) -> timedelta | BusinessDays:
    """Return *amount*; business days are counted as the options say."""
    if isinstance(amount, timedelta):
        if count_from is not None or time_of_day is not None:
            problem = f"--count-from and --time-of-day are for business days, such as 3bd, not for {text}"
            raise UsageError(problem)
        return amount
    return BusinessDays(
        amount.number,
        count_from=CountFrom((count_from or "date-of-start").replace("-", "_")),
        time_of_day=TimeOfDay((time_of_day or "kept").replace("-", "_")),
    )


def _check_plot(plot: Path | None, options: CalendarOptions) -> None:
    check_outputs({"--plot": plot}, inputs=[] if options.file is None else [options.file])


def _write_plot(plot: Path | None, reckoning: Reckoning, heading: str, lead: str, end: str) -> None:
    if plot is not None:
        hours = _calendar_in_words(reckoning.calendar)
        write_outputs({plot: open_time_plot(reckoning, heading=heading, lead=lead, hours=hours, end=end)})


# -- wording -----------------------------------------------------------------------------------------


def _spelled(at: datetime) -> str:
    """Return an instant as one reads it out; which offset holds is told elsewhere."""
    return f"{at:%A} {day(at)}, {at:%H:%M}"


def _from_to(reckoning: Reckoning) -> str:
    start, end = map(reckoning.local, (reckoning.span.start, reckoning.span.end))
    return f"From {_spelled(start)} to {_spelled(end)}"


def _amount_in_words(amount: timedelta | BusinessDays) -> str:
    if isinstance(amount, BusinessDays):
        return str(amount)
    return f"{duration_text(amount)} of open time"


def _reminder_of_days(amount: timedelta | BusinessDays, text: str) -> str:
    """Return what somebody who typed ``2d`` may have to be told."""
    days, is_days, _ = text.strip().partition("d")
    if isinstance(amount, BusinessDays) or not is_days:
        return ""
    return f"; {days}d is a duration, and {days}bd would be working days"


def _typed(typed: Instant, calendar: BusinessCalendar) -> str:
    text = instant(typed.at.astimezone(calendar.tz))
    return f"{text}, read from the clocks of {calendar.tz.key}" if typed.in_zone_of_calendar else text


def _in_both_zones(label: str, at: datetime, calendar: BusinessCalendar) -> Rows:
    """Return the rows that tell an instant in the zone of the calendar, and in UTC if that is another."""
    local = Text.assemble((instant(at.astimezone(calendar.tz)), "bold"), f"  {calendar.tz.key}")
    if calendar.tz.key == "UTC":
        return [(label, local)]
    return [(label, local), ("", f"{instant(at.astimezone(UTC))}  UTC")]


def _told_alike(reckoning: Reckoning) -> Rows:
    """Return what every answer tells of its calendar, its holidays and its pauses."""
    rows: Rows = [("Hours", _calendar_in_words(reckoning.calendar))]
    for number, (closed, name) in enumerate(list(reckoning.holidays.items())[:_MOST_HOLIDAYS]):
        rows.append(("" if number else "Closed", _holiday(closed, name)))
    others = len(reckoning.holidays) - _MOST_HOLIDAYS
    if others > 0:
        rows.append(("", f"and {others} more holidays"))
    for number, pause in enumerate(reckoning.pauses):
        edges = (instant(reckoning.local(at)) for at in (pause.start, pause.end))
        rows.append(("" if number else "Paused", " to ".join(edges)))
    return rows


def _holiday(closed: date, name: str) -> str:
    return f"{day_and_weekday(closed)}, {name}"


def _next_opening(reckoning: Reckoning, amount: timedelta | BusinessDays) -> str:
    try:
        opens = instant(reckoning.counting.next_open(reckoning.end))
    except NeverOpenError:
        return "no later opening is known"
    return f"opens {opens}" if isinstance(amount, BusinessDays) else f"opens {opens} (--landing open)"


def _calendar_in_words(calendar: BusinessCalendar) -> str:
    options = calendar.options
    name = f"{calendar.name}: " if calendar.name else ""
    parts = [f"{name}{calendar}", calendar.tz.key]
    if calendar.holidays is not None:
        parts.append(f"holidays of {calendar.holidays.region}" if calendar.holidays.region else "holidays")
    others = {"special_hours": "special hours", "breaks": "breaks", "dst": "dst by edges"}
    parts.extend(words for option, words in others.items() if option in options)
    return ", ".join(parts)


# -- printing ----------------------------------------------------------------------------------------


def _print_json(answer: dict[str, object]) -> None:
    output_console().print(dumps(answer, ensure_ascii=False, indent=2), soft_wrap=True)


def _print_rows(rows: Rows, plot: Path | None) -> None:
    console = output_console()
    table = Table.grid(padding=(0, 2, 0, 0))
    table.add_column(style="dim")
    table.add_column(overflow="fold")
    for label, value in rows:
        table.add_row(label, tame(value) if isinstance(value, str) else value)
    console.print(table)
    if plot is not None:
        print_written(console, (plot,))


def _entries(reckoning: Reckoning) -> Table:
    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0), header_style="bold")
    for heading in ("Day", "From", "To", "Counts", "Why"):
        justify: JustifyMethod = "right" if heading in {"To", "Counts"} else "left"
        table.add_column(heading, justify=justify, overflow="fold")
    told = ""
    for entry in reckoning.entries:
        since, until = map(reckoning.local, (entry.span.start, entry.span.end))
        day = day_and_weekday(since)
        row = (
            "" if day == told else day,
            time_of_day(since),
            time_of_day(until) if until.date() == since.date() else f"{until:%a} {time_of_day(until)}",
            duration_text(entry.span.duration) if entry.counted else "",
            tame(_why(entry)),
        )
        table.add_row(*row, style="" if entry.counted else "dim")
        told = day
    return table


def _why(entry: ExplainedSpan) -> str:
    paused = any(cause.kind is CauseKind.EXCLUDED for cause in entry.causes)
    return "paused" if paused else entry.cause
