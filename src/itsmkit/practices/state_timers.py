"""
Timers of states: what becomes of a ticket that stays where it is.

Which of them is next follows from the history: from when the ticket entered its state, and from what was
refused since. So it is kept nowhere but as a cache, and what is cached can be made anew.
"""

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta

from attrs import evolve, frozen

from itsmkit._frozen import EMPTY
from itsmkit.calendars import BusinessTime
from itsmkit.errors import RefusedError
from itsmkit.practices.access.grants import grant_of
from itsmkit.practices.decision import Decision, Occasion, happen
from itsmkit.practices.effects import Effect
from itsmkit.practices.kind_of_work import KindOfWork
from itsmkit.practices.ticket_rules import STANDARD_TICKET_RULES, TicketRules
from itsmkit.tickets import StateChanged, StateCorrected, Ticket, TicketEvent, TicketLogged, TimerRefused
from itsmkit.workflow import Deadline, StateTimer

__all__ = ["Stay", "fire", "next_deadline", "refused", "stay_after", "stay_of"]

_MOVES = (StateChanged, StateCorrected, TicketLogged)


@frozen
class Stay:
    """
    How long a ticket has been in its state.

    Args:
        since: When it got there; in UTC.
        refused: The triggers that timers have fired since, and the workflow refused.
    """

    since: datetime
    refused: frozenset[str] = frozenset()


def stay_after(stay: Stay | None, events: Iterable[TicketEvent]) -> Stay:
    """
    Return the stay of a ticket after *events*.

    Args:
        stay: The one before; ``None`` before the first event.
        events: What happened since, in order.
    """
    for event in events:
        fact = event.fact
        if isinstance(fact, _MOVES):
            stay = Stay(event.effective_at)
        elif isinstance(fact, TimerRefused) and stay is not None:
            stay = evolve(stay, refused=stay.refused | {fact.trigger})
    assert stay is not None  # noqa: S101  # a history begins with the logging
    return stay


def stay_of(history: Iterable[TicketEvent]) -> Stay:
    """Return the stay of a ticket, read from nothing but its history."""
    return stay_after(None, history)


def next_deadline(
    kind: KindOfWork[Ticket],
    ticket: Ticket,
    stay: Stay,
    calendar: BusinessTime,
    calendars: Mapping[str, BusinessTime] = EMPTY,
) -> Deadline | None:
    """
    Return which timer of its state *ticket* meets next, and when; ``None`` if none is left.

    What grants access up to an instant meets that, too, and expires then.

    Args:
        kind: The kind of its work.
        ticket: The ticket.
        stay: Its stay.
        calendar: What timers count on that name no calendar.
        calendars: The others, by name.

    Raises:
        DefinitionError: If a timer's calendar is not among *calendars*.
        NeverOpenError: If a calendar has not so much open time.
    """
    if ticket.state not in kind.timed_states:
        return None
    if ticket.merged_into is not None:
        return None
    deadlines = kind.workflow_of(ticket).deadlines(ticket.state, stay.since, calendar, calendars=calendars)
    left = [each for each in (*_end_of_grant(ticket, stay), *deadlines) if each.trigger not in stay.refused]
    return min(left, key=lambda each: each.at, default=None)


def _end_of_grant(ticket: Ticket, stay: Stay) -> Iterable[Deadline]:
    """Return that what *ticket* grants ends by its time, if it does."""
    grant = grant_of(ticket)
    if grant is None or grant.until is None:
        return ()
    length = max(grant.until - stay.since, timedelta.resolution)
    return (Deadline(grant.until, "expire", StateTimer("expire", after=length)),)


def fire(
    kind: KindOfWork[Ticket],
    ticket: Ticket,
    deadline: Deadline,
    occasion: Occasion,
    *,
    effects: Mapping[str, Effect] = EMPTY,
    rules: TicketRules = STANDARD_TICKET_RULES,
) -> Decision[Ticket]:
    """
    Return what comes of a *deadline* of *ticket* that is reached: the move, or that it was refused, and why.

    Args:
        kind: The kind of its work.
        ticket: The ticket.
        deadline: What is reached.
        occasion: At the instant of the deadline, by the desk itself.
        effects: What the desk does after moves, by name.
        rules: What the desk asks of every ticket.
    """
    try:
        return kind.transition(ticket, deadline.trigger, occasion, rules=rules, effects=effects)
    except RefusedError as refusal:
        return refused(ticket, deadline, occasion, refusal)


def refused(
    ticket: Ticket, deadline: Deadline, occasion: Occasion, refusal: RefusedError
) -> Decision[Ticket]:
    """Return the decision that a timer has fired in vain: people find in the history why nothing moved."""
    return happen(ticket, occasion, TimerRefused(deadline.trigger, refusal.reasons))
