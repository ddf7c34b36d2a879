"""One command for many tickets, each for itself: what one refuses keeps no other from being done."""

from collections.abc import Callable, Iterable, Mapping
from inspect import signature
from typing import Literal

from attrs import field, frozen

from itsmkit._frozen import as_tuple
from itsmkit._problems import close_to, shown
from itsmkit.desk._answers import TICKET
from itsmkit.desk._arguments import looking_at_arguments
from itsmkit.desk._commands import Runner, acting
from itsmkit.desk._impact import impact_before
from itsmkit.desk._once import Answer, Plain, Request
from itsmkit.desk._ticket_door import TicketDoor
from itsmkit.desk.work import moved
from itsmkit.errors import DefinitionError, IdempotencyError, NotFoundError, PluginError, RefusedError
from itsmkit.plugin import LedgerEntry, UnitOfWork
from itsmkit.practices import (
    Decision,
    Occasion,
    Resolution,
    add_note,
    add_participant,
    assign,
    comment,
    describe,
    prioritise,
    remove_participant,
    send_message,
    tag,
    transfer_ownership,
    untag,
)
from itsmkit.practices._arguments import instance
from itsmkit.tickets import Actor, ImpactDerived, Ticket, TicketId

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


@frozen
class _Place:
    """Where a deed is done: what it may know beside the ticket and its arguments."""

    runner: Runner
    unit: UnitOfWork
    occasion: Occasion
    derived: Callable[[Ticket], ImpactDerived | None]


def _nothing_derived(_ticket: Ticket) -> None:
    return None


# Each has the arguments of the command of its name, by the same names.


def _assign(
    place: _Place, ticket: Ticket, *, support_group: str | None = None, assignee: str | None = None
) -> Decision[Ticket]:
    return assign(ticket, place.occasion, support_group=support_group, assignee=assignee)


def _comment(place: _Place, ticket: Ticket, *, text: str, public: bool = False) -> Decision[Ticket]:
    return comment(ticket, place.occasion, text, public=public)


def _send_message(place: _Place, ticket: Ticket, *, text: str) -> Decision[Ticket]:
    return send_message(ticket, place.occasion, text)


def _add_note(place: _Place, ticket: Ticket, *, text: str) -> Decision[Ticket]:
    return add_note(ticket, place.occasion, text)


def _describe(place: _Place, ticket: Ticket, **changes: object) -> Decision[Ticket]:
    return describe(ticket, place.occasion, changes)


def _transfer_ownership(place: _Place, ticket: Ticket, *, owner: str, reason: str = "") -> Decision[Ticket]:
    return transfer_ownership(ticket, place.occasion, owner, reason=reason)


def _add_participant(
    place: _Place, ticket: Ticket, *, person: str, role: str = "watcher"
) -> Decision[Ticket]:
    return add_participant(ticket, place.occasion, person, role)


def _remove_participant(
    place: _Place, ticket: Ticket, *, person: str, role: str | None = None
) -> Decision[Ticket]:
    return remove_participant(ticket, place.occasion, person, role)


def _tag(place: _Place, ticket: Ticket, *, tags: Iterable[str]) -> Decision[Ticket]:
    return tag(ticket, place.occasion, as_tuple(tags), place.runner.config.tickets.tags)


def _untag(place: _Place, ticket: Ticket, *, tags: Iterable[str]) -> Decision[Ticket]:
    return untag(ticket, place.occasion, as_tuple(tags))


def _transition(place: _Place, ticket: Ticket, *, trigger: str, **details: object) -> Decision[Ticket]:
    return moved(
        place.runner,
        place.unit,
        ticket,
        trigger=trigger,
        occasion=place.occasion,
        details=details,
    )


def _resolve(
    place: _Place, ticket: Ticket, *, resolution: Resolution, trigger: str = "resolve"
) -> Decision[Ticket]:
    said = instance("resolution", resolution, Resolution).details()
    return _transition(place, ticket, trigger=trigger, **said)


def _prioritise(
    place: _Place,
    ticket: Ticket,
    *,
    impact: str | None = None,
    urgency: str,
    priority: str | None = None,
    reason: str | None = None,
) -> Decision[Ticket]:
    return prioritise(
        ticket,
        place.runner.config.kind(ticket.kind).priorities,
        place.occasion,
        impact=impact,
        urgency=urgency,
        priority=priority,
        reason=reason,
        derived=place.derived(ticket),
    )


_DEEDS: Mapping[str, Callable[..., Decision[Ticket]]] = {
    "assign": _assign,
    "comment": _comment,
    "send_message": _send_message,
    "add_note": _add_note,
    "describe": _describe,
    "transfer_ownership": _transfer_ownership,
    "add_participant": _add_participant,
    "remove_participant": _remove_participant,
    "tag": _tag,
    "untag": _untag,
    "transition": _transition,
    "resolve": _resolve,
    "prioritise": _prioritise,
}

_MOVES: Mapping[str, str | None] = {"transition": None, "resolve": "resolve"}
"""The commands that move a ticket through its workflow, each with the trigger that it has by itself."""

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
    deed: Callable[..., Decision[Ticket]]
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
                ``transition``, ``resolve`` or ``prioritise``.
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
        deed = _DEEDS.get(command)
        if deed is None:
            problem = f"command: there is no {shown(command)} for many tickets; {close_to(command, _DEEDS)}"
            raise DefinitionError(problem)
        try:
            signature(deed).bind(None, None, **arguments)
        except TypeError as fault:
            problem = f"{command}: {fault}; it takes what the command for one ticket takes, by name"
            raise DefinitionError(problem) from None
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
        # Who may do the one, may do many.
        name = f"tickets.{job.command}"
        runner = self._runner.asked(name, job.actor, key, ticket_id, job.arguments)
        if job.command in _MOVES:
            runner = runner.moving(str(job.arguments.get("trigger", _MOVES[job.command])))
        occasion = runner.occasion()
        derived = impact_before(runner, ticket_id) if job.command == "prioritise" else _nothing_derived

        def work(unit: UnitOfWork) -> _Changed:
            stored = runner.to_change(unit, ticket_id)
            ticket = stored.ticket
            decision = job.deed(_Place(runner, unit, occasion, derived), ticket, **job.arguments)
            after = runner.save(unit, decision, stored)
            if job.request is not None and job.request.known(unit) is None:
                unit.remember(LedgerEntry(job.request.key, job.request.digest, {}, runner.clock()))
            return after, ticket.version

        after, before = runner.rehearsed(work) if job.dry_run else runner.answered(work, _CHANGED)
        return runner.shown(after), before
