"""Completeness and correctness of configuration items."""

from collections.abc import Iterator

from itsmkit.cmdb.class_model import OWN_NAME, ClassModel
from itsmkit.cmdb.configuration_item import CIId, ConfigurationItem
from itsmkit.cmdb.findings import AttributeFault, AttributeProblem
from itsmkit.cmdb.health._measure import Looked, Measure, has_value
from itsmkit.cmdb.health.findings import (
    DuplicateItem,
    MarkedDuplicate,
    MissingAttributes,
    Orphan,
    WrongAttributes,
)
from itsmkit.cmdb.history.records import RecordKey

__all__ = ["item_measures"]


def item_measures(looked: Looked) -> Iterator[Measure]:
    """Take the metrics that look at the items, one by one or beside each other."""
    yield from _declared_attributes(looked)
    yield _recommended(looked)
    yield _orphans(looked)
    yield _duplicates(looked)


def _key(ci: CIId) -> RecordKey:
    return RecordKey("item", (ci,))


def _declared_attributes(looked: Looked) -> Iterator[Measure]:
    """Return what lacks a required attribute, and what has a wrong one: the graph has found both."""
    model, counts = looked.model, looked.counts
    required = Measure("required_attributes", {c: n for c, n in counts.items() if _asks_for_some(model, c)})
    values = Measure("attribute_values", {c: n for c, n in counts.items() if model.attributes_of(c).types})
    missing: dict[CIId, list[str]] = {}
    wrong: dict[CIId, list[AttributeFault]] = {}
    for each in looked.graph.findings:
        if isinstance(each, AttributeFault):
            if each.problem is AttributeProblem.MISSING:
                missing.setdefault(each.ci, []).append(each.attribute)
            else:
                wrong.setdefault(each.ci, []).append(each)
    for ci, names in missing.items():
        ci_class = looked.classes[ci]
        required.fail(_key(ci), ci_class, MissingAttributes(ci, ci_class, tuple(names), "required"))
    for ci, faults in wrong.items():
        values.fail(_key(ci), looked.classes[ci], WrongAttributes(ci, tuple(faults)))
    yield required
    yield values


def _asks_for_some(model: ClassModel, ci_class: str) -> bool:
    types = model.attributes_of(ci_class).types
    required = model.required_of(ci_class)
    return any(name in types for name in required) or not all(each.optional for each in types.values())


def _recommended(looked: Looked) -> Measure:
    asked = {c: looked.model.recommended_of(c) for c in looked.counts}
    measure = Measure("recommended_attributes", {c: n for c, n in looked.counts.items() if asked[c]})
    for item in looked.items:
        names = asked[item.ci_class]
        if names:
            missing = [name for name in names if not has_value(_value(item, name))]
            if missing:
                finding = MissingAttributes(item.id, item.ci_class, tuple(missing), "recommended")
                measure.fail(_key(item.id), item.ci_class, finding)
    return measure


def _value(item: ConfigurationItem, name: str) -> object:
    return item.name if name == OWN_NAME else item.attributes.get(name)


def _orphans(looked: Looked) -> Measure:
    asked = {c: rule for c in looked.counts if (rule := looked.model.orphan_rule(c))}
    measure = Measure("orphans", {c: looked.counts[c] for c in asked})
    if not asked:
        return measure
    classes = looked.classes
    related: dict[str, set[CIId]] = {name: set() for rule in asked.values() for name in rule}
    for relation in looked.graph.relations:
        having = related.get(relation.type)
        if having is not None:
            source, target = relation.source, relation.target
            if source in classes and target in classes and source != target:
                having.add(source)
                having.add(target)
    for item in looked.items:
        needed = asked.get(item.ci_class, ())
        if needed and not any(item.id in related[name] for name in needed):
            measure.fail(_key(item.id), item.ci_class, Orphan(item.id, item.ci_class, needed))
    return measure


def _duplicates(looked: Looked) -> Measure:
    measure = Measure("duplicate_items")
    scopes = {c: _scope(looked.model, c) for c in looked.counts}
    groups: dict[tuple[str, tuple[str, ...], tuple[object, ...]], list[ConfigurationItem]] = {}
    for item in looked.items:
        main = looked.marked.get(item.id)
        if main is not None:
            measure.eligible[item.ci_class] += 1
            finding = MarkedDuplicate(item.id, main, main in looked)
            measure.fail(_key(item.id), item.ci_class, finding)
            continue
        declaring, identifiers = scopes[item.ci_class]
        for identifier in identifiers:
            values = tuple([_value(item, name) for name in identifier])
            if all(map(has_value, values)):
                measure.eligible[item.ci_class] += 1
                groups.setdefault((declaring, identifier, values), []).append(item)
                break
    for (_, identifier, values), same in groups.items():
        if len(same) > 1:
            for item in same:
                others = tuple(each.id for each in same if each is not item)
                measure.fail(
                    _key(item.id),
                    item.ci_class,
                    DuplicateItem(item.id, identifier, values, others),
                )
    return measure


def _scope(model: ClassModel, ci_class: str) -> tuple[str, tuple[tuple[str, ...], ...]]:
    """Return the identifiers of a class, and the class that declares them, all of which they tell apart."""
    identifiers = model.identifiers_of(ci_class)
    declaring = ci_class
    if identifiers:
        declaring = next(each for each in model.lineage(ci_class) if model.ci_class(each).identifiers)
    return declaring, identifiers
