"""What a map shows, held against the graph and the impact themselves."""

from datetime import UTC, datetime
from math import ceil

import pytest
from attrs import evolve
from hypothesis import given
from hypothesis import strategies as st

from itsmkit.cmdb import (
    STANDARD_RELATION_TYPES,
    CIClass,
    CIId,
    ClassModel,
    ConfigurationGraph,
    ConfigurationItem,
    Facet,
    Override,
    RedundancySet,
    Relation,
    Seed,
    UnknownItemError,
)
from itsmkit.cmdb.diagrams import mermaid_text
from itsmkit.cmdb.diagrams._picture import ALIKE, node_names, picture_of
from itsmkit.cmdb.diagrams._telling import box_told, description, junction_told, summary
from itsmkit.errors import DefinitionError


def picture(graph, impact=None, *, focus=None, why=None, title=None, direction="up", most=80):
    return picture_of(graph, impact, focus=focus, why=why, title=title, direction=direction, most=most)


def shown(found):
    return [item.id for box in found.boxes for item in box.items]


@given(st.data())
def test_each_item_that_is_asked_for_has_one_box_or_is_told_to_be_left_out(drawable, data):
    graph, seeds = data.draw(drawable())
    impact = data.draw(st.sampled_from([None, graph.impact_of(seeds)]))
    most = data.draw(st.integers(1, 12))
    found = picture(graph, impact, most=most)
    everything = sorted([*shown(found), *found.hidden])
    if impact is None or not impact.levels:
        assert everything == sorted(item.id for item in graph.items)
    else:
        assert len(everything) == len(set(everything))
        assert set(impact.levels) <= set(everything)
        standing_by = set(everything) - set(impact.levels) - {seed.ci for seed in seeds}
        groups = [
            {each.dependent, *each.members}
            for each in graph.redundancy
            if set(impact.levels) & set(each.members)
        ]
        assert standing_by <= set().union(*groups)
    assert len(found.boxes) <= most
    assert found.hidden == () or len(found.boxes) == most


@given(st.data())
def test_order_of_declaration_does_not_show(drawable, data):
    graph, seeds = data.draw(drawable())
    other = evolve(
        graph,
        items=data.draw(st.permutations(graph.items)),
        relations=data.draw(st.permutations(graph.relations)),
        redundancy=data.draw(st.permutations(graph.redundancy)),
    )
    most = data.draw(st.integers(1, 12))
    assert mermaid_text(graph, most=most) == mermaid_text(other, most=most)
    one, two = graph.impact_of(seeds), other.impact_of(seeds)
    assert mermaid_text(graph, one, most=most) == mermaid_text(other, two, most=most)


@given(st.data())
def test_arrows_and_junctions_are_the_relations_that_carry_impact(drawable, data):
    graph, _ = data.draw(drawable())
    found = picture(graph)
    keys = {item.id: box.key for box in found.boxes for item in box.items}
    expected = {
        (keys[provider], keys[dependent])
        for dependent in keys
        for provider in graph.predecessors(dependent)
        if keys[provider] != keys[dependent]
    }
    members = {junction.key: junction for junction in found.junctions}
    drawn = set()
    for arrow in found.arrows:
        if arrow.target in members:
            drawn.add((arrow.source, keys[arrow.target[0]]))
        elif arrow.source in members:
            assert arrow.target == keys[arrow.source[0]]
        else:
            drawn.add((arrow.source, arrow.target))
            if arrow.is_both:
                drawn.add((arrow.target, arrow.source))
    assert drawn == expected


@given(st.data())
def test_a_level_is_the_worst_that_comes_along_an_arrow_or_is_known(drawable, data):
    """The equations of the impact, read back from the picture: all of what is not shown is well."""
    graph, seeds = data.draw(drawable(most=6))
    impact = graph.impact_of(seeds)
    if not impact.levels:
        return
    found = picture(graph, impact)
    for box in found.boxes:
        coming = [arrow for arrow in found.arrows if arrow.target == box.key]
        both = [arrow for arrow in found.arrows if arrow.is_both and arrow.source == box.key]
        known = [
            found.tone(graph.levels.top if seed.level is None else graph.levels.number(seed.level))
            for seed in seeds
            if seed.ci == box.key
        ]
        worst = max([arrow.tone for arrow in (*coming, *both)] + known, default=0)
        assert box.tone <= worst
        if not both and not any(arrow.is_both for arrow in coming):
            assert box.tone == worst
        assert box.tone == found.tone(graph.levels.number(impact.level(box.key)))
        assert box.is_suppressed == impact.is_suppressed(box.key)
        assert all(impact.level(item.id) == impact.level(box.key) for item in box.items)


