"""
Service maps: a configuration graph, or an impact on it, as SVG, HTML, Mermaid or DOT.

All of them show the same: a box for each configuration item, or for several that are alike, with its level in
colour, sign and word; junctions that say how many of several providers are needed; and arrows the way that
impact flows. Each is a text made from values; the same values make the same text.

Mermaid and DOT need nothing else. SVG and HTML need the extra ``diagrams``, which lays the map out; it is
loaded when a map is drawn.
"""

from typing import TYPE_CHECKING

from itsmkit._lazy import lazily

if TYPE_CHECKING:
    from itsmkit.cmdb.diagrams.dot import dot_text
    from itsmkit.cmdb.diagrams.html import service_map_html
    from itsmkit.cmdb.diagrams.mermaid import mermaid_text
    from itsmkit.cmdb.diagrams.svg import service_map_svg
else:
    __getattr__, __dir__ = lazily(
        __name__,
        {
            "itsmkit.cmdb.diagrams.dot": ("dot_text",),
            "itsmkit.cmdb.diagrams.html": ("service_map_html",),
            "itsmkit.cmdb.diagrams.mermaid": ("mermaid_text",),
            "itsmkit.cmdb.diagrams.svg": ("service_map_svg",),
        },
    )

__all__ = ["dot_text", "mermaid_text", "service_map_html", "service_map_svg"]
