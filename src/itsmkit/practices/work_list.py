"""
What is to be done next: the earliest of what was agreed and of what the requester needs.

A need is no agreement: it is met as soon as what was needed is there, if only by a workaround, and the clocks
of the agreement go on meanwhile.
"""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import TypeVar

from attrs import frozen

from itsmkit.errors import RefusedError
from itsmkit.practices._arguments import text
from itsmkit.practices.decision import Decision, Occasion, happen
from itsmkit.sla import ClockPhase, ClockReading
from itsmkit.tickets import NeedMet, Ticket

__all__ = ["WorkItem", "meet_need", "work_item", "work_list"]

AnyTicket = TypeVar("AnyTicket", bound=Ticket)


def meet_need(ticket: AnyTicket, occasion: Occasion, how: str) -> Decision[AnyTicket]:
    """
    Note that what the requester needed is there; no clock hears of a move.

    Args:
        ticket: The ticket.
        occasion: When, and by whom.
        how: By what, such as a workaround.

    Raises:
        RefusedError: If nothing is said, or it was met before.
    """
    reasons = []
    if not text("how", how).strip():
        reasons.append("say by what in `how`")
    if ticket.need_met_at is not None:
        reasons.append(f"it is met since {ticket.need_met_at:%Y-%m-%d %H:%M} UTC")
    if reasons:
        raise RefusedError(*(f"cannot meet the need of {ticket.number}: {reason}" for reason in reasons))
    return happen(ticket, occasion, NeedMet(how))


@frozen
class WorkItem:
    """
    A ticket in its place on the list.

    Args:
        ticket: The ticket.
        due: When it is to be done; ``None`` if nobody said so.
        because: What says so, for people.
    """

    ticket: Ticket
    due: datetime | None
    because: str


def work_item(ticket: Ticket, readings: Mapping[str, ClockReading]) -> WorkItem:
    """
    Return when *ticket* is to be done, and what says so.

    Of two that say the same instant, the agreement comes first: others count on it.

    Args:
        ticket: The ticket.
        readings: What its clocks show, by name. Those that are paused or stopped press nobody.
    """
    calls = [
        (reading.due, f"{name} is due")
        for name, reading in sorted(readings.items())
        if reading.phase is ClockPhase.RUNNING and reading.due is not None
    ]
    if ticket.needed_by is not None and ticket.need_met_at is None:
        calls.append((ticket.needed_by, f"{ticket.requester or 'the requester'} needs it"))
    if not calls:
        return WorkItem(ticket, None, "nothing presses")
    due, because = min(calls, key=lambda call: call[0])
    return WorkItem(ticket, due, f"{because} {due:%Y-%m-%d %H:%M %Z}")


def work_list(
    tickets: Iterable[tuple[Ticket, Mapping[str, ClockReading]]],
) -> tuple[WorkItem, ...]:
    """
    Return the open ones of *tickets*, what is to be done first before the others.

    Those that nothing presses come last; what is still equal, is in the order of the opening.
    """
    items = [work_item(ticket, readings) for ticket, readings in tickets if ticket.is_open]
    return tuple(
        sorted(
            items,
            key=lambda item: (item.due is None, item.due or item.ticket.opened_at, item.ticket.opened_at),
        )
    )