@given(st.data())
def test_the_emphasised_way_is_the_proof(drawable, data):
    graph, seeds = data.draw(drawable())
    impact = graph.impact_of(seeds)
    ci = data.draw(st.sampled_from([item.id for item in graph.items]))
    found = picture(graph, impact, why=ci)
    proof = impact.why(ci)
    assert found.proof == proof
    assert {box.key for box in found.boxes if box.is_proof} == set(proof.cis)
    expected = {(cause, step.ci) for step in proof.steps for cause, _ in step.because}
    emphasised = set()
    for arrow in found.arrows:
        if arrow.is_proof and not isinstance(arrow.source, tuple):
            target = arrow.target[0] if isinstance(arrow.target, tuple) else arrow.target
            ends = (arrow.source, target)
            emphasised.add(ends if ends in expected or not arrow.is_both else ends[::-1])
    rings = {ends for ends in expected if ends[0] == ends[1]}
    assert emphasised == expected - rings or all(
        ends in emphasised or ends[::-1] in emphasised for ends in expected - rings
    )


@given(st.data())
def test_a_focus_keeps_to_what_it_depends_on_and_what_depends_on_it(drawable, data):
    graph, seeds = data.draw(drawable())
    impact = data.draw(st.sampled_from([None, graph.impact_of(seeds)]))
    focus = data.draw(st.sampled_from([item.id for item in graph.items]))
    found = picture(graph, impact, focus=focus)
    cone = {focus, *graph.ancestors(focus), *graph.descendants(focus)}
    assert focus in shown(found)
    assert set(shown(found)) <= cone
    if impact is None:
        assert set(shown(found)) == cone


@given(st.data())
def test_nodes_have_different_names(drawable, data):
    graph, _ = data.draw(drawable())
    names = node_names(picture(graph))
    assert len(set(names.values())) == len(names)


def test_who_is_alike_shares_a_box_from_four_on(shop):
    found = picture(shop)
    [pile] = [box for box in found.boxes if box.others]
    assert (pile.key, len(pile.items)) == ("till-01", 24)
    assert box_told(pile).startswith("Till 1 (workstation till-01) and 23 alike: till-02, till-03,")
    assert box_told(pile).endswith("till-13 and 11 more")
    few = evolve(
        shop, items=[item for item in shop.items if item.id not in {f"till-{n:02}" for n in range(ALIKE, 25)}]
    )
    assert not any(box.others for box in picture(few).boxes)


def test_what_was_asked_about_or_failed_never_shares_a_box(shop):
    impact = shop.impact_of(["shop", "till-03"])
    found = picture(shop, impact, focus=CIId("shop"), why=CIId("till-05"))
    alone = {box.key for box in found.boxes if not box.others}
    assert {"till-03", "till-05", "shop"} <= alone
    assert {len(box.items) for box in found.boxes if box.others} == {22}


def test_what_has_redundancy_of_its_own_does_not_share_a_box():
    ids = [f"app-{number}" for number in range(5)]
    graph = ConfigurationGraph(
        [ConfigurationItem(CIId(each), "application", each) for each in (*ids, "a", "b")],
        [Relation(CIId(each), "runs_on", CIId(host)) for each in ids for host in "ab"],
        [RedundancySet(CIId(each), "hosts", ["a", "b"], "any") for each in ids],
    )
    assert not any(box.others for box in picture(graph).boxes)


def test_the_nearest_to_a_focus_have_room_first(shop):
    found = picture(shop, focus=CIId("host-1"), most=3)
    assert sorted(shown(found)) == ["feed", "host-1", "web-1"]
    assert summary(found) == "3 of 33 configuration items; 28 more not shown"


def test_what_people_need_has_room_first(shop):
    found = picture(shop, most=3)
    assert [box.key for box in found.boxes] == ["customers", "shop", "web-1"]


def test_what_services_rest_on_has_room_before_what_nobody_needs():
    classes = {"a-rack": "rack", "a-spare": "server", "host": "server", "shop": "service", "web": "server"}
    items = [ConfigurationItem(CIId(ci), ci_class, ci) for ci, ci_class in classes.items()]
    graph = ConfigurationGraph(items, ["shop depends_on web", "web runs_on host", "a-spare runs_on a-rack"])
    keys = [{box.key for box in picture(graph, most=most).boxes} for most in range(1, 6)]
    assert keys[2] == {"shop", "web", "host"}
    assert keys[3] == keys[2] | {"a-spare"}
    assert keys[4] == keys[3] | {"a-rack"}


