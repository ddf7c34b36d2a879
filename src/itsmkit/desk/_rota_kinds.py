"""The kinds of records in which a desk keeps what changes its rotas."""

from collections.abc import Mapping
from typing import Any

from attrs import frozen

from itsmkit.desk._record_kind import RecordKind
from itsmkit.plugin.documents import Document
from itsmkit.rotas import HandOffNote, Leave, Override, Swap

__all__ = ["CHANGES", "HAND_OFF_NOTE", "LEAVE", "LEDGER", "LEDGER_ID", "OVERRIDE", "RotaLedger", "SWAP"]


@frozen(kw_only=True)
class RotaLedger:
    """
    How often the rotas of a desk were changed: what is decided by all of them is saved if it is still so.

    Args:
        id: Its key; there is one.
        changes: How often.
        version: How many events have made it.
    """

    id: str
    changes: int = 0
    version: int = 0


def _unnoticed(note: Document) -> Document:
    """Read a note from when nobody could take notice of one."""
    return {**note, "acknowledged": []}


def _unapproved(leave: Document) -> Document:
    """Read a leave from when nobody had to approve one."""
    return {**leave, "approval": "not needed", "decided_by": None, "decided_at": None}


OVERRIDE = RecordKind("rota override", Override, personal=["reason"], personal_said=["reason"])
SWAP = RecordKind("rota swap", Swap, personal_said=["reason"])
LEAVE = RecordKind("leave", Leave, upgrades=[_unapproved], personal=["reason"], personal_said=["reason"])
HAND_OFF_NOTE = RecordKind("hand-off note", HandOffNote, upgrades=[_unnoticed], personal=["text"])
LEDGER = RecordKind("rota ledger", RotaLedger)

LEDGER_ID = "rotas"
"""The key of the one ledger."""

CHANGES: Mapping[str, RecordKind[Any]] = {each.name: each for each in (OVERRIDE, SWAP, LEAVE)}
"""The kinds of what changes a rota, by their names."""
