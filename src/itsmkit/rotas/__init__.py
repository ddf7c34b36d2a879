"""
Who is on duty: rotas by layers and hand-overs, and what changes them from day to day.

A `Rota` is what is planned, a `Roster` is a rota with all overrides, swaps and leaves. It answers who is on
duty at any instant, who comes next, and all duties over any time; `gaps` and `overlaps` prove that it is as
many as are meant to be, and `fairness` tells how it is shared out. All of it is spans of real time, so that a
night in which the clocks change has its true length.

It reads no clock, and knows nothing of tickets and desks.
"""

from typing import TYPE_CHECKING

from itsmkit._lazy import lazily

if TYPE_CHECKING:
    from itsmkit.rotas.changes import (
        Acknowledgement,
        Consent,
        HandOffNote,
        Leave,
        LeaveApproval,
        Override,
        Swap,
        SwapState,
    )
    from itsmkit.rotas.coverage import gaps, overlaps
    from itsmkit.rotas.duty import Duty, DutyReason, DutyRule, Gap, OnDuty, Overlap, Post
    from itsmkit.rotas.roster import LOOK_AHEAD, Roster
    from itsmkit.rotas.rota import PRIMARY, DutyRole, LeaveRule, Rota, RotaLayer
    from itsmkit.rotas.shares import NIGHT, DutyShare, FairnessReport, fairness
else:
    __getattr__, __dir__ = lazily(
        __name__,
        {
            "itsmkit.rotas.changes": (
                "Acknowledgement",
                "Consent",
                "HandOffNote",
                "Leave",
                "LeaveApproval",
                "Override",
                "Swap",
                "SwapState",
            ),
            "itsmkit.rotas.coverage": ("gaps", "overlaps"),
            "itsmkit.rotas.duty": ("Duty", "DutyReason", "DutyRule", "Gap", "OnDuty", "Overlap", "Post"),
            "itsmkit.rotas.roster": ("LOOK_AHEAD", "Roster"),
            "itsmkit.rotas.rota": ("DutyRole", "LeaveRule", "PRIMARY", "Rota", "RotaLayer"),
            "itsmkit.rotas.shares": ("DutyShare", "FairnessReport", "NIGHT", "fairness"),
        },
    )

__all__ = [
    "Acknowledgement",
    "Consent",
    "Duty",
    "DutyReason",
    "DutyRole",
    "DutyRule",
    "DutyShare",
    "FairnessReport",
    "Gap",
    "HandOffNote",
    "LOOK_AHEAD",
    "Leave",
    "LeaveApproval",
    "LeaveRule",
    "NIGHT",
    "OnDuty",
    "Overlap",
    "Override",
    "PRIMARY",
    "Post",
    "Roster",
    "Rota",
    "RotaLayer",
    "Swap",
    "SwapState",
    "fairness",
    "gaps",
    "overlaps",
]
