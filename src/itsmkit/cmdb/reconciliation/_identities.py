"""Which ids items have: those that their records had before, or new ones."""

from collections import Counter
from collections.abc import Container, Iterator, Mapping, Sequence

from attrs import field, frozen

from itsmkit.cmdb.configuration_item import CIId
from itsmkit.cmdb.reconciliation._identification import Identification
from itsmkit.cmdb.reconciliation.findings import DuplicateItems, SplitItem
from itsmkit.cmdb.reconciliation.staging import Origin

__all__ = ["Identities", "identities_of", "new_id"]


@frozen(eq=False)
class Identities:
    """
    The ids of items.

    Args:
        ids: The id of each item, by its first record; of what is not created, there is none.
        news: The first records of what is new.
        duplicates: The ids of items that are others, and of which.
        findings: What is questionable.
    """

    ids: dict[int, CIId] = field(factory=dict)
    news: set[int] = field(factory=set)
    duplicates: dict[CIId, CIId] = field(factory=dict)
    findings: list[DuplicateItems | SplitItem] = field(factory=list)

    def of_records(
        self, identification: Identification, known: Mapping[Origin, CIId]
    ) -> Iterator[tuple[Origin, CIId]]:
        """Go through the records and their ids; one of a duplicate keeps the id that it has."""
        for number, record in enumerate(identification.records):
            ci = self.ids.get(identification.labels[number])
            if ci is not None:
                origin = record.origin
                own = known.get(origin, ci)
                yield origin, own if own == ci or self.duplicates.get(own) == ci else ci


def new_id(origin: Origin, taken: Container[CIId]) -> CIId:
    """Return the id of a new item whose first record is of *origin*, and which is none of those *taken*."""
    source, key = origin
    found = wanted = CIId(f"{source}:{key}")
    count = 1
    while found in taken:
        count += 1
        found = CIId(f"{wanted}~{count}")
    return found


def identities_of(
    identification: Identification, known: Mapping[Origin, CIId], created: Sequence[int]
) -> Identities:
    """
    Return the ids of items.

    Args:
        identification: Which records are of one item.
        known: The ids that records had before.
        created: The first records of items that are to be created if they have no id yet.
    """
    found = Identities()
    records = identification.records
    claimed: dict[CIId, int] = {}
    lost: dict[CIId, list[int]] = {}
    # Without what is known from before, there is nothing to be found here.
    for label, members in sorted(identification.clusters.items()) if known else ():
        counts = Counter(known[origin] for number in members if (origin := records[number].origin) in known)
        for ci in sorted(counts):
            if claimed.setdefault(ci, label) != label:
                lost.setdefault(ci, []).append(label)
        own = sorted((-count, ci) for ci, count in counts.items() if claimed[ci] == label)
        if own:
            main, *others = (ci for _, ci in own)
            found.ids[label] = main
            if others:
                found.duplicates.update(dict.fromkeys(others, main))
                found.findings.append(
                    DuplicateItems(main, tuple(sorted(others)), identification.origins(members))
                )
    found.findings.extend(
        SplitItem(ci, records[claimed[ci]].origin, identification.origins(labels))
        for ci, labels in sorted(lost.items())
    )
    taken = set(known.values())
    for label in created:
        if label not in found.ids:
            new = new_id(records[label].origin, taken)
            taken.add(new)
            found.ids[label] = new
            found.news.add(label)
    return found
