"""The desk at work in any order, on SQLite and PostgreSQL."""

from itertools import count
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import HealthCheck, settings
from hypothesis.stateful import run_state_machine_as_test

from itsmkit.plugin import Store
from itsmkit.testing.desk_machine import DeskMachine
from itsmkit_sql import SQLStore

# Fewer runs than in memory: each step asks the database as six people do.
FEW = settings(
    DeskMachine.TestCase.settings,
    max_examples=4,
    stateful_step_count=25,
    suppress_health_check=[*HealthCheck],
)


class DeskInAFile(DeskMachine):
    """A desk whose tickets are found by queries of SQLite."""

    def new_store(self) -> Store:
        self.folder = TemporaryDirectory()
        return SQLStore.open(f"sqlite:///{Path(self.folder.name) / 'desk.db'}?synchronous=normal")

    def teardown(self) -> None:
        try:
            super().teardown()
        finally:
            self.folder.cleanup()


TestDeskInAFile = DeskInAFile.TestCase
TestDeskInAFile.settings = FEW


@pytest.mark.no_cover  # a law, too
def test_a_desk_on_a_server_is_at_work(postgresql_url: str) -> None:
    runs = count(1)

    class DeskOnAServer(DeskMachine):
        """A desk on PostgreSQL, each run of it that of another tenant."""

        def new_store(self) -> Store:
            return SQLStore.open(postgresql_url).of_tenant(f"run {next(runs)}")

    run_state_machine_as_test(DeskOnAServer, settings=FEW)
    assert next(runs) > FEW.max_examples
