"""SVG: the map is read back from the file, and its parts are where they belong."""

import re
import sys
from itertools import combinations
from xml.etree.ElementTree import fromstring

import pytest
from hypothesis import given
from hypothesis import strategies as st

from itsmkit._diagrams.text_width import text_width
from itsmkit.cmdb import CIId, ConfigurationGraph, ConfigurationItem, Seed
from itsmkit.cmdb.diagrams import service_map_svg
from itsmkit.cmdb.diagrams._icons import draw_class_icon
from itsmkit.cmdb.diagrams._labels import box_lines
from itsmkit.cmdb.diagrams._picture import Box
from itsmkit.cmdb.diagrams._telling import box_told
from itsmkit.cmdb.diagrams.svg import style_sheet

SVG = "{http://www.w3.org/2000/svg}"
NEAR = 0.02  # coordinates are rounded


def groups(svg, name):
    """Return the groups of a class, with all their classes."""
    found = [(each, (each.get("class") or "").split()) for each in svg.iter(f"{SVG}g")]
    return [(each, classes) for each, classes in found if name in classes and "legend" not in classes]


def rect(group, name):
    [found] = [each for each in group.iter(f"{SVG}rect") if each.get("class") == name]
    x, y, width, height = (float(found.get(each)) for each in ("x", "y", "width", "height"))
    return x, y, x + width, y + height


def ends(way):
    """Return the first and the last point of an arrow."""
    pairs = [
        tuple(map(float, pair.split()))
        for path in way.iter(f"{SVG}path")
        for pair in re.findall(r"-?[\d.]+ -?[\d.]+", path.get("d"))
    ]
    return pairs[0], pairs


def overlap(one, other):
    return (
        min(one[2], other[2]) - max(one[0], other[0]) > NEAR
        and min(one[3], other[3]) - max(one[1], other[1]) > NEAR
    )


@given(st.data())
def test_any_names_make_a_file_with_a_box_for_each_and_none_over_another(drawable, told, data):
    graph, seeds = data.draw(drawable(most=7))
    impact = data.draw(st.sampled_from([None, graph.impact_of(seeds)]))
    direction = data.draw(st.sampled_from(["up", "down", "left", "right"]))
    svg = fromstring(service_map_svg(graph, impact, direction=direction))
    boxes = [each for each, _ in groups(svg, "box")]
    if impact is None:
        assert {each.get("data-ci") for each in boxes} <= {told(item.id) for item in graph.items}
    places = [rect(each, "ground") for each in boxes] + [
        rect(each, "pill") for each, _ in groups(svg, "junction")
    ]
    assert not any(overlap(one, other) for one, other in combinations(places, 2))
    numbers = {each.get("data-node") for each in svg.iter(f"{SVG}g") if each.get("data-node")}
    for way, _ in groups(svg, "way"):
        assert {way.get("data-from"), way.get("data-to")} <= numbers
    width, height = float(svg.get("width")), float(svg.get("height"))
    assert all(right - left < width and bottom - top < height for left, top, right, bottom in places)


@pytest.mark.parametrize(
    ("direction", "axis", "sign"), [("up", 1, -1), ("down", 1, 1), ("left", 0, -1), ("right", 0, 1)]
)
def test_impact_flows_where_it_is_told_to(a_graph, direction, axis, sign):
    svg = fromstring(service_map_svg(a_graph(["shop runs_on web", "web runs_on host"]), direction=direction))
    places = {each.get("data-ci"): rect(each, "ground") for each, _ in groups(svg, "box")}
    order = [sign * places[each][axis] for each in ("host", "web", "shop")]
    assert order == sorted(order)


def test_levels_are_told_by_colour_sign_and_word(shop):
    svg = fromstring(service_map_svg(shop, shop.impact_of(["host-1"])))
    for ci, tone, word in (("host-1", 4, "down"), ("shop", 2, "degraded"), ("web-2", 0, "up")):
        [(box, classes)] = [each for each in groups(svg, "box") if each[0].get("data-ci") == ci]
        assert f"tone-{tone}" in classes
        assert [each for each in box.iter(f"{SVG}path") if each.get("class") == "level"]
        [status] = [each.text for each in box.iter(f"{SVG}text") if each.get("class") == "status"]
        assert status.strip("\u2068\u2069").startswith(word)
    texts = [each.text.strip("\u2068\u2069") for each in svg.iter(f"{SVG}text")]
    assert {"down", "degraded", "up", "where it begins", "so many are needed", "supports"} <= set(texts)


def test_what_began_it_has_a_ring_and_what_is_planned_is_hatched(shop):
    impact = shop.impact_of([Seed(CIId("host-1"), None, "planned")])
    svg = fromstring(service_map_svg(shop, impact))
    kinds = {each.get("data-ci"): classes for each, classes in groups(svg, "box")}
    assert {"seed", "planned"} <= set(kinds["host-1"])
    assert "seed" not in kinds["web-1"]
    assert "planned" in kinds["web-1"]
    assert {"service", "planned"} <= set(kinds["shop"])
    assert "user" in kinds["customers"]
    rects = {each.get("class") for each in svg.iter(f"{SVG}rect")}
    assert {"ring", "hatch", "pile", "pill", "ground"} <= rects
    assert "only as planned" in {each.text.strip("\u2068\u2069") for each in svg.iter(f"{SVG}text")}


