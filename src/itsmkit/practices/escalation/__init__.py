"""
Escalation: to those who know more, and to those who decide.

*Functional* escalation hands the work to another group: see `escalate`. *Hierarchical* escalation tells
people of it, one after the other, until somebody takes notice: that is a `Ladder`. All of it is decided by
pure functions of a ticket's history; who runs them, and how often, makes no difference.
"""

from typing import TYPE_CHECKING

from itsmkit._lazy import lazily

if TYPE_CHECKING:
    from itsmkit.practices.escalation.checkpoint_steps import EscalationStep, holders, recipients
    from itsmkit.practices.escalation.climbing import (
        DueStep,
        Hours,
        NextStep,
        Taken,
        acknowledge,
        due_on_ladders,
        next_steps,
        take,
    )
    from itsmkit.practices.escalation.functional import Bounces, LineRoute, bounces_of, escalate, group_for
    from itsmkit.practices.escalation.ladder import CatchUp, Importance, Ladder, LadderStep, Trigger
    from itsmkit.practices.escalation.policy import EscalationPolicy, calendar_problems, due_steps
    from itsmkit.practices.escalation.roles import Chart, OnDuty, RoleBook, RoleHolder
    from itsmkit.practices.escalation.standing import (
        NO_STANDINGS,
        Standing,
        Standings,
        is_told_by_desk,
        is_touch,
        standings_after,
        standings_of,
    )
    from itsmkit.practices.escalation.telling import DeliveryRule, Telling, telling_of, window_end
else:
    __getattr__, __dir__ = lazily(
        __name__,
        {
            "itsmkit.practices.escalation.checkpoint_steps": ("EscalationStep", "holders", "recipients"),
            "itsmkit.practices.escalation.climbing": (
                "DueStep",
                "Hours",
                "NextStep",
                "Taken",
                "acknowledge",
                "due_on_ladders",
                "next_steps",
                "take",
            ),
            "itsmkit.practices.escalation.functional": (
                "Bounces",
                "LineRoute",
                "bounces_of",
                "escalate",
                "group_for",
            ),
            "itsmkit.practices.escalation.ladder": (
                "CatchUp",
                "Importance",
                "Ladder",
                "LadderStep",
                "Trigger",
            ),
            "itsmkit.practices.escalation.policy": ("EscalationPolicy", "calendar_problems", "due_steps"),
            "itsmkit.practices.escalation.roles": ("Chart", "OnDuty", "RoleBook", "RoleHolder"),
            "itsmkit.practices.escalation.standing": (
                "NO_STANDINGS",
                "Standing",
                "Standings",
                "is_told_by_desk",
                "is_touch",
                "standings_after",
                "standings_of",
            ),
            "itsmkit.practices.escalation.telling": ("DeliveryRule", "Telling", "telling_of", "window_end"),
        },
    )

__all__ = [
    "Bounces",
    "CatchUp",
    "Chart",
    "DeliveryRule",
    "DueStep",
    "EscalationPolicy",
    "EscalationStep",
    "Hours",
    "Importance",
    "Ladder",
    "LadderStep",
    "LineRoute",
    "NO_STANDINGS",
    "NextStep",
    "OnDuty",
    "RoleBook",
    "RoleHolder",
    "Standing",
    "Standings",
    "Taken",
    "Telling",
    "Trigger",
    "acknowledge",
    "bounces_of",
    "calendar_problems",
    "due_on_ladders",
    "due_steps",
    "escalate",
    "group_for",
    "holders",
    "is_told_by_desk",
    "is_touch",
    "next_steps",
    "recipients",
    "standings_after",
    "standings_of",
    "take",
    "telling_of",
    "window_end",
]
