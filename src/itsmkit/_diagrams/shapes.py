"""Arrows, their paths and heads, and the sign of a timer."""

from collections.abc import Sequence
from math import hypot
from xml.etree.ElementTree import Element

from itsmkit._diagrams.layout import Point
from itsmkit._svg import draw

__all__ = ["draw_arrow", "draw_clock", "head_path", "line_path", "shortened"]

# In pixels.
_CORNER = 8  # the radius of a bend
_LEAST = 1.4  # the width of a line
_LEAST_HEAD = 6
_HALF = 0.42  # the half width of a head, as a share of its length


def draw_arrow(parent: Element, points: Sequence[Point], width: float) -> None:
    """
    Draw an arrow along *points*, its tip at the last one.

    Args:
        parent: A group, whose class says what kind of arrow it is.
        points: At least two.
        width: Of its line: 1 is the least, and a little more than a pixel.
    """
    stroke = width + _LEAST - 1
    length = _LEAST_HEAD + 1.2 * stroke
    draw(parent, "path", class_="edge", d=line_path(shortened(points, length)), stroke_width=stroke)
    draw(parent, "path", class_="head", d=head_path(points, length))


def draw_line(parent: Element, points: Sequence[Point], width: float) -> None:
    """Draw a line."""
    draw(parent, "path", class_="edge", d=line_path(points), stroke_width=width + _LEAST - 1)


def draw_clock(parent: Element, x: float, y: float) -> None:
    """Draw the sign of a timer with its middle at *x* and *y*: a clock at four."""
    circle = "m-5 0a5 5 0 1 0 10 0a5 5 0 1 0 -10 0"
    draw(parent, "path", class_="sign", d=f"M{x:.6g} {y:.6g}{circle}m5 -3v3l2 1.5")


def line_path(points: Sequence[Point]) -> str:
    """
    Return the path along *points*, with its corners rounded.

    >>> line_path([(0, 0), (0, 40), (30, 40)])
    'M0 0L0 32Q0 40 8 40L30 40'
    """
    steps = [f"M{_pair(points[0])}"]
    for before, corner, after in zip(points, points[1:], points[2:], strict=False):
        radius = min(_CORNER, _distance(before, corner) / 2, _distance(corner, after) / 2)
        into, out = _towards(corner, before, radius), _towards(corner, after, radius)
        steps.append(f"L{_pair(into)}Q{_pair(corner)} {_pair(out)}")
    return "".join([*steps, f"L{_pair(points[-1])}"])


def shortened(points: Sequence[Point], length: float) -> tuple[Point, ...]:
    """
    Return *points* without the last *length* pixels, where the head of an arrow stands.

    What is not longer keeps its last piece, for the direction.

    >>> shortened([(0, 0), (0, 40)], 10)
    ((0, 0), (0.0, 30.0))
    """
    *rest, before, end = points
    whole = _distance(before, end)
    return (*rest, before, _towards(end, before, min(length, whole * 0.9)))


def head_path(points: Sequence[Point], length: float) -> str:
    """
    Return the head of an arrow whose tip is the last of *points*, in the direction of the last piece.

    >>> head_path([(0, 0), (0, 40)], 10)
    'M0 40L4.2 30L-4.2 30Z'
    """
    before, end = _last_piece(points)
    base = _towards(end, before, length)
    across = (end[1] - base[1]) * _HALF, (base[0] - end[0]) * _HALF
    left, right = (base[0] + across[0], base[1] + across[1]), (base[0] - across[0], base[1] - across[1])
    return f"M{_pair(end)}L{_pair(left)}L{_pair(right)}Z"


def _last_piece(points: Sequence[Point]) -> tuple[Point, Point]:
    """Return the last two of *points* that differ."""
    end = points[-1]
    return next(before for before in reversed(points) if before != end), end


def _towards(start: Point, end: Point, length: float) -> Point:
    whole = _distance(start, end)
    share = length / whole if whole else 0.0
    return start[0] + (end[0] - start[0]) * share, start[1] + (end[1] - start[1]) * share


def _distance(start: Point, end: Point) -> float:
    return hypot(end[0] - start[0], end[1] - start[1])


def _pair(point: Point) -> str:
    x, y = (round(value, 2) + 0.0 for value in point)
    return f"{x:g} {y:g}"
