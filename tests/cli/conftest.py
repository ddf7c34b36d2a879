import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from time import perf_counter

import pytest

from itsmkit.cli import main
from itsmkit.cli._consoles import error_console
from itsmkit.cli._progress import RunProgress
from itsmkit.cli._relive import relive_log
from itsmkit.cli._result import ReplayResult
from itsmkit.desk import DeskConfig, InMemoryStore
from itsmkit.interchange import read_event_log
from itsmkit.plugin import Store

HOSTILE = "<script>alert(1)</script>"
PERSIAN = "تهران"

CONFIG = """
[desk]
name = "Desk & <Co>"

[workflow]
name = "plain"
initial = "New"

[workflow.states]
New = "new"
Assigned = "active"
"In Progress" = "active"
Resolved = "resolved"
Closed = "closed"

[[workflow.transitions]]
trigger = "assign"
from = ["New"]
to = "Assigned"

[[workflow.transitions]]
trigger = "start"
from = ["Assigned"]
to = "In Progress"

[[workflow.transitions]]
trigger = "resolve"
from = ["In Progress"]
to = "Resolved"

[[workflow.transitions]]
trigger = "close"
from = ["Resolved"]
to = "Closed"

[calendars.office]
hours = "Mon-Fri 09:00-17:00"
time_zone = "UTC"

[[agreements]]
name = "Office hours"
calendar = "office"

[[agreements.targets]]
clock = "resolve"
within = "4h"
checkpoints = ["50%", "breach"]

[log]
states = ["New", "Assigned", "In Progress", "Resolved", "Closed"]

[log.columns]
ticket = "number"
at = "at"
state = "state"
priority = "priority"
channel = "channel"
site = "site"
group = "group"

[log.facts]
made_sla = "made_sla"
"""

LOG = f"""\
number,at,state,priority,channel,site,group,made_sla
INC-1,2026-03-02T09:00,New,P1,phone,{PERSIAN},{HOSTILE},true
INC-1,2026-03-02T09:10,Assigned,P1,phone,{PERSIAN},{HOSTILE},true
INC-1,2026-03-02T10:00,In Progress,P1,phone,{PERSIAN},{HOSTILE},true
INC-1,2026-03-02T11:00,Resolved,P1,phone,{PERSIAN},{HOSTILE},true
INC-1,2026-03-05T11:00,Closed,P1,phone,{PERSIAN},{HOSTILE},true
INC-2,2026-03-02T12:00,Assigned,P2,portal,Denver,network,false
INC-2,yesterday,Resolved,P2,portal,Denver,network,false
INC-2,2026-03-04T12:00,Lost,P2,portal,Denver,network,false
INC-2,2026-03-04T13:00,Closed,P2,portal,Denver,network,false
INC-2,2026-03-04T13:00,Closed,P2,portal,Denver,network,false
"""
"""INC-2 begins too late, has an unreadable time, an unknown state, a forbidden move and a duplicate row."""


@pytest.fixture
def desk_toml(tmp_path: Path) -> Path:
    path = tmp_path / "desk.toml"
    path.write_text(CONFIG, encoding="utf-8")
    return path


@pytest.fixture
def log_csv(tmp_path: Path) -> Path:
    path = tmp_path / "log.csv"
    path.write_text(LOG, encoding="utf-8")
    return path


@pytest.fixture
def in_folder(log_csv: Path, desk_toml: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Go to the folder that holds log.csv and desk.toml."""
    assert log_csv.parent == desk_toml.parent
    monkeypatch.chdir(desk_toml.parent)
    return desk_toml.parent


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str]) -> Callable[..., tuple[int, str, str]]:
    """Run a command in this process: its exit status, stdout and stderr."""

    def call(*arguments: object) -> tuple[int, str, str]:
        capsys.readouterr()
        status = main([str(argument) for argument in arguments])
        return status, *capsys.readouterr()

    return call


@pytest.fixture
def result(log_csv: Path, desk_toml: Path) -> ReplayResult:
    config = DeskConfig.load(desk_toml)
    assert config.log is not None
    started = perf_counter()
    with RunProgress(error_console()) as progress:
        log = read_event_log(log_csv, config.log, progress=progress.reading)
        return relive_log(log, config, source=log_csv.name, progress=progress, started=started)


@pytest.fixture
def empty_result(tmp_path: Path, desk_toml: Path) -> ReplayResult:
    path = tmp_path / "empty.csv"
    path.write_text(LOG.splitlines()[0], encoding="utf-8")
    config = DeskConfig.load(desk_toml)
    assert config.log is not None
    with RunProgress(error_console()) as progress:
        log = read_event_log(path, config.log)
        return relive_log(log, config, source=path.name, progress=progress, started=perf_counter())


@pytest.fixture
def install(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[..., None]]:
    """Install a small distribution, for the length of a test, that offers its one module as a plugin."""
    written: list[str] = []

    def write(name: str, source: str, group: str = "itsmkit", entry: str | None = None) -> None:
        site = tmp_path / f"site-{name}"
        info = site / f"{name}-1.0.dist-info"
        info.mkdir(parents=True)
        (site / f"{name}.py").write_text(source, encoding="utf-8")
        (info / "METADATA").write_text(
            f"Metadata-Version: 2.1\nName: {name}\nVersion: 1.0\n", encoding="utf-8"
        )
        (info / "entry_points.txt").write_text(f"[{group}]\n{entry or name} = {name}\n", encoding="utf-8")
        monkeypatch.syspath_prepend(site)
        written.append(name)

    yield write
    for name in written:
        sys.modules.pop(name, None)


@pytest.fixture
def opened(monkeypatch: pytest.MonkeyPatch) -> Callable[[InMemoryStore], None]:
    """Return what puts a store in memory in the place of that which a URL names."""

    def put(store: InMemoryStore) -> None:
        def make(_plugins: object, _url: str) -> Store:
            return store

        monkeypatch.setattr("itsmkit.plugin.Plugins.make_store", make)

    return put
