"""Whether groups of providers, and the class model, are what they are said to be."""

from collections import Counter
from collections.abc import Iterator
from typing import Literal

from itsmkit.cmdb.findings import UnmetRule, UnrelatedMembers
from itsmkit.cmdb.health._measure import Looked, Measure
from itsmkit.cmdb.health.findings import AsymmetricMember
from itsmkit.cmdb.history.records import RecordKey
from itsmkit.cmdb.risk.redundancy_checks import false_redundancy, redundant_groups

__all__ = ["group_measures"]

_Kind = tuple[str, Literal["source", "target"]]


def group_measures(looked: Looked) -> Iterator[Measure]:
    """Take the metrics that look at groups of providers, and at the class model."""
    yield _unrelated(looked)
    yield _asymmetric(looked)
    yield _false_redundancy(looked)
    yield _unmet(looked)
    yield _class_model(looked)


def _unrelated(looked: Looked) -> Measure:
    graph, classes = looked.graph, looked.classes
    counts = Counter(classes.get(each.dependent, "") for each in graph.redundancy)
    measure = Measure("unrelated_members", counts)
    for each in graph.findings:
        if isinstance(each, UnrelatedMembers):
            found = each.redundancy_set
            measure.fail(RecordKey.of(found), classes.get(found.dependent, ""), each)
    return measure


def _asymmetric(looked: Looked) -> Measure:
    measure = Measure("asymmetric_members")
    graph, items = looked.graph, looked.items
    groups: list[tuple[int, str, list[int]]] = []
    for group, (name, _) in zip(graph._ways.groups, graph._ways.names, strict=True):
        by_class: dict[str, list[int]] = {}
        for member in group.members:
            by_class.setdefault(items[member].ci_class, []).append(member)
        groups += [(group.dependent, name, same) for same in by_class.values() if len(same) > 1]
    kinds = _kinds(looked, {items[member].id for _, _, members in groups for member in members})
    for dependent, name, members in groups:
        ids = [items[member].id for member in members]
        ci_class = looked.classes[ids[0]]
        measure.eligible[ci_class] += len(ids)
        having = Counter(kind for ci in ids for kind in kinds[ci])
        by_all_others = [kind for kind, number in having.items() if number == len(ids) - 1]
        for ci in ids:
            lacking = sorted(kind for kind in by_all_others if kind not in kinds[ci])
            if lacking:
                siblings = tuple(sorted(each for each in ids if each != ci))
                finding = AsymmetricMember(ci, items[dependent].id, name, siblings, tuple(lacking))
                measure.fail(RecordKey("item", (ci,)), ci_class, finding)
    return measure


def _kinds(looked: Looked, members: set[str]) -> dict[str, set[_Kind]]:
    """Return which kinds of relations each of *members* has: the type, and which end of it the member is."""
    found: dict[str, set[_Kind]] = {ci: set() for ci in members}
    if not members:
        return found
    alike = {each.name for each in looked.model.relation_types if each.name == each.inverse}
    for relation in looked.graph.relations:
        if (relation.source in members or relation.target in members) and looked.connecting(relation):
            if relation.source in members:
                found[relation.source].add((relation.type, "source"))
            if relation.target in members:
                found[relation.target].add((relation.type, "source" if relation.type in alike else "target"))
    return found


def _false_redundancy(looked: Looked) -> Measure:
    classes = looked.classes
    counts = Counter(classes[dependent] for dependent, _ in redundant_groups(looked.graph))
    measure = Measure("false_redundancy", counts)
    if counts:
        for each in false_redundancy(looked.graph):
            measure.fail(RecordKey("redundancy", (each.dependent, each.group)), classes[each.dependent], each)
    return measure


def _unmet(looked: Looked) -> Measure:
    graph, items = looked.graph, looked.items
    measure = Measure("unmet_rules", Counter(items[each.dependent].ci_class for each in graph._ways.groups))
    for each in graph.findings:
        if isinstance(each, UnmetRule):
            subject = RecordKey("redundancy", (each.dependent, each.name))
            measure.fail(subject, looked.classes[each.dependent], each)
    return measure


def _class_model(looked: Looked) -> Measure:
    """Return what is questionable of the classes that there are items of, and of those above them."""
    model = looked.model
    measure = Measure("class_model")
    if not model.classes:
        return measure
    for name in {each for ci_class in looked.counts for each in model.lineage(ci_class)}:
        carries = model.is_operational(name) and not model.is_leaf(name)
        rules = len(model.ci_class(name).impact_rules)
        measure.eligible[name] += carries + rules + bool(model.orphan_rule(name))
    for each in model.findings:
        if each.ci_class in measure.eligible:
            measure.fail(None, each.ci_class, each)
    return measure
