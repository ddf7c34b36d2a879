"""What is questionable in a class model, but does not stop it from being used."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

from attrs import frozen

from itsmkit.cmdb.levels import IGNORED
from itsmkit.cmdb.relation import Flow, RelationType

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
        self._operational = [name for name in self._names if model.is_operational(name)]

    def without_dependents(self) -> Iterator[ClassWithoutDependents]:
        types = [
            each
            for each in self._model.relation_types
            if each.flow is not Flow.NONE and each.effect != IGNORED
        ]
        for name in self._operational:
            if self._model.is_leaf(name):
                continue
            if not any(self._can(each, provider=name, dependent=None) for each in types):
                related = any(self._can(each, provider=None, dependent=name) for each in types)
                yield ClassWithoutDependents(name, related)

    def idle_rules(self) -> Iterator[IdleImpactRule]:
        declared = {each.name: each.impact_rules for each in self._model.classes}
        for name in self._names:
            for rule in sorted(declared[name], key=lambda each: each.name):
                if not self._applies(name, rule):
                    yield IdleImpactRule(name, rule.name, rule.relation_type, rule.provider_class)

    def _applies(self, name: str, rule: "ImpactRule") -> bool:
        relation_type = self._model.relation_type(rule.relation_type)
        heirs = [each for each in self._model.subclasses(name) if rule in self._model.impact_rules_of(each)]
        providers = [each for each in self._operational if self._model.is_a(each, rule.provider_class)]
        return any(
            self._can(relation_type, provider=provider, dependent=heir)
            for heir in heirs
            if self._model.is_operational(heir)
            for provider in providers
        )

    def unkeepable_orphan_rules(self) -> Iterator[UnkeepableOrphanRule]:
        for name in self._names:
            rule = self._model.orphan_rule(name)
            if rule and not any(
                self._model.allows(*ends) for each in rule for ends in self._ends(each, name)
            ):
                yield UnkeepableOrphanRule(name, rule)

    def _ends(self, relation_type: str, name: str) -> Iterator[tuple[str, str, str]]:
        for other in self._names:
            yield name, relation_type, other
            yield other, relation_type, name

    def _can(self, relation_type: RelationType, *, provider: str | None, dependent: str | None) -> bool:
        """Tell whether impact can go along a type between these classes; ``None`` is any operational one."""
        providers = self._operational if provider is None else [provider]
        dependents = self._operational if dependent is None else [dependent]
        allows, name, flow = self._model.allows, relation_type.name, relation_type.flow
        return any(
            (flow in {Flow.IMPACT, Flow.BOTH} and allows(start, name, end))
            or (flow in {Flow.REVERSE, Flow.BOTH} and allows(end, name, start))
            for start in providers
            for end in dependents
        )
