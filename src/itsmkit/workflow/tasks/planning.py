"""When each task of a graph can begin and end, on the calendars of those who do it, and what decides that."""

from bisect import bisect_right
from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, datetime, timedelta
from functools import cache

from attrs import define

from itsmkit._checks import is_a, utc
from itsmkit._frozen import EMPTY
from itsmkit._problems import shown
from itsmkit.calendars import Amount, BusinessCalendar, BusinessTime
from itsmkit.workflow.tasks.errors import TaskGraphError, unknown
from itsmkit.workflow.tasks.graph import TaskGraph
from itsmkit.workflow.tasks.reading import TaskGraphReading, TaskReading, TaskStatus
from itsmkit.workflow.tasks.task import Task
from itsmkit.workflow.tasks.task_schedule import PlanCause, PlanCauseKind, PlannedTask, Schedule

__all__ = ["schedule"]

_Kind = PlanCauseKind
_TICK = timedelta(microseconds=1)
_ZERO = timedelta(0)


def schedule(
    graph: TaskGraph,
    at: datetime,
    calendars: Mapping[str, BusinessTime] = EMPTY,
    *,
    reading: TaskGraphReading | None = None,
    without: Iterable[str] = (),
) -> Schedule:
    """
    Return when each task of *graph* begins and ends at the earliest and at the latest.

    Forward: a task begins when its predecessors let it go on, and takes its time on its own calendar.
    Backward: it must end so that those that wait for it can begin at their latest, and the whole ends when it
    does. A conditional task counts in full as long as nobody knows that it is not needed. A task that waits
    for some of its predecessors counts on those that end first.

    Of a running graph, what has happened stands. What runs goes on for what is left of its time, and if that
    is over, may end at any moment. What failed for good counts as if it were begun anew at *at*.

    Counts of days have no exact way back. The latest start of such a task is sought in the open time of its
    calendar after its earliest one; a start between the two never ends later, unless the count itself leads
    from a later start to an earlier end, as one from a Saturday and one from the Monday after may.

    Cost: one question to a calendar forward and two backward for every task, some fifty for one in business
    days.

    Args:
        graph: The graph.
        at: When it begins; of a running graph, the present: nothing is planned before. Aware.
        calendars: By the names that the tasks use.
        reading: How the graph stands, if it runs.
        without: The names of tasks to plan without, as if they were not needed.

    Raises:
        DefinitionError: If *at* is naive.
        TaskGraphError: With every problem: an unknown calendar, an unknown task in *without*, a reading of
            another graph.
        NeverOpenError: If a calendar ends before a task does.
        OutOfRangeError: If a calendar does not know the time.

    Source:
        J. E. Kelley and M. R. Walker, Critical-Path Planning and Scheduling, 1959, with a calendar for each
        task in place of plain addition.

    >>> from itsmkit.workflow.tasks import Task
    >>> hour = timedelta(hours=1)
    >>> office = BusinessCalendar("Mon-Fri 09:00-17:00", "Europe/Berlin")
    >>> graph = TaskGraph(
    ...     "laptop",
    ...     [
    ...         Task("order", duration=2 * hour, calendar="office"),
    ...         Task("account", duration=hour, calendar="office"),
    ...         Task("install", after=("order", "account"), duration=8 * hour, calendar="office"),
    ...     ],
    ... )
    >>> print(schedule(graph, datetime(2026, 3, 6, 9, tzinfo=office.tz), {"office": office}).explain())
    ends 2026-03-09 11:00+01:00 by way of order -> install
    - order: 2026-03-06 09:00+01:00 to 2026-03-06 11:00+01:00, critical (at the beginning)
    - account: 2026-03-06 09:00+01:00 to 2026-03-06 10:00+01:00, slack 1:00:00 (at the beginning)
    - install: 2026-03-06 11:00+01:00 to 2026-03-09 11:00+01:00, critical (after order)
    """
    left_out = tuple(without)
    problems = [
        *_calendar_problems(graph, calendars),
        *(
            f"without: {unknown('task', name, graph.topological_order)}"
            for name in left_out
            if name not in graph
        ),
    ]
    if reading is not None and reading.graph != graph:
        problems.append(
            f"reading: is of {reading.graph.name!r} of version {reading.graph.version!r}, not of this graph"
        )
    if problems:
        raise TaskGraphError(*problems)
    return _Plan(graph, at, calendars, reading, frozenset(left_out)).schedule()


def _calendar_problems(graph: TaskGraph, calendars: Mapping[str, BusinessTime]) -> Iterator[str]:
    for name, calendar in calendars.items():
        if not is_a(calendar, BusinessTime):
            yield f"calendars.{name}: must be a calendar, not {shown(calendar)}"
    for index, task in enumerate(graph):
        if task.calendar is not None and task.calendar not in calendars:
            yield f"tasks[{index}].calendar: {unknown('calendar', task.calendar, tuple(calendars))}"


@cache
def _round_the_clock() -> BusinessCalendar:
    return BusinessCalendar.always("UTC")


@define
class _Entry:
    """What is known of a task in the plan. All instants are in UTC."""

    calendar: BusinessTime
    amount: Amount
    because: PlanCause
    start: datetime
    finish: datetime
    awaited: tuple[str, ...] = ()
    is_begun: bool = False
    is_over: bool = False


