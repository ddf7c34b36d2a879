"""What stands on an arrow and in a state, line by line, and how much room it takes."""

from collections.abc import Iterable, Iterator

from attrs import frozen

from itsmkit._diagrams.text_width import text_width, wrapped
from itsmkit._diagrams.wording import on_one_line
from itsmkit.workflow.diagrams._picture import Arrow, Picture
from itsmkit.workflow.diagrams._wording import count_text, guards_text, timers_text

__all__ = ["CLOCK_ROOM", "Label", "Line", "arrow_label", "frame_label", "state_label"]

# In pixels.
CLOCK_ROOM = 17
"""What the sign of a timer takes, with the gap after it."""
_NAME_SIZE, _NAME_LINE, _NAME_MOST = 13, 17, 190
_SMALL_SIZE, _SMALL_LINE, _SMALL_MOST = 12, 15, 170
_BOLD = frozenset({"name", "times"})


@frozen
class Line:
    """
    One line of text.

    Args:
        text: What it says.
        kind: What it is: ``"name"``, ``"trigger"``, ``"guard"``, ``"timer"`` or ``"times"``, which is its
            class in the style sheet.
        with_clock: Whether the sign of a timer goes before it.
    """

    text: str
    kind: str
    with_clock: bool = False

    @property
    def size(self) -> float:
        """The size of its font, in pixels."""
        return _NAME_SIZE if self.kind == "name" else _SMALL_SIZE

    @property
    def height(self) -> float:
        """From its base to that of the next line, in pixels."""
        return _NAME_LINE if self.kind == "name" else _SMALL_LINE

    @property
    def width(self) -> float:
        """How wide it is at most, in pixels."""
        width = text_width(self.text, self.size, bold=self.kind in _BOLD)
        return width + (CLOCK_ROOM if self.with_clock else 0)


@frozen
class Label:
    """Lines one below the other, each in the middle."""

    lines: tuple[Line, ...]

    @property
    def width(self) -> float:
        """That of the widest line, in pixels."""
        return max(line.width for line in self.lines)

    @property
    def height(self) -> float:
        """Of all lines together, in pixels."""
        return sum(line.height for line in self.lines)


def state_label(picture: Picture, name: str) -> Label:
    """Return what stands in a state: its name, and its count if states were counted."""
    count = picture.count_of(name)
    counted = [] if count is None else [Line(count_text(count), "times")]
    return Label((*_lines(on_one_line(name), "name"), *counted))


def frame_label(name: str) -> Line:
    """Return the title of a composite state, which is not broken: its frame is as wide as it needs."""
    return Line(on_one_line(name), "name")


def arrow_label(arrow: Arrow) -> Label:
    """Return what stands on an arrow: its ways, and its count if moves were counted."""
    return Label(tuple(_arrow_lines(arrow)))


def _arrow_lines(arrow: Arrow) -> Iterator[Line]:
    for way in arrow.ways:
        yield from _lines(on_one_line(way.transition.trigger), "trigger")
        if way.transition.guards:
            yield from _lines(f"[{guards_text(way.transition.guards)}]", "guard")
        if way.timers:
            first, *others = _lines(timers_text(arrow, way), "timer")
            yield Line(first.text, "timer", with_clock=True)
            yield from others
    if arrow.count is not None:
        yield Line(count_text(arrow.count), "times")


def _lines(text: str, kind: str) -> Iterable[Line]:
    size, most = (_NAME_SIZE, _NAME_MOST) if kind == "name" else (_SMALL_SIZE, _SMALL_MOST)
    return [Line(part, kind) for part in wrapped(text, size, most, bold=kind in _BOLD)]
