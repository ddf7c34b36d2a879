"""From configuration items, relations and redundancy to providers, dependents and groups in numbers."""

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from functools import cached_property
from itertools import chain, compress
from operator import attrgetter
from typing import NamedTuple, cast

from attrs import field, frozen

from itsmkit.cmdb._adjacency import Adjacency, rows_of
from itsmkit.cmdb._program import NumberedGroup
from itsmkit.cmdb.class_model import ClassModel, ImpactRule
from itsmkit.cmdb.configuration_item import CIId, ConfigurationItem
from itsmkit.cmdb.levels import Effect, LevelChain
from itsmkit.cmdb.redundancy import RedundancyRule, RedundancySet
from itsmkit.cmdb.relation import Flow, Relation

__all__ = [
    "Compiled",
    "Felt",
    "GroupName",
    "RelationsByWay",
    "Way",
    "Ways",
    "compiled",
    "impacts",
    "ways_of",
]

Table = tuple[int, ...]


class GroupName(NamedTuple):
    """What a group is called, and the rule of its members."""

    name: str
    rule: RedundancyRule


class Way(NamedTuple):
    """One way that impact can go directly, in numbers."""

    provider: int
    dependent: int
    relation: Relation


@frozen(eq=False)
class Ways:
    """
    All ways of impact of a graph, sorted by how they count.

    Args:
        plain: Provider and dependent, of which what the one suffers the other does.
        partial: The same, with the table of what is felt of each level.
        groups: Providers that count together.
        names: The name and rule of each group.
        grouped: The relations that count in groups, by provider and dependent.
    """

    plain: list[tuple[int, int]] = field(factory=list)
    partial: list[tuple[int, int, Table]] = field(factory=list)
    groups: list[NumberedGroup] = field(factory=list)
    names: list[GroupName] = field(factory=list)
    grouped: dict[tuple[int, int], list[Relation]] = field(factory=dict)

    @cached_property
    def single(self) -> frozenset[tuple[int, int]]:
        """Provider and dependent of all ways that count for themselves."""
        return frozenset(chain(self.plain, ((way[0], way[1]) for way in self.partial)))

    @cached_property
    def of_dependent(self) -> Mapping[int, tuple[tuple[NumberedGroup, GroupName], ...]]:
        """The groups of each dependent that has any, sorted by name."""
        found: dict[int, list[tuple[NumberedGroup, GroupName]]] = {}
        for group, name in zip(self.groups, self.names, strict=True):
            found.setdefault(group.dependent, []).append((group, name))
        return {dependent: tuple(groups) for dependent, groups in found.items()}


def impacts(
    numbers: Mapping[CIId, int], relations: Iterable[Relation], model: ClassModel, idle: frozenset[int]
) -> Iterator[Way]:
    """
    Go through each way that impact can go directly, in the order of the relations.

    Args:
        numbers: The number of each configuration item.
        relations: The relations; one with a missing end is passed over.
        model: Knows which way impact goes.
        idle: The numbers of what is not operational: no impact goes to or from it.
    """
    flows = {each.name: each.flow for each in model.relation_types}
    number = numbers.get
    for relation in relations:
        flow = flows[relation.type]
        source, target = number(relation.source), number(relation.target)
        if source is None or target is None or (idle and (source in idle or target in idle)):
            continue
        if flow is Flow.IMPACT or flow is Flow.BOTH:
            yield Way(source, target, relation)
        if flow is Flow.REVERSE or flow is Flow.BOTH:
            yield Way(target, source, relation)


@frozen(eq=False)
class Compiled:
    """
    The direct dependents of each item.

    Args:
        dependents: By number, sorted.
        twice: The items that have one of them by more than one way.
        some_left_out: Whether a relation was passed over: one of its ends is missing or not operational.
    """

    dependents: Adjacency
    twice: Sequence[int]
    some_left_out: bool


