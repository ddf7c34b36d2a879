"""The calendar that a command was told by its options."""

from collections.abc import Mapping
from pathlib import Path

from attrs import asdict, evolve

from itsmkit._documents import load_toml
from itsmkit.calendars import BusinessCalendar, calendar_from
from itsmkit.cli._calendar_options import CalendarOptions
from itsmkit.cli.errors import UsageError

__all__ = ["read_calendar"]


def read_calendar(options: CalendarOptions) -> BusinessCalendar:
    """
    Return the calendar that *options* name.

    Raises:
        UsageError: If they name none, or two.
        DefinitionError: If the calendar cannot be right; with every fault.
    """
    given = {name: value for name, value in asdict(options).items() if value is not None}
    file, name = given.pop("file", None), given.pop("calendar", None)
    if file is not None:
        if given:
            problem = f"--file brings a calendar of its own; leave it out, or {_flags(given)}"
            raise UsageError(problem)
        return _of_file(file, name)
    if name is not None:
        problem = f"--calendar {name} is looked up in a file; name it with --file"
        raise UsageError(problem)
    if "hours" not in given or "tz" not in given:
        problem = (
            "say when it is open, and by whose clocks: --hours 'Mon-Fri 09:00-17:00' --tz Europe/Berlin; or "
            "name a file that does: --file desk.toml --calendar office"
        )
        raise UsageError(problem)
    return BusinessCalendar.parse(given.pop("hours"), **given)


def _of_file(path: Path, name: str | None) -> BusinessCalendar:
    """Return the calendar of this name, or the only one; a file may also be one calendar as a whole."""
    document = load_toml(path)
    described = document.get("calendars")
    if not isinstance(described, Mapping) or not described:
        if "hours" not in document:
            problem = f"{path}: has no calendar; add a table such as [calendars.office]"
            raise UsageError(problem)
        calendar = calendar_from(document, where=path.name)
        if name not in {None, calendar.name}:
            problem = f"{path}: is one calendar as a whole, and not called {name!r}; leave out --calendar"
            raise UsageError(problem)
        return calendar
    if name is None and len(described) > 1:
        problem = f"{path}: has several calendars; choose one with --calendar: {', '.join(described)}"
        raise UsageError(problem)
    chosen = next(iter(described)) if name is None else name
    if chosen not in described:
        problem = f"{path}: has no calendar {chosen!r}; it has {', '.join(described)}"
        raise UsageError(problem)
    calendar = calendar_from(described[chosen], where=path.name, at=f"calendars.{chosen}")
    return calendar if calendar.name is not None else evolve(calendar, name=chosen)


def _flags(given: Mapping[str, object]) -> str:
    return ", ".join(f"--{name}" for name in given)
