"""The pictures of the guide are what its own examples draw."""

import tomllib
from doctest import DocTestParser, DocTestRunner
from pathlib import Path
from xml.etree.ElementTree import fromstring

import pytest

from itsmkit.workflow import definition_from
from itsmkit.workflow.diagrams import svg_text

DOCS = Path(__file__).parent.parent.parent.parent / "docs"
GUIDE = (DOCS / "how-to" / "draw-a-workflow.md").read_text("utf-8")


@pytest.fixture(scope="module")
def drawn():
    """Return the pictures that the examples of the guide draw."""
    code = "\n".join(
        part.removeprefix("python\n") for part in GUIDE.split("```") if part.startswith("python\n")
    )
    test = DocTestParser().get_doctest(code, {}, "guide", None, 0)
    assert DocTestRunner().run(test, clear_globs=False).failed == 0
    [file] = [part.removeprefix("toml\n") for part in GUIDE.split("```") if part.startswith("toml\n")]
    change = svg_text(definition_from(tomllib.loads(file)))
    return {"incident": test.globs["picture"], "counted": test.globs["counted"], "change": change}


@pytest.mark.parametrize("name", ["incident", "counted", "change"])
def test_a_picture_of_the_guide_is_what_its_example_draws(drawn, name):
    def parts(text):
        # Where they stand is for the library that lays them out, of which there will be other versions.
        told = [(each.tag, each.get("class"), each.text) for each in fromstring(text).iter()]
        return sorted(repr(part) for part in told if not part[0].endswith("style"))

    assert parts((DOCS / "_static" / f"workflow-{name}.svg").read_text("utf-8")) == parts(drawn[name])
