"""All answers against a reckoning by hand: the equations of impact, gone through until nothing changes."""

from fractions import Fraction
from itertools import combinations
from math import ceil, prod

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from itsmkit.cmdb import (
    IGNORED,
    SAME,
    AllNeeded,
    AnySuffices,
    AtLeast,
    CIClass,
    ClassModel,
    Clause,
    Clauses,
    ConfigurationGraph,
    ConfigurationItem,
    Effect,
    Facet,
    ImpactRule,
    Influence,
    LevelChain,
    PercentUp,
    RedundancySet,
    Relation,
    RelationType,
    WeightedNeed,
    capped,
)
from itsmkit.cmdb.risk import cut_sets, false_redundancy, importance, risk_ranking, spofs

IDS = tuple("abcdef")
CHAINS = [("up", "down"), ("up", "degraded", "down"), ("clear", "warning", "minor", "major", "critical")]
TYPES = [
    RelationType("depends_on", "supports", "reverse"),
    RelationType("runs_on", "runs", "reverse"),
    RelationType("connects_to", "connects_to", "both"),
]


# Graphs


@st.composite
def rules(draw, members, levels):
    kind = draw(st.sampled_from(["all", "any", "any", "count", "percent", "influence", "weights", "clauses"]))
    if kind == "all":
        return AllNeeded()
    if kind == "any":
        return AnySuffices()
    if kind == "count":
        return AtLeast(draw(st.integers(1, len(members))))
    if kind == "percent":
        return PercentUp(draw(st.integers(1, 100)))
    if kind == "influence":
        return Influence(draw(st.fractions(Fraction(1, 3), 100, max_denominator=3)))
    weight = st.one_of(st.integers(0, 3), st.just(Fraction(3, 2)))
    weights = {each: draw(weight) for each in members if draw(st.booleans())}
    total = sum(weights.get(each, 1) for each in members)
    need = Fraction(draw(st.integers(1, 6)), draw(st.sampled_from([1, 2])))
    if total == 0:
        return AnySuffices()
    need = min(need, Fraction(total))
    if kind == "weights":
        return WeightedNeed(weights, need)
    level = st.sampled_from(levels[1:])
    others = draw(st.lists(st.builds(Clause, level, st.just(1), level), max_size=1))
    return Clauses([Clause(draw(level), need, draw(level), weights), *others])


def effects(levels):
    level = st.sampled_from(levels[1:])
    return st.one_of(
        st.none(),
        st.none(),
        st.sampled_from([SAME, IGNORED]),
        level.map(capped),
        st.builds(lambda at, felt: Effect({at: felt}), level, level),
    )


@st.composite
def graphs(draw):
    levels = draw(st.sampled_from(CHAINS))
    ways = draw(
        st.lists(
            st.tuples(
                st.sampled_from(IDS), st.sampled_from([*TYPES[:2], *TYPES]).map(str), st.sampled_from(IDS)
            ),
            unique=True,
            max_size=14,
        )
    )
    relations = [Relation(*way, effect=draw(effects(levels))) for way in ways]
    sets = []
    for dependent in IDS:
        providers = sorted(
            {provider for provider, end, _ in ways_of(relations) if end == dependent} - {dependent}
        )
        for number in range(draw(st.sampled_from([0, 1, 1, 2])) if len(providers) > 1 else 0):
            members = draw(st.lists(st.sampled_from(providers), unique=True, min_size=2))
            rule = draw(rules(members, levels))
            name = draw(st.sampled_from([None, None, "depends_on"]))
            sets.append(RedundancySet(dependent, f"set {number}", members, rule, name))
    in_class = draw(st.sampled_from([AnySuffices(), AtLeast(2), PercentUp(60), Influence(50)]))
    model = ClassModel(
        [
            CIClass("host"),
            CIClass("service", facets=["service"], impact_rules=[ImpactRule("hosts", "runs_on", in_class)]),
        ],
        TYPES,
        [Facet("service")],
    )
    items = [
        ConfigurationItem(each, draw(st.sampled_from(["host", "service"])), each, draw(attributes))
        for each in IDS
    ]
    return ConfigurationGraph(items, relations, sets, model=model, levels=LevelChain(levels))


