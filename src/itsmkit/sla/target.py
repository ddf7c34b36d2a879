"""What was promised: how much open time may pass between which events."""

from collections.abc import Callable, Iterable, Mapping
from datetime import timedelta
from enum import StrEnum
from functools import cached_property
from typing import NamedTuple, Self

from attrs import field, frozen

from itsmkit._checks import named
from itsmkit._frozen import as_tuple, frozen_dict
from itsmkit.calendars import BusinessDays
from itsmkit.conditions import (
    NEVER,
    Condition,
    UndecidedError,
    compile_condition,
    equals,
    fields_of,
    implies,
    one_of,
    to_mapping,
)
from itsmkit.errors import DefinitionError
from itsmkit.sla._kinds import Kind, kind_of, remember
from itsmkit.sla.checkpoint import BREACH, Checkpoint
from itsmkit.sla.clock_event import ClockEvent

__all__ = [
    "ANSWERED",
    "ASKED",
    "CANCEL",
    "FINISHED",
    "PAUSE",
    "PENDING",
    "REOPEN",
    "RESET",
    "RESUME",
    "Reopening",
    "START",
    "STOP",
    "Target",
]

Test = Callable[[Mapping[str, object]], bool]

START, STOP, PAUSE, RESUME, RESET, CANCEL, REOPEN = (1 << bit for bit in range(7))
"""What an event may mean to a clock; several at once add up."""


class Reopening(StrEnum):
    """What a new cycle of a clock begins with when the work comes back."""

    CONTINUE = "continue"
    """The time that the cycle before had counted."""

    RESTART = "restart"
    """Nothing."""


_OPENED = equals("event", "opened")
_CANCELLED = equals("state_category", "cancelled")
_REOPENED = equals("event", "reopened")
_COMMENTED = equals("event", "commented") & equals("public", value=True)
_BY_A_PERSON = ~equals("automated", value=True)
_BY_THE_REQUESTER = equals("by_requester", value=True)

FINISHED = one_of("state_category", "resolved", "closed")
"""Holds while the work is done."""

PENDING = equals("state_category", "pending")
"""Holds while the work waits for somebody else."""

ANSWERED = _COMMENTED & ~_BY_THE_REQUESTER & _BY_A_PERSON
"""Holds for a public message of the desk; not for one that a program has sent."""

ASKED = _COMMENTED & _BY_THE_REQUESTER & _BY_A_PERSON & ~FINISHED & ~_CANCELLED
"""Holds for a public message of the requester on work that is not finished; not for an automatic reply."""

_CONFLICTS = (
    ("start", "stop", "run"),
    ("start", "cancel", "run"),
    ("reopen", "stop", "run again"),
    ("reopen", "cancel", "run again"),
    ("reset", "stop", "be reset"),
    ("reset", "cancel", "be reset"),
    ("resume", "pause", "resume"),
)
"""Pairs of which the first must be able to hold without the second, and what the clock could not do else."""


Within = timedelta | BusinessDays


def _within(within: Within | None) -> Within:
    return timedelta(0) if within is None else within


