"""
SVG for a page or for a file, well-formed and escaped because it is built as a tree.

On a page, coordinates come in two kinds. A chart as a whole has no view box: its width is the page's, its
places are percentages, and so its text keeps its size on a phone. What is drawn stands in a `plot` inside it,
whose units are those of the data, and which stretches. A `drawing` is a file of its own, in pixels.
"""

from xml.etree.ElementTree import Element, SubElement, tostring

__all__ = ["bidi", "chart", "draw", "drawing", "file_text", "plot"]

Attribute = str | float


def chart(name: str, *, height: int, title: str, description: str) -> Element:
    """
    Return an empty chart as wide as the page.

    Args:
        name: Unique on the page.
        height: In pixels.
        title: What it shows, for those who do not see it.
        description: What there is to see.
    """
    svg = Element("svg", _spelled({"class": "chart", "width": "100%", "height": height, "role": "img"}))
    svg.set("aria-labelledby", f"{name}-title {name}-description")
    SubElement(svg, "title", id=f"{name}-title").text = title
    SubElement(svg, "desc", id=f"{name}-description").text = description
    return svg


def drawing(*, width: int, height: int, title: str, description: str, style: str) -> Element:
    """
    Return an empty drawing that stands by itself, in pixels; a narrow viewer scales it down.

    Args:
        width: In pixels.
        height: In pixels.
        title: What it shows, for those who do not see it.
        description: What there is to see.
        style: Its style sheet.
    """
    svg = Element("svg", _spelled({"width": width, "height": height, "viewBox": f"0 0 {width} {height}"}))
    svg.set("xmlns", "http://www.w3.org/2000/svg")
    svg.set("role", "img")
    svg.set("aria-labelledby", "title description")
    SubElement(svg, "title", id="title").text = title
    SubElement(svg, "desc", id="description").text = description
    SubElement(svg, "style").text = style
    return svg


def plot(
    parent: Element,
    box: tuple[Attribute, Attribute, Attribute, Attribute],
    view: tuple[float, float, float, float],
) -> Element:
    """
    Draw in the units of the data, stretched over a part of a chart.

    Args:
        parent: The chart.
        box: Left, top, width and height there, in pixels or percent.
        view: Left, top, width and height in the units of the data.
    """
    x, y, width, height = box
    return draw(
        parent,
        "svg",
        x=x,
        y=y,
        width=width,
        height=height,
        viewBox=" ".join(map(_number, view)),
        preserveAspectRatio="none",
    )


def draw(parent: Element, tag: str, text: str = "", *, tip: str = "", **attributes: Attribute) -> Element:
    """
    Add an element and return it.

    Args:
        parent: What it stands in.
        tag: What it is.
        text: What it says.
        tip: What a pointer that rests on it is told.
        **attributes: With ``_`` for ``-``; one at the end is dropped, as in ``class_``.
    """
    element = SubElement(parent, tag, _spelled(attributes))
    element.text = text or None
    if tip:
        SubElement(element, "title").text = tip
    return element


def file_text(svg: Element) -> str:
    """Return a drawing as the text of its file, in UTF-8."""
    return f'<?xml version="1.0" encoding="UTF-8"?>\n{tostring(svg, encoding="unicode")}\n'


def bidi(text: str) -> str:
    """
    Return *text* fenced off, so that its direction is its own and what stands beside it keeps its place.

    Source:
        Unicode Standard Annex 9: FIRST STRONG ISOLATE and POP DIRECTIONAL ISOLATE.
    """
    return f"\u2068{text}\u2069"


def _spelled(attributes: dict[str, Attribute]) -> dict[str, str]:
    return {
        name.rstrip("_").replace("_", "-"): value if isinstance(value, str) else _number(value)
        for name, value in attributes.items()
    }


def _number(value: Attribute) -> str:
    return f"{value:.6g}"
