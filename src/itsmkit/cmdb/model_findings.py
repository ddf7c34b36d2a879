"""What is questionable in a class model, but does not stop it from being used."""

from collections.abc import Iterator, Mapping
from functools import cached_property
from typing import TYPE_CHECKING

from attrs import frozen

from itsmkit.cmdb.levels import IGNORED
from itsmkit.cmdb.relation import Flow

if TYPE_CHECKING:
    from itsmkit.cmdb.class_model import ClassModel, ImpactRule

__all__ = ["ClassWithoutDependents", "IdleImpactRule", "ModelFinding", "UnkeepableOrphanRule", "findings_of"]


@frozen
class ClassWithoutDependents:
    """
    An operational class that is no leaf, and whose items no allowed relation can make providers.

    Whatever fails of it would show no impact.

    Args:
        ci_class: The class.
        related: Whether its items can at least be dependents.
    """

    ci_class: str
    related: bool

    def __str__(self) -> str:
        unrelated = "" if self.related else ", nor depend on anything"
        return (
            f"class {self.ci_class!r}: nothing can depend on its items{unrelated}, so that a failure would "
            "show no impact; allow a relation that carries it, or say leaf = true or operational = false"
        )


@frozen
class IdleImpactRule:
    """
    An impact rule of a class that never applies: no such relation can make its items dependents.

    Args:
        ci_class: The class that declares it.
        name: The name of the rule.
        relation_type: The type of the relations that it counts.
        provider_class: The class of the providers that it counts.
    """

    ci_class: str
    name: str
    relation_type: str
    provider_class: str

    def __str__(self) -> str:
        return (
            f"class {self.ci_class!r}: impact rule {self.name!r} never applies: no {self.relation_type} can "
            f"make its items depend on class {self.provider_class!r}; allow that, or remove the rule"
        )


@frozen
class UnkeepableOrphanRule:
    """
    A class whose items are orphans whatever is done: no relation that its orphan rule asks for is allowed.

    Args:
        ci_class: The class.
        relation_types: What the rule asks for.
    """

    ci_class: str
    relation_types: tuple[str, ...]

    def __str__(self) -> str:
        return (
            f"class {self.ci_class!r}: its orphan rule asks for {' or '.join(self.relation_types)}, which no "
            "item of it can have; allow one of these, or give it a rule of its own"
        )


_ANY_CLASS = "*"  # `class_model`, which has it, takes from here

ModelFinding = ClassWithoutDependents | IdleImpactRule | UnkeepableOrphanRule


def findings_of(model: "ClassModel") -> tuple[ModelFinding, ...]:
    """Return what is questionable in *model*, sorted by kind and class."""
    lint = _Lint(model)
    return (*lint.without_dependents(), *lint.idle_rules(), *lint.unkeepable_orphan_rules())


class _Lint:
    """What the relations that a model allows let its classes be."""

    def __init__(self, model: "ClassModel") -> None:
        self._model = model
        self._names = sorted(each.name for each in model.classes)
        self._operational = frozenset(name for name in self._names if model.is_operational(name))
        self._lines: dict[str, list[tuple[str, str]]] = {}
        for each in model.allowed:
            self._lines.setdefault(each.relation_type, []).append((each.source, each.target))

    def without_dependents(self) -> Iterator[ClassWithoutDependents]:
        providers: set[str] = set()
        dependents: set[str] = set()
        for each in self._model.relation_types:
            if each.effect != IGNORED:
                for some, others in self._ways(each.name):
                    providers |= some
                    dependents |= others
        for name in self._names:
            if name in self._operational and not self._model.is_leaf(name) and name not in providers:
                yield ClassWithoutDependents(name, name in dependents)

    def idle_rules(self) -> Iterator[IdleImpactRule]:
        declared = {each.name: each.impact_rules for each in self._model.classes}
        for name in self._names:
            for rule in sorted(declared[name], key=lambda each: each.name):
                if not self._applies(name, rule):
                    yield IdleImpactRule(name, rule.name, rule.relation_type, rule.provider_class)

    def _applies(self, name: str, rule: "ImpactRule") -> bool:
        heirs = {each for each in self._kinds[name] if rule in self._model.impact_rules_of(each)}
        counted = self._kinds[rule.provider_class]
        return any(
            not counted.isdisjoint(providers) and not heirs.isdisjoint(dependents)
            for providers, dependents in self._ways(rule.relation_type)
        )

    def unkeepable_orphan_rules(self) -> Iterator[UnkeepableOrphanRule]:
        for name in self._names:
            rule = self._model.orphan_rule(name)
            if rule and not any(
                name in self._kinds[end] for each in rule for ends in self._ends(each) for end in ends
            ):
                yield UnkeepableOrphanRule(name, rule)

    @cached_property
    def _kinds(self) -> Mapping[str, frozenset[str]]:
        """The names of each class and all that are a kind of it."""
        found: dict[str, set[str]] = {_ANY_CLASS: set(self._names)}
        for name in self._names:
            for each in self._model.lineage(name):
                found.setdefault(each, set()).add(name)
        return {name: frozenset(each) for name, each in found.items()}

    def _ends(self, relation_type: str) -> list[tuple[str, str]]:
        """Return the classes of source and target of each line that allows a type, as it is drawn."""
        return self._lines.get(relation_type, [(_ANY_CLASS, _ANY_CLASS)])

    def _ways(self, relation_type: str) -> list[tuple[frozenset[str], frozenset[str]]]:
        """Return of each line that allows a type which operational classes provide, and to which others."""
        found = self._known_ways.get(relation_type)
        if found is None:
            flow = self._model.relation_type(relation_type).flow
            both = flow is Flow.BOTH or (flow is not Flow.NONE and self._model.is_symmetric(relation_type))
            found = self._known_ways[relation_type] = []
            for source, target in self._ends(relation_type):
                sources = self._kinds[source] & self._operational
                targets = self._kinds[target] & self._operational
                if sources and targets:
                    if both or flow is Flow.IMPACT:
                        found.append((sources, targets))
                    if both or flow is Flow.REVERSE:
                        found.append((targets, sources))
        return found

    @cached_property
    def _known_ways(self) -> dict[str, list[tuple[frozenset[str], frozenset[str]]]]:
        return {}
