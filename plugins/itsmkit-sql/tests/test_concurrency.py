"""Sessions at the same time come to what they do one after the other, on both databases."""

from collections.abc import Iterator

import pytest

from itsmkit.testing.concurrency_contract import ConcurrencyContract
from itsmkit_sql import SQLStore


class TestTogether(ConcurrencyContract):
    @pytest.fixture
    def store(self, url: str) -> Iterator[SQLStore]:
        store = SQLStore.open(url)
        yield store
        store.close()
