"""What can be asked of rotas: who is on duty, and overrides, swaps, leaves and hand-off notes."""

from collections.abc import Sequence
from datetime import datetime

from attrs import evolve, frozen

from itsmkit.desk._arguments import looking_at_arguments
from itsmkit.desk._changing_rotas import Decided, change_rotas, known_shifts
from itsmkit.desk._commands import Runner
from itsmkit.desk._rota_door import FOR_OTHERS, for_themselves, must_be_there
from itsmkit.desk._rota_kinds import CHANGES, HAND_OFF_NOTE, OVERRIDE, SWAP
from itsmkit.desk._shelf import Shelf
from itsmkit.desk.rota_leaves import LeavesOfRotas
from itsmkit.desk.rota_reads import ReadingRotas
from itsmkit.errors import NotFoundError
from itsmkit.plugin import UnitOfWork
from itsmkit.practices import Outcome
from itsmkit.practices.on_call import (
    accept_swap,
    acknowledge_note,
    decline_swap,
    make_override,
    may_hand_over,
    people_concerned,
    propose_swap,
    receivers,
    roster_of,
    withdraw_override,
    withdraw_swap,
)
from itsmkit.practices.on_call.words import (
    notices_of_override,
    notices_of_swap,
)
from itsmkit.rotas import PRIMARY, HandOffNote, Leave, Override, Roster, Swap
from itsmkit.tickets import Actor

__all__ = ["RotaCommands"]


