"""In what the items and relations of a graph depart from the class model."""

from collections.abc import Iterable, Iterator
from typing import Literal

from attrs import evolve

from itsmkit.cmdb.class_model import AllowedRelation, ClassModel
from itsmkit.cmdb.configuration_item import CIId, ConfigurationItem
from itsmkit.cmdb.findings import AttributeFault, AttributeProblem, BrokenCardinality
from itsmkit.cmdb.relation import Relation
from itsmkit.conditions import FactSchema, fact_problems

__all__ = ["attribute_faults", "broken_cardinalities"]

End = Literal["targets", "sources"]
_ENDS: tuple[End, ...] = ("targets", "sources")


def attribute_faults(items: Iterable[ConfigurationItem], model: ClassModel) -> Iterator[AttributeFault]:
    """List in what the attributes of *items* depart from those of their classes, in the order of the items."""
    schemas: dict[str, FactSchema] = {}
    for item in items:
        schema = schemas.get(item.ci_class)
        if schema is None:
            schema = schemas[item.ci_class] = _schema(model, item.ci_class)
        if schema.types and fact_problems(item.attributes, schema):
            yield from _faults(item, schema)


def _schema(model: ClassModel, ci_class: str) -> FactSchema:
    """Return the attributes of a class, of which those that are required must be there."""
    types = dict(model.attributes_of(ci_class).types)
    for name in model.required_of(ci_class):
        if name in types:
            types[name] = evolve(types[name], optional=False)
    return FactSchema(types)


def _faults(item: ConfigurationItem, schema: FactSchema) -> Iterator[AttributeFault]:
    for name in sorted({*schema.types, *item.attributes}):
        given = {name: item.attributes[name]} if name in item.attributes else {}
        found = schema.types.get(name)
        if found is None:
            yield AttributeFault(item.id, item.ci_class, name, AttributeProblem.UNKNOWN)
            continue
        problems = fact_problems(given, FactSchema({name: found}))
        if not problems:
            continue
        wrong = fact_problems(given, FactSchema({name: evolve(found, optional=True)}))
        problem = AttributeProblem.WRONG if wrong else AttributeProblem.MISSING
        detail = wrong[0].removeprefix(f"{name}: ") if wrong else ""
        yield AttributeFault(item.id, item.ci_class, name, problem, detail)


def broken_cardinalities(
    items: tuple[ConfigurationItem, ...], relations: Iterable[Relation], model: ClassModel
) -> Iterator[BrokenCardinality]:
    """
    List the items that have too few or too many others, sorted by what is allowed, by end and by id.

    Args:
        items: The items, sorted by id.
        relations: The relations; one with a missing end does not count.
        model: Knows what is allowed.
    """
    bounded = sorted((each for each in model.allowed if each.is_bounded), key=lambda each: each.key)
    if not bounded:
        return
    others = _others(items, relations, model, bounded)
    for number, allowed in enumerate(bounded):
        for end in _ENDS:
            least, most = allowed.bounds(end)
            if (least, most) == (0, None):
                continue
            having = others[number, end]
            counted = allowed.source if end == "targets" else allowed.target
            for item in items:
                count = len(having.get(item.id, ()))
                if (count >= least and (most is None or count <= most)) or not model.is_a(
                    item.ci_class, counted
                ):
                    continue
                yield BrokenCardinality(item.id, allowed, end, tuple(sorted(having.get(item.id, ()))))


def _others(
    items: tuple[ConfigurationItem, ...],
    relations: Iterable[Relation],
    model: ClassModel,
    bounded: list[AllowedRelation],
) -> dict[tuple[int, End], dict[CIId, set[CIId]]]:
    """Return, for each of *bounded* and each end, the different others of each item."""
    classes = {item.id: item.ci_class for item in items}
    alike = {each.relation_type: model.is_symmetric(each.relation_type) for each in bounded}
    counting: dict[tuple[str, str, str], list[int]] = {}
    others: dict[tuple[int, End], dict[CIId, set[CIId]]] = {
        (number, end): {} for number in range(len(bounded)) for end in _ENDS
    }
    for relation in relations:
        if relation.type not in alike or relation.source not in classes or relation.target not in classes:
            continue
        ways = [(relation.source, relation.target)]
        if alike[relation.type]:
            ways.append((relation.target, relation.source))
        for source, target in ways:
            triple = (classes[source], relation.type, classes[target])
            if triple not in counting:
                counting[triple] = [n for n, each in enumerate(bounded) if _counts(model, each, triple)]
            for number in counting[triple]:
                others[number, "targets"].setdefault(source, set()).add(target)
                others[number, "sources"].setdefault(target, set()).add(source)
    return others


def _counts(model: ClassModel, allowed: AllowedRelation, triple: tuple[str, str, str]) -> bool:
    source, relation_type, target = triple
    return (
        allowed.relation_type == relation_type
        and model.is_a(source, allowed.source)
        and model.is_a(target, allowed.target)
    )
