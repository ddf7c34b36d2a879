"""The laws of planned changes, against equations that are solved by brute force, hour by hour."""

from datetime import UTC, datetime, timedelta
from itertools import combinations
from math import ceil

from attrs import evolve, frozen
from hypothesis import assume, given
from hypothesis import strategies as st

from itsmkit.calendars import TimeSpan
from itsmkit.cmdb import (
    ConfigurationGraph,
    ConfigurationItem,
    LevelChain,
    Override,
    RedundancySet,
    Relation,
    Seed,
    WeightedNeed,
)
from itsmkit.cmdb.change import (
    ALL_KINDS,
    ChangeCalendar,
    CollisionKind,
    NoFreeSlot,
    PlannedChange,
    blast_radius,
    collisions,
    collisions_of,
    next_free_slot,
)

IDS = [f"ci-{number}" for number in range(7)]
HOURS = range(7)
EPOCH = datetime(2026, 3, 28, 22, tzinfo=UTC)


def at(hour):
    return EPOCH + timedelta(hours=hour)


def span(start, end):
    return TimeSpan(at(start), at(end))


hour_pairs = st.tuples(st.sampled_from(HOURS), st.sampled_from(HOURS)).filter(lambda pair: pair[0] < pair[1])
spans = hour_pairs.map(lambda pair: span(*pair))
instants = st.none() | st.sampled_from(HOURS).map(at)
some_cis = st.sets(st.sampled_from(IDS), max_size=2)


@frozen(eq=False)
class World:
    """A graph, and what it was made of."""

    graph: ConfigurationGraph
    edges: dict
    groups: list


@st.composite
def worlds(draw, ids=IDS):
    """Graphs with cycles, partial effects and redundancy, on chains of two to four levels."""
    names = draw(
        st.sampled_from(["up down", "up degraded down", "up degraded down", "fine low bad dead"])
    ).split()
    pairs = st.tuples(st.sampled_from(ids), st.sampled_from(ids)).filter(lambda pair: pair[0] != pair[1])
    partial = {names[-1]: names[1]}
    edges = draw(st.dictionaries(pairs, st.sampled_from([None, None, partial]), max_size=14))
    groups = []
    for dependent in ids:
        providers = sorted(provider for provider, other in edges if other == dependent)
        if providers and draw(st.integers(0, 3)):
            members = draw(st.lists(st.sampled_from(providers), min_size=1, unique=True))
            rules = ["any", "any", "50 %", "influence 60 %"]
            rules += ["at least 2"] if len(members) > 1 else []
            rules.append(WeightedNeed({members[0]: 2}, len(members)))
            groups.append(RedundancySet(dependent, "group", members, draw(st.sampled_from(rules))))
    graph = ConfigurationGraph(
        [ConfigurationItem(ci, "service" if ci in ids[:2] else "server", ci) for ci in ids],
        [Relation(source, "used_by", target, effect=effect) for (source, target), effect in edges.items()],
        groups,
        levels=LevelChain(names),
    )
    return World(graph, edges, groups)


@st.composite
def changes_in(draw, world, ids=IDS, most=4):
    levels = st.none() | st.sampled_from(world.graph.levels.names)
    cis = st.dictionaries(st.sampled_from(ids), levels, max_size=2)
    people = st.lists(st.sampled_from(["Ada", "Bob"]), unique=True, max_size=1)
    each = st.tuples(cis, spans, people)
    return [
        PlannedChange(f"CHG-{number}", *parts)
        for number, parts in enumerate(draw(st.lists(each, min_size=1, max_size=most)))
    ]


@st.composite
def failures_in(draw, world):
    seeds = st.builds(
        lambda ci, level, since, until: (
            Seed(ci, level, since=since, until=until)
            if since is None or until is None or since < until
            else Seed(ci, level)
        ),
        st.sampled_from(IDS),
        st.none() | st.sampled_from(world.graph.levels.names),
        instants,
        instants,
    )
    return draw(st.lists(seeds, max_size=2))


def overrides_in(world):
    return st.lists(
        st.builds(
            Override,
            st.sampled_from(IDS),
            st.sampled_from(world.graph.levels.names),
            st.just("Ada"),
            st.sampled_from(HOURS).map(at),
        ),
        max_size=1,
    )


