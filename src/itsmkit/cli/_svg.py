"""SVG as a part of a page."""

from xml.etree.ElementTree import Element, tostring

from markupsafe import Markup

__all__ = ["write"]


def write(svg: Element) -> Markup:
    """Return *svg* as a page takes it."""
    return Markup(tostring(svg, encoding="unicode"))  # noqa: S704  the tree has escaped every text
