"""Shifts by the calendars of people and their support groups."""

from collections.abc import Mapping
from datetime import datetime

from attrs import frozen

from itsmkit.calendars import BusinessTime, TimeSpan, merge_spans
from itsmkit.errors import NotFoundError
from itsmkit.plugin import Directory

__all__ = ["CalendarShifts"]


@frozen
class CalendarShifts:
    """
    People work in the hours of their calendar; who has none, in those of their support groups.

    Keeps the contract of `itsmkit.plugin.Shifts`. Who has no calendar either way, never works.

    Args:
        directory: Where people and groups are known.
        calendars: The calendars, by the names that people and groups give them.
    """

    directory: Directory
    calendars: Mapping[str, BusinessTime]

    def shifts_of(self, person: str, since: datetime, until: datetime) -> tuple[TimeSpan, ...]:
        """See `Shifts.shifts_of`."""
        try:
            found = self.directory.person(person)
            named = (
                [group.calendar for group in self.directory.groups_of(person)]
                if found.calendar is None
                else [found.calendar]
            )
        except NotFoundError:
            return ()
        calendars = [self.calendars[name] for name in named if name is not None and name in self.calendars]
        return merge_spans(span for each in calendars for span in each.open_spans(since, until))
