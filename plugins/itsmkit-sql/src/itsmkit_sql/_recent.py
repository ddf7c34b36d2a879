"""What was read or saved last, kept in the process: what is still the newest is not read anew."""

from threading import Lock

from itsmkit.plugin import StoredTicket
from itsmkit.tickets import TicketId

__all__ = ["Recent"]


class Recent:
    """
    Tickets with their documents, and with what was computed from them. Fit for use by several threads.

    Args:
        most: How many to keep; of more, those go first that were not used for the longest time.
    """

    def __init__(self, most: int) -> None:
        self._most = most
        self._lock = Lock()
        self._known: dict[TicketId, tuple[str, StoredTicket]] = {}

    def of(self, ticket_id: TicketId, document: str) -> StoredTicket | None:
        """Return the ticket of this document, or ``None`` if it is not known."""
        with self._lock:
            known = self._known.get(ticket_id)
            if known is None or known[0] != document:
                return None
            self._known[ticket_id] = self._known.pop(ticket_id)
            return known[1]

    def keep(self, document: str, stored: StoredTicket) -> None:
        """Keep a ticket in place of what is known of it, unless that is newer."""
        ticket = stored.ticket
        with self._lock:
            known = self._known.get(ticket.id)
            if known is not None and known[1].ticket.version > ticket.version:
                return
            self._known.pop(ticket.id, None)
            self._known[ticket.id] = document, stored
            if len(self._known) > self._most:
                del self._known[next(iter(self._known))]
