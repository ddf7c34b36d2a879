"""
The figures of incident management, as one fold over what happened.

=========================  ===========================================================================
Figure                     Definition
=========================  ===========================================================================
resolution time            from the opening to the last event that moved the incident into a state of
                           category ``resolved``; a history that begins there counts from its beginning;
                           incidents that never were there are not counted
business hours             the same, in the open time of the report's calendar
reopened                   came back from resolved or closed at least once: by the log's own counter
                           ``reopen_count`` where it has one, else by the incident's events
never reassigned           the same with ``reassignment_count``
state changes              from one state to another; where a history begins is no change
irregular                  moved at least once where the workflow does not lead
backlog                    at the end of a day, in the report's zone: opened, and at the time neither
                           resolved, closed nor cancelled
attainment                 by the present cycle of each clock, and by the incident's priority at the end;
                           clocks that never started, or were cancelled before a breach, are not counted
time in state              from one event that moves the incident to the next; its present state, which it
                           has not left yet, is not counted
merged incidents           are the one in which they go on; only their clocks that were breached before count,
                           so that no broken promise is lost
=========================  ===========================================================================
"""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from attrs import define, field, frozen

from itsmkit._percentiles import percentile
from itsmkit.calendars import BusinessTime
from itsmkit.errors import DefinitionError
from itsmkit.sla import ClockPhase, ClockReading, Verdict
from itsmkit.tickets import (
    DONE_CATEGORIES,
    CheckpointPassed,
    Fact,
    StateChanged,
    StateCorrected,
    Ticket,
    TicketEvent,
    TicketId,
    TicketLogged,
)

__all__ = ["Attainment", "Day", "IncidentReport", "ResolutionTimes", "incident_report", "is_counted"]

_HOUR = timedelta(hours=1)
_UNDECIDED = frozenset({ClockPhase.NOT_STARTED, ClockPhase.CANCELLED})

Records = Sequence[tuple[Ticket, Mapping[str, ClockReading]]]


@frozen
class ResolutionTimes:
    """
    How long resolving took.

    Args:
        n: How many incidents are counted. The other figures are ``None`` if there are none.
        calendar_median: Half took no longer than this, by the clock on the wall.
        calendar_p90: Nine of ten took no longer.
        business_median: As *calendar_median*, in business hours.
        business_p90: As *calendar_p90*, in business hours.
    """

    n: int
    calendar_median: timedelta | None = None
    calendar_p90: timedelta | None = None
    business_median: timedelta | None = None
    business_p90: timedelta | None = None

    @classmethod
    def of(cls, times: Iterable[tuple[timedelta, timedelta]]) -> "ResolutionTimes":
        """Return the figures of *times*, each in wall-clock and in business time."""
        pairs = list(times)
        if not pairs:
            return cls(0)
        calendar = sorted(pair[0] for pair in pairs)
        business = sorted(pair[1] for pair in pairs)
        return cls(
            len(pairs),
            percentile(calendar, 50),
            percentile(calendar, 90),
            percentile(business, 50),
            percentile(business, 90),
        )

    def to_plain(self) -> dict[str, int | float | None]:
        """Return the figures in hours."""
        return {
            "n": self.n,
            "calendar_hours_median": _hours(self.calendar_median),
            "calendar_hours_p90": _hours(self.calendar_p90),
            "business_hours_median": _hours(self.business_median),
            "business_hours_p90": _hours(self.business_p90),
        }


def _hours(duration: timedelta | None) -> float | None:
    return None if duration is None else duration / _HOUR


@frozen
class Attainment:
    """
    How often a promise was kept.

    Args:
        met: Stopped in time.
        breached: More than the target elapsed, whether the clock still runs or not.
        open: Neither yet: the clock runs or is paused.
    """

    met: int = 0
    breached: int = 0
    open: int = 0

    @classmethod
    def of(cls, verdicts: Mapping[Verdict, int]) -> "Attainment":
        """Return the attainment of counted *verdicts*."""
        return cls(
            verdicts.get(Verdict.MET, 0), verdicts.get(Verdict.BREACHED, 0), verdicts.get(Verdict.OPEN, 0)
        )

    @property
    def share(self) -> float | None:
        """The share of met among those that are decided, 0 to 1; ``None`` if none is."""
        decided = self.met + self.breached
        return self.met / decided if decided else None

    def to_plain(self) -> dict[str, int]:
        """Return the counts by verdict."""
        return {"met": self.met, "breached": self.breached, "open": self.open}


