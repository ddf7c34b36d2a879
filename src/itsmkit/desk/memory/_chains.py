"""The chains of digests of the in-memory store: made when they are asked for, and kept."""

import json
from collections.abc import Sequence
from threading import Lock
from typing import TYPE_CHECKING, Generic, NamedTuple, TypeVar

from attrs import define, field

from itsmkit.cmdb.history import ConfigurationEvent
from itsmkit.plugin import RecordEvent
from itsmkit.plugin.integrity import link
from itsmkit.tickets import TicketEvent

if TYPE_CHECKING:
    from itsmkit.plugin.documents import Document, Documents, Sealed

__all__ = ["Chains", "History", "Text"]

Event = TypeVar("Event", TicketEvent, ConfigurationEvent, RecordEvent)


class History(NamedTuple, Generic[Event]):
    """
    What a chain is of.

    Args:
        record: The name of the record; see `ChainHead`.
        events: Its events in order; others may follow, and none is taken away.
        length: How many of them count.
    """

    record: str
    events: Sequence[Event]
    length: int


class Text(NamedTuple):
    """
    An event as it was written.

    Args:
        document: Its sealed document, as canonical JSON.
        personal: What is personal in it; ``None`` if nothing is, or it has been erased.
    """

    document: str
    personal: "Document | None" = None


@define
class Chains:
    """
    The chains of a tenant.

    A command has not to wait for the digests of its events: whoever asks for chains makes what is missing.
    """

    _digests: dict[str, list[str]] = field(factory=dict)
    _written: dict[str, list[Text]] = field(factory=dict)
    _lock: Lock = field(factory=Lock)

    def load(self, record: str, text: Text, digest: str) -> None:
        """Keep the next event of a chain as it was written, before any event comes in another way."""
        self._written.setdefault(record, []).append(text)
        self._digests.setdefault(record, []).append(digest)

    def keep(self, record: str, texts: Sequence[Text]) -> None:
        """Keep the first events of a chain as they were written, before they become others."""
        self._written[record] = [*texts, *self._written.get(record, ())[len(texts) :]]

    def copied(self) -> "Chains":
        """Return the same, apart from what is kept in place of events from now on."""
        return Chains(self._digests, self._written.copy(), self._lock)

    def digests(self, history: "History[Event]", documents: "Documents") -> list[str]:
        """Return the digest of each event of a history, perhaps of some that follow."""
        with self._lock:
            digests = self._digests.setdefault(history.record, [])
            if len(digests) < history.length:
                self._extend(digests, history, documents)
            return digests

    def sealed(self, record: str, place: int, event: Event, documents: "Documents") -> "Sealed":
        """Return the document of the event at a place of a history, from 0, as it was written first."""
        from itsmkit.plugin.documents import Sealed, seal  # noqa: PLC0415  # slow, and few ask for chains

        written = self._written.get(record, ())
        if place < len(written):
            return Sealed(json.loads(written[place].document), written[place].personal)
        return seal(documents.to_document(event))

    def _extend(self, digests: list[str], history: "History[Event]", documents: "Documents") -> None:
        from itsmkit.plugin.documents import canonical_bytes  # noqa: PLC0415  # as above

        previous = digests[-1] if digests else None
        for place in range(len(digests), history.length):
            sealed = self.sealed(history.record, place, history.events[place], documents)
            previous = link(previous, canonical_bytes(sealed.document))
            digests.append(previous)
