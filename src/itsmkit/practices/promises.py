"""
Promises: what a requester is told of when the work will be done, in words of their own.

A promise is a reading of a clock, told to somebody. What was told last stands on the ticket, so that it is
seen when it moves, by however many small steps.

Source:
    ITIL 4, practice "Service level management": expectations are set, and kept informed.
"""

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime, timedelta, tzinfo
from enum import StrEnum
from functools import cached_property

from attrs import field, fields, frozen

from itsmkit._checks import named
from itsmkit._figures import NOTHING
from itsmkit._problems import instance_problems
from itsmkit.conditions import ALWAYS, Condition, Predicate, compile_condition
from itsmkit.errors import DefinitionError
from itsmkit.languages import ENGLISH, Messages, Sayable, Term, joined, message, msgid, worded
from itsmkit.languages.placeholders import placeholder_problems
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
    "PromiseChange",
    "PromisePolicy",
    "PromiseWords",
    "PromisedTime",
    "moved_promise",
    "notice_of",
    "promise",
    "promised_by",
    "told_reading",
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

    These are said in the language of who is told. Words of a desk's own are said as they stand, unless the
    desk has translations of them, too: see `itsmkit.languages.Languages`.

    Args:
        instant: How instants are written, as `datetime.strftime` has it; by default, as the language does.
        done_by: While the clock runs.
        late: When the time is over.
        waits_for_you: While the work waits for the requester.
        waits: While it waits for somebody else.
        if_it_went_on: What follows these two, where it can be said.
        done: When the work is done.
        cancelled: When it is cancelled.
        nothing: When nothing is promised.

    Raises:
        DefinitionError: With every word that is none, or has another placeholder.
    """

    instant: str | None = None
    done_by: str = msgid("{number}: we expect to have it done by {by}")
    late: str = msgid("{number}: it should have been done by {by}; we are late, and on it")
    waits_for_you: str = msgid("{number}: paused: waiting for you")
    waits: str = msgid("{number}: paused: waiting for others")
    if_it_went_on: str = msgid("; if it went on now, it would be done by {again}")
    done: str = msgid("{number}: it is done")
    cancelled: str = msgid("{number}: it is cancelled")
    nothing: str = msgid("{number}: no time is agreed for it")

    def __attrs_post_init__(self) -> None:
        problems = [
            problem
            for each in fields(type(self))
            if each.name != "instant"
            for problem in placeholder_problems(each.name, getattr(self, each.name), _PLACES)
        ]
        if problems:
            raise DefinitionError(*problems)

    def said(
        self, word: str, number: str, by: datetime | None = None, again: datetime | None = None
    ) -> Sayable:
        """
        Return one of the words with what is put there, to be said in the language of who is told.

        Args:
            word: The words, as they stand here.
            number: The number of the ticket.
            by: When the work will be done, in the zone to tell it in; ``None`` if that is not known.
            again: When it would be, if it went on.
        """
        if not word:
            return joined(())
        return worded(word, number=number, by=self._told(by), again=self._told(again))

    def _told(self, at: datetime | None) -> datetime | str:
        if at is None:
            return NOTHING
        return at if self.instant is None else at.strftime(self.instant)


_PLACES = ("number", "by", "again")


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
        said: The same, to be said in any language.
    """

    by: datetime | None
    because: str
    depends_on: tuple[str, ...]
    text: str
    said: Sayable


