"""What a reconciliation found: a configuration, and why it is this one."""

from collections.abc import Mapping
from datetime import datetime
from functools import cached_property

from attrs import field, frozen

from itsmkit._frozen import EMPTY
from itsmkit._problems import closest
from itsmkit.cmdb.class_model import ClassModel
from itsmkit.cmdb.configuration_item import CIId, ConfigurationItem
from itsmkit.cmdb.errors import UnknownItemError
from itsmkit.cmdb.graph import ConfigurationGraph
from itsmkit.cmdb.history.configuration_diff import ConfigurationDiff, diff
from itsmkit.cmdb.history.records import ConfigurationRecord
from itsmkit.cmdb.reconciliation._content import newest_first
from itsmkit.cmdb.reconciliation._deciding import decided
from itsmkit.cmdb.reconciliation._dry_run import laid_over
from itsmkit.cmdb.reconciliation._identification import Identification
from itsmkit.cmdb.reconciliation._precedence import Precedence
from itsmkit.cmdb.reconciliation._relations import ToldRelations
from itsmkit.cmdb.reconciliation.decision import IdentificationDecision, Outcome
from itsmkit.cmdb.reconciliation.findings import ReconciliationFinding
from itsmkit.cmdb.reconciliation.rules import ReconciliationRules
from itsmkit.cmdb.reconciliation.staging import AttributeLock, Origin, StagingArea
from itsmkit.cmdb.reconciliation.values import EffectiveValue
from itsmkit.cmdb.relation import Relation
from itsmkit.cmdb.source_record import SourceRecord
from itsmkit.errors import NotFoundError

__all__ = ["Reconciliation"]


