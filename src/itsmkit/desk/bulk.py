"""One command for many tickets, each for itself: what one refuses keeps no other from being done."""

from collections.abc import Iterable, Mapping
from typing import Literal

from attrs import field, frozen

from itsmkit._frozen import as_tuple
from itsmkit.desk._answers import TICKET
from itsmkit.desk._arguments import looking_at_arguments
from itsmkit.desk._commands import acting
from itsmkit.desk._deeds import Deed, DeedPlace, asked_for, deed_of
from itsmkit.desk._impact import impact_before, nothing_derived
from itsmkit.desk._once import Answer, Plain, Request
from itsmkit.desk._ticket_door import TicketDoor
from itsmkit.errors import DefinitionError, IdempotencyError, NotFoundError, PluginError, RefusedError
from itsmkit.plugin import LedgerEntry, UnitOfWork
from itsmkit.tickets import Actor, Ticket, TicketId

__all__ = ["BulkOfTickets", "BulkOutcome", "BulkOutcomes"]


@frozen
class BulkOutcome:
    """
    What came of a command for one of many tickets.

    Args:
        ticket_id: The ticket.
        outcome: Whether it was changed, was so already, or refuses.
        ticket: The ticket after it; ``None`` if it refuses.
        reasons: Why it refuses.
    """

    ticket_id: TicketId
    outcome: Literal["changed", "unchanged", "refused"]
    ticket: Ticket | None = None
    reasons: tuple[str, ...] = field(default=(), converter=as_tuple)


@frozen
class BulkOutcomes:
    """
    What came of a command for many tickets.

    Args:
        outcomes: One for each ticket, in the order that was asked for.
        is_rehearsal: Whether nothing was done, and this is what would come of it.
    """

    outcomes: tuple[BulkOutcome, ...] = field(converter=as_tuple)
    is_rehearsal: bool = False

    def of(self, outcome: Literal["changed", "unchanged", "refused"]) -> tuple[BulkOutcome, ...]:
        """Return those of one outcome."""
        return tuple(each for each in self.outcomes if each.outcome == outcome)


_Changed = tuple[Ticket, int]
"""A ticket after a command, and its version before it."""


def _write(changed: _Changed) -> Plain:
    ticket, before = changed
    return {**TICKET.write(ticket), "before": before}


def _read(plain: Plain, unit: UnitOfWork) -> _Changed:
    return TICKET.read(plain, unit), plain["before"]


_CHANGED = Answer(_write, _read)
_BEGUN: Answer[bool] = Answer(lambda _: {}, lambda _plain, _unit: True)


@frozen
class _Job:
    """
    What is done with each of the tickets, and for whom.

    What is asked for as a whole is remembered with the first ticket for which it is done, so that its key
    stands for nothing else from then on.
    """

    command: str
    deed: Deed
    arguments: Mapping[str, object]
    actor: Actor
    request: Request | None
    dry_run: bool


@looking_at_arguments()
@frozen
class BulkOfTickets(TicketDoor):
    """The part of `TicketCommands` for many tickets at once."""

    def bulk(
        self,
        /,
        ticket_ids: Iterable[TicketId],
        command: str,
        *,
        dry_run: bool = False,
        by: Actor | None = None,
        idempotency_key: str | None = None,
        **arguments: object,
    ) -> BulkOutcomes:
        """
        Do the same with many tickets, each in a unit of work of its own.

        What was done stays if the work is cut short; asked for again with the same key, it goes on where it
        was: what was done is not done again, and what was refused is tried again.

        Args:
            ticket_ids: The tickets; each counts once.
            command: What is done: ``assign``, ``comment``, ``send_message``, ``add_note``, ``describe``,
                ``transfer_ownership``, ``add_participant``, ``remove_participant``, ``tag``, ``untag``,
                ``transition``, ``resolve``, ``prioritise`` or ``restrict``.
            dry_run: Whether to undo it all, so as to know what would come of it.
            by: Who does it.
            idempotency_key: Chosen by who asks, to have it done once.
            **arguments: Those of the command, by name: ``tags=["vip"]`` for ``tag``.

        Raises:
            DefinitionError: If there is no such command, or it takes no such arguments.
            IdempotencyError: If something else was done under the key.
            ConflictError: If others came before every time. What was done until then stays.

        >>> from itsmkit.desk import Desk
        >>> desk = Desk().acting_as(Actor("ann"))
        >>> ids = [desk.incidents.log(title).id for title in ("No network", "No mail")]
        >>> outcomes = desk.tickets.bulk(ids, "assign", support_group="Network")
        >>> [(each.ticket.number, each.outcome) for each in outcomes.of("changed")]
        [('INC-1', 'changed'), ('INC-2', 'changed')]
        """
        deed = deed_of(command, arguments)
        ids = tuple(dict.fromkeys(as_tuple(ticket_ids)))
        actor = acting(by, self._actor)
        key = None if dry_run else idempotency_key
        whole = self._runner.asked("tickets.bulk", actor, key, ids, command, arguments)
        whole.known(_BEGUN)
        job = _Job(command, deed, arguments, actor, whole.request, dry_run)
        return BulkOutcomes([self._outcome(each, job) for each in ids], is_rehearsal=dry_run)

    def _outcome(self, ticket_id: TicketId, job: _Job) -> BulkOutcome:
        try:
            ticket, before = self._done(ticket_id, job)
        except IdempotencyError:
            raise
        except (DefinitionError, NotFoundError, PluginError, RefusedError) as refusal:
            return BulkOutcome(ticket_id, "refused", reasons=[str(refusal)])
        return BulkOutcome(ticket_id, "changed" if ticket.version > before else "unchanged", ticket)

    def _done(self, ticket_id: TicketId, job: _Job) -> _Changed:
        key = None if job.request is None else f"{job.request.key}/{ticket_id}"
        runner = asked_for(self._runner, job.command, job.actor, ticket_id, job.arguments, key=key)
        occasion = runner.occasion()
        derived = impact_before(runner, ticket_id) if job.command == "prioritise" else nothing_derived

        def work(unit: UnitOfWork) -> _Changed:
            stored = runner.to_change(unit, ticket_id)
            ticket = stored.ticket
            decision = job.deed(DeedPlace(runner, unit, occasion, derived), ticket, **job.arguments)
            after = runner.save(unit, decision, stored)
            if job.request is not None and job.request.known(unit) is None:
                unit.remember(LedgerEntry(job.request.key, job.request.digest, {}, runner.clock()))
            return after, ticket.version

        after, before = runner.rehearsed(work) if job.dry_run else runner.answered(work, _CHANGED)
        return runner.shown(after), before
