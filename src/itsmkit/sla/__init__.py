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
    from itsmkit.sla._specificity import specificity
    from itsmkit.sla.agreement import (
        Agreements,
        CalendarRule,
        Promise,
        ServiceLevelAgreement,
        Terms,
        as_agreements,
        terms_for,
    )
    from itsmkit.sla.agreement_book import (
        AgreementBook,
        agreements_from,
        agreements_to_mapping,
        load_agreements,
    )
    from itsmkit.sla.availability import Availability, measure_availability
    from itsmkit.sla.backtesting import Backtest, Difference, backtest
    from itsmkit.sla.checkpoint import BREACH, Checkpoint
    from itsmkit.sla.checks import Finding, FindingKind, check_agreements, require_sound
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
    from itsmkit.sla.clock_event import REINSTATED, ClockEvent
    from itsmkit.sla.followed_clock import (
        CheckpointKey,
        Clocks,
        FollowedClock,
        Happening,
        after_checkpoint,
        after_events,
        follow_clocks,
        passed_under_other_terms,
        read_followed,
    )
    from itsmkit.sla.leg_chain import LegChain, WorstCase, worst_case
    from itsmkit.sla.legs import Leg, OperationalLevelAgreement, UnderpinningContract, pausing_for, read_legs
    from itsmkit.sla.resolution import Candidate, Resolution, Standing, resolve_terms
    from itsmkit.sla.target import ANSWERED, ASKED, FINISHED, PENDING, Reopening, Target
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
            "itsmkit.sla._specificity": ("specificity",),
            "itsmkit.sla.agreement": (
                "Agreements",
                "CalendarRule",
                "Promise",
                "ServiceLevelAgreement",
                "Terms",
                "as_agreements",
                "terms_for",
            ),
            "itsmkit.sla.agreement_book": (
                "AgreementBook",
                "agreements_from",
                "agreements_to_mapping",
                "load_agreements",
            ),
            "itsmkit.sla.availability": (
                "Availability",
                "measure_availability",
            ),
            "itsmkit.sla.backtesting": (
                "Backtest",
                "Difference",
                "backtest",
            ),
            "itsmkit.sla.checkpoint": (
                "BREACH",
                "Checkpoint",
            ),
            "itsmkit.sla.checks": (
                "Finding",
                "FindingKind",
                "check_agreements",
                "require_sound",
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
            "itsmkit.sla.clock_event": ("REINSTATED", "ClockEvent"),
            "itsmkit.sla.followed_clock": (
                "CheckpointKey",
                "Clocks",
                "FollowedClock",
                "Happening",
                "after_checkpoint",
                "after_events",
                "follow_clocks",
                "passed_under_other_terms",
                "read_followed",
            ),
            "itsmkit.sla.leg_chain": (
                "LegChain",
                "WorstCase",
                "worst_case",
            ),
            "itsmkit.sla.legs": (
                "Leg",
                "OperationalLevelAgreement",
                "UnderpinningContract",
                "pausing_for",
                "read_legs",
            ),
            "itsmkit.sla.resolution": (
                "Candidate",
                "Resolution",
                "Standing",
                "resolve_terms",
            ),
            "itsmkit.sla.target": (
                "ANSWERED",
                "ASKED",
                "FINISHED",
                "PENDING",
                "Reopening",
                "Target",
            ),
        },
    )

__all__ = [
    "ANSWERED",
    "ASKED",
    "AgreementBook",
    "Agreements",
    "Availability",
    "BREACH",
    "Backtest",
    "Breaks",
    "BusinessCalendar",
    "BusinessDays",
    "BusinessTime",
    "CalendarRule",
    "CalendarVersions",
    "Candidate",
    "Checkpoint",
    "CheckpointKey",
    "ClockCycle",
    "ClockEvent",
    "ClockPhase",
    "ClockReading",
    "ClockState",
    "Clocks",
    "CombinedTime",
    "CountFrom",
    "Difference",
    "DueCheckpoint",
    "Explanation",
    "FINISHED",
    "Finding",
    "FindingKind",
    "FollowedClock",
    "Happening",
    "HolidayCalendar",
    "Landing",
    "Leg",
    "LegChain",
    "NeverOpenError",
    "OperationalLevelAgreement",
    "PENDING",
    "Promise",
    "REINSTATED",
    "Recurrence",
    "Reopening",
    "Resolution",
    "ServiceLevelAgreement",
    "Standing",
    "Target",
    "Terms",
    "TimeOfDay",
    "TimeSpan",
    "UnderpinningContract",
    "Verdict",
    "WeeklyHours",
    "WorstCase",
    "advance_clock",
    "after_checkpoint",
    "after_events",
    "agreements_from",
    "agreements_to_mapping",
    "as_agreements",
    "backtest",
    "calendar_from",
    "check_agreements",
    "follow_clocks",
    "load_agreements",
    "measure_availability",
    "next_checkpoint",
    "passed_under_other_terms",
    "pausing_for",
    "read_clock",
    "read_followed",
    "read_legs",
    "read_state",
    "require_sound",
    "resolve_terms",
    "specificity",
    "terms_for",
    "worst_case",
]
