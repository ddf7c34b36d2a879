"""A desk on which a log is relived may be kept: all of it, or nothing."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from itsmkit.cli import main
from itsmkit.desk import Desk, InMemoryStore
from itsmkit.practices import Observation
from itsmkit.testing import A_MONDAY, AN_AGENT
from itsmkit.tickets import CheckpointPassed

Opened = Callable[[InMemoryStore], None]


def demo(folder: Path, *options: str) -> int:
    return main(["demo", "--report", str(folder / "report.html"), *options])


def figures(printed: str) -> list[str]:
    """Return what was printed but how long it took, and where it was written."""
    return [line for line in printed.splitlines() if "events/s" not in line and "Written" not in line]


def test_a_month_that_is_kept_is_that_in_memory(
    opened: Opened, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    store = InMemoryStore()
    opened(store)
    assert demo(tmp_path) == 0
    expected = figures(capsys.readouterr().out)
    assert demo(tmp_path, "--store", "memory://") == 0
    assert figures(capsys.readouterr().out) == expected
    desk = Desk(store=store)
    tickets = list(desk.tickets)
    assert len(tickets) > 100
    # The numbers of the desk go on, and nobody is told of what is long ago.
    last = max(int(ticket.number.removeprefix("INC-")) for ticket in tickets)
    assert desk.incidents.log("No network", by=AN_AGENT).number == f"INC-{last + 1}"
    passings = [event.fact for event in desk.feed() if isinstance(event.fact, CheckpointPassed)]
    assert {fact.notified for fact in passings} == {()}
    assert store.claim_outbox(desk.clock(), lease=desk.clock() - A_MONDAY, limit=1) == []


def test_a_number_that_is_in_use_is_named_and_nothing_is_kept(
    opened: Opened, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    store = InMemoryStore()
    opened(store)
    Desk(store=store).incidents.take_over("INC-7", Observation("New"), opened_at=A_MONDAY, by=AN_AGENT)
    before: list[Any] = list(store.dump())
    assert demo(tmp_path, "--store", "memory://") == 2
    assert "ticket number INC-7" in capsys.readouterr().err
    assert list(store.dump()) == before
    assert not (tmp_path / "report.html").exists()
