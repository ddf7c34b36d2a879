"""Breaks: what is cut out of the opening hours."""

from collections.abc import Mapping
from datetime import date

from attrs import field, frozen

from itsmkit._checks import is_a
from itsmkit._frozen import EMPTY
from itsmkit.calendars._dated_hours import DatedHours, DayHours, dated_hours
from itsmkit.calendars.weekly_hours import ALWAYS_TEXT, WeeklyHours
from itsmkit.errors import DefinitionError

__all__ = ["Breaks"]


def _weekly(hours: WeeklyHours | str) -> WeeklyHours:
    if isinstance(hours, WeeklyHours):
        return hours
    if not is_a(hours, str):
        problem = f"weekly breaks are WeeklyHours or their text, as in 'Mon-Fri 12:00-13:00', not {hours!r}"
        raise DefinitionError(problem)
    if hours.strip().lower() == ALWAYS_TEXT:
        return WeeklyHours.always()
    clauses = (clause.strip() for clause in hours.split(";"))
    return WeeklyHours.parse(
        "; ".join(f"Mon-Sun {clause}" if clause[:1].isdigit() else clause for clause in clauses)
    )


def _dated(entries: Mapping[date, DayHours]) -> DatedHours:
    found = dated_hours(entries, "breaks")
    if problems := [
        f"breaks on {day} have no hours; leave the date out (the weekly breaks hold on it in any case)"
        for day, spans in found.items()
        if not spans
    ]:
        raise DefinitionError(*problems)
    return found


@frozen
class Breaks:
    """
    What is cut out of the opening hours, whatever opened them: every week, on single dates, or both.

    A break is read on the wall clock as hours are, and may run overnight. One that meets nothing open has
    no effect, so that a lunch break for every day needs no exception for Sundays.

    Args:
        weekly: The breaks of each week, or their text: see `WeeklyHours.parse`. Hours without a day, such as
            ``"12:00-13:00"``, are those of every day.
        dated: Further breaks, by the local date on which they begin: ``{date(2026, 12, 24): "12:00-13:00"}``.
            They are added to the weekly ones and replace none.

    Raises:
        DefinitionError: If hours cannot be read, those of a day overlap, or a date has none.

    >>> from datetime import date
    >>> lunch = Breaks("12:00-13:00; Fri 15:00-15:30", dated={date(2026, 12, 24): "10:00-10:30"})
    >>> print(lunch.weekly)
    Mon-Thu,Sat-Sun 12:00-13:00; Fri 12:00-13:00,15:00-15:30
    """

    weekly: WeeklyHours = field(factory=WeeklyHours, converter=_weekly)
    dated: DatedHours = field(default=EMPTY, kw_only=True, converter=_dated)

    def __bool__(self) -> bool:
        """Tell whether there is any break."""
        return bool(self.dated) or any(self.weekly.days)
