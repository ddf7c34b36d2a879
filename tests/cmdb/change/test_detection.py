import pickle
from datetime import timedelta

import pytest
from attrs import evolve

from itsmkit.cmdb import (
    ConfigurationGraph,
    ConfigurationItem,
    LevelChain,
    RedundancySet,
    Relation,
    Seed,
    UnknownItemError,
    WeightedNeed,
)
from itsmkit.cmdb.change import (
    ALL_KINDS,
    BLOCKING_KINDS,
    STANDARD_KINDS,
    WARNING_KINDS,
    CollisionKind,
    UnknownInChangesError,
    blast_radius,
    collisions,
    collisions_of,
    next_free_slot,
)
from itsmkit.errors import DefinitionError

UP_OR_DOWN = LevelChain(["up", "down"])


def test_three_changes_that_only_together_break_one_of_three_are_found(a_shop, a_change, hours):
    graph = a_shop(3, levels=UP_OR_DOWN)
    changes = [a_change(f"CHG-{number}", [f"web-{number}"], number, 9) for number in (1, 2, 3)]
    (found,) = collisions(graph, changes, kinds={CollisionKind.JOINT_EXCESS})
    assert (found.changes, found.cis, found.during) == (
        ("CHG-1", "CHG-2", "CHG-3"),
        ("Ada", "shop"),
        hours(3, 9),
    )
    for pair in (changes[:2], changes[1:], changes[::2]):
        assert collisions(graph, pair, kinds={CollisionKind.JOINT_EXCESS}) == ()


def test_changes_that_rob_the_same_service_of_redundancy_collide(a_shop, a_change):
    changes = [a_change(f"CHG-{number}", [f"web-{number}"]) for number in (1, 2)]
    found, warning = collisions(a_shop(3, levels=UP_OR_DOWN), changes)
    assert (warning.kind, warning.cis) == (CollisionKind.SHARED_PROVIDER, ("host",))
    assert (found.kind, found.cis, found.slack) == (CollisionKind.SHARED_IMPACT, ("shop",), {"shop": 0})
    assert found.levels == {"shop": "up"}
    assert [proof.cis for proof in found.why("shop")] == [("web-1",), ("web-2",)]


def test_a_change_under_what_another_works_on_collides_and_the_path_is_named(a_shop, a_change):
    changes = [a_change("CHG-1", ["rack"]), a_change("CHG-2", ["web-1"])]
    found = {each.kind: each for each in collisions(a_shop(1), changes)}
    assert found.keys() == {CollisionKind.IN_RADIUS, CollisionKind.SHARED_IMPACT}
    first, second = found[CollisionKind.IN_RADIUS].why("web-1")
    assert first.cis == ("rack", "host", "web-1")
    assert second.cis == ("web-1",)


def test_changes_of_two_items_that_depend_on_a_third_collide_and_the_path_is_named(a_change):
    graph = ConfigurationGraph(
        [ConfigurationItem(ci, "server", ci) for ci in "abp"],
        [Relation("a", "depends_on", "p"), Relation("b", "depends_on", "p")],
    )
    (found,) = collisions(graph, [a_change("CHG-1", ["a"], 1, 4), a_change("CHG-2", ["b"], 3, 5)])
    assert (found.kind, found.kind.is_warning, found.cis) == (CollisionKind.SHARED_PROVIDER, True, ("p",))
    assert found.explain().splitlines() == [
        "CHG-1 and CHG-2, 2026-05-04T03:00:00+00:00 to 2026-05-04T04:00:00+00:00: shared provider: p",
        "  p is down: assumed",
        "  a is down: p down (a depends_on p)",
        "  b is down: p down (b depends_on p)",
    ]


def test_a_provider_that_something_else_stands_in_for_is_no_collision_before_that_has_failed(a_change):
    graph = ConfigurationGraph(
        [ConfigurationItem(ci, "server", ci) for ci in ["a", "b", "p", "q", "power"]],
        [Relation(ci, "depends_on", provider) for ci in "ab" for provider in "pq"]
        + [Relation(ci, "depends_on", "power") for ci in "pq"],
        [RedundancySet(ci, "two", ["p", "q"], "any") for ci in "ab"],
    )
    changes = [a_change("CHG-1", ["a"]), a_change("CHG-2", ["b"])]
    assert [each.cis for each in collisions(graph, changes)] == [("power",)]
    assert [each.cis for each in collisions(graph, changes, failures=["q"])] == [("p",)]


def test_a_provider_that_both_need_is_a_warning_and_takes_no_slot(a_shop, a_change, hours):
    changes = [a_change("CHG-1", ["web-1"]), a_change("CHG-2", ["web-2"])]
    graph = a_shop(2)
    (found,) = collisions(graph, changes, kinds=WARNING_KINDS)
    assert found.cis == ("host",)
    assert [proof.cis for proof in found.why("host")] == [("host", "web-1"), ("host", "web-2")]
    one = a_change("CHG-1", ["left"])
    apart = ConfigurationGraph(
        [ConfigurationItem(ci, "server", ci) for ci in ["left", "right", "power"]],
        [Relation(ci, "depends_on", "power") for ci in ["left", "right"]],
    )
    planned = [a_change("CHG-2", ["right"])]
    assert next_free_slot(apart, one, planned, within=timedelta(hours=12)) == hours(1, 5)
    assert next_free_slot(apart, one, planned, within=timedelta(hours=12), kinds=ALL_KINDS) == hours(5, 9)
    assert BLOCKING_KINDS | WARNING_KINDS == STANDARD_KINDS


