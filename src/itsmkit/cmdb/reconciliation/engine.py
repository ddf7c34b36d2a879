"""From a staging area to a configuration: a pure function whose answer does not depend on any order."""

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime

from itsmkit._checks import utc
from itsmkit._frozen import FrozenDict
from itsmkit._problems import close_to
from itsmkit.cmdb.class_model import OPEN_MODEL, OWN_NAME, ClassModel
from itsmkit.cmdb.configuration_item import CIId, ConfigurationItem
from itsmkit.cmdb.reconciliation._content import newest_first
from itsmkit.cmdb.reconciliation._identification import Identification, identified
from itsmkit.cmdb.reconciliation._identities import Identities, identities_of
from itsmkit.cmdb.reconciliation._precedence import Precedence
from itsmkit.cmdb.reconciliation._relations import Missing, told_relations
from itsmkit.cmdb.reconciliation._rulings import Rulings
from itsmkit.cmdb.reconciliation._standing import Standing, counting, standing_of
from itsmkit.cmdb.reconciliation.findings import (
    ClashingClasses,
    ContradictingRecords,
    IdleLock,
    ReconciliationFinding,
    SeveralValues,
    TwinRecords,
    UnknownClass,
)
from itsmkit.cmdb.reconciliation.outcome import Reconciliation
from itsmkit.cmdb.reconciliation.rules import CI_CLASS, ReconciliationRules
from itsmkit.cmdb.reconciliation.staging import AttributeLock, Origin, StagingArea
from itsmkit.cmdb.source_record import SourceRecord

__all__ = ["reconcile"]


def reconcile(
    staging: StagingArea,
    rules: ReconciliationRules,
    *,
    model: ClassModel = OPEN_MODEL,
    now: datetime,
) -> Reconciliation:
    """
    Return the configuration that records of several sources make, by rules.

    The same records give the same configuration, in whatever order they came. Nothing is lost: by other
    rules, the same records give another one.

    Args:
        staging: What the sources say.
        rules: Which records are of one item, and whose values hold.
        model: The classes and relation types. Records and relations of others are left out, and told.
        now: The instant by which is judged what is fresh, stale, or locked; aware.

    Raises:
        DefinitionError: If the rules do not fit the model, or *now* is naive.

    Example:
        >>> from datetime import UTC
        >>> noon = datetime(2026, 3, 2, 12, tzinfo=UTC)
        >>> staging = StagingArea().with_records(
        ...     [
        ...         SourceRecord("netbox", "17", "host", "web", {"serial": "X1", "ram": 32}, seen_at=noon),
        ...         SourceRecord("scan", "a9", "host", None, {"serial": "x1 ", "ram": 64}, seen_at=noon),
        ...     ]
        ... )
        >>> from itsmkit.cmdb.reconciliation import IdentificationRule, PrecedenceRule
        >>> rules = ReconciliationRules(
        ...     [IdentificationRule("host", [["serial"], ["name"]])],
        ...     [PrecedenceRule(["scan", "netbox"], "host", ["ram"])],
        ... )
        >>> found = reconcile(staging, rules, now=noon)
        >>> [(item.id, item.name, item.attributes["ram"]) for item in found.items]
        [('netbox:17', 'web', 64)]
        >>> print(found.decision("scan", "a9").explain())
        record 'a9' of scan: created as netbox:17
        by serial 'x1', as netbox '17'
    """
    return _Work(staging, Rulings(rules, model), utc(now, "now")).done()