def promise(
    ticket: Ticket,
    clocks: Clocks,
    at: datetime,
    audience: Audience = Audience.REQUESTER,
    *,
    policy: PromisePolicy = PromisePolicy(),  # it is a value
    zone: tzinfo | None = None,
    messages: Messages = ENGLISH,
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
        messages: What says it, in the language of who is told.
    """
    words = policy.words
    clock = clocks.get(policy.clock)
    phase = ClockPhase.NOT_STARTED if clock is None else clock.state.phase
    if clock is None or clock.withdrawn or phase is ClockPhase.NOT_STARTED:
        nothing = words.said(words.nothing, ticket.number)
        return PromisedTime(
            None, messages.say(message("nothing is agreed")), (), messages.say(nothing), nothing
        )
    reading = clock.reading(at)

    def told(instant: datetime | None) -> datetime | None:
        return None if instant is None else instant.astimezone(zone or clock.terms.calendar.tz)

    by, again = told(reading.due), told(reading.due_if_resumed_now)
    sentence = joined(
        words.said(word, ticket.number, by, again) for word in _words_for(ticket, reading, policy)
    )
    because = _because(ticket, reading, policy)
    if audience is Audience.AGENT:
        agreement = Term("agreement", clock.terms.agreement)
        of_clock = message("{agreement}: {reading}", agreement=agreement, reading=told_reading(reading))
        because = joined((because, of_clock), "; ")
    depends_on = tuple(map(messages.say, _conditions(ticket, phase)))
    return PromisedTime(by, messages.say(because), depends_on, messages.say(sentence), sentence)


def promised_by(clocks: Clocks, policy: PromisePolicy) -> datetime | None:
    """Return the instant that is promised now, in UTC; ``None`` while the clock does not run."""
    clock = clocks.get(policy.clock)
    return None if clock is None else clock.deadline()


@frozen
class PromiseChange:
    """
    That a promise has moved.

    Args:
        fact: What history keeps of it, in English.
        because: What has moved it, to be said in any language.
    """

    fact: PromiseMoved
    because: Sayable


def moved_promise(
    ticket: Ticket, clocks: Clocks, events: Iterable[TicketEvent], policy: PromisePolicy
) -> PromiseChange | None:
    """
    Return that the promise has moved; ``None`` if it stands, or has moved by less than is told.

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
    return PromiseChange(PromiseMoved(policy.clock, told, now, str(because)), because)


def notice_of(ticket: Ticket, moved: PromiseChange, promised: PromisedTime) -> Notice | None:
    """Return what the requester is told of a promise that has moved; ``None`` if there is nobody to tell."""
    if ticket.requester is None:
        return None
    why = message("This has changed because {reason}.", reason=moved.because)
    return Notice(ticket.requester, promised.said, joined((promised.said, why), "\n\n"), "promise")


_OVER = frozenset({ClockPhase.STOPPED, ClockPhase.CANCELLED})


def _words_for(ticket: Ticket, reading: ClockReading, policy: PromisePolicy) -> tuple[str, ...]:
    words = policy.words
    if reading.phase is ClockPhase.RUNNING:
        return (words.late if reading.verdict is Verdict.BREACHED else words.done_by,)
    if reading.phase is ClockPhase.PAUSED:
        head = words.waits_for_you if policy.is_requesters_turn(ticket) else words.waits
        return (head,) if reading.verdict is Verdict.BREACHED else (head, words.if_it_went_on)
    return (words.done if reading.phase is ClockPhase.STOPPED else words.cancelled,)


def _because(ticket: Ticket, reading: ClockReading, policy: PromisePolicy) -> Sayable:
    if reading.phase is ClockPhase.PAUSED:
        return _pause(ticket, policy)
    if reading.phase is ClockPhase.STOPPED:
        return message("the work is done")
    if reading.phase is ClockPhase.CANCELLED:
        return message("the work is cancelled")
    if ticket.priority is None:
        return message("{within:clock} of working time are agreed", within=reading.within)
    return message(
        "{within:clock} of working time are agreed for {priority}",
        within=reading.within,
        priority=Term("priority", ticket.priority),
    )


def _conditions(ticket: Ticket, phase: ClockPhase) -> Iterator[Sayable]:
    if phase in _OVER:
        return
    if ticket.priority is not None:
        yield message("the priority stays {priority}", priority=Term("priority", ticket.priority))
    if phase is ClockPhase.PAUSED:
        yield message("the work goes on")
    else:
        yield message("nothing has to wait for somebody else")


def _pause(ticket: Ticket, policy: PromisePolicy) -> Sayable:
    if policy.is_requesters_turn(ticket):
        return message("it is paused: waiting for you")
    return message("it is paused: waiting for others")


def _cause(facts: Iterable[Fact]) -> Sayable:
    """Return what has moved a promise: of several facts, the gravest."""
    causes = {_GRAVITY.index(type(fact)): _told(fact) for fact in facts if type(fact) in _GRAVITY}
    return causes[min(causes)] if causes else message("what is agreed has changed")


def _told(fact: Fact) -> Sayable:
    match fact:
        case TicketLogged():
            return message("it was logged")
        case Prioritised(priority=None):
            return message("it has no priority now")
        case Prioritised(priority=str() as priority):
            return message("the priority is {priority} now", priority=Term("priority", priority))
        case StateChanged(target=target) | StateCorrected(target=target):
            return message("it is {state} now", state=Term("state", target))
        case Assigned(support_group=None):
            return message("it went to nobody")
        case Assigned(support_group=group):
            return message("it went to {group}", group=group)
    assert isinstance(fact, DetailsChanged)  # noqa: S101  # there is no other of gravity
    names = tuple(Term("field", name) for name in sorted(fact.changes))
    return message("another {fields} was told", fields=names)


_GRAVITY = (TicketLogged, Prioritised, StateChanged, StateCorrected, Assigned, DetailsChanged)


def told_reading(reading: ClockReading) -> Sayable:
    """Return what a clock shows, to be said in any language; what `ClockReading.explain` says in English."""
    known = {
        "clock": Term("clock", reading.clock),
        "phase": Term("phase", reading.phase.replace("_", " ")),
        "verdict": Term("verdict", reading.verdict.value),
        "elapsed": reading.elapsed,
        "within": reading.within,
    }
    again = (message(", cycle {cycle}", cycle=reading.cycle),) if reading.cycle > 1 else ()
    return joined((_shown(reading, known), *again))


def _shown(reading: ClockReading, known: Mapping[str, object]) -> Sayable:
    if reading.due is not None:
        return message(
            "{clock}: {phase}, {verdict}; {elapsed:clock} of {within:clock} used, due {due}",
            **known,
            due=reading.due,
        )
    if reading.due_if_resumed_now is not None:
        return message(
            "{clock}: {phase}, {verdict}; {elapsed:clock} of {within:clock} used, "
            "due {due} if it ran on from now",
            **known,
            due=reading.due_if_resumed_now,
        )
    if reading.was_due is not None:
        return message(
            "{clock}: {phase}, {verdict}; {elapsed:clock} of {within:clock} used, was due {due}",
            **known,
            due=reading.was_due,
        )
    return message("{clock}: {phase}, {verdict}; {elapsed:clock} of {within:clock} used", **known)
