"""On asynchronous drivers, too, a store keeps the contract of every store."""

import asyncio
import threading
from collections.abc import Callable, Iterator
from functools import partial
from types import TracebackType
from typing import Any, Self

import pytest
from sqlalchemy.util import greenlet_spawn

from itsmkit.plugin import Store
from itsmkit.plugin.documents import DOCUMENTS
from itsmkit.testing.contracts import StorageContract
from itsmkit_sql import SQLStore

pytestmark = pytest.mark.no_cover  # nobody follows what runs in a greenlet; the rest is as without one


class Loop:
    """An event loop in a thread of its own, in which calls of other threads run, many at once."""

    def __init__(self) -> None:
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever)
        self._thread.start()

    def run(self, call: Callable[[], Any]) -> Any:
        return asyncio.run_coroutine_threadsafe(greenlet_spawn(call), self._loop).result()

    def close(self) -> None:
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()


class InLoop:
    """
    Anything, each method of which runs in an event loop.

    What it returns by lines is read to its end there, and units of work are proxies, too.
    """

    def __init__(self, thing: Any, loop: Loop) -> None:
        self._thing = thing
        self._loop = loop

    def __getattr__(self, name: str) -> Any:
        found = getattr(self._thing, name)
        return partial(self._call, found) if callable(found) else found

    def __enter__(self) -> Self:
        entered: Self = self._call(self._thing.__enter__)
        return entered

    def __exit__(
        self, kind: type[BaseException] | None, raised: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._call(self._thing.__exit__, kind, raised, trace)

    def _call(self, method: Callable[..., Any], *args: Any, **kwargs: Any) -> Any:
        def call() -> Any:
            result = method(*args, **kwargs)
            return iter([*result]) if isinstance(result, Iterator) else result

        result = self._loop.run(call)
        is_proxied = isinstance(result, SQLStore) or hasattr(result, "__enter__")
        return InLoop(result, self._loop) if is_proxied else result


@pytest.fixture
def loop() -> Iterator[Loop]:
    loop = Loop()
    yield loop
    loop.close()


def _opened(url: str, loop: Loop) -> Iterator[Store]:
    store = loop.run(partial(SQLStore._opened_for_tasks, url, DOCUMENTS, ()))
    yield InLoop(store, loop)
    loop.run(store.close)


class TestOnAwaitedSQLite(StorageContract):
    @pytest.fixture
    def store(self, sqlite_url: str, loop: Loop) -> Iterator[Store]:
        yield from _opened(sqlite_url, loop)


class TestOnAwaitedPostgreSQL(StorageContract):
    @pytest.fixture
    def store(self, postgresql_url: str, loop: Loop) -> Iterator[Store]:
        yield from _opened(postgresql_url, loop)
