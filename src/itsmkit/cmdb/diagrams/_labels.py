"""What stands in a box and in a junction, line by line, and how much room it takes."""

from collections.abc import Iterator

from attrs import frozen

from itsmkit._diagrams.text_width import text_width, wrapped
from itsmkit._diagrams.wording import on_one_line
from itsmkit.cmdb.diagrams._icons import ICON
from itsmkit.cmdb.diagrams._picture import Box, Junction
from itsmkit.cmdb.diagrams._telling import junction_text, name_of, others_text

__all__ = ["ICON_ROOM", "Line", "box_lines", "junction_line", "room"]

# In pixels.
ICON_ROOM = ICON + 6
"""What a sign takes, with the gap after it."""
_MOST_WIDE = 172
_MOST_LINES = 3
_SIZES = {"name": 13.0, "class": 10.5, "id": 10.5, "others": 11.5, "status": 12.0, "need": 11.5}
_HEIGHTS = {"name": 17.0, "class": 16.0, "id": 15.0, "others": 16.0, "status": 18.0, "need": 16.0}
_BOLD = frozenset({"name", "status", "need"})
_WITH_ICON = frozenset({"class", "status"})


@frozen
class Line:
    """
    One line of text.

    Args:
        text: What it says.
        kind: What it is: ``"class"``, ``"name"``, ``"id"``, ``"others"``, ``"status"`` or ``"need"``, which
            is its class in the style sheet.
    """

    text: str
    kind: str

    @property
    def size(self) -> float:
        """The size of its font, in pixels."""
        return _SIZES[self.kind]

    @property
    def height(self) -> float:
        """From its base to that of the next line, in pixels."""
        return _HEIGHTS[self.kind]

    @property
    def indent(self) -> float:
        """Where its text begins, in pixels from the left."""
        return ICON_ROOM if self.kind in _WITH_ICON else 0.0

    @property
    def width(self) -> float:
        """How wide it is at most, in pixels."""
        return text_width(self.text, self.size, bold=self.kind in _BOLD) + self.indent


def room(lines: tuple[Line, ...]) -> tuple[float, float]:
    """Return width and height of lines one below the other."""
    return max(line.width for line in lines), sum(line.height for line in lines)


def box_lines(box: Box) -> tuple[Line, ...]:
    """Return what stands in a box."""
    return tuple(_lines(box))


def junction_line(junction: Junction) -> Line:
    """Return what stands in a junction."""
    return Line(junction_text(junction), "need")


def _lines(box: Box) -> Iterator[Line]:
    first = box.items[0]
    yield Line(_cut(on_one_line(first.ci_class.replace("_", " ")), "class", 1)[0], "class")
    yield from (Line(text, "name") for text in _cut(name_of(box), "name", _MOST_LINES))
    if on_one_line(first.id).casefold() != name_of(box).casefold():
        yield Line(_cut(on_one_line(first.id), "id", 1)[0], "id")
    if box.others:
        yield Line(others_text(box), "others")
    if box.status:
        yield from (
            Line(text, "status" if not number else "id")
            for number, text in enumerate(_cut(on_one_line(box.status), "status", 2))
        )


def _cut(text: str, kind: str, most: int) -> tuple[str, ...]:
    """Return *text* in at most so many lines, the last of which says if there is more."""
    room = _MOST_WIDE - (ICON_ROOM if kind in _WITH_ICON else 0)
    lines = wrapped(text, _SIZES[kind], room, bold=kind in _BOLD)
    return lines if len(lines) <= most else (*lines[: most - 1], f"{lines[most - 1].rstrip()}…")
