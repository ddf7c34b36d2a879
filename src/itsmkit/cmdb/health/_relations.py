"""Whether what is said between configuration items can be so."""

from collections import Counter
from collections.abc import Iterator

from itsmkit.cmdb.findings import BrokenCardinality, DanglingRelation, GovernanceViolation
from itsmkit.cmdb.health._measure import Looked, Measure
from itsmkit.cmdb.health.findings import DuplicateRelation, RelationOfDuplicate
from itsmkit.cmdb.history.records import RecordKey
from itsmkit.cmdb.relation import Relation

__all__ = ["relation_measures"]


def relation_measures(looked: Looked) -> Iterator[Measure]:
    """Take the metrics that look at the relations."""
    dangling = Measure("dangling_relations", looked.relation_counts)
    governance = Measure("governance", _governed(looked))
    cardinality = Measure("cardinality", _bounded(looked))
    for each in looked.graph.findings:
        match each:
            case DanglingRelation(relation=relation):
                dangling.fail(RecordKey.of(relation), looked.class_of(relation), each)
            case GovernanceViolation(relation=relation):
                governance.fail(RecordKey.of(relation), looked.class_of(relation), each)
            case BrokenCardinality(ci=ci):
                cardinality.fail(RecordKey("item", (ci,)), looked.classes[ci], each)
            case _:
                pass  # of attributes and groups, which others look at
    yield dangling
    yield governance
    yield cardinality
    yield _duplicates(looked)
    yield _of_duplicates(looked)


def _governed(looked: Looked) -> Counter[str]:
    """Return how many relations there are of which the model says which classes they may relate."""
    types = {each.relation_type for each in looked.model.allowed}
    if not types:
        return Counter()
    classes = looked.classes
    return Counter(
        classes[each.source]
        for each in looked.graph.relations
        if each.type in types and each.source in classes and each.target in classes
    )


def _bounded(looked: Looked) -> Counter[str]:
    """Return how often it is asked how many others there may be, by the class of the item."""
    found: Counter[str] = Counter()
    for allowed in looked.model.allowed:
        for ci_class, end in ((allowed.source, "targets"), (allowed.target, "sources")):
            if allowed.bounds(end) != (0, None):
                for name, number in looked.counts.items():
                    if looked.model.is_a(name, ci_class):
                        found[name] += number
    return found


def _duplicates(looked: Looked) -> Measure:
    measure = Measure("duplicate_relations", looked.relation_counts)
    alike = {each.name for each in looked.model.relation_types if each.name == each.inverse}
    first: dict[tuple[str, str, str], Relation] = {}
    groups: dict[tuple[str, str, str], list[Relation]] = {}
    for relation in looked.graph.relations:
        way = (relation.source, relation.type, relation.target)
        if relation.source > relation.target and relation.type in alike:
            way = (relation.target, relation.type, relation.source)
        other = first.setdefault(way, relation)
        if other is not relation:
            groups.setdefault(way, [other]).append(relation)
    for group in groups.values():
        same = sorted(group, key=lambda each: each.key)
        for relation in same:
            others = tuple(_saying_it(relation, same))
            if others:
                measure.fail(
                    RecordKey.of(relation), looked.class_of(relation), DuplicateRelation(relation, others)
                )
    return measure


def _saying_it(relation: Relation, same: list[Relation]) -> Iterator[Relation]:
    """Go through those of *same*, sorted, that make a relation one too many."""
    for other in same:
        is_vague = not relation.qualifier and bool(other.qualifier)
        is_mirrored = relation.qualifier == other.qualifier and other.key < relation.key
        if is_vague or is_mirrored:
            yield other


def _of_duplicates(looked: Looked) -> Measure:
    measure = Measure("relations_of_duplicates", looked.relation_counts)
    marked = looked.marked
    if marked:
        for relation in looked.graph.relations:
            ends = tuple((end, marked[end]) for end in relation.ends if end in marked)
            if ends:
                finding = RelationOfDuplicate(relation, ends)
                measure.fail(RecordKey.of(relation), looked.class_of(relation), finding)
    return measure
