import gzip
import json
from collections.abc import Callable
from pathlib import Path

import pytest

Run = Callable[..., tuple[int, str, str]]

HEADER = "number,at,state,priority,channel,site,group,made_sla\n"


def test_the_figures_are_those_of_the_log(run: Run, log_csv: Path, desk_toml: Path, tmp_path: Path) -> None:
    out_json = tmp_path / "out.json"
    status, out, err = run("replay", log_csv, "--config", desk_toml, "--json", out_json)
    assert (status, err) == (0, "")
    figures = json.loads(out_json.read_text(encoding="utf-8"))
    expected = {
        "incidents": 2,
        "events_read": 10,
        "events_applied": 8,
        "findings": {
            "bad_date": 1,
            "unknown_state": 1,
            "duplicate_row": 1,
            "irregular_start": 1,
            "forbidden_move": 1,
        },
        "final_states": {"Closed": 2},
        "by_priority": {"P1": 1, "P2": 1},
        "by_site": {"تهران": 1, "Denver": 1},
        "never_reassigned": 2,
        "reopened_incidents": 0,
        "resolved": {
            "n": 1,
            "calendar_hours_median": 2.0,
            "calendar_hours_p90": 2.0,
            "business_hours_median": 2.0,
            "business_hours_p90": 2.0,
        },
        "opened_by_month": {"2026-03": 2},
        "state_changes": {
            "New -> Assigned": 1,
            "Assigned -> In Progress": 1,
            "In Progress -> Resolved": 1,
            "Resolved -> Closed": 1,
            "Assigned -> Closed": 1,
        },
        "illegal_moves": 1,
    }
    assert {key: figures.get(key) for key in expected} == expected
    assert figures["made_sla"]["true"] == {"met": 1, "breached": 0, "open": 0}
    assert set(figures["made_sla"]) == {"true", "false"}
    assert figures["elapsed_seconds"] >= 0
    assert figures["events_per_second"] >= 0
    assert "10 events read = 8 applied + 2 dropped (bad_date: 1, duplicate_row: 1)" in out
    assert f"Written: {out_json}" in out


def test_equal_runs_write_equal_reports(run: Run, log_csv: Path, desk_toml: Path, tmp_path: Path) -> None:
    pages = [tmp_path / "1.html", tmp_path / "2.html"]
    for page in pages:
        assert run("replay", log_csv, "--config", desk_toml, "--report", page)[0] == 0
    assert pages[0].read_bytes() == pages[1].read_bytes()


def test_plain_output_has_no_escape_codes(run: Run, log_csv: Path, desk_toml: Path) -> None:
    status, out, err = run("replay", log_csv, "--config", desk_toml)
    assert (status, err) == (0, "")
    assert "\x1b" not in out
    assert "تهران" in out


def test_a_limit_reads_only_so_many_rows(run: Run, log_csv: Path, desk_toml: Path) -> None:
    status, out, _ = run("replay", log_csv, "--config", desk_toml, "--limit", 3)
    assert status == 0
    assert "3 events read = 3 applied + 0 dropped" in out


def test_a_log_without_rows_is_an_empty_report(run: Run, desk_toml: Path, tmp_path: Path) -> None:
    log, page = tmp_path / "empty.csv", tmp_path / "empty.html"
    log.write_text(HEADER)
    status, out, _ = run("replay", log, "--config", desk_toml, "--report", page)
    assert status == 0
    assert "0 events read = 0 applied + 0 dropped" in out
    assert page.exists()


def test_a_built_in_layout_brings_its_rules(run: Run, tmp_path: Path) -> None:
    log = audit_log(tmp_path)
    status, out, err = run("replay", log, "--format", "servicenow-audit")
    assert (status, err) == (0, "")
    assert "resolve, 1 - Critical" in out


def test_rules_of_access_do_not_keep_a_replay_off(run: Run, log_csv: Path, desk_toml: Path) -> None:
    with desk_toml.open("a") as file:
        file.write('\n[[roles]]\nname = "agent"\n')
    status, _, err = run("replay", log_csv, "--config", desk_toml)
    assert (status, err) == (0, "")


def test_a_configuration_keeps_its_rules_under_a_built_in_layout(run: Run, tmp_path: Path) -> None:
    config = tmp_path / "desk.toml"
    config.write_text(
        '[desk]\nname = "Ours"\n[workflow]\nname = "ours"\ninitial = "New"\n'
        '[workflow.states]\nNew = "new"\nActive = "active"\nResolved = "resolved"\n'
        '[[workflow.transitions]]\ntrigger = "work"\nfrom = ["New"]\nto = "Active"\n'
        '[[workflow.transitions]]\ntrigger = "resolve"\nfrom = ["Active"]\nto = "Resolved"\n'
    )
    status, out, err = run("replay", audit_log(tmp_path), "--config", config, "--format", "servicenow-audit")
    assert (status, err) == (0, "")
    assert "\nOurs\n" in out
    assert "resolve, 1 - Critical" not in out


def audit_log(folder: Path) -> Path:
    """Write three rows in the columns that the built-in layout names."""
    from itsmkit import packs

    log_format = packs.load("servicenow-audit").log
    assert log_format is not None
    column_of = log_format.column_of()
    given = {"ticket": "INC1", "opened_at": "1/3/2016 09:00", "priority": "1 - Critical"}
    counters = dict.fromkeys(log_format.counters, "0")
    rows = [",".join(column_of.values())]
    for order, (state, at) in enumerate([("New", "09:00"), ("Active", "09:30"), ("Resolved", "11:00")]):
        moved = {"order": str(order), "state": state, "at": f"1/3/2016 {at}"}
        values = {**given, **counters, **moved}
        rows.append(",".join(values.get(name, "?") for name in column_of))
    path = folder / "audit.csv"
    path.write_text("\n".join(rows) + "\n")
    return path


