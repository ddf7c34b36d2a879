"""HTML: the page is read back, and complete in itself."""

import re
from base64 import b64encode
from hashlib import sha256
from html.parser import HTMLParser

import pytest
from hypothesis import given
from hypothesis import strategies as st

from itsmkit.cmdb import CIId, ConfigurationGraph, ConfigurationItem, Relation, Seed
from itsmkit.cmdb.diagrams import service_map_html

VOID = {"meta", "link", "input", "br"}


class Page(HTMLParser):
    """The tags of a page with their attributes, and the text in each."""

    def __init__(self, text):
        super().__init__()
        self.tags, self.open, self.texts = [], [], []
        self.feed(text)
        self.close()
        assert not self.open

    def handle_starttag(self, tag, attrs):
        self.tags.append((tag, dict(attrs), []))
        if tag not in VOID:
            self.open.append(self.tags[-1])

    def handle_endtag(self, tag):
        if tag in VOID:
            return
        assert self.open.pop()[0] == tag

    def handle_data(self, data):
        for tag in self.open:
            tag[2].append(data)

    def all(self, tag, **wanted):
        return [
            ("".join(text), attrs)
            for name, attrs, text in self.tags
            if name == tag and all(attrs.get(key.rstrip("_")) == value for key, value in wanted.items())
        ]


@given(st.data())
def test_any_names_make_a_page_that_holds_together(drawable, told, data):
    graph, seeds = data.draw(drawable(most=6))
    impact = data.draw(st.sampled_from([None, graph.impact_of(seeds)]))
    page = Page(service_map_html(graph, impact, direction="right"))
    ids = [attrs["id"] for _, attrs, _ in page.tags if "id" in attrs]
    assert len(set(ids)) == len(ids)
    assert len(page.all("script")) == 1
    links = [attrs["href"] for _, attrs in page.all("a")]
    assert {link.removeprefix("#") for link in links if link.startswith("#box-")} <= set(ids)
    rows = [text for text, _ in page.all("bdi")]
    asked = impact.levels if impact is not None and impact.levels else {item.id: "" for item in graph.items}
    assert {told(graph.item(ci).name) for ci in asked} <= set(rows)


def test_every_affected_box_leads_to_its_row_and_back(shop):
    page = Page(service_map_html(shop, shop.impact_of(["host-1"])))
    ids = {attrs["id"] for _, attrs, _ in page.tags if "id" in attrs}
    links = [(attrs.get("id"), attrs["href"].removeprefix("#")) for _, attrs in page.all("a")]
    assert {link for _, link in links} <= ids
    assert {link for key, link in links if key is None} == {
        link.replace("row", "box") for _, link in links if link.startswith("row")
    }
    [well] = [key for key, link in links if key == link]  # the other web server has no row
    assert well.startswith("box-")


def test_the_only_script_is_its_own_and_nothing_comes_from_elsewhere(shop):
    text = service_map_html(shop)
    page = Page(text)
    [(script, _)] = page.all("script")
    digest = b64encode(sha256(script.encode()).digest()).decode()
    [policy] = [attrs for _, attrs in page.all("meta") if "http-equiv" in attrs]
    assert policy["content"].startswith("default-src 'none'")
    assert f"script-src 'sha256-{digest}'" in policy["content"]
    assert set(re.findall(r'(?:src|href)="([^#"]*)', text)) <= {"data:,", ""}


def test_the_worst_come_first_with_their_reasons(shop):
    page = Page(service_map_html(shop, shop.impact_of(["host-1"])))
    rows = [(text, attrs) for text, attrs in page.all("tr") if attrs.get("class")]
    assert rows[0][0].startswith("host-1server · host-1downobserved")
    assert "web-1 down (web servers: any)" in next(text for text, _ in rows if text.startswith("Web shop"))
    assert "4 steps" not in rows[0][0]
    assert any("steps" in text for text, _ in page.all("summary"))
    kinds = [attrs["class"] for _, attrs in rows]
    assert kinds == sorted(kinds, reverse=True)


def test_what_is_only_planned_is_said(shop):
    page = Page(service_map_html(shop, shop.impact_of([Seed(CIId("host-1"), None, "planned")])))
    assert page.all("td", class_="level tone-4-text")[0][0] == "down, planned"
    figures = [text for text, _ in page.all("dt")]
    assert figures == ["down", "degraded", "services", "users", "only as planned"]


def test_what_has_no_room_in_the_map_has_a_row_all_the_same(shop):
    page = Page(service_map_html(shop, shop.impact_of(["host-1"]), most=2))
    rows = [attrs for _, attrs in page.all("tr") if attrs.get("class")]
    assert len(rows) == 28
    assert len([attrs for attrs in rows if "id" in attrs]) == 2


def test_levels_can_be_faded_out(shop):
    page = Page(service_map_html(shop, shop.impact_of(["host-1"])))
    boxes = {attrs["id"]: "checked" in attrs for _, attrs in page.all("input")}
    assert boxes == {"tone-0": True, "tone-2": True, "tone-4": True, "actual": False}


def test_without_an_impact_the_table_says_what_supports_what(shop):
    page = Page(service_map_html(shop))
    assert page.all("h2")[1][0] == "What depends on what"
    rows = [text for text, _ in page.all("tr")]
    assert "host-1server · host-1Power feed, Switch 1" in rows
    assert any(row.endswith("feed–") for row in rows)


def test_a_table_has_at_most_500_rows():
    ids = [f"x-{number:03}" for number in range(501)]
    graph = ConfigurationGraph(
        [ConfigurationItem(CIId(each), "server", each) for each in ("a", *ids)],
        [Relation(CIId(each), "depends_on", CIId("a")) for each in ids],
    )
    page = Page(service_map_html(graph, graph.impact_of(["a"])))
    assert page.all("caption")[0][0] == "The first 500 of 502"
    assert len(page.all("tr")) == 501


@pytest.mark.parametrize("failed", [None, ["host-1"]])
def test_a_reader_of_screens_finds_its_way(shop, failed):
    page = Page(service_map_html(shop, None if failed is None else shop.impact_of(failed)))
    assert page.all("html", lang="en")
    [(_, svg)] = page.all("svg")
    assert (svg["role"], svg["aria-labelledby"]) == ("group", "title description")
    assert all(attrs["aria-label"] for _, attrs in page.all("a") if "id" in attrs)
    regions = [attrs for _, attrs in page.all("div") if attrs.get("role") == "region"]
    assert all(attrs["tabindex"] == "0" for attrs in regions)
