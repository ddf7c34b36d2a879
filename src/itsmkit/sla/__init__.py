"""
Service levels: promises in business hours, and clocks that are read from history.

This engine stands alone: it knows no ticket, no desk and no store. What it needs of the calendar's room is
offered here too, so that one import serves. The names load on first use: who only adds business hours does
not pay for clocks and agreements.
"""

from typing import TYPE_CHECKING

from itsmkit._lazy import lazily

if TYPE_CHECKING:
    from itsmkit.calendars import (
        Breaks,
        BusinessCalendar,
        BusinessDays,
        BusinessTime,
        CalendarVersions,
        CombinedTime,
        CountFrom,
        Explanation,
        HolidayCalendar,
        Landing,
        NeverOpenError,
        Recurrence,
        TimeOfDay,
        TimeSpan,
        WeeklyHours,
        calendar_from,
    )
    from itsmkit.sla.agreement import Promise, ServiceLevelAgreement, Terms, terms_for
    from itsmkit.sla.checkpoint import BREACH, Checkpoint
    from itsmkit.sla.clock import (
        ClockCycle,
        ClockPhase,
        ClockReading,
        ClockState,
        DueCheckpoint,
        Verdict,
        advance_clock,
        next_checkpoint,
        read_clock,
        read_state,
    )
    from itsmkit.sla.clock_event import ClockEvent
    from itsmkit.sla.target import Reopening, Target
else:
    __getattr__, __dir__ = lazily(
        __name__,
        {
            "itsmkit.calendars": (
                "Breaks",
                "BusinessCalendar",
                "BusinessDays",
                "BusinessTime",
                "CalendarVersions",
                "CombinedTime",
                "CountFrom",
                "Explanation",
                "HolidayCalendar",
                "Landing",
                "NeverOpenError",
                "Recurrence",
                "TimeOfDay",
                "TimeSpan",
                "WeeklyHours",
                "calendar_from",
            ),
            "itsmkit.sla.agreement": (
                "Promise",
                "ServiceLevelAgreement",
                "Terms",
                "terms_for",
            ),
            "itsmkit.sla.checkpoint": (
                "BREACH",
                "Checkpoint",
            ),
            "itsmkit.sla.clock": (
                "ClockCycle",
                "ClockPhase",
                "ClockReading",
                "ClockState",
                "DueCheckpoint",
                "Verdict",
                "advance_clock",
                "next_checkpoint",
                "read_clock",
                "read_state",
            ),
            "itsmkit.sla.clock_event": ("ClockEvent",),
            "itsmkit.sla.target": (
                "Reopening",
                "Target",
            ),
        },
    )

__all__ = [
    "BREACH",
    "Breaks",
    "BusinessCalendar",
    "BusinessDays",
    "BusinessTime",
    "CalendarVersions",
    "Checkpoint",
    "ClockCycle",
    "ClockEvent",
    "ClockPhase",
    "ClockReading",
    "ClockState",
    "CombinedTime",
    "CountFrom",
    "DueCheckpoint",
    "Explanation",
    "HolidayCalendar",
    "Landing",
    "NeverOpenError",
    "Promise",
    "Recurrence",
    "Reopening",
    "ServiceLevelAgreement",
    "Target",
    "Terms",
    "TimeOfDay",
    "TimeSpan",
    "Verdict",
    "WeeklyHours",
    "advance_clock",
    "calendar_from",
    "next_checkpoint",
    "read_clock",
    "read_state",
    "terms_for",
]