attributes = st.sampled_from([{}, {}, {"weight": 3}, {"weight": "0.5"}])
cis = st.sampled_from(IDS)


# The reckoning


def ways_of(relations):
    """Return provider, dependent and relation of each way of impact."""
    there = [(each.target, each.source, each) for each in relations]
    back = [(each.source, each.target, each) for each in relations if each.type == "connects_to"]
    return there + back


def felt(relation, level, names):
    effect = relation.effect or SAME
    if effect.same:
        return level
    if effect.cap is not None:
        return min(level, names.index(effect.cap))
    known = [names.index(to) for at, to in effect.to.items() if names.index(at) <= level]
    return max(known, default=0)


def outcome(rule, suffered, top):
    """Return the level of a dependent whose providers, by id, are felt at some levels."""
    n = len(suffered)
    # One that is down is felt, if there is a level for that.
    first = 1 if top > 1 and top in suffered.values() else 0

    def worst_of(lost):
        shared = max(
            (t for t in range(1, top + 1) if sum(f >= t for f in suffered.values()) >= lost), default=0
        )
        return max(shared, first)

    if isinstance(rule, AllNeeded):
        return worst_of(1)
    if isinstance(rule, AnySuffices):
        return worst_of(n)
    if isinstance(rule, AtLeast):
        return worst_of(max(1, n - rule.count + 1))
    if isinstance(rule, PercentUp):
        return worst_of(n - ceil(n * rule.percentage / 100) + 1)
    if isinstance(rule, Influence):
        down = sum(f == top for f in suffered.values())
        return top if down >= ceil(n * rule.percentage / 100) else first
    if isinstance(rule, WeightedNeed):
        # What asks for more than there is asks for all of it.
        weights = {ci: rule.weights.get(ci, 1) for ci in suffered}
        need = min(rule.need, sum(weights.values()))
        lost = [
            t for t in range(1, top + 1) if sum(weights[ci] for ci, f in suffered.items() if f < t) < need
        ]
        return max([*lost, first])
    raise AssertionError(rule)


def groups_of(graph):
    """Return dependent, name, rule and relations by member of each group, and the ways that are in none."""
    found, single = {}, []
    classes = {item.id: item.ci_class for item in graph.items}
    [in_class] = graph.model.ci_class("service").impact_rules
    for provider, dependent, relation in ways_of(graph.relations):
        covering = [
            (each.name, each.rule)
            for each in graph.redundancy
            if each.dependent == dependent
            and provider in each.members
            and each.relation_type in {None, relation.type}
        ]
        in_rule = classes[dependent] == "service" and relation.type == "runs_on" and provider != dependent
        if not covering and in_rule:
            covering = [(in_class.name, in_class.rule)]
        for name, rule in covering:
            members = found.setdefault((dependent, name), (rule, {}))[1]
            members.setdefault(provider, []).append(relation)
        if not covering:
            single.append((provider, dependent, relation))
    return found, single


def clause_weights(rule, names, members):
    """Return of each clause the level of members, the weight needed, what follows and the weights."""
    top, n = len(names) - 1, len(members)
    ones = dict.fromkeys(members, 1)
    if isinstance(rule, Clauses):
        for each in rule.clauses:
            weights = {ci: each.weights.get(ci, 1) for ci in members}
            # What cannot be reached is reached when all have failed.
            need = min(each.weight, sum(weights.values()))
            if need:
                yield names.index(each.members_at), need, names.index(each.then), weights
    elif isinstance(rule, AnySuffices):
        yield top, n, top, ones
    elif isinstance(rule, AtLeast):
        yield top, max(1, n - rule.count + 1), top, ones
    elif isinstance(rule, PercentUp):
        yield top, n - ceil(n * rule.percentage / 100) + 1, top, ones
    elif isinstance(rule, Influence):
        yield top, ceil(n * rule.percentage / 100), top, ones
    elif isinstance(rule, WeightedNeed):
        # So much is lost that less than needed is left: more than the total less the need.
        weights = {ci: rule.weights.get(ci, 1) for ci in members}
        scale = 2
        lost = max(0, sum(weights.values()) - rule.need) * scale + Fraction(1, 1000)
        yield top, lost, top, {ci: weight * scale for ci, weight in weights.items()}


