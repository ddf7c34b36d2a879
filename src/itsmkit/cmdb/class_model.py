"""
The class model: which kinds of configuration items there are, and how they may be related.

What a class *is* (its attributes, its facets, whether it is operational, whether it is a leaf) holds for its
subclasses too. So do its *rules* (identifiers, required and recommended attributes, impact rules, the rules
of staleness and orphans), unless a subclass says ``inherit=False``. Impact rules are looked up by name: a
class replaces a rule of its parent by one of the same name, and keeps the others.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import timedelta
from functools import cached_property
from typing import TypeVar

from attrs import field, frozen

from itsmkit._checks import is_a, named
from itsmkit._frozen import EMPTY, FrozenDict, as_tuple
from itsmkit._problems import (
    close_to,
    distinct_problems,
    items_problems,
    name_problems,
    names_problems,
    shown,
    under,
)
from itsmkit.cmdb.levels import LevelChain
from itsmkit.cmdb.model_findings import ModelFinding, findings_of
from itsmkit.cmdb.redundancy import RedundancyRule, rule_from
from itsmkit.cmdb.relation import STANDARD_RELATION_TYPES, RelationType
from itsmkit.conditions import FactSchema, FactType, schema_from
from itsmkit.errors import DefinitionError

__all__ = ["ANY_CLASS", "AllowedRelation", "CIClass", "ClassModel", "Facet", "ImpactRule", "OPEN_MODEL"]

ANY_CLASS = "*"
"""Stands for every class, where an `AllowedRelation` names one."""

SERVICE = "service"
"""The facet of what is a service to somebody: answers list these apart."""
USER = "user"
"""The facet of who suffers when services fail: answers list these apart."""

OWN_NAME = "name"
"""What every item has beside its attributes, and can be identified by."""

NOTHING_KNOWN = FactSchema(EMPTY)


def _identifiers(sets: Iterable[Iterable[str]]) -> tuple[tuple[str, ...], ...]:
    return tuple(map(as_tuple, as_tuple(sets)))


def _tuple_if_any(given: Iterable[str] | None) -> tuple[str, ...] | None:
    return None if given is None else as_tuple(given)


def _schema(given: FactSchema | Mapping[str, object]) -> FactSchema:
    if isinstance(given, FactSchema):
        return given
    if is_a(given, Mapping):
        given = {
            name: {"kind": each.kind, "choices": each.choices, "optional": each.optional}
            if isinstance(each, FactType)
            else each
            for name, each in given.items()
        }
    return schema_from(given, where="attributes")


def _own_name_problems(schema: FactSchema) -> Iterator[str]:
    if OWN_NAME in schema.types:
        yield f"attributes: {OWN_NAME!r} is what every item is called; leave it out"


@frozen
class Facet:
    """
    An aspect that classes of any kind can have: attributes that belong together.

    Args:
        name: What it is called, such as ``"networked"``.
        attributes: The attributes that it brings, with their types: a `FactSchema`, or a mapping that
            `schema_from` reads.

    Raises:
        DefinitionError: If *name* is empty or has spaces around it, or *attributes* are none.
    """

    name: str = field(validator=named)
    attributes: FactSchema = field(default=NOTHING_KNOWN, converter=_schema)

    def __attrs_post_init__(self) -> None:
        problems = list(_own_name_problems(self.attributes))
        if problems:
            raise DefinitionError(*(f"facet {self.name!r}: {problem}" for problem in problems))


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
        name: What it is called, such as ``"virtual machine"``; any name but ``"*"``.
        parent: The class that it is a kind of, or ``None``.
        facets: The names of its further aspects; those of its parent are its own too.
        attributes: Its own attributes, with their types: a `FactSchema`, or a mapping that `schema_from`
            reads. Those of its parent and of all its facets are its own too; of several of one name, that of
            the nearest class holds, its own before those of its facets. Where a class has none at all, its
            items may have any.
        identifiers: Sets of attributes that tell one item of the class from another, the surest first;
            ``"name"`` is the name of the item. An empty tuple leaves those of its parent.
        required: Attributes that every item must have.
        recommended: Attributes that an item should have.
        impact_rules: Redundancy that all items of the class share.
        stale_after: How long an item may go unseen before it counts as stale, more than no time; ``None``
            leaves it to its parent.
        orphan_rule: The names of relation types of which an item needs at least one; without it is an orphan.
            ``None`` leaves it to its parent, and an empty tuple asks for none.
        operational: Whether impact reaches items, and passes on from them. A contract or a document is not
            operational: what is said to have failed of it, is at that level itself, and nothing else is.
            ``None`` leaves it to its parent; a class without one is operational.
        leaf: Whether its items are expected to have no dependents, so that their having none is no fault.
            ``None`` leaves it to its parent.
        inherit: Whether it takes over the rules of its parent: identifiers, required and recommended
            attributes, impact rules, the rules of staleness and orphans. What its parent is, it is anyway.

    Raises:
        DefinitionError: With every name that is none or stands twice, and everything else that is not what
            it should be.
    """

    name: str = field(validator=named)
    parent: str | None = None
    facets: tuple[str, ...] = field(default=(), converter=as_tuple, kw_only=True)
    attributes: FactSchema = field(default=NOTHING_KNOWN, converter=_schema, kw_only=True)
    identifiers: tuple[tuple[str, ...], ...] = field(default=(), converter=_identifiers, kw_only=True)
    required: tuple[str, ...] = field(default=(), converter=as_tuple, kw_only=True)
    recommended: tuple[str, ...] = field(default=(), converter=as_tuple, kw_only=True)
    impact_rules: tuple[ImpactRule, ...] = field(default=(), converter=as_tuple, kw_only=True)
    stale_after: timedelta | None = field(default=None, kw_only=True)
    orphan_rule: tuple[str, ...] | None = field(default=None, converter=_tuple_if_any, kw_only=True)
    operational: bool | None = field(default=None, kw_only=True)
    leaf: bool | None = field(default=None, kw_only=True)
    inherit: bool = field(default=True, kw_only=True)

    def __attrs_post_init__(self) -> None:
        problems = list(_own_name_problems(self.attributes))
        if self.name == ANY_CLASS:
            problems.append("name: stands for every class; call it otherwise")
        if self.parent is not None:
            problems += name_problems("parent", self.parent)
        for name in ("facets", "required", "recommended", "orphan_rule"):
            problems += names_problems(name, getattr(self, name) or ())
        for number, identifier in enumerate(self.identifiers):
            problems += names_problems(f"identifiers[{number}]", identifier)
            if not identifier:
                problems.append(f"identifiers[{number}]: at least one attribute is needed")
        problems += items_problems("impact_rules", self.impact_rules, ImpactRule)
        rules = (rule.name for rule in self.impact_rules if is_a(rule, ImpactRule))
        problems += distinct_problems("impact_rules", rules)
        problems += _trait_problems(self)
        if problems:
            raise DefinitionError(*(f"class {self.name!r}: {problem}" for problem in problems))