def test_windows_that_touch_do_not_collide(a_shop, a_change):
    changes = [a_change("CHG-1", ["host"], 1, 3), a_change("CHG-2", ["host"], 3, 5)]
    assert collisions(a_shop(1), changes) == ()
    assert collisions_of(a_shop(1), changes[0], changes) == ()


def test_an_announced_outage_hides_what_adds_up_to_no_more(a_shop, a_change):
    changes = [a_change(f"CHG-{number}", [f"web-{number}"]) for number in (1, 2)]
    kinds = {CollisionKind.JOINT_EXCESS}
    assert len(collisions(a_shop(2), changes, kinds=kinds)) == 1
    assert collisions(a_shop(2), [*changes, a_change("CHG-3", ["shop"])], kinds=kinds) == ()


def test_where_there_are_too_many_sets_the_ones_that_are_told_say_so(a_shop, a_change):
    changes = [a_change(f"CHG-{number}", [f"web-{number}"]) for number in range(1, 6)]
    graph = a_shop(5, "at least 3")
    options = {"kinds": {CollisionKind.JOINT_EXCESS}}
    everything = collisions(graph, changes, **options)
    some = collisions(graph, changes, most_sets=2, **options)
    assert (len(everything), len(some)) == (10, 2)
    assert all(each.complete for each in everything)
    assert some[0].explain().endswith("there may be more sets of changes that do so")
    assert len(collisions_of(graph, changes[0], changes, **options)) == 6


def test_every_item_and_level_that_is_none_is_told_with_its_change(a_shop, a_change):
    graph = a_shop(1)
    change = a_change("C7", {"host": "dwn", "rack": "broken", "web-1": "down"})
    levels = (
        "change C7: cis['host']: no level 'dwn'; did you mean 'down'?",
        "change C7: cis['rack']: no level 'broken'; known: up, degraded, down",
    )
    for question in (lambda *all_: collisions(graph, all_), lambda one, *_: blast_radius(graph, one)):
        with pytest.raises(DefinitionError) as raised:
            question(change)
        assert raised.value.problems == levels
        assert not isinstance(raised.value, UnknownItemError)
    others = [a_change("C8", ["hots", "wbe-1"]), a_change("C9", {"shpo": "dwn"})]
    for question in (
        lambda: collisions(graph, [*others, change]),
        lambda: blast_radius(graph, change, scheduled=others),
    ):
        with pytest.raises(UnknownInChangesError) as raised:
            question()
        assert raised.value.problems == (
            *levels,
            "change C8: cis['hots']: no configuration item 'hots'; did you mean 'host'?",
            "change C8: cis['wbe-1']: no configuration item 'wbe-1'; did you mean 'web-1'?",
            "change C9: cis['shpo']: no configuration item 'shpo'; did you mean 'shop'?",
            "change C9: cis['shpo']: no level 'dwn'; did you mean 'down'?",
        )
        assert (raised.value.key, raised.value.closest) == ("hots", ("host",))
        assert str(pickle.loads(pickle.dumps(raised.value))) == str(raised.value)
        assert isinstance(raised.value, UnknownItemError)


def test_nothing_collides_with_nothing(a_shop):
    assert collisions(a_shop(1), []) == ()


def test_what_to_look_for_must_be_kinds_and_how_many_a_number(a_shop):
    with pytest.raises(DefinitionError, match="kinds: must be CollisionKinds, not str 'blackout'"):
        collisions(a_shop(1), [], kinds=["blackout"])
    with pytest.raises(DefinitionError, match="most_sets: must be a whole number of 1 or more, not int 0"):
        collisions(a_shop(1), [], most_sets=0)


def test_what_others_break_together_is_no_collision_of_a_change_that_does_not_help(a_shop, a_change):
    changes = [a_change(f"CHG-{number}", [f"web-{number}"]) for number in (1, 2)]
    kinds = {CollisionKind.JOINT_EXCESS}
    assert collisions_of(a_shop(2), a_change("CHG-3", ["Ada"]), changes, kinds=kinds) == ()


