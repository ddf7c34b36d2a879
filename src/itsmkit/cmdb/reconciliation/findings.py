"""What is questionable in what the sources say, and does not stop a reconciliation."""

from reprlib import repr as shortened

from attrs import frozen

from itsmkit._figures import plural
from itsmkit.cmdb.configuration_item import CIId
from itsmkit.cmdb.reconciliation.rules import IdentifierEntry
from itsmkit.cmdb.reconciliation.staging import AttributeLock, Origin
from itsmkit.cmdb.source_record import SourceRecord, SourceRelation

__all__ = [
    "ClashingClasses",
    "ContradictingRecords",
    "CyclicParents",
    "DuplicateItems",
    "IdentifierConflict",
    "IdleLock",
    "ReconciliationFinding",
    "RepeatedIdentifier",
    "SeveralValues",
    "SplitItem",
    "TwinRecords",
    "UnknownClass",
    "UnknownRelationType",
    "UnresolvedRelation",
    "UnsettledRecords",
]

_MOST_TOLD = 5


@frozen
class ContradictingRecords:
    """
    Records of one origin and one instant that do not say the same. The first is taken.

    Args:
        origin: The source and the key.
        records: The records, by their text.
    """

    origin: Origin
    records: tuple[SourceRecord, ...]

    def __str__(self) -> str:
        return (
            f"{_told((self.origin,))}: says {len(self.records)} different things as of "
            f"{self.records[0].seen_at}; the first by its text is taken"
        )


@frozen
class UnknownClass:
    """
    Records of a class that the class model does not know. They are left out.

    Args:
        ci_class: The class.
        records: The records, sorted.
        hint: The class that may be meant, or the known ones.
    """

    ci_class: str
    records: tuple[Origin, ...]
    hint: str

    def __str__(self) -> str:
        return f"{_told(self.records)}: no class {self.ci_class!r}; {self.hint}"


@frozen
class UnknownRelationType:
    """
    Relations of a type that the class model does not know. They are left out.

    Args:
        type: The type.
        records: The records that have such a relation, sorted.
        hint: The type that may be meant, or the known ones.
    """

    type: str
    records: tuple[Origin, ...]
    hint: str

    def __str__(self) -> str:
        return f"{_told(self.records)}: {self.hint}"


@frozen
class UnresolvedRelation:
    """
    A relation that cannot be made, because there is no item at an end.

    Args:
        origin: The record that tells of it.
        relation: The relation.
        reason: Why there is no item.
    """

    origin: Origin
    relation: SourceRelation
    reason: str

    def __str__(self) -> str:
        way = "from" if self.relation.from_other else "to"
        relation = f"relation {self.relation.type} {way} {self.relation.other!r}"
        return f"{_told((self.origin,))}: {relation}: {self.reason}"


@frozen
class IdentifierConflict:
    """
    Records with the same value of an identifier, which a surer one tells apart. They are not united by it.

    Args:
        ci_class: The class whose rule it is.
        entry: The entry of which they have the same values.
        values: The values, sorted; several if only together they would unite what is to stay apart.
        records: All records with these values, sorted.
        higher: The surer entry.
        higher_values: The values of it that tell them apart, sorted.
    """

    ci_class: str
    entry: IdentifierEntry
    values: tuple[str, ...]
    records: tuple[Origin, ...]
    higher: IdentifierEntry
    higher_values: tuple[str, ...]

    def __str__(self) -> str:
        return (
            f"{_told(self.records)}: the same {self.entry} ({_some(self.values)}), but different "
            f"{self.higher} ({_some(self.higher_values)}); they stay apart"
        )


@frozen
class RepeatedIdentifier:
    """
    Records with the same value of an identifier, of which one source has several. They are not united by it.

    Args:
        ci_class: The class whose rule it is.
        entry: The entry of which they have the same values; one that does not unite records of one source.
        values: The values, sorted.
        records: All records with these values, sorted.
    """

    ci_class: str
    entry: IdentifierEntry
    values: tuple[str, ...]
    records: tuple[Origin, ...]

    def __str__(self) -> str:
        return (
            f"{_told(self.records)}: the same {self.entry} ({_some(self.values)}), and one source has "
            "several of it; they stay apart; identify them within their parents, or by something surer"
        )


