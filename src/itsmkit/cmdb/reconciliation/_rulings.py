"""Rules as they hold for the classes of one class model, found once for each class."""

from collections.abc import Iterable, Iterator

from itsmkit.cmdb.class_model import ANY_CLASS, ClassModel
from itsmkit.cmdb.reconciliation._rule_checks import check_rules, way_to_parent
from itsmkit.cmdb.reconciliation.rules import (
    IdentifierEntry,
    PrecedenceRule,
    ReconciliationRules,
    SourcePolicy,
)

__all__ = ["Rulings"]

Owned = tuple[str, tuple[IdentifierEntry, ...]]
Way = tuple[str, bool, bool]


class Rulings:
    """
    What rules say of a class, an attribute, a source.

    Raises:
        DefinitionError: If the rules do not fit the model: see `check_rules`.
    """

    def __init__(self, rules: ReconciliationRules, model: ClassModel) -> None:
        check_rules(rules, model)
        self.rules = rules
        self.model = model
        self._entries = {each.ci_class: each.entries for each in rules.identification}
        self._precedence: dict[tuple[str, str | None], PrecedenceRule] = {
            (each.ci_class, attribute): each
            for each in rules.precedence
            for attribute in each.attributes or (None,)
        }
        self._owned: dict[str, Owned] = {}
        self._applied: dict[tuple[str, str], PrecedenceRule | None] = {}
        self._creators: dict[tuple[str, str], bool] = {}
        self._ways: dict[str, Way] = {
            entry.parent: way
            for each in rules.identification
            for entry in each.entries
            if entry.parent is not None and (way := way_to_parent(entry.parent, model)) is not None
        }

    def identification_of(self, ci_class: str) -> Owned:
        """
        Return the class whose rule identifies items of a class, and the entries of that rule.

        Only those with the same are compared. What is identified by nothing, has no entries.
        """
        found = self._owned.get(ci_class)
        if found is None:
            found = self._owned[ci_class] = self._found(ci_class)
        return found

    def _found(self, ci_class: str) -> Owned:
        heirs = list(self._heirs(ci_class))
        for name in heirs:
            if name in self._entries:
                return name, self._entries[name]
        identifiers = self.model.identifiers_of(ci_class)
        if identifiers:
            owner = next(name for name in heirs if self.model.ci_class(name).identifiers)
            return owner, tuple(map(IdentifierEntry, identifiers))
        return ANY_CLASS, self._entries.get(ANY_CLASS, ())

    def _heirs(self, ci_class: str) -> Iterator[str]:
        """Go through the classes whose rules hold for a class, the nearest first."""
        for name in self.model.lineage(ci_class):
            yield name
            if self.model.classes and not self.model.ci_class(name).inherit:
                return

    def precedence_of(self, ci_class: str, attribute: str) -> PrecedenceRule | None:
        """Return the rule that says whose value of an attribute holds, or ``None`` if the newest does."""
        asked = ci_class, attribute
        try:
            return self._applied[asked]
        except KeyError:
            line = (*self.model.lineage(ci_class), ANY_CLASS)
            keys = ((name, each) for each in (attribute, None) for name in line)
            found = next((self._precedence[key] for key in keys if key in self._precedence), None)
            self._applied[asked] = found
            return found

    def policy_of(self, source: str) -> SourcePolicy:
        """Return what a source may do."""
        return self.rules.policies.get(source) or SourcePolicy(source)

    def may_create(self, source: str, ci_class: str) -> bool:
        """Tell whether a source may bring new items of a class."""
        asked = source, ci_class
        found = self._creators.get(asked)
        if found is None:
            barred = self.policy_of(source).may_not_create
            found = not any(self.model.is_a(ci_class, each) for each in barred)
            self._creators[asked] = found
        return found

    def way_to(self, parent: str) -> Way:
        """Return the relation type that leads to a parent, and whether the item is its source, its target."""
        return self._ways[parent]

    def nearest_common(self, ci_classes: Iterable[str]) -> str:
        """Return the most specific of classes if it is a kind of all others, or what they have in common."""
        line, *others = sorted(
            (self.model.lineage(each) for each in set(ci_classes)), key=lambda line: (-len(line), line)
        )
        if all(line[-len(each) :] == each for each in others):
            return line[0]
        return next((name for name in line if all(name in each for each in others)), ANY_CLASS)
