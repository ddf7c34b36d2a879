"""The configuration items and their relations as one graph, with the questions of the textbooks."""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from datetime import datetime
from functools import cached_property
from itertools import islice
from operator import attrgetter, eq
from typing import TYPE_CHECKING, Any, TypeVar

from attrs import evolve, field, frozen

from itsmkit._frozen import FrozenDict
from itsmkit._problems import close_to, closest, items_problems, shown
from itsmkit.cmdb._adjacency import Adjacency
from itsmkit.cmdb._compiling import (
    Compiled,
    Felt,
    RelationsByWay,
    Way,
    Ways,
    compiled,
    impacts,
    ways_of,
)
from itsmkit.cmdb._model_checks import attribute_faults, broken_cardinalities
from itsmkit.cmdb._program import Plain, Program, compile_program
from itsmkit.cmdb._sorted_items import SortedIds, SortedItems, SortedNumbers
from itsmkit.cmdb.class_model import OPEN_MODEL, ClassModel
from itsmkit.cmdb.configuration_item import CIId, ConfigurationItem
from itsmkit.cmdb.errors import UnknownItemError
from itsmkit.cmdb.findings import (
    DanglingRelation,
    GovernanceViolation,
    GraphFinding,
    UnmetRule,
    UnrelatedMembers,
)
from itsmkit.cmdb.levels import SAME, STANDARD_LEVELS, LevelChain
from itsmkit.cmdb.redundancy import RedundancySet
from itsmkit.cmdb.relation import Flow, Relation
from itsmkit.cmdb.seed import Override, Seed, several
from itsmkit.errors import DefinitionError

if TYPE_CHECKING:
    from itsmkit.cmdb.cold_start import ColdStart
    from itsmkit.cmdb.impact import Impact
    from itsmkit.cmdb.live_impact import LiveImpact

__all__ = ["ConfigurationGraph"]

V = TypeVar("V")


def _items(given: Iterable[ConfigurationItem]) -> tuple[ConfigurationItem, ...]:
    return _all_are(ConfigurationItem, given, "items")


def _relations(given: Iterable[Relation | str]) -> tuple[Relation, ...]:
    relations = tuple(several(given, "relations"))
    if set(map(type, relations)) <= {Relation}:
        return relations
    return _all_are(
        Relation, [_sentence(each) if isinstance(each, str) else each for each in relations], "relations"
    )


def _sentence(text: str) -> Relation | str:
    words = text.split()
    return Relation(CIId(words[0]), words[1], CIId(words[2])) if len(words) == 3 else text


def _sets(given: Iterable[RedundancySet]) -> tuple[RedundancySet, ...]:
    return _all_are(RedundancySet, given, "redundancy")


def _all_are(kind: type[V], given: Iterable[object], what: str) -> tuple[V, ...]:
    """Return *given* as a tuple; raises `DefinitionError` with each that is no *kind*."""
    values = tuple(several(given, what))
    if not set(map(type, values)) <= {kind}:
        problems = [*items_problems(what, values, kind)]
        if problems:
            raise DefinitionError(*problems)
    return values


def _model(given: ClassModel | str) -> ClassModel:
    if isinstance(given, str) and given == STANDARD:
        from itsmkit.cmdb.class_model_form import standard_class_model  # noqa: PLC0415  it reads a file

        return standard_class_model()
    if not isinstance(given, ClassModel):
        problem = f"model: must be a ClassModel or {STANDARD!r}, not {shown(given)}"
        raise DefinitionError(problem)
    return given


def _chain(given: LevelChain | Iterable[str]) -> LevelChain:
    return given if isinstance(given, LevelChain) else LevelChain(given)


STANDARD = "standard"


def _by_id(items: tuple[ConfigurationItem, ...]) -> Mapping[CIId, ConfigurationItem]:
    return FrozenDict((item.id, item) for item in items)