@frozen(kw_only=True)
class Reconciliation:
    """
    The answer of `reconcile`. Where values come from is found when it is asked for, not kept.

    Args:
        given: The staging area that it was made of.
        rules: By which rules.
        model: The classes and relation types.
        now: As of when.
        items: The items that there are, sorted by id.
        relations: Their relations, sorted by key.
        identities: The id of the item that each record is of; that of a record of a duplicate is the one that
            it had before.
        duplicates: The ids of items known from before that turn out to be others, and of which.
        parked: The records that wait for a source that may create what they tell of, sorted.
        retired: The ids of items known from before of which no record is left that counts, sorted.
        stale: The records that were not in the last full load of their source, sorted.
        deleted: Those of them that are to be forgotten.
        findings: What is questionable, by kind.
    """

    given: StagingArea
    rules: ReconciliationRules
    model: ClassModel
    now: datetime
    items: tuple[ConfigurationItem, ...]
    relations: tuple[Relation, ...]
    identities: Mapping[Origin, CIId]
    duplicates: Mapping[CIId, CIId]
    parked: tuple[Origin, ...]
    retired: tuple[CIId, ...]
    stale: tuple[Origin, ...]
    deleted: Mapping[Origin, SourceRecord]
    findings: tuple[ReconciliationFinding, ...]
    _identification: Identification = field(eq=False, repr=False)
    _members: Mapping[int, list[int]] = field(eq=False, repr=False)
    _ids: Mapping[int, CIId] = field(eq=False, repr=False)
    _news: set[int] = field(eq=False, repr=False)
    _told: ToldRelations = field(eq=False, repr=False)
    _locks: Mapping[CIId, Mapping[str, AttributeLock]] = field(eq=False, repr=False)

    # -- what there is -----------------------------------------------------------------------------

    @cached_property
    def staging(self) -> StagingArea:
        """The staging area for the next time: it knows what the records are, and what is deleted is gone."""
        return self.given.after(self)

    def graph(self) -> ConfigurationGraph:
        """Return the configuration as a graph, whose own findings tell of its relations and attributes."""
        return ConfigurationGraph(self.items, self.relations, model=self.model)

    def records(self, since: datetime | None = None) -> tuple[ConfigurationRecord, ...]:
        """
        Return the items and relations as records, each with the sources that tell of it and when it was seen.

        Args:
            since: From when on they hold, aware; ``None`` for always.
        """
        found = [
            ConfigurationRecord.of(
                item,
                since,
                sources=tuple(sorted({record.source for record in told})),
                last_seen=told[0].seen_at,
            )
            for item in self.items
            for told in [self._records_of(item.id)]
        ]
        found += [
            ConfigurationRecord.of(
                each, since, sources=self._told.sources[each.key], last_seen=self._told.last_seen[each.key]
            )
            for each in self.relations
        ]
        return tuple(found)

    def against(self, graph: ConfigurationGraph, *, whole: bool = False) -> ConfigurationDiff:
        """
        Return what would change in a configuration: a dry run.

        What is retired goes, with its relations. Duplicates stay, as it is for people to merge what may have
        tickets; so do redundancy sets and the effects of single relations, of which no source tells.

        Args:
            graph: The configuration as it is.
            whole: Whether the sources tell of everything, so that all other items and relations go too,
                duplicates among them.

        Raises:
            DefinitionError: If what would come of it cannot be a graph, as where the model of *graph* does
                not know a class.
        """
        return diff(graph, laid_over(graph, self.items, self.relations, self.retired, whole=whole))

    # -- why ---------------------------------------------------------------------------------------

    def ci_of(self, source: str, key: str) -> CIId | None:
        """Return the item that a record is of, or ``None`` if it is of none."""
        ci = self.identities.get((source, key))
        return None if ci is None else self.duplicates.get(ci, ci)

    def decision(self, source: str, key: str) -> IdentificationDecision:
        """
        Return what became of a record, and why.

        Raises:
            NotFoundError: If there is no such record.
        """
        origin = source, key
        if origin not in self.given.records:
            kind = "source record"
            raise NotFoundError(kind, origin)
        number = self._identification.numbers.get(origin)
        if number is None:
            gone = Outcome.DELETED if origin in self.deleted else Outcome.LEFT_OUT
            return IdentificationDecision(origin, gone)
        label = self._identification.labels[number]
        ci = self._ids.get(label)
        if ci is None:
            outcome = Outcome.PARKED if origin in self.parked else Outcome.STALE
        elif number not in self._members.get(label, ()):
            outcome = Outcome.STALE
        else:
            outcome = Outcome.CREATED if label in self._news else Outcome.UPDATED
        return decided(self._identification, number, outcome, ci)

    def provenance(self, ci: CIId) -> tuple[EffectiveValue, ...]:
        """
        Return where each value of an item comes from: its name, its class, then its attributes, sorted.

        Args:
            ci: The item, or a duplicate of it.

        Raises:
            UnknownItemError: If there is no such item.
        """
        item, told = self._item(ci), self._records_of(ci)
        precedence = Precedence(self._identification.rulings, self.now)
        locks = self._locks.get(item.id, EMPTY)
        return tuple(precedence.provenance(item.id, item.ci_class, told, locks))

    def explain(self, ci: CIId) -> str:
        """
        Return where each value of an item comes from, as text.

        Raises:
            UnknownItemError: If there is no such item.
        """
        item = self._item(ci)
        records = ", ".join(f"{record.source} {record.key!r}" for record in self._records_of(ci))
        lines = [f"{item.id} ({item.ci_class}): {item.name}, of {records}"]
        for value in self.provenance(ci):
            lines += [str(value), *(f"    {rejected}" for rejected in value.rejected)]
        return "\n".join(lines)

    # -- how it is found ---------------------------------------------------------------------------

    @cached_property
    def _by_id(self) -> Mapping[CIId, ConfigurationItem]:
        return {item.id: item for item in self.items}

    @cached_property
    def _labels(self) -> Mapping[CIId, int]:
        return {self._ids[label]: label for label in self._members}

    def _item(self, ci: CIId) -> ConfigurationItem:
        found = self._by_id.get(self.duplicates.get(ci, ci))
        if found is None:
            raise UnknownItemError(ci, tuple(map(CIId, closest(ci, self._by_id))))
        return found

    def _records_of(self, ci: CIId) -> list[SourceRecord]:
        records = self._identification.records
        numbers = self._members[self._labels[self.duplicates.get(ci, ci)]]
        return newest_first([records[number] for number in numbers])
