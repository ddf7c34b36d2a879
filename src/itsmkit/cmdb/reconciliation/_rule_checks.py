"""What rules say of classes, attributes and relation types that a class model does not know."""

from collections.abc import Collection, Iterable, Iterator

from itsmkit._components import rings_of
from itsmkit._problems import close_to
from itsmkit.cmdb.class_model import ANY_CLASS, OWN_NAME, ClassModel
from itsmkit.cmdb.reconciliation.rules import CI_CLASS, IdentificationRule, ReconciliationRules
from itsmkit.errors import DefinitionError

__all__ = ["check_rules", "way_to_parent"]


def check_rules(rules: ReconciliationRules, model: ClassModel) -> None:
    """
    Raise if *rules* do not fit a class model.

    Raises:
        DefinitionError: With every class, attribute and relation type that the model does not know, and the
            rules of which one needs the other: no item of either could ever be identified first.
    """
    problems = list(_problems(rules, model))
    if problems:
        raise DefinitionError(*problems)


def way_to_parent(relation: str, model: ClassModel) -> tuple[str, bool, bool] | None:
    """
    Return the relation type by which an item says *relation* of its parent, or ``None`` if there is none.

    Args:
        relation: The name of a relation type or its inverse.
        model: The model that knows it.

    Returns:
        The name of the type, whether the item is its source, and whether the item is its target. Both are
        true if the two ends of the type are alike.
    """
    for each in model.relation_types:
        if relation in {each.name, each.inverse}:
            return each.name, relation == each.name, relation == each.inverse
    return None


def _problems(rules: ReconciliationRules, model: ClassModel) -> Iterator[str]:
    for identification in rules.identification:
        where = f"identification of {identification.ci_class!r}"
        yield from _class_problems(where, (identification.ci_class,), model)
        names = [name for each in identification.entries for name in each.attributes]
        yield from _attribute_problems(where, names, identification.ci_class, model, {OWN_NAME})
        for entry in identification.entries:
            if entry.parent is not None and way_to_parent(entry.parent, model) is None:
                ways = dict.fromkeys(
                    name for each in model.relation_types for name in (each.name, each.inverse)
                )
                hint = close_to(entry.parent, ways)
                yield f"{where}: entry {str(entry)!r}: no relation type {entry.parent!r}; {hint}"
    for precedence in rules.precedence:
        where = str(precedence)
        yield from _class_problems(where, (precedence.ci_class,), model)
        own = {OWN_NAME, CI_CLASS}
        yield from _attribute_problems(where, precedence.attributes, precedence.ci_class, model, own)
    for policy in rules.sources:
        yield from _class_problems(f"source {policy.source!r}: may_not_create", policy.may_not_create, model)
    yield from _rings(rules, model)


def _class_problems(where: str, classes: Iterable[str], model: ClassModel) -> Iterator[str]:
    for name in classes:
        if name != ANY_CLASS and not model.knows(name):
            yield f"{where}: {model.unknown_class(name)}"


def _attribute_problems(
    where: str, names: Iterable[str], ci_class: str, model: ClassModel, own: Collection[str]
) -> Iterator[str]:
    """List the attributes that no item of the class can have: those of the classes below it are its too."""
    classes = [
        each.name for each in model.classes if ci_class == ANY_CLASS or model.is_a(each.name, ci_class)
    ]
    schemas = [model.attributes_of(each).types for each in classes]
    if not all(schemas):
        return  # items of one of these may have any attributes
    known = {name for types in schemas for name in types}
    for name in dict.fromkeys(names):
        if schemas and name not in known and name not in own:
            yield f"{where}: no attribute {name!r}; {close_to(name, sorted(known))}"


def _rings(rules: ReconciliationRules, model: ClassModel) -> Iterator[str]:
    """
    List the rules that need each other.

    Within one rule, as for locations in locations, there is an end in the records. Which classes a relation
    leads to is known only of a type for which the model says what is allowed.
    """
    dependent = [each for each in rules.identification if any(entry.parent for entry in each.entries)]
    needed = [
        [other for other, each in enumerate(dependent) if _needs(one, each, model)] for one in dependent
    ]
    for ring in rings_of(range(len(dependent)), needed.__getitem__):
        if len(ring) > 1:
            names = ", ".join(repr(dependent[number].ci_class) for number in sorted(ring))
            yield (
                f"identification of {names}: each needs an item of another as its parent, so that none can "
                "be identified first; take the parent out of the entries of one of them"
            )


def _needs(one: IdentificationRule, other: IdentificationRule, model: ClassModel) -> bool:
    """Tell whether a parent of what *one* identifies can be what *other* identifies."""
    for entry in one.entries:
        way = None if entry.parent is None else way_to_parent(entry.parent, model)
        if way is None:
            continue
        name, is_source, is_target = way
        for allowed in model.allowed:
            if allowed.relation_type != name:
                continue
            for own, parent, holds in (
                (allowed.source, allowed.target, is_source),
                (allowed.target, allowed.source, is_target),
            ):
                if holds and _meet(own, one.ci_class, model) and _meet(parent, other.ci_class, model):
                    return True
    return False


def _meet(one: str, other: str, model: ClassModel) -> bool:
    """Tell whether an item can be of both classes."""
    return ANY_CLASS not in {one, other} and (model.is_a(one, other) or model.is_a(other, one))
