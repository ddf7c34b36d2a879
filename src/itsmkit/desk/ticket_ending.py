"""How tickets of any kind end, and begin again."""

from attrs import frozen

from itsmkit.desk._answers import TICKET
from itsmkit.desk._arguments import looking_at_arguments
from itsmkit.desk._ticket_door import TicketDoor
from itsmkit.desk.work import moved, number_of_new
from itsmkit.errors import RefusedError
from itsmkit.plugin import UnitOfWork
from itsmkit.practices import Decision, KindOfWork, Resolution, reopen
from itsmkit.practices import follow_up as following
from itsmkit.practices._arguments import instance
from itsmkit.tickets import Actor, Ticket, TicketId

__all__ = ["EndingOfTickets"]


@looking_at_arguments()
@frozen
class EndingOfTickets(TicketDoor):
    """The part of `TicketCommands` for resolving and reopening."""

    def resolve(
        self,
        ticket_id: TicketId,
        resolution: Resolution,
        *,
        trigger: str = "resolve",
        by: Actor | None = None,
        idempotency_key: str | None = None,
    ) -> Ticket:
        """
        Resolve a ticket of any kind.

        Args:
            ticket_id: The ticket.
            resolution: How it was solved.
            trigger: What its workflow calls that.
            by: Who resolves it.
            idempotency_key: Chosen by who asks, to have it done once.

        Raises:
            DefinitionError: If *resolution* is none.
            NotFoundError: If there is no such ticket.
            TransitionRefusedError: If the workflow forbids it, with every reason.
            RefusedError: If the resolution lacks what the desk asks for, with every reason.
        """
        instance("resolution", resolution, Resolution)
        runner = self._asked("resolve", by, idempotency_key, ticket_id, resolution, trigger).moving(trigger)
        occasion = runner.occasion()

        def decide(unit: UnitOfWork, ticket: Ticket) -> Decision[Ticket]:
            return moved(
                runner,
                unit,
                ticket,
                trigger=trigger,
                occasion=occasion,
                details=resolution.details(),
            )

        return runner.change_knowing(ticket_id, decide)

    def reopen(
        self,
        ticket_id: TicketId,
        reason: str,
        *,
        follow_up: bool = False,
        by: Actor | None = None,
        idempotency_key: str | None = None,
    ) -> Ticket:
        """
        Take up again what was done.

        Args:
            ticket_id: The ticket.
            reason: Why.
            follow_up: Whether to log a new ticket that follows it up, where this one may not go on.
            by: Who asks.
            idempotency_key: Chosen by who asks, to have it done once.

        Returns:
            The same ticket, with a new cycle of its clocks; or the new one, whose detail ``follow_up_of`` has
            the number of the old one.

        Raises:
            NotFoundError: If there is no such ticket.
            RefusedError: If there is no reason, or it is not done; or if its window is past or its workflow
                lets nobody take it up again, and no new ticket is asked for.
        """
        runner = self._asked("reopen", by, idempotency_key, ticket_id, reason, follow_up)
        occasion, rules = runner.occasion(), runner.config.tickets

        def work(unit: UnitOfWork) -> Ticket:
            stored = runner.to_change(unit, ticket_id)
            ticket = stored.ticket
            kind: KindOfWork[Ticket] = runner.config.kind(ticket.kind)
            history = unit.history(ticket_id)
            try:
                decision = reopen(kind, ticket, occasion, reason, history=history, rules=rules)
            except RefusedError:
                if not follow_up:
                    raise
            else:
                return runner.save(unit, decision, stored)
            number = number_of_new(runner, unit, kind, ticket.restricted_to)
            new, old = following(
                kind, ticket, occasion, reason, ticket_id=runner.new_id(), number=number, rules=rules
            )
            runner.save(unit, old, stored)
            return runner.save(unit, new)

        ticket: Ticket = runner.answered(work, TICKET)
        return ticket
