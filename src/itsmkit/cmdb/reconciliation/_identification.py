"""Which records are of one item: the bulk mode, whose answer does not depend on the order of records."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cached_property, partial

from attrs import field, frozen

from itsmkit._components import rings_of
from itsmkit.cmdb.reconciliation._disjoint_sets import DisjointSets
from itsmkit.cmdb.reconciliation._identifiers import Identifiers, Key, shown_key
from itsmkit.cmdb.reconciliation._partition import Blocked, Level, State, agreed, settled, united
from itsmkit.cmdb.reconciliation._rulings import Rulings
from itsmkit.cmdb.reconciliation.findings import (
    CyclicParents,
    IdentifierConflict,
    RepeatedIdentifier,
    UnsettledRecords,
)
from itsmkit.cmdb.reconciliation.rules import IdentifierEntry
from itsmkit.cmdb.reconciliation.staging import Origin
from itsmkit.cmdb.source_record import SourceRecord

__all__ = ["Identification", "identified"]

Conflict = CyclicParents | UnsettledRecords | IdentifierConflict | RepeatedIdentifier


@frozen(eq=False)
class Identification:
    """
    Which records are of one item.

    Args:
        records: The records, sorted by origin; each is known by its place here.
        labels: For each record, the first of those that are of the same item.
        rulings: The rules.
        identifiers: The spelling of values.
        blocked: What was not united, and of which rule.
        rings: The records that are in a ring of parents.
        unsettled: The records that are united only where it makes no difference.
    """

    records: Sequence[SourceRecord]
    labels: Sequence[int]
    rulings: Rulings
    identifiers: Identifiers
    blocked: tuple[tuple[str, Blocked], ...] = ()
    rings: tuple[tuple[int, ...], ...] = ()
    unsettled: tuple[int, ...] = ()
    _parents: Mapping[tuple[int, str], tuple[int, ...]] = field(factory=dict)

    @cached_property
    def numbers(self) -> Mapping[Origin, int]:
        """The places of the records by their origin."""
        return {record.origin: number for number, record in enumerate(self.records)}

    @cached_property
    def clusters(self) -> Mapping[int, list[int]]:
        """The records of each item by the first of them, ascending."""
        found: dict[int, list[int]] = {}
        for number, label in enumerate(self.labels):
            found.setdefault(label, []).append(number)
        return found

    def entries_of(self, record: SourceRecord) -> tuple[str, tuple[IdentifierEntry, ...]]:
        """Return the class whose rule identifies a record, and the entries of it."""
        return self.rulings.identification_of(record.ci_class)

    def keys_of(self, record: SourceRecord, entry: IdentifierEntry) -> tuple[Key, ...]:
        """Return what an entry finds in a record, which need not be one of these."""
        return self.identifiers.keys_of(record, entry, partial(self.parents_of, record))

    def parents_of(self, record: SourceRecord, relation: str) -> tuple[int, ...]:
        """Return the first records of the parents to which a relation leads from a record."""
        number = self.numbers.get(record.origin)
        known = () if number is None else self._parents.get((number, relation), ())
        own = (
            self.numbers[record.source, other]
            for child, other in _told_parents(record, self.rulings, relation)
            if child == record.key and (record.source, other) in self.numbers
        )
        is_known = number is not None and self.records[number] is record
        parents = known if is_known else (*known, *own)
        return tuple(dict.fromkeys(self.labels[parent] for parent in parents))

    @cached_property
    def groups(self) -> Mapping[tuple[str, int, Key], list[int]]:
        """The records by the class of their rule, the number of an entry, and what it finds in them."""
        found: dict[tuple[str, int, Key], list[int]] = {}
        for number, record in enumerate(self.records):
            owner, entries = self.entries_of(record)
            for level, entry in enumerate(entries):
                for key in self.keys_of(record, entry):
                    found.setdefault((owner, level, key), []).append(number)
        return found

    @cached_property
    def blocks(self) -> Mapping[tuple[str, int, Key], Blocked]:
        """What was not united, by what would have united it."""
        return {(owner, each.level, key): each for owner, each in self.blocked for key in each.keys}

    def shown(self, key: Key) -> str:
        """Return a key for a sentence."""
        return shown_key(key, lambda parent: str(self.records[parent]))

    def origins(self, numbers: Iterable[int]) -> tuple[Origin, ...]:
        """Return the origins of records, sorted."""
        return tuple(self.records[number].origin for number in sorted(numbers))

    def findings(self) -> Iterator[Conflict]:
        """Go through what is questionable."""
        yield from (CyclicParents(self.origins(ring)) for ring in sorted(self.rings))
        if self.unsettled:
            yield UnsettledRecords(self.origins(self.unsettled))
        conflicts = (self._conflict(owner, each) for owner, each in self.blocked)
        yield from sorted(
            conflicts, key=lambda each: (each.ci_class, str(each.entry), each.records, each.values)
        )

    def _conflict(self, owner: str, blocked: Blocked) -> IdentifierConflict | RepeatedIdentifier:
        records = {number for key in blocked.keys for number in self.groups[owner, blocked.level, key]}
        _, entries = self.entries_of(self.records[min(records)])
        told = tuple(sorted(map(self.shown, blocked.keys)))
        if blocked.higher is None:
            return RepeatedIdentifier(owner, entries[blocked.level], told, self.origins(records))
        higher = entries[blocked.higher]
        united_records = {other for number in records for other in self.clusters[self.labels[number]]}
        values = {key for number in united_records for key in self.keys_of(self.records[number], higher)}
        return IdentifierConflict(
            owner,
            entries[blocked.level],
            told,
            self.origins(records),
            higher,
            tuple(sorted(map(self.shown, values))),
        )


def identified(records: Sequence[SourceRecord], rulings: Rulings) -> Identification:
    """
    Return which of *records* are of one item.

    What is identified within a parent is identified in rounds: each sees the parents as they were united in
    the round before, until nothing changes any more. It takes as many rounds as things are nested.

    Args:
        records: Records of classes that the model knows, sorted by origin, of each origin one.
        rulings: The rules.
    """
    return _Work(records, rulings).done()


class _Work:
    """The identification of some records."""

    def __init__(self, records: Sequence[SourceRecord], rulings: Rulings) -> None:
        self._records = records
        self._rulings = rulings
        self._identifiers = Identifiers(rulings.rules.placeholders)
        self._labels = list(range(len(records)))
        self._entries: dict[str, tuple[IdentifierEntry, ...]] = {}
        self._members: dict[str, list[int]] = {}
        for number, record in enumerate(records):
            owner, entries = rulings.identification_of(record.ci_class)
            if entries:
                self._entries[owner] = entries
                self._members.setdefault(owner, []).append(number)
        self._dependent = sorted(
            owner for owner, entries in self._entries.items() if any(entry.parent for entry in entries)
        )
        self._parents: dict[tuple[int, str], tuple[int, ...]] = {}
        self._rings: tuple[tuple[int, ...], ...] = ()

    def done(self) -> Identification:
        blocked: list[tuple[str, Blocked]] = []
        for owner, members in self._members.items():
            if owner not in self._dependent:
                levels = [self._level(members, entry) for entry in self._entries[owner]]
                blocked += self._unite(owner, levels)
        unsettled: tuple[int, ...] = ()
        if self._dependent:
            self._find_parents()
            dependents, more = self._in_rounds()
            blocked += more
            unsettled = tuple(dependents)
        return Identification(
            self._records,
            self._labels,
            self._rulings,
            self._identifiers,
            tuple(blocked),
            self._rings,
            unsettled,
            self._parents,
        )

    def _level(self, members: Sequence[int], entry: IdentifierEntry) -> Level:
        keys_of, records, parents_of = self._identifiers.keys_of, self._records, self._parents_of
        return {
            number: keys
            for number in members
            if (keys := keys_of(records[number], entry, partial(parents_of, number)))
        }

    def _parents_of(self, number: int, relation: str) -> list[int]:
        return [self._labels[parent] for parent in self._parents.get((number, relation), ())]

    def _unite(self, owner: str, levels: Sequence[Level]) -> list[tuple[str, Blocked]]:
        """Unite the records under one rule, and return what was not united."""
        members = self._members[owner]
        places = {number: place for place, number in enumerate(members)}
        sets = DisjointSets(len(members))
        local = [{places[number]: keys for number, keys in level.items()} for level in levels]
        sources = [self._records[number].source for number in members]
        entries = self._entries[owner]
        apart = {level for level, entry in enumerate(entries) if not entry.joins_one_source}
        blocked = united(sets, sources, local, apart)
        for place, number in enumerate(members):
            self._labels[number] = members[sets.find(place)]
        return [(owner, each) for each in blocked]

    # -- what has parents --------------------------------------------------------------------------

    def _find_parents(self) -> None:
        numbers = {record.origin: number for number, record in enumerate(self._records)}
        relations = {
            entry.parent: None
            for owner in self._dependent
            for entry in self._entries[owner]
            if entry.parent is not None
        }
        found: dict[tuple[int, str], dict[int, None]] = {}
        for record in self._records:
            if not record.relations:
                continue
            for relation in relations:
                for child_key, parent_key in _told_parents(record, self._rulings, relation):
                    child = numbers.get((record.source, child_key))
                    parent = numbers.get((record.source, parent_key))
                    if child is not None and parent is not None:
                        found.setdefault((child, relation), {})[parent] = None
        above: dict[int, list[int]] = {}
        for (child, relation), parents in found.items():
            owner, entries = self._rulings.identification_of(self._records[child].ci_class)
            if owner in self._dependent and any(entry.parent == relation for entry in entries):
                above.setdefault(child, []).extend(parents)
        rings = [
            tuple(sorted(ring))
            for ring in rings_of(sorted(above), lambda number: sorted(above.get(number, ())))
        ]
        self._rings = tuple(sorted(rings))
        in_ring = {number for ring in rings for number in ring}
        self._parents = {
            (child, relation): tuple(sorted(parents))
            for (child, relation), parents in found.items()
            if child not in in_ring
        }

    def _in_rounds(self) -> tuple[list[int], list[tuple[str, Blocked]]]:
        """Unite what has parents, and return the records that do not settle, and what was not united."""
        dependents = sorted(number for owner in self._dependent for number in self._members[owner])
        places = {number: place for place, number in enumerate(dependents)}
        fixed = {
            (owner, level): self._level(self._members[owner], entry)
            for owner in self._dependent
            for level, entry in enumerate(self._entries[owner])
            if entry.parent is None
        }
        blocked: list[tuple[str, Blocked]] = []

        def take(state: State) -> None:
            for number, label in zip(dependents, state, strict=True):
                self._labels[number] = dependents[label]

        def step(state: State) -> State:
            take(state)
            levels = {
                owner: [
                    fixed[owner, level] if entry.parent is None else self._level(self._members[owner], entry)
                    for level, entry in enumerate(self._entries[owner])
                ]
                for owner in self._dependent
            }
            blocked.clear()
            for owner in self._dependent:
                blocked.extend(self._unite(owner, levels[owner]))
            return tuple(places[self._labels[number]] for number in dependents)

        states = settled(step, tuple(range(len(dependents))), len(dependents) + 1)
        take(agreed(states))
        unsettled = [
            number
            for number, labels in zip(dependents, zip(*states, strict=True), strict=True)
            if len(set(labels)) > 1
        ]
        return unsettled, [] if unsettled else blocked


def _told_parents(record: SourceRecord, rulings: Rulings, relation: str) -> Iterator[tuple[str, str]]:
    """Go through what a record tells of parents: the keys of a child and of its parent, in one source."""
    name, is_source, is_target = rulings.way_to(relation)
    for each in record.relations:
        if each.type == name:
            source, target = (each.other, record.key) if each.from_other else (record.key, each.other)
            if is_source:
                yield source, target
            if is_target:
                yield target, source
