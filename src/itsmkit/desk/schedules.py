"""What can be asked of schedules: keeping them, what comes next, and logging the tickets that are due."""

from collections.abc import Callable, Iterator, Mapping
from datetime import datetime, timedelta
from functools import partial
from heapq import merge
from itertools import islice
from typing import Any

from attrs import evolve, field, frozen

from itsmkit._checks import is_a
from itsmkit._frozen import EMPTY, frozen_dict
from itsmkit._problems import close_to
from itsmkit.calendars import BusinessCalendar
from itsmkit.conditions import equals
from itsmkit.desk._access import unguarded
from itsmkit.desk._arguments import looking_at_arguments
from itsmkit.desk._commands import Runner, acting, in_own_transactions
from itsmkit.desk._directory import placed_by
from itsmkit.desk._record_kind import RecordKind
from itsmkit.desk._shelf import Shelf, Step
from itsmkit.desk._turns import Turn
from itsmkit.desk.aids import AIDS
from itsmkit.desk.config import DeskConfig
from itsmkit.desk.work import number_of_new
from itsmkit.errors import ConflictError, DefinitionError, NotFoundError, RefusedError
from itsmkit.plugin import UnitOfWork
from itsmkit.plugin.queries import MAX_PAGE
from itsmkit.practices import Decision, Outcome
from itsmkit.practices.access import restriction_of
from itsmkit.practices.inheritance import known
from itsmkit.practices.work_aids import (
    Occurrence,
    Schedule,
    TicketTemplate,
    due_occurrence,
    keep_schedule,
    next_occurrence,
    note_problem,
    occurrence_id,
    settle,
)
from itsmkit.tickets import SYSTEM, Actor, TicketId

__all__ = ["ScheduleCommands", "SchedulesReport", "UpcomingTicket"]

SCHEDULE = RecordKind("schedule", Schedule)

_IN_USE = equals("is_retired", value=False)


@frozen
class UpcomingTicket:
    """
    A ticket that will be logged.

    Args:
        at: When, in UTC.
        schedule: The schedule that says so.
        occurrence: Which of its occurrences it is.
    """

    at: datetime
    schedule: Schedule
    occurrence: Occurrence


@frozen
class SchedulesReport:
    """
    What came of seeing to the schedules.

    Args:
        logged: How many tickets were logged.
        passed_over: How many occurrences were missed, and are not logged any more.
        refused: Why the next ticket of a schedule could not be logged, by its id, where that is new. It is
            tried again.
        is_done: Whether nothing is left that is due.
        next_at: When the next ticket is due; ``None`` if none is, or not all was seen to.
    """

    logged: int = 0
    passed_over: int = 0
    refused: Mapping[str, str] = field(default=EMPTY, converter=frozen_dict)
    is_done: bool = True
    next_at: datetime | None = None