def compiled(
    numbers: Mapping[CIId, int],
    relations: Sequence[Relation],
    types: AbstractSet[str],
    model: ClassModel,
    idle: frozenset[int],
) -> Compiled:
    """
    Return the dependents by all ways of `impacts`.

    Nothing is left to Python that happens once for each relation, if impact goes the same way along all.

    Args:
        numbers: The number of each configuration item.
        relations: The relations.
        types: The names of their types.
        model: Knows which way impact goes.
        idle: The numbers of what is not operational.
    """
    flows = {each.name: each.flow for each in model.relation_types}
    source, target, relation_type = attrgetter("source"), attrgetter("target"), attrgetter("type")
    providers: list[int | None] = []
    dependents: list[int | None] = []
    for flow, provider, dependent in ((Flow.IMPACT, source, target), (Flow.REVERSE, target, source)):
        going = {name for name in types if flows[name] in {flow, Flow.BOTH}}
        if not going:
            continue
        chosen = relations
        if going < types:
            chosen = list(compress(relations, map(going.__contains__, map(relation_type, relations))))
        providers.extend(map(numbers.get, map(provider, chosen)))
        dependents.extend(map(numbers.get, map(dependent, chosen)))
    some_left_out = bool(idle) or None in providers or None in dependents
    if some_left_out:
        out = {None, *idle}
        ways = [
            (provider, dependent)
            for provider, dependent in zip(providers, dependents, strict=True)
            if provider not in out and dependent not in out
        ]
        providers, dependents = [way[0] for way in ways], [way[1] for way in ways]
    rows, twice = rows_of(len(numbers), cast("list[int]", providers), cast("list[int]", dependents))
    return Compiled(Adjacency(rows), twice, some_left_out)


class RelationsByWay:
    """
    The relations through which impact flows directly, by the numbers of provider and dependent.

    Args:
        numbers: The number of each configuration item.
        keys: The id of each.
        relations: The relations.
        impacts: Goes through the ways of some of them.
    """

    def __init__(
        self,
        numbers: Mapping[CIId, int],
        keys: Sequence[CIId],
        relations: Collection[Relation],
        impacts: Callable[[Iterable[Relation]], Iterable[Way]],
    ) -> None:
        self._keys = keys
        self._relations = relations
        self._impacts = impacts
        self._by_source: dict[CIId, list[Relation]] = {}
        for each in relations:
            if each.source in numbers:
                self._by_source.setdefault(each.source, []).append(each)
        self._by_way: dict[int, dict[tuple[int, int], list[Relation]]] = {}

    def get(self, way: tuple[int, int], default: tuple[Relation, ...] = ()) -> tuple[Relation, ...]:
        """Return the relations of a way, sorted, or *default* if there is none."""
        ends = dict.fromkeys(way)
        found = chain.from_iterable(self._of(end).get(way, ()) for end in ends)
        return tuple(sorted(found, key=attrgetter("key"))) or default

    def items(self) -> Iterator[tuple[tuple[int, int], tuple[Relation, ...]]]:
        """Go through all ways with their relations. The cost is that of all relations."""
        for way in dict.fromkeys((each.provider, each.dependent) for each in self._impacts(self._relations)):
            yield way, self.get(way)

    def _of(self, source: int) -> Mapping[tuple[int, int], list[Relation]]:
        """Return the ways of the relations that are said of an item, sorted out when first asked for."""
        known = self._by_way.get(source)
        if known is None:
            known = {}
            for provider, dependent, relation in self._impacts(self._by_source.get(self._keys[source], ())):
                known.setdefault((provider, dependent), []).append(relation)
            self._by_way[source] = known
        return known


