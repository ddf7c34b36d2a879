"""
Checkpoints that are kept somewhere else, where who changes the store cannot change them too.

An anchor is a checkpoint with its tenant and, so that what is gone can be told by name, the heads of all
chains. It is a small JSON document for a file, a mail to the auditor, or a journal that nobody can rewrite.
"""

import re
from collections.abc import Iterable
from datetime import datetime
from typing import Any

from attrs import field, frozen

from itsmkit._checks import named
from itsmkit._problems import shown
from itsmkit.errors import DefinitionError
from itsmkit.plugin.documents import from_document, to_document
from itsmkit.plugin.dump import RowKind, StoreRow
from itsmkit.plugin.integrity import ChainHead, Checkpoint, Heads, root_of

__all__ = ["ANCHOR_FORMAT", "Anchor", "anchor_from", "checkpoints_in"]

ANCHOR_FORMAT = "itsmkit-anchor"
"""What an anchor carries as its ``format``."""

_VERSION = 1
_KEYS = {"format", "version", "tenant", "checkpoint", "heads"}
_DIGEST = re.compile("[0-9a-f]{64}")


@frozen
class Anchor:
    """
    A checkpoint to hold a store to.

    Args:
        tenant: Whose chains it seals.
        checkpoint: The checkpoint.
        heads: The heads of the chains, ordered by record; ``None`` if only their root is known.
    """

    tenant: str = field(validator=named)
    checkpoint: Checkpoint
    heads: tuple[ChainHead, ...] | None = None

    @classmethod
    def of(cls, tenant: str, heads: Heads, at: datetime) -> "Anchor":
        """Return the anchor of the chains as they are at an instant."""
        checkpoint = Checkpoint(heads.position, at, len(heads.heads), root_of(heads.heads))
        return cls(tenant, checkpoint, heads.heads)

    def to_plain(self) -> dict[str, object]:
        """Return it as JSON takes it: the inverse of `anchor_from`."""
        plain: dict[str, object] = {
            "format": ANCHOR_FORMAT,
            "version": _VERSION,
            "tenant": self.tenant,
            "checkpoint": to_document(self.checkpoint),
        }
        if self.heads is not None:
            plain["heads"] = [[*head] for head in self.heads]
        return plain


def anchor_from(plain: object) -> Anchor:
    """
    Return the anchor that *plain* is the document of.

    Raises:
        DefinitionError: If it is none, or its heads are not those that its checkpoint seals.
    """
    if not isinstance(plain, dict) or plain.get("format") != ANCHOR_FORMAT:
        raise DefinitionError(_no_anchor("it is made by 'itsmkit store checkpoint'"))
    if plain.get("version") != _VERSION:
        problem = (
            f"its version is {shown(plain.get('version'))}, and {_VERSION} is known here; upgrade itsmkit"
        )
        raise DefinitionError(_no_anchor(problem))
    if strange := sorted(plain.keys() - _KEYS):
        raise DefinitionError(_no_anchor(f"nothing is known of {strange[0]!r} in it"))
    checkpoint = from_document(plain.get("checkpoint"))
    if not isinstance(checkpoint, Checkpoint):
        raise DefinitionError(_no_anchor(f"its checkpoint is {shown(checkpoint)}"))
    heads = None if plain.get("heads") is None else tuple(_heads(plain["heads"]))
    if heads is not None and (len(heads), root_of(heads)) != (checkpoint.records, checkpoint.root):
        problem = "its heads are not those that its checkpoint seals: one of the two was changed"
        raise DefinitionError(_no_anchor(problem))
    tenant: Any = plain.get("tenant")
    return Anchor(tenant, checkpoint, heads)


def checkpoints_in(rows: Iterable[StoreRow]) -> tuple[Checkpoint, ...]:
    """
    Return the checkpoints among the rows of a dump, for `verify` to begin with.

    What is no checkpoint is left to `verify`, which tells of it.
    """
    found = []
    for row in rows:
        if row.kind is RowKind.CHECKPOINT:
            try:
                found.append(from_document(row.data.get("checkpoint")))
            except DefinitionError:
                continue
    return tuple(each for each in found if isinstance(each, Checkpoint))


def _heads(plain: Any) -> Iterable[ChainHead]:
    if not isinstance(plain, list):
        raise DefinitionError(_no_anchor(f"its heads are {shown(plain)}"))
    for index, each in enumerate(plain):
        match each:
            case [str(record), int(sequence), str(digest)] if (
                sequence is not True and sequence > 0 and _DIGEST.fullmatch(digest)
            ):
                yield ChainHead(record, sequence, digest)
            case _:
                raise DefinitionError(_no_anchor(f"its heads[{index}] is {shown(each)}"))


def _no_anchor(problem: str) -> str:
    return f"this is no anchor of a store: {problem}"