@looking_at_arguments(but=("schedule", "stop"))
@frozen
class ScheduleCommands:
    """
    What can be asked of schedules; reached as ``desk.schedules``.

    A worker logs the tickets that are due. All of it is about the desk as a whole and needs a permit.
    """

    _runner: Runner
    _actor: Actor | None

    # -- keeping them ----------------------------------------------------------------------------

    def keep(
        self, schedule: Schedule, *, by: Actor | None = None, idempotency_key: str | None = None
    ) -> Schedule:
        """
        Keep a schedule: a new one, or another version of the one of its id.

        What came before it was kept is not caught up on, and neither is what came while it was retired.

        Args:
            schedule: The schedule.
            by: Who keeps it.
            idempotency_key: Chosen by who asks, to have it done once.

        Returns:
            The schedule as it is kept, with its version.

        Raises:
            DefinitionError: With all that the desk has not: the template, the calendar.
        """
        if not is_a(schedule, Schedule):
            problem = f"schedule: must be a Schedule, not {type(schedule).__name__}"
            raise DefinitionError(problem)
        plain = SCHEDULE.to_document(schedule)
        runner = self._runner.asked("schedules.keep", acting(by, self._actor), idempotency_key, plain)
        shelf = Shelf(SCHEDULE, runner)

        def work(unit: UnitOfWork) -> Schedule:
            problems = [*_problems(runner, unit, schedule)]
            if problems:
                raise DefinitionError(*(f"schedule {schedule.id!r}: {each}" for each in problems))
            before = shelf.find(unit, schedule.id)
            outcome = keep_schedule(schedule, before, runner.clock())
            if before is None:
                assert outcome is not None  # noqa: S101  # a new one is kept
                return shelf.add(unit, outcome)
            return before if outcome is None else shelf.save(unit, before, outcome)

        return runner.answered(work, shelf.answer)

    def retire(
        self, schedule_id: str, *, by: Actor | None = None, idempotency_key: str | None = None
    ) -> Schedule:
        """
        Let a schedule come no more; it remains, with its history.

        Args:
            schedule_id: The schedule.
            by: Who retires it.
            idempotency_key: Chosen by who asks, to have it done once.

        Raises:
            NotFoundError: If there is no such schedule.
        """
        actor = acting(by, self._actor)
        runner = self._runner.asked("schedules.retire", actor, idempotency_key, schedule_id)

        def decide(_unit: UnitOfWork, schedule: Schedule) -> Outcome[Schedule] | None:
            return keep_schedule(evolve(schedule, is_retired=True), schedule, runner.clock())

        return Shelf(SCHEDULE, runner).change(schedule_id, decide)

    # -- reads -----------------------------------------------------------------------------------

    def all(self) -> Iterator[Schedule]:
        """Go through the schedules, by their ids, retired ones too."""
        self._runner.admit("schedules.all", self._actor)
        return Shelf(SCHEDULE, self._runner).each()

    def history(self, schedule_id: str) -> tuple[Step[Schedule], ...]:
        """Return what has happened to a schedule, in order; empty if there never was one of this id."""
        self._runner.admit("schedules.history", self._actor)
        with self._runner.store.begin() as unit:
            return Shelf(SCHEDULE, self._runner).history(unit, schedule_id)

    def upcoming(self, limit: int = 50) -> tuple[UpcomingTicket, ...]:
        """
        Return what will be logged next, the earliest first, from what is due now on.

        Args:
            limit: The most to return, 1 to `MAX_PAGE`.

        Raises:
            DefinitionError: If *limit* is out of bounds.
        """
        self._runner.admit("schedules.upcoming", self._actor)
        if not 1 <= limit <= MAX_PAGE:
            problem = f"limit must be a whole number from 1 to {MAX_PAGE}, not {limit!r}"
            raise DefinitionError(problem)
        schedules = Shelf(SCHEDULE, self._runner).each(_IN_USE)
        streams = [_coming(each, calendar_of(self._runner.config, each)) for each in schedules]
        return tuple(islice(merge(*streams, key=lambda each: (each.at, each.schedule.id)), limit))

    # -- the job ---------------------------------------------------------------------------------

    def run(
        self,
        *,
        limit: int = 1000,
        stop: Callable[[], bool] = lambda: False,
        turn: timedelta | None = None,
        by: Actor | None = None,
    ) -> SchedulesReport:
        """
        Log the tickets that are due.

        Any number of workers may call it, as often as they like: of each occurrence there is exactly one
        ticket, or none if it was missed and the schedule says not to catch up. One that cannot be logged
        keeps the others of its schedule waiting, and no other schedule; why, its `Schedule.problem` tells.

        Args:
            limit: The most tickets to log in this call.
            stop: Asked before each ticket: whether to leave the rest.
            turn: How long to go on by the desk's clock. By default, until *limit* is reached.
            by: Who logs; by default, the desk itself.

        Raises:
            RefusedError: In a transaction of the host: see `Store.is_joined`.
        """
        runner = self._runner.asked("schedules.run", by or self._actor or SYSTEM, None)
        in_own_transactions(runner.store, "schedules.run")
        round_ = _Round(runner, limit, Turn(stop, runner.clock, turn))
        done = [round_.see_to(each) for each in Shelf(SCHEDULE, runner).each(_IN_USE)]
        upcoming = min(round_.next, default=None) if all(done) else None
        return SchedulesReport(round_.logged, round_.passed_over, round_.refused, all(done), upcoming)


