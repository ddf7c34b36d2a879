"""
Promises: what a requester is told of when the work will be done, in words of their own.

A promise is a reading of a clock, told to somebody. What was told last stands on the ticket, so that it is
seen when it moves, by however many small steps.

Source:
    ITIL 4, practice "Service level management": expectations are set, and kept informed.
"""

from collections.abc import Iterable
from datetime import datetime, timedelta, tzinfo
from enum import StrEnum
from functools import cached_property

from attrs import field, frozen

from itsmkit._checks import named
from itsmkit._problems import instance_problems
from itsmkit.conditions import ALWAYS, Condition, Predicate, compile_condition
from itsmkit.errors import DefinitionError
from itsmkit.practices.decision import Notice
from itsmkit.sla import ClockPhase, ClockReading, Clocks, Verdict
from itsmkit.tickets import (
    Assigned,
    DetailsChanged,
    Fact,
    Prioritised,
    PromiseMoved,
    StateChanged,
    StateCorrected,
    Ticket,
    TicketEvent,
    TicketLogged,
)

__all__ = [
    "Audience",
    "PromisePolicy",
    "PromiseWords",
    "PromisedTime",
    "moved_promise",
    "notice_of",
    "promise",
    "promised_by",
]


class Audience(StrEnum):
    """Whom a promise is told to."""

    REQUESTER = "requester"
    """Who asked for the work."""

    AGENT = "agent"
    """Who does it."""


@frozen(kw_only=True)
class PromiseWords:
    """
    The words of promises; where one has a ``{number}``, ``{by}`` or ``{again}``, that is put there.

    Args:
        instant: How instants are written, as `datetime.strftime` has it.
        done_by: While the clock runs.
        late: When the time is over.
        waits_for_you: While the work waits for the requester.
        waits: While it waits for somebody else.
        if_it_went_on: What follows these two, where it can be said.
        done: When the work is done.
        cancelled: When it is cancelled.
        nothing: When nothing is promised.
    """

    instant: str = "%a %d %b %Y, %H:%M %Z"
    done_by: str = "{number}: we expect to have it done by {by}"
    late: str = "{number}: it should have been done by {by}; we are late, and on it"
    waits_for_you: str = "{number}: paused: waiting for you"
    waits: str = "{number}: paused: waiting for others"
    if_it_went_on: str = "; if it went on now, it would be done by {again}"
    done: str = "{number}: it is done"
    cancelled: str = "{number}: it is cancelled"
    nothing: str = "{number}: no time is agreed for it"


@frozen(kw_only=True)
class PromisePolicy:
    """
    What requesters are promised, and when they are told that it moves.

    Args:
        clock: The clock that they are told of.
        notice_from: By how much a promise has to move for it to be told anew.
        waits_for_requester: The tickets that wait for their requester, of those that wait; by default, all.
        words: The words.

    Raises:
        DefinitionError: If *notice_from* is less than nothing, or something is of another class.
    """

    clock: str = field(default="resolve", validator=named)
    notice_from: timedelta = timedelta(minutes=15)
    waits_for_requester: Condition = ALWAYS
    words: PromiseWords = PromiseWords()

    def __attrs_post_init__(self) -> None:
        problems = [
            *instance_problems("notice_from", self.notice_from, timedelta),
            *instance_problems("waits_for_requester", self.waits_for_requester, Condition),
            *instance_problems("words", self.words, PromiseWords),
        ]
        if not problems and self.notice_from < timedelta(0):
            problems.append(f"notice_from must be zero or more, not {self.notice_from}")
        if problems:
            raise DefinitionError(*problems)

    @cached_property
    def _waits_for_requester(self) -> Predicate:
        return compile_condition(self.waits_for_requester)

    def is_requesters_turn(self, ticket: Ticket) -> bool:
        """Tell whether a ticket that waits waits for its requester."""
        return self._waits_for_requester(ticket.facts())


@frozen
class PromisedTime:
    """
    When work will be done, as somebody is told.

    Args:
        by: The instant, in the zone of who is told; ``None`` if none is promised now.
        because: What it follows from.
        depends_on: What has to stay as it is for it to hold.
        text: All of it, as a sentence.
    """

    by: datetime | None
    because: str
    depends_on: tuple[str, ...]
    text: str


def promise(
    ticket: Ticket,
    clocks: Clocks,
    at: datetime,
    audience: Audience = Audience.REQUESTER,
    *,
    policy: PromisePolicy = PromisePolicy(),  # it is a value
    zone: tzinfo | None = None,
) -> PromisedTime:
    """
    Return what is promised for *ticket* as it stands.

    Args:
        ticket: The ticket.
        clocks: Its clocks.
        at: Now; aware.
        audience: Whom it is told to: an agent is told by which agreement, and how much time is left.
        policy: What requesters are promised.
        zone: The zone of who is told; by default, that of the calendar that counts.
    """
    words = policy.words
    clock = clocks.get(policy.clock)
    phase = ClockPhase.NOT_STARTED if clock is None else clock.state.phase
    if clock is None or clock.withdrawn or phase is ClockPhase.NOT_STARTED:
        return PromisedTime(None, "nothing is agreed", (), words.nothing.format(number=ticket.number))
    reading = clock.reading(at)

    def told(instant: datetime | None) -> datetime | None:
        return None if instant is None else instant.astimezone(zone or clock.terms.calendar.tz)

    by, again = told(reading.due), told(reading.due_if_resumed_now)
    text = _sentence(ticket, reading, policy).format(
        number=ticket.number,
        by=by and by.strftime(words.instant),
        again=again and again.strftime(words.instant),
    )
    because = _because(ticket, reading, policy)
    if audience is Audience.AGENT:
        because = f"{because}; {clock.terms.agreement}: {reading.explain()}"
    return PromisedTime(by, because, _conditions(ticket, phase), text)


