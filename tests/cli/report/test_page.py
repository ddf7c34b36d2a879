from collections import Counter
from datetime import date, timedelta
from html.parser import HTMLParser
from re import findall
from xml.etree.ElementTree import fromstring

import attrs
import pytest

from itsmkit.cli._result import ReplayResult
from itsmkit.cli.report import report_page
from itsmkit.interchange import FindingKind
from itsmkit.reporting import Day

VOID = {"meta", "link", "br"}


class Page(HTMLParser):
    """What a browser is given: every element closed, every attribute and text unescaped."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.texts: list[tuple[str, str]] = []
        self.feed(page)
        self.close()

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attributes)))
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attributes)))

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        if data.strip():
            self.texts.append((self.open[-1] if self.open else "", data.strip()))

    def attributes(self, name: str) -> list[str]:
        return [value for _, found in self.elements if (value := found.get(name))]


@pytest.fixture
def page(result: ReplayResult) -> Page:
    return Page(report_page(result))


def test_every_element_is_closed(page: Page) -> None:
    assert page.open == []


def test_headings_captions_and_labels_lead_through_the_page(page: Page) -> None:
    tags = Counter(tag for tag, _ in page.elements)
    assert tags["h1"] == tags["main"] == 1
    assert tags["h2"] == tags["section"]
    assert tags["table"] == tags["caption"]
    ids = page.attributes("id")
    assert len(ids) == len(set(ids))
    assert {name for value in page.attributes("aria-labelledby") for name in value.split()} <= set(ids)
    assert all(found.get("scope") for tag, found in page.elements if tag == "th")


def test_nothing_is_asked_of_the_network(result: ReplayResult) -> None:
    text = report_page(result)
    page = Page(text)
    assert "http:" not in text
    assert "https:" not in text
    assert "@import" not in text
    assert "url(" not in text
    assert page.attributes("src") == []
    assert page.attributes("href") == ["data:,"]
    assert not {tag for tag, _ in page.elements} & {"script", "iframe", "img", "object", "form"}
    assert not [name for _, found in page.elements for name in found if name.startswith("on")]


def test_charts_are_well_formed_and_told_in_words(result: ReplayResult) -> None:
    charts = [
        fromstring(svg)
        for svg in findall(
            r'<svg class="chart".*?</svg>(?=\s*</figure>)', report_page(result).replace("\n", " ")
        )
    ]
    assert len(charts) == 4
    for svg in charts:
        title, description = svg.find("title"), svg.find("desc")
        assert svg.get("role") == "img"
        assert title is not None
        assert title.text
        assert description is not None
        assert description.text
        assert svg.get("aria-labelledby") == f"{title.get('id')} {description.get('id')}"


def test_hostile_text_is_text(result: ReplayResult) -> None:
    hostile = '"><script>alert(1)</script>&amp;'
    moves = {(hostile, "Closed"): 1, ("New", hostile): 2}
    report = attrs.evolve(result.report, state_changes=moves, by_group={hostile: 2}, by_site={hostile: 2})
    text = report_page(attrs.evolve(result, report=report, title=hostile, source=hostile, note=hostile))
    page = Page(text)
    assert "<script" not in text
    assert page.open == []
    assert [text for tag, text in page.texts if tag == "h1"] == [hostile]
    assert ("bdi", hostile) in page.texts


def test_the_hostile_group_of_the_log_is_text(page: Page) -> None:
    assert ("bdi", "<script>alert(1)</script>") in page.texts


def test_text_of_the_log_has_its_own_direction(page: Page, result: ReplayResult) -> None:
    assert ("bdi", "تهران") in page.texts
    moves = {("باز", "بسته"): 3}
    text = report_page(attrs.evolve(result, report=attrs.evolve(result.report, state_changes=moves)))
    assert "\u2068باز\u2069 3" in text  # noqa: RUF001  it is Persian


def test_the_style_knows_no_left_or_right(result: ReplayResult) -> None:
    style = report_page(result).split("<style>")[1].split("</style>")[0]
    assert findall(r"(?:margin|padding|border|text-align)[-:]\s*(?:left|right)", style) == []
    assert "prefers-color-scheme: dark" in style
    assert "@media print" in style


@pytest.mark.parametrize(
    "fragments",
    [
        pytest.param(("2 March 2026 – 5 March 2026", "Times in UTC."), id="period and zone"),
        pytest.param(("10 events read = 8 applied + 2 dropped",), id="account"),
        pytest.param(("log.csv",), id="source"),
        pytest.param(("Bad date", "Forbidden move"), id="findings"),
        pytest.param(("The log's verdict, and the agreement's",), id="verdicts"),
        pytest.param(("Checkpoints passed", "breach"), id="checkpoints"),
    ],
)
def test_the_page_tells(page: Page, fragments: tuple[str, ...]) -> None:
    text = "\n".join(text for _, text in page.texts)
    assert [fragment for fragment in fragments if fragment not in text] == []


def test_every_kind_of_finding_has_a_rule(result: ReplayResult) -> None:
    findings = {kind: 0 if kind.drops_row else 1 for kind in FindingKind}
    whole = attrs.evolve(result, findings=findings, events_read=8)
    assert report_page(whole).count('<td class="text">') == len(FindingKind)


def test_an_empty_report_is_a_page(empty_result: ReplayResult) -> None:
    text = report_page(empty_result)
    page = Page(text)
    assert page.open == []
    assert "<svg" not in text
    assert any("no incidents" in text for _, text in page.texts)
    assert any("Nothing is wrong" in text for _, text in page.texts)


def test_incidents_that_never_moved_have_no_moves(result: ReplayResult) -> None:
    report = attrs.evolve(
        result.report, state_changes={}, time_in_state={}, attainment={}, checkpoints={}, foreign_verdicts={}
    )
    text = report_page(attrs.evolve(result, report=report))
    assert Page(text).open == []
    assert "Moves between states" not in text
    assert "No agreement applies" in text


def test_a_long_ranking_ends_with_the_others(result: ReplayResult) -> None:
    report = attrs.evolve(result.report, by_group={f"group {n:02}": 100 - n for n in range(40)})
    page = Page(report_page(attrs.evolve(result, report=report)))
    named = [text for tag, text in page.texts if tag == "bdi" and text.startswith("group")]
    assert named == [f"group {n:02}" for n in range(10)]
    assert ("th", "30 others") in page.texts


def test_a_long_history_is_shown_by_week(result: ReplayResult) -> None:
    days = tuple(Day(date(2025, 1, 1) + timedelta(n), opened=3, resolved=2, backlog=n) for n in range(400))
    text = report_page(attrs.evolve(result, report=attrs.evolve(result.report, days=days)))
    assert "Opened and resolved by week" in text
    assert text.count('class="opened"') == 58
