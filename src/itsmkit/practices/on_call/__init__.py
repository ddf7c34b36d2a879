"""
On call: what changes rotas from day to day, when that may be, and what the people concerned are told of it.

An override, a swap or a leave is a value of `itsmkit.rotas`. Whether one can be follows from all rosters as
they are at that moment: pure functions, which a desk runs again when others have changed something meanwhile.
"""

from itsmkit.practices.on_call._duties import people_concerned, roster_of
from itsmkit.practices.on_call.changing import (
    LONGEST,
    approve_leave,
    asks_for_approval,
    make_override,
    reject_leave,
    take_leave,
    withdraw_leave,
    withdraw_override,
)
from itsmkit.practices.on_call.handing_over import (
    HAND_OVER,
    acknowledge_note,
    handed_to,
    may_hand_over,
    notes_for,
    receivers,
)
from itsmkit.practices.on_call.swapping import accept_swap, decline_swap, propose_swap, withdraw_swap

__all__ = [
    "HAND_OVER",
    "LONGEST",
    "accept_swap",
    "acknowledge_note",
    "approve_leave",
    "asks_for_approval",
    "decline_swap",
    "handed_to",
    "make_override",
    "may_hand_over",
    "notes_for",
    "people_concerned",
    "propose_swap",
    "receivers",
    "reject_leave",
    "roster_of",
    "take_leave",
    "withdraw_leave",
    "withdraw_override",
    "withdraw_swap",
]