@pytest.mark.parametrize(
    ("rule", "need"),
    [
        pytest.param("all", "all 3", id="all"),
        pytest.param("any", "1 of 3", id="any"),
        pytest.param("at least 2", "2 of 3", id="at least"),
        pytest.param("50 %", "2 of 3", id="percent"),
        pytest.param("influence 50 %", "rule of 3", id="influence"),
    ],
)
def test_a_junction_says_how_many_are_needed(a_graph, rule, need):
    graph = a_graph(
        [f"shop depends_on web-{number}" for number in range(3)],
        redundancy=[RedundancySet(CIId("shop"), "web", ["web-0", "web-1", "web-2"], rule)],
    )
    [junction] = picture(graph).junctions
    assert (junction.need, junction.name, junction.up, junction.tone) == (need, "web", 3, None)
    assert junction_told(junction).startswith(f"web: {need} needed of web-0, web-1, web-2, by the rule: ")


def test_a_junction_of_weights_says_the_weight(a_graph):
    from itsmkit.cmdb import WeightedNeed

    graph = a_graph(
        ["shop depends_on web-0", "shop depends_on web-1"],
        redundancy=[RedundancySet(CIId("shop"), "web", ["web-0", "web-1"], WeightedNeed({"web-0": 3}, 3))],
    )
    assert picture(graph).junctions[0].need == "weight 3 of 4"


def test_a_set_of_one_is_an_arrow(a_graph):
    graph = a_graph(["shop depends_on web"], redundancy=[RedundancySet(CIId("shop"), "web", ["web"], "any")])
    impact = graph.impact_of(["web"])
    found = picture(graph, impact, why=CIId("shop"))
    assert found.junctions == ()
    [arrow] = found.arrows
    assert (arrow.source, arrow.target, arrow.tone, arrow.is_proof) == ("web", "shop", 4, True)
    assert (arrow.words, str(arrow.relations[0])) == ("supports", "shop depends_on web")


@pytest.mark.parametrize(
    ("failed", "told"),
    [
        pytest.param([], "2 up; 1 more failure can be borne", id="all up"),
        pytest.param(["host-1"], "1 up; one more failure takes the dependent down", id="one left"),
        pytest.param(["host-1", "host-2"], "0 up", id="none left"),
    ],
)
def test_a_junction_says_how_much_redundancy_is_left(shop, failed, told):
    found = picture(shop, shop.impact_of([*failed, "customers"]), focus=CIId("shop"))
    if not failed:
        found = picture(shop, shop.impact_of([]))
    [junction] = found.junctions
    assert junction_told(junction).endswith(told)


def test_two_that_need_each_other_have_one_arrow_with_two_heads(shop):
    [arrow] = [arrow for arrow in picture(shop).arrows if arrow.is_both]
    assert (arrow.source, arrow.target, arrow.words) == ("switch-1", "switch-2", "connects to")


def test_several_relations_between_two_are_one_arrow(a_graph):
    graph = a_graph(["web runs_on host", "web depends_on host"])
    [arrow] = picture(graph, graph.impact_of(["host"])).arrows
    assert (arrow.words, arrow.tone) == ("supports, runs", 4)


def test_members_that_are_related_beside_the_set_too_have_one_arrow_each(a_graph):
    graph = a_graph(
        ["shop depends_on a", "shop depends_on b", "shop runs_on a"],
        redundancy=[RedundancySet(CIId("shop"), "ab", ["a", "b"], "any", relation_type="depends_on")],
    )
    ends = {(arrow.source, arrow.target) for arrow in picture(graph).arrows}
    junction = ("shop", "ab")
    assert ends == {("a", junction), ("b", junction), (junction, "shop"), ("a", "shop")}


def test_a_status_says_how_it_is_known_what_is_planned_and_who_ruled(shop):
    until = datetime(2026, 3, 29, tzinfo=UTC)
    impact = shop.impact_of(
        [Seed(CIId("host-1"), "down", "planned"), Seed(CIId("host-1"), "degraded"), Seed(CIId("feed"), "up")],
        overrides=[Override(CIId("shop"), "up", "duty manager", until)],
        at=datetime(2026, 3, 28, tzinfo=UTC),
    )
    found = picture(shop, impact)
    status = {box.key: box.status for box in found.boxes}
    assert status["host-1"] == "down · planned"
    assert status["web-1"] == "down · planned"
    assert status["shop"] == "up · by ruling"
    assert status["feed"] == "up · observed"
    assert summary(found) == "2 down of 33 configuration items; 2 only as planned"
    assert found.tones == ((4, "down"), (0, "up"))


