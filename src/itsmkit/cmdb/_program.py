"""
Impact as a system of implications between small numbers, and its least fixpoint.

A *literal* says that one configuration item is at some level or worse. A relation without redundancy is an
edge from literal to literal. A redundancy clause is a *counter*: it fires once literals of enough weight
have. All of them are numbers in one range, so that one adjacency holds the whole system:

.. code-block:: text

    0 … n - 1                       item is at the worst level
    n … 2n - 1                      item is at the second worst level, or worse; and so on for each level
    literals …                      counters
    votes …                         what adds more than 1 to a counter

The least fixpoint of such a system exists, is unique, and does not depend on any order, cycles included
(Dowling and Gallier 1984, on Horn clauses; with weights, each literal still fires at most once).
"""

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from functools import cached_property, lru_cache
from itertools import chain, filterfalse, repeat
from typing import cast

from attrs import define, field, frozen

from itsmkit._frozen import FrozenDict
from itsmkit.cmdb._adjacency import Adjacency, taken_down
from itsmkit.cmdb.redundancy import Threshold

Pinned = Mapping[int, tuple[int, ...]]
NONE_PINNED: Pinned = FrozenDict()

__all__ = ["Fixpoint", "NumberedGroup", "Plain", "Program", "Rows", "compile_program"]

Edge = tuple[int, int]
Table = tuple[int, ...]


@frozen
class NumberedGroup:
    """
    Providers of one dependent that count together.

    Args:
        dependent: Its number.
        members: The numbers of the providers.
        tables: For each member, which level is felt of each of its levels.
        thresholds: The clauses.
    """

    dependent: int
    members: tuple[int, ...]
    tables: tuple[Table, ...]
    thresholds: tuple[Threshold, ...]

    def votes(self, clause: Threshold) -> Iterator[tuple[int, Table, int]]:
        """Go through the members: the number of each, its table, and its weight in a clause."""
        weights = repeat(1, len(self.members)) if clause.weights is None else clause.weights
        return zip(self.members, self.tables, weights, strict=True)


@frozen(eq=False)
class Plain:
    """
    The ways of impact that say no more than that the dependent needs the provider.

    Args:
        dependents: The direct dependents of each item.
        providers: Returns the direct providers of each item. It is called when first needed.
        apart: Provider and dependent between which there is another way, and none of these.
    """

    dependents: Adjacency
    providers: Callable[[], Adjacency]
    apart: Collection[Edge] = ()

    _without_dependents: dict[int, set[int]] = field(factory=dict, init=False)
    _without_providers: dict[int, set[int]] = field(factory=dict, init=False)

    def __attrs_post_init__(self) -> None:
        self._without_dependents.update(_gathered(self.apart))
        self._without_providers.update(_gathered((dependent, provider) for provider, dependent in self.apart))

    def dependents_of(self, item: int) -> tuple[int, ...]:
        """Return the plain dependents of an item, sorted."""
        return _without(self.dependents[item], self._without_dependents.get(item))

    def providers_of(self, item: int) -> tuple[int, ...]:
        """Return the plain providers of an item, sorted."""
        return _without(self.providers()[item], self._without_providers.get(item))


def _gathered(edges: Iterable[Edge]) -> dict[int, set[int]]:
    found: dict[int, set[int]] = {}
    for start, end in edges:
        found.setdefault(start, set()).add(end)
    return found


def _without(row: tuple[int, ...], others: set[int] | None) -> tuple[int, ...]:
    return row if others is None else tuple(each for each in row if each not in others)


class Rows(dict[int, tuple[int, ...]]):
    """
    A sequence of rows, each made when it is first read. To read it again costs what it costs in a dictionary.

    A compiled system has several rows for each item; a question reads but those of what it reaches.

    Args:
        length: How many rows there are.
        made: Makes the row of a number.
    """

    __slots__ = ("_length", "_made")

    def __init__(self, length: int, made: Callable[[int], tuple[int, ...]]) -> None:
        self._length = length
        self._made = made

    def __missing__(self, number: int) -> tuple[int, ...]:
        found = self[number] = self._made(number)
        return found

    def __len__(self) -> int:
        return self._length

    def __iter__(self) -> Iterator[tuple[int, ...]]:  # type: ignore[override]  # it reads as a sequence
        return map(self.__getitem__, range(self._length))


