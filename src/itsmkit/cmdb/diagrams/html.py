"""A service map as a page of its own: the map, and beside it what is affected, with the reasons."""

from base64 import b64encode
from collections.abc import Iterator
from functools import cached_property
from hashlib import sha256
from importlib.resources import files
from xml.etree.ElementTree import Element, tostring

from attrs import frozen

from itsmkit._diagrams.layout import Direction
from itsmkit._diagrams.wording import on_one_line
from itsmkit._svg import draw
from itsmkit._version import __version__
from itsmkit.cmdb.configuration_item import CIId
from itsmkit.cmdb.diagrams._picture import MOST, Picture, picture_of
from itsmkit.cmdb.diagrams._telling import summary
from itsmkit.cmdb.diagrams.svg import map_element, style_sheet
from itsmkit.cmdb.graph import ConfigurationGraph
from itsmkit.cmdb.impact import Impact
from itsmkit.cmdb.proof import Proof

__all__ = ["service_map_html"]

_MOST_ROWS = 500


def service_map_html(
    graph: ConfigurationGraph,
    impact: Impact | None = None,
    *,
    focus: CIId | None = None,
    why: CIId | None = None,
    title: str | None = None,
    direction: Direction = "up",
    most: int = MOST,
) -> str:
    """
    Return a graph, or an impact on it, as one HTML page, complete in itself: it asks for no network.

    It shows the map that `service_map_svg` draws, and takes the same arguments. Beside it stands a table: of
    an impact, what is affected and why, the worst and nearest first; otherwise, what each box is supported
    by. A table has at most 500 rows, and says how many there are no room for. The level of a box can be faded
    out, the pointer or the keyboard on a box or a row lights up what it depends on and what depends on it,
    and a box leads to its row. All but this lighting up works without scripts.

    Raises:
        DefinitionError: With everything that is wrong with the question.
        UnknownItemError: If *focus* or *why* is not in the graph.
        ModuleNotFoundError: If the extra ``diagrams`` is not installed.
    """
    picture = picture_of(graph, impact, focus=focus, why=why, title=title, direction=direction, most=most)
    return f"<!DOCTYPE html>\n{tostring(_Page(picture).html(), encoding='unicode', method='html')}\n"


@frozen
class _Row:
    """What a table says of one configuration item."""

    ci: CIId
    level: str
    tone: int
    reason: str
    proof: Proof | None = None


