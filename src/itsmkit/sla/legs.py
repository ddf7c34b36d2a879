"""
Legs: the stretches of some work that one team or one supplier holds it, each with a clock of its own.

Beside the clock that the requester was promised, an operational level agreement (OLA) gives each team time
from the assignment to the hand-over, and an underpinning contract each supplier. A leg that takes long is
seen where it is taken, and the next team does not pay for it.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from functools import cached_property

from attrs import evolve, field, frozen

from itsmkit._checks import named, utc
from itsmkit._frozen import as_tuple
from itsmkit.calendars import BusinessTime, TimeSpan
from itsmkit.conditions import ALWAYS, NEVER, Condition, compile_condition, equals, one_of, present
from itsmkit.errors import DefinitionError
from itsmkit.sla.agreement import Test
from itsmkit.sla.checkpoint import BREACH, Checkpoint
from itsmkit.sla.clock import ClockPhase, ClockReading, advance_clock, read_clock
from itsmkit.sla.clock_event import ClockEvent
from itsmkit.sla.target import PENDING, Target, Within

__all__ = [
    "Leg",
    "OperationalLevelAgreement",
    "UnderpinningContract",
    "pausing_for",
    "read_legs",
]

_OVER = one_of("state_category", "resolved", "closed", "cancelled")
_BEGUN, _ENDED = "leg_begun", "leg_ended"
_ZERO = timedelta(0)

_is_over = compile_condition(_OVER)


@frozen
class _LegTerms:
    """
    What is promised for a leg.

    Args:
        name: What people call it.
        calendar: The hours in which its clock counts.
        within: The open time from assignment to hand-over, or business days.
        when: The legs that it is about, asked of the facts at the assignment; by default, all.
        pause: Holds for as long as the clock of the leg must not count.
        checkpoints: The points at which somebody wants to know.
        held_by: The fact that names who holds the work.

    Raises:
        DefinitionError: If *within* is nothing or less, or a name is empty.
    """

    name: str = field(validator=named)
    calendar: BusinessTime
    within: Within
    when: Condition = ALWAYS
    pause: Condition = field(default=PENDING, kw_only=True)
    checkpoints: tuple[Checkpoint, ...] = field(default=(BREACH,), converter=as_tuple, kw_only=True)
    held_by: str = field(default="support_group", validator=named, kw_only=True)

    def __attrs_post_init__(self) -> None:
        if not self.target.is_promised:
            problem = f"{self.name!r}: within must be more than zero, not {self.within!r}"
            raise DefinitionError(problem)

    @cached_property
    def applies(self) -> Test:
        """The condition, compiled."""
        return compile_condition(self.when)

    @cached_property
    def target(self) -> Target:
        """What is promised for a leg, as a target whose clock is called as the agreement."""
        return Target(
            self.name,
            self.within,
            start=equals("event", _BEGUN),
            stop=equals("event", _ENDED),
            pause=self.pause,
            cancel=NEVER,
            reopen=None,
            checkpoints=self.checkpoints,
        )


@frozen
class OperationalLevelAgreement(_LegTerms):
    """
    An operational level agreement (OLA): what a team of the desk promises for each of its legs.

    Args:
        name: What people call it.
        calendar: The hours in which its clock counts.
        within: The open time from assignment to hand-over.
        when: The legs that it is about, asked of the facts at the assignment; by default, all.
        pause: Holds for as long as the clock of the leg must not count; by default, while the work waits.
        checkpoints: The points at which somebody wants to know.
        held_by: The fact that names who holds the work.

    Raises:
        DefinitionError: If *within* is nothing or less, or a name is empty.
    """


@frozen
class UnderpinningContract(_LegTerms):
    """
    An underpinning contract: what a supplier promises for the work that is handed to it.

    Args:
        name: What people call it.
        calendar: The supplier's hours.
        within: The open time from hand-over to return.
        when: The legs that it is about, asked of the facts at the hand-over; by default, all.
        pause: Holds for as long as the clock of the leg must not count; by default, never.
        checkpoints: The points at which somebody wants to know.
        held_by: The fact that names the supplier, while the work is there.
        pauses_ours: Whether the clocks of the desk pause meanwhile: see `pausing_for`.

    Raises:
        DefinitionError: If *within* is nothing or less, or a name is empty.
    """

    pause: Condition = field(default=NEVER, kw_only=True)
    held_by: str = field(default="supplier", validator=named, kw_only=True)
    pauses_ours: bool = field(default=False, kw_only=True)


@frozen
class Leg:
    """
    A stretch of some work that one team or supplier held it. Its instants are in UTC.

    Args:
        number: 1 for the first.
        holder: Who held it.
        started_at: When it was assigned.
        ended_at: When it was handed over, or the work finished; ``None`` while it is held.
        agreement: The name of what was promised for it; ``None`` if nothing was.
        reading: What its clock shows; ``None`` if nothing was promised.
        consumed: The time that the clock of the parent counted meanwhile; ``None`` without a parent.
    """

    number: int
    holder: str
    started_at: datetime
    ended_at: datetime | None
    agreement: str | None
    reading: ClockReading | None
    consumed: timedelta | None


@frozen
class _Stretch:
    holder: str
    started_at: datetime
    ended_at: datetime | None
    events: tuple[ClockEvent, ...]


def read_legs(
    agreements: Iterable[OperationalLevelAgreement | UnderpinningContract],
    history: Iterable[ClockEvent],
    at: datetime,
    *,
    parent: tuple[Target, BusinessTime] | None = None,
    held_by: str = "support_group",
) -> tuple[Leg, ...]:
    """
    Return the legs of some work up to the instant *at*, each with what its clock shows.

    A leg begins when the fact *held_by* names somebody, and ends when it names somebody else or nobody, or
    when the work is resolved, closed or cancelled. Work that comes back begins a new leg.

    Args:
        agreements: What is promised for legs. Those for another fact than *held_by* are left out; of the
            others, the first that applies to a leg holds.
        history: What happened, in order. Events after *at* are not read.
        at: The instant; aware.
        parent: The target and the calendar of the clock that the legs are part of.
        held_by: The fact that names who holds the work.

    Raises:
        DefinitionError: If *at* has no time zone.
        NeverOpenError: If a calendar has not enough open time left for a due instant.
    """
    at = utc(at, "at")
    past = _effective(history, at)
    offered = [agreement for agreement in agreements if agreement.held_by == held_by]
    counted = () if parent is None else _counted_spans(*parent, past, at)
    legs = []
    for number, stretch in enumerate(_stretches(past, held_by), start=1):
        view = stretch.events[0].view()
        promised = next((each for each in offered if each.applies(view)), None)
        name = reading = None
        if promised is not None:
            name = promised.name
            reading = read_clock(promised.target, promised.calendar, _told(stretch), at)
        consumed = None if parent is None else _consumed(parent[1], counted, stretch, at)
        legs.append(
            Leg(number, stretch.holder, stretch.started_at, stretch.ended_at, name, reading, consumed)
        )
    return tuple(legs)


def pausing_for(target: Target, contracts: Iterable[UnderpinningContract]) -> Target:
    """
    Return *target* as one that also pauses while a supplier holds the work whose contract says so.

    Args:
        target: A target of the desk.
        contracts: The contracts; those that do not pause the desk's clocks change nothing.
    """
    held = [present(each.held_by) & each.when for each in contracts if each.pauses_ours]
    for condition in held:
        target = evolve(target, pause=target.pause | condition)
    return target


def _effective(history: Iterable[ClockEvent], at: datetime) -> list[ClockEvent]:
    """Return the events up to *at*, none before the one before it."""
    past: list[ClockEvent] = []
    for event in history:
        if event.at > at:
            break
        latest = past[-1].at if past else event.at
        past.append(event if event.at >= latest else evolve(event, at=latest))
    return past


def _stretches(past: Sequence[ClockEvent], held_by: str) -> list[_Stretch]:
    found: list[_Stretch] = []
    holder: str | None = None
    events: list[ClockEvent] = []

    def close(ended_at: datetime | None) -> None:
        if holder is not None:
            found.append(_Stretch(holder, events[0].at, ended_at, tuple(events)))

    for event in past:
        now = _holder(event, held_by)
        if now != holder:
            close(event.at)
            holder, events = now, []
        events.append(event)
    close(None)
    return found


def _holder(event: ClockEvent, held_by: str) -> str | None:
    view = event.view()
    value = view.get(held_by)
    return value if isinstance(value, str) and value and not _is_over(view) else None


def _consumed(
    calendar: BusinessTime, counted: Sequence[TimeSpan], stretch: _Stretch, at: datetime
) -> timedelta:
    """Return the time of *calendar* that was *counted* while *stretch* lasted."""
    held = TimeSpan(stretch.started_at, at if stretch.ended_at is None else stretch.ended_at)
    shared = filter(None, (held & span for span in counted))
    return sum((calendar.elapsed(span.start, span.end) for span in shared), _ZERO)


def _told(stretch: _Stretch) -> list[ClockEvent]:
    """Return what the clock of a leg hears: its beginning, what happened in it, its end."""
    begun = evolve(stretch.events[0], name=_BEGUN)
    told = [begun, *stretch.events[1:]]
    if stretch.ended_at is not None:
        told.append(evolve(stretch.events[-1], at=stretch.ended_at, name=_ENDED))
    return told


def _counted_spans(
    target: Target, calendar: BusinessTime, past: Sequence[ClockEvent], at: datetime
) -> tuple[TimeSpan, ...]:
    """Return the spans of real time in which the clock of *target* runs, up to *at*."""
    spans = []
    state = advance_clock(target, calendar, ())
    ends: Mapping[int, datetime] = {i: event.at for i, event in enumerate(past[1:])}
    for i, event in enumerate(past):
        state = advance_clock(target, calendar, (event,), state)
        if state.phase is ClockPhase.RUNNING:
            spans.append(TimeSpan(event.at, ends.get(i, at)))
    return tuple(spans)
