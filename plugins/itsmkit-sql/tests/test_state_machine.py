"""The desk at work in any order, on SQLite."""

from pathlib import Path
from tempfile import TemporaryDirectory

from hypothesis import settings

from itsmkit.plugin import Store
from itsmkit.testing.desk_machine import DeskMachine
from itsmkit_sql import SQLStore


class DeskInADatabase(DeskMachine):
    """A desk whose tickets are found by queries of a database."""

    def new_store(self) -> Store:
        self.folder = TemporaryDirectory()
        return SQLStore.open(f"sqlite:///{Path(self.folder.name) / 'desk.db'}?synchronous=normal")

    def teardown(self) -> None:
        try:
            super().teardown()
        finally:
            self.folder.cleanup()


TestDeskAtWork = DeskInADatabase.TestCase
# Fewer runs than in memory: each step asks the database as six people do.
TestDeskAtWork.settings = settings(TestDeskAtWork.settings, max_examples=4, stateful_step_count=25)