@frozen
class Day:
    """
    One day of the desk.

    Args:
        date: The local date, in the report's zone.
        opened: Incidents opened.
        resolved: Incidents whose last resolution fell on it.
        backlog: Incidents open at its end.
    """

    date: date
    opened: int
    resolved: int
    backlog: int


@frozen
class IncidentReport:
    """
    What happened, in figures; see the table of this module for their definitions.

    Args:
        time_zone: The zone that days, months and hours are counted in.
        incidents: How many there are.
        events: How many events their histories have.
        first_at: The earliest opening.
        last_at: The latest event.
        final_states: Incidents by the state that they are in at the end.
        by_priority: Incidents by their priority at the end.
        by_channel: Incidents by the way they came in.
        by_site: Incidents by place.
        by_group: Incidents by the support group that has, or had, the work.
        never_reassigned: Incidents that stayed with whom they were given first.
        reopened: Incidents that came back.
        resolved: How long resolving took.
        resolved_by_priority: The same for each priority.
        opened_by_month: Incidents by the month of their opening, ``YYYY-MM``, in order.
        days: Every day from the first opening to the last event, in order.
        opened_by_hour: Openings by weekday (Monday is 0) and hour of day.
        state_changes: Moves by (from, to).
        irregular: Incidents that moved where the workflow does not lead.
        attainment: For each clock, for each priority, how often its promise was kept.
        foreign_verdicts: For each verdict of the log's own (``made_sla``), how the desk's own agreement
            judges the same incidents.
        checkpoints: How often each checkpoint was passed, by (clock, checkpoint).
        time_in_state: The wall-clock time spent in each state, over all incidents.
    """

    time_zone: str
    incidents: int
    events: int
    first_at: datetime | None
    last_at: datetime | None
    final_states: Mapping[str, int]
    by_priority: Mapping[str, int]
    by_channel: Mapping[str, int]
    by_site: Mapping[str, int]
    by_group: Mapping[str, int]
    never_reassigned: int
    reopened: int
    resolved: ResolutionTimes
    resolved_by_priority: Mapping[str, ResolutionTimes]
    opened_by_month: Mapping[str, int]
    days: tuple[Day, ...]
    opened_by_hour: tuple[tuple[int, ...], ...]
    state_changes: Mapping[tuple[str, str], int]
    irregular: int
    attainment: Mapping[str, Mapping[str, Attainment]]
    foreign_verdicts: Mapping[str, Attainment]
    checkpoints: Mapping[tuple[str, str], int]
    time_in_state: Mapping[str, timedelta]

    def to_plain(self) -> dict[str, object]:
        """Return the figures as JSON takes them; durations in hours."""
        return {
            "time_zone": self.time_zone,
            "incidents": self.incidents,
            "final_states": dict(self.final_states),
            "by_priority": dict(self.by_priority),
            "by_channel": dict(self.by_channel),
            "by_site": dict(self.by_site),
            "by_group": dict(self.by_group),
            "never_reassigned": self.never_reassigned,
            "reopened_incidents": self.reopened,
            "resolved": self.resolved.to_plain(),
            "resolved_by_priority": {p: t.to_plain() for p, t in self.resolved_by_priority.items()},
            "opened_by_month": dict(self.opened_by_month),
            "state_changes": {f"{a} -> {b}": n for (a, b), n in self.state_changes.items()},
            "illegal_moves": self.irregular,
            "attainment": {
                clock: {priority: kept.to_plain() for priority, kept in by_priority.items()}
                for clock, by_priority in self.attainment.items()
            },
            "made_sla": {verdict: kept.to_plain() for verdict, kept in self.foreign_verdicts.items()},
            "checkpoints": {f"{clock} {point}": n for (clock, point), n in self.checkpoints.items()},
            "hours_in_state": {state: _hours(time) for state, time in self.time_in_state.items()},
        }


@define
class _Life:
    """What the events tell of one incident."""

    opened_at: datetime
    state: str
    since: datetime
    is_open: bool
    resolved_at: datetime | None = None
    irregular: bool = False


