"""The picture of the guide is what its script draws, and the example tells the story that the guide tells."""

import importlib.util
from pathlib import Path
from xml.etree.ElementTree import fromstring

import pytest

from itsmkit.cmdb.mapping_form import load_configuration
from itsmkit.cmdb.risk import false_redundancy, spofs

ROOT = Path(__file__).parent.parent.parent.parent


@pytest.fixture(scope="module")
def script():
    spec = importlib.util.spec_from_file_location("service_map", ROOT / "docs" / "service_map.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_the_picture_is_what_the_script_draws(script):
    def parts(text):
        # Where they stand is for the library that lays them out, of which there will be other versions.
        told = [(each.tag, each.get("class"), each.text) for each in fromstring(text).iter()]
        return sorted(repr(part) for part in told if not part[0].endswith("style"))

    assert parts(script.PICTURE.read_text("utf-8")) == parts(script.picture_text())


def test_the_web_shop_is_redundant_only_on_paper():
    graph = load_configuration(ROOT / "examples" / "webshop.toml").graph()
    assert not graph.findings
    assert "feed-a" in spofs(graph, "web-shop")
    [found] = [each for each in false_redundancy(graph) if each.group == "web servers"]
    assert set(found.shared) == {"feed-a", "rack-1", "north"}
    assert graph.impact_of(["host-1"]).level("web-shop") == "degraded"
    impact = graph.impact_of(["feed-a"])
    assert dict(impact.services) == {"web-shop": "down", "order-desk": "down"}
    assert {"web-1", "web-2", "rack-1"} <= set(impact.why("web-shop").cis)
