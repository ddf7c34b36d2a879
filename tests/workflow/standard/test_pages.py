"""The pages about workflows show what the definitions are."""

import doctest
import importlib.util
import tomllib
from pathlib import Path
from types import ModuleType
from xml.etree.ElementTree import fromstring

import pytest

from itsmkit.workflow import definition_from
from itsmkit.workflow.standard import STANDARD_WORKFLOWS

DOCS = Path(__file__).parents[3] / "docs"


@pytest.fixture(scope="module")
def maker() -> ModuleType:
    """Return the script that makes what the reference page shows."""
    spec = importlib.util.spec_from_file_location("standard_workflows", DOCS / "standard_workflows.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_the_page_shows_what_the_definitions_are(maker):
    page = maker.PAGE.read_text("utf-8")
    assert page == maker.page_text(), "run docs/standard_workflows.py"
    for name in STANDARD_WORKFLOWS:
        assert page.count(f"<!-- made from {name} -->\n\n![") == 1
        assert page.count(f"({maker.picture_path(name).relative_to(DOCS).as_posix().join(['../', ')'])}") == 1


@pytest.mark.parametrize("name", STANDARD_WORKFLOWS)
def test_the_picture_on_the_page_is_what_the_code_draws(maker, name):
    def shapes(text: str) -> list[tuple[object, ...]]:
        """Return what is drawn, though not where: another layout is no other workflow."""
        found = []
        for element in fromstring(text).iter():
            told = {key: value for key, value in element.attrib.items() if key.startswith("data-")}
            words = "" if element.tag.endswith("style") else (element.text or "").strip()
            found.append((element.tag, element.get("class"), told, words))
        return found

    kept = maker.picture_path(name).read_text("utf-8")
    assert shapes(kept) == shapes(maker.picture_text(name)), "run docs/standard_workflows.py"


def test_the_guide_says_the_same_as_a_file_and_in_python():
    _, *fenced = (DOCS / "how-to" / "define-a-workflow.md").read_text("utf-8").split("```")
    blocks = fenced[::2]
    (document,) = (block.removeprefix("toml\n") for block in blocks if block.startswith("toml\n"))
    (written,) = (block.removeprefix("python\n") for block in blocks if "loan = WorkflowDefinition(" in block)
    names: dict[str, object] = {}
    for example in doctest.DocTestParser().get_examples(written):
        exec(example.source, names)
    assert definition_from(tomllib.loads(document)) == names["loan"]