times = st.lists(spans, max_size=2)
calendars = st.builds(
    ChangeCalendar,
    windows=st.dictionaries(st.none() | st.sampled_from(IDS), times, max_size=1),
    blackouts=st.dictionaries(st.none() | st.sampled_from(IDS), times, max_size=1),
)


@st.composite
def plans(draw, most=4):
    world = draw(worlds())
    return (
        world,
        draw(changes_in(world, most=most)),
        {"failures": draw(failures_in(world)), "overrides": draw(overrides_in(world))},
    )


# The equations


def needed(rule, members):
    """Return the weight of each member, and how much must be lost."""
    weights = dict.fromkeys(members, 1)
    if isinstance(rule, WeightedNeed):
        weights.update(rule.weights)
        return weights, sum(weights.values()) - rule.need + 1
    size = len(members)
    text = str(rule)
    if text == "influence 60 %":
        return weights, ceil(size * 6 / 10)
    up = {"any": 1, "at least 2": 2, "50 %": -(-size // 2)}[text]
    return weights, size - up + 1


def causes(world, failures, overrides, hour, changes):
    """Return what everything is at by itself, and at worst."""
    names, instant = world.graph.levels.names, at(hour)
    top = len(names) - 1

    def number(level):
        return top if level is None else names.index(level)

    observed = dict.fromkeys(IDS, 0)
    for seed in failures:
        if seed.holds_at(instant):
            observed[seed.ci] = max(observed[seed.ci], number(seed.level))
    for change in changes:
        for ci, level in change.cis.items():
            observed[ci] = max(observed[ci], number(level))
    caps = dict.fromkeys(IDS, top)
    for override in overrides:
        if override.holds_at(instant):
            caps[override.ci] = min(caps[override.ci], number(override.level))
    return observed, caps


def by_group(group, by_member, top):
    """Return the level that a group of providers takes its dependent to."""
    weights, lost = needed(group.rule, group.members)
    found = int(top > 1 and top in by_member.values())
    for level in [top] if str(group.rule).startswith("influence") else range(1, top + 1):
        if sum(weights[member] for member, each in by_member.items() if each >= level) >= lost:
            found = max(found, level)
    return found


def states(world, failures, overrides, hour, changes=()):
    """Return the number of the level of everything, by repeating the equations until nothing moves."""
    top = world.graph.levels.top
    observed, caps = causes(world, failures, overrides, hour, changes)
    grouped = {(member, group.dependent) for group in world.groups for member in group.members}
    state = dict.fromkeys(IDS, 0)
    while True:

        def felt(provider, dependent, state=state):
            level = state[provider]
            return level if world.edges[provider, dependent] is None else int(level == top)

        after = dict(observed)
        for provider, dependent in world.edges.keys() - grouped:
            after[dependent] = max(after[dependent], felt(provider, dependent))
        for group in world.groups:
            by_member = {member: felt(member, group.dependent) for member in group.members}
            after[group.dependent] = max(after[group.dependent], by_group(group, by_member, top))
        after = {ci: min(level, caps[ci]) for ci, level in after.items()}
        if after == state:
            return state
        state = after


def worse_items(world, before, after):
    return {ci for ci in IDS if after[ci] > before[ci]}


def slacks(world, failures, overrides, hour, changes=()):
    seeds = [*failures, *(Seed(ci, level) for change in changes for ci, level in change.cis.items())]
    impact = world.graph.impact_of(seeds, overrides=overrides, at=at(hour))
    return {ci: impact.slack(ci) for ci in IDS}


def robbed(before, after):
    return {ci for ci in IDS if before[ci] is not None and after[ci] is not None and after[ci] < before[ci]}


def above(world, cis):
    """Return what some items depend on, without themselves."""
    found = set(cis)
    while more := {provider for provider, dependent in world.edges if dependent in found} - found:
        found |= more
    return found - set(cis)


def subsets(changes, sizes):
    return [set(each) for size in sizes for each in combinations(changes, size)]


def under_way(changes, hour):
    return [change for change in changes if at(hour) in change.window]


def nearest_deciders(world, own, others, down):
    """Return what takes something of both down, on the way up from these to the next that does."""
    shared = above(world, own) & above(world, others)
    found, seen, pending = set(), set(own) | set(others), [*own, *others]
    while pending:
        item = pending.pop()
        if item in shared and down[item] & own and down[item] & others:
            found.add(item)
        else:
            more = {provider for provider, dependent in world.edges if dependent == item} - seen
            seen |= more
            pending += more
    return {ci for ci in found if not any((ci, other) in world.edges for other in found)} or found


def pair_collisions(world, one, other, alone, down):
    worse, lost = alone
    kind, pair = CollisionKind, (one.id, other.id)
    own, others = set(one.cis), set(other.cis)
    yield kind.SHARED_CI, pair, own & others
    yield kind.IN_RADIUS, pair, ((worse[one.id] - own) & others) | ((worse[other.id] - others) & own)
    touched = [worse[change.id] | lost[change.id] for change in (one, other)]
    yield kind.SHARED_IMPACT, pair, touched[0] & touched[1] - own - others
    yield kind.SHARED_ASSIGNEE, pair, set(one.assignees) & set(other.assignees)
    yield kind.SHARED_PROVIDER, pair, nearest_deciders(world, own, others, down)


def joint_excesses(levels, changes):
    together = levels(changes)
    for ci in IDS:
        alone = max(levels([change])[ci] for change in changes)
        for some in subsets([change.id for change in changes], range(2, len(changes) + 1)):
            level = levels([change for change in changes if change.id in some])[ci]
            fewer = [
                levels([change for change in changes if change.id in some - {left}])[ci] for left in some
            ]
            if alone < level <= together[ci] and max(fewer) < level:
                yield tuple(sorted(some)), ci


def expected_collisions(world, changes, hour, *, failures, overrides, calendar=None):
    """Return what collides in one hour."""
    changes = under_way(changes, hour)
    base = states(world, failures, overrides, hour)
    slack = slacks(world, failures, overrides, hour)

    def levels(some):
        return states(world, failures, overrides, hour, some)

    alone = (
        {change.id: worse_items(world, base, levels([change])) for change in changes},
        {change.id: robbed(slack, slacks(world, failures, overrides, hour, [change])) for change in changes},
    )
    top = world.graph.levels.top
    alone_down = {}
    for ci in IDS:
        after = states(world, [*failures, Seed(ci)], overrides, hour)
        alone_down[ci] = {item for item in IDS if base[item] < top == after[item]}
    found = {
        (kind, pair, frozenset(what))
        for one, other in combinations(changes, 2)
        for kind, pair, what in pair_collisions(world, one, other, alone, alone_down)
        if what
    }
    sets = {}
    for some, ci in joint_excesses(levels, changes) if changes else ():
        sets.setdefault(some, set()).add(ci)
    found |= {(CollisionKind.JOINT_EXCESS, some, frozenset(cis)) for some, cis in sets.items()}
    if calendar is not None:
        for change in changes:
            touched = set(change.cis) | alone[0][change.id] | {None}
            for ci in touched:
                what = (change.id,), frozenset({ci} - {None})
                if ci in calendar.blackouts and any(at(hour) in each for each in calendar.blackouts[ci]):
                    found.add((CollisionKind.BLACKOUT, *what))
                if ci in calendar.windows and not any(at(hour) in each for each in calendar.windows[ci]):
                    found.add((CollisionKind.OUTSIDE_WINDOW, *what))
    return found


def told(found, hour):
    those = [
        (each.kind, each.changes, frozenset(each.cis or each.assignees))
        for each in found
        if at(hour) in each.during
    ]
    assert len(those) == len(set(those))
    return set(those)


# Blast radius


@given(plans())
def test_the_radius_is_what_is_worse_in_some_hour_than_without_the_change(plan):
    world, (change, *others), context = plan
    names = world.graph.levels.names
    radius = blast_radius(world.graph, change, scheduled=others, **context)
    found = {}
    for hour in HOURS:
        if at(hour) in change.window:
            scheduled = under_way(others, hour)
            before = states(world, **context, hour=hour, changes=scheduled)
            after = states(world, **context, hour=hour, changes=[*scheduled, change])
            for ci in worse_items(world, before, after):
                found.setdefault(ci, []).append((after[ci], -before[ci], hour))
    assert {each.ci for each in radius.worsened} == found.keys() == set(radius.cis)
    for each in radius.worsened:
        after, before = max(entry[:2] for entry in found[each.ci])
        hours = [hour for *levels, hour in found[each.ci] if levels == [after, before]]
        assert (each.after, each.before) == (names[after], names[-before])
        assert each.during.start == at(hours[0])
        last = next(hour for hour in range(hours[0], 9) if hour not in hours)
        assert each.during.end == at(last)
        proof = radius.why(each.ci)
        assert (proof.steps[-1].ci, proof.steps[-1].level) == (each.ci, each.after)
        assert any(seed in change.seeds for seed in proof.seeds)


@given(plans())
def test_slack_is_lost_where_fewer_failures_are_survived_and_some_are(plan):
    world, (change, *others), context = plan
    radius = blast_radius(world.graph, change, scheduled=others, **context)
    found = {}
    for hour in HOURS:
        if at(hour) in change.window:
            scheduled = under_way(others, hour)
            before = slacks(world, **context, hour=hour, changes=scheduled)
            after = slacks(world, **context, hour=hour, changes=[*scheduled, change])
            for ci in robbed(before, after):
                found.setdefault(ci, []).append((after[ci], -before[ci], hour))
    assert {each.ci for each in radius.slack_losses} == found.keys()
    for each in radius.slack_losses:
        left, had, hour = min(found[each.ci])
        assert (each.after, each.before, each.during.start) == (left, -had, at(hour))


@given(plans(), st.randoms(use_true_random=False))
def test_the_radius_does_not_depend_on_the_order_of_anything(plan, random):
    world, (change, *others), context = plan
    graph = evolve(
        world.graph,
        items=random.sample(world.graph.items, len(world.graph.items)),
        relations=random.sample(world.graph.relations, len(world.graph.relations)),
    )
    shuffled = {name: random.sample(values, len(values)) for name, values in context.items()}
    radius = blast_radius(world.graph, change, scheduled=others, **context)
    assert blast_radius(graph, change, scheduled=others[::-1], **shuffled) == radius


@given(plans(), some_cis)
def test_a_change_of_more_items_never_does_less(plan, cis):
    world, (change, *others), context = plan
    more = evolve(change, cis=change.cis | dict.fromkeys(cis))
    less = set(blast_radius(world.graph, change, scheduled=others, **context).cis)
    assert less <= set(blast_radius(world.graph, more, scheduled=others, **context).cis)


@given(worlds())
def test_what_is_down_anyway_cannot_get_worse(world):
    change = PlannedChange("CHG-1", IDS, span(0, 1))
    radius = blast_radius(world.graph, change, failures=IDS)
    assert not radius.worsened
    assert not radius.slack_losses


# Collisions


@given(plans(), calendars)
def test_collisions_are_those_of_each_hour(plan, calendar):
    world, changes, context = plan
    found = collisions(world.graph, changes, calendar=calendar, kinds=ALL_KINDS, **context)
    for hour in HOURS:
        expected = expected_collisions(world, changes, hour, calendar=calendar, **context)
        assert told(found, hour) == expected
    assert all(each.complete for each in found)


@given(plans(), calendars)
def test_what_collides_without_interruption_is_told_once(plan, calendar):
    world, changes, context = plan
    found = collisions(world.graph, changes, calendar=calendar, kinds=ALL_KINDS, **context)
    for one, other in combinations(found, 2):
        if evolve(one, during=other.during) == other:
            assert one.during.end < other.during.start


@given(plans(), calendars)
def test_those_of_one_change_are_the_ones_that_involve_it(plan, calendar):
    world, changes, context = plan
    options = {"calendar": calendar, "kinds": ALL_KINDS, **context}
    everything = collisions(world.graph, changes, **options)
    for change in changes:
        found = collisions_of(world.graph, change, changes, **options)
        assert found == tuple(each for each in everything if change.id in each.changes)


@given(worlds(), st.data())
def test_what_many_changes_do_together_with_one_of_them_is_part_of_all_they_do(world, data):
    cis = st.sets(st.sampled_from(IDS), min_size=1, max_size=2)
    each = data.draw(st.lists(cis, min_size=3, max_size=6))
    changes = [PlannedChange(f"CHG-{number}", some, span(0, 1)) for number, some in enumerate(each)]
    options = {"kinds": {CollisionKind.JOINT_EXCESS}}
    everything = {
        (found.changes, ci) for found in collisions(world.graph, changes, **options) for ci in found.cis
    }
    for change in changes:
        found = collisions_of(world.graph, change, changes, **options)
        assert {(each.changes, ci) for each in found for ci in each.cis} == {
            (some, ci) for some, ci in everything if change.id in some
        }


@given(plans(), st.randoms(use_true_random=False))
def test_collisions_do_not_depend_on_the_order_of_anything(plan, random):
    world, changes, context = plan
    shuffled = {name: random.sample(values, len(values)) for name, values in context.items()}
    found = collisions(world.graph, changes, kinds=ALL_KINDS, **context)
    again = collisions(world.graph, random.sample(changes, len(changes)), kinds=ALL_KINDS, **shuffled)
    assert found == again


@given(plans(most=5))
def test_without_any_change_of_a_set_its_joint_excess_is_gone(plan):
    world, changes, context = plan
    for each in collisions(world.graph, changes, kinds={CollisionKind.JOINT_EXCESS}, **context):
        for left_out in each.changes:
            fewer = [change for change in changes if change.id in each.changes and change.id != left_out]
            again = collisions(world.graph, fewer, kinds={CollisionKind.JOINT_EXCESS}, **context)
            assert not any(set(other.changes) >= set(each.changes) for other in again)
            hour = int((each.during.start - EPOCH) / timedelta(hours=1))
            all_of_it = [change for change in changes if change.id in each.changes]
            with_all = states(world, **context, hour=hour, changes=all_of_it)
            without = states(world, **context, hour=hour, changes=fewer)
            assert all(without[ci] < with_all[ci] for ci in each.cis)


@given(st.data())
def test_changes_on_parts_that_are_not_connected_do_not_collide(data):
    world = data.draw(worlds())
    undirected = {frozenset(edge) for edge in world.edges}
    part = {IDS[0]}
    while more := {ci for edge in undirected if edge & part for ci in edge} - part:
        part |= more
    rest = sorted(set(IDS) - part)
    assume(rest)
    one = PlannedChange("CHG-1", data.draw(st.sets(st.sampled_from(sorted(part)))), span(0, 6))
    other = PlannedChange("CHG-2", data.draw(st.sets(st.sampled_from(rest))), span(0, 6))
    assert collisions(world.graph, [one, other], kinds=ALL_KINDS) == ()


@given(plans(), calendars)
def test_each_collision_names_its_paths(plan, calendar):
    world, changes, context = plan
    for each in collisions(world.graph, changes, calendar=calendar, kinds=ALL_KINDS, **context):
        for ci in each.cis:
            proofs = each.why(ci)
            if each.kind is CollisionKind.JOINT_EXCESS:
                (proof,) = proofs
                assert proof.steps[-1].ci == ci
                assert proof.steps[-1].level == each.levels[ci]
            if each.kind in {CollisionKind.IN_RADIUS, CollisionKind.SHARED_IMPACT}:
                assert proofs
                assert all(proof.steps for proof in proofs)
        assert all(change in each.explain() for change in each.changes)


# Slots


@given(plans(), calendars, st.integers(0, 4), st.integers(1, 6), st.integers(1, 20))
def test_the_slot_is_the_first_of_all_half_hours_without_collision(plan, calendar, after, duration, within):
    world, (change, *others), context = plan
    half = timedelta(minutes=30)
    options = {"calendar": calendar, "kinds": ALL_KINDS, **context}
    start, end = EPOCH + after * half, EPOCH + (after + within) * half
    found = next_free_slot(
        world.graph,
        change,
        others,
        after=start,
        within=within * half,
        duration=duration * half,
        **options,
    )
    slots = [
        TimeSpan(EPOCH + number * half, EPOCH + (number + duration) * half)
        for number in range(after, after + within - duration + 1)
    ]
    free = [
        slot
        for slot in slots
        if not collisions_of(world.graph, evolve(change, window=slot), others, **options)
    ]
    if free:
        assert found == free[0]
    else:
        assert isinstance(found, NoFreeSlot)
        assert found.within == TimeSpan(start, end)
        assert found.longest < duration * half
        assert bool(found.obstacles) == (found.longest < within * half)
        assert change.id in found.explain()
