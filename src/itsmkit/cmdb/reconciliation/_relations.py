"""The relations that sources tell of, between the items that their records are of."""

from collections.abc import Callable, Iterable
from datetime import datetime

from attrs import field, frozen

from itsmkit.cmdb.class_model import ClassModel
from itsmkit.cmdb.configuration_item import CIId
from itsmkit.cmdb.reconciliation._content import newest_first
from itsmkit.cmdb.reconciliation._content import told as told_text
from itsmkit.cmdb.reconciliation.findings import UnknownRelationType, UnresolvedRelation
from itsmkit.cmdb.reconciliation.staging import Origin
from itsmkit.cmdb.relation import Relation
from itsmkit.cmdb.source_record import SourceRecord, SourceRelation

__all__ = ["Missing", "ToldRelations", "told_relations"]

Key = tuple[CIId, str, CIId, str]
Teller = tuple[SourceRecord, SourceRelation]


@frozen
class Missing:
    """
    Says that a record is of no item.

    Args:
        because: Why.
    """

    because: str


@frozen(eq=False)
class ToldRelations:
    """
    Relations, and who tells of them.

    Args:
        relations: The relations, sorted by key.
        sources: The sources that tell of each, sorted.
        last_seen: When it was last seen.
        findings: What is questionable.
    """

    relations: list[Relation] = field(factory=list)
    sources: dict[Key, tuple[str, ...]] = field(factory=dict)
    last_seen: dict[Key, datetime] = field(factory=dict)
    findings: list[UnknownRelationType | UnresolvedRelation] = field(factory=list)


def told_relations(
    records: Iterable[tuple[CIId, SourceRecord]],
    item_of: Callable[[Origin], CIId | Missing],
    model: ClassModel,
) -> ToldRelations:
    """
    Return the relations that records tell of.

    Several sources, and both ends, may tell of the same; of its attributes, the newest value holds. Where
    both ends of a type are alike and it is told both ways, it is one relation, from the item that comes
    first.

    Args:
        records: The records that count, each with its item, sorted by origin.
        item_of: Returns the id of the item that a record is of, or why there is none.
        model: The relation types.
    """
    found = ToldRelations()
    tellers: dict[Key, list[Teller]] = {}
    unknown: dict[str, list[Origin]] = {}
    for own, record in records:
        for relation in record.relations:
            if not model.knows_type(relation.type):
                unknown.setdefault(relation.type, []).append(record.origin)
                continue
            other = item_of((record.source, relation.other))
            if isinstance(other, Missing):
                found.findings.append(UnresolvedRelation(record.origin, relation, other.because))
                continue
            source, target = (other, own) if relation.from_other else (own, other)
            tellers.setdefault((source, relation.type, target, relation.qualifier), []).append(
                (record, relation)
            )
    found.findings[:0] = [
        UnknownRelationType(name, tuple(dict.fromkeys(origins)), model.unknown_type(name))
        for name, origins in sorted(unknown.items())
    ]
    for key, told in sorted(_one_way(tellers, model).items()):
        source, name, target, qualifier = key
        attributes = _attributes(told)
        found.relations.append(Relation(source, name, target, qualifier=qualifier, attributes=attributes))
        found.sources[key] = tuple(sorted({record.source for record, _ in told}))
        found.last_seen[key] = max(record.seen_at for record, _ in told)
    return found


def _one_way(tellers: dict[Key, list[Teller]], model: ClassModel) -> dict[Key, list[Teller]]:
    """Return what is told, with what is told both ways but has no direction in one."""
    symmetric = {each.name for each in model.relation_types if each.name == each.inverse}
    twice = [
        key
        for key in tellers
        if key[1] in symmetric and key[0] > key[2] and (key[2], key[1], key[0], key[3]) in tellers
    ]
    for key in twice:
        source, name, target, qualifier = key
        tellers[target, name, source, qualifier] += tellers.pop(key)
    return tellers


def _attributes(told: list[Teller]) -> dict[str, object]:
    if len(told) > 1:
        ranks = {record.origin: rank for rank, record in enumerate(newest_first([each for each, _ in told]))}
        told = sorted(told, key=lambda teller: (ranks[teller[0].origin], told_text(teller[1].attributes)))
    attributes: dict[str, object] = {}
    for _, relation in told:
        for name, value in relation.attributes.items():
            if value is not None:
                attributes.setdefault(name, value)
    return attributes
