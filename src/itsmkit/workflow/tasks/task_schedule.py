"""The schedule of a task graph as a value: earliest and latest instants, slack, and the critical path."""

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta
from enum import StrEnum

from attrs import field, frozen

from itsmkit._frozen import frozen_dict
from itsmkit.workflow.tasks.errors import UnknownTaskError
from itsmkit.workflow.tasks.graph import TaskGraph

__all__ = ["PlanCause", "PlanCauseKind", "PlannedTask", "Schedule"]

_ZERO = timedelta(0)


class PlanCauseKind(StrEnum):
    """What decides when a task begins at the earliest."""

    BEGINNING = "at the beginning"
    """It has no predecessors in the plan."""

    AFTER = "after"
    """Its predecessors let it go on then."""

    NOT_BEFORE = "not before the present"
    """It could have begun already."""

    AGAIN = "failed, and begun anew now"
    """It failed for good; that somebody reopens it now, is an assumption."""

    RUNNING = "running"
    """It has begun."""

    OVERDUE = "running, and over its time"
    """It has begun, and its time is over."""

    ENDED = "ended"
    """It has ended."""


@frozen
class PlanCause:
    """
    Why a task begins when it does.

    Args:
        kind: What decides that.
        tasks: Those predecessors whose end it was, or is.
    """

    kind: PlanCauseKind
    tasks: tuple[str, ...] = ()

    def __str__(self) -> str:
        if not self.tasks:
            return self.kind.value
        after = f"after {', '.join(self.tasks)}"
        return after if self.kind is PlanCauseKind.AFTER else f"{self.kind}; {after}"


@frozen
class PlannedTask:
    """
    When a task begins and ends. All instants are in the zone of its calendar.

    Args:
        task: Its name.
        earliest_start: When its predecessors let it go on, even if nobody works then.
        earliest_finish: When its time is over, if it begins then.
        latest_start: When it must begin so that the whole does not end later, all else being as early as it
            can be.
        latest_finish: When it must have ended for that.
        slack: The open time of its own calendar by which it may be put off, or last longer; ``None`` if it
            has ended. It is exact where joins wait for all predecessors and nothing is counted in business
            days. Where a join waits for some, it may be less than there is; where business days are counted
            from closed time, what is put off may even end earlier, or, rarely, later.
        because: Why it begins when it does.
    """

    task: str
    earliest_start: datetime
    earliest_finish: datetime
    latest_start: datetime
    latest_finish: datetime
    slack: timedelta | None
    because: PlanCause

    @property
    def is_critical(self) -> bool:
        """Whether it has no slack: where that is exact, to put it off makes the whole end later."""
        return self.slack == _ZERO

    def explain(self) -> str:
        """Return when it begins and ends at the earliest, its slack, and why, as one line."""
        span = f"{_minute(self.earliest_start)} to {_minute(self.earliest_finish)}"
        if self.slack is None:
            return f"{self.task}: {span} ({self.because})"
        slack = "critical" if self.is_critical else f"slack {self.slack}"
        return f"{self.task}: {span}, {slack} ({self.because})"


@frozen
class Schedule:
    """
    When the tasks of a graph begin and end: see `schedule <itsmkit.workflow.tasks.schedule>`.

    Args:
        graph: The graph.
        finish: When the last task ends at the earliest; in the zone of the instant that was planned from.
        tasks: The tasks in the plan by name, in the order of declaration. Those that are not needed are not.
    """

    graph: TaskGraph
    finish: datetime
    tasks: Mapping[str, PlannedTask] = field(converter=frozen_dict)

    def __getitem__(self, name: str) -> PlannedTask:
        """
        Return when the task of that name begins and ends.

        Raises:
            UnknownTaskError: If there is none in the plan.
        """
        try:
            return self.tasks[name]
        except KeyError:
            raise UnknownTaskError(self.graph.name, name, tuple(self.tasks)) from None

    @property
    def critical(self) -> tuple[str, ...]:
        """
        The names of the tasks without slack, in the order of declaration.

        Where all calendars are open round the clock, and all joins wait for all, these are the tasks of the
        `critical_paths`. Otherwise they need not be: who hands over on such a path while the next one is
        closed may well take longer, and who ends beside it at a closing may not, since any more of its time
        is that of another day.
        """
        return tuple(name for name, each in self.tasks.items() if each.is_critical)

    @property
    def critical_path(self) -> tuple[str, ...]:
        """The first of `critical_paths`; empty if nothing is planned."""
        return next(self.critical_paths(), ())

    def critical_paths(self) -> Iterator[tuple[str, ...]]:
        """
        Yield every chain of tasks that makes the whole end when it does, each the names in order.

        In such a chain each task, as long as it has not begun, begins at the very instant at which the one
        before it ends, and the last one ends with the whole. There may be very many of them.
        """
        drives = {name for each in self.tasks.values() for name in each.because.tasks}
        for name, each in self.tasks.items():
            if _is_same(each.earliest_finish, self.finish) and name not in drives:
                yield from self._chains_to(name)

    def _chains_to(self, last: str) -> Iterator[tuple[str, ...]]:
        chains: list[tuple[str, ...]] = [(last,)]
        while chains:
            chain = chains.pop()
            before = self.tasks[chain[0]].because.tasks
            if before:
                chains += [(name, *chain) for name in reversed(before)]
            else:
                yield chain

    def explain(self) -> str:
        """Return the finish with the critical path as one line, and a line for each task."""
        head = f"ends {_minute(self.finish)}"
        if self.tasks:
            head += f" by way of {' -> '.join(self.critical_path)}"
        return "\n".join([head, *(f"- {each.explain()}" for each in self.tasks.values())])


def _minute(instant: datetime) -> str:
    return instant.isoformat(sep=" ", timespec="minutes")


def _is_same(one: datetime, other: datetime) -> bool:
    """Tell whether two instants are one. In the zone in which both are, an hour that is repeated is not."""
    return one.astimezone(UTC) == other.astimezone(UTC)