@looking_at_arguments()
@frozen
class RotaCommands(ReadingRotas, LeavesOfRotas):
    """
    What can be asked of rotas; reached as ``desk.rotas``.

    Everything needs a permit. With one for swaps and leaves, people give away their own duty and are away
    themselves; who may make overrides, does it for others, too. A swap is accepted and declined by the two
    whom it is between, and by nobody for them.

    What holds once a command has returned, holds for routing, escalation and appointments.
    """

    # -- overrides -------------------------------------------------------------------------------

    def override(
        self,
        rota: str,
        person: str,
        start: datetime,
        end: datetime,
        *,
        role: str = PRIMARY,
        instead_of: str | None = None,
        reason: str = "",
        by: Actor | None = None,
        idempotency_key: str | None = None,
    ) -> Override:
        """
        Put somebody on duty in place of others, who are told of it.

        Args:
            rota: The name of the rota.
            person: The id of who is on duty.
            start: From when on; aware. It may have begun.
            end: Up to when, not included; aware.
            role: As what.
            instead_of: In whose place alone; ``None`` for whoever is on duty in the role, and also where
                nobody is.
            reason: Why.
            by: Who makes it.
            idempotency_key: Chosen by who asks, to have it done once.

        Raises:
            NotFoundError: If there is no such rota or person, or the rota does not reach as far.
            DefinitionError: If it can be no override, or the rota has no such role.
            RefusedError: With every reason: see `make_override`; or they are not there by then.
            ConflictError: If others change rotas meanwhile, every time.
        """
        runner, actor = self._asked(
            "override", by, idempotency_key, rota, person, start, end, role, instead_of, reason
        )
        now = runner.clock()
        made = Override(
            id=runner.new_id(),
            rota=rota,
            person=person,
            start=start,
            end=end,
            made_at=now,
            role=role,
            instead_of=instead_of,
            reason=reason,
        )

        def decide(_unit: UnitOfWork, rosters: Sequence[Roster]) -> Decided[Override]:
            outcome = make_override(made, rosters, now)
            before = roster_of(rosters, rota)
            after = evolve(before, overrides=(*before.overrides, made))
            concerned = people_concerned(before, after, made.span)
            return Decided(None, outcome, lambda saved: notices_of_override(saved, concerned, actor.id))

        return change_rotas(
            Shelf(OVERRIDE, runner), decide, look=lambda: must_be_there(runner, made.start, person)
        )

    def withdraw_override(
        self,
        override_id: str,
        reason: str = "",
        *,
        by: Actor | None = None,
        idempotency_key: str | None = None,
    ) -> Override:
        """
        Let an override hold no more; those who are on duty otherwise by that are told.

        Args:
            override_id: The override.
            reason: Why; it stands in its history.
            by: Who withdraws it.
            idempotency_key: Chosen by who asks, to have it done once.

        Raises:
            NotFoundError: If there is no such override.
            RefusedError: If it was withdrawn already, or is over.
            ConflictError: If others change rotas meanwhile, every time.
        """
        runner, actor = self._asked("withdraw_override", by, idempotency_key, override_id, reason)
        shelf = Shelf(OVERRIDE, runner)

        def decide(unit: UnitOfWork, rosters: Sequence[Roster]) -> Decided[Override]:
            found = shelf.of(unit, override_id)
            outcome = withdraw_override(found, reason, runner.clock())
            concerned = _concerned_by_end(found, rosters)
            return Decided(found, outcome, lambda saved: notices_of_override(saved, concerned, actor.id))

        return change_rotas(shelf, decide)

    # -- swaps -----------------------------------------------------------------------------------

    def propose_swap(
        self,
        rota: str,
        start: datetime,
        end: datetime,
        *,
        other: str,
        other_start: datetime,
        other_end: datetime,
        person: str | None = None,
        role: str = PRIMARY,
        by: Actor | None = None,
        idempotency_key: str | None = None,
    ) -> Swap:
        """
        Propose that two people exchange time on duty; whoever has not consented by that is told.

        Args:
            rota: The name of the rota.
            start: From when on the first gives their duty away; aware, and not over.
            end: Up to when, not included; aware.
            other: The id of the other, who takes it.
            other_start: From when on the other gives theirs away; aware, and not over.
            other_end: Up to when, not included; aware.
            person: The id of the first; ``None`` for who asks. For two others, it takes a permit to make
                overrides, and waits for both.
            role: What they are on duty as.
            by: Who proposes it.
            idempotency_key: Chosen by who asks, to have it done once.

        Raises:
            AccessDeniedError: If it is between others, for who may not make overrides.
            NotFoundError: If there is no such rota or person, or the rota does not reach as far.
            DefinitionError: If it can be no swap, or the rota has no such role.
            RefusedError: With every reason: see `propose_swap`; or one of them is not there by then.
            ConflictError: If others change rotas meanwhile, every time.
        """
        runner, actor = self._asked(
            "propose_swap",
            by,
            idempotency_key,
            rota,
            start,
            end,
            other,
            other_start,
            other_end,
            person,
            role,
        )
        now = runner.clock()
        asked = Swap(
            id=runner.new_id(),
            rota=rota,
            person=actor.id if person is None else person,
            start=start,
            end=end,
            other=other,
            other_start=other_start,
            other_end=other_end,
            made_at=now,
            role=role,
        )
        for_themselves(runner, actor, asked.person, asked.other)

        def decide(_unit: UnitOfWork, rosters: Sequence[Roster]) -> Decided[Swap]:
            outcome = propose_swap(asked, actor.id, rosters, now)
            return Decided(None, outcome, lambda saved: notices_of_swap(saved, actor.id))

        def look() -> None:
            must_be_there(runner, asked.other_start, asked.person)
            must_be_there(runner, asked.start, asked.other)

        return change_rotas(Shelf(SWAP, runner), decide, look=look)

    def accept_swap(
        self, swap_id: str, *, by: Actor | None = None, idempotency_key: str | None = None
    ) -> Swap:
        """
        Accept a swap that waits for who asks. It holds from then on, if nobody else is waited for.

        Args:
            swap_id: The swap.
            by: Who accepts it: one of the two.
            idempotency_key: Chosen by who asks, to have it done once.

        Raises:
            NotFoundError: If there is no such swap, or its rota is there no more.
            RefusedError: With every reason: it does not wait for them, or cannot be as it was proposed: see
                `accept_swap`.
            ConflictError: If others change rotas meanwhile, every time.
        """
        runner, actor = self._asked("accept_swap", by, idempotency_key, swap_id)
        shelf = Shelf(SWAP, runner)

        def decide(unit: UnitOfWork, rosters: Sequence[Roster]) -> Decided[Swap]:
            found, proposal = shelf.of(unit, swap_id), shelf.history(unit, swap_id)[0].said
            outcome = accept_swap(found, actor.id, proposal, rosters, runner.clock())
            return Decided(found, outcome, lambda saved: notices_of_swap(saved, actor.id))

        return change_rotas(shelf, decide)

    def decline_swap(
        self, swap_id: str, reason: str, *, by: Actor | None = None, idempotency_key: str | None = None
    ) -> Swap:
        """
        Decline a swap that waits for who asks; the other is told, with the reason.

        Args:
            swap_id: The swap.
            reason: Why.
            by: Who declines it: one of the two.
            idempotency_key: Chosen by who asks, to have it done once.

        Raises:
            NotFoundError: If there is no such swap.
            RefusedError: If it does not wait for them, or no reason is said.
        """
        runner, actor = self._asked("decline_swap", by, idempotency_key, swap_id, reason)
        shelf = Shelf(SWAP, runner)

        def decide(unit: UnitOfWork, _rosters: Sequence[Roster]) -> Decided[Swap]:
            found = shelf.of(unit, swap_id)
            outcome = decline_swap(found, actor.id, reason)
            return Decided(found, outcome, lambda saved: notices_of_swap(saved, actor.id, reason))

        return change_rotas(shelf, decide)

    def withdraw_swap(
        self,
        swap_id: str,
        reason: str = "",
        *,
        by: Actor | None = None,
        idempotency_key: str | None = None,
    ) -> Swap:
        """
        Let a swap hold no more, or never; the two are told.

        Args:
            swap_id: The swap.
            reason: Why; it stands in its history.
            by: Who withdraws it: one of the two, or who may make overrides.
            idempotency_key: Chosen by who asks, to have it done once.

        Raises:
            AccessDeniedError: If it is between others, for who may not make overrides.
            NotFoundError: If there is no such swap.
            RefusedError: If it was declined or withdrawn already; or it holds and has begun.
            ConflictError: If others change rotas meanwhile, every time.
        """
        runner, actor = self._asked("withdraw_swap", by, idempotency_key, swap_id, reason)
        shelf = Shelf(SWAP, runner)

        def decide(unit: UnitOfWork, _rosters: Sequence[Roster]) -> Decided[Swap]:
            found = shelf.of(unit, swap_id)
            for_themselves(runner, actor, found.person, found.other)
            outcome = withdraw_swap(found, reason, runner.clock())
            return Decided(found, outcome, lambda saved: notices_of_swap(saved, actor.id))

        return change_rotas(shelf, decide)

    # -- hand-off notes --------------------------------------------------------------------------

    def write_note(
        self, rota: str, text: str, *, by: Actor | None = None, idempotency_key: str | None = None
    ) -> HandOffNote:
        """
        Write down what whoever comes on duty next has to know.

        It is for those who are on duty as soon as its author is not: see `receivers`.

        Args:
            rota: The name of the rota.
            text: The words.
            by: Who writes it: who is on duty, or was not long ago (see `HAND_OVER`); or who may make
                overrides.
            idempotency_key: Chosen by who asks, to have it done once.

        Raises:
            AccessDeniedError: If they are not on duty and were not, for who may not make overrides.
            NotFoundError: If there is no such rota, or it does not reach as far.
            DefinitionError: If it says nothing.
        """
        runner, actor = self._asked("write_note", by, idempotency_key, rota, text)
        shelf = Shelf(HAND_OFF_NOTE, runner)
        done = runner.known(shelf.answer)
        if done is not None:
            return done  # whoever is on duty by now
        roster, now = roster_of(known_shifts(runner).shifts.rosters, rota), runner.clock()
        if not may_hand_over(roster, actor.id, now):
            runner.admit(FOR_OTHERS, actor)
        note = HandOffNote(
            id=runner.new_id(),
            rota=rota,
            author=actor.id,
            at=now,
            text=text,
            to=receivers(roster, actor.id, now),
        )
        return shelf.begin(lambda _unit: Outcome(note, "HandOffNoteWritten"))

    def acknowledge_note(
        self, note_id: str, *, by: Actor | None = None, idempotency_key: str | None = None
    ) -> HandOffNote:
        """
        Take notice of a hand-off note, as who takes over. Whoever has before, changes nothing.

        Args:
            note_id: The note.
            by: Who takes notice: one of those whom it is for, or who is on duty in its rota by now; nobody
                for them.
            idempotency_key: Chosen by who asks, to have it done once.

        Raises:
            NotFoundError: If there is no such note, or it is for others, and its rota is there no more.
            RefusedError: If it is for others, and they are not on duty; or they have written it.
        """
        runner, actor = self._asked("acknowledge_note", by, idempotency_key, note_id)
        shelf = Shelf(HAND_OFF_NOTE, runner)
        done = runner.known(shelf.answer)
        if done is not None:
            return done  # whoever is on duty by now
        now, note = runner.clock(), shelf.get(note_id)
        # Of who is named, the rota need not be asked, which may be gone by now.
        is_on_duty = actor.id not in note.to and _is_on_duty(runner, note.rota, actor.id, now)
        return shelf.change(
            note_id, lambda _unit, found: acknowledge_note(found, actor.id, now, is_on_duty=is_on_duty)
        )

    # -- erasing ---------------------------------------------------------------------------------

    def erase(
        self, record_id: str, reason: str, *, by: Actor | None = None, idempotency_key: str | None = None
    ) -> Override | Swap | Leave | HandOffNote:
        """
        Erase the words of a hand-off note, or why there was an override, a swap or a leave; all else stays.

        Args:
            record_id: The note, or the change.
            reason: Why; it stays in the history.
            by: Who erases.
            idempotency_key: Chosen by who asks, to have it done once.

        Raises:
            NotFoundError: If there is no such record.
            RefusedError: If no reason is said.
        """
        runner, _ = self._asked("erase", by, idempotency_key, record_id, reason)
        with runner.store.begin() as unit:
            for kind in (*CHANGES.values(), HAND_OFF_NOTE):
                if Shelf(kind, runner).find(unit, record_id) is not None:
                    break
            else:
                raise NotFoundError("rota record", record_id)
        erased: Override | Swap | Leave | HandOffNote = Shelf(kind, runner).forget(
            record_id, reason, called=kind.name
        )
        return erased


def _is_on_duty(runner: Runner, rota: str, person: str, at: datetime) -> bool:
    """Tell whether somebody is on duty in a rota. Raises `NotFoundError` if there is no such rota."""
    return person in roster_of(known_shifts(runner).shifts.rosters, rota).on_duty(at).people


def _concerned_by_end(override: Override, rosters: Sequence[Roster]) -> tuple[str, ...]:
    """Return who is on duty otherwise once an override holds no more; nobody, where its rota is gone."""
    for before in rosters:
        known = override.span & before.known
        if before.rota.name == override.rota and known is not None:
            left = [each for each in before.overrides if each.id != override.id]
            return people_concerned(before, evolve(before, overrides=left), known)
    return ()
