"""The configuration items and their relations as one graph, with the questions of the textbooks."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from functools import cached_property

from attrs import field, frozen

from itsmkit._frozen import FrozenDict
from itsmkit.cmdb._adjacency import Adjacency
from itsmkit.cmdb.configuration_item import CIId, ConfigurationItem
from itsmkit.cmdb.errors import UnknownItemError
from itsmkit.cmdb.relation import STANDARD_RELATION_TYPES, Flow, Relation, RelationType
from itsmkit.errors import DefinitionError

__all__ = ["ConfigurationGraph", "DanglingRelation"]


@frozen
class DanglingRelation:
    """
    A finding: a relation with an end that is not in the graph. No impact flows through it.

    Args:
        relation: The relation.
        missing: The ends that are not there, the source first.
    """

    relation: Relation
    missing: tuple[CIId, ...]

    def __str__(self) -> str:
        ends = " or ".join(map(repr, self.missing))
        return f"relation {self.relation}: no configuration item {ends}; add it, or remove the relation"


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
        relations: The relations between them.
        types: The relation types that may be used.

    Raises:
        DefinitionError: If items or relations are declared twice, a relation is of no known type, or the
            names of types are not unique; with every such problem. A relation with a missing end is no
            error but one of the `findings`.

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
    """

    items: tuple[ConfigurationItem, ...] = field(converter=tuple, eq=_by_id)
    relations: tuple[Relation, ...] = field(converter=tuple, eq=frozenset)
    types: tuple[RelationType, ...] = field(default=STANDARD_RELATION_TYPES, converter=tuple, eq=frozenset)

    def __attrs_post_init__(self) -> None:
        problems = [*self._repetitions(), *self._unknown_types()]
        if problems:
            raise DefinitionError(*problems)

    def __contains__(self, ci: object) -> bool:
        return ci in self._numbers

    def item(self, ci: CIId) -> ConfigurationItem:
        """Return the configuration item of this id. Raises `UnknownItemError` if there is none."""
        return self._sorted[self._number(ci)]

    @cached_property
    def findings(self) -> tuple[DanglingRelation, ...]:
        """What is questionable, but does not stop the graph from being used, sorted by relation."""
        return tuple(
            DanglingRelation(relation, missing)
            for relation in sorted(self.relations)
            if (missing := tuple(end for end in relation.ends if end not in self))
        )

    def successors(self, ci: CIId) -> tuple[CIId, ...]:
        """
        Return the direct dependents of *ci*, sorted: what it impacts itself.

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

    def descendants(self, ci: CIId) -> tuple[CIId, ...]:
        """
        Return all that depends on *ci*, directly or through others, without *ci* itself, nearest first.

        Raises:
            UnknownItemError: If *ci* is not in the graph.
        """
        return self._ids(self._dependents.reach((self._number(ci),)))

    def ancestors(self, ci: CIId) -> tuple[CIId, ...]:
        """
        Return all that *ci* depends on, directly or through others, without *ci* itself, nearest first.

        Raises:
            UnknownItemError: If *ci* is not in the graph.
        """
        return self._ids(self._providers.reach((self._number(ci),)))

    def impact_of(self, cis: Iterable[CIId]) -> tuple[CIId, ...]:
        """
        Return all that the failure of *cis* can reach, without these themselves.

        It is plain reachability: every provider counts as indispensable, so that more is named than fails
        where there is redundancy. No CI that can be affected is left out. The cost is that of the relations
        that leave *cis* and the result, however large the graph.

        Returns:
            Nearest first: by the fewest relations from one of *cis*; among equally near ones in the order
            of what they were first reached from, then by id.

        Raises:
            UnknownItemError: If one of *cis* is not in the graph.
        """
        return self._ids(self._dependents.reach(sorted(map(self._number, cis))))

    # The graph in numbers: each CI is its place among the sorted ids, so that no answer depends on the order
    # of declaration. The numbers of this dictionary go into every adjacency: one object for each CI.

    @cached_property
    def _sorted(self) -> tuple[ConfigurationItem, ...]:
        return tuple(sorted(self.items, key=lambda item: item.id))

    @cached_property
    def _numbers(self) -> dict[CIId, int]:
        return {item.id: number for number, item in enumerate(self._sorted)}

    def _number(self, ci: CIId) -> int:
        try:
            return self._numbers[ci]
        except KeyError:
            raise UnknownItemError(ci, self._closest(ci)) from None

    def _closest(self, ci: CIId) -> tuple[CIId, ...]:
        # Comparing costs some microseconds for each item: too much for an error that a caller may expect.
        return () if len(self.items) > _FEW else _close_to(ci, self._numbers)

    def _ids(self, numbers: Iterable[int]) -> tuple[CIId, ...]:
        items = self._sorted
        return tuple([items[number].id for number in numbers])

    @cached_property
    def _dependents(self) -> Adjacency:
        return self._adjacency(self._impacts())

    @cached_property
    def _providers(self) -> Adjacency:
        return self._adjacency((provider, dependent) for dependent, provider in self._impacts())

    def _adjacency(self, edges: Iterable[tuple[int, int]]) -> Adjacency:
        neighbours: list[set[int]] = [set() for _ in self.items]
        for start, end in edges:
            neighbours[start].add(end)
        return Adjacency([tuple(sorted(each)) for each in neighbours])

    def _impacts(self) -> Iterator[tuple[int, int]]:
        """Yield provider and dependent for each way that impact can go directly."""
        flows = {each.name: each.flow for each in self.types}
        for relation in self.relations:
            source, target = self._numbers.get(relation.source), self._numbers.get(relation.target)
            if source is None or target is None:
                continue
            flow = flows[relation.type]
            if flow is Flow.IMPACT or flow is Flow.BOTH:
                yield source, target
            if flow is Flow.REVERSE or flow is Flow.BOTH:
                yield target, source

    def _repetitions(self) -> Iterator[str]:
        for ci, times in Counter(item.id for item in self.items).items():
            if times > 1:
                yield f"configuration item {ci!r} is declared {times} times; give each an id of its own"
        for relation, times in Counter(self.relations).items():
            if times > 1:
                yield f"relation {relation} is declared {times} times; once is enough"
        names = Counter(name for each in self.types for name in {each.name, each.inverse})
        for name, times in names.items():
            if times > 1:
                yield f"{times} relation types use the name {name!r}; names and inverses must be unique"

    def _unknown_types(self) -> Iterator[str]:
        known = {each.name for each in self.types}
        opposite = {each.inverse: each.name for each in self.types}
        unknown: dict[str, list[Relation]] = {}
        for relation in self.relations:
            if relation.type not in known:
                unknown.setdefault(relation.type, []).append(relation)
        for name, relations in unknown.items():
            first = relations[0]
            if name in opposite:
                way_out = f"it is the inverse: say {first.target} {opposite[name]} {first.source}"
            else:
                way_out = f"known are {', '.join(sorted(known)) or 'none'}"
            others = "" if len(relations) == 1 else f" and {len(relations) - 1} more"
            yield f"relation {first}{others}: {name!r} is no relation type; {way_out}"


_FEW = 5_000


def _close_to(ci: CIId, known: Iterable[CIId]) -> tuple[CIId, ...]:
    from difflib import get_close_matches  # noqa: PLC0415 - only on the way to an error

    return tuple(CIId(close) for close in get_close_matches(ci, sorted(known)))
