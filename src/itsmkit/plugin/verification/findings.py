"""What a verification finds."""

from collections.abc import Mapping
from enum import StrEnum

from attrs import field, frozen

from itsmkit._frozen import FrozenDict
from itsmkit.plugin.dump import RowKind
from itsmkit.plugin.integrity import Checkpoint

__all__ = ["FindingKind", "MOST_KEPT", "SealCheck", "StoreFinding", "Verification"]

MOST_KEPT = 100
"""How many findings of a kind are kept; the others are only counted."""


class FindingKind(StrEnum):
    """What can be wrong with what a store keeps."""

    MALFORMED = "malformed"
    """A row is not of the form of its kind."""

    UNREADABLE = "unreadable"
    """A document cannot be read."""

    DISORDERED = "disordered"
    """A row comes before another that it has to follow, or the positions of a feed do not grow."""

    REPEATED = "repeated"
    """Something that there is one of stands twice: an event, a position, a ticket, a number, a key."""

    MISSING = "missing"
    """Events of a history are not there, or what was personal in them, though nobody has erased it."""

    CHANGED = "changed"
    """
    The digest of an event is not that of its document and of those before it, or something personal is not
    what was sealed in it.
    """

    DIFFERING = "differing"
    """A ticket is not what its history makes it."""

    BROKEN_SEAL = "broken seal"
    """The chains are not those that a checkpoint has sealed."""

    ORPHAN = "orphan"
    """A history, timer, entry or row is of something that is not there."""

    DAMAGED = "damaged"
    """The content of an attachment is not that of its digest."""

    AHEAD = "ahead"
    """A reader is said to have read what was never there."""

    SERIES_BEHIND = "series behind"
    """A number series will draw a number that is taken."""


_RESTORE = "restore a backup from before it, or find out who changed it"
_WAYS_OUT: Mapping[FindingKind, str] = {
    FindingKind.MALFORMED: "export it again, or upgrade itsmkit or the plugin of the store",
    FindingKind.UNREADABLE: "upgrade itsmkit if a later one wrote it; otherwise restore a backup",
    FindingKind.DISORDERED: "restore a backup, or report it with the name and version of the store",
    FindingKind.REPEATED: "restore a backup, or remove the one that does not belong there",
    FindingKind.MISSING: "restore a backup that still has them",
    FindingKind.CHANGED: _RESTORE,
    FindingKind.DIFFERING: "the history counts: restore a backup, or correct the ticket by a command",
    FindingKind.BROKEN_SEAL: _RESTORE,
    FindingKind.ORPHAN: "restore a backup that still has what it belongs to, or remove it",
    FindingKind.DAMAGED: "restore a backup that has the attachment",
    FindingKind.AHEAD: "restore a backup that is whole, or let the reader begin again",
    FindingKind.SERIES_BEHIND: "let the series go on after it with UnitOfWork.skip_numbers",
}


@frozen
class StoreFinding:
    """
    One thing that is wrong with what a store keeps.

    Args:
        kind: What sort of thing.
        problem: The sentence.
        row: The number of the row in the dump, from 1; ``None`` if no row shows it.
        record: What its chain is of; see `ChainHead.record`.
        sequence: Which event of that.
        position: Its position in the feed.
    """

    kind: FindingKind
    problem: str
    row: int | None = None
    record: str | None = None
    sequence: int | None = None
    position: int | None = None

    @property
    def way_out(self) -> str:
        """What to do."""
        return _WAYS_OUT[self.kind]

    @property
    def where(self) -> str:
        """Where it is, as far as that is known."""
        told = [
            (self.record, "{}"),
            (self.sequence, "event {}"),
            (self.position, "position {}"),
            (self.row, "row {}"),
        ]
        return ", ".join(form.format(value) for value, form in told if value is not None)

    def __str__(self) -> str:
        where = f"{self.where}: " if self.where else ""
        return f"{where}{self.problem}; {self.way_out}"

    def to_plain(self) -> dict[str, object]:
        """Return it as JSON takes it."""
        return {
            "kind": self.kind.value,
            "problem": self.problem,
            "way_out": self.way_out,
            "row": self.row,
            "record": self.record,
            "sequence": self.sequence,
            "position": self.position,
        }


@frozen
class SealCheck:
    """
    Whether the chains are those that a checkpoint has sealed.

    Args:
        checkpoint: The checkpoint.
        holds: Whether they are.
    """

    checkpoint: Checkpoint
    holds: bool


@frozen
class Verification:
    """
    What came of verifying what a store keeps.

    Args:
        rows: How many rows of each kind were read.
        records: How many chains there are.
        end: The position of the newest event; 0 if there is none.
        seals: The checkpoints that the chains were held to, by position.
        unchecked: How many checkpoints were found among the rows that nothing was held to: see `verify`.
        findings: What is wrong, at most `MOST_KEPT` of each kind.
        counts: How often each kind of finding was met.
        is_whole: Whether all was read. If the store came to something that it cannot read, what follows was
            not looked at, and the chains were held to no checkpoint.
        erased: In how many events of tickets and records what was personal has been erased.
    """

    rows: Mapping[RowKind, int] = field(factory=FrozenDict)
    records: int = 0
    end: int = 0
    seals: tuple[SealCheck, ...] = ()
    unchecked: int = 0
    findings: tuple[StoreFinding, ...] = ()
    counts: Mapping[FindingKind, int] = field(factory=FrozenDict)
    is_whole: bool = True
    erased: int = 0

    @property
    def is_intact(self) -> bool:
        """Tell whether nothing is wrong."""
        return not self.counts

    @property
    def sealed_to(self) -> int:
        """The position up to which a checkpoint that holds covers the events; 0 without one."""
        return max((seal.checkpoint.position for seal in self.seals if seal.holds), default=0)

    def to_plain(self) -> dict[str, object]:
        """Return it as JSON takes it."""
        return {
            "intact": self.is_intact,
            "whole": self.is_whole,
            "rows": {kind.value: n for kind, n in self.rows.items()},
            "records": self.records,
            "end": self.end,
            "sealed_to": self.sealed_to,
            "seals": [
                {
                    "position": seal.checkpoint.position,
                    "at": seal.checkpoint.at.isoformat(),
                    "root": seal.checkpoint.root,
                    "holds": seal.holds,
                }
                for seal in self.seals
            ],
            "unchecked": self.unchecked,
            "erased": self.erased,
            "counts": {kind.value: n for kind, n in self.counts.items()},
            "findings": [finding.to_plain() for finding in self.findings],
        }
