"""
Work aids: what people do again and again, kept as data that is versioned, permissioned and tested.

>>> from itsmkit.practices.work_aids import filled
>>> filled("{number}: we are on it, {requester}.", {"number": "INC-1", "requester": "bob"})
'INC-1: we are on it, bob.'
"""

from typing import TYPE_CHECKING

from itsmkit._lazy import lazily

if TYPE_CHECKING:
    from itsmkit.practices.work_aids.checklist import (
        Checklist,
        ChecklistItem,
        ChecklistTemplate,
        begin_checklist,
        check_item,
    )
    from itsmkit.practices.work_aids.macro import Macro, MacroStep
    from itsmkit.practices.work_aids.placeholders import filled, placeholders_in
    from itsmkit.practices.work_aids.reply import CannedReply
    from itsmkit.practices.work_aids.reply_policy import ReplyPolicy
    from itsmkit.practices.work_aids.schedule import (
        CatchUp,
        DueOccurrence,
        Occurrence,
        Schedule,
        ShiftRule,
        due_occurrence,
        keep_schedule,
        next_occurrence,
        note_problem,
        occurrence_id,
        settle,
    )
    from itsmkit.practices.work_aids.suggestion import (
        ReplyAction,
        SuggestedReply,
        Suggestion,
        chosen_reply,
    )
    from itsmkit.practices.work_aids.ticket_template import TicketTemplate
else:
    __getattr__, __dir__ = lazily(
        __name__,
        {
            "itsmkit.practices.work_aids.checklist": (
                "Checklist",
                "ChecklistItem",
                "ChecklistTemplate",
                "begin_checklist",
                "check_item",
            ),
            "itsmkit.practices.work_aids.macro": ("Macro", "MacroStep"),
            "itsmkit.practices.work_aids.placeholders": ("filled", "placeholders_in"),
            "itsmkit.practices.work_aids.reply": ("CannedReply",),
            "itsmkit.practices.work_aids.reply_policy": ("ReplyPolicy",),
            "itsmkit.practices.work_aids.schedule": (
                "CatchUp",
                "DueOccurrence",
                "Occurrence",
                "Schedule",
                "ShiftRule",
                "due_occurrence",
                "keep_schedule",
                "next_occurrence",
                "note_problem",
                "occurrence_id",
                "settle",
            ),
            "itsmkit.practices.work_aids.suggestion": (
                "ReplyAction",
                "SuggestedReply",
                "Suggestion",
                "chosen_reply",
            ),
            "itsmkit.practices.work_aids.ticket_template": ("TicketTemplate",),
        },
    )

__all__ = [
    "CannedReply",
    "CatchUp",
    "Checklist",
    "ChecklistItem",
    "ChecklistTemplate",
    "DueOccurrence",
    "Macro",
    "MacroStep",
    "Occurrence",
    "ReplyAction",
    "ReplyPolicy",
    "Schedule",
    "ShiftRule",
    "SuggestedReply",
    "Suggestion",
    "TicketTemplate",
    "begin_checklist",
    "check_item",
    "chosen_reply",
    "due_occurrence",
    "filled",
    "keep_schedule",
    "next_occurrence",
    "note_problem",
    "occurrence_id",
    "placeholders_in",
    "settle",
]