class _Work:
    """One reconciliation."""

    def __init__(self, staging: StagingArea, rulings: Rulings, now: datetime) -> None:
        self._staging = staging
        self._rulings = rulings
        self._now = now
        self._findings: list[ReconciliationFinding] = []
        self._stale: list[Origin] = []
        self._deleted: dict[Origin, SourceRecord] = {}
        self._standings: dict[int, Standing] = {}
        self._parked: list[Origin] = []
        self._retired: list[CIId] = []
        self._missing: dict[Origin, Missing] = {}

    def done(self) -> Reconciliation:
        staging = self._staging
        self._findings += [
            ContradictingRecords(origin, (staging.records[origin], *others))
            for origin, others in sorted(staging.contradictions.items())
        ]
        identification = identified(self._candidates(), self._rulings)
        self._findings += identification.findings()
        members, barred = self._counting(identification)
        created = [label for label in members if label not in barred]
        identities = identities_of(identification, staging.identities, created)
        for label in sorted(barred - identities.ids.keys()):
            self._parked += identification.origins(members.pop(label))
        locks = self._locks(identities, members)
        items = self._items(identification, identities, members, locks)
        self._retire(identities, members)
        told = told_relations(
            self._tellers(identification, identities, members),
            lambda origin: self._item_of(origin, identification, identities, members),
            self._rulings.model,
        )
        self._findings += told.findings
        return Reconciliation(
            given=staging,
            rules=self._rulings.rules,
            model=self._rulings.model,
            now=self._now,
            items=tuple(items),
            relations=tuple(told.relations),
            identities=FrozenDict(self._identities(identification, identities)),
            duplicates=FrozenDict(identities.duplicates),
            parked=tuple(sorted(self._parked)),
            retired=tuple(sorted(self._retired)),
            stale=tuple(self._stale),
            deleted=FrozenDict(self._deleted),
            findings=tuple(self._findings),
            identification=identification,
            members=members,
            ids=identities.ids,
            news=identities.news,
            told=told,
            locks=locks,
        )

    # -- which records count -----------------------------------------------------------------------

    def _candidates(self) -> list[SourceRecord]:
        """Return the records to be identified, sorted by origin; the others are told."""
        staging = self._staging
        known = self._of_known_classes([record for _, record in sorted(staging.records.items())])
        if not staging.loads:
            return known
        found: list[SourceRecord] = []
        for record in known:
            standing = standing_of(record, staging.loads, self._rulings, self._now)
            if standing is not None:
                self._stale.append(record.origin)
            if standing is Standing.DELETED:
                self._deleted[record.origin] = record
                self._missing[record.origin] = Missing("its record is deleted")
                continue
            if standing is not None:
                self._standings[len(found)] = standing
            found.append(record)
        return found

    def _of_known_classes(self, records: list[SourceRecord]) -> list[SourceRecord]:
        model = self._rulings.model
        if not model.classes:
            return records
        unknown: dict[str, list[Origin]] = {}
        for record in records:
            if not model.knows(record.ci_class):
                unknown.setdefault(record.ci_class, []).append(record.origin)
        for name, origins in sorted(unknown.items()):
            hint = close_to(name, [each.name for each in model.classes])
            self._findings.append(UnknownClass(name, tuple(origins), hint))
            self._missing.update(dict.fromkeys(origins, Missing(f"its class {name!r} is not known")))
        return [record for record in records if record.ci_class not in unknown] if unknown else records

    def _counting(self, identification: Identification) -> tuple[dict[int, list[int]], set[int]]:
        """Return the records of each item that count, if any, and the items that none of these may create."""
        may_create, records = self._rulings.may_create, identification.records
        members: dict[int, list[int]] = {}
        barred: set[int] = set()
        for label, numbers in identification.clusters.items():
            found = counting(numbers, self._standings) if self._standings else numbers
            if found:
                members[label] = found
                if not any(may_create(records[each].source, records[each].ci_class) for each in found):
                    barred.add(label)
        return members, barred

    def _retire(self, identities: Identities, members: Mapping[int, object]) -> None:
        """Note the items of which no record is left that counts."""
        self._retired += [ci for label, ci in identities.ids.items() if label not in members]
        if self._deleted:
            there = {*identities.ids.values(), *identities.duplicates}
            known = self._staging.identities
            gone = {known[origin] for origin in self._deleted if origin in known}
            self._retired += gone - there

    def _identities(
        self, identification: Identification, identities: Identities
    ) -> Iterator[tuple[Origin, CIId]]:
        known = self._staging.identities
        yield from ((origin, ci) for origin, ci in known.items() if origin not in self._deleted)
        yield from identities.of_records(identification, known)

    # -- what they say -----------------------------------------------------------------------------

    def _items(
        self,
        identification: Identification,
        identities: Identities,
        members: Mapping[int, list[int]],
        locks: Mapping[CIId, Mapping[str, AttributeLock]],
    ) -> list[ConfigurationItem]:
        precedence = Precedence(self._rulings, self._now)
        records = identification.records
        items: list[ConfigurationItem] = []
        twins: list[TwinRecords] = []
        clashes: list[ClashingClasses] = []
        several: list[SeveralValues] = []
        for label, numbers in members.items():
            ci = identities.ids[label]
            told = newest_first([records[number] for number in numbers])
            ci_class = precedence.class_of(told).ci_class
            own = locks.get(ci)
            if len(told) > 1:
                twins += _twins(ci, told)
                clashes += self._clashes(ci, ci_class, told)
                several += self._several(ci, told, identification)
            if own is not None and CI_CLASS in own:
                ci_class = str(own[CI_CLASS].value)
            name, attributes = precedence.values_of(ci_class, told)
            if own is not None:
                name = str(own[OWN_NAME].value) if OWN_NAME in own else name
                values = {key: lock.value for key, lock in own.items() if key not in {OWN_NAME, CI_CLASS}}
                attributes = {**attributes, **values}
            items.append(ConfigurationItem(ci, ci_class, ci if name is None else name, attributes))
        self._findings += [*twins, *identities.findings, *clashes, *several]
        return sorted(items, key=lambda item: item.id)

    def _clashes(self, ci: CIId, taken: str, told: list[SourceRecord]) -> Iterator[ClashingClasses]:
        classes = {record.ci_class for record in told}
        if len(classes) > 1 and self._rulings.nearest_common(classes) not in classes:
            yield ClashingClasses(ci, tuple(sorted(classes)), taken)

    def _several(
        self, ci: CIId, told: list[SourceRecord], identification: Identification
    ) -> Iterator[SeveralValues]:
        """Go through the attributes that should each identify the item, and have several values."""
        _, entries = identification.entries_of(told[0])
        for entry in entries:
            name = entry.lone_attribute
            if name is None or name == OWN_NAME:
                continue  # sources may well call a thing differently
            keys = {key for record in told for key in identification.keys_of(record, entry)}
            if len(keys) > 1:
                yield SeveralValues(ci, name, tuple(sorted(map(identification.shown, keys))))

    def _locks(
        self, identities: Identities, members: Mapping[int, object]
    ) -> dict[CIId, dict[str, AttributeLock]]:
        """Return the locks that hold, by item; those that do nothing are told."""
        found: dict[CIId, dict[str, AttributeLock]] = {}
        items = {identities.ids[label] for label in members} if self._staging.locks else set()
        # A lock of the item itself goes before one of its duplicates.
        locks = sorted(
            self._staging.locks.values(), key=lambda lock: (lock.ci in identities.duplicates, lock.key)
        )
        model = self._rulings.model
        for lock in locks:
            ci = identities.duplicates.get(lock.ci, lock.ci)
            because = None
            if not lock.holds_at(self._now):
                because = f"it expired at {lock.expires}"
            elif ci not in items:
                because = f"there is no configuration item {ci!r}"
            elif lock.attribute == CI_CLASS and not model.knows(str(lock.value)):
                because = model.unknown_class(str(lock.value))
            elif lock.attribute in found.get(ci, {}):
                because = f"{found[ci][lock.attribute].ci} is locked, which is the same item"
            else:
                found.setdefault(ci, {})[lock.attribute] = lock
            if because is not None:
                self._findings.append(IdleLock(lock, because))
        return found

    # -- how they are related ----------------------------------------------------------------------

    def _tellers(
        self, identification: Identification, identities: Identities, members: Mapping[int, list[int]]
    ) -> Iterator[tuple[CIId, SourceRecord]]:
        records = identification.records
        telling = [
            (number, label)
            for label, numbers in members.items()
            for number in numbers
            if records[number].relations
        ]
        return ((identities.ids[label], records[number]) for number, label in sorted(telling))

    def _item_of(
        self,
        origin: Origin,
        identification: Identification,
        identities: Identities,
        members: Mapping[int, object],
    ) -> CIId | Missing:
        number = identification.numbers.get(origin)
        if number is None:
            return self._missing.get(origin, _NO_RECORD)
        label = identification.labels[number]
        if label in members:
            return identities.ids[label]
        return _RETIRED if label in identities.ids or self._standings.get(number) else _PARKED


_NO_RECORD = Missing("the source has no such record")
_PARKED = Missing("it is not created yet")
_RETIRED = Missing("none of its records counts any more")


def _twins(ci: CIId, told: Iterable[SourceRecord]) -> Iterator[TwinRecords]:
    by_source: dict[str, list[Origin]] = {}
    for record in told:
        by_source.setdefault(record.source, []).append(record.origin)
    for _, origins in sorted(by_source.items()):
        if len(origins) > 1:
            yield TwinRecords(ci, tuple(sorted(origins)))
