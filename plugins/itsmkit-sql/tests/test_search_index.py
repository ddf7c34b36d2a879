"""The search index keeps its contract in both databases, and is a cache in them."""

from collections.abc import Iterator

import pytest

from itsmkit.testing.contracts import SearchIndexContract
from itsmkit_sql import SQLStore
from itsmkit_sql.search_index import SQLSearchIndex


class TestOnSQLite(SearchIndexContract):
    @pytest.fixture
    def index(self, sqlite_url: str) -> Iterator[SQLSearchIndex]:
        store = SQLStore.open(sqlite_url)
        yield store.search_index()
        store.close()


class TestOnPostgreSQL(SearchIndexContract):
    @pytest.fixture
    def index(self, postgresql_url: str) -> Iterator[SQLSearchIndex]:
        store = SQLStore.open(postgresql_url)
        yield store.search_index()
        store.close()
