"""Whatever fails, wherever it fails, all of it has happened or nothing: every use case, on both databases."""

from collections.abc import Iterator
from itertools import count

import pytest

from itsmkit.testing.failure_loop import try_failures
from itsmkit.testing.use_cases import USE_CASES, UseCase
from itsmkit_sql import SQLStore


@pytest.fixture
def store(url: str) -> Iterator[SQLStore]:
    store = SQLStore.open(url)
    yield store
    store.close()


@pytest.mark.parametrize("use_case", USE_CASES, ids=lambda each: each.name)
def test_whatever_fails_all_of_it_has_happened_or_nothing(store: SQLStore, use_case: UseCase) -> None:
    numbers = count(1)
    tried = try_failures(use_case, lambda: store.of_tenant(f"run {next(numbers)}"))
    assert tried.problems == ()
    assert tried.points == 2 * len(tried.calls)
