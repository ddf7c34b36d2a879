"""
What is booked of a person: one value for each, so that no two can book the same hour at once.

Whoever books saves the diary of each attendee in the version that they have read: of two who come at once,
one has to read again, and sees what the other has booked.
"""

from datetime import datetime, timedelta

from attrs import evolve, field, frozen

from itsmkit._checks import in_utc, named
from itsmkit._frozen import as_tuple
from itsmkit.calendars import TimeSpan
from itsmkit.practices.appointments.appointment import Appointment
from itsmkit.practices.outcome import Outcome

__all__ = ["Booking", "Diary", "release", "reserve"]

_KEPT = timedelta(days=7)
"""How long what is over stays in a diary. It stands in the appointment itself for ever."""


@frozen
class Booking:
    """
    That somebody has an appointment. Its instants are kept in UTC.

    Args:
        appointment: The appointment.
        start: When it begins.
        end: When it ends, not included.
    """

    appointment: str = field(validator=named)
    start: datetime = field(converter=in_utc)
    end: datetime = field(converter=in_utc)

    @property
    def span(self) -> TimeSpan:
        """The time that it takes."""
        return TimeSpan(self.start, self.end)


@frozen(kw_only=True)
class Diary:
    """
    The bookings of a person.

    Args:
        id: The person.
        bookings: What is booked, by when it begins; no two at the same time.
        version: How many events have made it.
    """

    id: str = field(validator=named)
    bookings: tuple[Booking, ...] = field(default=(), converter=as_tuple)
    version: int = field(default=0, eq=False)

    def clash(self, appointment: Appointment) -> Booking | None:
        """Return what is booked at the time of an appointment, itself aside; ``None`` if nothing is."""
        others = (each for each in self.bookings if each.appointment != appointment.id)
        return next((each for each in others if each.span & appointment.span), None)


def reserve(diary: Diary, appointment: Appointment, now: datetime) -> Outcome[Diary]:
    """
    Book an appointment in a diary that has nothing else at its time, see `Diary.clash`.

    What was booked of the appointment before is replaced; what has been over for a week is left out.

    Args:
        diary: The diary of one of the attendees.
        appointment: The appointment.
        now: The present instant, aware.
    """
    booking = Booking(appointment.id, appointment.start, appointment.end)
    kept = [*_others(diary, appointment.id, now), booking]
    after = evolve(diary, bookings=sorted(kept, key=lambda each: each.start))
    return Outcome(after, "TimeReserved", {"appointment": appointment.id})


def release(diary: Diary, appointment: Appointment, now: datetime) -> Outcome[Diary]:
    """Take an appointment out of a diary, and what has been over for a week with it."""
    after = evolve(diary, bookings=_others(diary, appointment.id, now))
    return Outcome(after, "TimeReleased", {"appointment": appointment.id})


def _others(diary: Diary, appointment_id: str, now: datetime) -> list[Booking]:
    return [each for each in diary.bookings if each.appointment != appointment_id and each.end > now - _KEPT]