@define
class _Fold:
    """What the events tell of all incidents."""

    lives: dict[TicketId, _Life] = field(factory=dict)
    events: int = 0
    state_changes: Counter[tuple[str, str]] = field(factory=Counter)
    checkpoints: Counter[tuple[str, str]] = field(factory=Counter)
    time_in_state: defaultdict[str, timedelta] = field(factory=lambda: defaultdict(timedelta))
    backlog: list[tuple[datetime, int]] = field(factory=list)
    last_at: datetime | None = None

    def read(self, event: TicketEvent) -> None:
        self.events += 1
        at = event.effective_at
        if self.last_at is None or at > self.last_at:
            self.last_at = at
        fold = _READERS.get(type(event.fact))
        if fold is not None:
            fold(self, event, event.fact)

    def logged(self, event: TicketEvent, fact: TicketLogged) -> None:
        at = event.effective_at
        self.lives[event.ticket_id] = life = _Life(fact.opened_at, fact.state, at, is_open=True)
        self.backlog.append((fact.opened_at, 1))
        self.entered(life, fact.category, at)

    def moved(self, event: TicketEvent, fact: StateChanged | StateCorrected) -> None:
        at = event.effective_at
        life = self.lives.get(event.ticket_id)
        if life is None:
            problem = (
                f"event {event.sequence} of ticket {event.ticket_id} comes without its logging; read all"
            )
            raise DefinitionError(problem)
        self.state_changes[fact.source, fact.target] += 1
        self.time_in_state[life.state] += at - life.since
        life.state, life.since = fact.target, at
        life.irregular |= isinstance(fact, StateCorrected)
        self.entered(life, fact.category, at)

    def entered(self, life: _Life, category: str, at: datetime) -> None:
        if category == "resolved":
            life.resolved_at = at
        is_open = category not in DONE_CATEGORIES
        if is_open is not life.is_open:
            life.is_open = is_open
            self.backlog.append((at, 1 if is_open else -1))

    def passed(self, _event: TicketEvent, fact: CheckpointPassed) -> None:
        self.checkpoints[fact.clock, fact.checkpoint] += 1


_READERS: Mapping[type, Callable[[_Fold, TicketEvent, Fact], None]] = {
    TicketLogged: _Fold.logged,  # type: ignore[dict-item]  # each is called with the class it is filed under
    StateChanged: _Fold.moved,  # type: ignore[dict-item]  # as above
    StateCorrected: _Fold.moved,  # type: ignore[dict-item]  # as above
    CheckpointPassed: _Fold.passed,  # type: ignore[dict-item]  # as above
}


def incident_report(
    events: Iterable[TicketEvent],
    tickets: Iterable[tuple[Ticket, Mapping[str, ClockReading]]],
    hours: BusinessTime,
) -> IncidentReport:
    """
    Return the figures of a desk.

    Args:
        events: All events of incidents, in the order of the feed: see `events_of_kind`.
        tickets: Every incident as the events have made it, with what its clocks show.
        hours: The calendar that business hours are counted by; its zone is the report's.

    Raises:
        DefinitionError: If an incident moves that was not logged before: the feed was not read from its
            beginning.
    """
    everything = list(tickets)
    records = [record for record in everything if record[0].merged_into is None]
    merged = {ticket.id for ticket, _ in everything if ticket.merged_into is not None}
    fold = _Fold()
    for event in events:
        if event.ticket_id not in merged:
            fold.read(event)
    zone = hours.tz
    resolved = {
        key: (life.resolved_at - life.opened_at, hours.elapsed(life.opened_at, life.resolved_at))
        for key, life in fold.lives.items()
        if life.resolved_at is not None
    }
    opened = [life.opened_at.astimezone(zone) for life in fold.lives.values()]
    priorities = {ticket.id: ticket.priority or "none" for ticket, _ in records}
    by_priority = _counted(priorities.values())
    return IncidentReport(
        time_zone=zone.key,
        incidents=len(records),
        events=fold.events,
        first_at=min((life.opened_at for life in fold.lives.values()), default=None),
        last_at=fold.last_at,
        final_states=_counted(ticket.state for ticket, _ in records),
        by_priority=by_priority,
        by_channel=_counted(ticket.channel or "unknown" for ticket, _ in records),
        by_site=_counted(ticket.site or "unknown" for ticket, _ in records),
        by_group=_counted(ticket.support_group or "none" for ticket, _ in records),
        never_reassigned=sum(_count(t, "reassignment_count", t.reassignments) == 0 for t, _ in records),
        reopened=sum(_count(t, "reopen_count", t.reopens) > 0 for t, _ in records),
        resolved=ResolutionTimes.of(resolved.values()),
        resolved_by_priority={
            priority: ResolutionTimes.of(
                times for key, times in resolved.items() if priorities.get(key) == priority
            )
            for priority in by_priority
        },
        opened_by_month=_by_month(opened),
        days=_days(fold, opened, zone),
        opened_by_hour=_by_hour(opened),
        state_changes=dict(fold.state_changes.most_common()),
        irregular=sum(life.irregular for life in fold.lives.values()),
        attainment=_attainment(everything),
        foreign_verdicts=_foreign_verdicts(records),
        checkpoints=dict(sorted(fold.checkpoints.items())),
        time_in_state=dict(sorted(fold.time_in_state.items(), key=lambda pair: -pair[1])),
    )