@frozen
class ConfigurationGraph:
    """
    Configuration items and their relations at one moment, in the order given.

    The questions follow the impact: it flows from a *provider* to its *dependents*, whichever way the
    relations are drawn (see `Flow`). Their answers do not depend on the order of items and relations,
    and two graphs of the same ones are equal. What is asked for is compiled when it is first needed, which
    costs a few microseconds for each item and relation.

    Args:
        items: The configuration items.
        relations: The relations between them, as values or as sentences such as ``"web runs_on host"``. Each
            counts for itself: the dependent needs every provider.
        redundancy: Which providers can stand in for each other.
        model: The classes and relation types that may be used; ``"standard"`` is `standard_class_model`. By
            default, the standard relation types and any class.
        levels: The levels that items can be at: a `LevelChain`, or its names.
        strict: Whether the `findings` are errors.
        compact: Whether to hold what is compiled in arrays: a fraction of the memory, and questions take a
            few times as long. Fit for many views of the past that are seldom asked. It does not matter to
            whether two graphs are equal.

    Raises:
        DefinitionError: If something is declared twice, of no known class or type, or speaks of levels that
            there are not; with every such problem. A relation with a missing end is no error but one of the
            `findings`, unless *strict*.

    Example:
        >>> host, web, shop = (
        ...     ConfigurationItem(CIId(key), ci_class, key)
        ...     for key, ci_class in [("host-1", "server"), ("web", "application"), ("shop", "service")]
        ... )
        >>> graph = ConfigurationGraph(
        ...     [host, web, shop],
        ...     [Relation(web.id, "runs_on", host.id), Relation(web.id, "used_by", shop.id)],
        ... )
        >>> graph.descendants(host.id)
        ('web', 'shop')
        >>> graph.predecessors(shop.id)
        ('web',)
        >>> graph.impact_of([host.id]).levels
        {'host-1': 'down', 'web': 'down', 'shop': 'down'}
    """

    items: tuple[ConfigurationItem, ...] = field(converter=_items, eq=_by_id)
    relations: tuple[Relation, ...] = field(default=(), converter=_relations, eq=frozenset)
    redundancy: tuple[RedundancySet, ...] = field(default=(), converter=_sets, eq=frozenset)
    model: ClassModel = field(default=OPEN_MODEL, converter=_model, kw_only=True)
    levels: LevelChain = field(default=STANDARD_LEVELS, converter=_chain, kw_only=True)
    strict: bool = field(default=False, kw_only=True)
    compact: bool = field(default=False, eq=False, repr=False, kw_only=True)

    def __attrs_post_init__(self) -> None:
        unknown = [*self._unknown_names(), *self._wrong_levels()]
        problems = [*self._repetitions(none_unknown=not unknown), *unknown]
        if not problems and self.strict:
            problems = list(map(str, self.findings))
        if problems:
            raise DefinitionError(*problems)

    def __contains__(self, ci: object) -> bool:
        return ci in self._numbers

    def item(self, ci: CIId) -> ConfigurationItem:
        """Return the configuration item of this id. Raises `UnknownItemError` if there is none."""
        return self._sorted[self._number(ci)]

    @cached_property
    def findings(self) -> tuple[GraphFinding, ...]:
        """What is questionable, but does not stop the graph from being used; sorted by kind and key."""
        return (
            *self._dangling(),
            *self._violations(),
            *broken_cardinalities(self._sorted, self.relations, self.model),
            *attribute_faults(self._sorted, self.model),
            *self._unrelated(),
            *self._unmet(),
        )

    # -- neighbours and reach ----------------------------------------------------------------------

    def successors(self, ci: CIId) -> tuple[CIId, ...]:
        """
        Return the direct dependents of *ci*, sorted: what it may impact itself.

        A relation counts whatever its effect is.

        Raises:
            UnknownItemError: If *ci* is not in the graph.
        """
        return self._ids(self._dependents[self._number(ci)])

    def predecessors(self, ci: CIId) -> tuple[CIId, ...]:
        """
        Return the direct providers of *ci*, sorted: what impacts it itself.

        Raises:
            UnknownItemError: If *ci* is not in the graph.
        """
        return self._ids(self._providers[self._number(ci)])

    def descendants(self, *cis: CIId) -> tuple[CIId, ...]:
        """
        Return all that depends on some of *cis*, directly or through others, without these themselves.

        Every provider counts as indispensable: it is what could be affected, where `impact_of` tells what is.
        The cost is that of the relations that leave *cis* and the result, however large the graph.

        Returns:
            Nearest first: by the fewest relations from one of *cis*; among equally near ones in the order
            of what they were first reached from, then by id.

        Raises:
            UnknownItemError: If one of *cis* is not in the graph.
        """
        return self._ids(self._dependents.reach(sorted(map(self._number, cis))))

    def ancestors(self, *cis: CIId) -> tuple[CIId, ...]:
        """
        Return all that some of *cis* depend on, directly or through others, without these themselves.

        Returns:
            Nearest first, as for `descendants`.

        Raises:
            UnknownItemError: If one of *cis* is not in the graph.
        """
        return self._ids(self._providers.reach(sorted(map(self._number, cis))))

    # -- impact ------------------------------------------------------------------------------------

    def impact_of(
        self,
        failures: Iterable[Seed | CIId] | Mapping[CIId, str],
        *,
        overrides: Iterable[Override] = (),
        at: datetime | None = None,
    ) -> "Impact":
        """
        Return at which level everything is, given what has failed.

        It is the least fixpoint: nothing fails without a cause, and the order of anything does not matter.
        The cost is that of the relations that leave what is affected, however large the graph.

        Args:
            failures: What has failed, is planned or assumed to: seeds; or ids, observed at the worst level;
                or the level of each id.
            overrides: Rulings that an item is no worse than some level.
            at: The instant of the question, aware. Seeds and overrides that do not hold then are left out.

        Raises:
            UnknownItemError: If a failure or an override is of an id that is not in the graph.
            DefinitionError: If a level is unknown, or something holds for a time and *at* is left out; with
                every problem, unknown ids too, if there are several.
        """
        from itsmkit.cmdb.impact import impact_of  # noqa: PLC0415  # many a graph is only recorded

        return impact_of(self, failures, overrides=overrides, at=at)

    def live_impact(self, *, overrides: Iterable[Override] = (), at: datetime | None = None) -> "LiveImpact":
        """Return the impact, of nothing so far, to follow failures that come and go: see `LiveImpact`."""
        from itsmkit.cmdb.live_impact import LiveImpact  # noqa: PLC0415  # as above

        return LiveImpact(self, overrides=overrides, at=at)

    @cached_property
    def cold_start(self) -> "ColdStart":
        """
        What comes up from a black start, in which order, and what waits for itself.

        A ring of dependents does not keep itself down (see `impact_of`), but neither can it start. Only this
        tells the two apart. The cost is that of all relations.
        """
        from itsmkit.cmdb.cold_start import cold_start  # noqa: PLC0415  # as above

        return cold_start(self)

    def relations_between(self, provider: CIId, dependent: CIId) -> tuple[Relation, ...]:
        """Return the relations through which impact flows directly from *provider* to *dependent*, sorted."""
        return self._relations_by_way.get((self._number(provider), self._number(dependent)), ())

    # The graph in numbers: each CI is its place among the sorted ids, so that no answer depends on the order
    # of declaration. The numbers of this dictionary go into every adjacency: one object for each CI.

    @cached_property
    def _sorted(self) -> Sequence[ConfigurationItem]:
        if self.compact:
            return SortedItems(self.items)
        return tuple(sorted(self.items, key=_id))

    @cached_property
    def _keys(self) -> Sequence[CIId]:
        if isinstance(self._sorted, SortedItems):
            return SortedIds(self._sorted)
        return tuple(map(_id, self._sorted))

    @cached_property
    def _numbers(self) -> Mapping[CIId, int]:
        return SortedNumbers(self._keys) if self.compact else self._dictionary()

    def _dictionary(self) -> dict[CIId, int]:
        return dict(zip(self._keys, range(len(self._keys)), strict=True))

    def _number(self, ci: CIId) -> int:
        try:
            return self._numbers[ci]
        except KeyError:
            raise UnknownItemError(ci, self._closest(ci)) from None
        except TypeError:
            problem = f"ids are given one by one: {shown(ci)} is no id; write *ids for several"
            raise DefinitionError(problem) from None

    def _closest(self, ci: CIId) -> tuple[CIId, ...]:
        return tuple(map(CIId, closest(ci, self._keys)))

    def _level_number(self, level: str | None) -> int:
        return self.levels.top if level is None else self.levels.number(level)

    def _ids(self, numbers: Iterable[int]) -> tuple[CIId, ...]:
        return tuple(map(self._keys.__getitem__, numbers))

    @cached_property
    def _types(self) -> AbstractSet[str]:
        return set(map(attrgetter("type"), self.relations))

    @cached_property
    def _effects(self) -> tuple[Relation, ...]:
        """The relations that have an effect of their own."""
        return tuple(each for each in self.relations if each.effect is not None)

    @cached_property
    def _dependents(self) -> Adjacency:
        return self._compiled.dependents

    @cached_property
    def _providers(self) -> Adjacency:
        turned = self._dependents.turned(range(len(self._keys)) if self.compact else self._numbers.values())
        return turned.packed() if self.compact else turned

    @cached_property
    def _compiled(self) -> Compiled:
        numbers = self._dictionary() if self.compact else self._numbers
        found = compiled(numbers, self.relations, self._types, self.model, self._idle)
        return evolve(found, dependents=found.dependents.packed()) if self.compact else found

    def _impacts(self, relations: Iterable[Relation] | None = None) -> Iterator[Way]:
        each = self.relations if relations is None else relations
        return impacts(self._numbers, each, self.model, self._idle)

    @cached_property
    def _idle(self) -> frozenset[int]:
        idle = {each.name for each in self.model.classes if not self.model.is_operational(each.name)}
        if not idle:
            return frozenset()
        return frozenset(number for number, item in enumerate(self._sorted) if item.ci_class in idle)

    @cached_property
    def _felt(self) -> Felt:
        return Felt(self.model, self.levels)

    @cached_property
    def _ways(self) -> Ways:
        return ways_of(
            self._sorted,
            self._numbers,
            self._impacts(self._unlike()),
            redundancy=self.redundancy,
            model=self.model,
            levels=self.levels,
        )

    def _unlike(self) -> Iterable[Relation]:
        """Return the relations among which are all that lead to a dependent by more than bare need."""
        types = {each.name for each in self.model.relation_types if each.effect != SAME}
        classes = {each.name for each in self.model.classes if self.model.impact_rules_of(each.name)}
        ends = {each.dependent for each in self.redundancy}
        if classes:
            ends.update(item.id for item in self.items if item.ci_class in classes)
        for each in self._effects:
            ends.update(each.ends)
        if not types.isdisjoint(self._types):
            ends.update(end for each in self.relations if each.type in types for end in each.ends)
        return [each for each in self.relations if each.source in ends or each.target in ends] if ends else ()

    @cached_property
    def _program(self) -> Program:
        ways = self._ways
        plain = set(ways.plain)
        apart = {(provider, dependent) for provider, dependent, _ in ways.partial} | ways.grouped.keys()
        return compile_program(
            len(self.items),
            self.levels.top,
            Plain(self._dependents, lambda: self._providers, apart - plain),
            sorted(set(ways.partial)),
            tuple(ways.groups),
        )

    @cached_property
    def _relations_by_way(self) -> RelationsByWay:
        return RelationsByWay(self._numbers, self._keys, self.relations, self._impacts)

    # -- what is questionable ----------------------------------------------------------------------

    def _dangling(self) -> Iterator[DanglingRelation]:
        numbers = self._numbers
        dangling = [
            each for each in self.relations if each.source not in numbers or each.target not in numbers
        ]
        for relation in sorted(dangling, key=_key):
            yield DanglingRelation(relation, tuple(end for end in relation.ends if end not in numbers))

    def _violations(self) -> Iterator[GovernanceViolation]:
        if not self.model.allowed:
            return
        classes = {item.id: item.ci_class for item in self.items}
        known: dict[tuple[str, str, str], bool] = {}
        violations = []
        for relation in self.relations:
            source, target = classes.get(relation.source), classes.get(relation.target)
            if source is not None and target is not None:
                triple = (source, relation.type, target)
                allowed = known.get(triple)
                if allowed is None:
                    allowed = known[triple] = self.model.allows(*triple)
                if not allowed:
                    violations.append(GovernanceViolation(relation, source, target))
        yield from sorted(violations, key=lambda each: each.relation.key)

    def _unrelated(self) -> Iterator[UnrelatedMembers]:
        if not self.redundancy:
            return
        ends = {each.dependent for each in self.redundancy}
        near = [each for each in self.relations if each.source in ends or each.target in ends]
        ways = {
            (way.provider, way.dependent, kind)
            for way in self._impacts(near)
            for kind in (None, way.relation.type)
        }
        number = self._numbers.get
        for each in sorted(self.redundancy, key=_key):
            dependent = number(each.dependent)
            unrelated = [
                member
                for member in each.members
                if (number(member), dependent, each.relation_type) not in ways
            ]
            if unrelated:
                yield UnrelatedMembers(each, tuple(sorted(unrelated)))

    def _unmet(self) -> Iterator[UnmetRule]:
        if not self.redundancy and not any(each.impact_rules for each in self.model.classes):
            return
        for group, (name, rule) in zip(self._ways.groups, self._ways.names, strict=True):
            problems = rule.shortages(self._ids(group.members))
            if problems:
                yield UnmetRule(self._sorted[group.dependent].id, name, problems)

    # -- what is wrong -----------------------------------------------------------------------------

    def _repetitions(self, *, none_unknown: bool) -> Iterator[str]:
        keys = self._keys
        repeated = list(_repeated(keys)) if any(map(eq, keys, islice(keys, 1, None))) else []
        for ci, times in repeated:
            yield f"configuration item {ci!r} is declared {times} times; give each an id of its own"
        suspects = self._suspects() if none_unknown and not repeated else self.relations
        for key, times in _repeated(list(map(_key, suspects))):
            source, name, target, qualifier = key
            relation = Relation(source, name, target, qualifier=qualifier)
            yield f"relation {relation} is declared {times} times; once is enough"
        for (dependent, name), times in _repeated(list(map(_key, self.redundancy))):
            declared = f"redundancy set {name!r} of {dependent} is declared {times} times"
            yield f"{declared}; give each a name of its own"

    def _suspects(self) -> Iterable[Relation]:
        """
        Return the relations among which are all that are declared more than once.

        To compare the keys of all relations costs more than to compile them. There, one that is declared
        again makes the same two items neighbours again.
        """
        silent = {each.name for each in self.model.relation_types if each.flow is Flow.NONE} & self._types
        if not (self._compiled.twice or self._compiled.some_left_out or silent):
            return ()
        known = self._numbers
        suspect = {*self._ids(self._compiled.twice), *self._ids(self._idle)}
        return [
            each
            for each in self.relations
            if each.type in silent
            or each.source in suspect
            or each.target in suspect
            or each.source not in known
            or each.target not in known
        ]

    def _unknown_names(self) -> Iterator[str]:
        classes = [each.name for each in self.model.classes]
        if classes:
            items = _gathered(self.items, attrgetter("ci_class"), set(classes))
            for ci_class, found in items.items():
                some = _told([item.id for item in found])
                yield f"configuration item {some}: no class {ci_class!r}; {close_to(ci_class, classes)}"
        known_types = {each.name for each in self.model.relation_types}
        if self._types - known_types:
            relations = _gathered(self.relations, attrgetter("type"), known_types)
            for name, found_too in relations.items():
                some = _told(list(map(str, found_too)))
                yield f"relation {some}: {self.model.unknown_type(name)}"
        for each in self.redundancy:
            if each.relation_type is not None and each.relation_type not in known_types:
                yield f"redundancy set {each}: {self.model.unknown_type(each.relation_type)}"

    def _wrong_levels(self) -> Iterator[str]:
        levels = self.levels
        effects = [(f"relation {each}", each.effect) for each in self._effects if each.effect is not None]
        rules = [(f"redundancy set {each}", each.rule) for each in self.redundancy]
        found = [(where, effect.problems(levels)) for where, effect in effects]
        found += [(where, rule.level_problems(levels)) for where, rule in rules]
        yield from self.model.level_problems(levels)
        yield from (f"{where}: {problem}" for where, problems in found for problem in problems)


_id = attrgetter("id")


def _key(keyed: Relation | RedundancySet) -> tuple[str, ...]:
    return keyed.key


def _repeated(values: Sequence[Any]) -> Iterator[tuple[Any, int]]:
    if len(set(values)) < len(values):
        yield from (each for each in Counter(values).items() if each[1] > 1)


def _gathered(values: Iterable[V], name: Callable[[V], str], known: AbstractSet[str]) -> dict[str, list[V]]:
    """Return the values whose name is not known, by name."""
    found: dict[str, list[V]] = {}
    for value in values:
        if name(value) not in known:
            found.setdefault(name(value), []).append(value)
    return found


def _told(names: list[str]) -> str:
    return names[0] if len(names) == 1 else f"{names[0]} and {len(names) - 1} more"
