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
from itsmkit.languages import ENGLISH, Message, Messages, Term, message
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


def work_item(
    ticket: Ticket,
    readings: Mapping[str, ClockReading],
    messages: Messages = ENGLISH,
) -> WorkItem:
    """
    Return when *ticket* is to be done, and what says so.

    Of two that say the same instant, the agreement comes first: others count on it.

    Args:
        ticket: The ticket.
        readings: What its clocks show, by name. Those that are paused or stopped press nobody.
        messages: What says why, in the language of who reads it.
    """
    calls = [
        (reading.due, message("{clock} is due {due:short}", clock=Term("clock", name), due=reading.due))
        for name, reading in sorted(readings.items())
        if reading.phase is ClockPhase.RUNNING and reading.due is not None
    ]
    if ticket.needed_by is not None and ticket.need_met_at is None:
        calls.append((ticket.needed_by, _need(ticket, ticket.needed_by)))
    if not calls:
        return WorkItem(ticket, None, messages.say(message("nothing presses")))
    due, because = min(calls, key=lambda call: call[0])
    return WorkItem(ticket, due, messages.say(because))


def _need(ticket: Ticket, by: datetime) -> Message:
    if ticket.requester is None:
        return message("the requester needs it {due:short}", due=by)
    return message("{person} needs it {due:short}", person=ticket.requester, due=by)


def work_list(
    tickets: Iterable[tuple[Ticket, Mapping[str, ClockReading]]],
    messages: Messages = ENGLISH,
) -> tuple[WorkItem, ...]:
    """
    Return the open ones of *tickets*, what is to be done first before the others.

    Those that nothing presses come last; what is still equal, is in the order of the opening.
    What presses is said by *messages*.
    """
    items = [work_item(ticket, readings, messages) for ticket, readings in tickets if ticket.is_open]
    return tuple(
        sorted(
            items,
            key=lambda item: (item.due is None, item.due or item.ticket.opened_at, item.ticket.opened_at),
        )
    )
