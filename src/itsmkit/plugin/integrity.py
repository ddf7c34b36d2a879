"""
What makes it visible when a history was changed behind the desk's back: chains of digests, and checkpoints.

The events of a record form a chain: the digest of each covers its document and the digest before. So a
changed, missing or inserted event shows. That a chain was cut off, or a record vanished with its whole
history, shows only against a checkpoint: the root of a tree over the heads of all chains, kept or
published somewhere else.

Source:
    The tree is the Merkle tree of RFC 9162, section 2.1; documents are hashed as RFC 8785 writes them.
"""

from collections.abc import Iterable
from datetime import datetime
from hashlib import sha256
from typing import TYPE_CHECKING, NamedTuple

from attrs import field, frozen

from itsmkit._checks import aware_instant, in_utc
from itsmkit.plugin.documents.canonical import canonical_bytes

if TYPE_CHECKING:
    from itsmkit.cmdb.history import RecordKey
    from itsmkit.tickets import TicketId

__all__ = [
    "ChainHead",
    "Checkpoint",
    "Heads",
    "configuration_record",
    "link",
    "merkle_root",
    "record_name",
    "root_of",
    "ticket_record",
]

_START = bytes(32)
_LEAF, _NODE, _LINK = b"\x00", b"\x01", b"\x02"  # so that nothing of one kind can pass for another


class ChainHead(NamedTuple):
    """
    The newest link of the chain of a record.

    Args:
        record: What the chain is of; see `ticket_record`, `configuration_record` and `record_name`.
        sequence: The sequence of the newest event: so many links the chain has.
        digest: The digest of that event, 64 hexadecimal digits.
    """

    record: str
    sequence: int
    digest: str


class Heads(NamedTuple):
    """
    The heads of all chains of a tenant at one moment.

    Args:
        position: The position of the newest event that they cover; 0 if there is none.
        heads: Of each record one, ordered by the code points of its name.
    """

    position: int
    heads: tuple[ChainHead, ...]


@frozen
class Checkpoint:
    """
    All chains of a tenant, sealed by one digest.

    Args:
        position: The position of the newest event that it covers.
        at: When it was made. Kept in UTC.
        records: How many chains there were.
        root: The root of the tree over their heads, 64 hexadecimal digits; see `root_of`.
    """

    position: int
    at: datetime = field(converter=in_utc, validator=aware_instant)
    records: int
    root: str


def ticket_record(ticket_id: "TicketId") -> str:
    """
    Return what the chain of a ticket is called.

    >>> ticket_record("0191b3c4")
    'ticket/0191b3c4'
    """
    return f"ticket/{ticket_id}"


def configuration_record(key: "RecordKey") -> str:
    """
    Return what the chain of a record of the configuration is called: its key as JSON (RFC 8785).

    >>> configuration_record(("item", ("web-1",)))
    'configuration/["item",["web-1"]]'
    """
    return f"configuration/{canonical_bytes([*key]).decode()}"


def record_name(kind: str, record_id: str) -> str:
    """
    Return what the chain of a record of any kind is called: its kind and id as JSON (RFC 8785).

    >>> record_name("person", "ann")
    'record/["person","ann"]'
    """
    return f"record/{canonical_bytes([kind, record_id]).decode()}"


def link(previous: str | None, document: bytes) -> str:
    """
    Return the digest of an event, which covers all events of its record before it.

    Args:
        previous: The digest of the event before, ``None`` for the first.
        document: The event's document in canonical form, as it was first written.

    Returns:
        64 hexadecimal digits.
    """
    before = _START if previous is None else bytes.fromhex(previous)
    return sha256(_LINK + before + document).hexdigest()


def merkle_root(leaves: Iterable[bytes]) -> str:
    """
    Return the root of the Merkle tree over *leaves*, as RFC 9162 has it.

    The cost is that of two digests for each leaf; the memory that of the depth of the tree.

    Returns:
        64 hexadecimal digits; without leaves, the digest of nothing.
    """
    # A tree of n leaves is split at the largest power of two below n: so full trees, the largest first, wait
    # to be joined, as the digits of n do in binary.
    waiting: list[tuple[int, bytes]] = []
    for leaf in leaves:
        height, digest = 0, sha256(_LEAF + leaf).digest()
        while waiting and waiting[-1][0] == height:
            digest = sha256(_NODE + waiting.pop()[1] + digest).digest()
            height += 1
        waiting.append((height, digest))
    if not waiting:
        return sha256().hexdigest()
    digest = waiting.pop()[1]
    while waiting:
        digest = sha256(_NODE + waiting.pop()[1] + digest).digest()
    return digest.hex()


def root_of(heads: Iterable[ChainHead]) -> str:
    """Return the root over *heads*, each of which is a leaf: the JSON list of its three parts (RFC 8785)."""
    return merkle_root(canonical_bytes([*head]) for head in heads)
