"""The search index in memory keeps the contract of every search index."""

import pytest

from itsmkit.desk.memory import InMemorySearchIndex
from itsmkit.testing.contracts import SearchIndexContract


class TestInMemory(SearchIndexContract):
    @pytest.fixture
    def index(self) -> InMemorySearchIndex:
        return InMemorySearchIndex()

    def test_what_is_closed_is_empty(self, index: InMemorySearchIndex) -> None:
        index.feed("articles", before=None, mark="1")
        index.close()
        assert index.mark("articles") is None