def _counted(values: Iterable[str]) -> dict[str, int]:
    """Return how often each value occurs, the most frequent first, equals by name."""
    return dict(sorted(Counter(values).items(), key=lambda pair: (-pair[1], pair[0])))


def _count(ticket: Ticket, name: str, own: int) -> int:
    """Return the counter that the log itself keeps, or else our own."""
    theirs = ticket.details.get(name)
    return int(theirs) if isinstance(theirs, str) and theirs.isdecimal() else own


def _by_month(local: Iterable[datetime]) -> dict[str, int]:
    months = Counter((moment.year, moment.month) for moment in local)
    return {f"{year:04}-{month:02}": n for (year, month), n in sorted(months.items())}


def _by_hour(local: Iterable[datetime]) -> tuple[tuple[int, ...], ...]:
    counts = Counter((moment.weekday(), moment.hour) for moment in local)
    return tuple(tuple(counts[day, hour] for hour in range(24)) for day in range(7))


def _days(fold: _Fold, local: Iterable[datetime], zone: ZoneInfo) -> tuple[Day, ...]:
    if fold.last_at is None:
        return ()
    opened = Counter(moment.date() for moment in local)
    resolved = Counter(
        life.resolved_at.astimezone(zone).date()
        for life in fold.lives.values()
        if life.resolved_at is not None
    )
    change: Counter[date] = Counter()
    for at, by in fold.backlog:
        change[at.astimezone(zone).date()] += by
    days = []
    backlog = 0
    first = min(opened)
    for offset in range((fold.last_at.astimezone(zone).date() - first).days + 1):
        day = first + timedelta(days=offset)
        backlog += change[day]
        days.append(Day(day, opened[day], resolved[day], backlog))
    return tuple(days)


def is_counted(reading: ClockReading) -> bool:
    """Tell whether the promise was kept, was broken or is still to be kept."""
    return reading.verdict is not Verdict.OPEN or reading.phase not in _UNDECIDED


def _attainment(records: Records) -> dict[str, dict[str, Attainment]]:
    verdicts: defaultdict[str, defaultdict[str, Counter[Verdict]]] = defaultdict(lambda: defaultdict(Counter))
    for ticket, readings in records:
        for clock, reading in readings.items():
            if is_counted(reading):
                verdicts[clock][ticket.priority or "none"][reading.verdict] += 1
    return {
        clock: {priority: Attainment.of(counts) for priority, counts in sorted(by_priority.items())}
        for clock, by_priority in sorted(verdicts.items())
    }


def _foreign_verdicts(records: Records) -> dict[str, Attainment]:
    verdicts: defaultdict[str, Counter[Verdict]] = defaultdict(Counter)
    for ticket, readings in records:
        theirs, ours = ticket.details.get("made_sla"), readings.get("resolve")
        if theirs is not None and ours is not None and is_counted(ours):
            verdicts[str(theirs)][ours.verdict] += 1
    return {theirs: Attainment.of(counts) for theirs, counts in sorted(verdicts.items(), reverse=True)}