def ways_of(
    items: Sequence[ConfigurationItem],
    numbers: Mapping[CIId, int],
    impacts: Iterable[Way],
    *,
    redundancy: Iterable[RedundancySet],
    model: ClassModel,
    levels: LevelChain,
) -> Ways:
    """
    Return how each way of impact counts.

    Ways that only say that the dependent needs the provider may be left out, if no way to the same dependent
    says more.

    Args:
        items: The configuration items, by number.
        numbers: The number of each.
        impacts: The ways.
        redundancy: The declared sets. A way that one of them covers counts in it, and in no class's rule; a
            set of the same name as a rule of the dependent's class replaces it.
        model: Knows the rules of the classes.
        levels: The chain of levels.
    """
    ways = Ways()
    felt = Felt(model, levels)
    sets = _Sets(redundancy, numbers)
    rules = _Rules(model, items, {(number, name) for number, name in sets.names})
    together: dict[tuple[int, str], dict[int, Table]] = {}
    rule_of: dict[tuple[int, str], RedundancyRule] = {}
    for provider, dependent, relation in impacts:
        table = felt(relation)
        group = sets.of(provider, dependent, relation) or rules.of(provider, dependent, relation)
        for name, rule in group:
            key = (dependent, name)
            rule_of[key] = rule
            members = together.setdefault(key, {})
            known = members.get(provider, table)
            members[provider] = table if known is table else tuple(map(max, known, table))
        if group:
            ways.grouped.setdefault((provider, dependent), []).append(relation)
            continue
        if table == felt.same:
            ways.plain.append((provider, dependent))
        else:
            ways.partial.append((provider, dependent, table))
    for key in sorted(together):
        dependent, name = key
        numbered, rule = sorted(together[key]), rule_of[key]
        ids = [items[member].id for member in numbered]
        ways.groups.append(
            NumberedGroup(
                dependent,
                tuple(numbered),
                tuple(together[key][member] for member in numbered),
                rule.thresholds(ids, levels),
            )
        )
        ways.names.append(GroupName(name, rule))
    return ways


class Felt:
    """
    Which level a dependent feels of each of a provider's, by the relation between them.

    Args:
        model: Knows the effects of the types.
        levels: The chain of levels.
    """

    def __init__(self, model: ClassModel, levels: LevelChain) -> None:
        self._levels = levels
        self._types = {each.name: each.effect.table(levels) for each in model.relation_types}
        self._effects: dict[Effect, Table] = {}
        self.same = tuple(range(levels.top + 1))

    def __call__(self, relation: Relation) -> Table:
        """Return the table of one relation."""
        effect = relation.effect
        if effect is None:
            return self._types[relation.type]
        if effect not in self._effects:
            self._effects[effect] = effect.table(self._levels)
        return self._effects[effect]


class _Sets:
    """The declared redundancy sets, by the ways that they cover."""

    def __init__(self, redundancy: Iterable[RedundancySet], numbers: Mapping[CIId, int]) -> None:
        self.names: set[tuple[int, str]] = set()
        self._covering: dict[tuple[int, int], list[RedundancySet]] = {}
        for each in redundancy:
            dependent = numbers.get(each.dependent)
            if dependent is None:
                continue
            self.names.add((dependent, each.name))
            for member in each.members:
                provider = numbers.get(member)
                if provider is not None:
                    self._covering.setdefault((provider, dependent), []).append(each)

    def of(self, provider: int, dependent: int, relation: Relation) -> list[tuple[str, RedundancyRule]]:
        if not self._covering:
            return []
        return [
            (each.name, each.rule)
            for each in self._covering.get((provider, dependent), ())
            if each.relation_type is None or each.relation_type == relation.type
        ]


class _Rules:
    """The rules of the classes, by what they are asked about."""

    def __init__(
        self, model: ClassModel, items: Sequence[ConfigurationItem], replaced: set[tuple[int, str]]
    ) -> None:
        self._model = model
        self._items = items
        self._replaced = replaced
        self._rules: dict[str, tuple[ImpactRule, ...]] = {
            each.name: rules for each in model.classes if (rules := model.impact_rules_of(each.name))
        }

    def of(self, provider: int, dependent: int, relation: Relation) -> list[tuple[str, RedundancyRule]]:
        if not self._rules or provider == dependent:  # nothing stands in for its own providers
            return []
        rules = self._rules.get(self._items[dependent].ci_class, ())
        return [
            (rule.name, rule.rule)
            for rule in rules
            if rule.relation_type == relation.type
            and (dependent, rule.name) not in self._replaced
            and self._model.is_a(self._items[provider].ci_class, rule.provider_class)
        ]
