"""What can be asked of appointments: when they can be, booking and moving them."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime, timedelta

from attrs import evolve, frozen

from itsmkit._checks import utc
from itsmkit._frozen import as_tuple
from itsmkit._problems import names_problems
from itsmkit.calendars import BusinessTime, TimeSpan
from itsmkit.conditions import equals
from itsmkit.desk._access import guarded
from itsmkit.desk._arguments import looking_at_arguments
from itsmkit.desk._commands import Runner, acting
from itsmkit.desk._record_kind import RecordKind
from itsmkit.desk._shelf import Shelf, Step
from itsmkit.desk._shifts import as_of_now
from itsmkit.errors import ConflictError, DefinitionError, NotFoundError, RefusedError
from itsmkit.plugin import UnitOfWork
from itsmkit.practices import Outcome
from itsmkit.practices.appointments import (
    Appointment,
    Availability,
    Diary,
    Slot,
    booking_problems,
    cancel_appointment,
    free_slots,
    hold_appointment,
    move_appointment,
    release,
    reserve,
)
from itsmkit.practices.inheritance import known
from itsmkit.practices.placing import hours_of_site
from itsmkit.tickets import Actor, TicketId

__all__ = ["AppointmentCommands", "MAX_LENGTH"]

APPOINTMENT = RecordKind("appointment", Appointment)
DIARY = RecordKind("diary", Diary)

MAX_LENGTH = timedelta(days=31)
"""How long an appointment takes at most."""

_QUARTER = timedelta(minutes=15)


@looking_at_arguments(but=("attendees", "people"))
@frozen
class AppointmentCommands:
    """
    What can be asked of appointments; reached as ``desk.appointments``.

    Each command needs a permit on the ticket. Who may not see the ticket, finds no appointment of it.
    """

    _runner: Runner
    _actor: Actor | None

    # -- reads -----------------------------------------------------------------------------------

    def of(self, ticket_id: TicketId) -> tuple[Appointment, ...]:
        """
        Return the appointments of a ticket, by when they begin, cancelled ones too.

        Raises:
            NotFoundError: If there is no such ticket.
        """
        runner = self._runner
        with runner.store.begin() as unit:
            runner.reader("appointments.of", self._actor).ticket(unit, ticket_id)
        found = Shelf(APPOINTMENT, runner).each(equals("ticket_id", ticket_id))
        return tuple(sorted(found, key=lambda each: (each.start, each.id)))

    def history(self, ticket_id: TicketId, appointment_id: str) -> tuple[Step[Appointment], ...]:
        """
        Return what has happened to an appointment of a ticket, in order; empty if it has no such one.

        Raises:
            NotFoundError: If there is no such ticket.
        """
        runner = self._runner
        with runner.store.begin() as unit:
            runner.reader("appointments.history", self._actor).ticket(unit, ticket_id)
            steps = Shelf(APPOINTMENT, runner).history(unit, appointment_id)
        is_of_it = any(each.value is not None and each.value.ticket_id == ticket_id for each in steps)
        return steps if is_of_it else ()

    def slots(
        self,
        *,
        length: timedelta,
        since: datetime,
        until: datetime,
        people: Sequence[str] = (),
        support_group: str | None = None,
        site: str | None = None,
        skill: str | None = None,
        step: timedelta = _QUARTER,
    ) -> tuple[Slot, ...]:
        """
        Return when an appointment can be, and with whom: see `free_slots`. What is over is no slot.

        Args:
            length: How long it takes.
            since: The first start that is looked at; aware.
            until: By when it is over; aware.
            people: The ids of those who could be there.
            support_group: A group, any member of which could be there as well.
            site: The place; ``None`` for the hours in which reports count.
            skill: What one of them has to be able to do.
            step: How far apart the starts are, counted from *since*.

        Raises:
            DefinitionError: With everything that is wrong, such as an end that is naive; if nobody is named.
            NotFoundError: If there is no such person or group.
        """
        runner = self._runner
        runner.admit("appointments.slots", self._actor)
        since, until = utc(since, "since"), utc(until, "until")
        names = [*_names("people", people)]
        if support_group is not None:
            names += [each.id for each in runner.directory.members_of(support_group)]
        if not names:
            problem = "people: nobody is named; name people, or a support_group that has members"
            raise DefinitionError(problem)
        if until <= since:
            return ()
        asked = TimeSpan(since, until)
        with runner.store.begin() as unit:
            diaries = _diaries(runner, unit, names)
        available = [
            evolve(each, bookings=[booking.span for booking in diaries[each.person].bookings])
            for each in _available(runner, diaries, asked)
        ]
        found = free_slots(
            _hours(runner, site), available, length=length, since=since, until=until, skill=skill, step=step
        )
        now = runner.clock()
        return tuple(slot for slot in found if slot.start >= now)

    # -- commands --------------------------------------------------------------------------------

    def book(
        self,
        ticket_id: TicketId,
        start: datetime,
        length: timedelta,
        *,
        attendees: Sequence[str],
        site: str | None = None,
        skill: str | None = None,
        by: Actor | None = None,
        idempotency_key: str | None = None,
    ) -> Appointment:
        """
        Book an appointment on a ticket.

        Of two who want to book the same person for the same time at once, one is refused.

        Args:
            ticket_id: The ticket.
            start: When it begins; aware.
            length: How long it takes, at most `MAX_LENGTH`.
            attendees: Who is there for the desk: the ids of one or more people.
            site: The place; ``None`` for the site of the ticket.
            skill: What one of the attendees has to be able to do.
            by: Who books.
            idempotency_key: Chosen by who asks, to have it done once.

        Raises:
            NotFoundError: If there is no such ticket, or no such person.
            DefinitionError: If it can be no appointment.
            RefusedError: With every reason: the place is closed, somebody is not on shift or booked already,
                nobody has the skill, or it would begin in the past.
        """
        people = _names("attendees", attendees)
        end = _end_of(start, length)
        runner = self._runner.asked(
            "appointments.book",
            acting(by, self._actor),
            idempotency_key,
            ticket_id,
            start,
            length,
            people,
            site,
            skill,
        )
        shelf = Shelf(APPOINTMENT, runner)
        done = runner.known(shelf.answer)
        if done is not None:
            return done  # whoever works by now
        with runner.store.begin() as unit:
            ticket = runner.to_change(guarded(unit, runner.guard), ticket_id).ticket
        asked = Appointment(
            id=runner.new_id(),
            ticket_id=ticket_id,
            site=ticket.site if site is None else site,
            start=start,
            end=end,
            skill=skill,
            attendees=people,
        )
        check = self._checking(runner, asked)

        def work(unit: UnitOfWork) -> Appointment:
            runner.to_change(unit, ticket_id)
            _write(runner, unit, asked, check(unit, "book"))
            return shelf.add(unit, Outcome(asked, "AppointmentBooked"))

        return runner.answered(work, shelf.answer)

    def move(
        self,
        appointment_id: str,
        start: datetime,
        *,
        attendees: Sequence[str] = (),
        by: Actor | None = None,
        idempotency_key: str | None = None,
    ) -> Appointment:
        """
        Book an appointment for another time, or with others.

        Args:
            appointment_id: The appointment.
            start: When it begins; aware. It takes as long as before.
            attendees: Who is there for the desk; empty for those who were to be.
            by: Who moves it.
            idempotency_key: Chosen by who asks, to have it done once.

        Raises:
            NotFoundError: If there is no such appointment for who asks, or no such person.
            RefusedError: If it is cancelled or held; and as for `book`.
            ConflictError: If others have moved it meanwhile.
        """
        people = _names("attendees", attendees)
        start = utc(start, "start")
        runner = self._runner.asked(
            "appointments.move",
            acting(by, self._actor),
            idempotency_key,
            appointment_id,
            start,
            people,
        )
        shelf = Shelf(APPOINTMENT, runner)
        done = runner.known(shelf.answer)
        if done is not None:
            return done  # as above
        known_now = self._peek(runner, appointment_id)
        _end_of(start, known_now.length)
        wanted = evolve(
            known_now,
            start=start,
            end=start + known_now.length,
            attendees=people or known_now.attendees,
        )
        check = self._checking(runner, wanted)

        def work(unit: UnitOfWork) -> Appointment:
            before = _to_change(runner, unit, appointment_id)
            if before.version != known_now.version:
                # What was asked of the directory is of no use any more.
                raise ConflictError(APPOINTMENT.name, appointment_id, known_now.version, before.version)
            outcome = move_appointment(before, start, people or None)
            if outcome is None:
                return before
            diaries = check(unit, "move")
            gone = [each for each in before.attendees if each not in diaries]
            _write(runner, unit, outcome.value, {**_diaries(runner, unit, gone), **diaries})
            return shelf.save(unit, before, outcome)

        return runner.answered(work, shelf.answer)

    def cancel(
        self,
        appointment_id: str,
        reason: str,
        *,
        by: Actor | None = None,
        idempotency_key: str | None = None,
    ) -> Appointment:
        """
        Cancel an appointment; its attendees can be booked for the time again.

        Args:
            appointment_id: The appointment.
            reason: Why; it stands in the history of the appointment.
            by: Who cancels it.
            idempotency_key: Chosen by who asks, to have it done once.

        Raises:
            NotFoundError: If there is no such appointment for who asks.
            RefusedError: If it is cancelled or held already, or no reason is said.
        """
        runner = self._runner.asked(
            "appointments.cancel", acting(by, self._actor), idempotency_key, appointment_id, reason
        )
        shelf = Shelf(APPOINTMENT, runner)

        def work(unit: UnitOfWork) -> Appointment:
            before = _to_change(runner, unit, appointment_id)
            outcome = cancel_appointment(before, reason)
            _write(runner, unit, outcome.value, _diaries(runner, unit, before.attendees))
            return shelf.save(unit, before, outcome)

        return runner.answered(work, shelf.answer)

    def hold(
        self, appointment_id: str, *, by: Actor | None = None, idempotency_key: str | None = None
    ) -> Appointment:
        """
        Say that an appointment has taken place.

        Args:
            appointment_id: The appointment.
            by: Who says so.
            idempotency_key: Chosen by who asks, to have it done once.

        Raises:
            NotFoundError: If there is no such appointment for who asks.
            RefusedError: If it is cancelled or held already, or has not begun yet.
        """
        runner = self._runner.asked(
            "appointments.hold", acting(by, self._actor), idempotency_key, appointment_id
        )
        shelf = Shelf(APPOINTMENT, runner)

        def work(unit: UnitOfWork) -> Appointment:
            before = _to_change(runner, unit, appointment_id)
            return shelf.save(unit, before, hold_appointment(before, runner.clock()))

        return runner.answered(work, shelf.answer)

    # -- how it is done --------------------------------------------------------------------------

    def _peek(self, runner: Runner, appointment_id: str) -> Appointment:
        """Return an appointment as it is before the command is run, if who asks may do so."""
        with runner.store.begin() as unit:
            return _to_change(runner, guarded(unit, runner.guard), appointment_id)

    def _checking(
        self, runner: Runner, appointment: Appointment
    ) -> Callable[[UnitOfWork, str], dict[str, Diary]]:
        """
        Return what refuses an appointment that cannot be, in a unit of work, by the diaries that it returns.

        The directory and the shifts are asked at once, and not in the unit: they may be far away.
        """
        hours = _hours(runner, appointment.site)
        people = _available(runner, appointment.attendees, appointment.span)
        left = _left_by(runner, appointment)

        def check(unit: UnitOfWork, what: str) -> dict[str, Diary]:
            diaries = _diaries(runner, unit, appointment.attendees)
            clashes = {name: diary.clash(appointment) for name, diary in diaries.items()}
            booked = (
                evolve(each, bookings=[clash.span] if (clash := clashes[each.person]) else [])
                for each in people
            )
            problems = [*left, *booking_problems(appointment, hours, booked, runner.clock())]
            if problems:
                raise RefusedError(*(f"cannot {what} the appointment: {each}" for each in problems))
            return diaries

        return check


def _names(what: str, given: object) -> tuple[str, ...]:
    """Return ids of people. Raises `DefinitionError` if they are none."""
    found = as_tuple(given)  # type: ignore[arg-type]  # it refuses what is none
    problems = [*names_problems(what, found)]
    if problems:
        raise DefinitionError(*problems)
    return found


def _end_of(start: datetime, length: timedelta) -> datetime:
    """Return when an appointment ends. Raises `DefinitionError` if it takes nothing, or too long."""
    if not timedelta(0) < length <= MAX_LENGTH:
        problem = f"length: must be more than nothing and at most {MAX_LENGTH.days} days, not {length}"
        raise DefinitionError(problem)
    try:
        return utc(start, "start") + length
    except OverflowError:
        problem = f"start: {start} lies too near to the end of time"
        raise DefinitionError(problem) from None


def _hours(runner: Runner, site: str | None) -> BusinessTime:
    """Return when a place is open; when reports count for one that nobody knows."""
    directory, config = runner.directory, runner.config
    found = known(directory.site, site)
    organisation = None if found is None else found.organisation
    above = known(directory.organisations_above, organisation) or ()
    return hours_of_site(found, above, config.calendars, config.reporting_hours)


def _available(runner: Runner, people: Iterable[str], span: TimeSpan) -> list[Availability]:
    """Return when people can be had, bookings aside. Raises `NotFoundError` if there is no such person."""
    shifts = as_of_now(runner.shifts)
    return [
        Availability(
            person,
            shifts.shifts_of(person, span.start, span.end),
            runner.directory.person(person).skills_at(span.start),
        )
        for person in people
    ]


def _left_by(runner: Runner, appointment: Appointment) -> tuple[str, ...]:
    """Return who of the attendees is not there at all by then, a sentence each."""
    people = map(runner.directory.person, appointment.attendees)
    return tuple(
        f"{each.id} is not there at {appointment.start}"
        for each in people
        if not each.is_active_at(appointment.start)
    )


def _diaries(runner: Runner, unit: UnitOfWork, people: Iterable[str]) -> dict[str, Diary]:
    """Return the diaries of people, each once, empty ones too."""
    shelf = Shelf(DIARY, runner)
    return {each: shelf.find(unit, each) or Diary(id=each) for each in people}


def _to_change(runner: Runner, unit: UnitOfWork, appointment_id: str) -> Appointment:
    """Return an appointment whose ticket may be changed. Raises `NotFoundError` if it is not there."""
    found = Shelf(APPOINTMENT, runner).of(unit, appointment_id)
    try:
        runner.to_change(unit, found.ticket_id)
    except NotFoundError:
        raise NotFoundError(APPOINTMENT.name, appointment_id) from None
    return found


def _write(runner: Runner, unit: UnitOfWork, appointment: Appointment, diaries: Mapping[str, Diary]) -> None:
    """
    Write an appointment into the diaries of its attendees, and out of all others.

    Args:
        runner: What runs the command.
        unit: The unit of work.
        appointment: The appointment as it is now.
        diaries: The diaries by which it was decided, and no others: who has written into one since, is met.

    Raises:
        ConflictError: If somebody has.
    """
    shelf, now = Shelf(DIARY, runner), runner.clock()
    after = appointment.attendees if appointment.is_ahead else ()
    for name, diary in sorted(diaries.items()):  # in one order, so that no two wait for each other
        outcome = (reserve if name in after else release)(diary, appointment, now)
        if diary.version:
            shelf.save(unit, diary, outcome)
        elif (found := shelf.find(unit, name)) is None:
            shelf.add(unit, outcome)
        else:
            raise ConflictError(DIARY.name, name, 0, found.version)
