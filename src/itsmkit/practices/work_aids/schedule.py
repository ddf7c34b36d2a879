"""Schedules: when a ticket is logged from a template again and again, and what that does on closed days."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from functools import cached_property, lru_cache
from hashlib import sha256
from itertools import takewhile
from uuid import UUID

from attrs import evolve, field, frozen

from itsmkit._checks import in_utc, in_utc_if_any, is_a, member_of, named, utc
from itsmkit._figures import plural
from itsmkit._problems import instance_problems, name_problems, shown
from itsmkit.calendars import BusinessTime, NeverOpenError, Recurrence
from itsmkit.errors import DefinitionError
from itsmkit.practices.outcome import Outcome
from itsmkit.tickets import TicketId

__all__ = [
    "CatchUp",
    "DueOccurrence",
    "Occurrence",
    "Schedule",
    "ShiftRule",
    "due_occurrence",
    "keep_schedule",
    "next_occurrence",
    "note_problem",
    "occurrence_id",
    "settle",
]

_NONE = timedelta(0)
_MOMENT = timedelta(seconds=1)
_DAY = timedelta(days=1)

_FARTHEST = 31 * _DAY
"""How far an occurrence is shifted at most. Farther away, it would be another one."""

_LOOKS = (8 * _DAY, 64 * _DAY, 366 * _DAY, 4 * 366 * _DAY, 28 * 366 * _DAY, 231 * 366 * _DAY)
"""How far is looked for the next occurrence, one after the other: the last one reaches the end of time."""


class ShiftRule(StrEnum):
    """What becomes of an occurrence that falls on closed time."""

    KEEP = "keep"
    """It comes when it comes."""
    NEXT_OPEN = "next open"
    """It comes at the next opening."""
    PREVIOUS_OPEN = "previous open"
    """It comes at the opening of the open time before it, when there is time to work on it."""
    SKIP = "skip"
    """It does not come."""


class CatchUp(StrEnum):
    """What becomes of occurrences that nobody was there to see to, as when all workers stood still."""

    ALL = "all"
    """Each is logged, however late."""
    LATEST = "latest"
    """Of those that are due, only the latest is logged."""
    NONE = "none"
    """Those that are late are not logged: see `Schedule.late_after`."""


@frozen(order=True)
class Occurrence:
    """
    One time that a schedule comes. Its instants are kept in UTC.

    Args:
        at: When it comes.
        nominal: When it would, by the rule alone.
    """

    at: datetime = field(converter=in_utc)
    nominal: datetime = field(converter=in_utc)


def _shift(given: ShiftRule | str) -> ShiftRule:
    return member_of(ShiftRule, given, "Schedule.shift")


def _catch_up(given: CatchUp | str) -> CatchUp:
    return member_of(CatchUp, given, "Schedule.catch_up")


def _local_text(given: datetime | str) -> str:
    # What is neither is refused by the class, beside all else.
    return given.isoformat() if isinstance(given, datetime) else given


@frozen(kw_only=True)
class Schedule:
    """
    When a ticket is logged from a template, again and again.

    Args:
        id: What it is called by programs.
        name: What people call it.
        template: The id of a `TicketTemplate`.
        rule: A recurrence rule, such as ``"FREQ=MONTHLY;BYDAY=1MO"``, with ``UNTIL`` or ``COUNT`` if it ends.
        first: When it comes first, as the clocks of *tz* show it: a datetime without a zone, or its text by
            ISO 8601.
        tz: The name of a zone of the IANA database.
        calendar: The name of the calendar that says what is closed; ``None`` for the one that reports count
            by.
        shift: What becomes of an occurrence that falls on closed time.
        catch_up: What becomes of those that were missed.
        late_after: From how late on one counts as missed, if those are not to be logged; not negative.
        is_retired: Whether it does not come any more.
        done_until: Up to which instant, included, all has been seen to; ``None`` for one that is not kept.
        problem: Why the next ticket could not be logged; ``None`` if nothing stands against it.
        version: How many events have made it.

    Raises:
        DefinitionError: With everything that is wrong.

    >>> from itsmkit.calendars import BusinessCalendar
    >>> office = BusinessCalendar("Mon-Fri 08:00-17:00", "Europe/Berlin")
    >>> tapes = Schedule(
    ...     id="tapes",
    ...     name="Change the tapes",
    ...     template="tapes",
    ...     rule="FREQ=MONTHLY;BYMONTHDAY=1",
    ...     first="2026-01-01T09:00",
    ...     tz="Europe/Berlin",
    ...     shift="next open",
    ... )
    >>> since, until = datetime(2026, 7, 1, tzinfo=office.tz), datetime(2026, 9, 1, tzinfo=office.tz)
    >>> for each in tapes.occurrences(since, until, office):
    ...     print(each.at.astimezone(office.tz))
    2026-07-01 09:00:00+02:00
    2026-08-03 08:00:00+02:00

    Source:
        RFC 5545, section 3.3.10; see `Recurrence`.
    """

    id: str = field(validator=named)
    name: str
    template: str
    rule: str
    first: str = field(converter=_local_text)
    tz: str
    calendar: str | None = None
    shift: ShiftRule = field(default=ShiftRule.KEEP, converter=_shift)
    catch_up: CatchUp = field(default=CatchUp.ALL, converter=_catch_up)
    late_after: timedelta = timedelta(hours=1)
    is_retired: bool = False
    done_until: datetime | None = field(default=None, converter=in_utc_if_any)
    problem: str | None = None
    version: int = field(default=0, eq=False)

    def __attrs_post_init__(self) -> None:
        problems = [*name_problems("name", self.name), *name_problems("template", self.template)]
        if self.calendar is not None:
            problems += name_problems("calendar", self.calendar)
        if not is_a(self.late_after, timedelta) or self.late_after < _NONE:
            problems.append(
                f"late_after: must be a length of time, not negative, not {shown(self.late_after)}"
            )
        problems += instance_problems("rule", self.rule, str)
        problems += instance_problems("tz", self.tz, str)
        if not problems:
            problems += self._rule_problems()
        if problems:
            raise DefinitionError(*(f"Schedule {self.id!r}: {each}" for each in problems))

    def _rule_problems(self) -> Iterator[str]:
        try:
            datetime.fromisoformat(self.first)
        except (TypeError, ValueError):
            yield f"first: must be a time such as 2026-01-05T08:00, not {shown(self.first)}"
            return
        try:
            _ = self.recurrence
        except DefinitionError as error:
            yield from error.problems

    @cached_property
    def recurrence(self) -> Recurrence:
        """By which rule it comes, closed time aside."""
        return Recurrence(self.rule, datetime.fromisoformat(self.first), self.tz, lasting=_MOMENT)

    def occurrences(self, since: datetime, until: datetime, calendar: BusinessTime) -> tuple[Occurrence, ...]:
        """
        Return when it comes from *since* up to, not including, *until*, in order.

        No two come at one instant: of several that are shifted to one, the last by the rule stands for all.
        None is shifted by more than 31 days; one that would be, does not come. So the occurrences of a span
        of time are those of its parts, wherever it is cut. What is to be shifted comes for as long as the
        calendar knows what is open.

        Cost: grows with the occurrences of the rule from the first to *until*, microseconds for each.

        Args:
            since: Timezone-aware, in any zone.
            until: Timezone-aware; if it is not after *since*, nothing comes.
            calendar: What is open.

        Raises:
            DefinitionError: If an end is naive.
        """
        since, until = utc(since, "since"), utc(until, "until")
        reach = _NONE if self.shift is ShiftRule.KEEP else _FARTHEST
        nominal = takewhile(lambda each: each < until + reach, self.recurrence.openings(since - reach))
        coming: dict[datetime, datetime] = {}
        for each in nominal:
            at = self._shifted(each, calendar)
            if at is not None and since <= at < until:
                coming[at] = each
        return tuple(sorted(Occurrence(at, each) for at, each in coming.items()))

    def coming(self, instant: datetime, calendar: BusinessTime) -> Iterator[Occurrence]:
        """
        Go through what comes after an instant, in order, up to the year 2200.

        Args:
            instant: Timezone-aware, in any zone. What comes at this very instant is not meant.
            calendar: What is open.

        Raises:
            DefinitionError: If *instant* is naive.
        """
        start = utc(instant, "instant") + timedelta.resolution
        for look in _LOOKS:
            end = min(start + look, _END)
            yield from self.occurrences(start, end, calendar)
            start = end

    def _shifted(self, nominal: datetime, calendar: BusinessTime) -> datetime | None:
        """Return when an occurrence comes; ``None`` if it does not."""
        if self.shift is ShiftRule.KEEP:
            return nominal
        known = calendar.known
        if nominal not in known:
            return None
        if calendar.is_open(nominal):
            return nominal
        if self.shift is ShiftRule.NEXT_OPEN:
            try:
                at = calendar.next_open(nominal, in_zone=UTC)
            except NeverOpenError:
                return None
            return at if at - nominal <= _FARTHEST else None
        if self.shift is ShiftRule.PREVIOUS_OPEN:
            spans = calendar.open_spans(max(nominal - _FARTHEST, known.start), nominal)
            return spans[-1].start if spans else None
        return None


_END = datetime(2201, 1, 1, tzinfo=UTC)
"""After it, no rule is read: see `Recurrence`."""


def next_occurrence(schedule: Schedule, calendar: BusinessTime) -> Occurrence | None:
    """
    Return what comes next of a schedule, after all that has been seen to.

    Returns:
        ``None`` if nothing does up to the year 2200, or the schedule is retired or not kept.
    """
    if schedule.is_retired or schedule.done_until is None:
        return None
    return _next(_terms(schedule), calendar, schedule.done_until)


@lru_cache(maxsize=1024)
def _next(terms: Schedule, calendar: BusinessTime, instant: datetime) -> Occurrence | None:
    # Workers ask every few seconds, and between two occurrences the answer is the same.
    return next(terms.coming(instant, calendar), None)


def _terms(schedule: Schedule) -> Schedule:
    """Return the schedule without what changes from time to time and does not matter for when it comes."""
    return evolve(schedule, done_until=None, problem=None)


def occurrence_id(schedule_id: str, nominal: datetime) -> TicketId:
    """
    Return the key of the ticket of an occurrence: the same for whoever logs it, and of no other.

    Args:
        schedule_id: The schedule.
        nominal: When the occurrence would come, by the rule alone.

    >>> occurrence_id("tapes", datetime(2026, 8, 1, 7, tzinfo=UTC))
    'edaf7e95-b9ca-8d58-946c-9de87123f8b2'

    Source:
        RFC 9562, section 5.8: a UUID of version 8, its other bits being those of a SHA-256.
    """
    digest = sha256(f"{schedule_id}|{utc(nominal, 'nominal').isoformat()}".encode()).digest()
    bits = int.from_bytes(digest[:16])
    bits &= ~(0xF << 76) & ~(0x3 << 62)
    return TicketId(str(UUID(int=bits | 0x8 << 76 | 0x2 << 62)))


# -- what happens to a schedule ---------------------------------------------------------------------------


@frozen
class DueOccurrence:
    """
    What is due of a schedule.

    Args:
        occurrence: That of which a ticket is to be logged; ``None`` if all that is due was missed.
        passed_over: How many before it are not logged any more.
        until: Up to which instant, included, all is seen to with it.
    """

    occurrence: Occurrence | None
    passed_over: int
    until: datetime


def due_occurrence(schedule: Schedule, calendar: BusinessTime, now: datetime) -> DueOccurrence | None:
    """
    Return what is due first of a schedule; ``None`` if nothing is.

    Args:
        schedule: One that is kept.
        calendar: What is open.
        now: The present instant, aware.
    """
    first = next_occurrence(schedule, calendar)
    if first is None or first.at > now:
        return None
    if schedule.catch_up is CatchUp.ALL:
        return DueOccurrence(first, 0, first.at)
    due = schedule.occurrences(first.at, utc(now, "now") + timedelta.resolution, calendar)
    if schedule.catch_up is CatchUp.LATEST:
        return DueOccurrence(due[-1], len(due) - 1, due[-1].at)
    late = [each for each in due if now - each.at > schedule.late_after]
    on_time = due[len(late) :]
    if on_time:
        return DueOccurrence(on_time[0], len(late), on_time[0].at)
    return DueOccurrence(None, len(late), late[-1].at)


def keep_schedule(schedule: Schedule, before: Schedule | None, now: datetime) -> Outcome[Schedule] | None:
    """
    Keep a schedule: a new one, or another version of the one that there is.

    What came before it was kept, or while it was retired, is not caught up on.

    Args:
        schedule: As it is to be.
        before: The one of its id that there is, if there is one.
        now: The present instant, aware.

    Returns:
        ``None`` if it is kept so already.
    """
    if before is None:
        return Outcome(evolve(schedule, done_until=now, problem=None), "ScheduleKept")
    if _terms(before) == _terms(schedule):
        return None
    done_until = now if before.is_retired else before.done_until
    after = evolve(schedule, done_until=done_until, problem=None)
    retires = schedule.is_retired and not before.is_retired
    return Outcome(after, "ScheduleRetired" if retires else "ScheduleChanged")


def settle(schedule: Schedule, due: DueOccurrence, ticket_id: TicketId | None) -> Outcome[Schedule]:
    """
    See to what is due of a schedule.

    Args:
        schedule: The schedule.
        due: What is due.
        ticket_id: The ticket that was logged; ``None`` if none was.
    """
    said: dict[str, object] = {}
    if ticket_id is not None and due.occurrence is not None:
        said |= {"ticket": ticket_id, "nominal": due.occurrence.nominal.isoformat()}
    if due.passed_over:
        said["passed_over"] = plural(due.passed_over, "occurrence")
    after = evolve(schedule, done_until=due.until, problem=None)
    return Outcome(after, "OccurrencePassedOver" if ticket_id is None else "OccurrenceLogged", said)


def note_problem(schedule: Schedule, problem: str) -> Outcome[Schedule] | None:
    """Note why the next ticket of a schedule could not be logged; ``None`` if that is known already."""
    if schedule.problem == problem:
        return None
    return Outcome(evolve(schedule, problem=problem), "OccurrenceRefused", {"because": problem})
