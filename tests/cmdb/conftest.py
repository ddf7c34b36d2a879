import math
from collections.abc import Callable, Iterable
from fractions import Fraction

import pytest

from itsmkit.cmdb import (
    AllNeeded,
    AnySuffices,
    AtLeast,
    CIId,
    Clauses,
    ConfigurationGraph,
    ConfigurationItem,
    Influence,
    PercentUp,
    Relation,
    WeightedNeed,
)


@pytest.fixture(scope="session")
def a_graph() -> Callable[..., ConfigurationGraph]:
    """
    Make a graph of servers from sentences.

    *relations* are texts such as ``"web runs_on host"``; *items* are ids, by default all that occur.
    """

    def make(
        relations: Iterable[str] = (), *, items: Iterable[str] | None = None, **options: object
    ) -> ConfigurationGraph:
        sentences = [sentence.split() for sentence in relations]
        ids = dict.fromkeys(end for source, _, target in sentences for end in (source, target))
        return ConfigurationGraph(
            [ConfigurationItem(CIId(each), "server", each) for each in (ids if items is None else items)],
            [Relation(CIId(source), name, CIId(target)) for source, name, target in sentences],
            **options,
        )

    return make


class Oracle:
    """
    The levels of a graph by the letter: all equations again and again, until nothing changes.

    It knows the rules from the declaration alone, in fractions, and nothing of how the engine works.
    """

    def __init__(self, graph):
        self.graph = graph
        self.names = graph.levels.names
        self.top = len(self.names) - 1
        flows = {each.name: each for each in graph.model.relation_types}
        # Providers of each dependent, with what is felt of each level, by relation.
        self.ways = []
        for relation in graph.relations:
            kind = flows[relation.type]
            table = self.felt(kind.effect if relation.effect is None else relation.effect)
            if kind.flow.value in {"impact", "both"}:
                self.ways.append((relation.source, relation.target, relation.type, table))
            if kind.flow.value in {"reverse", "both"}:
                self.ways.append((relation.target, relation.source, relation.type, table))

    def felt(self, effect):
        number = self.names.index
        if effect.same:
            return list(range(self.top + 1))
        if effect.cap is not None:
            return [min(level, number(effect.cap)) for level in range(self.top + 1)]
        return [
            max((number(felt) for level, felt in effect.to.items() if number(level) <= each), default=0)
            for each in range(self.top + 1)
        ]

    def groups(self, dependent):
        """Return the groups of a dependent: the rule, and what is felt of each member, by its level."""
        groups, taken = [], set()
        for each in self.graph.redundancy:
            if each.dependent == dependent:
                members = {}
                for index, (provider, target, kind, table) in enumerate(self.ways):
                    covered = each.relation_type in {None, kind}
                    if target == dependent and provider in each.members and covered:
                        known = members.get(provider, [0] * (self.top + 1))
                        members[provider] = list(map(max, known, table))
                        taken.add(index)
                if members:
                    groups.append((each.rule, members))
        for index, (provider, target, _, table) in enumerate(self.ways):
            if target == dependent and index not in taken:
                groups.append((AllNeeded(), {provider: table}))
        return groups

    def out(self, rule, felt):
        """Return the level that members, at what is felt of them, take a dependent to."""
        n, top, levels = len(felt), self.top, range(1, self.top + 1)

        def lost(level, weights=None):
            weigh = {} if weights is None else weights
            return sum(weigh.get(member, 1) for member, each in felt.items() if each >= level)

        def counted(needed):
            worst = max((level for level in levels if lost(level) >= needed), default=0)
            return max(worst, 1 if lost(top) and top > 1 else 0)

        match rule:
            case AllNeeded():
                return max(felt.values())
            case AnySuffices():
                return counted(n)
            case AtLeast(count):
                return counted(max(1, n - count + 1))
            case PercentUp(percentage):
                up = next(up for up in range(n + 1) if up * 100 >= n * percentage)
                return counted(n - up + 1)
            case Influence(percentage):
                needed = next(down for down in range(n + 1) if down * 100 >= n * percentage)
                return top if lost(top) >= needed else min(1, lost(top), top - 1)
            case WeightedNeed(weights, need):
                total = sum(weights.get(member, 1) for member in felt)
                scale = math.lcm(*(Fraction(each).denominator for each in [*weights.values(), need]))
                # Of members that are missing in the graph, the rest must be up.
                missing = max(1, (total - need) * scale + 1)
                worst = max((each for each in levels if lost(each, weights) * scale >= missing), default=0)
                return max(worst, 1 if lost(top) and top > 1 else 0)
            case Clauses(clauses):
                number = self.names.index
                return max(
                    (
                        number(clause.then)
                        for clause in clauses
                        if lost(number(clause.members_at), clause.weights)
                        >= min(clause.weight, sum(clause.weights.get(member, 1) for member in felt))
                        and lost(number(clause.members_at), clause.weights) > 0
                    ),
                    default=0,
                )

    def step(self, levels, observed, caps):
        after = {}
        for item in self.graph.items:
            worst = observed.get(item.id, 0)
            for rule, members in self.groups(item.id):
                felt = {member: table[levels[member]] for member, table in members.items()}
                worst = max(worst, self.out(rule, felt))
            after[item.id] = min(worst, caps.get(item.id, self.top))
        return after

    def fixpoint(self, start, observed, caps):
        levels = {item.id: start for item in self.graph.items}
        while (after := self.step(levels, observed, caps)) != levels:
            levels = after
        return {ci: self.names[level] for ci, level in levels.items() if level}

    def least(self, failures, caps=None):
        """Return the levels of what is not at the best one, under failures by name of level, and caps."""
        number = self.names.index
        observed = {ci: number(level) for ci, level in failures.items()}
        return self.fixpoint(0, observed, {ci: number(level) for ci, level in (caps or {}).items()})

    def greatest(self):
        """Return the levels of what is not at the best one, if everything begins at the worst."""
        return self.fixpoint(self.top, {}, {})


@pytest.fixture(scope="session")
def oracle():
    """Return what makes an independent reckoning of a graph."""
    return Oracle
