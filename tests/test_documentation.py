"""The documentation says what is there."""

import shlex
import tomllib
from pathlib import Path
from xml.etree.ElementTree import Element, fromstring

import pytest

from itsmkit.cli import main
from itsmkit.desk import DeskConfig
from itsmkit.plugin.hookspecs import HOOKS

ROOT = Path(__file__).parent.parent
PAGES = sorted([*ROOT.glob("docs/**/*.md"), *ROOT.glob("*.md")])


def blocks(page: Path, language: str) -> list[str]:
    """Return the fenced blocks of one language on a page."""
    parts = page.read_text("utf-8").split("```")
    return [part.removeprefix(f"{language}\n") for part in parts[1::2] if part.startswith(f"{language}\n")]


@pytest.mark.parametrize("page", [page for page in PAGES if blocks(page, "toml")], ids=lambda p: p.stem)
def test_every_toml_example_is_valid(page: Path) -> None:
    for block in blocks(page, "toml"):
        tomllib.loads(block)


@pytest.mark.parametrize("page", [page for page in PAGES if blocks(page, "console")], ids=lambda p: p.stem)
def test_every_command_prints_what_the_page_says(
    page: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "examples").symlink_to(ROOT / "examples")
    for block in blocks(page, "toml"):
        first, _, _ = block.partition("\n")
        if first.startswith("# "):  # a file that the commands read
            (tmp_path / first.removeprefix("# ")).write_text(block, "utf-8")
    for block in blocks(page, "console"):
        for example in block.removeprefix("$ ").split("\n$ "):
            command, _, said = example.partition("\n")
            program, *words = shlex.split(command)
            assert program == "itsmkit"
            main(words)
            printed = "\n".join(line.rstrip() for line in capsys.readouterr().out.splitlines())
            assert printed == said.rstrip("\n")


def test_the_picture_in_the_docs_is_what_the_command_draws(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    page = ROOT / "docs/how-to/use-only-the-sla-engine.md"
    [file] = blocks(page, "toml")
    [command] = [line for block in blocks(page, "console") for line in block.splitlines() if "--plot" in line]
    monkeypatch.chdir(tmp_path)
    Path("sla.toml").write_text(file, "utf-8")
    main(shlex.split(command)[2:])

    def shapes(path: Path) -> list[tuple[str, dict[str, str], str]]:
        def told(element: Element) -> str:
            return "" if element.tag.endswith("style") else element.text or ""

        return [(each.tag, each.attrib, told(each)) for each in fromstring(path.read_text("utf-8")).iter()]

    assert shapes(ROOT / "docs/_static/due.svg") == shapes(tmp_path / "due.svg")


def test_the_log_description_of_the_guide_is_a_configuration() -> None:
    (description,) = blocks(ROOT / "docs/how-to/replay-a-log.md", "toml")
    config = DeskConfig.load(tomllib.loads(description))
    assert config.log is not None
    assert config.log.columns.ticket == "nummer"
    assert config.log.states == ("Open", "In behandeling", "Wacht", "Opgelost")


@pytest.mark.parametrize("hook", HOOKS, ids=lambda hook: hook.__name__)
def test_every_hook_has_a_heading_in_the_docs(hook: object) -> None:
    page = (ROOT / "docs/reference/hooks.md").read_text("utf-8")
    assert f"itsmkit.plugin.hookspecs.{hook.__name__}" in page  # type: ignore[attr-defined]  # a function


def test_every_page_is_in_the_table_of_contents() -> None:
    index = (ROOT / "docs/index.md").read_text("utf-8")
    pages = {p.relative_to(ROOT / "docs").with_suffix("").as_posix() for p in ROOT.glob("docs/*/*.md")}
    assert {page for page in pages if page not in index} == set()


def test_relative_links_lead_somewhere() -> None:
    broken = []
    for page in PAGES:
        for target in page.read_text("utf-8").split("](")[1:]:
            link = target.split(")")[0].split("#")[0]
            if link and "://" not in link and not (page.parent / link).exists():
                broken.append(f"{page.name}: {link}")
    assert not broken