def _trait_problems(each: CIClass) -> Iterator[str]:
    if each.stale_after is not None:
        if not is_a(each.stale_after, timedelta):
            yield f"stale_after: must be a timedelta, not {shown(each.stale_after)}"
        elif each.stale_after <= timedelta():
            yield f"stale_after: must be longer than no time at all, not {each.stale_after}"
    for name in ("operational", "leaf"):
        if not is_a(getattr(each, name), bool, type(None)):
            yield f"{name}: must be True, False or None, not {shown(getattr(each, name))}"
    if not is_a(each.inherit, bool):
        yield f"inherit: must be True or False, not {shown(each.inherit)}"


@frozen
class AllowedRelation:
    """
    Governance: items of one class may have relations of one type to items of another.

    Cardinality counts different items, not relations: two cables between the same two count once. It is
    counted for each allowed relation on its own. Where both ends of the type are alike, as in
    ``connects_to``, it does not matter which of them is drawn as the source.

    Args:
        source: The class of the source, or one above it; ``"*"`` for any.
        relation_type: The type of the relation.
        target: The class of the target, or one above it; ``"*"`` for any.
        at_least_targets: How many targets of that class each source must have.
        at_most_targets: How many it can have at most; ``None`` for any number.
        at_least_sources: How many sources of that class each target must have.
        at_most_sources: How many it can have at most; ``None`` for any number.

    Raises:
        DefinitionError: With each name that is empty or has spaces around it, each number that is no whole
            number or too small, and a most that is less than the least.

    >>> AllowedRelation("virtual machine", "runs_on", "hypervisor", at_most_targets=1).is_bounded
    True
    """

    source: str = field(validator=named)
    relation_type: str = field(validator=named)
    target: str = field(validator=named)
    at_least_targets: int = field(default=0, kw_only=True)
    at_most_targets: int | None = field(default=None, kw_only=True)
    at_least_sources: int = field(default=0, kw_only=True)
    at_most_sources: int | None = field(default=None, kw_only=True)

    def __attrs_post_init__(self) -> None:
        problems: list[str] = []
        for end in ("targets", "sources"):
            least, most = getattr(self, f"at_least_{end}"), getattr(self, f"at_most_{end}")
            wrong = list(_number_problems(f"at_least_{end}", least, 0))
            if most is not None:
                wrong += _number_problems(f"at_most_{end}", most, 1)
                if not wrong and most < least:
                    wrong.append(f"at_most_{end}: {most} is less than at_least_{end}, which is {least}")
            problems += wrong
        if problems:
            raise DefinitionError(*(f"allowed {str(self)!r}: {problem}" for problem in problems))

    @property
    def key(self) -> tuple[str, str, str]:
        """Return what it is known by: the source, the type and the target."""
        return self.source, self.relation_type, self.target

    @property
    def is_bounded(self) -> bool:
        """Tell whether it has a cardinality."""
        return self.bounds("targets") != (0, None) or self.bounds("sources") != (0, None)

    def bounds(self, end: str) -> tuple[int, int | None]:
        """Return how many there are at least and at most at an *end*: ``"targets"`` or ``"sources"``."""
        if end == "targets":
            return self.at_least_targets, self.at_most_targets
        return self.at_least_sources, self.at_most_sources

    def __str__(self) -> str:
        return f"{self.source} {self.relation_type} {self.target}"


