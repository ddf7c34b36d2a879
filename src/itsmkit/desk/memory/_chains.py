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
    from itsmkit.plugin.documents import Document, Documents

__all__ = ["Chains", "History"]

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


@define
class Chains:
    """
    The chains of a tenant.

    A command has not to wait for the digests of its events: whoever asks for chains makes what is missing.
    """

    _digests: dict[str, list[str]] = field(factory=dict)
    _loaded: dict[str, list[str]] = field(factory=dict)
    _lock: Lock = field(factory=Lock)

    def load(self, record: str, text: str, digest: str) -> None:
        """Keep the next event of a chain as it was written, before any event comes in another way."""
        self._loaded.setdefault(record, []).append(text)
        self._digests.setdefault(record, []).append(digest)

    def digests(self, history: "History[Event]", documents: "Documents") -> list[str]:
        """Return the digest of each event of a history, perhaps of some that follow."""
        with self._lock:
            digests = self._digests.setdefault(history.record, [])
            if len(digests) < history.length:
                self._extend(digests, history, documents)
            return digests

    def document(self, record: str, place: int, event: Event, documents: "Documents") -> "Document":
        """Return the document of the event at a place of a history, from 0, as it was written first."""
        loaded = self._loaded.get(record, ())
        if place < len(loaded):
            document: Document = json.loads(loaded[place])
            return document
        return documents.to_document(event)

    @staticmethod
    def _extend(digests: list[str], history: "History[Event]", documents: "Documents") -> None:
        from itsmkit.plugin.documents import canonical_bytes  # noqa: PLC0415  # slow, and few ask for chains

        previous = digests[-1] if digests else None
        for event in history.events[len(digests) : history.length]:
            previous = link(previous, canonical_bytes(documents.to_document(event)))
            digests.append(previous)
