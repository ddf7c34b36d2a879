"""One task of a graph: after which it comes, under what condition, and what it takes."""

from collections.abc import Iterator
from datetime import timedelta
from enum import StrEnum
from types import NoneType
from typing import Literal, TypeAlias

from attrs import field, frozen

from itsmkit._checks import is_a
from itsmkit._frozen import EMPTY
from itsmkit._problems import distinct_problems, instance_problems, name_problems, names, shown
from itsmkit.calendars import Amount, BusinessDays
from itsmkit.conditions import ALWAYS, Condition, FactSchema
from itsmkit.conditions._declared_facts import always_given, declaration_problems
from itsmkit.workflow.tasks.errors import TaskGraphError

__all__ = ["Join", "OnFailure", "Task"]

Join: TypeAlias = Literal["all", "any"] | int
"""For how many of its predecessors a task waits."""


class OnFailure(StrEnum):
    """What the failure of a task means for the rest of its graph, once its attempts are used up."""

    STOP = "stop"
    """No task starts any more; those that run may end."""

    BLOCK = "block"
    """What needs the task waits; other branches go on."""

    CONTINUE = "continue"
    """The task has ended, and what comes after it goes on. A condition can ask for its outcome."""


def _on_failure(text: str) -> OnFailure:
    return OnFailure(text) if text in list(OnFailure) else text  # type: ignore[return-value]  # refused below


@frozen
class Task:
    """
    A piece of work, such as an approval, a delivery or a step of a change.

    Args:
        name: What it is called; distinct within a graph.
        kind: What type of work it is, in the words of the desk: ``"approval"``, ``"automated"`` …
        after: The names of its predecessors; a single name may stand alone. Without any, it stands at the
            beginning.
        join: For how many of its predecessors it waits: ``"all"``, ``"any"``, which is one, or a number.
            See `read_tasks <itsmkit.workflow.tasks.read_tasks>` for what counts.
        when: Asked once, when its predecessors let it go on: if it does not hold, the task is not needed.
        duration: How long it is expected to take, as open time or in business days; ``None``: no time.
        calendar: The name of the calendar that this is measured on; ``None`` is round the clock.
        group: The support group that does it, if that is settled.
        attempts: How often it may be tried before it has failed.
        gives: The facts that it gives when it is done: a `FactSchema <itsmkit.conditions.FactSchema>`, or a
            mapping from names to types. A kind alone, such as ``"number"``, is that of a fact that it always
            gives.
        on_failure: What its failure means for the rest: an `OnFailure`, or its text.
        regardless: Whether it is done too where none of its predecessors was needed. Otherwise it is then
            not needed either.

    Raises:
        TaskGraphError: With every problem.

    >>> Task("install", after=("order", "approve"), join=3, duration=timedelta(hours=-1))
    Traceback (most recent call last):
        ...
    itsmkit.workflow.tasks.errors.TaskGraphError: 2 problems:
    - join: waits for 3 of 2 predecessors; wait for fewer, or name more in 'after'
    - duration: must not be negative, not timedelta datetime.time...seconds=82800)
    """

    name: str
    kind: str = field(default="task", kw_only=True)
    after: tuple[str, ...] = field(default=(), converter=names, kw_only=True)
    join: Join = field(default="all", kw_only=True)
    when: Condition = field(default=ALWAYS, kw_only=True)
    duration: Amount | None = field(default=None, kw_only=True)
    calendar: str | None = field(default=None, kw_only=True)
    group: str | None = field(default=None, kw_only=True)
    attempts: int = field(default=1, kw_only=True)
    gives: FactSchema = field(default=EMPTY, converter=always_given, kw_only=True)
    on_failure: OnFailure = field(default=OnFailure.STOP, converter=_on_failure, kw_only=True)
    regardless: bool = field(default=False, kw_only=True)

    def __attrs_post_init__(self) -> None:
        problems = [
            *name_problems("name", self.name),
            *name_problems("kind", self.kind),
            *self._after_problems(),
            *self._join_problems(),
            *instance_problems("when", self.when, Condition),
            *self._duration_problems(),
            *(() if self.calendar is None else name_problems("calendar", self.calendar)),
            *(() if self.group is None else name_problems("group", self.group)),
            *_attempts_problems(self.attempts),
            *declaration_problems("gives", self.gives),
            *_on_failure_problems(self.on_failure),
            *instance_problems("regardless", self.regardless, bool),
        ]
        if problems:
            raise TaskGraphError(*problems)

    @property
    def needed(self) -> int:
        """For how many of its predecessors it waits, as a number."""
        match self.join:
            case "all":
                return len(self.after)
            case "any":
                return 1
            case number:
                return number

    def _after_problems(self) -> Iterator[str]:
        for index, name in enumerate(self.after):
            yield from name_problems(f"after[{index}]", name)
            if name == self.name:
                yield f"after[{index}]: {name!r} cannot come after itself: {name} -> {name}"
        yield from distinct_problems("after", self.after)

    def _join_problems(self) -> Iterator[str]:
        if self.join == "all":
            return
        if self.join != "any" and (type(self.join) is not int or self.join < 1):
            yield f"join: must be 'all', 'any' or a number of at least 1, not {shown(self.join)}"
        elif not self.after:
            yield f"join: {self.join!r} needs predecessors to wait for; name them in 'after'"
        elif self.needed > len(self.after):
            yield (
                f"join: waits for {self.needed} of {len(self.after)} predecessors; wait for fewer, or name "
                "more in 'after'"
            )

    def _duration_problems(self) -> Iterator[str]:
        if not is_a(self.duration, timedelta, BusinessDays, NoneType):
            yield f"duration: must be a timedelta or BusinessDays, not {shown(self.duration)}"
        match self.duration:
            case timedelta():
                if self.duration < timedelta(0):
                    yield f"duration: must not be negative, not {shown(self.duration)}"
            case BusinessDays():
                if self.duration.number < 1:
                    yield f"duration: must be at least 1 business day, not {self.duration.number}"
                if self.calendar is None:
                    yield "duration: business days need a calendar to be counted on; name it in 'calendar'"


def _attempts_problems(attempts: object) -> Iterator[str]:
    if type(attempts) is not int or attempts < 1:
        yield f"attempts: must be a whole number of at least 1, not {shown(attempts)}"


def _on_failure_problems(on_failure: object) -> Iterator[str]:
    if not isinstance(on_failure, OnFailure):
        yield f"on_failure: must be one of {', '.join(OnFailure)}, not {shown(on_failure)}"
