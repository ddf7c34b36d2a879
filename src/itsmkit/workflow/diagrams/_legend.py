"""What the colours, signs and lines of a picture mean: those that are there."""

from collections.abc import Iterator
from xml.etree.ElementTree import Element

from attrs import frozen

from itsmkit._diagrams.rows import in_rows
from itsmkit._diagrams.shapes import draw_arrow, draw_clock
from itsmkit._diagrams.text_width import text_width
from itsmkit._svg import draw
from itsmkit.workflow.diagrams._picture import Picture
from itsmkit.workflow.state import StateCategory

__all__ = ["Entry", "LEGEND_LINE", "legend_rows"]

# In pixels.
LEGEND_LINE = 24
"""From one row to the next."""
_SIZE = 12
_SAMPLE = 30
_GAP = 18
_BASE = 4.2


@frozen
class Entry:
    """
    A sample and what it means.

    Args:
        kind: A category of states, or the class of an arrow, or ``"clock"``.
        text: What it means.
    """

    kind: str
    text: str

    @property
    def width(self) -> float:
        """How wide it is at most, with the gap after it."""
        return _SAMPLE + text_width(self.text, _SIZE) + _GAP

    def put(self, parent: Element, x: float, y: float) -> None:
        """Draw it, with its left edge at *x* and its middle at *y*."""
        group = draw(parent, "g", class_=f"legend {self.kind}")
        if self.kind == "clock":
            draw_clock(group, x + 11, y)
        elif self.kind in set(StateCategory):
            draw(group, "rect", class_="box", x=x, y=y - 7, width=22, height=14, rx=5)
        else:
            draw_arrow(group, [(x, y), (x + 24, y)], 1.0)
        draw(group, "text", self.text, x=x + _SAMPLE, y=y + _BASE)


def legend_rows(picture: Picture, most: float) -> tuple[tuple[tuple[Entry, float], ...], ...]:
    """Return the entries in rows of at most *most* pixels, each with how far to the right it stands."""
    return in_rows(_entries(picture), most, _GAP)


def _entries(picture: Picture) -> Iterator[Entry]:
    for category in picture.categories:
        yield Entry(category.value, category.value)
    if any(way.timers for arrow in picture.arrows for way in arrow.ways):
        yield Entry("clock", "fired by a timer")
    if picture.frequencies is not None:
        yield Entry("way", "the wider, the more often")
    if any(arrow.is_declared and arrow.count == 0 for arrow in picture.arrows):
        yield Entry("unused", "never taken")
    if not all(arrow.is_declared for arrow in picture.arrows):
        yield Entry("undeclared", "not declared")