def state(graph, failures, caps=()):
    """Return the level of each item: the least solution, from all up, one round after the other."""
    names = graph.levels.names
    top = len(names) - 1
    caps = dict(caps)
    grouped, single = groups_of(graph)
    levels = dict.fromkeys(IDS, 0)
    while True:
        new = {ci: failures.get(ci, 0) for ci in IDS}
        for provider, dependent, relation in single:
            new[dependent] = max(new[dependent], felt(relation, levels[provider], names))
        for (dependent, _), (rule, members) in grouped.items():
            suffered = suffering(members, levels, names)
            if isinstance(rule, Clauses):
                out = max(
                    (
                        then
                        for at, need, then, weights in clause_weights(rule, names, members)
                        if sum(weights[ci] for ci, f in suffered.items() if f >= at) >= need
                    ),
                    default=0,
                )
            else:
                out = outcome(rule, suffered, top)
            new[dependent] = max(new[dependent], out)
        new = {ci: min(level, caps.get(ci, top)) for ci, level in new.items()}
        if new == levels:
            return levels
        levels = new


def suffering(members, levels, names):
    return {
        ci: max(felt(relation, levels[ci], names) for relation in relations)
        for ci, relations in members.items()
    }


def cuts(graph, ci, order, level, *, failed=None, caps=()):
    """Return the minimal cut sets by trying all sets."""
    top = graph.levels.top
    failed = failed or {}
    found = []
    for size in range(order + 1):
        for each in combinations([other for other in IDS if other != ci], size):
            if not any(known <= set(each) for known in found):
                after = state(graph, failed | dict.fromkeys(each, top), caps)
                if after[ci] >= level:
                    found.append(frozenset(each))
    return found


# The laws


@given(graphs(), st.dictionaries(cis, st.integers(1, 4), max_size=3))
def test_the_reckoning_is_that_of_impact(graph, failed):
    failed = {ci: min(level, graph.levels.top) for ci, level in failed.items()}
    names = graph.levels.names
    impact = graph.impact_of({ci: names[level] for ci, level in failed.items()})
    assert {ci: impact.level(ci) for ci in IDS} == {ci: names[n] for ci, n in state(graph, failed).items()}


@given(graphs(), cis, st.integers(1, 4))
def test_a_single_point_of_failure_takes_it_down_alone(graph, ci, level):
    level = min(level, graph.levels.top)
    expected = [
        other for other in IDS if other != ci and state(graph, {other: graph.levels.top})[ci] >= level
    ]
    assert list(spofs(graph, ci, graph.levels.names[level])) == expected


@settings(deadline=None)
@given(graphs(), cis, st.integers(1, 4), st.integers(1, 3))
def test_cut_sets_are_all_minimal_sets_that_take_it_down(graph, ci, level, order):
    level = min(level, graph.levels.top)
    expected = cuts(graph, ci, order, level)
    assert list(cut_sets(graph, ci, order, graph.levels.names[level])) == expected


@settings(deadline=None)
@given(
    graphs(),
    cis,
    st.dictionaries(cis, st.integers(1, 4), max_size=2),
    st.dictionaries(cis, st.integers(0, 4), max_size=2),
)
def test_what_has_failed_and_what_was_ruled_counts(a_ruling, graph, ci, failed, caps):
    top, names = graph.levels.top, graph.levels.names
    failed = {other: min(level, top) for other, level in failed.items()}
    caps = {other: min(level, top) for other, level in caps.items()}
    options = {
        "given": {other: names[level] for other, level in failed.items()},
        "overrides": [a_ruling(other, names[level]) for other, level in caps.items()],
        "at": a_ruling.at,
    }
    expected = cuts(graph, ci, 3, top, failed=failed, caps=caps)
    assert list(cut_sets(graph, ci, 3, **options)) == expected
    single = [other for each in expected if len(each) == 1 for other in each]
    assert list(spofs(graph, ci, **options)) == single


