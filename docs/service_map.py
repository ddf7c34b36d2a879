"""The picture of the guide to service maps; run this file to make it anew. A test tells when that is due."""

from pathlib import Path

from itsmkit.cmdb import CIId
from itsmkit.cmdb.diagrams import service_map_svg
from itsmkit.cmdb.mapping_form import load_configuration

DOCS = Path(__file__).parent
PICTURE = DOCS / "_static" / "service-map.svg"


def picture_text() -> str:
    """Return the picture: the web shop when a power feed fails, and why the shop is down."""
    graph = load_configuration(DOCS.parent / "examples" / "webshop.toml").graph()
    shop = CIId("web-shop")
    return service_map_svg(graph, graph.impact_of(["feed-a"]), focus=shop, why=shop)


if __name__ == "__main__":
    PICTURE.write_text(picture_text(), "utf-8")
