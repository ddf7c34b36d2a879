"""
All that a store keeps of a tenant, as rows of plain data: what is exported, imported and verified.

The rows come in the order of `ROW_KINDS`; within a kind, in the order that is told here. Two stores keep the
same exactly if their dumps are equal. What passes by itself is no part of it: the leases of claimed timers
and entries, and what is cached.
"""

from enum import StrEnum
from typing import TYPE_CHECKING, NamedTuple

from itsmkit.errors import DefinitionError

if TYPE_CHECKING:
    from itsmkit.plugin.documents import Document

__all__ = ["RowKind", "StoreNotEmptyError", "StoreRow"]


class RowKind(StrEnum):
    """What a row of a dump holds, in the order of the rows; in brackets, what those of a kind follow."""

    TICKET = "ticket"
    """``{"ticket": …}``: the document of a stored ticket as it was written [the first save]."""

    EVENT = "event"
    """
    ``{"position": 7, "digest": "…", "event": …, "personal": …}``: the document of an event as it was first
    written, its position in the feed, and the digest of the chain up to it; of a ticket [position]. What is
    personal stands apart, ``None`` if nothing is or it was erased: see `itsmkit.plugin.documents.personal`.
    """

    CONFIGURATION = "configuration"
    """As `EVENT`, of the configuration, without what is personal [position]."""

    RECORD = "record"
    """``{"record": …}``: the document of a record as it was written, tombstones among them [kind, id]."""

    RECORD_EVENT = "record-event"
    """As `EVENT`, of a record [position]."""

    STAGING_VERSION = "staging-version"
    """``{"version": 3}``: of the staging area; no row if it was never saved."""

    STAGED = "staged"
    """``{"row": …}``: the document of a row of the staging area [the parts of its key]."""

    SERIES = "series"
    """``{"series": "incident", "last": 42}``: a number series [name]."""

    TIMER = "timer"
    """``{"timer": …}``: the document of a timer that is set, claimed or not [ticket, name]."""

    OUTBOX = "outbox"
    """
    ``{"key": "…", "state": "waiting", "entry": …}``: an entry of the outbox that is ``waiting`` or
    ``parked``; or one that was ``delivered``, of which only the key is left, and ``entry`` is ``None``
    [the order in which they came in].
    """

    CURSOR = "cursor"
    """``{"cursor": …}``: the document of how far a reader has read [name]."""

    REMEMBERED = "remembered"
    """``{"entry": …}``: the document of an entry of the ingest ledger [key]."""

    ATTACHMENT = "attachment"
    """``{"digest": "…", "content": "…"}``: an attachment, in base64 [digest]."""

    CHECKPOINT = "checkpoint"
    """``{"checkpoint": …}``: the document of a checkpoint [the order in which they were made]."""


class StoreRow(NamedTuple):
    """
    A row of a dump.

    Args:
        kind: What it holds.
        data: What `RowKind` says of the kind: plain data that JSON holds.
    """

    kind: RowKind
    data: "Document"


class StoreNotEmptyError(DefinitionError):
    """
    A dump was to be loaded into a tenant that has something already.

    Args:
        tenant: The tenant.
    """

    def __init__(self, tenant: str) -> None:
        way_out = "load a dump into an empty store, or into a new tenant of this one"
        super().__init__(f"tenant {tenant!r} is not empty; {way_out}")
        self.args = (tenant,)
        self.tenant = tenant
