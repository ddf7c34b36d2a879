"""What can be read of rotas: who is on duty, who comes next, whether nobody lacks, and what has changed."""

from collections.abc import Iterator
from datetime import datetime

from attrs import evolve, frozen

from itsmkit._checks import utc
from itsmkit._frozen import EMPTY
from itsmkit.calendars import HolidayCalendar, TimeSpan
from itsmkit.conditions import equals
from itsmkit.desk._arguments import looking_at_arguments
from itsmkit.desk._changing_rotas import known_shifts
from itsmkit.desk._rota_door import RotaDoor
from itsmkit.desk._rota_kinds import CHANGES, HAND_OFF_NOTE
from itsmkit.desk._shelf import Shelf, Step
from itsmkit.practices.on_call import notes_for, roster_of
from itsmkit.rotas import (
    Duty,
    FairnessReport,
    Gap,
    HandOffNote,
    Leave,
    OnDuty,
    Overlap,
    Override,
    Roster,
    Swap,
    fairness,
    gaps,
    overlaps,
)

__all__ = ["ReadingRotas"]


@looking_at_arguments()
@frozen
class ReadingRotas(RotaDoor):
    """
    What can be read of rotas; a part of `RotaCommands`.

    Each answer goes by the rotas of the desk's rules with all overrides, swaps and leaves that hold by now.
    """

    def on_duty(self, rota: str, at: datetime | None = None) -> OnDuty:
        """
        Return who is on duty, with the steps that led there.

        Args:
            rota: The name of the rota.
            at: When, aware; ``None`` for now.

        Raises:
            NotFoundError: If there is no such rota, or it does not reach as far.
            DefinitionError: If *at* is naive.
        """
        return self._roster("on_duty", rota).on_duty(self._at(at))

    def next_on_duty(
        self, rota: str, at: datetime | None = None, *, role: str | None = None, person: str | None = None
    ) -> Duty | None:
        """
        Return the duty that begins next: see `Roster.next_on_duty`.

        Args:
            rota: The name of the rota.
            at: After when, aware; ``None`` for now.
            role: As what; ``None`` for any role.
            person: Who; ``None`` for anybody.

        Raises:
            NotFoundError: If there is no such rota, or it does not reach as far.
            DefinitionError: If *at* is naive, or the rota has no such role.
        """
        return self._roster("next_on_duty", rota).next_on_duty(self._at(at), role=role, person=person)

    def duties(
        self, rota: str, since: datetime, until: datetime, *, person: str | None = None
    ) -> tuple[Duty, ...]:
        """
        Return who is on duty between two instants, by when it begins: see `Roster.duties`.

        Args:
            rota: The name of the rota.
            since: Aware.
            until: Aware; if it is not after *since*, there is none.
            person: Whose; ``None`` for everybody's.

        Raises:
            NotFoundError: If there is no such rota, or it does not reach as far.
            DefinitionError: If an end is naive.
        """
        found = self._roster("duties", rota).duties(since, until)
        return tuple(each for each in found if person in (None, each.person))

    def gaps(self, rota: str, since: datetime, until: datetime) -> tuple[Gap, ...]:
        """
        Return all time in which fewer are on duty than are meant to be: see `itsmkit.rotas.gaps`.

        Args:
            rota: The name of the rota.
            since: Aware.
            until: Aware; if it is not after *since*, there is none.

        Raises:
            NotFoundError: If there is no such rota, or it does not reach as far.
            DefinitionError: If an end is naive.
        """
        return gaps(self._roster("gaps", rota), since, until)

    def overlaps(self, rota: str, since: datetime, until: datetime) -> tuple[Overlap, ...]:
        """
        Return all time in which more are on duty than are meant to be: see `itsmkit.rotas.overlaps`.

        Args:
            rota: The name of the rota.
            since: Aware.
            until: Aware; if it is not after *since*, there is none.

        Raises:
            NotFoundError: If there is no such rota, or it does not reach as far.
            DefinitionError: If an end is naive.
        """
        return overlaps(self._roster("overlaps", rota), since, until)

    def fairness(
        self,
        rota: str,
        since: datetime,
        until: datetime,
        *,
        role: str | None = None,
        holidays: HolidayCalendar | None = None,
    ) -> FairnessReport:
        """
        Return how duty is shared out between two instants: see `itsmkit.rotas.fairness`.

        Args:
            rota: The name of the rota.
            since: Aware.
            until: Aware; if it is not after *since*, all shares are empty.
            role: As what; ``None`` for any role.
            holidays: Which dates are holidays; ``None`` for none.

        Raises:
            NotFoundError: If there is no such rota, or it does not reach as far.
            DefinitionError: If an end is naive, or the rota has no such role.
        """
        return fairness(self._roster("fairness", rota), since, until, role=role, holidays=holidays)

    def calendar(self, rota: str, since: datetime, until: datetime, *, person: str | None = None) -> str:
        """
        Return duties as the text of an iCalendar file: see `itsmkit.interchange.duties_to_ical`.

        Args:
            rota: The name of the rota.
            since: Aware. A duty that has begun before it is told as a whole.
            until: Aware; likewise.
            person: Whose; ``None`` for everybody's.

        Raises:
            NotFoundError: If there is no such rota, or it does not reach as far.
            DefinitionError: If an end is naive.
            ModuleNotFoundError: If the extra ``ical`` is not installed.
        """
        from itsmkit.interchange.duty_calendars import duties_to_ical  # noqa: PLC0415  # few desks do

        found = self._roster("calendar", rota).duties(since, until, whole=True)
        wanted = (each for each in found if person in (None, each.person))
        return duties_to_ical(wanted, rota=rota, at=self._runner.clock())

    # -- what has changed ------------------------------------------------------------------------

    def changes(
        self, since: datetime, until: datetime, *, rota: str | None = None
    ) -> tuple[Override | Swap | Leave, ...]:
        """
        Return the overrides, swaps and leaves between two instants, those too that do not hold.

        Why somebody is away is told to themselves, and to who may make overrides; to others, no reason is.

        Args:
            since: Aware.
            until: Aware; if it is not after *since*, there is none.
            rota: The name of a rota: its overrides and swaps, and the leaves of those who may be on duty in
                it; ``None`` for all.

        Returns:
            By when they begin.

        Raises:
            NotFoundError: If there is no such rota.
            DefinitionError: If an end is naive.
        """
        self._runner.admit("rotas.changes", self._actor)
        since, until = utc(since, "since"), utc(until, "until")
        if until <= since:
            return ()
        asked, known = TimeSpan(since, until), known_shifts(self._runner)
        people = None if rota is None else roster_of(known.shifts.rosters, rota).people
        found: list[Override | Swap | Leave] = []
        for change in known.changes.kept.values():
            spans = [change.span, change.other_span] if isinstance(change, Swap) else [change.span]
            if not any(each & asked for each in spans):
                continue
            if isinstance(change, Leave):
                if people is None or change.person in people:
                    found.append(self._shown(change))
            elif rota in (None, change.rota):
                found.append(change)
        return tuple(sorted(found, key=lambda each: (each.start, each.id)))

    def history(self, change_id: str) -> tuple[Step[Override | Swap | Leave], ...]:
        """
        Return what has happened to an override, a swap or a leave, in order; empty if there is no such one.

        Reasons of leaves are told as by `changes`.

        Args:
            change_id: Its id.
        """
        runner = self._runner
        runner.admit("rotas.history", self._actor)
        with runner.store.begin() as unit:
            steps = next(
                filter(None, (Shelf(kind, runner).history(unit, change_id) for kind in CHANGES.values())), ()
            )
        return tuple(map(self._shown_step, steps))

    # -- hand-off notes --------------------------------------------------------------------------

    def notes(self, rota: str, since: datetime, until: datetime) -> tuple[HandOffNote, ...]:
        """
        Return the hand-off notes of a rota that were written between two instants, in order.

        Args:
            rota: The name of the rota.
            since: Aware.
            until: Aware; not included.

        Raises:
            DefinitionError: If an end is naive.
        """
        self._runner.admit("rotas.notes", self._actor)
        since, until = utc(since, "since"), utc(until, "until")
        found = (each for each in self._notes(rota) if since <= each.at < until)
        return tuple(sorted(found, key=lambda each: (each.at, each.id)))

    def notes_of_shift(self, rota: str, at: datetime | None = None) -> tuple[HandOffNote, ...]:
        """
        Return what those who are on duty were left by who was before: see `notes_for`.

        Args:
            rota: The name of the rota.
            at: At which instant they are on duty, aware; ``None`` for now.

        Raises:
            NotFoundError: If there is no such rota, or it does not reach as far.
            DefinitionError: If *at* is naive.
        """
        roster = self._roster("notes_of_shift", rota)
        return notes_for(roster, self._notes(rota), self._at(at))

    # -- how it is done --------------------------------------------------------------------------

    def _roster(self, operation: str, rota: str) -> Roster:
        self._runner.admit(f"rotas.{operation}", self._actor)
        return roster_of(known_shifts(self._runner).shifts.rosters, rota)

    def _at(self, at: datetime | None) -> datetime:
        return self._runner.clock() if at is None else at

    def _notes(self, rota: str) -> Iterator[HandOffNote]:
        return Shelf(HAND_OFF_NOTE, self._runner).each(equals("rota", rota))

    def _shown(self, leave: Leave) -> Leave:
        return leave if self._may_know_why(leave) else evolve(leave, reason="")

    def _shown_step(self, step: Step[Override | Swap | Leave]) -> Step[Override | Swap | Leave]:
        value = step.value
        if not isinstance(value, Leave) or self._may_know_why(value):
            return step
        return evolve(step, value=evolve(value, reason=""), said=EMPTY)

    def _may_know_why(self, leave: Leave) -> bool:
        runner, actor = self._runner, self._actor
        is_own = actor is not None and actor.id == leave.person
        return is_own or runner.may("rotas.override", actor, None).allowed