def text(content: str) -> Callable[[Path], object]:
    return lambda path: path.write_text(content, encoding="utf-8")


def raw(content: bytes) -> Callable[[Path], object]:
    return lambda path: path.write_bytes(content)


ROW = "INC-1,2026-03-02T09:00,New,P1,phone,Denver,network,true\n"


@pytest.mark.parametrize(
    ("name", "write", "parts"),
    [
        pytest.param("log.csv", lambda _path: None, ("log.csv", "No such file"), id="missing"),
        pytest.param("log.csv", lambda path: path.mkdir(), ("log.csv", "directory"), id="a directory"),
        pytest.param("log.csv", raw(b""), ("log.csv", "empty"), id="empty"),
        pytest.param("log.csv.gz", text(HEADER + ROW), ("log.csv.gz", "not gzip"), id="not gzip"),
        pytest.param(
            "log.csv.gz",
            raw(gzip.compress((HEADER + ROW * 500).encode())[:-40]),
            ("log.csv.gz", "cut off"),
            id="truncated gzip",
        ),
        pytest.param(
            "log.csv", text((HEADER + ROW).replace(",", ";")), ("line 1", "';'"), id="wrong delimiter"
        ),
        pytest.param(
            "log.csv", text(HEADER.replace("state", "status")), ("line 1", "'state'"), id="missing column"
        ),
        pytest.param(
            "log.csv", raw((HEADER + ROW).encode() + b"INC-\xff"), ("line 3", "utf-8"), id="invalid UTF-8"
        ),
        pytest.param("log.csv", text(HEADER + ROW + "INC\0"), ("line 3", "NUL"), id="NUL"),
        pytest.param(
            "log.csv", text(HEADER + "x" * 10_000_000), ("line 2", "longer than"), id="a 10 MB line"
        ),
    ],
)
def test_a_damaged_file_is_one_sentence_and_writes_nothing(
    run: Run, desk_toml: Path, name: str, write: Callable[[Path], object], parts: tuple[str, ...]
) -> None:
    folder = desk_toml.parent
    log, page, out_json = folder / name, folder / "out.html", folder / "out.json"
    write(log)
    before = set(folder.iterdir())
    status, out, err = run("replay", log, "--config", desk_toml, "--report", page, "--json", out_json)
    assert (status, out) == (2, "")
    assert err.startswith("error: ")
    assert err.count("\n") == 1
    assert [part for part in parts if part not in err] == []
    assert "Traceback" not in err
    assert set(folder.iterdir()) == before


@pytest.mark.parametrize(
    ("config", "parts"),
    [
        pytest.param("[desk]\nnmae = 'x'\n", ("desk", "nmae"), id="unknown key"),
        pytest.param("[desk]\nname = 7\n", ("desk.name", "text"), id="wrong type"),
        pytest.param("[desk\n", ("TOML",), id="no TOML"),
        pytest.param("[desk]\nname = 'x'\n", ("[log]", "--format"), id="no layout"),
    ],
)
def test_a_wrong_configuration_is_named(
    run: Run, log_csv: Path, desk_toml: Path, config: str, parts: tuple[str, ...]
) -> None:
    desk_toml.write_text(config)
    out_json = desk_toml.with_name("out.json")
    status, out, err = run("replay", log_csv, "--config", desk_toml, "--json", out_json)
    assert (status, out) == (2, "")
    assert [part for part in ("desk.toml", *parts) if part not in err] == []
    assert not out_json.exists()


@pytest.mark.parametrize(
    ("arguments", "parts"),
    [
        pytest.param((), ("--format", "servicenow-audit", "--config"), id="no layout"),
        pytest.param(("--format", "other"), ("'other'", "servicenow-audit"), id="unknown layout"),
        pytest.param(("--config", "none.toml"), ("none.toml",), id="no such configuration"),
        pytest.param(("--config", "desk.toml", "--limit", "0"), ("limit", "0"), id="limit of 0"),
        pytest.param(("--config", "desk.toml", "--json", "no/out.json"), ("--json", "no"), id="no directory"),
        pytest.param(("--config", "desk.toml", "--json", "."), ("--json", "ordinary"), id="a directory"),
        pytest.param(("--config", "desk.toml", "--json", "log.csv"), ("--json", "input"), id="the log"),
        pytest.param(
            ("--config", "desk.toml", "--report", "desk.toml"), ("--report", "input"), id="the rules"
        ),
        pytest.param(
            ("--config", "desk.toml", "--report", "x", "--json", "./x"), ("--report", "--json"), id="one file"
        ),
    ],
)
def test_options_that_cannot_be_meant_are_named(
    run: Run, in_folder: Path, arguments: tuple[str, ...], parts: tuple[str, ...]
) -> None:
    before = {path: path.read_bytes() for path in in_folder.iterdir()}
    status, out, err = run("replay", "log.csv", *arguments)
    assert (status, out) == (2, "")
    assert [part for part in parts if part not in err] == []
    assert {path: path.read_bytes() for path in in_folder.iterdir()} == before


def test_strict_makes_the_first_finding_an_error(
    run: Run, log_csv: Path, desk_toml: Path, tmp_path: Path
) -> None:
    out_json = tmp_path / "out.json"
    status, out, err = run("replay", log_csv, "--config", desk_toml, "--strict", "--json", out_json)
    assert (status, out) == (2, "")
    assert "log.csv, line 8: bad_date" in err
    assert not out_json.exists()


def test_debug_shows_where_a_refusal_comes_from(run: Run, desk_toml: Path) -> None:
    status, _, err = run("replay", "none.csv", "--config", desk_toml, "--debug")
    assert status == 2
    assert "Traceback" in err
    assert "error: none.csv" in err
