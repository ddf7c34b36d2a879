"""An appointment on a ticket, and what may become of it."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from enum import StrEnum

from attrs import evolve, field, frozen

from itsmkit._checks import aware_instant, in_utc, named
from itsmkit._frozen import as_tuple
from itsmkit._problems import name_problems, names_problems
from itsmkit.calendars import TimeSpan
from itsmkit.errors import DefinitionError, RefusedError
from itsmkit.practices.outcome import Outcome
from itsmkit.tickets import TicketId

__all__ = [
    "Appointment",
    "AppointmentState",
    "cancel_appointment",
    "hold_appointment",
    "move_appointment",
]


class AppointmentState(StrEnum):
    """Where an appointment stands."""

    BOOKED = "booked"
    MOVED = "moved"
    """It is booked for another time than at first."""
    CANCELLED = "cancelled"
    HELD = "held"
    """It has taken place."""


_AHEAD = frozenset({AppointmentState.BOOKED, AppointmentState.MOVED})


@frozen(kw_only=True)
class Appointment:
    """
    That people are at a place for a ticket, from *start* up to, not including, *end*.

    Args:
        id: Its key.
        ticket_id: The ticket.
        site: The place; ``None`` if it is nowhere in particular.
        start: When it begins; aware, kept in UTC.
        end: When it ends, after *start*; aware, kept in UTC.
        skill: What one of the attendees has to be able to do; ``None`` for nothing in particular.
        attendees: Who is there for the desk: the ids of one or more people.
        state: Where it stands.
        version: How many events have made it.

    Raises:
        DefinitionError: With everything that is wrong.
    """

    id: str = field(validator=named)
    ticket_id: TicketId
    site: str | None = None
    start: datetime = field(converter=in_utc, validator=aware_instant)
    end: datetime = field(converter=in_utc, validator=aware_instant)
    skill: str | None = None
    attendees: tuple[str, ...] = field(converter=as_tuple)
    state: AppointmentState = AppointmentState.BOOKED
    version: int = field(default=0, eq=False)

    def __attrs_post_init__(self) -> None:
        problems = [*names_problems("attendees", self.attendees)]
        if not self.attendees:
            problems.append("attendees: there is none; name at least one person")
        for name in ("site", "skill"):
            value = getattr(self, name)
            if value is not None:
                problems += name_problems(name, value)
        if self.end <= self.start:
            problems.append(f"end: must be after its start, {self.start}, not {self.end}")
        if problems:
            raise DefinitionError(*(f"Appointment {self.id!r}: {each}" for each in problems))

    @property
    def span(self) -> TimeSpan:
        """The time that it takes."""
        return TimeSpan(self.start, self.end)

    @property
    def length(self) -> timedelta:
        """How long it takes."""
        return self.end - self.start

    @property
    def is_ahead(self) -> bool:
        """Whether it is to take place: neither cancelled nor held."""
        return self.state in _AHEAD


def move_appointment(
    appointment: Appointment, start: datetime, attendees: Iterable[str] | None = None
) -> Outcome[Appointment] | None:
    """
    Book an appointment for another time, perhaps with others.

    Args:
        appointment: The appointment.
        start: When it begins, aware; it takes as long as before.
        attendees: Who is there for the desk; ``None`` for those who were to be.

    Returns:
        ``None`` if nothing changes by it.

    Raises:
        RefusedError: If it is cancelled or held.
    """
    _refuse_unless_ahead(appointment, "move")
    people = appointment.attendees if attendees is None else as_tuple(attendees)
    moved = evolve(
        appointment,
        start=start,
        end=start + appointment.length,
        attendees=people,
        state=AppointmentState.MOVED,
    )
    same = (moved.start, moved.attendees) == (appointment.start, appointment.attendees)
    return None if same else Outcome(moved, "AppointmentMoved")


def cancel_appointment(appointment: Appointment, reason: str) -> Outcome[Appointment]:
    """
    Cancel an appointment.

    Raises:
        RefusedError: If it is cancelled or held, or no reason is said.
    """
    _refuse_unless_ahead(appointment, "cancel")
    if not reason.strip():
        refusal = f"cannot cancel appointment {appointment.id}: say why in `reason`"
        raise RefusedError(refusal)
    after = evolve(appointment, state=AppointmentState.CANCELLED)
    return Outcome(after, "AppointmentCancelled", {"reason": reason})


def hold_appointment(appointment: Appointment, now: datetime) -> Outcome[Appointment]:
    """
    Say that an appointment has taken place.

    Raises:
        RefusedError: If it is cancelled or held, or has not begun yet.
    """
    _refuse_unless_ahead(appointment, "hold")
    if now < appointment.start:
        refusal = f"cannot hold appointment {appointment.id}: it begins only at {appointment.start}"
        raise RefusedError(refusal)
    return Outcome(evolve(appointment, state=AppointmentState.HELD), "AppointmentHeld")


def _refuse_unless_ahead(appointment: Appointment, what: str) -> None:
    if not appointment.is_ahead:
        refusal = f"cannot {what} appointment {appointment.id}: it is {appointment.state}; book another one"
        raise RefusedError(refusal)
