"""When an appointment can be: what is left of hours, shifts, absences and bookings."""

from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta

from attrs import field, frozen

from itsmkit._checks import is_a, named, utc
from itsmkit._frozen import as_tuple
from itsmkit._problems import shown
from itsmkit.calendars import BusinessTime, TimeSpan
from itsmkit.calendars._instants import EPOCH
from itsmkit.calendars._span_sets import difference, intersection
from itsmkit.calendars._wall_clock import Span
from itsmkit.errors import DefinitionError
from itsmkit.practices.appointments.appointment import Appointment

__all__ = ["Availability", "MOST_STEPS", "Slot", "booking_problems", "free_slots"]

_NONE = timedelta(0)
_QUARTER = timedelta(minutes=15)

MOST_STEPS = 10_000
"""How many starts are looked at most: about a hundred days, by quarters of an hour."""


def _as_set(given: Iterable[str]) -> frozenset[str]:
    return frozenset(as_tuple(given))


@frozen
class Availability:
    """
    When somebody can be had. Spans may come in any order, touch and overlap.

    Args:
        person: Who.
        shifts: When they work.
        skills: What they can do.
        absences: When they are away though they would work, as on leave.
        bookings: When they have other appointments.
    """

    person: str = field(validator=named)
    shifts: tuple[TimeSpan, ...] = field(default=(), converter=as_tuple)
    skills: frozenset[str] = field(default=frozenset(), converter=_as_set)
    absences: tuple[TimeSpan, ...] = field(default=(), converter=as_tuple)
    bookings: tuple[TimeSpan, ...] = field(default=(), converter=as_tuple)

    def can(self, skill: str | None) -> bool:
        """Tell whether they can do what is needed; ``None`` for nothing in particular."""
        return skill is None or skill in self.skills


@frozen(order=True)
class Slot:
    """
    A time at which an appointment can be. Its instants are in UTC.

    Args:
        start: When it begins.
        end: When it ends, not included.
        people: Who can be there: whoever has the skill, is on shift and free throughout; by name.
    """

    start: datetime
    end: datetime
    people: tuple[str, ...]


def free_slots(
    hours: BusinessTime | Iterable[TimeSpan],
    people: Iterable[Availability],
    *,
    length: timedelta,
    since: datetime,
    until: datetime,
    skill: str | None = None,
    step: timedelta = _QUARTER,
) -> tuple[Slot, ...]:
    """
    Return when an appointment can be, and with whom, in order.

    A slot lies in one opening of the place and in one stretch in which a person is on shift and free. All of
    it is real time: an hour takes an hour, also in the night in which the clocks are changed.

    Args:
        hours: When the place is open: a calendar, or spans.
        people: Who could be there.
        length: How long it takes; more than nothing.
        since: Timezone-aware; the first start that is looked at.
        until: Timezone-aware; all is over by then.
        skill: What one of them has to be able to do; ``None`` for nothing in particular.
        step: How far apart the starts are, counted from *since*; more than nothing.

    Raises:
        DefinitionError: With everything that is wrong: an end is naive, a length is none, or there are more
            than `MOST_STEPS` starts to look at.

    >>> from datetime import UTC
    >>> from itsmkit.calendars import BusinessCalendar
    >>> bar = BusinessCalendar("Mon-Fri 09:00-12:00", "UTC")
    >>> nine, noon = datetime(2026, 3, 2, 9, tzinfo=UTC), datetime(2026, 3, 2, 12, tzinfo=UTC)
    >>> hour = timedelta(hours=1)
    >>> ann = Availability("ann", [TimeSpan(nine, noon)], ["audio"], bookings=[TimeSpan(nine, nine + hour)])
    >>> bob = Availability("bob", [TimeSpan(nine, noon)])
    >>> found = free_slots(bar, [ann, bob], length=hour, since=nine, until=noon, skill="audio", step=hour)
    >>> for slot in found:
    ...     print(slot.start, *slot.people)
    2026-03-02 10:00:00+00:00 ann
    2026-03-02 11:00:00+00:00 ann
    """
    since, until = utc(since, "since"), utc(until, "until")
    problems = [
        f"{name}: must be a length of time, more than nothing, not {shown(value)}"
        for name, value in (("length", length), ("step", step))
        if not is_a(value, timedelta) or value <= _NONE
    ]
    if not problems and (until - since) / step > MOST_STEPS:
        problems.append(
            f"step: there are more than {MOST_STEPS:,} starts from {since} to {until}, {step} apart; "
            "ask for less time, or a longer step"
        )
    if problems:
        raise DefinitionError(*problems)
    if until <= since:
        return ()
    opened = _open_within(hours, since, until)
    whole = (since - EPOCH, until - EPOCH)
    by_start: dict[timedelta, list[str]] = {}
    for each in people:
        if each.can(skill):
            for opens, closes in _free(each, opened, whole):
                start = whole[0] + -((whole[0] - opens) // step) * step
                while start + length <= closes:
                    by_start.setdefault(start, []).append(each.person)
                    start += step
    return tuple(
        Slot(EPOCH + start, EPOCH + start + length, tuple(sorted(dict.fromkeys(names))))
        for start, names in sorted(by_start.items())
    )


def _free(person: Availability, opened: list[Span], whole: Span) -> Iterator[Span]:
    """Yield when somebody is on shift and free while the place is open, from *whole*'s start to its end."""
    working = intersection(_pairs(person.shifts), [whole])
    present = difference(working, _pairs((*person.absences, *person.bookings)))
    return intersection(present, opened)


def _open_within(hours: BusinessTime | Iterable[TimeSpan], since: datetime, until: datetime) -> list[Span]:
    if isinstance(hours, BusinessTime):
        return _pairs(hours.open_spans(since, until))
    return _pairs(hours)


def _pairs(spans: Iterable[TimeSpan]) -> list[Span]:
    return sorted((each.start - EPOCH, each.end - EPOCH) for each in spans if each.start < each.end)


def booking_problems(
    appointment: Appointment,
    hours: BusinessTime | Iterable[TimeSpan],
    people: Iterable[Availability],
    now: datetime,
) -> Iterator[str]:
    """
    Yield why an appointment cannot be, a sentence each.

    Args:
        appointment: The appointment, as it would be.
        hours: When the place is open.
        people: All of its attendees.
        now: The present instant, aware.
    """
    start, end = appointment.start, appointment.end
    whole = (start - EPOCH, end - EPOCH)
    if start < now:
        yield f"it would begin at {start}, which is over"
    if [*intersection(_open_within(hours, start, end), [whole])] != [whole]:
        place = "the desk" if appointment.site is None else f"site {appointment.site}"
        yield f"{place} is not open from {start} to {end}"
    everybody = [*people]
    for each in everybody:
        working = difference(_pairs(each.shifts), _pairs(each.absences))
        if [*intersection(working, [whole])] != [whole]:
            yield f"{each.person} is not on shift from {start} to {end}"
        for busy in each.bookings:
            if busy & appointment.span:
                yield f"{each.person} has another appointment from {busy.start} to {busy.end}"
    if not any(each.can(appointment.skill) for each in everybody):
        names = ", ".join(each.person for each in everybody)
        yield f"none of {names} can do {appointment.skill!r}"
