"""What can be asked of leaves: being away, and approving that others are."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime

from attrs import evolve, frozen

from itsmkit.calendars import TimeSpan
from itsmkit.desk._arguments import looking_at_arguments
from itsmkit.desk._changing_rotas import Decided, change_rotas
from itsmkit.desk._commands import Runner
from itsmkit.desk._rota_door import RotaDoor, for_themselves, must_be_there
from itsmkit.desk._rota_kinds import LEAVE
from itsmkit.desk._shelf import Shelf
from itsmkit.plugin import UnitOfWork
from itsmkit.practices import Notice
from itsmkit.practices.inheritance import known
from itsmkit.practices.on_call import (
    LONGEST,
    approve_leave,
    asks_for_approval,
    people_concerned,
    reject_leave,
    take_leave,
    withdraw_leave,
)
from itsmkit.practices.on_call.words import notices_of_decision, notices_of_leave, notices_of_request
from itsmkit.rotas import Leave, LeaveApproval, Roster
from itsmkit.tickets import Actor

__all__ = ["LeavesOfRotas"]

_APPROVE = "rotas.approve_leave"
"""Who may ask for this, has approved what they note for others."""


@looking_at_arguments()
@frozen
class LeavesOfRotas(RotaDoor):
    """What can be asked of leaves; a part of `RotaCommands`."""

    def take_leave(
        self,
        start: datetime,
        end: datetime,
        *,
        person: str | None = None,
        covered_by: str | None = None,
        reason: str = "",
        by: Actor | None = None,
        idempotency_key: str | None = None,
    ) -> Leave:
        """
        Note that somebody is away; who covers for them, or comes on duty by that, is told.

        It holds at once, unless a rota in which they take turns asks for approval: see
        `Rota.leaves_need_approval`. Then it is a request, of which those are told who lead its team. What
        somebody notes for another, and may approve, is approved by that.

        Args:
            start: From when on; aware. It may have begun.
            end: Up to when, not included; aware.
            person: The id of who is away; ``None`` for who asks. For others, it takes a permit to make
                overrides.
            covered_by: The id of who is on duty in their place; ``None`` for whom the rota says.
            reason: Why. It is for few to read, and can be erased.
            by: Who notes it.
            idempotency_key: Chosen by who asks, to have it done once.

        Raises:
            AccessDeniedError: If it is somebody else's, for who may not make overrides.
            NotFoundError: If there is no such person.
            DefinitionError: If it can be no leave.
            RefusedError: If it is over; or who covers is not there by then.
            ConflictError: If others change rotas meanwhile, every time.
        """
        runner, actor = self._asked("take_leave", by, idempotency_key, start, end, person, covered_by, reason)
        taken = Leave(
            id=runner.new_id(),
            person=actor.id if person is None else person,
            start=start,
            end=end,
            covered_by=covered_by,
            reason=reason,
        )
        for_themselves(runner, actor, taken.person)

        approves = actor.id != taken.person and runner.may(_APPROVE, actor, None).allowed
        leads: list[str] = []

        def decide(_unit: UnitOfWork, rosters: Sequence[Roster]) -> Decided[Leave]:
            now, noted = runner.clock(), taken
            if any(asks_for_approval(each.rota, taken.person) for each in rosters):
                noted = evolve(taken, approval=LeaveApproval.REQUESTED)
                if approves:
                    noted = noted.approved_by(actor.id, now)
            outcome = take_leave(noted, now)
            if noted.is_requested:
                return Decided(None, outcome, lambda saved: notices_of_request(saved, leads, actor.id))
            concerned = _concerned_by_leave(noted, rosters)
            return Decided(None, outcome, lambda saved: notices_of_leave(saved, concerned, actor.id))

        def look() -> None:
            runner.directory.person(taken.person)
            leads.extend(_leads(runner, taken.person))
            if covered_by is not None:
                must_be_there(runner, taken.start, covered_by)

        return change_rotas(Shelf(LEAVE, runner), decide, look=look)

    def withdraw_leave(
        self,
        leave_id: str,
        reason: str = "",
        *,
        by: Actor | None = None,
        idempotency_key: str | None = None,
    ) -> Leave:
        """
        Note that somebody is not away after all, or asks no more to be.

        Whoever was told that they were away, is told.

        Args:
            leave_id: The leave.
            reason: Why; it stands in its history.
            by: Who notes it: who would be away, or who may make overrides.
            idempotency_key: Chosen by who asks, to have it done once.

        Raises:
            AccessDeniedError: If it is somebody else's, for who may not make overrides.
            NotFoundError: If there is no such leave.
            RefusedError: If it was withdrawn or rejected already, or is over.
            ConflictError: If others change rotas meanwhile, every time.
        """
        runner, actor = self._asked("withdraw_leave", by, idempotency_key, leave_id, reason)
        shelf = Shelf(LEAVE, runner)

        def decide(unit: UnitOfWork, rosters: Sequence[Roster]) -> Decided[Leave]:
            found = shelf.of(unit, leave_id)
            for_themselves(runner, actor, found.person)
            outcome = withdraw_leave(found, reason, runner.clock())
            if not found.holds:
                return Decided(found, outcome, lambda _saved: ())
            concerned = _concerned_by_leave(found, rosters)
            return Decided(found, outcome, lambda saved: notices_of_leave(saved, concerned, actor.id))

        return change_rotas(shelf, decide)

    def approve_leave(
        self, leave_id: str, *, by: Actor | None = None, idempotency_key: str | None = None
    ) -> Leave:
        """
        Approve a leave that somebody asks for: it holds from then on.

        They are told, and so is whoever covers for them, or comes on duty by that.

        Args:
            leave_id: The leave.
            by: Who approves it: somebody else than who would be away.
            idempotency_key: Chosen by who asks, to have it done once.

        Raises:
            NotFoundError: If there is no such leave.
            RefusedError: With every reason: nobody has to approve it, it was approved, rejected or withdrawn
                already, it is their own, or it is over.
            ConflictError: If others change rotas meanwhile, every time.
        """
        runner, actor = self._asked("approve_leave", by, idempotency_key, leave_id)
        shelf = Shelf(LEAVE, runner)

        def decide(unit: UnitOfWork, rosters: Sequence[Roster]) -> Decided[Leave]:
            found = shelf.of(unit, leave_id)
            outcome = approve_leave(found, actor.id, runner.clock())
            concerned = _concerned_by_leave(outcome.value, rosters)

            def notices(saved: Leave) -> Iterator[Notice]:
                yield from notices_of_decision(saved, actor.id)
                yield from notices_of_leave(saved, concerned, actor.id)

            return Decided(found, outcome, notices)

        return change_rotas(shelf, decide)

    def reject_leave(
        self, leave_id: str, reason: str, *, by: Actor | None = None, idempotency_key: str | None = None
    ) -> Leave:
        """
        Reject a leave that somebody asks for; they are told, with the reason.

        Args:
            leave_id: The leave.
            reason: Why. It is for few to read, and can be erased.
            by: Who rejects it: somebody else than who would be away.
            idempotency_key: Chosen by who asks, to have it done once.

        Raises:
            NotFoundError: If there is no such leave.
            RefusedError: If no reason is said, nobody has to approve it, it was approved, rejected or
                withdrawn already, or it is their own.
            ConflictError: If others change rotas meanwhile, every time.
        """
        runner, actor = self._asked("reject_leave", by, idempotency_key, leave_id, reason)
        shelf = Shelf(LEAVE, runner)

        def decide(unit: UnitOfWork, _rosters: Sequence[Roster]) -> Decided[Leave]:
            found = shelf.of(unit, leave_id)
            outcome = reject_leave(found, actor.id, reason, runner.clock())
            return Decided(found, outcome, lambda saved: notices_of_decision(saved, actor.id, reason))

        return change_rotas(shelf, decide)


def _leads(runner: Runner, person: str) -> Iterator[str]:
    """Yield who leads the teams whose rotas ask that the leaves of somebody are approved."""
    for rota in runner.config.rotas:
        if asks_for_approval(rota, person):
            team = known(runner.directory.group, rota.team)
            if team is not None and team.lead is not None:
                yield team.lead


def _concerned_by_leave(leave: Leave, rosters: Sequence[Roster]) -> Mapping[str, tuple[str, ...]]:
    """Return who is on duty otherwise by a leave, as far as one looks ahead: by the names of rotas."""
    found: dict[str, tuple[str, ...]] = {}
    near = TimeSpan(leave.start, leave.start + min(leave.span.duration, LONGEST))
    for roster in rosters:
        known = near & roster.known
        if known is None or leave.person not in roster.people:
            continue
        others = [each for each in roster.leaves if each.id != leave.id]
        with_it = evolve(roster, leaves=[*others, leave])
        found[roster.rota.name] = people_concerned(evolve(roster, leaves=others), with_it, known)
    return found