def promised_by(clocks: Clocks, policy: PromisePolicy) -> datetime | None:
    """Return the instant that is promised now, in UTC; ``None`` while the clock does not run."""
    clock = clocks.get(policy.clock)
    return None if clock is None else clock.deadline()


def moved_promise(
    ticket: Ticket, clocks: Clocks, events: Iterable[TicketEvent], policy: PromisePolicy
) -> PromiseMoved | None:
    """
    Return the fact that the promise has moved; ``None`` if it stands, or has moved by less than is told.

    What is done or cancelled keeps the promise that was told last.

    Args:
        ticket: The ticket as it is now; it has the promise that was told.
        clocks: Its clocks as they are now.
        events: What has happened since; empty if only what was agreed has changed.
        policy: What requesters are promised.
    """
    clock = clocks.get(policy.clock)
    if clock is not None and not clock.withdrawn and clock.state.phase in _OVER:
        return None
    told, now = ticket.promised_by, promised_by(clocks, policy)
    if told == now or (told is not None and now is not None and abs(now - told) < policy.notice_from):
        return None
    waits = clock is not None and clock.state.phase is ClockPhase.PAUSED
    because = _pause(ticket, policy) if waits else _cause(event.fact for event in events)
    return PromiseMoved(policy.clock, told, now, because)


def notice_of(ticket: Ticket, moved: PromiseMoved, promised: PromisedTime) -> Notice | None:
    """Return what the requester is told of a promise that has moved; ``None`` if there is nobody to tell."""
    if ticket.requester is None:
        return None
    body = f"{promised.text}\n\nThis has changed because {moved.because}."
    return Notice(ticket.requester, promised.text, body, "promise")


_OVER = frozenset({ClockPhase.STOPPED, ClockPhase.CANCELLED})


def _sentence(ticket: Ticket, reading: ClockReading, policy: PromisePolicy) -> str:
    words = policy.words
    if reading.phase is ClockPhase.RUNNING:
        return words.late if reading.verdict is Verdict.BREACHED else words.done_by
    if reading.phase is ClockPhase.PAUSED:
        head = words.waits_for_you if policy.is_requesters_turn(ticket) else words.waits
        return head if reading.verdict is Verdict.BREACHED else head + words.if_it_went_on
    return words.done if reading.phase is ClockPhase.STOPPED else words.cancelled


def _because(ticket: Ticket, reading: ClockReading, policy: PromisePolicy) -> str:
    if reading.phase is ClockPhase.PAUSED:
        return _pause(ticket, policy)
    if reading.phase is ClockPhase.STOPPED:
        return "the work is done"
    if reading.phase is ClockPhase.CANCELLED:
        return "the work is cancelled"
    judged = "" if ticket.priority is None else f" for {ticket.priority}"
    return f"{reading.within} of working time are agreed{judged}"


def _conditions(ticket: Ticket, phase: ClockPhase) -> tuple[str, ...]:
    if phase in _OVER:
        return ()
    waits = (
        ("the work goes on",) if phase is ClockPhase.PAUSED else ("nothing has to wait for somebody else",)
    )
    return waits if ticket.priority is None else (f"the priority stays {ticket.priority}", *waits)


def _pause(ticket: Ticket, policy: PromisePolicy) -> str:
    return f"it is paused: waiting for {'you' if policy.is_requesters_turn(ticket) else 'others'}"


def _cause(facts: Iterable[Fact]) -> str:
    """Return what has moved a promise: of several facts, the gravest."""
    causes = {
        _GRAVITY.index(type(fact)): cause
        for fact in facts
        if type(fact) in _GRAVITY and (cause := _told(fact)) is not None
    }
    return causes[min(causes)] if causes else "what is agreed has changed"


def _told(fact: Fact) -> str | None:
    match fact:
        case TicketLogged():
            return "it was logged"
        case Prioritised(priority=priority):
            return f"the priority is {priority} now"
        case StateChanged(target=target) | StateCorrected(target=target):
            return f"it is {target} now"
        case Assigned(support_group=group):
            return f"it went to {group or 'nobody'}"
        case DetailsChanged(changes=changes):
            return f"another {', '.join(sorted(changes))} was told"
        case _:
            return None


_GRAVITY = (TicketLogged, Prioritised, StateChanged, StateCorrected, Assigned, DetailsChanged)
