"""What a unit of work of the in-memory store erases."""

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Generic, TypeVar

from itsmkit.desk.memory._chains import Chains, Text
from itsmkit.plugin import RecordEvent, documents
from itsmkit.tickets import TicketEvent

if TYPE_CHECKING:
    from itsmkit.plugin.documents import Documents, Sealed

__all__ = ["Erasures"]

Key = TypeVar("Key")
Event = TypeVar("Event", TicketEvent, RecordEvent)


class Erasures(Generic[Key, Event]):
    """
    Up to which of their events histories are erased: those of tickets, or those of records.

    Args:
        record: Gives the name of the chain of a history; see `ChainHead`.
        documents: Gives what turns events into documents.
    """

    def __init__(self, record: Callable[[Key], str], documents: "Callable[[], Documents]") -> None:
        self._record = record
        self._documents = documents
        self._ends: dict[Key, int] = {}
        self.texts: dict[Key, list[Text]] = {}

    def read(self, key: Key, history: Sequence[Event]) -> list[Event]:
        """Return a history as it reads by now."""
        return documents.erased_up_to(history, self._ends.get(key, 0))

    def add(self, key: Key, history: Sequence[Event], chains: Chains, what: str) -> None:
        """
        Erase a history.

        Raises:
            RefusedError: If something personal in it has to stay.
        """
        sealed = self._sealed(key, history, chains)
        kept = {number: documents.in_the_clear(each.document) for number, each in enumerate(sealed, 1)}
        documents.check_erasable(what, kept)
        if history:
            self._ends[key] = len(history)

    def write(self, chains: Chains, history_of: Callable[[Key], Sequence[Event]]) -> None:
        """Write the documents of what is erased, without what is personal: for `Kept`, before it changes."""
        for key, end in self._ends.items():
            sealed = self._sealed(key, history_of(key)[:end], chains)
            self.texts[key] = [Text(documents.canonical_bytes(each.document).decode()) for each in sealed]

    def _sealed(self, key: Key, history: Sequence[Event], chains: Chains) -> "list[Sealed]":
        given, record = self._documents(), self._record(key)
        return [chains.sealed(record, place, event, given) for place, event in enumerate(history)]
