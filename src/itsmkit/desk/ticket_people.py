"""Who answers for a ticket, and who takes part in it."""

from attrs import frozen

from itsmkit.desk._arguments import looking_at_arguments
from itsmkit.desk._ticket_door import TicketDoor, changed
from itsmkit.practices import add_participant, remove_participant, transfer_ownership
from itsmkit.tickets import Actor, Ticket, TicketId

__all__ = ["PeopleOfTickets"]


@looking_at_arguments()
@frozen
class PeopleOfTickets(TicketDoor):
    """The part of `TicketCommands` for those who have to do with a ticket."""

    def transfer_ownership(
        self,
        ticket_id: TicketId,
        owner: str,
        *,
        reason: str = "",
        by: Actor | None = None,
        idempotency_key: str | None = None,
    ) -> Ticket:
        """
        Let another answer for a ticket. Who has the work stays.

        Args:
            ticket_id: The ticket.
            owner: Who answers for it from now on.
            reason: Why.
            by: Who hands it over.
            idempotency_key: Chosen by who asks, to have it done once.

        Raises:
            DefinitionError: If *owner* is no name.
        """
        runner = self._asked("transfer_ownership", by, idempotency_key, ticket_id, owner, reason)
        return changed(
            runner,
            ticket_id,
            lambda ticket, occasion: transfer_ownership(ticket, occasion, owner, reason=reason),
        )

    def add_participant(
        self,
        ticket_id: TicketId,
        person: str,
        role: str = "watcher",
        *,
        by: Actor | None = None,
        idempotency_key: str | None = None,
    ) -> Ticket:
        """
        Let somebody take part in a ticket; one may have several roles.

        Args:
            ticket_id: The ticket.
            person: Who.
            role: As what.
            by: Who adds them.
            idempotency_key: Chosen by who asks, to have it done once.

        Raises:
            DefinitionError: If the person or the role is no name.
        """
        runner = self._asked("add_participant", by, idempotency_key, ticket_id, person, role)
        return changed(
            runner, ticket_id, lambda ticket, occasion: add_participant(ticket, occasion, person, role)
        )

    def remove_participant(
        self,
        ticket_id: TicketId,
        person: str,
        role: str | None = None,
        *,
        by: Actor | None = None,
        idempotency_key: str | None = None,
    ) -> Ticket:
        """
        Let somebody take part in a ticket no more.

        Args:
            ticket_id: The ticket.
            person: Who.
            role: As what; by default, at all.
            by: Who removes them.
            idempotency_key: Chosen by who asks, to have it done once.

        Raises:
            RefusedError: If the person does not take part so.
        """
        runner = self._asked("remove_participant", by, idempotency_key, ticket_id, person, role)
        return changed(
            runner, ticket_id, lambda ticket, occasion: remove_participant(ticket, occasion, person, role)
        )