@frozen
class CyclicParents:
    """
    Records each of which has another as its parent, in a ring. Their parents identify none of them.

    Args:
        records: The records, sorted.
    """

    records: tuple[Origin, ...]

    def __str__(self) -> str:
        return (
            f"{_told(self.records)}: in a ring of parents, so that none of them can be identified by its own"
        )


@frozen
class UnsettledRecords:
    """
    Records whose parents depend on how they themselves are identified. What is not certain is not united.

    Args:
        records: The records, sorted.
    """

    records: tuple[Origin, ...]

    def __str__(self) -> str:
        return (
            f"{_told(self.records)}: how they are identified depends on itself through their parents; they "
            "are united only where it makes no difference"
        )


@frozen
class TwinRecords:
    """
    Several records of one source that are of one item.

    Args:
        ci: The item.
        records: The records, sorted.
    """

    ci: CIId
    records: tuple[Origin, ...]

    def __str__(self) -> str:
        return (
            f"{_told(self.records)}: all of configuration item {self.ci}; correct the source if they should "
            "be several"
        )


@frozen
class DuplicateItems:
    """
    Several items, as known from before, that turn out to be one.

    Args:
        main: The one that stands for all: that of the most records, of several the first by id.
        duplicates: The others, sorted.
        records: All their records, sorted.
    """

    main: CIId
    duplicates: tuple[CIId, ...]
    records: tuple[Origin, ...]

    def __str__(self) -> str:
        others = ", ".join(self.duplicates)
        return f"configuration item {self.main}: {others} turn out to be the same; {self.main} stands for all"


@frozen
class SplitItem:
    """
    One item, as known from before, that turns out to be several.

    Args:
        ci: The item.
        kept_by: The first record of what keeps its id.
        others: The first records of the others, sorted.
    """

    ci: CIId
    kept_by: Origin
    others: tuple[Origin, ...]

    def __str__(self) -> str:
        others = _told(self.others)
        return (
            f"configuration item {self.ci}: {_told((self.kept_by,))} keeps it; {others} turn out to be others"
        )


@frozen
class ClashingClasses:
    """
    Records of one item whose classes are no kinds of each other.

    Args:
        ci: The item.
        ci_classes: The classes, sorted.
        taken: The one that is taken.
    """

    ci: CIId
    ci_classes: tuple[str, ...]
    taken: str

    def __str__(self) -> str:
        return (
            f"configuration item {self.ci}: is said to be {' and '.join(map(repr, self.ci_classes))}, of "
            f"which some are no kinds of each other; {self.taken!r} is taken"
        )


@frozen
class SeveralValues:
    """
    One item with several values of an attribute that should tell it from all others.

    Args:
        ci: The item.
        attribute: The attribute.
        values: The values, as they are compared, sorted.
    """

    ci: CIId
    attribute: str
    values: tuple[str, ...]

    def __str__(self) -> str:
        return (
            f"configuration item {self.ci}: {self.attribute!r} should identify it, and is said to be "
            f"{' and '.join(self.values)}"
        )


@frozen
class IdleLock:
    """
    A lock that does nothing.

    Args:
        lock: The lock.
        reason: Why it does nothing.
    """

    lock: AttributeLock
    reason: str

    def __str__(self) -> str:
        return (
            f"lock of {self.lock.attribute} of {self.lock.ci} ({shortened(self.lock.value)}): {self.reason}"
        )


def _told(origins: tuple[Origin, ...]) -> str:
    """Return records for a sentence, the keys of each source together."""
    keys: dict[str, list[str]] = {}
    for source, key in origins[:_MOST_TOLD]:
        keys.setdefault(source, []).append(repr(key))
    named = "; ".join(
        f"record{'s' if len(of) > 1 else ''} {', '.join(of)} of {source}" for source, of in keys.items()
    )
    return named + _more(origins)


def _some(values: tuple[str, ...]) -> str:
    return ", ".join(map(repr, values[:_MOST_TOLD])) + _more(values)


def _more(values: tuple[object, ...]) -> str:
    return f" and {plural(len(values) - _MOST_TOLD, 'other')}" if len(values) > _MOST_TOLD else ""


ReconciliationFinding = (
    ContradictingRecords
    | UnknownClass
    | UnknownRelationType
    | CyclicParents
    | UnsettledRecords
    | IdentifierConflict
    | RepeatedIdentifier
    | TwinRecords
    | DuplicateItems
    | SplitItem
    | ClashingClasses
    | SeveralValues
    | UnresolvedRelation
    | IdleLock
)
