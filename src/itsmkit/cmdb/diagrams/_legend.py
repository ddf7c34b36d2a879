"""What the colours, signs and lines of a service map mean: those that are there."""

from collections.abc import Iterator
from xml.etree.ElementTree import Element

from attrs import frozen

from itsmkit._diagrams.rows import in_rows
from itsmkit._diagrams.shapes import draw_arrow
from itsmkit._diagrams.text_width import text_width
from itsmkit._diagrams.wording import on_one_line
from itsmkit._svg import bidi, draw
from itsmkit.cmdb.diagrams._icons import draw_level_icon
from itsmkit.cmdb.diagrams._picture import Picture

__all__ = ["Entry", "LEGEND_LINE", "legend_rows"]

# In pixels.
LEGEND_LINE = 24
"""From one row to the next."""
_SIZE, _SAMPLE, _GAP, _BASE = 12, 32, 20, 4.2


@frozen
class Entry:
    """
    A sample and what it means.

    Args:
        kind: What the sample is, as a class of the style sheet.
        text: What it means.
        tone: How bad it is, for a level.
    """

    kind: str
    text: str
    tone: int | None = None

    @property
    def width(self) -> float:
        """How wide it is at most, with the gap after it."""
        return _SAMPLE + text_width(self.text, _SIZE) + _GAP

    def put(self, parent: Element, x: float, y: float) -> None:
        """Draw it, with its left edge at *x* and its middle at *y*."""
        group = draw(parent, "g", class_=f"legend {self.kind}")
        match self.kind:
            case "way" | "way proof":
                draw_arrow(group, [(x, y), (x + 24, y)], 2.4 if "proof" in self.kind else 1.0)
            case "junction":
                draw(group, "rect", class_="pill", x=x, y=y - 8, width=24, height=16, rx=8)
            case _:
                if self.kind == "box seed":
                    draw(group, "rect", class_="ring", x=x - 2.5, y=y - 10.5, width=29, height=21, rx=7)
                draw(group, "rect", class_="ground", x=x, y=y - 8, width=24, height=16, rx=5)
                if self.kind == "box planned":
                    draw(group, "rect", class_="hatch", x=x, y=y - 8, width=24, height=16, rx=5)
                if self.tone is not None:
                    draw_level_icon(group, self.tone, x + 6, y - 6)
        draw(group, "text", bidi(self.text), x=x + _SAMPLE, y=y + _BASE)


def legend_rows(picture: Picture, most: float) -> tuple[tuple[tuple[Entry, float], ...], ...]:
    """Return the entries in rows of at most *most* pixels, each with how far to the right it stands."""
    return in_rows(_entries(picture), most, _GAP)


def _entries(picture: Picture) -> Iterator[Entry]:
    for tone, name in picture.tones:
        yield Entry(f"box tone-{tone}", on_one_line(name), tone)
    if any(box.seed is not None for box in picture.boxes):
        yield Entry("box seed", "where it begins")
    if any(box.is_suppressed for box in picture.boxes):
        yield Entry("box planned", "only as planned")
    if picture.junctions:
        yield Entry("junction", "so many are needed")
    if picture.proof.steps:
        yield Entry("way proof", "the reason")
    yield Entry("way", "supports")