@frozen(slots=False)
class _Page:
    """A page of a picture."""

    picture: Picture

    @cached_property
    def numbers(self) -> dict[CIId, int]:
        """The number of the box of each configuration item that has one."""
        return {item.id: number for number, box in enumerate(self.picture.boxes) for item in box.items}

    @cached_property
    def is_impact(self) -> bool:
        """Whether something is affected."""
        return self.picture.impact is not None and bool(self.picture.impact.levels)

    @cached_property
    def rows(self) -> tuple[_Row, ...]:
        """All that the table could say."""
        return tuple(self._reasons() if self.is_impact else self._supported())

    def html(self) -> Element:
        """Return all of it."""
        title = on_one_line(self.picture.title)
        html = Element("html", lang="en")
        script = (files("itsmkit.cmdb.diagrams") / "page.js").read_text(encoding="utf-8")
        self._head(draw(html, "head"), title, script)
        body = draw(html, "body")
        header = draw(body, "header")
        draw(header, "p", "Impact" if self.picture.impact else "Service map", class_="kind")
        draw(header, "h1", title, dir="auto")
        draw(header, "p", summary(self.picture), class_="quiet")
        self._figures(header)
        main = draw(body, "main")
        self._map(draw(main, "section", aria_labelledby="map-heading"))
        self._list(draw(main, "section", aria_labelledby="list-heading"))
        draw(
            body,
            "footer",
            "Impact flows along the arrows, from what supports to what depends on it.",
        )
        draw(body, "script", script)
        return html

    def _head(self, head: Element, title: str, script: str) -> None:
        digest = b64encode(sha256(script.encode()).digest()).decode()
        policy = f"default-src 'none'; style-src 'unsafe-inline'; img-src data:; script-src 'sha256-{digest}'"
        draw(head, "meta", charset="utf-8")
        draw(head, "meta", name="viewport", content="width=device-width, initial-scale=1")
        meta = draw(head, "meta", content=policy)
        meta.set("http-equiv", "Content-Security-Policy")
        draw(head, "meta", name="color-scheme", content="light dark")
        draw(head, "meta", name="generator", content=f"itsmkit {__version__}")
        draw(head, "link", rel="icon", href="data:,")
        draw(head, "title", title)
        page = (files("itsmkit.cmdb.diagrams") / "page.css").read_text(encoding="utf-8")
        # What the map says of all `svg` and `text` holds for no more than these.
        draw(head, "style", f"{style_sheet()}\n{page}")

    def _figures(self, header: Element) -> None:
        impact = self.picture.impact
        if impact is None or not impact.levels:
            return
        figures = draw(header, "dl", class_="figures")
        names = impact.graph.levels.names
        counts = [(on_one_line(name), len(impact.at_level(name))) for name in reversed(names[1:])]
        counts += [("services", len(impact.services)), ("users", len(impact.users))]
        counts += [("only as planned", len(impact.suppressed))]
        for name, count in counts:
            if count:
                figure = draw(figures, "div")
                draw(figure, "dt", name)
                draw(figure, "dd", f"{count:,}")

    def _map(self, section: Element) -> None:
        draw(section, "h2", "Map", id="map-heading")
        filters = draw(section, "fieldset")
        draw(filters, "legend", "Show")
        for tone, name in dict(reversed([*self.picture.tones])).items():
            self._checkbox(filters, f"tone-{tone}", on_one_line(name), checked=True)
        self._checkbox(filters, "actual", "actual size", checked=False)
        frame = draw(section, "div", class_="map", tabindex="0", role="region", aria_label="Service map")
        svg = map_element(self.picture, rows={self.numbers.get(row.ci, -1) for row in self.rows[:_MOST_ROWS]})
        # Its boxes are links, so that it is a group and no image, of which nobody could reach a part.
        svg.set("role", "group")
        frame.append(svg)

    def _checkbox(self, parent: Element, name: str, text: str, *, checked: bool) -> None:
        label = draw(parent, "label", for_=name)
        box = draw(label, "input", type="checkbox", id=name, **({"checked": "checked"} if checked else {}))
        box.tail = f" {text}"

    def _list(self, section: Element) -> None:
        is_impact, rows = self.is_impact, self.rows
        draw(
            section,
            "h2",
            "What is affected, and why" if is_impact else "What depends on what",
            id="list-heading",
        )
        frame = draw(section, "div", class_="list", tabindex="0", role="region")
        frame.set("aria-labelledby", "list-heading")
        table = draw(frame, "table")
        if len(rows) > _MOST_ROWS:
            draw(table, "caption", f"The first {_MOST_ROWS:,} of {len(rows):,}")
        heads = (
            ("Configuration item", "Level", "Because")
            if is_impact
            else ("Configuration item", "Supported by")
        )
        line = draw(draw(table, "thead"), "tr")
        for head in heads:
            draw(line, "th", head, scope="col")
        body = draw(table, "tbody")
        seen: set[int] = set()
        for row in rows[:_MOST_ROWS]:
            self._row(body, row, seen, is_impact=is_impact)

    def _row(self, body: Element, row: _Row, seen: set[int], *, is_impact: bool) -> None:
        item = self.picture.graph.item(row.ci)
        number = self.numbers.get(row.ci)
        line = draw(body, "tr", **({"class_": f"tone-{row.tone}-row"} if is_impact else {}))
        cell = draw(line, "th", scope="row")
        if number is not None:
            line.set("data-row", str(number))
            if number not in seen:
                seen.add(number)
                line.set("id", f"row-{number}")
            cell = draw(cell, "a", href=f"#box-{number}")
        draw(cell, "bdi", on_one_line(item.name))
        draw(cell, "small", f"{on_one_line(item.ci_class.replace('_', ' '))} · {on_one_line(item.id)}")
        if is_impact:
            draw(line, "td", row.level, class_=f"level tone-{row.tone}-text")
        because = draw(line, "td")
        draw(because, "bdi", row.reason)
        if row.proof is not None and len(row.proof.steps) > 2:
            details = draw(because, "details")
            draw(details, "summary", f"{len(row.proof.steps)} steps")
            steps = draw(details, "ol")
            for step in row.proof.steps:
                draw(steps, "li", on_one_line(str(step)), dir="auto")

    def _reasons(self) -> Iterator[_Row]:
        impact = self.picture.impact
        assert impact is not None  # noqa: S101  it was looked at before
        number = impact.graph.levels.number
        for ci in sorted(impact.affected, key=lambda each: -number(impact.levels[each])):
            level = impact.levels[ci]
            proof = impact.why(ci)
            told = f"{on_one_line(level)}, planned" if impact.is_suppressed(ci) else on_one_line(level)
            reason = on_one_line(str(proof.steps[-1])).removeprefix(
                f"{on_one_line(ci)} is {on_one_line(level)}: "
            )
            yield _Row(ci, told, self.picture.tone(number(level)), reason, proof)

    def _supported(self) -> Iterator[_Row]:
        graph = self.picture.graph
        for item in sorted(self.picture.box_of.keys()):
            names = [on_one_line(graph.item(each).name) for each in graph.predecessors(item)]
            yield _Row(item, "", 0, ", ".join(names) or "–")
