"""The options by which a command is told its calendar."""

from pathlib import Path

from attrs import frozen
from cyclopts import Parameter

__all__ = ["CalendarOptions"]


@Parameter(name="*")  # its fields are the options
@frozen(kw_only=True)
class CalendarOptions:
    """
    A calendar, as options: its hours in full, or the file that has them.

    Args:
        hours: When it is open, such as "Mon-Fri 09:00-17:00"; "24x7" for always.
        tz: Whose clocks show these hours, such as Europe/Berlin.
        holidays: The region whose public holidays close it, such as DE-NW.
        language: The language of their names, such as de; en_US if left out.
        breaks: What is cut out of the hours, such as "12:00-13:00".
        file: A TOML file with calendars, in place of all of these.
        calendar: Which calendar of the file; needed if it has more than one.
    """

    hours: str | None = None
    tz: str | None = None
    holidays: str | None = None
    language: str | None = None
    breaks: str | None = None
    file: Path | None = None
    calendar: str | None = None
