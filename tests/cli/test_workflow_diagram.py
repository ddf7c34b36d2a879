import sys
from pathlib import Path

import pytest

from itsmkit.cli._workflow_diagram import draw_workflow
from itsmkit.cli.errors import UsageError
from itsmkit.errors import DefinitionError
from itsmkit.workflow import definition_from, incident_workflow
from itsmkit.workflow.diagrams import dot_text, mermaid_text, svg_text

TABLES = """
name = "small"
initial = "Open"
[{0}states]
Open = "active"
"All done" = "closed"
[[{0}transitions]]
trigger = "finish"
from = "Open"
to = "All done"
"""
SMALL = definition_from(
    {
        "name": "small",
        "initial": "Open",
        "states": {"Open": "active", "All done": "closed"},
        "transitions": [{"trigger": "finish", "from": "Open", "to": "All done"}],
    }
)


@pytest.fixture
def file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Go to a folder that holds a workflow, and return its file."""
    monkeypatch.chdir(tmp_path)
    path = Path("small.toml")
    path.write_text(TABLES.format(""), "utf-8")
    return path


def test_without_options_mermaid_goes_to_stdout(file: Path, capsys: pytest.CaptureFixture[str]) -> None:
    draw_workflow(str(file))
    assert capsys.readouterr().out == mermaid_text(SMALL)


def test_another_text_goes_to_stdout_too(file: Path, capsys: pytest.CaptureFixture[str]) -> None:
    draw_workflow(str(file), format_name="dot", direction="right")
    assert capsys.readouterr().out == dot_text(SMALL, direction="right")


def test_the_configuration_of_a_desk_will_do(file: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file.write_text("[desk]\nname = 'x'\n[workflow]" + TABLES.format("workflow."), "utf-8")
    draw_workflow(str(file))
    assert capsys.readouterr().out == mermaid_text(SMALL)


@pytest.mark.parametrize(
    ("name", "text"),
    [
        pytest.param("a.svg", svg_text(SMALL), id="svg"),
        pytest.param("a.SVG", svg_text(SMALL), id="in capitals"),
        pytest.param("a.dot", dot_text(SMALL), id="dot"),
        pytest.param("a.gv", dot_text(SMALL), id="gv"),
        pytest.param("a.mmd", mermaid_text(SMALL), id="mmd"),
        pytest.param("a.mermaid", mermaid_text(SMALL), id="mermaid"),
        pytest.param("a.md", f"```mermaid\n{mermaid_text(SMALL)}```\n", id="a page"),
    ],
)
def test_the_name_of_the_file_tells_the_format(
    file: Path, capsys: pytest.CaptureFixture[str], name: str, text: str
) -> None:
    draw_workflow(str(file), out=Path(name))
    assert Path(name).read_text("utf-8") == text
    assert capsys.readouterr().out == f"Written: {name}\n"


def test_the_option_goes_before_the_name(file: Path) -> None:
    draw_workflow(str(file), format_name="dot", out=Path("picture.txt"))
    assert Path("picture.txt").read_text("utf-8") == dot_text(SMALL)


@pytest.mark.parametrize(
    ("options", "problem"),
    [
        pytest.param({"format_name": "svg"}, "a picture needs a file; name one with --out", id="no file"),
        pytest.param(
            {"out": Path("a.png")}, "--out a.png: its name does not tell the format", id="unknown suffix"
        ),
        pytest.param(
            {"out": Path("small.toml"), "format_name": "dot"}, "is an input already", id="over the input"
        ),
        pytest.param({"out": Path("no/a.svg")}, "there is no directory", id="no directory"),
    ],
)
def test_what_cannot_be_meant_is_refused_and_nothing_written(
    file: Path, options: dict[str, object], problem: str
) -> None:
    with pytest.raises(UsageError, match=problem):
        draw_workflow(str(file), **options)  # type: ignore[arg-type]  # a table of options
    assert list(Path().iterdir()) == [file]
    assert file.read_text("utf-8") == TABLES.format("")


def test_every_fault_of_the_file_is_told_with_its_path(file: Path) -> None:
    file.write_text(
        TABLES.format("").replace('"closed"', '"shut"').replace('trigger = "finish"', ""), "utf-8"
    )
    with pytest.raises(DefinitionError) as caught:
        draw_workflow(str(file), out=Path("a.svg"))
    assert "states['All done']: unknown category 'shut'" in str(caught.value)
    assert "transitions[0].trigger: is missing" in str(caught.value)
    assert not Path("a.svg").exists()


def test_a_missing_library_is_one_sentence(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "graphlay", None)
    with pytest.raises(UsageError, match=r"python -m pip install 'itsmkit\[diagrams\]'"):
        draw_workflow(str(file), out=Path("a.svg"))
    assert not Path("a.svg").exists()


def test_a_standard_workflow_is_drawn_by_its_name(file: Path, capsys: pytest.CaptureFixture[str]) -> None:
    draw_workflow("incident")
    assert capsys.readouterr().out == mermaid_text(incident_workflow())


def test_a_folder_does_not_take_the_place_of_a_standard_workflow(
    file: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    Path("incident").mkdir()
    draw_workflow("incident")
    assert capsys.readouterr().out == mermaid_text(incident_workflow())


def test_a_picture_is_not_fenced(file: Path) -> None:
    draw_workflow(str(file), format_name="svg", out=Path("picture.md"))
    assert Path("picture.md").read_text("utf-8") == svg_text(SMALL)