def _number_problems(path: str, value: object, least: int) -> Iterator[str]:
    if type(value) is not int or value < least:
        yield f"{path}: must be a whole number of {least} or more, not {shown(value)}"


Value = TypeVar("Value")


@frozen(eq=False)
class _Holds:
    """All that holds of one class, found once."""

    lineage: tuple[str, ...]
    facets: frozenset[str]
    attributes: FactSchema = NOTHING_KNOWN
    identifiers: tuple[tuple[str, ...], ...] = ()
    required: tuple[str, ...] = ()
    recommended: tuple[str, ...] = ()
    impact_rules: tuple[ImpactRule, ...] = ()
    stale_after: timedelta | None = None
    orphan_rule: tuple[str, ...] = ()
    operational: bool = True
    leaf: bool = False
    kinds: frozenset[str] = field(init=False)

    def __attrs_post_init__(self) -> None:
        object.__setattr__(self, "kinds", frozenset((*self.lineage, ANY_CLASS)))


@frozen
class ClassModel:
    """
    Classes, facets and relation types that belong together.

    What is asked of a class is found once and kept: asking again costs a look-up, however deep the class.

    Args:
        classes: The classes. If there are none at all, any name will do as a class, and nothing is asked of
            it.
        relation_types: The types of relations.
        facets: The aspects that classes can have.
        allowed: Which relations may be. If none is named of a type, any classes may have relations of it.

    Raises:
        DefinitionError: With everything that is wrong: names that stand twice, parents, facets, classes,
            relation types or attributes that are not there, classes that are their own ancestors, attributes
            of which two facets of a class differ.

    Example:
        >>> model = ClassModel(
        ...     [CIClass("host", attributes={"ram_gb": "number"}), CIClass("virtual machine", "host")],
        ...     [RelationType("runs_on", "runs", "reverse")],
        ...     allowed=[AllowedRelation("virtual machine", "runs_on", "host", at_most_targets=1)],
        ... )
        >>> model.is_a("virtual machine", "host"), model.allows("host", "runs_on", "host")
        (True, False)
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
            raise DefinitionError(self.unknown_class(name)) from None

    def unknown_class(self, name: str) -> str:
        """Return what to say of a name that is no class."""
        return f"no class {name!r}; {close_to(name, self._classes)}"

    def relation_type(self, name: str) -> RelationType:
        """Return a relation type by its name. Raises `DefinitionError` if there is none."""
        try:
            return self._types[name]
        except KeyError:
            raise DefinitionError(self.unknown_type(name)) from None

    def knows_type(self, name: str) -> bool:
        """Tell whether there is a relation type of this name; that of an inverse is none."""
        return name in self._types

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
        return self._of(ci_class).lineage

    def is_a(self, ci_class: str, ancestor: str) -> bool:
        """Tell whether *ci_class* is *ancestor*, or a kind of it."""
        return ancestor in self._of(ci_class).kinds

    def subclasses(self, ci_class: str) -> tuple[str, ...]:
        """Return the names of a class and of all that are a kind of it, sorted; of an unknown one, none."""
        return tuple(sorted(each.name for each in self.classes if self.is_a(each.name, ci_class)))

    @cached_property
    def findings(self) -> tuple[ModelFinding, ...]:
        """
        What is questionable, but does not stop the model from being used; sorted by kind and class.

        An operational class whose items can have no dependents, although it is no leaf; an impact rule that
        never applies; an orphan rule that nothing can keep.
        """
        return findings_of(self)

    def level_problems(self, levels: LevelChain) -> Iterator[str]:
        """List what its effects and impact rules say that *levels* cannot mean, with where it stands."""
        for each in self.relation_types:
            for problem in each.effect.problems(levels):
                yield f"relation type {each.name!r}: {problem}"
        for ci_class in self.classes:
            for rule in ci_class.impact_rules:
                for problem in rule.rule.level_problems(levels):
                    yield f"class {ci_class.name!r}: impact rule {rule.name!r}: {problem}"

    # -- what holds of a class -------------------------------------------------------------------

    def facets_of(self, ci_class: str) -> frozenset[str]:
        """Return the names of all facets of a class; without any classes, its own name."""
        return self._of(ci_class).facets

    def attributes_of(self, ci_class: str) -> FactSchema:
        """Return all attributes of a class: its own, its parents', and those of its facets."""
        return self._of(ci_class).attributes

    def identifiers_of(self, ci_class: str) -> tuple[tuple[str, ...], ...]:
        """Return the identifiers of the nearest class that has any."""
        return self._of(ci_class).identifiers

    def required_of(self, ci_class: str) -> tuple[str, ...]:
        """Return the attributes that every item of a class must have, sorted."""
        return self._of(ci_class).required

    def recommended_of(self, ci_class: str) -> tuple[str, ...]:
        """Return the attributes that an item of a class should have, sorted; required ones are none."""
        return self._of(ci_class).recommended

    def impact_rules_of(self, ci_class: str) -> tuple[ImpactRule, ...]:
        """Return the impact rules of a class, sorted by name: of each name, that of the nearest class."""
        return self._of(ci_class).impact_rules

    def stale_after(self, ci_class: str) -> timedelta | None:
        """Return how long an item of a class may go unseen, or ``None`` for ever."""
        return self._of(ci_class).stale_after

    def orphan_rule(self, ci_class: str) -> tuple[str, ...]:
        """Return the relation types of which an item needs at least one; empty if it needs none."""
        return self._of(ci_class).orphan_rule

    def is_operational(self, ci_class: str) -> bool:
        """Tell whether impact reaches items of a class, and passes on from them."""
        return self._of(ci_class).operational

    def is_leaf(self, ci_class: str) -> bool:
        """Tell whether items of a class are expected to have no dependents."""
        return self._of(ci_class).leaf

    def allows(self, source: str, relation_type: str, target: str) -> bool:
        """Tell whether a relation of this type may go from class *source* to class *target*."""
        return relation_type not in self._allowed or bool(self.allowing(source, relation_type, target))

    def allowing(self, source: str, relation_type: str, target: str) -> tuple[AllowedRelation, ...]:
        """
        Return what allows a relation of this type to go from class *source* to class *target*.

        Where both ends of the type are alike, what allows it the other way round does so too. The result is
        empty if nothing does, as where nothing at all is said of the type.
        """
        kinds, other_kinds = self._of(source).kinds, self._of(target).kinds
        alike = self.is_symmetric(relation_type)
        return tuple(
            each
            for each in self._allowed.get(relation_type, ())
            if (each.source in kinds and each.target in other_kinds)
            or (alike and each.source in other_kinds and each.target in kinds)
        )

    def is_symmetric(self, relation_type: str) -> bool:
        """Tell whether both ends of a type are alike, because it is its own inverse."""
        found = self._types.get(relation_type)
        return found is not None and found.name == found.inverse

    # -- what is added to it ---------------------------------------------------------------------

    def extended(
        self,
        *,
        classes: Iterable[CIClass] = (),
        relation_types: Iterable[RelationType] = (),
        facets: Iterable[Facet] = (),
        allowed: Iterable[AllowedRelation] = (),
        replacing: Iterable[str] = (),
    ) -> "ClassModel":
        """
        Return this model with more in it.

        What stands in it already as it is, may be given again. To say of something else that it takes the
        place of what is there, its name must stand in *replacing*.

        Args:
            classes: Further classes; their parents may be of this model.
            relation_types: Further relation types.
            facets: Further facets.
            allowed: What further relations may be. Of a type of which nothing has been named before, only
                these may be then.
            replacing: The names of classes, relation types and facets that are to be replaced by others of
                the same name; of an allowed relation, its sentence, such as ``"host runs_on rack"``.

        Raises:
            DefinitionError: With everything that is there already, and different; each name to be replaced
                that is not there, or that nothing takes the place of; and everything that is wrong with the
                result.

        Example:
            >>> model = ClassModel([CIClass("host")])
            >>> [each.name for each in model.extended(classes=[CIClass("mainframe", "host")]).classes]
            ['host', 'mainframe']
            >>> model.extended(classes=[CIClass("host", leaf=True)])
            Traceback (most recent call last):
                ...
            itsmkit.errors.DefinitionError: classes: 'host' is there already, and different; say ...
        """
        classes, relation_types = as_tuple(classes), as_tuple(relation_types)
        facets, allowed = as_tuple(facets), as_tuple(allowed)
        wrong = list(
            _kind_problems(classes=classes, relation_types=relation_types, facets=facets, allowed=allowed)
        )
        if wrong:
            raise DefinitionError(*wrong)
        joining = _Joining(frozenset(as_tuple(replacing)))
        parts = {
            "classes": joining.of("classes", self.classes, classes, lambda each: each.name),
            "relation_types": joining.of(
                "relation_types", self.relation_types, relation_types, lambda each: each.name
            ),
            "facets": joining.of("facets", self.facets, facets, lambda each: each.name),
            "allowed": joining.of("allowed", self.allowed, allowed, str),
        }
        problems = joining.problems()
        if problems:
            raise DefinitionError(*problems)
        return ClassModel(**parts)

    def __or__(self, other: "ClassModel") -> "ClassModel":
        """
        Return the model of what is in both.

        Raises:
            DefinitionError: With everything that is in both, and different: see `extended`.
        """
        if not isinstance(other, ClassModel):
            return NotImplemented
        return self.extended(
            classes=other.classes,
            relation_types=other.relation_types,
            facets=other.facets,
            allowed=other.allowed,
        )

    # -- how it is found -------------------------------------------------------------------------

    @cached_property
    def _classes(self) -> Mapping[str, CIClass]:
        return FrozenDict((each.name, each) for each in self.classes)

    @cached_property
    def _types(self) -> Mapping[str, RelationType]:
        return FrozenDict((each.name, each) for each in self.relation_types)

    @cached_property
    def _facets(self) -> Mapping[str, Facet]:
        return FrozenDict((each.name, each) for each in self.facets)

    @cached_property
    def _allowed(self) -> Mapping[str, tuple[AllowedRelation, ...]]:
        by_type: dict[str, list[AllowedRelation]] = {}
        for each in self.allowed:
            by_type.setdefault(each.relation_type, []).append(each)
        return FrozenDict((name, tuple(allowed)) for name, allowed in by_type.items())

    @cached_property
    def _held(self) -> dict[str, _Holds]:
        return {}

    def _of(self, ci_class: str) -> _Holds:
        """Return what holds of a class. Of an unknown one it is not kept: there may be any number of them."""
        found = self._held.get(ci_class)
        if found is None:
            if ci_class not in self._classes:
                return _Holds((ci_class,), frozenset() if self.classes else frozenset({ci_class}))
            found = self._held[ci_class] = self._found(ci_class)
        return found

    def _found(self, ci_class: str) -> _Holds:
        line = self._line(ci_class)
        heirs = tuple(_heirs(line))
        rules: dict[str, ImpactRule] = {}
        for each in heirs:
            for rule in each.impact_rules:
                rules.setdefault(rule.name, rule)
        required = {name for each in heirs for name in each.required}
        recommended = {name for each in heirs for name in each.recommended} - required
        return _Holds(
            lineage=tuple(each.name for each in line),
            facets=frozenset(facet for each in line for facet in each.facets),
            attributes=FactSchema(self._attributes(line)),
            identifiers=_nearest(heirs, lambda each: each.identifiers or None) or (),
            required=tuple(sorted(required)),
            recommended=tuple(sorted(recommended)),
            impact_rules=tuple(rules[name] for name in sorted(rules)),
            stale_after=_nearest(heirs, lambda each: each.stale_after),
            orphan_rule=_nearest(heirs, lambda each: each.orphan_rule) or (),
            operational=_nearest(line, lambda each: each.operational) is not False,
            leaf=_nearest(line, lambda each: each.leaf) is True,
        )

    def _line(self, ci_class: str) -> tuple[CIClass, ...]:
        """Return a class and its ancestors, the nearest first; nothing twice, were it its own ancestor."""
        line: dict[str, CIClass] = {}
        name: str | None = ci_class
        while name is not None and name not in line and (each := self._classes.get(name)) is not None:
            line[name] = each
            name = each.parent
        return tuple(line.values())

    def _attributes(self, line: tuple[CIClass, ...]) -> dict[str, FactType]:
        types: dict[str, FactType] = {}
        for each in reversed(line):
            for name in each.facets:
                if name in self._facets:
                    types.update(self._facets[name].attributes.types)
            types.update(each.attributes.types)
        return types

    # -- what is wrong ---------------------------------------------------------------------------

    def _problems(self) -> Iterator[str]:
        wrong = list(
            _kind_problems(
                classes=self.classes,
                relation_types=self.relation_types,
                facets=self.facets,
                allowed=self.allowed,
            )
        )
        if wrong:
            yield from wrong  # of which nothing more can be asked
            return
        yield from distinct_problems("classes", (each.name for each in self.classes))
        yield from distinct_problems("facets", (each.name for each in self.facets))
        names = (name for each in self.relation_types for name in sorted({each.name, each.inverse}))
        yield from distinct_problems("relation_types", names)
        yield from distinct_problems("allowed", map(str, self.allowed))
        yield from self._cycles()
        for each in self.classes:
            for problem in self._class_problems(each):
                yield under(f"class {each.name!r}", problem)
        for allowed in self.allowed:
            where = f"allowed {str(allowed)!r}"
            yield from self._unknown(where, dict.fromkeys((allowed.source, allowed.target)))
            if allowed.relation_type not in self._types:
                yield f"{where}: {self.unknown_type(allowed.relation_type)}"

    def _class_problems(self, each: CIClass) -> Iterator[str]:
        if each.parent is not None and each.parent not in self._classes:
            yield f"parent: {self.unknown_class(each.parent)}"
        for name in each.facets:
            if name not in self._facets:
                yield f"facets: no facet {name!r}; {close_to(name, self._facets)}"
        yield from self._facet_problems(each)
        for rule in each.impact_rules:
            where = f"impact_rules: {rule.name!r}"
            if rule.relation_type not in self._types:
                yield f"{where}: {self.unknown_type(rule.relation_type)}"
            yield from self._unknown(where, (rule.provider_class,))
        for name in each.orphan_rule or ():
            if name not in self._types:
                yield f"orphan_rule: {self.unknown_type(name)}"
        yield from self._attribute_problems(each)

    def _facet_problems(self, each: CIClass) -> Iterator[str]:
        """List the attributes of which two facets differ, and the class itself says nothing."""
        bringing: dict[str, str] = {}
        for facet in (self._facets[name] for name in each.facets if name in self._facets):
            for name, found in facet.attributes.types.items():
                other = bringing.setdefault(name, facet.name)
                if name not in each.attributes.types and self._facets[other].attributes.types[name] != found:
                    yield (
                        f"facets: {other!r} and {facet.name!r} differ in attribute {name!r}; "
                        "say in attributes which it is"
                    )

    def _attribute_problems(self, each: CIClass) -> Iterator[str]:
        attributes = self._attributes(self._line(each.name))
        asked = [("required", each.required), ("recommended", each.recommended)]
        asked += [(f"identifiers[{number}]", found) for number, found in enumerate(each.identifiers)]
        for where, names in asked:
            for name in names:
                if name not in attributes and name != OWN_NAME:
                    yield f"{where}: no attribute {name!r}; {close_to(name, attributes)}"

    def _unknown(self, where: str, classes: Iterable[str]) -> Iterator[str]:
        for name in classes:
            if name != ANY_CLASS and not self.knows(name):
                yield f"{where}: {self.unknown_class(name)}"

    def _cycles(self) -> Iterator[str]:
        """List the rings of ancestors, each once, from the first of its classes that was declared."""
        told: set[str] = set()
        for each in self.classes:
            line = self._line(each.name)
            if line[-1].parent == each.name and each.name not in told:
                told.update(other.name for other in line)
                ring = " is a ".join([*(other.name for other in line), each.name])
                yield f"classes: {ring}: a class cannot be its own ancestor"


