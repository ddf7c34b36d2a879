"""
The class model: which kinds of configuration items there are, and how they may be related.

What a class declares holds for its subclasses too. Rules are looked up by name: a class replaces a rule of
its parent by one of the same name, and keeps the others.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import timedelta
from functools import cached_property
from typing import TypeVar

from attrs import field, frozen

from itsmkit._checks import named
from itsmkit._frozen import EMPTY, FrozenDict, as_tuple
from itsmkit._problems import close_to, distinct_problems, names_problems, under
from itsmkit.cmdb.redundancy import RedundancyRule, rule_from
from itsmkit.cmdb.relation import RelationType
from itsmkit.conditions import FactSchema, FactType
from itsmkit.errors import DefinitionError

__all__ = ["ANY_CLASS", "AllowedRelation", "CIClass", "ClassModel", "Facet", "ImpactRule"]


def _identifiers(sets: Iterable[Iterable[str]]) -> tuple[tuple[str, ...], ...]:
    return tuple(map(as_tuple, as_tuple(sets)))


ANY_CLASS = "*"
"""Stands for every class, where an `AllowedRelation` names one."""

SERVICE = "service"
"""The facet of what is a service to somebody: answers list these apart."""
USER = "user"
"""The facet of who suffers when services fail: answers list these apart."""

NOTHING_KNOWN = FactSchema(EMPTY)


@frozen
class Facet:
    """
    An aspect that classes of any kind can have: attributes that belong together.

    Args:
        name: What it is called, such as ``"networked"``.
        attributes: The attributes that it brings, with their types.

    Raises:
        DefinitionError: If *name* is empty or has spaces around it.
    """

    name: str = field(validator=named)
    attributes: FactSchema = NOTHING_KNOWN


@frozen
class ImpactRule:
    """
    Redundancy by class: relations of one type to a CI count together, by a rule.

    Args:
        name: What it is called; a subclass replaces it by another of the same name.
        relation_type: The type of the relations.
        rule: How many of the providers are needed: a `RedundancyRule`, or its text.
        provider_class: Only providers of this class, or one below it; by default, any.

    Raises:
        DefinitionError: If a name is none, or the rule is none.
    """

    name: str = field(validator=named)
    relation_type: str = field(validator=named)
    rule: RedundancyRule = field(converter=rule_from)
    provider_class: str = field(default=ANY_CLASS, validator=named)


@frozen
class CIClass:
    """
    A kind of configuration item.

    Args:
        name: What it is called, such as ``"virtual machine"``.
        parent: The class that it is a kind of, or ``None``.
        facets: The names of its further aspects; those of its parent are its own too.
        attributes: Its own attributes, with their types; those of its parent and facets are its own too.
        identifiers: Sets of attributes that tell one item of the class from another, the surest first. An
            empty tuple leaves those of its parent.
        required: Attributes that every item must have.
        recommended: Attributes that an item should have.
        impact_rules: Redundancy that all items of the class share.
        stale_after: How long an item may go unseen before it counts as stale; ``None`` leaves it to its
            parent.
        orphan_rule: The names of relation types of which an item needs at least one; without it is an orphan.
            ``None`` leaves it to its parent.
        operational: Whether items can fail and be impacted. A contract or a document is not operational:
            no impact passes through it. ``None`` leaves it to its parent; a class without one is operational.
        leaf: Whether its items are expected to have no dependents, so that their having none is no fault.
        inherit: Whether it takes over identifiers, required and recommended attributes and rules of its
            parent.

    Raises:
        DefinitionError: With every name that is none or stands twice.
    """

    name: str = field(validator=named)
    parent: str | None = None
    facets: tuple[str, ...] = field(default=(), converter=as_tuple, kw_only=True)
    attributes: FactSchema = field(default=NOTHING_KNOWN, kw_only=True)
    identifiers: tuple[tuple[str, ...], ...] = field(default=(), converter=_identifiers, kw_only=True)
    required: tuple[str, ...] = field(default=(), converter=as_tuple, kw_only=True)
    recommended: tuple[str, ...] = field(default=(), converter=as_tuple, kw_only=True)
    impact_rules: tuple[ImpactRule, ...] = field(default=(), converter=as_tuple, kw_only=True)
    stale_after: timedelta | None = field(default=None, kw_only=True)
    orphan_rule: tuple[str, ...] | None = field(default=None, kw_only=True)
    operational: bool | None = field(default=None, kw_only=True)
    leaf: bool | None = field(default=None, kw_only=True)
    inherit: bool = field(default=True, kw_only=True)

    def __attrs_post_init__(self) -> None:
        problems: list[str] = []
        for name in ("facets", "required", "recommended"):
            problems += names_problems(name, getattr(self, name))
        for number, identifier in enumerate(self.identifiers):
            problems += names_problems(f"identifiers[{number}]", identifier)
            if not identifier:
                problems.append(f"identifiers[{number}]: at least one attribute is needed")
        problems += distinct_problems("impact_rules", (rule.name for rule in self.impact_rules))
        if problems:
            raise DefinitionError(*(f"class {self.name!r}: {problem}" for problem in problems))


@frozen
class AllowedRelation:
    """
    Governance: items of one class may have relations of one type to items of another.

    Args:
        source: The class of the source, or one above it; ``"*"`` for any.
        relation_type: The type of the relation.
        target: The class of the target, or one above it; ``"*"`` for any.

    Raises:
        DefinitionError: If one of them is empty or has spaces around it.
    """

    source: str = field(validator=named)
    relation_type: str = field(validator=named)
    target: str = field(validator=named)

    def __str__(self) -> str:
        return f"{self.source} {self.relation_type} {self.target}"


Value = TypeVar("Value")


@frozen
class ClassModel:
    """
    Classes, facets and relation types that belong together.

    Args:
        classes: The classes. If there are none at all, any name will do as a class, and nothing is asked of
            it.
        relation_types: The types of relations.
        facets: The aspects that classes can have.
        allowed: Which relations may be. If none is named of a type, any classes may have relations of it.

    Raises:
        DefinitionError: With everything that is wrong: names that stand twice, parents, facets, classes,
            relation types or attributes that are not there, classes that are their own ancestors.
    """

    classes: tuple[CIClass, ...] = field(default=(), converter=as_tuple)
    relation_types: tuple[RelationType, ...] = field(default=(), converter=as_tuple)
    facets: tuple[Facet, ...] = field(default=(), converter=as_tuple)
    allowed: tuple[AllowedRelation, ...] = field(default=(), converter=as_tuple)

    def __attrs_post_init__(self) -> None:
        problems = list(self._problems())
        if problems:
            raise DefinitionError(*problems)

    # -- what there is ---------------------------------------------------------------------------

    def ci_class(self, name: str) -> CIClass:
        """Return a class by its name. Raises `DefinitionError` if there is none."""
        try:
            return self._classes[name]
        except KeyError:
            raise DefinitionError(f"no class {name!r}; {close_to(name, self._classes)}") from None

    def relation_type(self, name: str) -> RelationType:
        """Return a relation type by its name. Raises `DefinitionError` if there is none."""
        try:
            return self._types[name]
        except KeyError:
            raise DefinitionError(self.unknown_type(name)) from None

    def unknown_type(self, name: str) -> str:
        """Return what to say of a name that is no relation type."""
        opposite = next((each for each in self.relation_types if each.inverse == name), None)
        if opposite is not None:
            return f"{name!r} is the inverse of {opposite.name!r}: swap source and target, and say that"
        return f"{name!r} is no relation type; {close_to(name, self._types)}"

    def knows(self, ci_class: str) -> bool:
        """Tell whether there is a class of this name, or any name will do."""
        return not self.classes or ci_class in self._classes

    def lineage(self, ci_class: str) -> tuple[str, ...]:
        """Return the names of a class and of all that it is a kind of, the nearest first."""
        return tuple(each.name for each in self._line(ci_class)) or (ci_class,)

    def is_a(self, ci_class: str, ancestor: str) -> bool:
        """Tell whether *ci_class* is *ancestor*, or a kind of it."""
        return ancestor == ANY_CLASS or ancestor in self.lineage(ci_class)

    # -- what holds of a class -------------------------------------------------------------------

    def facets_of(self, ci_class: str) -> frozenset[str]:
        """Return the names of all facets of a class; without any classes, its own name."""
        if not self.classes:
            return frozenset({ci_class})
        return frozenset(facet for each in self._line(ci_class) for facet in each.facets)

    def attributes_of(self, ci_class: str) -> FactSchema:
        """Return all attributes of a class: its own, its parents', and those of its facets."""
        facets = {each.name: each for each in self.facets}
        types: dict[str, FactType] = {}
        for name in sorted(self.facets_of(ci_class) & facets.keys()):
            types.update(facets[name].attributes.types)
        for each in reversed(self._line(ci_class)):
            types.update(each.attributes.types)
        return FactSchema(types)

    def identifiers_of(self, ci_class: str) -> tuple[tuple[str, ...], ...]:
        """Return the identifiers of the nearest class that has any."""
        return self._nearest(ci_class, lambda each: each.identifiers or None) or ()

    def required_of(self, ci_class: str) -> tuple[str, ...]:
        """Return the attributes that every item of a class must have, sorted."""
        return tuple(sorted({name for each in self._heirs(ci_class) for name in each.required}))

    def recommended_of(self, ci_class: str) -> tuple[str, ...]:
        """Return the attributes that an item of a class should have, sorted."""
        return tuple(sorted({name for each in self._heirs(ci_class) for name in each.recommended}))

    def impact_rules_of(self, ci_class: str) -> tuple[ImpactRule, ...]:
        """Return the impact rules of a class, sorted by name: of each name, that of the nearest class."""
        rules: dict[str, ImpactRule] = {}
        for each in self._heirs(ci_class):
            for rule in each.impact_rules:
                rules.setdefault(rule.name, rule)
        return tuple(rules[name] for name in sorted(rules))

    def stale_after(self, ci_class: str) -> timedelta | None:
        """Return how long an item of a class may go unseen, or ``None`` for ever."""
        return self._nearest(ci_class, lambda each: each.stale_after)

    def orphan_rule(self, ci_class: str) -> tuple[str, ...]:
        """Return the relation types of which an item needs at least one; empty if it needs none."""
        return self._nearest(ci_class, lambda each: each.orphan_rule) or ()

    def is_operational(self, ci_class: str) -> bool:
        """Tell whether items of a class can fail and be impacted."""
        found = self._nearest(ci_class, lambda each: each.operational)
        return True if found is None else found

    def is_leaf(self, ci_class: str) -> bool:
        """Tell whether items of a class are expected to have no dependents."""
        return bool(self._nearest(ci_class, lambda each: each.leaf))

    def allows(self, source: str, relation_type: str, target: str) -> bool:
        """Tell whether a relation of this type may go from class *source* to class *target*."""
        allowed = self._allowed.get(relation_type)
        return allowed is None or any(
            self.is_a(source, each.source) and self.is_a(target, each.target) for each in allowed
        )

    # -- how it is found -------------------------------------------------------------------------

    @cached_property
    def _classes(self) -> Mapping[str, CIClass]:
        return FrozenDict((each.name, each) for each in self.classes)

    @cached_property
    def _types(self) -> Mapping[str, RelationType]:
        return FrozenDict((each.name, each) for each in self.relation_types)

    @cached_property
    def _allowed(self) -> Mapping[str, tuple[AllowedRelation, ...]]:
        by_type: dict[str, list[AllowedRelation]] = {}
        for each in self.allowed:
            by_type.setdefault(each.relation_type, []).append(each)
        return FrozenDict((name, tuple(allowed)) for name, allowed in by_type.items())

    @cached_property
    def _lines(self) -> dict[str, tuple[CIClass, ...]]:
        return {}

    def _line(self, ci_class: str) -> tuple[CIClass, ...]:
        """Return a class and its ancestors, the nearest first; of an unknown class, none."""
        known = self._lines.get(ci_class)
        if known is None:
            line: list[CIClass] = []
            name: str | None = ci_class
            while name is not None and (each := self._classes.get(name)) is not None:
                line.append(each)
                name = each.parent
            known = self._lines[ci_class] = tuple(line)
        return known

    def _heirs(self, ci_class: str) -> Iterator[CIClass]:
        """Go through a class and its ancestors up to one that takes over nothing."""
        for each in self._line(ci_class):
            yield each
            if not each.inherit:
                return

    def _nearest(self, ci_class: str, asked: Callable[[CIClass], Value | None]) -> Value | None:
        return next((found for each in self._heirs(ci_class) if (found := asked(each)) is not None), None)

    # -- what is wrong ---------------------------------------------------------------------------

    def _problems(self) -> Iterator[str]:
        yield from distinct_problems("classes", (each.name for each in self.classes))
        yield from distinct_problems("facets", (each.name for each in self.facets))
        names = (name for each in self.relation_types for name in {each.name, each.inverse})
        yield from distinct_problems("relation_types", names)
        yield from self._cycles()
        for each in self.classes:
            for problem in self._class_problems(each):
                yield under(f"class {each.name!r}", problem)
        for number, allowed in enumerate(self.allowed):
            yield from self._unknown(f"allowed[{number}]", (allowed.source, allowed.target))
            if allowed.relation_type not in self._types:
                yield f"allowed[{number}]: {self.unknown_type(allowed.relation_type)}"

    def _class_problems(self, each: CIClass) -> Iterator[str]:
        if each.parent is not None and each.parent not in self._classes:
            yield f"parent: no class {each.parent!r}; {close_to(each.parent, self._classes)}"
        facets = {facet.name for facet in self.facets}
        for name in each.facets:
            if name not in facets:
                yield f"facets: no facet {name!r}; {close_to(name, sorted(facets))}"
        for rule in each.impact_rules:
            where = f"impact_rules: {rule.name!r}"
            if rule.relation_type not in self._types:
                yield f"{where}: {self.unknown_type(rule.relation_type)}"
            yield from self._unknown(where, (rule.provider_class,))
        for name in each.orphan_rule or ():
            if name not in self._types:
                yield f"orphan_rule: {self.unknown_type(name)}"
        if not self._in_cycle(each.name):
            yield from self._attribute_problems(each)

    def _attribute_problems(self, each: CIClass) -> Iterator[str]:
        attributes = self.attributes_of(each.name).types
        asked = [("required", each.required), ("recommended", each.recommended)]
        asked += [(f"identifiers[{number}]", found) for number, found in enumerate(each.identifiers)]
        for where, names in asked:
            for name in names:
                if name not in attributes and name != "name":
                    yield f"{where}: no attribute {name!r}; {close_to(name, attributes)}"

    def _unknown(self, where: str, classes: Iterable[str]) -> Iterator[str]:
        for name in classes:
            if name != ANY_CLASS and not self.knows(name):
                yield f"{where}: no class {name!r}; {close_to(name, self._classes)}"

    def _in_cycle(self, ci_class: str) -> bool:
        seen: set[str] = set()
        name: str | None = ci_class
        while name is not None and name not in seen and name in self._classes:
            seen.add(name)
            name = self._classes[name].parent
        return name is not None and name in seen

    def _cycles(self) -> Iterator[str]:
        told: set[str] = set()
        for each in self.classes:
            if each.name in told or not self._in_cycle(each.name):
                continue
            ring, name = [], each.name
            while name not in ring:
                ring.append(name)
                parent = self._classes[name].parent
                assert parent is not None  # noqa: S101  # a ring has no end
                name = parent
            if name in told:
                continue
            ring = ring[ring.index(name) :]
            told.update(ring)
            yield f"classes: {' is a '.join([*ring, name])}: a class cannot be its own ancestor"