@frozen
class Target:
    """
    A promise that a clock measures.

    The conditions are asked of every event, in the form of `ClockEvent.view`. The defaults measure the time
    to resolve; `respond`, `next_response`, `update_cadence` and `resolve` make the usual targets, from which
    `attrs.evolve` makes others. Where one event means several things, to cancel comes before to stop, to
    reset and to pause, in this order.

    Args:
        clock: The name of the clock, such as ``"resolve"``.
        within: The open time that may pass, or a number of business days, which become open time when a cycle
            begins: that up to where the days end. Used up exactly, the promise is kept. Nothing (``None`` or
            a duration of 0) promises nothing: the clock never starts, and in an agreement this hides the
            promises for the same clock that come after it.
        start: Starts the clock.
        stop: Ends the cycle, with a verdict.
        pause: Pauses the clock, for as long as it holds, unless *resume* is given.
        cancel: Ends the cycle without a verdict.
        reopen: Starts the next cycle of a stopped clock; ``None`` if there is only one.
        on_reopen: What the next cycle begins with.
        checkpoints: The points at which the desk wakes up; kept in the order of their points.
        resume: If given, what *pause* has paused stays so until an event for which this holds.
        reset: Ends the cycle with a verdict, and starts the next one from nothing at the same instant.
        from_own_start: Whether a clock that gets this target while it is under way counts from the event
            that attached it, in a cycle of its own; by default, from where the work started.

    Raises:
        DefinitionError: With every problem: *within* is less than nothing, the point of a checkpoint is not
            more than zero, two checkpoints have one name, or one condition implies another that undoes it.
    """

    clock: str = field(validator=named)
    within: Within = field(converter=_within)
    start: Condition = _OPENED
    stop: Condition = FINISHED
    pause: Condition = PENDING
    cancel: Condition = _CANCELLED
    reopen: Condition | None = _REOPENED
    on_reopen: Reopening = Reopening.CONTINUE
    checkpoints: tuple[Checkpoint, ...] = field(default=(BREACH,), converter=as_tuple)
    resume: Condition | None = field(default=None, kw_only=True)
    reset: Condition | None = field(default=None, kw_only=True)
    from_own_start: bool = field(default=False, kw_only=True)

    def __attrs_post_init__(self) -> None:
        problems = self._misfits()
        if problems:
            raise DefinitionError(*problems)
        if self.is_promised and isinstance(self.within, timedelta):
            problems.extend(
                f"{self.clock}.checkpoints: {point.name!r} would be passed before the clock starts; "
                f"the target is only {self.within}"
                for point in self.checkpoints
                if point.point(self.within) <= timedelta(0)
            )
        names = [point.name for point in self.checkpoints]
        problems.extend(
            f"{self.clock}.checkpoints: {name!r} stands twice; every checkpoint has its own name"
            for name in dict.fromkeys(names)
            if names.count(name) > 1
        )
        problems.extend(
            f"{self.clock}: {one} holds only where {other} does too; the clock could never {what}"
            for one, other, what in _CONFLICTS
            if _conflict(getattr(self, one), getattr(self, other))
        )
        if problems:
            raise DefinitionError(*problems)

    def _misfits(self) -> list[str]:
        """Return a problem for each field that holds something else than it should."""
        problems = []
        if not _can_be_promised(self.within):
            problems.append(
                f"{self.clock}.within must be a duration or a number of business days, not {self.within!r}; "
                "where nothing is promised, it is None or a duration of 0"
            )
        for name in _CONDITIONS:
            condition = getattr(self, name)
            if not isinstance(condition, Condition) and (condition is not None or name in _ALWAYS_ASKED):
                problems.append(f"{self.clock}.{name} must be a condition, not {condition!r}")
        if type(self.on_reopen) is not Reopening:
            problems.append(f"{self.clock}.on_reopen must be a Reopening, not {self.on_reopen!r}")
        problems.extend(
            f"{self.clock}.checkpoints must be checkpoints, not {point!r}"
            for point in self.checkpoints
            if not isinstance(point, Checkpoint)
        )
        return problems

    @classmethod
    def respond(cls, within: Within | None, *, checkpoints: Iterable[Checkpoint] = (BREACH,)) -> Self:
        """
        Return the target for the first response: from the opening to the first public answer of the desk.

        An automated message is no answer. Work that is finished without one is answered by that. There is one
        cycle, and no pause: nobody waits for a requester who has not been answered.
        """
        return cls(
            "respond",
            within,
            stop=ANSWERED | FINISHED,
            pause=NEVER,
            reopen=None,
            checkpoints=tuple(checkpoints),
        )

    @classmethod
    def next_response(cls, within: Within | None, *, checkpoints: Iterable[Checkpoint] = (BREACH,)) -> Self:
        """
        Return the target for every further answer: from the requester's message to the desk's public answer.

        There is a cycle for each exchange: the first message of the requester starts it, those that repeat it
        do not. An automated message neither asks nor answers. Work that is finished is answered by that.
        """
        return cls(
            "next_response",
            within,
            start=ASKED,
            stop=ANSWERED | FINISHED,
            pause=NEVER,
            reopen=ASKED,
            on_reopen=Reopening.RESTART,
            checkpoints=tuple(checkpoints),
        )

    @classmethod
    def update_cadence(cls, within: Within | None, *, checkpoints: Iterable[Checkpoint] = (BREACH,)) -> Self:
        """
        Return the target for regular updates: from each public message of the desk to the next one.

        Each gap is a cycle of its own with its own verdict, so that a silent desk is reminded once per gap.
        The first gap begins with the opening. There is no pause: who waits wants to hear of it.
        """
        return cls(
            "update_cadence",
            within,
            pause=NEVER,
            reset=ANSWERED,
            on_reopen=Reopening.RESTART,
            checkpoints=tuple(checkpoints),
        )

    @classmethod
    def resolve(cls, within: Within | None, *, checkpoints: Iterable[Checkpoint] = (BREACH,)) -> Self:
        """Return the target for the solution: from the opening until the work is finished, but for pauses."""
        return cls("resolve", within, checkpoints=tuple(checkpoints))

    @property
    def is_promised(self) -> bool:
        """Whether anything is promised: a target of nothing stands for "no clock"."""
        return self.within != timedelta(0)

    @cached_property
    def tests(self) -> "Tests":
        """The conditions, compiled; each takes the view of an event."""
        return Tests(
            start=compile_condition(self.start if self.is_promised else NEVER),
            stop=compile_condition(self.stop),
            pause=compile_condition(self.pause),
            resume=_always if self.resume is None else compile_condition(self.resume),
            reset=_never if self.reset is None else compile_condition(self.reset),
            cancel=compile_condition(self.cancel),
            reopen=_never if self.reopen is None else compile_condition(self.reopen),
        )

    @cached_property
    def meaning(self) -> Callable[[ClockEvent], int]:
        """A function that tells what an event means to the clock, as a sum of `START` and its kin."""
        tests = self.tests
        bits = [
            (bit, test)
            for bit, test in (
                (START, tests.start),
                (STOP, tests.stop),
                (PAUSE, tests.pause),
                (RESET, tests.reset),
                (CANCEL, tests.cancel),
                (REOPEN, tests.reopen),
                (RESUME, tests.resume),
            )
            if test is not _never and test is not _always
        ]
        always = RESUME if tests.resume is _always else 0

        def asked(event: ClockEvent) -> int:
            view, meaning = event.view(), always
            for bit, test in bits:
                if test(view):
                    meaning |= bit
            return meaning

        names = sorted(self.asked - _OF_EVERY_EVENT)
        known: dict[Kind, int] = {}

        def remembered(event: ClockEvent) -> int:
            kind: Kind = (event.name, event.category)
            if names:
                told = kind_of(map(event.facts.get, names))
                if told is None:
                    return asked(event)
                kind += told
            meaning = known.get(kind)
            return remember(known, kind, asked(event)) if meaning is None else meaning

        return remembered

    @cached_property
    def asked(self) -> frozenset[str]:
        """The facts that the conditions ask for."""
        return self.asked_under_way | self.asked_when_stopped | fields_of(self.start)

    @cached_property
    def asked_under_way(self) -> frozenset[str]:
        """The facts that can stop, pause, resume, reset or cancel the clock once it has started."""
        conditions = (self.stop, self.pause, self.cancel, self.resume, self.reset)
        return frozenset().union(*(fields_of(each) for each in conditions if each is not None))

    @cached_property
    def asked_when_stopped(self) -> frozenset[str]:
        """The facts that can start the next cycle."""
        return frozenset() if self.reopen is None else fields_of(self.reopen)

    def points_for(self, within: timedelta) -> tuple[tuple[timedelta, Checkpoint], ...]:
        """
        Return the checkpoints with the elapsed time at which each is passed, the earliest first.

        Args:
            within: The target of a cycle as open time: see `ClockState`. In a short cycle of business days a
                checkpoint may stand at nothing or less; it is passed when the cycle begins.
        """
        return self._points if within == self.within else self._points_within(within)

    @cached_property
    def _points(self) -> tuple[tuple[timedelta, Checkpoint], ...]:
        assert isinstance(self.within, timedelta)  # noqa: S101  # it equals one
        return self._points_within(self.within)

    def _points_within(self, within: timedelta) -> tuple[tuple[timedelta, Checkpoint], ...]:
        found = [(checkpoint.point(within), checkpoint) for checkpoint in self.checkpoints]
        return tuple(sorted(found, key=lambda pair: pair[0]))

    def content(self) -> Mapping[str, object]:
        """Return the target as plain values: what two equal promises have in common."""
        return frozen_dict(
            {
                "clock": self.clock,
                "within": str(self.within) if isinstance(self.within, timedelta) else repr(self.within),
                **{name: _plain(getattr(self, name)) for name in _CONDITIONS},
                "on_reopen": self.on_reopen.value,
                "from_own_start": self.from_own_start,
                "checkpoints": [[point.name, point.percent, str(point.offset)] for point in self.checkpoints],
            }
        )


_ALWAYS_ASKED = ("start", "stop", "pause", "cancel")

_CONDITIONS = ("start", "stop", "pause", "resume", "reset", "cancel", "reopen")

_OF_EVERY_EVENT = frozenset({"event", "state_category"})


class Tests(NamedTuple):
    """The conditions of a target as functions of an event's view."""

    start: Test
    stop: Test
    pause: Test
    resume: Test
    reset: Test
    cancel: Test
    reopen: Test


def _never(_facts: Mapping[str, object]) -> bool:
    return False


def _always(_facts: Mapping[str, object]) -> bool:
    return True


def _can_be_promised(within: object) -> bool:
    if isinstance(within, BusinessDays):
        return within.number > 0
    return isinstance(within, timedelta) and within >= timedelta(0)


def _plain(condition: Condition | None) -> object:
    return None if condition is None else to_mapping(condition)


def _conflict(one: Condition | None, other: Condition) -> bool:
    """Tell whether *one* is known to hold only where *other* does; what never holds is in nobody's way."""
    if one is None:
        return False
    try:
        return implies(one, other) and not implies(one, NEVER)
    except UndecidedError:
        return False
