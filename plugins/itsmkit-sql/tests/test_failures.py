"""
Whatever fails, wherever it fails, all of it has happened or nothing: every use case, on both databases.

In memory every call fails, whatever it does. Here those do that a database can tell apart, unless all are
asked for; `make soak` lets all of them fail, too.
"""

from collections.abc import Iterator
from itertools import count

import pytest

from itsmkit.testing.failure_loop import every_failure, telling_failures, try_failures
from itsmkit.testing.use_cases import USE_CASES, UseCase
from itsmkit_sql import SQLStore


@pytest.fixture
def store(url: str) -> Iterator[SQLStore]:
    store = SQLStore.open(url)
    yield store
    store.close()


@pytest.mark.no_cover  # as in memory
@pytest.mark.parametrize("use_case", USE_CASES, ids=lambda each: each.name)
def test_whatever_fails_all_of_it_has_happened_or_nothing(
    store: SQLStore, use_case: UseCase, thorough: bool
) -> None:
    numbers = count(1)

    which = every_failure if thorough else telling_failures
    tried = try_failures(use_case, lambda: store.of_tenant(f"run {next(numbers)}"), which=which)
    assert tried.problems == ()
    assert {*which(tried.calls)} <= tried.left.keys()