class _Round:
    """One call of the job, and what has come of it so far."""

    def __init__(self, runner: Runner, limit: int, ends: Turn) -> None:
        self._runner = runner
        self._limit = limit
        self._ends = ends
        self.logged = 0
        self.passed_over = 0
        self.refused: dict[str, str] = {}
        self.next: list[datetime] = []

    def see_to(self, schedule: Schedule) -> bool:
        """Log what is due of a schedule, and tell whether nothing is left of that."""
        runner = self._runner
        calendar = calendar_of(runner.config, schedule)
        while due_occurrence(schedule, calendar, runner.clock()) is not None:
            if self.logged >= self._limit or self._ends():
                return False
            self._ends.use()
            try:
                schedule, logged, passed_over = runner.retried(partial(_log_next, runner, schedule.id))
            except ConflictError:
                return False  # others are at it
            except (DefinitionError, NotFoundError, RefusedError) as error:
                self._note(schedule, str(error))
                return True
            self.logged += logged
            self.passed_over += passed_over
        coming = next_occurrence(schedule, calendar)
        if coming is not None:
            self.next.append(coming.at)
        return True

    def _note(self, schedule: Schedule, problem: str) -> None:
        """Note why the next ticket of a schedule could not be logged, unless that is known."""
        shelf = Shelf(SCHEDULE, self._runner)

        def work(unit: UnitOfWork) -> bool:
            before = shelf.of(unit, schedule.id)
            outcome = note_problem(before, problem)
            if outcome is not None:
                shelf.save(unit, before, outcome)
            return outcome is not None

        if self._runner.retried(work):
            self.refused[schedule.id] = problem


def _log_next(runner: Runner, schedule_id: str, unit: UnitOfWork) -> tuple[Schedule, int, int]:
    """See to what is due first of a schedule; return it, how many were logged, and how many passed over."""
    unit = unguarded(unit)
    shelf = Shelf(SCHEDULE, runner)
    schedule, now = shelf.of(unit, schedule_id), runner.clock()
    due = due_occurrence(schedule, calendar_of(runner.config, schedule), now)
    if due is None:
        return schedule, 0, 0  # others were here
    ticket_id: TicketId | None = None
    if due.occurrence is not None:
        key = occurrence_id(schedule.id, due.occurrence.nominal)
        # It may have been logged, even if the calendar has changed since.
        if known(unit.ticket, key) is None:
            ticket_id = key
            runner.save(unit, _logged(runner, unit, schedule, key, due.occurrence))
    saved = shelf.save(unit, schedule, settle(schedule, due, ticket_id))
    return saved, int(ticket_id is not None), due.passed_over


def _logged(
    runner: Runner, unit: UnitOfWork, schedule: Schedule, ticket_id: TicketId, occurrence: Occurrence
) -> Decision[Any]:
    """Decide on the ticket of an occurrence."""
    template: TicketTemplate = Shelf(AIDS["ticket template"], runner).of(unit, schedule.template)
    if template.is_retired:
        refusal = f"cannot log from the template {template.name!r}: it is retired"
        raise RefusedError(refusal)
    kind = runner.config.kind(template.kind)
    details: dict[str, Any] = {
        "title": template.title,
        "requester": runner.actor.id,
        **template.details,
    }
    told = {name: details.pop(name, None) for name in ("impact", "urgency", "restricted_to")}
    restricted_to = told["restricted_to"]
    if restricted_to is not None:
        restriction_of(runner.config.access, restricted_to)
    return kind.log(
        ticket_id,
        number_of_new(runner, unit, kind, restricted_to),
        runner.occasion(),
        opened_at=occurrence.at,
        impact=told["impact"] or template.impact,
        urgency=told["urgency"] or template.urgency,
        details={
            **placed_by(runner.directory, details),
            "schedule": schedule.id,
            "scheduled_for": occurrence.nominal,
        },
        restricted_to=restricted_to,
        rules=runner.config.tickets,
    )


def calendar_of(config: DeskConfig, schedule: Schedule) -> BusinessCalendar:
    """Return the calendar that says what is closed for a schedule; that of the reports if it has gone."""
    found = None if schedule.calendar is None else config.calendars.get(schedule.calendar)
    return config.reporting_hours if found is None else found


def _coming(schedule: Schedule, calendar: BusinessCalendar) -> Iterator[UpcomingTicket]:
    """Yield what a schedule will log, in order."""
    if schedule.done_until is not None:
        for occurrence in schedule.coming(schedule.done_until, calendar):
            yield UpcomingTicket(occurrence.at, schedule, occurrence)


def _problems(runner: Runner, unit: UnitOfWork, schedule: Schedule) -> Iterator[str]:
    """Yield what the desk has not of what a schedule names."""
    template = Shelf(AIDS["ticket template"], runner).find(unit, schedule.template)
    if template is None and not schedule.is_retired:
        yield f"template: there is no ticket template {schedule.template!r}; keep one by `desk.aids.keep`"
    calendars = runner.config.calendars
    if schedule.calendar is not None and schedule.calendar not in calendars:
        yield (
            f"calendar: there is no calendar {schedule.calendar!r}; {close_to(schedule.calendar, calendars)}"
        )
