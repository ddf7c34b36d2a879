"""By what a record was identified, found again when somebody asks."""

from collections.abc import Iterable

from itsmkit.cmdb.configuration_item import CIId
from itsmkit.cmdb.reconciliation._identification import Identification
from itsmkit.cmdb.reconciliation.decision import IdentificationDecision, Outcome, RejectedEntry
from itsmkit.cmdb.reconciliation.rules import IdentifierEntry
from itsmkit.cmdb.source_record import SourceRecord

__all__ = ["decided", "lacking", "nobody_else"]


def decided(
    identification: Identification, number: int, outcome: Outcome, ci: CIId | None
) -> IdentificationDecision:
    """Return what became of a record: the surest entry by which another is of the same item, and why."""
    record, label = identification.records[number], identification.labels[number]
    owner, entries = identification.entries_of(record)
    rejected: list[RejectedEntry] = []
    for level, entry in enumerate(entries):
        keys = identification.keys_of(record, entry)
        if not keys:
            rejected.append(lacking(identification, record, entry))
            continue
        groups = {key: identification.groups[owner, level, key] for key in keys}
        united = {
            key: [other for other in others if other != number and identification.labels[other] == label]
            for key, others in groups.items()
            if (owner, level, key) not in identification.blocks
        }
        matching = [key for key in keys if united.get(key)]
        if matching:
            others = {other for key in matching for other in united[key]}
            return IdentificationDecision(
                record.origin,
                outcome,
                ci,
                entry,
                sorted(map(identification.shown, matching)),
                identification.origins(others),
                rejected,
            )
        blocked = [key for key in keys if (owner, level, key) in identification.blocks]
        if blocked:
            higher = identification.blocks[owner, level, blocked[0]].higher
            others = {other for key in blocked for other in groups[key]} - {number}
            named = ", ".join(f"{source} {key!r}" for source, key in identification.origins(others))
            who = "the keys of one source tell" if higher is None else f"{entries[higher]} tells"
            because = f"{named} would join it, which {who} apart"
            rejected.append(RejectedEntry(entry, because))
        else:
            rejected.append(nobody_else(entry, map(identification.shown, keys)))
    return IdentificationDecision(record.origin, outcome, ci, rejected=rejected)


def lacking(identification: Identification, record: SourceRecord, entry: IdentifierEntry) -> RejectedEntry:
    """Return that an entry finds nothing in a record."""
    parents = () if entry.parent is None else identification.parents_of(record, entry.parent)
    return RejectedEntry(entry, "; ".join(identification.identifiers.lacking(record, entry, parents)))


def nobody_else(entry: IdentifierEntry, values: Iterable[str], who: str = "nothing else") -> RejectedEntry:
    """Return that no other record has the values that an entry finds."""
    return RejectedEntry(entry, f"{who} has {' or '.join(map(repr, sorted(values)))}")
