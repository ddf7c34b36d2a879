"""Ladders: what sets one off, and who is told as time goes by."""

from collections.abc import Iterator, Mapping
from datetime import timedelta
from enum import StrEnum
from functools import cached_property

from attrs import field, frozen

from itsmkit._checks import named
from itsmkit._frozen import as_tuple
from itsmkit._problems import instance_problems, items_problems, names_problems, shown
from itsmkit.conditions import ALWAYS, Condition, Predicate, compile_condition
from itsmkit.errors import DefinitionError

__all__ = ["CatchUp", "Importance", "Ladder", "LadderStep", "Trigger"]


class Trigger(StrEnum):
    """What sets a ladder off."""

    CHECKPOINT = "checkpoint"
    """A clock passes a checkpoint, once in each cycle of it."""
    IDLE = "idle"
    """Nobody of the staff touches the ticket: it counts from the last touch."""
    SILENT = "silent"
    """The requester is told nothing: it counts from the last public message of the desk."""
    REASSIGNED = "reassigned"
    """The work has gone from one to another so often."""
    REOPENED = "reopened"
    """The ticket has come back so often."""
    BOUNCED = "bounced"
    """The work has come back so often to the group that had just handed it on."""


class Importance(StrEnum):
    """How much a step matters; they can be compared."""

    LOW = "low"
    NORMAL = "normal"
    HIGH = "high"
    CRITICAL = "critical"

    @property
    def rank(self) -> int:
        """Its place among all, from 0."""
        return _RANKS[self]

    def is_at_least(self, other: "Importance") -> bool:
        """Tell whether it matters as much as *other*, or more."""
        return _RANKS[self] >= _RANKS[other]


_RANKS: Mapping[str, int] = {each: place for place, each in enumerate(Importance)}


class CatchUp(StrEnum):
    """What becomes of steps that are found late, as after a night without workers."""

    ALL = "all"
    """All are taken, in order."""
    LATEST = "latest"
    """Of the late ones of a ladder the last is taken; those before it are passed over."""
    NONE = "none"
    """The late ones are passed over."""


@frozen
class LadderStep:
    """
    One rung.

    Args:
        after: How long after the occasion it is taken, in open time of the ladder's calendar.
        notify: Whom to tell, as roles that are looked up when the step is taken: see `RoleBook`.
        otherwise: Whom to tell if none of them is anybody.
        importance: How much it matters; by default, as much as the ladder.

    Raises:
        DefinitionError: With every problem.
    """

    after: timedelta
    notify: tuple[str, ...] = field(converter=as_tuple)
    otherwise: tuple[str, ...] = field(default=(), converter=as_tuple)
    importance: Importance | None = None

    def __attrs_post_init__(self) -> None:
        problems = [*instance_problems("after", self.after, timedelta)]
        if not problems and self.after < timedelta(0):
            problems.append(f"after: must be zero or more, not {self.after}")
        problems += names_problems("notify", self.notify)
        problems += names_problems("otherwise", self.otherwise)
        if not self.notify:
            problems.append("notify: the step tells nobody; name at least one role")
        if self.importance is not None:
            problems += instance_problems("importance", self.importance, Importance)
        if problems:
            raise DefinitionError(*problems)


_COUNTING = frozenset({Trigger.REASSIGNED, Trigger.REOPENED, Trigger.BOUNCED})


@frozen(kw_only=True)
class Ladder:
    """
    Whom the desk tells of a ticket, one after the other, until somebody takes notice.

    It goes by *occasions*: a ladder that has reached its end begins anew on the next. An occasion lasts while
    the ticket is open and *when* holds; steps count from its beginning, or from when that came to hold.

    Args:
        name: What people call it; unique in its policy.
        on: What sets it off.
        steps: The rungs, in the order of their *after*.
        clock: The clock whose checkpoint sets it off.
        checkpoint: The checkpoint, such as ``"breach"``.
        at_least: How often it has to have happened, for what is counted.
        when: The tickets that it is meant for.
        calendar: The name of the calendar that steps count on; by default, the desk's reporting hours.
        importance: How much its steps matter.
        catch_up: What becomes of steps that are found late.
        grace: How late a step may be found and still count as on time.

    Raises:
        DefinitionError: With every problem.

    >>> Ladder(name="idle", on=Trigger.IDLE, steps=[LadderStep(timedelta(hours=4), ["assignee"])]).explain()
    'idle: 4:00:00 after the last touch by the staff, tell assignee'
    """

    name: str = field(validator=named)
    on: Trigger
    steps: tuple[LadderStep, ...] = field(converter=as_tuple)
    clock: str | None = None
    checkpoint: str | None = None
    at_least: int | None = None
    when: Condition = ALWAYS
    calendar: str | None = None
    importance: Importance = Importance.NORMAL
    catch_up: CatchUp = CatchUp.ALL
    grace: timedelta = timedelta(minutes=15)

    def __attrs_post_init__(self) -> None:
        problems = [*self._problems()]
        if problems:
            raise DefinitionError(*problems)

    def _problems(self) -> Iterator[str]:
        yield from instance_problems("on", self.on, Trigger)
        yield from instance_problems("when", self.when, Condition)
        yield from instance_problems("importance", self.importance, Importance)
        yield from instance_problems("catch_up", self.catch_up, CatchUp)
        yield from instance_problems("grace", self.grace, timedelta)
        strange = [*items_problems("steps", self.steps, LadderStep)]
        yield from strange
        if not self.steps:
            yield "steps: the ladder has none; give it at least one"
        if not strange:
            waits = [step.after for step in self.steps]
            if waits != sorted(waits):
                yield "steps: must stand in the order of their `after`"
        needs = {"clock": self.clock, "checkpoint": self.checkpoint}
        for name, value in needs.items():
            if self.on == Trigger.CHECKPOINT and not value:
                yield f"{name}: is missing: name what sets off a ladder on a checkpoint"
            elif self.on != Trigger.CHECKPOINT and value is not None:
                yield f"{name}: belongs to a ladder on a checkpoint, not to one on {shown(self.on)}"
        if self.on in _COUNTING:
            count = self.at_least
            if not isinstance(count, int) or isinstance(count, bool) or count < 1:
                yield f"at_least: must be a number from 1, not {shown(self.at_least)}"
        elif self.at_least is not None:
            yield f"at_least: nothing is counted by a ladder on {shown(self.on)}"

    @cached_property
    def applies(self) -> Predicate:
        """The condition, compiled."""
        return compile_condition(self.when)

    def importance_of(self, step: LadderStep) -> Importance:
        """Return how much one of its steps matters."""
        return self.importance if step.importance is None else step.importance

    def cause(self) -> str:
        """Return what its steps count from, in words."""
        if self.on == Trigger.CHECKPOINT:
            return f"the {self.clock} clock passes {self.checkpoint}"
        if self.on in _COUNTING:
            return f"it is {self.on.value} {self.at_least} times"
        if self.on == Trigger.IDLE:
            return "the last touch by the staff"
        return "the last public message of the desk"

    def explain(self) -> str:
        """Return the ladder as a line of text."""
        told = "; ".join(
            f"{step.after} after {self.cause()}, tell {', '.join(step.notify)}" for step in self.steps
        )
        return f"{self.name}: {told}"