@define(slots=False, eq=False)
class Program:
    """
    The compiled system. It does not change; many questions may be asked of it at once.

    Args:
        items: How many items there are: n.
        top: The number of the worst level: how many levels there are but the best.
        plain: What leads from each literal to the same level of another item.
        other: What else leads from a literal, counter or vote to others.
        need: For each literal 0, for each counter the weight at which it fires.
        votes: For each vote its counter and its weight.
        clause_of: For each counter the number of its group, and its place among the group's thresholds.
        groups: The groups with more than one clause-firing member.
    """

    items: int
    top: int
    plain: Plain
    other: Mapping[int, Sequence[int]]
    need: Sequence[int]
    votes: Sequence[tuple[int, int]]
    clause_of: Sequence[tuple[int, int]]
    groups: Sequence[NumberedGroup]

    def __attrs_post_init__(self) -> None:
        self.literals = self.items * self.top
        self.counters_end = self.literals + len(self.clause_of)
        self.size = self.counters_end + len(self.votes)
        # Each row is made when it is first read.
        self.out = cast("Sequence[tuple[int, ...]]", Rows(self.size, self._following))
        """For each literal, counter and vote what it leads to."""
        self.into = cast("Sequence[tuple[int, ...]]", Rows(self.size, self._leading))
        """What leads to each literal, counter and vote, in order: `out` the other way round."""
        # Flags that are all down again; see `Fixpoint.release`.
        self._spare: list[bytearray] = []

    def literal(self, item: int, level: int) -> int:
        """Return the literal that *item* is at *level*, more than 0, or worse."""
        return (self.top - level) * self.items + item

    def said(self, literal: int) -> tuple[int, int]:
        """Return item and level of a literal."""
        block, item = divmod(literal, self.items)
        return item, self.top - block

    def take_flags(self) -> bytearray:
        """Return flags, one for each number, that are all down and that nobody else has."""
        try:
            return self._spare.pop()
        except IndexError:
            return bytearray(self.size)

    def give_back(self, flags: bytearray, raised: Sequence[int]) -> None:
        """Take back flags of which no others than *raised* are up."""
        self._spare.append(taken_down(flags, raised))

    def _following(self, number: int) -> tuple[int, ...]:
        other = self.other.get(number, ())
        if number >= self.literals:
            return tuple(other)
        item, start = number % self.items, number - number % self.items
        plain = self.plain.dependents_of(item)
        if start:
            plain = tuple(map(start.__add__, plain))
        # Who is at a level is at each better one too. Last, so that nearer dependents come first.
        better = (number + self.items,) if number + self.items < self.literals else ()
        return tuple(dict.fromkeys((*plain, *other, *better))) if other else plain + better

    def _leading(self, number: int) -> tuple[int, ...]:
        other = self._other_into.get(number, ())
        if number >= self.literals:
            return tuple(other)
        item, start = number % self.items, number - number % self.items
        plain = map(start.__add__, self.plain.providers_of(item))
        worse = (number - self.items,) if start else ()
        return tuple(sorted({*plain, *other, *worse}))

    @cached_property
    def _other_into(self) -> Mapping[int, Sequence[int]]:
        found: dict[int, list[int]] = {}
        for source in sorted(self.other):
            for target in dict.fromkeys(self.other[source]):
                found.setdefault(target, []).append(source)
        return found

    def members(self, counter: int) -> Iterator[tuple[int, int]]:
        """Go through the literals that a counter counts, with their weights."""
        for source in self.into[counter]:
            if source < self.counters_end:
                yield source, 1
            else:
                yield self.into[source][0], self.votes[source - self.counters_end][1]

    def weight(self, number: int) -> int:
        """Return how much a literal, counter or vote adds to what it leads to."""
        return 1 if number < self.counters_end else self.votes[number - self.counters_end][1]

    def implies(self, number: int, literal: int) -> bool:
        """Tell whether a number is the literal that the same item is at the next worse level."""
        return number == literal - self.items and literal < self.literals

    def counted(self, number: int) -> tuple[int, int]:
        """Return the counter that a vote is for, with its weight; of any other number itself, with 1."""
        return (number, 1) if number < self.counters_end else self.votes[number - self.counters_end]

    def pinned(self, caps: Mapping[int, int]) -> Pinned:
        """
        Return the literals that say worse of an item than its cap, each with what may follow from it.

        That is only that the item is at the next better level: so whatever makes it worse than its cap is
        seen, and does no more than to take it there.
        """
        return {
            self.literal(item, level): (self.literal(item, level - 1),) if level > 1 else ()
            for item, cap in caps.items()
            for level in range(cap + 1, self.top + 1)
        }

    def rows(self, pinned: Pinned) -> Callable[[int], tuple[int, ...]]:
        """Return what tells of each number what follows from it."""
        out = self.out
        if not pinned:
            return out.__getitem__
        return lambda number: pinned[number] if number in pinned else out[number]

    def levels(self, literals: Iterable[int], pinned: Pinned = NONE_PINNED) -> dict[int, int]:
        """Return the worst level that is said of each item, in the order in which the items first occur."""
        found: dict[int, int] = {}
        items, top = self.items, self.top
        for literal in literals:
            if literal < self.literals and literal not in pinned:
                block, item = divmod(literal, items)
                level = top - block
                if found.get(item, 0) < level:
                    found[item] = level
        return found


def compile_program(
    items: int,
    top: int,
    plain: Plain,
    partial_edges: Iterable[tuple[int, int, Table]] = (),
    groups: Sequence[NumberedGroup] = (),
) -> Program:
    """
    Return the system of these relations.

    Args:
        items: How many items there are.
        top: The number of the worst level.
        plain: The ways along which the dependent suffers what the provider does. They are read when they are
            first followed; all the rest is compiled now.
        partial_edges: Provider and dependent, with the table of what is felt of each level.
        groups: Providers that count together.
    """
    writer = _Writer(items, top)
    for provider, dependent, table in partial_edges:
        writer.partial_edge(provider, dependent, table)
    for place, group in enumerate(groups):
        for index, clause in enumerate(group.thresholds):
            writer.clause(group, clause, (place, index))
    return writer.finish(plain, groups)


