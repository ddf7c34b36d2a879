"""Reading reasons off the order in which literals fired."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cached_property
from typing import TYPE_CHECKING

from itsmkit.cmdb._program import NumberedGroup, Pinned
from itsmkit.cmdb.configuration_item import CIId
from itsmkit.cmdb.proof import Proof, ProofStep, Shortfall
from itsmkit.cmdb.redundancy import Threshold
from itsmkit.cmdb.relation import Relation
from itsmkit.cmdb.seed import Seed

if TYPE_CHECKING:
    from itsmkit.cmdb.graph import ConfigurationGraph

__all__ = ["Reasons", "shortfalls"]


class Reasons:
    """
    Why each literal fired.

    The order of firing is the rank of a proof: whatever fired rests on what fired before, so that no reason
    goes in a ring. The first of what leads to a literal is what made it fire.

    Args:
        graph: The graph.
        order: Literals and counters in the order in which they fired.
        seeds: The seeds that were fired.
        pinned: The literals that were ruled out.
    """

    def __init__(
        self, graph: "ConfigurationGraph", order: Sequence[int], seeds: Iterable[Seed], pinned: Pinned
    ) -> None:
        self._graph = graph
        self._pinned = pinned
        self._program = graph._program
        self._order = order
        self._seeds = tuple(seeds)

    @cached_property
    def _rank(self) -> Mapping[int, int]:
        return {number: rank for rank, number in enumerate(self._order)}

    @cached_property
    def _seed_at(self) -> Mapping[int, Seed]:
        """The first seed that says each literal."""
        found: dict[int, Seed] = {}
        levels = self._graph.levels
        for seed in self._seeds:
            worst = levels.top if seed.level is None else levels.number(seed.level)
            for level in range(1, worst + 1):
                found.setdefault(self._program.literal(self._graph._number(seed.ci), level), seed)
        return found

    def why(self, item: int, level: int) -> Proof:
        """Return the proof of a literal that fired."""
        goal = self._program.literal(item, level)
        reasons: dict[int, tuple[int | None, tuple[int, ...]]] = {}
        open_goals = [goal]
        for literal in open_goals:
            if literal not in reasons:
                reasons[literal] = reason = self._reason(literal)
                open_goals.extend(reason[1])
        return Proof(
            tuple(self._step(literal, *reasons[literal]) for literal in sorted(reasons, key=self._place))
        )

    def _place(self, literal: int) -> int:
        # A seed's better levels may be said before they fire, and are put before everything that rests on
        # them.
        return -1 if literal in self._seed_at else self._rank[literal]

    def _reason(self, literal: int) -> tuple[int | None, tuple[int, ...]]:
        """Return the counter by which a literal fired, if it was one, and the literals that were needed."""
        if literal in self._seed_at:
            return None, ()
        rank = self._rank[literal]
        first = min(
            (source for source in self._program.into[literal] if self._supports(source, literal, rank)),
            key=self._rank.__getitem__,
        )
        if first >= self._program.literals:
            return first, self._needed(first)
        if self._program.implies(first, literal):
            # What is said of a worse level is the reason for the better one.
            return self._reason(first)
        return None, (first,)

    def _supports(self, source: int, literal: int, rank: int) -> bool:
        """Tell whether *source* fired before the rank of *literal*, and may be a reason for it."""
        return self._rank.get(source, rank) < rank and (
            source not in self._pinned or self._program.implies(source, literal)
        )

    def _needed(self, counter: int) -> tuple[int, ...]:
        """Return the members that made a counter fire, the earliest first, and no more than were needed."""
        fired = sorted(
            (self._rank[literal], literal, weight)
            for literal, weight in self._program.members(counter)
            if literal in self._rank and literal not in self._pinned
        )
        missing = self._program.need[counter]
        needed: list[tuple[int, int]] = []
        for _, literal, weight in fired:
            if missing <= 0:
                break
            needed.append((literal, weight))
            missing -= weight
        # A heavy one that came last may do the work of light ones before it.
        for each in tuple(reversed(needed[:-1])):
            if each[1] <= -missing:
                needed.remove(each)
                missing += each[1]
        return tuple(literal for literal, _ in needed)

    def _step(self, literal: int, counter: int | None, because: Sequence[int]) -> ProofStep:
        ci, level = self._said(literal)
        seed = self._seed_at.get(literal)
        if seed is not None:
            return ProofStep(ci, level, seed)
        causes = tuple(map(self._said, because))
        if counter is not None:
            name = self._graph._ways.names[self._program.clause_of[counter - self._program.literals][0]]
            return ProofStep(ci, level, None, name.name, str(name.rule), causes)
        return ProofStep(ci, level, None, *self._single(because[0], literal), causes)

    def _single(self, cause: int, literal: int) -> tuple[str, str]:
        """Return the name and the rule of the group by which one provider alone makes a dependent worse."""
        (provider, suffered), (dependent, level) = map(self._program.said, (cause, literal))
        ways = self._graph._ways
        for relation in single_relations(self._graph, provider, dependent):
            if self._graph._felt(relation)[suffered] >= level:
                return str(relation), ""
        return next(
            (name.name, str(name.rule))
            for group, name in ways.of_dependent[dependent]
            if any(
                clause.then >= level and weight >= clause.need and felt[suffered] >= clause.at
                for clause in group.thresholds
                for member, felt, weight in group.votes(clause)
                if member == provider
            )
        )

    def _said(self, literal: int) -> tuple[CIId, str]:
        item, level = self._program.said(literal)
        return self._graph._sorted[item].id, self._graph.levels.names[level]


def single_relations(graph: "ConfigurationGraph", provider: int, dependent: int) -> tuple[Relation, ...]:
    """Return the relations between a provider and a dependent that count for themselves, sorted."""
    ways, way = graph._ways, (provider, dependent)
    grouped = ways.grouped.get(way, ())
    if grouped and way not in ways.single:
        return ()
    return tuple(each for each in graph._relations_by_way.get(way, ()) if each not in grouped)


def shortfalls(
    graph: "ConfigurationGraph",
    levels: Mapping[int, int],
    caps: Mapping[int, int],
    dependent: int,
    wanted: int,
) -> Iterator[Shortfall]:
    """
    Go through the groups of a dependent that could take it to a level, or worse.

    Args:
        graph: The graph.
        levels: The level of each item that is not at the best one.
        caps: The worst level of each item that was ruled to be no worse.
        dependent: The item.
        wanted: The level, worse than that at which the item is.
    """
    if caps.get(dependent, graph.levels.top) >= wanted:
        yield from _single_shortfalls(graph, caps, dependent, wanted)
        for group, (name, _) in graph._ways.of_dependent.get(dependent, ()):
            found = [
                shortfall
                for clause in group.thresholds
                if clause.then >= wanted
                and (shortfall := _clause_shortfall(graph, levels, caps, name, group, clause)) is not None
            ]
            if found:
                yield min(found, key=lambda each: each.failures)


def _single_shortfalls(
    graph: "ConfigurationGraph", caps: Mapping[int, int], dependent: int, wanted: int
) -> Iterator[Shortfall]:
    names, top = graph.levels.names, graph.levels.top
    for provider in graph._providers[dependent]:
        if provider == dependent:
            continue
        for relation in single_relations(graph, provider, dependent):
            felt = graph._felt(relation)
            at = next((level for level in range(1, top + 1) if felt[level] >= wanted), None)
            if at is not None and caps.get(provider, top) >= at:
                yield Shortfall(str(relation), names[at], 1, ((graph._sorted[provider].id, 1),))


def _clause_shortfall(  # noqa: PLR0917  private, and called once
    graph: "ConfigurationGraph",
    levels: Mapping[int, int],
    caps: Mapping[int, int],
    name: str,
    group: NumberedGroup,
    clause: Threshold,
) -> Shortfall | None:
    """Return what a clause is short of, or ``None`` if it can never fire."""
    missing, candidates, counts_at = clause.need, [], 0
    for member, felt, weight in group.votes(clause):
        if felt[levels.get(member, 0)] >= clause.at:
            missing -= weight
        elif weight and felt[caps.get(member, graph.levels.top)] >= clause.at:
            candidates.append((graph._sorted[member].id, weight))
            counts_at = max(counts_at, next(level for level, each in enumerate(felt) if each >= clause.at))
    if sum(weight for _, weight in candidates) < missing:
        return None
    candidates.sort(key=lambda each: (-each[1], each[0]))
    return Shortfall(name, graph.levels.names[counts_at], missing, tuple(candidates))