class _Plan:
    """A schedule that is being made."""

    def __init__(
        self,
        graph: TaskGraph,
        at: datetime,
        calendars: Mapping[str, BusinessTime],
        reading: TaskGraphReading | None,
        left_out: frozenset[str],
    ) -> None:
        self._graph = graph
        self._at = utc(at, "at")
        self._zone = at.tzinfo
        self._calendars = calendars
        self._reading = reading
        self._entries: dict[str, _Entry] = {}
        for name in graph.topological_order:
            now = None if reading is None else reading.tasks[name]
            task = graph[name]
            came = tuple(before for before in task.after if before in self._entries)
            if name not in left_out and self._is_needed(task, came, now):
                self._entries[name] = self._entry(task, came, now)
        self._finish = max((entry.finish for entry in self._entries.values()), default=self._at)

    def schedule(self) -> Schedule:
        """Return the schedule: going back from the end, how late each task may be."""
        latest: dict[str, datetime] = {}
        planned: dict[str, PlannedTask] = {}
        for name in reversed(self._graph.topological_order):
            entry = self._entries.get(name)
            if entry is None:
                continue
            planned[name] = each = self._planned(name, entry, latest.get(name, self._finish))
            for before in entry.awaited:
                latest[before] = min(latest.get(before, self._finish), each.latest_start)
        return Schedule(
            self._graph,
            self._finish.astimezone(self._zone),
            {task.name: planned[task.name] for task in self._graph if task.name in planned},
        )

    def _is_needed(self, task: Task, came: tuple[str, ...], now: TaskReading | None) -> bool:
        if now is not None and now.status not in (TaskStatus.WAITING, TaskStatus.BLOCKED):
            return now.status is not TaskStatus.NOT_NEEDED
        return bool(came or not task.after or task.regardless)

    def _entry(self, task: Task, came: tuple[str, ...], now: TaskReading | None) -> _Entry:
        calendar = _round_the_clock() if task.calendar is None else self._calendars[task.calendar]
        amount = _ZERO if task.duration is None or (now and now.will_be_skipped) else task.duration
        joined, driving, awaited = self._join(task, came)
        if now is not None and now.is_ended and now.ended_at is not None:
            begun = now.ended_at if now.started_at is None else now.started_at
            because = PlanCause(_Kind.ENDED, driving)
            return _Entry(calendar, amount, because, begun, now.ended_at, is_begun=True, is_over=True)
        if now is not None and now.status is TaskStatus.RUNNING and now.started_at is not None:
            finish = calendar.advance(now.started_at, amount, in_zone=UTC)
            because = PlanCause(_Kind.RUNNING if finish >= self._at else _Kind.OVERDUE, driving)
            return _Entry(calendar, amount, because, now.started_at, max(finish, self._at), is_begun=True)
        starts, because = self._at, PlanCause(_Kind.NOT_BEFORE)
        if now is not None and now.status is TaskStatus.FAILED:
            because = PlanCause(_Kind.AGAIN)
        elif joined is None:
            because = PlanCause(_Kind.BEGINNING)
        elif joined >= self._at:
            starts, because = joined, PlanCause(_Kind.AFTER, driving)
        finish = calendar.advance(starts, amount, in_zone=UTC)
        return _Entry(calendar, amount, because, starts, finish, awaited)

    def _join(
        self, task: Task, came: tuple[str, ...]
    ) -> tuple[datetime | None, tuple[str, ...], tuple[str, ...]]:
        """Return when the predecessors let a task go on, which decide that, and which it counts on."""
        if not came:
            return None, (), ()
        ends = {name: self._entries[name].finish for name in came}
        awaited = tuple(sorted(came, key=ends.__getitem__))[: task.needed]
        joined = ends[awaited[-1]]
        return joined, tuple(name for name in came if ends[name] == joined), awaited

    def _planned(self, name: str, entry: _Entry, latest_finish: datetime) -> PlannedTask:
        slack: timedelta | None
        if entry.is_over:
            latest_start, latest_finish, slack = entry.start, entry.finish, None
        elif entry.is_begun:
            latest_start = entry.start
            slack = entry.calendar.elapsed(entry.finish, latest_finish)
        else:
            latest_start = _latest_start(entry, latest_finish)
            slack = entry.calendar.elapsed(entry.start, latest_start)
        tz = entry.calendar.tz
        return PlannedTask(
            name,
            entry.start.astimezone(tz),
            entry.finish.astimezone(tz),
            latest_start.astimezone(tz),
            latest_finish.astimezone(tz),
            slack,
            entry.because,
        )


def _latest_start(entry: _Entry, latest_finish: datetime) -> datetime:
    """Return the latest start from which a task ends at *latest_finish*, or before."""
    calendar, amount = entry.calendar, entry.amount
    if isinstance(amount, timedelta):
        return calendar.retreat(latest_finish, amount, in_zone=UTC)
    ticks = bisect_right(
        range(calendar.elapsed(entry.start, latest_finish) // _TICK + 1),
        latest_finish,
        key=lambda ticks: calendar.advance(
            calendar.advance(entry.start, ticks * _TICK, in_zone=UTC), amount, in_zone=UTC
        ),
    )
    return calendar.advance(entry.start, (ticks - 1) * _TICK, in_zone=UTC)
