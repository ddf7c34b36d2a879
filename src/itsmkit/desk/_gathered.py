"""Timers of no ticket: what somebody is to be told together waits as one for each step of a ladder."""

import json
from datetime import datetime
from typing import NamedTuple

from itsmkit.plugin import Timer
from itsmkit.plugin.storage import OF_NO_TICKET
from itsmkit.tickets import EscalationStepTaken, TicketId

__all__ = ["StepToTell", "gathers", "step_to_tell", "timer_of_step"]


class StepToTell(NamedTuple):
    """
    A step of a ladder that waits to be told together with others.

    Args:
        ticket_id: The ticket.
        ladder: The ladder.
        occasion: What it is about.
        step: The number of the step.
    """

    ticket_id: TicketId
    ladder: str
    occasion: str
    step: int


def timer_of_step(recipient: str, ticket_id: TicketId, fact: EscalationStepTaken, at: datetime) -> Timer:
    """Return the timer under which a step waits until somebody is told of it."""
    name = json.dumps([ticket_id, *fact.key], separators=(",", ":"), ensure_ascii=False)
    return Timer(TicketId(OF_NO_TICKET + recipient), name, at)


def gathers(timer: Timer) -> bool:
    """Tell whether a timer is of what somebody is to be told together with other things."""
    return timer.ticket_id.startswith(OF_NO_TICKET)


def step_to_tell(name: str) -> StepToTell:
    """Return the step that waits under the *name* of a timer that `gathers`."""
    ticket_id, ladder, occasion, step = json.loads(name)
    return StepToTell(TicketId(ticket_id), ladder, occasion, step)