@settings(deadline=None)
@given(graphs(), cis, st.integers(1, 3))
def test_importance_counts_the_cut_sets_of_each_member(graph, ci, order):
    sets = cuts(graph, ci, order, graph.levels.top)
    found = importance(graph, ci, order)
    assert {each.ci: each.cut_sets for each in found} == {
        member: tuple(
            sum(member in each for each in sets if len(each) == size) for size in range(1, order + 1)
        )
        for member in {member for each in sets for member in each}
    }
    counts = [each.cut_sets for each in found]
    assert counts == sorted(counts, reverse=True)


@settings(deadline=None)
@given(graphs(), cis, st.lists(st.sampled_from([0, 0.1, 0.25, 0.5, 1]), min_size=6, max_size=6))
def test_birnbaum_and_fussell_vesely_are_what_the_formulas_say(graph, ci, chances):
    q = dict(zip(IDS, chances, strict=True))
    sets = cuts(graph, ci, 3, graph.levels.top)

    def bound(sets, q):
        return 1 - prod(1 - prod(q[member] for member in each) for each in sets)

    for each in importance(graph, ci, 3, probabilities=q):
        own = [known for known in sets if each.ci in known]
        down = bound(sets, q)
        assert each.birnbaum == pytest.approx(bound(sets, q | {each.ci: 1}) - bound(sets, q | {each.ci: 0}))
        assert each.fussell_vesely == pytest.approx(bound(own, q) / down if down else 0)


@given(graphs())
def test_redundancy_is_false_where_one_failure_uses_it_up(graph):
    names, top = graph.levels.names, graph.levels.top
    grouped, _ = groups_of(graph)
    expected = {}
    for (dependent, name), (rule, members) in grouped.items():
        for other in IDS:
            suffered = suffering(members, state(graph, {other: top}, {dependent: 0}), names)
            for at, need, then, weights in clause_weights(rule, names, members):
                light = [weights[ci] for ci, f in suffered.items() if f >= at and weights[ci] < need]
                if then == top and sum(light) >= need and other != dependent:
                    expected.setdefault((dependent, name), set()).add(other)
    found = false_redundancy(graph)
    assert {(each.dependent, each.group): set(each.shared) for each in found} == expected
    assert [(each.dependent, each.group) for each in found] == sorted(expected)
    for each in found:
        for shared in each.shared:
            assert each.why(shared).steps[-1].ci == each.dependent
            assert len(each.lost(shared)) > 1


@given(graphs())
def test_the_ranking_adds_up_the_services_of_which_something_is_a_single_point(graph):
    services = [item.id for item in graph.items if item.ci_class == "service"]
    weight = {item.id: Fraction(item.attributes.get("weight", 1)) for item in graph.items}
    expected = {}
    for ci in IDS:
        after = state(graph, {ci: graph.levels.top})
        down = {other for other in services if other != ci and after[other] == graph.levels.top}
        if down:
            expected[ci] = (sum(weight[other] for other in down), down)
    found = risk_ranking(graph)
    assert {each.ci: (each.score, set(each.services)) for each in found} == expected
    assert [each.ci for each in found] == sorted(expected, key=lambda ci: (-expected[ci][0], ci))
    for each in found:
        assert list(each.services) == sorted(each.services, key=lambda ci: (-weight[ci], ci))


@settings(deadline=None)
@given(graphs(), cis, st.randoms(use_true_random=False))
def test_no_answer_depends_on_the_order_of_declaration(graph, ci, random):
    shuffled = [random.sample(each, len(each)) for each in (graph.items, graph.relations, graph.redundancy)]
    other = ConfigurationGraph(*shuffled, model=graph.model, levels=graph.levels)
    assert cut_sets(graph, ci, 3) == cut_sets(other, ci, 3)
    assert false_redundancy(graph) == false_redundancy(other)
    assert risk_ranking(graph) == risk_ranking(other)
    chances = dict.fromkeys(IDS, 0.1)
    assert importance(graph, ci, 3, probabilities=chances) == importance(other, ci, 3, probabilities=chances)