def test_services_and_users_are_told_by_their_facets():
    model = ClassModel(
        classes=[
            CIClass("shop", facets=["service"]),
            CIClass("person", facets=["user"]),
            CIClass("thing"),
        ],
        relation_types=STANDARD_RELATION_TYPES,
        facets=[Facet("service"), Facet("user")],
    )
    graph = ConfigurationGraph(
        [ConfigurationItem(CIId(each), each, each) for each in ("shop", "person", "thing")], model=model
    )
    kinds = {box.key: (box.is_service, box.is_user) for box in picture(graph).boxes}
    assert kinds == {"shop": (True, False), "person": (False, True), "thing": (False, False)}


@pytest.mark.parametrize(
    ("failed", "options", "title"),
    [
        pytest.param(None, {}, "Service map", id="all"),
        pytest.param(None, {"focus": "shop"}, "Service map of Web shop", id="a focus"),
        pytest.param([], {}, "Service map", id="no failure"),
        pytest.param(["web-1"], {}, "Impact of Web server 1", id="a failure"),
        pytest.param(["web-1"], {"why": "shop"}, "Impact of Web server 1 on Web shop", id="a reason"),
        pytest.param(
            ["web-1", "web-2", "feed", "host-1", "web-1"],
            {},
            "Impact of Web server 1, Web server 2, Power feed and 1 more",
            id="many failures",
        ),
        pytest.param(["web-1"], {"title": "Mine"}, "Mine", id="given"),
    ],
)
def test_a_title_says_what_was_asked(shop, failed, options, title):
    impact = None if failed is None else shop.impact_of(failed)
    assert picture(shop, impact, **options).title == title


def test_nothing_affected_is_said(shop):
    assert summary(picture(shop, shop.impact_of([]))) == "nothing is affected, of 33 configuration items"


def test_all_that_a_map_shows_is_told_in_words(a_graph):
    graph = a_graph(
        ["shop depends_on web-1", "shop depends_on web-2"],
        redundancy=[RedundancySet(CIId("shop"), "web", ["web-1", "web-2"], "any")],
    )
    assert description(picture(graph, graph.impact_of(["web-1"]), why=CIId("shop"))) == (
        "A service map: 1 down, 1 degraded of 3 configuration items. Impact flows along the arrows, from "
        "what supports to what depends on it. shop (server shop) is degraded. web-1 (server web-1) is down, "
        "observed. web-2 (server web-2) is up. shop needs web: 1 of 2 needed of web-1, web-2, by the rule: "
        "any; 1 up; one more failure takes the dependent down. shop depends_on web-1. shop depends_on web-2. "
        "The emphasised way is the reason: web-1 is down: observed; shop is degraded: web-1 down (web: any)."
    )


def test_how_bad_a_level_is_goes_from_0_to_4(shop):
    from itsmkit.cmdb import LevelChain

    chain = evolve(shop, levels=LevelChain(["a", "b", "c", "d", "e", "f", "g"]))
    assert [picture(chain).tone(level) for level in range(7)] == [ceil(4 * n / 6) for n in range(7)]
    assert [picture(shop).tone(level) for level in range(3)] == [0, 2, 4]


def test_every_fault_of_the_question_is_told_at_once(shop, a_graph):
    other = a_graph(["a depends_on b"])
    with pytest.raises(DefinitionError) as caught:
        picture(shop, other.impact_of(["b"]), direction="sideways", most=0)
    assert caught.value.problems == (
        "direction must be one of down, right, up, left, not str 'sideways'",
        "most must be a whole number of 1 or more, not int 0",
        "the impact is one on another graph; draw the graph that it was asked of",
    )
    with pytest.raises(DefinitionError, match="asks for the reason of a level; give an impact"):
        picture(shop, why=CIId("shop"))
    with pytest.raises(UnknownItemError, match="did you mean 'shop'"):
        picture(shop, focus=CIId("shup"))
    with pytest.raises(UnknownItemError):
        picture(shop, shop.impact_of(["feed"]), why=CIId("shup"))


def test_an_impact_on_an_equal_graph_will_do(shop):
    same = evolve(shop, items=tuple(reversed(shop.items)))
    assert picture(shop, same.impact_of(["feed"])).title == "Impact of Power feed"


def test_an_empty_graph_has_no_boxes():
    assert picture(ConfigurationGraph([])).boxes == ()


def test_a_ring_without_an_end_is_shown_whole(a_graph):
    found = picture(a_graph(["a depends_on b", "b depends_on a"]))
    assert shown(found) == ["a", "b"]
