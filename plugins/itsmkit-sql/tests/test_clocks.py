"""Machines whose clocks differ share the work of one database."""

from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime, timedelta

import pytest

from itsmkit.desk import Desk, DeskConfig, InMemoryNotifier, SystemClock, Worker, system_clock
from itsmkit.testing import AN_AGENT
from itsmkit.tickets import CheckpointPassed
from itsmkit_sql import SQLStore

HOUR = timedelta(hours=1)
WEEKS = timedelta(weeks=3)  # of them, most checkpoints are over


@pytest.fixture
def store(postgresql_url: str) -> Iterator[SQLStore]:
    with closing(SQLStore.open(postgresql_url)) as store:
        yield store


def machine(ahead: timedelta) -> SystemClock:
    """Return the clock of a machine that is so far ahead of that of the server."""
    return SystemClock(lambda: datetime.now(UTC) + ahead)


def test_a_server_has_a_clock_and_a_file_has_none(store: SQLStore, sqlite_url: str) -> None:
    now = store.now()
    assert now is not None
    assert now.tzinfo is UTC
    with closing(SQLStore.open(sqlite_url)) as file:
        assert file.now() is None


@pytest.mark.parametrize("ahead", [-WEEKS, WEEKS], ids=["behind", "ahead"])
def test_a_worker_does_what_is_due_by_the_clock_of_the_server(store: SQLStore, ahead: timedelta) -> None:
    notifier = InMemoryNotifier()
    desk = Desk(DeskConfig.standard(), store=store, plugins=[notifier]).acting_as(AN_AGENT)
    late = desk.incidents.log(
        "Late", impact="high", urgency="high", support_group="Network", opened_at=system_clock() - WEEKS
    )
    desk.incidents.log("New", impact="high", urgency="high", support_group="Network")
    worker = Worker(Desk(DeskConfig.standard(), store=store, clock=machine(ahead), plugins=[notifier]))
    report = worker.round()
    passed = [event for event in desk.feed() if isinstance(event.fact, CheckpointPassed)]
    assert report.passed == len(passed) > 0
    assert {event.ticket_id for event in passed} == {late.id}
    assert report.delivered == len(notifier.delivered) > 0
    assert all(abs(event.recorded_at - system_clock() - ahead) < HOUR for event in passed)
    due = desk.next_due()
    assert due is not None
    assert due > late.opened_at + WEEKS  # that of the new one is left