def test_the_reason_stands_out(shop):
    svg = fromstring(service_map_svg(shop, shop.impact_of(["feed"]), why=CIId("shop")))
    boxes = {each.get("data-ci"): "proof" in classes for each, classes in groups(svg, "box")}
    assert boxes["shop"]
    assert boxes["feed"]
    assert not boxes["customers"]
    assert any("proof" in classes for _, classes in groups(svg, "junction"))
    assert all("proof" in classes or "aside" in classes for _, classes in groups(svg, "way"))
    assert "the reason" in {each.text.strip("\u2068\u2069") for each in svg.iter(f"{SVG}text")}


def test_an_arrow_ends_at_its_box_and_a_line_at_its_junction(shop):
    svg = fromstring(service_map_svg(shop))
    nodes = {each.get("data-node"): each for each in svg.iter(f"{SVG}g") if each.get("data-node")}
    for way, _ in groups(svg, "way"):
        target = nodes[way.get("data-to")]
        heads = [each for each in way.iter(f"{SVG}path") if each.get("class") == "head"]
        if "junction" in target.get("class"):
            assert not heads
        else:
            assert heads
    two = [way for way, _ in groups(svg, "way") if len(list(way.iter(f"{SVG}path"))) == 3]
    assert len(two) == 1


def test_what_an_arrow_stands_for_is_told_to_a_pointer(a_graph):
    svg = fromstring(service_map_svg(a_graph(["web runs_on host"])))
    [(way, _)] = groups(svg, "way")
    assert way.find(f"{SVG}title").text == "web runs_on host"


def test_a_long_name_is_wrapped_and_cut_and_told_in_full():
    item = ConfigurationItem(CIId("x"), "server_of_a_kind", "very " * 60 + "long")
    lines = box_lines(Box((item,)))
    assert [line.kind for line in lines] == ["class", "name", "name", "name", "id"]
    assert lines[0].text == "server of a kind"
    assert lines[3].text.endswith("…")
    assert all(text_width(line.text, line.size) <= 200 for line in lines)
    assert box_told(Box((item,))) == f"{item.name} (server_of_a_kind x)"
    assert "very very" in service_map_svg(ConfigurationGraph([item]))


def test_a_name_like_the_id_is_told_once():
    item = ConfigurationItem(CIId("WEB"), "server", "web")
    assert [line.kind for line in box_lines(Box((item,)))] == ["class", "name"]


def test_an_empty_graph_is_a_picture_too():
    svg = fromstring(service_map_svg(ConfigurationGraph([])))
    assert svg.find(f"{SVG}title").text == "Service map"
    assert not groups(svg, "box")


def test_it_says_in_words_what_it_shows_and_follows_light_and_dark(shop):
    svg = fromstring(service_map_svg(shop))
    assert svg.get("role") == "img"
    assert svg.get("aria-labelledby") == "title description"
    assert svg.find(f"{SVG}desc").text.startswith("A service map: 33 configuration items. ")
    assert "prefers-color-scheme: dark" in svg.find(f"{SVG}style").text


def test_a_long_legend_goes_on_in_the_next_row(a_graph):
    graph = a_graph(["a depends_on b"])
    impact = graph.impact_of([Seed(CIId("b"), "degraded", "planned")])
    svg = fromstring(service_map_svg(graph, impact, why=CIId("a")))
    [legends] = [each for each in svg.iter(f"{SVG}g") if each.get("class") == "legends"]
    rows = {each.find(f"{SVG}text").get("y") for each in legends}
    assert len(rows) == 2


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("web server", "server"),
        ("Customer", "user"),
        ("load_balancer", "switch"),
        ("power-feed", "ups"),
        ("thing", "other"),
    ],
)
def test_a_class_has_the_sign_of_the_last_word_that_is_known(one, other):
    from xml.etree.ElementTree import Element

    def sign(name):
        parent = Element("g")
        draw_class_icon(parent, name, 1, 2)
        return parent[0].get("d")

    assert sign(one) == sign(other)


def test_every_class_that_is_drawn_has_a_style_in_light_and_dark(shop):
    light, _, dark = style_sheet().partition("prefers-color-scheme: dark")
    for name in ("tone-1", "tone-2", "tone-3", "tone-4", "ring", "pill", "ground", "edge", "head", "icon"):
        assert f".{name}" in light
        assert f".{name}" in dark


def test_without_the_extra_it_says_what_to_install(shop, monkeypatch):
    monkeypatch.setitem(sys.modules, "graphlay", None)
    with pytest.raises(ModuleNotFoundError, match=r"python -m pip install 'itsmkit\[diagrams\]'"):
        service_map_svg(shop)
