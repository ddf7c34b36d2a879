"""Whether every ticket is what its history makes it."""

from collections.abc import Iterator

import attrs
from attrs import define

from itsmkit._figures import plural
from itsmkit.errors import DefinitionError
from itsmkit.plugin.verification.findings import FindingKind
from itsmkit.tickets import Ticket, TicketEvent, TicketId

__all__ = ["Histories", "Records"]

_Finding = tuple[FindingKind, str]


@define
class _History:
    """
    A ticket whose events are being read.

    Args:
        row: The number of the row of the ticket; ``None`` if there is no ticket.
        saved: The ticket as it is saved, until it was compared.
        replayed: The ticket that the events so far make, until that.
        is_open: Whether there is anything left to compare.
    """

    row: int | None
    saved: Ticket | None
    replayed: Ticket | None = None
    is_open: bool = True


class Histories:
    """
    Histories, replayed event by event.

    A ticket is kept no longer than until the event of its version is read.
    """

    def __init__(self) -> None:
        self._histories: dict[TicketId, _History] = {}
        self._numbers: dict[str, TicketId] = {}

    def __contains__(self, ticket_id: object) -> bool:
        found = self._histories.get(ticket_id)  # type: ignore[call-overload]  # whatever it may be
        return found is not None and found.row is not None

    def begin(self, ticket_id: TicketId, row: int, saved: Ticket | None) -> Iterator[_Finding]:
        """
        Begin the history of a ticket.

        Args:
            ticket_id: The ticket.
            row: The number of its row.
            saved: The ticket as it is saved, or ``None`` if it cannot be read.
        """
        if ticket_id in self:
            yield (
                FindingKind.REPEATED,
                f"ticket {ticket_id} stands in row {self._histories[ticket_id].row}, too",
            )
            return
        self._histories[ticket_id] = _History(row, saved, is_open=saved is not None)
        if saved is None:
            return
        holder = self._numbers.setdefault(saved.number, ticket_id)
        if holder != ticket_id:
            yield FindingKind.REPEATED, f"its number {saved.number} is that of ticket {holder}, too"

    def give_up(self, ticket_id: TicketId) -> None:
        """Compare a ticket no more: its history is known not to be whole."""
        history = self._histories.get(ticket_id)
        if history is not None:
            self._close(history)

    def follow(self, event: TicketEvent) -> Iterator[_Finding]:
        """Read the next event of a ticket."""
        history = self._histories.get(event.ticket_id)
        if history is None:
            self._histories[event.ticket_id] = _History(None, None, is_open=False)
            yield FindingKind.ORPHAN, f"there is a history of ticket {event.ticket_id}, and no such ticket"
            return
        if not history.is_open:
            return
        saved, before = history.saved, history.replayed
        if saved is None:
            problem = (
                f"the history goes on after the event at which the ticket is saved, {event.sequence - 1}"
            )
            yield FindingKind.DIFFERING, problem
            self._close(history)
            return
        try:
            history.replayed = after = type(saved).logged(event) if before is None else before.after(event)
        except DefinitionError as error:
            yield FindingKind.DIFFERING, f"the history cannot be followed: {error}"
            self._close(history)
            return
        if after.version == saved.version:
            history.saved = history.replayed = None
            if after != saved:
                yield FindingKind.DIFFERING, _difference(saved, after)
                self._close(history)

    def unfinished(self) -> Iterator[tuple[TicketId, int | None, FindingKind, str]]:
        """Go through the tickets whose history ends before their version: ticket, row, kind and problem."""
        for ticket_id, history in self._histories.items():
            saved = history.saved
            if saved is None:
                continue
            there = 0 if history.replayed is None else history.replayed.version
            told = plural(there, "event")
            problem = f"the ticket is saved at version {saved.version}, and its history has {told}"
            yield ticket_id, history.row, FindingKind.MISSING, problem

    @staticmethod
    def _close(history: _History) -> None:
        history.saved = history.replayed = None
        history.is_open = False


@define
class _RecordHistory:
    """
    A record whose events are being read.

    Args:
        row: The number of its row; ``None`` if there is no record.
        version: The version at which it is saved; ``None`` if nothing is compared any more.
        length: The sequence of the newest event that was read.
    """

    row: int | None
    version: int | None
    length: int = 0


class Records:
    """The histories of records of any kind: what they mean is not known, so that only how they fit shows."""

    def __init__(self) -> None:
        self._histories: dict[str, _RecordHistory] = {}

    def begin(self, name: str, row: int, version: int | None) -> None:
        """
        Begin the history of a record.

        Args:
            name: What its chain is called.
            row: The number of its row.
            version: The version at which it is saved, or ``None`` if it cannot be read.
        """
        self._histories.setdefault(name, _RecordHistory(row, version))

    def __contains__(self, name: object) -> bool:
        return name in self._histories

    def give_up(self, name: str) -> None:
        """Compare a record no more: its history is known not to be whole."""
        if name in self._histories:
            self._histories[name].version = None

    def follow(self, name: str, sequence: int) -> Iterator[_Finding]:
        """Read the next event of a record."""
        history = self._histories.get(name)
        if history is None:
            self._histories[name] = _RecordHistory(None, None)
            yield FindingKind.ORPHAN, "there is a history, and no such record"
        elif history.version is not None:
            history.length = sequence
            if sequence > history.version:
                yield (
                    FindingKind.DIFFERING,
                    f"the history goes on after the event at which the record is saved, {history.version}",
                )
                history.version = None

    def unfinished(self) -> Iterator[tuple[str, int | None, FindingKind, str]]:
        """Go through the records whose history ends before their version: name, row, kind and problem."""
        for name, history in self._histories.items():
            if history.version is not None and history.length < history.version:
                told = plural(history.length, "event")
                problem = f"the record is saved at version {history.version}, and its history has {told}"
                yield name, history.row, FindingKind.MISSING, problem


def _difference(saved: Ticket, replayed: Ticket) -> str:
    names = [
        each.name
        for each in attrs.fields(type(saved))
        if getattr(saved, each.name) != getattr(replayed, each.name)
    ]
    return f"the ticket is saved with another {', '.join(names)} than its history makes"
