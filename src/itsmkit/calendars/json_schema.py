"""The JSON Schema of calendars, for editors that check and complete TOML and JSON while one writes."""

from datetime import date
from typing import Any
from zoneinfo import ZoneInfo

from itsmkit._schemas import DIALECT, SchemaMaker
from itsmkit.calendars.breaks import Breaks
from itsmkit.calendars.business_calendar import BusinessCalendar
from itsmkit.calendars.mapping_form import _Calendar, _Day
from itsmkit.calendars.weekly_hours import WeeklyHours

__all__ = ["calendar_schema"]


def calendar_schema() -> dict[str, Any]:
    """
    Return the JSON Schema (draft 2020-12) of the mapping form of calendars.

    Returns:
        A new mapping on each call, ready for JSON.

    >>> calendar_schema()["required"]
    ['hours', 'time_zone']
    """
    hours = {"type": "string", "examples": ["Mon-Fri 09:00-17:00", "24x7"]}
    maker = SchemaMaker(
        {
            date: {"type": "string", "format": "date"},
            ZoneInfo: {"type": "string", "examples": ["Europe/Berlin", "UTC"]},
            WeeklyHours: hours,
            Breaks: {"type": "string", "examples": ["Mon-Fri 12:00-13:00"]},
            _Day: {"type": "string", "examples": ["09:00-13:00", "closed"]},
        },
        words={_Calendar: [BusinessCalendar]},
    )
    return {
        "$schema": DIALECT,
        "title": "Calendar",
        "description": "The hours in which clocks count.",
        **maker.table(_Calendar),
    }
