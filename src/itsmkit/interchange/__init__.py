"""
The doors to other systems: values in, values out.

An event log is what most systems can export: one row for each change of a ticket.

>>> from itsmkit.interchange import EventLogColumns, EventLogFormat, LogEntry, read_event_log, write_event_log
>>> from datetime import UTC, datetime
>>> from pathlib import Path
>>> from tempfile import TemporaryDirectory
>>> layout = EventLogFormat(columns=EventLogColumns(ticket="number", at="updated", state="state"))
>>> opened = LogEntry(ticket="INC-1", order=0, at=datetime(2026, 3, 2, 9, tzinfo=UTC), state="New")
>>> with TemporaryDirectory() as folder:
...     file = Path(folder, "log.csv.gz")
...     write_event_log(file, [opened], layout)
...     log = read_event_log(file, layout)
>>> [(entry.ticket, entry.state, entry.line) for entry in log.entries]
[('INC-1', 'New', 2)]
"""

from typing import TYPE_CHECKING

from itsmkit._lazy import lazily

if TYPE_CHECKING:
    from itsmkit.interchange._csv_rows import ReadingProgress
    from itsmkit.interchange.closures import Closure, Closures, read_closures
    from itsmkit.interchange.duty_calendars import duties_to_ical, read_leaves, read_overrides
    from itsmkit.interchange.errors import CalendarFileError, EventLogError
    from itsmkit.interchange.event_log import EventLog, LogEntry
    from itsmkit.interchange.event_log_format import EventLogColumns, EventLogFormat
    from itsmkit.interchange.event_log_reader import read_event_log
    from itsmkit.interchange.event_log_writer import write_event_log
    from itsmkit.interchange.finding import Finding, FindingKind
else:
    __getattr__, __dir__ = lazily(
        __name__,
        {
            "itsmkit.interchange._csv_rows": ("ReadingProgress",),
            "itsmkit.interchange.closures": ("Closure", "Closures", "read_closures"),
            "itsmkit.interchange.duty_calendars": ("duties_to_ical", "read_leaves", "read_overrides"),
            "itsmkit.interchange.errors": ("CalendarFileError", "EventLogError"),
            "itsmkit.interchange.event_log": ("EventLog", "LogEntry"),
            "itsmkit.interchange.event_log_format": ("EventLogColumns", "EventLogFormat"),
            "itsmkit.interchange.event_log_reader": ("read_event_log",),
            "itsmkit.interchange.event_log_writer": ("write_event_log",),
            "itsmkit.interchange.finding": ("Finding", "FindingKind"),
        },
    )

__all__ = [
    "CalendarFileError",
    "Closure",
    "Closures",
    "EventLog",
    "EventLogColumns",
    "EventLogError",
    "EventLogFormat",
    "Finding",
    "FindingKind",
    "LogEntry",
    "ReadingProgress",
    "duties_to_ical",
    "read_closures",
    "read_event_log",
    "read_leaves",
    "read_overrides",
    "write_event_log",
]
