"""``itsmkit staff``: what is to be expected, and how many people that takes."""

import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from itsmkit.workforce import Demand, ServiceGoal, agents_needed, queue_figures

Run = Callable[..., tuple[int, str, str]]

CONFIG = """
[calendars.office]
hours = "Mon-Fri 08:00-18:00"
time_zone = "UTC"

[log]
time_zone = "UTC"
time_format = "%Y-%m-%d %H:%M"

[log.columns]
ticket = "number"
order = "step"
state = "state"
at = "at"
"""


@pytest.fixture
def log(tmp_path: Path) -> Path:
    """Six weeks in which a ticket comes at nine on each weekday, and two come at ten."""
    rows = ["number,step,state,at"]
    for day in range(42):
        for place, hour in enumerate((9, 10, 10) if day % 7 < 5 else ()):
            at = datetime(2026, 3, 2, hour, tzinfo=UTC) + timedelta(days=day)
            rows.append(f"T{day}-{place},0,New,{at:%Y-%m-%d %H:%M}")
    path = tmp_path / "log.csv"
    path.write_text("\n".join(rows), encoding="utf-8")
    (tmp_path / "desk.toml").write_text(CONFIG, encoding="utf-8")
    return path


def test_a_week_is_forecast_from_a_log(run: Run, log: Path) -> None:
    options = (
        "--config",
        log.with_name("desk.toml"),
        "--since",
        "2026-03-02T00:00",
        "--until",
        "2026-04-13T00:00",
    )
    status, out, _ = run("staff", "forecast", log, *options)
    assert status == 0
    rows = {line.split()[0]: line.split()[1:] for line in out.splitlines()[:25]}
    assert rows["09:00"] == ["1.0"] * 5 + ["0.0"] * 2
    assert rows["10:00"] == ["2.0"] * 5 + ["0.0"] * 2
    assert "15 in the week from 2026-04-13 00:00" in out
    assert "4 forecasts: WAPE" in out
    status, out, _ = run("staff", "forecast", log, *options, "--json", "--folds", 2)
    told = json.loads(out)
    assert told["counted"]["tickets"] == 90
    assert told["backtest"]["folds"] == 2
    assert len(told["hours"]) == 168


def test_without_bounds_all_of_the_log_counts(run: Run, log: Path) -> None:
    status, out, _ = run(
        "staff", "forecast", log, "--config", log.with_name("desk.toml"), "--folds", 2, "--json"
    )
    assert status == 0
    assert json.loads(out)["counted"]["since"] == "2026-03-02T09:00:00+00:00"


def test_a_log_without_tickets_foretells_nothing(run: Run, log: Path) -> None:
    log.write_text("number,step,state,at\n", encoding="utf-8")
    status, _, err = run("staff", "forecast", log, "--config", log.with_name("desk.toml"))
    assert status != 0
    assert "tells of no ticket" in err


def test_agents_are_told_with_some_fewer_and_more(run: Run) -> None:
    status, out, _ = run("staff", "erlang", 200, "3min")
    assert status == 0
    lines = out.splitlines()
    assert [line.split()[0] for line in lines[1:8]] == ["11", "12", "13", "14", "15", "16", "17"]
    assert lines[4].split() == ["14", "88.8%", "8s", "17.4%", "71.4%", "0%"]
    assert "For 80.0% within 20s: 14 agents" in " ".join(out.split())
    status, out, _ = run("staff", "erlang", 200, "3min", "--patience", "2min", "--share", 0.9, "--json")
    demand = Demand(200, timedelta(minutes=3), timedelta(minutes=2))
    told = json.loads(out)
    assert told["agents"] == agents_needed(demand, ServiceGoal(0.9, timedelta(seconds=20))).agents
    for each in told["figures"]:
        exact = queue_figures(demand, each["agents"], timedelta(seconds=20))
        assert each["in_time"] == exact.in_time


def test_an_endless_queue_is_said_to_be_one(run: Run) -> None:
    assert "without end" in run("staff", "erlang", 59, "1min", "--share", 0.01, "--within", "1h")[1]
    none = json.loads(run("staff", "erlang", 59, "1min", "--json")[1])["figures"][0]
    assert none["average_wait_seconds"] is None


def test_business_days_are_no_length(run: Run) -> None:
    status, _, err = run("staff", "erlang", 59, "2bd")
    assert status != 0
    assert "write a length of time" in err
