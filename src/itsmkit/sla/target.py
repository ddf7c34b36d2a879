"""What was promised: how much open time may pass between which events."""

from collections.abc import Callable, Mapping
from datetime import timedelta
from enum import StrEnum
from functools import cached_property
from typing import NamedTuple

from attrs import field, frozen

from itsmkit._checks import named
from itsmkit._frozen import as_tuple, frozen_dict
from itsmkit.conditions import Condition, compile_condition, equals, fields_of, one_of, to_mapping
from itsmkit.errors import DefinitionError
from itsmkit.sla.checkpoint import BREACH, Checkpoint

__all__ = ["Reopening", "Target"]

Test = Callable[[Mapping[str, object]], bool]


class Reopening(StrEnum):
    """What a new cycle of a clock begins with when the work comes back."""

    CONTINUE = "continue"
    """The time that the cycle before had counted."""

    RESTART = "restart"
    """Nothing."""


_OPENED = equals("event", "opened")
_FINISHED = one_of("state_category", "resolved", "closed")
_PENDING = equals("state_category", "pending")
_CANCELLED = equals("state_category", "cancelled")
_REOPENED = equals("event", "reopened")


@frozen
class Target:
    """
    A promise that a clock measures.

    The conditions are asked of every event, in the form of `ClockEvent.view`. The defaults measure the time
    to resolve.

    Args:
        clock: The name of the clock, such as ``"resolve"``.
        within: The open time that may pass. Used up exactly, the promise is kept.
        start: Starts the clock.
        stop: Ends the cycle, with a verdict.
        pause: Holds for as long as the clock must not count.
        cancel: Ends the cycle without a verdict.
        reopen: Starts the next cycle of a stopped clock; ``None`` if there is only one.
        on_reopen: What the next cycle begins with.
        checkpoints: The points at which the desk wakes up; kept in the order of their points.

    Raises:
        DefinitionError: With every problem: *within* or the point of a checkpoint is not more than zero, two
            checkpoints have one name, or what starts the clock is the very condition that ends it.
    """

    clock: str = field(validator=named)
    within: timedelta
    start: Condition = _OPENED
    stop: Condition = _FINISHED
    pause: Condition = _PENDING
    cancel: Condition = _CANCELLED
    reopen: Condition | None = _REOPENED
    on_reopen: Reopening = Reopening.CONTINUE
    checkpoints: tuple[Checkpoint, ...] = field(default=(BREACH,), converter=as_tuple)

    def __attrs_post_init__(self) -> None:
        problems = []
        if not isinstance(self.within, timedelta) or self.within <= timedelta(0):
            problems.append(
                f"{self.clock}.within must be a duration of more than zero, not {self.within!r}; "
                "where nothing is promised, leave the target out"
            )
        else:
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
            f"{self.clock}: {begin} and {end} are the same condition; the clock could never run"
            for begin in ("start", "reopen")
            for end in ("stop", "cancel")
            if getattr(self, begin) == getattr(self, end)
        )
        if problems:
            raise DefinitionError(*problems)

    @cached_property
    def tests(self) -> "Tests":
        """The conditions, compiled; each takes the view of an event."""
        return Tests(
            start=compile_condition(self.start),
            stop=compile_condition(self.stop),
            pause=compile_condition(self.pause),
            cancel=compile_condition(self.cancel),
            reopen=_never if self.reopen is None else compile_condition(self.reopen),
        )

    @cached_property
    def asked_under_way(self) -> frozenset[str]:
        """The facts that can stop, pause, resume or cancel the clock once it has started."""
        return fields_of(self.stop) | fields_of(self.pause) | fields_of(self.cancel)

    @cached_property
    def asked_when_stopped(self) -> frozenset[str]:
        """The facts that can start the next cycle."""
        return frozenset() if self.reopen is None else fields_of(self.reopen)

    @cached_property
    def points(self) -> tuple[tuple[timedelta, Checkpoint], ...]:
        """The checkpoints with the elapsed time at which each is passed, the earliest first."""
        found = [(checkpoint.point(self.within), checkpoint) for checkpoint in self.checkpoints]
        return tuple(sorted(found, key=lambda pair: pair[0]))

    def content(self) -> Mapping[str, object]:
        """Return the target as plain values: what two equal promises have in common."""
        return frozen_dict(
            {
                "clock": self.clock,
                "within": str(self.within),
                "start": to_mapping(self.start),
                "stop": to_mapping(self.stop),
                "pause": to_mapping(self.pause),
                "cancel": to_mapping(self.cancel),
                "reopen": None if self.reopen is None else to_mapping(self.reopen),
                "on_reopen": self.on_reopen.value,
                "checkpoints": [[point.name, point.percent, str(point.offset)] for point in self.checkpoints],
            }
        )


class Tests(NamedTuple):
    """The conditions of a target as functions of an event's view."""

    start: Test
    stop: Test
    pause: Test
    cancel: Test
    reopen: Test


def _never(_facts: Mapping[str, object]) -> bool:
    return False
