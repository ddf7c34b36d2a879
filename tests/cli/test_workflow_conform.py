import gzip
import json
import sys
import tomllib
from collections.abc import Callable
from pathlib import Path

import pytest

from itsmkit import packs
from itsmkit.cli._workflow_conform import check_history
from itsmkit.errors import DefinitionError
from itsmkit.workflow import State, Transition, WorkflowDefinition, definition_from

Check = Callable[..., str]

SMALL = """
name = "small"
initial = "New"

[states]
New = "new"
Assigned = "active"
Resolved = "resolved"
Closed = "closed"

[[transitions]]
trigger = "assign"
from = ["New"]
to = "Assigned"

[[transitions]]
trigger = "close"
from = ["Resolved"]
to = "Closed"
"""


@pytest.fixture
def check(in_folder: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Check:
    """Hold log.csv against a workflow, and return what is printed on a wide screen."""
    monkeypatch.setenv("COLUMNS", "160")

    def run(log: str = "log.csv", **options: object) -> str:
        given: dict[str, object] = dict.fromkeys(("format_name", "definition", "draft", "json", "limit"))
        check_history(Path(log), **{**given, "config": Path("desk.toml"), **options})  # type: ignore[arg-type]  # as above
        out, err = capsys.readouterr()
        assert err == ""
        return "\n".join(line.rstrip() for line in out.splitlines())

    return run


def test_the_figures_and_the_deviations_are_printed(check: Check) -> None:
    out = check()
    assert "plain 1\nlog.csv · 2 tickets, 2 variants, 5 moves\n" in out
    # INC-1 is a run. INC-2 lacks New and has Closed too much, or what lies between too little.
    for figure in (
        "Fitness of the histories (alignments)  77.8%",
        "Tickets without a deviation            50.0%",
        "Moves that are allowed                 80.0%",
        "Precision of the workflow               100%",
        "Declared moves that were made           100%",
        "Tickets last seen before an end            0",
    ):
        assert figure in out
    assert out.index("wrong start") < out.index("forbidden move")
    assert "INC-2    declared: New → Assigned\n" in out
    assert "INC-2    declared: Assigned → In Progress → Resolved → Closed\n" in out
    assert "New                1        0.2 h   0.2 h\n" in out
    assert "Closed             2            –       –\n" in out
    assert "Declared and never seen" not in out
    assert "bad_date                         1\n" in out
    assert "\n10 rows, " in out
    assert "\x1b" not in out


def test_a_narrow_screen_shows_less_and_nothing_else(check: Check, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "60")
    out = check()
    assert "forbidden move  Assigned → Closed      1\n" in out
    assert "Such as" not in out
    assert max(map(len, out.splitlines())) <= 60


def test_a_definition_of_its_own_goes_before_the_configuration(check: Check, tmp_path: Path) -> None:
    Path("small.toml").write_text(SMALL, encoding="utf-8")
    out = check(definition="small.toml", json=tmp_path / "out.json")
    assert "small 1\n" in out
    figures = json.loads((tmp_path / "out.json").read_text("utf-8"))
    # The layout knows its own states; those that this workflow lacks are deviations, Lost among them.
    assert figures["counts"] == {"wrong start": 1, "unknown state": 2}
    unknown = {
        each["target"]: each["count"] for each in figures["deviations"] if each["kind"] == "unknown state"
    }
    assert unknown == {"In Progress": 1, "Lost": 1}
    assert figures["rows_read"] == 10
    assert figures["findings"] == {"bad_date": 1, "duplicate_row": 1}
    assert figures["elapsed_seconds"] >= 0


def test_the_workflow_of_a_configuration_is_a_definition_too(check: Check) -> None:
    Path("other.toml").write_text(
        SMALL.replace("[states]", "[workflow.states]")
        .replace("[[transitions]]", "[[workflow.transitions]]")
        .replace('name = "small"', '[workflow]\nname = "inside"'),
        encoding="utf-8",
    )
    assert "inside 1\n" in check(definition="other.toml")


def test_the_draft_is_what_the_log_shows(check: Check) -> None:
    out = check(draft=Path("draft.toml"))
    assert "Written: draft.toml" in out
    text = Path("draft.toml").read_text("utf-8")
    assert text.startswith(
        "# plain draft: drafted from 2 tickets; 5 states, 5 moves\n# initial: New, where 1 of"
    )
    draft = definition_from(tomllib.loads(text))
    assert draft == WorkflowDefinition(
        "plain",
        initial="New",
        states=[
            State("New", "new"),
            State("Assigned", "active"),
            State("In Progress", "active"),
            State("Resolved", "resolved"),
            State("Closed", "closed"),
        ],
        transitions=[
            Transition("assign", "New", "Assigned"),
            Transition("start", "Assigned", "In Progress"),
            Transition("resolve", "In Progress", "Resolved"),
            Transition("close", "Resolved", "Closed"),
            Transition("to Closed", "Assigned", "Closed"),
        ],
        version="draft",
    )
    assert "moves left out" not in text
    check(draft=Path("draft.toml"), min_share=0.6)
    assert "# moves left out:\n" in Path("draft.toml").read_text("utf-8")


@pytest.mark.parametrize(
    ("name", "begins"),
    [
        pytest.param("out.svg", "<", id="SVG"),
        pytest.param("out.dot", "digraph", id="DOT"),
        pytest.param("out.gv", "digraph", id="DOT by its other name"),
        pytest.param("out.mmd", "---\n", id="Mermaid"),
        pytest.param("OUT.MD", "```mermaid\n---\n", id="Mermaid in a page"),
    ],
)
def test_the_draft_is_drawn_with_its_counts(check: Check, name: str, begins: str) -> None:
    assert f"Written: {name}" in check(diagram=Path(name))
    text = Path(name).read_text("utf-8")
    assert text.startswith(begins)
    assert "to Closed" in text


def test_a_picture_needs_a_name_that_tells_its_format(check: Check) -> None:
    with pytest.raises(DefinitionError) as refused:
        check(diagram=Path("out.png"))
    assert str(refused.value) == (
        "--diagram out.png: its name does not tell the format; end it in .svg, .dot, .gv, .mmd, .mermaid, .md"
    )


def test_a_picture_that_cannot_be_drawn_is_no_reason_for_a_traceback(
    check: Check, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "graphlay", None)
    with pytest.raises(DefinitionError, match=r"itsmkit\[diagrams\]"):
        check(diagram=Path("out.svg"))
    assert not Path("out.svg").exists()


def test_any_name_can_be_written_down(check: Check, log_csv: Path) -> None:
    odd = ['a "b"', "c\\d", "e\tf", "g\x7fh", "در انتظار", "# no comment", "[x]"]
    config = (
        Path("desk.toml")
        .read_text("utf-8")
        .replace('\nstates = ["New", "Assigned", "In Progress", "Resolved", "Closed"]', '\ndelimiter = "|"')
    )
    Path("odd.toml").write_text(config, encoding="utf-8")
    rows = [
        f'T|2026-03-02T{hour:02}:00|"{name.replace(chr(34), chr(34) * 2)}"|P1|x|x|x|x'
        for hour, name in enumerate(odd)
    ]
    header = "number|at|state|priority|channel|site|group|made_sla"
    log_csv.write_text("\n".join([header, *rows]) + "\n", encoding="utf-8")
    Path("small.toml").write_text(SMALL, encoding="utf-8")
    check(config=Path("odd.toml"), definition="small.toml", draft=Path("draft.toml"))
    draft = definition_from(tomllib.loads(Path("draft.toml").read_text("utf-8")))
    assert [state.name for state in draft.states] == odd


def test_long_lists_end_in_how_many_others_there_are(check: Check, log_csv: Path) -> None:
    header, *_ = log_csv.read_text("utf-8").splitlines()
    states = [f"S{number:02}" for number in range(24)]
    rows = [f"T-{state},2026-03-02T09:00,{state},P1,phone,x,x,true" for state in states]
    log_csv.write_text("\n".join([header, *rows]) + "\n", encoding="utf-8")
    declared = "".join(f'B{number} = "active"\n' for number in range(12))
    text = f'name = "wide"\ninitial = "A"\ntransitions = []\n[states]\nA = "new"\n{declared}'
    Path("wide.toml").write_text(text, encoding="utf-8")
    out = check(definition="wide.toml")
    assert "\n4 others" in out
    assert "\n3 others\n" in out


def test_a_built_in_layout_brings_its_workflow(check: Check) -> None:
    rows = "number,incident_state,sys_updated_at\nINC-1,New,2/3/2016 09:00\nINC-1,Closed,3/3/2016 09:00\n"
    with gzip.open("log.csv.gz", "wt", encoding="utf-8") as file:
        file.write(_padded(rows))
    out = check("log.csv.gz", config=None, format_name="servicenow-audit")
    assert "servicenow-incident 1\n" in out
    assert "Tickets without a deviation             100%" in out
    assert "log.csv.gz · 1 ticket, 1 variant, 1 move\n" in out


def _padded(rows: str) -> str:
    """Give the rows all columns that the built-in layout reads."""
    layout = packs.load("servicenow-audit").log
    assert layout is not None
    header, *lines = rows.splitlines()
    others = [column for column in layout.column_of().values() if column not in header.split(",")]
    return "\n".join([",".join([header, *others]), *(line + "," * len(others) for line in lines)]) + "\n"


def test_a_built_in_layout_may_be_read_by_the_rules_of_a_desk(check: Check) -> None:
    Path("log.csv").write_text(
        _padded("number,incident_state,sys_updated_at\nI,New,2/3/2016 09:00\n"), encoding="utf-8"
    )
    out = check(format_name="servicenow-audit")
    assert "plain 1\n" in out


def test_an_unfinished_ticket_counts_where_all_should_be_done(check: Check) -> None:
    assert "unfinished" not in check(limit=1)
    assert "unfinished  New" in check(limit=1, complete=True)


@pytest.mark.parametrize(
    ("options", "problem"),
    [
        pytest.param({"config": None}, "the layout of the log is unknown; name a", id="no layout"),
        pytest.param({"config": Path("bare.toml")}, "bare.toml describes no layout of a log", id="no log"),
        pytest.param({"definition": "none.toml"}, "none.toml: there is no such file", id="no file"),
        pytest.param(
            {"definition": "bad.toml"},
            "bad.toml: workflow.initial: 'Opne' is an unknown",
            id="bad file",
        ),
        pytest.param({"draft": Path("log.csv")}, "--draft log.csv is an input already", id="over the log"),
        pytest.param({"draft": Path("desk.toml")}, "--draft desk.toml is an input", id="over the rules"),
        pytest.param({"json": Path("no/out.json")}, "there is no directory", id="nowhere"),
        pytest.param(
            {"min_share": 2.0, "draft": Path("d.toml")}, "--min-share must be between 0", id="no share"
        ),
        pytest.param({"limit": 0}, "limit must be at least 1", id="no rows"),
    ],
)
def test_what_cannot_be_meant_is_refused_and_nothing_written(check: Check, options, problem: str) -> None:
    Path("bare.toml").write_text('[desk]\nname = "bare"\n', encoding="utf-8")
    Path("bad.toml").write_text(
        '[workflow]\nname = "bad"\ninitial = "Opne"\ntransitions = []\n[workflow.states]\nOpen = "new"\n',
        encoding="utf-8",
    )
    before = {path: path.read_bytes() for path in Path().iterdir()}
    with pytest.raises(DefinitionError) as refused:
        check(**options)
    assert problem in str(refused.value)
    assert {path: path.read_bytes() for path in Path().iterdir()} == before


def test_what_stands_in_a_log_cannot_steer_the_terminal(check: Check, log_csv: Path) -> None:
    text = log_csv.read_text("utf-8").replace("Lost", "\x1b[2JLost")
    log_csv.write_text(text, encoding="utf-8")
    Path("small.toml").write_text(SMALL, encoding="utf-8")
    out = check(definition="small.toml", draft=Path("draft.toml"))
    assert "\x1b" not in out
    assert "\N{REPLACEMENT CHARACTER}[2JLost" in out
    assert "\x1b" not in Path("draft.toml").read_text("utf-8")


def test_a_log_without_a_row_is_no_fault(check: Check, tmp_path: Path) -> None:
    Path("log.csv").write_text(Path("log.csv").read_text("utf-8").splitlines()[0] + "\n", "utf-8")
    out = check(json=tmp_path / "out.json")
    assert "log.csv · 0 tickets, 0 variants, 0 moves" in out
    assert json.loads((tmp_path / "out.json").read_text("utf-8"))["fitness"] is None
