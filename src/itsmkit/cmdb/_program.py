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

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import cached_property
from itertools import chain, filterfalse, repeat

from attrs import define, frozen

from itsmkit._frozen import FrozenDict
from itsmkit.cmdb.redundancy import Threshold

Pinned = Mapping[int, tuple[int, ...]]
NONE_PINNED: Pinned = FrozenDict()

__all__ = ["Fixpoint", "NumberedGroup", "Program", "compile_program"]

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


@define(slots=False, eq=False)
class Program:
    """
    The compiled system. It does not change; many questions may be asked of it at once.

    Args:
        items: How many items there are: n.
        top: The number of the worst level: how many levels there are but the best.
        out: For each literal, counter and vote what it leads to.
        need: For each literal 0, for each counter the weight at which it fires.
        votes: For each vote its counter and its weight.
        clause_of: For each counter the number of its group, and its place among the group's thresholds.
        groups: The groups with more than one clause-firing member.
    """

    items: int
    top: int
    out: Sequence[tuple[int, ...]]
    need: Sequence[int]
    votes: Sequence[tuple[int, int]]
    clause_of: Sequence[tuple[int, int]]
    groups: Sequence[NumberedGroup]

    def __attrs_post_init__(self) -> None:
        self.literals = self.items * self.top
        self.counters_end = self.literals + len(self.clause_of)
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
            return bytearray(len(self.out))

    def give_back(self, flags: bytearray) -> None:
        """Take back flags that are all down again."""
        self._spare.append(flags)

    @cached_property
    def into(self) -> Sequence[Sequence[int]]:
        """What leads to each literal, counter and vote: `out` the other way round."""
        found: list[list[int]] = [[] for _ in self.out]
        for source, targets in enumerate(self.out):
            for target in targets:
                found[target].append(source)
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
    edges: Iterable[Edge],
    partial_edges: Iterable[tuple[int, int, Table]] = (),
    groups: Sequence[NumberedGroup] = (),
) -> Program:
    """
    Return the system of these relations.

    Args:
        items: How many items there are.
        top: The number of the worst level.
        edges: Provider and dependent, of which what the one suffers the other does.
        partial_edges: The same, with the table of what is felt of each level.
        groups: Providers that count together.
    """
    writer = _Writer(items, top)
    writer.edges(edges)
    for provider, dependent, table in partial_edges:
        writer.partial_edge(provider, dependent, table)
    for place, group in enumerate(groups):
        for index, clause in enumerate(group.thresholds):
            writer.clause(group, clause, (place, index))
    return writer.finish(groups)


class _Writer:
    """A program while it is written."""

    def __init__(self, items: int, top: int) -> None:
        self._items = items
        self._top = top
        # One object for each number, however often it stands in the adjacency.
        self._numbers = list(range(items * top))
        self._out: list[list[int]] = [[] for _ in self._numbers]
        self._heads: list[int] = []
        self._need: list[int] = [0] * len(self._numbers)
        self._clause_of: list[tuple[int, int]] = []
        self._heavy: list[tuple[int, int, int]] = []  # literal, counter, weight

    def _literal(self, item: int, level: int) -> int:
        return (self._top - level) * self._items + item

    def edges(self, edges: Iterable[Edge]) -> None:
        starts = range(0, len(self._numbers), self._items or 1)
        for provider, dependent in edges:
            for start in starts:
                self._out[start + provider].append(self._numbers[start + dependent])

    def partial_edge(self, provider: int, dependent: int, table: Table) -> None:
        for felt in range(1, self._top + 1):
            cause = _least(table, felt)
            if cause is not None:
                self._out[self._literal(provider, cause)].append(
                    self._numbers[self._literal(dependent, felt)]
                )

    def clause(self, group: NumberedGroup, clause: Threshold, place: tuple[int, int]) -> None:
        head = self._numbers[self._literal(group.dependent, clause.then)]
        body = [
            (self._literal(member, cause), weight)
            for member, table, weight in group.votes(clause)
            if (cause := _least(table, clause.at)) is not None
        ]
        for literal, weight in body:
            if weight >= clause.need:
                self._out[literal].append(head)
        light = [(literal, weight) for literal, weight in body if 0 < weight < clause.need]
        if sum(weight for _, weight in light) < clause.need:
            return
        counter = len(self._need)
        self._need.append(clause.need)
        self._heads.append(head)
        self._clause_of.append(place)
        for literal, weight in light:
            if weight == 1:
                self._out[literal].append(counter)
            else:
                self._heavy.append((literal, counter, weight))

    def finish(self, groups: Sequence[NumberedGroup]) -> Program:
        first_vote = len(self._need)
        for number, (literal, _, _) in enumerate(self._heavy):
            self._out[literal].append(first_vote + number)
        # Who is at a level is at each better one too. Last, so that nearer dependents come first.
        for literal in range(len(self._numbers) - self._items):
            self._out[literal].append(self._numbers[literal + self._items])
        return Program(
            items=self._items,
            top=self._top,
            out=[tuple(dict.fromkeys(each)) for each in self._out]
            + [(head,) for head in self._heads]
            + [(counter,) for _, counter, _ in self._heavy],
            need=self._need,
            votes=[(counter, weight) for _, counter, weight in self._heavy],
            clause_of=self._clause_of,
            groups=groups,
        )


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
        flags = self.flags
        for number in self.order:
            flags[number] = 0
        self.program.give_back(flags)
        return self.order


def _from(order: list[int], start: int) -> Iterator[int]:
    """Go through *order* from *start* on, and through what is appended meanwhile."""
    iterator = iter(order)
    if start:
        iterator.__setstate__(start)  # type: ignore[attr-defined]  # as pickle does: it skips without reading
    return iterator
