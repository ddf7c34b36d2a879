"""How duty is shared out: how long each one has it, and how much of it at night, at weekends, on holidays."""

from datetime import datetime, timedelta

from attrs import field, frozen

from itsmkit._checks import utc
from itsmkit._frozen import as_tuple
from itsmkit.calendars import BusinessCalendar, HolidayCalendar, TimeSpan, merge_spans
from itsmkit.rotas.duty import Duty
from itsmkit.rotas.roster import Roster

__all__ = ["DutyShare", "FairnessReport", "NIGHT", "fairness"]

NIGHT = "22:00-06:00"
"""What counts as night, by default, on the clocks of the rota."""

_NONE = timedelta(0)
_WHOLE_DAYS = "Mon-Sun 00:00-24:00"


@frozen
class DutyShare:
    """
    How long somebody is on duty. What lies in several of these at once, counts in each.

    All is real time: a night in which the clocks change has its true length. Who is on duty in two roles at
    once, is on duty once.

    Args:
        person: Who.
        hours: In all.
        nights: At night.
        weekends: On Saturdays and Sundays, from midnight to midnight.
        holidays: On holidays, from midnight to midnight.
        duties: How many stretches of it there are.
    """

    person: str
    hours: timedelta = _NONE
    nights: timedelta = _NONE
    weekends: timedelta = _NONE
    holidays: timedelta = _NONE
    duties: int = 0


@frozen
class FairnessReport:
    """
    How duty is shared out among people.

    Args:
        span: Over which time.
        shares: One for each who is in the rota, or was on duty; by the most hours, then by their ids.
    """

    span: TimeSpan
    shares: tuple[DutyShare, ...] = field(converter=as_tuple)

    @property
    def total(self) -> timedelta:
        """How long all of them are on duty together."""
        return sum((each.hours for each in self.shares), _NONE)

    @property
    def spread(self) -> timedelta:
        """By how much the longest share is longer than the shortest; nothing if there is none."""
        return self.shares[0].hours - self.shares[-1].hours if self.shares else _NONE

    def of(self, person: str) -> DutyShare:
        """Return the share of somebody; an empty one for who is not in it."""
        return next((each for each in self.shares if each.person == person), DutyShare(person))

    def explain(self) -> str:
        """Return it as text, one line for each person."""
        start, end = self.span.start.isoformat(), self.span.end.isoformat()
        lines = (
            f"  {each.person}: {each.hours}, of which {each.nights} at night, {each.weekends} at weekends, "
            f"{each.holidays} on holidays"
            for each in self.shares
        )
        return "\n".join([f"from {start} to {end}, {self.total} in all:", *lines])


def fairness(
    roster: Roster,
    since: datetime,
    until: datetime,
    *,
    role: str | None = None,
    night: str = NIGHT,
    holidays: HolidayCalendar | None = None,
) -> FairnessReport:
    """
    Return how duty is shared out between two instants.

    Args:
        roster: The rota and what has changed it.
        since: Timezone-aware, in any zone.
        until: Timezone-aware; if it is not after *since*, all shares are empty.
        role: As what; ``None`` for any role.
        night: From when to when it is night on the clocks of the rota, such as ``"22:00-06:00"``.
        holidays: Which dates are holidays; ``None`` for none.

    Raises:
        DefinitionError: If an end is naive, *night* are no hours, or the rota has no such role.
        OutOfRangeError: If an end lies outside what the roster knows, or a year outside what *holidays* do.

    >>> from datetime import datetime, timedelta
    >>> from zoneinfo import ZoneInfo
    >>> from itsmkit.rotas import Rota, RotaLayer
    >>> daily = RotaLayer("day", ["ann", "bob"], "2026-03-28T12:00", rule="FREQ=DAILY")
    >>> roster = Roster(Rota("network", "network", [daily], tz="Europe/Berlin"))
    >>> noon = datetime(2026, 3, 28, 12, tzinfo=ZoneInfo("Europe/Berlin"))
    >>> print(fairness(roster, noon, noon + timedelta(days=2)).explain())
    from 2026-03-28T11:00:00+00:00 to 2026-03-30T10:00:00+00:00, 1 day, 23:00:00 in all:
      bob: 1 day, 0:00:00, of which 8:00:00 at night, 12:00:00 at weekends, 0:00:00 on holidays
      ann: 23:00:00, of which 7:00:00 at night, 23:00:00 at weekends, 0:00:00 on holidays
    """
    if role is not None:
        roster.rota.role(role)
    since, until = utc(since, "since"), utc(until, "until")
    tz = roster.rota.tz
    nights = BusinessCalendar(f"Mon-Sun {night}", tz)
    weekends = BusinessCalendar("Sat-Sun 00:00-24:00", tz)
    working = None if holidays is None else BusinessCalendar(_WHOLE_DAYS, tz, holidays=holidays)
    by_person: dict[str, list[Duty]] = {person: [] for person in roster.rota.people}
    for duty in roster.duties(since, until):
        if role in (None, duty.role):
            by_person.setdefault(duty.person, []).append(duty)
    shares = []
    for person, duties in by_person.items():
        spans = merge_spans(duty.span for duty in duties)
        hours = sum((span.duration for span in spans), _NONE)
        on_working_days = hours if working is None else _elapsed(working, spans)
        shares.append(
            DutyShare(
                person,
                hours,
                nights=_elapsed(nights, spans),
                weekends=_elapsed(weekends, spans),
                holidays=hours - on_working_days,
                duties=len(duties),
            )
        )
    shares.sort(key=lambda each: (-each.hours, each.person))
    return FairnessReport(TimeSpan(since, max(since, until)), tuple(shares))


def _elapsed(calendar: BusinessCalendar, spans: tuple[TimeSpan, ...]) -> timedelta:
    return sum((calendar.elapsed(span.start, span.end) for span in spans), _NONE)