def _kind_problems(**parts: tuple[object, ...]) -> Iterator[str]:
    kinds = {"classes": CIClass, "relation_types": RelationType, "facets": Facet, "allowed": AllowedRelation}
    for what, values in parts.items():
        yield from items_problems(what, values, kinds[what])


def _heirs(line: tuple[CIClass, ...]) -> Iterator[CIClass]:
    """Go through the classes whose rules hold for the first of *line*."""
    for each in line:
        yield each
        if not each.inherit:
            return


def _nearest(line: Iterable[CIClass], asked: Callable[[CIClass], Value | None]) -> Value | None:
    return next((found for each in line if (found := asked(each)) is not None), None)


class _Joining:
    """One joining of what is there and what is added, and what was found wrong so far."""

    def __init__(self, replacing: frozenset[str]) -> None:
        self._replacing = replacing
        self._replaced: set[str] = set()
        self._problems: list[str] = []

    def of(
        self, what: str, there: tuple[Value, ...], added: Iterable[Value], name_of: Callable[[Value], str]
    ) -> tuple[Value, ...]:
        """Return both, what is replaced in its old place."""
        joined = {name_of(each): each for each in there}
        known = frozenset(joined)
        doubles: list[Value] = []
        seen: set[str] = set()
        for each in as_tuple(added):
            name = name_of(each)
            if name in seen:
                doubles.append(each)  # the model will tell
            elif name in known and name in self._replacing:
                self._replaced.add(name)
                joined[name] = each
            elif joined.setdefault(name, each) != each:
                self._problems.append(
                    f"{what}: {name!r} is there already, and different; say that it is to be replaced by "
                    f"replacing=[{name!r}], or call it otherwise"
                )
            seen.add(name)
        return (*joined.values(), *doubles)

    def problems(self) -> list[str]:
        """Return what was found wrong, and the names of what was to be replaced and was not."""
        missed = sorted(self._replacing - self._replaced)
        return [
            *self._problems,
            *(
                f"replacing: {name!r} must stand both in the model and in what is added to it"
                for name in missed
            ),
        ]


OPEN_MODEL = ClassModel(relation_types=STANDARD_RELATION_TYPES)
"""The standard relation types, and no classes: any name will do as one."""
