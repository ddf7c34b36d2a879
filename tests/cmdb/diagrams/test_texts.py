"""Mermaid and DOT, read back by parsers that refuse what would be read as something else."""

import json
import re
import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st

from itsmkit.cmdb import CIId, Seed
from itsmkit.cmdb.diagrams import dot_text, mermaid_text
from itsmkit.cmdb.diagrams._picture import picture_of
from itsmkit.cmdb.diagrams._telling import box_texts

ID = r"[A-Za-z][A-Za-z0-9_]*"
TEXT = r"(?:[^\"#:;%{}<>|\n]|#\d+;|<br/>|</?b>)*"
MERMAID = {
    "words": re.compile(rf"acc(?:Title|Descr): {TEXT}"),
    "box": re.compile(rf'({ID})(?:\[|\(\[)"({TEXT})"(?:\]|\]\))'),
    "junction": re.compile(rf'({ID})\{{\{{"({TEXT})"\}}\}}'),
    "arrow": re.compile(rf"({ID}) (---|-->|<-->)(?:\|{TEXT}\|)? ({ID})"),
    "colour": re.compile(r"classDef [\w-]+ .*"),
    "class": re.compile(rf"class ({ID}(?:,{ID})*) [\w-]+"),
    "link": re.compile(r"linkStyle [\d,]+ stroke:#1b242c,stroke-width:3px"),
}
STRING = r'"(?:[^"\\]|\\.)*"'
ATTRIBUTES = rf"(?: \[(?:\w+=(?:{STRING}|[\w.]+)(?:, )?)*\])?"
DOT = {
    "default": re.compile(rf"(?:graph|node|edge){ATTRIBUTES};"),
    "node": re.compile(rf"({ID}){ATTRIBUTES};"),
    "arrow": re.compile(rf"({ID}) -> ({ID}){ATTRIBUTES};"),
}


def read(lines, kinds):
    found = []
    for line in lines:
        kind, match = next((k, m) for k, p in kinds.items() if (m := p.fullmatch(line.strip())))
        found.append((kind, match.groups()))
    return found


def questions(draw, drawable):
    graph, seeds = draw(drawable(most=7))
    impact = draw(st.sampled_from([None, graph.impact_of(seeds)]))
    why = draw(st.none() | st.sampled_from([item.id for item in graph.items])) if impact else None
    return graph, impact, why


@given(st.data())
def test_mermaid_reads_what_was_drawn(drawable, data):
    graph, impact, why = questions(data.draw, drawable)
    picture = picture_of(graph, impact, focus=None, why=why, title=None, direction="up", most=80)
    fence, title, end, head, *lines = mermaid_text(graph, impact, why=why).splitlines()
    assert (fence, end, head) == ("---", "---", "flowchart BT")
    assert json.loads(title.removeprefix("title: "))
    found = read(lines, MERMAID)
    boxes = [parts for kind, parts in found if kind == "box"]
    assert len(boxes) == len(picture.boxes)
    for (_, label), box in zip(boxes, picture.boxes, strict=True):
        shown = [
            re.sub(r"#(\d+);", lambda code: chr(int(code[1])), part)
            for part in re.sub(r"^<b>|</b>(?=<br/>|$)", "", label, count=2).split("<br/>")
        ]
        assert tuple(shown) == box_texts(box)
    nodes = {parts[0] for kind, parts in found if kind in {"box", "junction"}}
    assert len(nodes) == len(picture.boxes) + len(picture.junctions)
    arrows = [parts for kind, parts in found if kind == "arrow"]
    assert len(arrows) == len(picture.arrows)
    assert {end for source, _, target in arrows for end in (source, target)} <= nodes
    styled = [name for kind, parts in found if kind == "class" for name in parts[0].split(",")]
    assert set(styled) == nodes


@given(st.data())
def test_dot_reads_what_was_drawn(drawable, data):
    graph, impact, why = questions(data.draw, drawable)
    picture = picture_of(graph, impact, focus=None, why=why, title=None, direction="left", most=80)
    head, *lines, end = dot_text(graph, impact, why=why, direction="left").splitlines()
    assert re.fullmatch(rf"digraph {STRING} \{{", head)
    assert end == "}"
    found = read(lines, DOT)
    nodes = {parts[0] for kind, parts in found if kind == "node"}
    assert len(nodes) == len(picture.boxes) + len(picture.junctions)
    arrows = [parts for kind, parts in found if kind == "arrow"]
    assert len(arrows) == len(picture.arrows)
    assert {end for ends in arrows for end in ends} <= nodes


@pytest.mark.parametrize(
    ("direction", "rank"), [("up", "BT"), ("down", "TB"), ("left", "RL"), ("right", "LR")]
)
def test_impact_flows_where_it_is_told_to(shop, direction, rank):
    assert f"flowchart {rank}\n" in mermaid_text(shop, direction=direction)
    assert f"rankdir={rank}," in dot_text(shop, direction=direction)


def test_mermaid_tells_levels_beginnings_and_what_is_planned(shop):
    drawn = mermaid_text(shop, shop.impact_of([Seed(CIId("host-1"), None, "planned")]), why=CIId("shop"))
    assert 'host_1(["<b>host-1</b><br/>server<br/>✕ down, planned"])' in drawn
    assert 'shop["<b>Web shop</b><br/>service<br/>▵ degraded, planned"]' in drawn
    assert 'till_01["<b>Till 1</b><br/>workstation<br/>and 23 alike<br/>▵ degraded, planned"]' in drawn
    assert 'shop_web_servers{{"1 of 2 · 1 up"}}' in drawn
    assert "classDef planned stroke-dasharray:6 4" in drawn
    assert "linkStyle " in drawn


def test_mermaid_without_an_impact_is_plain(shop):
    drawn = mermaid_text(shop)
    assert "switch_1 <-->|connects to| switch_2" in drawn
    assert "web_1 ---|supports| shop_web_servers" in drawn
    assert "shop_web_servers --> shop\n" in drawn
    assert "classDef plain" in drawn
    assert "tone-" not in drawn


def test_dot_tells_levels_beginnings_and_what_is_planned(shop):
    drawn = dot_text(shop, shop.impact_of([Seed(CIId("host-1"), None, "planned")]), why=CIId("shop"))
    [host] = [line for line in drawn.splitlines() if line.startswith("    host_1 [")]
    assert 'label="host-1\\nserver\\n✕ down, planned"' in host
    assert 'fillcolor="#f9d7d3"' in host
    assert "peripheries=2" in host
    assert 'style="rounded,filled,dashed"' in host
    [arrow] = [line for line in drawn.splitlines() if line.startswith("    host_1 -> web_1 ")]
    assert arrow.endswith('[label="runs", tooltip="web-1 runs_on host-1", color="#b3261e", penwidth=3];')
    [junction] = [line for line in drawn.splitlines() if line.startswith("    shop_web_servers [")]
    assert "shape=hexagon" in junction


def test_dot_joins_at_junctions_and_draws_both_heads(shop):
    drawn = dot_text(shop)
    assert (
        'switch_1 -> switch_2 [label="connects to", tooltip="switch-1 connects_to switch-2", dir=both];'
        in drawn
    )
    assert "dir=none" in drawn
    assert "shop_web_servers -> shop;" in drawn


def test_texts_need_nothing_that_lays_out(shop, monkeypatch):
    monkeypatch.setitem(sys.modules, "graphlay", None)
    assert mermaid_text(shop)
    assert dot_text(shop)