def test_a_change_that_begins_meanwhile_does_not_split_what_others_do_together(a_shop, a_change, hours):
    changes = [a_change(f"CHG-{number}", [f"web-{number}"], 1, 9) for number in (1, 2)]
    changes += [a_change("CHG-3", ["Ada"], 3, 5), a_change("CHG-4", ["web-3"], 2, 3)]
    kinds = {CollisionKind.JOINT_EXCESS}
    found = collisions(a_shop(3, "at least 2"), changes, kinds=kinds)
    assert [(each.changes, each.cis, each.during) for each in found] == [
        (("CHG-1", "CHG-2"), ("Ada", "shop"), hours(1, 3)),
        (("CHG-1", "CHG-4"), ("Ada", "shop"), hours(2, 3)),
        (("CHG-2", "CHG-4"), ("Ada", "shop"), hours(2, 3)),
        (("CHG-1", "CHG-2"), ("shop",), hours(3, 5)),
        (("CHG-1", "CHG-2"), ("Ada", "shop"), hours(5, 9)),
    ]


def test_a_set_without_the_change_does_not_hide_the_ones_with_it(a_shop, a_change):
    changes = [a_change(f"CHG-{number}", [f"web-{number}"]) for number in range(1, 5)]
    kinds = {CollisionKind.JOINT_EXCESS}
    for change in changes:
        found = collisions_of(a_shop(4, "at least 3"), change, changes, kinds=kinds, most_sets=1)
        assert [change.id in each.changes for each in found] == [True]
        assert not found[0].complete


def test_of_two_pairs_that_each_do_the_same_both_are_found(a_shop, a_change):
    pairs = [RedundancySet("shop", f"pair {one}", [f"web-{one}", f"web-{one + 1}"], "any") for one in (1, 3)]
    graph = evolve(a_shop(4), redundancy=pairs)
    changes = [a_change(f"CHG-{number}", [f"web-{number}"]) for number in range(1, 5)]
    kinds = {CollisionKind.JOINT_EXCESS}
    first, second = collisions(graph, changes, kinds=kinds)
    assert (first.changes, second.changes) == (("CHG-1", "CHG-2"), ("CHG-3", "CHG-4"))
    assert [collisions_of(graph, change, changes, kinds=kinds) for change in changes] == [
        (first,),
        (first,),
        (second,),
        (second,),
    ]


def a_service_of_pairs(pairs, *more):
    """Make a service that is down if both of any pair are, with more relations and groups."""
    groups = [
        RedundancySet(dependent, f"pair {one}", [f"a{one:02}", f"b{one:02}"], "any")
        for dependent, numbers in pairs.items()
        for one in numbers
    ]
    groups += more
    relations = [Relation(group.dependent, "depends_on", each) for group in groups for each in group.members]
    relations = list(dict.fromkeys(relations))
    ids = {each for relation in relations for each in (relation.source, relation.target)}
    graph = ConfigurationGraph(
        [ConfigurationItem(ci, "server", ci) for ci in sorted(ids)], relations, groups, levels=UP_OR_DOWN
    )
    return graph, sorted(ids - {"shop", "x"})


def test_a_change_that_cannot_decide_costs_no_search_among_what_others_do(a_change):
    # What web adds is never enough to decide: 2 is too little with it, and 4 enough without.
    weighted = RedundancySet(
        "shop", "weighted", ["left", "right", "web"], WeightedNeed({"left": 2, "right": 2}, 2)
    )
    graph, ids = a_service_of_pairs({"shop": range(40)}, weighted)
    changes = [a_change(ci, [ci]) for ci in ids]
    kinds = {CollisionKind.JOINT_EXCESS}
    assert collisions_of(graph, a_change("web", ["web"]), changes, kinds=kinds) == ()
    (found,) = collisions_of(graph, a_change("left", ["left"]), changes, kinds=kinds)
    assert (found.changes, found.complete) == (("left", "right"), True)


def test_where_it_cannot_be_told_whether_a_change_takes_part_that_is_told(a_change, hours):
    # With web, x is enough; but whatever takes x down is enough for the shop.
    graph, ids = a_service_of_pairs(
        {"shop": range(12), "x": range(12)}, RedundancySet("shop", "x or web", ["x", "web"], "any")
    )
    changes = [a_change(ci, [ci]) for ci in ids]
    kinds = {CollisionKind.JOINT_EXCESS}
    web = a_change("web", ["web"])
    (found,) = collisions_of(graph, web, changes, kinds=kinds, most_sets=1)
    assert (found.changes, found.cis, found.complete) == (("web",), ("shop",), False)
    assert found.explain().splitlines() == [
        "web, 2026-05-04T01:00:00+00:00 to 2026-05-04T05:00:00+00:00: joint excess: shop",
        "  shop then survives 0 further failures",
        "  there may be sets of changes with it that do so",
    ]
    slot = next_free_slot(graph, web, changes, within=timedelta(hours=12), kinds=kinds)
    assert slot == hours(5, 9)
    few = [change for change in changes if change.id[1:] in {"00", "01", "eb"}]
    assert collisions_of(graph, web, few, kinds=kinds, most_sets=1) == ()


def test_what_fails_between_two_changes_is_in_nobodys_way(a_shop, a_change, hours):
    gap = hours(4, 5)
    changes = [a_change("CHG-1", ["host"], 1, 3), a_change("CHG-2", ["host"], 6, 7)]
    failure = Seed("host", since=gap.start, until=gap.end)
    assert collisions(a_shop(1), changes, failures=[failure]) == ()
