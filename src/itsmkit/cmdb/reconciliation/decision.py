"""Which item a record is found to be, and by what."""

from enum import Enum

from attrs import field, frozen

from itsmkit._frozen import as_tuple
from itsmkit.cmdb.configuration_item import CIId
from itsmkit.cmdb.reconciliation.rules import IdentifierEntry
from itsmkit.cmdb.reconciliation.staging import Origin

__all__ = ["IdentificationDecision", "Outcome", "RejectedEntry"]


class Outcome(Enum):
    """What becomes of a record."""

    CREATED = "created"
    """It is of an item that is new."""
    UPDATED = "updated"
    """It is of an item that is known from before, or that another record has made."""
    DUPLICATES = "duplicates"
    """It is of several items that are known; the first of them takes it."""
    PARKED = "parked"
    """It waits for a source that may create items of its class."""
    STALE = "stale"
    """It was not in the last full load of its source, and counts no more."""
    DELETED = "deleted"
    """It was not in the last full load of its source, and is forgotten."""
    LEFT_OUT = "left out"
    """The class model does not know its class."""


@frozen
class RejectedEntry:
    """
    An entry that did not find a match.

    Args:
        entry: The entry.
        because: Why it did not.
    """

    entry: IdentifierEntry
    because: str

    def __str__(self) -> str:
        return f"not by {self.entry}: {self.because}"


@frozen
class IdentificationDecision:
    """
    What becomes of a record, and why.

    Args:
        origin: The source and the key of the record.
        outcome: What becomes of it.
        ci: The item that it is of, or ``None``.
        entry: The surest entry by which another record is of the same item, or ``None``.
        values: The values by which it is, as they are compared.
        matches: The other records with these values, sorted.
        rejected: The entries before that, the surest first.
        candidates: The items that it could be, the one that takes it first; only of several.
    """

    origin: Origin
    outcome: Outcome
    ci: CIId | None = None
    entry: IdentifierEntry | None = None
    values: tuple[str, ...] = field(default=(), converter=as_tuple)
    matches: tuple[Origin, ...] = field(default=(), converter=as_tuple)
    rejected: tuple[RejectedEntry, ...] = field(default=(), converter=as_tuple)
    candidates: tuple[CIId, ...] = field(default=(), converter=as_tuple)

    def explain(self) -> str:
        """Return it as text, the decision first."""
        source, key = self.origin
        of = "" if self.ci is None else f" as {self.ci}"
        lines = [f"record {key!r} of {source}: {self.outcome.value}{of}"]
        if self.candidates:
            lines.append(f"it could be {', '.join(self.candidates)}")
        if self.entry is not None:
            others = ", ".join(f"{of} {other!r}" for of, other in self.matches)
            lines.append(f"by {self.entry} {', '.join(map(repr, self.values))}, as {others}")
        return "\n".join([*lines, *map(str, self.rejected)])

    def __str__(self) -> str:
        return self.explain().partition("\n")[0]
