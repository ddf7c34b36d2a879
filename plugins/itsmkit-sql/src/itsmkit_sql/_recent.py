"""What was read or saved last, kept in the process: what is still the newest is not read anew."""

from threading import Lock

from itsmkit.plugin import StoredTicket
from itsmkit.tickets import TicketId

__all__ = ["Recent"]


class Recent:
    """
    The newest versions that this process knows, with what was computed from them. Fit for several threads.

    A version of a ticket never changes, so that what is kept of it can only be old, and never wrong.

    Args:
        most: How many to keep; of more, those go first that were not used for the longest time.
    """

    def __init__(self, most: int) -> None:
        self._most = most
        self._lock = Lock()
        self._known: dict[TicketId, StoredTicket] = {}

    def of(self, ticket_id: TicketId, version: int) -> StoredTicket | None:
        """Return the ticket of this version, or ``None`` if it is not known."""
        with self._lock:
            known = self._known.get(ticket_id)
            if known is None or known.ticket.version != version:
                return None
            self._known[ticket_id] = self._known.pop(ticket_id)
            return known

    def keep(self, stored: StoredTicket) -> None:
        """Keep a ticket, unless a newer version of it is known."""
        ticket = stored.ticket
        with self._lock:
            known = self._known.get(ticket.id)
            if known is not None and known.ticket.version > ticket.version:
                return
            self._known.pop(ticket.id, None)
            self._known[ticket.id] = stored
            if len(self._known) > self._most:
                del self._known[next(iter(self._known))]