class _Writer:
    """A program while it is written."""

    def __init__(self, items: int, top: int) -> None:
        self._items = items
        self._top = top
        self._out: dict[int, list[int]] = {}
        self._heads: list[int] = []
        self._need: list[int] = []
        self._clause_of: list[tuple[int, int]] = []
        self._heavy: list[tuple[int, int, int]] = []  # literal, counter, weight

    def _literal(self, item: int, level: int) -> int:
        return (self._top - level) * self._items + item

    def _lead(self, literal: int, number: int) -> None:
        self._out.setdefault(literal, []).append(number)

    def partial_edge(self, provider: int, dependent: int, table: Table) -> None:
        for felt in range(1, self._top + 1):
            cause = _least(table, felt)
            if cause is not None:
                self._lead(self._literal(provider, cause), self._literal(dependent, felt))

    def clause(self, group: NumberedGroup, clause: Threshold, place: tuple[int, int]) -> None:
        head = self._literal(group.dependent, clause.then)
        body = [
            (self._literal(member, cause), weight)
            for member, table, weight in group.votes(clause)
            if (cause := _least(table, clause.at)) is not None
        ]
        for literal, weight in body:
            if weight >= clause.need:
                self._lead(literal, head)
        light = [(literal, weight) for literal, weight in body if 0 < weight < clause.need]
        if sum(weight for _, weight in light) < clause.need:
            return
        counter = self._items * self._top + len(self._need)
        self._need.append(clause.need)
        self._heads.append(head)
        self._clause_of.append(place)
        for literal, weight in light:
            if weight == 1:
                self._lead(literal, counter)
            else:
                self._heavy.append((literal, counter, weight))

    def finish(self, plain: Plain, groups: Sequence[NumberedGroup]) -> Program:
        first_counter = self._items * self._top
        first_vote = first_counter + len(self._need)
        for vote, (literal, counter, _) in enumerate(self._heavy, first_vote):
            self._lead(literal, vote)
            self._lead(vote, counter)
        for counter, head in enumerate(self._heads, first_counter):
            self._lead(counter, head)
        return Program(
            items=self._items,
            top=self._top,
            plain=plain,
            other=self._out,
            need=[0] * first_counter + self._need,
            votes=[(counter, weight) for _, counter, weight in self._heavy],
            clause_of=self._clause_of,
            groups=groups,
        )


@lru_cache(maxsize=1_024)
def _least(table: Table, felt: int) -> int | None:
    """Return the best level of a provider that is felt as *felt* or worse."""
    return next((level for level, result in enumerate(table) if result >= felt), None)


class Fixpoint:
    """
    What follows from literals that were fired, and from nothing else.

    Args:
        program: The system.
        pinned: Literals that somebody ruled out, each with all that may follow from it: see `pinned`.
    """

    __slots__ = ("counts", "flags", "order", "pinned", "program", "rows")

    def __init__(self, program: Program, pinned: Pinned = NONE_PINNED) -> None:
        self.program = program
        self.pinned = pinned
        self.rows = program.rows(pinned)
        self.flags = program.take_flags()
        self.counts: dict[int, int] = {}
        self.order: list[int] = []
        """Literals and counters in the order in which they fired; also those that were ruled out."""

    def fire(self, sources: Iterable[int]) -> None:
        """
        Fire literals or counters, and all that follows. The cost is that of the edges that leave these.

        What fired before is passed over.
        """
        flags, counts, order, program = self.flags, self.counts, self.order, self.program
        fired, counted = order.append, counts.get
        need, literals, counters_end = program.need, program.literals, program.counters_end
        # `order` grows while the pipeline reads it: skipping the edges that lead nowhere new is done in C,
        # and to Python is left what happens once for each literal, and once for each member of a counter.
        edges = chain.from_iterable(map(self.rows, _from(order, len(order))))
        for number in filterfalse(flags.__getitem__, chain(sources, edges)):
            if number < literals:
                flags[number] = 1
                fired(number)
                continue
            if number < counters_end:
                counter, weight = number, 1
            else:
                counter, weight = program.votes[number - counters_end]
                if flags[counter]:
                    continue
            count = counted(counter, 0) + weight
            if count < need[counter]:
                counts[counter] = count
            else:
                flags[counter] = 1
                fired(counter)

    def release(self) -> list[int]:
        """Return the order, and hand back the flags: nothing may be fired any more."""
        self.program.give_back(self.flags, self.order)
        return self.order


def _from(order: list[int], start: int) -> Iterator[int]:
    """Go through *order* from *start* on, and through what is appended meanwhile."""
    iterator = iter(order)
    if start:
        iterator.__setstate__(start)  # type: ignore[attr-defined]  # as pickle does: it skips without reading
    return iterator
