"""What is written on a ticket and attached to it, and what of that the requester sees."""

from hashlib import sha256

from attrs import frozen

from itsmkit._checks import is_a
from itsmkit.desk._arguments import looking_at_arguments
from itsmkit.desk._ticket_door import TicketDoor, changed
from itsmkit.errors import DefinitionError
from itsmkit.plugin import UnitOfWork
from itsmkit.practices import (
    Decision,
    PublicTicket,
    add_note,
    attach,
    attachments_of,
    detach,
    public_view,
    send_message,
)
from itsmkit.tickets import Actor, Attachment, Ticket, TicketId

__all__ = ["CorrespondenceOfTickets"]


@looking_at_arguments(but=("content",))
@frozen
class CorrespondenceOfTickets(TicketDoor):
    """The part of `TicketCommands` for messages, notes and files."""

    def public_view(self, ticket_id: TicketId) -> PublicTicket:
        """
        Return what its requester sees of a ticket: nothing in it is internal.

        Raises:
            NotFoundError: If there is no such ticket.
        """
        reader = self._reader("public_view")
        with self._runner.store.begin() as unit:
            return public_view(reader.ticket(unit, ticket_id).ticket, reader.history(unit, ticket_id))

    def attachment(self, ticket_id: TicketId, digest: str) -> bytes:
        """
        Return the content of a file of a ticket.

        Raises:
            NotFoundError: If there is no such ticket, or it has no such file.
        """
        store = self._runner.store
        with store.begin() as unit:
            ticket = self._reader("attachment").ticket(unit, ticket_id).ticket
        return store.attachment(attachments_of(ticket, digest)[0].digest)

    def send_message(
        self,
        ticket_id: TicketId,
        text: str,
        *,
        by: Actor | None = None,
        idempotency_key: str | None = None,
    ) -> Ticket:
        """
        Write to everybody who takes part in a ticket, the requester among them.

        Args:
            ticket_id: The ticket.
            text: The words.
            by: Who writes.
            idempotency_key: Chosen by who asks, to have it done once.

        Raises:
            RefusedError: If the text is empty.
        """
        runner = self._asked("send_message", by, idempotency_key, ticket_id, text)
        return changed(runner, ticket_id, lambda ticket, occasion: send_message(ticket, occasion, text))

    def add_note(
        self,
        ticket_id: TicketId,
        text: str,
        *,
        by: Actor | None = None,
        idempotency_key: str | None = None,
    ) -> Ticket:
        """
        Write for those who work on a ticket; the requester never sees it.

        Args:
            ticket_id: The ticket.
            text: The words.
            by: Who writes.
            idempotency_key: Chosen by who asks, to have it done once.

        Raises:
            RefusedError: If the text is empty.
        """
        runner = self._asked("add_note", by, idempotency_key, ticket_id, text)
        return changed(runner, ticket_id, lambda ticket, occasion: add_note(ticket, occasion, text))

    def attach(
        self,
        ticket_id: TicketId,
        name: str,
        content: bytes,
        *,
        media_type: str = "application/octet-stream",
        public: bool = False,
        by: Actor | None = None,
        idempotency_key: str | None = None,
    ) -> Ticket:
        """
        Attach a file to a ticket; one of the same content and name gives way to it.

        Args:
            ticket_id: The ticket.
            name: What it is called: no path, and nothing in it that nobody sees.
            content: What is in it.
            media_type: Such as ``"image/png"``.
            public: Whether the requester may see it.
            by: Who attaches it.
            idempotency_key: Chosen by who asks, to have it done once.

        Raises:
            DefinitionError: If *content* is no bytes, or *name* no name.
            RefusedError: With every reason: its name is unfit, it is too large, or there are too many.
        """
        if not is_a(content, bytes):
            problem = f"content must be bytes, not {type(content).__name__}; read the file as binary"
            raise DefinitionError(problem)
        digest = sha256(content).hexdigest()
        attachment = Attachment(digest, name, len(content), media_type, is_public=public)
        runner = self._asked("attach", by, idempotency_key, ticket_id, attachment)
        occasion = runner.occasion()
        rules = runner.config.tickets.attachments

        def decide(unit: UnitOfWork, ticket: Ticket) -> Decision[Ticket]:
            decision = attach(ticket, occasion, attachment, rules)
            if decision.steps:
                unit.attach(content)
            return decision

        return runner.change_knowing(ticket_id, decide)

    def detach(
        self,
        ticket_id: TicketId,
        digest: str,
        *,
        by: Actor | None = None,
        idempotency_key: str | None = None,
    ) -> Ticket:
        """
        Let a file belong to a ticket no more. Its history still tells of it.

        Args:
            ticket_id: The ticket.
            digest: That of the file's content.
            by: Who takes it off.
            idempotency_key: Chosen by who asks, to have it done once.

        Raises:
            NotFoundError: If the ticket has no such file.
        """
        runner = self._asked("detach", by, idempotency_key, ticket_id, digest)
        return changed(runner, ticket_id, lambda ticket, occasion: detach(ticket, occasion, digest))
