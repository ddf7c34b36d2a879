"""In what the items and relations of a graph depart from the class model."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Literal, NamedTuple

from attrs import evolve

from itsmkit.cmdb.class_model import AllowedRelation, ClassModel
from itsmkit.cmdb.configuration_item import CIId, ConfigurationItem
from itsmkit.cmdb.findings import AttributeFault, AttributeProblem, BrokenCardinality
from itsmkit.cmdb.relation import Relation
from itsmkit.conditions import FactKind, FactSchema, FactType, fact_problems

__all__ = ["attribute_faults", "broken_cardinalities"]

End = Literal["targets", "sources"]
_ENDS: tuple[End, ...] = ("targets", "sources")


_PLAIN: Mapping[FactKind, type] = {FactKind.TEXT: str, FactKind.NUMBER: int, FactKind.TRUTH: bool}
"""The types of most values, which need no closer look."""


class _Expected(NamedTuple):
    """
    What is asked of the attributes of a class.

    Args:
        types: The type of each; one that is required is not optional.
        plain: The Python type of a value that is surely right, of each attribute that has one.
        needed: The names of those that must have a value.
    """

    types: Mapping[str, FactType]
    plain: Mapping[str, type]
    needed: tuple[str, ...]


def attribute_faults(items: Iterable[ConfigurationItem], model: ClassModel) -> Iterator[AttributeFault]:
    """List in what the attributes of *items* depart from those of their classes, item by item, sorted."""
    expected: dict[str, _Expected] = {}
    for item in items:
        asked = expected.get(item.ci_class)
        if asked is None:
            asked = expected[item.ci_class] = _expected(model, item.ci_class)
        if not asked.types:
            continue
        attributes, plain = item.attributes, asked.plain
        odd = [name for name, value in attributes.items() if type(value) is not plain.get(name)]
        odd += [name for name in asked.needed if _is_blank(attributes.get(name))]
        for name in sorted(set(odd)) if odd else ():
            yield from _faults(item, name, asked.types)


def _is_blank(value: object) -> bool:
    return value is None or (isinstance(value, str) and not value.strip())


def _expected(model: ClassModel, ci_class: str) -> _Expected:
    types = dict(model.attributes_of(ci_class).types)
    for name in model.required_of(ci_class):
        if name in types:
            types[name] = evolve(types[name], optional=False)
    return _Expected(
        types,
        {
            name: _PLAIN[each.kind]
            for name, each in types.items()
            if each.kind in _PLAIN and each.choices is None
        },
        tuple(name for name, each in types.items() if not each.optional),
    )


def _faults(item: ConfigurationItem, name: str, types: Mapping[str, FactType]) -> Iterator[AttributeFault]:
    found = types.get(name)
    if found is None:
        yield AttributeFault(item.id, item.ci_class, name, AttributeProblem.UNKNOWN)
        return
    given = {name: item.attributes.get(name)}
    if fact_problems(given, FactSchema({name: found})):
        wrong = fact_problems(given, FactSchema({name: evolve(found, optional=True)}))
        problem = AttributeProblem.WRONG if wrong else AttributeProblem.MISSING
        yield AttributeFault(
            item.id, item.ci_class, name, problem, wrong[0].removeprefix(f"{name}: ") if wrong else ""
        )


def broken_cardinalities(
    items: Sequence[ConfigurationItem], relations: Iterable[Relation], model: ClassModel
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
            for ci in _counted(items, model, allowed, end) if least else sorted(having):
                found = having.get(ci, ())
                if len(found) < least or (most is not None and len(found) > most):
                    yield BrokenCardinality(ci, allowed, end, tuple(sorted(found)))


def _counted(
    items: Sequence[ConfigurationItem], model: ClassModel, allowed: AllowedRelation, end: End
) -> Iterator[CIId]:
    """Go through the items of which a cardinality is asked, whether they have such relations or not."""
    ci_class = allowed.source if end == "targets" else allowed.target
    kinds = {name for name in {item.ci_class for item in items} if model.is_a(name, ci_class)}
    return (item.id for item in items if item.ci_class in kinds)


def _others(
    items: Sequence[ConfigurationItem],
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
