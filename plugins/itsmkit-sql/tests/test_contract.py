"""Both databases keep the contract of every store."""

from collections.abc import Iterator

import pytest

from itsmkit.testing.contracts import StorageContract
from itsmkit_sql import SQLStore


class TestOnSQLite(StorageContract):
    @pytest.fixture
    def store(self, sqlite_url: str) -> Iterator[SQLStore]:
        store = SQLStore.open(sqlite_url)
        yield store
        store.close()


class TestOnPostgreSQL(StorageContract):
    @pytest.fixture
    def store(self, postgresql_url: str) -> Iterator[SQLStore]:
        store = SQLStore.open(postgresql_url)
        yield store
        store.close()
