"""The commands and reads that tickets of every kind share."""

from collections.abc import Iterator, Sequence

from attrs import frozen

from itsmkit.desk._commands import Runner, acting
from itsmkit.practices import Incident, assign, comment, describe, read_clocks
from itsmkit.sla import ClockReading
from itsmkit.tickets import Actor, Ticket, TicketEvent, TicketId

__all__ = ["TicketCommands"]


@frozen
class TicketCommands:
    """
    What can be asked of a ticket of any kind; reached as ``desk.tickets``.

    Every command takes ``by``, who does it, unless the desk is bound to an actor; and returns the ticket
    after it. It raises, and changes nothing, if a rule refuses.
    """

    _runner: Runner
    _actor: Actor | None

    # -- reads -----------------------------------------------------------------------------------

    def get(self, ticket_id: TicketId) -> Ticket:
        """Return a ticket by its key. Raises `NotFoundError` if there is none."""
        with self._runner.store.begin() as unit:
            return unit.ticket(ticket_id).ticket

    def find(self, number: str) -> Ticket:
        """Return a ticket by its display number. Raises `NotFoundError` if there is none."""
        return self._runner.store.find_ticket(number).ticket

    def __iter__(self) -> Iterator[Ticket]:
        """Go through all tickets in the order in which they were logged."""
        return (stored.ticket for stored in self._runner.store.tickets())

    def history(self, ticket_id: TicketId) -> Sequence[TicketEvent]:
        """Return all events of a ticket, in order. Raises `NotFoundError` if there is none."""
        with self._runner.store.begin() as unit:
            unit.ticket(ticket_id)
            return unit.history(ticket_id)

    def clocks(self, ticket_id: TicketId) -> dict[str, ClockReading]:
        """
        Return what the service-level clocks of a ticket show now, by name.

        Raises:
            NotFoundError: If there is no such ticket.
        """
        with self._runner.store.begin() as unit:
            clocks = self._runner.clocks(unit.ticket(ticket_id), unit.history)
        return read_clocks(clocks, self._runner.clock())

    def readings(self) -> Iterator[tuple[Ticket, dict[str, ClockReading]]]:
        """Go through all tickets with what their clocks show now, in the order in which they were logged."""
        runner = self._runner
        now = runner.clock()
        for stored in runner.store.tickets():
            yield stored.ticket, read_clocks(runner.clocks(stored, self.history), now)

    # -- commands --------------------------------------------------------------------------------

    def assign(
        self,
        ticket_id: TicketId,
        *,
        support_group: str | None = None,
        assignee: str | None = None,
        by: Actor | None = None,
    ) -> Incident:
        """
        Give the work to a person, to a group's queue, or back to nobody.

        Args:
            ticket_id: The ticket.
            support_group: The group.
            assignee: The person in it.
            by: Who hands it over.
        """
        occasion = self._runner.occasion(acting(by, self._actor))
        return self._runner.change(
            ticket_id, lambda ticket: assign(ticket, occasion, support_group=support_group, assignee=assignee)
        )

    def comment(
        self, ticket_id: TicketId, text: str, *, public: bool = False, by: Actor | None = None
    ) -> Incident:
        """
        Write on a ticket.

        Args:
            ticket_id: The ticket.
            text: The words.
            public: Whether the requester may read them.
            by: Who writes.

        Raises:
            RefusedError: If the text is empty.
        """
        occasion = self._runner.occasion(acting(by, self._actor))
        return self._runner.change(ticket_id, lambda ticket: comment(ticket, occasion, text, public=public))

    def describe(self, /, ticket_id: TicketId, *, by: Actor | None = None, **changes: object) -> Incident:
        """
        Change descriptive fields and further details of a ticket.

        Args:
            ticket_id: The ticket.
            by: Who changes them.
            **changes: The new values by name; ``None`` empties a field.

        Raises:
            RefusedError: If a field is one that only another command may change.
        """
        occasion = self._runner.occasion(acting(by, self._actor))
        return self._runner.change(ticket_id, lambda ticket: describe(ticket, occasion, changes))
