"""``itsmkit demo``: a month of a made-up desk, the first thing that a newcomer sees."""

from pathlib import Path
from time import perf_counter

from rich.table import Table
from rich.text import Text

from itsmkit.cli._collections import no_collections
from itsmkit.cli._consoles import error_console, output_console
from itsmkit.cli._outputs import check_outputs, print_written, write_outputs
from itsmkit.cli._progress import RunProgress
from itsmkit.cli._relive import relive_log
from itsmkit.cli._tables import print_result
from itsmkit.cli._wording import count, day, hours
from itsmkit.cli.report import report_page
from itsmkit.interchange import EventLog
from itsmkit.simulate import SimulatedMonth, month

__all__ = ["show_demo"]

_NEXT = (
    ("itsmkit replay LOG --format servicenow-audit", "relive the log of a real desk"),
    ("itsmkit demo --profile dispatch", "a month of another kind of desk"),
    ("itsmkit --help", "everything else"),
)


def show_demo(*, seed: int, report: Path, profile: str | None = None, store: str | None = None) -> None:
    """
    Make up a month, relive it, print what happened, and write its report.

    Raises:
        UsageError: If the report cannot be written there.
        DefinitionError: If there is no such profile.
    """
    check_outputs({"--report": report})
    started = perf_counter()
    with no_collections(), RunProgress(error_console(), "Making up a month") as progress:
        made = month(seed, profile=profile)
        log = EventLog(made.entries, len(made.entries))
        result = relive_log(
            log,
            made.config,
            source=f"made up from seed {seed}" + (f" by the profile {profile}" if profile else ""),
            note=_day_to_remember(made),
            progress=progress,
            started=started,
            store=store,
        )
    write_outputs({report: report_page(result)})
    console = output_console()
    print_result(console, result)
    print_written(console, (report,))
    steps = Table.grid(padding=(0, 2))
    for command, gain in _NEXT:
        steps.add_row(Text(f"  {command}", style="cyan"), Text(gain, style="dim"))
    console.print(Text("\nWhat to try next", style="bold"))
    console.print(steps)


def _day_to_remember(made: SimulatedMonth) -> str:
    outage = made.outage
    hours_there = made.config.calendars.get(outage.site, made.config.reporting_hours)
    began_at = outage.began_at.astimezone(hours_there.tz)
    lasted = hours(outage.restored_at - outage.began_at)
    return (
        f"The day to remember is {day(began_at)}: at {began_at:%H:%M}, {outage.service} failed all of "
        f"{outage.site}, for {lasted}; {count(len(made.outage_tickets))} incidents reported it."
    )
