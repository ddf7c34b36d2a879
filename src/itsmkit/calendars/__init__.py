"""
Business time: spans, weekly hours, holidays, recurring windows, and exact arithmetic on them.

A calendar is a set of half-open spans of real time, and every question is a question to that set.
"""

from typing import TYPE_CHECKING

from itsmkit._lazy import lazily
from itsmkit.calendars.breaks import Breaks
from itsmkit.calendars.business_calendar import BusinessCalendar
from itsmkit.calendars.business_time import BusinessTime
from itsmkit.calendars.errors import (
    NeverClosesError,
    NeverOpenError,
    OutOfRangeError,
    UnknownHolidaysError,
)
from itsmkit.calendars.holiday_calendar import HolidayCalendar
from itsmkit.calendars.hours_span import HoursSpan
from itsmkit.calendars.landing import Landing
from itsmkit.calendars.time_span import TimeSpan, intersect_spans, merge_spans, subtract_spans
from itsmkit.calendars.weekly_hours import WeeklyHours

if TYPE_CHECKING:
    from itsmkit.calendars.amount import Amount, amount_from, amount_to_plain
    from itsmkit.calendars.business_days import BusinessDays, CountFrom, TimeOfDay
    from itsmkit.calendars.calendar_versions import CalendarVersions
    from itsmkit.calendars.combined_time import CombinedTime, SetOperation
    from itsmkit.calendars.explanation import Cause, CauseKind, ExplainedSpan, Explanation
    from itsmkit.calendars.mapping_form import calendar_from, to_mapping
    from itsmkit.calendars.recurrence import Recurrence
else:
    __getattr__, __dir__ = lazily(
        __name__,
        {
            "itsmkit.calendars.amount": ("Amount", "amount_from", "amount_to_plain"),
            "itsmkit.calendars.business_days": ("BusinessDays", "CountFrom", "TimeOfDay"),
            "itsmkit.calendars.calendar_versions": ("CalendarVersions",),
            "itsmkit.calendars.combined_time": ("CombinedTime", "SetOperation"),
            "itsmkit.calendars.explanation": ("Cause", "CauseKind", "ExplainedSpan", "Explanation"),
            "itsmkit.calendars.mapping_form": ("calendar_from", "to_mapping"),
            "itsmkit.calendars.recurrence": ("Recurrence",),
        },
    )

__all__ = [
    "Amount",
    "Breaks",
    "BusinessCalendar",
    "BusinessDays",
    "BusinessTime",
    "CalendarVersions",
    "Cause",
    "CauseKind",
    "CombinedTime",
    "CountFrom",
    "ExplainedSpan",
    "Explanation",
    "HolidayCalendar",
    "HoursSpan",
    "Landing",
    "NeverClosesError",
    "NeverOpenError",
    "OutOfRangeError",
    "Recurrence",
    "SetOperation",
    "TimeOfDay",
    "TimeSpan",
    "UnknownHolidaysError",
    "WeeklyHours",
    "amount_from",
    "amount_to_plain",
    "calendar_from",
    "intersect_spans",
    "merge_spans",
    "subtract_spans",
    "to_mapping",
]
